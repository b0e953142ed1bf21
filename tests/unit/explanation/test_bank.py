"""The artificial patients every explanation is made around."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dosing import FEATURES, MODEL, MODELS, shipped_explanation

from engine.domain.ids import FeatureName
from engine.domain.models import ModelFeature
from engine.errors import InvariantBroken
from engine.explanation.bank import Bank, draw
from engine.explanation.reference import MISSING, BinSummary, JointTable, Reference, from_json, to_json

FIRST = ModelFeature(name=FeatureName("a"), title="a", unit="1", meaning="", labels=("no", "yes"))
SECOND = ModelFeature(name=FeatureName("b"), title="b", unit="kg", meaning="", cuts=(10.0,))
LINKED = Reference(
    patients=100,
    tables=(
        JointTable(given=(), drawn=(FIRST.name,), cells=(((MISSING,), 20), ((0,), 40), ((1,), 40))),
        JointTable(given=(FIRST.name,), drawn=(SECOND.name,), cells=(((0, 0), 40), ((1, 1), 40))),
    ),
    summaries=(
        (
            SECOND.name,
            (
                BinSummary(mean=8.0, sd=1.0, low=5.0, high=10.0),
                BinSummary(mean=12.0, sd=1.0, low=10.0, high=20.0),
            ),
        ),
    ),
)


def _drawn(samples: int = 2_000, seed: int = 1) -> Bank:
    return draw(LINKED, (FIRST, SECOND), samples, seed)


def test_the_same_seed_draws_the_same_bank_and_another_seed_another() -> None:
    assert np.array_equal(_drawn().values, _drawn().values, equal_nan=True)
    assert not np.array_equal(_drawn().codes, _drawn(seed=2).codes)


def test_linked_features_are_drawn_together() -> None:
    bank = _drawn()
    assert np.array_equal(bank.codes[:, 0], bank.codes[:, 1])


def test_what_has_no_cell_of_its_own_is_drawn_from_the_whole_table() -> None:
    first, second = LINKED.tables
    suppressed = replace(LINKED, tables=(first, replace(second, cells=second.cells[1:])))
    assert set(draw(suppressed, (FIRST, SECOND), 200, 1).codes[:, 1].tolist()) == {1}


def test_values_lie_in_their_bin() -> None:
    bank = _drawn()
    assert np.array_equal(np.searchsorted([10.0], bank.values[:, 1], side="right"), bank.codes[:, 1])
    assert bank.values[:, 1].min() >= 5
    assert bank.values[:, 1].max() < 20


def test_bins_occur_as_often_as_they_were_counted() -> None:
    shares = np.bincount(_drawn(20_000).codes[:, 0]) / 20_000
    assert shares == pytest.approx([0.5, 0.5], abs=0.02)


def test_everything_is_known_of_the_bank_until_it_is_taken_away() -> None:
    bank = _drawn()
    assert MISSING not in bank.codes
    lacking = bank.without([0])
    assert (lacking.codes[:, 0] == MISSING).all()
    assert np.isnan(lacking.values[:, 0]).all()
    assert np.array_equal(lacking.values[:, 1], bank.values[:, 1])


def test_statistics_that_do_not_cover_a_feature_are_refused() -> None:
    with pytest.raises(InvariantBroken, match="say nothing of b"):
        draw(replace(LINKED, tables=LINKED.tables[:1]), (FIRST, SECOND), 10, 1)


def test_statistics_survive_writing_and_reading() -> None:
    content = (MODELS / MODEL / "reference.json").read_bytes()
    assert to_json(from_json(content)) == content
    assert from_json(to_json(LINKED)) == LINKED


def test_the_shipped_bank_knows_what_the_model_requires() -> None:
    bank = shipped_explanation().bank
    for place, feature in enumerate(FEATURES):
        if feature.required and feature.cuts:
            assert not np.isnan(bank.values[:, place]).any(), feature.name
