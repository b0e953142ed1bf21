"""Whether a drug was stopped so many days ago: wash-outs."""

from __future__ import annotations

from typing import Any

import pytest
from charts import ENTERED, ago, fact, patient, reviewed, takes, within

from engine.domain.atoms import StoppedDrug
from engine.domain.findings import MissingKind
from engine.domain.ids import DrugId
from engine.domain.patient import ListKind, Medication, MedicationStatus
from engine.domain.truth import Truth

STOPPED = MedicationStatus.STOPPED


def ago_within(drug: str, high: str | None = "14", low: str | None = None) -> StoppedDrug:
    return StoppedDrug(drug=DrugId(drug), ago=within("d", low=low, high=high))


TWO_WEEKS = ago_within("warfarin")


def truth(*entries: Medication, atom: StoppedDrug = TWO_WEEKS, **changes: Any) -> Truth:
    return fact(patient(medications=entries, **changes), atom).truth


@pytest.mark.parametrize(
    ("days", "expected"), [(0, Truth.TRUE), (14, Truth.TRUE), (15, Truth.FALSE), (None, Truth.UNKNOWN)]
)
def test_the_last_day_decides_and_none_leaves_it_open(days: int | None, expected: Truth) -> None:
    stop = None if days is None else ago(days)
    assert truth(takes("warfarin", STOPPED, stop=stop)) is expected


def test_a_last_day_that_is_not_stated_is_asked_for() -> None:
    found = fact(patient(medications=(takes("warfarin", STOPPED),)), TWO_WEEKS)
    assert [(datum.kind, datum.subject) for datum in found.missing] == [
        (MissingKind.MEDICATION_DETAIL, "warfarin last day")
    ]


def test_a_first_day_can_leave_no_room_for_an_unstated_last_one() -> None:
    """Begun eight days ago, it cannot have been stopped three weeks ago."""
    entry = takes("warfarin", STOPPED, start=ago(8))
    assert truth(entry, atom=ago_within("warfarin", low="21", high="60")) is Truth.FALSE
    assert truth(entry, atom=ago_within("warfarin", high="5")) is Truth.UNKNOWN


def test_a_sentence_says_what_was_stopped_and_when() -> None:
    atom = ago_within("vitamin_k_antagonist")
    found = fact(patient(medications=(takes("warfarin", STOPPED, stop=ago(3)),)), atom)
    assert found.statement == "stopped warfarin 3 days ago (vitamin K antagonist), at most 14 days ago"
    assert ("days", "3 days ago") in found.bindings


def test_a_drug_in_force_was_not_stopped_by_a_change_of_its_dose() -> None:
    assert truth(takes("warfarin", STOPPED, stop=ago(3)), takes("warfarin")) is Truth.FALSE


def test_a_drug_that_may_still_be_taken_may_not_have_been_stopped() -> None:
    found = fact(
        patient(medications=(takes("warfarin", STOPPED, stop=ago(3)), takes("warfarin", stop=ago(40)))),
        TWO_WEEKS,
    )
    assert found.truth is Truth.UNKNOWN
    assert {datum.kind for datum in found.missing} == {MissingKind.LIST_REVIEW}


def test_a_lapsed_prescription_may_have_ended_on_any_day_since() -> None:
    """It lapsed five days ago: it cannot have been stopped earlier, and may be taken today."""
    lapsed = takes("warfarin", stop=ago(5))
    assert truth(lapsed) is Truth.UNKNOWN
    assert truth(lapsed, atom=ago_within("warfarin", low="10", high="20")) is Truth.FALSE


@pytest.mark.parametrize(
    "entry",
    [takes("warfarin"), takes("warfarin", MedicationStatus.PLANNED), takes("warfarin", start=ago(-3))],
)
def test_what_is_taken_or_planned_was_not_stopped(entry: Medication) -> None:
    assert truth(entry) is Truth.FALSE


def test_absence_is_false_on_a_reviewed_list_alone() -> None:
    assert truth() is Truth.FALSE
    assert truth(reviews=()) is Truth.UNKNOWN


@pytest.mark.parametrize("high", ["365", "366", None])
def test_absence_says_nothing_of_what_was_stopped_longer_ago_than_a_list_keeps(high: str | None) -> None:
    atom = ago_within("warfarin", low="0", high=high)
    found = fact(patient(), atom)
    assert found.truth is (Truth.FALSE if high == "365" else Truth.UNKNOWN)
    assert truth(takes("warfarin", STOPPED, stop=ago(300)), atom=atom) is Truth.TRUE


def test_an_unknown_drug_that_ended_lately_may_be_it() -> None:
    found = fact(patient(medications=(takes(None, STOPPED, stop=ago(2)),)), TWO_WEEKS)
    assert [datum.kind for datum in found.missing] == [MissingKind.DRUG_IDENTITY]
    assert truth(takes(None, STOPPED, stop=ago(200))) is Truth.FALSE
    assert truth(takes(None)) is Truth.FALSE


def test_a_last_day_ahead_of_a_stopped_drug_cannot_be_right() -> None:
    found = fact(patient(medications=(takes("warfarin", STOPPED, stop=ago(-4)),)), TWO_WEEKS)
    assert found.truth is Truth.UNKNOWN
    assert "lies ahead" in found.missing[0].reason


def test_a_review_made_here_lets_a_lapsed_entry_stand_as_taken() -> None:
    reviews = (reviewed(ListKind.MEDICATIONS, 0, ENTERED),)
    assert truth(takes("warfarin", stop=ago(5)), reviews=reviews) is Truth.FALSE
