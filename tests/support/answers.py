"""Answers about the scripted decision on stroke prevention: why not, and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from builders import a_missing_datum, a_source

from engine.domain.decision import Decision
from engine.domain.findings import FindingKind, MissingDatum, MissingKind, Severity
from engine.domain.ids import DecisionId, OptionId, QuantityId, RuleId, Symbol
from engine.domain.information import InformationValue, PossibleOutcome, VerdictChange
from engine.domain.options import Verdict
from engine.domain.patient import Statement, StatementKind
from engine.domain.quantities import Interval, Quantity
from engine.domain.truth import Truth
from engine.domain.why_not import FailingPremise, Margin, RuleNotFired, WhyNot

CLEARANCE = "creatinine clearance (Cockcroft-Gault)"


def a_margin(**changes: Any) -> Margin:
    """Return a clearance of 62.3 that is 12.3 above a limit of 50."""
    made: dict[str, Any] = {
        "quantity": QuantityId("crcl"),
        "title": CLEARANCE,
        "value": Quantity(value=Decimal("62.3"), unit="mL/min"),
        "interval": Interval(unit="mL/min", high=Decimal(50), high_closed=True),
        "threshold": Quantity(value=Decimal(50), unit="mL/min"),
        "distance": Quantity(value=Decimal("12.3"), unit="mL/min"),
        "share": Decimal("0.246"),
        "crosses_at": Quantity(value=Decimal(50), unit="mL/min"),
        "says": f"{CLEARANCE} 62.3 mL/min is 12.3 mL/min (25 %) above 50 mL/min",
    }
    return Margin(**(made | changes))


def a_failing_premise(**changes: Any) -> FailingPremise:
    """Return a premise on the clearance that does not hold."""
    made: dict[str, Any] = {
        "symbol": Symbol("quantity:crcl at most 50 mL/min"),
        "negated": False,
        "truth": Truth.FALSE,
        "needs": f"{CLEARANCE} is at most 50 mL/min [rivaroxaban.reduction]",
        "found": f"{CLEARANCE} 62.3 mL/min (12 days ago), not at most 50 mL/min",
        "through": (),
        "margin": a_margin(),
        "missing": (),
    }
    return FailingPremise(**(made | changes))


def an_unknown_premise(missing: MissingDatum | None = None, **changes: Any) -> FailingPremise:
    """Return a premise whose datum is missing."""
    datum = missing or a_missing_datum()
    made: dict[str, Any] = {
        "symbol": Symbol(f"missing:{datum.subject}"),
        "truth": Truth.UNKNOWN,
        "needs": f"{datum.title} is below 60 kg",
        "found": f"not known whether {datum.title} is below 60 kg: {datum.reason}",
        "margin": None,
        "missing": (datum,),
    }
    return a_failing_premise(**(made | changes))


def a_silent_rule(rule_id: str = "rivaroxaban.dose", **changes: Any) -> RuleNotFired:
    """Return a near miss by one number."""
    failing = changes.pop("failing", (a_failing_premise(),))
    nearest = next((item.margin for item in failing if item.margin is not None), None)
    made: dict[str, Any] = {
        "rule_id": RuleId(rule_id),
        "title": "Rivaroxaban dose in moderate renal impairment",
        "sentence": f"When {failing[0].needs}, rivaroxaban needs caution (dose adjustment, high evidence).",
        "kind": FindingKind.DOSE_ADJUSTMENT,
        "severity": Severity.CAUTION,
        "truth": Truth.UNKNOWN if all(item.missing for item in failing) else Truth.FALSE,
        "elsewhere": False,
        "failing": failing,
        "nearest": nearest,
        "alone": nearest is not None,
        "says": "It did not fire.",
        "sources": (a_source(), a_source("table 2", "not-cited-here")),
    }
    return RuleNotFired(**(made | changes))


def a_why_not(
    option_id: str = "rivaroxaban", decision_id: str = "dec-0001", *, rules: int = 0, **changes: Any
) -> WhyNot:
    """Return near misses, undecided rules and others; with ``rules``, so many more of the last."""
    weight = a_missing_datum()
    not_listed = a_failing_premise(
        symbol=Symbol("takes:ketoconazole"),
        needs="the patient takes one of the strong inhibitors of P-glycoprotein and CYP3A4",
        found="does not take a strong inhibitor (medication list reviewed on 2026-11-08)",
        through=("a strong inhibitor of P-glycoprotein and CYP3A4 together", "a combined inhibitor"),
        margin=None,
    )
    made: dict[str, Any] = {
        "decision_id": DecisionId(decision_id),
        "option_id": OptionId(option_id),
        "option_title": option_id.capitalize(),
        "verdict": Verdict.CAUTION,
        "fired": 2,
        "near_misses": (
            a_silent_rule(),
            a_silent_rule(
                "rivaroxaban.crcl-floor",
                title="Rivaroxaban below the renal limit of the EU label, whatever the indication and dose",
                severity=Severity.CONTRAINDICATED,
                failing=(
                    a_failing_premise(
                        margin=a_margin(
                            threshold=Quantity(value=Decimal(15), unit="mL/min"),
                            distance=Quantity(value=Decimal("47.3"), unit="mL/min"),
                            share=Decimal("3.1533"),
                            says=f"{CLEARANCE} 62.3 mL/min is 47.3 mL/min (315 %) above 15 mL/min",
                        )
                    ),
                    not_listed,
                    an_unknown_premise(weight),
                ),
                alone=False,
            ),
            a_silent_rule(
                "rivaroxaban.us-dose",
                title="Rivaroxaban dose, US label",
                severity=Severity.NOTE,
                elsewhere=True,
            ),
        ),
        "undecided": (
            a_silent_rule(
                "rivaroxaban.allergy",
                title="Allergy to rivaroxaban",
                severity=Severity.CONTRAINDICATED,
                failing=(
                    an_unknown_premise(
                        a_missing_datum(
                            kind=MissingKind.LIST_REVIEW,
                            subject="allergies",
                            title="list of allergies",
                            reason="never reviewed",
                        ),
                        needs="the patient has an allergy to rivaroxaban",
                        found="not known whether the patient has an allergy to rivaroxaban",
                    ),
                ),
            ),
        ),
        "others": (
            a_silent_rule(
                "rivaroxaban.inhibitor",
                title="Rivaroxaban with a combined strong inhibitor",
                severity=Severity.AVOID,
                failing=(not_listed,),
            ),
            *(
                a_silent_rule(f"rivaroxaban.more-{number}", title=f"Rule {number}", failing=(not_listed,))
                for number in range(rules)
            ),
        ),
    }
    return WhyNot(**(made | changes))


def worth_of(decision: Decision) -> tuple[InformationValue, ...]:
    """Return what each datum of a decision's list is worth: the allergies most, then the weight."""
    titles = {item.option.option_id: item.option.title for item in decision.assessments}
    before = {item.option.option_id: item.verdict for item in decision.assessments}

    def outcome(
        says: str, after: dict[str, Verdict], statement: Statement | None = None, settled: int = 0
    ) -> PossibleOutcome:
        verdicts = {**before, **{OptionId(option): verdict for option, verdict in after.items()}}
        return PossibleOutcome(
            says=says,
            statement=statement,
            verdicts=tuple(verdicts.items()),
            changes=tuple(
                VerdictChange(option_id=option, title=titles[option], before=before[option], after=verdict)
                for option, verdict in verdicts.items()
                if verdict is not before[option]
            ),
            settled=tuple(RuleId(f"rule-{number}") for number in range(settled)),
            fires=(),
        )

    outcomes: dict[str, tuple[PossibleOutcome, ...]] = {
        "allergies": (
            outcome("list of allergies reviewed, nothing to add", {}, settled=5),
            *(
                outcome(f"list of allergies reviewed, with an allergy to {name}", {name: Verdict.EXCLUDED})
                for name in ("apixaban", "rivaroxaban", "edoxaban", "warfarin")
            ),
        ),
        "weight": (
            outcome(
                "body weight at most 60.0 kg",
                {"apixaban": Verdict.CAUTION, "edoxaban": Verdict.CAUTION},
                Statement(kind=StatementKind.QUANTITY, subject="weight", value="60.0", unit="kg"),
                settled=2,
            ),
            outcome("body weight at least 60.1 kg", {}, settled=2),
        ),
        "pregnant": (
            outcome("pregnant: yes", {"warfarin": Verdict.EXCLUDED}, settled=1),
            outcome("pregnant: no", {}, settled=1),
        ),
        "Zzyzyx 50 mg": (
            outcome("Zzyzyx 50 mg is amiodarone, of which no rule here speaks", {"warfarin": Verdict.CLEAR}),
            outcome("Zzyzyx 50 mg is ketoconazole", {"edoxaban": Verdict.CAUTION}, settled=3),
        ),
    }
    values = [
        _value(item.datum, outcomes.get(item.datum.subject, ()), item.rules) for item in decision.to_settle
    ]
    return tuple(sorted(values, key=lambda value: (-len(value.options), value.datum.title)))


def _value(
    datum: MissingDatum, outcomes: Sequence[PossibleOutcome], rules: tuple[RuleId, ...]
) -> InformationValue:
    changing = {change.option_id for outcome in outcomes for change in outcome.changes}
    always = (
        frozenset.intersection(*(frozenset(each.settled) for each in outcomes)) if outcomes else frozenset()
    )
    ever = frozenset(rule for outcome in outcomes for rule in outcome.settled)
    return InformationValue(
        datum=datum,
        outcomes=tuple(outcomes),
        options=tuple(sorted(changing)),
        rules=rules,
        always_settled=tuple(sorted(always)),
        sometimes_settled=tuple(sorted(ever - always)),
        needed_besides=(),
        says="",
    )
