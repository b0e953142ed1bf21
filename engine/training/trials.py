"""Studying a trial: what an order learnt from it would have done, cross-fitted, beside its own null."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.ranking.trial_results import TrialResults
from engine.training import policies
from engine.training.cohort import Cohort
from engine.training.policies import Ints, Trial
from engine.training.table import Floats
from engine.training.trial_boosting import chances_of, fit_trial, naive_chances
from engine.training.validation import Step, group_folds, random_folds

FOLDS: Final = 10
#: Shuffles of the arms among the patients, and folds of each.
SHUFFLES: Final = 20
_NULL_FOLDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossFit:
    """What models said of patients they had not learnt from."""

    chance: Floats
    spread: Floats
    naive: Floats
    rounds: tuple[int, ...]
    """Trees of the last step that earned their place, one a fold."""

    def trial(self, cohort: Cohort) -> Trial:
        """Return the trial with these chances."""
        return Trial(
            titles=cohort.recipe.levels,
            level=cohort.level,
            good=cohort.outcome,
            share=shares_of(cohort),
            chance=self.chance,
            spread=self.spread,
        )


def spread_of(cohort: Cohort) -> Floats:
    """Return the standard error of each option's log-odds: shape (options,)."""
    found = []
    for level in range(len(cohort.recipe.levels)):
        good = cohort.outcome[cohort.level == level]
        found.append(1 / np.sqrt(len(good) * good.mean() * (1 - good.mean())))
    return np.array(found)


def cross_fit(cohort: Cohort, fold: Ints, seed: int, step: Step) -> CrossFit:
    """Fit the model, and the naive one beside it, once a fold."""
    shape = (len(cohort), len(cohort.recipe.levels))
    levels = shape[1]
    ours, naive, spread = (np.empty(shape) for _ in range(3))
    rounds = []
    for number in np.unique(fold):
        step(f"fold {number + 1} of {len(np.unique(fold))}")
        outside = fold == number
        inside = cohort.take(~outside)
        booster, kept = fit_trial(inside, seed)
        rounds.append(kept)
        spread[outside] = spread_of(inside)
        ours[outside] = chances_of(booster, cohort.features[outside], levels)
        naive[outside] = naive_chances(inside, cohort.features[outside], seed)
    return CrossFit(chance=ours, spread=spread, naive=naive, rounds=tuple(rounds))


def folds_of(cohort: Cohort, seed: int) -> Ints:
    """Return the recipe's groups as folds, where it leaves one out; else random ones."""
    group = cohort.recipe.leave_out
    return group_folds(cohort.groups[group]) if group else random_folds(len(cohort), FOLDS, seed)


def shares_of(cohort: Cohort) -> Floats:
    """Return the chance of being given each option: as the recipe knows it, else as it was."""
    seen = np.bincount(cohort.level, minlength=len(cohort.recipe.levels)) / len(cohort)
    return np.array(
        [option.share or seen[level] for level, option in enumerate(cohort.recipe.options)], dtype=np.float64
    )


def study(cohort: Cohort, seed: int, step: Step, shuffles: int = SHUFFLES) -> TrialResults:
    """Return everything that is told of a trial."""
    fitted = cross_fit(cohort, folds_of(cohort, seed), seed, step)
    trial = fitted.trial(cohort)
    options = len(cohort.recipe.levels)
    whole = tuple(range(options))
    null_difference, null_claimed = _null(cohort, seed, step, shuffles)
    singles = trial.scores.mean(axis=0)
    better, worse = int(singles.argmax()), 0
    pair = (better, worse) if better else None
    return TrialResults(
        arms=policies.arms(trial),
        policies=tuple(policies.value(trial, allowed) for allowed in policies.subsets(options)),
        first_places=policies.first_places(trial),
        null_difference=null_difference,
        null_claimed=null_claimed,
        interaction_rounds=fitted.rounds,
        risk_groups=policies.risk_groups(trial, *pair) if pair else (),
        c_for_benefit=policies.c_for_benefit(trial, *pair, seed) if pair else None,
        naive=policies.value(trial, whole, fitted.naive),
    )


def _null(
    cohort: Cohort, seed: int, step: Step, shuffles: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Learn from shuffled arms: whatever is gained or claimed then is noise."""
    chance = np.random.default_rng(seed)
    differences, claims = [], []
    for number in range(shuffles):
        step(f"shuffled arms {number + 1} of {shuffles}")
        shuffled = replace(cohort, level=policies.shuffled_level(cohort.level, chance))
        fold = random_folds(len(cohort), _NULL_FOLDS, seed + number)
        trial = cross_fit(shuffled, fold, seed, lambda _: None).trial(shuffled)
        result = policies.value(trial, tuple(range(len(cohort.recipe.levels))))
        differences.append(result.difference)
        claims.append(result.claimed)
    return tuple(differences), tuple(claims)
