"""JSON from outside → a form, or what is wrong with it, path by path and in Chinese."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ketuan.forms.paper import paper

Form = TypeVar("Form", bound=BaseModel)

_SAID = {
    "extra_forbidden": "表中没有这一栏，请核对字段名",
    "string_type": "请填写文字",
    "int_parsing": "请填写整数",
    "list_type": "应为列表（用 [ ] 括起）",
    "model_type": "应为一组字段（用 { } 括起）",
    "model_attributes_type": "应为一组字段（用 { } 括起）",
    "date_type": "日期应写成 2024-05-24 的样子",
    "date_parsing": "日期应写成 2024-05-24 的样子",
    "date_from_datetime_parsing": "日期应写成 2024-05-24 的样子",
    "date_from_datetime_inexact": "日期应写成 2024-05-24 的样子，不带时间",
    "json_type": "不是 JSON",
}


def parse_form(text: str | bytes, model: type[Form]) -> tuple[Form | None, dict[str, str]]:
    """The form in ``text`` (the JSON of the check contract), or None and ``{path: message}``."""
    try:
        return model.model_validate_json(text), {}
    except ValidationError as wrong:
        return None, {".".join(map(str, e["loc"])): _message(dict(e)) for e in wrong.errors(include_url=False)}


def _message(error: dict[str, Any]) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "json_invalid":
        return f"不是合格的 JSON：{error['ctx']['error']}"
    return _SAID.get(kind, f"填写有误（{error['msg']}）")


def explain(errors: dict[str, str], model: type[BaseModel]) -> list[str]:
    """One line an error, the place in the words of the paper beside the path."""
    tree = paper(model)
    lines = []
    for path, message in errors.items():
        place = tree.place(path) if path else ""
        lines.append(f"{path or '整个文件'}{f'（{place}）' if place else ''}：{message}")
    return lines
