"""What still stands between an application and its receipt: one structure for the page, the verbs and the API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ketuan.programme import applying, calling, recommending
from ketuan.programme.applying import Asked
from ketuan.programme.who import Who
from ketuan.records.models import Application, Paper, Recommendation, Role, SupplierRegistration
from ketuan.rules.findings import Finding

_KINDS = (("推荐", "consent"), ("难题|问题", "problems"), ("扫描|签字|盖章", "scan"), ("申报书", "form"))
"""A word in the name of a paper of the call → what on the platform stands for it; first found first."""


@dataclass(frozen=True, slots=True)
class PaperState:
    """One of the papers that the call asks for."""

    name: str
    kind: str
    """consent, problems, scan, form, or other."""
    present: bool
    note: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment of the call, and who gave it."""

    number: str
    text: str
    name: str = ""
    at: str = ""
    wording: str = ""

    @property
    def given(self) -> bool:
        return bool(self.name)


@dataclass(frozen=True, slots=True)
class Readiness:
    """``text_ready``: it may go to the checker. ``ready``: it may be submitted."""

    blocking: tuple[Finding, ...]
    asked: tuple[Asked, ...]
    notes: tuple[Finding, ...]
    papers: tuple[PaperState, ...]
    consent: Recommendation | None
    pending: Recommendation | None
    changed: tuple[recommending.Changed, ...]
    commitments: tuple[Promise, ...]
    supplier: str
    supplier_done: bool
    checkers: tuple[str, ...]
    """Other people than the maker who may submit."""
    clauses: tuple[str, str]
    """Of the papers and of the commitments."""

    consent_text_changed: bool = False
    """The form as it stands is not, word for word, the version that the province consented to."""

    @property
    def unanswered(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if not one.answered)

    @property
    def text_ready(self) -> bool:
        return not self.blocking and not self.unanswered

    @property
    def missing_papers(self) -> tuple[PaperState, ...]:
        return tuple(one for one in self.papers if not one.present)

    @property
    def ungiven(self) -> tuple[Promise, ...]:
        return tuple(one for one in self.commitments if not one.given)

    @property
    def ready(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> tuple[Finding, ...]:
        """Everything that stops a submission, as findings: what, by which clause, what to do."""
        papers_clause, promise_clause = self.clauses
        return (
            *self.blocking,
            *(one.finding for one in self.unanswered),
            *(
                Finding("submitting.paper", "block", papers_clause, "", f"还没有{one.name}。", None, one.name, one.note)
                for one in self.missing_papers
            ),
            *(
                Finding("submitting.commitment", "block", promise_clause, "", f"还没有承诺：{one.text}。")
                for one in self.ungiven
            ),
        )


def readiness(application: Application, *, who: Who) -> Readiness:
    """What is there and what is missing now, as this person may see it. Nothing of it is stored before a submission."""
    rules = calling.rules_of(application.call)
    consent, pending = recommending.in_force(application), recommending.pending(application)
    if consent is not None:
        consent.application = application
    changed = recommending.changed(consent) if consent else ()
    since = recommending.since(consent, changed) if consent else None
    judged = applying.asked_by(application, who=who, since=since)
    return Readiness(
        blocking=tuple(one.finding for one in judged if one.finding.weight == "block"),
        asked=tuple(one for one in judged if one.finding.weight == "warn"),
        notes=tuple(one.finding for one in judged if one.finding.weight in ("note", "pending")),
        papers=_papers(application, rules.submission.papers.value, consent),
        consent=consent,
        pending=pending,
        changed=changed,
        commitments=_promises(application, rules.applicant.commitments.value),
        **_society(application),
        clauses=(rules.submission.papers.clause, rules.applicant.commitments.clause),
        consent_text_changed=bool(consent and recommending.other_text(consent, application.form)),
    )


def _papers(application: Application, names: tuple[str, ...], consent: Recommendation | None) -> tuple[PaperState, ...]:
    made_here = Recommendation.objects.filter(application=application).exclude(letter=None).values("letter")
    # a letter made here counts as long as its consent does (``consent``), not because it still lies among the papers
    held = list(application.papers.filter(removed_at=None).exclude(pk__in=made_here).values("kind", "name", "note"))
    uploaded = {kind: [p["name"] for p in held if p["kind"] == kind] for kind in Paper.Kind.values}
    letters, scans = uploaded[Paper.Kind.CONSENT_LETTER], uploaded[Paper.Kind.SIGNED_SCAN]
    problems = len(applying.without_blank_rows(application).form.get("problems") or ())
    states = {
        "form": (True, "就是本平台上的申报书，提交时锁定"),
        "consent": (
            consent is not None or bool(letters),
            f"{consent.province}已在线同意，文号{consent.number}"
            if consent
            else "、".join(letters) or "请在线请求推荐，或上传盖章的推荐材料",
        ),
        "problems": (problems > 0, f"申报书里有{problems}张" if problems else "请在申报书附件里填写难题问题基本情况表"),
        "scan": (bool(scans), "、".join(scans) or "请打印申报书，签字盖章后扫描上传"),
    }
    found = []
    for name in names:
        kind = next((kind for word, kind in _KINDS if re.search(word, name)), "other")
        proofs = [p["name"] for p in held if p["note"] == name]
        present, note = states.get(kind, (bool(proofs), "、".join(proofs) or f"请上传，说明里写“{name}”"))
        found.append(PaperState(name, kind, present, note))
    return tuple(found)


def _promises(application: Application, texts: tuple[str, ...]) -> tuple[Promise, ...]:
    """A commitment counts only for the words it was given to."""
    found = []
    for number, text in enumerate(texts, 1):
        held = application.commitments.get(str(number)) or {}
        given = held if held.get("text") == text else {}
        found.append(Promise(str(number), text, given.get("name", ""), given.get("at", ""), given.get("wording", "")))
    return tuple(found)


def _society(application: Application) -> dict[str, Any]:
    supplier = SupplierRegistration.objects.filter(organisation=application.society_id).first()
    checkers = Role.objects.filter(
        organisation=application.society_id, kind=Role.Kind.CHECKER, state=Role.State.ACTIVE, user__is_active=True
    ).exclude(user=application.sent_by_id or 0)
    return {
        "supplier": supplier.get_state_display() if supplier else SupplierRegistration.State.NONE.label,
        "supplier_done": supplier is not None and supplier.state == SupplierRegistration.State.DONE,
        "checkers": tuple(checkers.values_list("user__name", flat=True).order_by("pk")),
    }
