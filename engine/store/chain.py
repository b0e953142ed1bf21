"""The audit chain: each event carries the hash of the one before it.

A link's body is canonical JSON, ``{"format": 2, "content": {"sequence": .., "records": .., ..}}``; its
hash is SHA-256 over the previous hash (32 bytes, zeros for the first) and the body. Anyone can
recompute it with a dozen lines of any language. What the chain cannot show is that its last links were
cut off: only a checkpoint kept elsewhere shows that.

A link names three hashes of what lies beside it: ``event.content`` of the canonical bytes, as a reader
gets them; ``stored`` of the bytes as they lie in the file, which can be checked fast, and also when the
key to them is gone; ``listed`` of the row that lists show of it. A link of format 1, from before content
was sealed, names the first alone.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import ContentHash, PatientId, UserName
from engine.errors import AuditChainBroken, InvariantBroken
from engine.store.codec import Canonical
from engine.store.sealing import key_of, seal_text

#: What the first link points back to.
GENESIS = bytes(32)

#: Who does what no person asked for.
SOFTWARE = UserName("WhyRx")

#: A clock that is corrected by less is not worth an event.
_CORRECTION = timedelta(seconds=2)


class Records(enum.StrEnum):
    """What an event records, and so where its content lies."""

    NOTHING = "nothing"
    RECORD = "patient record"
    DECISION = "decision"
    RESPONSE = "response"
    PACK = "rule pack"
    DRAFT = "draft"
    MODEL = "model"
    USER = "user"
    RELEASE = "release"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event in its place."""

    sequence: int
    records: Records
    recorded_at: datetime
    """When it was appended; the event's own moment may lie before."""
    sealed_for: PatientId | None
    """The patient under whose key the event's detail is sealed."""
    event: AuditEvent
    stored: ContentHash | None
    listed: ContentHash | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLink:
    """A link of format 1."""

    sequence: int
    records: Records
    event: AuditEvent


LINKS = Canonical(Link, "link of the audit chain", form=2)
_EARLIER = b'{"format":1,'
_EARLIER_LINKS = Canonical(EarlierLink, "link of the audit chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What lies beside an event, by hash."""

    records: Records = Records.NOTHING
    content: ContentHash | None = None
    stored: ContentHash | None = None
    listed: ContentHash | None = None


NOTHING = Recorded()


def read_link(body: bytes, *, known: bool = False) -> Link:
    """Return a link of any format; one whose hash was found right need not be spelt out again.

    Raises:
        SchemaTooNew: a newer WhyRx wrote it.
        AuditChainBroken: these are not the canonical bytes of a link.
    """
    # Canonical bytes begin with their format; that they are canonical is checked by decoding.
    if not body.startswith(_EARLIER):
        return LINKS.read(body) if known else LINKS.decode(body)
    earlier = _EARLIER_LINKS.decode(body)
    return Link(
        sequence=earlier.sequence,
        records=earlier.records,
        recorded_at=earlier.event.at,
        sealed_for=None,
        event=earlier.event,
        stored=None,
        listed=None,
    )


def next_sequence(db: Database) -> int:
    """Return the number of the event that is appended next, but for an event of the clock before it."""
    return _last(db)[0] + 1


def append(
    db: Database,
    event: AuditEvent,
    now: datetime,
    recorded: Recorded = NOTHING,
    sealed_for: PatientId | None = None,
) -> int:
    """Add an event inside an open transaction, and return its number.

    Args:
        db: The database.
        event: What happened.
        now: The clock. Where it stands before the last event, ``tell_clock`` was not called.
        recorded: What it records.
        sealed_for: The patient it is about, under whose key its detail is sealed.

    Raises:
        InvariantBroken: the event names another hash than that of the content stored with it.
    """
    if recorded.records is not Records.NOTHING:
        if event.content not in (None, recorded.content):
            raise InvariantBroken(
                f"The event speaks of a {recorded.records} with hash {event.content}, "
                f"but {recorded.content} would be stored."
            )
        event = replace(event, content=recorded.content)
    sequence, previous, _ = _last(db)
    sequence += 1
    if sealed_for is not None:
        event = replace(event, detail=seal_text(key_of(db, sealed_for), event.detail, f"event {sequence}"))
    body = LINKS.encode(
        Link(
            sequence=sequence,
            records=recorded.records,
            recorded_at=now,
            sealed_for=sealed_for,
            event=event,
            stored=recorded.stored,
            listed=recorded.listed,
        )
    )
    db.execute(
        "INSERT INTO audit (sequence, subject, body, previous, hash) VALUES (?, ?, ?, ?, ?)",
        (sequence, event.subject, body, previous, link_hash(previous, body)),
    )
    return sequence


def tell_clock(db: Database, now: datetime) -> None:
    """Record that the clock was set back, where it stands before the last event.

    Call it at the beginning of each transaction that appends: what is recorded after a jump must not
    look as if it came before.
    """
    _, _, last = _last(db)
    if last is None or now >= last - _CORRECTION:
        return
    event = AuditEvent(
        kind=AuditKind.CLOCK_SET_BACK,
        subject="clock",
        by=SOFTWARE,
        at=now,
        detail=f"the clock went back from {last.isoformat()} to {now.isoformat()}",
    )
    append(db, event, now)


def _last(db: Database) -> tuple[int, bytes, datetime | None]:
    found: list[Any] = db.execute(
        "SELECT sequence, hash, body FROM audit ORDER BY sequence DESC LIMIT 1"
    ).fetchall()
    if not found:
        return 0, GENESIS, None
    sequence, link_hash_, body = found[0]
    try:
        return int(sequence), link_hash_, read_link(body).recorded_at
    except AuditChainBroken:
        # It is told by verification; a chain goes on from an altered link, so that this shows too.
        return int(sequence), link_hash_, None


def link_hash(previous: bytes, body: bytes) -> bytes:
    """Return the hash of a link."""
    return hashlib.sha256(previous + body).digest()


def with_detail(link: Link, detail: str) -> AuditEvent:
    """Return the event of a link with another detail: the sentence that was sealed."""
    return replace(link.event, detail=detail)
