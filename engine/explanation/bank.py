"""The bank: artificial patients drawn once a model, around whom every explanation is made.

LIME's discretised samples do not hang on the patient who is explained, so one bank serves all of
them: the same model gives the same bank, on every machine, in every process.

Everything is known of the bank's patients. Whoever is explained is compared with them as if the
same data were missing of them too, so that not knowing something is never a reason by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.domain.ids import FeatureName
from engine.domain.models import ModelFeature, ModelInput
from engine.errors import InvariantBroken
from engine.explanation.reference import MISSING, BinSummary, JointTable, Reference

Codes = npt.NDArray[np.int8]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Artificial patients; row i of both arrays is one of them."""

    codes: Codes
    """Shape (n, features), a feature's side by side: the bin of each value, ``MISSING`` where not known."""
    values: Values
    """Shape (n, features): as the trees read it, NaN where not known."""

    def without(self, places: Sequence[int]) -> Bank:
        """Return the same patients, some of their features not known."""
        codes, values = self.codes.copy(order="K"), self.values.copy()
        codes[:, list(places)] = MISSING
        values[:, list(places)] = np.nan
        return Bank(codes=codes, values=values)


def draw(reference: Reference, features: Sequence[ModelFeature], samples: int, seed: int) -> Bank:
    """Draw a bank; the same statistics, features and seed give the same bank.

    Raises:
        InvariantBroken: the statistics do not cover a feature.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    codes: dict[FeatureName, npt.NDArray[np.int64]] = {}
    for table in reference.tables:
        codes |= _drawn(table, codes, samples, chance)
    summaries = dict(reference.summaries)
    lacking = [feature.name for feature in features if feature.name not in codes]
    if lacking:
        raise InvariantBroken(f"the reference statistics say nothing of {', '.join(lacking)}")
    columns = [
        _values(codes[feature.name], summaries[feature.name], chance)
        if feature.cuts
        else codes[feature.name].astype(np.float64)
        for feature in features
    ]
    return Bank(
        codes=np.stack([codes[feature.name] for feature in features]).astype(np.int8).T,
        values=np.stack(columns, axis=1).astype(np.float32),
    )


def _drawn(
    table: JointTable,
    earlier: dict[FeatureName, npt.NDArray[np.int64]],
    samples: int,
    chance: np.random.Generator,
) -> dict[FeatureName, npt.NDArray[np.int64]]:
    """Draw the known features of one table together, each row given what earlier tables drew for it.

    Where the table has no cell for what was given, the row is drawn from the whole table.
    """
    depth = len(table.given)
    known = [(cell, count) for cell, count in table.cells if MISSING not in cell]
    cells = np.array([cell for cell, _ in known], dtype=np.int64)
    counts = np.array([count for _, count in known], dtype=np.float64)
    luck = chance.random(samples)
    chosen = _pick(np.arange(len(cells)), counts, luck)
    if depth:
        given = np.stack([earlier[name] for name in table.given], axis=1)
        for key in np.unique(cells[:, :depth], axis=0):
            rows = np.flatnonzero((given == key).all(axis=1))
            fitting = np.flatnonzero((cells[:, :depth] == key).all(axis=1))
            chosen[rows] = _pick(fitting, counts[fitting], luck[rows])
    return {name: cells[chosen, depth + place] for place, name in enumerate(table.drawn)}


def _pick(
    cells: npt.NDArray[np.int64], counts: npt.NDArray[np.float64], luck: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Return a cell for each number in [0, 1), as often as it was counted."""
    reached = np.cumsum(counts) / counts.sum()
    return np.asarray(cells[np.minimum(np.searchsorted(reached, luck, side="right"), len(cells) - 1)])


def _values(
    codes: npt.NDArray[np.int64], bins: Sequence[BinSummary], chance: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw a value inside each row's bin, from a normal distribution cut off at the bin's ends."""
    from scipy.special import ndtr, ndtri

    mean, sd, low, high = (
        np.array([getattr(item, name) for item in bins], dtype=np.float64)[codes]
        for name in ("mean", "sd", "low", "high")
    )
    start, end = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    values = mean + sd * ndtri(start + chance.random(len(codes)) * (end - start))
    # Trees compare with the cuts: a value rounded onto the upper end would leave its bin.
    return np.asarray(np.clip(values, low, np.nextafter(high.astype(np.float32), np.float32(0))))


def codes_of(features: Sequence[ModelFeature], inputs: Sequence[ModelInput]) -> Codes:
    """Return the bins of one patient: shape (features,)."""
    found = [
        MISSING
        if item.value is None
        else int(np.searchsorted(np.array(feature.cuts), item.value, side="right"))
        if feature.cuts
        else int(item.value)
        for feature, item in zip(features, inputs, strict=True)
    ]
    return np.array(found, dtype=np.int8)


def values_of(inputs: Sequence[ModelInput]) -> Values:
    """Return the values of one patient as the trees read them: shape (features,)."""
    return np.array([np.nan if item.value is None else item.value for item in inputs], dtype=np.float32)


def at_level(values: Values, level: int) -> Values:
    """Return rows for the trees: the option's level, then the patients' values."""
    return np.concatenate([np.full((len(values), 1), level, dtype=np.float32), values], axis=1)
