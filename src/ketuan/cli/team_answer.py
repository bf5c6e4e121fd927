"""The answer of ``ketuan team`` as its file says it: members with reasons, rules with clause and cost, the proof."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from ketuan.cli.team_files import (
    Candidate,
    Need,
    Out,
    OutClash,
    OutMember,
    OutPart,
    OutPrices,
    OutRule,
    OutSettings,
    OutSubstitute,
)
from ketuan.matching.teaming import reasons
from ketuan.matching.teaming.builder import Corps
from ketuan.matching.teaming.collision import Collision
from ketuan.matching.teaming.fitness import shared
from ketuan.matching.teaming.values import Wanted
from ketuan.rules.call import Call

FORMULA = (
    "总分 = Σ 团员对所承担部分的适配度（每部分前 seats 名全计，其余按 beyond 计）"
    " + encouraged × min(青年人才托举工程入选者人数, young_elite)（strict 时没有后一项）"
)


def clause_of(rule: str, call: Call) -> str:
    """The clause of the call that a rule comes from, “” for what the person asked for."""
    return {
        "size": call.corps.people.clause,
        "young": call.corps.young.clause,
        "young_elite": call.corps.young_elite.clause,
        "kind": call.corps.people.clause,
        "cover": call.corps.people.clause,
        "society": call.quota.distinct_from.clause,
    }.get(rule.partition(":")[0], "")


def document_of(
    call: Call, need: Need, day: datetime.date, wanted: Wanted, pool: Sequence[Candidate], answer: Corps | Collision
) -> Out:
    parts = need.all_parts
    document = Out(
        need=need.id,
        call=call.about.id,
        day=day,
        possible=not isinstance(answer, Collision),
        formula=FORMULA,
        settings=OutSettings(
            size=wanted.size,
            young=wanted.young,
            young_age=wanted.young_age,
            young_elite=wanted.elite,
            strict=wanted.strict,
            kinds=dict(wanted.kinds),
            cover=wanted.cover,
            enough=wanted.enough,
            load=wanted.load,
            beyond=wanted.beyond,
            encouraged=wanted.encouraged,
        ),
        notes=_notes(call, wanted, pool),
    )
    if isinstance(answer, Collision):
        document.smallest = answer.smallest
        document.collision = [
            OutClash(
                rule=clash.rule,
                says=reasons.rule_name(clash.rule, wanted, parts),
                clause=clause_of(clash.rule, call),
                wanted=clash.wanted,
                most=clash.most,
                missing=None if clash.wanted is None or clash.most is None else clash.wanted - clash.most,
                missing_says=reasons.clash_says(clash, wanted, parts, alone=len(answer.clashes) == 1),
            )
            for clash in answer.clashes
        ]
        return document
    texts = {row.id: row.texts for row in pool}
    given = {row.id for row in pool if row.fitness is not None}
    document.value, document.fitness, document.bonus = answer.value, answer.fitness, answer.bonus
    document.bound, document.gap, document.relaxed = answer.bound, answer.gap, round(answer.relaxed, 9)
    for member, why in zip(answer.members, reasons.reasons_of(answer, wanted, parts), strict=True):
        one = member.expert
        words = () if one.id in given else shared(parts[member.part], texts[one.id])
        document.members.append(
            OutMember(
                id=one.id,
                part=member.part + 1,
                fitness=member.fitness,
                counted=member.counted,
                full=member.full,
                age=one.age,
                unit=one.unit,
                kind=one.kind,
                young_elite=one.elite,
                reasons=[*why, *([f"材料里与这一部分相同的用词：{'、'.join(words)}"] if words else [])],
                words=list(words),
                loss=member.loss,
                comes=list(member.comes),
                leaves=list(member.leaves),
                substitutes=[OutSubstitute(id=s.id, loss=s.loss) for s in member.substitutes],
            )
        )
    document.parts = [
        OutPart(part=p + 1, text=parts[p], takers=s.takers, fit=s.fit, fitness=s.fitness, seats=s.seats)
        for p, s in enumerate(answer.parts)
    ]
    document.rules = [
        OutRule(
            rule=state.rule,
            says=reasons.rule_name(state.rule, wanted, parts),
            clause=clause_of(state.rule, call),
            wanted=state.wanted,
            found=state.found,
            cost=state.cost,
            cost_says=reasons.cost_says(state, wanted),
        )
        for state in answer.rules
    ]
    prices = answer.prices
    document.prices = OutPrices(
        member=prices.member,
        young=prices.young,
        young_elite=prices.elite,
        kinds=dict(zip(wanted.kinds, prices.kinds.tolist(), strict=True)),
        cover=prices.cover.tolist(),
        seats=prices.seats.tolist(),
    )
    return document


def _notes(call: Call, wanted: Wanted, pool: Sequence[Candidate]) -> list[str]:
    notes = []
    if wanted.size < call.corps.people.value:
        least, clause = call.corps.people.value, call.corps.people.clause
        notes.append(f"全团 {wanted.size} 名，少于通知要求的一般不少于 {least} 名（{clause}）。")
    if unknown := sum(row.birth is None and row.age is None for row in pool):
        notes.append(f"专家库里有 {unknown} 人没有出生日期，不能算作 {wanted.young_age} 岁及以下。")
    return notes
