"""From patients to statistics: what the explanation bank and the domain guard are allowed to keep."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.domain.ids import FeatureName
from engine.domain.models import ModelFeature
from engine.explanation.reference import MISSING, SMALLEST_CELL, BinSummary, JointTable, Reference
from engine.ranking.card import Guard, GuardCheck
from engine.training.cohort import Cohort
from engine.training.recipe import GuardColumns
from engine.training.table import Floats

#: The share of the patients learnt from that the guard takes in.
_TAKEN_IN: Final = 0.998


def bin_codes(feature: ModelFeature, values: Floats) -> npt.NDArray[np.int64]:
    """Return the bin of each value, ``MISSING`` where not known."""
    codes = np.searchsorted(np.array(feature.cuts), values, side="right") if feature.cuts else values
    return np.where(np.isnan(values), MISSING, codes).astype(np.int64)


def reference_of(cohort: Cohort) -> Reference:
    """Summarise the measured patients; cells that could point at a person are dropped.

    Features that the recipe does not link are drawn by themselves.
    """
    features, kept = cohort.recipe.described, cohort.take(cohort.complete)
    columns = {feature.name: kept.column(feature.name) for feature in features}
    codes = {feature.name: bin_codes(feature, columns[feature.name]) for feature in features}
    linked = [(item.given, item.drawn) for item in cohort.recipe.linked]
    drawn = {name for _, several in linked for name in several}
    linked += [((), (feature.name,)) for feature in features if feature.name not in drawn]
    return Reference(
        patients=len(kept),
        tables=tuple(_table(codes, given, names) for given, names in linked),
        summaries=tuple(
            (feature.name, _summaries(feature, columns[feature.name])) for feature in features if feature.cuts
        ),
        every_bin=True,
    )


def _table(
    codes: dict[FeatureName, npt.NDArray[np.int64]], given: tuple[str, ...], drawn: tuple[str, ...]
) -> JointTable:
    names = [FeatureName(name) for name in (*given, *drawn)]
    counted = Counter(zip(*(codes[name].tolist() for name in names), strict=True))
    kept = sorted((cell, patients) for cell, patients in counted.items() if patients >= SMALLEST_CELL)
    return JointTable(given=tuple(names[: len(given)]), drawn=tuple(names[len(given) :]), cells=tuple(kept))


def _summaries(feature: ModelFeature, values: Floats) -> tuple[BinSummary, ...]:
    """Summarise each bin; open ends are closed at the 1st and 99th percentile, never at a patient."""
    known = values[~np.isnan(values)]
    ends = [float(np.round(np.quantile(known, share))) for share in (0.01, 0.99)]
    edges = [ends[0], *feature.cuts, ends[1]]
    found = []
    for low, high in pairwise(edges):
        inside = known[(known >= low) & (known < high)]
        found.append(
            BinSummary(
                mean=round(float(inside.mean()), 1), sd=round(float(inside.std()), 1), low=low, high=high
            )
        )
    return tuple(found)


def _measures(cohort: Cohort, guard: GuardColumns) -> Floats:
    """Return what the guard measures: shape (patients, columns)."""
    columns = [cohort.column(name) for name in guard.columns]
    return np.stack(
        [
            np.log(one) if name in guard.logged else one
            for name, one in zip(guard.columns, columns, strict=True)
        ],
        axis=1,
    )


def _places(cohort: Cohort, guard: GuardColumns) -> Floats:
    """Return the place each patient is measured from; NaN where not known."""
    return np.zeros(len(cohort)) if guard.by is None else cohort.column(guard.by)


def guard_of(cohort: Cohort) -> Guard | None:
    """Describe where the patients lie, and the distance that takes nearly all of them in."""
    asked = cohort.recipe.guard
    if asked is None:
        return None
    body, place = _measures(cohort, asked), _places(cohort, asked)
    means, precisions, limits = [], [], []
    for code in (0.0,) if asked.by is None else (0.0, 1.0):
        inside = body[(place == code) & cohort.complete & ~np.isnan(body).any(axis=1)]
        mean, precision = inside.mean(axis=0), np.linalg.inv(np.atleast_2d(np.cov(inside.T)))
        means.append(tuple(round(float(value), 6) for value in mean))
        precisions.append(tuple(tuple(round(float(value), 6) for value in row) for row in precision))
        limits.append(round(float(np.quantile(_distances(inside, mean, precision), _TAKEN_IN)), 3))
    return Guard(
        columns=tuple(FeatureName(name) for name in asked.columns),
        logged=tuple(FeatureName(name) for name in asked.logged),
        by=None if asked.by is None else FeatureName(asked.by),
        means=tuple(means),
        precisions=tuple(precisions),
        limits=tuple(limits),
        lowest=tuple((FeatureName(name), value) for name, value in asked.lowest.items()),
    )


def _distances(body: Floats, mean: Floats, precision: Floats) -> Floats:
    away = body - mean
    return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", away, precision, away)))


def guard_checks(cohort: Cohort, guard: Guard | None) -> tuple[GuardCheck, ...]:
    """Measure how many patients the guard refuses after each kind of unit error."""
    asked = cohort.recipe.guard
    if asked is None or guard is None:
        return ()
    body, place = _measures(cohort, asked), _places(cohort, asked)
    meant = cohort.complete & ~np.isnan(place) & ~np.isnan(body).any(axis=1)
    for lowest_of, lowest in guard.lowest:
        meant &= cohort.column(lowest_of) >= lowest
    found = []
    for error, factors in {"none (refused in error)": {}, **asked.unit_errors}.items():
        wrong = body[meant].copy()
        for name, factor in factors.items():
            column = asked.columns.index(name)
            wrong[:, column] = (
                wrong[:, column] + np.log(factor) if name in asked.logged else wrong[:, column] * factor
            )
        refused = np.zeros(len(wrong), dtype=np.bool_)
        for code, limit in enumerate(guard.limits):
            mine = place[meant] == code
            mean, precision = np.array(guard.means[code]), np.array(guard.precisions[code])
            refused[mine] = _distances(wrong[mine], mean, precision) > limit
        found.append(GuardCheck(error=error, refused=round(float(refused.mean()), 4)))
    return tuple(found)
