"""Amounts as written in rule files, converted to the canonical unit of their quantity."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.domain.quantities import Quantity
from engine.domain.vocabulary import MeasuredQuantity
from engine.errors import UnitMismatch
from engine.knowledge.fields import Refused, days_of
from engine.terminology.alike import did_you_mean
from engine.terminology.doses import dose_amount
from engine.terminology.units import accepted_units, to_canonical

_AMOUNT = re.compile(r"(?P<number>[-+]?(?:\d+(?:\.\d+)?|\.\d+))(?:\s*(?P<unit>[^\d\s.].*|%))?\Z", re.ASCII)


def amount(text: str) -> Quantity | None:
    """Return a number with its unit (``1`` where none is written), or None where it is no amount.

    >>> amount("15 mL/min"), amount("2"), amount("rivaroxaban.crcl_floor")
    (Quantity(value=Decimal('15'), unit='mL/min'), Quantity(value=Decimal('2'), unit='1'), None)
    """
    match = _AMOUNT.match(text.strip())
    if not match:
        return None
    return Quantity(value=Decimal(match["number"]), unit=(match["unit"] or "1").strip())


def canonical(measured: Quantity, quantity: MeasuredQuantity) -> Decimal | None:
    """Return the value in the canonical unit, or None where the vocabulary knows no way there."""
    try:
        return to_canonical(quantity, measured.value, measured.unit).value
    except UnitMismatch:
        return None


def canonical_change(measured: Quantity, quantity: MeasuredQuantity) -> Decimal | None:
    """Return a difference in the canonical unit: the zero of a scale such as degrees does not count.

    None where the vocabulary knows no way there.
    """
    value = canonical(measured, quantity)
    nothing = canonical(Quantity(value=Decimal(0), unit=measured.unit), quantity)
    return None if value is None or nothing is None else value - nothing


def dose_of(text: str) -> Quantity | None:
    """Return an amount of a drug in the one unit of its dimension, or None where a text is none.

    >>> str(dose_of("2 g")), dose_of("2 tablets"), dose_of("about 2 g")
    ('2000 mg', None, None)
    """
    given = amount(text)
    return dose_amount(given.value, given.unit) if given is not None else None


def dated_amount(text: str) -> tuple[Quantity, int]:
    """Return a value and its age in days, from ``14 mL/min`` or ``14 mL/min, 10 days old``.

    Raises:
        Refused: the text is neither.
    """
    written, _, age = text.partition(",")
    measured = amount(written)
    if measured is None:
        raise Refused(f'"{text}" is no value.', 'Write "14 mL/min" or "14 mL/min, 10 days old".')
    return measured, days_of(age.strip().removesuffix(" old")) if age else 0


def unit_hint(unit: str, quantity: MeasuredQuantity) -> str:
    """Return which units a quantity takes, the nearest first."""
    return did_you_mean(unit, list(accepted_units(quantity)))
