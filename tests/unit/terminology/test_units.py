"""Units are read in their many spellings and converted exactly, or refused with a way out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from charts import VOCABULARY

from engine.domain.ids import QuantityId
from engine.errors import UnitMismatch
from engine.terminology.doses import dose_amount
from engine.terminology.spelling import read_aloud, ucum
from engine.terminology.units import (
    accepted_units,
    from_canonical,
    is_plausible,
    plausible_range,
    to_canonical,
)

CREATININE = VOCABULARY.quantities[QuantityId("creatinine")]
WEIGHT = VOCABULARY.quantities[QuantityId("weight")]
TEMPERATURE = VOCABULARY.quantities[QuantityId("temperature")]
INR = VOCABULARY.quantities[QuantityId("inr")]
EGFR = VOCABULARY.quantities[QuantityId("egfr")]


@pytest.mark.parametrize(
    ("spellings", "unit"),
    [
        (("mg/dL", "mg/dl", "MG/DL", "mg / dL"), "mg/dL"),
        (("umol/L", "µmol/L", "μmol/l", "mcmol/L", "micromol/L"), "umol/L"),
        (("10*9/L", "10^9/L", "x10^9/L", "10⁹/L", "x10(9)/L", "10E9/L", "G/L"), "10*9/L"),
        (("10*3/uL", "K/uL", "thou/mm3", "x10^3/µL"), "10*3/uL"),
        (("/uL", "{cells}/uL", "cells/µL"), "/uL"),
        (
            ("mL/min/{1.73_m2}", "mL/min/1.73m2", "ml/min/1.73m²", "mL/min/1.73 m^2", "mL/min/1.73.m2"),
            "mL/min/{1.73_m2}",
        ),
        (("kg", "KG", "kgs"), "kg"),
        (("[lb_av]", "lb", "lbs", "pounds"), "[lb_av]"),
        (("mm[Hg]", "mmHg", "mm Hg"), "mm[Hg]"),
        (("1", "", "{INR}", "{ratio}", "{score}"), "1"),
        (("%", "%{HbA1c}", "percent"), "%"),
        (("kg/m2", "kg/m²", "kg/m^2"), "kg/m2"),
        (("IU/L", "[iU]/L"), "[IU]/L"),
    ],
)
def test_every_spelling_of_a_unit_is_one_unit(spellings: tuple[str, ...], unit: str) -> None:
    """Laboratories, FHIR and UCUM write the same unit in many ways."""
    assert {ucum(spelling) for spelling in spellings} == {unit}


@pytest.mark.parametrize(("one", "other"), [("mL/min", "mL/min/{1.73_m2}"), ("U/L", "IU/L"), ("mg", "ug")])
def test_units_that_differ_stay_apart(one: str, other: str) -> None:
    """A clearance is not a rate per body surface."""
    assert ucum(one) != ucum(other)


def test_an_unheard_of_unit_is_left_as_it_is() -> None:
    """Nothing is guessed."""
    assert ucum("stone per fortnight") == "stoneperfortnight"


def test_units_are_read_aloud_as_people_write_them() -> None:
    """UCUM is for machines."""
    spoken = [
        read_aloud(unit) for unit in ("mL/min/{1.73_m2}", "mm[Hg]", "10*9/L", "a", "1", "kg/m2", "umol/L")
    ]
    assert spoken == ["mL/min/1.73 m²", "mmHg", "10⁹/L", "years", "", "kg/m²", "µmol/L"]


def test_creatinine_in_micromoles_is_converted() -> None:
    """88.4 µmol/L is 1 mg/dL."""
    value = to_canonical(CREATININE, Decimal("88.4"), "µmol/L")
    assert value.unit == "mg/dL"
    assert round(value.value, 12) == 1


def test_pounds_are_converted_without_rounding() -> None:
    """A pound is 0.45359237 kg by definition."""
    assert to_canonical(WEIGHT, Decimal(154), "lbs").value == Decimal("69.85322498")


def test_an_offset_is_applied_and_taken_back() -> None:
    """Degrees have a zero of their own (the factor here is a made-up one)."""
    canonical = to_canonical(TEMPERATURE, Decimal(104), "°F".replace("°", "deg"))
    assert canonical.value == 36
    assert from_canonical(TEMPERATURE, canonical.value, "[degF]").value == 104


def test_a_pure_number_needs_no_unit() -> None:
    """An INR of 2.5 is an INR of 2.5."""
    assert to_canonical(INR, Decimal("2.5"), "").value == Decimal("2.5")


@pytest.mark.parametrize("unit", ["g/L", "", "mg", "mg/dLL"])
def test_a_unit_that_cannot_be_converted_is_refused_with_the_ones_that_can(unit: str) -> None:
    """Creatinine in g/L is not guessed at."""
    with pytest.raises(UnitMismatch) as refusal:
        to_canonical(CREATININE, Decimal(1), unit, place="bundle.json: Observation/7")
    assert "serum creatinine" in refusal.value.message
    assert refusal.value.place == "bundle.json: Observation/7"
    assert "mg/dL, umol/L" in refusal.value.hint


def test_a_clearance_is_not_taken_for_a_rate_per_body_surface() -> None:
    """mL/min differs from mL/min/1.73 m2 by the size of the patient."""
    with pytest.raises(UnitMismatch):
        to_canonical(EGFR, Decimal(50), "mL/min")


def test_accepted_units_start_with_the_canonical_one() -> None:
    """For the list beside an entry field."""
    assert accepted_units(WEIGHT) == ("kg", "[lb_av]", "g")


@pytest.mark.parametrize(
    ("value", "believed"), [("19.99", False), ("20", True), ("350", True), ("700", False)]
)
def test_a_weight_no_living_patient_has_is_implausible(value: str, *, believed: bool) -> None:
    """700 kg is 70.0 kg without its point."""
    assert is_plausible(WEIGHT, Decimal(value)) is believed


def test_no_number_is_not_plausible() -> None:
    """NaN compares with nothing."""
    assert not is_plausible(INR, Decimal("Infinity"))
    assert not is_plausible(INR, Decimal("NaN"))


def test_the_plausible_range_is_said_in_words() -> None:
    """For the reason beside a value that is not believed."""
    assert plausible_range(WEIGHT) == "20 to 350 kg"
    assert plausible_range(replace(WEIGHT, plausible_low=None)) == "at most 350 kg"
    assert plausible_range(replace(WEIGHT, plausible_high=None)) == "at least 20 kg"
    assert plausible_range(replace(WEIGHT, plausible_low=None, plausible_high=None)) == ""


@pytest.mark.parametrize(
    ("spellings", "dose"),
    [
        (("1 g", "1 G", "1000 mg", "1000 MG", "1000000 mcg", "1000000 µg", "0.001 kg"), "1000 mg"),
        (("20 mmol", "0.02 mol", "20000 umol"), "20 mmol"),
        (("5 mL", "5 cc", "0.005 L"), "5 mL"),
        (("5000 IU", "5000 units", "5000 U", "5000 [iU]", "5 k[IU]", "0.005 M[iU]"), "5000 [IU]"),
    ],
)
def test_an_amount_of_a_drug_has_one_unit_a_dimension(spellings: tuple[str, ...], dose: str) -> None:
    read = {str(dose_amount(Decimal(number), unit)) for number, _, unit in map(_parted, spellings)}

    assert read == {dose}


@pytest.mark.parametrize(
    "unit", ["tablet", "mg/kg", "mEq", "puff", "", "%", "MIU", "mIU", "MU", "K[IU]", "drops", "mg/mL"]
)
def test_what_is_no_amount_of_a_drug_is_not_guessed(unit: str) -> None:
    assert dose_amount(Decimal(1), unit) is None


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity"])
def test_a_dose_is_a_finite_amount(number: str) -> None:
    assert dose_amount(Decimal(number), "mg") is None


def _parted(text: str) -> tuple[str, str, str]:
    return text.partition(" ")
