"""Small exchanges of reviewers that lift the worst tenth while all limits hold and the sum stays at its least or above.

A bad paper takes a reviewer who has room, or one of another paper, which takes in turn what the bad one gives, or somebody with
room, or the reviewer of a third paper. The best exchange is made if it gains: Σ min(quality, t) over all papers, t the m-th smallest
quality, plus λ times the sum. A gain of the first term at fixed t is a gain of the worst m (Rockafellar and Uryasev 2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.problem import Ints, Problem, ordered

Floats = NDArray[np.float64]

_FIRST, _WIDE = 24, 15  # of chains over three papers: so many beginnings, so many continuations of each, best first
_TRIED = 12  # best exchanges of a kind that are held against limits of units and disciplines

Move = tuple[float, list[tuple[int, int]], list[tuple[int, int]]]
"""gain, pairs that go, pairs that come"""


class State:
    """An assignment that is changed in place."""

    def __init__(self, problem: Problem, pairs: Ints, share: Ints, least_sum: int) -> None:
        self.problem, self.share, self.least_sum = problem, share, least_sum
        papers, people = problem.papers, problem.reviewers
        pairs = ordered(pairs)
        self.degree = np.bincount(pairs[:, 0], minlength=papers)
        self.load = np.bincount(pairs[:, 1], minlength=people)
        width = max(1, int(np.minimum(problem.paper_most, people).max()))
        depth = max(1, int(np.minimum(problem.reviewer_most, papers).max()))
        self.of_paper = np.full((papers, width), -1, np.int64)
        self.of_reviewer = np.full((people, depth), -1, np.int64)
        begins = np.concatenate(([0], np.cumsum(self.degree)))
        self.of_paper[pairs[:, 0], np.arange(len(pairs)) - begins[pairs[:, 0]]] = pairs[:, 1]
        turned = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
        begins = np.concatenate(([0], np.cumsum(self.load)))
        self.of_reviewer[turned[:, 1], np.arange(len(pairs)) - begins[turned[:, 1]]] = turned[:, 0]
        self.open = problem.allowed.copy()
        self.open[pairs[:, 0], pairs[:, 1]] = False
        self.sums = problem.by_paper(pairs)
        self.quality = self.sums * share
        self.sum = int(self.sums.sum())
        self.pins = {(int(p), int(r)) for p, r in problem.pins}
        self.strict = problem.unit is not None or problem.needs is not None

    def go(self, p: int, r: int) -> None:
        row, last = self.of_paper[p], int(self.degree[p]) - 1
        row[int(np.flatnonzero(row == r)[0])], row[last] = row[last], -1
        column, end = self.of_reviewer[r], int(self.load[r]) - 1
        column[int(np.flatnonzero(column == p)[0])], column[end] = column[end], -1
        self.degree[p], self.load[r] = last, end
        self.open[p, r] = True
        self._count(p, -int(self.problem.units[p, r]))

    def come(self, p: int, r: int) -> None:
        self.of_paper[p, self.degree[p]], self.of_reviewer[r, self.load[r]] = r, p
        self.degree[p] += 1
        self.load[r] += 1
        self.open[p, r] = False
        self._count(p, int(self.problem.units[p, r]))

    def _count(self, p: int, units: int) -> None:
        self.sums[p] += units
        self.quality[p] += units * self.share[p]
        self.sum += units

    def pairs(self) -> Ints:
        p, at = np.nonzero(self.of_paper >= 0)
        return ordered(np.stack((p, self.of_paper[p, at]), axis=1))

    def fits(self, p: int) -> bool:
        """Do the limits of units and disciplines hold on this paper?"""
        problem, own = self.problem, self.of_paper[p, : self.degree[p]]
        if problem.unit is not None and problem.unit_most is not None:
            units = problem.unit[own]
            if len(units := units[units >= 0]) and int(np.bincount(units).max()) > problem.unit_most:
                return False
        if problem.needs is not None and problem.disciplines is not None:
            return bool((problem.disciplines[:, own].any(axis=1) | ~problem.needs[p]).all())
        return True

    def roomy(self) -> tuple[Ints, Ints]:
        """For each paper the best reviewer with room whom it does not have (-1 if none), and the score."""
        with_room = np.flatnonzero(self.load < self.problem.reviewer_most)
        best, units = np.full(self.problem.papers, -1, np.int64), np.zeros(self.problem.papers, np.int64)
        if not len(with_room):
            return best, units
        step = max(1, (1 << 20) // len(with_room))
        for first in range(0, self.problem.papers, step):
            block = np.where(
                self.open[first : first + step, with_room], self.problem.units[first : first + step, with_room], -1
            )
            at = block.argmax(axis=1)
            value = block[np.arange(len(at)), at]
            best[first : first + step] = np.where(value >= 0, with_room[at], -1)
            units[first : first + step] = np.maximum(value, 0)
        return best, units


def improve(
    state: State,
    likely: Ints,
    worst: int,
    lam: float,
    tries: int,
    *,
    everybody: bool = False,
    told: Callable[[], None] | None = None,
) -> int:
    """Sweep over the worst papers (or all) until nothing gains or `tries` papers were tried; how many tries are left.

    `likely`: (papers, c) reviewers worth trying, best first. `lam`: what one unit of the sum is worth in units of quality.
    """
    counted = np.flatnonzero(state.share > 0)
    while tries > 0:
        moved = False
        room = state.roomy()
        level, stale = 0, True
        order = counted[np.argsort(state.quality[counted], kind="stable")]
        for p in (order if everybody else order[:worst]).tolist():
            if stale:
                level, stale = int(np.partition(state.quality[counted], worst - 1)[worst - 1]), False
            if tries <= 0:
                break
            if state.quality[p] > level and not everybody:
                continue
            tries -= 1
            look = Look(state, p, likely, level, lam, room)
            if look.able and (_make(state, look.near()) or _make(state, look.far())):
                moved = stale = True
        if told is not None:
            told()
        if not moved:
            break
    return tries


def _make(state: State, moves: Iterator[Move]) -> bool:
    for _, gone, come in sorted(moves, key=lambda move: -move[0]):
        for pair in gone:
            state.go(*pair)
        for pair in come:
            state.come(*pair)
        if not state.strict or all(state.fits(p) for p in sorted({p for p, _ in come} | {p for p, _ in gone})):
            return True
        for pair in come:
            state.go(*pair)
        for pair in gone:
            state.come(*pair)
    return False


class Look:
    """The exchanges open to one paper, as arrays: takes (t) × holders of each (h) × what it gives (g)."""

    def __init__(self, state: State, p: int, likely: Ints, level: int, lam: float, room: tuple[Ints, Ints]) -> None:
        problem, units = state.problem, state.problem.units
        self.state, self.p, self.likely, self.level, self.lam = state, p, likely, level, lam
        self.spare, self.spare_units = room
        self.slack = state.sum - state.least_sum
        own = state.of_paper[p, : state.degree[p]].copy()  # moves taken back reorder the row
        if state.pins:
            own = own[[(p, r) not in state.pins for r in own.tolist()]]
        self.gives = np.append(own, -1) if state.degree[p] < problem.paper_most[p] else own
        """-1: gives nobody"""
        loses = np.where(self.gives >= 0, units[p, self.gives], 0).astype(np.int64)
        takes = likely[p][state.open[p, likely[p]]]
        self.takes = takes[units[p, takes] > loses.min()] if len(loses) else takes[:0]
        self.able = len(self.takes) > 0
        if not self.able:
            return
        self.gains = units[p, self.takes].astype(np.int64)
        self.loses = loses
        self.may_go = (self.gives < 0) | (state.load[self.gives] > problem.reviewer_least[self.gives])
        holders = state.of_reviewer[self.takes]
        self.held = holders >= 0
        self.holder = np.where(self.held, holders, 0)
        if state.pins:
            for i, j in np.argwhere(self.held).tolist():
                self.held[i, j] = (int(self.holder[i, j]), int(self.takes[i])) not in state.pins
        self.lost = units[self.holder, self.takes[:, None]].astype(np.int64)
        self.change = self.gains[:, None] - loses
        self.gain = self._lift(np.int64(p), self.change)

    def _lift(self, who: Ints | np.int64, by: Ints) -> Ints:
        old = self.state.quality[who]
        lifted: Ints = np.minimum(old + self.state.share[who] * by, self.level) - np.minimum(old, self.level)
        return lifted

    def _best(self, gain: Floats, fine: NDArray[np.bool_], change: Ints) -> Iterator[tuple[float, tuple[int, ...]]]:
        gain = np.where(fine & (change + self.slack >= 0), gain, -np.inf).ravel()
        for i in np.argsort(-gain, kind="stable")[:_TRIED] if self.state.strict else [gain.argmax()]:
            if gain[i] > 1e-9:
                yield float(gain[i]), tuple(int(at) for at in np.unravel_index(i, change.shape))

    def _out(self, g: int) -> list[tuple[int, int]]:
        return [(self.p, int(self.gives[g]))] if self.gives[g] >= 0 else []

    def _room(self, q: int, r: int) -> bool:
        return bool(self.state.open[q, r] and self.state.load[r] < self.state.problem.reviewer_most[r])

    def near(self) -> Iterator[Move]:
        """Exchanges that touch at most one other paper."""
        state, problem, p = self.state, self.state.problem, self.p
        room = state.load[self.takes] < problem.reviewer_most[self.takes]
        for gain, (t, g) in self._best(self.gain + self.lam * self.change, room[:, None] & self.may_go, self.change):
            yield gain, self._out(g), [(p, int(self.takes[t]))]
        holder, gives = self.holder[:, :, None], self.gives
        change = problem.units[holder, gives] - self.lost[:, :, None]
        fine = self.held[:, :, None] & state.open[holder, gives] & (gives >= 0)
        for gain, (t, h, g) in self._two(change, fine):
            q, r = int(self.holder[t, h]), int(self.takes[t])
            yield gain, [*self._out(g), (q, r)], [(p, r), (q, int(gives[g]))]
        spare = self.spare[self.holder]
        fine = self.held & (spare >= 0) & (spare != self.takes[:, None])
        change = self.spare_units[self.holder] - self.lost
        for gain, (t, h, g) in self._two(change[:, :, None], fine[:, :, None] & self.may_go):
            q, r = int(self.holder[t, h]), int(self.takes[t])
            if self._room(q, int(self.spare[q])):
                yield gain, [*self._out(g), (q, r)], [(p, r), (q, int(self.spare[q]))]
        fine = self.held & (state.degree[self.holder] > problem.paper_least[self.holder])
        if fine.any():
            for gain, (t, h, g) in self._two(-self.lost[:, :, None], fine[:, :, None] & self.may_go):
                q, r = int(self.holder[t, h]), int(self.takes[t])
                yield gain, [*self._out(g), (q, r)], [(p, r)]

    def _two(self, change: Ints, fine: NDArray[np.bool_]) -> Iterator[tuple[float, tuple[int, ...]]]:
        """`change` of the other paper's sum: (takes, holders, gives or 1)."""
        total = self.change[:, None] + change
        return self._best(
            self.gain[:, None] + self._lift(self.holder[:, :, None], change) + self.lam * total, fine, total
        )

    def far(self) -> Iterator[Move]:
        """Exchanges over three papers: this one takes r of q, q takes e of o, o takes what this one gives or somebody with room."""
        state, problem, p = self.state, self.state.problem, self.p
        units = problem.units
        flat = np.flatnonzero(self.held)
        give = int(self.loses.argmin())
        quick = self._lift(np.int64(p), self.gains[flat // self.held.shape[1]] - self.loses[give])
        first = flat[np.argsort(-(quick - self.lam * self.lost.ravel()[flat]), kind="stable")[:_FIRST]]
        if not len(first):
            return
        t, q = first // self.held.shape[1], self.holder.ravel()[first]
        r = self.takes[t]
        e = self.likely[q][:, :_WIDE]  # (first, wide)
        o = state.of_reviewer[e]  # (first, wide, load)
        fine = (o >= 0) & state.open[q[:, None], e][:, :, None] & (o != p) & (o != q[:, None, None])
        fine &= (e != r[:, None])[:, :, None]
        o = np.where(o >= 0, o, 0)
        lost = units[o, e[:, :, None]].astype(np.int64)
        between = (units[q[:, None], e] - units[q, r][:, None]).astype(np.int64)
        lift = self._lift(q[:, None], between)
        spare = self.spare[o]
        roomy = fine & (spare >= 0) & (spare != e[:, :, None]) & (spare != r[:, None, None])
        rest = self.spare_units[o] - lost
        for g, given in enumerate(self.gives.tolist()):
            own = self.gains[t] - self.loses[g]
            before = self._lift(np.int64(p), own)[:, None] + lift
            ends = []
            if given >= 0:
                ends.append((given, units[o, given] - lost, fine & state.open[o, given]))
            if self.may_go[g]:
                ends.append((-1, rest, roomy))
            for last, change, good in ends:
                total = (own[:, None] + between)[:, :, None] + change
                gains = before[:, :, None] + self._lift(o, change) + self.lam * total
                for gain, (a, b, c) in self._best(gains, good, total):
                    two, three, middle = int(q[a]), int(o[a, b, c]), int(e[a, b])
                    end = int(self.spare[three]) if last < 0 else last
                    if (three, middle) in state.pins or (last < 0 and not self._room(three, end)):
                        continue
                    gone = [*self._out(g), (two, int(r[a])), (three, middle)]
                    yield gain, gone, [(p, int(r[a])), (two, middle), (three, end)]
