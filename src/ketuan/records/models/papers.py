"""Papers: uploaded files, kept outside the web root, served only through a permit."""

from __future__ import annotations

from django.db import models


class Paper(models.Model):
    class Kind(models.TextChoices):
        CONSENT_LETTER = "consent_letter", "省级科协同意推荐的说明材料"
        SIGNED_SCAN = "signed_scan", "签字盖章扫描件"
        PROBLEM_TABLE = "problem_table", "难题问题基本情况表"
        PROOF = "proof", "证明材料"
        SUPPLIER_PROOF = "supplier_proof", "供应商注册证明"
        WORD_FORM = "word_form", "Word 申报书"
        MAIL = "mail", "来信原件"

    application = models.ForeignKey("records.Application", models.CASCADE, null=True, blank=True, related_name="papers")
    organisation = models.ForeignKey("records.Organisation", models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField("种类", max_length=16, choices=Kind.choices)
    name = models.CharField("文件名", max_length=255)
    key = models.CharField("存放处", max_length=200, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField("页数", null=True, blank=True)
    sealed = models.BooleanField("已签字盖章", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    read = models.JSONField(
        default=dict, blank=True, help_text="what a reader made of a Word form, until it is imported"
    )
    added_by = models.ForeignKey("records.User", models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("kind", "pk")

    def __str__(self) -> str:
        return self.name
