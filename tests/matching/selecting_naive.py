"""Small selections by trying every subset: a second program that shares no thought with the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from hypothesis import strategies as st

from ketuan.matching.selecting.values import Application, Settings, Span, Spans


def total(a: Application, settings: Settings) -> Decimal:
    return a.score + sum((w for trait, w in settings.weights.items() if trait in a.traits), Decimal(0))


def keeps(chosen: Sequence[Application], everyone: Sequence[Application], settings: Settings) -> bool:
    ids = {a.id for a in chosen}
    if settings.awards is not None and len(chosen) > settings.awards:
        return False
    if settings.budget is not None and sum(a.amount for a in chosen) > settings.budget:
        return False
    if settings.grant is not None and any(a.amount > settings.grant for a in chosen):
        return False
    if any(a.excludes & ids - {a.id} for a in chosen) or not settings.force <= ids or settings.without & ids:
        return False
    societies = Counter(a.society for a in chosen)
    if settings.per_society is not None and any(n > settings.per_society for n in societies.values()):
        return False
    for column, spans in (("province", settings.province), ("field", settings.field), ("category", settings.category)):
        counts = Counter(getattr(a, column) for a in chosen)
        for name in {getattr(a, column) for a in everyone} | set(spans.named):
            span = spans.of(name)
            if name and not span.least <= counts[name] <= (len(everyone) if span.most is None else span.most):
                return False
    return True


def best(everyone: Sequence[Application], settings: Settings) -> tuple[Decimal, tuple[str, ...]] | None:
    """The most that can be reached, and of all lists that reach it the one whose ids come first."""
    ordered = sorted(everyone, key=lambda a: a.id)
    found: list[tuple[Decimal, tuple[bool, ...], tuple[str, ...]]] = []
    for size in range(len(ordered) + 1):
        for chosen in combinations(ordered, size):
            if keeps(chosen, everyone, settings):
                worth = sum((total(a, settings) for a in chosen), Decimal(0))
                found.append((worth, tuple(a in chosen for a in ordered), tuple(a.id for a in chosen)))
    if not found:
        return None
    worth, _, ids = max(found)
    return worth, ids


@st.composite
def questions(draw: st.DrawFn, most: int = 9) -> tuple[list[Application], Settings]:
    """Few applications, many ties, limits that bind."""
    size = draw(st.integers(1, most))
    places = draw(st.sampled_from(["1", "0.5", "0.01", "0.000001"]))
    few = st.integers(0, draw(st.sampled_from([3, 30, 9999])))
    everyone = []
    for i in range(size):
        everyone.append(
            Application(
                f"t{i}",
                draw(few) * Decimal(places),
                draw(st.sampled_from(["甲学会", "乙学会", "丙学会"])),
                draw(st.sampled_from(["东省", "西省", ""])),
                draw(st.sampled_from(["钢铁", "生物"])),
                draw(st.integers(0, 8)) * draw(st.sampled_from([1, 10_000])),
                draw(st.sampled_from(["", "甲类"])),
                frozenset(draw(st.sets(st.sampled_from(["emerging", "local"])))),
                frozenset(f"t{j}" for j in draw(st.sets(st.integers(0, size - 1), max_size=2)) if j < i),
            )
        )
    limit = st.none() | st.integers(0, size)
    settings = Settings(
        awards=draw(limit),
        budget=draw(st.none() | st.integers(0, 30) | st.integers(0, 300_000)),
        grant=draw(st.none() | st.sampled_from([5, 70_000])),
        per_society=draw(limit),
        province=Spans(draw(spans()), {"西省": draw(spans())} if draw(st.booleans()) else {}),
        field=Spans(draw(spans())),
        category=Spans(draw(spans()) if draw(st.booleans()) else Span()),
        weights={"emerging": Decimal(draw(st.sampled_from(["0", "1", "2.5"])))},
        force=frozenset(draw(st.sets(st.sampled_from([a.id for a in everyone]), max_size=1))),
        without=frozenset(draw(st.sets(st.sampled_from([a.id for a in everyone]), max_size=1))),
    )
    return everyone, settings


def spans() -> st.SearchStrategy[Span]:
    return st.builds(
        lambda a, b: Span(min(a, b), max(a, b)), st.sampled_from([0, 0, 0, 1]), st.integers(1, 4)
    ) | st.just(Span())
