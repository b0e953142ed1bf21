"""Trimesters, and who could become pregnant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from charts import fact, observed, patient, reading_of, reported, state, with_observations

from engine.domain.atoms import InTrimester
from engine.domain.findings import MissingKind
from engine.domain.patient import PatientRecord, Sex
from engine.domain.truth import Truth

FIRST, SECOND, THIRD = (InTrimester(trimesters=(number,)) for number in (1, 2, 3))


def pregnant(weeks: str | None = None, days: int = 0, *, holds: bool = True, **changes: Any) -> PatientRecord:
    values = () if weeks is None else (observed("gestational_age", weeks, days),)
    record = with_observations(*values) if values else patient()
    return replace(record, states=(reported("pregnant", holds=holds),), **changes)


@pytest.mark.parametrize(
    ("weeks", "days", "trimester"),
    [
        ("13.857142857142857", 0, 1),
        ("13.857142857142857", 1, 2),
        ("13", 7, 2),
        ("13.9", 0, 1),
        ("13.999999999999999986", 0, 2),
        ("20", 55, 2),
        ("20", 56, 3),
        ("40", 20, 3),
    ],
)
def test_a_trimester_goes_on_with_the_days(weeks: str, days: int, trimester: int) -> None:
    for atom, number in ((FIRST, 1), (SECOND, 2), (THIRD, 3)):
        expected = Truth.TRUE if number == trimester else Truth.FALSE
        assert fact(pregnant(weeks, days), atom).truth is expected


def test_who_is_not_pregnant_or_a_man_is_in_no_trimester() -> None:
    assert fact(pregnant("20", holds=False), SECOND).truth is Truth.FALSE
    assert fact(pregnant(None, holds=False, sex=Sex.MALE), SECOND).truth is Truth.FALSE


def test_unknown_pregnancy_is_asked_for_first() -> None:
    found = fact(replace(pregnant("20"), states=()), SECOND)
    assert [(datum.kind, datum.subject) for datum in found.missing] == [(MissingKind.STATE, "pregnant")]


def test_a_pregnancy_without_gestational_age_asks_for_it() -> None:
    found = fact(pregnant(), SECOND)
    assert [(datum.kind, datum.subject, datum.unit) for datum in found.missing] == [
        (MissingKind.QUANTITY, "gestational_age", "wk")
    ]
    every = InTrimester(trimesters=(1, 2, 3))
    assert fact(pregnant(), every).truth is Truth.TRUE


def test_a_result_of_an_earlier_pregnancy_is_none_of_this_one() -> None:
    found = fact(pregnant("30", 99), THIRD)
    assert found.truth is Truth.UNKNOWN
    assert "no pregnancy goes beyond 44 weeks" in found.missing[0].reason


def test_the_gestational_age_of_today_shows_what_was_measured() -> None:
    reading = reading_of(pregnant("12", 16), "gestational_age")
    assert reading.shown == "14.3 wk"
    assert "12 wk" in reading.note
    assert "16 days more" in reading.note


def test_a_sentence_names_the_trimester() -> None:
    found = fact(pregnant("20"), FIRST)
    assert found.statement == "pregnant, 20 wk: second trimester, not the first"
    assert ("trimester", "second") in found.bindings


POTENTIAL = state("childbearing_potential")


def test_childbearing_potential() -> None:
    assert fact(pregnant(holds=False, sex=Sex.MALE), POTENTIAL).truth is Truth.FALSE
    assert fact(pregnant(), POTENTIAL).truth is Truth.TRUE
    unknown = fact(pregnant(holds=False), POTENTIAL)
    assert [datum.subject for datum in unknown.missing] == ["childbearing_potential"]
    states = (reported("pregnant", holds=False), reported("childbearing_potential", holds=False))
    assert fact(patient(states=states), POTENTIAL).truth is Truth.FALSE
    both = (reported("pregnant", holds=True), reported("childbearing_potential", holds=False))
    found = fact(patient(states=both), POTENTIAL)
    assert found.truth is Truth.TRUE
    assert found.statement.startswith("could become pregnant: pregnant")
