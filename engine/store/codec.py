"""Domain values as canonical JSON in a versioned envelope, and back, strictly.

The envelope is ``{"format": 1, "content": ...}``. Canonical means: fields in the order of their
class, keys of mappings sorted, no spaces, shortest number that reads back the same. A ``Decimal``
keeps the digits it was written with, since 2.50 and 2.5 are different statements of a laboratory.

A decision is written in format 2: the same content in its shared form (``engine.store.sharing``), the
patient's record in it whole, as it stands in its own canonical bytes. Decisions of format 1 are read,
and written again, as they were.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from engine.domain.audit import AuditEvent
from engine.domain.decision import Decision, Response
from engine.domain.ids import ContentHash
from engine.domain.pages import Draft
from engine.domain.patient import PatientRecord
from engine.errors import AuditChainBroken, InvariantBroken, SchemaTooNew
from engine.store.gained import GAINED
from engine.store.sharing import NotShared, expanded, shared
from engine.store.trees import tree_of

#: The format this WhyRx writes, but for the kinds that say otherwise.
FORMAT = 1

T = TypeVar("T")

DAMAGED = "Restore the last backup that verifies, and keep this file as it is for whoever looks into it."

#: What reading may raise: wrong JSON or types, no UTF-8, no end of nesting, a value that its own
#: class refuses.
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError, InvariantBroken)

_encoder = msgspec.json.Encoder(order="deterministic")
#: Of trees, whose fields are in the order of their class already.
_tree_encoder = msgspec.json.Encoder()


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
        self._head = b'{"format":%d,' % form
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

    def encode_like(self, value: T, recorded: bytes) -> bytes:
        """Return the canonical bytes, spelt as others that may be of before classes gained fields."""
        content = self.encode(value)
        if content == recorded or self.encode(self.decode(recorded)) == recorded:
            return content
        return self._before(value)

    def _before(self, value: T) -> bytes:
        """Return a value as it was written before its classes gained fields; what says something stays."""
        return _tree_encoder.encode(Envelope(format=self._form, content=tree_of(value, GAINED)))

    def read(self, content: bytes) -> T:
        """Return the value of bytes that are known by their hash, and so were canonical once.

        Raises:
            SchemaTooNew: a newer WhyRx wrote it.
            AuditChainBroken: these are no bytes of this kind.
        """
        if not content.startswith(self._head):
            return self.decode(content)
        return self._envelope(content).content

    def decode(self, content: bytes) -> T:
        """Return the value; ``encode_like`` of it and these bytes gives the same bytes.

        Raises:
            SchemaTooNew: a newer WhyRx wrote it.
            AuditChainBroken: these are not canonical bytes of this kind.
        """
        # Most are of this format, and say so first: no need to read them twice.
        form = self._form if content.startswith(self._head) else format_of(content)
        if form is not None and form > self._form:
            raise SchemaTooNew(
                f"This {self._word} is in format {form}; this WhyRx reads formats up to {self._form}.",
                hint="Open it with the WhyRx that wrote it, or a newer one.",
            )
        read = self._envelope(content)
        value = read.content
        if form != self._form or (_encoder.encode(read) != content and self._before(value) != content):
            raise AuditChainBroken(
                f"These bytes are not the canonical bytes of a {self._word}.", hint=DAMAGED
            )
        return value

    def _envelope(self, content: bytes) -> Envelope[T]:
        try:
            read: Envelope[T] = self._decoder.decode(content)
        except _UNREADABLE as error:
            raise AuditChainBroken(f"These bytes are no {self._word}: {error}.", hint=DAMAGED) from error
        return read


class CanonicalShared(Canonical[T]):
    """Writes and reads one kind of value in the shared form, and what was written before there was one."""

    def __init__(self, kind: type[T], word: str, form: int, whole: tuple[str, ...]) -> None:
        """Prepare decoders; the fields named in ``whole`` are written out without references."""
        super().__init__(kind, word, form)
        self._kind = kind
        self._whole = whole
        self._plain = Canonical(kind, word)

    def encode(self, value: T) -> bytes:
        """Return the canonical bytes.

        Raises:
            InvariantBroken: the value would not come back as it is, as above.
        """
        with suppress(AuditChainBroken, NotShared, *_UNREADABLE):
            content = self._written(tree_of(value))
            if self.decode(content) == value:
                return content
        # What compares equal and is written otherwise is levelled here, or refused with the reason.
        return self.shared_form(self._plain.encode(value))

    def encode_plain(self, value: T) -> bytes:
        """Return the canonical bytes of format 1, in which nothing is referred to."""
        return self._plain.encode(value)

    def encode_like(self, value: T, recorded: bytes) -> bytes:
        """Return the canonical bytes in the format, and spelt as, others that may be older."""
        if format_of(recorded) == FORMAT:
            return self._plain.encode_like(value, recorded)
        return self.encode(value)

    def shared_form(self, plain: bytes) -> bytes:
        """Return the bytes of this format for canonical bytes of format 1."""
        return self._written(msgspec.json.decode(plain)["content"])

    def decode(self, content: bytes) -> T:
        """Return the value; writing it again in the same format gives the same bytes.

        Raises:
            SchemaTooNew: a newer WhyRx wrote it.
            AuditChainBroken: these are not canonical bytes of this kind.
        """
        if format_of(content) != self._form:
            return self._decode_other(content)
        try:
            document = msgspec.json.decode(content)
            tree = expanded(document["content"], self._whole)
            value: T = msgspec.convert(tree, self._kind)
        except (*_UNREADABLE, NotShared, AttributeError, TypeError, KeyError) as error:
            raise AuditChainBroken(f"These bytes are no {self._word}: {error}.", hint=DAMAGED) from error
        # The shared form of a tree is the only one, so what is left is the spelling and the types.
        spelt = _tree_encoder.encode(Envelope(format=self._form, content=document["content"]))
        if spelt != content or _encoder.encode(value) != _tree_encoder.encode(tree):
            raise AuditChainBroken(
                f"These bytes are not the canonical bytes of a {self._word}.", hint=DAMAGED
            )
        return value

    def _decode_other(self, content: bytes) -> T:
        if format_of(content) == FORMAT:
            return self._plain.decode(content)
        return super().decode(content)

    def _written(self, tree: object) -> bytes:
        return _tree_encoder.encode(Envelope(format=self._form, content=shared(tree, self._whole)))


RECORDS = Canonical(PatientRecord, "patient record")
DECISIONS = CanonicalShared(Decision, "decision", form=2, whole=("record",))
RESPONSES = Canonical(Response, "response")
DRAFTS = Canonical(Draft, "draft")
EVENTS = Canonical(AuditEvent, "audit event")


class JsonCodec:
    """The codec that the ports speak of."""

    def encode(self, decision: Decision) -> bytes:
        """Return the canonical bytes: equal decisions give equal bytes."""
        return DECISIONS.encode(decision)

    def decode(self, content: bytes) -> Decision:
        """Return the decision; ``encode_like`` of it and these bytes gives the same bytes again."""
        return DECISIONS.decode(content)

    def encode_like(self, decision: Decision, recorded: bytes) -> bytes:
        """Return the canonical bytes in the format of others, which an earlier WhyRx may have written."""
        return DECISIONS.encode_like(decision, recorded)

    def written_out(self, content: bytes) -> bytes:
        """Return canonical bytes of any format as JSON in which nothing is referred to."""
        return DECISIONS.encode_plain(DECISIONS.decode(content))


def sha256(content: bytes) -> ContentHash:
    """Return the SHA-256 of some bytes, in lower-case hexadecimal."""
    return ContentHash(hashlib.sha256(content).hexdigest())


def format_of(content: bytes) -> int | None:
    """Return the format that some bytes say they are written in, or None where they say none."""
    try:
        return msgspec.json.decode(content, type=_FormatOnly).format
    except _UNREADABLE:
        return None
