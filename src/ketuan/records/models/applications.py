"""Applications: the form as filled, who edited what, frozen versions, and the corps."""

from __future__ import annotations

from django.db import models


class Application(models.Model):
    """One 申报书. ``form`` is the pydantic form as filled (amounts in 分); the columns beside it are projections."""

    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        CHECKING = "checking", "待学会审核"
        SUBMITTED = "submitted", "已提交"
        WITHDRAWN = "withdrawn", "已撤回"

    code = models.CharField("编号", max_length=24, unique=True, help_text="in addresses and on paper: K24-0012")
    call = models.ForeignKey("records.Call", models.PROTECT, related_name="applications")
    society = models.ForeignKey("records.Organisation", models.PROTECT, related_name="applications")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    form = models.JSONField(default=dict)
    unread = models.JSONField(default=dict, blank=True, help_text="path → {raw, message}: typed, but no value yet")
    rows = models.JSONField(default=dict, blank=True, help_text="table path → stable keys of its rows, in order")
    revision = models.PositiveIntegerField("修订", default=0, help_text="grows with every saved change")
    title = models.CharField("项目名称", max_length=200, blank=True)
    requested_fen = models.BigIntegerField("申请经费（分）", null=True, blank=True)
    industry = models.CharField("产业领域", max_length=200, blank=True)
    provinces = models.JSONField("重点服务省份", default=list, blank=True)
    province = models.ForeignKey(
        "records.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_applications",
        help_text="the provincial association asked for consent",
    )
    reasons = models.JSONField("对建议的说明", default=dict, blank=True, help_text="rule|path → {text, by, at}")
    commitments = models.JSONField("承诺", default=dict, blank=True, help_text="number → {text, wording, by, name, at}")
    sent_to_checker_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey("records.User", models.SET_NULL, null=True, blank=True, related_name="+")
    returned_reason = models.TextField("退回意见", blank=True)
    submitted = models.ForeignKey("records.Submission", models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("records.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("records.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title or self.code


class FieldEdit(models.Model):
    """Who last saved a field, and at which revision: two people in one field are told, not overwritten."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="edits")
    path = models.CharField(max_length=120, help_text="with stable row keys")
    revision = models.PositiveIntegerField()
    by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("application", "path"), name="one_edit_of_a_field"),)


class Version(models.Model):
    """The form as it was at a moment; never changed. Submissions point at one."""

    class Why(models.TextChoices):
        BEGUN = "begun", "新建"
        SITTING = "sitting", "填写"
        BEFORE_IMPORT = "before_import", "导入前"
        IMPORT = "import", "导入 Word"
        BEFORE_RESTORE = "before_restore", "恢复前"
        RESTORE = "restore", "恢复旧版"
        TO_PROVINCE = "to_province", "请求推荐"
        TO_CHECKER = "to_checker", "送审"
        SUBMISSION = "submission", "提交"
        MAIL = "mail", "邮件报送"

    application = models.ForeignKey(Application, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版本")
    why = models.CharField(max_length=16, choices=Why.choices)
    form = models.JSONField()
    unread = models.JSONField(default=dict, blank=True)
    roster = models.JSONField(default=list, blank=True, help_text="RosterEntry of each member at that moment")
    sha256 = models.CharField(max_length=64)
    short_code = models.CharField("短码", max_length=12, db_index=True)
    made_by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("application", "number")
        constraints = (
            models.UniqueConstraint(fields=("application", "number"), name="one_version_of_an_application_number"),
        )


class CorpsMember(models.Model):
    """A person of the corps. The printed table of 主要参加人员 (at most twenty) is chosen from these."""

    class Place(models.TextChoices):
        LEADER = "leader", "团长"
        CHIEF = "chief", "首席专家"
        MEMBER = "member", "团员"

    class Consent(models.TextChoices):
        NONE = "none", "未邀请"
        INVITED = "invited", "已邀请"
        GIVEN = "given", "本人已同意"
        REFUSED = "refused", "本人不同意"

    application = models.ForeignKey(Application, models.CASCADE, related_name="members")
    expert = models.ForeignKey("records.Expert", models.PROTECT, related_name="memberships")
    place = models.CharField("团内身份", max_length=8, choices=Place.choices, default=Place.MEMBER)
    duty = models.CharField("承担的主要工作", max_length=300, blank=True)
    order = models.PositiveIntegerField(default=0)
    printed = models.BooleanField("列入申报书第八部分", default=False)
    row = models.CharField(max_length=12, blank=True, help_text="key of the printed row: Application.rows['personnel']")
    consent = models.CharField(max_length=8, choices=Consent.choices, default=Consent.NONE)
    consented_at = models.DateTimeField(null=True, blank=True)
    wording = models.CharField(max_length=40, blank=True, help_text="version of the wording consented to")
    filled = models.JSONField(
        default=dict, blank=True, help_text="RosterEntry as answered by link, where the register keeps its own"
    )
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("order", "pk")
        constraints = (models.UniqueConstraint(fields=("application", "expert"), name="once_in_a_corps"),)
