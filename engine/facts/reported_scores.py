"""A score that a clinician reports, beside the same score as the record's data give it."""

from __future__ import annotations

from dataclasses import replace

from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.wording import listed, on_day


def report_first(entry: MeasuredQuantity, computed: Outcome, reported: Outcome) -> Outcome:
    """Choose between a reported score and a computed one.

    A report made with all the data of the computation, or later, holds: whoever made it judged what no
    list tells. One that newer data contradict is believed no more than they are. Without any report the
    computation holds; where it lacks a datum, the score is asked for, and what it could be computed from.
    """
    if isinstance(reported, Found):
        if isinstance(computed, Absent) or reported.settled_on >= computed.settled_on:
            return replace(reported, how=f"as reported {reported.how}")
        if computed.reading.value == reported.reading.value:
            return computed
        reason = (
            f"reported as {reported.reading.shown} {on_day(reported.reading.at)}, "
            f"and {computed.reading.shown} by newer data {on_day(computed.settled_on)}"
        )
        return Absent(missing=(_needed(entry, reason),), nodes=(reported.node, computed.node))
    if isinstance(computed, Found):
        return computed
    own = next((datum.reason for datum in reported.missing), "never reported")
    inputs = listed(dict.fromkeys(datum.title for datum in computed.missing))
    reason = f"{own}; to be computed it lacks {inputs}"
    return replace(computed, missing=(_needed(entry, reason),), nodes=(*computed.nodes, *reported.nodes))


def _needed(entry: MeasuredQuantity, reason: str) -> MissingDatum:
    return MissingDatum(
        kind=MissingKind.QUANTITY,
        subject=entry.quantity_id,
        title=entry.title,
        reason=reason,
        unit=entry.unit,
    )
