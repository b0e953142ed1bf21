"""The words WhyRx knows: drugs, classes, conditions, quantities, allergens, states and genes."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.ids import (
    AllergenId,
    ClassId,
    ConditionId,
    DrugId,
    GeneId,
    QuantityId,
    StateId,
)
from engine.domain.provenance import SourceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """One ingredient."""

    drug_id: DrugId
    title: str
    rxnorm: tuple[str, ...] = ()
    """RxNorm ingredient identifiers (and those of its salts)."""
    atc: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    classes: tuple[ClassId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugClass:
    """A named set of drugs that rules speak about."""

    class_id: ClassId
    title: str
    members: tuple[DrugId, ...]
    sources: tuple[SourceRef, ...] = ()
    """What says that these drugs belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A disorder or procedure that rules speak about."""

    condition_id: ConditionId
    title: str
    icd10: tuple[str, ...] = ()
    """ICD-10 codes; a code stands for itself and its subdivisions."""
    snomed: tuple[str, ...] = ()
    """SNOMED CT identifiers, needed for import only."""
    includes: tuple[ConditionId, ...] = ()
    """Narrower conditions: a patient with one of them has this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How a unit becomes the canonical one: value x factor + offset."""

    unit: str
    factor: Decimal
    offset: Decimal = Decimal(0)


class QuantityKind(enum.StrEnum):
    """Whether a quantity is measured or computed from others."""

    MEASURED = "measured"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredQuantity:
    """A laboratory value, vital sign, score or dimension of the body."""

    quantity_id: QuantityId
    title: str
    kind: QuantityKind
    unit: str
    """The canonical unit, UCUM; ``1`` for a pure number."""
    loinc: tuple[str, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    plausible_low: Decimal | None = None
    plausible_high: Decimal | None = None
    agreement: Decimal | None = None
    """Two values of one day further apart than this share of the larger contradict each other."""
    max_age_days: int | None = None
    """Age beyond which a value is stale where a rule names no age of its own."""
    decimals: int = 1
    """Decimal places to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergen:
    """A substance or group that a patient can be allergic to."""

    allergen_id: AllergenId
    title: str
    drugs: tuple[DrugId, ...] = ()
    codes: tuple[str, ...] = ()
    """``system|code`` pairs: ``rxnorm|11289``, ``snomed|...``."""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A yes-no-unknown condition of the patient that is no diagnosis, such as pregnancy."""

    state_id: StateId
    title: str
    loinc: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    """``system|code`` answers that mean yes."""
    no: tuple[str, ...] = ()
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gene:
    """A pharmacogene and how its genotypes are written."""

    gene_id: GeneId
    title: str
    loinc: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """Spelling in reports -> WhyRx's own, such as ``rs9923231 T/T`` -> ``A/A``."""
    alleles: frozenset[str] = frozenset()
    """Every allele that its phenotype table names; empty where it has no table of alleles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All words of one rule pack, by id."""

    drugs: Mapping[DrugId, Drug]
    classes: Mapping[ClassId, DrugClass]
    conditions: Mapping[ConditionId, Condition]
    quantities: Mapping[QuantityId, MeasuredQuantity]
    allergens: Mapping[AllergenId, Allergen]
    states: Mapping[StateId, State]
    genes: Mapping[GeneId, Gene]
