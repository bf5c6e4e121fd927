"""Word in: read apart, compared field by field, taken over whole or in part; Word and PDF out."""

import io
import zipfile

import pytest
from tests.programme.files import EXE, bomb, docx, pdf
from tests.world import World

from ketuan.documents.reading import read
from ketuan.programme import applying
from ketuan.programme.applying import downloading, importing
from ketuan.programme.applying.saving import Change
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.records.models import Entry, Submission, Version

TITLE = "“科创中国”云上测绘科技服务团"
FORM = {
    "cover": {"title": TITLE, "call_code": "2024KCTT"},
    "society": {"name": "中国云上测绘装备学会"},
    "rationale": "来自 Word 的依据",
    "budget": {"requested": 80_000_000},
    "personnel": [{"name": "甲一", "affiliation": "云岭大学/教授"}, {"name": "甲二"}],
}


@pytest.fixture
def application(world: World):
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def save(world: World, application, path: str, raw: str, by: str = "editor") -> None:
    applying.save(application, [Change(path, raw, 10_000)], who=world.who(by))
    application.refresh_from_db()


def uploaded(world: World, application, **form):
    return importing.read_form(application, "申报书.docx", docx(**(form or FORM)), who=world.who("editor"))


def taken(world: World, application, upload, choices=None, **more) -> Version:
    version = importing.import_form(
        application, upload, choices or {}, base=application.revision, who=world.who("editor"), **more
    )
    application.refresh_from_db()
    return version


def test_reading_touches_nothing_and_keeps_the_original(world: World, application) -> None:
    before = application.form
    upload = uploaded(world, application)
    application.refresh_from_db()
    assert (application.form, application.revision) == (before, 0)
    assert importing.original(upload) == docx(**FORM)
    assert importing.waiting(application, who=world.who("editor")) == upload
    assert importing.waiting(application, who=world.who("other_editor")) is None


def test_empty_fields_are_taken_and_differing_ones_asked(world: World, application) -> None:
    save(world, application, "rationale", "这里的依据")
    compared = importing.comparison_of(application, uploaded(world, application))
    choices = {line.path: line.choice for line in compared.lines}
    assert choices["rationale"] is None
    assert choices["cover.title"] == "take"
    assert choices["personnel"] == "take"
    line = next(line for line in compared.lines if line.path == "rationale")
    assert (line.ours, line.theirs) == ("这里的依据", "来自 Word 的依据")
    assert (compared.other_society, compared.asked > 0) == ("", True)


def test_the_default_keeps_what_stands_here(world: World, application) -> None:
    save(world, application, "rationale", "这里的依据")
    taken(world, application, uploaded(world, application))
    assert application.form["rationale"] == "这里的依据"
    assert application.form["budget"]["requested"] == 80_000_000
    assert application.title == TITLE
    assert [row["name"] for row in application.form["personnel"]] == ["甲一", "甲二"]


def test_some_are_taken_by_choice(world: World, application) -> None:
    save(world, application, "rationale", "这里的依据")
    taken(world, application, uploaded(world, application), {"rationale": "take", "cover.title": "keep"})
    assert (application.form["rationale"], application.form["cover"]["title"]) == ("来自 Word 的依据", "")


def test_everything_taken_is_what_the_reader_read(world: World, application) -> None:
    save(world, application, "rationale", "这里的依据")
    taken(world, application, uploaded(world, application), everything=True)
    theirs = read(docx(**FORM), edition=applying.papers.calling.rules_of(world.call).edition()).form
    mine = applying.form_of(application)
    assert (mine.cover.title, mine.rationale, mine.budget, mine.personnel) == (
        theirs.cover.title,
        theirs.rationale,
        theirs.budget,
        theirs.personnel,
    )


def test_rows_may_be_appended_and_old_ones_keep_their_keys(world: World, application) -> None:
    key = applying.add_row(application, "personnel", who=world.who("editor"))
    save(world, application, f"personnel.{key}.name", "这里的人")
    taken(world, application, uploaded(world, application), {"personnel": "append"})
    assert [row["name"] for row in application.form["personnel"]] == ["这里的人", "甲一", "甲二"]
    assert application.rows["personnel"] == ["k1", "k2", "k3"]


def test_replaced_rows_get_new_keys(world: World, application) -> None:
    key = applying.add_row(application, "personnel", who=world.who("editor"))
    save(world, application, f"personnel.{key}.name", "这里的人")
    taken(world, application, uploaded(world, application), {"personnel": "take"})
    assert application.rows["personnel"] == ["k2", "k3"]
    late = applying.save(application, [Change(f"personnel.{key}.name", "晚了")], who=world.who("checker"))
    assert late.gone == [f"personnel.{key}.name"]


def test_an_import_stands_between_two_versions_and_is_one_entry(world: World, application) -> None:
    save(world, application, "rationale", "这里的依据")
    taken(world, application, uploaded(world, application), everything=True)
    whys = list(application.versions.order_by("number").values_list("why", flat=True))
    assert whys[-2:] == ["before_import", "import"]
    before = application.versions.get(why="before_import")
    assert before.form["rationale"] == "这里的依据"
    assert Entry.objects.filter(verb="applying.import_form").count() == 1
    assert importing.waiting(application, who=world.who("editor")) is None


def test_who_saves_in_the_meantime_is_not_written_over(world: World, application) -> None:
    upload = uploaded(world, application)
    base = application.revision
    save(world, application, "rationale", "审核人刚写的", by="checker")
    with pytest.raises(NotReady):
        importing.import_form(application, upload, {}, everything=True, base=base, who=world.who("editor"))
    application.refresh_from_db()
    assert application.form["rationale"] == "审核人刚写的"
    assert not application.versions.filter(why="before_import").exists()


def test_what_is_no_amount_on_the_paper_becomes_a_finding_not_a_gap(world: World, application) -> None:
    data = docx(**{**FORM, "budget": {"lines": [{"item": "差旅"}, {"item": "会议", "requested": 70_000_000}]}})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"70.00", "七十来万".encode()))
    upload = importing.read_form(application, "申报书.docx", out.getvalue(), who=world.who("editor"))
    line = next(line for line in importing.comparison_of(application, upload).lines if line.path == "budget.lines")
    assert [r.kind for r in line.remarks] == ["unread"]
    taken(world, application, upload)
    assert application.unread["budget.lines.k2.requested"]["raw"] == "七十来万"
    found = [f for f in applying.findings_of(application) if f.path == "budget.lines.1.requested"]
    assert [(f.weight, f.found) for f in found] == [("block", "七十来万")]


def test_the_form_of_another_society_is_told(world: World, application) -> None:
    upload = uploaded(world, application, **{**FORM, "society": {"name": "中国深谷材料学会"}})
    assert importing.comparison_of(application, upload).other_society == "中国深谷材料学会"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("申报书.docx", EXE, "Windows 程序"),
        ("申报书.docx", pdf(), "PDF"),
        ("申报书.docx", b"", "0 字节"),
        ("申报书.docx", bomb(), "过大的压缩包"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(world: World, application, name, data, why) -> None:
    with pytest.raises(Invalid, match=why):
        importing.read_form(application, name, data, who=world.who("editor"))
    assert application.papers.count() == 0


def test_a_word_file_that_is_no_form_is_refused_with_the_readers_reason(world: World, application) -> None:
    import docx as python_docx

    out = io.BytesIO()
    python_docx.Document().save(out)
    with pytest.raises(Invalid, match="没有找到申报书的栏目"):
        importing.read_form(application, "信.docx", out.getvalue(), who=world.who("editor"))


def test_strangers_and_latecomers_import_nothing(world: World, application) -> None:
    upload = uploaded(world, application)
    for name in ("other_editor", "provincial", "officer", "nobody"):
        with pytest.raises(Refused):
            importing.read_form(application, "申报书.docx", docx(**FORM), who=world.who(name))
        with pytest.raises(Refused):
            importing.import_form(application, upload, {}, everything=True, base=0, who=world.who(name))
    world.travel("2024-05-25 00:00:00+08:00")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        importing.import_form(application, upload, {}, everything=True, base=0, who=world.who("editor"))
    application.refresh_from_db()
    assert application.form["rationale"] == ""


def test_a_reading_of_another_application_is_not_found(world: World, application) -> None:
    other = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    with pytest.raises(NotFound):
        importing.import_form(other, uploaded(world, application), {}, base=0, who=world.who("editor"))


# ---- out -------------------------------------------------------------------------------------------------------------


def submitted(world: World, application) -> Submission:
    version = applying.freeze(application, Version.Why.SUBMISSION, who=world.who("checker"))
    return Submission.objects.create(
        application=application,
        version=version,
        call_version=world.call.current,
        number="KT2024-000001",
        key="x",
        at=application.created_at,
        sha256="",
    )


def test_a_draft_goes_out_and_comes_in_unchanged(world: World, application) -> None:
    taken(world, application, uploaded(world, application), everything=True)
    made = downloading.form_file(application, "docx")
    assert made.name == "K24-0001 “科创中国”云上测绘科技服务团 草稿.docx"
    assert importing.comparison_of(application, importing.read_form(
        application, "x.docx", made.data, who=world.who("editor"))).lines == ()  # fmt: skip


def test_only_a_submitted_version_carries_its_short_code(world: World, application) -> None:
    taken(world, application, uploaded(world, application), everything=True)
    submission = submitted(world, application)
    number = submission.version.number
    code = submission.version.short_code.encode()

    def says(made: downloading.Download) -> bool:
        with zipfile.ZipFile(io.BytesIO(made.data)) as package:
            return any(code in package.read(name) for name in package.namelist() if name.endswith(".xml"))

    assert says(downloading.form_file(application, "docx", number=number))
    assert not says(downloading.form_file(application, "docx", number=1))
    assert downloading.form_file(application, "pdf", number=number).data.startswith(b"%PDF-")
    with pytest.raises(NotFound):
        downloading.form_file(application, "pdf", number=99)
