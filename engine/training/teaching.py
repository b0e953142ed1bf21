"""What the first trees are taught: a linear equation of the outcome's root, fitted on the same patients.

Trees alone need many patients to find that a dose falls evenly with age. The recipe's teacher is an
equation of the kind the published ones are, fitted inside the fold. The first trees learn to give its
log-odds, the later ones correct them by what came of each patient; all stand in one booster, so that
scores and exact attributions need not know of it. Chosen on one half of the IWPC patients
(``main.py study warfarin-dose`` prints both halves), where it gained most on blocks of records that
were left out: an equation travels. Boosted regressions as teachers, chosen inside each fold by log loss among
eight settings and this one, were no better.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.training.cohort import Cohort
from engine.training.recipe import Edge, Teacher
from engine.training.table import Floats

_RIDGE: Final = 2.0
#: Keeps the log-odds of a chance finite.
_LEAST: Final = 1e-4
#: An edge itself belongs to one side: it is met a hair beyond.
_HAIR: Final = 1e-4


def design(cohort: Cohort, teacher: Teacher) -> Floats:
    """Return the equation's terms: shape (patients, terms); what is missing has a term or a stand-in."""
    columns: list[Floats] = []
    for name, stand_in in teacher.numbers.items():
        values = cohort.column(name)
        columns.append(np.where(np.isnan(values), stand_in, values))
    for name in teacher.codes:
        values = cohort.column(name)
        bins = cohort.recipe.features[cohort.recipe.place(name)].described().bins
        columns += [(values == code).astype(np.float64) for code in range(1, bins)]
        columns.append(np.isnan(values).astype(np.float64))
    columns += [(cohort.column(name) == 1).astype(np.float64) for name in teacher.yes]
    columns += list(cohort.features[:, len(cohort.recipe.features) :].T)
    return np.stack(columns, axis=1)


class FittedTeacher:
    """The equation with its coefficients, and how far patients lie from it."""

    def __init__(self, cohort: Cohort, teacher: Teacher) -> None:
        """Fit by ridge regression; the spread of the residuals is taken as normal."""
        self._teacher = teacher
        self._edges = cohort.recipe.outcome.edges
        terms, root = design(cohort, teacher), np.sqrt(cohort.outcome)
        self._middle = terms.mean(axis=0)
        self._scale = terms.std(axis=0) + 1e-9
        rows = self._rows(terms)
        penalty = _RIDGE * np.eye(rows.shape[1])
        penalty[0, 0] = 0.0
        self._factors = np.linalg.solve(rows.T @ rows + penalty, rows.T @ root)
        self._spread = float((root - rows @ self._factors).std())

    def _rows(self, terms: Floats) -> Floats:
        return np.column_stack([np.ones(len(terms)), (terms - self._middle) / self._scale])

    def log_odds(self, cohort: Cohort) -> Floats:
        """Return the log-odds that each band is the right one: shape (patients, bands)."""
        from scipy.special import ndtr

        root = self._rows(design(cohort, self._teacher)) @ self._factors
        below = [ndtr((_root_of(edge) - root) / self._spread) for edge in self._edges]
        reached = np.stack([np.zeros(len(root)), *below, np.ones(len(root))], axis=1)
        chance = np.clip(np.diff(reached, axis=1), _LEAST, 1 - _LEAST)
        return np.asarray(np.log(chance / (1 - chance)))


def _root_of(edge: Edge) -> float:
    if edge.at_most is not None:
        return float(np.sqrt(edge.at_most + _HAIR))
    return float(np.sqrt((edge.below or 0.0) - _HAIR))


def shuffled(cohort: Cohort, teacher: Teacher, seed: int) -> npt.NDArray[np.float64]:
    """Return features with the equation's inputs each drawn from another patient: more ground to teach on."""
    chance = np.random.default_rng(seed)
    features = cohort.features.copy()
    for name in (*teacher.numbers, *teacher.yes, *teacher.codes):
        place = cohort.recipe.place(name)
        features[:, place] = features[chance.permutation(len(features)), place]
    return features
