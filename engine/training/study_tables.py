"""Studies in words: every figure beside its goal, and what fails said as failing."""

from __future__ import annotations

import numpy as np

from engine.ranking.rendering import table
from engine.ranking.trial_results import PolicyValue, TrialResults


def points(value: float, digits: int = 1) -> str:
    """Return a share as percentage points, with its sign."""
    return f"{100 * value:+.{digits}f}"


def verdict(*, holds: bool) -> str:
    """Return whether a goal is met."""
    return "holds" if holds else "FAILS"


def trial_text(title: str, results: TrialResults, margin: float) -> str:
    """Return a trial's study.

    Args:
        title: of the recipe.
        results: of the study.
        margin: how much worse than the best arm the policy may be, lower bound.
    """
    parts = [
        f"# {title}",
        "Values are shares of patients without the event; differences in percentage points, 95 % intervals.",
        table(
            ("arm", "patients", "without event", "95 %"),
            (
                (
                    arm.title,
                    f"{arm.patients:,}",
                    f"{100 * arm.good:.1f} %",
                    f"{100 * arm.low:.1f} to {100 * arm.high:.1f}",
                )
                for arm in results.arms
            ),
        ),
        "Following the order among these (AIPW, out of fold), against the best of them for everybody:",
        table(
            (
                "options left",
                "best arm",
                "policy",
                "Hajek IPW",
                "difference",
                "95 %",
                "tied",
                "claimed",
                "over lot",
                "goal",
            ),
            (_row(item, margin) for item in results.policies),
        ),
    ]
    parts.append(_first_places(results))
    if results.naive is not None:
        naive = results.naive
        parts.append(
            f"A model an arm, for comparison: {points(naive.difference)} points "
            f"({points(naive.low)} to {points(naive.high)}) against the best arm; it claims "
            f"{points(naive.claimed)}."
        )
    rounds = results.interaction_rounds
    parts.append(
        f"Trees that let arms matter differently to patients earned their place in "
        f"{sum(kept > 0 for kept in rounds)} of {len(rounds)} folds."
    )
    if results.risk_groups:
        benefit = [item.benefit for item in results.risk_groups]
        parts += [
            f"Benefit of {results.policies[-1].best} over {results.arms[0].title} by predicted risk:",
            table(
                ("predicted risk", "patients", "events", "events spared", "95 %"),
                (
                    (
                        item.risk,
                        f"{item.patients:,}",
                        f"{100 * item.event_rate:.1f} %",
                        points(item.benefit),
                        f"{points(item.low)} to {points(item.high)}",
                    )
                    for item in results.risk_groups
                ),
            ),
            f"Benefit rises with risk from quarter to quarter: {verdict(holds=benefit == sorted(benefit))}.",
        ]
    if results.c_for_benefit is not None:
        value, low, high = results.c_for_benefit
        parts.append(f"c-for-benefit {value:.3f} ({low:.3f} to {high:.3f}); .5 is chance.")
    if results.null_difference:
        gained, claimed = (np.array(item) for item in (results.null_difference, results.null_claimed))
        parts.append(
            f"Null, arms shuffled among the patients {len(gained)} times: policy minus best arm "
            f"{points(gained.mean())} points (largest {points(gained.max())}), "
            f"claimed {points(claimed.mean())} (largest {points(claimed.max())})."
        )
    whole = results.policies[-1]
    kept = sum(item.low > -margin for item in results.policies)
    parts.append(
        f"No worse than the best single arm by more than {100 * margin:g} points (lower bound): "
        f"{verdict(holds=whole.low > -margin)} of all arms; {kept} of {len(results.policies)} sets of arms. "
        f"Above lot (lower bound): {verdict(holds=whole.over_random_low > 0)}. "
        f"Claims no more than 1 point: {verdict(holds=whole.claimed <= 0.01)}."
    )
    return "\n\n".join(parts) + "\n"


def _first_places(results: TrialResults) -> str:
    """Say who stands first, and where the interval comes from if nobody is treated apart."""
    places = results.first_places
    told = "; ".join(f"{' or '.join(item.options)} ({100 * item.share:.0f} % of patients)" for item in places)
    text = f"First among all arms: {told}."
    if len(places) == 1 and len(places[0].options) > 1:
        text += (
            " The order is the same for everybody, and a lot decides between these: the width of "
            "the interval is that of the difference between them, as far as the trial tells it."
        )
    return text


def _row(item: PolicyValue, margin: float) -> tuple[object, ...]:
    return (
        ", ".join(item.options),
        item.best,
        f"{100 * item.policy:.1f} %",
        f"{100 * item.policy_ipw:.1f} %",
        points(item.difference),
        f"{points(item.low)} to {points(item.high)}",
        f"{100 * item.tied:.0f} %",
        points(item.claimed),
        points(item.over_random),
        verdict(holds=item.low > -margin),
    )
