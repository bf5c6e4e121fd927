"""Pages of recommending: the province's desk, and the society's page that asks for consent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET, require_POST

from ketuan.programme import applying, calling, recommending
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.permits import permit, sees, why_not
from ketuan.programme.recommending import Officer
from ketuan.web.doors import door, signed_in
from ketuan.web.fields import blocks
from ketuan.web.views.applying import told
from ketuan.web.views.finding import who_of

PAGE = 20
WORDS = {
    "asked": "待推荐",
    "consented": "已推荐",
    "returned": "退回修改",
    "refused": "不推荐",
    "withdrawn": "已撤回",
    "revoked": "已收回推荐",
}
"""State → the word of the badge."""
PEOPLE = ("name", "unit", "post", "phone")


@signed_in
@require_GET
@door("see:recommendation")
def desk(request: HttpRequest) -> HttpResponse:
    """All applications that ask for this person's province; for a society its own questions."""
    who = who_of(request)
    if not sees("recommendation", who):
        raise NotFound("recommending")
    rows = recommending.listing(who=who)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    counts = recommending.counts(rows)
    found = recommending.search(rows, state=state, words=words)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [_line(one) for one in page.object_list]
    pills = [{"label": "全部", "url": _link(q=words), "active": not state, "count": sum(counts.values())}]
    pills += [
        {"label": WORDS[key], "url": _link(state=key, q=words), "active": state == key, "count": count}
        for key, count in counts.items()
        if key not in ("withdrawn", "revoked") or count
    ]
    search = {"name": "q", "value": words, "placeholder": "项目、学会、编号或文号", "action": reverse("recommending")}
    return render(
        request,
        "recommending/desk.html",
        {"page": page, "lines": lines, "pills": pills, "search": search, "state": state, "words": words},
    )


@signed_in
@require_GET
@door("see:recommendation")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, recommending.find(pk, who=who_of(request)))


@signed_in
@require_POST
@door("recommending.consent")
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    who, post = who_of(request), request.POST
    found = recommending.find(pk, who=who)
    head = Officer("组长", *(post.get(f"head_{name}", "") for name in PEOPLE))
    officers = [
        Officer(side, *(post.get(f"officer{at}_{name}", "").strip() for name in PEOPLE))
        for at, side in enumerate(calling.rules_of(found.application.call).liaison.officers.value)
    ]
    try:
        done = recommending.consent(
            found, head, officers, who=who, number=post.get("number", ""), despite="despite" in post
        )
    except Invalid as invalid:
        return _show(request, found, errors=invalid.errors, typed=post, status=400)
    messages.success(request, f"已同意推荐。推荐函文号{done.number}，已放进该申报书的材料，并通知了学会。")
    return redirect("recommendation", pk)


@signed_in
@require_POST
@door("recommending.refuse")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn_down(request, pk, recommending.refuse, "已记下：不同意推荐。学会已收到您的理由。")


@signed_in
@require_POST
@door("recommending.return_for_change")
def return_for_change(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn_down(request, pk, recommending.return_for_change, "已退回修改。学会改好后会再次请求。")


@signed_in
@require_POST
@door("recommending.revoke")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    return _turn_down(request, pk, recommending.revoke, "已收回推荐，推荐函作废。学会已收到您的理由。")


def _turn_down(request: HttpRequest, pk: int, verb: Any, says: str) -> HttpResponse:
    who = who_of(request)
    found = recommending.find(pk, who=who)
    try:
        verb(found, request.POST.get("reason", ""), who=who)
    except Invalid as invalid:
        return _show(request, found, errors=invalid.errors, typed=request.POST, status=400)
    messages.success(request, says)
    return redirect("recommendation", pk)


@signed_in
@require_GET
@door("see:recommendation")
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    found = recommending.find(pk, who=who_of(request))
    response = HttpResponse(recommending.letter_bytes(found), content_type="application/pdf")
    name = f"{found.code}.pdf"
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, name) or ""
    return response


@signed_in
@door("recommending.ask")
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The society chooses the province to ask."""
    who = who_of(request)
    application = applying.find(code, who=who)
    provinces, errors = list(recommending.provinces()), {}
    if request.method == "POST":
        permit("recommending.ask", who, application)
        chosen = next((p for p in provinces if str(p.pk) == request.POST.get("province")), None)
        try:
            if chosen is None:
                raise Invalid({"province": "请选择一个省级科协。"})
            recommending.ask(application, chosen, who=who, unserved="unserved" in request.POST)
        except Invalid as invalid:
            errors = invalid.errors
        else:
            messages.success(request, f"已请{chosen}出具推荐意见，对方会收到通知。")
            return redirect("submitting", code)
    suggested = recommending.suggested(application)
    return render(
        request,
        "recommending/ask.html",
        {
            "application": application,
            "provinces": [p for p in provinces if p not in suggested],
            "suggested": suggested,
            "history": [_asked(r) for r in recommending.history(application)],
            "why": why_not("recommending.ask", who, application),
            "pending": recommending.pending(application),
            "errors": errors,
            "chosen": request.POST.get("province", ""),
        },
        status=400 if errors else 200,
    )


@signed_in
@require_POST
@door("recommending.take_back")
def take_back(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    who = who_of(request)
    applying.find(code, who=who)
    found = recommending.take_back(recommending.find(pk, who=who), who=who)
    messages.success(request, f"已收回对{found.province}的请求。")
    return redirect("consent", code)


def _link(**parameters: str) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{reverse('recommending')}?{urlencode(given)}" if given else reverse("recommending")


def _line(found: Any) -> dict[str, Any]:
    """A row of the desk; what the rules say is counted for the rows on this page only."""
    weights = [f.weight for f in recommending.findings_of(found)]
    return {
        "r": found,
        "word": WORDS[found.state],
        "brief": recommending.brief(found.version, found.province.division),
        "blocking": weights.count("block"),
        "asking": weights.count("warn"),
    }


def _asked(found: Any) -> dict[str, Any]:
    return {"r": found, "word": WORDS[found.state]}


def _show(
    request: HttpRequest, found: Any, *, errors: Any = None, typed: Any = None, status: int = 200
) -> HttpResponse:
    who, application = who_of(request), found.application
    rules = calling.rules_of(application.call)
    paper, filled = applying.paper_of(application), recommending.filled(found)
    parts = [
        {"slug": slug, "heading": heading, "blocks": blocks(nodes, filled)}
        for slug, (heading, nodes) in applying.slugs(paper).items()
    ]
    listed = told.told(application, recommending.findings_of(found))
    return render(
        request,
        "recommending/one.html",
        {
            "r": found,
            "application": application,
            "word": WORDS[found.state],
            "parts": parts,
            "findings": [
                {**_plain(f), "url": f"#part-{_slug(application, f)}" if _slug(application, f) else ""} for f in listed
            ],
            "blocking": sum(f.weight == "block" for f in listed),
            "brief": recommending.brief(found.version, found.province.division),
            "served": recommending.served(found),
            "changed": recommending.changed(found) if found.state in ("asked", "consented") else (),
            "beside": [_asked(r) for r in recommending.beside(found)[:10]],
            "why": why_not("recommending.consent", who, found),
            "revoke_why": why_not("recommending.revoke", who, found),
            "head": _typed(
                "head", {"post": rules.liaison.head.value, **recommending.head_before(found.province_id)}, typed
            ),
            "officers": [
                {"side": side, "prefix": f"officer{at}", **_typed(f"officer{at}", _known(found, at), typed)}
                for at, side in enumerate(rules.liaison.officers.value)
            ],
            "typed": typed or {},
            "errors": errors or {},
        },
        status=status,
    )


def _plain(finding: Any) -> dict[str, str]:
    names = ("weight", "message", "found", "wanted", "fix", "clause", "says", "place", "reason")
    return {name: getattr(finding, name) for name in names}


def _slug(application: Any, finding: Any) -> str:
    """The part of the paper on the left that a finding speaks of."""
    pages = applying.slugs(applying.paper_of(application)).items()
    top = finding.path.partition(".")[0]
    return next((slug for slug, (_, nodes) in pages if any(node.name == top for node in nodes)), "")


def _known(found: Any, at: int) -> dict[str, str]:
    """The first two sides are bodies the platform knows."""
    units = (found.application.society.name, found.province.name)
    return {"unit": units[at]} if at < len(units) else {}


def _typed(prefix: str, known: Any, typed: Any) -> dict[str, str]:
    if typed is None or f"{prefix}_name" not in typed:
        return {name: known.get(name, "") for name in PEOPLE}
    return {name: typed.get(f"{prefix}_{name}", "") for name in PEOPLE}


urls = [
    path("recommending/", desk, name="recommending"),
    path("recommending/<int:pk>/", one, name="recommendation"),
    path("recommending/<int:pk>/consent/", consent, name="recommendation_consent"),
    path("recommending/<int:pk>/refuse/", refuse, name="recommendation_refuse"),
    path("recommending/<int:pk>/return/", return_for_change, name="recommendation_return"),
    path("recommending/<int:pk>/revoke/", revoke, name="recommendation_revoke"),
    path("recommending/<int:pk>/letter.pdf", letter, name="recommendation_letter"),
    path("applications/<str:code>/consent/", ask, name="consent"),
    path("applications/<str:code>/consent/<int:pk>/take-back/", take_back, name="consent_take_back"),
]
