"""The meaning of a rule: Kleene's strong three-valued logic, in the plainest Python.

This evaluator is the yardstick that the rule engine is held to. It knows nothing of the compiled
form, shares no code with it beyond the rule types, and is kept short enough to be checked by eye.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from engine.domain.ids import ConceptId, Symbol
from engine.domain.rules import COMPOUND, AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.domain.truth import Truth, negated
from engine.ports import Evaluation, Program

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


class ReferenceEngine:
    """A rule engine on its own, for tests and for running cases without a worker process."""

    @property
    def name(self) -> str:
        """Return what ran, for the record."""
        return "reference evaluator"

    def prepare(self, program: Program) -> tuple[str, ...]:  # noqa: ARG002 - the port says so
        """Return nothing: there is nothing to make ready, and any program can be evaluated."""
        return ()

    def evaluate(self, program: Program, truths: Mapping[Symbol, Truth]) -> Evaluation:
        """Return the truth of every rule and concept."""
        return evaluate(program, truths)

    def evaluate_all(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: Callable[[int, Evaluation], None] | None = None,  # noqa: ARG002 - nothing is waited for
    ) -> tuple[Evaluation, ...]:
        """Return the truth of every rule and concept, for each patient."""
        return tuple(evaluate(program, truths) for truths in patients)


def evaluate(
    program: Program,
    truths: Mapping[Symbol, Truth],
    beside: Mapping[ConceptId, Truth] = MappingProxyType({}),
) -> Evaluation:
    """Return the truth of every rule's premise and of every concept.

    A symbol that no truth is given for is unknown, and so is a concept that does not stand before
    its use: what nobody decided must never count as false.

    Args:
        program: the rules and concepts.
        truths: what the facts floor decided.
        beside: the truths of concepts that the program names and does not hold, where they are known.
    """
    known = dict(beside)
    concepts: dict[ConceptId, Truth] = {}
    for concept in program.concepts:
        truth = truth_of(concept.when, truths, known)
        concepts[concept.concept_id] = known[concept.concept_id] = truth
    rules = {rule.rule_id: truth_of(rule.when, truths, known) for rule in program.rules}
    return Evaluation(rules=rules, concepts=concepts)


def truth_of(premise: Premise, truths: Mapping[Symbol, Truth], concepts: Mapping[ConceptId, Truth]) -> Truth:
    """Return the truth of one premise."""
    if not isinstance(premise, COMPOUND):
        return truths.get(premise.symbol, UNKNOWN)
    match premise:
        case AllOf(parts=parts):
            return _at_least(len(parts), parts, truths, concepts)
        case AnyOf(parts=parts):
            return _at_least(1, parts, truths, concepts)
        case AtLeast(count=count, parts=parts):
            return _at_least(count, parts, truths, concepts)
        case Negation(part=part):
            return negated(truth_of(part, truths, concepts))
        case Derived(concept=concept):
            return concepts.get(concept, UNKNOWN)


def _at_least(
    needed: int,
    parts: Sequence[Premise],
    truths: Mapping[Symbol, Truth],
    concepts: Mapping[ConceptId, Truth],
) -> Truth:
    """Tell whether at least ``needed`` parts hold; stop as soon as no further part can matter."""
    certain, possible = 0, len(parts)
    for part in parts:
        if certain >= needed or possible < needed:
            break
        truth = truth_of(part, truths, concepts)
        certain += truth is TRUE
        possible -= truth is FALSE
    if certain >= needed:
        return TRUE
    return UNKNOWN if possible >= needed else FALSE
