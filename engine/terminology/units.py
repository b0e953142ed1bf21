"""Values in the canonical unit of their quantity, exact; units are never guessed."""

from __future__ import annotations

from decimal import Context, Decimal

from engine.domain.quantities import Quantity, plain
from engine.domain.vocabulary import Conversion, MeasuredQuantity
from engine.errors import UnitMismatch
from engine.terminology.spelling import read_aloud, ucum

#: Enough digits that no product of a written value and a published factor is ever rounded.
_EXACT = Context(prec=60)


def accepted_units(quantity: MeasuredQuantity) -> tuple[str, ...]:
    """Return the units in which a quantity may be given, canonical one first."""
    listed = (quantity.unit, *(conversion.unit for conversion in quantity.conversions))
    return tuple(dict.fromkeys(map(ucum, listed)))


def to_canonical(quantity: MeasuredQuantity, value: Decimal, unit: str, place: str = "") -> Quantity:
    """Return a value in the canonical unit of its quantity.

    Args:
        quantity: what was measured; it lists its own conversions.
        value: the number as written.
        unit: its unit as written; empty for none.
        place: where it stands, for the message.

    Raises:
        UnitMismatch: the quantity lists no conversion from that unit.
    """
    conversion = _conversion(quantity, unit, place)
    exact = _EXACT.fma(value, conversion.factor, conversion.offset)
    return Quantity(value=exact, unit=quantity.unit)


def from_canonical(quantity: MeasuredQuantity, value: Decimal, unit: str, place: str = "") -> Quantity:
    """Return a canonical value in another unit of its quantity; the inverse of ``to_canonical``.

    Raises:
        UnitMismatch: the quantity lists no conversion into that unit.
    """
    conversion = _conversion(quantity, unit, place)
    exact = _EXACT.divide(_EXACT.subtract(value, conversion.offset), conversion.factor)
    return Quantity(value=exact, unit=ucum(unit))


def is_plausible(quantity: MeasuredQuantity, value: Decimal) -> bool:
    """Tell whether a canonical value is one that a living patient can have."""
    if not value.is_finite():
        return False
    above = quantity.plausible_low is None or value >= quantity.plausible_low
    return above and (quantity.plausible_high is None or value <= quantity.plausible_high)


def plausible_range(quantity: MeasuredQuantity) -> str:
    """Return the plausible range in words, such as ``20 to 300 kg``; empty without limits."""
    low, high = quantity.plausible_low, quantity.plausible_high
    words = [] if low is None else [f"at least {plain(low)}"]
    if high is not None:
        words = [f"at most {plain(high)}" if low is None else f"{plain(low)} to {plain(high)}"]
    return f"{words[0]} {read_aloud(quantity.unit)}".rstrip() if words else ""


def _conversion(quantity: MeasuredQuantity, unit: str, place: str) -> Conversion:
    wanted = ucum(unit)
    if wanted == ucum(quantity.unit):
        return Conversion(unit=quantity.unit, factor=Decimal(1))
    for conversion in quantity.conversions:
        if ucum(conversion.unit) == wanted:
            return conversion
    written = f"the unit {unit!r}" if unit.strip() else "no unit"
    accepted = ", ".join(accepted_units(quantity))
    raise UnitMismatch(
        f"{quantity.title} is given with {written}, which cannot be converted to {quantity.unit}.",
        hint=f"Give it in one of: {accepted}.",
        place=place,
    )
