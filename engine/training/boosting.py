"""Fitting the trees of a model whose right answer is known: rows of (option, patient), one target a row.

One booster serves every option: the first column is the option's level, so that drugs and dose
bands have one shape. Where the recipe says so each patient is learnt from twice, once as if some
features (a genotype) were not known, so that one model answers for both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from engine.training.cohort import Cohort
from engine.training.recipe import Teacher
from engine.training.table import Floats
from engine.training.teaching import FittedTeacher, shuffled

if TYPE_CHECKING:
    import xgboost

ROUNDS: Final = 200
#: Chosen by ten-fold accuracy on one half of the IWPC patients among some thirty settings; small leaves,
#: because *2/*3 and *3/*3 are rare, and few features a split, because many of them say nearly the same.
#: Looked at since over five more divisions into folds, and left alone. Five boosters averaged change nothing
#: (.0 points). Trees of their own for either state of knowledge gain .4 points without genotype on the half
#: they were chosen on, .1 on the other, for nearly three times the bytes. Keeping the ends apart, by weights
#: or by taking off the chance of the other end, spares one swap for every six to ten low doses that it no
#: longer names.
PARAMETERS: Final[dict[str, str | int | float]] = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "tree_method": "hist",
    "grow_policy": "lossguide",
    "max_depth": 7,
    "max_leaves": 24,
    "eta": 0.05,
    "min_child_weight": 5,
    "reg_lambda": 5,
    "subsample": 0.8,
    "colsample_bynode": 0.3,
    "nthread": 1,
}
#: The trees that are taught an equation: as many as follow its bends, and no more.
TEACHING_ROUNDS: Final = 120
_TEACHING: Final[dict[str, str | int | float]] = {
    "objective": "reg:squarederror",
    "base_score": 0.0,
    "tree_method": "hist",
    "max_depth": 5,
    "eta": 0.15,
    "min_child_weight": 5,
    "reg_lambda": 0,
    "nthread": 1,
}
#: How often the patients' features are shuffled into ground to teach on.
_SHUFFLES: Final = 2


def option_rows(features: Floats, levels: int) -> npt.NDArray[np.float32]:
    """Return one row a patient and option: shape (patients x levels, 1 + features), the level first."""
    rows = np.empty((len(features), levels, features.shape[1] + 1), dtype=np.float32)
    rows[:, :, 0] = np.arange(levels)
    rows[:, :, 1:] = features[:, None, :]
    return rows.reshape(len(features) * levels, -1)


def fit(cohort: Cohort, seed: int) -> xgboost.Booster:
    """Fit the trees; the same patients and seed give the same trees."""
    import xgboost

    levels = len(cohort.recipe.levels)
    twice = (
        [cohort, cohort.without(cohort.recipe.learnt_without)] if cohort.recipe.learnt_without else [cohort]
    )
    taught = _taught(cohort, cohort.recipe.teacher, seed) if cohort.recipe.teacher else None
    rows = option_rows(np.concatenate([part.features for part in twice]), levels)
    right = np.eye(levels)[np.concatenate([part.level for part in twice])].ravel()
    matrix = xgboost.DMatrix(rows, right, nthread=1)
    return xgboost.train({**PARAMETERS, "seed": seed}, matrix, ROUNDS, xgb_model=taught)


def _taught(cohort: Cohort, teacher: Teacher, seed: int) -> xgboost.Booster:
    """Return trees that give the log-odds of the fitted equation, for both states of knowledge."""
    import xgboost

    hidden = cohort.recipe.learnt_without
    grounds = [cohort]
    grounds += [replace(cohort, features=shuffled(cohort, teacher, seed + k)) for k in range(_SHUFFLES)]
    rows, targets = [], []
    for state in ((), hidden) if hidden else ((),):
        fitted = FittedTeacher(cohort.without(state), teacher)
        for ground in grounds:
            seen = ground.without(state)
            rows.append(option_rows(seen.features, len(cohort.recipe.levels)))
            targets.append(fitted.log_odds(seen).ravel())
    matrix = xgboost.DMatrix(np.concatenate(rows), np.concatenate(targets), nthread=1)
    return xgboost.train({**_TEACHING, "seed": seed}, matrix, TEACHING_ROUNDS)


def scores(booster: xgboost.Booster, features: Floats, levels: int) -> Floats:
    """Return the log-odds of each option: shape (patients, levels)."""
    margin = booster.inplace_predict(option_rows(features, levels), predict_type="margin")
    return np.asarray(margin, dtype=np.float64).reshape(-1, levels)
