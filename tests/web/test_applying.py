"""Pages of applying: made from the form model, saved field by field, closed to strangers."""

import datetime
import json

import pytest
from django.template.loader import render_to_string
from tests.rules.builder import application as form_of
from tests.rules.builder import clean
from tests.world import World, expert

from ketuan.forms.application import Application as Form
from ketuan.forms.fields import Text, money, words
from ketuan.forms.paper import paper
from ketuan.programme import applying
from ketuan.programme.applying.papers import plain, with_keys
from ketuan.programme.applying.saving import Change
from ketuan.records import clock
from ketuan.records.models import Application, CorpsMember
from ketuan.web.fields import blocks, widgets_of


@pytest.fixture
def application(world: World) -> Application:
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def fill(application: Application, form: Form) -> Application:
    """The application with a form in it, as an import would leave it."""
    application.form = plain(form)
    application.rows = with_keys(applying.paper_of(application), application.form, {})
    application.title = form.cover.title
    application.save()
    return application


def post(client, application, *changes, slug="s3", **more):
    body = {"changes": [{"base": 0, **c} for c in changes], "slug": slug, **more}
    return client.post(f"/applications/{application.code}/save/", json.dumps(body), content_type="application/json")


PAGES = ("", "part/cover/", "part/s1/", "part/s9/", "part/problems/", "check/", "history/")


@pytest.mark.parametrize("page", PAGES)
def test_the_society_sees_every_page_and_a_stranger_none(world: World, application, page) -> None:
    url = f"/applications/{application.code}/{page}"
    assert world.client("editor").get(url).status_code == 200
    for stranger in ("other_editor", "far_provincial", "nobody"):
        assert world.client(stranger).get(url).status_code == 404
    assert world.client().get(url)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("page", PAGES)
def test_a_filled_application_shows_on_every_page(world: World, application, page) -> None:
    fill(application, form_of(clean()))
    assert world.client("editor").get(f"/applications/{application.code}/{page}").status_code == 200
    assert world.client("officer").get(f"/applications/{application.code}/{page}").status_code == 200


def test_every_field_of_the_form_has_its_widget_on_one_page(world: World, application) -> None:
    fill(application, form_of(clean()))
    tree, rows = applying.paper_of(application), application.rows
    shown = [
        w.path
        for slug, (_, nodes) in applying.slugs(tree).items()
        for w in widgets_of(blocks(nodes, applying.filled(application)))
    ]
    wanted = []
    for node in tree.leaves():
        table, star, field = node.path.partition(".*.")
        wanted += [f"{table}.{key}.{field}" for key in rows[table]] if star else [node.path]
    assert sorted(shown) == sorted(wanted)


class Longer(Form):
    """The form of another year, with two fields more."""

    conditions: Text = words("配套条件说明", 150, "六")
    deposit: int | None = money("保证金")


def test_a_field_added_to_the_model_is_on_the_page(world: World) -> None:
    tree = paper(Longer)
    section = next(s for s in tree.sections if any(n.name == "conditions" for n in s.nodes))
    made = blocks(section.nodes, applying.Filled(plain(Longer(conditions="地方已有中试线。"))))
    page = render_to_string("applying/blocks.html", {"blocks": made, "heading": section.heading})
    assert '<textarea class="form-control" id="f-conditions" name="conditions" autocomplete="off" rows="8">' in page
    assert "地方已有中试线。</textarea>" in page
    assert 'data-for="f-conditions" data-limit="150"' in page
    assert '<input class="form-control" id="f-deposit" name="deposit"' in page


def test_markup_in_any_field_stays_text(world: World, application) -> None:
    fill(application, form_of(clean()))
    who, evil = world.who("editor"), '"><script>alert(1)</script></textarea>'
    paths = [
        w.path
        for _, nodes in applying.slugs(applying.paper_of(application)).values()
        for w in widgets_of(blocks(nodes, applying.filled(application)))
    ]
    applying.save(application, [Change(path, evil, 10**6) for path in paths], who=who)
    for page in PAGES:
        assert (
            "<script>alert"
            not in world.client("editor").get(f"/applications/{application.code}/{page}").content.decode()
        )


def test_saving_answers_with_revision_counts_sums_and_findings(world: World, application) -> None:
    client = world.client("editor")
    said = post(client, application, {"path": "budget.total", "raw": "100"}, slug="s9").json()
    assert said["saved"] == {"budget.total": {"note": "", "shown": "100.00"}}
    assert "三项来源合计" in said["sums"]
    assert "比经费总预算少 100.00 万元" in said["sums"]
    assert 'id="findings"' in said["panel"]
    long = post(client, application, {"path": "rationale", "raw": "字" * 201}, slug="s3").json()
    assert long["counts"] == {"rationale": 201}
    assert "请删去至少 1 个字" in long["fields"]["rationale"]
    assert long["revision"] == said["revision"] + 1


def test_a_dead_session_is_told_with_the_way_back(world: World, application) -> None:
    answer = post(world.client(), application, {"path": "rationale", "raw": "第一稿"})
    assert (answer.status_code, answer.json()["sign_in"]) == (401, "/account/login/")


def test_another_person_in_the_same_browser_saves_nothing(world: World, application) -> None:
    mine = world.people["editor"].pk
    answer = post(world.client("checker"), application, {"path": "rationale", "raw": "经办人的话"}, person=mine)
    assert answer.status_code == 401
    application.refresh_from_db()
    assert application.form["rationale"] == ""


def test_a_stranger_saves_nothing_and_learns_nothing(world: World, application) -> None:
    for stranger in ("other_editor", "far_provincial", "reviewer", "nobody"):
        assert post(world.client(stranger), application, {"path": "rationale", "raw": "x"}).status_code == 404
    assert post(world.client("officer"), application, {"path": "rationale", "raw": "x"}).status_code == 403
    application.refresh_from_db()
    assert application.revision == 0


@pytest.mark.parametrize(
    "body", ["", "{", '{"changes": [{"path": "rationale"}]}', '{"changes": [{"path": "a", "raw": 3}]}']
)
def test_a_request_cut_in_the_middle_is_not_an_empty_save(world: World, application, body) -> None:
    url = f"/applications/{application.code}/save/"
    assert world.client("editor").post(url, body, content_type="application/json").status_code == 400


def test_two_people_in_one_field_are_told(world: World, application) -> None:
    post(world.client("editor"), application, {"path": "rationale", "raw": "第一稿"})
    said = post(world.client("checker"), application, {"path": "rationale", "raw": "另一稿", "was": [""]}).json()
    told = said["overtaken"]["rationale"]
    assert (told["theirs"], told["by"], told["place"]) == ("第一稿", "江晚晴", "三、立项依据和目的")
    forced = {"path": "rationale", "raw": "另一稿", "base": told["revision"], "force": True}
    assert list(post(world.client("checker"), application, forced).json()["saved"]) == ["rationale"]


def test_a_person_in_two_windows_is_told(world: World, application) -> None:
    client = world.client("editor")
    post(client, application, {"path": "rationale", "raw": "新写的", "was": [""]})
    said = post(client, application, {"path": "rationale", "raw": "旧窗口里的", "was": [""]}).json()
    assert said["overtaken"]["rationale"]["by"] == "您在另一个窗口"
    # the answer to the last saving was lost on the way, and one typed on: that is no clash
    said = post(client, application, {"path": "rationale", "raw": "新写的又写", "was": ["", "新写的"]}).json()
    assert list(said["saved"]) == ["rationale"]


def section(world, application, slug, who="editor"):
    """A browser without script: the page's own fields, to be changed and posted."""
    client = world.client(who)
    url = f"/applications/{application.code}/part/{slug}/"
    page = client.get(url)
    data = {"base": page.context["application"].revision, "were": page.context["were"]}
    for w in widgets_of(page.context["blocks"]):
        data[w.path] = w.raw
    return client, url, data


def test_without_script_a_section_is_saved_by_its_button(world: World, application) -> None:
    client, url, data = section(world, application, "s1")
    answer = client.post(url, data | {"society.head.name": "卫若谷", "partners": "云杉大学、星桥研究院"})
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.form["society"]["head"]["name"] == "卫若谷"
    assert application.form["partners"] == ["云杉大学", "星桥研究院"]


def test_without_script_what_was_not_touched_does_not_overwrite_others(world: World, application) -> None:
    client, url, data = section(world, application, "s1")
    applying.save(application, [Change("society.introduction", "审核人刚写的")], who=world.who("checker"))
    client.post(url, data | {"society.head.name": "卫若谷"})
    application.refresh_from_db()
    assert application.form["society"]["introduction"] == "审核人刚写的"
    answer = client.post(url, data | {"society.introduction": "我写的"})
    assert answer.status_code == 409
    assert "审核人刚写的" in answer.content.decode()
    application.refresh_from_db()
    assert application.form["society"]["introduction"] == "审核人刚写的"
    chosen = {"base": application.revision, "society.introduction": "我写的", "mine": "society.introduction"}
    assert client.post(url, chosen).status_code == 302
    application.refresh_from_db()
    assert application.form["society"]["introduction"] == "我写的"
    assert application.form["partners"] == []


def test_without_script_rows_are_added_moved_and_removed(world: World, application) -> None:
    client, url, data = section(world, application, "s8")
    client.post(url, data | {"act": "add personnel"})
    answer = client.post(
        url, section(world, application, "s8")[2] | {"personnel.k1.name": "甲", "act": "add personnel"}
    )
    assert answer["Location"].endswith("#at-personnel-k2")
    client.post(url, section(world, application, "s8")[2] | {"personnel.k2.name": "乙", "act": "up personnel k2"})
    application.refresh_from_db()
    assert [row["name"] for row in application.form["personnel"]] == ["乙", "甲"]
    client.post(url, {"only": "act", "act": "remove personnel k1"})
    application.refresh_from_db()
    assert [row["name"] for row in application.form["personnel"]] == ["乙"]


def test_ticks_and_what_stands_behind_other(world: World, application) -> None:
    key = applying.add_row(application, "problems", who=world.who("editor"))
    at = f"problems.{key}"
    client, url, data = section(world, application, "problems")
    client.post(url, data | {f"{at}.industries": ["新能源", "其他"], f"{at}.other_industry": "海洋牧场"})
    application.refresh_from_db()
    held = application.form["problems"][0]
    assert (held["industries"], held["other_industry"]) == (["新能源", "其他"], "海洋牧场")
    client, url, data = section(world, application, "problems")
    client.post(url, {k: v for k, v in data.items() if k != f"{at}.industries"})  # every box unticked
    application.refresh_from_db()
    assert application.form["problems"][0]["industries"] == []


def test_a_warning_is_answered_with_a_reason(world: World, application) -> None:
    fill(application, form_of(clean()))
    member = expert("卫若谷", "云杉大学", datetime.date(1980, 1, 1))
    CorpsMember.objects.create(application=application, expert=member, added_at=clock.now())
    warning = next(f for f in applying.findings_of(application) if f.weight == "warn")
    url, key = f"/applications/{application.code}/reason/", applying.key_of(application, warning)
    client = world.client("editor")
    assert client.get(url, {"key": key}).status_code == 200
    assert client.post(url, {"key": key, "text": "名册还在补。"}).status_code == 302
    assert "已说明：名册还在补。" in world.client("officer").get(f"/applications/{application.code}/").content.decode()
    assert world.client("other_editor").post(url, {"key": key, "text": "x"}).status_code == 404
    assert world.client("officer").post(url, {"key": key, "text": "x"}).status_code == 403
    block = client.post(url, {"key": "form.complete|rationale", "text": "不想写"})
    assert block.status_code == 400


def test_versions_are_compared_and_restored(world: World, application) -> None:
    who = world.who("editor")
    applying.save(application, [Change("rationale", "第一稿，依据规划。")], who=who)
    applying.freeze(application := applying.find(application.code, who=who), "to_checker", who=who)
    applying.save(application, [Change("rationale", "第二稿，依据规划。")], who=who)
    client, base = world.client("editor"), f"/applications/{application.code}/history/"
    page = client.get(f"{base}compare/", {"a": 3}).content.decode()
    assert "<del>一</del>" in page
    assert "<ins>二</ins>" in page
    assert client.get(f"{base}3/restore/").status_code == 200
    assert client.post(f"{base}3/restore/").status_code == 302
    application.refresh_from_db()
    assert application.form["rationale"] == "第一稿，依据规划。"
    assert [v.why for v in application.versions.order_by("number")][-2:] == ["before_restore", "restore"]
    assert world.client("officer").post(f"{base}1/restore/").status_code == 403
    assert world.client("other_editor").post(f"{base}1/restore/").status_code == 404


def test_an_application_is_withdrawn_after_a_question(world: World, application) -> None:
    url = f"/applications/{application.code}/withdraw/"
    assert "撤回" in world.client("editor").get(url).content.decode()
    assert world.client("provincial").post(url).status_code == 404
    assert world.client("editor").post(url).status_code == 302
    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_the_societys_home_counts_what_may_still_be_begun(world: World, application) -> None:
    page = world.client("editor").get("/applications/").content.decode()
    assert "还可新建 4 个" in page
    data = {"society": world.bodies["society"].pk, "call": "2024"}
    for left in (3, 2, 1, 0):
        assert world.client("editor").post("/applications/new/", data).status_code == 302
        assert ("还可新建" in world.client("editor").get("/applications/").content.decode()) == (left > 0)
    assert world.client("editor").post("/applications/new/", data).status_code == 409
    assert world.client("other_editor").post("/applications/new/", data).status_code == 404


@pytest.mark.parametrize("query", ["", "?q=测绘", "?state=draft&order=-requested", "?order=nonsense&page=99"])
def test_the_list_asks_the_same_number_of_questions_for_one_and_for_fifty(
    world: World, application, django_assert_num_queries, query
) -> None:
    client = world.client("officer")
    client.get(f"/applications/{query}")
    with CountQueries() as one:
        client.get(f"/applications/{query}")
    rows = [
        Application(
            code=f"K24-9{n:03d}", call=world.call, society=world.bodies["society"], form=application.form,
            changed_at=application.changed_at, created_at=application.created_at, changed_by=world.people["editor"],
        )
        for n in range(49)
    ]  # fmt: skip
    Application.objects.bulk_create(rows)
    with django_assert_num_queries(len(one)):
        client.get(f"/applications/{query}")


class CountQueries:
    """How many queries a block asks."""

    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.context = CaptureQueriesContext(connection)
        return self.context.__enter__()

    def __exit__(self, *wrong):
        return self.context.__exit__(*wrong)
