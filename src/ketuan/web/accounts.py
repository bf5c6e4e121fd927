"""How people register and sign in: our words and rules on top of allauth and axes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    pass


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    pass


class Registration(forms.Form):
    name = forms.CharField(label="姓名", max_length=60)

    def signup(self, request: HttpRequest, user: Any) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


def axes_username(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The address that was tried, so that one address is locked and not the whole office behind its router."""
    given = credentials or {}
    name = given.get("username") or given.get("email") or (request.POST.get("login") if request else None)
    return name.strip().lower() if name else None


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    return render(request, "account/locked.html", status=429)
