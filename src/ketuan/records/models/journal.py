"""What happened and what must follow: the hash chain, its anchors, letters, jobs; and the demo's day."""

from __future__ import annotations

import datetime

from django.db import models


class Entry(models.Model):
    """One act. Rows are only ever added (:func:`ketuan.journal.entries.record`)."""

    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey("records.User", models.PROTECT, null=True, related_name="+")
    acted_as = models.CharField(max_length=120, help_text="role and body, or the platform itself")
    verb = models.CharField(max_length=60, db_index=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    application = models.ForeignKey(
        "records.Application", models.SET_NULL, null=True, db_constraint=False, related_name="entries"
    )
    organisation = models.ForeignKey(
        "records.Organisation", models.SET_NULL, null=True, db_constraint=False, related_name="entries"
    )
    call = models.ForeignKey("records.Call", models.SET_NULL, null=True, db_constraint=False, related_name="entries")
    says = models.CharField(max_length=400, help_text="a sentence without personal data")
    data = models.JSONField(default=dict, help_text="before and after, personal data left out")
    sealed = models.JSONField(default=dict, help_text="personal data of the act; may be erased")
    sealed_mac = models.CharField(max_length=64, blank=True, help_text="keyed hash of sealed: what the chain holds")
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)
        indexes = (models.Index(fields=("subject_kind", "subject_id")),)


class Anchor(models.Model):
    """The head of the chain as written to a file outside the database."""

    seq = models.PositiveBigIntegerField()
    mac = models.CharField(max_length=64)
    at = models.DateTimeField()


class Letter(models.Model):
    """A letter to one person by one channel. ``key`` makes writing it twice impossible."""

    class Channel(models.TextChoices):
        IN_APP = "in_app", "站内"
        MAIL = "mail", "邮件"
        ROBOT = "robot", "群机器人"

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"
        DROPPED = "dropped", "不必发送"

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    user = models.ForeignKey("records.User", models.CASCADE, null=True, related_name="received_letters")
    address = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    papers = models.JSONField(default=list, blank=True, help_text="job-made attachments: kind and id")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    digest = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)


class Job(models.Model):
    """Work to be done behind the pages, at least once. ``key`` makes asking for it twice one job."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    key = models.CharField(max_length=160, unique=True)
    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    due_at = models.DateTimeField(db_index=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at", "pk")


class Shift(models.Model):
    """How far the demo's day stands from the real one; read only where the platform is a demo."""

    by = models.DurationField(default=datetime.timedelta(0))
