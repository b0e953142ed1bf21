"""A recipe: what each column of a table of patients means, and what is to be learnt from it.

A recipe is all that stands between a CSV file and a trained model. It names what a patient could
be given (*arms* of a trial, or *bands* of a dose whose right answer is known), what happened, what
was known beforehand, and what came afterwards and can therefore never be an input.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain.ids import FeatureName
from engine.domain.models import ModelFeature
from engine.ranking.record_sources import RecordSource

_NONE: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSource:
    """One column and how its cells become numbers: as codes, as a list, as a decade, else as numbers."""

    column: str
    codes: Mapping[str, float] | None = None
    """Text of the cell: its code. Other texts are not known."""
    listed: str | None = None
    """1 where this code stands in the cell's list (separated by ``;`` or ``,``), else 0."""
    decade: bool = False
    """The first digit of an age band such as ``60 - 69``."""
    unit: str | None = None
    """UCUM, where the file's unit is not the feature's."""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)
    """Only for patients whose cells in these columns are among the values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One input of the model."""

    name: str
    title: str
    meaning: str
    unit: str = "1"
    cuts: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    required: bool = False
    first: tuple[ColumnSource, ...] = ()
    """The first of these that is known."""
    any: tuple[ColumnSource, ...] = ()
    """The largest of these that are known."""
    between: tuple[float, float] | None = None
    """What a living patient can have; what lies outside is not known, and many of them are a wrong unit."""
    record: RecordSource | None = None
    """Where a patient record holds it; without, the model can be studied and not used."""

    @property
    def columns(self) -> tuple[ColumnSource, ...]:
        """Return the columns it is read from."""
        return (*self.first, *self.any)

    def described(self) -> ModelFeature:
        """Return the feature as models and explanations know it."""
        return ModelFeature(
            name=FeatureName(self.name),
            title=self.title,
            unit=self.unit,
            meaning=self.meaning,
            cuts=self.cuts,
            labels=self.labels,
            required=self.required,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The upper end of a band: either of the two."""

    at_most: float | None = None
    below: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One arm of a trial."""

    title: str
    cells: Mapping[str, tuple[str, ...]]
    """The patients given it: their cells in these columns."""
    share: float | None = None
    """Known chance of being given it; without, the share in the data."""


class OutcomeKind(enum.StrEnum):
    """What the outcome says of options a patient was not given."""

    BAND = "band"
    """A measured right answer: it says of every option whether it was the right one."""
    EVENT = "event"
    """What happened under the one option that was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened, and what counts as good."""

    kind: OutcomeKind
    column: str
    title: str
    unit: str = "1"
    levels: tuple[str, ...] = ()
    """Of bands: their titles, lowest first."""
    edges: tuple[Edge, ...] = ()
    """Of bands: one fewer than levels."""
    event: tuple[str, ...] = ()
    """Cells that mean a bad event."""
    no_event: tuple[str, ...] = ()
    """Cells that mean none; others are not known, and their patients left out."""
    time: str | None = None
    """Of events over time: the column of the time to event or censoring."""
    horizon: float | None = None
    """Asked is whether the event came by then; patients censored earlier are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of selection: the patients whose cell is among these, or a number in this range."""

    step: str
    column: str
    among: tuple[str, ...] = ()
    below: float | None = None
    number: bool = False
    """True: a number must stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A column by which results are told apart; never an input."""

    name: str
    column: str
    values: tuple[str, ...] = ()
    """Kept as they are; none: all are."""
    other: str = "other or not recorded"
    cuts: tuple[float, ...] = ()
    """Of a measured column: the edges of the groups."""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """A published equation to be compared with: a sum, squared where it gives a square root."""

    title: str
    intercept: float
    squared: bool = False
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Feature: factor."""
    codes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Feature: label: term; ``not known`` for patients without."""
    yes: Mapping[str, float] = field(default_factory=dict)
    """Feature: term where it holds for certain."""
    groups: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Group: value: term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """A linear equation of the outcome's square root, fitted in each fold, that first trees are taught."""

    numbers: Mapping[str, float]
    """Feature: what stands in for a missing one."""
    codes: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardColumns:
    """What the domain guard measures."""

    columns: tuple[str, ...]
    logged: tuple[str, ...] = ()
    by: str | None = None
    """A feature with two labels: a place of its own for each."""
    lowest: Mapping[str, float] = field(default_factory=dict)
    """Feature: value below which a patient is refused outright."""
    unit_errors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Error in words: feature: factor; the card says how many patients the guard refuses after each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Features drawn together for the explanation bank, given what was drawn before."""

    drawn: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The table, and where it comes from."""

    title: str
    citation: str
    licence: str
    separator: str = ","
    missing: tuple[str, ...] = ("", "NA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that a training run must be told."""

    recipe: str
    title: str
    question: str
    label: str
    """What stands beside any order the model gives; ``{patients}`` is filled in."""
    data: Data
    features: tuple[Feature, ...]
    outcome: Outcome
    seed: int
    keep: tuple[Step, ...] = ()
    options: tuple[Option, ...] = ()
    post_treatment: tuple[str, ...] = ()
    """Columns that came after treatment began: never an input, whatever else the recipe says."""
    groups: tuple[Group, ...] = ()
    leave_out: str | None = None
    """The group whose values are left out in turn: how the model travels."""
    consecutive_blocks: bool = False
    """Leave out blocks of consecutive records: where sites are not named but listed one after another."""
    measured_on: tuple[str, ...] = ()
    """Results are told of patients of whom these features are known; without, the required ones."""
    learnt_without: tuple[str, ...] = ()
    """Features that each patient is learnt from twice for: known, and as if not known."""
    states: tuple[str, str] = ("everything known", "something not known")
    """What to call both states of knowledge."""
    often_unknown: tuple[tuple[str, ...], ...] = ()
    """What records often lack together: made ready to explain before the first question."""
    linked: tuple[Linked, ...] = ()
    guard: GuardColumns | None = None
    equations: tuple[Equation, ...] = ()
    teacher: Teacher | None = None
    margin: float = 0.02
    """Of a trial: by how much the policy may be worse than the best single arm."""
    flips: tuple[str, ...] = ()
    """Features with two labels of which the card says what a change of them alone does to the order."""
    by_groups: tuple[str, ...] = ()
    """Features by whose bins results are told apart, beside the groups."""
    told: str | None = None
    """A group that is no input: the card says what a model told of it would reach, and for whom."""
    limits: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What no training run can compute of the source attributes of decision support."""

    @property
    def described(self) -> tuple[ModelFeature, ...]:
        """Return the inputs in the order of the trees' columns."""
        return tuple(feature.described() for feature in self.features)

    @property
    def levels(self) -> tuple[str, ...]:
        """Return the titles of what could be given."""
        return self.outcome.levels or tuple(option.title for option in self.options)

    def place(self, name: str) -> int:
        """Return the column of a feature."""
        return next(place for place, feature in enumerate(self.features) if feature.name == name)
