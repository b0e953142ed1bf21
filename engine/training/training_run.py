"""A training run: from a recipe and a table to trees, reference statistics and their card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.domain.models import CONTROL
from engine.errors import InputError, OperationalError
from engine.explanation.reference import to_json
from engine.ports import Progress
from engine.ranking import card as cards
from engine.ranking.card import Card
from engine.ranking.rendering import card_text
from engine.training import reference_tables, validation
from engine.training.boosting import fit
from engine.training.carding import REFERENCE, TREES, Run, card_of
from engine.training.checks import refuse_unfit
from engine.training.cohort import Cohort, read_cohort
from engine.training.recipe import OutcomeKind, Recipe
from engine.training.recipe_file import find_recipe, read_recipe


class Steps:
    """Counts the steps of a training run for whoever waits."""

    def __init__(self, progress: Progress, total: int) -> None:
        """Take who waits, and how many steps there will be."""
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self, what: str) -> None:
        """Report the next step; raises ``Cancelled`` where the user asked to stop."""
        self._progress.step(self._done, self._total, what)
        self._done += 1


def train(
    recipe: Recipe, data: Path, out: Path, seed: int, progress: Progress, *, shuffled: bool = False
) -> Card:
    """Train a model from a table and write booster, reference statistics and card.

    The same data and seed give the same bytes in all three files.

    Args:
        recipe: what the table means.
        data: the table.
        out: the folder to write; made where it is not there.
        seed: of folds and trees.
        progress: told before every step.
        shuffled: give every patient the outcome of another: the negative control, from which nothing follows.

    Raises:
        NotReadable: the table cannot be used, or nothing can be learnt from it; every reason is given.
        UnitMismatch: a column is in a unit that cannot be read.
        OperationalError: the folder cannot be written.
        Cancelled: the user stopped it; nothing was written.
    """
    steps = Steps(progress, validation.FOLDS + 8)
    steps("reading the patients")
    cohort = read_cohort(data, recipe)
    steps("looking for what makes them unfit")
    refuse_unfit(cohort)
    if shuffled:
        cohort = _shuffled(cohort, seed)
    card, files = _banded(cohort, seed, steps)
    if reasons := cards.reasons_not_to_release(card):
        steps(f"for study only: {'; '.join(reasons)}")
    steps("writing the model")
    write_model(out, {**files, "card.json": cards.encode(card)})
    return card


def _shuffled(cohort: Cohort, seed: int) -> Cohort:
    """Return the patients with each other's outcomes, and a recipe that says so wherever it is read."""
    order = np.random.default_rng(seed).permutation(len(cohort))
    recipe = replace(
        cohort.recipe,
        recipe=f"{cohort.recipe.recipe}{CONTROL}",
        title=f"{cohort.recipe.title}, NEGATIVE CONTROL",
        label="negative control: learnt from shuffled outcomes, from which nothing follows",
    )
    return replace(cohort, recipe=recipe, outcome=cohort.outcome[order], level=cohort.level[order])


def _banded(cohort: Cohort, seed: int, steps: Steps) -> tuple[Card, dict[str, bytes]]:
    """Train a model whose right answer is known."""
    recipe = cohort.recipe
    fold = validation.random_folds(len(cohort), validation.FOLDS, seed)
    checked = validation.validate(cohort, fold, seed, steps)
    steps("validating: blocks of records left out")
    blocks = validation.block_folds(len(cohort), validation.FOLDS)
    in_blocks = validation.named(cohort, blocks, seed) if recipe.consecutive_blocks else ()
    steps("validating: groups left out")
    left_out = (
        validation.named(cohort, validation.group_folds(cohort.groups[recipe.leave_out]), seed)
        if recipe.leave_out
        else ()
    )
    steps("validating: if a group were told")
    told = validation.named(cohort.told(recipe.told), fold, seed) if recipe.told else ()
    steps("fitting the model")
    booster = fit(cohort, seed)
    files = {
        TREES: bytes(booster.save_raw("json")) + b"\n",
        REFERENCE: to_json(reference_tables.reference_of(cohort)),
    }
    steps("measuring explanations")
    run = Run(
        cohort=cohort,
        checked=checked,
        blocks=in_blocks,
        left_out=left_out,
        told=told,
        seed=seed,
        booster=booster,
        files=files,
    )
    return card_of(run), files


def write_model(out: Path, files: dict[str, bytes]) -> None:
    """Write the card last: until it is there, nothing takes the folder for a model."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise OperationalError(
            f"the model cannot be written: {error.strerror or error}.",
            place=str(error.filename or out),
            hint="Choose a folder that can be written, with a megabyte to spare.",
        ) from error


def train_model(
    name: str, data: Path, out: Path, seed: int | None, progress: Progress, *, shuffled: bool = False
) -> str:
    """Train by the name of a shipped recipe, or the path of another, and return the card as Markdown.

    Raises:
        UnknownName: no such recipe ships.
        AuthoringError: the recipe cannot be used.
        NotReadable: the data cannot be used.
        Cancelled: the user stopped it; nothing was written.
    """
    recipe = read_recipe(find_recipe(name))
    if recipe.outcome.kind is OutcomeKind.EVENT:
        raise InputError(
            f"{recipe.title} is learnt from a trial, which is studied before anything is trained.",
            hint="See what its order would have done: main.py study.",
        )
    used = recipe.seed if seed is None else seed
    return card_text(train(recipe, data, out, used, progress, shuffled=shuffled))
