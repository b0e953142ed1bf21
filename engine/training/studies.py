"""The studies by name: each reads its data where they are, prints its tables, and writes nothing."""

from __future__ import annotations

from pathlib import Path

from engine.ports import Progress
from engine.training import trials
from engine.training.checks import refuse_unfit
from engine.training.cohort import read_cohort
from engine.training.explanation_study import explanation_study
from engine.training.recipe import OutcomeKind
from engine.training.recipe_file import find_recipe, read_recipe
from engine.training.splits_study import SPLITS, study_splits
from engine.training.study_tables import trial_text
from engine.training.training_run import Steps

#: Everything a study may be said to take, for whoever waits; a trial's folds and shuffles, or splits.
_STEPS = 200


def study(
    name: str, data: Path, repeats: int | None, progress: Progress, *, explanations: bool = False
) -> str:
    """Run the study of a recipe and return its tables as Markdown.

    Args:
        name: of a shipped recipe, or the path of another.
        data: the table.
        repeats: random splits, or shuffles of the arms; the study's own number without it.
        progress: told before every step.
        explanations: study how faithful explanations are, in place of how good the order is.

    Raises:
        UnknownName: no such recipe ships.
        NotReadable: the data cannot be used, or nothing can be learnt from them.
        Cancelled: the user stopped it.
    """
    recipe = read_recipe(find_recipe(name))
    cohort = read_cohort(data, recipe)
    refuse_unfit(cohort)
    steps = Steps(progress, _STEPS)
    if explanations and recipe.outcome.kind is OutcomeKind.BAND:
        return explanation_study(cohort, recipe.seed, steps)
    if recipe.outcome.kind is OutcomeKind.BAND:
        return study_splits(cohort, recipe.seed, steps, SPLITS if repeats is None else repeats)
    results = trials.study(cohort, recipe.seed, steps, trials.SHUFFLES if repeats is None else repeats)
    return trial_text(recipe.title, results, recipe.margin)
