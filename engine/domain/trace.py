"""The trace: from a finding, through rules and derived concepts, down to data and their places."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.domain.direct import written_directly
from engine.domain.provenance import Provenance, SourceRef
from engine.domain.truth import Truth


class TraceKind(enum.StrEnum):
    """What one node of a trace is."""

    RULE = "rule"
    CONCEPT = "derived concept"
    CONNECTIVE = "connective"
    """all of, any of, not, at least n of."""
    FACT = "fact"
    """An atom with its bound value."""
    DERIVATION = "derivation"
    """A computed quantity with its formula."""
    DATUM = "datum"
    """One entry of the record, with its place."""
    MISSING = "missing datum"


@written_directly
@dataclass(frozen=True, slots=True, kw_only=True)
class TraceNode:
    """One step of a trace."""

    kind: TraceKind
    label: str
    """A full clause, such as ``creatinine clearance 22 mL/min, below 30 mL/min``."""
    truth: Truth
    reference: str = ""
    """Rule, concept or quantity id."""
    children: tuple[TraceNode, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    provenance: Provenance | None = None
