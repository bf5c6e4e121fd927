"""The check contract, through the door: options, exit status, JSON, reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.hands import fill, truth
from tests.hands.defects import broken, clean

from ketuan.cli.main import main
from ketuan.forms.application import Application
from ketuan.forms.paper import paper

ROOT = Path(__file__).resolve().parents[2]
BLANK = Path(str(files("ketuan.documents"))) / "templates/2024/application-form.docx"


def run(*arguments: object) -> int:
    return main([str(a) for a in arguments])


def checked(folder: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    out = folder.parent / "out.json"
    status = run("check", folder, "--json", out, *arguments)
    return status, json.loads(out.read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "forms"
    (folder / "b").mkdir(parents=True)
    (folder / "10.docx").write_bytes(fill(clean()))
    (folder / "2.docx").write_bytes(broken("no_work_plan"))
    (folder / "b/1.docx").write_bytes(b"not a form")
    (folder / "b/~$1.docx").write_bytes(b"lock")
    (folder / "notes.txt").write_text("附件")
    return folder


def test_files_are_named_by_their_path_below_and_stand_in_human_order(folder: Path) -> None:
    _, result = checked(folder)
    assert [(f["file"], f["status"]) for f in result["files"]] == [
        ("2.docx", "read"),
        ("10.docx", "read"),
        ("b/1.docx", "unreadable"),
    ]


def test_the_document_has_the_keys_of_the_contract(folder: Path) -> None:
    _, result = checked(folder)
    assert list(result) == ["call", "files", "portfolio"]
    assert result["call"] == "2024"
    keys = ["file", "status", "reason", "form", "findings", "remarks"]
    assert [list(f) for f in result["files"]] == [keys] * 3
    finding = result["files"][0]["findings"][0]
    assert list(finding) == ["rule", "weight", "clause", "path", "message", "found", "wanted", "fix", "place"]
    assert result["files"][1]["form"] == clean()
    assert (result["files"][2]["form"], result["files"][2]["findings"]) == (None, [])


def test_exit_status_says_what_was_found(folder: Path) -> None:
    good, bad, unread = folder / "10.docx", folder / "2.docx", folder / "b/1.docx"
    assert [run("check", p) for p in (good, bad, unread)] == [0, 1, 2]
    assert run("check", good, bad) == 1
    assert run("check", folder) == 2


def test_nothing_blocks_a_clean_form_and_only_the_roster_is_open(folder: Path) -> None:
    _, result = checked(folder)
    [form] = [f for f in result["files"] if f["file"] == "10.docx"]
    findings = {(f["rule"], f["weight"]) for f in form["findings"] if f["weight"] in ("block", "pending")}
    corps = {("corps.size", "pending"), ("corps.youth", "pending"), ("corps.young_elite", "pending")}
    assert findings - {("problem.zone", "pending")} == corps | {("corps.known", "pending")}


def test_the_same_folder_gives_the_same_bytes_however_it_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    for seed in range(30):
        (folder / f"{seed}.docx").write_bytes(fill(truth(seed)))
    texts = []
    for cores in ("0", "0-1"):
        out = tmp_path / f"{cores}.json"
        command = [sys.executable, "-m", "ketuan", "check", folder, "--json", out]
        pinned = ["taskset", "-c", cores, *command] if Path("/usr/bin/taskset").exists() else command
        done = subprocess.run(
            pinned, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False
        )
        assert done.stderr == b""
        texts.append(out.read_bytes())
    assert texts[0] == texts[1]


def test_the_official_blank_form_lists_every_empty_field_with_place_and_clause(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "blank.docx").write_bytes(BLANK.read_bytes())
    status, result = checked(folder)
    findings = [f for f in result["files"][0]["findings"] if f["weight"] == "block"]
    asked = set()
    for leaf in paper(Application).leaves():
        table = next(
            (t for t in ("schedule.stages", "personnel", "budget.lines") if leaf.path.startswith(f"{t}.")), None
        )
        path = table or leaf.path.replace("problems.*.", "problems.0.")
        if (leaf.spec.required or leaf.spec.rule) and leaf.name != "other_industry" and path != "cover.call_code":
            asked.add(path)
    assert status == 1
    assert {f["path"] for f in findings} == asked
    assert len(findings) == len(asked)
    assert [f for f in findings if not f["place"] or not f["clause"] or not f["fix"]] == []
    assert {f["rule"] for f in findings} == {
        *("form.complete", "title.format", "problem.category", "problem.industry", "problem.zone"),
    }
    assert result["files"][0]["remarks"] == []


def test_a_roster_decides_what_is_open_without_it(tmp_path: Path, folder: Path) -> None:
    roster = tmp_path / "名册.xlsx"
    assert run("roster-template", roster) == 0
    book = openpyxl.load_workbook(roster)
    sheet = book.active
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number in range(20):
        row = {
            "姓名": f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'一二'[number // 10]}",
            "出生日期": "1985-03-12" if number < 9 else "1970-01-01",
            "工作单位": "拾光大学",
            "青年人才托举工程届次": "第七届" if number < 2 else None,
        }
        for label, value in row.items():
            sheet.cell(number + 2, columns[label], value)
    book.save(roster)
    good = folder / "10.docx"
    out = tmp_path / "o.json"
    assert run("check", good, "--roster", roster, "--json", out) == 0
    result = json.loads(out.read_text("utf-8"))
    corps = [(f["rule"], f["weight"], f["found"]) for f in result["files"][0]["findings"] if "corps." in f["rule"]]
    assert corps == [("corps.youth", "warn", "9")]
    assert result["roster"] == "名册.xlsx"


def test_six_applications_of_one_society_are_one_too_many(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.docx").write_bytes(fill(clean()))
    status, result = checked(folder)
    rules = [p["rule"] for p in result["portfolio"]]
    assert status == 1
    assert rules.count("society.quota") == 1
    assert rules.count("overlap.members") == 15
    quota = next(p for p in result["portfolio"] if p["rule"] == "society.quota")
    assert quota["files"] == [f"{n}.docx" for n in range(6)]
    assert (quota["weight"], quota["clause"], quota["found"], quota["wanted"]) == ("block", "通知 三.5", "6", "5")


def test_reports_are_written_where_asked(tmp_path: Path, folder: Path) -> None:
    page, sheet = tmp_path / "r.html", tmp_path / "r.xlsx"
    assert run("check", folder, "--report", page, "--report", sheet) == 2
    assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")
    assert openpyxl.load_workbook(sheet).sheetnames == ["申报书", "问题", "跨申报书"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "缺少参数"),
        (["nowhere"], "没有这个文件或文件夹"),
        (["{good}", "--call", "1999"], "1999"),
        (["{good}", "--report", "x.pdf"], "报告只能写成"),
        (["{good}", "--json", "/nowhere/at/all.json"], "没有这个文件夹"),
        (["{good}", "--roster", "{bad}"], "名册读不出来"),
        (["{good}", "--colour"], "不认识的参数"),
    ],
)
def test_a_wrong_call_of_the_command_is_told_in_chinese(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    filled = [a.format(good=folder / "10.docx", bad=folder / "notes.txt") for a in arguments]
    try:
        status = run("check", *filled)
    except SystemExit as stop:
        status = int(stop.code or 0)
    assert status == 2
    assert says in capsys.readouterr().err


def test_a_folder_without_forms_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", tmp_path) == 2
    assert "没有找到 Word 申报书" in capsys.readouterr().err


def test_json_on_standard_output_is_nothing_but_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("check", folder, "--json", "-")
    assert [f["file"] for f in json.loads(capsys.readouterr().out)["files"]] == ["2.docx", "10.docx", "b/1.docx"]


def test_what_check_reads_fill_writes_and_check_reads_again(tmp_path: Path, folder: Path) -> None:
    _, result = checked(folder)
    form = next(f["form"] for f in result["files"] if f["file"] == "10.docx")
    source, word, pdf = tmp_path / "form.json", tmp_path / "a.docx", tmp_path / "a.pdf"
    source.write_text(json.dumps(form), "utf-8")
    assert run("fill", source, "-o", word, "--pdf", pdf) == 0
    assert pdf.read_bytes()[:5] == b"%PDF-"
    out = tmp_path / "again.json"
    assert run("check", word, "--json", out) == 0
    assert json.loads(out.read_text("utf-8"))["files"][0]["form"] == form


def test_fill_refuses_what_is_no_form_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, word = tmp_path / "form.json", tmp_path / "a.docx"
    source.write_text('{"budget": {"total": "很多"}, "cover": {"dated": "五月"}}', "utf-8")
    assert run("fill", source, "-o", word) == 2
    said = capsys.readouterr().err
    assert "budget.total（九、经费预算 · 经费总预算）：请填写数字，单位万元" in said
    assert "cover.dated（封面 · 申报日期）：日期应写成 2024-05-24 的样子" in said
    assert not word.exists()


def test_schema_and_rules_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["rationale"]["x-ketuan"]["limit"] == 200
    assert run("rules") == 0
    assert "grant.cap" in capsys.readouterr().out
    assert run("rules", "--markdown") == 0
    assert capsys.readouterr().out == (ROOT / "docs/users/rules.md").read_text("utf-8")


def test_the_checker_runs_without_django_and_without_a_network(tmp_path: Path, folder: Path) -> None:
    blocked = (
        "import sys, socket\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'django': raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "def refuse(*a, **k): raise OSError('no network')\n"
        "socket.socket.connect = refuse\n"
        "from ketuan.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", blocked, "check", str(folder / "10.docx")]
    done = subprocess.run(
        command, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
