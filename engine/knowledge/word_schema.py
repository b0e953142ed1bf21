"""What each entry of the vocabulary may hold, with the source that nearly every entry names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.domain.rules import Jurisdiction
from engine.domain.vocabulary import QuantityKind
from engine.knowledge.entry import Entry
from engine.knowledge.fields import Age, Name, NamesListed, Number, Text, Texts, Whole, choice


class SourceEntry(Entry):
    """A place inside a cited source."""

    citation: Name
    """Which source."""
    where: Text
    """Section, table or page."""


Sources = Annotated[list[SourceEntry], Field(default_factory=list)]


class MarketedEntry(Entry):
    """Where alone something can be had."""

    only: Annotated[Jurisdiction, BeforeValidator(choice(Jurisdiction))]
    """The one label under which it is marketed."""
    sources: Sources
    """What says so."""


class DrugEntry(Entry):
    """One ingredient."""

    title: Text
    """As it is read aloud."""
    rxnorm: Texts
    """RxNorm identifiers of the ingredient and its salts."""
    atc: Texts
    """ATC codes."""
    synonyms: Texts
    """Other names of the ingredient."""
    brands: Texts
    """Brand names."""
    marketed: MarketedEntry | None = None
    """Where alone it is marketed; left out: everywhere."""


class ClassEntry(Entry):
    """A named set of drugs."""

    title: Text
    """As it is read aloud."""
    members: list[Name]
    """Drugs, or other classes."""
    sources: Sources
    """What says that these belong together."""


class ConditionEntry(Entry):
    """A disorder or procedure."""

    title: Text
    """As it is read aloud."""
    icd10: Texts
    """ICD-10 codes; each stands for its subdivisions too."""
    snomed: Texts
    """SNOMED CT identifiers."""
    includes: NamesListed
    """Narrower conditions: who has one of them has this one."""


class ConversionEntry(Entry):
    """How a unit becomes the canonical one."""

    factor: Number
    """How many of the canonical unit one of this unit is."""
    offset: Number | None = None
    """Added after that."""


def _conversion(value: object) -> object:
    return {"factor": value} if isinstance(value, str) else value


class RangeEntry(Entry):
    """Two ends, each optional."""

    low: Number | None = None
    """The lower end."""
    high: Number | None = None
    """The upper end."""


class QuantityEntry(Entry):
    """A laboratory value, vital sign or score."""

    title: Text
    """As it is read aloud."""
    kind: Annotated[QuantityKind, BeforeValidator(choice(QuantityKind))]
    """Whether it is measured or computed from others."""
    unit: Text
    """The canonical unit, UCUM; 1 for a pure number."""
    loinc: Texts
    """LOINC terms."""
    conversions: Annotated[
        dict[
            Text,
            Annotated[
                ConversionEntry, BeforeValidator(_conversion, json_schema_input_type=Number | ConversionEntry)
            ],
        ],
        Field(default_factory=dict),
    ]
    """Other units, each with its factor."""
    plausible: RangeEntry | None = None
    """What a living patient can have; a value outside is kept, but unknown to rules."""
    agreement: Number | None = None
    """Values of one day further apart than this share contradict each other."""
    max_age: Age | None = None
    """A value older than this is stale, where a rule names no age of its own."""
    decimals: Whole = 1
    """Places to show."""


class AllergenEntry(Entry):
    """A substance or group one can be allergic to."""

    title: Text
    """As it is read aloud."""
    drugs: NamesListed
    """Drugs of the group."""
    codes: Texts
    """system|code pairs."""
    synonyms: Texts
    """Other names."""


class StateEntry(Entry):
    """A yes or no about the patient that is no diagnosis."""

    title: Text
    """As it is read aloud."""
    loinc: Texts
    """LOINC terms of the question."""
    yes: Texts
    """system|code answers that mean yes."""
    no: Texts
    """system|code answers that mean no."""
    max_age: Age | None = None
    """A report older than this is stale."""


class GeneEntry(Entry):
    """A pharmacogene."""

    title: Text
    """As it is read aloud."""
    loinc: Texts
    """LOINC terms."""
    aliases: Annotated[dict[Text, Text], Field(default_factory=dict)]
    """Spelling in reports, and the one used here."""
