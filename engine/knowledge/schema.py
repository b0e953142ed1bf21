"""What each entry of a rule file may hold, the vocabulary apart.

Strict models, unknown keys forbidden. Each instance keeps the node it came from, so that later
checks can point at the very line. Here, in ``word_schema``, ``premise_schema``, ``case_schema`` and
``criteria_schema`` stands all that WhyRx uses of pydantic; ``json_schema`` publishes it for editors.
"""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.domain.findings import EvidenceStrength, FindingKind, Severity
from engine.domain.patient import Route
from engine.domain.provenance import Checked, CitationKind
from engine.domain.rules import Jurisdiction, WhenUnknown
from engine.domain.therapy import OptionsFrom
from engine.knowledge.criteria_schema import CriteriaEntry
from engine.knowledge.entry import Entry
from engine.knowledge.fields import (
    Age,
    Amount,
    Day,
    Free,
    Hours,
    Limit,
    Name,
    NamesListed,
    Number,
    Switch,
    Text,
    Texts,
    Whole,
    choice,
    choices,
)
from engine.knowledge.premise_schema import BoundsEntry, PremiseEntry, ScoreEntry
from engine.knowledge.word_schema import (
    AllergenEntry,
    ClassEntry,
    ConditionEntry,
    DrugEntry,
    GeneEntry,
    MarketedEntry,
    QuantityEntry,
    SourceEntry,
    Sources,
    StateEntry,
)


class ValueEntry(Entry):
    """What a threshold was from one day on."""

    value: Number
    """In the unit of the parameter."""
    source: SourceEntry
    """What says so."""


class ParameterEntry(Entry):
    """A named threshold."""

    title: Text
    """What it is, as a noun."""
    unit: Text
    """Its unit, UCUM; 1 for a pure number."""
    values: dict[Day, ValueEntry]
    """The first day of each value."""


class CitationEntry(Entry):
    """One source, with how it was checked."""

    title: Text
    """As it is cited."""
    kind: Annotated[CitationKind, BeforeValidator(choice(CitationKind))]
    """What sort of source it is."""
    year: Whole
    """Of publication, or of the version that was read."""
    locator: Text
    """DOI, PubMed id, application number or address."""
    checked: Annotated[Checked, BeforeValidator(choice(Checked))]
    """Whether the authors had it before their eyes."""
    how: Text
    """What was read, and where."""
    on: Day
    """The day it was checked."""
    valid_until: Day | None = None
    """The last day on which it may be relied on without another look."""


class PhenotypeEntry(Entry):
    """One phenotype of a gene."""

    title: Text
    """As it is read aloud."""
    score: ScoreEntry | None = None
    """The activity scores of this phenotype."""
    reported: Texts
    """How laboratories and PharmCAT call it."""


def _activity(value: object) -> object:
    return None if value == "unknown" else value


class PhenotypeTable(Entry):
    """How a gene's diplotypes become phenotypes."""

    prefix: Name
    """Each phenotype becomes the concept PREFIX.NAME."""
    alleles: Annotated[
        dict[
            Text,
            Annotated[Number | None, BeforeValidator(_activity, json_schema_input_type=Number | Text | None)],
        ],
        Field(default_factory=dict),
    ]
    """The activity value of each allele, or unknown."""
    genotypes: Annotated[dict[Name, list[Text]], Field(default_factory=dict)]
    """Phenotype and its genotypes, for a gene without star alleles."""
    functions: Annotated[dict[Name, list[Text]], Field(default_factory=dict)]
    """Function and its alleles, for a gene whose alleles have no activity value."""
    pairs: Annotated[dict[Name, list[list[Name]]], Field(default_factory=dict)]
    """Phenotype and the pairs of functions that make it."""
    alone: Annotated[dict[Name, list[Name]], Field(default_factory=dict)]
    """Phenotype and the functions of a single allele that make it: mitochondria, one X chromosome."""
    phenotypes: dict[Name, PhenotypeEntry]
    """The phenotypes by name."""
    sources: Sources
    """What the table was taken from."""


class ConceptEntry(Entry):
    """A named premise."""

    title: Text
    """As it is read aloud."""
    when: PremiseEntry
    """When it holds."""
    sources: Sources
    """What says so."""


class ComputeEntry(Entry):
    """A dose as arithmetic: amount x (quantity + plus), limited, then rounded."""

    amount: Amount
    """The dose, or the dose for each unit of the quantity: 6 mg."""
    per: Text | None = None
    """The unit that the amount is for: kg."""
    of: Name | None = None
    """The quantity: weight."""
    plus: Amount | None = None
    """Added to the quantity before it is multiplied."""
    at_least: Amount | None = None
    """No smaller dose."""
    at_most: Amount | None = None
    """No larger dose."""
    round_to: Amount | None = None
    """The step that can be given; halves go down."""
    every: Hours | None = None
    """The time between two doses."""


class MonitorEntry(Entry):
    """What to watch under an option, when, and from which value on to act."""

    what: Text
    """The id of a quantity, or a sign in several words."""
    before: Switch = False
    """Before the first dose."""
    after: Annotated[list[Age], Field(default_factory=list)]
    """So long after the first dose."""
    every: Age | None = None
    """From then on, each time after so long."""
    below: Limit | None = None
    """Act below this."""
    at_most: Limit | None = None
    """Act at this or below."""
    above: Limit | None = None
    """Act above this."""
    at_least: Limit | None = None
    """Act at this or above."""
    act: Free = ""
    """What to do then."""


class ThenEntry(Entry):
    """What a rule says."""

    kind: Annotated[FindingKind, BeforeValidator(choice(FindingKind))]
    """What sort of statement it is."""
    severity: Annotated[Severity, BeforeValidator(choice(Severity))]
    """How bad it is; contraindicated and avoid exclude the option."""
    strength: Annotated[EvidenceStrength, BeforeValidator(choice(EvidenceStrength))]
    """How well the source supports it (GRADE)."""
    say: Text
    """One sentence, with what it looks at in braces."""
    manage: Free = ""
    """What to do."""
    dose: Free = ""
    """The dose it calls for, in words."""
    compute: ComputeEntry | None = None
    """The dose it calls for, as arithmetic."""
    monitor: Annotated[list[MonitorEntry], Field(default_factory=list)]
    """What to watch."""
    alternatives: NamesListed
    """Options to prefer instead."""
    no_alternative: Free = ""
    """Why an exclusion names none, in a clause."""
    starts: NamesListed
    """Drugs or classes to start beside the option."""


class LifeStage(enum.StrEnum):
    """Where a rule stands, as it is written."""

    STARTER = "starter"
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class OnlyEntry(Entry):
    """What the options of a rule must have in common beside their drug."""

    routes: Annotated[
        list[Route] | None, BeforeValidator(choices(Route), json_schema_input_type=Route | list[Route] | None)
    ] = None
    """Given by one of these routes."""
    indications: list[Name] | None = None
    """For one of these indications."""
    dose: BoundsEntry | None = None
    """With a single dose in this range."""
    daily_dose: BoundsEntry | None = None
    """With a daily dose in this range."""


class RuleEntry(Entry):
    """One rule."""

    title: Text
    """What it is about, as a heading."""
    for_: list[Name] = Field(alias="for")
    """Options, drugs and classes it speaks of."""
    only: OnlyEntry | None = None
    """Of these, the options with this route, indication or dose alone."""
    jurisdiction: Annotated[Jurisdiction, BeforeValidator(choice(Jurisdiction))] | None = None
    """Whose label it follows; left out: it holds everywhere."""
    when: PremiseEntry
    """When it fires."""
    then: ThenEntry
    """What it says."""
    when_unknown: Annotated[WhenUnknown, BeforeValidator(choice(WhenUnknown))] | None = None
    """What becomes of the option while the premise is undecided."""
    unknown_because: Free = ""
    """Why an undecided exclusion may be only mentioned."""
    sources: Sources
    """What says so."""
    review_by: Day
    """The day by which it is compared with its sources again."""
    author: Text
    """Who wrote it."""
    version: Whole
    """Counted up at each change of meaning."""
    status: Annotated[LifeStage, BeforeValidator(choice(LifeStage))]
    """Where it stands in its life."""


class EvidenceEntry(Entry):
    """What guidelines and trials say of an option."""

    order: Whole
    """1 for the best supported; equal numbers are ties."""
    line: Text
    """The evidence in a sentence or two."""
    strength: Annotated[EvidenceStrength, BeforeValidator(choice(EvidenceStrength))]
    """How well supported (GRADE)."""
    sources: Sources
    """What says so."""


class OptionEntry(Entry):
    """One option of an indication."""

    title: Text
    """As it is read aloud."""
    drug: Name
    """Its drug."""
    dose: Free
    """The dose in words."""
    single_dose: Amount | None = None
    """Of one administration, where it is fixed: 5 mg."""
    daily_dose: Amount | None = None
    """Of 24 hours, where it is fixed: 10 mg."""
    route: Text
    """The route; one of the known names where rules are to select by it."""
    burden: Free
    """What it asks of the patient, in a few words."""
    evidence: EvidenceEntry
    """What guidelines and trials say."""
    model_level: Whole | None = None
    """Its place in the model's catalogue."""
    marketed: MarketedEntry | None = None
    """Where alone this form of the drug is marketed; left out: as the drug."""


class IndicationEntry(Entry):
    """Why a therapy is considered, with its options."""

    title: Text
    """As it is read aloud."""
    question: Text
    """What is to be decided."""
    conditions: NamesListed
    """Recorded conditions that suggest it."""
    scores: NamesListed
    """Quantities shown above the options."""
    context: NamesListed
    """Concepts shown above the options."""
    options_from: Annotated[OptionsFrom, BeforeValidator(choice(OptionsFrom))] = OptionsFrom.LISTED
    """Whether they are listed here, or are the drugs of the record."""
    model: Name | None = None
    """The model that orders its options."""
    no_model_reason: Free = ""
    """Why none does."""
    options: Annotated[dict[Name, OptionEntry], Field(default_factory=dict)]
    """What could be done."""


class PackEntry(Entry):
    """Who a pack is."""

    id: Name
    """Its id."""
    title: Text
    """As it is read aloud."""
    version: Text
    """Of the whole pack."""
    status: Text
    """Whether it was reviewed, and by whom; shown wherever its rules are."""


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
    "criteria": CriteriaEntry,
}
