"""Domain values as canonical JSON in a versioned envelope, and back, strictly.

The envelope is ``{"format": 1, "content": ...}``. Canonical means: fields in the order of their
class, keys of mappings sorted, no spaces, shortest number that reads back the same. A ``Decimal``
keeps the digits it was written with, since 2.50 and 2.5 are different statements of a laboratory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from engine.domain.audit import AuditEvent
from engine.domain.decision import Decision, Response
from engine.domain.ids import ContentHash
from engine.domain.pages import Draft
from engine.domain.patient import PatientRecord
from engine.errors import AuditChainBroken, InvariantBroken, SchemaTooNew

#: The format this WhyRx writes.
FORMAT = 1

T = TypeVar("T")

#: What reading may raise: wrong JSON or types, no UTF-8, no end of nesting, a value that its own
#: class refuses.
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError, InvariantBroken)

_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope(Generic[T]):
    """A value with the format it is written in."""

    format: int
    content: T


class _FormatOnly(msgspec.Struct):
    """Just enough of an envelope to tell its format."""

    format: int


class Canonical(Generic[T]):
    """Writes and reads one kind of value."""

    def __init__(self, kind: type[T], word: str, form: int = FORMAT) -> None:
        """Prepare a decoder; ``word`` names the kind in messages, ``form`` is the format written."""
        self._form = form
        self._decoder = msgspec.json.Decoder(Envelope[kind])  # type: ignore[valid-type] # a type at run time
        self._word = word

    def encode(self, value: T) -> bytes:
        """Return the canonical bytes.

        Raises:
            InvariantBroken: the value would not come back as it is: not a number where a number
                belongs, or a value of another type than its class declares.
        """
        try:
            read = self._decoder.decode(_encoder.encode(Envelope(format=self._form, content=value)))
        except _UNREADABLE as error:
            raise InvariantBroken(
                f"This {self._word} cannot be written so that it can be read again: {error}."
            ) from error
        if read.content != value:
            raise InvariantBroken(f"This {self._word} would not come back as it is once written.")
        # The second writing levels what compares equal: 1 and 1.0 in a place for fractions.
        return _encoder.encode(read)

    def decode(self, content: bytes) -> T:
        """Return the value; writing it again gives the same bytes.

        Raises:
            SchemaTooNew: a newer WhyRx wrote it.
            AuditChainBroken: these are not canonical bytes of this kind.
        """
        form = format_of(content)
        if form is not None and form > self._form:
            raise SchemaTooNew(
                f"This {self._word} is in format {form}; this WhyRx reads formats up to {self._form}.",
                hint="Open it with the WhyRx that wrote it, or a newer one.",
            )
        try:
            read = self._decoder.decode(content)
        except _UNREADABLE as error:
            raise AuditChainBroken(f"These bytes are no {self._word}: {error}.") from error
        if form != self._form or _encoder.encode(read) != content:
            raise AuditChainBroken(f"These bytes are not the canonical bytes of a {self._word}.")
        value: T = read.content
        return value


RECORDS = Canonical(PatientRecord, "patient record")
DECISIONS = Canonical(Decision, "decision")
RESPONSES = Canonical(Response, "response")
DRAFTS = Canonical(Draft, "draft")
EVENTS = Canonical(AuditEvent, "audit event")


class JsonCodec:
    """The codec that the ports speak of."""

    def encode(self, decision: Decision) -> bytes:
        """Return the canonical bytes: equal decisions give equal bytes."""
        return DECISIONS.encode(decision)

    def decode(self, content: bytes) -> Decision:
        """Return the decision; ``encode`` of it gives the same bytes again."""
        return DECISIONS.decode(content)


def sha256(content: bytes) -> ContentHash:
    """Return the SHA-256 of some bytes, in lower-case hexadecimal."""
    return ContentHash(hashlib.sha256(content).hexdigest())


def format_of(content: bytes) -> int | None:
    """Return the format that some bytes say they are written in, or None where they say none."""
    try:
        return msgspec.json.decode(content, type=_FormatOnly).format
    except _UNREADABLE:
        return None
