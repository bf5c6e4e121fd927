"""Publishing a call: what is still missing, the first version, corrections and extensions. A version is never changed."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ketuan.journal import outbox
from ketuan.programme.calling import content
from ketuan.programme.calling.drafting import _locked, _source
from ketuan.programme.errors import Invalid, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Call, CallVersion, Organisation, Role, User
from ketuan.rules import call as rules
from ketuan.rules import publishing
from ketuan.rules.checks.case import spoken

LEAST_NOTICE = 10
"""Fewest characters of a public notice: one that says nothing is none."""


def checklist_of(call: Call) -> tuple[publishing.Item, ...]:
    """Every entry of the draft: what is set, what is missing or makes no sense, and why it matters."""
    return publishing.checklist(draft_of(call), today=clock.today(), base=_base(call))


def items_of(rule: rules.Call) -> tuple[publishing.Item, ...]:
    """Every entry of a published call, for those who read it."""
    return publishing.checklist(rule)


def draft_of(call: Call) -> rules.Call | dict[str, Any]:
    """The draft as the rules read it; its tables where they make no call."""
    try:
        return rules.call_from(call.draft)
    except rules.CallError:
        about = {**call.draft.get("call", {})}
        with contextlib.suppress(ValueError):
            about["issued"] = datetime.date.fromisoformat(about.get("issued") or "")
        return {**call.draft, "call": about}


def rules_of_draft(call: Call) -> rules.Call:
    """NotReady where the draft makes no call."""
    held = draft_of(call)
    if isinstance(held, rules.Call):
        return held
    raise NotReady("通知的内容还不完整，请先按发布前检查逐项补齐。")


def against(call: Call) -> tuple[str, ...]:
    """Why the draft cannot be published yet; () where nothing stands in its way."""
    items = checklist_of(call)
    wrong = [
        f"{item.label}：{publishing.STATES[item.state]}。{''.join(item.hints)}"
        for item in items
        if item.state in ("missing", "wrong")
    ]
    named = {item.path: item.label for item in items}
    named |= {f"clauses.{clause}": f"条款 {clause}" for clause in call.draft.get("clauses", {})}
    unsure = [f"{named.get(path, path)}：待确认。由平台按年份推算，请打开这一页核对后保存。" for path in call.suggested]
    if not (call.contact or {}).get("mailbox"):
        wrong.append("报送邮箱：还没有写。学会要知道申报书和问题发到哪里。")
    return (*wrong, *unsure)


def changes_of(call: Call) -> tuple[publishing.Change, ...]:
    """What the draft would change against the published version."""
    return publishing.changes(content.rules_of(call), rules_of_draft(call)) if call.current else ()


def changes_between(call: Call, number: int) -> tuple[publishing.Change, ...]:
    """What a version changed against the one before it; () for the first."""
    if number <= 1:
        return ()
    older, newer = content.version_of(call, number - 1), content.version_of(call, number)
    return publishing.changes(content.rules_of_version(older), content.rules_of_version(newer))


def publish(call: Call, *, who: Who, opens: datetime.date | None = None) -> CallVersion:
    """Freeze the draft as version 1, open the call, write to the societies. NotReady with what is missing or wrong."""
    holding = permit("calling.publish", who, call)
    if opens is not None and opens > rules_of_draft(call).submission.deadline.value:
        raise Invalid({"opens": "开始接收的日子晚于申报截止日，请核对。"})
    with transaction.atomic():
        call = _locked(call)
        permit("calling.publish", who, call)
        if reasons := against(call):
            raise NotReady(
                f"还不能发布，有 {len(reasons)} 处要先处理："
                + "；".join(reason.rstrip("。") for reason in reasons)
                + "。"
            )
        now = clock.now()
        call.opens_at = now if opens is None or opens <= now.date() else clock.start_of(opens)
        version = _freeze(call, 1, "first", "", who)
        call.state = Call.State.PUBLISHED
        call.save()
        record(who, holding, "calling.publish", call, f"发布《{call.title}》", data=_data(version), call=call)
        _write("call_published", call, version, "申报通知已经发布。")
    return version


def correct(call: Call, notice: str, *, who: Who) -> CallVersion:
    """Publish the changed draft as the next version, with its public notice.

    Invalid without a notice; NotReady where the draft changes nothing or is not fit to be published.
    """
    notice = _notice(notice)
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.correct", who, call)
        if not changes_of(call):
            raise NotReady("内容和现行版本一样，没有要更正的。请先修改，再发布更正。")
        if reasons := _against_correction(call):
            raise NotReady("还不能发布更正：" + "；".join(reason.rstrip("。") for reason in reasons) + "。")
        version = _freeze(call, _next(call), "correction", notice, who)
        call.save()
        says = f"更正《{call.title}》，第 {version.number} 版"
        record(who, holding, "calling.correct", call, says, data=_data(version), call=call)
        _write("call_corrected", call, version, notice)
    return version


def extend(call: Call, day: datetime.date | None, notice: str, *, who: Who) -> CallVersion:
    """Move the deadline to a later day: a version that changes nothing else, with its public notice.

    Invalid for no day or one that is not later, is past, or lies behind the completion date, and without a notice.
    """
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.extend", who, call)
        wrong = _against_day(call, day)
        try:
            notice = _notice(notice)
        except Invalid as short:
            wrong |= short.errors
        if wrong or day is None:
            raise Invalid(wrong)
        assert call.current is not None
        pending = call.draft
        call.draft = _with_deadline(call.current.content, day)
        version = _freeze(call, _next(call), "extension", notice, who)
        call.draft = _with_deadline(pending, day)
        call.draft_revision += 1
        call.save()
        says = f"延长申报期限到{spoken(day)}，第 {version.number} 版"
        record(who, holding, "calling.extend", call, says, data=_data(version), call=call)
        _write("call_extended", call, version, notice)
    return version


def _against_day(call: Call, day: datetime.date | None) -> dict[str, str]:
    now = content.rules_of(call)
    if day is None:
        return {"day": "请选新的截止日。"}
    if day <= now.submission.deadline.value:
        return {"day": f"要晚于现在的截止日{spoken(now.submission.deadline.value)}。"}
    if day < clock.today():
        return {"day": "这一天已经过去，请另选一天。"}
    if day >= now.project.completion.value:
        return {"day": f"要早于完成期限{spoken(now.project.completion.value)}。"}
    return {}


def _freeze(call: Call, number: int, kind: str, notice: str, who: Who) -> CallVersion:
    """The draft as a new row; the call points at it and takes its deadline."""
    loaded = rules_of_draft(call)
    assert who.user_id is not None
    version = CallVersion.objects.create(
        call=call,
        number=number,
        content=call.draft,
        sha256=content.hash_of(call.draft),
        kind=kind,
        notice=notice,
        published_at=clock.now(),
        published_by_id=who.user_id,
    )
    call.current = version
    call.title = loaded.about.title[:120]
    call.deadline_at = clock.end_of(loaded.submission.deadline.value)
    return version


def _with_deadline(raw: dict[str, Any], day: datetime.date) -> dict[str, Any]:
    submission = raw["submission"]
    return {**raw, "submission": {**submission, "deadline": {**submission["deadline"], "value": day.isoformat()}}}


def _against_correction(call: Call) -> list[str]:
    """As before the first publication, but a deadline that is past may stay as it is."""
    before = content.rules_of(call).submission.deadline.value
    same = rules_of_draft(call).submission.deadline.value == before
    items = publishing.checklist(rules_of_draft(call), today=None if same else clock.today())
    return [f"{item.label}：{''.join(item.hints)}" for item in items if item.state in ("missing", "wrong")]


def _notice(text: str) -> str:
    text = text.strip()
    if len(text) < LEAST_NOTICE:
        raise Invalid(
            {
                "notice": f"请写明改了什么、为什么改，不少于 {LEAST_NOTICE} 个字。学会会收到这段话，公开页上也一直看得到。"
            }
        )
    return text[:2000]


def _next(call: Call) -> int:
    return 1 + (call.versions.order_by("-number").values_list("number", flat=True).first() or 0)


def _base(call: Call) -> rules.Call | None:
    if not call.made_from:
        return None
    try:
        return rules.call_from(_source(call.made_from)[0])
    except (Invalid, rules.CallError):
        return None


def _data(version: CallVersion) -> dict[str, Any]:
    return {"version": version.number, "kind": version.kind, "sha256": version.sha256, "notice": version.notice}


def _write(kind: str, call: Call, version: CallVersion, notice: str) -> None:
    """To everybody who acts for a society; and the reminders before the deadline, which may have moved."""
    from ketuan.programme.submitting.reminding import plan_reminders  # a later stage, which itself reads calls

    assert call.deadline_at is not None
    if call.state == Call.State.PUBLISHED:
        plan_reminders(call)
    outbox.letter(
        kind,
        society_people(),
        key=f"{kind}:{call.pk}:{version.number}",
        link=f"/calls/{call.code}/",
        call=call.title,
        deadline=f"{call.deadline_at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}",
        notice=notice,
        version=version.number,
    )


def how_many_told() -> int:
    """How many people get the letter."""
    return len(society_people())


def society_people() -> Sequence[User]:
    return list(
        User.objects.filter(
            is_active=True,
            roles__state=Role.State.ACTIVE,
            roles__kind__in=(Role.Kind.EDITOR, Role.Kind.CHECKER),
            roles__organisation__kind=Organisation.Kind.SOCIETY,
            roles__organisation__state=Organisation.State.ACTIVE,
        ).distinct()
    )
