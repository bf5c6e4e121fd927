"""The form of a corps as plain values, section by section, before any mistake is made in it."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from ketuan.forms.regions import divisions
from ketuan.programme.demo import money
from ketuan.programme.demo.desk import Desk, listed, title_of
from ketuan.programme.demo.enterprises import full_name
from ketuan.programme.demo.problems import where
from ketuan.programme.demo.prose import Voice
from ketuan.programme.demo.rosters import young
from ketuan.programme.demo.tables import cities, themes, toml
from ketuan.programme.demo.values import Expert, Organisation, Staff

_TABLE_ROWS = (14, 16, 18, 20)
_DATED = (date(2024, 5, 17), date(2024, 5, 20), date(2024, 5, 22), date(2024, 5, 23))


def raw_form(
    desk: Desk, theme: dict[str, Any], voice: Voice, people: list[Expert], codes: tuple[str, ...]
) -> dict[str, Any]:
    """The form as plain values, without its problem tables."""
    rng, society = desk.rng, desk.societies[theme["society"]]
    editor = desk.staff[society.key][0]
    free = [code for code in cities() if code not in desk.served[theme["society"]]]
    source = next((one for one in themes() if one["chain"] == theme.get("problem_of")), theme)
    firm = full_name(source["firm"], source["city"])
    voice.facts.update(where(theme["city"]), firm=firm, chain=theme["chain"], short=source["title"])
    voice.facts.update(_team_facts(people), short_s=society.short)
    budget = money.budget(rng)
    sets: list[list[str]] = toml("prose")["stage_goals"]
    goals = sets[(voice.base["stage_goals"] + voice.turn) % len(sets)]
    lead = _person(people[0])
    return {
        **front(desk, society, editor, title_of(theme["chain"])),
        "partners": list(dict.fromkeys([society.name, *(one.unit for one in people), firm]))[: rng.randint(5, 8)],
        "leader": lead,
        "chief_expert": _person(people[1]) | {"professional_title": people[1].professional_title},
        "service": {
            "industry": theme["chain"],
            "provinces": list(dict.fromkeys(divisions()[code[:2] + "0000"].name for code in codes)),
            "key_cities": listed(codes),
            "other_cities": listed(tuple(rng.sample(free, 2))),
        },
        "rationale": voice.say(f"policy_{source['class']}", "collect", "purpose", benefit=source["benefit"]),
        "work_plan": voice.say("open") + theme["route"] + "。" + voice.say("liaise", "services"),
        "objectives": f"{theme['target']}。" + voice.say("deliver", "standing", "tell"),
        "capacity": voice.say("team", "ground", "backing"),
        "schedule": money.schedule(budget["total"], goals, rng),
        "personnel": _table(people, rng),
        "budget": budget,
    }


def front(desk: Desk, society: Organisation, editor: Staff, title: str) -> dict[str, Any]:
    """Cover and first section."""
    contact = {"name": editor.name, "title": editor.title, "phone": editor.phone, "email": editor.email}
    head = society.head
    return {
        "cover": {
            "call_code": desk.call.project.code.value,
            "title": title,
            "contact_name": editor.name,
            "mobile": editor.mobile,
            "phone": editor.phone,
            "email": editor.email,
            "dated": desk.rng.choice(_DATED),
        },
        "society": {
            "name": society.name,
            "uscc": society.uscc,
            "address": society.address,
            "head": {"name": head.name, "title": head.title, "phone": head.phone, "email": head.email},
            "contact": contact,
            "introduction": society.introduction,
        },
    }


def _person(one: Expert) -> dict[str, str]:
    return {
        "name": one.name,
        "mobile": one.mobile,
        "email": one.email,
        "office_phone": one.phone,
        "post": f"{one.unit} {one.post}",
    }


def _team_facts(people: list[Expert]) -> dict[str, Any]:
    return {
        "count": len(people),
        "young": sum(map(young, people)),
        "elite": sum(bool(one.young_elite) for one in people),
        "units": len({one.unit for one in people}),
        "leader": people[0].name,
        "chief": people[1].name,
        "chief_field": people[1].field,
    }


def _table(people: list[Expert], rng: Random) -> list[dict[str, str]]:
    duties: list[str] = toml("prose")["duties"]
    jobs = [*duties[:2], *rng.sample(duties[2:], len(duties) - 2)]
    return [
        {"name": one.name, "affiliation": f"{one.unit}/{one.post}", "contact": one.mobile, "duty": duty}
        for one, duty in zip(people[: rng.choice(_TABLE_ROWS)], jobs, strict=False)
    ]
