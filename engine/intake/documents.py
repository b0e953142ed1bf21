"""Bytes become a JSON document, or an error that says where they stop being one."""

from __future__ import annotations

import enum
import itertools
import re
from decimal import Decimal
from hashlib import sha256

import msgspec

from engine.domain.ids import ContentHash
from engine.errors import InputError, NotFhir, NotReadable
from engine.intake.cursor import Cursor, printable

#: Largest file taken: a whole synthetic life is about 4 MB.
LARGEST = 64 * 1024 * 1024
#: Levels of lists and objects inside one another. Each Python reads down to a level of its own, and the same
#: file must be taken, or refused, by every one.
DEEPEST = 200

_OFFSET = re.compile(r"\s*\(byte (\d+)\)$")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class FileKind(enum.StrEnum):
    """What sort of document a file is."""

    FHIR = "FHIR R4 bundle"
    PHARMCAT = "PharmCAT report"


def content_hash(content: bytes) -> ContentHash:
    """Return the hash by which an imported file is known for ever."""
    return ContentHash(sha256(content).hexdigest())


def read_document(name: str, content: bytes) -> Cursor:
    """Return the decoded JSON object.

    Raises:
        NotReadable: it is too large, no UTF-8, no JSON, nested too deep, or cut off.
        NotFhir: it is JSON, but no object.
    """
    text = _utf8(name, content)
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise _too_deep(name) from None
    except msgspec.DecodeError as fault:
        raise _malformed(name, text, fault) from None
    if _levels(value) > DEEPEST:
        raise _too_deep(name)
    if not isinstance(value, dict):
        raise NotFhir(
            f"the file holds a JSON {_kind_of(value)}, not an object.",
            hint="Give one FHIR R4 Bundle, or one PharmCAT report.",
            place=name,
        )
    return Cursor(value, "")


def _levels(value: object) -> int:
    """Return on how many levels lists and objects stand in one another, counted to one more than allowed."""
    depth = 0
    level = [value] if isinstance(value, dict | list) else []
    while level and depth <= DEEPEST:
        depth += 1
        within = itertools.chain.from_iterable(
            each.values() if isinstance(each, dict) else each for each in level
        )
        level = [each for each in within if isinstance(each, dict | list)]
    return depth


def _too_deep(name: str) -> NotReadable:
    return NotReadable(
        f"the JSON is nested too deeply to be read: lists and objects on more than {DEEPEST} levels.",
        hint="No FHIR document is; ask the sending system for a new export.",
        place=name,
    )


def _utf8(name: str, content: bytes) -> bytes:
    """Return the content as UTF-8 without byte-order mark."""
    if len(content) > LARGEST:
        raise NotReadable(
            f"the file has {len(content) / 1024**2:,.0f} MB; WhyRx takes up to {LARGEST // 1024**2} MB.",
            hint="Export this one patient, without images and attachments.",
            place=name,
        )
    bare = content.removeprefix(b"\xef\xbb\xbf")
    if not bare.strip():
        raise NotReadable("the file is empty.", hint="Export it again.", place=name)
    if bare[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in bare[:4]:
        raise NotReadable(
            "the file is text in UTF-16 or UTF-32, not UTF-8.", hint="Save it as UTF-8.", place=name
        )
    if bare.lstrip()[:1] == b"<":
        raise NotReadable(
            "the file is XML (or a web page); WhyRx reads JSON.",
            hint="Ask the sending system for the JSON form of the bundle.",
            place=name,
        )
    try:
        bare.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise NotReadable(
            f"the byte {bare[fault.start]:#04x} at {_spot(bare, fault.start)} is no UTF-8.",
            hint="Save the file as UTF-8; it may be Latin-1 or Windows text.",
            place=name,
        ) from None
    return bare


def _malformed(name: str, text: bytes, fault: msgspec.DecodeError) -> InputError:
    said = str(fault)
    at = _OFFSET.search(said)
    if "truncated" in said:
        return NotReadable(
            f"the JSON breaks off at its end, {_spot(text, len(text))}.",
            hint="The file is incomplete; copy or export it again.",
            place=name,
        )
    reason = _OFFSET.sub("", said).removeprefix("JSON is malformed: ")
    where = f", {_spot(text, int(at.group(1)))}" if at else ""
    return NotReadable(
        f"the file is not JSON: {reason}{where}.",
        hint="Give a FHIR R4 Bundle in JSON form, or a PharmCAT report.",
        place=name,
    )


def _spot(text: bytes, offset: int) -> str:
    before = text[:offset]
    line = before.count(b"\n") + 1
    column = offset - before.rfind(b"\n")
    return f"line {line}, column {column}"


def _kind_of(value: object) -> str:
    if isinstance(value, list):
        return "array"
    return f"text ({printable(value)[:40]!r})" if isinstance(value, str) else "value"


def kind_of(name: str, document: Cursor) -> FileKind:
    """Tell what a document is.

    Raises:
        NotFhir: it is neither a FHIR bundle nor a PharmCAT report; the message says what it looks like.
    """
    resource = document.text("resourceType")
    if resource == "Bundle":
        return FileKind.FHIR
    if resource:
        raise NotFhir(
            f"the file holds a single FHIR {resource}, not a Bundle.",
            hint="Ask for a Bundle with the patient and all of their entries.",
            place=f"{name}, resourceType",
        )
    keys = document.keys()
    if "genes" in keys or "geneReports" in keys:
        return FileKind.PHARMCAT
    if {"results", "metadata"} <= keys:
        raise NotFhir(
            "this is the output of PharmCAT's allele matcher, which names no phenotypes.",
            hint="Give PharmCAT's report instead: its name ends with .report.json.",
            place=name,
        )
    if "entry" in keys:
        raise NotFhir(
            "resourceType is missing; every FHIR document says what it is.",
            hint='If this is a bundle, it must begin with "resourceType": "Bundle".',
            place=f"{name}, resourceType",
        )
    shown = ", ".join(sorted(printable(key) for key in keys)[:5]) or "none"
    raise NotFhir(
        f"this JSON is neither a FHIR bundle nor a PharmCAT report (its keys: {shown}).",
        hint="Give one FHIR R4 Bundle, or one PharmCAT report.",
        place=name,
    )
