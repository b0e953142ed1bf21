"""Amounts of a drug, exact: mass, substance, volume or units of activity, never one for another."""

from __future__ import annotations

from decimal import Context, Decimal

from engine.domain.quantities import Quantity, plain
from engine.terminology.spelling import ucum

#: Enough digits that no product of a written value and a factor is ever rounded.
_EXACT = Context(prec=60)

#: Unit of a dose -> the one unit of its dimension and how many of it. International units have no common
#: measure with mass; a dose in plain units is one in the international units of its drug. Milliequivalents,
#: drops, puffs and tablets are left out: what they are in any of these depends on the substance.
_OF_DOSES: dict[str, tuple[str, Decimal]] = {
    **{unit: ("mg", Decimal(10) ** power) for unit, power in
       (("kg", 6), ("g", 3), ("mg", 0), ("ug", -3), ("ng", -6), ("pg", -9))},
    **{unit: ("mmol", Decimal(10) ** power) for unit, power in
       (("mol", 3), ("mmol", 0), ("umol", -3), ("nmol", -6), ("pmol", -9))},
    **{unit: ("mL", Decimal(10) ** power) for unit, power in
       (("L", 3), ("dL", 2), ("mL", 0), ("uL", -3))},
    "[IU]": ("[IU]", Decimal(1)),
    "U": ("[IU]", Decimal(1)),
}  # fmt: skip

#: International units with a prefix, as they must be written exactly: mega and milli, told apart by a capital
#: letter alone, lie a thousand million apart, so no other spelling of them is read.
_PREFIXED_UNITS: dict[str, Decimal] = {
    f"{prefix}{unit}": Decimal(10) ** power
    for prefix, power in (("M", 6), ("k", 3), ("m", -3), ("u", -6))
    for unit in ("[IU]", "[iU]")
}

#: An amount of drug that can be written down, though nothing else can become it.
_ALONE = "meq"


def is_dose_unit(unit: str) -> bool:
    """Tell whether a unit measures an amount of drug: tablets, puffs and millilitres do not.

    >>> is_dose_unit("mcg"), is_dose_unit("units"), is_dose_unit("tablet"), is_dose_unit("mL")
    (True, True, False, False)
    """
    written = ucum(unit)
    target, _ = _OF_DOSES.get(written, ("", None))
    return written == _ALONE or target not in {"", "mL"}


def dose_units() -> tuple[str, ...]:
    """Return the units that doses are entered in."""
    return ("mg", "g", "ug", "[IU]", "mmol", _ALONE)


def dose_in(dose: Quantity, unit: str) -> Decimal | None:
    """Return an amount in another unit, exact; None where one cannot become the other.

    >>> dose_in(Quantity(value=Decimal("0.5"), unit="g"), "mg")
    Decimal('500.0')
    >>> dose_in(Quantity(value=Decimal(5000), unit="U"), "[IU]")
    Decimal('5000')
    """
    if ucum(dose.unit) == ucum(unit):
        return dose.value
    written, wanted = _measure(dose.unit), _measure(unit)
    if written is None or wanted is None or written[0] != wanted[0]:
        return None
    return _EXACT.divide(_EXACT.multiply(dose.value, written[1]), wanted[1])


def dose_amount(value: Decimal, unit: str) -> Quantity | None:
    """Return an amount of a drug in the one unit of its dimension, or None where the unit is none of a dose.

    Mass becomes ``mg``, amount of substance ``mmol``, volume ``mL``, international units ``[IU]``; exactly.

    Args:
        value: the number as written.
        unit: its unit as written; ``mcg``, ``G`` and ``units`` are read as people write them.

    >>> str(dose_amount(Decimal("2"), "g")), str(dose_amount(Decimal("250"), "mcg"))
    ('2000 mg', '0.25 mg')
    >>> dose_amount(Decimal(1), "tablet") is None, dose_amount(Decimal(-1), "mg") is None
    (True, True)
    """
    if not value.is_finite() or value < 0:
        return None
    measure = _measure(unit)
    if measure is None:
        return None
    target, factor = measure
    return Quantity(value=Decimal(plain(_EXACT.multiply(value, factor))), unit=target)


def _measure(unit: str) -> tuple[str, Decimal] | None:
    """Return the one unit of the dimension of a unit, and how many of it the unit is."""
    written = "".join(unit.split())
    if written in _PREFIXED_UNITS:
        return "[IU]", _PREFIXED_UNITS[written]
    return _OF_DOSES.get("g" if written == "G" else ucum(written))
