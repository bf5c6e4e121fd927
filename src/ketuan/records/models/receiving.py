"""The old ways in: letters by e-mail, and paper by post."""

from __future__ import annotations

from django.db import models


class Mail(models.Model):
    """A letter that came to the mailbox of the call."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", "已受理"
        MISSING = "missing", "缺材料"
        UNCLEAR = "unclear", "待人工处理"
        LATE = "late", "逾期"
        REPEATED = "repeated", "重复"
        ANSWERED = "answered", "已答复"
        ASIDE = "aside", "无须办理"

    call = models.ForeignKey("records.Call", models.PROTECT, related_name="mails")
    message_id = models.CharField(max_length=255, unique=True)
    content = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="hash of sender, subject, attachments"
    )
    again_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repeated")
    sender = models.CharField("发件人", max_length=200)
    sender_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField("主题", max_length=300, blank=True)
    body = models.TextField("正文", blank=True)
    automatic = models.BooleanField(default=False, help_text="written by a machine: never answered by one")
    sent_at = models.DateTimeField("发信时间", null=True, blank=True)
    received_at = models.DateTimeField("收到时间")
    taken_at = models.DateTimeField("取信时间")
    in_time = models.CharField(
        "按时收到的理由", max_length=300, blank=True, help_text="of a letter that a person put in after the deadline"
    )
    paper = models.ForeignKey("records.Paper", models.PROTECT, related_name="+", help_text="the letter itself")
    attachments = models.JSONField(default=list, blank=True, help_text="number, name, size, kind, label, says, inside")
    state = models.CharField(max_length=10, choices=State.choices, db_index=True)
    why = models.TextField("原因", blank=True)
    suggested = models.JSONField(default=list, blank=True, help_text="names of societies that come near")
    society = models.ForeignKey("records.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    application = models.ForeignKey("records.Application", models.SET_NULL, null=True, blank=True, related_name="mails")
    results = models.JSONField(default=list, blank=True, help_text="name, title, code, number of each form")
    findings = models.JSONField(default=list, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("records.User", models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.subject or "（没有主题）"


class Dispatch(models.Model):
    """The sealed bag of one application (通知 四.2: the day of dispatch counts)."""

    application = models.ForeignKey("records.Application", models.PROTECT, related_name="dispatches")
    sent_on = models.DateField("寄出日期")
    carrier = models.CharField("快递公司", max_length=40, blank=True)
    tracking = models.CharField("单号", max_length=60, blank=True)
    received_at = models.DateTimeField("收到时间", null=True, blank=True)
    originals = models.PositiveIntegerField("原件", null=True, blank=True)
    copies = models.PositiveIntegerField("复印件", null=True, blank=True)
    sealed = models.BooleanField("文件袋密封", null=True, blank=True)
    labelled = models.BooleanField("注明项目和单位", null=True, blank=True)
    short_code = models.CharField("纸面短码", max_length=12, blank=True)
    agrees = models.BooleanField("与电子版一致", null=True, blank=True)
    findings = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("-pk",)
