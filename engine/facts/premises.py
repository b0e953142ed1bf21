"""The truth of a small premise over atoms, for the terms of a score."""

from __future__ import annotations

from collections.abc import Callable

from engine.domain.atoms import Atom
from engine.domain.facts import Fact
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.domain.truth import Truth, all_of, any_of, count_of, negated
from engine.errors import InvariantBroken

Decide = Callable[[Atom], Fact]


def truth_of(premise: Premise, decide: Decide) -> Truth:
    """Return the truth of a premise in Kleene's logic.

    Raises:
        InvariantBroken: the premise names a derived concept, which only the rule engines decide.
    """
    match premise:
        case AllOf(parts=parts):
            return all_of(truth_of(part, decide) for part in parts)
        case AnyOf(parts=parts):
            return any_of(truth_of(part, decide) for part in parts)
        case AtLeast(count=count, parts=parts):
            return count_of((truth_of(part, decide) for part in parts), count)
        case Negation(part=part):
            return negated(truth_of(part, decide))
        case Derived(concept=concept):
            raise InvariantBroken(f"a score cannot rest on the derived concept {concept!r}")
        case atom:
            return decide(atom).truth


def deciding(premise: Premise, decide: Decide) -> tuple[Fact, ...]:
    """Return the facts that a premise owes its truth to, each once, in reading order.

    Of a true *any of* these are its true parts, of an undecided one its undecided parts; a false one
    rests on all of its parts. The other connectives follow by negation.
    """
    found: dict[Fact, None] = {}
    for fact in _deciding(premise, decide):
        found[fact] = None
    return tuple(found)


def _deciding(premise: Premise, decide: Decide) -> list[Fact]:
    match premise:
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            truth = truth_of(premise, decide)
            same = [part for part in parts if truth_of(part, decide) is truth]
            return [fact for part in same for fact in _deciding(part, decide)]
        case Negation(part=part):
            return _deciding(part, decide)
        case Derived():
            return []
        case atom:
            return [decide(atom)]
