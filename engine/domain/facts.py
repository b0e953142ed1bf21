"""Facts: atoms decided against one record at one moment, with the data that decided them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.domain.direct import written_directly
from engine.domain.findings import MissingDatum
from engine.domain.ids import QuantityId, Symbol
from engine.domain.patient import Flag
from engine.domain.provenance import Provenance, SourceRef
from engine.domain.quantities import Quantity
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The one value of a quantity that holds at a moment, measured or derived."""

    quantity: QuantityId
    title: str
    value: Quantity
    """Exact, in the canonical unit; rules compare this one."""
    at: date | None
    """The day it was measured; of a derived value, the day of its oldest input."""
    provenance: Provenance
    formula: SourceRef | None = None
    inputs: tuple[Reading, ...] = ()
    note: str = ""
    """``Cockcroft-Gault, actual body weight``; the terms of a score."""
    flags: tuple[Flag, ...] = ()
    shown: str = ""
    """Value and unit as read aloud, rounded to the decimals of the quantity."""


@written_directly
@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One atom, decided."""

    symbol: Symbol
    truth: Truth
    statement: str
    """What was found, bound: ``takes ketoconazole (strong CYP3A4 inhibitor)``."""
    evidence: tuple[TraceNode, ...]
    """The data behind it; for an unknown fact, what is missing."""
    missing: tuple[MissingDatum, ...] = ()
    """Non-empty exactly when the truth is unknown."""
    bindings: tuple[tuple[str, str], ...] = ()
    """Placeholder -> text for the rules' sentences: ``crcl`` -> ``22 mL/min``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactBase:
    """All atoms of a rule pack that one assessment needs, decided."""

    facts: Mapping[Symbol, Fact]
    readings: tuple[Reading, ...]
    """The quantities that were looked at, for the banner and the record."""
    not_false: Mapping[Symbol, Truth] = field(init=False, repr=False, compare=False)
    """The truth of each that is true or unknown: a handful of thousands, told once and not at each use."""

    def __post_init__(self) -> None:
        """Tell those that are not false from the facts themselves: one left out would count as false."""
        told = {symbol: fact.truth for symbol, fact in self.facts.items() if fact.truth is not Truth.FALSE}
        object.__setattr__(self, "not_false", told)

    def truths(self) -> dict[Symbol, Truth]:
        """Return the bare truth of each symbol: all that the rule engines may see."""
        return {symbol: fact.truth for symbol, fact in self.facts.items()}
