"""The corps: adding, counting, what-if, invitations, the printed table; who learns what of whom."""

import datetime

import pytest
from tests.programme.rosters import entry, some, workbook
from tests.world import World, expert

from ketuan.documents.rosters import read_roster
from ketuan.forms.roster import RosterEntry
from ketuan.programme import applying
from ketuan.programme.applying import crossing, downloading, inviting, members, printing, sheets
from ketuan.programme.applying.inviting import Answer
from ketuan.programme.applying.printing import Picked
from ketuan.programme.applying.saving import Change
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.who import ANYBODY
from ketuan.records.models import Entry, Expert, Invitation

STRANGERS = ("other_editor", "far_provincial", "provincial", "officer", "reviewer", "nobody")


@pytest.fixture
def application(world: World):
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def add(world: World, application, *entries: RosterEntry) -> int:
    return members.add_members(application, entries, who=world.who("editor"))


def second(world: World):
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


# ---- counting and what-if --------------------------------------------------------------------------------------------


def test_the_sentence_says_how_many_are_lacking(world: World, application) -> None:
    add(world, application, *some(old=10, young=8, elite=1))
    assert (
        members.lacking(members.tally_of(application))
        == "还差 2 人，还差 2 名 45 岁及以下，还差 1 名青年人才托举工程入选者（鼓励）"
    )


def test_who_turns_46_before_the_age_day_is_not_young(world: World, application) -> None:
    day = members.tally_of(application).age_day
    add(
        world,
        application,
        entry("甲一", born=day.replace(year=day.year - 46)),
        entry("甲二", born=day.replace(year=day.year - 45)),
    )
    ages = [(line.age, line.young) for line in members.lines_of(application, who=world.who("editor"))]
    assert ages == [(46, False), (45, True)]


def test_what_if_names_the_rule_that_would_newly_fail_and_changes_nothing(world: World, application) -> None:
    add(world, application, *some(old=10, young=10, elite=2))
    assert members.corps_findings(application) == ()
    young = members.find_member(application, application.members.get(expert__name="青一").pk)
    would = members.without(application, young)
    assert [f.rule for f in would.newly] == ["corps.size", "corps.youth", "corps.young_elite"]
    assert members.corps_findings(application) == ()


def test_what_is_short_already_is_told_as_worse(world: World, application) -> None:
    add(world, application, *some(old=5, young=3, elite=0))
    would = members.without(application, application.members.get(expert__name="青一"))
    assert ([f.rule for f in would.newly], [f.rule for f in would.worse]) == ([], ["corps.size", "corps.youth"])


# ---- adding and removing ---------------------------------------------------------------------------------------------


def test_a_member_is_added_once_and_stands_in_the_journal_without_a_name(world: World, application) -> None:
    known = expert("乔木", "云岭大学", added_by=world.bodies["society"])
    members.add_member(application, known.pk, who=world.who("editor"))
    with pytest.raises(Invalid, match="已经在这个服务团里"):
        members.add_member(application, known.pk, who=world.who("editor"))
    told = Entry.objects.get(verb="applying.add_member")
    assert told.sealed == {"names": ["乔木"]}
    assert "乔木" not in told.says + str(told.data)


def test_the_search_leaves_out_who_withdrew_and_who_is_in_the_corps(world: World, application) -> None:
    own = expert("乔木", "云岭大学", added_by=world.bodies["society"])
    there = expert("乔木", "海东学院", added_by=world.bodies["other"])
    withdrawn = expert("乔木", "北山研究所", consent_withdrawn_at=application.created_at)
    members.add_member(application, own.pk, who=world.who("editor"))
    assert members.search_experts(application, "乔木", who=world.who("editor")) == [there]
    with pytest.raises(NotFound):
        members.add_member(application, withdrawn.pk, who=world.who("editor"))
    assert members.search_experts(application, "乔", who=world.who("editor")) == []


def test_strangers_change_nothing(world: World, application) -> None:
    add(world, application, entry("甲一"))
    member = application.members.get()
    for name in STRANGERS:
        who = world.who(name)
        for act in (
            lambda who=who: members.add_members(application, [entry("乙一")], who=who),
            lambda who=who: members.remove_member(application, member, who=who),
            lambda who=who: members.change_member(application, member, "leader", who=who),
            lambda who=who: members.search_experts(application, "甲一", who=who),
            lambda who=who: inviting.invite_member(application, name="丙", who=who),
            lambda who=who: printing.choose_printed(application, [Picked(member.pk)], base=99, who=who),
            lambda who=who: downloading.export_roster(application, who=who),
        ):
            with pytest.raises(Refused):
                act()
    assert [m.expert.name for m in application.members.all()] == ["甲一"]


def test_there_is_one_leader_and_the_form_may_be_filled_from_the_roster(world: World, application) -> None:
    add(world, application, entry("甲一", unit="云岭大学", post="教授", phone="13900000001"), entry("甲二"))
    first, other = application.members.all()
    members.change_member(application, first, "leader", fill=True, who=world.who("editor"))
    application.refresh_from_db()
    assert (application.form["leader"]["name"], application.form["leader"]["mobile"]) == ("甲一", "13900000001")
    assert application.form["leader"]["post"] == "云岭大学 教授"
    members.change_member(application, other, "leader", who=world.who("editor"))
    application.refresh_from_db()
    assert [m.place for m in application.members.order_by("order")] == ["member", "leader"]
    assert application.form["leader"]["name"] == "甲一"


# ---- Excel -----------------------------------------------------------------------------------------------------------


def test_the_preview_says_of_each_row_what_it_is(world: World, application) -> None:
    expert("甲二", "云岭大学", added_by=world.bodies["other"])
    add(world, application, entry("甲三", unit="海东学院"))
    add(world, second(world), entry("甲四", unit="北山研究所"))
    rows = [
        entry("甲一"),
        entry("甲二", unit="云岭大学"),
        entry("甲三", unit="海东学院"),
        entry("甲四", unit="北山研究所"),
        entry("甲一"),
    ]
    sheet = sheets.look_at(application, "名册.xlsx", workbook(rows), who=world.who("editor"))
    assert [row.standing for row in sheet.rows] == ["new", "known", "here", "elsewhere", "double"]
    assert [row.chosen for row in sheet.rows] == [True, True, False, False, False]


def test_a_birth_month_without_a_day_is_a_remark_at_its_row(world: World, application) -> None:
    sheet = sheets.look_at(application, "x.xlsx", workbook([("甲一", "1985年3月")]), who=world.who("editor"))
    assert sheet.rows[0].entry.born is None
    assert len(sheet.rows[0].remarks) == 1


def test_what_is_no_workbook_is_refused_with_the_readers_reason(world: World, application) -> None:
    with pytest.raises(Invalid, match="不是 Excel 工作簿"):
        sheets.look_at(application, "x.xlsx", b"MZ not a workbook", who=world.who("editor"))


def test_rows_are_imported_all_or_none(world: World, application) -> None:
    before = Expert.objects.count()
    with pytest.raises(AttributeError):
        members.add_members(application, [entry("甲一"), None], who=world.who("editor"))  # type: ignore[list-item]
    assert (application.members.count(), Expert.objects.count()) == (0, before)


def test_the_same_person_in_two_years_is_one_expert(world: World, application) -> None:
    add(world, application, entry("甲一", unit="云岭大学"))
    add(world, second(world), entry("甲 一", unit="云岭大学材料学院"))
    assert Expert.objects.filter(name_key="甲一").count() == 1


def test_another_birth_date_is_another_person(world: World, application) -> None:
    add(
        world, application, entry("甲一", born=datetime.date(1980, 1, 1)), entry("甲一", born=datetime.date(1990, 1, 1))
    )
    assert application.members.count() == 2


def test_the_export_is_read_back_and_says_who_took_it(world: World, application) -> None:
    add(world, application, entry("甲一", post="=1+1"))
    made = downloading.export_roster(application, who=world.who("editor"))
    roster, _ = read_roster(made.data, made.name)
    assert [(e.name, e.post) for e in roster.entries] == [("甲一", "=1+1")]
    assert Entry.objects.get(verb="applying.export_roster").data == {"persons": 1}


def test_more_than_a_hundred_persons_are_not_exported(world: World, application) -> None:
    add(world, application, *(entry(f"甲{n}", unit=f"单位{n}号") for n in range(101)))
    with pytest.raises(Refused, match="101 人"):
        downloading.export_roster(application, who=world.who("editor"))
    assert Entry.objects.filter(verb="applying.export_roster").count() == 0


# ---- invitations -----------------------------------------------------------------------------------------------------

AGREES = Answer("乔木", "云岭大学", "1985-03-12", "教授", "材料", "第七届", "13900000001", agrees=True)


def invited(world: World, application, name: str = "乔木") -> str:
    return inviting.invite_member(application, name=name, who=world.who("editor")).token


def test_a_link_is_answered_once_without_an_account(world: World, application) -> None:
    token = invited(world, application)
    member = inviting.answer_invitation(token, AGREES, who=ANYBODY)
    assert (member.consent, member.wording, member.expert.consent_wording) == ("given", "corps-1", "corps-1")
    assert (member.expert.unit, member.expert.born) == ("云岭大学", datetime.date(1985, 3, 12))
    with pytest.raises(NotFound):
        inviting.answer_invitation(token, AGREES, who=ANYBODY)
    told = Entry.objects.get(verb="applying.answer_invitation")
    assert (told.actor_id, told.acted_as, told.sealed) == (None, "公众", {"names": ["乔木"]})


def test_only_the_hash_of_a_link_is_kept(world: World, application) -> None:
    token = invited(world, application)
    assert token not in str(list(Invitation.objects.values()))


def test_who_refuses_does_not_count_and_leaves_nothing(world: World, application) -> None:
    token = invited(world, application)
    assert len(applying.roster_of(application)) == 1
    inviting.answer_invitation(token, Answer("乔木", "云岭大学", "1985-03-12", phone="13900000001"), who=ANYBODY)
    assert applying.roster_of(application) == ()
    assert Expert.objects.get(name="乔木").unit == ""


def test_links_end_after_a_fortnight_and_when_a_new_one_is_made(world: World, application) -> None:
    token = invited(world, application)
    newer = inviting.invite_member(application, member=application.members.get(), who=world.who("editor")).token
    with pytest.raises(NotFound):
        inviting.find_invitation(token)
    world.travel("2024-05-24 09:31:00+08:00")
    with pytest.raises(NotFound):
        inviting.find_invitation(newer)


def test_the_wrong_name_or_half_a_birth_date_is_told_by_field(world: World, application) -> None:
    token = invited(world, application)
    with pytest.raises(Invalid) as wrong:
        inviting.answer_invitation(token, Answer("乔林", "", "1985-03", agrees=True), who=ANYBODY)
    assert sorted(wrong.value.errors) == ["born", "name", "phone", "unit"]
    assert application.members.get().consent == "invited"


def test_a_guesser_does_not_get_into_the_register(world: World, application) -> None:
    known = expert(
        "乔木", "云岭大学", datetime.date(1985, 3, 12), consented_at=application.created_at, phone="13900000009"
    )
    members.add_member(application, known.pk, who=world.who("editor"))
    token = inviting.invite_member(application, member=application.members.get(), who=world.who("editor")).token
    guess = Answer("乔木", "云岭大学", "1984-03-12", phone="13900000001", agrees=True)
    for _ in range(inviting.TRIES):
        with pytest.raises(Invalid, match="不一致"):
            inviting.answer_invitation(token, guess, who=ANYBODY)
    with pytest.raises(NotFound):
        inviting.answer_invitation(token, AGREES, who=ANYBODY)
    known.refresh_from_db()
    assert known.phone == "13900000009"


def test_an_invited_name_becomes_the_expert_who_is_known_already(world: World, application) -> None:
    known = expert("乔木", "云岭大学", datetime.date(1985, 3, 12), added_by=world.bodies["other"])
    member = inviting.answer_invitation(invited(world, application), AGREES, who=ANYBODY)
    assert member.expert_id == known.pk


def test_the_society_knows_age_and_phone_only_after_consent(world: World, application) -> None:
    known = expert(
        "乔木", "云岭大学", datetime.date(1985, 3, 12), phone="13900000001", consented_at=application.created_at
    )
    member = members.add_member(application, known.pk, who=world.who("editor"))
    line = members.lines_of(application, who=world.who("editor"))[0]
    assert (line.age, line.phone, line.hidden) == (None, "", True)
    token = inviting.invite_member(application, member=member, who=world.who("editor")).token
    inviting.answer_invitation(token, AGREES, who=ANYBODY)
    line = members.lines_of(application, who=world.who("editor"))[0]
    assert (line.age, line.phone, line.hidden) == (39, "13900000001", False)


# ---- the printed table -----------------------------------------------------------------------------------------------


def choose(world: World, application, *picked: Picked, by: str = "editor", base: int = 10_000) -> None:
    printing.choose_printed(application, picked, base=base, who=world.who(by))
    application.refresh_from_db()


def names(application) -> list[str]:
    return [row["name"] for row in application.form["personnel"]]


def test_chosen_members_become_rows_in_their_order(world: World, application) -> None:
    add(world, application, entry("甲一", unit="云岭大学", post="教授", phone="13900000001"), entry("甲二"))
    first, other = application.members.all()
    choose(world, application, Picked(other.pk), Picked(first.pk, duty="总体设计"))
    assert names(application) == ["甲二", "甲一"]
    assert application.form["personnel"][1] == {
        "name": "甲一", "affiliation": "云岭大学/教授", "contact": "13900000001", "duty": "总体设计",
    }  # fmt: skip


def test_a_duty_survives_leaving_the_table_and_coming_back(world: World, application) -> None:
    add(world, application, entry("甲一"))
    member = application.members.get()
    choose(world, application, Picked(member.pk, duty="总体设计"))
    choose(world, application)
    assert names(application) == []
    choose(world, application, Picked(member.pk))
    assert application.form["personnel"][0]["duty"] == "总体设计"


def test_rows_typed_by_hand_stay_and_keep_their_keys(world: World, application) -> None:
    key = applying.add_row(application, "personnel", who=world.who("editor"))
    applying.save(application, [Change(f"personnel.{key}.name", "手写")], who=world.who("editor"))
    add(world, application, entry("甲一"))
    choose(world, application, Picked(application.members.get().pk))
    assert names(application) == ["甲一", "手写"]
    assert application.rows["personnel"][1] == key
    assert printing.gone_from_roster(application) == ["手写"]


def test_a_row_typed_by_hand_is_linked_and_differences_are_shown(world: World, application) -> None:
    key = applying.add_row(application, "personnel", who=world.who("editor"))
    applying.save(application, [Change(f"personnel.{key}.name", "甲一")], who=world.who("editor"))
    add(world, application, entry("甲一", unit="云岭大学"))
    member = application.members.get()
    application.refresh_from_db()
    assert [i.like for i in printing.items_of(application)] == [member.pk, None]
    choose(world, application, Picked(member.pk, key=key))
    assert [label for label, _, _ in printing.items_of(application)[0].differs] == ["单位及职务", "联系方式"]
    choose(world, application, Picked(member.pk, refresh=True))
    assert (printing.items_of(application)[0].differs, application.rows["personnel"]) == ((), [key])


def test_the_twenty_first_row_is_refused_with_the_clause(world: World, application) -> None:
    add(world, application, *(entry(f"甲{n}", unit=f"单位{n}号") for n in range(21)))
    with pytest.raises(Invalid, match="不超过 20 人（附件3 八）"):
        choose(world, application, *(Picked(m.pk) for m in application.members.all()))
    application.refresh_from_db()
    assert names(application) == []


def test_a_colleagues_later_words_in_the_table_are_not_written_over(world: World, application) -> None:
    add(world, application, entry("甲一"))
    member = application.members.get()
    choose(world, application, Picked(member.pk, duty="甲"))
    base, key = application.revision, application.rows["personnel"][0]
    applying.save(application, [Change(f"personnel.{key}.duty", "审核人改的", base)], who=world.who("checker"))
    with pytest.raises(NotReady):
        choose(world, application, Picked(member.pk, duty="乙"), base=base)
    application.refresh_from_db()
    assert application.form["personnel"][0]["duty"] == "审核人改的"


# ---- cross-check -----------------------------------------------------------------------------------------------------


@pytest.fixture
def crossed(world: World, application):
    """Two applications of one society with one member in common."""
    other = second(world)
    for one in (application, other):
        add(world, one, entry("乔木", unit="云岭大学", phone="13900000001"))
        one.refresh_from_db()
    return application, other


def test_the_society_sees_both_sides_of_a_shared_member(world: World, crossed) -> None:
    found = [c for c in crossing.crossings_of(crossed[0], who=world.who("editor")) if c.rule == "overlap.members"]
    assert len(found) == 1
    label, sides, _ = found[0].pairs[0]
    assert (label, {s.code for s in sides}) == ("乔木", {a.code for a in crossed})
    assert "13900000001" not in str(found)


def test_a_province_that_sees_one_learns_nothing_of_the_other(world: World, crossed) -> None:
    mine, other = crossed
    mine.recommendations.create(province=world.bodies["province"], asked_at=mine.created_at)
    found = crossing.crossings_of(mine, who=world.who("provincial"))
    assert [c.rule for c in found if c.rule == "overlap.members"] == ["overlap.members"]
    assert all(c.hidden and c.pairs == () for c in found)
    assert other.code not in str(found)
    assert "乔木" not in str(found)
    assert crossing.compared_with(mine, who=world.who("provincial")) == []


def test_a_text_is_cut_at_its_shared_passages() -> None:
    pieces = list(crossing.pieces_of("一二三四五六", [(4, 6), (1, 3)]))
    assert pieces == [("一", False), ("二三", True), ("四", False), ("五六", True)]
