"""JSON from outside → a form, or what is wrong with it, path by path and in Chinese."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ketuan.forms.paper import paper

Form = TypeVar("Form", bound=BaseModel)

_SAID = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一栏，请核对名称",
    "string_type": "应为文字（加引号）",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 个字符",
    "string_unicode": "含有不成字符的内容",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "list_type": "应为列表（用 [ ] 括起）",
    "dict_type": "应为一组字段（用 { } 括起）",
    "model_type": "应为一组字段（用 { } 括起）",
    "model_attributes_type": "应为一组字段（用 { } 括起）",
    "date_type": "日期应写成 2024-05-24 的样子",
    "date_parsing": "日期应写成 2024-05-24 的样子",
    "date_from_datetime_parsing": "日期应写成 2024-05-24 的样子",
    "date_from_datetime_inexact": "日期应写成 2024-05-24 的样子，不带时间",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "less_than": "应小于 {lt}",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "literal_error": "只能是{expected}",
    "json_type": "不是 JSON",
}


def parse_form(text: str | bytes, model: type[Form]) -> tuple[Form | None, dict[str, str]]:
    """The form in ``text`` (the JSON of the check contract), or None and ``{path: message}``."""
    try:
        return model.model_validate_json(text), {}
    except ValidationError as wrong:
        return None, messages(wrong)


def messages(wrong: ValidationError) -> dict[str, str]:
    """``{path: message}`` of everything that is wrong, in Chinese; the path of the whole is empty."""
    return {".".join(map(str, e["loc"])): _message(dict(e)) for e in wrong.errors(include_url=False)}


def _message(error: dict[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "json_invalid":
        at = re.search(r"at line (\d+) column (\d+)", context["error"])
        return f"不是合格的 JSON{f'（第 {at[1]} 行第 {at[2]} 个字节附近有误）' if at else ''}"
    if kind == "literal_error":
        context = {"expected": _choices(context["expected"])}
    if kind not in _SAID:
        return f"填写有误（{error['msg']}）"
    return _SAID[kind].replace("{ }", "{{ }}").format(**context)


def _choices(expected: str) -> str:
    """`“甲”、“乙”或“丙”` for pydantic's `'甲', '乙' or '丙'`."""
    between = {", ": "、", " or ": "或"}
    return re.sub(r"'([^']*)'|, | or ", lambda m: between.get(m[0], f"“{m[1]}”"), expected)


def explain(errors: dict[str, str], model: type[BaseModel]) -> list[str]:
    """One line an error, the place in the words of the paper beside the path."""
    tree = paper(model)
    lines = []
    for path, message in errors.items():
        place = tree.place(path) if path else ""
        lines.append(f"{path or '整个文件'}{f'（{place}）' if place else ''}：{message}")
    return lines
