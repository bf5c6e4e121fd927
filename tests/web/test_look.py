"""The look: parts in every state, nothing inline, one place for colours, contrast that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context
from django.template.loader import get_template
from django.test import RequestFactory
from tests.web.gallery import SAMPLE

import ketuan.web

WEB = Path(ketuan.web.__file__).parent
CSS = WEB / "static" / "web" / "css"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def test_the_gallery_shows_every_part_in_every_state() -> None:
    context = Context(SAMPLE)
    context.request = RequestFactory().get("/")
    page = get_template("parts/gallery.html").template.render(context)
    words = [
        "未提交",
        "已提交",
        "申报已截止",
        "还差 2 人",
        "超出 2 个",
        "必须修改",
        "建议核对",
        "提示",
        "待定",
        "还没有难题",
    ]
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(WEB / "templates")))
def test_a_template_can_be_read_and_carries_no_style_or_script_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    get_template(str(path.relative_to(WEB / "templates")))
    assert re.findall(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*(?:src=|application/json))', text) == []


def test_refusals_are_shown_even_when_nothing_is_known() -> None:
    for code, words in (("404", "没有找到这一页"), ("500", "系统出了错"), ("503", "现在太忙"), ("403", "现在不能办")):
        assert words in get_template(f"{code}.html").render()


@pytest.mark.parametrize("sheet", ["parts.css", "applying.css"])
def test_colours_are_named_in_the_tokens_only(sheet: str) -> None:
    raw = re.findall(r"#[0-9a-fA-F]{3,6}\b", (CSS / sheet).read_text(encoding="utf-8"))
    assert sorted(set(raw) - {"#fff"}) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_ink_can_be_read_on_every_ground_it_stands_on(dark: bool) -> None:
    value = _tokens("tokens.css") | (_tokens("dark.css") if dark else {})
    pairs = {
        "ink": "ground paper paper-2 paper-3 red-wash amber-wash green-wash blue-wash",
        "ink-2": "ground paper paper-2 paper-3 grey-wash red-wash amber-wash green-wash blue-wash",
        "ink-3": "paper",
        "blue-ink": "ground paper paper-2 paper-3 blue-wash amber-wash",
        "red-ink": "ground paper red-wash",
        "amber-ink": "ground paper amber-wash",
        "green-ink": "ground paper green-wash",
        "on-blue": "blue blue-deep",
        "demo-ink": "demo",
        "mark-ink": "mark",
    }
    weak = [f"{i} on {g}" for i, gs in pairs.items() for g in gs.split() if _contrast(value[i], value[g]) < 4.5]
    assert weak == []
    assert _contrast(value["line-control"], value["paper"]) >= 3


def _tokens(sheet: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (CSS / sheet).read_text(encoding="utf-8")))


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
