"""Opening an invitation's link: a signed-in person takes the role, a new one registers first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode

from ketuan.programme import enrolling
from ketuan.web.doors import PUBLIC, door
from ketuan.web.views.finding import who_of


@door(PUBLIC, "enrolling.accept_invitation")
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """404 for every link that does not open, whatever the reason."""
    who = who_of(request)
    made = enrolling.invitation_of(token)
    if request.method == "POST" and who.signed_in:
        role, warning = enrolling.accept_invitation(token, who=who)
        messages.success(request, f"您现在是{role.organisation.name}的{role.get_kind_display()}。")
        if warning:
            messages.warning(request, warning)
        return redirect("body", pk=role.organisation_id)
    query = urlencode({"next": request.path, **({"email": made.email} if made.email else {})})
    shown = {"made": made, "login_url": f"/account/login/?{query}", "signup_url": f"/account/signup/?{query}"}
    response = render(request, "enrolling/invited.html", shown)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


urls = [path("invited/<str:token>/", invited, name="invited")]
