"""Values of the domain with sensible defaults: tests name only what they are about.

The patient is a woman of 78 with atrial fibrillation and poor kidneys; the decision is one on stroke
prevention with one option of each verdict, a trace down to the datum, and one thing to settle.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.decision import (
    Choice,
    Decision,
    DecisionRequest,
    EngineReport,
    RankingNote,
    RankingStatus,
    ReasonCode,
    Response,
    Versions,
)
from engine.domain.explanation import Attribution, Explanation, Fidelity, Grade
from engine.domain.facts import Fact, Reading
from engine.domain.findings import (
    EvidenceStrength,
    Finding,
    FindingKind,
    MissingDatum,
    MissingKind,
    Severity,
    ToSettle,
    Undecided,
)
from engine.domain.ids import (
    CitationId,
    ConditionId,
    ContentHash,
    DecisionId,
    DrugId,
    FeatureName,
    IndicationId,
    OptionId,
    PatientId,
    QuantityId,
    RuleId,
    Symbol,
    UserName,
)
from engine.domain.options import Assessment, EligibleOption, ModelScore, OrderedBy, RankedOption, Verdict
from engine.domain.pack import PackFile, RulePack
from engine.domain.pages import Draft
from engine.domain.patient import (
    ConditionStatus,
    Diagnosis,
    ListKind,
    ListReview,
    Medication,
    MedicationStatus,
    NotUnderstood,
    Observation,
    PatientRecord,
    Sex,
    SourceDocument,
    Understanding,
)
from engine.domain.provenance import Checked, Citation, CitationKind, Method, Provenance, SourceRef
from engine.domain.quantities import Quantity
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import Evidence, TherapyOption
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import Vocabulary

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NURSE = UserName("clinician")
A_HASH = ContentHash("ab" * 32)


def a_source(where: str = "section 4.3", citation: str = "label-eu-dabigatran") -> SourceRef:
    """Return a place in a source."""
    return SourceRef(citation=CitationId(citation), where=where)


def a_citation(citation_id: str = "label-eu-dabigatran", **changes: Any) -> Citation:
    """Return a source that was seen."""
    given: dict[str, Any] = {
        "citation_id": CitationId(citation_id),
        "title": "Dabigatran etexilate, summary of product characteristics",
        "kind": CitationKind.LABEL_EU,
        "year": 2024,
        "locator": "EMEA/H/C/000829",
        "checked": Checked.SEEN,
        "how": "section 4.3 of the text of 2024",
        "on": date(2026, 2, 1),
    }
    return Citation(**(given | changes))


def a_provenance(resource: str = "Observation/creatinine-1", **changes: Any) -> Provenance:
    """Return the place of an imported datum."""
    given: dict[str, Any] = {
        "method": Method.IMPORTED,
        "resource": resource,
        "path": "Bundle.entry[3].resource.valueQuantity",
        "recorded": date(2026, 2, 20),
        "document": A_HASH,
        "document_name": "ward-7.json",
    }
    return Provenance(**(given | changes))


def a_patient(
    patient_id: str = "pat-0001", name: str = "Example-Cedar, Cleo", **changes: Any
) -> PatientRecord:
    """Return a record with one entry of most kinds, one of them not understood."""
    given: dict[str, Any] = {
        "patient_id": PatientId(patient_id),
        "name": name,
        "birth_date": date(1947, 5, 17),
        "sex": Sex.FEMALE,
        "identity": a_provenance("Patient/1", path="Bundle.entry[0].resource"),
        "observations": (
            Observation(
                quantity=QuantityId("creatinine"),
                value=Quantity(value=Decimal("178.5"), unit="umol/L"),
                as_written="2.02 mg/dL",
                at=date(2026, 2, 20),
                provenance=a_provenance(),
            ),
        ),
        "medications": (
            Medication(
                drug=DrugId("amiodarone"),
                text="Amiodarone 200 mg tablets",
                status=MedicationStatus.ACTIVE,
                provenance=a_provenance("MedicationRequest/2"),
                dose="200 mg once daily",
            ),
            Medication(
                drug=None,
                text="Zzyzyx 50 mg",
                status=MedicationStatus.ACTIVE,
                provenance=a_provenance("MedicationRequest/3"),
            ),
        ),
        "diagnoses": (
            Diagnosis(
                condition=ConditionId("atrial-fibrillation"),
                text="Persistent atrial fibrillation",
                status=ConditionStatus.ACTIVE,
                provenance=a_provenance("Condition/4"),
                codes=("http://hl7.org/fhir/sid/icd-10|I48.1",),
            ),
        ),
        "reviews": (
            ListReview(
                kind=ListKind.MEDICATIONS, on=date(2026, 3, 1), provenance=a_provenance("List/medications")
            ),
        ),
        "not_understood": (
            NotUnderstood(
                resource="MedicationRequest/3",
                path="Bundle.entry[5].resource",
                what="Zzyzyx 50 mg",
                reason="no drug of that name or code is known",
                remedy="Say which drug it is.",
                level=Understanding.LOUD,
            ),
            NotUnderstood(
                resource="Coverage/9",
                path="Bundle.entry[8].resource",
                what="Coverage",
                reason="WhyRx has no use for insurance data",
                remedy="",
                level=Understanding.QUIET,
            ),
        ),
        "documents": (
            SourceDocument(name="ward-7.json", sha256=A_HASH, kind="FHIR R4 bundle", imported_at=NOON),
        ),
        "synthetic": True,
    }
    return PatientRecord(**(given | changes))


def an_option(option_id: str = "apixaban", **changes: Any) -> TherapyOption:
    """Return one drug as an option."""
    given: dict[str, Any] = {
        "option_id": OptionId(option_id),
        "title": option_id.capitalize(),
        "drug": DrugId(option_id),
        "classes": (),
        "dose": "standard dose",
        "route": "oral",
        "burden": "no routine monitoring",
        "evidence": Evidence(
            order=1,
            line="Fewer strokes and less bleeding than warfarin.",
            strength=EvidenceStrength.HIGH,
            sources=(a_source("results", "trial-aristotle"),),
        ),
    }
    return TherapyOption(**(given | changes))


def a_datum(label: str = "creatinine 178.5 umol/L (2026-02-20)") -> TraceNode:
    """Return the leaf of a trace."""
    return TraceNode(kind=TraceKind.DATUM, label=label, truth=Truth.TRUE, provenance=a_provenance())


def a_trace(label: str = "severe renal impairment excludes dabigatran") -> TraceNode:
    """Return a chain of depth five: rule, concept, fact, derivation, datum."""
    derivation = TraceNode(
        kind=TraceKind.DERIVATION,
        label="creatinine clearance 22 mL/min, Cockcroft-Gault",
        truth=Truth.TRUE,
        reference="crcl",
        children=(a_datum(), a_datum("weight 61 kg (2026-02-20)")),
        sources=(a_source("page 31", "cockcroft-gault"),),
    )
    fact = TraceNode(
        kind=TraceKind.FACT,
        label="creatinine clearance 22 mL/min, below 30 mL/min",
        truth=Truth.TRUE,
        children=(derivation,),
    )
    concept = TraceNode(
        kind=TraceKind.CONCEPT,
        label="severe renal impairment",
        truth=Truth.TRUE,
        reference="severe-renal-impairment",
        children=(fact,),
    )
    return TraceNode(
        kind=TraceKind.RULE,
        label=label,
        truth=Truth.TRUE,
        reference="dabigatran-crcl-30",
        children=(concept,),
        sources=(a_source(),),
    )


def a_finding(option_id: str = "dabigatran", **changes: Any) -> Finding:
    """Return a contraindication with its trace."""
    given: dict[str, Any] = {
        "rule_id": RuleId("dabigatran-crcl-30"),
        "rule_title": "Dabigatran in severe renal impairment",
        "option_id": OptionId(option_id),
        "kind": FindingKind.CONTRAINDICATION,
        "severity": Severity.CONTRAINDICATED,
        "strength": EvidenceStrength.HIGH,
        "say": "Dabigatran is contraindicated: creatinine clearance is 22 mL/min, below 30 mL/min.",
        "manage": "Choose an option that is cleared less by the kidneys.",
        "dose": "",
        "sources": (a_source(),),
        "sources_seen": True,
        "status": "starter, not clinically reviewed",
        "why": a_trace(),
    }
    return Finding(**(given | changes))


def a_missing_datum(**changes: Any) -> MissingDatum:
    """Return a weight that nobody measured."""
    given: dict[str, Any] = {
        "kind": MissingKind.QUANTITY,
        "subject": "weight",
        "title": "body weight",
        "reason": "never measured",
        "unit": "kg",
    }
    return MissingDatum(**(given | changes))


def an_undecided(option_id: str = "edoxaban", **changes: Any) -> Undecided:
    """Return a rule that a missing weight leaves open."""
    given: dict[str, Any] = {
        "rule_id": RuleId("edoxaban-weight"),
        "rule_title": "Edoxaban at low body weight",
        "option_id": OptionId(option_id),
        "kind": FindingKind.DOSE_ADJUSTMENT,
        "severity": Severity.AVOID,
        "blocks": True,
        "missing": (a_missing_datum(),),
        "because": "",
        "sources": (a_source("section 4.2", "label-eu-edoxaban"),),
        "why": TraceNode(kind=TraceKind.MISSING, label="body weight: never measured", truth=Truth.UNKNOWN),
    }
    return Undecided(**(given | changes))


def an_assessment(
    option_id: str = "apixaban", verdict: Verdict = Verdict.CLEAR, **changes: Any
) -> Assessment:
    """Return an option with findings that fit its verdict."""
    findings: dict[Verdict, tuple[Finding, ...]] = {
        Verdict.EXCLUDED: (a_finding(option_id),),
        Verdict.CAUTION: (
            a_finding(
                option_id,
                rule_id=RuleId(f"{option_id}-amiodarone"),
                rule_title="Interaction with amiodarone",
                kind=FindingKind.INTERACTION,
                severity=Severity.CAUTION,
                strength=EvidenceStrength.MODERATE,
                say=f"{option_id.capitalize()} levels rise with amiodarone.",
                manage="Check for bleeding at each visit.",
                dose="15 mg once daily",
                sources_seen=False,
            ),
        ),
    }
    given: dict[str, Any] = {
        "option": an_option(option_id),
        "verdict": verdict,
        "findings": findings.get(verdict, ()),
        "undecided": (an_undecided(option_id),) if verdict is Verdict.UNASSESSABLE else (),
        "rules_checked": 12,
    }
    return Assessment(**(given | changes))


def a_twice_dosed(verdict: Verdict = Verdict.CAUTION) -> Assessment:
    """Return an option halved for the liver, and halved for another drug."""
    reasons = {"liver": "half the usual dose", "fluconazole": "half of the recommended dose"}
    findings = tuple(
        a_finding(
            "celecoxib",
            rule_id=RuleId(f"celecoxib.{reason}"),
            rule_title=f"Celecoxib and {reason}",
            kind=FindingKind.DOSE_ADJUSTMENT,
            severity=Severity.CAUTION,
            say=f"Celecoxib stays longer: {reason}.",
            manage="",
            dose=dose,
        )
        for reason, dose in reasons.items()
    )
    option = an_option("celecoxib", dose="200 mg once daily")
    return an_assessment("celecoxib", verdict, option=option, findings=findings)


def an_explanation(option_id: str = "apixaban", **changes: Any) -> Explanation:
    """Return a faithful explanation with two features."""
    lime = (
        Attribution(feature=FeatureName("age"), title="age", value="78 years", contribution=-0.31),
        Attribution(feature=FeatureName("weight"), title="weight", value="not known", contribution=0.125),
    )
    given: dict[str, Any] = {
        "option_id": OptionId(option_id),
        "score": 0.42,
        "base": 0.605,
        "lime": lime,
        "exact": lime,
        "fidelity": Fidelity(
            grade=Grade.GREEN,
            reason="LIME and the exact attributions agree.",
            correlation=0.9995,
            sign_agreement=1.0,
            local_r2=0.97,
        ),
        "samples": 5000,
        "seed": 7,
    }
    return Explanation(**(given | changes))


def a_ranked_option(
    assessment: Assessment, place: int = 1, *, tied: bool = False, **changes: Any
) -> RankedOption:
    """Return an eligible option in its place, by evidence."""
    given: dict[str, Any] = {
        "option_id": EligibleOption(assessment=assessment).assessment.option.option_id,
        "place": place,
        "tied": tied,
        "ordered_by": OrderedBy.EVIDENCE,
        "score": None,
        "moved_by_model": False,
    }
    return RankedOption(**(given | changes))


def a_decision(
    decision_id: str = "dec-0001", record: PatientRecord | None = None, **changes: Any
) -> Decision:
    """Return a decision on stroke prevention with one option of each verdict."""
    record = record or a_patient()
    assessments = (
        an_assessment("apixaban", Verdict.CLEAR),
        an_assessment("rivaroxaban", Verdict.CAUTION),
        an_assessment("edoxaban", Verdict.UNASSESSABLE),
        an_assessment("dabigatran", Verdict.EXCLUDED),
    )
    given: dict[str, Any] = {
        "decision_id": DecisionId(decision_id),
        "request": DecisionRequest(
            patient_id=record.patient_id,
            indication_id=IndicationId("atrial-fibrillation"),
            jurisdiction=Jurisdiction.EU,
            requested_by=NURSE,
        ),
        "indication_title": "Stroke prevention in atrial fibrillation",
        "question": "Which anticoagulant, if any?",
        "record": record,
        "facts": (
            Fact(
                symbol=Symbol("quantity:crcl below 30 mL/min"),
                truth=Truth.TRUE,
                statement="creatinine clearance 22 mL/min, below 30 mL/min",
                evidence=(a_datum(),),
                bindings=(("crcl", "22 mL/min"),),
            ),
            Fact(
                symbol=Symbol("quantity:weight below 60 kg"),
                truth=Truth.UNKNOWN,
                statement="body weight is not known",
                evidence=(),
                missing=(a_missing_datum(),),
            ),
        ),
        "readings": (
            Reading(
                quantity=QuantityId("crcl"),
                title="creatinine clearance",
                value=Quantity(value=Decimal(22), unit="mL/min"),
                at=date(2026, 2, 20),
                provenance=a_provenance("Cockcroft-Gault", method=Method.DERIVED, path=""),
                formula=a_source("page 31", "cockcroft-gault"),
                note="Cockcroft-Gault, actual body weight",
            ),
        ),
        "context": (
            TraceNode(
                kind=TraceKind.CONCEPT,
                label="high stroke risk: CHA2DS2-VASc 4",
                truth=Truth.TRUE,
                reference="high-stroke-risk",
                children=(a_datum("age 78 years"),),
            ),
        ),
        "assessments": assessments,
        "ranked": (a_ranked_option(assessments[0], 1), a_ranked_option(assessments[1], 2)),
        "to_settle": (
            ToSettle(
                datum=a_missing_datum(),
                rules=(RuleId("edoxaban-weight"),),
                options=(OptionId("edoxaban"),),
                worst=Severity.AVOID,
            ),
        ),
        "ranking": RankingNote(
            status=RankingStatus.NO_MODEL, reason="No model was trained for this indication."
        ),
        "explanations": (),
        "citations": (
            a_citation(),
            a_citation("label-eu-edoxaban", title="Edoxaban, summary of product characteristics"),
            a_citation(
                "trial-aristotle", title="Apixaban versus warfarin", kind=CitationKind.TRIAL, year=2011
            ),
            a_citation(
                "cockcroft-gault",
                title="Prediction of creatinine clearance from serum creatinine",
                kind=CitationKind.METHOD,
                year=1976,
                checked=Checked.NOT_SEEN,
                how="the formula was taken from a later review",
            ),
        ),
        "engine": EngineReport(engine="durable-rules 2.0.28 with reference evaluator", agreed=True),
        "versions": Versions(
            whyrx="0.1.0",
            pack_id="whyrx-starter",
            pack_version="1.0.0",
            pack_hash=ContentHash("cd" * 32),
            pack_status="starter, not clinically reviewed",
            model_hash=None,
        ),
        "seed": 1234567890,
        "decided_at": NOON,
    }
    return Decision(**(given | changes))


def a_modelled_decision(decision_id: str = "dec-0002", **changes: Any) -> Decision:
    """Return a decision that a model ordered, with explanations, one of them withheld."""
    clear = an_assessment("apixaban", Verdict.CLEAR)
    second = an_assessment("warfarin", Verdict.CLEAR)
    scored = a_ranked_option(
        clear,
        1,
        ordered_by=OrderedBy.MODEL,
        score=ModelScore(option_id=OptionId("apixaban"), score=0.42, probability=0.61),
        moved_by_model=True,
    )
    withheld = an_explanation(
        "warfarin",
        lime=(),
        fidelity=Fidelity(
            grade=Grade.WITHHELD,
            reason="LIME disagrees with the exact attributions.",
            correlation=0.41,
            sign_agreement=0.4,
            local_r2=0.2,
        ),
    )
    given: dict[str, Any] = {
        "assessments": (clear, second),
        "ranked": (scored, a_ranked_option(second, 2)),
        "ranking": RankingNote(
            status=RankingStatus.ORDERED,
            reason="association-based ordering, trained on 5,700 patients",
            model_hash=ContentHash("ef" * 32),
            inputs_missing=("weight",),
            changed_order=True,
        ),
        "explanations": (an_explanation("apixaban"), withheld),
        "to_settle": (),
    }
    return a_decision(decision_id, **(given | changes))


def a_response(decision_id: str = "dec-0001", **changes: Any) -> Response:
    """Return an override in favour of rivaroxaban."""
    given: dict[str, Any] = {
        "decision_id": DecisionId(decision_id),
        "option_id": OptionId("rivaroxaban"),
        "choice": Choice.OVERRIDDEN,
        "reason": ReasonCode.TOLERATES,
        "text": "On it since 2021 without bleeding.",
        "by": NURSE,
        "at": NOON,
    }
    return Response(**(given | changes))


def an_acceptance(decision_id: str = "dec-0001", **changes: Any) -> Response:
    """Return an acceptance of apixaban."""
    given: dict[str, Any] = {
        "option_id": OptionId("apixaban"),
        "choice": Choice.ACCEPTED,
        "reason": None,
        "text": "",
    }
    return a_response(decision_id, **(given | changes))


def an_event(kind: AuditKind = AuditKind.READ, subject: str = "pat-0001", **changes: Any) -> AuditEvent:
    """Return an event that carries no hash of its own."""
    given: dict[str, Any] = {
        "kind": kind,
        "subject": subject,
        "by": NURSE,
        "at": NOON,
        "detail": f"{kind.value} of {subject}",
    }
    return AuditEvent(**(given | changes))


def a_pack(version: str = "1.0.0", **files: bytes) -> RulePack:
    """Return a pack of files without parsed content, enough to be archived."""
    content = files or {"rules": b"rules: []\n", "manifest": b"version: " + version.encode()}
    return RulePack(
        pack_id="whyrx-starter",
        title="Starter pack",
        version=version,
        status="starter, not clinically reviewed",
        pack_hash=ContentHash(hashlib.sha256(version.encode()).hexdigest()),
        rules={},
        concepts={},
        parameters={},
        citations={},
        indications={},
        vocabulary=Vocabulary(
            drugs={}, classes={}, conditions={}, quantities={}, allergens={}, states={}, genes={}
        ),
        files=tuple(PackFile(path=f"{name}.yaml", content=data) for name, data in content.items()),
    )


def a_draft(path: str = "rules/dabigatran.yaml", **changes: Any) -> Draft:
    """Return a draft of a rule file."""
    given: dict[str, Any] = {
        "path": path,
        "text": "rules:\n  - id: dabigatran-crcl-30\n",
        "based_on": A_HASH,
        "by": NURSE,
        "saved_at": NOON,
    }
    return Draft(**(given | changes))


def renamed(decision: Decision, name: str) -> Decision:
    """Return a decision whose patient bears another name."""
    return replace(decision, record=replace(decision.record, name=name))
