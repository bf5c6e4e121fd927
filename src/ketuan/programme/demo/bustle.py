"""What lies on the office's desks besides applications: people who want in, odd letters, bags, next year's call."""

from __future__ import annotations

import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from ketuan.programme import calling, enrolling, receiving
from ketuan.programme.demo.sealing import CONTACT
from ketuan.programme.receiving import Bag
from ketuan.programme.who import PLATFORM, Who, who_is
from ketuan.records import clock
from ketuan.records.models import Application, Organisation, User

_CARRIERS = ("邮政特快专递", "顺丰速运", "中通快递")
_NEWCOMERS = (("李慕白", "editor"), ("许云帆", "editor"), ("顾长风", "checker"))


def newcomers(societies: list[Organisation], city: Organisation) -> None:
    """Three people who ask to act for their society, and one who registers an enterprise."""
    for (name, role), society in zip(_NEWCOMERS, societies, strict=False):
        enrolling.ask(society, [role], who=_account(name, f"new{society.pk}"))
    owner = _account("闵青山", "newowner")
    body = enrolling.propose(
        "enterprise", "云帆智感仪器（演示）有限公司", who=owner, uscc="91340100MADEM01A1T", division=city.division
    )
    enrolling.ask(body, ["owner"], who=owner)


def _account(name: str, mailbox: str) -> Who:
    user = User(email=f"{mailbox}@example.cn", name=name, password=make_password(None))
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return who_is(user)


def odd_letter(at: datetime.datetime) -> None:
    """A letter whose subject names nobody the registry knows, without a form: somebody must look at it."""
    letter = EmailMessage()
    letter["Subject"] = "申报材料（补充）"
    letter["From"] = "科技部 <office@example.cn>"
    letter["To"] = CONTACT["mailbox"]
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = "<odd@example.cn>"
    letter.set_content("老师好：补交昨天的盖章页，请查收。")
    receiving.take_in(letter.as_bytes(), who=PLATFORM, arrived=at)


def bags(officer: Who) -> None:
    """Six bags have come; one of them holds an older version, one a copy too few."""
    call = Application.objects.filter(submitted__channel="online").order_by("submitted__at")
    originals, copies = 1, 5
    for number, application in enumerate(call.select_related("submitted__version", "call__current")[:6]):
        submission = application.submitted
        if submission is None:
            continue
        day = submission.at.astimezone(clock.CHINA).date()
        code = submission.version.short_code
        if number == 2:
            code = application.versions.order_by("number")[1].short_code
        bag = Bag(
            sent_on=day,
            carrier=_CARRIERS[number % len(_CARRIERS)],
            tracking=f"DEMO{application.pk:08d}",
            received_at=min(submission.at + datetime.timedelta(days=1, hours=3), clock.now()),
            originals=originals,
            copies=copies - (number == 4),
            sealed=True,
            labelled=True,
            short_code=code,
        )
        receiving.enter_bag(application, bag, who=officer)


def next_year(officer: Who) -> None:
    """The call of the year to come, begun from this year's: dates wait to be confirmed."""
    calling.make("2025", after="2024", who=officer)
