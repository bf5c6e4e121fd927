"""The sixty applications: forms that keep the rules, but for the mistakes that the plan asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ketuan.forms.application import Application
from ketuan.forms.regions import divisions
from ketuan.programme.demo import flaws
from ketuan.programme.demo.desk import Desk, listed, provinces_of, served, title_of
from ketuan.programme.demo.papers import front, raw_form
from ketuan.programme.demo.problems import key_of, problem, table
from ketuan.programme.demo.rosters import Wish, entries
from ketuan.programme.demo.tables import rows, themes, toml
from ketuan.programme.demo.values import Corps, Flaw


def corps_of_year(desk: Desk) -> tuple[Corps, ...]:
    """All of them, in the order of the tables; the problems are left in ``desk.problems``."""
    more = toml("corps-more")
    for one in (*themes(), *more["draft"], *more["corps"]):
        desk.served[one["society"]].add(one["city"])
    written: list[Corps] = []
    for theme in themes():
        written.append(_written(desk, theme, len(written) + 1))
    for draft in more["draft"]:
        written.append(_draft(desk, draft, len(written) + 1))
    for other in more["corps"]:
        written.append(_other(desk, other, written))
    return tuple(_entangled(desk, written))


def _plan(chain: str) -> dict[str, str]:
    found = next((row for row in rows("plan") if row["chain"] == chain), None)
    return found or {"chain": chain, "state": "submitted", "flaws": "", "reason": ""}


# ---- a whole application ------------------------------------------------------------


def _written(desk: Desk, theme: dict[str, Any], number: int) -> Corps:
    rng, society, plan = desk.rng, desk.societies[theme["society"]], _plan(theme["chain"])
    names = (plan["flaws"] or "").split()
    wish, found = Wish(people=rng.randint(20, 25), young=rng.randint(10, 14), elite=rng.randint(2, 3)), []
    for name in names:
        if name in flaws.WISHES:
            wish, flaw = flaws.WISHES[name]
            found.append(flaw)
    people = desk.pool.corps(society.key, theme["cluster"], wish)
    voice, title = desk.voice(theme["society"]), title_of(theme["chain"])
    base = theme.get("problem_of")
    asked = next((one for one in themes() if one["chain"] == base), theme)
    form = table(asked, voice, desk.call, theme["route"])
    if base is None:
        desk.problems.append(problem(number, theme, form, rng))
    tables, keys = [form], [key_of(base or theme["chain"])]
    second = theme.get("second")
    if second is not None:
        other = next(one for one in themes() if one["chain"] == second["chain"])
        tables.append(table(other, voice.aside(), desk.call, second["route"]))
        keys.append(key_of(second["chain"]))
    codes = served(desk, theme, number)
    raw = raw_form(desk, theme, voice, people, codes) | {"problems": [one.model_dump() for one in tables]}
    for name in names:
        if name in flaws.FORMS:
            found.append(flaws.FORMS[name](raw, desk.call))
    roster = entries(raw["cover"]["title"], people)
    if "unborn" in names:
        roster = (*roster[:-1], roster[-1].model_copy(update={"born": None}))
        found.append(flaws.UNBORN)
    return Corps(
        key=f"corps-{number:02d}",
        society=society.key,
        title=title,
        chain=theme["chain"],
        form=Application.model_validate(raw),
        roster=roster,
        members=tuple(one.key for one in people),
        leader=people[0].key,
        chief=people[1].key,
        problems=tuple(keys),
        provinces=provinces_of(codes),
        cities=codes,
        state=plan["state"],
        flaws=tuple(found),
        reason=plan["reason"] or "",
    )


# ---- drafts, copies, and what concerns two ------------------------------------------------------------


def _draft(desk: Desk, draft: dict[str, Any], number: int) -> Corps:
    """Hardly begun: a title, or the front page and part of the rationale."""
    society, title = desk.societies[draft["society"]], title_of(draft["chain"])
    raw: dict[str, Any] = {"cover": {"title": title}}
    codes: tuple[str, ...] = ()
    if draft["state"] == "draft_started":
        codes = (draft["city"],)
        raw = front(desk, society, desk.staff[society.key][0], title)
        raw["cover"]["dated"] = None
        province = divisions()[codes[0][:2] + "0000"].name
        raw["service"] = {"industry": draft["chain"], "provinces": [province], "key_cities": listed(codes)}
        raw["rationale"] = draft["rationale"]
    return Corps(
        key=f"corps-{number:02d}",
        society=society.key,
        title=title,
        chain=draft["chain"],
        form=Application.model_validate(raw),
        roster=(),
        members=(),
        leader="",
        chief="",
        problems=(),
        provinces=provinces_of(codes),
        cities=codes,
        state=draft["state"],
    )


def _other(desk: Desk, other: dict[str, Any], written: list[Corps]) -> Corps:
    """A corps of its own about a problem of others, or a near copy of a sibling."""
    number = len(written) + 1
    if "copy_of" not in other:
        return _written(desk, other, number)
    sibling = next(one for one in written if one.chain == other["copy_of"])
    theme = next(one for one in themes() if one["chain"] == other["copy_of"])
    people = desk.pool.corps(sibling.society, theme["cluster"], Wish())
    codes = (other["city"],)
    title = title_of(other["chain"])
    raw = raw_form(desk, {**theme, **other}, desk.voice(other["society"]), people, codes)
    taken = sibling.form.model_dump()
    raw |= {name: taken[name] for name in ("work_plan", "objectives", "problems")}
    raw["work_plan"] = raw["work_plan"].replace("优化", "改善").replace("衬底", "基片")
    plan = _plan(other["chain"])
    notes = {"overlap.problems": "与同一学会另一个团的难题相同", "overlap.content": "工作方案和目标大段照抄"}
    return Corps(
        key=f"corps-{number:02d}",
        society=sibling.society,
        title=title,
        chain=other["chain"],
        form=Application.model_validate(raw),
        roster=entries(title, people),
        members=tuple(one.key for one in people),
        leader=people[0].key,
        chief=people[1].key,
        problems=sibling.problems,
        provinces=provinces_of(codes),
        cities=codes,
        state=plan["state"],
        flaws=tuple(Flaw(rule, "", notes[rule], (sibling.key,)) for rule in flaws.NEAR_COPY),
    )


def _entangled(desk: Desk, written: list[Corps]) -> Iterator[Corps]:
    """Two corps of one society that share people, and two that share a city."""
    by_flaw = {row["flaws"]: row["chain"] for row in rows("plan") if row["flaws"]}
    for one in written:
        before = [other for other in written if other.society == one.society and other is not one]
        if one.chain == by_flaw["shared_members"]:
            yield _with_people_of(one, next(other for other in before if other.state == "submitted"))
        elif one.chain == by_flaw["shared_city"]:
            yield _with_city_of(one, next(other for other in before if other.state == "submitted"))
        else:
            yield one


def _with_people_of(one: Corps, other: Corps) -> Corps:
    guests = tuple(row.model_copy(update={"corps": one.title}) for row in other.roster[-2:])
    flaw = Flaw(flaws.SHARED_MEMBERS, "roster", "有两人同时在本学会另一个团", (other.key,))
    return replace(
        one,
        roster=one.roster + guests,
        members=one.members + other.members[-2:],
        flaws=(*one.flaws, flaw),
    )


def _with_city_of(one: Corps, other: Corps) -> Corps:
    codes = (*one.cities, other.cities[0])
    named = list(dict.fromkeys(divisions()[code[:2] + "0000"].name for code in codes))
    service = one.form.service.model_copy(update={"key_cities": listed(codes), "provinces": named})
    flaw = Flaw(flaws.SHARED_CITY, "service.key_cities", "与本学会另一个团服务同一城市", (other.key,))
    return replace(
        one,
        form=one.form.model_copy(update={"service": service}),
        cities=codes,
        provinces=provinces_of(codes),
        flaws=(*one.flaws, flaw),
    )
