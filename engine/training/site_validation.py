"""How an installed model does on a site's own patients, before anybody takes it into use there.

Nothing is fitted and nothing is written: trees, chances and ties are those of the model as installed. Each
state of knowledge is held to what the card promises for it: of people unlike any it learnt from the model
may be right by their genotype, and wrong without one, which no guard over single patients can see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engine.domain.facts import FactBase
from engine.domain.ids import ModelId
from engine.errors import InvariantBroken, NotReadable
from engine.ranking.card import Performance
from engine.ranking.model import TrainedModel, read_files
from engine.ranking.rendering import table
from engine.training import metrics
from engine.training.boosting import scores
from engine.training.carding import compared
from engine.training.cohort import Cohort, read_cohort
from engine.training.recipe import OutcomeKind
from engine.training.recipe_file import find_recipe, read_recipe
from engine.training.study_tables import verdict
from engine.training.validation import chances

#: Fewer patients than this say nothing of a site.
SMALLEST: Final = 100
#: By so much may the right option be among the first less often than promised.
_SHORT: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteValidation:
    """What came of it."""

    text: str
    """As Markdown; line 1 sums it up."""
    holds: bool
    """Whether the model does at this site what its card promises."""


class _NoRecords:
    """Reads no record: the patients come from a table."""

    def assemble(self, *_: object) -> FactBase:
        """Refuse."""
        raise InvariantBroken("a validation on a table asked for a patient's record")


def site_validation(model: Path, recipe_name: str, data: Path) -> SiteValidation:
    """Return what an installed model names for the patients of a table.

    Args:
        model: the folder of the model.
        recipe_name: of a shipped recipe, or the path of the site's own, which says what the columns mean.
        data: the site's table.

    Raises:
        ModelMissing: there is no model in the folder.
        ModelAltered: its files differ from its card.
        NotReadable: the table cannot be used, it has too few patients, or the recipe is for another model.
    """
    trained = TrainedModel(read_files(model, ModelId(model.name)), model, _NoRecords())
    card = trained.card
    recipe = read_recipe(find_recipe(recipe_name))
    if recipe.outcome.kind is not OutcomeKind.BAND or [each.name for each in recipe.features] != [
        each.name for each in card.features
    ]:
        raise NotReadable(
            f"the recipe {recipe_name} does not have the inputs of {card.title}.",
            hint="Copy the recipe the model was trained by, and change in it only what columns are called.",
        )
    cohort = read_cohort(data, recipe)
    if cohort.sha256 == card.data.sha256:
        raise NotReadable(
            "these are the patients the model learnt from: its answers about them say nothing of a site.",
            place=str(data),
            hint="Give a table of this site's own patients.",
        )
    if len(cohort) < SMALLEST:
        raise NotReadable(
            f"{len(cohort)} patients can be used; fewer than {SMALLEST} say nothing of a site.",
            place=str(data),
            hint="Gather more of them.",
        )
    return _validated(trained, cohort)


def _validated(trained: TrainedModel, cohort: Cohort) -> SiteValidation:
    card = trained.card
    score = scores(trained.booster(), cohort.features, len(card.levels))
    state = _states(cohort, card.operating.optional)
    chance, group = np.empty_like(score), np.empty(score.shape, dtype=np.bool_)
    for number in np.unique(state):
        those = state == number
        chance[those] = chances(score[those], card.operating.sharpness[number])
        group[those] = score[those] >= score[those].max(axis=1, keepdims=True) - card.operating.gap[number]
    named = score.argmax(axis=1)
    whole = metrics.performance(card.title, named, cohort.level)
    calibrated = metrics.calibration(card.title, chance, cohort.level)
    tied = metrics.separability(card.title, group, cohort.level)
    rows = [whole]
    promises: list[tuple[str, bool]] = []
    promised = [item for item in card.performance if item.method.startswith("WhyRx")]
    for number in np.unique(state):
        those = state == number
        word = cohort.recipe.states[number] if cohort.recipe.learnt_without else "every patient"
        found = metrics.performance(f"{card.title}, {word}", named[those], cohort.level[those])
        rows.append(found)
        first = metrics.separability("", group[those], cohort.level[those])
        promises += _promises(word, found, promised[number], first.coverage, card.operating.coverage)
    rows += [metrics.performance(name, first, cohort.level) for name, first in compared(cohort).items()]
    summary = (
        f"{whole.patients:,} patients of this site: right in {whole.accuracy:.1%} ({whole.low:.1%} to "
        f"{whole.high:.1%}), low for high or high for low in {whole.swaps:.1%}, calibration error "
        f"{calibrated.error:.1%}, right option among the first in {tied.coverage:.1%}."
    )
    holds = all(kept for _, kept in promises)
    told = [f"{promise}: {verdict(holds=kept)}." for promise, kept in promises]
    if not holds:
        told.append("It does not do here what its card promises: do not take it into use at this site.")
    cells = (
        (
            item.method,
            f"{item.patients:,}",
            f"{item.accuracy:.1%}",
            f"{item.low:.1%} to {item.high:.1%}",
            f"{item.macro_recall:.1%}",
            f"{item.swaps:.2%}",
        )
        for item in rows
    )
    head = ("method", "patients", "right", "95 % interval", "macro recall", "low<->high")
    seen = f"Model {trained.content}; table SHA-256 {cohort.sha256}."
    return SiteValidation(text="\n\n".join([summary, seen, table(head, cells), *told]), holds=holds)


def _promises(
    word: str, found: Performance, promised: Performance, covered: float, coverage: float
) -> Iterator[tuple[str, bool]]:
    """Yield what the card promises of one state of knowledge, and whether it is kept."""
    who = f"{word}, {found.patients:,} patients"
    often = f"as often as promised ({coverage:.0%}, {_SHORT:.0%} less at most)"
    yield (
        f"{who}: not below what its card promises (lower bound {promised.low:.1%})",
        found.high >= promised.low,
    )
    yield f"{who}: the right option among the first {often}", covered >= coverage - _SHORT


def _states(cohort: Cohort, optional: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the state of knowledge of each patient: 1 where an optional input is not known."""
    if not optional:
        return np.zeros(len(cohort), dtype=np.int64)
    missing = np.isnan(np.stack([cohort.column(name) for name in optional], axis=1)).any(axis=1)
    return np.asarray(missing, dtype=np.int64)
