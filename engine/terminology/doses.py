"""Amounts of a drug in one unit: mass, substance or units of activity, never one for another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal

from engine.domain.quantities import Quantity
from engine.terminology.spelling import ucum

_EXACT = Context(prec=60)

#: UCUM -> how many of the first unit of its group it is. Prescribers write ``units`` for international units
#: (heparin, insulin), so that both are one.
_GROUPS: tuple[Mapping[str, Decimal], ...] = (
    {
        "mg": Decimal(1),
        "kg": Decimal(1_000_000),
        "g": Decimal(1_000),
        "ug": Decimal("0.001"),
        "ng": Decimal("0.000001"),
    },
    {"mmol": Decimal(1), "mol": Decimal(1_000), "umol": Decimal("0.001")},
    {"meq": Decimal(1)},
)


def is_dose_unit(unit: str) -> bool:
    """Tell whether a unit measures an amount of drug: tablets, puffs and millilitres do not.

    >>> is_dose_unit("mcg"), is_dose_unit("tablet")
    (True, False)
    """
    return any(ucum(unit) in group for group in _GROUPS)


def dose_units() -> tuple[str, ...]:
    """Return the units that doses are entered in."""
    return ("mg", "g", "ug", "[IU]", "mmol", "meq")


def dose_in(dose: Quantity, unit: str) -> Decimal | None:
    """Return an amount in another unit, exact; None where one cannot become the other.

    >>> dose_in(Quantity(value=Decimal("0.5"), unit="g"), "mg")
    Decimal('500.0')
    """
    written, wanted = ucum(dose.unit), ucum(unit)
    if written == wanted:
        return dose.value
    for group in _GROUPS:
        if written in group and wanted in group:
            return _EXACT.divide(_EXACT.multiply(dose.value, group[written]), group[wanted])
    return None
