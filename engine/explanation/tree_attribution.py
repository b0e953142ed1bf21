"""Exact attributions by the trees themselves, with the option held fixed.

TreeSHAP as XGBoost computes it (``pred_contribs``) averages a feature away over the patients who
reached each node, and would average over the options too. So there is one copy of the trees an
option: splits on the option, and on what is known of nobody, are resolved, and the covers of the
remaining nodes are counted anew on the bank. All that is left is shared out among the patient's
features, by the same definition and without going through the trees again (``path_shares``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import InvariantBroken
from engine.explanation.bank import Values, at_level
from engine.explanation.path_shares import DONORS, Met, Paths, PathShares

if TYPE_CHECKING:
    import xgboost

#: The score is a single-precision sum over some hundreds of trees.
SUM_TOLERANCE: Final = 1e-3
#: Bank patients whose path through the trees is counted; the base is their mean score.
_COUNTED: Final = 5_000
#: XGBoost's parent of a root.
_NOBODY: Final = 2_147_483_647
_PER_NODE: Final = (
    "base_weights",
    "default_left",
    "loss_changes",
    "split_conditions",
    "split_indices",
    "split_type",
    "sum_hessian",
)


class TreeAttribution:
    """The trees of one option, ready to share out its score."""

    def __init__(self, trees: bytes, bank: Values, level: int) -> None:
        """Count the covers of every node on the bank with this option."""
        import xgboost

        self.level = level
        # Column 0 of the trees is the option.
        unknown = 1 + np.flatnonzero(np.isnan(bank).all(axis=0))
        grown = settled(trees, {0: float(level)} | dict.fromkeys(unknown.tolist(), np.nan))
        self._booster = loaded(json.dumps(grown, separators=(",", ":")).encode())
        self.bank_scores = self.scores(bank)
        self.base = float(self.bank_scores[:_COUNTED].mean())
        counted = xgboost.DMatrix(at_level(bank[:_COUNTED], level), nthread=1)
        leaves = self._booster.predict(counted, pred_leaf=True).astype(np.int64)
        paths = Paths()
        for tree, reached in zip(_trees(grown), leaves.T, strict=True):
            _follow(tree, shares_of_left(tree, reached), paths)
        self._paths = PathShares(paths, at_level(bank[:DONORS], level))

    def scores(self, values: Values) -> npt.NDArray[np.float64]:
        """Return the score of each row with this option."""
        found = self._booster.inplace_predict(at_level(values, self.level), predict_type="margin")
        return np.asarray(found, dtype=np.float64)

    def attribute(self, values: Values, score: float) -> Attributed:
        """Share out a patient's score.

        Args:
            values: the patient, of whom the same is known as of the bank.
            score: the patient's, by ``scores``.

        Raises:
            InvariantBroken: base and shares do not sum to the score.
        """
        met = self._paths.met(at_level(values[None, :], self.level)[0])
        # The option's own column comes first: no split on it is left.
        shares = self._paths.shares(met)[1:]
        if not abs(self.base + shares.sum() - score) <= SUM_TOLERANCE:
            raise InvariantBroken(f"attributions sum to {self.base + shares.sum()}, the score is {score}")
        return Attributed(shares=shares, _met=met, _paths=self._paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """A patient's score, shared out."""

    shares: npt.NDArray[np.float64]
    """One a feature: with the base they sum to the score."""
    _met: Met
    _paths: PathShares

    def fall(self, places: Sequence[int]) -> float:
        """Return how far the score falls in the mean where bank patients' values stand for these features."""
        return self._paths.mean(self._met, ()) - self._paths.mean(self._met, [place + 1 for place in places])


def loaded(trees: bytes) -> xgboost.Booster:
    """Return trees that can be asked, on one thread."""
    import xgboost

    return xgboost.Booster(params={"nthread": 1}, model_file=bytearray(trees))


def settled(trees: bytes, values: Mapping[int, float]) -> dict[str, Any]:
    """Return the trees without their splits on columns that never vary: the scores are the same.

    Args:
        trees: the booster as XGBoost JSON.
        values: of each such column, NaN where it is never known.
    """
    document: dict[str, Any] = json.loads(trees)
    for tree in _trees(document):
        left, right = tree["left_children"], tree["right_children"]
        land = _landing(tree, values)
        kept, parents, lefts, rights = [land(0)], [_NOBODY], [], []
        # The list grows while it is read: children stand after their parents.
        for place, node in enumerate(kept):
            inner = left[node] >= 0
            lefts.append(len(kept) if inner else -1)
            rights.append(len(kept) + 1 if inner else -1)
            if inner:
                kept += [land(left[node]), land(right[node])]
                parents += [place, place]
        for name in _PER_NODE:
            tree[name] = [tree[name][node] for node in kept]
        tree |= {"left_children": lefts, "right_children": rights, "parents": parents}
        tree["tree_param"]["num_nodes"] = str(len(kept))
    return document


def _landing(tree: Mapping[str, Any], values: Mapping[int, float]) -> Callable[[int], int]:
    """Return how a node is passed whose split is on a column that never varies."""
    left, right, columns = tree["left_children"], tree["right_children"], tree["split_indices"]

    def land(node: int) -> int:
        while left[node] >= 0 and columns[node] in values:
            value = values[columns[node]]
            below = tree["default_left"][node] if np.isnan(value) else value < tree["split_conditions"][node]
            node = left[node] if below else right[node]
        return node

    return land


def shares_of_left(tree: Mapping[str, Any], reached: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return of each inner node the share of patients who go left.

    Where no bank patient comes, those it was learnt from say.

    Args:
        tree: one tree of an XGBoost document.
        reached: the leaf each bank patient comes to.
    """
    left, right = tree["left_children"], tree["right_children"]
    learnt = tree["sum_hessian"]
    cover = np.bincount(reached, minlength=len(left)).astype(np.float64)
    found = np.zeros(len(left))
    # Children stand after their parents, so that one pass from the end sums them up.
    for node in range(len(left) - 1, -1, -1):
        if left[node] >= 0:
            cover[node] = cover[left[node]] + cover[right[node]]
            by = cover if cover[node] else learnt
            found[node] = by[left[node]] / (by[left[node]] + by[right[node]])
    return found


def _follow(tree: Mapping[str, Any], lefts: npt.NDArray[np.float64], paths: Paths) -> None:
    """Add every leaf of a tree, with what a patient must be to come there."""
    left, right = tree["left_children"], tree["right_children"]
    columns, cuts = tree["split_indices"], tree["split_conditions"]
    open_: list[tuple[int, dict[int, tuple[float, float, float]]]] = [(0, {})]
    while open_:
        node, path = open_.pop()
        if left[node] < 0:
            # XGBoost keeps a leaf's value where inner nodes keep their cut.
            paths.add(path, float(cuts[node]))
            continue
        column, cut, share = columns[node], cuts[node], float(lefts[node])
        low, high, part = path.get(column, (-np.inf, np.inf, 1.0))
        open_.append((left[node], path | {column: (low, min(high, cut), part * share)}))
        open_.append((right[node], path | {column: (max(low, cut), high, part * (1.0 - share))}))


def _trees(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["learner"]["gradient_booster"]["model"]["trees"]
    return found
