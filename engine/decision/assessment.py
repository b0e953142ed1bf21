"""Assessing every option of one indication against one record: rules only, no model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from engine.decision.conclusions import dose_of, quantities_of, titles, watches, with_alternatives
from engine.decision.options import for_patient, not_covered
from engine.decision.traces import Grounds, Tracer
from engine.decision.verdicts import settle_order, verdict_of
from engine.decision.wording import Wording
from engine.domain.decision import EngineReport
from engine.domain.facts import Fact, FactBase, Reading
from engine.domain.findings import Finding, ToSettle, Undecided
from engine.domain.ids import IndicationId
from engine.domain.options import Assessment
from engine.domain.pack import RulePack
from engine.domain.patient import PatientRecord
from engine.domain.provenance import Checked
from engine.domain.rules import Atom, Jurisdiction, Rule, WhenUnknown, atoms_of, concepts_of
from engine.domain.therapy import Indication, TherapyOption
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.ports import Evaluation, FactSource, Program, RuleEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What the rules say of every option of an indication, with everything they looked at."""

    assessments: tuple[Assessment, ...]
    facts: tuple[Fact, ...]
    readings: tuple[Reading, ...]
    context: tuple[TraceNode, ...]
    to_settle: tuple[ToSettle, ...]
    engine: EngineReport
    not_covered: tuple[str, ...] = ()


class RuleAssessor:
    """Assesses options with the two rule evaluators over the facts floor."""

    def __init__(self, facts: Callable[[RulePack], FactSource], engine: RuleEngine) -> None:
        """Take a maker of fact sources, one a pack, and the cross-checked rule engine."""
        self._facts = facts
        self._engine = engine

    def assess(
        self,
        pack: RulePack,
        record: PatientRecord,
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> tuple[Assessment, ...]:
        """Return the assessments alone, in the order of the indication's options."""
        return self.appraise(pack, record, indication_id, jurisdiction, as_of).assessments

    def appraise(
        self,
        pack: RulePack,
        record: PatientRecord,
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> Appraisal:
        """Assess every option, and keep what was looked at."""
        day = as_of.date()
        indication = for_patient(pack.indications[indication_id], record, day)
        program = program_of(pack, indication)
        quantities = tuple(dict.fromkeys((*indication.display_quantities, *quantities_of(program.rules))))
        base = self._facts(pack).assemble(record, atoms_of_program(program), quantities, as_of)
        evaluation = self._engine.evaluate(program, base.truths())
        tracer = Tracer(pack, base, evaluation.concepts)
        view = _View(pack, base, evaluation, tracer, jurisdiction, as_of)
        assessments = with_alternatives(
            tuple(view.assess(option, program.rules) for option in indication.options),
            {rule.rule_id: rule.then.alternatives for rule in program.rules if rule.then.alternatives},
        )
        return Appraisal(
            assessments=assessments,
            facts=tuple(base.facts[symbol] for symbol in sorted(base.facts)),
            readings=base.readings,
            context=tuple(tracer.concept(concept) for concept in indication.context),
            to_settle=settle_order(assessments),
            engine=EngineReport(
                engine=self._engine.name, agreed=not evaluation.faults, faults=evaluation.faults
            ),
            not_covered=not_covered(indication, record, day, pack.vocabulary),
        )


def program_of(pack: RulePack, indication: Indication) -> Program:
    """Return the rules that speak of an indication's options, with the concepts they need."""
    rules = pack.rules_for(tuple(option.option_id for option in indication.options))
    roots = [concept for rule in rules for concept in concepts_of(rule.when)]
    return Program(
        rules=rules, concepts=pack.concepts_below(tuple(dict.fromkeys([*roots, *indication.context])))
    )


def atoms_of_program(program: Program) -> tuple[Atom, ...]:
    """Return every atom that a program asks for, each once."""
    premises = [rule.when for rule in program.rules] + [item.when for item in program.concepts]
    found = {atom.symbol: atom for premise in premises for atom in atoms_of(premise)}
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _View:
    """One evaluation, seen option by option."""

    pack: RulePack
    base: FactBase
    evaluation: Evaluation
    tracer: Tracer
    jurisdiction: Jurisdiction
    as_of: datetime

    def assess(self, option: TherapyOption, rules: tuple[Rule, ...]) -> Assessment:
        """Return what the rules say of one option."""
        findings: list[Finding] = []
        elsewhere: list[Finding] = []
        undecided: list[Undecided] = []
        about = [rule for rule in rules if option.option_id in rule.options]
        here = [rule for rule in about if rule.jurisdiction in (None, self.jurisdiction)]
        for rule in about:
            truth = self.evaluation.rules[rule.rule_id]
            if truth is Truth.FALSE:
                continue
            grounds = self.tracer.grounds(rule)
            if truth is Truth.TRUE:
                into = findings if rule in here else elsewhere
                into.append(self._finding(rule, option, grounds))
            elif rule in here:
                undecided.append(_undecided(rule, option, grounds))
        faults = self.evaluation.faults
        return Assessment(
            option=option,
            verdict=verdict_of(findings, undecided, faults),
            findings=tuple(sorted(findings, key=_worst_first)),
            undecided=tuple(sorted(undecided, key=_worst_first)),
            elsewhere=tuple(sorted(elsewhere, key=_worst_first)),
            rules_checked=len(here),
            faults=faults,
        )

    def _finding(self, rule: Rule, option: TherapyOption, grounds: Grounds) -> Finding:
        wording = Wording(self.pack, self.base, grounds.facts, option, self.as_of.date())
        seen = all(self.pack.citations[source.citation].checked is Checked.SEEN for source in rule.sources)
        computed, not_computed = dose_of(rule.then, self.pack, self.base)
        return Finding(
            rule_id=rule.rule_id,
            rule_title=rule.title,
            option_id=option.option_id,
            kind=rule.then.kind,
            severity=rule.then.severity,
            strength=rule.then.strength,
            say=wording.fill(rule.then.say),
            manage=wording.fill(rule.then.manage),
            dose=wording.fill(rule.then.dose) or (computed.text if computed is not None else not_computed),
            sources=rule.sources,
            sources_seen=seen,
            status=rule.status.value,
            why=grounds.node,
            computed=computed,
            watch=watches(rule.then.monitoring),
            starts=titles(rule.then.starts, self.pack),
        )


def _undecided(rule: Rule, option: TherapyOption, grounds: Grounds) -> Undecided:
    return Undecided(
        rule_id=rule.rule_id,
        rule_title=rule.title,
        option_id=option.option_id,
        kind=rule.then.kind,
        severity=rule.then.severity,
        blocks=rule.when_unknown is WhenUnknown.CANNOT_BE_ASSESSED,
        missing=grounds.missing,
        because=rule.unknown_because,
        sources=rule.sources,
        why=grounds.node,
    )


def _worst_first(item: Finding | Undecided) -> tuple[int, str]:
    return (item.severity.rank, item.rule_id)
