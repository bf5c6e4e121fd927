"""People: who signs in, for whom they act, and the experts' register."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """Who signs in. What they may do follows from their roles only; Django's staff flags are not used."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("电子邮箱", unique=True)
    name = models.CharField("姓名", max_length=60)
    mobile = models.CharField("手机", max_length=20, blank=True)
    letters = models.JSONField("通知偏好", default=dict, blank=True, help_text="kind → channels; digest")
    invented = models.BooleanField(default=False, help_text="made for the demo: may be signed in by one click there")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Users] = Users()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class Role(models.Model):
    """A person acting for an organisation. Corps leader, chief expert and member follow from the roster instead."""

    class Kind(models.TextChoices):
        ADMINISTRATOR = "administrator", "系统管理员"
        OFFICER = "officer", "项目办工作人员"
        EDITOR = "editor", "学会经办人"
        CHECKER = "checker", "学会审核人"
        PROVINCIAL = "provincial", "省级科协工作人员"
        MUNICIPAL = "municipal", "市级科协工作人员"
        OWNER = "owner", "难题提出单位联系人"
        SCREENER = "screener", "形式审查员"
        REVIEWER = "reviewer", "评审专家"
        CHAIR = "chair", "评审组组长"
        SUPERVISOR = "supervisor", "监理人员"
        AUDITOR = "auditor", "审计员"

    class State(models.TextChoices):
        ASKED = "asked", "待批准"
        ACTIVE = "active", "正常"
        REFUSED = "refused", "未批准"
        ENDED = "ended", "已结束"

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    organisation = models.ForeignKey("records.Organisation", models.PROTECT, related_name="roles")
    kind = models.CharField("角色", max_length=16, choices=Kind.choices)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ASKED)
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("user", "organisation", "kind"), name="one_role_of_a_kind_for_a_body"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_kind_display()}"


class Invitation(models.Model):
    """A link that lets its bearer take a role, or fill in and consent to a place on a roster. Only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField("电子邮箱", blank=True)
    name = models.CharField("姓名", max_length=60, blank=True)
    organisation = models.ForeignKey("records.Organisation", models.CASCADE, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.Kind.choices, blank=True)
    member = models.ForeignKey("records.CorpsMember", models.CASCADE, null=True, blank=True, related_name="invitations")
    made_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    proven = models.BooleanField(default=False, help_text="sent to an address that the register knows, shown to nobody")
    tries = models.PositiveSmallIntegerField(default=0, help_text="answers that contradicted the register")

    class Meta:
        ordering = ("-pk",)


class Expert(models.Model):
    """One person across the years and calls, so that age, overlap and recusal can be decided."""

    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="expert")
    name = models.CharField("姓名", max_length=60)
    name_key = models.CharField(max_length=60, db_index=True, help_text="forms.identity.name_key(name)")
    unit = models.CharField("工作单位", max_length=120, blank=True)
    unit_key = models.CharField(max_length=120, blank=True, db_index=True)
    born = models.DateField("出生日期", null=True, blank=True)
    post = models.CharField("职务/职称", max_length=120, blank=True)
    field = models.CharField("专业领域", max_length=120, blank=True)
    young_elite = models.CharField("青年人才托举工程届次", max_length=40, blank=True)
    phone = models.CharField("手机", max_length=40, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    profile = models.TextField("简介", blank=True)
    division = models.CharField("所在省", max_length=6, blank=True)
    identity_hash = models.CharField(max_length=64, blank=True, db_index=True, help_text="keyed hash, never the number")
    consented_at = models.DateTimeField("本人同意", null=True, blank=True)
    consent_wording = models.CharField(max_length=40, blank=True, help_text="version of the wording consented to")
    consent_withdrawn_at = models.DateTimeField("撤回同意", null=True, blank=True)
    added_by = models.ForeignKey("records.Organisation", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("name_key", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("identity_hash",), condition=~models.Q(identity_hash=""), name="one_expert_of_an_identity"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name


class ApiToken(models.Model):
    """A key for programs, with scopes, for one person. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField("用途", max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("权限范围", default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
