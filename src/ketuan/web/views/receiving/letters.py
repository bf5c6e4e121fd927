"""The desk: letters in every state; dropping .eml files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from ketuan.programme import moment, receiving
from ketuan.programme.errors import Invalid
from ketuan.programme.permits import permit
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of

A_PAGE = 25


@signed_in
@door("receiving.take_in")
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Newest first; pills by state, what needs a person first."""
    who = who_of(request)
    permit("receiving.take_in", who)
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    page = Paginator(receiving.listing(who=who, state=state, search=search), A_PAGE).get_page(request.GET.get("page"))
    counts, url = receiving.counts(who=who), reverse("receiving")
    pills = [{"label": "全部", "url": _url(url, "", search), "active": not state, "count": sum(counts.values())}]
    for key, label in receiving.states().items():
        if counts.get(key):
            pills.append({"label": label, "url": _url(url, key, search), "active": state == key, "count": counts[key]})
    context = {
        "page": page,
        "pills": pills if counts else [],
        "search": {"value": search, "placeholder": "主题、发件人、学会或申报书编号", "action": url},
        "keep": [("state", state)] if state else [],
        "clear_url": url if state or search else "",
        "box": receiving.box(),
        "tab": "letters",
        "most_mb": settings.KETUAN_UPLOAD_MAX_MB,
        "now": moment.now(),
    }
    return render(request, "receiving/letters.html", context)


@signed_in
@door("receiving.take_in")
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Several .eml files; each is told with what became of it."""
    who = who_of(request)
    permit("receiving.take_in", who)
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, "请先选择邮件文件（.eml）。")
    known = receiving.counts(who=who)
    words: dict[str, int] = {}
    for file in files:
        try:
            mail = receiving.take_in(file.read(), in_time=request.POST.get("in_time", ""), who=who)
        except Invalid as wrong:
            messages.error(request, f"{file.name}：{wrong}")
        else:
            words[mail.get_state_display()] = words.get(mail.get_state_display(), 0) + 1
    if words:
        new = sum(receiving.counts(who=who).values()) - sum(known.values())
        told = "，".join(f"{word} {n} 封" for word, n in words.items())
        again = sum(words.values()) - new
        messages.success(
            request, f"收了 {sum(words.values())} 封：{told}。" + (f"其中 {again} 封以前收过。" if again > 0 else "")
        )
    return redirect("receiving")


def _url(url: str, state: str, search: str) -> str:
    asked: dict[str, Any] = {name: value for name, value in (("state", state), ("q", search)) if value}
    return f"{url}?{urlencode(asked)}" if asked else url
