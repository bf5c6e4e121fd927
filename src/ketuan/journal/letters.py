"""The letters of the platform: their kinds, their words, and by which channels a person wants them.

``subject`` and ``body`` are filled from the context of the act. A person always finds a letter in the platform; by mail at
once, in a daily digest or not at all, as they choose for each kind (:attr:`ketuan.records.models.User.letters`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ketuan.records import clock
from ketuan.records.models import Letter, User

DIGEST_HOUR = 8
CHOICES = {"at_once": "立即发邮件", "digest": "每天早上汇总一封", "none": "只在平台里看"}


@dataclass(frozen=True, slots=True)
class Kind:
    """``mail``: also by mail unless the person chose otherwise · ``robot``: also to the office's group robots ·
    ``must``: goes by mail whatever the person chose (receipts, decisions)."""

    label: str
    subject: str
    body: str
    mail: bool = True
    robot: bool = False
    must: bool = False


KINDS: dict[str, Kind] = {
    # enrolling
    "role_asked": Kind("申请待批准", "{person}申请担任{body}的{role}", "请核对后批准，或写明原因不批准。"),
    "role_approved": Kind("申请已批准", "您可以作为{body}的{role}办理业务了", "登录后即可使用。", must=True),
    "role_refused": Kind(
        "申请未批准", "您担任{body}{role}的申请没有批准", "原因：{reason}。更正后可以再次申请。", must=True
    ),
    "role_ended": Kind(
        "角色结束", "您不再担任{body}的{role}", "原因：{reason}。如有疑问，请联系本单位或项目办。", must=True
    ),
    "body_approved": Kind("单位已批准", "{body}已批准登记", "您申请的角色一并生效。", must=True),
    "body_refused": Kind("单位未批准", "{body}的登记没有批准", "原因：{reason}。更正后可以重新登记。", must=True),
    "consent_withdrawn": Kind(
        "团员撤回同意", "{person}撤回了参加《{title}》的同意", "请在团员名单中另选他人，或与本人联系。"
    ),
    "further_checker": Kind(
        "学会增加审核人",
        "{society}的审核人{how}了另一位审核人",
        "办理人：{by}；新的审核人：{person}。同一份申报书须由经办人和审核人两个人办理，请留意是否确为不同的人。",
        must=True,
    ),
    "corps_answered": Kind(
        "服务团邀请的答复",
        "收到您对{society}邀请的答复：{answer}",
        "{society}邀请您参加科技服务团{title}。{at}（北京时间）收到的答复是：{answer}。"
        "如果不是您本人答复的，请立即联系项目办和该学会。",
        must=True,
    ),
    "supplier_reminder": Kind(
        "供应商注册提醒",
        "请办理供应商注册：{body}",
        "现在是“{state}”。请登录预算管理一体化服务平台办理，并在本平台记下编号和日期（通知 四.1）。",
    ),
    # calling
    "call_published": Kind(
        "申报通知发布", "《{call}》开始申报", "截止：{deadline}。打开通知可以看条款、下载空白申报书。", robot=True
    ),
    "call_corrected": Kind(
        "申报通知更正", "《{call}》有更正（第{version}版）", "{notice}截止：{deadline}。", robot=True
    ),
    "call_extended": Kind("申报延期", "《{call}》延期到{deadline}", "{notice}", robot=True),
    "call_withdrawn": Kind(
        "申报通知撤回", "《{call}》已经撤回", "{notice}不再接收申报；已经填写和提交的内容仍可查看。", robot=True
    ),
    # recommending
    "recommendation_asked": Kind(
        "学会请求推荐", "{society}请贵单位推荐《{title}》", "请在{deadline}前出具意见：同意、退回修改或不同意推荐。"
    ),
    "recommendation_taken_back": Kind(
        "学会收回推荐请求", "{society}收回了《{title}》的推荐请求", "不需要再办理。学会修改后可能会再次请求。"
    ),
    "recommendation_consented": Kind(
        "省级科协同意推荐", "{province}同意推荐《{title}》", "推荐函{number}已生成，计入申报材料。"
    ),
    "recommendation_returned": Kind(
        "省级科协退回修改", "{province}请修改《{title}》后再报", "意见：{reason}。修改后请再次请求推荐。"
    ),
    "recommendation_refused": Kind(
        "省级科协不同意推荐", "{province}不同意推荐《{title}》", "理由：{reason}。可以改请其他省级科协推荐。"
    ),
    "recommendation_revoked": Kind(
        "省级科协收回推荐",
        "{province}收回了对《{title}》的推荐",
        "推荐函{number}作废。理由：{reason}。提交前请重新请求推荐，或改请其他省级科协推荐。",
    ),
    "changed_after_consent": Kind(
        "同意推荐之后有改动",
        "《{title}》在{province}同意推荐之后改过",
        "改动：{changes}。是否需要重新出具意见，由双方商定。",
    ),
    # submitting
    "application_to_checker": Kind(
        "申报书送审", "《{title}》等您审核", "{name}已送审。请核对后提交，或退回修改。截止：{deadline}。"
    ),
    "application_returned": Kind("审核退回", "《{title}》被退回修改", "审核人意见：{reason}。"),
    "application_submitted": Kind(
        "提交成功",
        "《{title}》已提交，回执{number}",
        "收到时间：{at}。哈希值：{sha256}。凭编号可在{url}核验。",
        must=True,
    ),
    "application_submitted_province": Kind(
        "所推荐的申报书已提交", "{society}已提交《{title}》", "回执{number}，收到时间{at}。可在{url}核验。"
    ),
    "submission_withdrawn": Kind("申报书已撤回", "《{title}》已撤回", "回执{number}不再有效。理由：{reason}。"),
    "deadline_near": Kind(
        "截止提醒", "还有{hours}小时截止：《{title}》尚未提交", "截止：{deadline}。保存不等于提交，收到回执才算提交。"
    ),
    "consent_missing": Kind(
        "推荐提醒",
        "还有{hours}小时截止：《{title}》还没有省级科协的同意",
        "截止：{deadline}。请学会尽快请求，请省级科协尽快出具意见。",
    ),
    # receiving
    "mail_accepted": Kind(
        "邮件报送已收到",
        "您报送的材料已收到",
        "收到时间：{at}（北京时间）。\n{receipts}{blocks}\n\n回执见附件。凭编号可以在平台核验。",
        must=True,
    ),
    "mail_missing": Kind(
        "邮件报送缺材料",
        "您报送的材料不齐，请补齐后重新发送",
        "邮件“{subject}”在{at}（北京时间）收到，还缺：\n{missing}\n\n请在{deadline}以前补齐，连同其他材料一起重新发送。详见附件。",
        must=True,
    ),
    "mail_late": Kind(
        "邮件报送逾期", "您的邮件逾期收到，不能受理", "邮件“{subject}”在{at}（北京时间）收到。{why}", must=True
    ),
    "mail_repeated": Kind(
        "邮件重复", "这封邮件以前收到过", "邮件“{subject}”和以前收到的一封内容相同。{outcome}", must=True
    ),
    "mail_answer": Kind("答复来信", "关于您发来的“{subject}”", "{text}", must=True),
    "mail_in_your_name": Kind(
        "有人用邮件报送了本单位的申报书",
        "收到以本单位名义用邮件报送的《{title}》，回执{number}",
        "发件地址不是本单位在平台登记的人员。如果不是本单位报送的，请立即联系项目办。",
        must=True,
    ),
    "bag_received": Kind("纸质材料已收到", "《{title}》的纸质材料已收到", "{at}收到，份数齐全，与已提交的版本一致。"),
    "bag_problem": Kind("纸质材料有问题", "《{title}》的纸质材料有问题", "{at}收到。{problems}请打开查看怎样补正。"),
    "late_permitted": Kind("逾期许可", "《{title}》可以逾期提交", "有效至{until}。理由：{reason}。"),
}


def by_mail(kind: str, user: User) -> str:
    """How this person wants this kind by mail: a key of :data:`CHOICES`."""
    template = KINDS[kind]
    if template.must:
        return "at_once"
    chosen = user.letters.get(kind)
    return chosen if chosen in CHOICES else "at_once" if template.mail else "none"


def compose(
    kind: str, user: User, *, key: str, link: str, papers: list[dict[str, Any]], context: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The rows of Letter to write for one person, one a channel. KeyError for an unknown kind or a missing word."""
    template, now = KINDS[kind], clock.now()
    common = {
        "kind": kind,
        "user": user,
        "subject": template.subject.format_map(context)[:200],
        "body": template.body.format_map(context),
        "link": link,
        "papers": papers,
        "written_at": now,
    }
    yield {
        **common,
        "key": f"{key}:{user.pk}:in_app",
        "channel": Letter.Channel.IN_APP,
        "state": Letter.State.SENT,
        "due_at": now,
        "sent_at": now,
    }
    wish = by_mail(kind, user)
    if wish != "none":
        digest = wish == "digest"
        yield {
            **common,
            "key": f"{key}:{user.pk}:mail",
            "channel": Letter.Channel.MAIL,
            "address": user.email,
            "digest": digest,
            "state": Letter.State.WAITING,
            "due_at": next_digest(now) if digest else now,
        }


def for_robots(kind: str, *, key: str, link: str, context: dict[str, Any]) -> dict[str, Any] | None:
    """The letter to the office's group robots; None for a kind that does not go there."""
    template, now = KINDS[kind], clock.now()
    if not template.robot:
        return None
    return {
        "key": f"{key}:robot",
        "kind": kind,
        "channel": Letter.Channel.ROBOT,
        "user": None,
        "subject": template.subject.format_map(context)[:200],
        "body": template.body.format_map(context),
        "link": link,
        "state": Letter.State.WAITING,
        "due_at": now,
        "written_at": now,
    }


def next_digest(now: datetime.datetime) -> datetime.datetime:
    """The next morning at eight."""
    morning = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + datetime.timedelta(days=1)
