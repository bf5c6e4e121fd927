"""What `ketuan.matching.calibrating` makes of scores: recovery, a second program, invariance, limits."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketuan.matching.calibrating import fitting
from ketuan.matching.calibrating.baselines import means, z_means
from ketuan.matching.calibrating.calibration import Calibration, calibrate
from ketuan.matching.calibrating.chance import among_first
from ketuan.matching.calibrating.fitting import Variances, fit
from ketuan.matching.calibrating.reviews import LARGEST, reviews_of
from ketuan.matching.calibrating.special import digamma, freedom

Row = tuple[str, str, float]


def world(
    applications: int = 300,
    each: int = 5,
    reviewers: int = 60,
    *,
    worth: float = 6,
    severity: float = 4,
    scale: float = 0.2,
    noise: float = 5,
    free: float | None = None,
    seed: int = 0,
) -> tuple[list[Row], dict[str, float], dict[str, float], dict[str, float]]:
    """Rows, and the truth: worth of each application, severity and scale of each reviewer."""
    random = np.random.default_rng(seed)
    theta = random.normal(0, worth, applications)
    hard = random.normal(0, severity, reviewers)
    slope = random.normal(1, scale, reviewers)
    deck: list[int] = []
    rows = []
    for i in range(applications):
        while len(set(deck[:each])) < each:
            deck = [*deck[: each - 1], *random.permutation(reviewers).tolist()]
            deck = list(dict.fromkeys(deck[:each])) + deck[each:]
        chosen, deck = deck[:each], deck[each:]
        for j in chosen:
            error = random.normal() if free is None else random.standard_t(free)
            rows.append((f"申{i:04d}", f"评{j:03d}", float(75 - hard[j] + slope[j] * theta[i] + noise * error)))
    return (
        rows,
        {f"申{i:04d}": float(t) for i, t in enumerate(theta)},
        {f"评{j:03d}": float(h) for j, h in enumerate(hard)},
        {f"评{j:03d}": float(s) for j, s in enumerate(slope)},
    )


def worths(found: Calibration) -> dict[str, float]:
    return {a.id: a.worth for a in found.applications}


# Recovery of what the scores were made from


def test_the_standard_deviations_of_the_world_are_found() -> None:
    rows, *_ = world(600, 6, 120)
    model = calibrate(rows, most=105).model
    assert model.converged
    assert [model.worth, model.severity, model.noise] == pytest.approx([6, 4, 5], rel=0.15)
    assert model.scale == pytest.approx(0.2, abs=0.05)
    assert math.isinf(model.freedom)


def test_severity_and_scale_of_the_reviewers_are_found() -> None:
    rows, _, severity, scale = world(600, 6, 60)
    found = calibrate(rows, most=105).reviewers
    assert np.corrcoef([r.severity for r in found], [severity[r.id] for r in found])[0, 1] > 0.97
    assert np.corrcoef([r.scale for r in found], [scale[r.id] for r in found])[0, 1] > 0.75


def test_heavy_tails_are_noticed_and_bad_scores_pull_less() -> None:
    rows, truth, *_ = world(400, 5, 60, free=3.5, seed=2)
    robust, normal = calibrate(rows, most=105), calibrate(rows, most=105, robust=False)

    def error(found: Calibration) -> float:
        return float(np.std([a.worth - truth[a.id] for a in found.applications]))

    assert robust.model.freedom < 12
    assert error(robust) < error(normal)


def test_95_percent_intervals_hold_the_truth_about_95_times_in_100() -> None:
    held, count = 0, 0
    for seed in range(8):
        rows, truth, severity, _ = world(200, 4, 40, seed=seed)
        level = 75 - float(np.mean(list(severity.values())))  # of these reviewers
        found = calibrate(rows, most=50).applications
        held += sum(a.low <= level + truth[a.id] <= a.high for a in found)
        count += len(found)
    assert held / count == pytest.approx(0.95, abs=0.03)


def test_intervals_of_severity_hold_the_truth_about_95_times_in_100() -> None:
    held, count = 0, 0
    for seed in range(8):
        rows, _, severity, _ = world(200, 4, 40, seed=seed)
        middle = float(np.mean(list(severity.values())))
        found = calibrate(rows, most=50).reviewers
        held += sum(abs(r.severity - (severity[r.id] - middle)) < 1.96 * r.se for r in found)
        count += len(found)
    assert held / count == pytest.approx(0.95, abs=0.04)


def test_the_chance_to_be_among_the_first_means_what_it_says() -> None:
    said, true = [], []
    for seed in range(6):
        rows, truth, *_ = world(200, 4, 40, seed=seed)
        first = set(sorted(truth, key=lambda i: -truth[i])[:40])
        for a in calibrate(rows, most=40).applications:
            said.append(a.p_in)
            true.append(a.id in first)
    told, was = np.array(said), np.array(true)
    for low, high in ((0, 0.1), (0.1, 0.4), (0.4, 0.7), (0.7, 1.01)):
        inside = (told >= low) & (told < high)
        assert was[inside].mean() == pytest.approx(told[inside].mean(), abs=0.08)
    assert told.sum() == pytest.approx(6 * 40)


def test_with_severity_the_right_ones_are_found_more_often_than_by_raw_means_and_without_it_not_less() -> None:
    def hits(severity: float, scale: float) -> tuple[int, int]:
        ours = raw = 0
        for seed in range(6):
            rows, truth, *_ = world(300, 5, 60, severity=severity, scale=scale, seed=seed)
            first = set(sorted(truth, key=lambda i: -truth[i])[:60])
            found = calibrate(rows, most=60).applications
            ours += len(first & {a.id for a in found[:60]})
            raw += len(first & {a.id for a in sorted(found, key=lambda a: -a.raw)[:60]})
        return ours, raw

    ours, raw = hits(8, 0.15)
    assert ours > raw + 6 * 4
    ours, raw = hits(0, 0)
    assert ours >= raw - 6


# A second program


def dense_blup(rows: list[Row], v: Variances) -> tuple[dict[str, float], dict[str, float]]:
    """Worths and standard errors from the covariance matrix of all scores, written out: generalised least squares for
    the mean, then E and Var of (mean of the α_j) + θ_i given the scores."""
    rows = sorted(rows)
    y = np.array([r[2] for r in rows])
    centre, spread = y.mean(), y.std()
    y = (y - centre) / spread
    apps, whos = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    z_app = np.array([[float(r[0] == a) for a in apps] for r in rows])
    z_who = np.array([[float(r[1] == w) for w in whos] for r in rows])
    total = v.worth * z_app @ z_app.T + v.severity * z_who @ z_who.T + v.noise * np.eye(len(y))
    inverse = np.linalg.inv(total)
    one = np.ones(len(y))
    var_mu = 1 / (one @ inverse @ one)
    mu = var_mu * (one @ inverse @ y)
    mean_a = np.ones(len(whos)) / len(whos)
    value, error = {}, {}
    for i, name in enumerate(apps):
        with_y = v.worth * z_app[:, i] + v.severity * z_who @ mean_a
        value[name] = centre + spread * (mu + with_y @ inverse @ (y - mu))
        rest = 1 - with_y @ inverse @ one
        variance = v.worth + v.severity / len(whos) - with_y @ inverse @ with_y + rest**2 * var_mu
        error[name] = spread * math.sqrt(variance)
    return value, error


@pytest.mark.parametrize("shape", [(12, 3, 6), (8, 4, 4), (15, 2, 9)])
@pytest.mark.parametrize(
    "v", [Variances(0.5, 0.2, 0.01, 0.3), Variances(0.1, 0.6, 0.01, 0.3), Variances(1, 0.01, 0.01, 0.1)]
)
def test_with_given_variances_it_is_the_best_linear_unbiased_prediction(
    shape: tuple[int, int, int], v: Variances
) -> None:
    rows, *_ = world(*shape)
    found = calibrate(rows, most=1, fixed=v, robust=False)
    value, error = dense_blup(rows, v)
    assert worths(found) == pytest.approx(value, abs=1e-8)
    assert {a.id: a.se for a in found.applications} == pytest.approx(error, abs=1e-8)


def test_a_balanced_case_by_hand() -> None:
    """Every reviewer scores every application: severity cancels, the mean is shrunk by τ²/(τ² + σ²/m)."""
    rows = [
        (a, w, s + h) for a, s in (("甲", 60.0), ("乙", 70.0), ("丙", 80.0)) for w, h in (("一", -5.0), ("二", 5.0))
    ]
    found = calibrate(rows, most=1, fixed=Variances(0.5, 0.2, 0.01, 0.4), robust=False)
    shrunk = 0.5 / (0.5 + 0.4 / 2)
    assert worths(found) == pytest.approx({"甲": 70 - 10 * shrunk, "乙": 70, "丙": 70 + 10 * shrunk})
    assert {r.id: r.severity for r in found.reviewers} == pytest.approx(
        {"一": 5 * 0.2 / (0.2 + 0.4 / 3), "二": -5 * 0.2 / (0.2 + 0.4 / 3)}
    )


def test_a_prediction_from_all_other_scores_is_what_is_predicted_when_the_score_is_not_there() -> None:
    rows, *_ = world(10, 3, 5, scale=0)
    v = Variances(0.5, 0.2, 0.01, 0.3)
    whole = calibrate(rows, most=1, fixed=v, robust=False, differing=len(rows))
    y = np.array([r[2] for r in rows])
    for d in whole.differing[:6]:
        left = [r for r in rows if r[:2] != (d.application, d.reviewer)]
        spread = float(np.std([r[2] for r in left]))
        same = replace(v, **{k: getattr(v, k) * (y.std() / spread) ** 2 for k in ("worth", "severity", "noise")})
        less = calibrate(left, most=1, fixed=same, robust=False)
        severity = {r.id: r.severity for r in less.reviewers}
        assert d.expected == pytest.approx(worths(less)[d.application] - severity[d.reviewer], abs=1e-6)
        assert d.influence == pytest.approx(worths(whole)[d.application] - worths(less)[d.application], abs=1e-6)
        ranks = {a.id: a.rank for a in whole.applications}
        assert d.rank == ranks[d.application]


def test_drawing_and_exact_solving_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, *_ = world(300, 5, 150)
    exact = calibrate(rows, most=105)
    monkeypatch.setattr(fitting, "fits", lambda reviews: False)
    drawn = calibrate(rows, most=105)
    assert (exact.model.exact, drawn.model.exact) == (True, False)
    assert drawn.model.converged
    assert worths(drawn) == pytest.approx(worths(exact), abs=0.15)
    by_id = {a.id: a for a in drawn.applications}
    assert [by_id[a.id].se / a.se for a in exact.applications] == pytest.approx([1.0] * 300, abs=0.06)
    assert [by_id[a.id].p_in for a in exact.applications] == pytest.approx(
        [a.p_in for a in exact.applications], abs=0.08
    )
    assert [r.se for r in drawn.reviewers] == pytest.approx([r.se for r in exact.reviewers], rel=0.25)


def test_drawing_means_are_exact_when_the_variances_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, *_ = world(100, 3, 80)
    v = Variances(0.5, 0.2, 0.01, 0.3)
    exact = calibrate(rows, most=1, fixed=v)
    monkeypatch.setattr(fitting, "fits", lambda reviews: False)
    assert worths(calibrate(rows, most=1, fixed=v)) == pytest.approx(worths(exact), abs=1e-5)


def test_the_fit_is_the_same_fixed_point_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    reviews = reviews_of(world()[0])
    y = (reviews.score - reviews.score.mean()) / reviews.score.std()
    first = fit(reviews, y, seed=0)
    monkeypatch.setattr(fitting, "START", Variances(0.9, 0.02, 0.3**2, 0.1, 5))
    second = fit(reviews, y, seed=0)
    assert second.moments.theta == pytest.approx(first.moments.theta, abs=1e-4)


# Invariance


SMALL, *_ = world(40, 3, 12, seed=5)


@settings(max_examples=15, deadline=None)
@given(st.permutations(SMALL))
def test_the_order_of_the_rows_does_not_matter_to_the_last_bit(rows: list[Row]) -> None:
    assert calibrate(rows, most=10) == calibrate(SMALL, most=10)


def test_the_same_again_is_the_same_to_the_last_bit() -> None:
    rows, *_ = world(100, 4, 30)
    assert calibrate(rows, most=30) == calibrate(rows, most=30)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ids_are_only_names(seed: int) -> None:
    random = np.random.default_rng(seed)
    apps = dict(zip(sorted({r[0] for r in SMALL}), random.permutation(1000).tolist(), strict=False))
    whos = dict(zip(sorted({r[1] for r in SMALL}), random.permutation(1000).tolist(), strict=False))
    plain = calibrate(SMALL, most=10)
    renamed = calibrate([(str(apps[a]), str(whos[w]), s) for a, w, s in SMALL], most=10)
    assert [a.id for a in renamed.applications] == [str(apps[a.id]) for a in plain.applications]
    assert [a.worth for a in renamed.applications] == pytest.approx([a.worth for a in plain.applications], abs=1e-3)
    assert [a.p_in for a in renamed.applications] == pytest.approx([a.p_in for a in plain.applications], abs=2e-3)


@settings(max_examples=15, deadline=None)
@given(st.floats(-1000, 1000), st.floats(0.01, 100))
def test_scores_on_another_scale_give_the_answers_on_that_scale(shift: float, stretch: float) -> None:
    plain = calibrate(SMALL, most=10)
    other = calibrate([(a, w, shift + stretch * s) for a, w, s in SMALL], most=10)
    assert [a.id for a in other.applications] == [a.id for a in plain.applications]
    assert [(a.worth - shift) / stretch for a in other.applications] == pytest.approx(
        [a.worth for a in plain.applications], abs=1e-3
    )
    assert [a.se / stretch for a in other.applications] == pytest.approx([a.se for a in plain.applications], rel=1e-3)
    assert [r.scale for r in other.reviewers] == pytest.approx([r.scale for r in plain.reviewers], abs=1e-4)
    assert [a.p_in for a in other.applications] == pytest.approx([a.p_in for a in plain.applications], abs=2e-3)


# Limits and odd cases


def test_without_noise_nothing_is_shrunk_and_with_much_noise_everything() -> None:
    rows, *_ = world(20, 4, 8)
    raw = {a.id: a.raw for a in calibrate(rows, most=1).applications}
    no_severity = calibrate(rows, most=1, fixed=Variances(1e6, 1e-9, 0.01, 1e-3))
    assert worths(no_severity) == pytest.approx(raw, abs=1e-3)
    all_noise = calibrate(rows, most=1, fixed=Variances(1e-9, 1e-9, 0.01, 1.0))
    assert list(worths(all_noise).values()) == pytest.approx([float(np.mean([r[2] for r in rows]))] * 20, abs=1e-3)


def test_one_review_is_believed_less_than_three_of_the_same_score() -> None:
    rows, *_ = world(60, 4, 15, severity=0, scale=0)
    rows = [r for r in rows if r[0] not in ("申0000", "申0001")]
    rows += [("申0000", "评000", 90.0), *(("申0001", f"评{j:03d}", 90.0) for j in range(3))]
    by_id = {a.id: a for a in calibrate(rows, most=10).applications}
    assert by_id["申0000"].worth < by_id["申0001"].worth < 90
    assert by_id["申0000"].se > by_id["申0001"].se


def test_equal_scores_give_equal_worths_and_an_even_chance() -> None:
    found = calibrate([(f"申{i}", f"评{j}", 80.0) for i in range(4) for j in range(3)], most=1)
    assert found.model.equal
    assert [(a.id, a.worth, a.se, a.p_in, a.rank) for a in found.applications] == [
        (f"申{i}", 80.0, 0.0, 0.25, i + 1) for i in range(4)
    ]


def test_equal_applications_stand_in_the_order_of_their_ids() -> None:
    rows = [(f"申{i}", f"评{j}", float(70 + 3 * j + (5 if i == 2 else 0))) for i in range(5) for j in range(3)]
    assert [a.id for a in calibrate(rows, most=1).applications] == ["申2", "申0", "申1", "申3", "申4"]


@pytest.mark.parametrize(
    "rows",
    [
        [("甲", "一", 1.0)],
        [("甲", "一", 1.0), ("乙", "一", 2.0)],
        [("甲", "一", 1.0), ("甲", "二", 2.0)],
        [("甲", "一", 1.0), ("乙", "二", 2.0)],
        [("甲", "一", -LARGEST), ("乙", "二", LARGEST)],
        [("甲", "一", 0.0), ("乙", "二", 5e-324)],
        [(f"甲{i}", f"一{i}", float(i)) for i in range(30)],
        [("甲", f"一{i}", float(i)) for i in range(30)],
        [(f"甲{i}", "一", float(i)) for i in range(30)],
        [(f"甲{i}", f"一{j}", float(i == 3)) for i in range(30) for j in range(3)],
        [(f"甲{i}", f"一{j}", float(i)) for i in range(30) for j in range(3)],
        [(f"甲{i}", f"一{j}", float(i if j else -i)) for i in range(30) for j in range(3)],
    ],
)
def test_the_oddest_tables_are_answered_with_finite_figures(rows: list[Row]) -> None:
    found = calibrate(rows, most=1)
    assert found.model.converged
    assert all(math.isfinite(v) for a in found.applications for v in (a.worth, a.se, a.zscore, a.p_in))
    assert all(math.isfinite(v) for r in found.reviewers for v in (r.severity, r.se, r.scale, r.scale_se))
    assert sum(a.p_in for a in found.applications) == pytest.approx(1)


tables = st.dictionaries(
    st.tuples(st.sampled_from("甲乙丙丁戊己"), st.sampled_from("一二三四五")),
    st.one_of(st.integers(0, 100).map(float), st.floats(0, 100)),
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(1, 7))
def test_any_table_is_ranked_whole(table: dict[tuple[str, str], float], most: int) -> None:
    found = calibrate([(*pair, score) for pair, score in table.items()], most=most)
    assert [a.rank for a in found.applications] == list(range(1, len({a for a, _ in table}) + 1))
    assert sorted(found.applications, key=lambda a: -round(a.worth, 6)) == sorted(
        found.applications, key=lambda a: (-round(a.worth, 6), a.rank)
    )
    assert sum(a.p_in for a in found.applications) == pytest.approx(min(most, len(found.applications)))
    assert all(a.low <= a.worth <= a.high and 0 <= a.p_in <= 1 for a in found.applications)
    assert sum(r.severity for r in found.reviewers) == pytest.approx(0, abs=1e-6)


def test_parts_without_a_common_reviewer_are_told_apart_the_largest_first() -> None:
    rows = [
        ("甲", "一", 1.0),
        ("乙", "二", 2.0),
        ("丙", "二", 3.0),
        ("丁", "三", 4.0),
        ("丁", "二", 5.0),
        ("戊", "四", 0.0),
    ]
    found = calibrate(rows, most=1)
    assert {a.id: a.part for a in found.applications} == {"乙": 1, "丙": 1, "丁": 1, "戊": 2, "甲": 3}
    assert {r.id: r.part for r in found.reviewers} == {"二": 1, "三": 1, "四": 2, "一": 3}


def _naive_parts(rows: list[Row]) -> set[frozenset[str]]:
    parts: list[set[str]] = []
    for a, w, _ in rows:
        touched = [p for p in parts if "申" + a in p or "评" + w in p]
        parts = [p for p in parts if p not in touched] + [{"申" + a, "评" + w}.union(*touched)]
    return {frozenset(x for x in p if x[0] == "申") for p in parts}


@settings(max_examples=100, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1))
def test_the_parts_are_those_a_naive_search_finds(pairs: set[tuple[int, int]]) -> None:
    rows = [(f"{a:02d}", f"{w:02d}", 1.0) for a, w in pairs]
    reviews = reviews_of(rows)
    apps, _ = reviews.component
    found = {
        frozenset("申" + name for name, part in zip(reviews.applications, apps, strict=True) if part == p)
        for p in set(apps)
    }
    assert found == _naive_parts(rows)


def test_a_long_chain_is_one_part() -> None:
    rows = [(f"{i:05d}", f"{i + d:05d}", float(i % 7)) for i in range(3000) for d in (0, 1)]
    assert set(reviews_of(rows).component[0]) == {0}


def test_the_review_that_was_spoilt_differs_most_and_what_it_did_is_told() -> None:
    rows, *_ = world(100, 4, 25, noise=3, seed=9)
    spoilt = min(rows, key=lambda r: abs(r[2] - 75))
    rows[rows.index(spoilt)] = (*spoilt[:2], spoilt[2] - 35)
    first = calibrate(rows, most=30, differing=3).differing[0]
    assert (first.application, first.reviewer) == spoilt[:2]
    assert first.z < -5
    assert first.influence < 0
    assert first.rank_without < first.rank


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("甲", "一", 1.0), ("甲", "一", 2.0)],
        [("甲", "一", math.nan)],
        [("甲", "一", math.inf)],
        [("甲", "一", 1e13)],
    ],
)
def test_what_is_no_table_of_scores_is_refused(rows: list[Row]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        calibrate(rows, most=1)


def test_the_first_none_are_refused() -> None:
    with pytest.raises(ValueError, match="most"):
        calibrate([("甲", "一", 1.0)], most=0)


# Parts


def test_baselines_by_hand() -> None:
    reviews = reviews_of(
        [("甲", "一", 60.0), ("乙", "一", 80.0), ("乙", "二", 70.0), ("丙", "三", 50.0), ("甲", "三", 50.0)]
    )
    assert dict(zip(reviews.applications, means(reviews), strict=True)) == {"甲": 55.0, "乙": 75.0, "丙": 50.0}
    mean, spread = reviews.score.mean(), reviews.score.std()
    z = 10 / math.sqrt(200)
    assert dict(zip(reviews.applications, z_means(reviews), strict=True)) == pytest.approx(
        {"甲": mean - spread * z / 2, "乙": mean + spread * z / 2, "丙": mean}
    )


def test_among_first_counts() -> None:
    blocks = [np.array([[1.0, 5.0], [2.0, 4.0], [3.0, 3.0]]), np.array([[9.0], [0.0], [1.0]])]
    assert among_first(blocks, 3, 1).tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert among_first(blocks, 3, 3).tolist() == [1, 1, 1]


def test_digamma_at_known_places() -> None:
    euler = 0.5772156649015329
    assert [digamma(1), digamma(0.5), digamma(20)] == pytest.approx(
        [-euler, -euler - 2 * math.log(2), sum(1 / k for k in range(1, 20)) - euler], abs=1e-12
    )


def test_degrees_of_freedom_of_known_noise() -> None:
    square = np.random.default_rng(0).standard_t(5, 40_000) ** 2
    free = 30.0
    for _ in range(300):
        free = freedom(square, free)
    assert free == pytest.approx(5, rel=0.1)


def test_one_huge_application_goes_the_way_that_needs_no_pairs() -> None:
    rows = [("甲", f"评{j:04d}", float(60 + j % 30)) for j in range(2100)]
    rows += [("乙", f"评{j:04d}", float(50 + j % 40)) for j in range(0, 2100, 300)]
    found = calibrate(rows, most=1)
    assert not found.model.exact
    assert found.applications[0].id == "甲"
