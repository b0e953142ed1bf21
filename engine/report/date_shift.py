"""Dates moved by one secret number of days: intervals stay, the days themselves do not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import InvariantBroken

#: How far back dates may be moved, in days: months at least, some years at most.
_NEAREST, _FARTHEST = 60, 1460


@dataclass(frozen=True, slots=True, kw_only=True)
class DateShift:
    """How far all dates of one export are moved back."""

    days: int

    def moved(self, day: date | None) -> str | None:
        """Return a date as it is shown, or None where there is none."""
        return None if day is None else (day - timedelta(days=self.days)).isoformat()


def shift_for(days: frozenset[date], secret: bytes) -> DateShift:
    """Return a shift that a secret chose, under which no date becomes another date of the record.

    Without that a moved date could be told from one that was not moved only by the secret, neither by the
    leak test nor by an auditor.

    Raises:
        InvariantBroken: the record has so many dates that no shift is free.
    """
    ordinals = {day.toordinal() for day in days}
    apart = {later - earlier for later in ordinals for earlier in ordinals}
    free = [shift for shift in range(_NEAREST, _FARTHEST) if shift not in apart]
    if not free or min(ordinals, default=_FARTHEST + 1) <= _FARTHEST:
        raise InvariantBroken("No shift moves all dates of this record apart from each other.")
    drawn = int.from_bytes(hashlib.sha256(b"whyrx date shift" + secret).digest(), "big")
    return DateShift(days=free[drawn % len(free)])
