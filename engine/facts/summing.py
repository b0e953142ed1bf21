"""Scores summed over their terms, with every term's points and datum; open terms give a range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.domain.atoms import Atom, HasCondition, HasState, QuantityWithin, TakesDrug
from engine.domain.facts import Fact, Reading
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import QuantityId
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Quantity
from engine.domain.rules import atoms_of
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity, Vocabulary
from engine.facts.chart import Chart
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.premises import Decide, deciding, truth_of
from engine.facts.scores import Score, Term
from engine.facts.wording import fact_node, merged, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One term, decided."""

    term: Term
    truth: Truth
    facts: tuple[Fact, ...]
    absent_words: tuple[str, ...] = ()
    missing: tuple[MissingDatum, ...] = ()
    """What is missing besides that of the facts."""


def summed(
    score: Score,
    quantity: MeasuredQuantity,
    chart: Chart,
    decide: Decide,
    read: Callable[[QuantityId], Outcome],
) -> Outcome:
    """Return the score where every term is decided, else what would decide it and the range it lies in."""
    lines = tuple(_line(term, chart.vocabulary, decide) for term in score.terms)
    least = score.base + sum(line.term.points for line in lines if line.truth is Truth.TRUE)
    open_lines = [line for line in lines if line.truth is Truth.UNKNOWN]
    nodes = tuple(_node(line) for line in lines)
    if open_lines:
        most = least + sum(line.term.points for line in open_lines)
        missing = [datum for line in open_lines for fact in line.facts for datum in fact.missing]
        missing += [datum for line in open_lines for datum in line.missing]
        missing += [_no_word(score, word) for line in open_lines for word in line.absent_words]
        ceiling = quantity.plausible_high
        return Absent(
            missing=merged(missing),
            nodes=nodes,
            least=Decimal(least),
            most=Decimal(most) if ceiling is None else min(Decimal(most), ceiling),
        )
    inputs = _inputs(lines, read)
    oldest = min((one.at for one in inputs if one.at is not None), default=chart.today)
    everybody = f"{score.base} to begin with; " if score.base else ""
    note = f"{score.name}: {everybody}{'; '.join(_said(line) for line in lines)}"
    text = shown(quantity, Decimal(least))
    node = TraceNode(
        kind=TraceKind.DERIVATION,
        label=f"{quantity.title} {text}",
        truth=Truth.TRUE,
        reference=quantity.quantity_id,
        children=nodes,
        sources=(score.source,),
    )
    reading = Reading(
        quantity=quantity.quantity_id,
        title=quantity.title,
        value=Quantity(value=Decimal(least), unit=quantity.unit),
        at=oldest,
        provenance=Provenance(method=Method.DERIVED, resource=score.name, recorded=oldest),
        formula=score.source,
        inputs=inputs,
        note=note,
        shown=text,
    )
    settled_on = _newest(lines, inputs) if score.report_first else None
    return Found(reading=reading, node=node, settled_on=settled_on or chart.today)


def words_needed(score: Score, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words that a score speaks of and the vocabulary does not have."""
    return tuple(dict.fromkeys(word for term in score.terms for word in _absent_words(term, vocabulary)))


def _line(term: Term, vocabulary: Vocabulary, decide: Decide) -> _Line:
    absent = _absent_words(term, vocabulary)
    if absent:
        return _Line(term=term, truth=Truth.UNKNOWN, facts=(), absent_words=absent)
    truth, facts = truth_of(term.when, decide), deciding(term.when, decide)
    for told in (decide(atom) for atom in term.telling if not _lacks(atom, vocabulary)):
        if told.truth is Truth.TRUE:
            both = (told, *facts) if truth is Truth.TRUE else (told,)
            return _Line(term=term, truth=Truth.TRUE, facts=tuple(dict.fromkeys(both)))
    if truth is Truth.TRUE and term.clouded_by is not None and not _lacks(term.clouded_by, vocabulary):
        cloud = decide(term.clouded_by)
        if cloud.truth is not Truth.FALSE:
            asked = _asked_again(term, vocabulary) if cloud.truth is Truth.TRUE else cloud.missing
            return _Line(term=term, truth=Truth.UNKNOWN, facts=(*facts, cloud), missing=asked)
    return _Line(term=term, truth=truth, facts=facts)


def _asked_again(term: Term, vocabulary: Vocabulary) -> tuple[MissingDatum, ...]:
    quantities = dict.fromkeys(
        atom.quantity for atom in atoms_of(term.when) if isinstance(atom, QuantityWithin)
    )
    return tuple(
        MissingDatum(
            kind=MissingKind.QUANTITY,
            subject=quantity,
            title=vocabulary.quantities[quantity].title,
            reason=term.clouded,
            unit=vocabulary.quantities[quantity].unit,
        )
        for quantity in quantities
    )


def _newest(lines: tuple[_Line, ...], inputs: tuple[Reading, ...]) -> date | None:
    """Return the day of the newest datum that a score rests on: of its inputs, and of what gave points."""
    days = [reading.at for reading in inputs if reading.at is not None]
    waiting = [
        node for line in lines if line.truth is Truth.TRUE for fact in line.facts for node in fact.evidence
    ]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.provenance is not None and node.provenance.recorded is not None:
            days.append(node.provenance.recorded)
    return max(days, default=None)


def _absent_words(term: Term, vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(word for atom in atoms_of(term.when) if (word := _lacks(atom, vocabulary)))


def _lacks(atom: Atom, vocabulary: Vocabulary) -> str:
    """Return the word of an atom that a vocabulary does not have; empty where it has it."""
    match atom:
        case HasCondition(condition=word) if word not in vocabulary.conditions:
            return f"condition {word}"
        case TakesDrug(drug=word) if word not in vocabulary.classes and word not in vocabulary.drugs:
            return f"drug class {word}"
        case HasState(state=word) if word not in vocabulary.states:
            return f"state {word}"
        case QuantityWithin(quantity=word) if word not in vocabulary.quantities:
            return f"quantity {word}"
        case _:
            return ""


def _no_word(score: Score, word: str) -> MissingDatum:
    return MissingDatum(
        kind=MissingKind.QUANTITY,
        subject=score.quantity,
        title=score.name,
        reason=f"the rule pack has no {word}, which the score counts",
    )


def _inputs(lines: tuple[_Line, ...], read: Callable[[QuantityId], Outcome]) -> tuple[Reading, ...]:
    quantities = dict.fromkeys(
        atom.quantity
        for line in lines
        for atom in atoms_of(line.term.when)
        if isinstance(atom, QuantityWithin)
    )
    outcomes = [read(quantity) for quantity in quantities]
    return tuple(outcome.reading for outcome in outcomes if isinstance(outcome, Found))


def _points(line: _Line) -> str:
    match line.truth:
        case Truth.TRUE:
            return str(line.term.points)
        case Truth.FALSE:
            return "0"
        case Truth.UNKNOWN:
            return f"0 or {line.term.points}"


def _said(line: _Line) -> str:
    data = ", ".join(fact.statement for fact in line.facts)
    return f"{line.term.title} {_points(line)} ({data})"


def _node(line: _Line) -> TraceNode:
    points = _points(line)
    return TraceNode(
        kind=TraceKind.CONNECTIVE,
        label=f"{line.term.title}: {points} point{'' if points == '1' else 's'}",
        truth=line.truth,
        children=tuple(fact_node(fact) for fact in line.facts),
    )
