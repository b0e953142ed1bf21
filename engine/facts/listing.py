"""What the lists of a record have in common: reviews, and entries that cannot be understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import Symbol
from engine.domain.patient import ListKind
from engine.domain.provenance import Provenance
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.facts.chart import REVIEW_MAX_AGE_DAYS, Chart
from engine.facts.wording import merged, missing_nodes

_TITLES = {
    ListKind.CONDITIONS: "condition list",
    ListKind.MEDICATIONS: "medication list",
    ListKind.ALLERGIES: "allergy list",
    ListKind.PROCEDURES: "list of planned procedures",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """One atom said in its three ways."""

    holds: str
    fails: str
    open: str


@dataclass(slots=True, kw_only=True)
class Sifting:
    """The entries of a list, sorted by what they say of one atom."""

    present: list[TraceNode] = field(default_factory=list)
    """Entries that make it true."""
    denied: list[TraceNode] = field(default_factory=list)
    """Entries that make it false by themselves."""
    doubts: list[TraceNode] = field(default_factory=list)
    """Entries that may or may not make it true."""
    beside: list[TraceNode] = field(default_factory=list)
    """Entries that were looked at and are not what is asked for."""
    missing: list[MissingDatum] = field(default_factory=list)
    """One or more a doubt."""


def review_needed(kind: ListKind, reason: str) -> MissingDatum:
    """Return the request to go through a list."""
    return MissingDatum(kind=MissingKind.LIST_REVIEW, subject=kind.value, title=_TITLES[kind], reason=reason)


def review_missing(kind: ListKind, chart: Chart) -> MissingDatum:
    """Return the request to go through a list that no recent review speaks of, with why."""
    newest = chart.newest_review(kind)
    if newest is None:
        return review_needed(kind, "not reviewed")
    days = chart.days_since(newest.on)
    return review_needed(kind, f"reviewed {days} days ago, at most {REVIEW_MAX_AGE_DAYS} allowed")


def entry_node(label: str, reference: str, provenance: Provenance) -> TraceNode:
    """Return one entry of a list as a step of a trace."""
    return TraceNode(
        kind=TraceKind.DATUM, label=label, truth=Truth.TRUE, reference=reference, provenance=provenance
    )


def weighed(
    chart: Chart,
    kind: ListKind,
    symbol: Symbol,
    sifting: Sifting,
    sentences: Sentences,
    bindings: Sequence[tuple[str, str]] = (),
) -> Fact:
    """Decide an atom from the sorted entries of its list.

    One entry that makes it true is enough, reviewed or not. An entry that denies it decides unless another
    leaves a doubt. Otherwise the atom is false only where the list was reviewed recently and every entry
    was understood; all that stands in the way is named at once.
    """
    if sifting.present:
        return Fact(
            symbol=symbol,
            truth=Truth.TRUE,
            statement=sentences.holds,
            evidence=_each_once(sifting.present),
            bindings=tuple(bindings),
        )
    missing = list(sifting.missing)
    review = chart.review(kind)
    if not sifting.denied and review is None:
        missing.append(review_missing(kind, chart))
    if missing:
        asked = merged(missing)
        reasons = "; ".join(dict.fromkeys(f"{datum.title}: {datum.reason}" for datum in asked))
        return Fact(
            symbol=symbol,
            truth=Truth.UNKNOWN,
            statement=f"{sentences.open} ({reasons})",
            evidence=(*_each_once((*sifting.doubts, *sifting.denied)), *missing_nodes(asked)),
            missing=asked,
        )
    evidence = [*sifting.denied, *sifting.beside]
    basis = "explicitly ruled out"
    if review is not None:
        reviewed = f"{_TITLES[kind]} reviewed on {review.on.isoformat()}"
        evidence.append(entry_node(reviewed, kind.value, review.provenance))
        basis = basis if sifting.denied else reviewed
    return Fact(
        symbol=symbol,
        truth=Truth.FALSE,
        statement=f"{sentences.fails} ({basis})",
        evidence=_each_once(evidence),
    )


def _each_once(nodes: Sequence[TraceNode]) -> tuple[TraceNode, ...]:
    """Return the nodes in an order of their own, so that the order of a file leaves no mark."""
    if len(nodes) < 2:  # most often: neither hashed nor written out
        return tuple(nodes)
    several = tuple(dict.fromkeys(nodes))
    return several if len(several) < 2 else tuple(sorted(several, key=repr))
