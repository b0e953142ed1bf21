"""Why an option was spared a rule: which premises failed, and by how much.

Nothing here decides anything: the facts and the truth of every premise are those of the decision,
computed again from its sealed inputs; this module only walks the premises and measures distances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.decision.margins import margin_to
from engine.decision.recomputed import Recomputed
from engine.decision.traces import Tracer
from engine.domain.atoms import Atom, QuantityWithin
from engine.domain.facts import Fact, Reading
from engine.domain.ids import OptionId, QuantityId, Symbol
from engine.domain.options import Verdict
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise, Rule
from engine.domain.truth import Truth, negated
from engine.domain.why_not import FailingPremise, Margin, RuleNotFired, WhyNot
from engine.facts.within import in_canonical
from engine.ports import Program, RuleEngine
from engine.terminology.sentences import clause, sentence

_FAR = (2, 0)


def why_not(recomputed: Recomputed, option_id: OptionId, evaluator: RuleEngine) -> WhyNot:
    """Return every rule that speaks of an option and did not fire, with what it failed by.

    Args:
        recomputed: the decision, assessed again.
        option_id: one of its options.
        evaluator: tells what crossing one threshold alone would do to a rule.

    Raises:
        NotFound: the decision has no such option.
    """
    option = recomputed.option(option_id)
    about = [rule for rule in recomputed.program.rules if option_id in rule.options]
    silent = [rule for rule in about if recomputed.evaluation.rules[rule.rule_id] is not Truth.TRUE]
    walker = _Walker(recomputed, evaluator)
    told = [walker.told(rule) for rule in silent]
    false = [item for item in told if item.truth is Truth.FALSE]
    here = {rule.rule_id for rule in silent if recomputed.in_force(rule)}
    return WhyNot(
        decision_id=recomputed.decision.decision_id,
        option_id=option_id,
        option_title=option.title,
        verdict=_verdict(recomputed, option_id),
        fired=sum(recomputed.in_force(rule) for rule in about) - len(here),
        near_misses=tuple(sorted((item for item in false if item.nearest is not None), key=_nearest_first)),
        undecided=tuple(sorted((item for item in told if item.truth is Truth.UNKNOWN), key=_worst_first)),
        others=tuple(sorted((item for item in false if item.nearest is None), key=_worst_first)),
    )


def _verdict(recomputed: Recomputed, option_id: OptionId) -> Verdict:
    return recomputed.decision.assessed(option_id).verdict


def _nearest_first(item: RuleNotFired) -> tuple[bool, bool, object, int, str]:
    share = item.nearest.share if item.nearest is not None else None
    return (not item.alone, share is None, share or 0, item.severity.rank, item.rule_id)


def _worst_first(item: RuleNotFired) -> tuple[int, str]:
    return (item.severity.rank, item.rule_id)


@dataclass(slots=True)
class _Walker:
    """Walks the premises of rules down to the atoms that failed."""

    recomputed: Recomputed
    evaluator: RuleEngine
    tracer: Tracer = field(init=False)
    readings: dict[QuantityId, Reading] = field(init=False)

    def __post_init__(self) -> None:
        """Take the truths of the decision."""
        source = self.recomputed
        self.tracer = Tracer(source.pack, source.base, source.evaluation.concepts)
        self.readings = {reading.quantity: reading for reading in source.base.readings}

    def told(self, rule: Rule) -> RuleNotFired:
        truth = self.recomputed.evaluation.rules[rule.rule_id]
        failing = _each_once(self._failing(rule.when, (), wanted=Truth.TRUE))
        near = [item for item in failing if item.margin is not None and item.truth is Truth.FALSE]
        ordered = sorted(near, key=self._by_share)
        crossing = [item for item in ordered if self._alone(rule, item)]
        chosen = crossing[0] if crossing else ordered[0] if ordered else None
        nearest = chosen.margin if chosen is not None else None
        return RuleNotFired(
            rule_id=rule.rule_id,
            title=rule.title,
            sentence=sentence(rule, self.recomputed.pack),
            kind=rule.then.kind,
            severity=rule.then.severity,
            truth=truth,
            elsewhere=not self.recomputed.in_force(rule),
            failing=failing,
            nearest=nearest,
            alone=bool(crossing),
            says=_says(rule, truth, failing, nearest, alone=bool(crossing)),
            sources=rule.sources,
        )

    def _by_share(self, item: FailingPremise) -> tuple[bool, object]:
        share = item.margin.share if item.margin is not None else None
        return (share is None, share or 0)

    def _alone(self, rule: Rule, item: FailingPremise) -> bool:
        """Ask the evaluator whether the rule would fire if this premise held and all else stayed."""
        source = self.recomputed
        turned = {**source.truths, item.symbol: Truth.FALSE if item.negated else Truth.TRUE}
        evaluation = self.evaluator.evaluate(Program(rules=(rule,), concepts=source.program.concepts), turned)
        return evaluation.rules[rule.rule_id] is Truth.TRUE

    def _failing(
        self, premise: Premise, through: tuple[str, ...], *, wanted: Truth
    ) -> Iterator[FailingPremise]:
        """Yield the atoms that keep a premise from being as wanted, in reading order."""
        if self.tracer.truth(premise) is wanted:
            return
        match premise:
            case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
                for part in parts:
                    yield from self._failing(part, through, wanted=wanted)
            case Negation(part=part):
                yield from self._failing(part, through, wanted=negated(wanted))
            case Derived(concept=concept_id):
                concept = self.recomputed.pack.concepts[concept_id]
                yield from self._failing(concept.when, (*through, concept.title), wanted=wanted)
            case atom:
                yield self._leaf(atom, through, wanted=wanted)

    def _leaf(self, atom: Atom, through: tuple[str, ...], *, wanted: Truth) -> FailingPremise:
        fact = self.recomputed.base.facts[atom.symbol]
        turned = wanted is Truth.FALSE
        asked = clause(Negation(part=atom) if turned else atom, self.recomputed.pack)
        return FailingPremise(
            symbol=atom.symbol,
            negated=turned,
            truth=negated(fact.truth) if turned else fact.truth,
            needs=asked,
            found=fact.statement,
            through=through,
            margin=self._margin(atom, fact, turned=turned),
            missing=fact.missing,
        )

    def _margin(self, atom: Atom, fact: Fact, *, turned: bool) -> Margin | None:
        """Return the margin of an atom about a quantity that has a value, decided by that value."""
        if not isinstance(atom, QuantityWithin) or fact.truth is Truth.UNKNOWN:
            return None
        reading = self.readings.get(atom.quantity)
        if reading is None:
            return None
        known = self.recomputed.pack.vocabulary.quantities[atom.quantity]
        return margin_to(reading, in_canonical(atom.interval, known), known, negated=turned)


def _each_once(found: Iterator[FailingPremise]) -> tuple[FailingPremise, ...]:
    seen: dict[tuple[Symbol, bool], FailingPremise] = {}
    for item in found:
        seen.setdefault((item.symbol, item.negated), item)
    return tuple(seen.values())


def _says(
    rule: Rule, truth: Truth, failing: tuple[FailingPremise, ...], nearest: Margin | None, *, alone: bool
) -> str:
    """Return one exact sentence; what it says first is what failed first."""
    if truth is Truth.UNKNOWN:
        missing = {(item.kind, item.subject): item for one in failing for item in one.missing}
        asked = "; ".join(f"{item.title} ({item.reason})" for item in missing.values())
        return f"“{rule.title}” is undecided: {asked}."
    first = failing[0]
    needs = f"it needs that {first.needs}"
    more = f", and {len(failing) - 1} more of its premises fail" if len(failing) > 1 else ""
    text = f"“{rule.title}” did not fire: {needs}, but found was: {first.found}{more}."
    if nearest is None:
        return text
    would = "That threshold alone keeps it from firing." if alone else "Crossing it alone would not fire it."
    return f"{text} Nearest: {nearest.says}. {would}"
