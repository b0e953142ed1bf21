"""Which rules of a large program can be anything but false, told from the few symbols that are not.

A patient has a handful of the thousands of things that a large pack asks about, and a rule that needs
one of the others is false: it need not be looked at. Every premise gets *ways*: statements of which at
least one has to be true or unknown for the premise to be so. Of "at least k of n parts" any n - k + 1
parts hold one, and those with the fewest ways are taken, then the rarest, so that a drug that one rule
names is chosen before a renal function that hundreds name. A measured value counts as many ways: most
patients have one, and it lies somewhere. A premise that can hold while nothing does
("does not take warfarin") has no ways, and its rule is always looked at.

The durable side selects by its clauses (:mod:`engine.inference.support`) and shares nothing with this
module: where one of them forgets a rule, the two evaluators disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.domain.atoms import QuantityWithin
from engine.domain.ids import ConceptId, Symbol
from engine.domain.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
    Derived,
    Negation,
    Premise,
    Rule,
    concepts_of,
    walk,
)
from engine.domain.truth import Truth
from engine.inference.openings import Openings
from engine.ports import Program

#: How many ways a measured value counts as.
_MEASURED_WAYS = 20

#: A statement that a premise rests on: an atom by its symbol, or a derived concept.
_Key = tuple[str, str]
#: The statements of which one must not be false; None where the premise can hold without any.
_Ways = frozenset[_Key] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The part of a program that can be other than false of one patient."""

    program: Program
    """Its rules and concepts, in their order."""
    beside: Mapping[ConceptId, Truth]
    """The concepts that they name and that are not among them: false, every one."""


class Preselection:
    """The index of one program; it depends on the program alone, not on any patient."""

    def __init__(self, program: Program) -> None:
        """Index a program whose premises are not nested beyond reason."""
        self._rules = program.rules
        self._concepts = program.concepts
        members: tuple[Concept | Rule, ...] = (*program.concepts, *program.rules)
        premises = [member.when for member in members]
        weights = _Weights(
            Counter(key for premise in premises for key in _keys(premise)), _measured(premises)
        )
        self._needs = [concepts_of(premise) for premise in premises]
        self._known = frozenset(concept.concept_id for concept in program.concepts)
        self._always: list[int] = []
        by_key: dict[_Key, list[int]] = {}
        for place, premise in enumerate(premises):
            ways = _ways(premise, weights, negated=False)
            if place < len(program.concepts):
                weights.learn(program.concepts[place].concept_id, ways)
            if ways is None or any(_nowhere(key, self._known) for key in ways):
                self._always.append(place)
                continue
            for key in ways:
                by_key.setdefault(key, []).append(place)
        self._by_atom = {Symbol(name): opened for (sort, name), opened in by_key.items() if sort == "atom"}
        self._by_concept = {
            place: by_key.get(("concept", concept.concept_id), [])
            for place, concept in enumerate(program.concepts)
        }
        """What each concept opens, by its place."""
        self._opening = Openings(self._by_atom)

    def select(self, truths: Mapping[Symbol, Truth]) -> Selection:
        """Return what can be other than false.

        Args:
            truths: asked only for the symbols that open rules; one that it does not have is unknown.
        """
        first, by_concept = len(self._concepts), self._by_concept
        places = set(self._always)
        places.update(*[self._by_atom[symbol] for symbol in self._opening.possible(truths)])
        waiting = [place for place in places if place < first]
        while waiting:
            for place in by_concept[waiting.pop()]:
                if place not in places:
                    places.add(place)
                    if place < first:
                        waiting.append(place)
        chosen = sorted(places)
        concepts = tuple([self._concepts[place] for place in chosen if place < first])
        inside = {concept.concept_id for concept in concepts}
        return Selection(
            program=Program(
                rules=tuple([self._rules[place - first] for place in chosen if place >= first]),
                concepts=concepts,
            ),
            beside={
                concept: Truth.FALSE
                for place in chosen
                for concept in self._needs[place]
                if concept not in inside and concept in self._known
            },
        )


def _keys(premise: Premise) -> Iterable[_Key]:
    for node in walk(premise):
        match node:
            case AllOf() | AnyOf() | AtLeast() | Negation():
                pass
            case Derived(concept=concept):
                yield "concept", concept
            case atom:
                yield "atom", atom.symbol


def _nowhere(key: _Key, known: frozenset[ConceptId]) -> bool:
    """Tell whether a key is a concept that no program holds: it is unknown of every patient."""
    sort, name = key
    return sort == "concept" and ConceptId(name) not in known


def _ways(premise: Premise, weights: _Weights, *, negated: bool) -> _Ways:
    """Return statements of which one must not be false for a premise, or its negation, not to be false."""
    match premise:
        case AllOf(parts=parts):
            return _of_parts(len(parts), parts, weights, negated=negated)
        case AnyOf(parts=parts):
            return _of_parts(1, parts, weights, negated=negated)
        case AtLeast(count=count, parts=parts):
            return _of_parts(count, parts, weights, negated=negated)
        case Negation(part=part):
            return _ways(part, weights, negated=not negated)
        case Derived(concept=concept):
            return None if negated else frozenset({("concept", concept)})
        case atom:
            return None if negated else frozenset({("atom", atom.symbol)})


def _of_parts(count: int, parts: Sequence[Premise], weights: _Weights, *, negated: bool) -> _Ways:
    """Return the ways of "at least ``count`` of the parts", or of its negation."""
    needed = len(parts) - count + 1 if negated else count
    if needed <= 0:
        return None
    if needed > len(parts):
        return frozenset()
    ways = [_ways(part, weights, negated=negated) for part in parts]
    closed = sorted((some for some in ways if some is not None), key=weights.of)
    enough = len(parts) - needed + 1
    return frozenset().union(*closed[:enough]) if len(closed) >= enough else None


class _Weights:
    """How likely statements are to open a premise, as far as the program tells."""

    def __init__(self, named: Mapping[_Key, int], measured: Iterable[_Key]) -> None:
        """Take how often each statement is named, and which are about measured values."""
        self._named = named
        self._atoms: dict[_Key, int] = dict.fromkeys(measured, _MEASURED_WAYS)

    def learn(self, concept: ConceptId, ways: _Ways) -> None:
        """Remember on how many atoms a derived concept hangs."""
        self._atoms["concept", concept] = 0 if ways is None else self._count(ways)

    def of(self, ways: frozenset[_Key]) -> tuple[int, int, list[_Key]]:
        """Return by how many atoms, and how often; equal ones go by name, for good order."""
        return self._count(ways), sum(self._named[key] for key in ways), sorted(ways)

    def _count(self, ways: frozenset[_Key]) -> int:
        return sum(self._atoms.get(key, 1) for key in ways)


def _measured(premises: Iterable[Premise]) -> Iterator[_Key]:
    """Yield the atoms about measured values."""
    for premise in premises:
        for node in walk(premise):
            if isinstance(node, QuantityWithin):
                yield "atom", node.symbol
