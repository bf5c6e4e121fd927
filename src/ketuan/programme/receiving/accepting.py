"""From a letter to a submission: the form into an application, the papers beside it, a receipt as online."""

from __future__ import annotations

import datetime

from ketuan.programme import applying
from ketuan.programme.applying import papers, versions
from ketuan.programme.applying.attachments import MOST, store_paper
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.saving import store
from ketuan.programme.errors import Invalid, NotReady
from ketuan.programme.receiving.judging import matched
from ketuan.programme.receiving.sorting import Bundle
from ketuan.programme.submitting.sending import SENT, take_as_received
from ketuan.programme.who import PLATFORM, Holding, Who
from ketuan.records import clock
from ketuan.records.models import Application, FieldEdit, Mail, Organisation, Submission, Version

NOTE = "邮件来件"
"""Note of papers that came with a letter; those of an earlier letter give way to those of the next."""


def accept(
    mail: Mail,
    bundle: Bundle,
    society: Organisation,
    *,
    at: datetime.datetime,
    verb: str,
    holding: Holding,
    who: Who,
    application: Application | None = None,
) -> Submission:
    """Take one form with its papers. NotReady beyond the society's quota; Refused after the deadline.

    Must run inside the letter's transaction; what was written before stays as a version.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=society.pk)
    application = application or matched(mail.call, society, bundle.title)
    if application is None:
        application = applying.start(mail.call, society, who=PLATFORM, at=at)
    application = locked(application)
    if application.state == Application.State.WITHDRAWN:
        raise NotReady("这份申报书已撤回，不能再受理。")
    _fill(application, bundle)
    _keep(application, bundle)
    key = f"mail:{mail.pk}:{bundle.form.number}"
    by_hand = bool(mail.in_time)
    return take_as_received(application, key=key, at=at, by_hand=by_hand, verb=verb, holding=holding, who=who)


def _fill(application: Application, bundle: Bundle) -> None:
    """The form of the letter instead of what is there; open pages are told, for their rows get new keys."""
    versions.freeze(application, Version.Why.BEFORE_IMPORT, who=PLATFORM)
    highest = {t: max((int(k[1:]) for k in keys), default=0) for t, keys in application.rows.items()}
    application.form = papers.plain(bundle.reading.form)
    fresh = papers.with_keys(papers.paper_of(application), application.form, {})
    application.rows = {t: [f"k{int(k[1:]) + highest.get(t, 0)}" for k in keys] for t, keys in fresh.items()}
    application.unread = {
        papers.keyed(application, remark.path): {"raw": remark.found, "message": remark.message}
        for remark in bundle.reading.remarks
        if remark.kind == "unread" and remark.found
    }
    application.sent_to_checker_at, application.sent_by, application.returned_reason = None, None, ""
    store(application, who=PLATFORM)
    FieldEdit.objects.filter(application=application).update(
        revision=application.revision, by_id=None, at=application.changed_at
    )


def _keep(application: Application, bundle: Bundle) -> None:
    held = application.papers.filter(removed_at=None, kind__in=SENT)
    held.filter(note=NOTE).update(removed_at=clock.now())
    if held.count() + len(bundle.papers) > MOST:
        raise NotReady(f"一份申报书最多放 {MOST} 个附件，这封邮件里的附件太多。请对方把扫描件合成一个 PDF 再发。")
    for item in bundle.papers:
        try:
            store_paper(application, item.kind, item.name, item.data, note=NOTE, who=PLATFORM)
        except Invalid:
            continue  # the same bytes lie there already
