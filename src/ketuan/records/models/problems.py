"""Industrial problems as collected, before a corps takes one up."""

from __future__ import annotations

from django.db import models


class Problem(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        OPEN = "open", "征集中"
        TAKEN = "taken", "已有服务团"
        CLOSED = "closed", "已关闭"

    code = models.CharField("编号", max_length=24, unique=True)
    title = models.CharField("难题问题名称", max_length=200)
    proposer = models.ForeignKey("records.Organisation", models.PROTECT, related_name="problems")
    division = models.CharField("实施地点", max_length=6, blank=True, db_index=True)
    industry = models.CharField("产业领域", max_length=60, blank=True)
    form = models.JSONField(default=dict, help_text="forms.problem.Problem as filled, amounts in 分")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.title
