"""Invented enterprises that raise the problems, invented parks, and the associations at the base (基层组织)."""

from __future__ import annotations

from ketuan.forms.regions import divisions
from ketuan.programme.demo.people import People, as_contact
from ketuan.programme.demo.societies import OFFICE, invented_uscc
from ketuan.programme.demo.tables import cities, rows, themes
from ketuan.programme.demo.values import Organisation

_PARKS = 8
_BASES = 3


def city_short(code: str) -> str:
    return divisions()[code].name.removesuffix("市")


def full_name(firm: str, city: str) -> str:
    """Place, coined name and trade: 无锡锡原特钢有限公司."""
    return f"{city_short(city)}{firm}有限公司"


def enterprises(people: People) -> tuple[Organisation, ...]:
    """One for each problem, in the order of the tables."""
    made = []
    for number, theme in enumerate(themes(), 1):
        key, code, domain = f"enterprise-{number:02d}", theme["city"], f"firm{number:02d}"
        name = full_name(theme["firm"], code)
        head = people.contact("总经理", domain, code)
        owner = people.joins(key, "技术中心主任", domain, code, "problem_owner")
        house = people.rng.randint(3, 260)
        made.append(
            Organisation(
                key,
                "enterprise",
                name,
                theme["firm"],
                invented_uscc(f"91{code}", number),
                code,
                f"{place(code)}{cities()[code]['street']}{house}号，{cities()[code]['postcode']}",
                above(code),
                head,
                as_contact(owner),
                f"{name}从事{theme['chain']}相关产品的研发和生产，设有市级技术中心，现有职工 {house * 7 + 90} 人。",
            )
        )
    return tuple(made)


def parks_and_bases(people: People) -> tuple[Organisation, ...]:
    """Parks, and associations in parks, enterprises and universities."""
    with_park = [code for code, city in cities().items() if city["park"]]
    made = []
    for number, code in enumerate(with_park[:_PARKS], 1):
        name = city_short(code) + cities()[code]["park"]
        made.append(_body(people, f"park-{number}", "park", name, code, "产业发展部部长", "grassroots_officer"))
    names = [(f"{cities()[code]['park']}科协", code) for code in with_park[-_BASES:]]
    names += [(f"{full_name(theme['firm'], theme['city'])}科协", theme["city"]) for theme in themes()[:_BASES]]
    schools = [row for row in rows("units") if row["kind"] == "university" and row["city"] in cities()]
    names += [(f"{row['name']}科协", row["city"]) for row in schools[:_BASES]]
    for number, (name, code) in enumerate(names, 1):
        made.append(_body(people, f"base-{number}", "grassroots", name, code, "秘书长", "grassroots_officer"))
    return tuple(made)


def _body(people: People, key: str, kind: str, name: str, code: str, title: str, role: str) -> Organisation:
    domain = key.replace("-", "")
    head = people.contact("主任" if kind == "park" else "主席", domain, code)
    one = people.joins(key, title, domain, code, role)
    address = f"{place(code)}{cities()[code]['street']}1号，{cities()[code]['postcode']}"
    number = 500 + len(people.staff)
    return Organisation(
        key, kind, name, name, invented_uscc(f"12{code}", number), code, address, above(code), head, as_contact(one)
    )


def place(code: str) -> str:
    """Province and city: 江苏省无锡市."""
    return divisions()[code[:2] + "0000"].name + divisions()[code].name


def above(code: str) -> str:
    """The association that approves a body of this city."""
    if not code:
        return OFFICE
    return f"city-{code}" if cities()[code]["park"] else f"province-{code[:2]}"
