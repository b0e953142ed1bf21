"""Observations: values in their canonical unit, kept and flagged where they cannot be believed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from fhir_bundles import LOINC, SNOMED, concept, loud, measured, observation, quiet, read

from engine.domain.patient import Flag, Observation


def only(*resources: dict[str, Any]) -> Observation:
    (found,) = read(*resources).observations
    return found


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "expected"),
    [
        ("2160-0", 1.1, "mg/dL", "1.1"),
        ("29463-7", 180, "[lb_av]", "81.6466266"),
        ("8302-2", 1.78, "m", "178"),
        ("718-7", 141, "g/L", "14.1"),
        ("777-3", 232, "10*9/L", "232"),
        ("6301-6", 2.4, "{INR}", "2.4"),
        ("2823-3", 4.3, "meq/L", "4.3"),
        ("98979-8", 54, "mL/min/{1.73_m2}", "54"),
    ],
)
def test_a_value_is_converted_exactly_into_its_canonical_unit(
    loinc: str, value: float, unit: str, expected: str
) -> None:
    found = only(measured(loinc, value, unit))
    assert found.value is not None
    assert found.value.value == Decimal(expected)
    assert found.flags == ()
    assert found.as_written == f"{value} {unit}"


def test_micromoles_of_creatinine_become_milligrams() -> None:
    found = only(measured("14682-9", 88.4, "umol/L"))
    assert found.value is not None
    assert abs(found.value.value - 1) < Decimal("1e-12")
    assert found.value.unit == "mg/dL"


def test_decimals_are_read_as_written_and_never_through_binary_fractions() -> None:
    assert str(only(measured("2160-0", 0.1 + 0.2, "mg/dL")).as_written) == "0.30000000000000004 mg/dL"
    assert only(measured("2160-0", 1.10, "mg/dL")).as_written == "1.1 mg/dL"


def test_a_unit_that_cannot_be_converted_is_kept_flagged_and_loud() -> None:
    record = read(measured("2160-0", 88, "mg/mmol"))
    (found,) = record.observations
    assert found.value is None
    assert found.flags == (Flag.UNIT_NOT_CONVERTIBLE,)
    assert found.as_written == "88 mg/mmol"
    assert "'mg/mmol'" in loud(record)[0]


def test_a_missing_unit_is_never_guessed() -> None:
    record = read(observation("2160-0", valueQuantity={"value": 88}))
    assert record.observations[0].flags == (Flag.UNIT_NOT_CONVERTIBLE,)
    assert "no unit" in loud(record)[0]


def test_an_implausible_value_is_kept_flagged_and_loud() -> None:
    record = read(measured("2160-0", 95, "mg/dL"))
    (found,) = record.observations
    assert found.value is not None
    assert found.flags == (Flag.IMPLAUSIBLE,)
    assert "no living patient has it (plausible: 0.2 to 20 mg/dL)" in loud(record)[0]


def test_dates_are_kept_and_odd_ones_flagged() -> None:
    assert str(only(measured("2160-0", 1, "mg/dL")).at) == "2026-10-01"
    ahead = read(measured("2160-0", 1, "mg/dL", effectiveDateTime="2027-01-01"))
    assert ahead.observations[0].flags == (Flag.FUTURE_DATED,)
    assert "in the future" in loud(ahead)[0]
    undated = measured("2160-0", 1, "mg/dL")
    del undated["effectiveDateTime"]
    assert only(undated).flags == (Flag.UNDATED,)
    assert only(measured("2160-0", 1, "mg/dL", effectiveDateTime="2026-02-30")).flags == (Flag.UNDATED,)


def test_a_period_counts_by_its_end_and_issued_stands_in() -> None:
    period = measured("2160-0", 1, "mg/dL", effectivePeriod={"start": "2026-01-01", "end": "2026-01-03"})
    del period["effectiveDateTime"]
    assert str(only(period).at) == "2026-01-03"
    issued = measured("2160-0", 1, "mg/dL", issued="2026-04-05T10:00:00Z")
    del issued["effectiveDateTime"]
    assert str(only(issued).at) == "2026-04-05"
    assert str(only(measured("2160-0", 1, "mg/dL", effectiveDateTime="2026-03")).at) == "2026-03-01"


def test_components_are_read_each_at_its_own_place() -> None:
    panel = observation(
        "85354-9", component=[measured("8480-6", 142, "mm[Hg]"), measured("8462-4", 78, "mm[Hg]")]
    )
    record = read(panel)
    assert [(item.quantity, item.as_written) for item in record.observations] == [
        ("systolic_bp", "142 mm[Hg]"),
        ("diastolic_bp", "78 mm[Hg]"),
    ]
    assert record.observations[0].provenance.path == "Bundle.entry[1].resource.component[0].valueQuantity"
    assert not record.not_understood


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_withdrawn_result_is_dropped_and_listed(status: str) -> None:
    record = read(measured("2160-0", 1, "mg/dL", status=status))
    assert not record.observations
    assert len(quiet(record)) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueString": "2.4"}, "2.4"),
        ({"valueString": "2.4 {INR}"}, "2.4 {INR}"),
        ({"valueInteger": 2}, "2"),
        ({"valueQuantity": {"value": 2, "unit": "INR"}}, "2 INR"),
    ],
)
def test_a_number_is_read_however_it_is_typed(value: dict[str, Any], expected: str) -> None:
    found = only(observation("6301-6", **value))
    assert found.as_written == expected
    assert found.value is not None


@pytest.mark.parametrize("value", ["high", "2.4-2.6", "see report", "2,4"])
def test_a_text_that_is_no_number_is_loud_and_hides_no_older_result(value: str) -> None:
    record = read(observation("6301-6", valueString=value))
    assert [(item.value, item.as_written) for item in record.observations] == [(None, value)]
    assert "no number that can be read" in loud(record)[0]


@pytest.mark.parametrize("number", [10**30, "1.1", True, None, [1]])
def test_a_number_that_is_none_of_this_world_is_loud(number: object) -> None:
    record = read(observation("2160-0", valueQuantity={"value": number, "unit": "mg/dL"}))
    assert [item.value for item in record.observations] == [None]
    assert "no number that can be read" in loud(record)[0]


def test_a_bound_is_no_value() -> None:
    bound = {
        "value": 0.5,
        "comparator": "<",
        "unit": "mg/dL",
        "system": "http://unitsofmeasure.org",
        "code": "mg/dL",
    }
    record = read(observation("1975-2", valueQuantity=bound))
    assert record.observations[0].value is None
    assert "is a bound, not a value" in loud(record)[0]


def test_an_absent_value_is_listed_with_its_reason() -> None:
    record = read(observation("2160-0", dataAbsentReason={"text": "specimen lost"}))
    assert quiet(record) == ["serum creatinine: it has no value: specimen lost."]


def test_an_observation_no_rule_needs_is_quiet_and_one_without_code_is_loud() -> None:
    record = read(measured("9279-1", 14, "/min", code=concept((LOINC, "9279-1"), text="Respiratory rate")))
    assert quiet(record) == ["Respiratory rate: no rule or equation needs it."]
    assert "observation without a code" in loud(read({"resourceType": "Observation"}))[0]


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ({"valueCodeableConcept": concept((SNOMED, "77386006"))}, True),
        ({"valueCodeableConcept": concept((LOINC, "LA26683-5"))}, False),
        ({"valueBoolean": False}, False),
    ],
)
def test_a_state_is_answered_by_code_or_boolean(value: dict[str, Any], *, holds: bool) -> None:
    record = read(observation("82810-3", **value))
    assert [(item.state, item.holds, str(item.at)) for item in record.states] == [
        ("pregnant", holds, "2026-10-01")
    ]


@pytest.mark.parametrize(
    "value",
    [
        {"valueCodeableConcept": concept((LOINC, "LA4489-6"), text="Unknown")},
        {"valueCodeableConcept": concept((SNOMED, "77386006"), (SNOMED, "60001007"))},
        {"valueString": "maybe"},
        {},
    ],
)
def test_an_answer_that_is_neither_yes_nor_no_is_loud(value: dict[str, Any]) -> None:
    record = read(observation("82810-3", **value))
    assert not record.states
    assert loud(record)[0].startswith("pregnant: ")


def test_two_values_of_one_day_are_both_kept_for_the_facts_to_weigh() -> None:
    record = read(measured("29463-7", 58, "kg"), measured("29463-7", 85, "kg"))
    assert [item.as_written for item in record.observations] == ["58 kg", "85 kg"]
