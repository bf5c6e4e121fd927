"""The submit page: steps, what is missing in each, and one thing to do next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ketuan.programme import applying, receipts, submitting
from ketuan.programme.permits import why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.views.applying import told
from ketuan.web.views.finding import who_of


class Next(NamedTuple):
    """The one obvious next thing: a link, or the name of a form that the page shows there."""

    title: str
    text: str
    url: str = ""
    label: str = ""
    form: str = ""


@signed_in
@require_GET
@door("see:application")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody who sees the application may look at what is missing; the buttons are for those who may."""
    return shown(request, applying.find(code, who=who_of(request)))


def shown(
    request: HttpRequest,
    application: Any,
    *,
    status: int = 200,
    wrong: str = "",
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page, also after something did not work: what was typed stays."""
    who = who_of(request)
    ready, standing = submitting.readiness(application, who=who), submitting.standing(application)
    verbs = ("commit", "send_to_checker", "take_back", "return_to_maker", "submit", "reopen", "withdraw")
    why = {verb: why_not(f"submitting.{verb}", who, application) for verb in verbs}
    why["give_reason"] = why_not("applying.give_reason", who, application)
    if not why["submit"] and application.sent_by_id == who.user_id:
        why["submit"] = "这份申报书是您送审的，请本单位另一位审核人提交。"
    consent_why = why_not("recommending.ask", who, application)
    blocking, unfilled = told.apart(application, ready.blocking)
    next_thing = _next(application, ready, why, consent_why)
    return render(
        request,
        "submitting/page.html",
        {
            "application": application,
            "ready": ready,
            "standing": standing,
            "receipt_url": reverse("receipt", args=(standing.number,)) if standing.number else "",
            "steps": _steps(application, ready),
            "next": next_thing,
            "blocking": _told(application, blocking),
            "unfilled": unfilled,
            "unfilled_count": sum(one.count for one in unfilled),
            "asked": [
                {
                    "one": one,
                    "f": finding,
                    "typed": (typed or {}).get("text", "") if (typed or {}).get("key") == one.key else one.text,
                }
                for one, finding in zip(ready.asked, _told(application, [a.finding for a in ready.asked]), strict=True)
            ],
            "notes": _told(application, ready.notes),
            "why": why,
            "consent_why": consent_why,
            "papers_url": told.page_of(application, "papers"),
            "key": (typed or {}).get("click") or uuid.uuid4().hex,
            "receipts": [
                {"s": one, "state": receipts.state_of(one), "nth": receipts.nth_of(one)}
                for one in receipts.listing(who=who).filter(application=application)
            ],
            "permits": submitting.permits_of(application),
            "may_permit": not why_not("submitting.permit_late", who, application),
            "wrong": wrong,
            "errors": errors or {},
            "typed": typed or {},
        },
        status=status,
    )


def _told(application: Any, findings: Any) -> list[dict[str, Any]]:
    """Findings with their jumps; those that speak of several papers or of a later stage have none."""
    shown = []
    for one in told.told(application, findings):
        line = {name: getattr(one, name) for name in one.__slots__}
        if not one.place:
            line["url"] = ""
        shown.append(line)
    return shown


def _steps(application: Any, ready: Any) -> list[dict[str, str]]:
    consent = [p.present for p in ready.papers if p.kind == "consent"]
    others = [p.present for p in ready.papers if p.kind not in ("consent", "form")]
    sent, submitted = application.state in ("checking", "submitted"), application.state == "submitted"
    lines = (
        ("改正问题", not ready.blocking, "#step-findings"),
        ("说明理由", not ready.unanswered, "#step-reasons"),
        ("省级科协同意", all(consent), "#step-consent"),
        ("备齐材料", all(others), "#step-papers"),
        ("作出承诺", not ready.ungiven, "#step-commit"),
        ("送审核人", sent, "#step-send"),
        ("提交", submitted, "#step-send"),
    )
    now = next((at for at, (_, done, _) in enumerate(lines) if not done), len(lines))
    return [
        {"label": label, "state": "done" if done else "now" if at == now else "next", "url": url}
        for at, (label, done, url) in enumerate(lines)
    ]


def _next(application: Any, ready: Any, why: Mapping[str, str], consent_why: str) -> Next:
    """The first line that holds. What waits for others (consent, papers) does not keep the maker from sending."""
    code, state = application.code, application.state
    consent = next((p for p in ready.papers if p.kind == "consent"), None)
    papers = [p.name for p in ready.missing_papers if p.kind != "consent"]
    if state == "withdrawn":
        return Next("申报书已撤回", "不再参加这次申报，只能查看。")
    if state == "submitted":
        number = application.submitted.number if application.submitted else ""
        return Next(
            "保存回执", "已提交。回执可以下载，任何人凭编号可以核验。", reverse("receipt", args=(number,)), "看回执"
        )
    if state == "draft" and why["send_to_checker"]:
        return Next("现在不能办理", why["send_to_checker"])
    if ready.blocking:
        return Next("先改正问题", f"还有 {len(ready.blocking)} 条必须修改，改好才能送审。", "#step-findings", "看问题")
    if ready.unanswered:
        return Next(
            "说明理由", f"还有 {len(ready.unanswered)} 条建议没有说明。不改的，请写理由。", "#step-reasons", "去说明"
        )
    if consent is not None and not consent.present and ready.pending is None and not consent_why:
        return Next("请省级科协推荐", "申报须附省级科协同意推荐的材料。", reverse("consent", args=(code,)), "请求推荐")
    if ready.ungiven and not why["commit"]:
        return Next("作出承诺", "请逐条确认通知要求的承诺。", "#step-commit", "去承诺")
    if papers and state == "draft":
        return Next(
            "备齐材料",
            f"还没有：{'、'.join(papers)}。",
            told.page_of(application, "papers") or "#step-papers",
            "上传材料",
        )
    if state == "draft":
        return Next("送审核人审核", "内容会锁定，由另一位同事核对后提交。", form="send")
    if ready.missing:
        return Next("还差几样，补齐后提交", "；".join(f.message.rstrip("。") for f in ready.missing) + "。")
    if why["submit"]:
        return Next("等审核人提交", why["submit"])
    return Next("核对无误，提交", "提交后内容锁定，马上生成回执。", form="submit")
