"""Intervals of shares of patients: 95 %, two-sided."""

from __future__ import annotations

import math
from typing import Final

from engine.ranking.league import Z95

_PLACES: Final = 4


def wilson(right: int, patients: int) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion.

    >>> wilson(5, 10)
    (0.2366, 0.7634)
    """
    share = right / patients
    spread = 1 + Z95**2 / patients
    middle = (share + Z95**2 / (2 * patients)) / spread
    half = Z95 / spread * math.sqrt(share * (1 - share) / patients + Z95**2 / (4 * patients**2))
    return round(middle - half, _PLACES), round(middle + half, _PLACES)


def gain(gained: int, lost: int, patients: int) -> tuple[float, float, float]:
    """Return by how much the share right rises when some patients are gained and others lost; its interval.

    Both ways are tried on the same patients: those named alike by both say nothing of the difference.

    >>> gain(109, 66, 4284)
    (0.01, 0.004, 0.0161)
    """
    rise = (gained - lost) / patients
    half = Z95 * math.sqrt(max(0.0, gained + lost - patients * rise**2)) / patients
    return round(rise, _PLACES), round(rise - half, _PLACES), round(rise + half, _PLACES)
