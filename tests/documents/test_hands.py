"""The reader against the hands: the official form filled and edited by others says what was written into it."""

from __future__ import annotations

import importlib.util

import pytest
from tests.hands import (
    EDITS,
    HABITS,
    SLOW_EDITS,
    SOFFICE,
    Hand,
    as_read,
    differences,
    each_habit,
    fill,
    mixed_hand,
    truth,
)
from tests.hands.defects import DEFECTS, FILE_DEFECTS, broken, clean

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ketuan.documents.reading") is None, reason="there is no reader yet"
)
HANDS = list(enumerate(each_habit()))
MIXED = range(100, 160)
OFFICE_HANDS = [
    (3, Hand()),
    (31, Hand(tick="√ behind", hint="kept, new paragraph", lines="breaks", pieces="split")),
    (33, Hand(tick="content control")),
    (34, Hand(tick="form field")),
    (35, Hand(tick="Wingdings F0FE")),
    (37, Hand(tick="R in Wingdings 2")),
]


@pytest.mark.parametrize(("seed", "hand"), HANDS, ids=[f"{seed}-{hand}" for seed, hand in HANDS])
def test_each_habit_alone_is_read(seed: int, hand: Hand) -> None:
    assert differences(truth(seed), as_read(fill(truth(seed), hand))) == []


@pytest.mark.parametrize("seed", MIXED)
def test_habits_mixed_are_read(seed: int) -> None:
    assert differences(truth(seed), as_read(fill(truth(seed), mixed_hand(seed)))) == []


@pytest.mark.parametrize("seed", range(200, 230))
def test_people_of_every_kind_are_read(seed: int) -> None:
    assert differences(truth(seed), as_read(fill(truth(seed)))) == []


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("seed", [3, 11])
def test_an_edit_changes_nothing(name: str, seed: int) -> None:
    change, sentence = EDITS[name]
    assert differences(truth(seed), as_read(change(fill(truth(seed))))) == [], sentence


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_an_edit_of_a_form_by_another_hand_changes_nothing(name: str, seed: int) -> None:
    change, sentence = EDITS[name]
    assert differences(truth(seed), as_read(change(fill(truth(seed), mixed_hand(seed))))) == [], sentence


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", SLOW_EDITS)
@pytest.mark.parametrize(("seed", "hand"), OFFICE_HANDS, ids=[f"{seed}-{hand}" for seed, hand in OFFICE_HANDS])
def test_another_office_changes_nothing(name: str, seed: int, hand: Hand) -> None:
    change, sentence = SLOW_EDITS[name]
    if (name, hand.tick) == ("through_rtf", "form field"):
        pytest.skip("LibreOffice takes the ticks of form fields away when it reads rtf")
    assert differences(truth(seed), as_read(change(fill(truth(seed), hand)))) == [], sentence


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_read_as_it_stands(name: str) -> None:
    change, _, _, sentence = DEFECTS[name]
    wanted = change(clean())
    if wanted["cover"]["title"] == "“科创中国”XXXX科技服务团":
        pytest.skip("the printed name may be read as empty or as it stands")
    assert differences(wanted, as_read(broken(name))) == [], sentence


@pytest.mark.parametrize("name", FILE_DEFECTS)
def test_a_mistake_of_the_hand_changes_one_answer(name: str) -> None:
    _, _, _, sentence = FILE_DEFECTS[name]
    found = differences(clean(), as_read(broken(name)))
    assert len(found) == 1, sentence


def test_every_habit_has_several_values_and_its_default_is_one_of_them() -> None:
    for habit, values in HABITS.items():
        assert len(values) > 1
        assert getattr(Hand(), habit) in values
