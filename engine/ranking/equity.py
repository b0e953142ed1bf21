"""How a model does in groups of patients: accuracy, chances, swaps, flips, and bias by absence.

A card cannot be released without it (``reasons_not_to_release``).
"""

from __future__ import annotations

from dataclasses import dataclass


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
