"""What a province reads of a recommendation: the frozen form, what the rules say of it, and what was changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ketuan.forms.application import Application as Form
from ketuan.forms.regions import divisions, places_in, province_named
from ketuan.forms.remarks import Reading, Remark
from ketuan.forms.roster import RosterEntry
from ketuan.programme import applying, calling
from ketuan.programme.applying import papers
from ketuan.programme.recommending.finding import in_force
from ketuan.records.models import Application, Organisation, Recommendation, Version
from ketuan.rules.checking import check
from ketuan.rules.findings import Finding

CHANGED = "recommending.changed"
MATERIAL = (
    ("项目名称", "cover.title"),
    ("产业领域", "service.industry"),
    ("重点服务的省份", "service.provinces"),
    ("重点服务的城市", "service.key_cities"),
)
"""What a province consents to; a change of it afterwards is told to both sides."""
MATERIAL_PROBLEM = (("难题名称", "title"), ("提出单位", "proposer"), ("实施地点", "location"))


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is no longer as it was when consent was asked for."""

    label: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What the province looks at first."""

    problems: tuple[tuple[str, str, str], ...]
    """Title, proposer and place of each."""
    cities: tuple[str, ...]
    """Cities of this province that the form names."""
    elsewhere: tuple[str, ...]
    """Places of other provinces that it names."""


def findings_of(recommendation: Recommendation) -> tuple[Finding, ...]:
    """What the rules say of the version that was sent to the province."""
    version = recommendation.version
    if version is None:
        return ()
    application = recommendation.application
    unread = ((papers.indexed(application, path), held) for path, held in version.unread.items())
    remarks = tuple(Remark(at, held["message"], held["raw"], None, "unread") for at, held in unread if at is not None)
    roster = tuple(RosterEntry.model_validate(one) for one in version.roster)
    reading = Reading(Form.model_validate(version.form), remarks)
    return check(reading, calling.rules_of(application.call), roster=roster, own_roster=True)


def filled(recommendation: Recommendation) -> applying.Filled:
    """The version that was sent to the province, as its page shows it."""
    version, application = recommendation.version, recommendation.application
    if version is None:
        return applying.filled(application)
    rows = papers.with_keys(papers.paper_of(application), version.form, {})
    same = {table: len(keys) for table, keys in rows.items()} == {t: len(k) for t, k in application.rows.items()}
    return applying.Filled(version.form, application.rows if same else rows, version.unread if same else {})


def brief(version: Version | None, division: str) -> Brief:
    """Problems and cities of a version, seen from the province with this code."""
    form = version.form if version else {}
    problems = tuple((p["title"], p["proposer"], p["location"]) for p in form.get("problems", ()))
    service = form.get("service") or {}
    text = "；".join(
        [
            "、".join(service.get("provinces") or ()),
            service.get("key_cities") or "",
            service.get("other_cities") or "",
            *(place for _, _, place in problems),
        ]
    )
    named = [unit for unit in places_in(text) if not unit.is_province]
    mine = tuple(unit.name for unit in named if unit.province == division)
    names = divisions()
    others = tuple(f"{names[u.province].name}{u.name}" for u in named if u.province != division and u.province in names)
    return Brief(problems, mine, others)


def serves(form: dict[str, Any], province: Organisation) -> bool:
    """True where the form names this association's province among those it serves (附件3 服务地区)."""
    named = (form.get("service") or {}).get("provinces") or ()
    return province.division in {unit.code for name in named if (unit := province_named(name))}


def served(recommendation: Recommendation) -> bool:
    """The same for the version that was sent to the province; True where there is none to look at."""
    version = recommendation.version
    return version is None or serves(version.form, recommendation.province)


def changed(recommendation: Recommendation) -> tuple[Changed, ...]:
    """What of the things consented to is different in the form as it stands now."""
    version = recommendation.version
    if version is None:
        return ()
    before, after = version.form, recommendation.application.form
    found = [
        Changed(label, path, _at(before, path), _at(after, path))
        for label, path in MATERIAL
        if _at(before, path) != _at(after, path)
    ]
    old, new = before.get("problems") or [], after.get("problems") or []
    for row in range(max(len(old), len(new))):
        for label, name in MATERIAL_PROBLEM:
            was = _shown(old[row].get(name)) if row < len(old) else ""
            now = _shown(new[row].get(name)) if row < len(new) else ""
            if was != now:
                found.append(Changed(f"难题{row + 1} {label}", f"problems.{row}.{name}", was, now))
    return tuple(found)


def other_text(consent: Recommendation, form: dict[str, Any]) -> bool:
    """True where a form differs at all from the version consented to."""
    return consent.version is not None and consent.version.form != form


def since(consent: Recommendation, changed: tuple[Changed, ...]) -> Finding | None:
    """The changes after a consent as a warning that wants a reason; None where nothing changed."""
    if not changed:
        return None
    told = "；".join(f"{one.label}由“{one.before or '空'}”改为“{one.after or '空'}”" for one in changed)
    return Finding(
        CHANGED,
        "warn",
        "通知 三.1",
        changed[0].path,
        f"{consent.province}同意之后改过：{'、'.join(one.label for one in changed)}。",
        told,
        "提交的内容与省级科协同意的一致",
        "请考虑重新请求推荐；不需要的，请说明理由，省级科协会看到改动。",
    )


def since_consent(application: Application) -> Finding | None:
    """The same for the consent that is in force; None without one."""
    consent = in_force(application)
    if consent is None:
        return None
    consent.application = application
    return since(consent, changed(consent))


def _at(form: dict[str, Any], path: str) -> str:
    held: Any = form
    for step in path.split("."):
        held = (held or {}).get(step)
    return _shown(held)


def _shown(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value or "")
