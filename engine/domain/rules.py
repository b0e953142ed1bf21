"""Rules as syntax trees: premises over atoms, and conclusions.

A premise is a tree of ``AllOf``, ``AnyOf``, ``Negation`` and ``AtLeast`` over atoms. An atom is
decided on the facts floor, three-valued; ``Derived`` is the one leaf that the rule engines
decide, by chaining. The truth of a tree is Kleene's strong three-valued logic.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.domain.findings import EvidenceStrength, FindingKind, Severity
from engine.domain.ids import (
    AllergenId,
    CitationId,
    ClassId,
    ConceptId,
    ConditionId,
    DrugId,
    GeneId,
    OptionId,
    ParameterId,
    QuantityId,
    RuleId,
    StateId,
    Symbol,
)
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route, Sex
from engine.domain.provenance import SourceRef
from engine.domain.quantities import Interval, Quantity

#: Diplotypes written out in a symbol; a phenotype can have hundreds, and is named by their digest then.
_LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TakesDrug:
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

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
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
class StoppedDrug:
    """The patient took this drug, or a drug of this class, and its last day lies so many days back.

    A drug that is taken now was not stopped: a wash-out is *takes or stopped within*.
    """

    drug: DrugId | ClassId
    ago: Interval
    """Days since the last day."""

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        return Symbol(f"stopped:{self.drug} {self.ago} ago")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasCondition:
    """The patient has this condition now (or had it at any time, or only in the past)."""

    condition: ConditionId
    ever: bool = False
    """True: a resolved entry counts as well (a past intracranial haemorrhage)."""
    past: bool = False
    """True: only a resolved entry counts (a healed ulcer)."""
    began: Interval | None = None
    """Days since the onset (a myocardial infarction within 30 days)."""

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        time = "@past" if self.past else "@ever" if self.ever else ""
        began = f" began {self.began} ago" if self.began is not None else ""
        return Symbol(f"condition:{self.condition}{time}{began}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansProcedure:
    """A procedure of this kind is planned within so many days from today."""

    procedure: ConditionId
    within_days: int

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        return Symbol(f"planned:{self.procedure} within {self.within_days}d")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasAllergy:
    """The patient is allergic to this substance or group; every detail given must hold of one entry."""

    allergen: AllergenId
    kind: AllergyKind | None = None
    """Only an immune reaction, or only an intolerance; None: either."""
    at_least: AllergySeverity | None = None
    """The mildest reaction that counts."""
    reactions: tuple[ReactionKind, ...] = ()
    """One of these reactions; empty: any."""

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        details = (
            f" {self.kind}" if self.kind is not None else "",
            f" at least {self.at_least}" if self.at_least is not None else "",
            f" with {' | '.join(sorted(self.reactions))}" if self.reactions else "",
        )
        return Symbol(f"allergy:{self.allergen}{''.join(details)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityWithin:
    """The newest usable value of a quantity lies in an interval."""

    quantity: QuantityId
    interval: Interval
    """In the canonical unit of the quantity."""
    max_age_days: int | None = None
    parameters: tuple[ParameterId, ...] = ()
    """The named thresholds the interval was made from."""

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        age = f"@{self.max_age_days}d" if self.max_age_days is not None else ""
        return Symbol(f"quantity:{self.quantity} {self.interval}{age}")


class Direction(enum.StrEnum):
    """Which way a quantity moved."""

    RISES = "rises"
    FALLS = "falls"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityChange:
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

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        return Symbol(f"change:{self.quantity} {self.direction} by {self.by} within {self.within_days}d")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityRepeated:
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

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        apart = f" apart {self.apart_days}d" if self.apart_days else ""
        return Symbol(
            f"repeated:{self.quantity} {self.interval} x{self.times} within {self.within_days}d{apart}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InTrimester:
    """The patient is pregnant, in one of these trimesters."""

    trimesters: tuple[int, ...]
    """1, 2 or 3: to 13 weeks and 6 days, to 27 weeks and 6 days, and from 28 weeks on (ACOG)."""

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        return Symbol(f"trimester:{' | '.join(map(str, sorted(self.trimesters)))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasState:
    """A state such as pregnancy holds."""

    state: StateId

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        return Symbol(f"state:{self.state}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasSex:
    """The patient's recorded sex."""

    sex: Sex

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        return Symbol(f"sex:{self.sex.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HasDiplotype:
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

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
        said = f" or reported {' | '.join(sorted(self.reported))}" if self.reported else ""
        return Symbol(f"diplotype:{self.gene} {self.named or named_diplotypes(self.diplotypes)}{said}")


def named_diplotypes(diplotypes: frozenset[str]) -> str:
    """Return a short name for some diplotypes: themselves, or how many they are and a digest of them."""
    listed = " ".join(sorted(diplotypes))
    if len(diplotypes) <= _LISTED:
        return listed
    return f"one of {len(diplotypes)} ({hashlib.sha256(listed.encode()).hexdigest()[:12]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HasReportedPhenotype:
    """A laboratory or PharmCAT reported this phenotype."""

    gene: GeneId
    phenotypes: tuple[str, ...]

    @property
    def symbol(self) -> Symbol:
        """Return the atom written out."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A derived concept holds; the rule engines decide it."""

    concept: ConceptId


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Premise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Premise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """The part does not hold."""

    part: Premise


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least ``count`` of the parts hold."""

    count: int
    parts: tuple[Premise, ...]


Premise = Atom | Derived | AllOf | AnyOf | Negation | AtLeast


class RuleStatus(enum.StrEnum):
    """Where a rule stands in its life."""

    STARTER = "starter, not clinically reviewed"
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class Jurisdiction(enum.StrEnum):
    """Whose label a rule follows; the site chooses."""

    US = "US"
    EU = "EU"


class WhenUnknown(enum.StrEnum):
    """What an undecided rule does to the option's verdict."""

    CANNOT_BE_ASSESSED = "cannot be assessed"
    MENTION = "mention"
    """Listed as undecided with the datum that would settle it; the verdict stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpan:
    """A place in a rule file; lines count from 1."""

    path: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        """Return ``path:line`` as an editor understands it."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named threshold: dated values, each with its source."""

    parameter_id: ParameterId
    title: str
    unit: str
    values: tuple[ParameterValue, ...]
    """In order of their first day."""
    span: FileSpan

    def value_on(self, day: date) -> ParameterValue | None:
        """Return the value in force on a day, or None before the first one."""
        in_force = [value for value in self.values if value.since <= day]
        return in_force[-1] if in_force else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """What a threshold was from one day on."""

    since: date
    value: Decimal
    source: SourceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseFormula:
    """A dose as arithmetic over one quantity: ``amount x (quantity + plus)``, limited, then rounded.

    With no quantity it is the amount itself. Calvert's carboplatin dose, ``AUC x (GFR + 25)``, has the AUC
    as amount, the clearance as quantity and 25 as ``plus``.
    """

    amount: Quantity
    """In the unit of the dose, for each unit of the quantity."""
    quantity: QuantityId | None = None
    per_unit: str = "1"
    """The unit of the quantity that ``amount`` is for: ``kg``, ``m2``, ``mL/min``."""
    plus: Decimal = Decimal(0)
    """Added to the quantity, in ``per_unit``."""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    round_to: Decimal | None = None
    """The step that can be given; halves are rounded down, as the lower dose is the safer one."""
    every_hours: int | None = None
    """Hours between two doses; None: once, or as ``manage`` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """What to monitor under an option, when, and where to act."""

    what: str
    """In words; the title of the quantity where there is one."""
    quantity: QuantityId | None = None
    before: bool = False
    """Before the first dose."""
    after_days: tuple[int, ...] = ()
    every_days: int | None = None
    threshold: Interval | None = None
    """The values that call for action, in the canonical unit of the quantity."""
    parameters: tuple[ParameterId, ...] = ()
    act: str = ""
    """What to do there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What a rule says when its premise holds."""

    kind: FindingKind
    severity: Severity
    strength: EvidenceStrength
    say: str
    """One sentence with placeholders in braces: quantities, parameters, ``option``, ``drugs``."""
    manage: str = ""
    """What to do about it, so that it can be acted on."""
    dose: str = ""
    """The dose this finding calls for, on dose adjustments."""
    formula: DoseFormula | None = None
    """The same as arithmetic, to be computed for the patient."""
    monitoring: tuple[Monitoring, ...] = ()
    alternatives: tuple[OptionId, ...] = ()
    starts: tuple[DrugId | ClassId, ...] = ()
    """What to start beside the option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One cited statement of what a premise means for some options."""

    rule_id: RuleId
    title: str
    options: tuple[OptionId, ...]
    """The options it speaks of, classes already expanded."""
    when: Premise
    then: Conclusion
    when_unknown: WhenUnknown
    sources: tuple[SourceRef, ...]
    review_by: date
    author: str
    version: int
    status: RuleStatus
    span: FileSpan
    jurisdiction: Jurisdiction | None = None
    """None: it holds everywhere."""
    unknown_because: str = ""
    """Why an undecided exclusion may be only mentioned; needed for exactly that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A derived concept: true when its premise holds, false when it does not, else unknown."""

    concept_id: ConceptId
    title: str
    when: Premise
    sources: tuple[SourceRef, ...]
    span: FileSpan


def atoms_of(premise: Premise) -> tuple[Atom, ...]:
    """Return the atoms of a premise, each once, in reading order."""
    found: dict[Symbol, Atom] = {}
    for node in walk(premise):
        match node:
            case Derived() | AllOf() | AnyOf() | Negation() | AtLeast():
                pass
            case atom:
                found.setdefault(atom.symbol, atom)
    return tuple(found.values())


def concepts_of(premise: Premise) -> tuple[ConceptId, ...]:
    """Return the derived concepts a premise names, each once, in reading order."""
    return tuple(dict.fromkeys(node.concept for node in walk(premise) if isinstance(node, Derived)))


def walk(premise: Premise) -> tuple[Premise, ...]:
    """Return a premise and everything below it, parents first."""
    match premise:
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            return (premise, *(node for part in parts for node in walk(part)))
        case Negation(part=part):
            return (premise, *walk(part))
        case _:
            return (premise,)


def citations_of(rule: Rule) -> tuple[CitationId, ...]:
    """Return the citations a rule stands on, each once."""
    return tuple(dict.fromkeys(source.citation for source in rule.sources))
