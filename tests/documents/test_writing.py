"""The writers: one layout derived from the model, drawn in Word and PDF."""

from __future__ import annotations

import datetime
import functools
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Annotated, Any

import pytest
from docx import Document
from lxml import etree
from tests.hands import truth

from ketuan.documents.writing import layout, write_docx, write_pdf
from ketuan.documents.writing.layout import Layout, Row
from ketuan.forms.application import Application, Budget, Member, Society
from ketuan.forms.fields import Money, Shape, Text, annex, day, essay, money, part, rows, text, ticks, words
from ketuan.forms.paper import Edition
from ketuan.forms.problem import Problem

OFFICIAL = Path(__file__).parents[2] / "src/ketuan/documents/templates/2024/application-form.docx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = "#let x = 1 *a* _b_ @c $d$ {{7*7}} \\n \\ `raw` <label> #panic() & <w:t> ]]> </w:tbl> [link]"


@functools.cache
def sample(seed: int = 7) -> Application:
    return Application.model_validate_json(json.dumps(truth(seed)))


def bare(said: str) -> str:
    return re.sub(r"[\s\u200b]+", "", said)


def rows_of(paper: Layout) -> list[Row]:
    return [*paper.rows, *(row for a in paper.annexes for row in a.rows)]


def texts(paper: Layout) -> list[str]:
    """Every cell of the big table and the annexes, in order."""
    return [cell.text for row in rows_of(paper) for cell in row.cells]


def beside(paper: Layout, label: str) -> str:
    """What stands behind a label."""
    cells = texts(paper)
    return cells[cells.index(label) + 1]


def docx_tables(data: bytes) -> list[list[list[tuple[int, bool, str]]]]:
    """Tables of a Word file as rows of (columns, continues a cell above, text without white space)."""
    body = Document(io.BytesIO(data)).element.body

    def cell(tc: Any) -> tuple[int, bool, str]:
        span = tc.find(f"{W}tcPr/{W}gridSpan")
        merge = tc.find(f"{W}tcPr/{W}vMerge")
        said = bare("".join(t.text or "" for t in tc.iter(f"{W}t")))
        return int(span.get(f"{W}val")) if span is not None else 1, merge is not None and not merge.values(), said

    return [[[cell(tc) for tc in tr.iter(f"{W}tc")] for tr in tbl.iter(f"{W}tr")] for tbl in body.iter(f"{W}tbl")]


def pdf_text(data: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    said = "".join(bare(page.get_textpage().get_text_bounded()) for page in document)
    return re.sub(r"—\d+—", "", said)


def values(form: Any) -> list[str]:
    """Every text that a person wrote into a form."""
    if isinstance(form, str):
        return [form] if form else []
    if isinstance(form, list):
        return [v for item in form for v in values(item)]
    if hasattr(type(form), "model_fields"):
        return [v for name in type(form).model_fields for v in values(getattr(form, name))]
    return []


# ---- the blank form is the official one ------------------------------------------------------------------------------


def split_heading(rows: list[list[tuple[int, bool, str]]]) -> list[list[tuple[int, bool, str]]]:
    """The official form prints heading and hint of 四 in one cell, those of 三, 五 and 六 in two."""
    split: list[list[tuple[int, bool, str]]] = []
    for row in rows:
        match = re.fullmatch(r"(四、.*?）)(请写明.*)", row[0][2])
        split += [[(12, False, match[1])], [(12, False, match[2])]] if match else [row]
    return split


def test_an_empty_form_has_the_cells_of_the_official_form_in_the_same_order_and_grid() -> None:
    official = [split_heading(t) for t in docx_tables(OFFICIAL.read_bytes())]
    official[0][0][1] = (1, False, "")  # the official file shows a sample number
    assert docx_tables(write_docx(Application())) == official


def test_an_empty_form_prints_the_running_text_of_the_official_form() -> None:
    def paragraphs(data: bytes) -> list[str]:
        return [said for p in Document(io.BytesIO(data)).paragraphs if (said := bare(p.text))]

    assert paragraphs(write_docx(Application())) == paragraphs(OFFICIAL.read_bytes())


# ---- values ----------------------------------------------------------------------------------------------------------


def test_a_filled_form_shows_no_rows_of_the_empty_one() -> None:
    assert "……" not in texts(layout(sample()))


def test_money_is_printed_with_two_decimals_and_its_unit() -> None:
    budget = Budget(total=90_000_000, requested=80_000_000, own=10_012_500, matching=None)
    paper = layout(Application(budget=budget))
    assert next(t for t in texts(paper) if t.startswith("经费总预算")) == (
        "经费总预算 90.00 万元，其中：\n1.申请中国科协项目经费 80.00 万元\n2.自有经费 10.0125 万元（如没有可不填）\n"
        "3.地方配套经费    万元（如没有可不填）"
    )


def test_the_period_stands_in_a_sentence_and_those_of_stages_on_two_lines() -> None:
    start, middle, end = (datetime.date(*d) for d in ((2024, 6, 15), (2024, 10, 31), (2025, 3, 31)))
    form = Application.model_validate(
        {"schedule": {"start": start, "end": end, "stages": [{"name": "启动", "start": start, "end": middle}]}}
    )
    cells = texts(layout(form))
    assert "项目起止时间：2024年6月15日起至2025年3月31日止" in cells
    assert cells[cells.index("启动") + 3] == "2024年6月15日至\n2024年10月31日"


def test_ticks_show_what_is_ticked_and_the_words_behind_其他() -> None:
    problem = Problem(
        category=["布局建设未来产业"], industries=["石化", "其他"], other_industry="冰雪装备", policy_basis=["自拟"]
    )
    paper = layout(Application(problems=[problem]))
    assert beside(paper, "所属分类") == "□改造提升传统产业\n□培育壮大新兴产业\n☑布局建设未来产业"
    assert beside(paper, "产业领域").split("\n")[-3:] == [
        "□钢铁 □有色 ☑石化 □化工 □建材 □机械 □汽车",
        "□电力装备 □轻工业 □电子信息制造业",
        "☑其他 冰雪装备",
    ]
    assert beside(paper, "是否国家（地方）鼓励或支持的重点领域\n（可多选）").endswith("\n☑自拟")


def test_the_society_is_printed_on_the_cover_too() -> None:
    lines = layout(Application(society=Society(name="中国某某学会"))).cover
    assert [(line.label, line.text) for line in lines[:3]] == [
        ("项目名称：", "“科创中国”XXXX科技服务团"),
        ("申报单位：", "中国某某学会"),
        ("联 系 人：", ""),
    ]


def test_the_call_changes_limits_and_choices_without_the_model() -> None:
    edition = Edition.of(2031, {"rationale": 999}, {"problems.*.category": ["甲类", "乙类"]})
    paper = layout(Application(), edition=edition)
    assert "三、立项依据和目的（999字以内）" in texts(paper)
    assert beside(paper, "所属分类") == "□甲类\n□乙类"
    assert "2031年度重点工作方向" in beside(paper, "申报单位简介（200字以内）")


# ---- a field added to the model appears ------------------------------------------------------------------------------


def written(form: Application) -> str:
    """All texts of both papers; they must agree about what is shown."""
    word = bare("".join(t.text or "" for t in Document(io.BytesIO(write_docx(form))).element.body.iter(f"{W}t")))
    pdf = pdf_text(write_pdf(form))
    assert sorted(set(word.replace("☑", "")) - set(pdf)) == []
    return word


def test_cells_added_to_the_society_stand_beside_each_other_under_its_frame() -> None:
    class Larger(Society):
        fax: Text = text("传真", row="reach")
        site: Text = text("网址", row="reach")

    class Grown(Application):
        society: Larger = part(
            "申报单位", Larger, section="一", title="项目申报单位基本情况", frame="申报单位（全国学会）"
        )

    form = Grown(society=Larger(fax="010-88888888", site="https://example.org"))
    row = next(r for r in layout(form).rows if any(c.text == "传真" for c in r.cells))
    assert [(c.text, c.span) for c in row.cells] == [
        *(("传真", 3), ("010-88888888", 3), ("网址", 2), ("https://example.org", 2))
    ]
    frame = next(c for r in layout(form).rows for c in r.cells if c.text == "申报单位（全国学会）")
    assert frame.rowspan == 8
    assert "传真010-88888888网址https://example.org" in written(form)


def test_an_essay_added_to_the_form_becomes_a_section() -> None:
    class Grown(Application):
        risks: Text = words("风险与对策", 150, "九之二")

    cells = texts(layout(Grown(risks="风险可控。")))
    place = cells.index("九之二、风险与对策（150字以内）")
    assert cells[place + 1] == "风险可控。"
    assert cells[place + 2] == "十、必要附件"
    assert "九之二、风险与对策（150字以内）风险可控。" in written(Grown(risks="风险可控。"))


def test_a_column_added_to_the_members_takes_its_room_from_the_widest() -> None:
    class Dated(Member):
        age: Text = text("年龄")

    class Grown(Application):
        personnel: Annotated[list[Dated], ...] = rows("主要参加人员", section="八", numbered=True)

    form = Grown(personnel=[Dated(name="甲", age="39岁")])
    head = next(r for r in layout(form).rows if r.head and any(c.text == "年龄" for c in r.cells))
    assert sum(c.span for c in head.cells) == 12
    assert "39岁" in written(form)


def test_a_field_added_to_the_problem_has_a_row_of_its_own() -> None:
    class Wider(Problem):
        level: Any = ticks("技术成熟度", ("实验室", "中试"))
        patents: Text = essay("已有知识产权")

    class Grown(Application):
        problems: Annotated[list[Wider], ...] = annex("难题表", title="附件")

    form = Grown(problems=[Wider(level=["中试"], patents="专利三项")])
    paper = layout(form)
    assert (beside(paper, "技术成熟度"), beside(paper, "已有知识产权")) == ("□实验室\n☑中试", "专利三项")
    assert "已有知识产权专利三项" in written(form)


def test_an_amount_added_to_the_budget_is_a_line_of_its_sentence() -> None:
    class Richer(Budget):
        donated: Money = money("社会捐赠", before="4.社会捐赠", after="（如没有可不填）")
        lent: Money = money("借款")

    class Grown(Application):
        budget: Richer = part("经费预算", Richer, shape=Shape.SENTENCE, section="九", title="经费预算")

    form = Grown(budget=Richer(donated=5_000_000))
    said = next(t for t in texts(layout(form)) if t.startswith("经费总预算"))
    assert said.split("\n")[-2:] == ["4.社会捐赠 5.00 万元（如没有可不填）", "借款：    万元"]
    assert "4.社会捐赠5.00万元（如没有可不填）借款：万元" in written(form)


def test_a_table_added_among_cells_is_titled_by_its_label() -> None:
    class Visit(Member):
        on: Any = day("走访日期")

    class Larger(Society):
        visits: Annotated[list[Visit], ...] = rows("走访记录", numbered=True)

    class Grown(Application):
        society: Larger = part("申报单位", Larger, section="一", title="基本情况", frame="申报单位")

    form = Grown(society=Larger(visits=[Visit(name="乙", on=datetime.date(2024, 4, 1))]))
    cells = texts(layout(form))
    assert cells[cells.index("走访记录") :][7:13] == ["1", "乙", "", "", "", "2024年4月1日"]


# ---- Word ------------------------------------------------------------------------------------------------------------


def part_of(data: bytes, name: str) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(name))


def test_every_value_stands_in_the_word_file() -> None:
    form = sample()
    said = bare("".join(t.text or "" for t in part_of(write_docx(form), "word/document.xml").iter(f"{W}t")))
    assert [v for v in values(form) if bare(v) not in said] == []


@pytest.mark.parametrize("form", [Application(), sample()], ids=["empty", "filled"])
def test_rows_fill_the_grid_and_merged_cells_go_on_below_each_other(form: Application) -> None:
    body = part_of(write_docx(form), "word/document.xml")
    for table in body.iter(f"{W}tbl"):
        widths = [int(c.get(f"{W}w", "")) for c in table.iterfind(f"{W}tblGrid/{W}gridCol")]
        above: dict[int, int] = {}
        for row in table.iter(f"{W}tr"):
            column, begun = 0, {}
            for cell in row.iter(f"{W}tc"):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                count = int(span.get(f"{W}val", "")) if span is not None else 1
                width = cell.find(f"{W}tcPr/{W}tcW")
                assert width is not None
                assert int(width.get(f"{W}w", "")) == sum(widths[column : column + count])
                assert cell.find(f"{W}p") is not None
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None:
                    begun[column] = count
                    if not merge.attrib:
                        assert above.get(column) == count
                column += count
            assert column == len(widths)
            above = begun


def test_the_page_is_a4_and_the_footer_counts_pages() -> None:
    document = Document(io.BytesIO(write_docx(sample())))
    section = document.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    footer = etree.tostring(section.footer._element, encoding="unicode")
    assert re.sub(r"<[^>]+>", "", footer).replace(" ", "") == "—PAGE1—"
    assert 'fldCharType="begin"' in footer


def test_the_fonts_are_those_of_the_call_s_papers() -> None:
    styles = part_of(write_docx(sample()), "word/styles.xml")
    named = {f.get(f"{W}eastAsia") for f in styles.iter(f"{W}rFonts")}
    assert {"仿宋", "黑体", "方正小标宋简体", "楷体"} <= named
    table = part_of(write_docx(sample()), "word/fontTable.xml")
    assert "仿宋_GB2312" in {f.get(f"{W}val") for f in table.iter(f"{W}altName")}


def test_headings_hold_to_what_follows_and_short_rows_are_not_parted() -> None:
    table = list(part_of(write_docx(sample()), "word/document.xml").iter(f"{W}tbl"))[2]
    for row in table.iter(f"{W}tr"):
        said = "".join(t.text or "" for t in row.iter(f"{W}t"))
        if re.match(r"[一二三四五六七八九十]+、", said):
            assert row.find(f".//{W}keepNext") is not None
            assert row.find(f"{W}trPr/{W}cantSplit") is not None


def test_equal_forms_give_equal_files() -> None:
    again = Application.model_validate_json(sample().model_dump_json())
    assert write_docx(again) == write_docx(sample())
    assert write_pdf(again) == write_pdf(sample())


def test_the_file_says_what_it_is_and_whose() -> None:
    made = datetime.datetime(2024, 5, 20, 8, 0, tzinfo=datetime.UTC)
    properties = Document(io.BytesIO(write_docx(sample(), created=made))).core_properties
    assert (properties.title, properties.author) == (sample().cover.title, sample().society.name)
    assert properties.created == made
    assert Document(io.BytesIO(write_docx(Application()))).core_properties.title == "“科创中国”科技服务团项目申报书"


def test_line_ends_become_paragraphs_and_signs_that_xml_forbids_vanish() -> None:
    dirty = "第一段\x00\x0b第二段\x07\ud800\ufffe\r\n\r\n第四段\t末"
    form = Application.model_construct(**{**dict(Application()), "rationale": dirty})
    rows = docx_tables(write_docx(form))[2]
    place = next(n for n, row in enumerate(rows) if row[0][2].startswith("三、"))
    assert rows[place + 1][0][2] == "第一段第二段第四段末"
    cell = Document(io.BytesIO(write_docx(form))).tables[2].rows[place + 1].cells[0]
    assert [p.text for p in cell.paragraphs] == ["第一段", "第二段", "", "第四段\t末"]
    assert "第一段第二段第四段末" in pdf_text(write_pdf(form))


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_file_and_keeps_every_cell(tmp_path: Path) -> None:
    before = write_docx(sample())
    (tmp_path / "form.docx").write_bytes(before)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "docx"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(tmp_path / "form.docx")], check=True, capture_output=True
    )
    after = (tmp_path / "out" / "form.docx").read_bytes()

    def said(data: bytes) -> list[str]:
        return [cell[2] for table in docx_tables(data) for row in table for cell in row if cell[2]]

    assert said(after) == said(before)


# ---- PDF -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [7, 11])
def test_every_value_stands_in_the_pdf(seed: int) -> None:
    form = sample(seed)
    said = pdf_text(write_pdf(form))
    ticked = {c for p in form.problems for c in (*p.category, *p.industries, *p.policy_basis, *p.zone)}
    for value in (v for v in values(form) if v not in ticked):
        # a value that goes on over a page is parted there by what stands on the page's edge
        assert bare(value) in said or all(piece in said for piece in re.findall(".{1,12}", bare(value))), value


def test_the_pdf_is_archivable_and_carries_its_fonts() -> None:
    import pypdfium2
    from pypdfium2 import raw

    data = write_pdf(sample())
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in data
    document = pypdfium2.PdfDocument(data)
    assert {tuple(round(n) for n in page.get_size()) for page in document} == {(595, 842)}
    fonts = [raw.FPDFTextObj_GetFont(o.raw) for page in document for o in page.get_objects([raw.FPDF_PAGEOBJ_TEXT])]
    assert fonts
    assert all(raw.FPDFFont_GetIsEmbedded(font) == 1 for font in fonts)


def test_pages_are_numbered_from_the_second_on() -> None:
    import pypdfium2

    pages = [bare(p.get_textpage().get_text_bounded()) for p in pypdfium2.PdfDocument(write_pdf(sample()))]
    assert [n for n, said in enumerate(pages, 1) if f"—{n}—" in said] == list(range(2, len(pages) + 1))


def test_the_header_of_a_long_table_is_repeated_on_every_page() -> None:
    people = [Member(name=f"人员{n}", affiliation="某某大学材料学院教授" * 4) for n in range(40)]
    said = pdf_text(write_pdf(Application(personnel=people)))
    assert said.count("序号姓名工作单位及职务/职称") > 1


def test_a_long_essay_goes_on_over_pages() -> None:
    long = "\n".join(f"第{n}段：" + "服务团与省内重点产业链对接。" * 12 for n in range(60))
    said = pdf_text(write_pdf(Application(work_plan=long)))
    assert [n for n in range(60) if f"第{n}段：" not in said] == []


def everywhere(said: str) -> Application:
    """A form whose every text is ``said``."""

    def full(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: full(v) for k, v in value.items()}
        if isinstance(value, list):
            return [full(v) for v in value]
        return said if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value

    return Application.model_validate_json(json.dumps(full(truth(7))))


@pytest.mark.parametrize(
    "said", [HOSTILE, "#let x = 1 *a* _b_ @c $d$", "{{7*7}}", "\\u{1F600} \\", "“引号” 'a' --- ..."]
)
def test_text_of_people_is_shown_and_never_run(said: str) -> None:
    form = everywhere(said)
    assert pdf_text(write_pdf(form)).count(bare(said)) > 20
    word = bare("".join(t.text or "" for t in part_of(write_docx(form), "word/document.xml").iter(f"{W}t")))
    assert word.count(bare(said)) > 20


def test_rare_signs_never_stop_a_paper() -> None:
    form = Application(rationale="𠮷、龘、😀、e\u0301、نص、👩‍🔬、\u200b\ufeff☑☐", society=Society(name="𠮷学会😀"))
    said = pdf_text(write_pdf(form))
    assert "龘" in said
    assert "［U+1F600］" in said
    assert "𠮷、龘、😀" in "".join(t.text or "" for t in part_of(write_docx(form), "word/document.xml").iter(f"{W}t"))


MORE_FONTS = Path("/usr/share/fonts/opentype/noto")


@pytest.mark.skipif(not MORE_FONTS.is_dir(), reason="no further fonts on this machine")
def test_a_directory_of_fonts_brings_signs_that_the_wheel_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Application(society=Society(name="𠮷学会"))
    assert "［U+20BB7］学会" in pdf_text(write_pdf(form))
    monkeypatch.setenv("KETUAN_FONT_DIR", str(MORE_FONTS))
    assert "𠮷学会" in pdf_text(write_pdf(form))
