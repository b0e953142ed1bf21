"""What an order learnt from a trial would have done, estimated without the model's own promises."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One arm as it was."""

    title: str
    patients: int
    good: float
    """Share of patients without the event."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """Following the model's order among some arms, against giving everybody the best of them.

    Values are shares of patients without the event; differences have 95 % intervals from the
    influence function. Out of fold throughout.
    """

    options: tuple[str, ...]
    best: str
    """The arm with the highest value in the same patients: a hard opponent, known only afterwards."""
    policy: float
    """AIPW."""
    policy_ipw: float
    """Hajek's inverse-probability weighting."""
    best_single: float
    difference: float
    low: float
    high: float
    over_random: float
    over_random_low: float
    claimed: float
    """What the model itself promises over the best arm."""
    tied: float
    """Share of patients for whom options share the first place; they are given by lot then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPlace:
    """Who stands first among all options, out of fold."""

    options: tuple[str, ...]
    """More than one where they cannot be separated."""
    share: float
    """Of the patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskGroup:
    """Benefit among patients of similar risk: the share of events that the better arm spared."""

    risk: str
    patients: int
    event_rate: float
    benefit: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResults:
    """All of it."""

    arms: tuple[ArmResult, ...]
    policies: tuple[PolicyValue, ...]
    first_places: tuple[FirstPlace, ...]
    """Commonest first; one where the order is the same for everybody."""
    null_difference: tuple[float, ...]
    """Policy minus best arm where the arms were shuffled among the patients, one a shuffle."""
    null_claimed: tuple[float, ...]
    interaction_rounds: tuple[int, ...]
    """Trees that let arms matter differently to patients, chosen inside each fold; 0: none earned a place."""
    risk_groups: tuple[RiskGroup, ...]
    c_for_benefit: tuple[float, float, float] | None
    """With its 95 % bootstrap interval; of two arms."""
    naive: PolicyValue | None
    """The same of a model an arm, which learns differences from noise."""
