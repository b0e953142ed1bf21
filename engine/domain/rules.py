"""Rules as syntax trees: premises over atoms, and conclusions.

A premise is a tree of ``AllOf``, ``AnyOf``, ``Negation`` and ``AtLeast`` over atoms. An atom is
decided on the facts floor, three-valued; ``Derived`` is the one leaf that the rule engines
decide, by chaining. The truth of a tree is Kleene's strong three-valued logic.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from engine.domain.atoms import Atom
from engine.domain.findings import EvidenceStrength, FindingKind, Severity
from engine.domain.ids import (
    CitationId,
    ClassId,
    ConceptId,
    DrugId,
    OptionId,
    ParameterId,
    QuantityId,
    RuleId,
    Symbol,
)
from engine.domain.provenance import SourceRef
from engine.domain.quantities import Interval, Quantity


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


Connective = AllOf | AnyOf | Negation | AtLeast
Premise = Atom | Derived | Connective

#: All that is no atom, to be told from the many kinds of atoms at one look.
CONNECTIVES: Final = (AllOf, AnyOf, Negation, AtLeast)
COMPOUND: Final = (Derived, AllOf, AnyOf, Negation, AtLeast)


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
    no_alternative: str = ""
    """Why an exclusion names none, in a clause: ``what counts is that the bleeding stops``."""
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
    """Why it may be only mentioned while undecided; an exclusion needs it for that, a caution may have it."""

    @property
    def blocks(self) -> bool:
        """Whether it makes the verdict *cannot be assessed* where it is undecided."""
        return self.when_unknown is WhenUnknown.CANNOT_BE_ASSESSED

    @property
    def while_undecided(self) -> tuple[Severity, bool]:
        """What it weighs where it is undecided, and whether it blocks.

        It weighs as a note where it says why that holds nothing up.
        """
        return (Severity.NOTE if self.unknown_because else self.then.severity), self.blocks


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
