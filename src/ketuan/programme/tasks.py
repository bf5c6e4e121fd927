"""What waits for a person: one table, a line a role. Whoever builds a stage adds its tasks here."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Q, QuerySet

from ketuan.programme import calling, enrolling, receiving
from ketuan.programme.applying import listing
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Call, Mail, Recommendation

Kind = Literal["待办", "需修改", "待确认", "填写中", "已截止"]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. ``kind`` is its word of state; ``side`` the role it is done in."""

    title: str
    says: str
    url: str
    due: datetime.datetime | None = None
    kind: Kind = "待办"
    side: str = ""


Provider = Callable[[Who], Iterator[Task]]


def tasks_of(who: Who) -> tuple[Task, ...]:
    """Everything that waits for this person, the most pressing first; each once, however many roles show it."""
    found: dict[tuple[str, str], Task] = {}
    for role, provider in PROVIDERS:
        if role in who.roles():
            for task in provider(who):
                found.setdefault((task.url, task.title), task)
    never = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return tuple(sorted(found.values(), key=lambda task: (task.due is None, task.due or never)))


def editor(who: Who) -> Iterator[Task]:
    """Applications that the makers have in hand, and the call that may be answered."""
    mine = list(_applications(who, "editor"))
    for application in (one for one in mine if one.state == Application.State.DRAFT):
        due = application.call.deadline_at
        title, url = _named(application), f"/applications/{application.code}/"
        if application.returned_reason:
            yield Task(
                f"修改《{title}》", f"审核人退回：{application.returned_reason[:60]}", url, due, "需修改", "学会经办人"
            )
        else:
            yield Task(f"继续填写《{title}》", "填好后请求推荐，再送审核人。", url, due, "填写中", "学会经办人")
    begun = {application.call_id for application in mine}
    for call in _open_calls():
        if call.pk not in begun:
            title, says = f"申报《{call.title}》", "新建申报书，几个人可以一起写。"
            yield Task(title, says, "/applications/", call.deadline_at, "待办", "学会经办人")


def checker(who: Who) -> Iterator[Task]:
    """Applications that wait for the second pair of eyes."""
    for application in _applications(who, "checker").filter(state=Application.State.CHECKING):
        says = "经办人已送审。核对后提交，或退回修改。"
        url = f"/applications/{application.code}/submit/"
        yield Task(f"审核《{_named(application)}》", says, url, application.call.deadline_at, "待办", "学会审核人")


def provincial(who: Who) -> Iterator[Task]:
    """Applications whose society asks for consent."""
    asked = Recommendation.objects.filter(
        province__in=who.bodies("provincial"), state=Recommendation.State.ASKED
    ).select_related("application__society", "application__call")
    for one in asked.order_by("asked_at"):
        title, society = _named(one.application), one.application.society.name
        yield Task(
            f"对《{title}》出具意见",
            f"{society}请求推荐。",
            f"/recommending/{one.pk}/",
            one.application.call.deadline_at,
            "待办",
            "省级科协",
        )


def officer(who: Who) -> Iterator[Task]:
    """Calls that are being made, and bodies and people that wait for approval."""
    for call in Call.objects.filter(seen("call_draft", who), state=Call.State.DRAFT).order_by("code"):
        against = calling.against(call)
        says = f"发布前还有 {len(against)} 处要处理。" if against else "检查都通过了，可以发布。"
        yield Task(f"编制《{call.title}》", says, f"/office/calls/{call.code}/", None, "填写中", "项目办")
    unclear = receiving.counts(who=who).get(Mail.State.UNCLEAR, 0)
    if unclear:
        says = "平台认不出单位或材料，请核对后受理或答复。"
        yield Task(f"处理 {unclear} 封来信", says, f"/receiving/?state={Mail.State.UNCLEAR}", None, "待确认", "收件")
    yield from approvals(who)


def approvals(who: Who) -> Iterator[Task]:
    """Bodies and roles that wait for this person's approval."""
    bodies, roles = enrolling.asked_bodies(who=who).count(), enrolling.asked_roles(who=who).count()
    if bodies:
        yield Task(
            f"批准 {bodies} 个单位的注册",
            "核对单位名称和代码后批准，或说明理由不批准。",
            APPROVALS,
            None,
            "待办",
            "单位管理",
        )
    if roles:
        yield Task(f"批准 {roles} 个人的角色", "核对是不是本单位的人。", APPROVALS, None, "待办", "单位管理")


def administrator(who: Who) -> Iterator[Task]:
    """What the platform itself needs."""
    for call in Call.objects.filter(state=Call.State.PUBLISHED).select_related("current").order_by("code"):
        if call.current is not None and not calling.intact(call.current):
            says = f"第 {call.current.number} 版的内容与发布时的校验值不一致，平台已停止使用它。请从备份恢复。"
            yield Task(
                f"核对《{call.title}》",
                says,
                f"/calls/{call.code}/versions/{call.current.number}/",
                None,
                "需修改",
                "管理员",
            )


APPROVALS = "/bodies/asked/"
PROVIDERS: tuple[tuple[str, Provider], ...] = (
    ("editor", editor),
    ("checker", checker),
    ("checker", approvals),
    ("provincial", provincial),
    ("provincial", approvals),
    ("municipal", approvals),
    ("officer", officer),
    ("administrator", administrator),
)
"""Role → what waits for those who hold it; a role may have several lines."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a role works when nothing waits."""

    title: str
    says: str
    url: str
    sign: str


DOORS: tuple[tuple[str, Door], ...] = (
    ("editor", Door("我们的申报书", "填写、组团、请求推荐、送审", "/applications/", "file")),
    ("checker", Door("我们的申报书", "核对、提交、回执", "/applications/", "file")),
    ("provincial", Door("推荐", "请求推荐的申报书和推荐函", "/recommending/", "stamp")),
    ("officer", Door("编制通知", "数字、日期、检查、演练、发布", "/office/calls/", "clause")),
    ("officer", Door("收件", "邮件报送和纸质材料", "/receiving/", "mail")),
    ("auditor", Door("日志", "查阅和核验日志链", "/journal/", "list")),
    ("person", Door("申报通知", "条款、日期、下载", "/calls/", "calendar")),
)
"""Role → its desks."""


def doors_of(who: Who) -> tuple[Door, ...]:
    """The desks of this person, each once."""
    roles = who.roles()
    return tuple(dict.fromkeys(door for role, door in DOORS if role in roles))


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that opens a list."""

    label: str
    value: int
    url: str


def counts_of(who: Who) -> tuple[Sum, ...]:
    """How many applications this person sees, by state; () for those who see none."""
    if not {"editor", "checker", "provincial", "officer"} & who.roles():
        return ()
    states = Application.State
    sums = listing(who=who).aggregate(
        all=Count("pk", distinct=True),
        draft=Count("pk", distinct=True, filter=Q(state__in=(states.DRAFT, states.CHECKING))),
        submitted=Count("pk", distinct=True, filter=Q(state=states.SUBMITTED)),
    )
    labels = (("全部申报书", "all"), ("还没有提交", "draft"), ("已提交", "submitted"))
    return tuple(Sum(label, sums[key], "/applications/") for label, key in labels)


def _applications(who: Who, role: str) -> QuerySet[Application]:
    rows = Application.objects.filter(society__in=who.bodies(role)).exclude(state=Application.State.WITHDRAWN)
    return rows.select_related("call", "society").order_by("code")


def _named(application: Application) -> str:
    return application.title or application.code


def _open_calls() -> Iterator[Call]:
    now = clock.now()
    rows = Call.objects.filter(state=Call.State.PUBLISHED, deadline_at__gte=now).order_by("deadline_at")
    return (call for call in rows if call.opens_at is None or call.opens_at <= now)
