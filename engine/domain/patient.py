"""A patient as WhyRx understood them, with everything that was not understood."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from engine.domain.ids import (
    AllergenId,
    ConditionId,
    ContentHash,
    DrugId,
    GeneId,
    PatientId,
    QuantityId,
    StateId,
)
from engine.domain.provenance import Provenance
from engine.domain.quantities import Quantity

#: How the flag of a demonstration patient begins; it explains the record, and contradicts nothing.
DEMONSTRATION: Final = "Demonstration patient"


class Sex(enum.StrEnum):
    """Sex as recorded for clinical use."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class Flag(enum.StrEnum):
    """Why a value is kept and shown but treated as unknown by rules."""

    IMPLAUSIBLE = "implausible"
    UNIT_NOT_CONVERTIBLE = "unit not convertible"
    FUTURE_DATED = "dated in the future"
    UNDATED = "undated"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One measured value in its canonical unit, beside the value as it was written."""

    quantity: QuantityId
    value: Quantity | None
    """In the canonical unit; None where the unit cannot be converted."""
    as_written: str
    at: date | None
    provenance: Provenance
    flags: tuple[Flag, ...] = ()


class MedicationStatus(enum.StrEnum):
    """Whether the patient takes it."""

    ACTIVE = "active"
    STOPPED = "stopped"
    PLANNED = "planned"
    UNKNOWN = "unknown"


class Route(enum.StrEnum):
    """How a drug gets into or onto the body."""

    ORAL = "oral"
    SUBLINGUAL = "sublingual"
    BUCCAL = "buccal"
    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    SUBCUTANEOUS = "subcutaneous"
    TRANSDERMAL = "transdermal"
    RECTAL = "rectal"
    INHALED = "inhaled"
    NASAL = "nasal"
    OPHTHALMIC = "ophthalmic"
    OTIC = "otic"
    VAGINAL = "vaginal"
    TOPICAL = "topical"
    INTRATHECAL = "intrathecal"
    EPIDURAL = "epidural"
    INTRA_ARTICULAR = "intra-articular"
    INTRAUTERINE = "intrauterine"
    INTRAVITREAL = "intravitreal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medication:
    """One drug the patient takes, took, or may take; one record a drug of a combination."""

    drug: DrugId | None
    """None where no vocabulary knows it: no interaction can then be said to be absent."""
    text: str
    status: MedicationStatus
    provenance: Provenance
    dose: str = ""
    """As written, to be read; rules compare the two amounts below."""
    start: date | None = None
    stop: date | None = None
    route: Route | None = None
    """None where it is not stated, or not understood."""
    single_dose: Quantity | None = None
    """Of one administration, in UCUM; None where it is not stated, not of this drug alone, or a range."""
    daily_dose: Quantity | None = None
    """Of 24 hours, in UCUM; None as above, and for drugs taken as needed without a daily limit."""


class AllergyKind(enum.StrEnum):
    """Immune reaction or intolerance."""

    ALLERGY = "allergy"
    INTOLERANCE = "intolerance"
    UNKNOWN = "unknown"


class AllergySeverity(enum.StrEnum):
    """How bad a reaction was; in this order."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    LIFE_THREATENING = "life-threatening"

    @property
    def rank(self) -> int:
        """Return 0 for the mildest."""
        return list(AllergySeverity).index(self)


class ReactionKind(enum.StrEnum):
    """What a reaction looked like, as far as rules tell reactions apart."""

    ANAPHYLAXIS = "anaphylaxis"
    ANGIOEDEMA = "angioedema"
    BRONCHOSPASM = "bronchospasm"
    URTICARIA = "urticaria"
    RASH = "rash"
    SEVERE_CUTANEOUS = "severe cutaneous reaction"
    """Stevens-Johnson syndrome, toxic epidermal necrolysis, DRESS, AGEP."""
    ORGAN = "organ reaction"
    """Hepatitis, nephritis, cytopenia, serum sickness."""
    GASTROINTESTINAL = "gastrointestinal upset"
    COUGH = "cough"
    OTHER = "other reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """One recorded allergy or intolerance."""

    allergen: AllergenId | None
    drug: DrugId | None
    text: str
    kind: AllergyKind
    provenance: Provenance
    reaction: str = ""
    severity: str = ""
    """mild, moderate, severe, life-threatening, or empty where not stated."""
    codes: tuple[str, ...] = ()
    """``system|code`` as written; a coded allergy to something else (peanut) leaves drugs decided."""
    reactions: tuple[ReactionKind, ...] = ()
    """Every reaction that was understood; empty where none was stated or understood."""


class ConditionStatus(enum.StrEnum):
    """Whether the patient has it now."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One entry of the patient's problem or procedure list."""

    condition: ConditionId | None
    """None where the code is outside WhyRx's vocabulary."""
    text: str
    status: ConditionStatus
    provenance: Provenance
    onset: date | None = None
    codes: tuple[str, ...] = ()
    """``system|code`` as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProcedure:
    """One procedure that lies ahead."""

    procedure: ConditionId | None
    """None where the code is outside WhyRx's vocabulary."""
    text: str
    on: date | None
    """None where no day is fixed yet."""
    provenance: Provenance
    codes: tuple[str, ...] = ()
    """``system|code`` as written."""


class CallSource(enum.StrEnum):
    """Who called the genotype."""

    LABORATORY = "laboratory"
    PHARMCAT = "PharmCAT"
    ENTERED = "entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenotypeResult:
    """A called genotype; several possible diplotypes are all kept."""

    gene: GeneId
    diplotypes: tuple[str, ...]
    """Every diplotype that fits, alleles in canonical order; empty where only a phenotype was reported."""
    phenotype: str | None
    source: CallSource
    provenance: Provenance
    at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateReport:
    """A reported yes or no of a state such as pregnancy."""

    state: StateId
    holds: bool
    at: date | None
    provenance: Provenance
    flags: tuple[Flag, ...] = ()


class ListKind(enum.StrEnum):
    """A list that is false for what it lacks only once it was reviewed."""

    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    PROCEDURES = "planned procedures"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReview:
    """Someone went through a whole list with the patient on a day."""

    kind: ListKind
    on: date
    provenance: Provenance


class Understanding(enum.StrEnum):
    """How bad it is that an entry was not understood."""

    LOUD = "loud"
    """An unmapped drug, allergy or unreadable value: something can no longer be excluded."""
    QUIET = "quiet"
    """A resource WhyRx has no use for, listed all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood:
    """One entry of an import that WhyRx could not use, and why."""

    resource: str
    path: str
    what: str
    reason: str
    remedy: str
    level: Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """One imported file."""

    name: str
    sha256: ContentHash
    kind: str
    """``FHIR R4 bundle`` or ``PharmCAT report``."""
    imported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """All that is known of one patient at one moment: the sealed input of a decision."""

    patient_id: PatientId
    name: str
    birth_date: date | None
    sex: Sex
    identity: Provenance
    race: str | None = None
    """As recorded (US Core race text); used only by published equations that need it."""
    observations: tuple[Observation, ...] = ()
    medications: tuple[Medication, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    planned: tuple[PlannedProcedure, ...] = ()
    genotypes: tuple[GenotypeResult, ...] = ()
    states: tuple[StateReport, ...] = ()
    reviews: tuple[ListReview, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    documents: tuple[SourceDocument, ...] = ()
    flags: tuple[str, ...] = ()
    """Sentences about contradictions in the record as a whole."""
    synthetic: bool = False
    """True for demonstration patients; shown on screen and paper."""


class StatementKind(enum.StrEnum):
    """What a clinician may add to a record by hand."""

    QUANTITY = "quantity"
    STATE = "state"
    LIST_REVIEWED = "list reviewed"
    GENOTYPE = "genotype"
    DRUG_IDENTIFIED = "drug identified"
    """An unmapped medication text is this drug."""
    MEDICATION_DETAIL = "medication detail"
    """Route, single dose, daily dose, first or last day of a drug on the list."""
    PROCEDURE_PLANNED = "procedure planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One datum a clinician enters or confirms."""

    kind: StatementKind
    subject: str
    """Quantity, state, list, gene or procedure id; for a drug the medication text as it stands in the record;
    for a detail drug id and detail: ``metformin daily dose``."""
    value: str
    """Number, ``yes`` or ``no``, diplotype, drug id, route or day; ignored for a list review."""
    unit: str = ""
    on: date | None = None
    """The day it was true; None means today."""
