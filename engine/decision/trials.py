"""Judging hypothetical records: the facts a changed datum reaches, the rules that hear of it, the verdicts.

Only what the datum reaches is decided again, which a law holds equal to deciding everything. Facts come from
the facts floor and truths from a rule evaluator; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.decision.hypotheses import Enter, Hypotheses, Hypothesis
from engine.decision.recomputed import Recomputed
from engine.decision.turning_points import Regions
from engine.decision.verdicts import worst_of
from engine.domain.atoms import Atom
from engine.domain.facts import Fact
from engine.domain.findings import Severity
from engine.domain.ids import ConceptId, OptionId, RuleId, Symbol
from engine.domain.information import PossibleOutcome, VerdictChange
from engine.domain.options import Verdict
from engine.domain.patient import PatientRecord
from engine.domain.rules import Rule, atoms_of, concepts_of
from engine.domain.truth import Truth
from engine.facts.reach import Key, Reach
from engine.ports import HypotheticalFacts, Program, RuleEngine
from engine.terminology.index import VocabularyIndex

#: A rule, how bad what it says is, and what it weighs while it is undecided.
Weight = tuple[RuleId, Severity, tuple[Severity, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Which rules of an indication hear of which datum; the same for every patient.

    Only rules in force under a jurisdiction are listened to: the others change no verdict.
    """

    reach: Reach
    atoms: tuple[Atom, ...]
    """What the rules ask for."""
    terms: tuple[Atom, ...]
    """What the terms of their scores ask for."""
    reached: Mapping[Key, Mapping[Symbol, Atom]]
    """The atoms of both that each key reaches, by their symbols."""
    heard: Mapping[Key, frozenset[Symbol]]
    """The same, by their symbols."""
    hearing: Mapping[Symbol, tuple[Rule, ...]]
    """The rules that each symbol can turn."""
    below: Mapping[RuleId, frozenset[ConceptId]]
    """The derived concepts that each rule rests on."""
    about: Mapping[OptionId, tuple[Weight, ...]]
    """The rules that speak of each option, with what each can do to its verdict."""

    @classmethod
    def to(cls, source: Recomputed, index: VocabularyIndex) -> Listening:
        """Listen to the rules that a decision went by."""
        in_force = [rule for rule in source.program.rules if source.in_force(rule)]
        below: dict[RuleId, frozenset[ConceptId]] = {}
        hearing: dict[Symbol, dict[RuleId, Rule]] = {}
        atoms: dict[Symbol, Atom] = {}
        for rule in in_force:
            concepts = source.pack.concepts_below(concepts_of(rule.when))
            below[rule.rule_id] = frozenset(concept.concept_id for concept in concepts)
            for premise in (rule.when, *(concept.when for concept in concepts)):
                for atom in atoms_of(premise):
                    symbol = atom.symbol
                    atoms[symbol] = atom
                    hearing.setdefault(symbol, {})[rule.rule_id] = rule
        about = {
            option.option_id: tuple(_weight(rule) for rule in in_force if option.option_id in rule.options)
            for option in source.indication.options
        }
        reach = Reach(index)
        asked = tuple(atoms.values())
        terms = reach.terms(asked)
        reached: dict[Key, dict[Symbol, Atom]] = {}
        for atom in (*asked, *terms):
            for key in reach.keys(atom):
                reached.setdefault(key, {})[atom.symbol] = atom
        return cls(
            reach=reach,
            atoms=asked,
            terms=terms,
            reached=reached,
            heard={key: frozenset(several) for key, several in reached.items()},
            hearing={symbol: tuple(rules.values()) for symbol, rules in hearing.items()},
            below=below,
            about=about,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What hypothetical records are judged with: the same floors as real ones."""

    facts: HypotheticalFacts
    listening: Callable[[Recomputed], Listening]
    """Who hears of what; worth keeping, as it hangs on the pack alone."""
    evaluator: RuleEngine
    enter: Enter


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What holds under one hypothesis."""

    facts: Mapping[Symbol, Fact]
    truths: Mapping[Symbol, Truth]
    """Of the facts, as evaluators take them."""
    rules: Mapping[RuleId, Truth]
    verdicts: Mapping[OptionId, Verdict]


@dataclass(slots=True)
class Trials:
    """Judges hypotheses about one decision."""

    recomputed: Recomputed
    floors: Floors
    listening: Listening = field(init=False)
    _undecided: frozenset[RuleId] = field(init=False)
    _as_it_is: Judged = field(init=False)

    def __post_init__(self) -> None:
        """Take the decision as it is; every hypothesis is judged by what it changes."""
        source = self.recomputed
        self.listening = self.floors.listening(source)
        self._undecided = source.undecided
        decision = source.decision
        terms = self.listening.terms
        facts = self.floors.facts.decide(decision.record, terms, decision.decided_at, source.base.facts)
        rules = source.evaluation.rules
        known = {**source.base.facts, **facts}
        self._as_it_is = Judged(
            facts=known,
            truths={symbol: fact.truth for symbol, fact in known.items()},
            rules=rules,
            verdicts={option_id: self._verdict(option_id, rules) for option_id in self.listening.about},
        )

    def hypotheses(self) -> Hypotheses:
        """Return what makes the hypotheses about this decision's record."""
        decision = self.recomputed.decision
        return Hypotheses(
            record=decision.record,
            vocabulary=self.recomputed.pack.vocabulary,
            reach=self.listening.reach,
            atoms=self.listening.atoms,
            heard=self.listening.heard,
            regions=Regions(readings=self.floors.facts, as_of=decision.decided_at),
            enter=self.floors.enter,
            today=decision.decided_at.date(),
        )

    def judged(self, hypotheses: Sequence[Hypothesis]) -> tuple[Judged, ...]:
        """Return what holds under each hypothesis."""
        found: list[Judged] = []
        for hypothesis in hypotheses:
            base = self._as_it_is if hypothesis.upon is None else found[hypothesis.upon]
            found.append(self._judge(hypothesis.record, hypothesis.touched, base))
        return tuple(found)

    def _judge(self, record: PatientRecord, touched: frozenset[Key], base: Judged) -> Judged:
        """Decide what the touched keys reach, evaluate the rules that hear a change, and their options."""
        atoms: dict[Symbol, Atom] = {}
        for key in touched:
            atoms.update(self.listening.reached.get(key, {}))
        given = dict(base.facts)
        for symbol in atoms:
            given.pop(symbol, None)
        as_of = self.recomputed.decision.decided_at
        found = self.floors.facts.decide(record, tuple(atoms.values()), as_of, given)
        changed = [symbol for symbol, fact in found.items() if fact.truth is not base.truths[symbol]]
        rules = {rule.rule_id: rule for symbol in changed for rule in self.listening.hearing.get(symbol, ())}
        facts = {**given, **found}
        if not changed:
            return Judged(facts=facts, truths=base.truths, rules=base.rules, verdicts=base.verdicts)
        known = {**base.truths, **{symbol: found[symbol].truth for symbol in changed}}
        truths = {**base.rules, **self._evaluated(tuple(rules.values()), known)}
        turned = [rule for rule_id, rule in rules.items() if truths[rule_id] is not base.rules[rule_id]]
        options = {
            option_id for rule in turned for option_id in rule.options if option_id in self.listening.about
        }
        verdicts = {option_id: self._verdict(option_id, truths) for option_id in options}
        return Judged(facts=facts, truths=known, rules=truths, verdicts={**base.verdicts, **verdicts})

    def _evaluated(self, rules: tuple[Rule, ...], truths: Mapping[Symbol, Truth]) -> Mapping[RuleId, Truth]:
        needed = frozenset[ConceptId]().union(*(self.listening.below[rule.rule_id] for rule in rules))
        concepts = tuple(
            concept for concept in self.recomputed.program.concepts if concept.concept_id in needed
        )
        return self.floors.evaluator.evaluate(Program(rules=rules, concepts=concepts), truths).rules

    def outcome(self, hypothesis: Hypothesis, judged: Judged) -> PossibleOutcome:
        """Return what would follow."""
        decision = self.recomputed.decision
        verdicts = tuple((option_id, judged.verdicts[option_id]) for option_id in self.listening.about)
        before = {item.option.option_id: item for item in decision.assessments}
        settled = sorted(rule for rule in self._undecided if judged.rules[rule] is not Truth.UNKNOWN)
        return PossibleOutcome(
            says=hypothesis.says,
            statement=hypothesis.statement,
            verdicts=verdicts,
            changes=tuple(
                VerdictChange(
                    option_id=option_id,
                    title=before[option_id].option.title,
                    before=before[option_id].verdict,
                    after=verdict,
                )
                for option_id, verdict in verdicts
                if verdict is not before[option_id].verdict
            ),
            settled=tuple(settled),
            fires=tuple(rule for rule in settled if judged.rules[rule] is Truth.TRUE),
        )

    def _verdict(self, option_id: OptionId, truths: Mapping[RuleId, Truth]) -> Verdict:
        held = [
            (severity, undecided, truth)
            for rule_id, severity, undecided in self.listening.about[option_id]
            if (truth := truths[rule_id]) is not Truth.FALSE
        ]
        return worst_of(
            [severity for severity, _, truth in held if truth is Truth.TRUE],
            [undecided for _, undecided, truth in held if truth is Truth.UNKNOWN],
        )


def _weight(rule: Rule) -> Weight:
    return (rule.rule_id, rule.then.severity, rule.while_undecided)
