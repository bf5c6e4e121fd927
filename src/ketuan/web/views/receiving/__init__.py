"""Pages of receiving: the mailbox of the call, and paper by post."""

from __future__ import annotations

from django.urls import URLPattern, path

from ketuan.web.views.receiving.letter import answer, aside, decide, letter, list_pdf
from ketuan.web.views.receiving.letters import drop, letters
from ketuan.web.views.receiving.own import own
from ketuan.web.views.receiving.paper import bag, find, mend, paper

urls: list[URLPattern] = [
    path("receiving/", letters, name="receiving"),
    path("receiving/drop/", drop, name="receiving_drop"),
    path("receiving/mail/<int:pk>/", letter, name="receiving_mail"),
    path("receiving/mail/<int:pk>/decide/", decide, name="receiving_decide"),
    path("receiving/mail/<int:pk>/answer/", answer, name="receiving_answer"),
    path("receiving/mail/<int:pk>/aside/", aside, name="receiving_aside"),
    path("receiving/mail/<int:pk>/list.pdf", list_pdf, name="receiving_list"),
    path("receiving/paper/", paper, name="receiving_paper"),
    path("receiving/paper/find/", find, name="receiving_find"),
    path("receiving/paper/<slug:code>/", bag, name="receiving_bag"),
    path("receiving/paper/<slug:code>/<int:pk>/", mend, name="receiving_mend"),
    path("receiving/of/<slug:code>/", own, name="receiving_of"),
]
