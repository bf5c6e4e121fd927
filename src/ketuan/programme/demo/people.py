"""Invented people: names from tables, telephone numbers of a range that is given to nobody, addresses under .example."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from ketuan.programme.demo.tables import Row, cities, rows
from ketuan.programme.demo.values import Contact, Expert, Staff

EXPERTS = 400
REVIEWERS = 30
CHAIRS = 3
_ELITE = 60
_YEAR = 2024
_FIRST_ROUND = 2015
_ELITE_AGE = 32
_ROUNDS = "一二三四五六七八九"
_POSTS = {
    "university": ("讲师", "副教授", "教授", "教授/学科带头人", "教授/科研院院长"),
    "institute": ("工程师", "高级工程师", "研究员", "研究员/首席专家", "研究员/科技发展部主任"),
    "enterprise": ("工程师", "高级工程师", "高级工程师/技术总监", "正高级工程师/总工程师", "正高级工程师/副总经理"),
}
_KNOWN = frozenset(
    "刘洋 刘涛 郭涛 胡静 杨洋 吴磊 黄磊 王磊 张楠 李静 周涛 宋洋 高伟 杨超 邓超 王超 李敏 韩磊 罗昊 张超 李楠 王楠 "
    "王静 曾莹 彭博 陈超 马磊 孙楠 蒋磊 陈敏 赵伟 张伟 王伟 李伟 刘伟 何超 蔡斌 黄斌 林超 唐静 徐静".split()
)
"""Names that readers would take for somebody they have heard of."""
_MANAGES = ("院长", "主任", "副总经理")


@dataclass(slots=True)
class People:
    """Gives names, numbers and addresses, none of them twice."""

    rng: Random
    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    lines: int = 0
    staff: list[Staff] = field(default_factory=list)

    def name(self) -> tuple[str, str]:
        """A name and its pinyin."""
        surnames, given = (_weighted(kind) for kind in ("surname", "given"))
        while True:
            one = self.rng.choices(surnames[0], surnames[1])[0]
            two = self.rng.choices(given[0], given[1])[0]
            name = one["text"] + two["text"]
            if name not in self.names and name not in _KNOWN:
                self.names.add(name)
                return name, one["pinyin"] + two["pinyin"]

    def email(self, pinyin: str, domain: str) -> str:
        address, number = f"{pinyin}@{domain}.example", 1
        while address in self.addresses:
            number += 1
            address = f"{pinyin}{number}@{domain}.example"
        self.addresses.add(address)
        return address

    def line(self, city: str) -> str:
        """A number of the city that begins as no subscriber's does."""
        self.lines += 1
        area = cities()[city]["area"] if city in cities() else "010"
        return f"{area}-2000{self.lines % 10000:04d}" if len(area) == 3 else f"{area}-20{self.lines % 100000:05d}"

    def contact(self, title: str, domain: str, city: str) -> Contact:
        name, pinyin = self.name()
        return Contact(name, title, self.line(city), self.email(pinyin, domain))

    def joins(self, organisation: str, title: str, domain: str, city: str, *roles: str) -> Staff:
        """Somebody new who signs in for an organisation."""
        one = self.contact(title, domain, city)
        number = len(self.staff) + 1
        mobile = f"154{10000000 + number:08d}"
        person = Staff(f"staff-{number:03d}", organisation, one.name, title, mobile, one.phone, one.email, tuple(roles))
        self.staff.append(person)
        return person


def _weighted(kind: str) -> tuple[list[Row], list[int]]:
    found = [row for row in rows("names") if row["kind"] == kind]
    return found, [int(row["weight"]) for row in found]


def as_contact(one: Staff) -> Contact:
    return Contact(one.name, one.title, one.phone, one.email)


def experts(people: People) -> tuple[Expert, ...]:
    """The register: clusters in turn, ages from 27 to 66, every seventh or so a young elite scientist, 30 reviewers."""
    rng = people.rng
    fields = {row["cluster"]: row["fields"].split() for row in rows("fields")}
    homes = {cluster: [row for row in rows("units") if cluster in row["clusters"].split()] for cluster in fields}
    clusters = list(fields)
    made = []
    for number in range(EXPERTS):
        cluster = clusters[number % len(clusters)]
        made.append(_expert(people, number + 1, cluster, rng.choice(fields[cluster]), rng.choice(homes[cluster])))
    made = _at_the_edge(made)
    made = _with_rounds(made, rng)
    return tuple(_with_reviewers(made, rng))


def _expert(people: People, number: int, cluster: str, subject: str, unit: Row) -> Expert:
    rng = people.rng
    age = rng.choice((rng.randint(27, 36), rng.randint(33, 45), rng.randint(41, 55), rng.randint(46, 66)))
    born = date(_YEAR - age, 1, 1) + timedelta(days=rng.randrange(365))
    name, pinyin = people.name()
    return Expert(
        key=f"expert-{number:04d}",
        name=name,
        born=born,
        unit=unit["name"],
        post=_POSTS[unit["kind"]][_rank(age, rng)],
        field=subject,
        cluster=cluster,
        young_elite="",
        mobile=f"154{number:08d}",
        phone=people.line(unit["city"]),
        email=people.email(pinyin, unit["domain"]),
        city=unit["city"],
    )


def _rank(age: int, rng: Random) -> int:
    if age < 34:
        return rng.choice((0, 0, 1))
    if age < 42:
        return rng.choice((1, 1, 2))
    return rng.choice((2, 3, 4)) if age < 61 else rng.choice((2, 3, 3))


def _at_the_edge(made: list[Expert]) -> list[Expert]:
    """Two of the register are born a day apart, on either side of the age that counts as young."""
    old = [at for at, one in enumerate(made) if one.born.year in (1978, 1979)][:2]
    for at, born in zip(old, (date(1978, 5, 24), date(1978, 5, 25)), strict=True):
        made[at] = replace(made[at], born=born)
    return made


def _with_rounds(made: list[Expert], rng: Random) -> list[Expert]:
    """Nobody was older than 32 when chosen, nobody younger than 25."""
    rounds: dict[int, list[int]] = {}
    for at, one in enumerate(made):
        ages = [_FIRST_ROUND + n - one.born.year for n in range(len(_ROUNDS))]
        rounds[at] = [n for n, age in enumerate(ages) if 25 < age <= _ELITE_AGE]
    fitting = [at for at, some in rounds.items() if some]
    for at in rng.sample(fitting, min(_ELITE, len(fitting))):
        made[at] = replace(made[at], young_elite=f"第{_ROUNDS[rng.choice(rounds[at])]}届")
    return made


def _with_reviewers(made: list[Expert], rng: Random) -> list[Expert]:
    senior = [at for at, one in enumerate(made) if 1962 <= one.born.year <= 1976 and "副" not in one.post]
    for number, at in enumerate(rng.sample(senior, REVIEWERS)):
        made[at] = replace(made[at], roles=("reviewer", "panel_chair") if number < CHAIRS else ("reviewer",))
    return made


def manages(one: Expert) -> bool:
    """Holds a post from which a corps is led."""
    return one.post.endswith(_MANAGES)
