"""What makes a table unfit to learn from, found before anything is learnt: every reason at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from engine.errors import NotReadable
from engine.training.cohort import Cohort
from engine.training.recipe import OutcomeKind
from engine.training.table import Floats

#: Fewer patients than this with an option, and nothing can be said of it.
SMALLEST_ARM: Final = 20
#: A kind of patient is asked about positivity from this size on.
_SMALLEST_KIND: Final = 60
#: An input that tells the outcome apart this well by itself was not known before treatment.
_TOO_GOOD: Final = 0.98


def refuse_unfit(cohort: Cohort) -> None:
    """Refuse a cohort that no honest model can be learnt from.

    Raises:
        NotReadable: with every reason, one a line.
    """
    reasons = [*_leakage(cohort), *_too_few(cohort), *_positivity(cohort)]
    if reasons:
        raise NotReadable(
            "nothing can be learnt from these patients:\n" + "\n".join(f"  - {reason}" for reason in reasons),
            hint="Mend the recipe, or the table; none of these can be waived.",
        )


def _leakage(cohort: Cohort) -> Iterator[str]:
    recipe = cohort.recipe
    after = {recipe.outcome.column, *([recipe.outcome.time] if recipe.outcome.time else [])}
    after |= set(recipe.post_treatment)
    given = {column for option in recipe.options for column in option.cells}
    for feature in recipe.features:
        for source in feature.columns:
            if source.column in after:
                yield f"leakage: {feature.name} reads {source.column}, which was known only after treatment"
            if source.column in given:
                yield f"leakage: {feature.name} reads {source.column}, which says what was given"
        told = _discrimination(cohort.column(feature.name), cohort.outcome)
        if told > _TOO_GOOD:
            yield (
                f"leakage: {feature.name} alone tells the outcome apart ({told:.3f} of pairs ordered): "
                "it was hardly known before treatment"
            )


def _discrimination(values: Floats, outcome: Floats) -> float:
    """Return the share of pairs that differ in outcome which the values order, either way round."""
    known = ~np.isnan(values)
    value, good = values[known], outcome[known] > np.median(outcome)
    if outcome.max() <= 1:
        good = outcome[known] == 1
    if not good.any() or good.all():
        return 0.0
    order = np.argsort(value, kind="stable")
    _, inverse, counts = np.unique(value[order], return_inverse=True, return_counts=True)
    ranks = np.empty(len(value))
    ranks[order] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins = ranks[good].sum() - good.sum() * (good.sum() + 1) / 2
    share = wins / (good.sum() * (~good).sum())
    return float(max(share, 1 - share))


def _too_few(cohort: Cohort) -> Iterator[str]:
    for level, title in enumerate(cohort.recipe.levels):
        patients = int((cohort.level == level).sum())
        if patients < SMALLEST_ARM:
            yield f"too few: {patients} patients for {title!r}, at least {SMALLEST_ARM} are needed"


def _positivity(cohort: Cohort) -> Iterator[str]:
    """Yield the kinds of patients to whom an option was never given: nothing was learnt of it for them."""
    if cohort.recipe.outcome.kind is not OutcomeKind.EVENT:
        return
    for feature in cohort.recipe.features:
        values = cohort.column(feature.name)
        cuts = np.array(feature.cuts)
        codes = np.searchsorted(cuts, values, side="right") if feature.cuts else values
        for code in range(feature.described().bins):
            inside = (codes == code) & ~np.isnan(values)
            if inside.sum() < _SMALLEST_KIND:
                continue
            for level, title in enumerate(cohort.recipe.levels):
                if not (cohort.level[inside] == level).any():
                    name = feature.labels[code] if feature.labels else f"bin {code + 1} of its cuts"
                    yield (
                        f"positivity: none of {inside.sum()} patients with {feature.title} {name} "
                        f"was given {title!r}"
                    )
