"""Check of an answer by arithmetic alone: nothing here is shared with what made it, and no solver is asked.

Everything is counted again in whole numbers and fractions from the applications and the settings: that the list keeps
every limit, its total, and the proof. The proof is a tree of prices (weak duality, see `_most`): each step either shows
that what is still open cannot be worth more than the list, or fixes what the prices decide and splits the rest in two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ketuan.matching.selecting.values import Application, Settings, Span

_DEEPEST = 600


@dataclass(frozen=True)
class Verdict:
    """`wrong`: what does not hold, in Chinese; nothing if all does. `bound`: what the prices of the file prove, in points
    of the file's unit. `proved`: no list can be worth more than this one."""

    wrong: tuple[str, ...]
    bound: Fraction | None
    proved: bool


class _Wrong(Exception):
    pass


@dataclass(frozen=True)
class _Rule:
    says: str
    share: Mapping[int, int]
    least: int | None
    most: int | None


def verify(applications: Sequence[Application], settings: Settings, shown: Mapping[str, Any]) -> Verdict:
    """Hold an answer (`answer.answer`, read back from its file) against the question."""
    by_id = {a.id: a for a in applications}
    wrong: list[str] = []
    try:
        chosen = _ids(shown.get("chosen"), "chosen")
        unit = _unit(shown.get("unit"))
    except _Wrong as problem:
        return Verdict((str(problem),), None, False)
    for name in chosen:
        if name not in by_id:
            wrong.append(f"名单里的“{name}”不在申报文件里")
    if len(set(chosen)) < len(chosen):
        wrong.append("名单里有重复的编号")
    if wrong:
        return Verdict(tuple(wrong), None, False)
    wrong += _told_settings(settings, shown)
    index = {a.id: i for i, a in enumerate(applications)}
    inside = {index[name] for name in chosen}
    rules = dict(_rules(applications, settings, inside))
    wrong += [f"{rule.says}：{text}" for rule in rules.values() if (text := _broken(rule, inside))]
    wrong += _pairs_broken(applications, index, inside)
    wrong += _bounds_broken(applications, settings, set(chosen))
    worth = [_worth(a, settings, unit) for a in applications]
    wrong += _unit_wrong(applications, settings, unit)
    value = sum(worth[i] for i in inside)
    if shown.get("value") != _number(value * unit):
        wrong.append(f"总分写的是 {shown.get('value')}，重新相加是 {_number(value * unit)}")
    wrong += _scores_wrong(applications, settings, worth, unit, index, inside, shown)
    if not wrong:
        wrong += _ways_in_wrong(applications, rules, worth, unit, index, inside, shown)
    bound, proved = None, False
    try:
        checker = _Checker(applications, settings, rules, worth, shown)
        bound, proved = checker.run(value)
        claimed = shown.get("bound")
        if claimed is None or not isinstance(claimed, int | float) or _exact(claimed) < value * unit:
            wrong.append("写的上界低于名单的总分")
        elif checker.kind != "solver":
            if not proved:
                wrong.append("影子价格证明不了名单最优")
            if _exact(claimed) != value * unit:
                wrong.append("写的上界和证明的不一致")
        if shown.get("gap") != _number(_exact(claimed or 0) - value * unit):
            wrong.append("写的差距不等于上界减总分")
        told = shown.get("lp_bound")
        if told is not None and bound is not None and _exact(told) < (bound // 1) * unit:
            wrong.append("写的线性规划上界低于影子价格所能证明的")
    except (_Wrong, KeyError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        wrong.append(f"证明读不懂：{problem}" if isinstance(problem, _Wrong) else "证明读不懂")
    return Verdict(tuple(wrong), None if bound is None else bound * unit, proved and not wrong)


# ---- the question, once more -----------------------------------------------------------------------------------------


def _ids(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _Wrong(f"“{name}”应为编号的列表")
    return value


def _unit(value: object) -> Fraction:
    try:
        unit = Decimal(str(value))
    except ArithmeticError:
        unit = Decimal(0)
    if not unit.is_finite() or unit <= 0:
        raise _Wrong("“unit”应为大于 0 的数")
    return Fraction(unit)


def _exact(number: float) -> Fraction:
    return Fraction(Decimal(str(number)))


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _total(application: Application, settings: Settings) -> Fraction:
    extra = sum((Fraction(w) for trait, w in settings.weights.items() if trait in application.traits), Fraction(0))
    return Fraction(application.score) + extra


def _worth(application: Application, settings: Settings, unit: Fraction) -> int:
    return round(_total(application, settings) / unit)


def _unit_wrong(applications: Sequence[Application], settings: Settings, unit: Fraction) -> Iterator[str]:
    """Scores may be rounded only if they would have more than eight digits otherwise."""
    totals = [_total(a, settings) / unit for a in applications]
    if any(total.denominator != 1 for total in totals) and max(totals) < 10**7:
        yield "分数取整过粗：“unit”应更小"


def _rules(
    applications: Sequence[Application], settings: Settings, inside: set[int]
) -> Iterator[tuple[tuple[str, str], _Rule]]:
    everyone = dict.fromkeys(range(len(applications)), 1)
    if settings.awards is not None:
        yield ("awards", ""), _Rule("立项总数", everyone, None, settings.awards)
    if settings.budget is not None:
        amounts = {i: a.amount for i, a in enumerate(applications)}
        yield ("budget", ""), _Rule("经费总额", amounts, None, settings.budget)
    groups: dict[tuple[str, str], dict[int, int]] = {}
    for i, a in enumerate(applications):
        for kind, of in (
            ("society", a.society),
            ("province", a.province),
            ("field", a.field),
            ("category", a.category),
        ):
            if of:
                groups.setdefault((kind, of), {})[i] = 1
    columns = (("province", settings.province), ("field", settings.field), ("category", settings.category))
    for kind, spans in columns:
        for of in spans.named:
            groups.setdefault((kind, of), {})
    spans_of = dict(columns)
    for (kind, of), members in groups.items():
        span = Span(0, settings.per_society) if kind == "society" else spans_of[kind].of(of)
        yield (kind, of), _Rule(f"{_KINDS[kind]}“{of}”", members, span.least, span.most)


_KINDS = {"society": "学会", "province": "省份", "field": "领域", "category": "类别"}


def _broken(rule: _Rule, inside: set[int]) -> str:
    used = sum(share for i, share in rule.share.items() if i in inside)
    if rule.most is not None and used > rule.most:
        return f"用了 {used}，限 {rule.most}"
    if rule.least is not None and used < rule.least:
        return f"只有 {used}，至少 {rule.least}"
    return ""


def _pairs_broken(applications: Sequence[Application], index: Mapping[str, int], inside: set[int]) -> Iterator[str]:
    for i in sorted(inside):
        for other in sorted(applications[i].excludes):
            if index[other] in inside and index[other] != i:
                yield f"“{applications[i].id}”和“{other}”互斥，却都在名单里"


def _bounds_broken(applications: Sequence[Application], settings: Settings, chosen: set[str]) -> Iterator[str]:
    for a in applications:
        if a.id in settings.force and a.id not in chosen:
            yield f"指定入选的“{a.id}”不在名单里"
        if a.id in chosen and a.id in settings.without:
            yield f"指定不选的“{a.id}”在名单里"
        if a.id in chosen and settings.grant is not None and a.amount > settings.grant:
            yield f"“{a.id}”申请的经费超过单个项目上限"


def _told_settings(settings: Settings, shown: Mapping[str, Any]) -> Iterator[str]:
    told = shown.get("settings")
    plain = {"awards": settings.awards, "budget": settings.budget, "grant": settings.grant}
    plain |= {"per_society": settings.per_society}
    lists = {"force": sorted(settings.force), "without": sorted(settings.without)}
    spans = {"province": settings.province, "field": settings.field, "class": settings.category}
    ours: dict[str, Any] = {**plain, **lists, "weights": {k: _number(Fraction(w)) for k, w in settings.weights.items()}}
    for name, span in spans.items():
        named = {of: [one.least, one.most] for of, one in span.named.items()}
        ours[name] = {"each": [span.each.least, span.each.most], "named": named}
    if not isinstance(told, dict):
        yield "结果文件里没有“settings”"
        return
    for name, value in ours.items():
        if told.get(name) != value:
            yield f"结果文件按“{name}”={told.get(name)} 计算，这次核验用的是 {value}"


def _scores_wrong(
    applications: Sequence[Application],
    settings: Settings,
    worth: Sequence[int],
    unit: Fraction,
    index: Mapping[str, int],
    inside: set[int],
    shown: Mapping[str, Any],
) -> Iterator[str]:
    """Each application stands on one side, with its own numbers; each exact way in is a list that keeps its worth."""
    sides = [shown.get("scores"), shown.get("left_out")]
    if not all(isinstance(side, list) and all(isinstance(row, dict) for row in side) for side in sides):
        yield "“scores”“left_out”应为列表"
        return
    for side, members in zip(sides, (inside, set(range(len(applications))) - inside), strict=True):
        assert isinstance(side, list)
        if sorted(str(row.get("id")) for row in side) != sorted(applications[i].id for i in members):
            yield "“scores”“left_out”与名单对不上"
            return
        for row in side:
            i = index[row["id"]]
            extra = _total(applications[i], settings) - Fraction(applications[i].score)
            numbers = (Fraction(applications[i].score), extra, worth[i] * unit)
            if [row.get("score"), row.get("bonus"), row.get("total")] != [_number(n) for n in numbers]:
                yield f"“{row['id']}”的得分、加分或合计与申报文件不符"


def _ways_in_wrong(
    applications: Sequence[Application],
    rules: Mapping[tuple[str, str], _Rule],
    worth: Sequence[int],
    unit: Fraction,
    index: Mapping[str, int],
    inside: set[int],
    shown: Mapping[str, Any],
) -> Iterator[str]:
    """The list with one more in, as the file describes it, must keep the limits and lose just what the file says."""
    member: dict[int, list[_Rule]] = {}
    used: dict[int, int] = {}
    for rule in rules.values():
        used[id(rule)] = sum(share for i, share in rule.share.items() if i in inside)
        for i in rule.share:
            member.setdefault(i, []).append(rule)
    excluded: dict[int, set[int]] = {}
    for i, a in enumerate(applications):
        for other in a.excludes:
            excluded.setdefault(i, set()).add(index[other])
            excluded.setdefault(index[other], set()).add(i)
    for row in shown["left_out"]:
        if not row.get("exact") or row.get("needed") is None:
            continue
        try:
            joins = {index[row["id"]], *(index[name] for name in row["joins"])}
            leaves = {index[name] for name in row["leaves"]}
        except (KeyError, TypeError):
            yield f"“{row['id']}”的进入办法读不懂"
            continue
        change: dict[int, int] = {}
        touched: dict[int, _Rule] = {}
        for group, sign in ((joins, 1), (leaves, -1)):
            for i in group:
                for rule in member.get(i, []):
                    touched[id(rule)] = rule
                    change[id(rule)] = change.get(id(rule), 0) + sign * rule.share[i]
        sums = [(used[key] + change[key], rule) for key, rule in touched.items()]
        fits = all((r.most is None or n <= r.most) and (r.least is None or n >= r.least) for n, r in sums)
        after = (inside - leaves) | joins
        free = all(not (excluded.get(i, set()) & (after - {i})) for i in joins)
        lost = sum(worth[i] for i in leaves) - sum(worth[i] for i in joins)
        told = leaves <= inside and not joins & inside and _number(lost * unit) == row["needed"]
        if not (fits and free and told):
            yield f"“{row['id']}”的进入办法不成立"


# ---- the proof -------------------------------------------------------------------------------------------------------


class _Checker:
    """Walks the tree. A box says for each application whether it may be out (low 0) and may be in (high 1)."""

    def __init__(
        self,
        applications: Sequence[Application],
        settings: Settings,
        rules: Mapping[tuple[str, str], _Rule],
        worth: Sequence[int],
        shown: Mapping[str, Any],
    ) -> None:
        proof = shown["proof"]
        self.applications, self.rules, self.worth = applications, rules, worth
        self.index = {a.id: i for i, a in enumerate(applications)}
        self.tree, self.kind = proof["tree"], proof["kind"]
        self.scale, self.step = proof["scale"], proof["money_step"]
        if not isinstance(self.scale, int) or self.scale < 1 or not isinstance(self.step, int) or self.step < 1:
            raise _Wrong("“scale”“money_step”应为正整数")
        self.exclusive = {frozenset((i, self.index[other])) for i, a in enumerate(applications) for other in a.excludes}
        self.low = [int(a.id in settings.force) for a in applications]
        self.high = [
            int(a.id not in settings.without and (settings.grant is None or a.amount <= settings.grant))
            for a in applications
        ]

    def run(self, value: int) -> tuple[Fraction | None, bool]:
        """(what the first prices prove, whether the whole tree proves `value`)."""
        if self.tree is None:
            return None, False
        bound, _ = self._most(self.tree, self.low, self.high, self.worth)
        return Fraction(bound, self.scale), self._closed(self.tree, self.low, self.high, value, 0)

    def _most(
        self, node: Mapping[str, Any], low: Sequence[int], high: Sequence[int], worth: Sequence[int]
    ) -> tuple[int, list[int]]:
        """Weak duality: Σ price·limit + Σ the best of (worth - price·share)·x, in 1/scale; and that difference for each."""
        paid, left = 0, [w * self.scale for w in worth]
        for kind, of, price in node["prices"]:
            if not isinstance(price, int) or isinstance(price, bool):
                raise _Wrong("影子价格应为整数")
            rule = self._clique(of) if kind == "exclude" else self.rules[kind, of]
            step = self.step if kind == "budget" else 1
            if any(share % step for share in rule.share.values()):
                raise _Wrong("“money_step”不是各项金额的公约数")
            side = rule.most if price > 0 else rule.least
            if side is None:
                raise _Wrong(f"“{rule.says}”没有这一侧的限制，不能有影子价格")
            paid += price * (side // step)
            for i, share in rule.share.items():
                left[i] -= price * (share // step)
        return paid + sum(v * (high[i] if v > 0 else low[i]) for i, v in enumerate(left)), left

    def _clique(self, ids: Sequence[str]) -> _Rule:
        members = [self.index[name] for name in ids]
        for at, i in enumerate(members):
            for j in members[at + 1 :]:
                if frozenset((i, j)) not in self.exclusive or i == j:
                    raise _Wrong(f"“{ids[at]}”所在的互斥组并不两两互斥")
        return _Rule("互斥", dict.fromkeys(members, 1), None, 1)

    def _closed(self, node: Mapping[str, Any], low: Sequence[int], high: Sequence[int], value: int, depth: int) -> bool:
        """Is nothing in the box worth more than `value`?"""
        if any(a > b for a, b in zip(low, high, strict=True)):
            return True
        if depth > _DEEPEST:
            raise _Wrong("证明过深")
        if node.get("contradiction"):
            return self._most(node, low, high, [0] * len(self.worth))[0] < 0
        bound, left = self._most(node, low, high, self.worth)
        more = (value + 1) * self.scale
        if bound < more:
            return True
        low, high = list(low), list(high)
        for i, v in enumerate(left):
            if low[i] < high[i] and bound - abs(v) < more:
                low[i] = high[i] = int(v > 0)
        if "then" in node:
            return self._closed(node["then"], low, high, value, depth + 1)
        if "split" not in node:
            return False
        i = self.index[node["split"]]
        out, inside = list(high), list(low)
        out[i], inside[i] = 0, 1
        return self._closed(node["without"], low, out, value, depth + 1) and self._closed(
            node["with"], inside, high, value, depth + 1
        )
