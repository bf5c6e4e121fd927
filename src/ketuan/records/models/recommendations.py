"""What a provincial association says of an application (通知 三.1, 附件1 2)."""

from __future__ import annotations

from django.db import models


class Recommendation(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", "待推荐"
        CONSENTED = "consented", "已推荐"
        RETURNED = "returned", "退回修改"
        REFUSED = "refused", "不推荐"
        WITHDRAWN = "withdrawn", "学会已收回"
        REVOKED = "revoked", "省级科协已收回"

    application = models.ForeignKey("records.Application", models.CASCADE, related_name="recommendations")
    province = models.ForeignKey("records.Organisation", models.PROTECT, related_name="recommendations")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED, db_index=True)
    version = models.ForeignKey("records.Version", models.PROTECT, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("records.User", models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField("意见", blank=True)
    number = models.CharField("文号", max_length=40, blank=True)
    code = models.CharField("核验编号", max_length=24, blank=True, help_text="by which anybody can verify the letter")
    letter = models.ForeignKey("records.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, help_text="of what the letter says")
    head = models.JSONField("联络组组长", default=dict, blank=True, help_text="name, post, phone")
    officers = models.JSONField("联络员", default=list, blank=True, help_text="side, name, unit, post, phone")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("number",), condition=~models.Q(number=""), name="one_letter_of_a_number"),
            models.UniqueConstraint(fields=("code",), condition=~models.Q(code=""), name="one_letter_of_a_code"),
        )
