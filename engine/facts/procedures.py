"""Whether a procedure is planned within so many days."""

from __future__ import annotations

from engine.domain.atoms import PlansProcedure
from engine.domain.facts import Fact
from engine.domain.patient import ListKind, PlannedProcedure
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.errors import InvariantBroken
from engine.facts.chart import Chart
from engine.facts.listing import Sentences, Sifting, entry_node, review_needed, weighed
from engine.facts.wording import listed


def plans_procedure(atom: PlansProcedure, chart: Chart) -> Fact:
    """Decide whether a procedure lies ahead, today included, within so many days.

    A narrower procedure counts. One without a day is in doubt: it may be tomorrow. A day that has passed
    does not count, whether or not it took place. False needs a reviewed list of planned procedures.
    """
    known = chart.vocabulary.conditions.get(atom.procedure)
    if known is None:
        raise InvariantBroken(
            f"the vocabulary has no procedure {atom.procedure!r}; the rule pack was not checked"
        )
    within = chart.index.conditions_within(atom.procedure)
    sifting = Sifting()
    days: set[int] = set()
    for entry in chart.record.planned:
        soon = _soon(entry, atom, chart)
        mapped = entry.procedure in chart.vocabulary.conditions
        if mapped and entry.procedure not in within:
            continue
        if mapped and soon is not Truth.UNKNOWN:
            (sifting.present if soon is Truth.TRUE else sifting.beside).append(_node(entry, chart))
            if soon is Truth.TRUE and entry.on is not None:
                days.add((entry.on - chart.today).days)
        elif soon is not Truth.FALSE and (mapped or _may_be(entry, atom, chart)):
            sifting.doubts.append(_node(entry, chart))
            reason = (
                f"no day is stated for {entry.text!r}"
                if mapped
                else f"{entry.text!r} has no code that is understood, so that it could be this procedure"
            )
            sifting.missing.append(review_needed(ListKind.PROCEDURES, reason))
    when = listed(_ahead(day) for day in sorted(days))
    limit = f"within {atom.within_days} days"
    sentences = Sentences(
        holds=f"{known.title} planned {when}, {limit}",
        fails=f"no {known.title} planned {limit}",
        open=f"not known whether {known.title} is planned {limit}",
    )
    bindings = (("days", when),) if days else ()
    return weighed(chart, ListKind.PROCEDURES, atom.symbol, sifting, sentences, bindings)


def _soon(entry: PlannedProcedure, atom: PlansProcedure, chart: Chart) -> Truth:
    if entry.on is None:
        return Truth.UNKNOWN
    ahead = (entry.on - chart.today).days
    return Truth.TRUE if 0 <= ahead <= atom.within_days else Truth.FALSE


def _may_be(entry: PlannedProcedure, atom: PlansProcedure, chart: Chart) -> bool:
    """Tell whether an entry in no vocabulary may be the procedure, and nobody here said that it may stand."""
    suspected = chart.suspected(entry.procedure, entry.codes, entry.text)
    if suspected.isdisjoint(chart.index.conditions_within(atom.procedure)):
        return False
    return chart.confirmation(ListKind.PROCEDURES, entry.provenance) is None


def _ahead(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _node(entry: PlannedProcedure, chart: Chart) -> TraceNode:
    known = chart.vocabulary.conditions.get(entry.procedure) if entry.procedure is not None else None
    name = known.title if known is not None else "procedure not understood"
    when = f"planned for {entry.on.isoformat()}" if entry.on is not None else "planned, no day stated"
    written = f", written as {entry.text!r}" if entry.text not in ("", name) else ""
    return entry_node(f"{name}, {when}{written}", entry.procedure or entry.text, entry.provenance)
