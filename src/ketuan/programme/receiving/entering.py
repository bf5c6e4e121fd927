"""Writing down a bag that came by post, and telling the society how it stands."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace

from django.db import transaction

from ketuan.journal.entries import canonical
from ketuan.journal.outbox import letter
from ketuan.programme import applying, calling
from ketuan.programme.addressees import society_people
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.receiving.bags import Bag, Printed, agrees, judge, tidied
from ketuan.programme.who import Holding, Who
from ketuan.records import clock
from ketuan.records.models import Application, Dispatch, Version

MOST_TOLD = 5
MOST_COUNTED = 99


def enter_bag(application: Application, bag: Bag, *, who: Who) -> Dispatch:
    """Write down a bag of an application that was submitted. Invalid, by field, for what cannot be."""
    with transaction.atomic():
        application = locked(application)
        holding = permit("receiving.enter_bag", who, application)
        return _written(Dispatch(application=application), application, bag, "receiving.enter_bag", holding, who)


def mend_bag(dispatch: Dispatch, bag: Bag, *, who: Who) -> Dispatch:
    """Put right what was written down of a bag; the society is told again where the result changes."""
    with transaction.atomic():
        application = locked(dispatch.application)
        holding = permit("receiving.mend_bag", who, application)
        dispatch = Dispatch.objects.get(pk=dispatch.pk)
        return _written(dispatch, application, bag, "receiving.mend_bag", holding, who)


def versions_on_paper(application: Application, code: str = "") -> list[Printed]:
    """Versions, newest first; of the one with ``code`` also what the submitted one has otherwise."""
    current = application.submitted.version if application.submitted else None
    printed = []
    for version in applying.history(application):
        changed = ""
        if current is not None and code == version.short_code != current.short_code:
            changed = _changed(application, version, current)
        printed.append(
            Printed(version.number, version.short_code, current is not None and version.pk == current.pk, changed)
        )
    return sorted(printed, key=lambda one: not one.submitted)


def last_day(application: Application) -> datetime.date:
    """The last day for the post: the deadline, or the end of a late permit in force."""
    ends = [application.call.deadline_at] if application.call.deadline_at else []
    ends += [one.until for one in application.late_permits.all() if one.withdrawn_at is None]
    if not ends:
        return calling.rules_of(application.call).submission.deadline.value
    return max(ends).astimezone(clock.CHINA).date()


def _written(dispatch: Dispatch, application: Application, bag: Bag, verb: str, holding: Holding, who: Who) -> Dispatch:
    bag = replace(bag, short_code=tidied(bag.short_code))
    _sound(bag)
    versions = versions_on_paper(application, bag.short_code)
    findings = judge(bag, calling.rules_of(application.call), last_day(application), versions)
    before = dispatch.pk and {name: getattr(dispatch, name) for name in asdict(bag)}
    for name, value in asdict(bag).items():
        setattr(dispatch, name, value)
    dispatch.agrees = agrees(bag.short_code, versions)
    dispatch.findings = [asdict(one) for one in findings]
    dispatch.entered_by_id, dispatch.entered_at = who.user_id, clock.now()
    dispatch.save()
    record(
        who,
        holding,
        verb,
        dispatch,
        "登记纸质材料："
        + (f"{len(findings)} 处问题" if findings else "没有问题" if bag.received_at else "已寄出，未收到"),
        data={"before": before or {}, "after": asdict(bag), "agrees": dispatch.agrees},
        application=application,
    )
    _tell(dispatch, application, [one.message for one in findings])
    return dispatch


def _sound(bag: Bag) -> None:
    wrong = {}
    today = clock.today()
    if bag.sent_on is None:
        wrong["sent_on"] = "请写寄出日期，看快递单或邮戳。"
    elif bag.sent_on > today:
        wrong["sent_on"] = "寄出日期还没有到，请核对。"
    if bag.received_at is not None and bag.received_at > clock.now():
        wrong["received_at"] = "收到时间还没有到，请核对。"
    elif bag.received_at and bag.sent_on and not wrong and bag.received_at.astimezone(clock.CHINA).date() < bag.sent_on:
        wrong["received_at"] = "收到时间早于寄出日期，请核对。"
    for name, count in (("originals", bag.originals), ("copies", bag.copies)):
        if count is not None and not 0 <= count <= MOST_COUNTED:
            wrong[name] = f"请写 0 到 {MOST_COUNTED} 之间的份数。"
        elif count is None and bag.received_at is not None:
            wrong[name] = "收到以后请点清份数，没有写 0。"
    for name, text, most in (("carrier", bag.carrier, 40), ("tracking", bag.tracking, 60), ("note", bag.note, 200)):
        if len(text) > most:
            wrong[name] = f"最多 {most} 字。"
    if bag.short_code and len(bag.short_code) != 9:
        wrong["short_code"] = "短码是八位字母和数字，印在每页下方，例如 K7MP-2Q9D。"
    if wrong:
        raise Invalid(wrong)


def _tell(dispatch: Dispatch, application: Application, messages: Sequence[str]) -> None:
    """Once for the same result; nothing while the bag is on its way."""
    if dispatch.received_at is None:
        return
    mark = hashlib.sha256(canonical([dispatch.received_at, *messages])).hexdigest()[:16]
    kind = "bag_problem" if messages else "bag_received"
    letter(
        kind,
        society_people(application.society_id),
        key=f"{kind}:{dispatch.pk}:{mark}",
        link=f"/receiving/of/{application.code}/",
        title=application.title or application.code,
        at=f"{dispatch.received_at.astimezone(clock.CHINA):%Y年%-m月%-d日}",
        problems="".join(messages),
    )


def _changed(application: Application, before: Version, after: Version) -> str:
    """Places that differ, in the order of the paper."""
    found = applying.changes_between(application, before, after)
    places = list(dict.fromkeys(one.place for one in found))
    more = f"等 {len(places)} 处" if len(places) > MOST_TOLD else ""
    return "、".join(places[:MOST_TOLD]) + more
