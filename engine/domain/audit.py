"""Audit events: who did what, when, to what; each chained to the one before."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.domain.ids import ContentHash, UserName
from engine.errors import InputError


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
    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in refused"
    SIGN_OUT = "sign-out"
    BREAK_GLASS = "glass broken"
    NOT_PERMITTED = "not permitted"
    USER_ADDED = "user added"
    USER_CHANGED = "user changed"
    USER_REMOVED = "user removed"
    KEY_CHANGED = "key changed"
    CLOCK_SET_BACK = "clock set back"
    CHECKPOINT = "checkpoint"
    FINDING = "finding"
    FAILURE = "failure"
    MODEL_ARCHIVED = "model archived"
    MODEL_ADOPTED = "model taken into use"
    MODEL_WITHDRAWN = "model taken out of use"
    RELEASE_PROPOSED = "release proposed"
    RELEASE_APPROVED = "release approved"
    PROMISE_KEPT = "promise kept"
    BACKUP = "backup"
    RESTORED = "restored"
    RESTORE_DRILL = "restore drill"
    HOLD_PLACED = "hold placed"
    HOLD_LIFTED = "hold lifted"
    ERASED = "patient erased"
    MIGRATED = "database migrated"


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


#: Number, head, moment, key and signature of a printed checkpoint, a space between each.
_LINE = re.compile(r"whyrx-checkpoint 1 ([1-9]\d*) ([0-9a-f]{64}) (\S+) ([0-9a-f]{64}) ([0-9a-f]{128})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of the audit chain at a moment, signed: kept elsewhere, it shows what was cut off since.

    The Ed25519 signature (RFC 8032) is over ``statement``, which a person can read, print and type.
    """

    sequence: int
    """How many events the chain had: the number of the last one."""
    head: ContentHash
    """The hash of that event."""
    signed_at: datetime
    public_key: str
    """32 bytes in lower-case hexadecimal."""
    signature: str = ""
    """64 bytes in lower-case hexadecimal; empty while it is still to be signed."""

    @property
    def statement(self) -> bytes:
        """Return what is signed: one line of ASCII without its end."""
        at = self.signed_at.astimezone(UTC).isoformat(timespec="microseconds")
        return f"whyrx-checkpoint 1 {self.sequence} {self.head} {at} {self.public_key}".encode("ascii")

    @property
    def line(self) -> str:
        """Return the statement with its signature, as it is printed, exported and put into a QR code."""
        return f"{self.statement.decode('ascii')} {self.signature}"

    @classmethod
    def from_line(cls, line: str) -> Checkpoint:
        """Read a checkpoint as it was printed; whether its signature holds is another question.

        Raises:
            InputError: this is no such line, or not as WhyRx writes it.
        """
        found = _LINE.fullmatch(" ".join(line.split()))
        read = _read(found) if found else None
        if found is None or read is None or read.line != found[0]:
            raise InputError(
                "This is not a checkpoint as WhyRx prints it.",
                hint="It is one line that begins with whyrx-checkpoint 1; scan or copy all of it.",
            )
        return read


def _read(found: re.Match[str]) -> Checkpoint | None:
    try:
        return Checkpoint(
            sequence=int(found[1]),
            head=ContentHash(found[2]),
            signed_at=datetime.fromisoformat(found[3]),
            public_key=found[4],
            signature=found[5],
        )
    except ValueError:
        return None
