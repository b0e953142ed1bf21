"""Assessing every option of one indication against one record: rules only, no model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from engine.decision.conclusions import dose_of, offered
from engine.decision.options import for_patient, marketed, not_covered, not_offered
from engine.decision.plan import Plan, Plans
from engine.decision.replacements import trials, with_replacements
from engine.decision.traces import Grounds, Tracer
from engine.decision.verdicts import settle_order, worst_of
from engine.decision.wording import Wording
from engine.domain.decision import EngineReport
from engine.domain.facts import Fact, FactBase, Reading
from engine.domain.findings import Finding, Severity, ToSettle, Undecided
from engine.domain.ids import IndicationId, OptionId, RuleId
from engine.domain.options import Assessment, Verdict
from engine.domain.pack import RulePack
from engine.domain.patient import PatientRecord
from engine.domain.rules import Jurisdiction, Rule
from engine.domain.therapy import Indication, NotOffered, OptionsFrom, TherapyOption
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
    not_covered: tuple[str, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()


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
        for indication in pack.indications.values():
            plan = self._plans.plan(pack, indication)
            faults = self._engine.prepare(plan.program) or self._engine.evaluate(plan.program, {}).faults
            if faults:
                raise RuleEngineFailed(
                    f"the rules for {indication.title} cannot be evaluated: {' '.join(faults)}",
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
        """Return what ``appraise`` would of each record; the rule engine is asked about them together.

        Those that have other options, as the drugs of their own lists, are asked about apart.
        """
        whole = pack.indications[indication_id]
        foreign = not_offered(whole, jurisdiction, pack)
        asked = [for_patient(whole, record, as_of.date(), jurisdiction) for record in records]
        plans = [self._plans.plan(pack, each) for each in asked]
        source = self._facts(pack)
        bases = [
            source.assemble(record, plan.atoms, plan.quantities, as_of)
            for record, plan in zip(records, plans, strict=True)
        ]

        def appraised(place: int, answer: Evaluation) -> _Done:
            indication, base = asked[place], bases[place]
            facts = plans[place].facts(base)  # each was decided, or nothing is said
            tracer = Tracer(pack, base, answer.concepts)
            view = _View(plans[place], indication, base, answer, tracer, jurisdiction, as_of)
            left = not_covered(indication, records[place], as_of.date(), pack.vocabulary)
            return _Done(view, self._appraised(view, facts, left, foreign))

        ahead = _Ahead(appraised)
        answers = self._evaluated(plans, bases, ahead)
        found: list[Appraisal] = []
        for place, record in enumerate(records):
            done = ahead.of(place, answers[place]) or appraised(place, answers[place])
            found.append(self._with_replacements(done.appraisal, done.view, record))
        return tuple(found)

    def _with_replacements(self, appraised: Appraisal, view: _View, record: PatientRecord) -> Appraisal:
        """Try what rules name instead of an excluded drug of the list; a fault in that is a fault of all."""
        pack, named = view.plan.pack, view.plan.alternatives
        whole = marketed(pack.indications[view.indication.indication_id], view.jurisdiction)
        wanted = trials(whole, record, view.as_of.date(), appraised.assessments, named)
        faults: dict[str, None] = {}
        tried: dict[OptionId, tuple[Assessment, ...]] = {}
        for trial in wanted:
            plan = self._plans.plan(pack, trial.indication)
            base = self._facts(pack).assemble(trial.record, plan.atoms, plan.quantities, view.as_of)
            plan.facts(base)  # each was decided
            (answer,) = self._evaluated([plan], [base])
            tracer = Tracer(pack, base, answer.concepts)
            seen = _View(plan, trial.indication, base, answer, tracer, view.jurisdiction, view.as_of)
            faults |= dict.fromkeys(answer.faults)
            tried[trial.instead_of] = seen.assessments()
        if not tried:
            return appraised
        engine = appraised.engine
        return replace(
            appraised,
            assessments=with_replacements(appraised.assessments, tried, named),
            engine=replace(engine, agreed=engine.agreed and not faults, faults=(*engine.faults, *faults)),
        )

    def _evaluated(
        self, plans: Sequence[Plan], bases: Sequence[FactBase], ahead: _Ahead | None = None
    ) -> list[Evaluation]:
        """Evaluate each plan once for all the records that share it."""
        places: dict[int, list[int]] = {}
        for place, plan in enumerate(plans):
            places.setdefault(id(plan), []).append(place)
        found: dict[int, Evaluation] = {}
        for several in places.values():
            plan = plans[several[0]]
            truths = [plan.truths(bases[place]) for place in several]
            meanwhile = None if ahead is None else partial(_early, ahead, several)
            answers = self._engine.evaluate_all(plan.program, truths, meanwhile)
            found.update(zip(several, answers, strict=True))
        return [found[place] for place in range(len(plans))]

    def _appraised(
        self, view: _View, facts: tuple[Fact, ...], left: tuple[str, ...], foreign: tuple[NotOffered, ...]
    ) -> Appraisal:
        assessments = view.assessments()
        faults = view.evaluation.faults
        return Appraisal(
            assessments=assessments,
            facts=facts,
            readings=view.base.readings,
            context=tuple(view.tracer.concept(concept) for concept in view.indication.context),
            to_settle=settle_order(assessments),
            engine=EngineReport(engine=self._engine.name, agreed=not faults, faults=faults),
            not_covered=left,
            not_offered=foreign,
        )


#: A rule that is not false, whether it fires (or is undecided), and whether it counts under the law of here.
_Spoken = tuple[Rule, bool, bool]


@dataclass(frozen=True, slots=True)
class _View:
    """One evaluation, seen option by option."""

    plan: Plan
    indication: Indication
    """With the options that there are for this patient."""
    base: FactBase
    evaluation: Evaluation
    tracer: Tracer
    jurisdiction: Jurisdiction
    as_of: datetime
    _said: dict[RuleId, Finding] = field(default_factory=dict)
    """Findings that are the same for every option but for its name."""

    def assessments(self) -> tuple[Assessment, ...]:
        """Return what the rules say of every option, in their order."""
        about = self.by_option()
        verdicts = {option_id: self.verdict(spoken) for option_id, spoken in about.items()}
        return tuple(
            [self.assess(option, about[option.option_id], verdicts) for option in self.indication.options]
        )

    def by_option(self) -> dict[OptionId, list[_Spoken]]:
        """Return for each option the rules that speak of it and are not false, worst first."""
        about: dict[OptionId, list[_Spoken]] = {option.option_id: [] for option in self.indication.options}
        truths = not_false(self.evaluation.rules)
        for rule in sorted([self.plan.rules[rule_id] for rule_id in truths], key=_worst_first):
            here = rule.jurisdiction is None or rule.jurisdiction is self.jurisdiction
            spoken = rule, truths[rule.rule_id] is Truth.TRUE, here
            for option_id in rule.options:
                if option_id in about:
                    about[option_id].append(spoken)
        return about

    def verdict(self, spoken: Iterable[_Spoken]) -> Verdict:
        """Return what the rules about one option make of it.

        A fault of the engine comes first: with it nothing may be said; the findings stand beside it.
        """
        if self.evaluation.faults:
            return Verdict.UNASSESSABLE
        fired: list[Severity] = []
        undecided: list[tuple[Severity, bool]] = []
        for rule, fires, here in spoken:
            if here and fires:
                fired.append(rule.then.severity)
            elif here:
                undecided.append(rule.while_undecided)
        return worst_of(fired, undecided)

    def assess(
        self, option: TherapyOption, spoken: Iterable[_Spoken], verdicts: Mapping[OptionId, Verdict]
    ) -> Assessment:
        """Return what the rules say of one option, worst first.

        Args:
            option: to be assessed.
            spoken: the rules that speak of it and are not false, worst first.
            verdicts: of all options, for alternatives.
        """
        findings: list[Finding] = []
        elsewhere: list[Finding] = []
        undecided: list[Undecided] = []
        for rule, fires, here in spoken:
            if fires and here:
                findings.append(self._finding(rule, option, verdicts))
            elif here:
                undecided.append(_undecided(rule, option, self.tracer.grounds(rule)))
            elif fires:
                elsewhere.append(self._finding(rule, option, {}))
        return Assessment(
            option=option,
            verdict=verdicts[option.option_id],
            findings=tuple(findings),
            undecided=tuple(undecided),
            elsewhere=tuple(elsewhere),
            rules_checked=self.plan.in_force[option.option_id, self.jurisdiction],
            faults=self.evaluation.faults,
        )

    def _finding(self, rule: Rule, option: TherapyOption, verdicts: Mapping[OptionId, Verdict]) -> Finding:
        named = self.plan.alternatives.get(rule.rule_id)
        others = self._others(named, option, verdicts) if named else ()
        said = self._said.get(rule.rule_id)
        if said is not None:
            return said.about(option.option_id, others)
        pack = self.plan.pack
        grounds = self.tracer.grounds(rule)
        wording = Wording(pack, self.base, grounds.facts, option, self.as_of.date())
        standing = self.plan.standing(rule)
        computed, not_computed = dose_of(rule.then, pack, self.base)
        if rule.then.formula is not None:
            wording.bind("dose", computed.text if computed is not None else not_computed)
        finding = Finding(
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
            sources_seen=standing.sources_seen,
            status=rule.status.value,
            why=grounds.node,
            computed=computed,
            watch=standing.watch,
            alternatives=others,
            no_alternative=rule.then.no_alternative,
            starts=standing.starts,
        )
        if not wording.names_the_option:
            self._said[rule.rule_id] = finding
        return finding

    def _others(
        self, named: Sequence[OptionId], option: TherapyOption, verdicts: Mapping[OptionId, Verdict]
    ) -> tuple[OptionId, ...]:
        """Return the options that may be offered in the place of one, of those that a rule names.

        What is on a list already is taken in no other's place: there, others are tried.
        """
        if self.indication.options_from is not OptionsFrom.LISTED:
            return ()
        return offered([each for each in named if each != option.option_id], verdicts)


@dataclass(frozen=True, slots=True)
class _Done:
    """One evaluation with what it amounts to."""

    view: _View
    appraisal: Appraisal


class _Ahead:
    """What one evaluator's answers amount to, worked out while the other still computes.

    It holds only where the referee returns that very answer: of any other object nothing of it is used.
    """

    def __init__(self, work: Callable[[int, Evaluation], _Done]) -> None:
        """Take what works an answer about the patient of a place out."""
        self._work = work
        self._done: dict[int, _Done] = {}

    def __call__(self, place: int, answer: Evaluation) -> None:
        """Work it out; whatever goes wrong goes wrong again after the referee, and is told there."""
        with suppress(Exception):
            self._done[place] = self._work(place, answer)

    def of(self, place: int, answer: Evaluation) -> _Done | None:
        """Return what was worked out, if it was from this answer."""
        done = self._done.get(place)
        return done if done is not None and done.view.evaluation is answer else None


def _early(ahead: _Ahead, several: Sequence[int], number: int, answer: Evaluation) -> None:
    """Pass on what is said of the patient of a number among several, by the place it has among all."""
    ahead(several[number], answer)


def _undecided(rule: Rule, option: TherapyOption, grounds: Grounds) -> Undecided:
    return Undecided(
        rule_id=rule.rule_id,
        rule_title=rule.title,
        option_id=option.option_id,
        kind=rule.then.kind,
        severity=rule.then.severity,
        blocks=rule.blocks,
        missing=grounds.missing,
        because=rule.unknown_because,
        sources=rule.sources,
        why=grounds.node,
    )


def _worst_first(rule: Rule) -> tuple[int, str]:
    return (rule.then.severity.rank, rule.rule_id)
