"""Atoms: statements about one record, each decided on the facts floor, three-valued.

An atom's ``symbol`` is all that the rule engines ever see of it. Equal atoms have equal symbols, and
different ones different symbols.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from engine.domain.ids import (
    AllergenId,
    ClassId,
    ConditionId,
    DrugId,
    GeneId,
    ParameterId,
    QuantityId,
    StateId,
    Symbol,
)
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route, Sex
from engine.domain.quantities import Interval

#: Diplotypes written out in a symbol; a phenotype can have hundreds, and is named by their digest then.
_LISTED = 6


class _Named:
    """What every atom has: its symbol, written out once, as every step of an evaluation asks for it."""

    __slots__ = ("symbol",)

    symbol: Symbol
    """The atom written out; not a field: it follows from the others."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbol", self._written())

    def _written(self) -> Symbol:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class TakesDrug(_Named):
    """The patient takes this drug, or a drug of this class, now; every detail given must hold as well.

    The details hold of one and the same entry of the medication list, except ``count``, which counts
    different drugs of which all other details hold, and ``daily_dose``, which is the sum over all entries
    of one drug.
    """

    drug: DrugId | ClassId
    besides: tuple[DrugId, ...] = ()
    """Drugs that do not count: for duplicates, the option itself."""
    count: int = 1
    """At least so many different drugs."""
    routes: tuple[Route, ...] = ()
    """By one of these routes; empty: by any."""
    dose: Interval | None = None
    """Of one administration."""
    daily_dose: Interval | None = None
    """Of one drug in 24 hours, all entries together."""
    started: Interval | None = None
    """Days since the first day."""

    def _written(self) -> Symbol:
        details = (
            f" x{self.count}" if self.count > 1 else "",
            f" besides {' '.join(sorted(self.besides))}" if self.besides else "",
            f" by {' | '.join(sorted(self.routes))}" if self.routes else "",
            f" single dose {self.dose}" if self.dose is not None else "",
            f" daily dose {self.daily_dose}" if self.daily_dose is not None else "",
            f" for {self.started}" if self.started is not None else "",
        )
        return Symbol(f"takes:{self.drug}{''.join(details)}")

    @property
    def bare(self) -> bool:
        """Tell whether no detail is asked for: taking it at all is enough."""
        return self == TakesDrug(drug=self.drug)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedDrug(_Named):
    """The patient took this drug, or a drug of this class, and its last day lies so many days back.

    A drug that is taken now was not stopped: a wash-out is *takes or stopped within*.
    """

    drug: DrugId | ClassId
    ago: Interval
    """Days since the last day."""

    def _written(self) -> Symbol:
        return Symbol(f"stopped:{self.drug} {self.ago} ago")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasCondition(_Named):
    """The patient has this condition now (or had it at any time, or only in the past)."""

    condition: ConditionId
    ever: bool = False
    """True: a resolved entry counts as well (a past intracranial haemorrhage)."""
    past: bool = False
    """True: only a resolved entry counts (a healed ulcer)."""
    began: Interval | None = None
    """Days since the onset (a myocardial infarction within 30 days)."""

    def _written(self) -> Symbol:
        time = "@past" if self.past else "@ever" if self.ever else ""
        began = f" began {self.began} ago" if self.began is not None else ""
        return Symbol(f"condition:{self.condition}{time}{began}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansProcedure(_Named):
    """A procedure of this kind is planned within so many days from today."""

    procedure: ConditionId
    within_days: int

    def _written(self) -> Symbol:
        return Symbol(f"planned:{self.procedure} within {self.within_days}d")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasAllergy(_Named):
    """The patient is allergic to this substance or group; every detail given must hold of one entry."""

    allergen: AllergenId
    kind: AllergyKind | None = None
    """Only an immune reaction, or only an intolerance; None: either."""
    at_least: AllergySeverity | None = None
    """The mildest reaction that counts."""
    reactions: tuple[ReactionKind, ...] = ()
    """One of these reactions; empty: any."""

    def _written(self) -> Symbol:
        details = (
            f" {self.kind}" if self.kind is not None else "",
            f" at least {self.at_least}" if self.at_least is not None else "",
            f" with {' | '.join(sorted(self.reactions))}" if self.reactions else "",
        )
        return Symbol(f"allergy:{self.allergen}{''.join(details)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityWithin(_Named):
    """The newest usable value of a quantity lies in an interval."""

    quantity: QuantityId
    interval: Interval
    """In the canonical unit of the quantity."""
    max_age_days: int | None = None
    parameters: tuple[ParameterId, ...] = ()
    """The named thresholds the interval was made from."""

    def _written(self) -> Symbol:
        age = f"@{self.max_age_days}d" if self.max_age_days is not None else ""
        return Symbol(f"quantity:{self.quantity} {self.interval}{age}")


class Direction(enum.StrEnum):
    """Which way a quantity moved."""

    RISES = "rises"
    FALLS = "falls"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityChange(_Named):
    """The newest value of a quantity differs so much from an earlier one of a time window.

    A rise is counted from the lowest earlier value of the window, a fall from the highest.
    """

    quantity: QuantityId
    direction: Direction
    by: Interval
    """In the canonical unit of the quantity; in ``%`` of the earlier value where it is relative."""
    within_days: int
    """The window ends with the newest value."""
    parameters: tuple[ParameterId, ...] = ()

    @property
    def relative(self) -> bool:
        """Tell whether the change is a share of the earlier value."""
        return self.by.unit == "%"

    def _written(self) -> Symbol:
        return Symbol(f"change:{self.quantity} {self.direction} by {self.by} within {self.within_days}d")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityRepeated(_Named):
    """So many values of a quantity in a time window lie in an interval."""

    quantity: QuantityId
    interval: Interval
    """In the canonical unit of the quantity."""
    times: int
    within_days: int
    """The window ends today."""
    apart_days: int = 0
    """Each value counted lies at least so many days after the one counted before it; 0: any values."""
    parameters: tuple[ParameterId, ...] = ()

    def _written(self) -> Symbol:
        apart = f" apart {self.apart_days}d" if self.apart_days else ""
        return Symbol(
            f"repeated:{self.quantity} {self.interval} x{self.times} within {self.within_days}d{apart}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InTrimester(_Named):
    """The patient is pregnant, in one of these trimesters."""

    trimesters: tuple[int, ...]
    """1, 2 or 3: to 13 weeks and 6 days, to 27 weeks and 6 days, and from 28 weeks on (ACOG)."""

    def _written(self) -> Symbol:
        return Symbol(f"trimester:{' | '.join(map(str, sorted(self.trimesters)))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasState(_Named):
    """A state such as pregnancy holds."""

    state: StateId

    def _written(self) -> Symbol:
        return Symbol(f"state:{self.state}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasSex(_Named):
    """The patient's recorded sex."""

    sex: Sex

    def _written(self) -> Symbol:
        return Symbol(f"sex:{self.sex.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasDiplotype(_Named):
    """The patient's diplotype is one of these; several possible ones must all be.

    An atom made from a phenotype table also carries what the table knows, so that a call outside
    it (an allele of unknown function) is unknown and never false, and so that a laboratory's
    phenotype can stand in where no diplotype was called.
    """

    gene: GeneId
    diplotypes: frozenset[str]
    known: frozenset[str] = frozenset()
    """Every diplotype the gene's phenotype table knows; a called one outside leaves the atom unknown.
    Empty: there is no table, and every called diplotype counts."""
    named: str = ""
    """What stands for the diplotypes in the symbol where a table lists many: their phenotype and digest."""
    reported: tuple[str, ...] = ()
    """Reported phenotypes that say the same.

    Where no diplotype was called they decide: one of these makes the atom true, another one of
    ``known_reported`` false, any other unknown. A called diplotype and a reported phenotype that
    contradict each other leave it unknown. Both compare without regard to letter case.
    """
    known_reported: tuple[str, ...] = ()
    """Every reported phenotype the table knows."""
    scored: Interval | None = None
    """The activity scores that the diplotypes were listed by, where a rule asks for a score."""

    def _written(self) -> Symbol:
        said = f" or reported {' | '.join(sorted(self.reported))}" if self.reported else ""
        return Symbol(f"diplotype:{self.gene} {self.named or named_diplotypes(self.diplotypes)}{said}")


def named_diplotypes(diplotypes: frozenset[str]) -> str:
    """Return a short name for some diplotypes: themselves, or how many they are and a digest of them."""
    listed = " ".join(sorted(diplotypes))
    if len(diplotypes) <= _LISTED:
        return listed
    return f"one of {len(diplotypes)} ({hashlib.sha256(listed.encode()).hexdigest()[:12]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HasReportedPhenotype(_Named):
    """A laboratory or PharmCAT reported this phenotype."""

    gene: GeneId
    phenotypes: tuple[str, ...]

    def _written(self) -> Symbol:
        return Symbol(f"phenotype:{self.gene} {' | '.join(sorted(self.phenotypes))}")


Atom = (
    TakesDrug
    | StoppedDrug
    | HasCondition
    | PlansProcedure
    | HasAllergy
    | QuantityWithin
    | QuantityChange
    | QuantityRepeated
    | InTrimester
    | HasState
    | HasSex
    | HasDiplotype
    | HasReportedPhenotype
)
