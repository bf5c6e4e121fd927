"""``ketuan team``: files in, the corps and its reasons out; wrong files are refused with their place."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from ketuan.cli.main import main
from ketuan.rules.call import load

PARTS = ["高速主轴轴承寿命短，润滑失效", "主轴热变形的在线监测与补偿"]
NEED: dict[str, Any] = {"id": "难题一", "parts": PARTS, "society": "甲学会"}
TEXTS = ["研究主轴轴承的润滑与寿命", "机床热变形在线监测、误差补偿", "水稻育种", "轴承润滑失效分析；热变形仿真"]
KINDS = ["高校", "企业", "高校", "科研院所", "其他"]


def people(count: int = 40) -> list[dict[str, Any]]:
    """Every second one is 45 on the day of the call 2024 but not much later; every tenth is young elite."""
    return [
        {
            "id": f"P{i:02}",
            "text": text,
            "birth": "1978-05-25" if i % 2 else "1960-01-31",
            "unit": f"示例单位{i % 7}",
            "kind": kind,
            "young_elite": i % 10 == 1,
        }
        for i, text, kind in zip(range(count), cycle(TEXTS), cycle(KINDS), strict=False)
    ]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Run the command: exit status, the answer's file, what was said."""

    def run(
        *options: str,
        need: dict[str, Any] | str | bytes = NEED,
        pool: Sequence[dict[str, Any]] | str | bytes | None = None,
    ) -> tuple[int, dict[str, Any], str]:
        rows = people() if pool is None else pool
        files = {
            "need.json": need if isinstance(need, str | bytes) else json.dumps(need, ensure_ascii=False),
            "pool.jsonl": rows
            if isinstance(rows, str | bytes)
            else "\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        }
        for name, text in files.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        out = tmp_path / "out.json"
        out.unlink(missing_ok=True)
        code = main(["team", str(tmp_path / "need.json"), str(tmp_path / "pool.jsonl"), "--json", str(out), *options])
        said = capsys.readouterr()
        return code, json.loads(out.read_text()) if out.exists() else {}, said.err.replace(f"{tmp_path}/", "")

    return run


Ask = Callable[..., tuple[int, dict[str, Any], str]]


def test_a_corps_comes_with_its_reasons_rules_and_proof(ask: Ask) -> None:
    code, out, said = ask()
    assert (code, out["possible"], out["day"], len(out["members"]), out["gap"]) == (0, True, "2024-05-24", 20, 0.0)
    assert said.startswith(f"选出 20 名，总分 {out['value']}，已证明的上界 {out['bound']}，差距 0.0。\n专家库 40 人；")
    rules = {rule["rule"]: (rule["wanted"], rule["found"] >= rule["wanted"], rule["clause"]) for rule in out["rules"]}
    assert rules == {
        "size": (20, True, "附件1 1"),
        "young": (10, True, "附件1 1"),
        "young_elite": (2, True, "附件1 1"),
        "kind:企业": (1, True, "附件1 1"),
        "kind:高校": (1, True, "附件1 1"),
        "kind:科研院所": (1, True, "附件1 1"),
        "cover:1": (1, True, "附件1 1"),
        "cover:2": (1, True, "附件1 1"),
    }
    first = out["members"][0]
    assert first["reasons"][0] == (
        f"承担第 1 部分“{PARTS[0]}”，适配度 {first['fitness']}，在承担这一部分的 {out['parts'][0]['takers']} 人中列第 1"
    )
    assert first["reasons"][-1] == "材料里与这一部分相同的用词：主轴轴承、寿命、润滑"
    assert out["value"] == pytest.approx(sum(m["counted"] for m in out["members"]) + out["bonus"])


def test_every_clause_stands_in_the_call(ask: Ask) -> None:
    call = load("2024")
    pool = [
        {**row, "corps": [{"society": "甲学会", "id": "难题二"}]} if row["id"] == "P03" else row for row in people()
    ]
    _, out, _ = ask("--lock", "P05", "--load", "0", pool=pool)
    cited = [rule["clause"] for rule in out["rules"] if rule["clause"]]
    assert len(cited) == len(out["rules"]) - 2, "load and lock are no rules of the call"
    assert all(clause in call.clauses for clause in cited)


def test_another_call_has_other_numbers(ask: Ask, tmp_path: Path) -> None:
    call = Path(load.__code__.co_filename).with_name("calls") / "2024.toml"
    other = tmp_path / "别年.toml"
    text = call.read_text()
    for old, new in (
        ("people = { value = 20", "people = { value = 12"),
        ("young_age = { value = 45", "young_age = { value = 40"),
        ("young = { value = 10", "young = { value = 1"),
        ("young_elite = { value = 2", "young_elite = { value = 3"),
    ):
        assert text.count(f"\n{old}") == 1
        text = text.replace(f"\n{old}", f"\n{new}")
    other.write_text(text)
    pool = [{**row, "birth": "1990-01-01"} if row["id"] == "P02" else row for row in people()]
    code, out, _ = ask("--call", str(other), pool=pool)
    assert (code, len(out["members"])) == (0, 12)
    assert [(r["wanted"], r["found"]) for r in out["rules"][:3]] == [(12, 12), (1, 1), (3, 2)]
    assert out["rules"][1]["says"] == "40 岁及以下不少于 1 名"


def test_the_day_decides_who_is_young(ask: Ask) -> None:
    """Born on 25 May 1978: 45 until the day before the 46th birthday."""
    assert ask("--on", "2024-05-24")[0] == 0
    code, out, said = ask("--on", "2024-05-25")
    assert (code, [c["rule"] for c in out["collision"]]) == (1, ["young"])
    assert out["collision"][0]["missing_says"] == "最多只有 0 名，还差 10 名 45 岁及以下的"
    assert "45 岁及以下不少于 10 名（附件1 1）：最多只有 0 名，还差 10 名 45 岁及以下的。" in said
    assert ask(need={**NEED, "day": "2024-05-25"})[0] == 1
    assert ask("--on", "2024-05-24", need={**NEED, "day": "2024-05-25"})[0] == 0


def test_locks_and_bans_come_from_file_and_options(ask: Ask) -> None:
    _, out, _ = ask("--lock", "P02", "--ban", "P01", need={**NEED, "lock": ["P06"], "ban": ["P03"]})
    members = {m["id"]: m for m in out["members"]}
    assert {"P02", "P06"} <= set(members)
    assert not {"P01", "P03"} & set(members)
    assert members["P02"]["reasons"][0] == "指定入团"
    code, out, _ = ask("--lock", "P02", "--ban", "P02")
    assert (code, [c["rule"] for c in out["collision"]]) == (1, ["ban", "lock:P02"])


def test_nobody_is_in_two_corps_of_one_society(ask: Ask) -> None:
    def held(society: str, corps: str) -> list[dict[str, Any]]:
        return [{**row, "corps": [{"society": society, "id": corps}]} for row in people()]

    code, out, _ = ask(pool=held("甲学会", "难题二"))
    assert (code, [c["rule"] for c in out["collision"]]) == (1, ["size", "society"])
    assert out["collision"][1]["clause"] == "通知 三.5"
    assert ask(pool=held("甲学会", "难题一"))[0] == 0, "his own corps does not count"
    assert ask(pool=held("乙学会", "难题二"))[0] == 0


def test_encouraged_is_not_demanded_unless_strict(ask: Ask) -> None:
    pool = [{**row, "young_elite": False} for row in people()]
    code, out, _ = ask(pool=pool)
    assert (code, out["rules"][2]["found"]) == (0, 0)
    code, out, _ = ask("--strict", pool=pool)
    assert (code, [(c["rule"], c["missing"]) for c in out["collision"]]) == (1, [("young_elite", 2)])


def test_fitness_can_be_given(ask: Ask) -> None:
    pool = [{**row, "fitness": {"*": 0.3, PARTS[1]: 0.9} if i < 12 else 0.4} for i, row in enumerate(people())]
    _, out, _ = ask(pool=pool)
    assert [m["fitness"] for m in out["members"]] == [0.4] * 8 + [0.9] * 12
    assert sum(m["full"] for m in out["members"]) == 18, "a half of 0.9 beyond the full seats is more than 0.4"
    assert all(m["words"] == [] for m in out["members"])


def test_a_text_is_one_part_and_the_scores_can_be_had(ask: Ask, tmp_path: Path) -> None:
    scores = tmp_path / "scores.jsonl"
    code, out, _ = ask("--scores", str(scores), need={"id": "一", "text": PARTS[0]})
    assert (code, [part["text"] for part in out["parts"]]) == (0, [PARTS[0]])
    told = {row["id"]: row["fitness"]["1"] for row in map(json.loads, scores.read_text().splitlines())}
    assert {m["id"]: m["fitness"] for m in out["members"]} == {m["id"]: told[m["id"]] for m in out["members"]}
    again = ask(need={"id": "一", "text": PARTS[0]}, pool=[{**row, "fitness": told[row["id"]]} for row in people()])
    assert again[1]["value"] == out["value"]


def test_order_byte_order_mark_and_line_ends_do_not_matter(ask: Ask) -> None:
    rows = [json.dumps(row, ensure_ascii=False) for row in people()]
    windows = b"\xef\xbb\xbf" + "\r\n".join(reversed(rows)).encode()
    assert ask(need=b"\xef\xbb\xbf" + json.dumps(NEED).encode(), pool=windows)[1] == ask()[1]


def test_few_seats_and_unknown_ages_are_noted(ask: Ask) -> None:
    pool = [*people(), {"id": "Q", "text": "甲"}]
    _, out, said = ask("--size", "12", pool=pool)
    assert out["notes"] == [
        "全团 12 名，少于通知要求的一般不少于 20 名（附件1 1）。",
        "专家库里有 1 人没有出生日期，不能算作 45 岁及以下。",
    ]
    assert all(note in said for note in out["notes"])


GOOD = people()


@pytest.mark.parametrize(
    ("files", "options", "says"),
    [
        ({"need": ""}, [], "need.json 是空的，应是一个 JSON 对象。"),
        ({"need": b"\xff\xfe"}, [], "need.json 不是 UTF-8 文字，请另存为 UTF-8 编码。"),
        ({"need": "{"}, [], "need.json：不是合格的 JSON"),
        ({"need": "[]"}, [], "need.json：应为一组字段（用 { } 括起）。"),
        ({"need": {"text": "甲"}}, [], "need.json：“id”缺少这一项。"),
        ({"need": {"id": "一"}}, [], "need.json：应写 text（一段话）或 parts（几个部分）中的一样。"),
        ({"need": {"id": "一", "parts": ["甲", "甲"]}}, [], "need.json：parts 里不能有空的或重复的部分。"),
        ({"need": {"id": "一", "parts": ["甲", ""]}}, [], "need.json：“parts.1”不能为空。"),
        ({"need": {"id": "一", "parts": [f"{i}" for i in range(51)]}}, [], "need.json：parts 最多 50 个部分。"),
        ({"need": {**NEED, "day": "明天"}}, [], "need.json：“day”日期应写成 2024-05-24 的样子。"),
        ({"need": {**NEED, "part": 1}}, [], "need.json：“part”没有这一栏，请核对名称。"),
        ({"pool": ""}, [], "pool.jsonl 是空的，至少要有一行。"),
        ({"pool": [*GOOD, {"id": "P01", "text": "甲"}]}, [], "pool.jsonl 第 41 行：编号“P01”在第 2 行已经有了，编号不能重复。"),
        ({"pool": '{"id": "P", "fitness": NaN}'}, [], "pool.jsonl 第 1 行：“fitness.*”应为有限的数字。"),
        ({"pool": [{"id": "P", "fitness": 1.2}]}, [], "pool.jsonl 第 1 行：“fitness.*”不能大于 1.0。"),
        ({"pool": [{"id": "P"}]}, [], "pool.jsonl 第 1 行：应写 text、parts 或 fitness，否则无从判断适配度。"),
        ({"pool": [{"id": "P", "text": "甲", "age": -1}]}, [], "pool.jsonl 第 1 行：“age”不能小于 0。"),
        ({"pool": [{"id": "P", "text": "甲", "age": 1, "birth": "2000-01-01"}]}, [], "birth 和 age 只写一样。"),
        ({"pool": [{"id": "P", "text": "甲", "birth": "2030-01-01"}]}, [], "pool.jsonl 第 1 行：“P”的 birth 2030-01-01 到 2024-05-24 是 -6 岁"),
        ({"pool": [*GOOD, {"id": "P", "text": "甲", "birth": "1800-01-01"}]}, [], "pool.jsonl 第 41 行：“P”的 birth 1800-01-01"),
        ({"pool": [{"id": "P", "text": "甲", "kind": "公司"}]}, [], "pool.jsonl 第 1 行：“kind”只能是“企业”、“高校”、“科研院所”或“其他”。"),
        ({"pool": [{"id": "P", "text": "甲", "young_elite": "是"}]}, [], "“young_elite”应为 true 或 false。"),
        ({"pool": [{"id": "P", "fitness": {"3": 0.5}}]}, [], "“P”的 fitness 里有“3”，难题没有这一部分。"),
        ({}, ["--lock", "无人"], "里没有“无人”，不能指定或禁选，请核对编号。"),
        ({}, ["--call", "1999"], "没有找到申报通知“1999”。"),
        ({}, ["--on", "昨天"], "日期“昨天”应写成 2024-05-24 的样子。"),
        ({}, ["--size", "0"], "人数至少是 1。"),
        ({}, ["--size", "二十"], "“二十”应是不小于 0 的整数。"),
        ({}, ["--enough", "1.5"], "“1.5”应在 0 到 1 之间。"),
        ({}, ["--beyond", "nan"], "“nan”应是不小于 0 的数。"),
        ({}, ["--kind", "医院=1"], "“医院=1”应写成 类别=人数，例如 企业=2；类别是企业、高校、科研院所。"),
        ({}, ["--scores", "/nowhere/at/all"], "没有这个文件夹，写不了 /nowhere/at/all"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_written(
    ask: Ask, files: dict[str, Any], options: list[str], says: str
) -> None:
    code, out, said = ask(*options, **files)
    assert (code, out) == (2, {})
    assert says in said
    assert len(said.splitlines()) == 1


def test_missing_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need = tmp_path / "need.json"
    assert main(["team", str(need), str(need), "--json", str(tmp_path / "out.json")]) == 2
    assert capsys.readouterr().err == f"没有这个文件：{need}\n"


def test_the_schemas_are_printed_and_hold(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["team", "--schema"])
    schemas = json.loads(capsys.readouterr().out)
    assert (ended.value.code, list(schemas)) == (0, ["need", "pool", "out"])
    assert set(ask()[1]) == set(schemas["out"]["properties"])
    assert schemas["need"]["required"] == ["id"]
