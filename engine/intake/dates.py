"""FHIR dates, whole or partial, and the dates PharmCAT writes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from engine.intake.cursor import Cursor

_FHIR = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\S*)?)?)?")
_LETTERS = re.compile(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4})\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: No clock on earth is further ahead of UTC.
_FURTHEST_CLOCK = timedelta(hours=14)


def last_day(now: datetime) -> date:
    """Return the latest day that any place on earth has at this moment."""
    return (now.astimezone(UTC) + _FURTHEST_CLOCK).date()


def day_of(text: str) -> date | None:
    """Return the day of a FHIR date; of a month or year, its first: nothing may look newer than it is.

    >>> day_of("2024-05"), day_of("2024-02-30")
    (datetime.date(2024, 5, 1), None)
    """
    found = _FHIR.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_whole_day(text: str) -> bool:
    """Tell whether a FHIR date names a day, not only a month or a year."""
    return len(text) >= len("2024-05-01") and day_of(text) is not None


def exact_day(text: str) -> date | None:
    """Return the day of a FHIR date that names one; a month or a year alone names none.

    >>> exact_day("2024-05"), exact_day("2024-05-02T10:00:00Z")
    (None, datetime.date(2024, 5, 2))
    """
    return day_of(text) if is_whole_day(text) else None


def spoken_day(text: str) -> date | None:
    """Return the day of a PharmCAT time stamp, in letters or as ISO.

    >>> spoken_day("Sep 22, 2023, 3:03:50 PM")
    datetime.date(2023, 9, 22)
    """
    found = _LETTERS.match(text)
    if found is None:
        return day_of(text[:10])
    if found.group(1) not in _MONTHS:
        return None
    try:
        return date(int(found.group(3)), _MONTHS.index(found.group(1)) + 1, int(found.group(2)))
    except ValueError:
        return None


def clinical_day(resource: Cursor, name: str) -> date | None:
    """Return when something was true: ``nameDateTime``, ``nameInstant`` or the end of ``namePeriod``.

    A period counts by its end, and by its start where it has none.
    """
    period = resource.get(f"{name}Period")
    written = (
        resource.text(f"{name}DateTime")
        or resource.text(f"{name}Instant")
        or period.text("end")
        or period.text("start")
    )
    return day_of(written)
