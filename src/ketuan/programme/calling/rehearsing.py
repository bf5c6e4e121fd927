"""A rehearsal: a made-up applicant goes through the draft's rules in memory; nothing is kept but that it happened."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction

from ketuan.documents.writing import write_docx
from ketuan.forms.application import Application as Form
from ketuan.forms.paper import Node, Paper
from ketuan.forms.remarks import Reading
from ketuan.programme.calling import made_up
from ketuan.programme.calling.drafting import _locked
from ketuan.programme.calling.publishing import rules_of_draft
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Call
from ketuan.rules import call as rules
from ketuan.rules.checking import check
from ketuan.rules.findings import Finding


@dataclass(frozen=True, slots=True)
class Limit:
    """A field of the form that the call bounds."""

    place: str
    limit: int
    unit: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A finding with its place in words."""

    finding: Finding
    place: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    title: str
    applicant: str
    findings: tuple[Said, ...]
    """Of the applicant that keeps everything; there should be none that blocks."""
    checked: tuple[str, ...]
    """What was looked at without a finding."""
    slips: tuple[str, ...]
    caught: tuple[Said, ...]
    """Of the same applicant with common slips."""
    limits: tuple[Limit, ...]
    choices: tuple[Limit, ...]
    deadline: str
    days: int
    blank_size: int
    paper: Paper
    at: datetime.datetime


def rehearse(call: Call, *, who: Who) -> Rehearsal:
    """Run the made-up applicant against the draft. NotReady where the draft makes no call."""
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.rehearse", who, call)
        done = rehearsal_of(rules_of_draft(call))
        call.rehearsed_at = clock.now()
        call.save(update_fields=["rehearsed_at"])
        told = {"findings": len(done.findings), "caught": len(done.caught), "revision": call.draft_revision}
        record(who, holding, "calling.rehearse", call, "演练申报通知", data=told, call=call)
    return done


def rehearsal_of(rule: rules.Call) -> Rehearsal:
    """What a society would see under these rules."""
    form, roster = made_up.applicant(rule)
    findings = check(Reading(form), rule, roster=roster)
    said = {finding.rule for finding in findings}
    wrong, few = made_up.careless(rule)
    caught = check(Reading(wrong), rule, roster=few)
    deadline = clock.end_of(rule.submission.deadline.value)
    limits = tuple(
        Limit(rule.paper.place(path), entry.value, _unit(rule.paper.nodes.get(path)))
        for path, entry in rule.form.limits.items()
    )
    choices = tuple(
        Limit(rule.paper.nodes[path].spec.label, len(entry.value), "项", entry.value)
        for path, entry in rule.form.choices.items()
    )
    return Rehearsal(
        form.cover.title,
        form.society.name,
        tuple(Said(one, rule.paper.place(one.path)) for one in findings),
        made_up.quiet(said),
        made_up.SLIPS,
        tuple(Said(one, rule.paper.place(one.path)) for one in caught),
        limits,
        choices,
        f"{deadline:%Y年%-m月%-d日}（{'一二三四五六日'[deadline.weekday()]}）{deadline:%H:%M:%S}，北京时间",
        (deadline.date() - clock.today()).days,
        len(blank_form(rule)),
        rule.paper,
        clock.now(),
    )


def _unit(node: Node | None) -> str:
    return "行" if node is not None and node.children else "字"


def blank_form(rule: rules.Call) -> bytes:
    """The official form of the call, empty but for the number that is printed on it (.docx)."""
    blank = Form.model_validate({"cover": {"call_code": rule.project.code.value}})
    return write_docx(blank, edition=rule.edition())
