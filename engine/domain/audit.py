"""Audit events: who did what, when, to what; each chained to the one before."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from engine.domain.ids import ContentHash, UserName


class AuditKind(enum.StrEnum):
    """What happened."""

    DATABASE_CREATED = "database created"
    IMPORT = "import"
    IMPORT_REFUSED = "import refused"
    STATEMENT = "datum entered"
    READ = "record read"
    PACK_ARCHIVED = "rule pack archived"
    DECISION = "decision"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
    REPLAY = "replay"
    EXPORT = "export"
    ENGINE_FAULT = "engine fault"
    SCREENED = "patients screened"
    RULES_RELOADED = "rules reloaded"
    RULES_REFUSED = "rules refused"
    DRAFT_SAVED = "draft saved"
    DRAFT_DISCARDED = "draft discarded"
    VERIFIED = "chain verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One event, before the store gives it its place in the chain."""

    kind: AuditKind
    subject: str
    """Patient, decision or file id."""
    by: UserName
    at: datetime
    detail: str
    """One sentence for the auditor."""
    content: ContentHash | None = None
    """Hash of what it records, where it records something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a verification of the chain found."""

    events: int
    decisions: int
    head: str
    """Hash of the last link."""
    problems: tuple[str, ...]
    """Each with the number of the event; empty when the chain is whole."""
