"""The table of principal personnel (附件3 八)."""

from __future__ import annotations

from collections.abc import Iterator

from ketuan.forms.application import Member
from ketuan.forms.identity import Person, name_key, person, same_person
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, shortened
from ketuan.rules.findings import Say


@rule("personnel.limit")
def limit(case: Case) -> Iterator[Say]:
    """附件3 八: 项目负责人及主要参加人员（不超过20人）."""
    rows, most = filled(case), case.limit("personnel")
    if most is not None and rows > most:
        yield Say(
            "personnel",
            f"人员表有 {rows} 行，最多 {most} 人。",
            found=str(rows),
            wanted=str(most),
            fix="请只列负责人和主要参加人员；其余团员写进团员名册。",
        )


def filled(case: Case) -> int:
    """Rows of the table in which anything stands."""
    return sum(1 for m in case.form.personnel if m.name or m.affiliation or m.contact or m.duty)


@rule("personnel.lead_listed")
def lead_listed(case: Case) -> Iterator[Say]:
    """附件3 八: 表中列项目负责人及主要参加人员，团长和首席专家当在其中.

    The name alone decides here: inside one paper a namesake is rarer than a second telephone number.
    """
    if not case.form.personnel:
        return
    listed = {name_key(member.name) for member in case.form.personnel}
    for role, path, name in (
        ("团长", "leader.name", case.form.leader.name),
        ("首席专家", "chief_expert.name", case.form.chief_expert.name),
    ):
        if name and name_key(name) not in listed:
            yield Say(
                path,
                f"{role}{shortened(name)}不在“{case.paper.place('personnel')}”表里。",
                found=name,
                fix=f"请把{role}列入人员表，并核对两处的姓名是否一致。",
            )


@rule("personnel.duplicate")
def duplicate(case: Case) -> Iterator[Say]:
    """附件3 八: 同一人只列一行."""
    seen: dict[str, list[tuple[int, Person]]] = {}
    keys = [name_key(member.name) for member in case.form.personnel]
    if len(set(keys)) == len(keys):
        return
    for number, member in enumerate(case.form.personnel):
        if not keys[number]:
            continue
        one = _person(member)
        earlier = seen.setdefault(keys[number], [])
        first = next((at for at, other in earlier if same_person(one, other)), None)
        if first is not None:
            yield Say(
                f"personnel.{number}.name",
                f"人员表第 {number + 1} 行的{shortened(member.name)}与第 {first + 1} 行是同一人。",
                found=member.name,
                fix="请删去重复的一行；如果是同名的两个人，请写明各自的单位和联系方式。",
            )
        earlier.append((number, one))


def _person(member: Member) -> Person:
    return person(member.name, member.affiliation, member.contact)
