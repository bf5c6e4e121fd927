"""The answer of the corps builder in words: names of rules, what is missing, why each member is in."""

from __future__ import annotations

from collections.abc import Sequence

from ketuan.matching.teaming.builder import Corps, Member, RuleState
from ketuan.matching.teaming.collision import Clash
from ketuan.matching.teaming.values import Wanted

_LONGEST = 24


def number(value: float) -> str:
    """A value as people read it: at most four decimals, no trailing zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def part_name(parts: Sequence[str], part: int) -> str:
    text = " ".join(parts[part].split())
    return f"第 {part + 1} 部分“{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}”"


def rule_name(rule: str, wanted: Wanted, parts: Sequence[str]) -> str:
    """A rule by its name, for instance “45 岁及以下不少于 10 名”."""
    name, _, of = rule.partition(":")
    if name == "size":
        return f"全团 {wanted.size} 名"
    if name == "young":
        return f"{wanted.young_age} 岁及以下不少于 {wanted.young} 名"
    if name == "young_elite":
        return f"{'' if wanted.strict else '鼓励'}青年人才托举工程入选者不少于 {wanted.elite} 名"
    if name == "kind":
        return f"来自{of}的不少于 {wanted.kinds[of]} 名"
    if name == "cover":
        least = f"至少 {wanted.cover} 名适配度不低于 {number(wanted.enough)} 的人承担"
        return f"{part_name(parts, int(of) - 1)}{least}"
    if name == "lock":
        return f"指定“{of}”入团"
    return {
        "load": f"已参加的服务团不超过 {wanted.load} 个",
        "society": "不在同一学会的其他服务团",
        "ban": "不选禁选名单上的人",
    }[name]


def clash_says(clash: Clash, wanted: Wanted, parts: Sequence[str], *, alone: bool) -> str:
    """How far a rule that collides is from being kept, for instance “还差 3 名 45 岁及以下”."""
    if clash.wanted is None or clash.most is None:
        return "与其余几条不能同时满足，可以放开这一条"
    given = "" if alone else "其余几条满足时，"
    missing = clash.wanted - clash.most
    if missing < 0:
        return f"{given}至少要 {clash.most} 名，超出 {-missing} 名"
    if clash.rule == "size":
        return f"{given}可选的只有 {clash.most} 名，还差 {missing} 名"
    name, _, of = clash.rule.partition(":")
    whom = {
        "young": f" {wanted.young_age} 岁及以下的",
        "young_elite": "青年人才托举工程入选者",
        "kind": f"来自{of}的",
        "cover": f"能承担第 {of} 部分、适配度不低于 {number(wanted.enough)} 的",
    }[name]
    return f"{given}最多只有 {clash.most} 名，还差 {missing} 名{whom}"


def reasons_of(corps: Corps, wanted: Wanted, parts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Why each member is in, in the order of members."""
    young = [m for m in corps.members if m.expert.age is not None and m.expert.age <= wanted.young_age]
    elite = [m for m in corps.members if m.expert.elite]
    return tuple(
        tuple(
            filter(
                None,
                (
                    _lock(member, wanted),
                    _part(member, corps, wanted, parts),
                    _young(member, young, wanted),
                    _elite(member, elite, wanted),
                    _kind(member, corps, wanted),
                    _loss(member, corps, wanted),
                ),
            )
        )
        for member in corps.members
    )


def _lock(member: Member, wanted: Wanted) -> str:
    return "指定入团" if member.expert.id in wanted.locks else ""


def _part(member: Member, corps: Corps, wanted: Wanted, parts: Sequence[str]) -> str:
    state = corps.parts[member.part]
    text = f"承担{part_name(parts, member.part)}，适配度 {number(member.fitness)}，在承担这一部分的 {state.takers} 人中列第 {member.rank}"
    if not member.full:
        text += f"；这一部分的 {state.seats} 个整席已满，按 {number(member.counted)} 计"
    if member.fits and wanted.cover and state.fit <= wanted.cover:
        text += f"；适配度够 {number(wanted.enough)} 的只有 {state.fit} 人，他是其中之一"
    return text


def _young(member: Member, young: Sequence[Member], wanted: Wanted) -> str:
    if not wanted.young or member not in young:
        return ""
    place = 1 + young.index(member)
    tight = "，少一名就不够" if len(young) == wanted.young else ""
    return f"{member.expert.age} 岁，{wanted.young_age} 岁及以下第 {place} 名（共 {len(young)} 名，要求 {wanted.young} 名{tight}）"


def _elite(member: Member, elite: Sequence[Member], wanted: Wanted) -> str:
    if member not in elite:
        return ""
    if not wanted.elite:
        return "青年人才托举工程入选者"
    asks = "要求" if wanted.strict else "鼓励"
    return f"青年人才托举工程入选者第 {1 + elite.index(member)} 名（{asks} {wanted.elite} 名）"


def _kind(member: Member, corps: Corps, wanted: Wanted) -> str:
    kind = member.expert.kind
    least = wanted.kinds.get(kind, 0)
    if not least:
        return ""
    count = sum(m.expert.kind == kind for m in corps.members)
    if count == 1:
        return f"来自{kind}，全团只有他一名（要求 {least} 名）"
    return f"来自{kind}（共 {count} 名，要求 {least} 名{'，少一名就不够' if count == least else ''}）"


def _loss(member: Member, corps: Corps, wanted: Wanted) -> str:
    if member.loss is None:
        return "没有他就凑不齐全部要求"
    comes, leaves = "、".join(member.comes), "、".join(member.leaves)
    instead = f"由 {comes} 替补" + (f"，{leaves} 退出" if leaves else "")
    if member.loss < 0:
        return f"不指定他反而高 {number(-member.loss)}（{instead}）"
    if member.loss == 0:
        return f"换人不减分：可{instead}"
    return f"没有他，总分减少 {number(member.loss)}（{instead}）"


def cost_says(state: RuleState, wanted: Wanted) -> str:
    """What the rule costs, in words."""
    if state.cost is None:
        return ""
    if state.cost == 0:
        return "没有代价：去掉这一条，结果不会更好"
    grows = "适配度" if state.rule == "young_elite" and not wanted.strict else "总分"
    return f"代价 {number(state.cost)}：去掉这一条，{grows}可增加这么多"
