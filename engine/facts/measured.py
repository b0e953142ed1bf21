"""The newest usable value of a quantity that was measured or reported."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.domain.facts import Reading
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.patient import Flag, Observation
from engine.domain.provenance import Method
from engine.domain.quantities import Quantity
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.chart import Chart
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.wording import ago, listed, on_day, shown
from engine.terminology.spelling import ucum
from engine.terminology.units import is_plausible, plausible_range

#: A dated value with one of these flaws, newer than every usable one, leaves the quantity unknown: the newest
#: thing known of the patient cannot be read, and an older value in its place would hide that.
_SPOILING = frozenset({Flag.IMPLAUSIBLE, Flag.UNIT_NOT_CONVERTIBLE, Flag.CONTRADICTORY})


def measured(chart: Chart, quantity: MeasuredQuantity, max_age_days: int | None) -> Outcome:
    """Return the one reported value of a quantity that holds now, or why there is none.

    The newest usable value counts. Values of its day that lie further apart than the quantity's
    agreement contradict each other, unless one of that day was entered here by hand: it was entered to
    settle the matter. Of several that agree, the middle one (the lower of two) is taken.
    """
    observations = chart.observations.get(quantity.quantity_id, ())
    if not observations:
        return _absent(quantity, "never measured")
    flaws = [(observation, flaw_of(chart, quantity, observation)) for observation in observations]
    usable = [observation for observation, flaw in flaws if flaw is None]
    newest = max((observation.at for observation in usable if observation.at), default=None)
    flawed = tuple(sorted(((observation, flaw) for observation, flaw in flaws if flaw is not None), key=repr))
    spoiling = [
        (observation, flaw)
        for observation, flaw in flawed
        if flaw in _SPOILING and observation.at is not None and (newest is None or observation.at > newest)
    ]
    if newest is None or spoiling:
        return _spoiled(chart, quantity, tuple(spoiling) or flawed, older=newest is not None)
    return _of_day(chart, quantity, usable, flawed, newest, max_age_days)


def _of_day(
    chart: Chart,
    quantity: MeasuredQuantity,
    usable: list[Observation],
    flawed: tuple[tuple[Observation, Flag], ...],
    day: date,
    max_age_days: int | None,
) -> Outcome:
    of_day = [observation for observation in usable if observation.at == day]
    entered = [observation for observation in of_day if observation.provenance.method is Method.ENTERED]
    candidates = entered or of_day
    if len(candidates) > 1:
        candidates = sorted(candidates, key=lambda one: (_value(one), repr(one)))
    nodes = tuple(observation_node(quantity, observation) for observation in candidates)
    values = [_value(observation) for observation in candidates]
    if quantity.agreement is not None and apart(values[0], values[-1], quantity.agreement):
        both = listed(dict.fromkeys(shown(quantity, value) for value in (values[0], values[-1])))
        reason = f"two values of one day disagree: {both} {on_day(day)}"
        return _absent(quantity, reason, nodes, spoiled_on=day)
    days = chart.days_since(day)
    if max_age_days is not None and days > max_age_days:
        return _absent(quantity, f"{days} days old, at most {max_age_days} allowed", nodes)
    chosen = candidates[(len(candidates) - 1) // 2]
    others = sorted((one for one in of_day if one not in candidates), key=repr)
    aside = [*others, *(one for one, _ in flawed)]
    return Found(
        reading=Reading(
            quantity=quantity.quantity_id,
            title=quantity.title,
            value=Quantity(value=_value(chosen), unit=quantity.unit),
            at=day,
            provenance=chosen.provenance,
            note=_set_aside(quantity, aside, dict(flawed)),
            shown=shown(quantity, _value(chosen)),
        ),
        node=observation_node(quantity, chosen),
        settled_on=day,
        how=ago(days),
    )


def apart(one: Decimal, other: Decimal, agreement: Decimal) -> bool:
    """Tell whether two values lie further apart than a share of the larger one."""
    return abs(one - other) > agreement * max(abs(one), abs(other))


def flaw_of(chart: Chart, quantity: MeasuredQuantity, observation: Observation) -> Flag | None:
    """Return why a value cannot be used, if it cannot; the vocabulary in force is asked again."""
    if observation.flags:
        return min(observation.flags, key=list(Flag).index)
    value = observation.value
    if value is None or ucum(value.unit) != ucum(quantity.unit):
        return Flag.UNIT_NOT_CONVERTIBLE
    if not is_plausible(quantity, value.value):
        return Flag.IMPLAUSIBLE
    if observation.at is None:
        return Flag.UNDATED
    return Flag.FUTURE_DATED if observation.at > chart.last_day else None


def _spoiled(
    chart: Chart, quantity: MeasuredQuantity, flawed: tuple[tuple[Observation, Flag], ...], *, older: bool
) -> Absent:
    which = "a newer value, " if older else ""
    reasons = listed(
        f"{written(one)} {on_day(one.at)}, is {why_unusable(quantity, flaw)}" for one, flaw in flawed
    )
    days = [one.at for one, flaw in flawed if one.at is not None and one.at <= chart.last_day]
    nodes = tuple(observation_node(quantity, one) for one, _ in flawed)
    return _absent(quantity, f"{which}{reasons}", nodes, spoiled_on=max(days, default=None))


def why_unusable(quantity: MeasuredQuantity, flaw: Flag) -> str:
    """Say what is wrong with a value."""
    plausible = plausible_range(quantity)
    if flaw is Flag.IMPLAUSIBLE and plausible:
        return f"implausible ({plausible} expected)"
    return {
        Flag.UNIT_NOT_CONVERTIBLE: f"in a unit that cannot be converted to {quantity.unit}",
        Flag.CONTRADICTORY: "contradicted by another entry",
    }.get(flaw, flaw.value)


def _absent(
    quantity: MeasuredQuantity,
    reason: str,
    nodes: tuple[TraceNode, ...] = (),
    spoiled_on: date | None = None,
) -> Absent:
    datum = MissingDatum(
        kind=MissingKind.QUANTITY,
        subject=quantity.quantity_id,
        title=quantity.title,
        reason=reason,
        unit=quantity.unit,
    )
    return Absent(missing=(datum,), nodes=nodes, spoiled_on=spoiled_on)


def observation_node(quantity: MeasuredQuantity, observation: Observation) -> TraceNode:
    """Return an observation as a step of a trace."""
    value = observation.value
    text = written(observation)
    said = text if value is None else shown(quantity, value.value)
    as_written = f", written as {text}" if value is not None and text != said else ""
    flags = f" ({listed(flag.value for flag in observation.flags)})" if observation.flags else ""
    return TraceNode(
        kind=TraceKind.DATUM,
        label=f"{quantity.title} {said} {on_day(observation.at)}{as_written}{flags}",
        truth=Truth.TRUE,
        reference=quantity.quantity_id,
        provenance=observation.provenance,
    )


def _set_aside(quantity: MeasuredQuantity, aside: list[Observation], flaws: dict[Observation, Flag]) -> str:
    """Say which values were passed over although they may be as new; older flawed ones need no word."""
    words = []
    for one in aside:
        flaw = flaws.get(one)
        if flaw in (None, Flag.UNDATED, Flag.FUTURE_DATED):
            why = "not the one entered by hand" if flaw is None else why_unusable(quantity, flaw)
            words.append(f"{written(one)} {on_day(one.at)} ({why})")
    return f"set aside: {'; '.join(words)}" if words else ""


def written(observation: Observation) -> str:
    """Return a value as it was written."""
    return observation.as_written or str(observation.value)


def _value(observation: Observation) -> Decimal:
    return observation.value.value if observation.value is not None else Decimal("NaN")
