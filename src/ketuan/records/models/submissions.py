"""Submissions: a frozen version, its hash, its receipt. One row an acceptance, all are kept."""

from __future__ import annotations

from django.db import models


class Submission(models.Model):
    class Channel(models.TextChoices):
        ONLINE = "online", "网上提交"
        MAIL = "mail", "电子邮件"

    application = models.ForeignKey("records.Application", models.PROTECT, related_name="submissions")
    version = models.OneToOneField("records.Version", models.PROTECT, related_name="submission")
    call_version = models.ForeignKey("records.CallVersion", models.PROTECT, related_name="+")
    number = models.CharField("回执编号", max_length=24, unique=True)
    key = models.CharField(max_length=64, unique=True, help_text="of the click: a repeated click finds the same row")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    at = models.DateTimeField("收到时间")
    sha256 = models.CharField("哈希值", max_length=64, help_text="of the version and its papers")
    papers = models.JSONField(default=list, help_text="kind, name, size, sha256 of each")
    findings = models.JSONField(default=list, help_text="what the rules said at that moment")
    reasons = models.JSONField(default=dict, help_text="warnings answered with a reason")
    commitments = models.JSONField(default=dict)
    late_permit = models.ForeignKey("records.LatePermit", models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.OneToOneField(
        "records.Entry", models.PROTECT, null=True, blank=True, related_name="+", help_text="its place in the journal"
    )
    proof = models.CharField(max_length=64, blank=True, help_text="mac of that entry, as printed on the receipt")
    submitted_by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.number
