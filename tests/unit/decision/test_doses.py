"""Doses computed for a patient: limits, rounding, and arithmetic that can be checked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decision.doses import computed_dose
from engine.domain.facts import Reading
from engine.domain.findings import ComputedDose
from engine.domain.ids import QuantityId
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Quantity
from engine.domain.rules import DoseFormula
from engine.domain.vocabulary import Conversion, MeasuredQuantity, QuantityKind

WEIGHT = MeasuredQuantity(
    quantity_id=QuantityId("weight"),
    title="body weight",
    kind=QuantityKind.MEASURED,
    unit="kg",
    conversions=(Conversion(unit="g", factor=Decimal("0.001")),),
    decimals=1,
)
CLEARANCE = MeasuredQuantity(
    quantity_id=QuantityId("crcl"),
    title="creatinine clearance",
    kind=QuantityKind.DERIVED,
    unit="mL/min",
    decimals=0,
)


def of(known: MeasuredQuantity, value: str) -> Reading:
    return Reading(
        quantity=known.quantity_id,
        title=known.title,
        value=Quantity(value=Decimal(value), unit=known.unit),
        at=date(2026, 11, 1),
        provenance=Provenance(method=Method.ENTERED, resource="test"),
    )


def mg(amount: str) -> Quantity:
    return Quantity(value=Decimal(amount), unit="mg")


def per_kg(amount: str, **limits: Decimal) -> DoseFormula:
    return DoseFormula(amount=mg(amount), quantity=QuantityId("weight"), per_unit="kg", **limits)  # type: ignore[arg-type]


def made(formula: DoseFormula, reading: Reading | None, known: MeasuredQuantity | None) -> ComputedDose:
    dose = computed_dose(formula, reading, known)
    assert dose is not None
    return dose


def test_a_dose_for_each_kilogram_shows_its_product() -> None:
    dose = made(per_kg("6"), of(WEIGHT, "74"), WEIGHT)

    assert dose.text == "444 mg"
    assert dose.steps == ("6 mg per kg x 74 kg (body weight) = 444 mg",)


def test_calvert_adds_to_the_clearance_before_it_multiplies() -> None:
    calvert = DoseFormula(amount=mg("5"), quantity=QuantityId("crcl"), per_unit="mL/min", plus=Decimal(25))

    dose = made(calvert, of(CLEARANCE, "90"), CLEARANCE)

    assert dose.text == "575 mg"  # AUC 5 x (90 + 25)
    assert dose.steps == ("5 mg per mL/min x (90 mL/min + 25) (creatinine clearance) = 575 mg",)


def test_the_value_goes_in_as_it_is_shown() -> None:
    dose = made(per_kg("10"), of(WEIGHT, "70.0499"), WEIGHT)

    assert dose.steps == ("10 mg per kg x 70 kg (body weight) = 700 mg",)


def test_a_limit_comes_before_rounding_and_both_are_said() -> None:
    formula = per_kg("7", at_most=Decimal(480), round_to=Decimal(50))

    dose = made(formula, of(WEIGHT, "80"), WEIGHT)

    assert dose.text == "500 mg"
    assert dose.steps[1:] == ("at most 480 mg", "rounded to the nearest 50 mg: 500 mg")


def test_halves_round_to_the_lower_dose() -> None:
    assert made(per_kg("1", round_to=Decimal(10)), of(WEIGHT, "75"), WEIGHT).text == "70 mg"


def test_a_small_dose_is_never_rounded_to_nothing() -> None:
    assert made(per_kg("0.1", round_to=Decimal(5)), of(WEIGHT, "10"), WEIGHT).text == "5 mg"


def test_a_lower_limit_is_said() -> None:
    dose = made(per_kg("1", at_least=Decimal(100)), of(WEIGHT, "60"), WEIGHT)

    assert (dose.text, dose.steps[-1]) == ("100 mg", "at least 100 mg")


def test_the_interval_stands_behind_the_dose() -> None:
    formula = DoseFormula(amount=mg("500"), every_hours=12)

    assert made(formula, None, None) == ComputedDose(text="500 mg every 12 hours", steps=())


@pytest.mark.parametrize("known", [WEIGHT, None])
def test_without_the_value_there_is_no_dose(known: MeasuredQuantity | None) -> None:
    assert computed_dose(per_kg("6"), None, known) is None


def test_another_unit_of_the_quantity_is_converted() -> None:
    formula = DoseFormula(amount=mg("0.001"), quantity=QuantityId("weight"), per_unit="g")

    assert made(formula, of(WEIGHT, "70"), WEIGHT).text == "70 mg"


@given(
    amount=st.decimals("0.01", "50", places=2),
    weight=st.decimals("2", "300", places=3),
    least=st.integers(1, 500),
    span=st.integers(0, 2000),
    step=st.sampled_from([1, 5, 25, 50]),
)
def test_a_dose_keeps_its_limits_to_within_half_a_step_and_is_a_whole_number_of_steps(
    amount: Decimal, weight: Decimal, least: int, span: int, step: int
) -> None:
    formula = DoseFormula(
        amount=Quantity(value=amount, unit="mg"),
        quantity=QuantityId("weight"),
        per_unit="kg",
        at_least=Decimal(least),
        at_most=Decimal(least + span),
        round_to=Decimal(step),
    )

    dose = Decimal(made(formula, of(WEIGHT, str(weight)), WEIGHT).text.removesuffix(" mg"))

    assert dose % step == 0
    assert dose == step or least - step / 2 <= dose <= least + span + step / 2


@given(st.decimals("2", "300", places=1), st.decimals("2", "300", places=1))
def test_a_heavier_patient_never_gets_less(one: Decimal, other: Decimal) -> None:
    formula = per_kg("3", at_most=Decimal(600), round_to=Decimal(25))
    lighter, heavier = sorted((one, other))

    doses = [
        Decimal(made(formula, of(WEIGHT, str(each)), WEIGHT).text.removesuffix(" mg"))
        for each in (lighter, heavier)
    ]

    assert doses == sorted(doses)
