"""Intervals, their limits, and the words and bindings of a decided value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from charts import at_least, below, fact, observed, with_observations, without

from engine.domain.atoms import QuantityWithin
from engine.domain.ids import ParameterId, QuantityId
from engine.domain.quantities import Interval
from engine.domain.truth import Truth
from engine.facts.outcomes import Absent
from engine.facts.within import quantity_within


@pytest.mark.parametrize(
    ("value", "low_closed", "high_closed", "truth"),
    [
        ("15", True, False, Truth.TRUE),
        ("15", False, False, Truth.FALSE),
        ("30", True, False, Truth.FALSE),
        ("30", True, True, Truth.TRUE),
        ("14.999", True, True, Truth.FALSE),
        ("30.001", True, True, Truth.FALSE),
    ],
)
def test_a_limit_belongs_to_the_interval_or_not_as_the_rule_says(
    value: str, truth: Truth, *, low_closed: bool, high_closed: bool
) -> None:
    """``at least 15`` includes 15; ``below 30`` does not include 30."""
    interval = Interval(
        unit="1",
        low=Decimal(15),
        high=Decimal(30),
        low_closed=low_closed,
        high_closed=high_closed,
    )
    interval = replace(
        interval, low=interval.low and interval.low / 10, high=interval.high and interval.high / 10
    )
    record = with_observations(observed("inr", str(Decimal(value) / 10)))
    assert fact(record, QuantityWithin(quantity=QuantityId("inr"), interval=interval)).truth is truth


def test_a_value_outside_is_said_to_be_outside() -> None:
    """The statement of a false fact tells the value, too."""
    record = with_observations(observed("inr", "2.5", 3))
    assert fact(record, below("inr", "2")).statement == "INR 2.5 (3 days ago), not below 2"
    both = Interval(unit="1", low=Decimal(3), high=Decimal(4))
    between = QuantityWithin(quantity=QuantityId("inr"), interval=both)
    assert fact(record, between).statement == "INR 2.5 (3 days ago), not both at least 3 and below 4"


def test_the_value_and_the_named_limit_are_bound_for_the_rules_sentence() -> None:
    """``{crcl}`` and ``{rivaroxaban.crcl_floor}``."""
    atom = replace(below("crcl", "30"), parameters=(ParameterId("rivaroxaban.crcl_floor"),))
    found = fact(with_observations(observed("weight", "60")), atom)
    assert found.bindings == (("crcl", "24 mL/min"), ("rivaroxaban.crcl_floor", "30 mL/min"))


def test_a_limit_in_another_unit_of_the_quantity_is_converted() -> None:
    """200 µmol/L lies between 2.26 and 2.27 mg/dL."""
    interval = Interval(unit="umol/L", low=Decimal(200))
    atom = QuantityWithin(quantity=QuantityId("creatinine"), interval=interval)
    assert fact(with_observations(observed("creatinine", "2.26")), atom).truth is Truth.FALSE
    assert fact(with_observations(observed("creatinine", "2.27")), atom).truth is Truth.TRUE


def test_an_unknown_fact_says_what_is_missing_and_why() -> None:
    """The same words appear in the list of what to settle."""
    found = fact(without("creatinine"), at_least("creatinine", "2"))
    assert found.statement == (
        "not known whether serum creatinine is at least 2 mg/dL (serum creatinine: never measured)"
    )
    assert found.bindings == ()


@pytest.mark.parametrize(
    ("interval", "truth"),
    [
        (Interval(unit="1", low=Decimal(3)), Truth.TRUE),
        (Interval(unit="1", low=Decimal(3), low_closed=False), Truth.UNKNOWN),
        (Interval(unit="1", low=Decimal(5)), Truth.UNKNOWN),
        (Interval(unit="1", low=Decimal(5), low_closed=False), Truth.FALSE),
        (Interval(unit="1", high=Decimal(3)), Truth.FALSE),
        (Interval(unit="1", high=Decimal(3), high_closed=True), Truth.UNKNOWN),
        (Interval(unit="1", high=Decimal(6)), Truth.TRUE),
        (Interval(unit="1", low=Decimal(4), high=Decimal(4), high_closed=True), Truth.UNKNOWN),
    ],
)
def test_a_range_decides_an_interval_it_lies_in_or_beside(interval: Interval, truth: Truth) -> None:
    """A score of 3 to 5 is at least 3, not above 5, and perhaps 4."""
    missing = fact(without("creatinine"), below("creatinine", "2")).missing
    outcome = Absent(missing=missing, least=Decimal(3), most=Decimal(5))
    atom = QuantityWithin(quantity=QuantityId("cha2ds2_vasc"), interval=interval)
    found = quantity_within(atom, outcome, None)
    assert found.truth is truth
    assert bool(found.missing) == (truth is Truth.UNKNOWN)
