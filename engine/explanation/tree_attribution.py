"""Exact attributions by the trees themselves, with the option held fixed.

TreeSHAP as XGBoost computes it (``pred_contribs``) averages a feature away over the patients who
reached each node, and would average over the options too. So there is one copy of the trees an
option, whose node covers are counted anew on the bank with that option: the option's own column
then never varies, and all that is left is shared out among the patient's features.
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import InvariantBroken
from engine.explanation.bank import Values, at_level

#: Attributions, base and score are single-precision sums over some hundreds of trees.
SUM_TOLERANCE: Final = 1e-3
#: Bank patients whose path through the trees is counted; the base is their mean score.
_COUNTED: Final = 5_000
#: Nodes that no bank patient reaches keep a trace of the cover they were learnt with: TreeSHAP divides by it.
_UNREACHED: Final = 1e-6


class TreeAttribution:
    """The trees of one option, ready to share out its score."""

    def __init__(self, trees: bytes, bank: Values, level: int) -> None:
        """Count the covers of every node on the bank with this option."""
        import xgboost

        self.level = level
        plain = xgboost.Booster(params={"nthread": 1}, model_file=bytearray(trees))
        rows = at_level(bank, level)
        self.bank_scores = np.asarray(plain.inplace_predict(rows, predict_type="margin"), dtype=np.float64)
        self._plain = plain
        counted = xgboost.DMatrix(rows[:_COUNTED], nthread=1)
        leaves = plain.predict(counted, pred_leaf=True).astype(np.int64)
        self._booster = xgboost.Booster(
            params={"nthread": 1}, model_file=bytearray(with_covers(trees, leaves))
        )

    def scores(self, values: Values) -> npt.NDArray[np.float64]:
        """Return the score of each row with this option."""
        found = self._plain.inplace_predict(at_level(values, self.level), predict_type="margin")
        return np.asarray(found, dtype=np.float64)

    def attribute(self, values: Values) -> tuple[float, npt.NDArray[np.float64], float]:
        """Return base, one share a feature, and the score they sum to.

        Raises:
            InvariantBroken: they do not sum to the score.
        """
        import xgboost

        row = xgboost.DMatrix(at_level(values[None, :], self.level), nthread=1)
        found = np.asarray(self._booster.predict(row, pred_contribs=True)[0], dtype=np.float64)
        score = float(self._booster.predict(row, output_margin=True)[0])
        # The option's own column comes first; what rounding leaves on it belongs to the base.
        base, shares = float(found[-1] + found[0]), found[1:-1]
        if abs(base + shares.sum() - score) > SUM_TOLERANCE:
            raise InvariantBroken(f"attributions sum to {base + shares.sum()}, the score is {score}")
        return base, shares, score


def with_covers(trees: bytes, leaves: npt.NDArray[np.int64]) -> bytes:
    """Return the same trees with covers counted on other patients.

    Args:
        trees: the booster as XGBoost JSON.
        leaves: shape (patients, trees), the leaf each of them reaches.
    """
    document = json.loads(trees)
    for tree, reached in zip(
        document["learner"]["gradient_booster"]["model"]["trees"], leaves.T, strict=True
    ):
        left, right = tree["left_children"], tree["right_children"]
        learnt = np.array(tree["sum_hessian"], dtype=np.float64)
        cover = np.bincount(reached, minlength=len(left)) + _UNREACHED * learnt / learnt[0] * len(leaves)
        # Children stand after their parents, so that one pass from the end sums them up.
        for node in range(len(left) - 1, -1, -1):
            if left[node] >= 0:
                cover[node] = cover[left[node]] + cover[right[node]]
        tree["sum_hessian"] = cover.tolist()
    return json.dumps(document, separators=(",", ":")).encode()
