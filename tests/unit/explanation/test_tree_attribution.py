"""Exact shares of a score, and how far it falls without some features."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import numpy.typing as npt
import pytest
from dosing import MODEL, ranker, shipped_explanation

from engine.errors import InvariantBroken
from engine.explanation.bank import Values, at_level
from engine.explanation.path_shares import DONORS, Paths, PathShares
from engine.explanation.tree_attribution import TreeAttribution, loaded, settled

TREES = ranker().model(MODEL).trees
#: Height and the genotypes: what patients lack most.
LACKING = (2, 4, 5)


def _bank(missing: tuple[int, ...] = ()) -> Values:
    return shipped_explanation().bank.without(missing).values


def _with_covers(trees: bytes, leaves: npt.NDArray[np.int64]) -> bytes:
    """Return the same trees with covers counted on other patients, as TreeSHAP of XGBoost reads them."""
    document = json.loads(trees)
    for tree, reached in zip(
        document["learner"]["gradient_booster"]["model"]["trees"], leaves.T, strict=True
    ):
        left, right = tree["left_children"], tree["right_children"]
        learnt = np.array(tree["sum_hessian"], dtype=np.float64)
        # It divides by the cover of nodes that no patient reaches: they keep a trace.
        cover = np.bincount(reached, minlength=len(left)) + 1e-6 * learnt / learnt[0] * len(leaves)
        for node in range(len(left) - 1, -1, -1):
            if left[node] >= 0:
                cover[node] = cover[left[node]] + cover[right[node]]
        tree["sum_hessian"] = cover.tolist()
    return json.dumps(document).encode()


@pytest.mark.parametrize("missing", [(), LACKING])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_shares_are_those_of_xgboost_by_the_same_covers(level: int, missing: tuple[int, ...]) -> None:
    import xgboost

    bank = _bank(missing)
    rows = xgboost.DMatrix(at_level(bank, level), nthread=1)
    leaves = loaded(TREES).predict(rows, pred_leaf=True).astype(np.int64)
    theirs = loaded(_with_covers(TREES, leaves)).predict(rows.slice(list(range(20))), pred_contribs=True)
    ours = TreeAttribution(TREES, bank, level)
    for row, score, shares in zip(bank[:20], ours.scores(bank[:20]), theirs, strict=True):
        # Of a node that no bank patient reaches TreeSHAP counts those it was learnt from with any option.
        assert ours.attribute(row, score).shares == pytest.approx(shares[1:-1], abs=1e-2)
        assert np.median(np.abs(ours.attribute(row, score).shares - shares[1:-1])) < 1e-5
        assert ours.base == pytest.approx(shares[-1] + shares[0], abs=1e-2)


@pytest.mark.parametrize("missing", [(), LACKING])
def test_settled_trees_give_the_very_scores_and_ask_nothing_of_what_is_settled(
    missing: tuple[int, ...],
) -> None:
    bank, gone = _bank(missing), {0, *(1 + place for place in missing)}
    grown = settled(TREES, {0: 2.0} | {1 + place: math.nan for place in missing})
    for tree in grown["learner"]["gradient_booster"]["model"]["trees"]:
        asked = zip(tree["split_indices"], tree["left_children"], strict=True)
        assert not {column for column, left in asked if left >= 0} & gone
    rows = at_level(bank, 2)
    scored = loaded(json.dumps(grown).encode()).inplace_predict(rows, predict_type="margin")
    assert np.array_equal(scored, loaded(TREES).inplace_predict(rows, predict_type="margin"))


@pytest.mark.parametrize("missing", [(), LACKING])
def test_the_fall_is_what_the_trees_say_of_patients_with_donors_values(missing: tuple[int, ...]) -> None:
    bank = _bank(missing)
    tree = TreeAttribution(TREES, bank, 0)
    for patient, places in ((80, [0]), (81, [1, 3, 4, 5, 6]), (82, list(range(bank.shape[1])))):
        rows = np.repeat(bank[patient][None, :], DONORS, axis=0)
        rows[:, places] = bank[:DONORS, places]
        score = float(tree.scores(bank[patient][None, :])[0])
        found = tree.attribute(bank[patient], score)
        assert found.fall(places) == pytest.approx(score - tree.scores(rows).mean(), abs=1e-5)
        assert found.fall([]) == 0.0


def test_a_score_that_the_shares_do_not_sum_to_is_refused() -> None:
    bank = _bank()
    tree = TreeAttribution(TREES, bank, 0)
    score = float(tree.scores(bank[:1])[0])
    with pytest.raises(InvariantBroken, match="attributions sum to"):
        tree.attribute(bank[0], score + 0.1)
    with pytest.raises(InvariantBroken, match="attributions sum to"):
        tree.attribute(bank[0], math.nan)


def test_a_path_s_shares_are_the_mean_over_all_orders_of_its_features() -> None:
    shares, met, value = (0.2, 0.9, 0.5, 0.0), (True, True, False, True), 3.0
    paths = Paths()
    paths.add({place: (0.5, 2.0, share) for place, share in enumerate(shares)}, value)
    paths.add({}, 7.0)
    made = PathShares(paths, np.zeros((5, 5), dtype=np.float32))
    patient = np.array([*met, True], dtype=np.float32)
    wanted = np.zeros(5)
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        factors = list(shares)
        for place in order:
            before = math.prod(factors)
            factors[place] = float(met[place])
            wanted[place] += value * (math.prod(factors) - before) / len(orders)
    assert made.shares(made.met(patient)) == pytest.approx(wanted, abs=1e-12)


def test_trees_that_ask_nothing_share_out_nothing() -> None:
    paths = Paths()
    paths.add({}, 7.0)
    made = PathShares(paths, np.zeros((5, 3), dtype=np.float32))
    met = made.met(np.zeros(3, dtype=np.float32))
    assert made.shares(met).tolist() == [0.0, 0.0, 0.0]
    assert made.mean(met, [1]) == 0.0
