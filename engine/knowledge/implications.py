"""What follows from premises by their shape alone, without a solver: sure, but not complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from engine.domain.atoms import (
    Atom,
    HasDiplotype,
    HasSex,
    InTrimester,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import ConceptId
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, Concept, Derived, Negation, Premise
from engine.domain.vocabulary import Vocabulary


def parts_of(premise: Premise) -> tuple[Premise, ...]:
    """Return what must hold together for a premise to hold, each part once."""
    match premise:
        case AllOf(parts=parts):
            return tuple(dict.fromkeys(each for part in parts for each in parts_of(part)))
        case _:
            return (premise,)


def all_parts(premise: Premise, concepts: Mapping[ConceptId, Concept]) -> tuple[Premise, ...]:
    """Return what must hold together, with what every concept among it stands for; circles end."""
    found: dict[Premise, None] = {}
    waiting = list(parts_of(premise))
    while waiting:
        part = waiting.pop(0)
        if part in found:
            continue
        found[part] = None
        if isinstance(part, Derived) and part.concept in concepts:
            waiting.extend(parts_of(concepts[part.concept].when))
    return tuple(found)


def clashing(parts: tuple[Premise, ...], vocabulary: Vocabulary) -> tuple[Premise, Premise] | None:
    """Return two parts that never hold together, if the shape of any two tells so."""
    return next((pair for pair in combinations(parts, 2) if _clash(*pair, vocabulary)), None)


def implies(one: Premise, other: Premise) -> bool:
    """Tell whether a part of a premise makes another one true wherever it holds itself."""
    match one, other:
        case QuantityWithin(), QuantityWithin() if one.quantity == other.quantity:
            return one.max_age_days == other.max_age_days and within(one.interval, other.interval)
        case InTrimester(), InTrimester():
            return set(one.trimesters) <= set(other.trimesters)
        case TakesDrug(), TakesDrug():
            return one == other or (other.bare and one.drug == other.drug)
        case _:
            return one == other


def follows(premise: Premise, other: Premise) -> bool:
    """Tell whether a premise holds wherever another one holds: each of its parts follows from one of its."""
    given = parts_of(other)
    return all(any(implies(each, part) for each in given) for part in parts_of(premise))


def within(inner: Interval, outer: Interval) -> bool:
    """Tell whether everything in one interval lies in another; never where the units differ."""
    if inner.unit != outer.unit:
        return False
    low = outer.low is None or (
        inner.low is not None
        and (inner.low > outer.low or (inner.low == outer.low and (outer.low_closed or not inner.low_closed)))
    )
    high = outer.high is None or (
        inner.high is not None
        and (
            inner.high < outer.high
            or (inner.high == outer.high and (outer.high_closed or not inner.high_closed))
        )
    )
    return low and high


def apart(one: Interval, other: Interval) -> bool:
    """Tell whether two intervals share nothing; never where the units differ."""

    def ends_before(first: Interval, second: Interval) -> bool:
        if first.high is None or second.low is None:
            return False
        touching = first.high_closed and second.low_closed
        return first.high < second.low or (first.high == second.low and not touching)

    return one.unit == other.unit and (ends_before(one, other) or ends_before(other, one))


def open_ends(one: Interval, other: Interval) -> Iterator[Interval]:
    """Go through the points at which one interval ends and the other begins, and that neither holds."""
    for low, high in ((one, other), (other, one)):
        if high.low is not None and low.high == high.low and not (low.high_closed or high.low_closed):
            yield Interval(unit=one.unit, low=low.high, high=low.high, low_closed=True, high_closed=True)


def _clash(one: Premise, other: Premise, vocabulary: Vocabulary) -> bool:  # noqa: PLR0911 - one a pair
    match one, other:
        case (Negation(part=part), whole) | (whole, Negation(part=part)) if part == whole:
            return True
        case QuantityWithin(), QuantityWithin():
            return one.quantity == other.quantity and apart(one.interval, other.interval)
        case HasSex(), HasSex():
            return one.sex is not other.sex
        case InTrimester(), InTrimester():
            return not set(one.trimesters) & set(other.trimesters)
        case HasDiplotype(), HasDiplotype():
            called, reported = set(one.diplotypes), set(one.reported)
            disjoint = called.isdisjoint(other.diplotypes) and reported.isdisjoint(other.reported)
            return one.gene == other.gene and disjoint
        case (TakesDrug() as taken, StoppedDrug() as stopped) | (
            StoppedDrug() as stopped,
            TakesDrug() as taken,
        ):
            return taken.drug == stopped.drug and taken.drug in vocabulary.drugs
        case _:
            return False


def written(part: Premise) -> str:
    """Return a part of a premise as messages name it."""
    match part:
        case Derived(concept=concept):
            return f"concept {concept}"
        case Negation(part=inner):
            return f"not {written(inner)}"
        case _ if isinstance(part, Atom):
            return str(part.symbol)
        case _:
            return "a part that joins others"
