"""Attributions of a model's score to features, and how far they can be believed."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.domain.ids import FeatureName, OptionId


class AttributionMethod(enum.StrEnum):
    """How a share was computed."""

    LIME = "LIME"
    EXACT = "exact tree attribution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """How much one feature moved one option's score, in the score's unit."""

    feature: FeatureName
    title: str
    value: str
    """As the clinician would read it, with unit; ``not known`` where missing."""
    contribution: float


class Grade(enum.StrEnum):
    """Whether an explanation may be shown."""

    GREEN = "faithful"
    AMBER = "roughly faithful"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """How well LIME's attributions match the model's exact ones."""

    grade: Grade
    reason: str
    """One sentence; for a withheld explanation, why."""
    correlation: float
    """Pearson correlation with the exact attributions."""
    sign_agreement: float
    """Share of the five largest exact attributions whose sign LIME has."""
    local_r2: float
    deletion: float = 1.0
    """How far the score moves without LIME's five largest reasons, as a share of without the exact five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why one option scored as it did."""

    option_id: OptionId
    score: float
    base: float
    """The score's mean over the reference population for this option."""
    lime: tuple[Attribution, ...]
    """Largest first; empty where withheld."""
    exact: tuple[Attribution, ...]
    """Largest first; they sum to score minus base."""
    fidelity: Fidelity
    samples: int
    seed: int
