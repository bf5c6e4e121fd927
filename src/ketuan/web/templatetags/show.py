"""How values are shown: money, days, words of state, signs; and the parts that hold other content (panel, field, grid).

What a part without content needs stands in ``templates/parts/<name>.html``, with its parameters in a comment at the top.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ketuan.web.icons import ICONS

register = template.Library()

FEN_IN_WAN = 1_000_000
NEAR = 0.9
"""From this share on a gauge says that it is nearly full."""

TONES: dict[str, tuple[str, str]] = {
    # state of a task
    "未开始": ("quiet", "todo"), "填写中": ("busy", "edit"), "需修改": ("stop", "block"), "已完成": ("good", "done"),
    "暂不能填": ("off", "lock"), "待核对": ("warn", "alert"), "待办": ("busy", "todo"),
    # state of a paper on its way
    "已提交": ("good", "done"), "未提交": ("stop", "alert"), "已送核对": ("busy", "send"), "退回修改": ("warn", "undo"),
    "待推荐": ("busy", "clock"), "已推荐": ("good", "stamp"), "不推荐": ("stop", "block"), "已受理": ("good", "done"),
    "不予受理": ("stop", "block"), "已撤回": ("off", "undo"), "已收回推荐": ("off", "undo"), "草稿": ("quiet", "edit"), "已截止": ("off", "lock"),
    "申报中": ("good", "clock"), "未发布": ("quiet", "edit"), "已发布": ("good", "done"), "演练": ("warn", "flag"),
    # state of a person or an organisation
    "待批准": ("warn", "clock"), "已批准": ("good", "done"), "已停用": ("off", "lock"), "待确认": ("warn", "clock"),
    "已同意": ("good", "done"), "已拒绝": ("stop", "block"), "已过期": ("off", "clock"), "已作废": ("off", "close"),
    "已注册": ("good", "done"), "未注册": ("quiet", "todo"), "需重新注册": ("warn", "redo"), "已审核": ("good", "done"),
    "正常": ("good", "done"), "未批准": ("stop", "block"), "已结束": ("off", "lock"), "已使用": ("off", "done"),
    "需在新系统重新完善": ("warn", "redo"), "已提交注册": ("busy", "send"), "未使用": ("busy", "clock"),
    # weight of a finding
    "必须修改": ("stop", "block"), "建议核对": ("warn", "alert"), "提示": ("busy", "info"), "待定": ("quiet", "pending"),
    # outcome
    "通过": ("good", "done"), "不通过": ("stop", "block"), "一致": ("good", "done"), "不一致": ("stop", "block"),
    "本机": ("good", "check"), "首选": ("busy", "star"), "已确认": ("good", "done"),
    "已开启": ("good", "shield"), "未开启": ("quiet", "todo"), "真实": ("good", "shield"),
    "查无此号": ("stop", "block"), "已收到": ("good", "done"), "缺材料": ("warn", "alert"),
    # state of a letter or a bag
    "待人工处理": ("warn", "eye"), "逾期": ("stop", "clock"), "重复": ("off", "copy"), "已答复": ("busy", "send"),
    "无须办理": ("off", "minus"), "未收到纸质件": ("quiet", "clock"), "已寄出": ("busy", "send"),
    "逾期寄出": ("stop", "clock"), "份数不足": ("stop", "block"), "需核对": ("warn", "alert"),
    "没有认出": ("warn", "help"), "不能收": ("stop", "block"),
}  # fmt: skip
"""Word of state → tone and sign. A word that is not here is shown quietly; it never raises on a page."""

BROWSERS = tuple(
    pair.split("=")
    for pair in "MicroMessenger=微信 Edg=Edge QQBrowser=QQ浏览器 360=360浏览器 Firefox=Firefox Chrome=Chrome Safari=Safari".split()
)
MACHINES = tuple(
    pair.split("=") for pair in "Windows=Windows Android=安卓手机 iPhone=iPhone iPad=iPad Mac=Mac Linux=Linux".split()
)

WEIGHT_WORDS = (("block", "必须修改"), ("warn", "建议核对"), ("note", "提示"), ("pending", "待定"))
WEIGHT_MEANS = {
    "block": "通知写明“须”“不得”“不超过”，改好才能提交。",
    "warn": "通知写“一般”。可以不改，但提交时要说明理由。",
    "note": "通知写“鼓励”“优先”。不影响提交。",
    "pending": "凭现有材料还不能判断，补齐后自动再查。",
}


@register.filter
def wan(fen: int | None, unit: str = "万元") -> str:
    """分 → “80.00 万元”; empty stays empty. ``{{ x|wan:"" }}`` gives the bare number for tables."""
    if fen is None:
        return ""
    sign, rest = ("-", -fen) if fen < 0 else ("", fen)
    number = f"{sign}{rest // FEN_IN_WAN:,}.{rest % FEN_IN_WAN // 10_000:02d}"
    tail = f"{rest % 10_000:04d}".rstrip("0")
    return f"{number}{tail} {unit}".strip()


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """2024年5月24日, in the zone of the platform."""
    if value is None or value == "":
        return ""
    local = timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value
    return f"{local.year}年{local.month}月{local.day}日"


@register.filter
def moment(value: dt.datetime | None, seconds: str = "") -> str:
    """2024年5月24日 14:03; ``{{ x|moment:"s" }}`` to the second, as on receipts."""
    if value is None or value == "":
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M:%S}" if seconds else f"{day(local)} {local:%H:%M}"


@register.filter
def ago(value: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """“3 分钟前”, beyond a week the day. ``now`` is the platform's clock: ``{{ x|ago:now }}``."""
    if value is None or value == "":
        return ""
    seconds = int(((now or timezone.now()) - value).total_seconds())
    for limit, size, word in ((3600, 60, "分钟"), (86400, 3600, "小时"), (7 * 86400, 86400, "天")):
        if 60 <= seconds < limit:
            return f"{seconds // size} {word}前"
    return "刚刚" if 0 <= seconds < 60 else day(value)


@register.filter
def mask(value: str | None) -> str:
    """139****0000, z***@example.org, 11****2X: enough to recognise, not enough to use."""
    text = value or ""
    name, at, host = text.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    keep = 3 if len(text) >= 11 else 1 if len(text) < 6 else 2
    return f"{text[:keep]}****{text[-4:] if len(text) >= 11 else text[-2:]}" if len(text) > 3 else "*" * len(text)


@register.filter
def browser(agent: str | None) -> str:
    """“Windows 上的 Edge”: what a person calls the browser that sent this string."""
    text = agent or ""
    name = next((word for mark, word in BROWSERS if mark in text), "浏览器")
    home = next((word for mark, word in MACHINES if mark in text), "")
    return f"{home} 上的 {name}" if home else name


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A sign inside the text. Without a label it is ornament and hidden from readers of the screen.

    Raises:
        KeyError: there is no such sign.
    """
    speech = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" focusable="false" {}>{}</svg>',
        f" icon-{size}" if size else "",
        speech,
        mark_safe(ICONS[name]),
    )


@register.filter
def tone(word: Any) -> str:
    return TONES.get(str(word), ("quiet", ""))[0]


@register.filter
def badge(word: Any) -> SafeString:
    """A word of state with its tone and sign: ``{{ application.state|badge }}``."""
    text = str(word or "")
    if not text:
        return mark_safe("")
    colour, sign = TONES.get(text) or TONES.get(text.partition("（")[0], ("quiet", "todo"))
    return format_html('<span class="badge-word tone-{}">{}{}</span>', colour, icon(sign), text)


@register.filter
def by_weight(findings: Iterable[Any] | None) -> list[dict[str, Any]]:
    """Findings in groups, heaviest first: weight, word, means, tone, sign, items. Empty groups are left out."""
    listed = list(findings or ())
    groups = []
    for weight, word in WEIGHT_WORDS:
        items = [f for f in listed if _of(f, "weight") == weight]
        if items:
            colour, sign = TONES[word]
            groups.append(
                {
                    "weight": weight,
                    "word": word,
                    "means": WEIGHT_MEANS[weight],
                    "tone": colour,
                    "sign": sign,
                    "items": items,
                }
            )
    return groups


@register.filter
def weight_word(weight: str) -> str:
    return dict(WEIGHT_WORDS).get(weight, weight)


@register.filter
def clause_words(clause: str) -> str:
    """“附件1.一.1” → “附件1 一.1”, as it is said in a sentence."""
    return str(clause).replace("附件1.", "附件1 ").replace("附件3.", "附件3 ")


@register.inclusion_tag("parts/gauge.html")
def gauge(label: str, used: float, limit: float, unit: str = "", note: str = "", floor: bool = False) -> dict[str, Any]:
    """A quota as a bar. ``limit`` is the most allowed, or with ``floor=True`` the least needed (“还差 3 名”)."""
    share = min(used / limit, 1.0) if limit else (1.0 if used else 0.0)
    if floor:
        colour, says = ("good", "已达到") if used >= limit else ("warn", f"还差 {_plain(limit - used)} {unit}".strip())
    elif used > limit:
        colour, says = "stop", f"超出 {_plain(used - limit)} {unit}".strip()
    elif used == limit:
        colour, says = "warn", "已到上限"
    else:
        near = share >= NEAR
        colour, says = ("warn" if near else "busy"), f"还可用 {_plain(limit - used)} {unit}".strip()
    return {
        "label": label, "used": _plain(used), "limit": _plain(limit), "unit": unit, "note": note, "floor": floor,
        "tone": colour, "says": says, "width": f"{share * 100:.1f}",
    }  # fmt: skip


@register.inclusion_tag("parts/progress.html")
def progress(label: str, done: int, total: int, doing: str = "", left: str = "", url: str = "") -> dict[str, Any]:
    """How far a long piece of work is: what is being done and how long it will take; with ``url`` it asks again itself."""
    share = min(done / total, 1.0) if total else 0.0
    return {
        "label": label, "done": done, "total": total, "doing": doing, "left": left, "url": url,
        "width": f"{share * 100:.1f}", "percent": int(share * 100), "finished": bool(total) and done >= total,
    }  # fmt: skip


@register.simple_block_tag(takes_context=True)
def panel(context: template.Context, content: str, title: str = "", **given: Any) -> str:
    """A sheet of paper with a heading: ``{% panel "材料" id="papers" %}…{% endpanel %}``. See parts/panel.html."""
    return _around("parts/panel.html", context, content, title=title, **given)


@register.simple_block_tag(takes_context=True)
def field(context: template.Context, content: str, label: str = "", **given: Any) -> str:
    """Label, hint, control (the content), counter, findings and saved state. See parts/field.html."""
    return _around("parts/field.html", context, content, label=label, **given)


@register.simple_block_tag(takes_context=True)
def grid(context: template.Context, content: str, caption: str = "", **given: Any) -> str:
    """A table for comparing: ``{% grid "全部申报书" %}<thead>…</tbody>{% endgrid %}``. See parts/grid.html."""
    return _around("parts/grid.html", context, content, caption=caption, **given)


@register.filter
def control(bound: BoundField) -> SafeString:
    """The control of a Django form's field, dressed: Bootstrap's class by kind, tied to its hint and its errors."""
    if bound.widget_type in {"checkboxselectmultiple", "radioselect"}:
        choices = list(bound.subwidgets)
        for choice in choices:
            choice.data["attrs"]["class"] = "form-check-input"
        line = '<div class="form-check">{}<label class="form-check-label" for="{}">{}</label></div>'
        return format_html_join("", line, ((c.tag(), c.id_for_label, c.choice_label) for c in choices))
    dress = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}
    wear = dress.get(bound.widget_type, "form-control") + (" is-invalid" if bound.errors else "")
    told = [f"{bound.auto_id}_helptext"] * bool(bound.help_text) + [f"{bound.auto_id}_error"] * bool(bound.errors)
    return bound.as_widget(attrs={"class": wear, **({"aria-describedby": " ".join(told)} if told else {})})


def _around(name: str, context: template.Context, content: str, **given: Any) -> str:
    return get_template(name).render({**given, "content": content, "csrf_token": context.get("csrf_token")})


def _of(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _plain(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")
