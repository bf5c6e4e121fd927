"""The control of each kind of field as HTML. Made here and not in templates: a page of problem tables has hundreds.

Everything that comes from a person passes through :func:`escape`; a test types markup into every kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ketuan.rules.findings import Finding
from ketuan.web.templatetags.show import clause_words, tone, weight_word

if TYPE_CHECKING:
    from ketuan.web.fields import Widget


def control(w: Widget) -> SafeString:
    """KeyError for a control without a line in :data:`CONTROLS`."""
    return mark_safe(CONTROLS[w.look.control](w))


def findings(listed: Iterable[Finding]) -> SafeString:
    """What the rules say of one field, beside it; empty where they say nothing."""
    lines = []
    for f in listed:
        word = weight_word(f.weight)
        fix = f" {escape(f.fix)}" if f.fix else ""
        lines.append(
            f'<li class="tone-{tone(word)}"><b>{word}</b> {escape(f.message)}{fix} '
            f'<span class="clause">依据 {escape(clause_words(f.clause))}</span></li>'
        )
    return mark_safe(f"<ol>{''.join(lines)}</ol>" if lines else "")


def _common(w: Widget) -> str:
    described = f' aria-describedby="{w.described}"' if w.described else ""
    return f'id="{w.id}" name="{escape(w.path)}"{described}{" readonly" if w.readonly else ""} autocomplete="off"'


def _line(w: Widget) -> str:
    mode = f' inputmode="{w.look.mode}"' if w.look.mode else ""
    return f'<input class="form-control" {_common(w)} type="{w.type}"{mode} value="{escape(w.text)}">'


def _money(w: Widget) -> str:
    return f'<span class="with-unit">{_line(w)}<span class="unit">{escape(w.unit)}</span></span>'


def _area(w: Widget) -> str:
    grow, rows = (" grow", 1) if w.short else ("", 8 if w.limit else 4)
    # a browser drops one line break after the tag
    return f'<textarea class="form-control{grow}" {_common(w)} rows="{rows}">\n{escape(w.text)}</textarea>'


def _provinces(w: Widget) -> str:
    names = "".join(f'<option value="{escape(name)}">' for name in w.suggestions)
    field = f'<input class="form-control" {_common(w)} value="{escape(w.text)}" list="{w.id}-list">'
    return f'{field}<datalist id="{w.id}-list">{names}</datalist>'


def _ticks(w: Widget) -> str:
    name, closed = escape(w.path), " disabled" if w.readonly else ""
    boxes = [
        f'<li role="none"><label><input class="form-check-input" type="checkbox" name="{name}" value="{escape(choice)}"'
        f"{' checked' if chosen else ''}{closed}>{escape(choice)}</label>"
        for choice, chosen in w.choices
    ]
    if boxes and w.other:
        boxes[-1] += _other(w.other)
    few = " long" if len(boxes) < 8 else ""
    return f'<ul class="choices{few}" role="group" aria-labelledby="{w.id}-label">{"</li>".join(boxes)}</li></ul>'


def _other(w: Widget) -> str:
    return (
        f'<span class="other" id="{w.place}" data-field="{escape(w.path)}"><label class="visually-hidden" for="{w.id}">'
        f'{escape(w.label)}</label><input class="form-control form-control-sm" {_common(w)} value="{escape(w.text)}" '
        'placeholder="请写明"><span class="field-state" data-saved></span></span>'
    )


CONTROLS: Mapping[str, Callable[[Widget], str]] = {
    "line": _line,
    "money": _money,
    "area": _area,
    "provinces": _provinces,
    "ticks": _ticks,
}
