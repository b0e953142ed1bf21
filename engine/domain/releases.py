"""Releases of rule packs: proposed by one person, approved by another."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from engine.domain.ids import ContentHash, UserName


class ReleaseStep(enum.StrEnum):
    """How far a release has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One step of the release of one rule pack."""

    pack_hash: ContentHash
    step: ReleaseStep
    by: UserName
    at: datetime
    note: str
    """What the pack brings, or what the approval rests on."""
