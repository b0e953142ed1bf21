"""A statement on its way into a record, and how its numbers and days are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from engine.domain.patient import Statement
from engine.domain.provenance import Provenance
from engine.errors import InputError, UnknownName
from engine.intake.cursor import printable
from engine.terminology.index import VocabularyIndex, WordKind

#: Longest number that is taken: more digits are no measurement.
_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A statement with all that is needed to add it."""

    statement: Statement
    index: VocabularyIndex
    on: date
    today: date
    latest: date
    """The day it already is somewhere on earth."""
    provenance: Provenance


def number_of(written: str, title: str) -> Decimal:
    """Return a number as a clinician writes it.

    Raises:
        InputError: it is none, or none that can be measured.
    """
    text = written.strip()
    hint = "Write it in digits, with a point before the decimals: 1.2"
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:
        raise InputError(f"{printable(text)!r} is no number.", hint=hint, place=title) from None
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER or "_" in text:
        raise InputError(f"{printable(text)!r} is no number that can be measured.", hint=hint, place=title)
    return number


def day_written(written: str, title: str) -> date:
    """Return a day written as year, month and day.

    Raises:
        InputError: it is none.
    """
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise InputError(
            f"{printable(written)!r} is no day.",
            hint="Write year, month and day: 2026-05-31",
            place=title,
        ) from None


def unknown_name(entry: Entry, kind: WordKind, written: str) -> UnknownName:
    """Return the error for a name in no vocabulary, with the nearest known ones."""
    shown = printable(written)
    near = entry.index.suggest(shown, kind)
    hint = f"Did you mean {' or '.join(found.word for found in near)}?" if near else ""
    return UnknownName(f"{shown!r} is no {kind.value} that WhyRx knows.", hint=hint, place=kind.value)
