"""Whether the value of a quantity lies in an interval."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.domain.atoms import QuantityWithin
from engine.domain.facts import Fact
from engine.domain.quantities import Interval, Quantity, plain
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.details import between
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.wording import limits, missing_nodes, shown
from engine.terminology.units import to_canonical


def quantity_within(atom: QuantityWithin, outcome: Outcome, quantity: MeasuredQuantity | None) -> Fact:
    """Decide an interval atom from what looking for its quantity ended in.

    A sum whose open parts cannot carry it across the limit is decided without them.
    """
    interval = atom.interval if quantity is None else in_canonical(atom.interval, quantity)
    match outcome:
        case Found():
            return _found(atom, interval, outcome, quantity)
        case Absent():
            return _absent(atom, interval, outcome, quantity)


def _found(
    atom: QuantityWithin, interval: Interval, outcome: Found, quantity: MeasuredQuantity | None
) -> Fact:
    reading = outcome.reading
    inside = interval.contains(reading.value)
    text = shown(quantity, reading.value.value, interval) if quantity is not None else reading.shown
    how = f" ({outcome.how})" if outcome.how else ""
    bindings = [(str(atom.quantity), text)]
    ends = [end for end in (atom.interval.low, atom.interval.high) if end is not None]
    if len(atom.parameters) == 1 and len(ends) == 1:
        limit = Quantity(value=ends[0], unit=atom.interval.unit)
        bindings.append((str(atom.parameters[0]), _limit(limit)))
    return Fact(
        symbol=atom.symbol,
        truth=Truth.TRUE if inside else Truth.FALSE,
        statement=f"{reading.title} {text}{how}, {_beside(atom.interval, inside=inside)}",
        evidence=(outcome.node,),
        bindings=tuple(bindings),
    )


def _absent(
    atom: QuantityWithin, interval: Interval, outcome: Absent, quantity: MeasuredQuantity | None
) -> Fact:
    title = quantity.title if quantity is not None else str(atom.quantity)
    least, most = outcome.least, outcome.most
    truth = Truth.UNKNOWN if least is None else between(interval, least, most)
    if truth is not Truth.UNKNOWN and least is not None:
        span = f"at least {plain(least)}" if most is None else f"{plain(least)} to {plain(most)}"
        return Fact(
            symbol=atom.symbol,
            truth=truth,
            statement=(
                f"{title} {span} whatever is still open, {_beside(atom.interval, inside=truth is Truth.TRUE)}"
            ),
            evidence=outcome.nodes,
            bindings=((str(atom.quantity), span),),
        )
    reasons = "; ".join(dict.fromkeys(f"{datum.title}: {datum.reason}" for datum in outcome.missing))
    return Fact(
        symbol=atom.symbol,
        truth=Truth.UNKNOWN,
        statement=f"not known whether {title} is {limits(atom.interval)} ({reasons})",
        evidence=(*outcome.nodes, *missing_nodes(outcome.missing)),
        missing=outcome.missing,
    )


def _beside(interval: Interval, *, inside: bool) -> str:
    """Say on which side of its limits a value lies."""
    if inside:
        return limits(interval)
    if interval.low is not None and interval.high is not None and interval.low != interval.high:
        return f"not both {limits(interval)}"
    return f"not {limits(interval)}"


def in_canonical(interval: Interval, quantity: MeasuredQuantity) -> Interval:
    """Return an interval in the unit of the readings; the terms of scores keep that of their publication."""
    if interval.unit == quantity.unit:
        return interval

    def converted(end: Decimal | None) -> Decimal | None:
        return None if end is None else to_canonical(quantity, end, interval.unit).value

    return replace(interval, unit=quantity.unit, low=converted(interval.low), high=converted(interval.high))


def _limit(limit: Quantity) -> str:
    words = limits(Interval(unit=limit.unit, low=limit.value, high=limit.value, high_closed=True))
    return words.removeprefix("exactly ")
