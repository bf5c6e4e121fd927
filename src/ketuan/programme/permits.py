"""Who may do and who may see what: one table. Nothing on the platform is allowed that has no line here.

A line of :data:`DO` names a verb, what it is in words, who may (a role in a relation to the thing), and conditions that
hold for everybody. A line of :data:`SEE` names a kind of thing and which of them each role sees; what one does not see
does not exist for them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from ketuan.programme.errors import Refused
from ketuan.programme.who import Holding, Who
from ketuan.records import clock
from ketuan.records.models import Application, Call

Relation = Callable[[Holding, Any], bool]
Condition = Callable[[Any], str]
"""An empty text where the condition holds, else the sentence that says why not and what to do."""

Apart = Callable[[Who, Any], str]
"""The same, of the person and the thing."""


@dataclass(frozen=True, slots=True)
class Grant:
    role: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Permit:
    verb: str
    says: str
    grants: tuple[Grant, ...]
    conditions: tuple[Condition, ...] = ()
    apart: tuple[Apart, ...] = ()
    """What stands in the way of this person, whatever role allows it: nobody decides in their own cause."""


# ---- relations -------------------------------------------------------------------------------------------------------


def anything(_holding: Holding, _subject: Any) -> bool:
    return True


def own_body(holding: Holding, subject: Any) -> bool:
    """The thing is the body itself or belongs to it."""
    return bool(holding.organisation_id == getattr(subject, "organisation_id", subject.pk))


def below_own_body(holding: Holding, subject: Any) -> bool:
    """The body is approved by the body acted for."""
    return holding.organisation_id is not None and holding.organisation_id == subject.parent_id


def own_society(holding: Holding, application: Application) -> bool:
    return holding.organisation_id == application.society_id


def asking_society(holding: Holding, recommendation: Any) -> bool:
    return bool(holding.organisation_id == recommendation.application.society_id)


def own_corps(holding: Holding, application: Application) -> bool:
    return holding.application_id == application.pk


def asked_province(holding: Holding, subject: Any) -> bool:
    return holding.organisation_id is not None and holding.organisation_id == subject.province_id


def decides_body(holding: Holding, organisation: Any) -> bool:
    from ketuan.programme.enrolling import deciding  # reason: the stage imports this table

    return deciding.decides_body(holding, organisation)


def decides_role(holding: Holding, role: Any) -> bool:
    from ketuan.programme.enrolling import deciding  # reason: the stage imports this table

    return deciding.decides_role(holding, role)


def invites(holding: Holding, place: Any) -> bool:
    from ketuan.programme.enrolling import inviting  # reason: the stage imports this table

    return inviting.invites(holding, place)


def ends_role(holding: Holding, role: Any) -> bool:
    """The office ends all but the three separated roles, which the administrator ends; a checker those of the society."""
    from ketuan.programme.enrolling import deciding  # reason: the stage imports this table

    return deciding.ends_role(holding, role, lambda: deciding.decides_role(holding, role))


def own_or_none(holding: Holding, organisation: Any) -> bool:
    """Experts are added for the own society; whoever edits the register for nobody is the office."""
    return organisation is not None and holding.organisation_id == organisation.pk


def by(relation: Relation, *roles: str) -> tuple[Grant, ...]:
    return tuple(Grant(role, relation) for role in roles)


# ---- conditions ------------------------------------------------------------------------------------------------------


def being_written(application: Application) -> str:
    if application.state == Application.State.DRAFT:
        return ""
    return {
        Application.State.CHECKING: "申报书已送学会审核人审核，暂不能修改。需要修改时，请审核人退回，或由经办人收回。",
        Application.State.SUBMITTED: not_yet_submitted(application),
        Application.State.WITHDRAWN: "申报书已撤回，不能再修改。",
    }[Application.State(application.state)]


def not_sent(application: Application) -> str:
    """Before the submission, the checker included."""
    return "" if application.state == Application.State.CHECKING else being_written(application)


def being_checked(application: Application) -> str:
    return "" if application.state == Application.State.CHECKING else "申报书还没有送审，请经办人先送审核人审核。"


def is_submitted(application: Application) -> str:
    return "" if application.state == Application.State.SUBMITTED else "申报书还没有提交。"


def not_withdrawn(application: Application) -> str:
    return "" if application.state != Application.State.WITHDRAWN else "申报书已撤回，不能再办理。"


def not_yet_submitted(application: Application) -> str:
    if application.state != Application.State.SUBMITTED:
        return ""
    if call_is_open(application):
        return "申报书已提交，内容已锁定。申报已经截止，不能再修改。"
    return "申报书已提交，内容已锁定。截止前可先“重新修改”，改好后再次提交。"


def has_submission(application: Application) -> str:
    return "" if application.submitted_id else "申报书还没有提交过。"


def never_submitted(application: Application) -> str:
    if not application.submitted_id:
        return ""
    return "申报书已经提交过，撤回由学会审核人在“送审和提交”页办理，并写明理由。"


def is_consented(recommendation: Any) -> str:
    return "" if recommendation.state == "consented" else "这份请求没有同意推荐，不用收回。"


def not_own_society(who: Who, recommendation: Any) -> str:
    """Who writes or checks for the society does not speak for the province about it."""
    if recommendation.application.society_id not in who.bodies(*SOCIETY):
        return ""
    return "您同时是这个学会的经办人或审核人，不能对本学会的申报书出具推荐意见。请本单位另一位工作人员办理。"


def consent_not_used(recommendation: Any) -> str:
    """Once it went in with a submission, a consent is part of what was submitted."""
    held = recommendation.application.submitted
    if held is None or held.withdrawn_at is not None:
        return ""
    return "申报书已凭这份推荐提交，不能再收回。确有问题的，请联系申报学会撤回申报书，或联系项目办。"


def is_asked(recommendation: Any) -> str:
    return "" if recommendation.state == "asked" else "这份请求已经办理过了，不能再改。"


def its_call_is_open(recommendation: Any) -> str:
    """A consent that comes too late helps nobody (通知 四.2)."""
    return call_is_open(recommendation.application)


def call_is_draft(call: Call) -> str:
    if call.state == Call.State.WITHDRAWN:
        return "这份通知已经撤回，只能查看。"
    return "" if call.state == Call.State.DRAFT else "这份通知已经发布，内容已锁定。要改，请发布更正或延期。"


def call_is_published(call: Call) -> str:
    if call.state == Call.State.WITHDRAWN:
        return "这份通知已经撤回，只能查看。"
    return "" if call.state == Call.State.PUBLISHED else "这份通知还没有发布，直接修改就可以。"


def only_in_demo(_subject: Any) -> str:
    return "" if settings.KETUAN_DEMO else "只有演示平台才能改变日期。"


def call_is_open(application: Application) -> str:
    """通知 四.2: nothing is taken after the deadline, but for a late permit."""
    return late(application.call, application)


def not_accepted(mail: Any) -> str:
    return "这封邮件已经受理，回执已经发出，不能再改。" if mail is not None and mail.state == "accepted" else ""


def can_be_answered(mail: Any) -> str:
    """Machines are not answered (RFC 3834)."""
    return "这封邮件是自动发出的，不作答复。" if mail is not None and mail.automatic else ""


def late(call: Call, application: Application | None = None, *, at: datetime.datetime | None = None) -> str:
    """``at`` is the moment that counts, by default now; the deadline holds until the end of its second."""
    now = (at or clock.now()).replace(microsecond=0)
    if call.state == Call.State.WITHDRAWN:
        return "申报通知已经撤回，不再受理。详见通知页上的公告。"
    if call.state != Call.State.PUBLISHED:
        return "申报通知尚未发布，现在还不能申报。"
    if call.opens_at and now < call.opens_at:
        return f"申报从{call.opens_at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}开始，现在还没有开始。"
    if call.deadline_at is None or now <= call.deadline_at:
        return ""
    if (
        application is not None
        and application.pk
        and any(
            p.withdrawn_at is None and p.given_at.replace(microsecond=0) <= now <= p.until
            for p in application.late_permits.all()
        )
    ):
        return ""
    return (
        f"申报已于{call.deadline_at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}截止，逾期不再受理（通知 四.2）。"
        "确有特殊情况的，请联系项目办。"
    )


# ---- the table -------------------------------------------------------------------------------------------------------

SOCIETY = ("editor", "checker")
OFFICE = ("officer",)

DO: dict[str, Permit] = {
    permit.verb: permit
    for permit in (
        # calling
        Permit("calling.make", "编制申报通知", by(anything, *OFFICE)),
        Permit("calling.make_from_file", "由文件编制申报通知", by(anything, *OFFICE)),
        Permit("calling.save", "修改申报通知", by(anything, *OFFICE)),
        Permit("calling.set_contact", "修改报送与联系", by(anything, *OFFICE)),
        Permit("calling.set_registry", "换用城市名册", by(anything, *OFFICE)),
        Permit("calling.rehearse", "演练申报通知", by(anything, *OFFICE)),
        Permit("calling.publish", "发布申报通知", by(anything, *OFFICE), (call_is_draft,)),
        Permit("calling.correct", "发布更正", by(anything, *OFFICE), (call_is_published,)),
        Permit("calling.extend", "延长申报期限", by(anything, *OFFICE), (call_is_published,)),
        Permit("calling.discard", "作废通知草稿", by(anything, *OFFICE), (call_is_draft,)),
        Permit("calling.withdraw", "撤回申报通知", by(anything, *OFFICE), (call_is_published,)),
        Permit("calling.move_day", "改变演示的日期", by(anything, "public"), (only_in_demo,)),
        # enrolling
        Permit("enrolling.name_account", "登记本人姓名", by(anything, "person")),
        Permit("enrolling.sign_in", "登录", by(anything, "person")),
        Permit("enrolling.fail_to_sign_in", "尝试登录", by(anything, "public")),
        Permit("enrolling.sign_out", "退出登录", by(anything, "person")),
        Permit("enrolling.change_secret", "修改登录凭证", by(anything, "person")),
        Permit("enrolling.end_sessions", "结束登录", by(anything, "person")),
        Permit("enrolling.ask", "申请角色", by(anything, "person")),
        Permit("enrolling.propose", "登记新单位", by(anything, "person")),
        Permit(
            "enrolling.approve", "批准角色", by(decides_role, "officer", "provincial", "municipal", "owner", "checker")
        ),
        Permit(
            "enrolling.refuse", "不批准角色", by(decides_role, "officer", "provincial", "municipal", "owner", "checker")
        ),
        Permit("enrolling.approve_body", "批准单位", by(decides_body, "officer", "provincial", "municipal", "owner")),
        Permit("enrolling.refuse_body", "不批准单位", by(decides_body, "officer", "provincial", "municipal", "owner")),
        Permit(
            "enrolling.end_role",
            "结束他人的角色",
            by(ends_role, "officer", "administrator", "provincial", "municipal", "owner", "checker"),
        ),
        Permit("enrolling.leave", "离开单位", by(anything, "person")),
        Permit(
            "enrolling.edit_body",
            "修改单位信息",
            (
                *by(anything, *OFFICE),
                *by(own_body, *SOCIETY, "provincial", "municipal", "owner", "screener", "supervisor"),
            ),
        ),
        Permit("enrolling.load_registries", "载入名录", by(anything, *OFFICE, "administrator")),
        Permit(
            "enrolling.invite",
            "邀请他人担任这个角色",
            by(invites, "administrator", "officer", "provincial", "municipal", "owner", "checker"),
        ),
        Permit(
            "enrolling.withdraw_invitation",
            "作废邀请",
            by(invites, "administrator", "officer", "provincial", "municipal", "owner", "checker"),
        ),
        Permit("enrolling.accept_invitation", "接受邀请", by(anything, "person")),
        Permit("enrolling.match_or_create", "专家入库", (*by(anything, *OFFICE), *by(own_or_none, *SOCIETY))),
        Permit("enrolling.unmask_expert", "查看专家的个人信息", by(anything, *OFFICE)),
        Permit("enrolling.merge_experts", "合并专家记录", by(anything, *OFFICE)),
        Permit("enrolling.correct_own", "更正本人信息", by(anything, "person")),
        Permit("enrolling.give_consent", "同意本人信息入库", by(anything, "person")),
        Permit("enrolling.withdraw_consent", "撤回同意", by(anything, "person")),
        Permit("enrolling.make_token", "新建程序密钥", by(anything, "person")),
        Permit("enrolling.revoke_token", "停用程序密钥", by(anything, "person")),
        Permit("enrolling.save_supplier", "登记供应商注册", by(own_body, *SOCIETY)),
        Permit("enrolling.attach_proof", "上传供应商注册证明", by(own_body, *SOCIETY)),
        Permit("enrolling.remind_suppliers", "提醒办理供应商注册", by(anything, *OFFICE)),
        Permit("enrolling.make_administrator", "设立系统管理员", ()),
        # applying
        Permit("applying.start", "新建申报书", by(own_body, *SOCIETY)),
        Permit("applying.save", "填写申报书", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.give_reason", "说明理由", by(own_society, *SOCIETY), (not_sent, call_is_open)),
        Permit("applying.restore", "恢复旧版本", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.read_form", "上传 Word 申报书", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.import_form", "导入 Word 申报书", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.add_member", "增加团员", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.add_members", "从名册导入团员", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.change_member", "修改团内身份", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.remove_member", "移出团员", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.invite_member", "邀请团员", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.answer_invitation", "答复参加服务团的邀请", by(anything, "public")),
        Permit("applying.choose_printed", "选定主要参加人员", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("applying.export_roster", "导出团员名册", by(own_society, *SOCIETY)),
        Permit("applying.add_paper", "上传附件", by(own_society, *SOCIETY), (not_sent, call_is_open)),
        Permit("applying.remove_paper", "移除附件", by(own_society, *SOCIETY), (not_sent, call_is_open)),
        Permit("corresponding.wish", "修改通知接收方式", by(anything, "person")),
        # auditing: the auditor reads the journal and nothing else (三员分立)
        Permit("auditing.journal", "查阅日志", by(anything, "auditor")),
        Permit("auditing.unmask", "查看日志中的个人信息", by(anything, "auditor")),
        Permit("auditing.verify", "核验日志链", by(anything, "auditor")),
        Permit("auditing.erase", "删除日志中的个人信息", by(anything, "administrator")),
        Permit(
            "applying.withdraw",
            "撤回申报书",
            by(own_society, *SOCIETY),
            (not_withdrawn, never_submitted, call_is_open),
        ),
        # recommending
        Permit(
            "recommending.ask",
            "请省级科协出具推荐意见",
            by(own_society, *SOCIETY),
            (not_withdrawn, not_yet_submitted, call_is_open),
        ),
        Permit("recommending.take_back", "收回推荐请求", by(asking_society, *SOCIETY), (is_asked, its_call_is_open)),
        Permit(
            "recommending.consent",
            "同意推荐",
            by(asked_province, "provincial"),
            (is_asked, its_call_is_open),
            (not_own_society,),
        ),
        Permit(
            "recommending.refuse",
            "不同意推荐",
            by(asked_province, "provincial"),
            (is_asked, its_call_is_open),
            (not_own_society,),
        ),
        Permit(
            "recommending.return_for_change",
            "退回修改推荐请求",
            by(asked_province, "provincial"),
            (is_asked, its_call_is_open),
            (not_own_society,),
        ),
        Permit(
            "recommending.revoke",
            "收回推荐",
            by(asked_province, "provincial"),
            (is_consented, consent_not_used, its_call_is_open),
            (not_own_society,),
        ),
        # submitting
        Permit(
            "submitting.commit",
            "作出承诺",
            by(own_society, *SOCIETY),
            (not_withdrawn, not_yet_submitted, call_is_open),
        ),
        Permit("submitting.send_to_checker", "送审核人审核", by(own_society, *SOCIETY), (being_written, call_is_open)),
        Permit("submitting.take_back", "收回送审", by(own_society, *SOCIETY), (being_checked,)),
        Permit("submitting.return_to_maker", "退回经办人", by(own_society, "checker"), (being_checked,)),
        Permit("submitting.submit", "提交申报书", by(own_society, "checker"), (not_yet_submitted, being_checked)),
        Permit("submitting.reopen", "重新修改", by(own_society, *SOCIETY), (is_submitted, call_is_open)),
        Permit(
            "submitting.withdraw",
            "撤回已提交的申报书",
            by(own_society, "checker"),
            (not_withdrawn, has_submission, call_is_open),
        ),
        Permit("submitting.permit_late", "批准逾期提交", by(anything, *OFFICE), (not_withdrawn,)),
        Permit("submitting.withdraw_permit", "收回逾期许可", by(anything, *OFFICE)),
        # receiving
        Permit("receiving.take_in", "收取来信", by(anything, *OFFICE)),
        Permit("receiving.decide", "办理来信", by(anything, *OFFICE), (not_accepted,)),
        Permit("receiving.answer", "答复来信", by(anything, *OFFICE), (can_be_answered,)),
        Permit("receiving.set_aside", "把来信归为无须办理", by(anything, *OFFICE), (not_accepted,)),
        Permit("receiving.enter_bag", "登记纸质材料", by(anything, *OFFICE)),
        Permit("receiving.mend_bag", "更正纸质材料的登记", by(anything, *OFFICE)),
    )
}

_KEPT = ~Q(state="discarded")
"""A draft that was thrown away exists for nobody."""
SHOWN = ("consent_letter", "signed_scan", "problem_table", "proof")
"""Kinds of papers that belong to an application as it is sent; the others are the society's own workshop."""

SEE: dict[str, dict[str, Callable[[Who], Q]]] = {
    "application": {
        "editor": lambda who: Q(society__in=who.bodies("editor")),
        "checker": lambda who: Q(society__in=who.bodies("checker")),
        "provincial": lambda who: Q(
            pk__in=_asked_of(who.bodies("provincial")),
        ),
        "officer": lambda who: Q(),
        "leader": lambda who: _corps(who),
        "chief": lambda who: _corps(who),
        "member": lambda who: _corps(who),
        "platform": lambda who: Q(),
    },
    "recommendation": {
        "editor": lambda who: Q(application__society__in=who.bodies("editor")),
        "checker": lambda who: Q(application__society__in=who.bodies("checker")),
        "provincial": lambda who: Q(province__in=who.bodies("provincial")) & ~Q(state="withdrawn"),
        "officer": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "submission": {
        "editor": lambda who: Q(application__society__in=who.bodies("editor")),
        "checker": lambda who: Q(application__society__in=who.bodies("checker")),
        "provincial": lambda who: Q(application__in=_asked_of(who.bodies("provincial"))),
        "officer": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "paper": {
        "editor": lambda who: _papers_of(who.bodies("editor")),
        "checker": lambda who: _papers_of(who.bodies("checker")),
        "provincial": lambda who: Q(application__in=_asked_of(who.bodies("provincial")), kind__in=SHOWN),
        "officer": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "mail": {
        "editor": lambda who: Q(application__society__in=who.bodies("editor")),
        "checker": lambda who: Q(application__society__in=who.bodies("checker")),
        "officer": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "dispatch": {
        "editor": lambda who: Q(application__society__in=who.bodies("editor")),
        "checker": lambda who: Q(application__society__in=who.bodies("checker")),
        "officer": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "organisation": {
        "person": lambda who: _bodies(who),
        "provincial": lambda who: _inside(who) | Q(parent__in=who.bodies("provincial")),
        "municipal": lambda who: Q(parent__in=who.bodies("municipal")),
        "owner": lambda who: Q(parent__in=who.bodies("owner")),
        "officer": lambda who: Q(),
        "administrator": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "role": {
        "person": lambda who: Q(user=who.user_id),
        "editor": lambda who: Q(organisation__in=who.bodies("editor")),
        "checker": lambda who: Q(organisation__in=who.bodies("checker")),
        "provincial": lambda who: _of_bodies(who, "provincial") | _inside(who, "organisation__"),
        "municipal": lambda who: _of_bodies(who, "municipal"),
        "owner": lambda who: _of_bodies(who, "owner"),
        "screener": lambda who: _of_bodies(who, "screener"),
        "supervisor": lambda who: _of_bodies(who, "supervisor"),
        "officer": lambda who: Q(),
        "administrator": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "expert": {
        "person": lambda who: Q(user=who.user_id),
        "editor": lambda who: _experts(who, "editor"),
        "checker": lambda who: _experts(who, "checker"),
        "provincial": lambda who: Q(consent_withdrawn_at=None),
        "officer": lambda who: Q(consent_withdrawn_at=None),
        "platform": lambda who: Q(),
    },
    "supplier": {
        "editor": lambda who: Q(pk__in=who.bodies("editor")),
        "checker": lambda who: Q(pk__in=who.bodies("checker")),
        "officer": lambda who: Q(),
        "platform": lambda who: Q(),
    },
    "call_draft": {
        "officer": lambda who: _KEPT,
        "administrator": lambda who: _KEPT,
        "platform": lambda who: Q(),
    },
    "call": {
        "public": lambda who: Q(state__in=("published", "withdrawn")),
        "officer": lambda who: _KEPT,
        "administrator": lambda who: _KEPT,
        "platform": lambda who: Q(),
    },
}


def _bodies(who: Who) -> Q:
    """The approved ones, and those asked for; of the auditor, who reads the journal and nothing else, the own ones."""
    own = Q(roles__user=who.user_id, roles__state__in=("asked", "active"))
    return own if "auditor" in who.roles() else Q(state="active") | own


def _of_bodies(who: Who, role: str) -> Q:
    """People of the bodies acted for and of those below."""
    return Q(organisation__in=who.bodies(role)) | Q(organisation__parent__in=who.bodies(role))


def _inside(who: Who, prefix: str = "") -> Q:
    """Bodies of the provinces acted for that the province may have to approve."""
    inside = Q(pk__in=())
    for holding in who.holdings:
        if holding.role == "provincial" and holding.division:
            local = Q(**{f"{prefix}kind__in": ("grassroots", "park", "enterprise", "city")})
            inside |= local & Q(**{f"{prefix}division__startswith": holding.division[:2]})
    return inside


def _experts(who: Who, role: str) -> Q:
    """All who have not withdrawn; of those who have, the ones on an own roster, which must be put right."""
    return Q(consent_withdrawn_at=None) | Q(memberships__application__society__in=who.bodies(role))


def _papers_of(bodies: tuple[int, ...]) -> Q:
    return Q(application__society__in=bodies) | Q(organisation__in=bodies)


def _corps(who: Who) -> Q:
    return Q(pk__in=[h.application_id for h in who.holdings if h.application_id is not None])


def _asked_of(provinces: tuple[int, ...]) -> Any:
    from ketuan.records.models import Recommendation

    asked = Recommendation.objects.filter(province__in=provinces).exclude(state=Recommendation.State.WITHDRAWN)
    return asked.values("application_id")


def permit(verb: str, who: Who, subject: Any = None) -> Holding:
    """The holding by which ``who`` may do ``verb`` to ``subject``. Refused with the reason; KeyError for no such verb."""
    line = DO[verb]
    holding = next(
        (h for g in line.grants for h in who.holdings if h.role == g.role and g.relation(h, subject)),
        None,
    )
    if holding is None and who.roles() == {"platform"}:
        holding = who.holdings[0]
    if holding is None:
        raise Refused(f"您现在的身份不能{line.says}。", "如果应该可以，请联系本单位管理员或项目办核对您的角色。")
    for condition in line.conditions:
        if why := condition(subject):
            raise Refused(why)
    for look in line.apart:
        if why := look(who, subject):
            raise Refused(why)
    return holding


def may(verb: str, who: Who, subject: Any = None) -> bool:
    return not why_not(verb, who, subject)


def why_not(verb: str, who: Who, subject: Any = None) -> str:
    """Empty where ``who`` may; else the sentence a page shows beside the button that is not there."""
    try:
        permit(verb, who, subject)
    except Refused as refusal:
        return refusal.why
    return ""


def sees(kind: str, who: Who) -> bool:
    """Whether this person has anything to do with a kind at all: its lists do not exist for the others.

    Nor do the lists of every person exist for the auditor, who reads the journal and nothing else.
    """
    roles = who.roles()
    return not (roles - {"person"} if "auditor" in roles else roles).isdisjoint(SEE[kind])


def seen(kind: str, who: Who) -> Q:
    """Which rows of a kind this person sees. KeyError for a kind without a line."""
    lines = SEE[kind]
    sights = [lines[role](who) for role in sorted(who.roles()) if role in lines]
    if any(not sight for sight in sights):
        return Q()
    everything = Q(pk__in=())
    for sight in sights:
        everything |= sight
    return everything
