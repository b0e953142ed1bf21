"""Doses computed for one patient, with every step of the arithmetic as it would be done by hand.

A value goes into the arithmetic as it is shown, rounded to the decimals of its quantity, so that the
steps on screen and paper can be checked with pencil and paper and give the same result.
"""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal

from engine.domain.facts import Reading
from engine.domain.findings import ComputedDose
from engine.domain.quantities import Quantity, plain
from engine.domain.rules import DoseFormula
from engine.domain.vocabulary import MeasuredQuantity
from engine.terminology.spelling import read_aloud
from engine.terminology.units import from_canonical

_EXACT = Context(prec=60)


def computed_dose(
    formula: DoseFormula, reading: Reading | None, known: MeasuredQuantity | None
) -> ComputedDose | None:
    """Return the dose with its arithmetic; None where the value it needs is not known.

    Args:
        formula: what the rule says.
        reading: the one value of the formula's quantity that holds, in its canonical unit.
        known: the quantity, for its conversions and decimals.
    """
    unit = read_aloud(formula.amount.unit)
    steps: list[str] = []
    dose = formula.amount.value
    if formula.quantity is not None:
        if reading is None or known is None:
            return None
        value = _as_shown(reading, known, formula.per_unit)
        total = _EXACT.add(value, formula.plus)
        dose = _EXACT.multiply(formula.amount.value, total)
        steps.append(_product(formula, value, known.title, _said(dose, unit)))
    dose = _limited(formula, dose, unit, steps)
    if formula.round_to is not None:
        rounded = _rounded(dose, formula.round_to)
        if rounded != dose:
            steps.append(f"rounded to the nearest {_said(formula.round_to, unit)}: {_said(rounded, unit)}")
        dose = rounded
    text = _said(dose, unit)
    if formula.every_hours is not None:
        text = f"{text} every {formula.every_hours} hours"
    return ComputedDose(text=text, steps=tuple(steps))


def _as_shown(reading: Reading, known: MeasuredQuantity, unit: str) -> Decimal:
    converted = from_canonical(known, reading.value.value, unit) if unit != "1" else reading.value
    step = Decimal(1).scaleb(-known.decimals)
    return converted.value.quantize(step, rounding=ROUND_HALF_UP, context=_EXACT)


def _product(formula: DoseFormula, value: Decimal, title: str, result: str) -> str:
    per = read_aloud(formula.per_unit)
    each = f"{plain(formula.amount.value)} {read_aloud(formula.amount.unit)}"
    each = f"{each} per {per}" if per else each
    counted = str(Quantity(value=value, unit=per or "1"))
    if formula.plus:
        sign = "+" if formula.plus > 0 else "-"
        counted = f"({counted} {sign} {plain(abs(formula.plus))})"
    return f"{each} x {counted} ({title}) = {result}"


def _limited(formula: DoseFormula, dose: Decimal, unit: str, steps: list[str]) -> Decimal:
    if formula.at_most is not None and dose > formula.at_most:
        steps.append(f"at most {_said(formula.at_most, unit)}")
        return formula.at_most
    if formula.at_least is not None and dose < formula.at_least:
        steps.append(f"at least {_said(formula.at_least, unit)}")
        return formula.at_least
    return dose


def _rounded(dose: Decimal, step: Decimal) -> Decimal:
    """Return the nearest dose that can be given; a dose is never rounded away to nothing."""
    times = _EXACT.divide(dose, step).quantize(Decimal(1), rounding=ROUND_HALF_DOWN, context=_EXACT)
    return _EXACT.multiply(max(times, Decimal(1)), step)


def _said(value: Decimal, unit: str) -> str:
    return f"{plain(value)} {unit}".rstrip()
