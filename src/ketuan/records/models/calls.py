"""Calls and their versions. A published version is never changed; a correction is a new one."""

from __future__ import annotations

from django.db import models


class Call(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "编制中"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤回"
        DISCARDED = "discarded", "已作废"

    code = models.SlugField("代号", max_length=20, unique=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField("名称", max_length=120)
    draft = models.JSONField("编制中的内容", default=dict, help_text="the tables of a call file (rules.call.call_from)")
    draft_revision = models.PositiveIntegerField(default=0)
    made_from = models.CharField("据以编制", max_length=20, blank=True, help_text="code of the call it was copied from")
    suggested = models.JSONField(
        "待确认", default=list, blank=True, help_text="paths set by the platform, to be confirmed"
    )
    current = models.ForeignKey("records.CallVersion", models.PROTECT, null=True, blank=True, related_name="+")
    opens_at = models.DateTimeField("开始接收", null=True, blank=True)
    deadline_at = models.DateTimeField("截止", null=True, blank=True)
    contact = models.JSONField("报送与联系", default=dict, blank=True, help_text="mailbox, address, contacts")
    rehearsed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-code",)

    def __str__(self) -> str:
        return self.title


class CallVersion(models.Model):
    """The call as published: its data, their hash, and the public words about what changed."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本")
    content = models.JSONField(help_text="the tables of a call file")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(
        max_length=12,
        choices=(("first", "首次发布"), ("correction", "更正"), ("extension", "延期"), ("withdrawal", "撤回")),
    )
    notice = models.TextField("公开说明", blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("records.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ("call", "number")
        constraints = (models.UniqueConstraint(fields=("call", "number"), name="one_version_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.call} 第{self.number}版"


class LatePermit(models.Model):
    """A named person lets one society in after the deadline, with a reason; every use stands in the journal."""

    application = models.ForeignKey("records.Application", models.CASCADE, related_name="late_permits")
    reason = models.TextField("理由")
    until = models.DateTimeField("有效至")
    given_by = models.ForeignKey("records.User", models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
