"""A recorded decision, assessed again from its own sealed inputs, so that it can be asked questions."""

from __future__ import annotations

from dataclasses import dataclass

from engine.decision.assessment import Appraisal, RuleAssessor
from engine.decision.options import for_patient
from engine.decision.plan import program_of
from engine.domain.decision import Decision
from engine.domain.facts import FactBase
from engine.domain.ids import OptionId, RuleId, Symbol
from engine.domain.pack import RulePack
from engine.domain.rules import Rule
from engine.domain.therapy import Indication, TherapyOption
from engine.domain.truth import Truth
from engine.errors import InvariantBroken, NotFound, RuleEngineFailed
from engine.ports import Evaluation, Program, RuleEngine
from engine.terminology.alike import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A decision with all that its rules looked at."""

    decision: Decision
    pack: RulePack
    indication: Indication
    program: Program
    appraisal: Appraisal
    base: FactBase
    truths: dict[Symbol, Truth]
    evaluation: Evaluation

    def option(self, option_id: OptionId) -> TherapyOption:
        """Return one of the decision's options.

        Raises:
            NotFound: the decision has no such option.
        """
        for option in self.indication.options:
            if option.option_id == option_id:
                return option
        raise NotFound(
            f"{option_id!r} is not an option of this decision.",
            hint=did_you_mean(option_id, (option.option_id for option in self.indication.options)),
        )

    def in_force(self, rule: Rule) -> bool:
        """Tell whether a rule holds under the decision's jurisdiction."""
        return rule.jurisdiction in (None, self.decision.request.jurisdiction)

    @property
    def undecided(self) -> frozenset[RuleId]:
        """Return the rules in force that could not be decided."""
        return frozenset(
            rule.rule_id
            for rule in self.program.rules
            if self.in_force(rule) and self.evaluation.rules[rule.rule_id] is Truth.UNKNOWN
        )


def recomputed(
    decision: Decision, pack: RulePack, assessor: RuleAssessor, evaluator: RuleEngine
) -> Recomputed:
    """Assess a decision again, and refuse to speak of it unless the same comes out.

    Args:
        decision: as it was recorded.
        pack: the one it was made with, its thresholds those of its day.
        assessor: the one that recommendations come from.
        evaluator: tells the truth of each rule from the facts, and later of hypotheses.

    Raises:
        RuleEngineFailed: the engines had a fault, then or now, so that no rule was decided.
        InvariantBroken: it comes out otherwise than it was recorded.
    """
    if decision.engine.faults:
        raise RuleEngineFailed(
            f"decision {decision.decision_id} was recorded with an engine fault, so that its rules were not"
            " decided and no datum can settle them.",
            hint="Ask for a new recommendation.",
        )
    asked = pack.indications[decision.request.indication_id]
    indication = for_patient(
        asked, decision.record, decision.decided_at.date(), decision.request.jurisdiction
    )
    appraisal = assessor.appraise(
        pack, decision.record, indication.indication_id, decision.request.jurisdiction, decision.decided_at
    )
    if appraisal.engine.faults:
        raise RuleEngineFailed(
            f"the rules could not be evaluated again: {' '.join(appraisal.engine.faults)}",
            hint="Try again; if it stays, tell whoever runs this machine.",
        )
    if appraisal.assessments != decision.assessments:
        raise InvariantBroken(
            f"decision {decision.decision_id} comes out otherwise than it was recorded.",
            hint="Replay it to see where, and tell the safety officer.",
        )
    program = program_of(pack, indication)
    facts = {fact.symbol: fact for fact in appraisal.facts}
    base = FactBase(facts=facts, readings=appraisal.readings)
    truths = base.truths()
    return Recomputed(
        decision=decision,
        pack=pack,
        indication=indication,
        program=program,
        appraisal=appraisal,
        base=base,
        truths=truths,
        evaluation=evaluator.evaluate(program, truths),
    )
