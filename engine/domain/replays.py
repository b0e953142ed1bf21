"""Many decisions computed again: as they were, or with other rules or another model."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.ids import ContentHash, DecisionId, OptionId
from engine.domain.options import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A decision that does not come out as recorded, or could not be computed again."""

    decision_id: DecisionId
    what: tuple[str, ...]
    """Each difference, or the one reason why it could not be computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkReplay:
    """Many decisions computed again from their own sealed inputs."""

    replayed: int
    identical: int
    different: tuple[Departure, ...]
    failed: tuple[Departure, ...]
    erased: int
    """Decisions about patients who were erased: nobody can compute them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """An option that would be judged otherwise."""

    option_id: OptionId
    title: str
    before: Verdict | None
    """None where the option was not offered."""
    after: Verdict | None
    rules: tuple[str, ...]
    """Titles of the rules that fire on one side alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDecision:
    """What would change for one decision."""

    decision_id: DecisionId
    verdicts: tuple[VerdictChange, ...]
    first_before: tuple[str, ...]
    """Titles of the options in first place."""
    first_after: tuple[str, ...]
    order_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatWouldChange:
    """Recorded decisions against other rules, or another model."""

    pack_hash: ContentHash
    compared: int
    unchanged: int
    changed: tuple[ChangedDecision, ...]
    failed: tuple[Departure, ...]
    transitions: tuple[tuple[str, int], ...]
    """``suitable -> excluded`` and how often, most frequent first."""
