"""The study of a model whose right answer is known: random splits, and the half that chose nothing."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.ranking.rendering import table
from engine.training import metrics, validation
from engine.training.boosting import fit, scores
from engine.training.carding import compared
from engine.training.cohort import Cohort
from engine.training.metrics import Ints
from engine.training.table import Floats
from engine.training.validation import Step, names_of_states, states_of

SPLITS: Final = 100
_TRAINED_ON: Final = 0.8
#: The half on which the settings of the shipped model were chosen: fold 0 of these two.
CHOOSING_SEED: Final = 777


def ndcg(score: Floats, level: Ints) -> float:
    """Return the mean discounted gain of the right option's place, of all options."""
    place = np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1)[np.arange(len(level)), level]
    return float((1 / np.log2(place + 2)).mean())


def study_splits(cohort: Cohort, seed: int, step: Step, splits: int = SPLITS) -> str:
    """Return the table over random 80/20 splits, and over the half that chose no setting."""
    names = names_of_states(cohort)
    measures: dict[str, list[tuple[float, float, float, float]]] = {}
    worse: dict[tuple[str, str], list[float]] = {}
    chance = np.random.default_rng(seed)
    for number in range(splits):
        step(f"split {number + 1} of {splits}")
        order = chance.permutation(len(cohort))
        cut = int(_TRAINED_ON * len(order))
        inside, asked = cohort.take(order[:cut]), cohort.take(order[cut:])
        counted = asked.complete
        measured = asked.take(counted)
        booster = fit(inside, seed)
        right: dict[str, npt.NDArray[np.bool_]] = {}
        for name, state in zip(names, states_of(asked), strict=True):
            found = scores(booster, state.features[counted], len(cohort.recipe.levels))
            first = found.argmax(axis=1)
            right[name] = first == measured.level
            measures.setdefault(name, []).append((*_of(first, measured.level), ndcg(found, measured.level)))
        for name, first in compared(measured).items():
            right[name] = first == measured.level
            measures.setdefault(name, []).append((*_of(first, measured.level), float("nan")))
        for name in names:
            for equation in cohort.recipe.equations:
                only = int((right[name] & ~right[equation.title]).sum())
                other = int((right[equation.title] & ~right[name]).sum())
                worse.setdefault((name, equation.title), []).append(
                    metrics.mcnemar(only, other) if only > other else 1.0
                )
    return (
        "\n\n".join(
            [
                f"# {cohort.recipe.title}",
                f"{splits} random splits, {100 * _TRAINED_ON:.0f} % to learn from; mean and central 95 %.",
                table(
                    ("method", "right option", "mean over options", "swaps", "NDCG"),
                    (
                        (name, *(_spread(column) for column in zip(*rows, strict=True)))
                        for name, rows in measures.items()
                    ),
                ),
                "Better than the equation by McNemar's exact test (p < .05), share of splits:",
                table(
                    ("method", "against", "splits"),
                    ((*pair, f"{100 * np.mean(np.array(p) < 0.05):.0f} %") for pair, p in worse.items()),
                ),
                _other_half(cohort, seed, step),
            ]
        )
        + "\n"
    )


def _of(first: Ints, level: Ints) -> tuple[float, float, float]:
    found = metrics.performance("", first, level)
    return found.accuracy, found.macro_recall, found.swaps


def _spread(values: tuple[float, ...]) -> str:
    if np.isnan(values).all():
        return ""
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{100 * np.mean(values):.2f} % ({100 * low:.1f} to {100 * high:.1f})"


def _other_half(cohort: Cohort, seed: int, step: Step) -> str:
    """Return ten-fold figures of both halves: the one that settings were chosen on, and the other."""
    step("both halves, ten-fold")
    half = validation.random_folds(len(cohort), 2, CHOOSING_SEED)
    fold = validation.random_folds(len(cohort), validation.FOLDS, seed)
    found = validation.named(cohort, fold, seed)
    rows = []
    for name, first in zip(names_of_states(cohort), found, strict=True):
        for number, words in ((0, "settings were chosen on it"), (1, "chose nothing")):
            member = cohort.complete & (half == number)
            item = metrics.performance(name, first[member], cohort.level[member])
            rows.append(
                (
                    name,
                    words,
                    f"{item.patients:,}",
                    f"{100 * item.accuracy:.1f} %",
                    f"{100 * item.swaps:.2f} %",
                )
            )
    head = ("method", "half", "patients", "right option", "swaps")
    return "Ten-fold, by the half the settings were chosen on:\n\n" + table(head, rows)
