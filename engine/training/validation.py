"""Honest scores: every fit, every chance and every tie threshold made inside the fold.

For each left-out fold the trees, the sharpness of the chances and the conformal gap come from the
other folds alone: the last two from an inner cross-validation of those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.training.boosting import fit, scores
from engine.training.cohort import Cohort
from engine.training.table import Bools, Floats

Ints = npt.NDArray[np.int64]
Step = Callable[[str], None]

FOLDS: Final = 10
_INNER_FOLDS: Final = 2
#: The share of patients whose band must lie in the first group of tied options.
COVERAGE: Final = 0.9
_SHARPNESS_GRID: Final = np.arange(0.5, 2.0001, 0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What turns scores into chances and ties, for one state of knowledge."""

    sharpness: float
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """What the model said of patients it had not learnt from, in one state of knowledge."""

    score: Floats
    """Shape (patients, options)."""
    chance: Floats
    first_group: Bools
    """Shape (patients, options): the options tied in first place."""

    @property
    def band(self) -> Ints:
        """Return the option with the highest score."""
        return np.asarray(self.score.argmax(axis=1))


def random_folds(patients: int, folds: int, seed: int) -> Ints:
    """Return a fold for each patient, of equal sizes but for one."""
    order = np.random.default_rng(seed).permutation(patients)
    fold = np.empty(patients, dtype=np.int64)
    fold[order] = np.arange(patients) % folds
    return fold


def block_folds(patients: int, folds: int) -> Ints:
    """Return folds of consecutive records: the file names no site, but lists them one after another."""
    return np.arange(patients, dtype=np.int64) * folds // patients


def fit_thresholds(score: Floats, band: Ints) -> Thresholds:
    """Fit sharpness by likelihood, and take the split-conformal quantile of the score gap."""
    likelihood = [
        np.log(chances(score, factor)[np.arange(len(band)), band]).sum() for factor in _SHARPNESS_GRID
    ]
    gaps = np.sort(score.max(axis=1) - score[np.arange(len(band)), band])
    rank = min(len(band) - 1, int(np.ceil((len(band) + 1) * COVERAGE)) - 1)
    return Thresholds(
        sharpness=round(float(_SHARPNESS_GRID[int(np.argmax(likelihood))]), 2), gap=float(gaps[rank])
    )


def chances(score: Floats, sharpness: float) -> Floats:
    """Return softmax(sharpness x score) over the options."""
    power = np.exp(sharpness * (score - score.max(axis=1, keepdims=True)))
    return np.asarray(power / power.sum(axis=1, keepdims=True))


def states_of(cohort: Cohort) -> tuple[Cohort, ...]:
    """Return the patients as known, and as if what the recipe learns without were not known."""
    hidden = cohort.recipe.learnt_without
    return (cohort, cohort.without(hidden)) if hidden else (cohort,)


def names_of_states(cohort: Cohort) -> tuple[str, ...]:
    """Return what the model is called in tables, one name a state of knowledge."""
    if not cohort.recipe.learnt_without:
        return ("WhyRx",)
    return tuple(f"WhyRx {state}" for state in cohort.recipe.states)


def cross_scores(cohort: Cohort, fold: Ints, seed: int) -> tuple[Floats, ...]:
    """Return out-of-fold scores for each state of knowledge; no thresholds."""
    levels, states = len(cohort.recipe.levels), states_of(cohort)
    found = tuple(np.empty((len(cohort), levels)) for _ in states)
    for number in np.unique(fold):
        outside = fold == number
        booster = fit(cohort.take(~outside), seed)
        for score, state in zip(found, states, strict=True):
            score[outside] = scores(booster, state.features[outside], levels)
    return found


def validate(cohort: Cohort, fold: Ints, seed: int, step: Step) -> tuple[OutOfFold, ...]:
    """Cross-validate trees and thresholds together: one answer a state of knowledge."""
    levels, states = len(cohort.recipe.levels), states_of(cohort)
    score, chance = ([np.empty((len(cohort), levels)) for _ in states] for _ in range(2))
    group = [np.empty((len(cohort), levels), dtype=np.bool_) for _ in states]
    count = int(fold.max()) + 1
    for number in range(count):
        step(f"validating: fold {number + 1} of {count}")
        outside = fold == number
        inside = cohort.take(~outside)
        inner = random_folds(len(inside), _INNER_FOLDS, seed + number + 1)
        calibrating = cross_scores(inside, inner, seed)
        booster = fit(inside, seed)
        for place, state in enumerate(states):
            # Chances are promised for patients with every required input: only those are asked about.
            limits = fit_thresholds(calibrating[place][inside.complete], inside.level[inside.complete])
            found = scores(booster, state.features[outside], levels)
            score[place][outside] = found
            chance[place][outside] = chances(found, limits.sharpness)
            group[place][outside] = found >= found.max(axis=1, keepdims=True) - limits.gap
    return tuple(
        OutOfFold(score=one, chance=two, first_group=three)
        for one, two, three in zip(score, chance, group, strict=True)
    )


def named(cohort: Cohort, fold: Ints, seed: int) -> tuple[Ints, ...]:
    """Return the option with the highest out-of-fold score, for each state of knowledge."""
    return tuple(score.argmax(axis=1) for score in cross_scores(cohort, fold, seed))


def group_folds(values: Sequence[str]) -> Ints:
    """Return one fold a value, in the order of their names."""
    names = sorted(set(values))
    return np.array([names.index(value) for value in values], dtype=np.int64)
