"""Measure training: ``WHYRX_IWPC=... python tests/benchmarks/training.py``, from the table to the card.

In one run and one process, on one thread: a whole training run of the shipped recipe (sixty-odd fits, each
validation inside its fold, the explanations that the card grades), beside one bare XGBoost fit of as many
trees on the same patients. Goal: under 60 seconds of processor time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
# In place of this folder: a file in it is named like a package that training loads.
sys.path.remove(str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import xgboost  # noqa: TID253 - a script, not a window
from dosing import BESIDE
from fakes import Silent

from engine.training.boosting import PARAMETERS, ROUNDS, option_rows
from engine.training.cohort import read_cohort
from engine.training.recipe_file import find_recipe, read_recipe
from engine.training.training_run import train


def main() -> None:
    """Print both."""
    data = Path(os.environ.get("WHYRX_IWPC", BESIDE))
    recipe = read_recipe(find_recipe("warfarin-dose"))
    cohort = read_cohort(data, recipe)
    rows = option_rows(cohort.features, len(recipe.levels))
    began = time.process_time()
    xgboost.train(PARAMETERS, xgboost.DMatrix(rows, np.eye(3)[cohort.level].ravel(), nthread=1), ROUNDS)
    bare = time.process_time() - began
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        train(recipe, data, Path(folder) / "model", recipe.seed, Silent())
    whole = time.process_time() - began
    print(f"one bare XGBoost fit of {ROUNDS} trees, {len(cohort):,} patients {bare:8.2f} s of processor time")
    print(f"from the table to the card {whole:33.2f} s   {whole / bare:5.1f} x (goal 60 s)")


if __name__ == "__main__":
    main()
