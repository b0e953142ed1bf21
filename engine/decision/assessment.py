"""Assessing every option of one indication against one record: rules only, no model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.decision.plan import Plan, Plans
from engine.decision.traces import Grounds, Tracer
from engine.decision.verdicts import settle_order, verdict_of
from engine.decision.wording import Wording
from engine.domain.decision import EngineReport
from engine.domain.facts import Fact, FactBase, Reading
from engine.domain.findings import Finding, ToSettle, Undecided
from engine.domain.ids import IndicationId, OptionId, RuleId
from engine.domain.options import Assessment
from engine.domain.pack import RulePack
from engine.domain.patient import PatientRecord
from engine.domain.provenance import Checked
from engine.domain.rules import Jurisdiction, Rule, WhenUnknown
from engine.domain.therapy import TherapyOption
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth, not_false
from engine.errors import RuleEngineFailed
from engine.ports import Evaluation, FactSource, RuleEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What the rules say of every option of an indication, with everything they looked at."""

    assessments: tuple[Assessment, ...]
    facts: tuple[Fact, ...]
    readings: tuple[Reading, ...]
    context: tuple[TraceNode, ...]
    to_settle: tuple[ToSettle, ...]
    engine: EngineReport


class RuleAssessor:
    """Assesses options with the two rule evaluators over the facts floor."""

    def __init__(self, facts: Callable[[RulePack], FactSource], engine: RuleEngine) -> None:
        """Take a maker of fact sources, one a pack, and the cross-checked rule engine."""
        self._facts = facts
        self._engine = engine
        self._plans = Plans()

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

    def warm(self, pack: RulePack) -> None:
        """Make a pack ready in both evaluators, and try it on a patient of whom nothing is known.

        Every rule that asks for anything is undecided then, so that every rule passes through both.

        Raises:
            RuleEngineFailed: an indication cannot be evaluated; the pack must not be put in use.
        """
        for indication_id in pack.indications:
            plan = self._plans.plan(pack, indication_id)
            faults = self._engine.prepare(plan.program) or self._engine.evaluate(plan.program, {}).faults
            if faults:
                raise RuleEngineFailed(
                    f"the rules for {plan.indication.title} cannot be evaluated: {' '.join(faults)}",
                    hint="The rules in use until now stay in use.",
                )

    def appraise(
        self,
        pack: RulePack,
        record: PatientRecord,
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> Appraisal:
        """Assess every option, and keep what was looked at."""
        (appraisal,) = self.appraise_all(pack, (record,), indication_id, jurisdiction, as_of)
        return appraisal

    def appraise_all(
        self,
        pack: RulePack,
        records: Sequence[PatientRecord],
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> tuple[Appraisal, ...]:
        """Return what ``appraise`` would of each record; the rule engine is asked about them together."""
        plan = self._plans.plan(pack, indication_id)
        source, shown = self._facts(pack), plan.indication.display_quantities
        bases = [source.assemble(record, plan.atoms, shown, as_of) for record in records]
        facts = [plan.facts(base) for base in bases]
        answers = self._engine.evaluate_all(plan.program, [plan.truths(each) for each in facts])
        return tuple(
            self._appraised(plan, base, each, evaluation, jurisdiction, as_of)
            for base, each, evaluation in zip(bases, facts, answers, strict=True)
        )

    def _appraised(
        self,
        plan: Plan,
        base: FactBase,
        facts: tuple[Fact, ...],
        evaluation: Evaluation,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> Appraisal:
        tracer = Tracer(plan.pack, base, evaluation.concepts)
        view = _View(plan, base, evaluation, tracer, jurisdiction, as_of)
        about = view.by_option()
        assessments = tuple(
            view.assess(option, about[option.option_id]) for option in plan.indication.options
        )
        return Appraisal(
            assessments=assessments,
            facts=facts,
            readings=base.readings,
            context=tuple(tracer.concept(concept) for concept in plan.indication.context),
            to_settle=settle_order(assessments),
            engine=EngineReport(
                engine=self._engine.name, agreed=not evaluation.faults, faults=evaluation.faults
            ),
        )


@dataclass(frozen=True, slots=True)
class _View:
    """One evaluation, seen option by option."""

    plan: Plan
    base: FactBase
    evaluation: Evaluation
    tracer: Tracer
    jurisdiction: Jurisdiction
    as_of: datetime
    _said: dict[RuleId, Finding] = field(default_factory=dict)
    """Findings that are the same for every option but for its name."""

    def by_option(self) -> dict[OptionId, list[Rule]]:
        """Return for each option the rules that speak of it and are not false."""
        about: dict[OptionId, list[Rule]] = {option.option_id: [] for option in self.plan.indication.options}
        for rule_id in not_false(self.evaluation.rules):
            rule = self.plan.rules[rule_id]
            for option_id in rule.options:
                if option_id in about:
                    about[option_id].append(rule)
        return about

    def assess(self, option: TherapyOption, rules: Iterable[Rule]) -> Assessment:
        """Return what the rules say of one option."""
        findings: list[Finding] = []
        elsewhere: list[Finding] = []
        undecided: list[Undecided] = []
        for rule in rules:
            truth = self.evaluation.rules[rule.rule_id]
            here = rule.jurisdiction in (None, self.jurisdiction)
            grounds = self.tracer.grounds(rule)
            if truth is Truth.TRUE:
                into = findings if here else elsewhere
                into.append(self._finding(rule, option, grounds))
            elif here:
                undecided.append(_undecided(rule, option, grounds))
        faults = self.evaluation.faults
        return Assessment(
            option=option,
            verdict=verdict_of(findings, undecided, faults),
            findings=tuple(sorted(findings, key=_worst_first)),
            undecided=tuple(sorted(undecided, key=_worst_first)),
            elsewhere=tuple(sorted(elsewhere, key=_worst_first)),
            rules_checked=self.plan.in_force[option.option_id, self.jurisdiction],
            faults=faults,
        )

    def _finding(self, rule: Rule, option: TherapyOption, grounds: Grounds) -> Finding:
        said = self._said.get(rule.rule_id)
        if said is not None:
            return replace(said, option_id=option.option_id)
        wording = Wording(self.plan.pack, self.base, grounds.facts, option, self.as_of.date())
        citations = self.plan.pack.citations
        seen = all(citations[source.citation].checked is Checked.SEEN for source in rule.sources)
        finding = Finding(
            rule_id=rule.rule_id,
            rule_title=rule.title,
            option_id=option.option_id,
            kind=rule.then.kind,
            severity=rule.then.severity,
            strength=rule.then.strength,
            say=wording.fill(rule.then.say),
            manage=wording.fill(rule.then.manage),
            dose=wording.fill(rule.then.dose),
            sources=rule.sources,
            sources_seen=seen,
            status=rule.status.value,
            why=grounds.node,
        )
        if not wording.names_the_option:
            self._said[rule.rule_id] = finding
        return finding


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
