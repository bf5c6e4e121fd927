"""Invitations: the society gets a link, the expert opens it without an account, fills in and answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ketuan.programme import applying, moment
from ketuan.programme.applying import inviting, members
from ketuan.programme.errors import Invalid, NotFound
from ketuan.web.doors import PUBLIC, door, signed_in
from ketuan.web.views.corps.roster import standing
from ketuan.web.views.finding import who_of

FIELDS = (
    ("name", "姓名", "与身份证件一致", True, "name"),
    ("unit", "工作单位", "单位全称，例如：合肥某某大学材料学院", True, "organization"),
    ("born", "出生日期", "写到日，例如 1985-03-12。只用于计算年龄，不印在申报书上", True, "bday"),
    ("post", "职务/职称", "例如：教授、高级工程师", False, "organization-title"),
    ("field", "专业领域", "例如：高分子材料", False, "off"),
    ("young_elite", "青年人才托举工程届次", "入选的写届次，如：第七届；未入选的留空", False, "off"),
    ("phone", "手机", "用于本项目的联系", True, "tel"),
)


@signed_in
@door("applying.invite_member")
@require_POST
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Make a link and show it, once."""
    who = who_of(request)
    application = applying.find(code, who=who)
    pk = request.POST.get("member", "")
    member = members.find_member(application, int(pk)) if pk.isdecimal() else None
    name = member.expert.name if member else request.POST.get("name", "").strip()
    email = request.POST.get("email", "").strip()
    try:
        given = inviting.invite_member(application, name=name, email=email, member=member, who=who)
    except Invalid as wrong:
        shown = {**standing(application, who), "invite_error": str(wrong), "invite_name": name, "invite_email": email}
        return render(request, "corps/roster.html", shown, status=400)
    link = given.token and f"{settings.KETUAN_BASE_URL}{reverse('corps_invitation', args=(given.token,))}"
    shown = {"application": application, "name": name, "link": link, "until": given.until, "mailed": given.mailed}
    return render(request, "corps/invited.html", shown)


@door(PUBLIC)
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invited = inviting.find_invitation(token)
    except NotFound:
        return render(request, "corps/invitation_gone.html", status=404)
    typed = {name: request.POST.get(name, "") for name, *_ in FIELDS}
    errors: dict[str, str] = {}
    if request.method == "POST":
        said = request.POST.get("answer", "")
        agrees = said == "agree"
        if said not in ("agree", "refuse"):
            errors["consent"] = "没有收到您的选择，请再点一次“同意参加”或“不参加”。"
        elif agrees and request.POST.get("consent") != inviting.WORDING:
            errors["consent"] = "同意参加的，请先勾选同意使用信息的说明。"
        else:
            try:
                answer = inviting.Answer(**typed, agrees=agrees)
                inviting.answer_invitation(token, answer, who=who_of(request))
            except Invalid as wrong:
                errors = wrong.errors
            else:
                request.session["answered"] = "agreed" if agrees else "refused"
                return redirect(reverse("corps_answered"))
    member = invited.member
    fields = [
        {"id": f"id_{name}", "name": name, "label": label, "hint": hint, "required": required, "autocomplete": complete,
         "value": typed[name] or (member.expert.name if member and name == "name" else ""), "error": errors.get(name, "")}
        for name, label, hint, required, complete in FIELDS
    ]  # fmt: skip
    shown = {
        "invited": invited,
        "application": member.application if member else None,
        "facts": _facts(invited),
        "fields": fields,
        "errors": errors,
        "error_lines": [(label, errors[name], f"#id_{name}") for name, label, *_ in FIELDS if name in errors],
        "consent": inviting.CONSENT,
        "wording": inviting.WORDING,
    }
    return render(request, "corps/invitation.html", shown, status=400 if errors else 200)


def _facts(invited: Any) -> list[tuple[str, str]]:
    application = invited.member.application
    until = invited.expires_at.astimezone(moment.now().tzinfo)
    return [
        ("邀请单位", application.society.name),
        ("服务团", application.title or "（名称待定）"),
        ("申报通知", application.call.title),
        ("请在此前答复", f"{until:%Y年%-m月%-d日 %H:%M}"),
    ]


@door(PUBLIC)
@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """The page after the answer; the link itself is used up by then."""
    return render(request, "corps/answered.html", {"answer": request.session.get("answered", "")})
