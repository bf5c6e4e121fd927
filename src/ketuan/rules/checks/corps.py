"""Who the corps is made of (附件1 1). Decided from a roster; without one nothing can be said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ketuan.forms.identity import Person, person, same_person, same_unit
from ketuan.forms.roster import RosterEntry
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, leaders, spoken
from ketuan.rules.checks.personnel import filled
from ketuan.rules.findings import Say

_PATH = "roster"
_NO = re.compile(r"(?:否|无|没有|未入选|不是|非|/|-|—)*")
_ROUND = re.compile(r"[第\d一二三四五六七八九十]")
_LEADS = ("团长", "首席专家")


@dataclass(slots=True)
class Somebody:
    """One person of the roster, who may stand in several rows."""

    known: Person
    rows: list[RosterEntry] = field(default_factory=list)

    @property
    def born(self) -> date | None:
        return next((row.born for row in self.rows if row.born), None)

    @property
    def round(self) -> str:
        """Round of the Young Elite Scientists programme as written, empty for others."""
        return next((row.young_elite for row in self.rows if not _NO.fullmatch(row.young_elite)), "")


@dataclass(frozen=True, slots=True)
class Muster:
    """The corps counted: who is surely a person of their own, and what is not known."""

    people: tuple[Somebody, ...]
    nameless: tuple[tuple[int, RosterEntry], ...]
    doubles: tuple[str, ...]
    """Names in several rows that nothing tells apart."""

    @property
    def most(self) -> int:
        return len(self.people) + len(self.nameless) + len(self.doubles)


def muster(case: Case, roster: Sequence[RosterEntry]) -> Muster:
    """The roster counted, once for all rules of the case."""
    if "muster" not in case.memo:
        case.memo["muster"] = _mustered(case, roster)
    counted: Muster = case.memo["muster"]
    return counted


def _mustered(case: Case, roster: Sequence[RosterEntry]) -> Muster:
    people: dict[str, list[Somebody]] = {}
    nameless, doubles = [], []
    leaders_count = case.call.settings.leaders_count.value
    for number, row in enumerate(roster):
        one = person(row.name, row.unit, row.phone, path=f"roster.{number}")
        if not one.key:
            nameless.append((number, row))
            continue
        if not leaders_count and (row.role in _LEADS or any(same_person(one, lead) for lead in leaders(case.form))):
            continue
        namesakes = people.setdefault(one.key, [])
        found = next((body for body in namesakes if same_person(body.known, one)), None)
        if found is None:
            namesakes.append(Somebody(one, [row]))
            continue
        if not (found.known.reach & one.reach or same_unit(found.known.unit, one.unit)):
            doubles.append(row.name)
        found.rows.append(row)
    return Muster(tuple(body for bodies in people.values() for body in bodies), tuple(nameless), tuple(doubles))


def age(born: date, day: date) -> int:
    """Whole years on ``day``."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Youth:
    young: int
    unknown: tuple[Somebody, ...]
    most: int


def youth_of(case: Case, corps: Muster) -> Youth:
    most_age, day = case.call.corps.young_age.value, case.call.age_day
    young = sum(1 for body in corps.people if body.born and age(body.born, day) <= most_age)
    unknown = tuple(body for body in corps.people if body.born is None)
    hidden = sum(1 for _, row in corps.nameless if row.born is None or age(row.born, day) <= most_age)
    return Youth(young, unknown, young + len(unknown) + hidden + len(corps.doubles))


def _roster(case: Case) -> Sequence[RosterEntry] | None:
    """The roster to be counted; None where none came, or where one came that names other corps only."""
    return case.roster if case.roster or case.own_roster else None


def _undecided(case: Case, what: str, wanted: int | None) -> Say:
    if case.roster is None:
        message = f"没有收到团员名册，{what}还不能判断。"
        fix = "请按名册模板填好团员名册，和申报书一起核对。"
    else:
        message = f"收到的名册里没有这个服务团的人员，{what}还不能判断。"
        fix = "请核对名册“服务团名称”一栏，要与申报书的项目名称一致。"
    return Say(_PATH, message, wanted=None if wanted is None else str(wanted), fix=fix, weight="pending")


@rule("corps.size")
def size(case: Case) -> Iterator[Say]:
    """附件1 1: 总人数一般不少于20人；附件3 八 的人员表不超过20人，是另一个数."""
    least = case.call.corps.people.value
    roster = _roster(case)
    if roster is not None:
        corps = muster(case, roster)
        sure, most, where = len(corps.people), corps.most, "名册上"
    elif case.call.settings.people_and_rows.value == "table" and case.roster is None:
        sure = most = filled(case)
        where = "没有名册，按人员表"
    else:
        yield _undecided(case, "总人数", least)
        return
    if sure >= least:
        return
    rows, table = filled(case), case.limit("personnel")
    both = f"（申报书第八部分的人员表不超过 {table} 人，是另一个数，现有 {rows} 行）"
    if most < least:
        fix = "请补充团员；人员表放不下的写进名册。确有理由的请说明。"
        message = f"{where}共 {sure} 人，一般不少于 {least} 人{both}。"
        yield Say(_PATH, message, found=str(sure), wanted=str(least), fix=fix)
    else:
        message = f"{where}能确定的有 {sure} 人，最多 {most} 人，是否不少于 {least} 人还不能判断{both}。"
        fix = "请补全名册上缺的姓名和单位。"
        yield Say(_PATH, message, found=f"{sure}–{most}", wanted=str(least), fix=fix, weight="pending")


@rule("corps.youth")
def youth(case: Case) -> Iterator[Say]:
    """附件1 1: 其中45岁及以下青年科技人才一般不少于10人."""
    least, most_age = case.call.corps.young.value, case.call.corps.young_age.value
    roster = _roster(case)
    if roster is None:
        yield _undecided(case, f"{most_age} 岁及以下的人数", least)
        return
    found = youth_of(case, muster(case, roster))
    if found.young >= least:
        return
    counted = f"{most_age} 岁及以下（按 {spoken(case.call.age_day)} 的周岁算）"
    if found.most < least:
        message = f"{counted}有 {found.young} 人，一般不少于 {least} 人。"
        fix = "请补充青年科技人才；确有理由的请说明。"
        yield Say(_PATH, message, found=str(found.young), wanted=str(least), fix=fix)
    else:
        doubt = f"另有 {len(found.unknown)} 人缺出生日期，是否不少于 {least} 人还不能判断"
        message = f"{counted}能确定的有 {found.young} 人，{doubt}。"
        yield Say(
            _PATH,
            message,
            found=f"{found.young}–{found.most}",
            wanted=str(least),
            fix="请在名册上补全出生日期。",
            weight="pending",
        )


@rule("corps.young_elite")
def young_elite(case: Case) -> Iterator[Say]:
    """附件1 1: 鼓励吸纳中国科协青年人才托举工程入选者（一般不少于2人）."""
    least = case.call.corps.young_elite.value
    roster = _roster(case)
    if roster is None:
        yield _undecided(case, "青年人才托举工程入选者人数", least)
        return
    elite = [body for body in muster(case, roster).people if body.round]
    dated = [body for body in elite if _ROUND.search(body.round)]
    if len(dated) >= least:
        return
    undated = "、".join(body.known.name for body in elite if body not in dated)
    more = f"；{undated}没有写明届次，未计入" if undated else ""
    fix = "请写明入选者的届次，如“第七届”。" if undated else "鼓励邀请青年人才托举工程入选者参加，没有也可以申报。"
    message = f"名册上写明届次的青年人才托举工程入选者有 {len(dated)} 人，鼓励不少于 {least} 人{more}。"
    yield Say(_PATH, message, found=str(len(dated)), wanted=str(least), fix=fix)


@rule("corps.known")
def known(case: Case) -> Iterator[Say]:
    """附件1 1: 人数、年龄要能数得清."""
    roster = _roster(case)
    if roster is None:
        yield _undecided(case, "姓名、单位和出生日期是否齐全", None)
        return
    corps = muster(case, roster)
    young = youth_of(case, corps)
    lacks = [f"第 {number + 1} 人缺姓名" for number, _ in corps.nameless]
    lacks += [f"{name}有两行，缺工作单位或手机，分不清是不是一个人" for name in dict.fromkeys(corps.doubles)]
    lacks += [f"{body.known.name}缺工作单位" for body in corps.people if body.known.name and not body.known.unit]
    lacks += [f"{body.known.name}缺出生日期" for body in young.unknown]
    if lacks:
        yield Say(
            _PATH,
            f"名册不全，人数和年龄可能数不准：{'；'.join(lacks)}。",
            found="；".join(lacks),
            fix="请在名册上补全这几项，再核对一次。",
        )
