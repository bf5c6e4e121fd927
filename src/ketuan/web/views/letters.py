"""My letters, and how I want them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import corresponding
from ketuan.web.doors import SIGNED_IN, door, signed_in
from ketuan.web.views.finding import who_of


@door(SIGNED_IN)
@require_safe
@signed_in
def letters(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    page = Paginator(corresponding.inbox(who=who), 30).get_page(request.GET.get("page"))
    rows = [(letter, corresponding.label(letter.kind)) for letter in page]
    return render(request, "letters/inbox.html", {"page": page, "rows": rows, "unread": corresponding.unread(who=who)})


@door(SIGNED_IN)
@require_safe
@signed_in
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "letters/letter.html", {"letter": corresponding.read(pk, who=who_of(request))})


@door(SIGNED_IN)
@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    corresponding.read_all(who=who_of(request))
    return redirect("letters")


@door("corresponding.wish")
@signed_in
def wishes(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if request.method == "POST":
        kinds = [kind for kind, _, _, free in corresponding.wishes(who=who) if free]
        corresponding.wish({kind: request.POST[kind] for kind in kinds if kind in request.POST}, who=who)
        messages.success(request, "已保存通知接收方式。")
        return redirect("letter_wishes")
    context = {"wishes": corresponding.wishes(who=who), "choices": list(corresponding.CHOICES.items())}
    return render(request, "letters/wishes.html", context)


urls = [
    path("me/letters/", letters, name="letters"),
    path("me/letters/<int:pk>/", letter, name="letter"),
    path("me/letters/read/", read_all, name="letters_read"),
    path("me/letters/wishes/", wishes, name="letter_wishes"),
]
