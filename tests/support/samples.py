"""Patients and decisions for pictures: realistic, and the hard cases (many options, nothing left, faults)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from builders import (
    a_decision,
    a_finding,
    a_modelled_decision,
    a_patient,
    a_provenance,
    a_ranked_option,
    a_source,
    a_trace,
    a_twice_dosed,
    an_assessment,
    an_explanation,
    an_option,
    an_undecided,
)

from engine.domain.decision import Decision, EngineReport
from engine.domain.explanation import Attribution, Fidelity, Grade
from engine.domain.findings import (
    EvidenceStrength,
    FindingKind,
    MissingDatum,
    MissingKind,
    Severity,
    ToSettle,
)
from engine.domain.ids import AllergenId, FeatureName, GeneId, IndicationId, OptionId, QuantityId, RuleId
from engine.domain.options import Assessment, ModelScore, OrderedBy, Verdict
from engine.domain.patient import (
    Allergy,
    AllergyKind,
    CallSource,
    Flag,
    GenotypeResult,
    Observation,
    PatientRecord,
    Sex,
)
from engine.domain.quantities import Quantity
from engine.domain.therapy import Evidence


def cleo() -> PatientRecord:
    """Return a full record."""
    base = a_patient()
    return replace(
        base,
        observations=(
            *base.observations,
            _measured("weight", "61.4", "kg"),
            _measured("egfr", "31", "mL/min/{1.73_m2}"),
            Observation(
                quantity=QuantityId("potassium"),
                value=None,
                as_written="42 mmol",
                at=date(2026, 2, 20),
                provenance=a_provenance("Observation/k-1"),
                flags=(Flag.UNIT_NOT_CONVERTIBLE,),
            ),
        ),
        allergies=(
            Allergy(
                allergen=AllergenId("penicillins"),
                drug=None,
                text="Penicillin",
                kind=AllergyKind.ALLERGY,
                provenance=a_provenance("AllergyIntolerance/1"),
                reaction="urticaria",
                severity="moderate",
            ),
        ),
        genotypes=(
            GenotypeResult(
                gene=GeneId("CYP2C9"),
                diplotypes=("*1/*3",),
                phenotype="Intermediate Metabolizer",
                source=CallSource.PHARMCAT,
                provenance=a_provenance("report.json"),
                at=date(2025, 11, 3),
            ),
            GenotypeResult(
                gene=GeneId("VKORC1"),
                diplotypes=("G/A", "A/A"),
                phenotype=None,
                source=CallSource.LABORATORY,
                provenance=a_provenance("Observation/vkorc1"),
                at=date(2025, 11, 3),
            ),
        ),
        flags=("Two birth dates were given: 1947-05-17 and 1947-07-15.",),
    )


def people() -> tuple[PatientRecord, ...]:
    """Return the patients of the pictures."""
    return (
        cleo(),
        a_patient("pat-0002", "Example-Alder, Arlo", synthetic=False, not_understood=(), sex=Sex.MALE),
        a_patient("pat-0003", "Wilhelmina Alexandra Featherstonehaugh-Cholmondeley van der Westhuizen"),
        a_patient("pat-0004", "Example-Birch, Bela", birth_date=None),
    )


def modelled(record: PatientRecord, indication_id: IndicationId, decision_id: str) -> Decision:
    """Return three dose bands that a model ordered."""
    bands = (
        ("warfarin-low", "warfarin, low dose band", "at most 21 mg a week", 0.94, 0.58),
        ("warfarin-middle", "warfarin, intermediate dose band", "21 to 49 mg a week", 0.31, 0.38),
        ("warfarin-high", "warfarin, high dose band", "at least 49 mg a week", -2.2, 0.04),
    )
    assessments = tuple(
        an_assessment(
            option_id,
            Verdict.CLEAR,
            option=an_option(option_id, title=title, dose=dose, burden="INR visits", evidence=_evidence()),
        )
        for option_id, title, dose, _, _ in bands
    )
    ranked = tuple(
        a_ranked_option(
            assessment,
            place,
            ordered_by=OrderedBy.MODEL,
            score=ModelScore(option_id=OptionId(band[0]), score=band[3], probability=band[4]),
            moved_by_model=place == 1,
        )
        for place, (assessment, band) in enumerate(zip(assessments, bands, strict=True), 1)
    )
    explanations = tuple(
        _explanation(band[0], band[3], withheld=index == 2) for index, band in enumerate(bands)
    )
    decision = a_modelled_decision(
        decision_id,
        record=record,
        assessments=assessments,
        ranked=ranked,
        explanations=explanations,
        indication_title="Warfarin starting dose band",
        question="Which weekly dose band to start with?",
    )
    return replace(decision, request=replace(decision.request, indication_id=indication_id))


def af(record: PatientRecord, indication_id: IndicationId, decision_id: str) -> Decision:
    """Return five anticoagulants in four tiers, with a tie and things to settle."""
    caution = an_assessment(
        "rivaroxaban",
        Verdict.CAUTION,
        option=_drug("rivaroxaban", "20 mg once daily with food", 2),
        elsewhere=(
            a_finding(
                "rivaroxaban",
                rule_title="US label: creatinine clearance up to 50 mL/min",
                kind=FindingKind.DOSE_ADJUSTMENT,
                severity=Severity.NOTE,
                say="The US label reduces to 15 mg at a creatinine clearance of at most 50 mL/min.",
                manage="",
            ),
        ),
    )
    clear = (
        an_assessment(
            "apixaban", option=_drug("apixaban", "5 mg twice daily", 1), findings=(_note("apixaban"),)
        ),
        an_assessment("edoxaban", option=_drug("edoxaban", "60 mg once daily", 1)),
    )
    unknown = an_assessment(
        "warfarin",
        Verdict.UNASSESSABLE,
        option=_drug("warfarin", "dose by INR", 3),
        undecided=(
            an_undecided(
                "warfarin",
                rule_title="Warfarin with a strong CYP2C9 inhibitor",
                kind=FindingKind.INTERACTION,
                missing=(_unmapped(),),
            ),
        ),
    )
    out = an_assessment("dabigatran", Verdict.EXCLUDED, option=_drug("dabigatran", "150 mg twice daily", 2))
    assessments = (*clear, caution, unknown, out)
    decision = a_decision(
        decision_id,
        record=record,
        assessments=assessments,
        ranked=(
            a_ranked_option(clear[0], 1, tied=True),
            a_ranked_option(clear[1], 1, tied=True),
            a_ranked_option(caution, 3),
        ),
        to_settle=(
            _settle(_unmapped(), ("warfarin", "edoxaban"), Severity.CONTRAINDICATED, 3),
            _settle(
                MissingDatum(
                    kind=MissingKind.QUANTITY,
                    subject="weight",
                    title="body weight",
                    reason="412 days old, at most 180 allowed",
                    unit="kg",
                ),
                ("apixaban", "edoxaban"),
                Severity.CAUTION,
                2,
            ),
            _settle(
                MissingDatum(
                    kind=MissingKind.LIST_REVIEW,
                    subject="allergies",
                    title="list of allergies",
                    reason="never reviewed",
                ),
                tuple(item.option.option_id for item in assessments),
                Severity.CONTRAINDICATED,
                5,
            ),
            _settle(
                MissingDatum(
                    kind=MissingKind.STATE, subject="pregnant", title="pregnant", reason="not stated"
                ),
                ("warfarin",),
                Severity.CONTRAINDICATED,
                1,
            ),
        ),
    )
    return replace(decision, request=replace(decision.request, indication_id=indication_id))


def twice_dosed(record: PatientRecord, _indication: IndicationId, decision_id: str) -> Decision:
    """Return one option to which two dose adjustments apply at once."""
    option = a_twice_dosed()
    return a_decision(
        decision_id, record=record, assessments=(option,), ranked=(a_ranked_option(option, 1),), to_settle=()
    )


def many(record: PatientRecord, _indication: IndicationId, decision_id: str) -> Decision:
    """Return 25 options, some of them with long names."""
    verdicts = list(Verdict)
    assessments = tuple(
        an_assessment(
            f"option-{index:02}",
            verdicts[index % 4],
            option=an_option(
                f"option-{index:02}",
                title=f"pharmacologically exhaustive combination number {index} of a very long name"
                if index % 7 == 0
                else f"option {index}",
            ),
        )
        for index in range(25)
    )
    eligible = [item for item in assessments if item.verdict.eligible]
    ranked = tuple(a_ranked_option(item, place, tied=place < 3) for place, item in enumerate(eligible, 1))
    return a_decision(decision_id, record=record, assessments=assessments, ranked=ranked)


def all_excluded(record: PatientRecord, _indication: IndicationId, decision_id: str) -> Decision:
    """Return a decision that leaves nothing."""
    return _all(record, decision_id, Verdict.EXCLUDED)


def all_unknown(record: PatientRecord, _indication: IndicationId, decision_id: str) -> Decision:
    """Return a decision in which nothing could be assessed."""
    return _all(record, decision_id, Verdict.UNASSESSABLE)


def faulty(record: PatientRecord, _indication: IndicationId, decision_id: str) -> Decision:
    """Return a decision under an engine fault."""
    fault = "The rule engine process was killed after 2 s without an answer."
    decision = _all(record, decision_id, Verdict.UNASSESSABLE)
    assessments = tuple(
        replace(item, faults=(fault,), undecided=(), findings=()) for item in decision.assessments
    )
    return replace(
        decision,
        assessments=assessments,
        to_settle=(),
        engine=EngineReport(engine=decision.engine.engine, agreed=False, faults=(fault,)),
    )


def _all(record: PatientRecord, decision_id: str, verdict: Verdict) -> Decision:
    names = ("apixaban", "rivaroxaban", "edoxaban", "dabigatran", "warfarin")
    assessments: tuple[Assessment, ...] = tuple(an_assessment(name, verdict) for name in names)
    return a_decision(decision_id, record=record, assessments=assessments, ranked=())


def _measured(quantity: str, value: str, unit: str) -> Observation:
    return Observation(
        quantity=QuantityId(quantity),
        value=Quantity(value=Decimal(value), unit=unit),
        as_written=f"{value} {unit}",
        at=date(2026, 2, 20),
        provenance=a_provenance(f"Observation/{quantity}"),
    )


def _evidence(order: int = 1) -> Evidence:
    return Evidence(
        order=order,
        line="Stroke or systemic embolism 1.27 against 1.60 % a year, major bleeding 2.13 against 3.09 %.",
        strength=EvidenceStrength.HIGH if order == 1 else EvidenceStrength.MODERATE,
        sources=(a_source("results", "trial-aristotle"),),
    )


def _drug(name: str, dose: str, order: int) -> Any:
    return an_option(name, title=name, dose=dose, evidence=_evidence(order))


def _note(option: str) -> Any:
    return a_finding(
        option,
        rule_title="Apixaban dose criteria",
        kind=FindingKind.DOSE_ADJUSTMENT,
        severity=Severity.NOTE,
        say="One of three dose reduction criteria holds (creatinine 178.5 umol/L); two are needed.",
        manage="Keep 5 mg twice daily; look again when the weight changes.",
        why=a_trace("apixaban dose criteria: at least two of three"),
    )


def _unmapped() -> MissingDatum:
    return MissingDatum(
        kind=MissingKind.DRUG_IDENTITY,
        subject="Zzyzyx 50 mg",
        title="identity of “Zzyzyx 50 mg”",
        reason="not in the vocabulary",
    )


def _settle(datum: MissingDatum, options: tuple[str, ...], worst: Severity, rules: int) -> ToSettle:
    return ToSettle(
        datum=datum,
        rules=tuple(RuleId(f"rule-{index}") for index in range(rules)),
        options=tuple(OptionId(option) for option in options),
        worst=worst,
    )


def _explanation(option_id: str, score: float, *, withheld: bool) -> Any:
    shares = (
        ("VKORC1 genotype", "A/A", 1.42),
        ("age", "78 years", 0.61),
        ("weight", "61.4 kg", 0.38),
        ("CYP2C9 genotype", "*1/*3", 0.33),
        ("takes amiodarone", "yes", 0.21),
        ("height", "not known", -0.09),
        ("smokes", "yes", -0.17),
    )
    attributions = tuple(
        Attribution(
            feature=FeatureName(title),
            title=title,
            value=value,
            contribution=share * (1 if score > 0 else -1),
        )
        for title, value, share in shares
    )
    explanation = an_explanation(
        option_id, score=score, lime=() if withheld else attributions, exact=attributions
    )
    if not withheld:
        return explanation
    return replace(
        explanation,
        fidelity=Fidelity(
            grade=Grade.WITHHELD,
            reason="They disagree with the exact attributions (correlation 0.41), so they are not shown.",
            correlation=0.41,
            sign_agreement=0.4,
            local_r2=0.2,
        ),
    )
