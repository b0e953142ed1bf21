"""Traces: from a rule's conclusion, through premises and derived concepts, down to facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain.facts import Fact, FactBase
from engine.domain.findings import MissingDatum
from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.pack import RulePack
from engine.domain.rules import (
    CONNECTIVES,
    AllOf,
    AnyOf,
    AtLeast,
    Connective,
    Derived,
    Negation,
    Premise,
    Rule,
)
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth, all_of, any_of, count_of, negated


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The part of a premise that made it what it is: its trace, its facts, what it lacks."""

    node: TraceNode
    facts: tuple[Fact, ...]
    missing: tuple[MissingDatum, ...]


#: The facts on the path of a trace, each once, in reading order.
_Path = dict[Symbol, Fact]


@dataclass(frozen=True, slots=True)
class Tracer:
    """Builds traces for one assessment; what two of them share is built once."""

    pack: RulePack
    base: FactBase
    concepts: Mapping[ConceptId, Truth]
    _made: dict[ConceptId, tuple[TraceNode, _Path]] = field(default_factory=dict)
    _leaves: dict[Symbol, TraceNode] = field(default_factory=dict)
    _grounds: dict[RuleId, Grounds] = field(default_factory=dict)
    _truths: dict[int, Truth] = field(default_factory=dict)
    """Of connectives, by the identity of premises, which the pack keeps alive."""

    def truth(self, premise: Premise) -> Truth:
        """Return a premise's truth from the facts and the concepts the engines derived."""
        if isinstance(premise, CONNECTIVES):
            known = self._truths.get(id(premise))
            if known is None:
                known = self._truths[id(premise)] = self._truth(premise)
            return known
        if isinstance(premise, Derived):
            return self.concepts[premise.concept]
        return self.base.facts[premise.symbol].truth

    def _truth(self, premise: Connective) -> Truth:
        match premise:
            case AllOf(parts=parts):
                return all_of([self.truth(part) for part in parts])
            case AnyOf(parts=parts):
                return any_of([self.truth(part) for part in parts])
            case AtLeast(count=count, parts=parts):
                return count_of([self.truth(part) for part in parts], count)
            case Negation(part=part):
                return negated(self.truth(part))

    def _trace(self, premise: Premise, truth: Truth, path: _Path) -> TraceNode:
        """Return the trace of a premise, cut down to the parts that made it what it is.

        Args:
            premise: to be traced.
            truth: what it is.
            path: the facts of the trace are added to it.
        """
        if isinstance(premise, CONNECTIVES):
            return TraceNode(
                kind=TraceKind.CONNECTIVE,
                label=_word(premise),
                truth=truth,
                children=tuple(
                    [self._trace(part, is_, path) for part, is_ in self._deciding(premise, truth)]
                ),
            )
        if isinstance(premise, Derived):
            node, below = self._concept(premise.concept)
            path.update(below)
            return node
        symbol = premise.symbol
        fact = path[symbol] = self.base.facts[symbol]
        leaf = self._leaves.get(symbol)
        if leaf is None:
            leaf = self._leaves[symbol] = TraceNode(
                kind=TraceKind.FACT,
                label=fact.statement,
                truth=fact.truth,
                reference=fact.symbol,
                children=fact.evidence,
            )
        return leaf

    def concept(self, concept_id: ConceptId) -> TraceNode:
        """Return the trace of a derived concept."""
        return self._concept(concept_id)[0]

    def _concept(self, concept_id: ConceptId) -> tuple[TraceNode, _Path]:
        made = self._made.get(concept_id)
        if made is None:
            concept = self.pack.concepts[concept_id]
            path: _Path = {}
            node = TraceNode(
                kind=TraceKind.CONCEPT,
                label=concept.title,
                truth=self.concepts[concept_id],
                reference=concept_id,
                children=(self._trace(concept.when, self.truth(concept.when), path),),
                sources=concept.sources,
            )
            made = self._made[concept_id] = (node, path)
        return made

    def grounds(self, rule: Rule) -> Grounds:
        """Return why a rule's premise is what it is, with the facts and gaps on that path.

        The same for every option the rule speaks of, and so built once.
        """
        grounds = self._grounds.get(rule.rule_id)
        if grounds is None:
            grounds = self._grounds[rule.rule_id] = self._ground(rule)
        return grounds

    def _ground(self, rule: Rule) -> Grounds:
        path: _Path = {}
        truth = self.truth(rule.when)
        node = TraceNode(
            kind=TraceKind.RULE,
            label=rule.title,
            truth=truth,
            reference=rule.rule_id,
            children=(self._trace(rule.when, truth, path),),
            sources=rule.sources,
        )
        facts = tuple(path.values())
        missing = {
            (datum.kind, datum.subject): datum
            for fact in facts
            if fact.truth is Truth.UNKNOWN
            for datum in fact.missing
        }
        return Grounds(node=node, facts=facts, missing=tuple(missing.values()))

    def _deciding(self, premise: Connective, truth: Truth) -> list[tuple[Premise, Truth]]:
        """Return the parts, each with its truth, without which the connective would not be what it is."""
        if isinstance(premise, Negation):
            return [(premise.part, negated(truth))]
        if isinstance(premise, AllOf) and truth is Truth.TRUE:
            return [(part, truth) for part in premise.parts]
        parts = [(part, self.truth(part)) for part in premise.parts]
        if truth is Truth.FALSE and not isinstance(premise, AllOf):
            return parts
        if truth is not Truth.UNKNOWN or isinstance(premise, AnyOf):
            return [each for each in parts if each[1] is truth]
        return [each for each in parts if each[1] is not Truth.FALSE]


def _word(premise: Connective) -> str:
    match premise:
        case AllOf():
            return "all of"
        case AnyOf():
            return "any of"
        case AtLeast(count=count):
            return f"at least {count} of"
        case Negation():
            return "not"
