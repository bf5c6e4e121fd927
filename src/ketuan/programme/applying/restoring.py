"""Looking at what differs between versions, and going back to one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ketuan.forms.application import Application as Form
from ketuan.forms.differences import Difference, differences
from ketuan.programme.applying import papers, versions
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.saving import store
from ketuan.programme.errors import NotFound, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records.models import Application, FieldEdit, Version


def version(application: Application, number: int) -> Version:
    """One version of an application that was found before. NotFound for no such number."""
    found = application.versions.filter(number=number).select_related("made_by").first()
    if found is None:
        raise NotFound(f"{application.code}/{number}")
    return found


def changes_between(application: Application, before: Version, after: Version | None) -> Sequence[Difference]:
    """What differs, in the order of the paper; ``after`` None is the application as it stands now."""
    then = Form.model_validate(before.form)
    now = papers.form_of(application) if after is None else Form.model_validate(after.form)
    return differences(then, now, papers.paper_of(application))


def restore(application: Application, number: int, *, who: Who) -> Version:
    """Make a version the present form again. What stood there is kept as a version of its own (恢复前).

    Refused where the application is closed for writing; NotReady where nothing would change.
    """
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.restore", who, application)
        back = version(application, number)
        if back.form == application.form and back.unread == application.unread:
            raise NotReady(f"第 {number} 版和现在的内容完全相同，不必恢复。")
        versions.freeze(application, Version.Why.BEFORE_RESTORE, who=who)
        application.form, application.unread = back.form, {}
        # rows get new keys: a page still open on the old rows must not write into the rows that are now there
        highest = {t: max((int(k[1:]) for k in keys), default=0) for t, keys in application.rows.items()}
        rows = papers.with_keys(papers.paper_of(application), application.form, {})
        application.rows = {t: [f"k{int(k[1:]) + highest.get(t, 0)}" for k in keys] for t, keys in rows.items()}
        for path, unread in back.unread.items():
            if not any(path.startswith(f"{table}.") for table in application.rows):
                application.unread[path] = unread
        store(application, who=who)
        FieldEdit.objects.filter(application=application).update(
            revision=application.revision, by_id=who.user_id, at=application.changed_at
        )
        made = versions.freeze(application, Version.Why.RESTORE, who=who)
        record(
            who,
            holding,
            "applying.restore",
            application,
            f"恢复第 {number} 版（短码 {back.short_code}）",
            data={"version": number, "made": made.number},
            application=application,
        )
    return made
