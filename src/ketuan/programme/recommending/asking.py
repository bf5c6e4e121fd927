"""The society asks a provincial association for its consent, and may take the question back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from ketuan.forms.regions import province_named
from ketuan.journal.outbox import letter
from ketuan.programme import applying
from ketuan.programme.addressees import people_of
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.recommending.finding import in_force, pending
from ketuan.programme.recommending.reading import changed, serves
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Organisation, Recommendation, Version


def provinces() -> QuerySet[Organisation]:
    """The provincial associations that can be asked."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.PROVINCE, state=Organisation.State.ACTIVE)
    return rows.order_by("division", "name")


def suggested(application: Application) -> tuple[Organisation, ...]:
    """The associations of the provinces that the form serves, in the order of the form."""
    named = [unit.code for name in application.provinces if (unit := province_named(name))]
    held = {one.division: one for one in provinces().filter(division__in=named)}
    return tuple(held[code] for code in dict.fromkeys(named) if code in held)


def ask(application: Application, province: Organisation, *, who: Who, unserved: bool = False) -> Recommendation:
    """Send the form as it is now, without rows that nobody filled, to a provincial association; its people get a letter.

    ``unserved``: the society knows that the form does not name this province. Refused while another question is open or
    the consent in force still fits; Invalid for a body that is no province, a province that the form does not name
    unless ``unserved``, or a form without a title (附件3 封面).
    """
    with transaction.atomic():
        application = locked(application)
        holding = permit("recommending.ask", who, application)
        if not provinces().filter(pk=province.pk).exists():
            raise Invalid({"province": "请从名单里选择一个省级科协。"})
        if not application.title:
            raise Invalid({"province": "项目名称还没有填写，请先填写封面再请求推荐（附件3 封面）。"})
        if open_one := pending(application):
            raise Refused(f"已请{open_one.province}出具意见，还没有答复。要改请别的省级科协，请先收回。")
        held = in_force(application)
        if held is not None and held.province_id == province.pk and not changed(held):
            raise Refused(f"{held.province}已经同意推荐，内容没有改动，不需要再请求。")
        served = serves(application.form, province)
        if not served and not unserved:
            raise Invalid({"unserved": f"申报书没有写服务{province}所在的省份。仍要请它推荐的，请勾选确认。"})
        now = clock.now()
        applying.drop_blank_rows(application, who=who)
        version = applying.freeze(application, Version.Why.TO_PROVINCE, who=who)
        asked = Recommendation.objects.create(
            application=application, province=province, version=version, asked_by_id=who.user_id, asked_at=now
        )
        application.province = province
        application.save(update_fields=["province"])
        record(
            who,
            holding,
            "recommending.ask",
            asked,
            f"请{province}出具推荐意见（第{version.number}版）",
            data={"province": province.pk, "served": served, "version": version.number, "sha256": version.sha256},
            application=application,
        )
        letter(
            "recommendation_asked",
            people_of(province.pk, "provincial"),
            key=f"recommendation_asked:{asked.pk}",
            link=f"/recommending/{asked.pk}/",
            society=application.society.name,
            title=application.title,
            deadline=_deadline(application),
        )
    return asked


def take_back(recommendation: Recommendation, *, who: Who) -> Recommendation:
    """The question is open no longer; the province is told. Refused once it is decided."""
    with transaction.atomic():
        application = locked(recommendation.application)
        recommendation = Recommendation.objects.select_related("application__call", "province").get(
            pk=recommendation.pk
        )
        holding = permit("recommending.take_back", who, recommendation)
        recommendation.state = Recommendation.State.WITHDRAWN
        recommendation.save(update_fields=["state"])
        record(
            who,
            holding,
            "recommending.take_back",
            recommendation,
            f"收回对{recommendation.province}的推荐请求",
            application=application,
        )
        letter(
            "recommendation_taken_back",
            people_of(recommendation.province_id, "provincial"),
            key=f"recommendation_taken_back:{recommendation.pk}",
            link="/recommending/",
            society=application.society.name,
            title=application.title,
        )
    return recommendation


def _deadline(application: Application) -> str:
    at = application.call.deadline_at
    return f"{at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}" if at else "申报截止"
