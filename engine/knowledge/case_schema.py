"""What a case file may hold: patients to start from, and given-when-then cases."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.domain.options import Verdict
from engine.domain.patient import (
    AllergyKind,
    AllergySeverity,
    ConditionStatus,
    ListKind,
    MedicationStatus,
    ReactionKind,
    Route,
    Sex,
)
from engine.domain.rules import Jurisdiction
from engine.knowledge.entry import Entry
from engine.knowledge.fields import (
    Age,
    Amount,
    Day,
    Name,
    Switch,
    Text,
    Texts,
    Words,
    choice,
    choices,
    listed,
    name_or,
)


class Outcome(enum.StrEnum):
    """What a case expects of an option: a verdict, or that there is none."""

    CLEAR = Verdict.CLEAR.value
    CAUTION = Verdict.CAUTION.value
    UNASSESSABLE = Verdict.UNASSESSABLE.value
    EXCLUDED = Verdict.EXCLUDED.value
    NOT_OFFERED = "not offered"
    """It is not marketed under the label, or the patient does not take it."""


class DiagnosisGiven(Entry):
    """A condition by id, or by a text that no vocabulary knows."""

    id: Name | None = None
    """The condition."""
    text: Text | None = None
    """What stands in the record instead of a condition that is known."""
    status: Annotated[ConditionStatus, BeforeValidator(choice(ConditionStatus))] = ConditionStatus.ACTIVE
    """Whether the patient has it now."""
    since: Age | None = None
    """How long ago it began."""


class MedicationGiven(Entry):
    """A drug by id, or by a text that no vocabulary knows."""

    id: Name | None = None
    """The drug."""
    text: Text | None = None
    """What stands in the record instead of a drug that is known."""
    status: Annotated[MedicationStatus, BeforeValidator(choice(MedicationStatus))] | None = None
    """Active, or stopped where a last day is given, unless it says otherwise."""
    route: Annotated[Route, BeforeValidator(choice(Route))] | None = None
    """How it is given."""
    dose: Amount | None = None
    """Of one administration: 1 g."""
    daily_dose: Amount | None = None
    """Of 24 hours: 2 g."""
    since: Age | None = None
    """How long ago its first day was."""
    stopped: Age | None = None
    """How long ago its last day was."""


class AllergyGiven(Entry):
    """An allergen or drug by id, or by a text that no vocabulary knows."""

    id: Name | None = None
    """The substance, group or drug."""
    text: Text | None = None
    """What stands in the record instead of one that is known."""
    kind: Annotated[AllergyKind, BeforeValidator(choice(AllergyKind))] = AllergyKind.ALLERGY
    """Whether the immune system takes part."""
    severity: Annotated[AllergySeverity, BeforeValidator(choice(AllergySeverity))] | None = None
    """How bad the reaction was."""
    reaction: Annotated[
        list[ReactionKind] | None,
        BeforeValidator(choices(ReactionKind), json_schema_input_type=ReactionKind | list[ReactionKind]),
    ] = None
    """What it looked like."""


class PlannedGiven(Entry):
    """A planned procedure by id, or by a text that no vocabulary knows."""

    id: Name | None = None
    """The procedure."""
    text: Text | None = None
    """What stands in the record instead of a procedure that is known."""
    in_: Age | None = Field(default=None, alias="in")
    """How far ahead it is; left out: no day is fixed."""


def _by_id(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


class GenotypeGiven(Entry):
    """What is known of a gene."""

    diplotypes: Texts
    """Every diplotype that fits the call."""
    phenotype: Text | None = None
    """The phenotype as it was reported."""


def _genotype(value: object) -> object:
    return {"diplotypes": listed(value)} if isinstance(value, str | list) else value


_Genotype = Annotated[
    GenotypeGiven,
    BeforeValidator(_genotype, json_schema_input_type=Text | list[Text] | GenotypeGiven),
]
_Diagnosis = Annotated[DiagnosisGiven, BeforeValidator(_by_id, json_schema_input_type=Name | DiagnosisGiven)]
_Medication = Annotated[
    MedicationGiven, BeforeValidator(_by_id, json_schema_input_type=Name | MedicationGiven)
]
_Allergy = Annotated[AllergyGiven, BeforeValidator(_by_id, json_schema_input_type=Name | AllergyGiven)]
_Planned = Annotated[PlannedGiven, BeforeValidator(_by_id, json_schema_input_type=Name | PlannedGiven)]
_TakenAway = Annotated[str, BeforeValidator(name_or(ListKind)), Words]


class GivenEntry(Entry):
    """A patient, or what differs from the one named by ``like``."""

    like: Name | None = None
    """The patient to start from."""
    without: Annotated[list[_TakenAway], Field(default_factory=list)]
    """What to take away from that patient, by name."""
    sex: Annotated[Sex, BeforeValidator(choice(Sex))] | None = None
    """The recorded sex."""
    birth_date: Day | None = None
    """The day of birth."""
    race: Text | None = None
    """As a dosing model may ask for it."""
    quantities: Annotated[
        dict[Name, Annotated[list[Text], BeforeValidator(listed, json_schema_input_type=Text | list[Text])]],
        Field(default_factory=dict),
    ]
    """Values by quantity: 14 mL/min, or 14 mL/min, 10 days old; several of them as a list."""
    conditions: list[_Diagnosis] | None = None
    """The problem list."""
    medications: list[_Medication] | None = None
    """The medication list."""
    allergies: list[_Allergy] | None = None
    """The allergy list."""
    planned: list[_Planned] | None = None
    """The planned procedures."""
    states: Annotated[dict[Name, Switch], Field(default_factory=dict)]
    """States and whether they hold."""
    genotypes: Annotated[dict[Name, _Genotype], Field(default_factory=dict)]
    """Genes and their diplotypes."""
    reviewed: list[Annotated[ListKind, BeforeValidator(choice(ListKind))]] | None = None
    """The lists that somebody went through."""


class Expectation(enum.StrEnum):
    """What a case expects of one rule."""

    FIRES = "fires"
    SILENT = "silent"
    UNDECIDED = "undecided"


class CaseEntry(Entry):
    """One given-when-then case."""

    name: Text
    """What it shows."""
    on: Day
    """The day on which it plays."""
    jurisdiction: Annotated[Jurisdiction, BeforeValidator(choice(Jurisdiction))] = Jurisdiction.EU
    """Whose labels bind."""
    indication: Name
    """The indication it plays in."""
    given: GivenEntry
    """The patient."""
    then: Annotated[
        dict[Name, Annotated[Expectation, BeforeValidator(choice(Expectation))]], Field(default_factory=dict)
    ]
    """What is expected of which rules."""
    verdicts: Annotated[
        dict[Name, Annotated[Outcome, BeforeValidator(choice(Outcome))]], Field(default_factory=dict)
    ]
    """What is expected of which options."""
