"""The demo year in the tables: through the verbs, so that journal, receipts and letters are real."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from ketuan.journal import verifying
from ketuan.programme import receipts, recommending, registries, showcase, submitting
from ketuan.programme.demo import building
from ketuan.programme.who import PLATFORM
from ketuan.records import clock
from ketuan.records.models import (
    Application,
    Entry,
    Expert,
    Organisation,
    Problem,
    Recommendation,
    Submission,
    User,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker, tmp_path_factory):
    """The year, made once for this module and rolled back after it."""
    from django.conf import settings
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        anchors, settings.KETUAN_ANCHORS = settings.KETUAN_ANCHORS, tmp_path_factory.mktemp("anchors")
        building.build(tell=lambda _: None)
        yield
        settings.KETUAN_ANCHORS = anchors
        transaction.set_rollback(True)


def test_it_is_as_large_as_promised(year) -> None:
    counted = Organisation.objects.filter(kind="society", invented=True).count()
    assert (counted, Expert.objects.count(), Problem.objects.count()) == (30, 400, 50)
    assert Application.objects.count() == 60
    assert Recommendation.objects.values("province").distinct().count() >= 10


def test_applications_stand_in_every_state(year) -> None:
    assert set(Application.objects.values_list("state", flat=True)) == set(Application.State.values)
    assert {"asked", "consented", "returned", "refused"} <= set(Recommendation.objects.values_list("state", flat=True))
    assert set(Submission.objects.values_list("channel", flat=True)) == {"online", "mail"}
    assert Submission.objects.exclude(superseded_at=None).count() >= 3


def test_no_real_society_takes_part(year) -> None:
    real = {society.name for society in registries.national_societies()}
    assert not real & set(Application.objects.values_list("society__name", flat=True))
    assert Organisation.objects.filter(kind="society", invented=False).count() == len(real)


def test_the_day_is_before_the_deadline(year) -> None:
    assert clock.now().date() == building.DAY.date()
    assert not Entry.objects.filter(at__gt=clock.now()).exists()


def test_the_journal_is_whole_and_runs_forward(year) -> None:
    verdict = verifying.verify()
    assert verdict.faults == ()
    moments = list(Entry.objects.filter(verb__startswith="submitting").order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_every_receipt_verifies(year) -> None:
    for submission in Submission.objects.select_related("application"):
        assert receipts.verify(submission.number).title == submission.version.form["cover"]["title"]


def test_what_was_submitted_is_stopped_only_by_what_a_sibling_copied_later(year) -> None:
    stopped = Counter[str]()
    for application in Application.objects.filter(state="submitted", submitted__channel="online"):
        stopped.update(finding.rule for finding in submitting.readiness(application, who=PLATFORM).blocking)
    assert stopped == {"overlap.members": 1, "overlap.problems": 1, "overlap.regions": 1}


def test_one_click_brings_every_role_to_its_home(year, settings) -> None:
    settings.KETUAN_DEMO = True
    links = showcase.links()
    assert len(links) == 12
    for _, _, address in links:
        client = Client()
        client.get(address, follow=True)
        client.post(address, follow=True)
        assert client.get("/home/").status_code == 200, address


def test_nobody_of_the_demo_has_a_password(year) -> None:
    assert not [user for user in User.objects.filter(invented=True) if user.has_usable_password()]


def test_the_provinces_of_the_first_societys_drafts_can_be_tried(year, settings) -> None:
    settings.KETUAN_DEMO = True
    faces = [face for _, _, there in showcase.faces() for face in there]
    offered = {face.organisation for face in faces if face.kind == "provincial"}
    editor = next(face for face in faces if face.kind == "editor")
    waiting = Recommendation.objects.filter(state="asked").order_by("pk").values_list("province__name", flat=True)
    drafts = Application.objects.filter(society__name=editor.organisation, state="draft")
    served = {str(body) for draft in drafts for body in recommending.suggested(draft)}
    assert next(face.organisation for face in faces if face.kind == "provincial") == waiting[0]
    assert len(offered) == 6
    assert (served - offered, bool(served)) == (set(), True)
