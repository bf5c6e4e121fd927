"""The page and the workbook say the same as the result: all of it, once, and harmlessly."""

from __future__ import annotations

import copy
import re
import time
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.documents.sample_result import (
    CLAUSES,
    CLEAN,
    EMPTY,
    FILL,
    LABELS,
    SCAN,
    SOCIETY,
    A,
    B,
    blank,
    finding,
    many,
    sample,
)

from ketuan.documents.reports import page, sheet
from ketuan.documents.reports.blocks import blocks, merged
from ketuan.documents.reports.digest import WEIGHTS, cited, clean, digest, finder, spoken
from ketuan.documents.reports.sheet import CUT, LIMIT, fitting

DAY = date(2024, 5, 21)
HOSTILE = [
    "<script>alert(1)</script>",
    "</style></script><img src=x onerror=alert(1)>",
    "\"' onmouseover='alert(1)",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;&amp;",
    '=HYPERLINK("x","y")',
    "\x00\x1b[31m\x07 \u202egnp.exe\u2066 \ud800\ufffe",
]


class Tags(HTMLParser):
    """Every tag with its attributes, and the text outside style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.inside = "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside not in ("style", "script"):
            self.text += data

    def all(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def html(result: dict[str, Any] | None = None) -> str:
    return page(result or sample(), clauses=CLAUSES, made_on=DAY, labels=LABELS)


def book(result: dict[str, Any], folder: Path) -> openpyxl.Workbook:
    path = folder / "report.xlsx"
    sheet(result, path, clauses=CLAUSES, made_on=DAY)
    return openpyxl.load_workbook(path)


def rows(workbook: openpyxl.Workbook, name: str) -> list[dict[str, Any]]:
    head, *body = workbook[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def hostile(text: str) -> dict[str, Any]:
    """The sample with this text in every place a stranger can write to, and in those he cannot."""

    def poisoned(value: Any, key: str = "") -> Any:
        match value:
            case dict():
                return {k: poisoned(v, k) for k, v in value.items()}
            case list():
                return [poisoned(v, key) for v in value]
            case str() if key not in ("status", "weight", "rule", "kind", "file", "files", "path"):
                return text
        return value

    result: dict[str, Any] = poisoned(sample())
    for raw in result["files"]:
        raw["file"] = f"{raw['file']}{text}"
    return result


# --- digest -----------------------------------------------------------------------------------------------------------


def test_a_form_that_takes_part_in_a_blocking_overlap_is_not_ready() -> None:
    assert {p.file: p.state for p in digest(sample()).papers} == {
        A: "mend",
        B: "mend",
        "安徽省/003_液流电池.docx": "mend",
        "山东省/004_飞轮储能.docx": "mend",
        "贵州省/005_电池回收.docx": "mend",
        "陕西省/006_储能安全.docx": "mend",
        CLEAN: "ready",
        SCAN: "unreadable",
    }
    assert digest(sample() | {"portfolio": []}).summary == "共 8 份：5 份可以报送，2 份须修改，1 份读不出"


def test_warnings_alone_do_not_keep_a_form_back() -> None:
    result = sample() | {"portfolio": []}
    for raw in result["files"]:
        raw["findings"] = [f for f in raw["findings"] if f["weight"] != "block"]
    assert digest(result).summary == "共 8 份：7 份可以报送，1 份读不出"


def test_an_empty_result_is_summed_up_too() -> None:
    assert digest({"call": "2024", "files": [], "portfolio": []}).summary == "共 0 份"


def test_findings_are_sorted_by_weight_and_keep_their_order_within() -> None:
    assert [(f.weight, f.rule) for f in digest(sample()).papers[0].findings] == [
        ("block", "grant.cap"),
        ("block", "society.uscc"),
        ("block", "budget.basis"),
        ("warn", "personnel.lead_listed"),
        ("warn", "plan.covers"),
        ("note", "provinces.count"),
    ]


def test_pending_roster_rules_are_folded_only_when_no_roster_was_given() -> None:
    assert [len(p.folded) for p in digest(sample()).papers] == [3] * 7 + [0]
    assert [len(p.folded) for p in digest(sample() | {"roster": "名册.xlsx"}).papers] == [0] * 8


def test_a_decided_roster_rule_keeps_all_of_them_unfolded() -> None:
    result = sample()
    result["files"][0]["findings"].append(finding("corps.size", "warn", "附件1 1", "corps", "只有 12 人。"))
    assert [len(p.folded) for p in digest(result).papers][:2] == [0, 3]


def test_folded_findings_are_counted_as_pending_but_not_drawn_in_the_chart() -> None:
    seen = digest(sample())
    assert dict(seen.weights) == {"block": 4, "warn": 3, "note": 1, "pending": 21}
    assert [(name, dict(counts)) for name, counts in seen.by_group] == [
        ("申报单位", {"block": 2}),
        ("团长与首席专家", {"block": 1}),
        ("服务地区", {"note": 1}),
        ("实施要求", {"warn": 1}),
        ("参加人员", {"warn": 1}),
        ("经费额度", {"block": 1}),
        ("经费预算", {"block": 1, "warn": 1}),
        ("相互重复", {"block": 3, "warn": 1}),
    ]


def test_an_unknown_weight_is_an_error() -> None:
    result = sample()
    result["files"][0]["findings"][0]["weight"] = "fatal"
    with pytest.raises(ValueError, match="fatal"):
        digest(result)


def test_shared_parts_are_marked_within_the_text_whatever_the_spans_say() -> None:
    result = sample()
    proof = result["portfolio"][0]["evidence"][0]
    proof["sides"][0]["text"], proof["sides"][1]["text"] = "甲乙丙丁戊己庚", "乙丙 丁。"
    proof["spans"] = [[1, 3, 0, 2], [2, 4, 3, 99], [6, 2, 0, 0], [-5, 0, -9, 1]]
    sides = next(o for o in digest(result).portfolio if o.rule == "overlap.content").evidence[0].sides
    assert [side.pieces for side in sides] == [
        (("甲", False), ("乙丙丁", True), ("戊己庚", False)),
        (("乙丙", True), (" ", False), ("丁", True), ("。", False)),
    ]


def test_cleaning_never_moves_an_offset() -> None:
    text = "a\r\n\tb\x0b\x00\u202e\ud800\u2028“字”𠀀"
    assert clean(text) == "a \n b\n\ufffd\ufffd\ufffd\n“字”𠀀"
    assert len(clean(text)) == len(text)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (80.0, "80.00 万元"),
        (0, "0.00 万元"),
        ("2024-05-07", "2024年5月7日"),
        (date(2024, 5, 7), "2024年5月7日"),
        (True, "是"),
        (" 宁波市 ", "宁波市"),
    ],
)
def test_values_are_spoken_as_the_paper_writes_them(value: object, words: str) -> None:
    assert spoken(value) == words


def test_a_label_is_found_for_a_row_and_nothing_is_made_up() -> None:
    find = finder(LABELS)
    assert [find(p) for p in ("personnel.3.name", "personnel[3].name", "cover.title", "nobody.knows")] == [
        "姓名",
        "姓名",
        "项目名称",
        "",
    ]
    starred = finder({"personnel.*.name": "姓\n名"})
    assert [starred(p) for p in ("personnel.3.name", "personnel[3].name", "personnel.name")] == ["姓名", "姓名", ""]
    assert finder(lambda path: {"a": "甲"}[path])("b") == ""


def test_several_clauses_are_cited_one_by_one() -> None:
    assert cited("附件3 八；附件1 1；附件9", CLAUSES) == [
        ("附件3 八", CLAUSES["附件3 八"]),
        ("附件1 1", CLAUSES["附件1 1"]),
        ("附件9", ""),
    ]


def test_a_list_of_clauses_is_cited_clause_by_clause_where_the_call_knows_them() -> None:
    clauses = {"附件1 4": "四", "附件1 10": "十"}
    assert cited("附件1 4,10", clauses) == [("附件1 4", "四"), ("附件1 10", "十")]
    assert cited("附件1 4,11", clauses) == [("附件1 4,11", "")]


# --- blocks -----------------------------------------------------------------------------------------------------------


def told(*findings: dict[str, Any], clauses: dict[str, str] = CLAUSES) -> list[Any]:
    result = blank()
    result["files"][0]["findings"] = list(findings)
    return blocks(digest(result).papers[0].findings, clauses)


def test_findings_mended_alike_are_one_block_and_none_is_lost() -> None:
    made = blocks(digest(blank()).papers[0].findings, CLAUSES)
    assert [(b.head, len(b.items), b.listed) for b in made] == [
        ("6 栏没有填写", 6, True),
        ("“八、项目负责人及主要参加人员”是空的。", 1, False),
        ("难题问题 2 处", 2, False),
    ]
    assert [i.cell for i in made[0].items] == list(EMPTY.values())


def test_a_place_does_not_repeat_the_message() -> None:
    whole = finding("a.b", "block", "", "", "“封面 · 手机”没有填写。", place="封面 · 手机 · 第2个表第4行第2格")
    part = finding("a.c", "block", "", "", "“工作方案”太长。", place="四、工作方案 · 第3个表第24行第1格")
    other = finding(
        "a.d", "block", "", "", "首席专家也是团长。", place="二、项目基本信息 · 首席专家 · 姓名 · 第3个表第15行第4格"
    )
    assert [b.items[0].place for b in told(whole, part, other)] == [
        "第2个表第4行第2格",
        "第3个表第24行第1格",
        "二、项目基本信息 · 首席专家 · 姓名 · 第3个表第15行第4格",
    ]


@pytest.mark.parametrize(
    ("message", "found", "wanted", "shown"),
    [
        ("申请 80.5 万元，超过 80 万元。", "80.5", "80", ("", "")),
        ("申请 80.5 万元，太多。", "80.5", "80", ("", "80")),
        ("申报日期是2024年5月25日，晚于截止日。", "2024-05-25", "2024-05-24", ("", "2024年5月24日")),
        ("没有找到：研发指南（附件1 4）、智库报告（附件1 4）。", "", "研发指南、智库报告", ("", "")),
        ("没有收到名册，总人数还不能判断。", "", "20", ("", "")),
        ("没有勾选。", "", "1 项", ("", "1 项")),
    ],
)
def test_a_value_the_message_has_told_is_not_told_again(
    message: str, found: str, wanted: str, shown: tuple[str, str]
) -> None:
    item = told(finding("a.b", "block", "", "", message, found=found, wanted=wanted))[0].items[0]
    assert (item.found, item.wanted) == shown


def test_of_several_clauses_those_are_cited_that_the_message_names() -> None:
    clauses = {"附件1 4": "四", "附件1 6": "六"}
    named = finding("plan.covers", "warn", "附件1 4,6", "", "没有找到智库报告（附件1 4）。")
    silent = finding("plan.covers", "warn", "附件1 4,6", "", "没有找到。")
    assert [b.law for b in told(named, clauses=clauses)] == [(("附件1 4", "四"),)]
    assert [b.law for b in told(silent, clauses=clauses)] == [(("附件1 4", "四"), ("附件1 6", "六"))]


def test_several_cities_of_one_line_are_one_comparison() -> None:
    result = sample()
    proof = next(o for o in result["portfolio"] if o["rule"] == "overlap.regions")["evidence"][0]
    for side in proof["sides"]:
        side["text"] = "宁波市、湖州市、嘉兴市"
    proofs = [{**proof, "label": city} for city in ("宁波市", "嘉兴市")]
    result["portfolio"] = [{**result["portfolio"][0], "evidence": proofs}]
    (one,) = merged(digest(result).portfolio[0].evidence)
    assert one.label == "宁波市、嘉兴市"
    assert one.sides[0].pieces == (("宁波市", True), ("、湖州市、", False), ("嘉兴市", True))


# --- page -------------------------------------------------------------------------------------------------------------


def test_the_page_asks_nothing_of_any_server() -> None:
    source = html()
    tags = Tags(source)
    assert [href for href in tags.all("href") if not href.startswith("#")] == []
    assert (tags.all("src"), tags.all("action"), tags.all("style")) == ([], [], [])
    assert re.findall(r"https?:|//[a-z]|@import|url\((?!#)", source, re.IGNORECASE) == []
    assert [name for name, _ in tags.tags if name in ("link", "img", "iframe", "object", "base", "form")] == []


def test_every_finding_stands_on_the_page_once() -> None:
    wanted = [f["rule"] for raw in sample()["files"] for f in raw["findings"]]
    wanted += [f["rule"] for f in sample()["portfolio"]]
    tags = Tags(html())
    assert Counter(tags.all("data-rule")) == Counter(wanted)


def test_a_finding_tells_place_found_wanted_fix_and_clause() -> None:
    card = re.findall(r'<li class="finding" data-rule="grant.cap">(.*?)</li>', html())
    assert [re.sub(r"(<[^>]*>)+", "|", text) for text in card] == [
        "|申请中国科协项目经费超出 3.00 万元。"
        "|位置|九、经费预算 · 第3个表第31行"
        "|现为|83.00 万元|应为|不超过 80.00 万元"
        "|改法|把申请经费减到 80.00 万元以内，支出预算表同步调减。"
        "|依据|通知 二.2|　申请中国科协的经费每个项目不超过 80 万元。|"
    ]


def test_sixty_empty_cells_are_one_card_with_every_place() -> None:
    source = html(blank())
    text = Tags(source).text
    assert Counter(Tags(source).all("data-rule"))["form.complete"] == 7
    assert (text.count("6 栏没有填写"), text.count(FILL), text.count(CLAUSES["附件3 填报说明1"])) == (1, 1, 1)
    assert [text.count(cell) for cell in EMPTY.values()] == [1] * 6


def test_what_two_papers_share_is_one_article_with_the_clause_once() -> None:
    articles = re.findall(r"<article .*?</article>", html(), re.DOTALL)
    assert [article.count('class="shared"') for article in articles] == [1, 4]
    assert [article.count(CLAUSES["通知 三.5"]) for article in articles] == [1, 1]
    assert articles[0].count('<span class="path"><bdi>') == 6


def test_of_many_forms_the_ready_ones_are_listed_apart_and_none_is_missing() -> None:
    source = html(many(60))
    listed, apart = source.split('<details class="rest panel">')
    assert len(re.findall(r'class="verb"><span class="state ready"', listed)) == 0
    assert len(re.findall(r'class="verb"><span class="state ready"', apart)) == digest(many(60)).states["ready"]
    assert len(re.findall(r'<td role="cell" class="what">', source)) == 60


def test_headings_follow_one_another_without_a_gap() -> None:
    for result in (sample(), blank(), many(60)):
        levels = [int(name[1]) for name, _ in Tags(html(result)).tags if re.fullmatch(r"h\d", name)]
        assert levels[0] == 1
        assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_every_link_of_the_page_leads_somewhere() -> None:
    tags = Tags(html())
    ids = tags.all("id")
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert [href for href in tags.all("href") if href[1:] not in ids] == []
    assert [goal for goal in tags.all("for") if goal not in ids] == []


def test_the_page_names_the_clause_and_its_sentence() -> None:
    tags = Tags(html())
    assert tags.text.count("通知 二.2　" + CLAUSES["通知 二.2"]) == 1


def test_an_unreadable_file_comes_first_with_its_reason_and_what_to_do() -> None:
    text = Tags(html()).text
    part = text[text.index("读不出的文件 1 份") : text.index("一览 8 份")]
    assert SCAN in part
    assert "文件里只有扫描图片，没有可以读取的文字。" in part
    assert "另存为 .docx" in part


def test_shared_parts_are_marked_on_both_sides() -> None:
    marks = re.findall(r"<mark>(.*?)</mark>", html())
    assert Counter(marks)["宁波市"] == 2
    assert Counter(marks)["沈砚秋"] == 2
    assert Counter(marks)["联合开发低残碱前驱体"] == 2


def test_pending_roster_rules_take_one_line_a_card() -> None:
    assert Tags(html()).text.count("没有收到团员名册，3 项待定") == 7
    named = Tags(html(sample() | {"roster": "名册.xlsx"})).text
    assert (named.count("没有收到团员名册，3 项待定"), named.count("团员名册：名册.xlsx")) == (0, 1)


def test_the_paper_is_shown_in_its_order_with_its_labels() -> None:
    result = sample() | {"portfolio": []}
    heads = re.findall(r"<h5>(.*?)</h5>", html(result | {"files": result["files"][:1]}))
    assert heads == [LABELS[key] for key in result["files"][0]["form"]]


def test_a_path_without_label_shows_as_it_is() -> None:
    text = page(sample(), clauses={}, made_on=None)
    assert "<dt>society.head.name</dt><dd>钟岳</dd>" in text
    assert "<h5>work_plan</h5>" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_write_stays_text_on_the_page(text: str) -> None:
    harmless, attacked = Tags(html()), Tags(html(hostile(text)))
    known = {(tag, tuple(attrs)) for tag, attrs in harmless.tags}
    assert {(tag, tuple(attrs)) for tag, attrs in attacked.tags} - known == set()
    assert attacked.text.count(clean(text).strip()) > 100
    html(hostile(text)).encode("utf-8")


def test_direction_and_control_characters_do_not_reach_the_page() -> None:
    assert (
        re.findall(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
            html(hostile(HOSTILE[-1])),
        )
        == []
    )


def test_only_our_own_style_and_script_may_run() -> None:
    policy = next(a["content"] for t, a in Tags(html()).tags if t == "meta" and a.get("http-equiv"))
    assert re.sub(r"sha256-[\w+/=]{44}", "HASH", policy or "") == (
        "default-src 'none'; style-src 'HASH'; script-src 'HASH'; base-uri 'none'; form-action 'none'"
    )


def test_the_same_result_gives_the_same_page() -> None:
    assert html() == html(copy.deepcopy(sample()))


@pytest.mark.parametrize("count", [0, 1, 60])
def test_the_page_stands_with_any_number_of_forms(count: int) -> None:
    tags = Tags(html(many(count)))
    assert (
        len([1 for tag, attrs in tags.tags if tag == "details" and (attrs.get("class") or "").startswith("card")])
        == count - count // 10
    )
    assert tags.text.count("没有找到申报书") == (count == 0)


def test_missing_additive_keys_are_no_error() -> None:
    bare = {
        "call": "2024",
        "files": [{"file": "a.docx", "status": "read", "form": {}, "findings": []}],
        "portfolio": [],
    }
    assert Tags(page(bare, clauses={}, made_on=None)).text.count("共 1 份：1 份可以报送") == 1


def test_a_thousand_forms_take_less_than_three_seconds() -> None:
    result = many(1000)
    begun = time.process_time()
    html(result)
    assert time.process_time() - begun < 3


def _tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})\b", css))


def _light(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_colours_keep_the_contrast_of_aa(scheme: int) -> None:
    css = (files("ketuan.documents.reports") / "templates" / "page.css").read_text("utf-8")
    roots = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    tokens = _tokens(roots[0]) | _tokens(roots[scheme])
    pairs = [(ink, ground) for ink in ("ink", "soft", "blue") for ground in ("ground", "paper", "sunk", "blue-wash")]
    pairs += [(w, g) for w in WEIGHTS for g in ("paper", f"{w}-wash")]
    pairs += [(w, "blue-wash") for w in WEIGHTS] + [("done", "paper"), ("mark-ink", "mark")]
    if scheme < 2:
        pairs.append(("on-blue", "blue"))
    weak = []
    for ink, ground in pairs:
        dark, bright = sorted([_light(tokens[ink]), _light(tokens[ground])])
        if (bright + 0.05) / (dark + 0.05) < 4.5:
            weak.append((ink, ground))
    assert weak == []


# --- sheet ------------------------------------------------------------------------------------------------------------


def test_the_workbook_has_three_sheets_with_frozen_and_filtered_heads(tmp_path: Path) -> None:
    made = book(sample(), tmp_path)
    assert [(s.title, s.freeze_panes, s.auto_filter.ref) for s in made] == [
        ("申报书", "C2", "A1:T9"),
        ("问题", "C2", "A1:M30"),
        ("跨申报书", "C2", "A1:R12"),
    ]


def test_rows_are_as_tall_as_their_text_and_no_taller_than_half_a_screen(tmp_path: Path) -> None:
    result = blank()
    result["files"][0]["form"]["cover"]["title"] = "短"
    result["files"][0]["findings"][0] |= {"message": "短", "place": "短", "fix": "短", "clause": ""}
    result["files"][0]["findings"][1]["message"] = "长" * 2_000
    heights = book(result, tmp_path)["问题"].row_dimensions
    assert (heights[2].height, heights[3].height) == (17.25, 290.25)  # Excel keeps quarters of a point
    assert 17.25 < heights[4].height < 100


def test_what_is_printed_ends_before_the_columns_for_machines(tmp_path: Path) -> None:
    made = book(sample(), tmp_path)
    assert [(s.title, s.print_area) for s in made] == [
        ("申报书", "'申报书'!$A$1:$S$9"),
        ("问题", "'问题'!$A$1:$J$30"),
        ("跨申报书", "'跨申报书'!$A$1:$N$12"),
    ]


def test_amounts_are_numbers_with_two_decimals(tmp_path: Path) -> None:
    page_ = book(sample(), tmp_path)["申报书"]
    assert [(c.value, c.data_type, c.number_format) for c in page_[2][9:12]] == [
        (93.0, "n", "0.00"),
        (83.0, "n", "0.00"),
        (10.0, "n", "0.00"),
    ]
    assert page_[2][12].value is None


def test_the_sheet_of_forms_tells_state_and_counts(tmp_path: Path) -> None:
    told = rows(book(sample(), tmp_path), "申报书")
    keys = ("文件", "结论", "申报单位", *WEIGHTS.values(), "跨申报书")
    assert [tuple(row[key] for key in keys) for row in (told[0], told[6], told[7])] == [
        (A, "须修改", SOCIETY, 3, 2, 1, 3, 5),
        (CLEAN, "可以报送", "天衢航空应用研究会", 0, 0, 0, 3, 0),
        (SCAN, "读不出", None, None, None, None, None, None),
    ]
    assert told[7]["读不出的原因"] == "文件里只有扫描图片，没有可以读取的文字。"
    assert told[0]["没有把握读对的地方"].splitlines()[0] == (
        "封面 · 申报日期：日期写了两处，取了后一处。（原文：2024年5月18日 2024年5月20日）"
    )


def test_every_finding_is_a_row_once(tmp_path: Path) -> None:
    told = [(row["文件"], row["规则"], row["分量"], row["问题"]) for row in rows(book(sample(), tmp_path), "问题")]
    wanted = [
        (raw["file"], f["rule"], WEIGHTS[f["weight"]], f["message"])
        for raw in sample()["files"]
        for f in raw["findings"]
    ]
    assert sorted(told) == sorted(wanted)


def test_every_piece_of_evidence_is_a_row_with_both_texts(tmp_path: Path) -> None:
    told = rows(book(sample(), tmp_path), "跨申报书")
    assert Counter((row["规则"], row["证据"]) for row in told) == {
        ("society.quota", "申报书"): 6,
        ("overlap.members", "同一人"): 2,
        ("overlap.problems", "文字相近"): 1,
        ("overlap.regions", "同一地区"): 1,
        ("overlap.content", "文字相近"): 1,
    }
    proof = sample()["portfolio"][0]["evidence"][0]
    row = next(row for row in told if row["规则"] == "overlap.content")
    assert (row["甲：原文"], row["乙：原文"], row["相似度"]) == (
        proof["sides"][0]["text"],
        proof["sides"][1]["text"],
        0.71,
    )
    assert row["相同部分"].startswith("两个难题，组织 2 … 名专家组成服务团")


def test_weights_are_words_in_a_colour_of_their_own(tmp_path: Path) -> None:
    page_ = book(sample(), tmp_path)["问题"]
    cells = {row[3].value: row[3].fill.fgColor.rgb for row in page_.iter_rows(min_row=2)}
    assert set(cells) == set(WEIGHTS.values())
    assert len(set(cells.values())) == 4


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "{=1}", "https://a.example", "12", *HOSTILE],
)
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str, tmp_path: Path) -> None:
    made = book(hostile(text), tmp_path)
    cells = [cell for s in made for row in s.iter_rows(min_row=2) for cell in row]
    told = [c for c in cells if c.value == fitting(text)]
    assert len(told) > 40
    assert {c.data_type for c in told} == {"s"}
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert [c for c in cells if c.hyperlink] == []


@pytest.mark.parametrize(("text", "marked"), [("=1+1", True), ("@SUM(A1)", True), ("宁波市", False)])
def test_a_text_that_looks_like_a_formula_carries_the_mark_that_survives_editing(
    text: str, marked: bool, tmp_path: Path
) -> None:
    made = book(hostile(text), tmp_path)
    assert {c.quotePrefix for s in made for row in s.iter_rows(min_row=2) for c in row if c.value == text} == {marked}


def test_a_text_longer_than_a_cell_is_cut_with_a_word_about_it(tmp_path: Path) -> None:
    result = sample()
    result["files"][0]["findings"][0]["found"] = "长" * 40_000
    result["portfolio"][0]["evidence"][0]["sides"][0]["text"] = "𠀀" * 40_000
    made = book(result, tmp_path)
    assert (
        next(row["现为"] for row in rows(made, "问题") if row["规则"] == "personnel.lead_listed")
        == "长" * (LIMIT - len(CUT)) + CUT
    )
    assert next(row["甲：原文"] for row in rows(made, "跨申报书") if row["规则"] == "overlap.content").endswith(
        "𠀀" + CUT
    )
    assert fitting("字" * LIMIT) == "字" * LIMIT


def test_the_same_result_gives_the_same_workbook(tmp_path: Path) -> None:
    sheet(sample(), tmp_path / "a.xlsx", clauses=CLAUSES, made_on=DAY)
    sheet(sample(), tmp_path / "b.xlsx", clauses=CLAUSES, made_on=DAY)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").properties.created.date() == DAY


def test_an_empty_result_makes_an_empty_workbook(tmp_path: Path) -> None:
    made = book({"call": "2024", "files": [], "portfolio": []}, tmp_path)
    assert [len(rows(made, name)) for name in ("申报书", "问题", "跨申报书")] == [0, 0, 0]
