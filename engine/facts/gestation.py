"""How far a pregnancy is today, and in which trimester."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from engine.domain.atoms import HasState, InTrimester
from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import QuantityId
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Quantity
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.chart import Chart
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.person import PREGNANT, Person
from engine.facts.wording import fact_node, listed, missing_nodes, on_day, shown

GESTATIONAL_AGE = QuantityId("gestational_age")

#: The first week of the second and of the third trimester (ACOG).
TRIMESTERS_FROM = (14, 28)

#: No pregnancy goes on for longer; an older result is of a pregnancy that has ended.
LONGEST_WEEKS = 44

#: A whole number of days written as weeks, or converted, may fall short of it by the last decimals.
_TOLERANCE = Decimal("0.001")

_ORDINALS = {1: "first", 2: "second", 3: "third"}


def advanced(chart: Chart, entry: MeasuredQuantity, reported: Outcome) -> Outcome:
    """Return the gestational age as it is today: what was measured, and the days since then.

    It is counted in completed days, as its weeks are. One beyond 44 weeks is of no pregnancy that goes on.
    """
    if isinstance(reported, Absent):
        return reported
    since = chart.days_since(reported.settled_on)
    days = _days(reported.reading.value.value) + since
    weeks = Decimal(days) / 7
    text = shown(entry, weeks)
    if weeks > LONGEST_WEEKS:
        reason = (
            f"{reported.reading.shown} {on_day(reported.settled_on)} would be {text} today, "
            f"and no pregnancy goes beyond {LONGEST_WEEKS} weeks"
        )
        datum = MissingDatum(
            kind=MissingKind.QUANTITY,
            subject=entry.quantity_id,
            title=entry.title,
            reason=reason,
            unit=entry.unit,
        )
        return Absent(missing=(datum,), nodes=(reported.node,), spoiled_on=reported.settled_on)
    if since == 0:
        value = replace(reported.reading.value, value=weeks)
        return replace(reported, reading=replace(reported.reading, value=value, shown=text))
    note = f"{reported.reading.shown} {on_day(reported.settled_on)}, {since} days more"
    node = TraceNode(
        kind=TraceKind.DERIVATION,
        label=f"{entry.title} {text}: {note}",
        truth=Truth.TRUE,
        reference=entry.quantity_id,
        children=(reported.node,),
    )
    reading = replace(
        reported.reading,
        value=Quantity(value=weeks, unit=entry.unit),
        provenance=Provenance(
            method=Method.DERIVED, resource="days since the result", recorded=reported.settled_on
        ),
        note=note,
        shown=text,
    )
    return replace(reported, reading=reading, node=node)


def in_trimester(
    atom: InTrimester,
    chart: Chart,
    person: Person,
    read: Callable[[QuantityId], Outcome],
) -> Fact:
    """Decide the trimester: who is not pregnant is in none; who is, needs a gestational age.

    Where all three are asked for, being pregnant is enough.
    """
    pregnant = person.has_state(HasState(state=PREGNANT))
    asked = listed((_ORDINALS[number] for number in sorted(atom.trimesters)), "or")
    if pregnant.truth is not Truth.TRUE:
        unknown = pregnant.truth is Truth.UNKNOWN
        said = f"not known whether in the {asked} trimester: {pregnant.statement}"
        return replace(
            pregnant,
            symbol=atom.symbol,
            statement=said if unknown else f"not in the {asked} trimester: {pregnant.statement}",
        )
    if set(atom.trimesters) >= set(_ORDINALS):
        return replace(pregnant, symbol=atom.symbol, statement=f"in a trimester: {pregnant.statement}")
    outcome = read(GESTATIONAL_AGE)
    if isinstance(outcome, Absent):
        reasons = "; ".join(f"{datum.title}: {datum.reason}" for datum in outcome.missing)
        return Fact(
            symbol=atom.symbol,
            truth=Truth.UNKNOWN,
            statement=f"{pregnant.statement}; not known whether in the {asked} trimester ({reasons})",
            evidence=(fact_node(pregnant), *outcome.nodes, *missing_nodes(outcome.missing)),
            missing=outcome.missing,
        )
    return _decided(atom, chart, pregnant, outcome)


def _decided(atom: InTrimester, chart: Chart, pregnant: Fact, found: Found) -> Fact:
    entry = chart.vocabulary.quantities[GESTATIONAL_AGE]
    weeks = found.reading.value.value
    trimester = 1 + sum(weeks >= start for start in TRIMESTERS_FROM)
    inside = trimester in atom.trimesters
    asked = listed((_ORDINALS[number] for number in sorted(atom.trimesters)), "or")
    text = shown(entry, weeks)
    behind = "" if inside else f", not the {asked}"
    return Fact(
        symbol=atom.symbol,
        truth=Truth.TRUE if inside else Truth.FALSE,
        statement=f"pregnant, {text}: {_ORDINALS[trimester]} trimester{behind}",
        evidence=(fact_node(pregnant), found.node),
        bindings=(("trimester", _ORDINALS[trimester]), (str(GESTATIONAL_AGE), text)),
    )


def _days(weeks: Decimal) -> int:
    return int((weeks * 7 + _TOLERANCE).to_integral_value(ROUND_FLOOR))
