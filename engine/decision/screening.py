"""Verdicts for many patients: rules alone, both evaluators, only the facts that matter.

What an assessment says of an option, a screening says as well, by law; it leaves out sentences, traces and
the facts that no rule in question asks for, which is most of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.decision.options import for_patient
from engine.decision.plan import Plan, Plans
from engine.decision.truths import AtomsOfLists, TruthsOnDemand
from engine.decision.verdicts import worst_of
from engine.domain.atoms import Atom
from engine.domain.facts import Fact
from engine.domain.ids import IndicationId, OptionId, PatientId, RuleId
from engine.domain.options import Verdict
from engine.domain.pack import RulePack
from engine.domain.patient import PatientRecord
from engine.domain.rules import Jurisdiction, Rule
from engine.domain.therapy import Indication
from engine.domain.truth import Truth, not_false
from engine.facts.reach import Reach
from engine.ports import Evaluation, RuleEngine
from engine.terminology.index import VocabularyIndex

#: Opens a record with the words of a pack, at a moment: what then decides one atom.
OpenRecord = Callable[[RulePack, PatientRecord, datetime], Callable[[Atom], Fact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedOption:
    """What the rules make of one option."""

    option_id: OptionId
    verdict: Verdict
    fired: tuple[RuleId, ...]
    """Worst first."""
    undecided: tuple[RuleId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What the rules make of every option, for one patient."""

    patient_id: PatientId
    synthetic: bool
    options: tuple[ScreenedOption, ...]
    """In the order of the indication."""
    faults: tuple[str, ...]
    """Of the rule engine or of the facts; with any, no option can be assessed."""


class Screener:
    """Screens patients one batch after the other."""

    def __init__(
        self,
        index: Callable[[RulePack], VocabularyIndex],
        open_record: OpenRecord,
        engine: RuleEngine,
    ) -> None:
        """Take the words of a pack, what opens records with them, and the cross-checked rule engine."""
        self._index = index
        self._open_record = open_record
        self._engine = engine
        self._plans = Plans()
        self._lists: tuple[Plan, AtomsOfLists] | None = None

    def _lists_of(self, plan: Plan) -> AtomsOfLists:
        """Return the atoms of lists of a plan; patients are screened by one plan at a time."""
        if self._lists is None or self._lists[0] is not plan:
            reach = Reach(self._index(plan.pack))
            self._lists = (plan, AtomsOfLists.among(plan.by_symbol, reach))
        return self._lists[1]

    def screen(
        self,
        pack: RulePack,
        records: Sequence[PatientRecord],
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> tuple[Screened, ...]:
        """Return the verdicts for each patient of a batch, in their order."""
        indication = pack.indications[indication_id]
        plan = self._plans.plan(pack, indication)
        lists = self._lists_of(plan)
        truths = [
            TruthsOnDemand(
                plan.by_symbol, lists, record, pack.vocabulary, self._open_record(pack, record, as_of)
            )
            for record in records
        ]
        answers = self._engine.evaluate_all(plan.program, truths)
        return tuple(
            _screened(
                plan,
                for_patient(indication, record, as_of.date(), jurisdiction),
                record,
                evaluation,
                (*evaluation.faults, *decided.faults),
                jurisdiction,
            )
            for record, evaluation, decided in zip(records, answers, truths, strict=True)
        )


def _screened(
    plan: Plan,
    indication: Indication,
    record: PatientRecord,
    evaluation: Evaluation,
    faults: tuple[str, ...],
    jurisdiction: Jurisdiction,
) -> Screened:
    """Return the verdicts that one patient's evaluation amounts to."""
    about: dict[OptionId, list[tuple[Rule, Truth]]] = {option.option_id: [] for option in indication.options}
    for rule_id, truth in not_false(evaluation.rules).items():
        rule = plan.rules[rule_id]
        if rule.jurisdiction in (None, jurisdiction):
            for option_id in rule.options:
                if option_id in about:
                    about[option_id].append((rule, truth))
    return Screened(
        patient_id=record.patient_id,
        synthetic=record.synthetic,
        options=tuple(_option(option_id, rules, faults=bool(faults)) for option_id, rules in about.items()),
        faults=faults,
    )


def _option(option_id: OptionId, about: list[tuple[Rule, Truth]], *, faults: bool) -> ScreenedOption:
    about.sort(key=lambda item: (item[0].then.severity.rank, item[0].rule_id))
    fired = [rule for rule, truth in about if truth is Truth.TRUE]
    undecided = [rule for rule, truth in about if truth is Truth.UNKNOWN]
    verdict = worst_of(
        [rule.then.severity for rule in fired],
        [rule.while_undecided for rule in undecided],
    )
    return ScreenedOption(
        option_id=option_id,
        verdict=Verdict.UNASSESSABLE if faults else verdict,
        fired=tuple(rule.rule_id for rule in fired),
        undecided=tuple(rule.rule_id for rule in undecided),
    )
