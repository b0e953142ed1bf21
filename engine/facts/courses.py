"""A quantity over time: every value that was measured or can be computed, with those that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.domain.findings import MissingDatum
from engine.domain.patient import Flag, Observation
from engine.domain.provenance import Method
from engine.domain.trace import TraceNode
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.chart import Chart
from engine.facts.measured import apart, flaw_of, observation_node, why_unusable, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value of a course."""

    at: date | None
    """The day it was measured; None where that is not known, so that it may have been any."""
    value: Decimal | None
    """In the canonical unit; None where it cannot be read."""
    usable: bool
    node: TraceNode
    why: str = ""
    """Why it cannot be used; empty where it can."""

    @property
    def order(self) -> tuple[date, Decimal, str]:
        """Return what points are sorted by, so that the order of a file leaves no mark."""
        value = self.value if self.value is not None else Decimal(-1)
        return self.at or date.max, value, repr(self.node)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Every value of one quantity, the oldest first."""

    points: tuple[Point, ...] = ()
    missing: tuple[MissingDatum, ...] = ()
    """What stands in the way of computing it at all."""
    nodes: tuple[TraceNode, ...] = ()


def measured_course(chart: Chart, quantity: MeasuredQuantity) -> Course:
    """Return the measured values of a quantity.

    A value entered here by hand stands for its day alone, as it was entered to settle the matter. Values of
    one day that lie further apart than the quantity's agreement contradict each other: none can be used.
    """
    flaws = [
        (observation, flaw_of(chart, quantity, observation))
        for observation in chart.observations.get(quantity.quantity_id, ())
    ]
    by_hand = {
        observation.at
        for observation, flaw in flaws
        if flaw is None and observation.provenance.method is Method.ENTERED
    }
    in_force = [
        (observation, flaw)
        for observation, flaw in flaws
        if observation.at not in by_hand or observation.provenance.method is Method.ENTERED
    ]
    of_day: dict[date, list[Decimal]] = {}
    for observation, flaw in in_force:
        if flaw is None and observation.at is not None and observation.value is not None:
            of_day.setdefault(observation.at, []).append(observation.value.value)
    disagreeing = {
        day
        for day, values in of_day.items()
        if quantity.agreement is not None and apart(min(values), max(values), quantity.agreement)
    }
    points = [_point(quantity, observation, flaw, disagreeing) for observation, flaw in in_force]
    return Course(points=tuple(sorted(points, key=lambda point: point.order)))


def _point(
    quantity: MeasuredQuantity, observation: Observation, flaw: Flag | None, disagreeing: set[date]
) -> Point:
    node = observation_node(quantity, observation)
    value = observation.value.value if observation.value is not None else None
    if flaw is None:
        clash = observation.at in disagreeing
        why = "contradicted by another value of its day" if clash else ""
        return Point(at=observation.at, value=value, usable=not clash, node=node, why=why)
    # Only the day is wrong: the value can be read.
    without_day = flaw in (Flag.UNDATED, Flag.FUTURE_DATED)
    why = f"{written(observation)} is {why_unusable(quantity, flaw)}"
    return Point(
        at=None if without_day else observation.at,
        value=value if without_day else None,
        usable=False,
        node=node,
        why=why,
    )


def joined(computed: Course, reported: Course) -> Course:
    """Return a computed course with what was reported on other days: the computation counts on its own."""
    days = {point.at for point in computed.points if point.usable}
    others = [point for point in reported.points if point.at is None or point.at not in days]
    points = sorted((*computed.points, *others), key=lambda point: point.order)
    return Course(points=tuple(points), missing=computed.missing, nodes=computed.nodes)
