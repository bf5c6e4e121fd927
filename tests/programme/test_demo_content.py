"""The demo year: the same every time, of nobody real, and wrong only where it means to be."""

from __future__ import annotations

import re
import time
from collections import Counter
from difflib import SequenceMatcher

import pytest

from ketuan.cli.check import alike_for
from ketuan.forms.remarks import Reading
from ketuan.forms.words import words
from ketuan.programme.demo import KINDS, STATES, Corps, DemoYear, demo_year
from ketuan.programme.demo.desk import title_of
from ketuan.programme.demo.flaws import UNBORN
from ketuan.programme.demo.rosters import YOUNG_FROM
from ketuan.programme.registries import national_societies, provincial_associations
from ketuan.rules.call import load
from ketuan.rules.checking import Entry, check, check_portfolio
from ketuan.rules.checks.contact import email_ok, phone_ok
from ketuan.rules.checks.corps import age
from ketuan.rules.checks.society import uscc_fault

CALL = load("2024")
BARELY = ("draft_empty", "draft_started")


@pytest.fixture(scope="module")
def year() -> DemoYear:
    return demo_year(2024)


def written(year: DemoYear) -> list[Corps]:
    return [one for one in year.corps if one.state not in BARELY]


def test_one_seed_makes_one_year_and_another_makes_another() -> None:
    assert demo_year.__wrapped__(2024) == demo_year.__wrapped__(2024)
    assert demo_year.__wrapped__(2024) != demo_year.__wrapped__(7)


def test_it_is_made_in_under_two_seconds() -> None:
    start = time.perf_counter()
    demo_year.__wrapped__(2024)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("seed", [1, 7, 99, 2025])
def test_other_seeds_make_a_year_too(seed: int) -> None:
    assert len(demo_year.__wrapped__(seed).corps) == 60


def test_it_is_as_large_as_was_asked(year: DemoYear) -> None:
    kinds = Counter(one.kind for one in year.organisations)
    assert set(kinds) == set(KINDS)
    assert (kinds["society"], kinds["province"], kinds["screener"], kinds["supervisor"]) == (30, 12, 2, 2)
    assert (len(year.experts), len(year.problems), len(year.corps)) == (400, 50, 60)


def test_every_state_is_there_as_often_as_planned(year: DemoYear) -> None:
    assert Counter(one.state for one in year.corps) == STATES


def test_keys_are_unique_and_lead_somewhere(year: DemoYear) -> None:
    for some in (year.organisations, year.staff, year.experts, year.problems, year.corps):
        keys = [one.key for one in some]
        assert len(set(keys)) == len(keys)
    homes = {one.key for one in year.organisations}
    people = {one.key for one in year.staff}
    assert {one.organisation for one in year.staff} <= homes
    assert {one.above for one in year.organisations} - {""} <= homes
    assert {key for one in year.corps for key in (one.society, *one.provinces)} <= homes
    assert {step.who for one in year.corps for step in one.steps} <= people
    assert {one.proposer for one in year.problems} | {one.province for one in year.problems} <= homes
    assert {one.municipality for one in year.problems} - {""} <= homes
    known = {one.key for one in year.problems}
    assert {key for one in year.corps for key in one.problems} == known


# ---- nobody real ------------------------------------------------------------


def core(name: str) -> str:
    return re.sub("中国|中华|学会|协会|研究会", "", name)


def test_no_society_is_or_resembles_a_real_one(year: DemoYear) -> None:
    real = [one.name for one in national_societies()]
    near = {
        (one.name, name)
        for one in year.of_kind("society")
        for name in real
        if SequenceMatcher(None, core(one.name), core(name)).ratio() > 0.6
    }
    assert near == set()


def test_associations_are_the_real_ones_and_carry_no_invented_code_or_address(year: DemoYear) -> None:
    real = {one.name for one in provincial_associations()}
    ours = [*year.of_kind("province"), *year.of_kind("municipality"), *year.of_kind("office")]
    assert {one.name for one in year.of_kind("province")} <= real
    assert {(one.uscc, one.address, one.introduction) for one in ours} == {("", "", "")}


def test_credit_codes_are_well_formed_marked_as_demo_and_used_once(year: DemoYear) -> None:
    codes = [one.uscc for one in year.organisations if one.uscc]
    assert [code for code in codes if uscc_fault(code) or "DEM0" not in code] == []
    assert len(set(codes)) == len(codes)


def test_numbers_and_addresses_reach_nobody(year: DemoYear) -> None:
    everybody = [*year.staff, *year.experts]
    assert [one.key for one in everybody if not re.fullmatch(r"154\d{8}", one.mobile)] == []
    assert [one.key for one in everybody if not (phone_ok(one.mobile, mobile=True) and phone_ok(one.phone))] == []
    assert [one.key for one in everybody if not (email_ok(one.email) and one.email.endswith(".example"))] == []
    assert len({one.mobile for one in everybody}) == len(everybody)
    assert len({one.email for one in everybody}) == len(everybody)


def test_introductions_keep_their_limit(year: DemoYear) -> None:
    limit = CALL.form.limits["society.introduction"].value
    assert max(words(one.introduction) for one in year.of_kind("society")) <= limit


# ---- people ------------------------------------------------------------


def test_the_age_that_counts_as_young_is_that_of_the_call(year: DemoYear) -> None:
    assert age(YOUNG_FROM, CALL.age_day) == CALL.corps.young_age.value
    assert age(YOUNG_FROM.replace(day=YOUNG_FROM.day - 1), CALL.age_day) == CALL.corps.young_age.value + 1
    assert {str(one.born) for one in year.experts} >= {"1978-05-24", "1978-05-25"}


def test_fifteen_in_a_hundred_experts_are_young_elite_and_were_young_enough(year: DemoYear) -> None:
    elite = [one for one in year.experts if one.young_elite]
    rounds = {f"第{digit}届": 2015 + at for at, digit in enumerate("一二三四五六七八九")}
    assert len(elite) == 60
    assert max(rounds[one.young_elite] - one.born.year for one in elite) <= 32


def test_reviewers_are_in_no_corps(year: DemoYear) -> None:
    reviewers = {one.key for one in year.experts if "reviewer" in one.roles}
    assert len(reviewers) == 30
    assert {key for one in year.corps for key in one.members} & reviewers == set()


def test_every_society_has_a_maker_and_another_as_checker(year: DemoYear) -> None:
    for society in year.of_kind("society"):
        makers, checkers = (year.staff_of(society.key, role) for role in ("society_editor", "society_checker"))
        assert len(makers) >= 1
        assert len(checkers) == 1
        assert checkers[0] not in makers


def test_rosters_and_members_go_together(year: DemoYear) -> None:
    for one in written(year):
        assert [row.name for row in one.roster] == [year.expert(key).name for key in one.members]
        assert one.leader != one.chief


# ---- applications ------------------------------------------------------------


def test_societies_have_five_at_most_and_some_have_none(year: DemoYear) -> None:
    counts = Counter(len(year.corps_of(one.key)) for one in year.of_kind("society"))
    assert max(counts) == CALL.quota.per_society.value
    assert (counts[5], counts[4]) == (3, 1)
    assert counts[0] >= 2


def test_titles_are_in_the_form_of_the_call_and_told_apart(year: DemoYear) -> None:
    titles = [one.title for one in year.corps]
    assert titles == [title_of(one.chain) for one in year.corps]
    assert len(set(titles)) == 60


def test_the_rules_find_the_intended_flaws_and_no_other(year: DemoYear) -> None:
    for one in written(year):
        found = {finding.rule for finding in check(Reading(one.form), CALL, roster=one.roster)}
        assert (one.key, found) == (one.key, {flaw.rule for flaw in one.flaws if not flaw.others})


def test_between_applications_too(year: DemoYear) -> None:
    entries = [Entry(one.key, one.form, one.roster) for one in year.corps]
    found = check_portfolio(entries, CALL, alike=alike_for(CALL))
    wanted = {(f.rule, frozenset((one.key, *f.others))) for one in year.corps for f in one.flaws if f.others}
    assert {(one.rule, frozenset(one.files)) for one in found} == wanted
    assert {rule for rule, _ in wanted} == {"overlap.members", "overlap.regions", "overlap.problems", "overlap.content"}


def test_what_was_submitted_on_the_platform_was_not_stopped(year: DemoYear) -> None:
    for one in year.corps:
        if one.state in ("submitted", "resubmitted", "submitted_late_by_permit", "withdrawn"):
            weights = {finding.weight for finding in check(Reading(one.form), CALL, roster=one.roster)}
            assert (one.key, "block" in weights) == (one.key, False)
            assert [f.rule for f in one.flaws if not f.answer and f is not UNBORN] == []
            assert {consent.outcome for consent in one.consents} == {"consented"}


def test_no_text_is_found_in_two_applications_but_in_the_copy(year: DemoYear) -> None:
    copies = {one.key for one in year.corps if any(flaw.rule == "overlap.content" for flaw in one.flaws)}
    plans = [one for one in written(year) if one.key not in copies]
    for part in ("work_plan", "objectives", "capacity", "rationale"):
        assert len({getattr(one.form, part) for one in plans}) == len(plans)


def test_some_corps_take_two_problems_none_more(year: DemoYear) -> None:
    assert Counter(len(one.problems) for one in written(year)) == {1: 46, 2: 6}
    for one in written(year):
        titles = [table.title for table in one.form.problems]
        assert titles == [year.problem(key).form.title for key in one.problems]


def test_problems_of_fifty_titles_are_told_apart_and_kept_as_filed(year: DemoYear) -> None:
    assert len({one.form.title for one in year.problems}) == 50
    assert len({one.form.description for one in year.problems}) == 50
    for one in year.problems:
        assert one.form.proposer == year.organisation(one.proposer).name


def test_steps_run_forward_and_end_before_the_deadline_but_for_the_permit(year: DemoYear) -> None:
    for one in year.corps:
        times = [step.at for step in one.steps]
        assert times == sorted(times)
        late = times[-1].date() > CALL.submission.deadline.value
        assert (one.key, late) == (one.key, one.state == "submitted_late_by_permit")


def test_reasons_stand_where_something_was_refused(year: DemoYear) -> None:
    asked = {"consent_returned", "consent_refused", "returned_by_checker", "withdrawn", "submitted_late_by_permit"}
    assert {one.state for one in year.corps if one.reason} == asked


# ---- registries for real use ------------------------------------------------------------


def test_the_registries_hold_the_real_bodies() -> None:
    societies, associations = national_societies(), provincial_associations()
    assert (len(societies), len(associations)) == (210, 32)
    assert (societies[0].code, societies[0].name) == ("A-01", "中国数学会")
    assert {one.division for one in associations if one.kind == "兵团"} == {"XPCC"}
