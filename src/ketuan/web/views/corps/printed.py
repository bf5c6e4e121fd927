"""The printed table of 主要参加人员, chosen from the roster."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ketuan.programme import applying
from ketuan.programme.applying import printing
from ketuan.programme.errors import Invalid, NotReady
from ketuan.programme.permits import why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import number_in, who_of


@signed_in
@door("see:application", "applying.choose_printed")
@require_http_methods(["GET", "POST"])
def printed(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    error, status = "", 200
    if request.method == "POST":
        try:
            base = number_in(request.POST.get("base", ""))
            printing.choose_printed(application, picked_of(request.POST), base=base, who=who)
        except (Invalid, NotReady) as wrong:
            error, status = str(wrong), 400
        else:
            messages.success(request, "已写入申报书第八部分。")
            return redirect(reverse("corps_printed", args=(code,)))
    items = printing.items_of(application)
    shown: list[dict[str, Any]] = [
        {"at": at, "item": item, "order": at if item.printed else "", "duty": item.duty, "ticked": item.printed}
        for at, item in enumerate(items, 1)
    ]
    if error:
        for row in shown:
            at = row["at"]
            row["ticked"] = bool(request.POST.get(f"on-{at}")) or row["item"].member is None
            row["order"] = request.POST.get(f"order-{at}", row["order"])
            row["duty"] = request.POST.get(f"duty-{at}", row["duty"])
    return render(
        request,
        "corps/printed.html",
        {
            "application": application,
            "rows": shown,
            "most": printing.most_rows(application),
            "note": f"已列入 {sum(row['ticked'] for row in shown)} 人，最多 {printing.most_rows(application)} 人",
            "ticked": sum(row["ticked"] for row in shown),
            "gone": printing.gone_from_roster(application),
            "differing": sum(bool(row["item"].differs) for row in shown),
            "closed": why_not("applying.choose_printed", who, application),
            "error": error,
        },
        status=status,
    )


def picked_of(posted: QueryDict) -> list[printing.Picked]:
    """Rows of the form that are ticked (or typed by hand), in the order of their numbers."""
    picked: list[tuple[float, int, printing.Picked]] = []
    for at in range(1, int(posted.get("count") or 0) + 1):
        member, key = posted.get(f"member-{at}", ""), posted.get(f"key-{at}", "")
        linked = posted.get(f"link-{at}", "")
        if member and not posted.get(f"on-{at}"):
            continue
        number = posted.get(f"order-{at}", "").strip()
        pick = printing.Picked(
            int(linked or member) if (linked or member).isdecimal() else None,
            key,
            posted.get(f"duty-{at}", ""),
            refresh=posted.get(f"refresh-{at}") == "1",
        )
        picked.append((float(number) if number.isdecimal() else 1e9, at, pick))
    return [pick for _, _, pick in sorted(picked, key=lambda one: one[:2])]
