"""What each entry of a rule file may hold.

Strict models, unknown keys forbidden. Each instance keeps the node it came from, so that later
checks can point at the very line. Here and in ``case_schema`` stands all that WhyRx uses of pydantic.
"""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.domain.findings import EvidenceStrength, FindingKind, Severity
from engine.domain.patient import Sex
from engine.domain.provenance import Checked, CitationKind
from engine.domain.rules import Jurisdiction, WhenUnknown
from engine.domain.therapy import OptionsFrom
from engine.domain.vocabulary import QuantityKind
from engine.knowledge.entry import Entry
from engine.knowledge.fields import (
    Age,
    Day,
    Free,
    Name,
    NamesListed,
    Number,
    Switch,
    Text,
    Texts,
    Whole,
    choice,
)


class SourceEntry(Entry):
    """A place inside a cited source."""

    citation: Name
    where: Text


Sources = Annotated[list[SourceEntry], Field(default_factory=list)]


class DrugEntry(Entry):
    """One ingredient."""

    title: Text
    rxnorm: Texts
    atc: Texts
    synonyms: Texts
    brands: Texts


class ClassEntry(Entry):
    """A named set of drugs."""

    title: Text
    members: list[Name]
    sources: Sources


class ConditionEntry(Entry):
    """A disorder or procedure."""

    title: Text
    icd10: Texts
    snomed: Texts
    includes: NamesListed


class ConversionEntry(Entry):
    """How a unit becomes the canonical one."""

    factor: Number
    offset: Number | None = None


def _conversion(value: object) -> object:
    return {"factor": value} if isinstance(value, str) else value


class RangeEntry(Entry):
    """Two ends, each optional."""

    low: Number | None = None
    high: Number | None = None


class QuantityEntry(Entry):
    """A laboratory value, vital sign or score."""

    title: Text
    kind: Annotated[QuantityKind, BeforeValidator(choice(QuantityKind))]
    unit: Text
    loinc: Texts
    conversions: Annotated[
        dict[Text, Annotated[ConversionEntry, BeforeValidator(_conversion)]], Field(default_factory=dict)
    ]
    plausible: RangeEntry | None = None
    agreement: Number | None = None
    max_age: Age | None = None
    decimals: Whole = 1


class AllergenEntry(Entry):
    """A substance or group one can be allergic to."""

    title: Text
    drugs: NamesListed
    codes: Texts
    synonyms: Texts


class StateEntry(Entry):
    """A yes or no about the patient that is no diagnosis."""

    title: Text
    loinc: Texts
    yes: Texts
    no: Texts
    max_age: Age | None = None


class GeneEntry(Entry):
    """A pharmacogene."""

    title: Text
    loinc: Texts
    aliases: Annotated[dict[Text, Text], Field(default_factory=dict)]


class ValueEntry(Entry):
    """What a threshold was from one day on."""

    value: Number
    source: SourceEntry


class ParameterEntry(Entry):
    """A named threshold."""

    title: Text
    unit: Text
    values: dict[Day, ValueEntry]


class CitationEntry(Entry):
    """One source, with how it was checked."""

    title: Text
    kind: Annotated[CitationKind, BeforeValidator(choice(CitationKind))]
    year: Whole
    locator: Text
    checked: Annotated[Checked, BeforeValidator(choice(Checked))]
    how: Text
    on: Day


class ScoreEntry(Entry):
    """The activity scores of one phenotype."""

    below: Number | None = None
    at_most: Number | None = None
    above: Number | None = None
    at_least: Number | None = None


class PhenotypeEntry(Entry):
    """One phenotype of a gene."""

    title: Text
    score: ScoreEntry | None = None
    reported: Texts


def _activity(value: object) -> object:
    return None if value == "unknown" else value


class PhenotypeTable(Entry):
    """How a gene's diplotypes become phenotypes."""

    prefix: Name
    alleles: Annotated[
        dict[Text, Annotated[Number | None, BeforeValidator(_activity)]], Field(default_factory=dict)
    ]
    genotypes: Annotated[dict[Name, list[Text]], Field(default_factory=dict)]
    phenotypes: dict[Name, PhenotypeEntry]
    sources: Sources


class DiplotypeEntry(Entry):
    """Some diplotypes of a gene."""

    gene: Name
    is_: list[Text] = Field(alias="is")


class CountEntry(Entry):
    """At least n of some premises."""

    n: Whole
    of: list[PremiseEntry]


class PremiseEntry(Entry):
    """One node of a premise; which one, the single key among the first thirteen says."""

    all_: list[PremiseEntry] | None = Field(default=None, alias="all")
    any_: list[PremiseEntry] | None = Field(default=None, alias="any")
    not_: PremiseEntry | None = Field(default=None, alias="not")
    at_least_n: CountEntry | None = None
    takes: Name | None = None
    condition: Name | None = None
    allergy: Name | None = None
    quantity: Name | None = None
    state: Name | None = None
    sex: Annotated[Sex, BeforeValidator(choice(Sex))] | None = None
    diplotype: DiplotypeEntry | None = None
    reported_phenotype: DiplotypeEntry | None = None
    concept: Name | None = None

    ever: Switch | None = None
    below: Text | None = None
    at_most: Text | None = None
    above: Text | None = None
    at_least: Text | None = None
    no_older_than: Age | None = None


class ConceptEntry(Entry):
    """A named premise."""

    title: Text
    when: PremiseEntry
    sources: Sources


class ThenEntry(Entry):
    """What a rule says."""

    kind: Annotated[FindingKind, BeforeValidator(choice(FindingKind))]
    severity: Annotated[Severity, BeforeValidator(choice(Severity))]
    strength: Annotated[EvidenceStrength, BeforeValidator(choice(EvidenceStrength))]
    say: Text
    manage: Free = ""
    dose: Free = ""
    alternatives: NamesListed


class LifeStage(enum.StrEnum):
    """Where a rule stands, as it is written."""

    STARTER = "starter"
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class RuleEntry(Entry):
    """One rule."""

    title: Text
    for_: list[Name] = Field(alias="for")
    jurisdiction: Annotated[Jurisdiction, BeforeValidator(choice(Jurisdiction))] | None = None
    when: PremiseEntry
    then: ThenEntry
    when_unknown: Annotated[WhenUnknown, BeforeValidator(choice(WhenUnknown))] | None = None
    unknown_because: Free = ""
    sources: Sources
    review_by: Day
    author: Text
    version: Whole
    status: Annotated[LifeStage, BeforeValidator(choice(LifeStage))]


class EvidenceEntry(Entry):
    """What guidelines and trials say of an option."""

    order: Whole
    line: Text
    strength: Annotated[EvidenceStrength, BeforeValidator(choice(EvidenceStrength))]
    sources: Sources


class OptionEntry(Entry):
    """One option of an indication."""

    title: Text
    drug: Name
    dose: Free
    route: Text
    burden: Free
    evidence: EvidenceEntry
    model_level: Whole | None = None


class IndicationEntry(Entry):
    """Why a therapy is considered, with its options."""

    title: Text
    question: Text
    conditions: NamesListed
    scores: NamesListed
    context: NamesListed
    options_from: Annotated[OptionsFrom, BeforeValidator(choice(OptionsFrom))] = OptionsFrom.LISTED
    model: Name | None = None
    no_model_reason: Free = ""
    options: Annotated[dict[Name, OptionEntry], Field(default_factory=dict)]


class PackEntry(Entry):
    """Who a pack is."""

    id: Name
    title: Text
    version: Text
    status: Text


CountEntry.model_rebuild()
PremiseEntry.model_rebuild()

#: Top-level key -> the model of each entry that stands under a name there.
SECTIONS: dict[str, type[Entry]] = {
    "drugs": DrugEntry,
    "classes": ClassEntry,
    "conditions": ConditionEntry,
    "quantities": QuantityEntry,
    "allergens": AllergenEntry,
    "states": StateEntry,
    "genes": GeneEntry,
    "parameters": ParameterEntry,
    "citations": CitationEntry,
    "phenotypes": PhenotypeTable,
    "concepts": ConceptEntry,
    "indications": IndicationEntry,
    "rules": RuleEntry,
}
