"""What one node of a premise may hold, and which keys stand beside which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route, Sex
from engine.knowledge.entry import Entry
from engine.knowledge.fields import (
    Age,
    Limit,
    Name,
    NamesListed,
    Number,
    Switch,
    Text,
    Whole,
    choice,
    choices,
    listed,
)

#: The lower and upper ends of a range, as they are written.
BOUNDS = ("above", "at_least", "below", "at_most")

#: What a premise asks for -> what may stand beside it. Exactly one of these keys makes a premise.
PREMISE_KEYS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "any": (),
    "not": (),
    "at_least_n": (),
    "takes": ("besides", "count", "route", "dose", "daily_dose", "started_within", "started_before"),
    "stopped": ("within", "before"),
    "condition": ("ever", "past", "began_within", "began_before"),
    "planned": ("within",),
    "allergy": ("kind", "severity", "reaction"),
    "quantity": (*BOUNDS, "no_older_than"),
    "change": ("rises_by", "falls_by", "within"),
    "repeated": (*BOUNDS, "times", "within", "apart"),
    "trimester": (),
    "state": (),
    "sex": (),
    "diplotype": (),
    "reported_phenotype": (),
    "activity_score": (),
    "concept": (),
}


class BoundsEntry(Entry):
    """A range: one lower end, one upper end, or one of each."""

    below: Limit | None = None
    """Below this, not at it."""
    at_most: Limit | None = None
    """At this or below."""
    above: Limit | None = None
    """Above this, not at it."""
    at_least: Limit | None = None
    """At this or above."""


class ScoreEntry(Entry):
    """A range of activity scores."""

    below: Number | None = None
    """Below this, not at it."""
    at_most: Number | None = None
    """At this or below."""
    above: Number | None = None
    """Above this, not at it."""
    at_least: Number | None = None
    """At this or above."""


class ActivityEntry(ScoreEntry):
    """The activity scores of a gene, by its phenotype table."""

    gene: Name
    """A gene whose phenotype table gives its alleles values."""


class DiplotypeEntry(Entry):
    """Some diplotypes of a gene."""

    gene: Name
    """The gene."""
    is_: list[Text] = Field(alias="is")
    """Every one that counts."""


class CountEntry(Entry):
    """At least n of some premises."""

    n: Whole
    """How many must hold."""
    of: list[PremiseEntry]
    """The premises."""


def _at_least(value: object) -> object:
    return {"at_least": value} if isinstance(value, str) else value


_Routes = Annotated[list[Route], BeforeValidator(choices(Route), json_schema_input_type=Route | list[Route])]
_Reactions = Annotated[
    list[ReactionKind],
    BeforeValidator(choices(ReactionKind), json_schema_input_type=ReactionKind | list[ReactionKind]),
]
_Change = Annotated[BoundsEntry, BeforeValidator(_at_least, json_schema_input_type=Limit | BoundsEntry)]


class PremiseEntry(Entry):
    """One node of a premise: one key that asks for something, with the details that may stand beside it."""

    all_: list[PremiseEntry] | None = Field(default=None, alias="all")
    """Every part holds."""
    any_: list[PremiseEntry] | None = Field(default=None, alias="any")
    """At least one part holds."""
    not_: PremiseEntry | None = Field(default=None, alias="not")
    """The part does not hold."""
    at_least_n: CountEntry | None = None
    """At least so many of the parts hold."""
    takes: Name | None = None
    """The patient takes this drug, or one of this class, now."""
    stopped: Name | None = None
    """The patient took this drug, or one of this class, and stopped."""
    condition: Name | None = None
    """The patient has this condition now."""
    planned: Name | None = None
    """This procedure is planned."""
    allergy: Name | None = None
    """An allergy to this substance or group, or an intolerance of it, is recorded."""
    quantity: Name | None = None
    """The newest usable value of this quantity lies in the range beside it."""
    change: Name | None = None
    """The newest value of this quantity rose or fell by so much."""
    repeated: Name | None = None
    """So many values of this quantity lie in the range beside it."""
    trimester: (
        Annotated[list[Whole], BeforeValidator(listed, json_schema_input_type=Whole | list[Whole])] | None
    ) = None
    """The patient is pregnant, in one of these trimesters."""
    state: Name | None = None
    """This state was reported."""
    sex: Annotated[Sex, BeforeValidator(choice(Sex))] | None = None
    """The recorded sex is this."""
    diplotype: DiplotypeEntry | None = None
    """Every diplotype that fits the call is one of these."""
    reported_phenotype: DiplotypeEntry | None = None
    """A laboratory or PharmCAT reported one of these phenotypes."""
    activity_score: ActivityEntry | None = None
    """The activity score of every diplotype that fits the call lies in this range."""
    concept: Name | None = None
    """This derived concept holds."""

    besides: NamesListed
    """Beside takes: drugs or classes that do not count."""
    count: Whole | None = None
    """Beside takes: at least so many different drugs."""
    route: _Routes | None = None
    """Beside takes: by one of these routes."""
    dose: BoundsEntry | None = None
    """Beside takes: the dose of one administration."""
    daily_dose: BoundsEntry | None = None
    """Beside takes: the dose of one drug in 24 hours."""
    started_within: Age | None = None
    """Beside takes: the first day lies at most so far back."""
    started_before: Age | None = None
    """Beside takes: the first day lies further back than this."""
    ever: Switch | None = None
    """Beside condition: now or at any time."""
    past: Switch | None = None
    """Beside condition: in the past only."""
    began_within: Age | None = None
    """Beside condition: the onset lies at most so far back."""
    began_before: Age | None = None
    """Beside condition: the onset lies further back than this."""
    within: Age | None = None
    """Beside stopped: at most so long ago. Beside planned: at most so far ahead.
    Beside change and repeated: the values of so many days."""
    before: Age | None = None
    """Beside stopped: longer ago than this."""
    kind: Annotated[AllergyKind, BeforeValidator(choice(AllergyKind))] | None = None
    """Beside allergy: only an immune allergy, or only an intolerance."""
    severity: Annotated[AllergySeverity, BeforeValidator(choice(AllergySeverity))] | None = None
    """Beside allergy: the mildest reaction that counts."""
    reaction: _Reactions | None = None
    """Beside allergy: one of these reactions."""
    below: Limit | None = None
    """Below this, not at it."""
    at_most: Limit | None = None
    """At this or below."""
    above: Limit | None = None
    """Above this, not at it."""
    at_least: Limit | None = None
    """At this or above."""
    no_older_than: Age | None = None
    """Beside quantity: an older value is unknown."""
    rises_by: _Change | None = None
    """Beside change: by at least so much; percent are those of the lowest earlier value."""
    falls_by: _Change | None = None
    """Beside change: by at least so much; percent are those of the highest earlier value."""
    times: Whole | None = None
    """Beside repeated: at least so many values."""
    apart: Age | None = None
    """Beside repeated: each at least so long after the one counted before it."""


CountEntry.model_rebuild()
PremiseEntry.model_rebuild()
