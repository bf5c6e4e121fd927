"""Organisations of the programme, and what they registered elsewhere."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    """A body that people act for."""

    class Kind(models.TextChoices):
        OFFICE = "office", "中国科协项目办"
        SOCIETY = "society", "全国学会"
        PROVINCE = "province", "省级科协"
        CITY = "city", "市级科协"
        GRASSROOTS = "grassroots", "园区、企业、高校科协"
        PARK = "park", "园区"
        ENTERPRISE = "enterprise", "企业"
        SCREENER = "screener", "第三方审查机构"
        SUPERVISOR = "supervisor", "监理单位"

    class State(models.TextChoices):
        ASKED = "asked", "待批准"
        ACTIVE = "active", "正常"
        REFUSED = "refused", "未批准"
        CLOSED = "closed", "已停用"

    kind = models.CharField("类别", max_length=16, choices=Kind.choices, db_index=True)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60, blank=True)
    name_key = models.CharField(max_length=120, db_index=True, help_text="forms.identity.folded(name)")
    code = models.CharField("科协编号", max_length=16, blank=True, help_text="registry code, e.g. A-01")
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    division = models.CharField("行政区划代码", max_length=6, blank=True, db_index=True)
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="below", help_text="approves it"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ACTIVE)
    had_legacy_supplier = models.BooleanField("曾在智慧计财系统注册", default=False)
    invented = models.BooleanField(default=False, help_text="made for the demo")
    reason = models.TextField(blank=True, help_text="why it was refused or closed")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "code", "name")
        constraints = (models.UniqueConstraint(fields=("kind", "name_key"), name="one_organisation_of_a_name"),)

    def __str__(self) -> str:
        return self.name


class SupplierRegistration(models.Model):
    """供应商注册 on the budget platform (通知 四.1), one a body."""

    class State(models.TextChoices):
        NONE = "none", "未注册"
        AGAIN = "again", "需在新系统重新完善"
        ASKED = "asked", "已提交注册"
        DONE = "done", "已注册"

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="supplier")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.NONE)
    number = models.CharField("供应商编号", max_length=60, blank=True)
    day = models.DateField("注册日期", null=True, blank=True)
    proof = models.ForeignKey("records.Paper", models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.organisation}：{self.get_state_display()}"
