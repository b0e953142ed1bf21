"""How a model does in groups of patients: accuracy, chances, swaps, flips, and bias by absence.

A card cannot be released without it (``reasons_not_to_release``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Of fewer patients nothing is said at the point of care.
SMALLEST_GROUP: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One method in one group of the measured patients."""

    group: str
    """Such as ``race: Asian``."""
    method: str
    patients: int
    accuracy: float
    low: float
    """Lower end of the 95 % Wilson interval."""
    high: float
    swaps: float
    stated: float | None
    """Mean stated chance of the first-placed option; its distance from accuracy is the miscalibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAbsence:
    """Whom the model says nothing of: bias by absence."""

    group: str
    patients: int
    refused: float
    """Share without an input that the model needs."""
    missing: float
    """Mean share of all inputs that are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What a change of one attribute alone does, all else equal."""

    attribute: str
    method: str
    patients: int
    first_changed: float
    """Share whose first-placed option changes."""
    order_changed: float
    """Share whose order of options changes anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A model that is told a group which the shipped one is not, and what that would change for whom."""

    group: str
    method: str
    value: str
    """``all`` for everybody."""
    patients: int
    without: float
    """Accuracy of the model as it is."""
    told: float
    """Accuracy if it were told."""
    gained: int
    """Patients whom only the told model names rightly."""
    lost: int
    """Patients whom only the model as it is names rightly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """All of it."""

    rows: tuple[GroupRow, ...] = ()
    absence: tuple[GroupAbsence, ...] = ()
    flips: tuple[Flip, ...] = ()
    told: tuple[Told, ...] = ()


def bin_title(title: str, labels: Sequence[str], cuts: Sequence[float], unit: str, code: int) -> str:
    """Return the name of one bin as a group, such as ``weight: 55 kg or more, below 70``."""
    if code < 0:
        return f"{title}: not known"
    if labels:
        return f"{title}: {labels[code]}"
    if code == 0:
        return f"{title}: below {cuts[0]:g} {unit}"
    upper = f", below {cuts[code]:g}" if code < len(cuts) else ""
    return f"{title}: {cuts[code - 1]:g} {unit} or more{upper}"


def for_patients_like(equity: Equity, groups: Sequence[str], state: int) -> str:
    """Return how a model did in the smallest group a patient belongs to, as a clause; empty if untold.

    Args:
        equity: of the model's card.
        groups: by name, those the patient belongs to.
        state: of knowledge: the model's own rows stand in that order.
    """
    mine = [row for row in equity.rows if row.group in groups and row.patients >= SMALLEST_GROUP]
    own = list(dict.fromkeys(row.method for row in mine if row.stated is not None))
    if state >= len(own):
        return ""
    row = min((row for row in mine if row.method == own[state]), key=lambda row: (row.patients, row.group))
    return (
        f"for patients like this ({row.group}; n {row.patients:,}) its first option was right in "
        f"{100 * row.accuracy:.0f} % ({100 * row.low:.0f} to {100 * row.high:.0f})"
    )
