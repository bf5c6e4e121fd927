"""How people register and sign in: our words and rules on top of allauth and axes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ketuan.programme import enrolling
from ketuan.programme.enrolling import kinds, names
from ketuan.programme.enrolling.bodies import checked
from ketuan.programme.enrolling.finding import parks
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.who import who_is

_OPEN = ("/account/", "/static/", "/invited/")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration is open; those who approve are told only once the address is confirmed."""

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        done = bool(super().confirm_email(request, email_address))
        if done:
            enrolling.confirm(email_address.user)
        return done

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to this platform, whatever host the request named."""
        asked = current.request
        here = asked.build_absolute_uri("/") if asked else ""
        ours = {
            name: f"{settings.KETUAN_BASE_URL}/{value.removeprefix(here)}"
            for name, value in context.items()
            if here and isinstance(value, str) and value.startswith(here)
        }
        super().send_mail(template_prefix, email, {**context, **ours})

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes, by account and address; counted by account alone they shut out its owner."""


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """统一身份认证: an address that it vouches for and that is confirmed here is the same person; others register."""

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return True


class Registration(forms.Form):
    """What we ask at registration besides address and password: the name, the body and the roles there.

    The body is chosen on a page before (``enrolling_choose``) and comes as ``body``; one that is not in the registry
    comes as ``new`` with its kind. Without either the person joins later or by invitation.
    """

    name = forms.CharField(label="姓名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    body = forms.IntegerField(widget=forms.HiddenInput, required=False)
    new = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data or getattr(current.request, "GET", {})
        self.chosen = _chosen(asked.get("body", ""))
        self.kind = self.chosen.kind if self.chosen else asked.get("new", "")
        if self.chosen is None and self.kind not in kinds.NEW:
            self.kind = ""
        self.initial["body"] = self.chosen.pk if self.chosen else None
        self.initial["new"] = "" if self.chosen else self.kind
        if not self.kind:
            self.fields["name"].help_text = _link("代表单位注册的，请先选择单位。不代表单位的，直接填写。", "选择单位")
            return
        if self.chosen is None:
            add_body(self, self.kind)
        add_roles(self, self.kind, self.chosen)

    def clean(self) -> dict[str, Any]:
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self.kind and self.chosen is None and not self.errors:
            check_body(self, self.kind)
        return clean

    def signup(self, request: HttpRequest, user: Any) -> None:
        with transaction.atomic():
            who = who_is(user)
            enrolling.name_account(self.cleaned_data["name"], who=who)
            user.refresh_from_db(fields=["name"])
            if self.kind:
                body = self.chosen or enrolling.propose(self.kind, who=who, **body_values(self))
                enrolling.ask(body, self.cleaned_data["roles"], who=who)


def add_roles(form: forms.Form, kind: str, body: Any | None) -> None:
    """The roles of a body of this kind, to be ticked."""
    known = kinds.askable(kind)
    form.fields["roles"] = forms.MultipleChoiceField(
        label=f"在{body.name}的角色" if body else "您的角色",
        choices=known,
        widget=forms.CheckboxSelectMultiple,
        initial=[known[0][0]] if len(known) == 1 else [],
        error_messages={"required": "请至少选择一个角色。"},
        help_text=_link("批准后生效。", "换一个单位") if body else "批准后生效。",
    )


def add_body(form: forms.Form, kind: str) -> None:
    """What we ask of a body that is not in the registry."""
    form.fields["body_name"] = forms.CharField(
        label="单位全称", max_length=120, help_text=_link("与公章一致。", "重新选择单位类别")
    )
    if kind in kinds.WITH_USCC:
        form.fields["uscc"] = forms.CharField(
            label="统一社会信用代码", max_length=40, help_text="18 位，见营业执照或法人证书。"
        )
    if kind in kinds.WITH_DIVISION:
        form.fields["division"] = forms.ChoiceField(
            label="所在省、市", choices=[("", "请选择"), *names.division_choices()], help_text="由当地科协批准。"
        )
    if kind == kinds.Body.ENTERPRISE and (there := parks()):
        choices = [("", "不在名录中的园区内"), *((p.pk, p.name) for p in there)]
        form.fields["park"] = forms.ChoiceField(
            label="所在园区", choices=choices, required=False, help_text="选了园区的，由园区批准。"
        )


def body_values(form: forms.Form) -> dict[str, Any]:
    """The new body as :func:`ketuan.programme.enrolling.propose` takes it."""
    given = form.cleaned_data
    park = next((p for p in parks() if str(p.pk) == given.get("park")), None)
    return {
        "name": given["body_name"],
        "uscc": given.get("uscc", ""),
        "division": given.get("division", ""),
        "park": park,
    }


def check_body(form: forms.Form, kind: str) -> None:
    """Put what is wrong with the new body beside its fields."""
    values = body_values(form)
    values.pop("park")
    try:
        checked(kind, values)
    except Invalid as wrong:
        for field, says in wrong.errors.items():
            form.add_error({"name": "body_name"}.get(field, field), says)


def second_factor(get_response: Any) -> Any:
    """Middleware: who holds one of :data:`kinds.SECOND_FACTOR` sets up the second factor before anything else."""

    def handle(request: HttpRequest) -> HttpResponse:
        if settings.KETUAN_SECOND_FACTOR and lacks_second_factor(request) and not request.path.startswith(_OPEN):
            messages.warning(request, "您的角色须使用双重验证。请先用手机验证器扫码，设置好以后继续。")
            address = reverse("mfa_activate_totp")
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204, headers={"HX-Redirect": address})
            return redirect(address)
        answer: HttpResponse = get_response(request)
        return answer

    return handle


def lacks_second_factor(request: HttpRequest) -> bool:
    """True for a signed-in person whose role needs a second factor that is not set up."""
    who = request.who  # type: ignore[attr-defined]
    return bool(who.signed_in and who.roles() & kinds.SECOND_FACTOR and not is_mfa_enabled(request.user))


def axes_username(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str | None:
    """The address that was tried, so that one address is locked and not the whole office behind its router."""
    given = credentials or {}
    name = given.get("username") or given.get("email") or (request.POST.get("login") if request else None)
    return name.strip().lower() if name else None


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    return render(request, "account/locked.html", status=429)


def _chosen(pk: Any) -> Any | None:
    try:
        return enrolling.choice(int(pk))
    except (TypeError, ValueError, NotFound):
        return None


def _link(words: str, label: str) -> SafeString:
    return format_html('{} <a href="{}">{}</a>', words, reverse("enrolling_choose"), label)
