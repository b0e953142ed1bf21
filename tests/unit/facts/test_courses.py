"""Rises, falls and repetitions of measured and computed quantities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest
from charts import ENTERED, TODAY, ago, fact, observed, patient, unconvertible, with_observations, within
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.atoms import Direction, QuantityChange, QuantityRepeated
from engine.domain.ids import ParameterId, QuantityId
from engine.domain.patient import Flag, Observation
from engine.domain.truth import Truth
from engine.facts.changes import _counted
from engine.facts.courses import Point
from engine.facts.listing import entry_node


def change(
    quantity: str, direction: Direction, low: str, unit: str, days: int = 90, **more: Any
) -> QuantityChange:
    return QuantityChange(
        quantity=QuantityId(quantity),
        direction=direction,
        by=within(unit, low=low),
        within_days=days,
        **more,
    )


def repeated(low: str = "5.5", times: int = 2, days: int = 90, apart: int = 0) -> QuantityRepeated:
    return QuantityRepeated(
        quantity=QuantityId("potassium"),
        interval=within("mmol/L", low=low),
        times=times,
        within_days=days,
        apart_days=apart,
    )


def k(value: str, days: int | None, **changes: Any) -> Observation:
    if days is None:
        return observed("potassium", value, at=None, **changes)
    return observed("potassium", value, days, **changes)


RISE = change("potassium", Direction.RISES, "1", "mmol/L")


def truth(atom: QuantityChange | QuantityRepeated, *values: Observation) -> Truth:
    return fact(with_observations(*values), atom).truth


def test_a_rise_is_counted_from_the_lowest_value_of_the_window() -> None:
    found = fact(with_observations(k("4.9", 60), k("4.2", 30), k("5.3", 2)), RISE)
    assert found.truth is Truth.TRUE
    assert found.statement == (
        f"serum potassium rose by 1.1 mmol/L, from 4.2 mmol/L on {ago(30)} to 5.3 mmol/L on {ago(2)}, "
        "at least 1 mmol/L within 90 days"
    )
    assert ("change", "1.1 mmol/L") in found.bindings
    assert len(found.evidence) == 2


def test_the_window_ends_with_the_newest_value() -> None:
    """The value of 120 days ago is 100 days before the newest, outside its window of 90."""
    assert truth(RISE, k("4.2", 120), k("5.0", 60), k("5.3", 20)) is Truth.FALSE
    assert truth(RISE, k("4.2", 110), k("5.0", 60), k("5.3", 20)) is Truth.TRUE


def test_a_fall_is_counted_from_the_highest_value_and_a_rise_is_none() -> None:
    fall = change("potassium", Direction.FALLS, "1", "mmol/L")
    assert truth(fall, k("5.4", 60), k("4.6", 30), k("4.4", 2)) is Truth.TRUE
    found = fact(with_observations(k("4.4", 60), k("4.6", 2)), fall)
    assert found.truth is Truth.FALSE
    assert found.statement.endswith("no fall by at least 1 mmol/L within 90 days")


def test_a_relative_change_is_a_share_of_the_earlier_value() -> None:
    half = change("potassium", Direction.RISES, "50", "%", parameters=(ParameterId("rise.limit"),))
    found = fact(with_observations(k("4", 30), k("6", 2)), half)
    assert found.truth is Truth.TRUE
    assert "rose by 50 %" in found.statement
    assert ("rise.limit", "50 %") in found.bindings
    assert truth(half, k("4.01", 30), k("6", 2)) is Truth.FALSE


@pytest.mark.parametrize("values", [(), (k("5.3", 2),), (k("4.2", 2), k("4.3", 2))])
def test_one_day_alone_is_no_course(values: tuple[Observation, ...]) -> None:
    found = fact(with_observations(*values) if values else patient(), RISE)
    assert found.truth is Truth.UNKNOWN
    assert found.missing[0].subject == "potassium"


def test_a_value_that_cannot_be_read_matters_only_where_it_could() -> None:
    """It may have been lower than all others: a rise that is large enough stays one."""
    hidden = unconvertible("potassium", "4 arb", 40)
    assert truth(RISE, k("4.2", 30), k("5.3", 2), hidden) is Truth.TRUE
    found = fact(with_observations(k("4.9", 30), k("5.3", 2), hidden), RISE)
    assert found.truth is Truth.UNKNOWN
    assert "4 arb" in found.missing[0].reason
    assert truth(RISE, k("4.9", 30), k("5.3", 2), unconvertible("potassium", "4 arb", 400)) is Truth.FALSE


def test_a_newest_value_that_cannot_be_read_leaves_the_course_open() -> None:
    assert truth(RISE, k("4.2", 30), k("5.3", 10), unconvertible("potassium", "4 arb", 2)) is Truth.UNKNOWN


def test_values_of_one_day_that_disagree_are_none() -> None:
    assert truth(RISE, k("4.9", 30), k("3.0", 30), k("5.3", 2)) is Truth.UNKNOWN
    settled = replace(k("4.9", 30), provenance=ENTERED)
    assert truth(RISE, settled, k("3.0", 30), k("5.3", 2)) is Truth.FALSE


def test_a_computed_quantity_has_the_course_of_its_first_input() -> None:
    """The clearance of each creatinine, with the weight of today and the age of the day."""
    fall = change("crcl", Direction.FALLS, "30", "%")
    record = with_observations(observed("creatinine", "1.0", 60), observed("creatinine", "1.9", 5))
    found = fact(record, fall)
    assert found.truth is Truth.TRUE
    assert "creatinine clearance fell by 47.4 %" in found.statement
    assert found.evidence[0].children
    assert fact(replace(record, birth_date=None), fall).missing[0].title == "date of birth"


def test_the_age_in_a_course_is_that_of_the_day() -> None:
    """Nothing but a birthday lies between: the estimated rate falls by the age alone."""
    record = replace(
        with_observations(observed("creatinine", "1.0", 60), observed("creatinine", "1.0", 1)),
        birth_date=TODAY.replace(year=1956, month=11, day=10),
    )
    found = fact(record, change("egfr", Direction.FALLS, "0.1", "mL/min/{1.73_m2}"))
    assert found.truth is Truth.TRUE


def test_a_reported_clearance_of_another_day_belongs_to_the_course() -> None:
    record = with_observations(observed("creatinine", "1.0", 60), observed("crcl", "20", 5))
    assert fact(record, change("crcl", Direction.FALLS, "30", "%")).truth is Truth.TRUE


TWICE = repeated()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((k("5.6", 50), k("5.8", 2)), Truth.TRUE),
        ((k("5.6", 50), k("4.2", 2)), Truth.FALSE),
        ((k("5.6", 50),), Truth.UNKNOWN),
        ((k("5.6", 50), k("5.8", 91)), Truth.UNKNOWN),
        ((k("5.6", 50), k("5.8", 90)), Truth.TRUE),
        ((k("5.6", 50), k("4.2", 20), k("9.9", 5)), Truth.UNKNOWN),
        ((k("5.6", 50), k("4.2", 20), k("5.9", None)), Truth.UNKNOWN),
        ((k("5.6", 50), k("4.2", 20), k("4.1", None)), Truth.FALSE),
        ((k("4.6", 50), k("4.2", 20), k("9.9", 5)), Truth.FALSE),
    ],
    ids=[
        "twice",
        "once of two",
        "once of one",
        "one outside",
        "on the edge",
        "an implausible one may be it",
        "an undated one may be it",
        "an undated one is not it",
        "one hidden value is not two",
    ],
)
def test_what_was_measured_often_enough_decides(values: tuple[Observation, ...], expected: Truth) -> None:
    assert truth(TWICE, *values) is expected


def test_too_few_measurements_say_how_many_are_needed() -> None:
    found = fact(with_observations(k("5.6", 50)), TWICE)
    assert found.missing[0].reason == "1 usable value within 90 days, 2 are needed"


def test_values_too_close_together_count_once() -> None:
    week = repeated(apart=7)
    assert truth(week, k("5.6", 10), k("5.8", 4)) is Truth.UNKNOWN
    assert truth(week, k("5.6", 11), k("5.8", 4)) is Truth.TRUE
    assert truth(week, k("5.6", 11), k("4.8", 4)) is Truth.FALSE


def test_two_equal_values_of_one_day_may_be_one_result() -> None:
    assert truth(TWICE, k("5.6", 10), k("5.6", 10)) is Truth.UNKNOWN
    found = fact(with_observations(k("5.6", 10), k("5.6", 10), k("4.2", 3)), TWICE)
    assert found.truth is Truth.UNKNOWN
    assert "may be one result" in found.missing[0].reason
    assert truth(TWICE, k("5.6", 10), k("5.7", 10)) is Truth.TRUE


def test_a_future_value_is_not_counted_and_may_be_any_day() -> None:
    assert truth(TWICE, k("5.6", 10), k("4.0", 3), k("5.9", -20)) is Truth.UNKNOWN


def test_a_repetition_names_its_values() -> None:
    found = fact(with_observations(k("5.6", 50), k("5.8", 2), k("4.2", 20)), TWICE)
    assert found.statement == (
        f"serum potassium at least 5.5 mmol/L 2 times within 90 days "
        f"(5.6 mmol/L on {ago(50)} and 5.8 mmol/L on {ago(2)})"
    )


def test_a_computed_quantity_can_be_repeated() -> None:
    atom = QuantityRepeated(
        quantity=QuantityId("crcl"),
        interval=within("mL/min", high="40"),
        times=2,
        within_days=365,
        apart_days=90,
    )
    record = with_observations(observed("creatinine", "1.9", 100), observed("creatinine", "2.0", 5))
    assert fact(record, atom).truth is Truth.TRUE


def _points(days: list[int]) -> list[Point]:
    node = entry_node("value", "x", ENTERED)
    return [
        Point(at=date.fromordinal(TODAY.toordinal() - day), value=Decimal(day), usable=True, node=node)
        for day in days
    ]


@given(days=st.lists(st.integers(0, 30), max_size=8), apart=st.integers(0, 12))
def test_no_other_choice_counts_more(days: list[int], apart: int) -> None:
    """Greedy against every subset."""
    most = 0
    for size in range(len(days), 0, -1):
        if any(
            all(later - earlier >= apart for earlier, later in pairwise(chosen))
            for chosen in combinations(sorted(days), size)
        ):
            most = size
            break
    assert len(_counted(_points(days), apart)) == most


def test_flags_of_the_import_count_here_too() -> None:
    flagged = replace(k("5.9", 5), flags=(Flag.CONTRADICTORY,))
    assert truth(TWICE, k("5.6", 50), k("4.2", 20), flagged) is Truth.UNKNOWN
