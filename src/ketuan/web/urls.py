"""Addresses of the pages, one list a stage."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from ketuan.web.views import (
    applying,
    calling,
    corps,
    demo,
    enrolling,
    front,
    help,
    journal,
    letters,
    papers,
    person,
    receiving,
    recommending,
    submitting,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *front.urls,  # /
    *calling.urls,  # /calls/… (public), /office/calls/… (the office's desk)
    *enrolling.urls,  # /bodies/…, /invited/…, /experts/…
    *applying.urls,  # /applications/…, /applications/<code>/…
    *corps.urls,  # /applications/<code>/corps/…
    *papers.urls,  # /applications/<code>/papers/…, /papers/<id>/…
    *recommending.urls,  # /recommending/…
    *submitting.urls,  # /applications/<code>/submit/…, /receipts/…, /verify/…
    *receiving.urls,  # /receiving/… (mailbox and paper desk)
    *letters.urls,  # /me/letters/…
    *help.urls,  # /help/…
    *journal.urls,  # /journal/…
    *person.urls,  # /me/… (my letters, preferences, tokens)
    *demo.urls,  # /demo/… (404 unless the platform is a demo)
]
