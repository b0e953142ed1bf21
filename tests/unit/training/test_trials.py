"""Learning from a trial: on generated ones, whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xgboost  # noqa: TID253 - a test of boosters
from fakes import Silent
from generated_trial import TRIAL, write_trial
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ranking.trial_results import FirstPlace
from engine.training import policies, study, trials
from engine.training.cohort import Cohort, read_cohort
from engine.training.policies import Trial
from engine.training.recipe_file import read_recipe
from engine.training.study_tables import trial_text
from engine.training.table import Floats
from engine.training.trial_boosting import chances_of, fit_trial, joined

RECIPE = read_recipe(TRIAL)


def _cohort(tmp_path: Path, **truth: object) -> Cohort:
    path = tmp_path / "trial.csv"
    write_trial(path, **truth)  # type: ignore[arg-type]  # passed on
    return read_cohort(path, RECIPE)


def test_an_effect_the_same_for_everybody_is_learnt_as_one_odds_ratio_an_arm(tmp_path: Path) -> None:
    cohort = _cohort(tmp_path, patients=1500)
    booster, rounds = fit_trial(cohort, 1)
    assert rounds == 0
    chance = chances_of(booster, cohort.features, 3)
    odds = np.log(chance / (1 - chance))
    contrast = odds[:, 1] - odds[:, 0]
    assert np.ptp(contrast) < 1e-4
    assert contrast[0] == pytest.approx(0.9, abs=0.4)
    assert abs(odds[0, 2] - odds[0, 0]) < 0.4
    risk = 1 - chance[:, 0]
    benefit = chance[:, 1] - chance[:, 0]
    low, high = (benefit[risk < np.quantile(risk, 0.25)], benefit[risk > np.quantile(risk, 0.75)])
    assert high.mean() > low.mean()


def test_an_arm_that_differs_between_the_sexes_earns_its_trees(tmp_path: Path) -> None:
    cohort = _cohort(tmp_path, patients=2500, interaction=1.5)
    booster, rounds = fit_trial(cohort, 1)
    assert rounds > 0
    chance = chances_of(booster, cohort.features, 3)
    gain = chance[:, 2] - chance[:, 0]
    sex = cohort.column("sex")
    assert gain[sex == 0].mean() > gain[sex == 1].mean() + 0.05


def test_the_same_trial_gives_the_same_trees(tmp_path: Path) -> None:
    cohort = _cohort(tmp_path, patients=300)
    first, second = (bytes(fit_trial(cohort, 5)[0].save_raw("json")) for _ in range(2))
    assert first == second


def test_joined_boosters_give_the_sum_of_their_margins() -> None:
    chance = np.random.default_rng(0)
    rows, good = chance.normal(size=(200, 3)), chance.integers(0, 2, 200)
    parameters = {"objective": "binary:logistic", "base_score": 0.5, "nthread": 1}
    one, two = (
        xgboost.train({**parameters, "seed": s, "subsample": 0.5}, xgboost.DMatrix(rows, good), 4)
        for s in (1, 2)
    )
    matrix = xgboost.DMatrix(rows)
    margins = [booster.predict(matrix, output_margin=True) for booster in (one, two, joined(one, two))]
    assert np.allclose(margins[0] + margins[1], margins[2], atol=1e-5)


def _random_trial(seed: int, chance: Floats | None = None) -> Trial:
    draw = np.random.default_rng(seed)
    level = draw.integers(0, 3, 500)
    good = draw.integers(0, 2, 500).astype(float)
    return Trial(
        titles=("A", "B", "C"),
        level=level,
        good=good,
        share=np.full(3, 1 / 3),
        chance=draw.uniform(0.1, 0.9, (500, 3)) if chance is None else chance,
        spread=np.full((500, 3), 1e-9),
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_giving_everybody_one_arm_is_worth_what_that_arm_is_worth(seed: int) -> None:
    favour = np.tile([0.2, 0.8, 0.3], (500, 1))
    trial = _random_trial(seed, favour)
    found = policies.value(trial, (0, 1, 2))
    assert found.policy == pytest.approx(trial.scores[:, 1].mean(), abs=1e-4)
    assert found.policy_ipw == pytest.approx(trial.good[trial.level == 1].mean(), abs=1e-4)
    assert found.difference <= 0
    assert found.tied == 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_an_order_where_all_tie_is_a_lot(seed: int) -> None:
    trial = _random_trial(seed, np.full((500, 3), 0.5))
    found = policies.value(trial, (0, 1, 2))
    assert found.tied == 1.0
    assert found.over_random == 0.0
    assert found.policy == pytest.approx(trial.scores.mean(), abs=1e-4)


def test_options_within_one_standard_error_share_the_first_place() -> None:
    odds = np.array([[1.0, 0.9, 0.0]])
    chance = 1 / (1 + np.exp(-odds))
    assert policies.tied_first(chance, np.full((1, 3), 0.1)).tolist() == [[True, True, False]]
    assert policies.tied_first(chance, np.full((1, 3), 0.01)).tolist() == [[True, False, False]]


def test_who_stands_first_is_told_with_how_many_patients_commonest_first() -> None:
    chance = np.repeat([[0.5, 0.5, 0.1], [0.2, 0.1, 0.6]], [350, 150], axis=0)
    found = policies.first_places(_random_trial(1, chance))
    assert [(item.options, item.share) for item in found] == [(("A", "B"), 0.7), (("C",), 0.3)]


def test_a_study_says_where_the_width_comes_from_if_nobody_is_treated_apart(tmp_path: Path) -> None:
    results = trials.study(_cohort(tmp_path, patients=400), 1, lambda _: None, 0)
    lot, apart = FirstPlace(options=("A", "B"), share=1.0), FirstPlace(options=("C",), share=0.3)
    said = "the same for everybody"
    assert said in trial_text("Generated", replace(results, first_places=(lot,)), 0.02)
    assert said not in trial_text("Generated", replace(results, first_places=(lot, apart)), 0.02)
    assert said not in trial_text("Generated", replace(results, first_places=(apart,)), 0.02)


def test_aipw_is_unbiased_whatever_the_model_says() -> None:
    draw = np.random.default_rng(2)
    level = draw.integers(0, 2, 40_000)
    good = (draw.random(40_000) < np.array([0.3, 0.6])[level]).astype(float)
    trial = Trial(
        titles=("A", "B"),
        level=level,
        good=good,
        share=np.array([0.5, 0.5]),
        chance=np.tile([0.9, 0.1], (40_000, 1)),
        spread=np.full((40_000, 2), 1e-9),
    )
    assert trial.scores.mean(axis=0) == pytest.approx([0.3, 0.6], abs=0.02)
    found = policies.value(trial, (0, 1))
    assert found.best == "B"
    assert found.policy == pytest.approx(0.3, abs=0.02)
    assert found.high < -0.25


def test_subsets_are_all_sets_of_two_or_more() -> None:
    assert len(list(policies.subsets(4))) == 11
    assert list(policies.subsets(3))[-1] == (0, 1, 2)


def test_a_study_finds_the_better_arm_and_says_what_fails(tmp_path: Path) -> None:
    path = tmp_path / "trial.csv"
    write_trial(path, patients=900)
    results = trials.study(read_cohort(path, RECIPE), 3, lambda _: None, shuffles=1)
    whole = results.policies[-1]
    assert whole.best == "B"
    assert whole.difference == pytest.approx(0.0, abs=0.01)
    assert whole.over_random_low > 0
    assert len(results.null_difference) == 1
    assert results.naive is not None
    text = trial_text("Generated", results, 0.02)
    assert "FAILS" in trial_text("Generated", results, -1.0)
    assert "| B | " in text
    assert "holds of all arms" in text


def test_a_study_by_path_prints_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "FOLDS", 2)
    path = tmp_path / "trial.csv"
    write_trial(path, patients=300)
    before = sorted(tmp_path.iterdir())
    text = study(str(TRIAL), path, 0, Silent())
    assert text.startswith("# A generated trial")
    assert sorted(tmp_path.iterdir()) == before
