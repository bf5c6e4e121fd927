"""The industrial problems as 难题基本情况表, each raised by an enterprise and taken up by a society."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from ketuan.forms import choices
from ketuan.forms.money import fen_of
from ketuan.forms.problem import Problem
from ketuan.forms.regions import divisions
from ketuan.programme.demo.enterprises import city_short, full_name, place
from ketuan.programme.demo.prose import Voice
from ketuan.programme.demo.tables import cities, themes
from ketuan.programme.demo.values import DemoProblem
from ketuan.rules.call import Call
from ketuan.rules.checks.problem import zones_at

CATEGORIES = dict(zip("传新未", choices.CATEGORIES, strict=True))
_FIRST_DAY = date(2024, 3, 4)
_MONTHS_FROM = date(2024, 7, 1)


def key_of(chain: str) -> str:
    """Key of the problem of a chain."""
    return next(f"problem-{number:02d}" for number, theme in enumerate(themes(), 1) if theme["chain"] == chain)


def where(code: str) -> dict[str, str]:
    """Names of a place for sentences: P province, p its short name, C and city the city, park."""
    province = divisions()[code[:2] + "0000"].name
    park = cities()[code]["park"]
    return {
        "P": province,
        "p": province.removesuffix("省"),
        "C": divisions()[code].name,
        "city": divisions()[code].name,
        "park": city_short(code) + park if park else f"{city_short(code)}当地产业园",
    }


def table(theme: dict[str, Any], voice: Voice, call: Call, route: str) -> Problem:
    """The table as the society of ``voice`` files it: what the enterprise says stays, the society's part differs."""
    voice.facts.update(where(theme["city"]), firm=full_name(theme["firm"], theme["city"]), chain=theme["chain"])
    parts = ("background", "progress", "hard")
    told = [theme[part] for part in parts] + [voice.say("cooperation"), f"预期效益：{theme['benefit']}"]
    bases = choices.POLICY_BASES
    return Problem(
        title=theme["title"],
        proposer=voice.facts["firm"],
        category=[CATEGORIES[theme["class"]]],
        industries=theme["industries"],
        policy_basis=[bases[1], bases[2 + len(theme["title"]) % 2]],
        description="\n".join(told),
        investment=fen_of(theme["cost"]),
        solve_by=_after(theme["months"]),
        location=place(theme["city"]),
        zone=[zone(theme["city"], call)],
        local_support=voice.say("local_support"),
        proposer_support=voice.say("proposer_support"),
        assessment=voice.say("assessment"),
        track_record=voice.say("track_record"),
        solution_outline=voice.say("outline", route=route),
    )


def zone(code: str, call: Call) -> str:
    """What the registry says of a city on the day of the call."""
    kinds, found = call.registry.kinds.value, {one.kind for one in zones_at(place(code), call)}
    if "demonstration" in found:
        return kinds.demonstration
    return kinds.pilot if "pilot" in found else kinds.neither


def _after(months: int) -> date:
    years, month = divmod(_MONTHS_FROM.month - 1 + months, 12)
    return date(_MONTHS_FROM.year + years, month + 1, 1) - timedelta(days=1)


def problem(number: int, theme: dict[str, Any], form: Problem, rng: Random) -> DemoProblem:
    code = theme["city"]
    return DemoProblem(
        key=f"problem-{number:02d}",
        form=form,
        proposer=f"enterprise-{number:02d}",
        division=code,
        province=f"province-{code[:2]}",
        municipality=f"city-{code}" if cities()[code]["park"] else "",
        collected=_FIRST_DAY + timedelta(days=rng.randrange(50)),
        chain=theme["chain"],
    )
