"""The equity tables of a card: every group, what a flip does, whom the model says nothing of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.ranking.equity import Equity, Flip, GroupAbsence, GroupRow, Told, bin_title
from engine.ranking.intervals import wilson
from engine.training.boosting import scores
from engine.training.cohort import Cohort
from engine.training.metrics import Ints, rounded
from engine.training.reference_tables import bin_codes
from engine.training.table import Bools, Floats
from engine.training.validation import OutOfFold, names_of_states, states_of

if TYPE_CHECKING:
    import xgboost


def groups_of(cohort: Cohort) -> Iterator[tuple[str, Bools]]:
    """Yield each group by name: the recipe's groups, then the bins of the features it names."""
    for name, values in cohort.groups.items():
        for value in sorted(set(values)):
            yield f"{name}: {value}", cohort.of_group(name, value)
    for name in cohort.recipe.by_groups:
        feature = cohort.recipe.features[cohort.recipe.place(name)]
        codes = bin_codes(feature.described(), cohort.column(name))
        for code in np.unique(codes):
            title = bin_title(feature.title, feature.labels, feature.cuts, feature.unit, int(code))
            yield title, codes == code


def rows(cohort: Cohort, named: Sequence[tuple[str, Ints, Floats | None]]) -> tuple[GroupRow, ...]:
    """Measure every method in every group.

    Args:
        cohort: the measured patients.
        named: method, the option it placed first, and its chances where it states any.
    """
    found = []
    for group, member in groups_of(cohort):
        patients = int(member.sum())
        if not patients:
            continue
        for method, first, chance in named:
            right = (first == cohort.level)[member]
            low, high = wilson(int(right.sum()), patients)
            found.append(
                GroupRow(
                    group=group,
                    method=method,
                    patients=patients,
                    accuracy=rounded(right.mean()),
                    low=low,
                    high=high,
                    swaps=rounded((np.abs(first - cohort.level) == 2)[member].mean()),
                    stated=None if chance is None else rounded(chance.max(axis=1)[member].mean()),
                )
            )
    return tuple(found)


def absence(cohort: Cohort) -> tuple[GroupAbsence, ...]:
    """Measure what is missing of whom, over all patients learnt from."""
    unknown = np.isnan(cohort.features[:, : len(cohort.recipe.features)])
    return tuple(
        GroupAbsence(
            group=group,
            patients=int(member.sum()),
            refused=rounded((~cohort.complete)[member].mean()),
            missing=rounded(unknown[member].mean()),
        )
        for group, member in groups_of(cohort)
        if member.any()
    )


def flips(cohort: Cohort, booster: xgboost.Booster) -> tuple[Flip, ...]:
    """Ask the model about each measured patient with one attribute changed and all else equal."""
    found = []
    levels = len(cohort.recipe.levels)
    for name in cohort.recipe.flips:
        feature = cohort.recipe.features[cohort.recipe.place(name)]
        for method, state in zip(names_of_states(cohort), states_of(cohort), strict=True):
            kept = state.take(cohort.complete & ~np.isnan(cohort.column(name)))
            changed = kept.features.copy()
            changed[:, cohort.recipe.place(name)] = 1 - changed[:, cohort.recipe.place(name)]
            before, after = (scores(booster, rows_, levels) for rows_ in (kept.features, changed))
            order = [np.argsort(-score, axis=1, kind="stable") for score in (before, after)]
            found.append(
                Flip(
                    attribute=feature.title,
                    method=method,
                    patients=len(kept),
                    first_changed=rounded((order[0][:, 0] != order[1][:, 0]).mean()),
                    order_changed=rounded((order[0] != order[1]).any(axis=1).mean()),
                )
            )
    found += [
        Flip(
            attribute=f"{group.name} (no input: nothing can change)",
            method=names_of_states(cohort)[0],
            patients=int(cohort.complete.sum()),
            first_changed=0.0,
            order_changed=0.0,
        )
        for group in cohort.recipe.groups
        if group.name == cohort.recipe.told
    ]
    return tuple(found)


def told(cohort: Cohort, plain: Sequence[OutOfFold], informed: Sequence[Ints]) -> tuple[Told, ...]:
    """Compare the model with one that is told a group, on the same patients and folds, value by value."""
    group = cohort.recipe.told
    if group is None or not informed:
        return ()
    found = []
    for method, without, with_it in zip(names_of_states(cohort), plain, informed, strict=True):
        before, after = without.band == cohort.level, with_it == cohort.level
        everybody = np.ones(len(cohort), dtype=np.bool_)
        kinds = [
            ("all", everybody),
            *((v, cohort.of_group(group, v)) for v in sorted(set(cohort.groups[group]))),
        ]
        for value, of_value in kinds:
            member = of_value & cohort.complete
            if not member.any():
                continue
            found.append(
                Told(
                    group=group,
                    method=method,
                    value=value,
                    patients=int(member.sum()),
                    without=rounded(before[member].mean()),
                    told=rounded(after[member].mean()),
                    gained=int((after & ~before)[member].sum()),
                    lost=int((before & ~after)[member].sum()),
                )
            )
    return tuple(found)


def equity_of(
    cohort: Cohort,
    named: Sequence[tuple[str, Ints, Floats | None]],
    booster: xgboost.Booster,
    plain: Sequence[OutOfFold],
    informed: Sequence[Ints],
) -> Equity:
    """Return all tables of a model whose right answer is known; ``named`` speaks of the measured patients."""
    return Equity(
        rows=rows(cohort.take(cohort.complete), named),
        absence=absence(cohort),
        flips=flips(cohort, booster),
        told=told(cohort, plain, informed),
    )
