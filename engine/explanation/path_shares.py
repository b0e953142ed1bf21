"""Trees as leaves with the conditions on the way to them: shares and falls of a score by look-up.

A leaf's part in a score is its value times, for each feature on its path, one or zero as the patient
meets the path's conditions, or the share of patients who do where the feature is taken as not known. Its
Shapley shares hang on nothing but which of those conditions the patient meets: a path of u features has
2^u cases, worked out once. Explaining a patient is then a look-up a leaf.

Shapley's weights k!(u-k-1)!/u! are the integrals of p^k(1-p)^(u-k-1) over p from 0 to 1: the mean over
all orders of the features is an integral of a polynomial, which Gauss-Legendre quadrature gives exactly.

Of the donors, whose values are put in place of the patient's in the deletion test, each condition keeps
who meets it as the bits of one word: a leaf's part in the mean of their scores is a count of bits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Met = npt.NDArray[np.bool_]
#: Column, the least value, and the value to stay below.
Condition = tuple[int, float, float]
#: The conditions on its path, of each the share of patients who meet it, and the leaf's value.
Leaf = tuple[list[int], list[float], float]

#: As many donors as a word has bits.
DONORS: Final = 64


class Paths:
    """The leaves of trees, by the number of features on their paths."""

    def __init__(self) -> None:
        """Begin without any."""
        self.conditions: dict[Condition, int] = {}
        self.by_length: dict[int, list[Leaf]] = {}

    def add(self, path: Mapping[int, tuple[float, float, float]], value: float) -> None:
        """Add a leaf.

        Args:
            path: of each column on it the least value, the value it stays below, and the share of patients
                who meet both among those who meet the rest of the path.
            value: the leaf's.
        """
        places = [
            self.conditions.setdefault((column, low, high), len(self.conditions))
            for column, (low, high, _) in path.items()
        ]
        shares = [share for _, _, share in path.values()]
        self.by_length.setdefault(len(path), []).append((places, shares, value))


class PathShares:
    """Leaves made ready to be asked about any patient."""

    def __init__(self, paths: Paths, donors: Rows) -> None:
        """Work out the tables; donors: shape (at most ``DONORS``, columns)."""
        self._columns = donors.shape[1]
        conditions = np.array(list(paths.conditions), dtype=np.float64).reshape(-1, 3)
        self._column = conditions[:, 0].astype(np.int64)
        # Trees compare in single precision.
        self._low, self._high = conditions[:, 1:].astype(np.float32).T
        bits = np.uint64(1) << np.arange(len(donors), dtype=np.uint64)
        self._donors = np.bitwise_or.reduce(
            [self.met(row) * bit for row, bit in zip(donors, bits, strict=True)]
        )
        self._everyone = np.bitwise_or.reduce(bits)
        # A leaf without a path is the same for everybody.
        leaves = [leaf for length in sorted(paths.by_length) if length for leaf in paths.by_length[length]]
        self._values = np.array([value for _, _, value in leaves], dtype=np.float64)
        self._sizes = np.array([len(places) for places, _, _ in leaves], dtype=np.int64)
        self._condition = np.array([place for places, _, _ in leaves for place in places], dtype=np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._place = np.arange(len(self._condition)) - np.repeat(self._starts, self._sizes)
        self._bit = np.int64(1) << self._place
        self._of_column = self._column[self._condition]
        # The table holds of each leaf 2^u cases of u features.
        room = self._sizes << self._sizes
        self._first = np.cumsum(room) - room
        by_length = [several for length, several in sorted(paths.by_length.items()) if length]
        self._table = np.concatenate([np.zeros(0), *map(_table, by_length)])

    def met(self, row: Rows) -> Met:
        """Return which conditions a patient meets."""
        values = row[self._column]
        return np.asarray((values >= self._low) & (values < self._high))

    def shares(self, met: Met) -> Floats:
        """Return one share a column for a patient who meets these conditions."""
        if not len(self._sizes):
            return np.zeros(self._columns)
        case = np.add.reduceat(self._bit * met[self._condition], self._starts)
        at = np.repeat(self._first + case * self._sizes, self._sizes)
        at += self._place
        sums = np.bincount(self._of_column, weights=self._table[at], minlength=self._columns)
        return sums.astype(np.float64)

    def mean(self, met: Met, columns: Collection[int]) -> float:
        """Return the mean score, but for a constant, where donors' values stand in these columns."""
        if not len(self._sizes):
            return 0.0
        theirs = np.zeros(self._columns, dtype=np.bool_)
        theirs[list(columns)] = True
        words = np.where(theirs[self._column], self._donors, met * self._everyone)
        there = np.bitwise_and.reduceat(words[self._condition], self._starts)
        return float(np.bitwise_count(there) @ self._values) / int(self._everyone).bit_count()


def _table(leaves: Sequence[Leaf]) -> Floats:
    """Return, flat, shape (leaves, cases, features): bit j of a case says that condition j is met.

    The leaves' paths are of one length.
    """
    shares = np.array([shares for _, shares, _ in leaves])
    values = np.array([value for _, _, value in leaves])
    length = shares.shape[1]
    met = (np.arange(1 << length)[:, None] >> np.arange(length)) & 1
    points, weights = np.polynomial.legendre.leggauss(length // 2 + 1)
    found = np.zeros((len(values), 1 << length, length))
    for point, weight in zip((points + 1.0) / 2.0, weights / 2.0, strict=True):
        # Each other feature is among the known ones with this chance.
        factors = met * point + (shares * (1.0 - point))[:, None, :]
        before, after = np.ones_like(factors), np.ones_like(factors)
        np.cumprod(factors[:, :, :-1], axis=2, out=before[:, :, 1:])
        after[:, :, :-1] = np.cumprod(factors[:, :, :0:-1], axis=2)[:, :, ::-1]
        found += weight * before * after
    return np.asarray(found * (met - shares[:, None, :]) * values[:, None, None]).ravel()
