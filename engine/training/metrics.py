"""Figures for the card: accuracy with intervals, swaps, McNemar, calibration, coverage."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.ranking.card import Calibration, CalibrationBin, Comparison, Performance, Separability
from engine.ranking.intervals import wilson
from engine.training.table import Bools, Floats

Ints = npt.NDArray[np.int64]

_BINS: Final = 10
_PLACES: Final = 4


def rounded(value: float) -> float:
    """Return a share as the card keeps it."""
    return round(float(value), _PLACES)


def performance(method: str, named: Ints, band: Ints) -> Performance:
    """Return how often one method named the right band."""
    right = int((named == band).sum())
    low, high = wilson(right, len(band))
    recalls = [(named[band == level] == level).mean() for level in np.unique(band)]
    return Performance(
        method=method,
        patients=len(band),
        accuracy=rounded(right / len(band)),
        low=low,
        high=high,
        macro_recall=rounded(np.mean(recalls)),
        swaps=rounded((np.abs(named - band) == 2).mean()),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided exact p-value: discordant patients as fair coin tosses.

    >>> mcnemar(1, 9), mcnemar(0, 0)
    (0.021484375, 1.0)
    """
    tosses = only_first + only_second
    tail = sum(math.comb(tosses, heads) for heads in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**tosses)) if tosses else 1.0


def comparison(method: str, named: Ints, against: str, other: Ints, band: Ints) -> Comparison:
    """Return two methods on identical patients."""
    first, second = named == band, other == band
    only_method, only_against = int((first & ~second).sum()), int((second & ~first).sum())
    return Comparison(
        method=method,
        against=against,
        patients=len(band),
        only_method=only_method,
        only_against=only_against,
        p_value=float(f"{mcnemar(only_method, only_against):.3g}"),
    )


def calibration(method: str, chance: Floats, band: Ints) -> Calibration:
    """Return how well the chance of the first-placed band came true, in ten bins of equal size."""
    stated, right = chance.max(axis=1), chance.argmax(axis=1) == band
    order = np.argsort(stated, kind="stable")
    bins = tuple(
        CalibrationBin(
            patients=len(part),
            predicted=rounded(stated[part].mean()),
            observed=rounded(right[part].mean()),
        )
        for part in np.array_split(order, _BINS)
        if len(part)
    )
    error = sum(item.patients * abs(item.predicted - item.observed) for item in bins) / len(band)
    return Calibration(method=method, error=rounded(error), bins=bins)


def separability(method: str, group: Bools, band: Ints) -> Separability:
    """Return what came of keeping inseparable options tied."""
    covered = group[np.arange(len(band)), band]
    single = group.sum(axis=1) == 1
    return Separability(
        method=method,
        coverage=rounded(covered.mean()),
        mean_size=rounded(group.sum(axis=1).mean()),
        single=rounded(single.mean()),
        accuracy_single=rounded(covered[single].mean() if single.any() else 0.0),
    )
