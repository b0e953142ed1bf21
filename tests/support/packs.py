"""Small rule packs, and a facts floor that decides atoms as the test says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.domain.atoms import Atom, HasCondition
from engine.domain.facts import Fact, FactBase, Reading
from engine.domain.findings import (
    EvidenceStrength,
    FindingKind,
    MissingDatum,
    MissingKind,
    Severity,
)
from engine.domain.ids import (
    CitationId,
    ConceptId,
    ConditionId,
    ContentHash,
    DrugId,
    IndicationId,
    ModelId,
    OptionId,
    PatientId,
    QuantityId,
    RuleId,
    Symbol,
)
from engine.domain.pack import RulePack
from engine.domain.patient import PatientRecord, Sex
from engine.domain.provenance import (
    Checked,
    Citation,
    CitationKind,
    Method,
    Provenance,
    SourceRef,
)
from engine.domain.rules import (
    Concept,
    Conclusion,
    Derived,
    FileSpan,
    Jurisdiction,
    Premise,
    Rule,
    RuleStatus,
    WhenUnknown,
)
from engine.domain.therapy import Evidence, Indication, TherapyOption
from engine.domain.truth import Truth
from engine.domain.vocabulary import Vocabulary

SPAN = FileSpan(path="rules/test.yaml", line=1)
LABEL = SourceRef(citation=CitationId("label"), where="4.3")
INDICATION = IndicationId("test-indication")


def has(condition: str) -> HasCondition:
    """Return the atom that the patient has a condition."""
    return HasCondition(condition=ConditionId(condition))


def derived(concept: str) -> Derived:
    """Return the leaf that a concept holds."""
    return Derived(concept=ConceptId(concept))


def an_option(name: str, *, order: int = 1, level: int | None = None) -> TherapyOption:
    """Return an option that differs from others by name and evidence only."""
    return TherapyOption(
        option_id=OptionId(name),
        title=name,
        drug=DrugId(name),
        classes=(),
        dose="5 mg",
        route="oral",
        burden="one tablet a day",
        evidence=Evidence(order=order, line="", strength=EvidenceStrength.HIGH, sources=(LABEL,)),
        model_level=level,
    )


def a_rule(
    name: str,
    when: Premise,
    *options: str,
    severity: Severity = Severity.CONTRAINDICATED,
    when_unknown: WhenUnknown | None = None,
    jurisdiction: Jurisdiction | None = None,
    say: str = "said",
) -> Rule:
    """Return a rule; undecided, it blocks exactly when it would exclude."""
    default = WhenUnknown.CANNOT_BE_ASSESSED if severity.excludes else WhenUnknown.MENTION
    return Rule(
        rule_id=RuleId(name),
        title=name,
        options=tuple(OptionId(option) for option in options),
        when=when,
        then=Conclusion(
            kind=FindingKind.CONTRAINDICATION,
            severity=severity,
            strength=EvidenceStrength.HIGH,
            say=say,
        ),
        when_unknown=when_unknown or default,
        sources=(LABEL,),
        review_by=date(2027, 1, 1),
        author="test",
        version=1,
        status=RuleStatus.STARTER,
        span=SPAN,
        jurisdiction=jurisdiction,
    )


def a_concept(name: str, when: Premise) -> Concept:
    """Return a derived concept."""
    return Concept(concept_id=ConceptId(name), title=name, when=when, sources=(LABEL,), span=SPAN)


def a_pack(
    *,
    rules: Sequence[Rule] = (),
    concepts: Sequence[Concept] = (),
    options: Sequence[TherapyOption] = (),
    model: str | None = None,
    context: Sequence[str] = (),
) -> RulePack:
    """Return a pack with one indication over these options."""
    indication = Indication(
        indication_id=INDICATION,
        title="Test indication",
        question="Which?",
        options=tuple(options),
        model=ModelId(model) if model else None,
        no_model_reason="" if model else "none was trained",
        context=tuple(ConceptId(name) for name in context),
    )
    label = Citation(
        citation_id=CitationId("label"),
        title="A label",
        kind=CitationKind.LABEL_EU,
        year=2024,
        locator="none",
        checked=Checked.SEEN,
        how="written for the test",
        on=date(2026, 11, 1),
    )
    return RulePack(
        pack_id="test",
        title="Test pack",
        version="1",
        status="test",
        pack_hash=ContentHash("0" * 64),
        rules={rule.rule_id: rule for rule in rules},
        concepts={concept.concept_id: concept for concept in concepts},
        parameters={},
        citations={label.citation_id: label},
        indications={INDICATION: indication},
        vocabulary=Vocabulary(
            drugs={}, classes={}, conditions={}, quantities={}, allergens={}, states={}, genes={}
        ),
        files=(),
    )


def a_bare_record() -> PatientRecord:
    """Return a record that says nothing but who it is about."""
    return PatientRecord(
        patient_id=PatientId("pat-1"),
        name="Example-One Test",
        birth_date=date(1950, 1, 1),
        sex=Sex.FEMALE,
        identity=Provenance(method=Method.ENTERED, resource="test"),
    )


@dataclass(frozen=True, slots=True)
class ToldFacts:
    """Decides conditions as told; what it was not told about is unknown."""

    truths: Mapping[str, Truth]
    bindings: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def assemble(
        self,
        record: PatientRecord,
        atoms: Sequence[Atom],
        quantities: Sequence[QuantityId],
        as_of: datetime,
    ) -> FactBase:
        """Return a fact for each atom."""
        facts = {atom.symbol: self._fact(atom.symbol) for atom in atoms}
        readings: tuple[Reading, ...] = ()
        return FactBase(facts=facts, readings=readings)

    def _fact(self, symbol: Symbol) -> Fact:
        name = symbol.removeprefix("condition:")
        truth = self.truths.get(name, Truth.UNKNOWN)
        missing = MissingDatum(kind=MissingKind.LIST_REVIEW, subject=name, title=name, reason="never said")
        return Fact(
            symbol=symbol,
            truth=truth,
            statement=f"{name} is {truth.value}",
            evidence=(),
            missing=(missing,) if truth is Truth.UNKNOWN else (),
            bindings=self.bindings.get(name, ()),
        )
