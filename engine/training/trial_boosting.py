"""Fitting the trees of a trial: each patient is learnt from under the one option that was given.

A model an arm (a *T-learner*) learns two large prognoses from two halves of the patients and takes
their difference, which is mostly noise; ranking by it did harm in GUSTO-I. Here one booster learns in
steps, each continuing the last: what the arms did on average, what the patients' facts meant whatever
was given, the arms again beside that, and only then, for as many trees as earn their place inside the
fold, what an arm did differently to different patients. Without the last step the effect is one odds
ratio an arm, and the benefit grows with the risk.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from engine.training.cohort import Cohort
from engine.training.table import Floats
from engine.training.validation import random_folds

if TYPE_CHECKING:
    import xgboost

_ARM: Final[dict[str, str | int | float]] = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "tree_method": "hist",
    "max_depth": 3,
    "eta": 0.3,
    "min_child_weight": 1,
    "reg_lambda": 0,
    "nthread": 1,
}
_ARM_ROUNDS: Final = 20
_PROGNOSIS: Final[dict[str, str | int | float]] = _ARM | {
    "max_depth": 3,
    "eta": 0.06,
    "min_child_weight": 10,
    "reg_lambda": 5,
    "subsample": 0.8,
    "colsample_bynode": 0.5,
}
_PROGNOSIS_ROUNDS: Final = 120
_INTERACTION: Final[dict[str, str | int | float]] = _PROGNOSIS | {
    "max_depth": 2,
    "eta": 0.03,
    "reg_lambda": 20,
}
#: How many trees of the last step are tried.
INTERACTION_GRID: Final = (0, 15, 40)
_CHOOSING_FOLDS: Final = 3
#: In standard errors.
_EARNED: Final = 2.0


def rows_of(features: Floats, level: npt.NDArray[np.int64] | int) -> npt.NDArray[np.float32]:
    """Return one row a patient: the option's level, then the features."""
    first = np.full(len(features), level, dtype=np.float64)
    return np.column_stack([first, features]).astype(np.float32)


def _additive(cohort: Cohort, seed: int) -> xgboost.Booster:
    """Return the trees without the last step: an arm's effect is the same for everybody, in log-odds."""
    full = rows_of(cohort.features, cohort.level)
    arm_only, facts_only = full.copy(), full.copy()
    arm_only[:, 1:] = np.nan
    facts_only[:, 0] = np.nan
    booster = _step(None, full, arm_only, cohort.outcome, {**_ARM, "seed": seed}, _ARM_ROUNDS)
    booster = _step(
        booster, full, facts_only, cohort.outcome, {**_PROGNOSIS, "seed": seed}, _PROGNOSIS_ROUNDS
    )
    return _step(booster, full, arm_only, cohort.outcome, {**_ARM, "seed": seed}, _ARM_ROUNDS)


def _step(
    so_far: xgboost.Booster | None,
    full: npt.NDArray[np.float32],
    shown: npt.NDArray[np.float32],
    outcome: Floats,
    parameters: dict[str, str | int | float],
    rounds: int,
) -> xgboost.Booster:
    """Add trees that see only what is shown, on top of what the trees so far say of the full rows."""
    import xgboost

    matrix = xgboost.DMatrix(shown, outcome, nthread=1)
    if so_far is None:
        return xgboost.train(parameters, matrix, rounds)
    matrix.set_base_margin(so_far.predict(xgboost.DMatrix(full, nthread=1), output_margin=True))
    return joined(so_far, xgboost.train(parameters, matrix, rounds))


def joined(first: xgboost.Booster, second: xgboost.Booster) -> xgboost.Booster:
    """Return one booster with the trees of both; its margin is the sum of theirs (base scores .5)."""
    import xgboost

    document, more = (json.loads(bytes(part.save_raw("json"))) for part in (first, second))
    model, added = (part["learner"]["gradient_booster"]["model"] for part in (document, more))
    before = len(model["trees"])
    for place, tree in enumerate(added["trees"]):
        model["trees"].append(tree | {"id": before + place})
    model["tree_info"] += added["tree_info"]
    count = len(model["trees"])
    model["gbtree_model_param"]["num_trees"] = str(count)
    model["iteration_indptr"] = list(range(count + 1))
    content = json.dumps(document, separators=(",", ":")).encode()
    return xgboost.Booster(params={"nthread": 1}, model_file=bytearray(content))


def _more(
    additive: xgboost.Booster, cohort: Cohort, seed: int, rounds: int, *, arms_matter: bool
) -> xgboost.Booster:
    """Add the trees of the last step, or as many that may not look at the arm."""
    if not rounds:
        return additive
    full = rows_of(cohort.features, cohort.level)
    shown = full.copy()
    if not arms_matter:
        shown[:, 0] = np.nan
    return _step(additive, full, shown, cohort.outcome, {**_INTERACTION, "seed": seed}, rounds)


def fit_trial(cohort: Cohort, seed: int) -> tuple[xgboost.Booster, int]:
    """Fit the trees, and say how many of the last step earned their place.

    They are kept only where cross-validation inside these patients finds them better than as many trees
    that may not look at the arm, by more than twice the standard error of the difference, patient by patient.
    """
    fold = random_folds(len(cohort), _CHOOSING_FOLDS, seed)
    gain = np.zeros((len(cohort), len(INTERACTION_GRID)))
    for number in range(_CHOOSING_FOLDS):
        outside = fold == number
        inside, asked = cohort.take(~outside), cohort.take(outside)
        additive = _additive(inside, seed)
        for place, rounds in enumerate(INTERACTION_GRID[1:], start=1):
            losses = []
            for arms_matter in (False, True):
                booster = _more(additive, inside, seed, rounds, arms_matter=arms_matter)
                good = booster.inplace_predict(rows_of(asked.features, asked.level))
                losses.append(-np.log(np.where(asked.outcome == 1, good, 1 - good)))
            gain[outside, place] = losses[0] - losses[1]
    error = gain.std(axis=0) / np.sqrt(len(cohort))
    earned = [
        place for place in range(1, len(INTERACTION_GRID)) if gain[:, place].mean() > _EARNED * error[place]
    ]
    best = max(earned, key=lambda place: float(gain[:, place].mean())) if earned else 0
    rounds = INTERACTION_GRID[best]
    return _more(_additive(cohort, seed), cohort, seed, rounds, arms_matter=True), rounds


def chances_of(booster: xgboost.Booster, features: Floats, levels: int) -> Floats:
    """Return the chance that it goes well under each option: shape (patients, options)."""
    return np.stack(
        [booster.inplace_predict(rows_of(features, level)).astype(np.float64) for level in range(levels)],
        axis=1,
    )


def naive_chances(cohort: Cohort, asked: Floats, seed: int) -> Floats:
    """Return the same by a model an arm: what is commonly done, measured beside."""
    import xgboost

    found = []
    for level in range(len(cohort.recipe.levels)):
        mine = cohort.take(cohort.level == level)
        matrix = xgboost.DMatrix(mine.features, mine.outcome, nthread=1)
        booster = xgboost.train({**_PROGNOSIS, "seed": seed}, matrix, _PROGNOSIS_ROUNDS)
        found.append(booster.inplace_predict(asked.astype(np.float32)).astype(np.float64))
    return np.stack(found, axis=1)
