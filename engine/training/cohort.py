"""The patients a model learns from: features, outcome, and who is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.domain.ids import ContentHash
from engine.errors import NotReadable
from engine.ranking.card import Selection
from engine.training.recipe import Edge, Group, Outcome, OutcomeKind, Recipe, Step
from engine.training.table import Bools, Floats, Table, feature_values, numbers, read_table

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Row i of every array is one patient."""

    recipe: Recipe
    features: Floats
    """Shape (n, features), in the recipe's order; NaN where not known. ``told`` adds columns behind."""
    outcome: Floats
    """The measured outcome of bands; of events 1 where it went well, 0 where not."""
    level: Ints
    """The right band, or the option that was given."""
    groups: Mapping[str, tuple[str, ...]]
    complete: Bools
    """The patients that results are told of: what the recipe asks for is known of them."""
    selection: tuple[Selection, ...]
    sha256: ContentHash

    def __len__(self) -> int:
        """Return how many patients there are."""
        return len(self.outcome)

    def column(self, name: str) -> Floats:
        """Return one feature of all patients."""
        return self.features[:, self.recipe.place(name)]

    def of_group(self, name: str, value: str) -> Bools:
        """Tell which patients stand in a group."""
        return np.array([found == value for found in self.groups[name]], dtype=np.bool_)

    def take(self, kept: Bools | Ints) -> Cohort:
        """Return some of the patients."""
        places = np.flatnonzero(kept) if kept.dtype == np.bool_ else kept
        return replace(
            self,
            features=self.features[places],
            outcome=self.outcome[places],
            level=self.level[places],
            complete=self.complete[places],
            groups={name: tuple(cells[place] for place in places) for name, cells in self.groups.items()},
        )

    def without(self, names: Sequence[str]) -> Cohort:
        """Return the patients as if these features were known of nobody."""
        masked = self.features.copy()
        masked[:, [self.recipe.place(name) for name in names]] = np.nan
        return replace(self, features=masked)

    def told(self, group: str) -> Cohort:
        """Return the patients with one more column a value of a group that is no input."""
        values = sorted(set(self.groups[group]))
        columns = [self.of_group(group, value).astype(np.float64) for value in values]
        return replace(self, features=np.column_stack([self.features, *columns]))


def read_cohort(path: Path, recipe: Recipe) -> Cohort:
    """Read the patients of a table as a recipe says.

    Raises:
        NotReadable: the file is no such table, or no patient is left.
        UnitMismatch: a column is in a unit that cannot be read.
    """
    table = read_table(path, recipe)
    steps = [Selection(step="patients in the file", patients=table.rows)]

    def keep(step: str, kept: Bools) -> None:
        nonlocal table
        table = table.take(kept)
        steps.append(Selection(step=step, patients=table.rows))

    for step in recipe.keep:
        keep(step.step, _kept(table, step))
    outcome = _outcome(table, recipe.outcome)
    keep(f"with a known outcome: {recipe.outcome.title}", ~np.isnan(outcome))
    outcome = outcome[~np.isnan(outcome)]
    if recipe.outcome.kind is OutcomeKind.BAND:
        level = band_of(outcome, recipe.outcome.edges)
    else:
        given = _given(table, recipe)
        keep("given one of the options", given >= 0)
        outcome, level = outcome[given >= 0], given[given >= 0]
    if not table.rows:
        raise NotReadable(
            "no patient is left to learn from.", place=str(path), hint="Check the recipe's keep."
        )
    features = np.stack([feature_values(table, feature) for feature in recipe.features], axis=1)
    asked = recipe.measured_on or [feature.name for feature in recipe.features if feature.required]
    needed = [recipe.place(name) for name in asked]
    complete: Bools = np.logical_not(np.isnan(features[:, needed]).any(axis=1))
    steps.append(
        Selection(step="with everything needed to compare: measured on", patients=int(complete.sum()))
    )
    return Cohort(
        recipe=recipe,
        features=features,
        outcome=outcome,
        level=level,
        groups={group.name: _grouped(table, group) for group in recipe.groups},
        complete=complete,
        selection=tuple(steps),
        sha256=table.sha256,
    )


def band_of(values: Floats, edges: Sequence[Edge]) -> Ints:
    """Return the band of each value, lowest 0."""
    found = np.zeros(len(values), dtype=np.int64)
    for edge in edges:
        over = values > edge.at_most if edge.at_most is not None else values >= (edge.below or 0.0)
        found += over
    return found


def _kept(table: Table, step: Step) -> Bools:
    kept = np.ones(table.rows, dtype=np.bool_)
    if step.among:
        kept &= table.among(step.column, step.among)
    if step.number or step.below is not None:
        found = numbers(table, step.column)
        kept &= ~np.isnan(found) if step.below is None else found < step.below
    return kept


def _outcome(table: Table, outcome: Outcome) -> Floats:
    if outcome.kind is OutcomeKind.BAND:
        return numbers(table, outcome.column)
    happened = table.among(outcome.column, outcome.event)
    spared = table.among(outcome.column, outcome.no_event)
    if outcome.time is not None and outcome.horizon is not None:
        time = numbers(table, outcome.time)
        spared = (spared | happened) & (time > outcome.horizon)
        happened &= time <= outcome.horizon
    return np.where(happened, 0.0, np.where(spared, 1.0, np.nan))


def _given(table: Table, recipe: Recipe) -> Ints:
    found = np.full(table.rows, -1, dtype=np.int64)
    for place, option in enumerate(recipe.options):
        member = np.ones(table.rows, dtype=np.bool_)
        for column, values in option.cells.items():
            member &= table.among(column, values)
        found[member] = place
    return found


def _grouped(table: Table, group: Group) -> tuple[str, ...]:
    if group.cuts:
        found = numbers(table, group.column)
        place = np.searchsorted(np.array(group.cuts), found, side="right")
        return tuple(
            group.other if np.isnan(value) else group.labels[where]
            for value, where in zip(found, place.tolist(), strict=True)
        )
    return tuple(
        (cell or group.other) if not group.values or cell in group.values else group.other
        for cell in table.cells(group.column)
    )
