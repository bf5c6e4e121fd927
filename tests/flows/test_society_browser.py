"""The road of an application in real browsers: written, imported, stopped, mended, recommended, submitted, verified."""

from __future__ import annotations

import datetime
import io
import json
import re

import openpyxl
from playwright.sync_api import Page, expect
from tests import ready
from tests.flows.visiting import PASSWORD
from tests.hands import Form, fill
from tests.hands.defects import clean
from tests.letters import pdf
from tests.rules import builder
from tests.world import World

from ketuan.documents import rosters
from ketuan.programme import applying, submitting
from ketuan.records import clock
from ketuan.records.models import Application, LatePermit, Paper, Submission

CAP = "80"
"""万元 that an application may ask for (通知 二); the road asks for more and is stopped."""
AFTER = datetime.datetime(2024, 5, 25, 10, 0, tzinfo=clock.CHINA)


def word_form() -> Form:
    """A form without a finding, for the society and the province of the small world."""
    told = json.dumps(clean(), ensure_ascii=False)
    for there, here in (
        ("云南", "安徽"),
        ("玉溪", "铜陵"),
        ("曲靖", "池州"),
        ("中国星桥工程学会", "中国云上测绘装备学会"),
    ):
        told = told.replace(there, here)
    form: Form = json.loads(told)
    form["society"]["name"] = "中国云上测绘装备学会"
    return form


def roster_book(form: Form) -> bytes:
    """The platform's own empty roster, filled: everybody of the printed table and as many more as make 22."""
    book = openpyxl.load_workbook(io.BytesIO(rosters.template()))
    sheet = book["名册"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    people = [(one["name"], one["affiliation"]) for one in form["personnel"]]
    people += [(builder.person_name(n), f"云杉{n}大学") for n in range(22 - len(people))]
    for row, (name, unit) in enumerate(people, 2):
        born = datetime.date(1985, 3, row) if row < 14 else datetime.date(1970, 3, row)
        said = {"姓名": name, "出生日期": born, "工作单位": unit, "手机": f"139000000{row:02d}"}
        if row < 4:
            said["青年人才托举工程届次"] = "第七届"
        for label, value in said.items():
            sheet.cell(row, columns[label], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def saved(page: Page, path: str) -> None:
    place = page.locator(f'[data-field="{path}"] [data-saved]').first
    expect(place).to_have_text(re.compile(r"已保存 \d\d:\d\d"), timeout=10_000)


def test_from_the_first_page_to_a_receipt_that_a_stranger_verifies(town: World, visit) -> None:
    form = word_form()

    # the editor signs in and begins
    editor = visit()
    editor.sign_in("editor@example.invalid")
    editor.go("/applications/")
    page = editor.press("新建申报书")
    code = Application.objects.get().code
    home = f"/applications/{code}/"
    assert page.url == town.url + home

    # a filled Word form comes in, after it was held against what stands here
    editor.press("导入 Word 申报书", role="link")
    editor.upload("申报书.docx", fill(form))
    page = editor.press("上传并对照")
    editor.sees(form["cover"]["title"])
    expect(page.locator("fieldset.papers-line").first).to_be_visible()
    editor.press("全部用 Word 里的")
    editor.sees("已导入")
    application = Application.objects.get()
    assert (application.form["work_plan"], application.title) == (form["work_plan"], form["cover"]["title"])

    # too much money is stopped, with its clause; neither page nor server lets it through
    page = editor.go(f"{home}part/s9/")
    panel, too_much = page.locator("[data-panel]"), f"超过每个项目 {CAP} 万元的额度"
    page.locator("#f-budget-requested").fill("9999")
    saved(page, "budget.requested")
    finding = panel.locator("li.finding").filter(has_text=too_much)
    expect(finding).to_contain_text("依据 通知 二.2")
    page = editor.go(f"{home}submit/")
    editor.sees("先改正问题")
    expect(page.get_by_role("button", name="送审核人")).to_have_count(0)
    assert (editor.posted(f"{home}submit/send/"), Application.objects.get().state) == (409, "draft")

    # from the finding to its field, mended, gone
    page.locator("li.finding").filter(has_text=too_much).get_by_role("link").click()
    page.wait_for_url(f"**{home}part/s9/#*requested")
    page.locator("#f-budget-requested").fill(str(form["budget"]["requested"]))
    saved(page, "budget.requested")
    expect(finding).to_have_count(0)
    expect(panel).to_contain_text("没有发现问题")

    # everybody of the corps from Excel, looked at before it is taken in; the imported printed table stays
    page = editor.go(f"{home}corps/")
    editor.upload("名册.xlsx", roster_book(form))
    editor.press("上传并预览")
    assert application.members.count() == 0
    editor.press("导入勾选的 22 人")
    editor.sees("人数、年龄和青年人才托举工程入选者都已达到要求")
    page = editor.go(f"{home}part/s8/")
    expect(page.locator("[data-field^='personnel.']").first.locator("input")).to_have_value(
        form["personnel"][0]["name"]
    )

    # the signed scan
    editor.go(f"{home}papers/")
    editor.upload("签字盖章扫描件.pdf", pdf("signed"), "application/pdf")
    editor.press("上传")
    editor.sees("已上传 1 个文件")

    # the province is asked, reads the findings and consents
    editor.go(f"{home}submit/")
    editor.press("请求推荐", role="link")
    editor.press("请求推荐")
    editor.sees("已请安徽省科学技术协会出具推荐意见")
    officer = visit()
    officer.sign_in("provincial@example.invalid")
    officer.go("/recommending/")
    page = officer.press(form["cover"]["title"], role="link")
    expect(page.locator("#findings")).to_contain_text("没有必须修改的")
    for prefix, name in (("head", "程远山"), ("officer0", "江晚晴"), ("officer1", "程安之"), ("officer2", "夏知秋")):
        page.locator(f"#{prefix}_name").fill(name)
        page.locator(f"#{prefix}_post").fill("部长" if prefix != "head" else "副主席")
        page.locator(f"#{prefix}_phone").fill("0551-60000001")
    page.locator("#officer2_unit").fill("铜陵市科学技术协会")
    officer.press("同意推荐并出函")
    officer.sees("已同意推荐")
    assert officer.download("推荐函")[:5] == b"%PDF-"

    # a change after the consent asks for a reason
    page = editor.go(f"{home}part/s2/")
    page.locator("#f-service-industry").fill("新材料（结构陶瓷）")
    saved(page, "service.industry")
    page = editor.go(f"{home}submit/")
    editor.sees("安徽省科学技术协会同意之后改过：产业领域")
    page.locator("#step-reasons textarea").fill("与难题的名称一致，服务内容没有变化。")
    editor.press("记下理由")
    editor.sees("都已说明")

    # sent to the checker, who gives the commitments and submits
    editor.press("先送审核人")
    editor.sees("已送审")
    checker = visit()
    checker.sign_in("checker@example.invalid")
    page = checker.go(f"{home}submit/")
    for box in page.locator("input[name=commitment]").all():
        box.check()
    checker.press("以我的名义承诺")
    page = checker.press("提交", within=page.locator("#step-send"))
    receipt = Submission.objects.get()
    assert page.url == f"{town.url}/receipts/{receipt.number}/"
    for said in (receipt.number, f"{receipt.at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M:%S}", receipt.sha256):
        checker.sees(said)
    assert checker.download("下载回执")[:5] == b"%PDF-"

    # anybody verifies it, from the front page
    stranger = visit()
    page = stranger.go("/")
    page.locator("#receipt-number").fill(receipt.number)
    stranger.press("核验", within=page.locator("#verify"))
    for said in ("真实，有效", receipt.sha256, form["cover"]["title"], "中国云上测绘装备学会"):
        stranger.sees(said)
    assert [name for name in ("江晚晴", "沈听澜", form["cover"]["contact_name"]) if name in page.content()] == []

    # for another society none of it exists
    other = visit("other_editor")
    scan = application.papers.get(kind="signed_scan")
    other.go(home, status=404)
    hidden = [f"{home}{rest}" for rest in ("part/s9/", "papers/", "corps/", "submit/", "check/", "form.docx")]
    hidden += [f"/papers/{scan.pk}/", f"/receipts/{receipt.number}/", f"/receipts/{receipt.number}/receipt.pdf"]
    assert [(path, other.status(path)) for path in hidden] == [(path, 404) for path in hidden]

    # what is submitted is closed, and may be opened again
    page = editor.go(f"{home}part/s9/")
    editor.sees("只能查看")
    expect(page.locator("#f-budget-requested")).not_to_be_editable()
    page = editor.go(f"{home}submit/")
    expect(page.get_by_role("button", name="重新修改")).to_be_visible()
    page = editor.go(home)
    expect(page.get_by_role("button", name="重新修改")).to_be_visible()

    # and everything stands in the journal
    auditor = visit("auditor")
    page = auditor.go("/journal/?stage=submitting")
    expect(page.locator("tbody tr").first).to_contain_text("提交")
    expect(page.locator("tbody")).to_contain_text("沈听澜")


def handed_in(town: World) -> Application:
    """Written, recommended, promised and scanned: only the two clicks of maker and checker are left."""
    application = ready.written(town)
    ready.consented(town, application)
    ready.paper(application, Paper.Kind.SIGNED_SCAN)
    submitting.commit(application, {"1", "2"}, who=town.who("editor"))
    return application


def test_a_second_submission_takes_the_place_of_the_first(town: World, visit) -> None:
    first = ready.submitted(town)
    home = f"/applications/{first.application.code}/"
    editor, checker, stranger = visit("editor"), visit("checker"), visit()
    editor.go(f"{home}submit/")
    editor.press("重新修改")
    editor.sees("正在修改，新版本尚未提交")
    page = editor.go(f"{home}part/s3/")
    page.locator("#f-rationale").fill("截止以前改过一次的实施依据。")
    saved(page, "rationale")
    stranger.go(f"/verify/{first.number}/")
    stranger.sees("真实，有效")
    editor.go(f"{home}submit/")
    editor.press("送审核人审核")
    checker.go(f"{home}submit/")
    checker.press("提交", within=checker.page.locator("#step-send"))
    checker.sees("第2次提交")
    second = Submission.objects.exclude(pk=first.pk).get()
    assert second.version.form["rationale"] == "截止以前改过一次的实施依据。"
    stranger.go(f"/verify/{first.number}/")
    stranger.sees("真实，但已被第2次提交替代")
    stranger.go(f"/verify/{second.number}/")
    stranger.sees("真实，有效")
    editor.go(f"/receipts/{first.number}/")
    editor.sees("已被第2次提交替代")


def test_after_the_deadline_nothing_is_taken_in_and_nothing_is_lost_until_the_office_permits(
    town: World, visit
) -> None:
    application = handed_in(town)
    home, words = f"/applications/{application.code}/", "写到一半，申报截止了。"
    before = application.form["rationale"]
    editor, officer, checker = visit("editor"), visit("officer"), visit("checker")
    page = editor.go(f"{home}part/s3/")
    town.stand(AFTER)  # type: ignore[attr-defined]
    with editor.expecting(403):
        page.locator("#f-rationale").fill(words)
        expect(page.locator("[data-kept]")).to_contain_text(
            "申报已于2024年5月24日 23:59截止，逾期不再受理（通知 四.2）"
        )
    expect(page.locator("#f-rationale")).to_have_value(words)
    assert Application.objects.get().form["rationale"] == before
    other = checker.go(f"{home}submit/")
    checker.sees("现在不能办理")
    expect(other.get_by_role("button", name="送审核人")).to_have_count(0)

    officer.go(home)
    officer.press("送审和提交", role="link", within=officer.page.locator("main aside"))
    page_of_office = officer.press("批准逾期提交", role="link")
    page_of_office.locator("#reason").fill("截止前一小时平台停电。")
    page_of_office.locator("#until").fill("2024-05-26T18:00")
    officer.press("批准")
    officer.sees("已批准逾期提交")
    assert LatePermit.objects.get().given_by == town.people["officer"]

    page.reload()
    expect(page.locator("#f-rationale")).to_have_value(words)
    saved(page, "rationale")
    assert Application.objects.get().form["rationale"] == words
    editor.go(f"{home}submit/")
    editor.press("送审核人审核")
    checker.go(f"{home}submit/")
    checker.press("提交", within=checker.page.locator("#step-send"))
    checker.sees("凭逾期许可收到")


def test_writing_and_submitting_without_script(town: World, visit) -> None:
    application = handed_in(town)
    home = f"/applications/{application.code}/"
    editor, checker = visit(script=False), visit(script=False)
    editor.sign_in("editor@example.invalid")
    page = editor.go(f"{home}part/s3/")
    page.locator("#f-rationale").fill("没有脚本也写得进去。")
    editor.press("保存")
    editor.sees("已保存 1 栏")
    expect(page.locator("#f-rationale")).to_have_value("没有脚本也写得进去。")
    editor.go(f"{home}submit/")
    editor.press("送审核人审核")
    checker.sign_in("checker@example.invalid")
    checker.go(f"{home}submit/")
    checker.press("提交", within=checker.page.locator("#step-send"))
    receipt = Submission.objects.get()
    checker.sees(receipt.number)
    assert receipt.version.form["rationale"] == "没有脚本也写得进去。"


FOCUSED = """(wanted) => {
  const here = document.activeElement, style = getComputedStyle(here);
  const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return {there: here.matches(wanted), shown: shown, what: here.outerHTML.slice(0, 80)};
}"""


def by_tab(page: Page, wanted: str, most: int = 80) -> None:
    """Go on by the Tab key to what is wanted; wherever one comes by, it can be seen where one stands."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED, wanted)
        assert here["shown"], here["what"]
        if here["there"]:
            return
    raise AssertionError(f"{wanted} is not reached by {most} tabs on {page.url}")


def test_the_keyboard_alone_is_enough_to_sign_in_and_write(town: World, visit) -> None:
    application = applying.start(town.call, town.bodies["society"], who=town.who("editor"))
    home = f"/applications/{application.code}/"
    page = visit().go("/account/login/")
    by_tab(page, "input[name=login]")
    page.keyboard.type("editor@example.invalid")
    by_tab(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{town.url}/home/")
    for wanted, there in (
        ("a[href='/applications/']", "/applications/"),
        (f"a[href='{home}']", home),
        (f"a[href='{home}part/s3/']", f"{home}part/s3/"),
    ):
        by_tab(page, wanted)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{town.url}{there}")
    by_tab(page, "#f-rationale")
    page.keyboard.type("只用键盘写的。")
    saved(page, "rationale")
    by_tab(page, f"a[href='{home}part/s4/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{town.url}{home}part/s4/")
    assert Application.objects.get().form["rationale"] == "只用键盘写的。"


def test_empty_fields_do_not_bury_what_is_wrong(town: World, visit) -> None:
    who = town.who("editor")
    application = applying.start(town.call, town.bodies["society"], who=who)
    key = applying.add_row(application, "problems", who=who)
    long = "“科创中国”" + "长三角生态绿色一体化发展示范区" * 4 + "W" * 60 + "科技服务团"
    typed = {"cover.title": long, "cover.email": "x" * 70, f"problems.{key}.title": long, "budget.requested": "9999"}
    applying.save(application, [applying.Change(path, text) for path, text in typed.items()], who=who)
    ready.paper(application, Paper.Kind.SIGNED_SCAN, "W" * 90 + ".pdf")
    home, editor = f"/applications/{application.code}/", visit("editor", width=390)
    for path in (home, f"{home}submit/"):
        page = editor.go(path)
        editor.sees("超过每个项目")
        expect(page.locator("main li.finding").filter(has_text="没有填写")).to_have_count(0)
        folded = page.locator("details.unfilled")
        expect(folded.locator("ul")).to_be_hidden()
        folded.locator("summary").click()
        sections = folded.locator("li")
        expect(sections.filter(has_text="二、")).to_have_count(1)
        sections.filter(has_text="三、").get_by_role("link").click()
        page.wait_for_url(f"**{home}part/s3/#*")
