"""省级科协同意推荐函 (通知 三.1, 附件1 2): the province recommends a project and names the liaison group."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ketuan.documents.letters.press import day, press


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the liaison group. ``side`` says for whom: “组长”, “全国学会”, “省级科协”, “主要服务市区科协”."""

    side: str
    name: str
    unit: str
    post: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    number: str
    province_association: str
    addressee: str
    """Who receives the letter: the issuer of the call."""
    society: str
    call_title: str
    corps_title: str
    problems: tuple[str, ...]
    cities: tuple[str, ...]
    head: Person
    officers: tuple[Person, ...]
    dated: datetime.date
    short_code: str
    url: str


def consent(given: Consent) -> bytes:
    """The letter as PDF, with room for the seal."""
    values = {
        "title": f"关于同意推荐{given.corps_title}项目申报的函",
        "author": given.province_association,
        "association": given.province_association,
        "number": given.number,
        "addressee": given.addressee,
        "society": given.society,
        "call": given.call_title,
        "corps": given.corps_title,
        "problems": given.problems,
        "cities": "、".join(given.cities),
        "group": [[one.side, one.name, one.unit, one.post, one.phone] for one in (given.head, *given.officers)],
        "phones": any(one.phone for one in (given.head, *given.officers)),
        "dated": day(given.dated),
        "code": given.short_code,
    }
    created = datetime.datetime.combine(given.dated, datetime.time(), datetime.UTC)
    return press("consent", values, url=given.url, created=created)
