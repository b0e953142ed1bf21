"""Explanations of the shipped model's scores."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from charts import NOW
from dosing import (
    FEATURES,
    MODEL,
    MODELS,
    OPTIONS,
    dose_options,
    dosing_patient,
    inputs_of,
    ranker,
    shipped_explanation,
)

from engine.domain.explanation import Explanation, Grade
from engine.domain.ids import OptionId
from engine.domain.patient import PatientRecord
from engine.explanation.explainer import LimeExplainer, ModelExplanation
from engine.explanation.local_surrogate import bins_of, kernel, surrogate
from engine.explanation.reference import from_json, to_json
from engine.explanation.shared_ridge import SharedRidge


def _explain(record: PatientRecord, *levels: int) -> tuple[Explanation, ...]:
    chosen = levels or (0, 1, 2)
    asked = [(OptionId(OPTIONS[level]), level) for level in chosen]
    return shipped_explanation().explain(ranker().model(MODEL).inputs(record, NOW), asked)


def test_what_is_explained_is_the_ranker_s_score() -> None:
    record = dosing_patient()
    ordered = {
        score.option_id: score.score for score in ranker().order(MODEL, record, dose_options(), NOW).scores
    }
    for explanation in _explain(record):
        assert explanation.score == pytest.approx(ordered[explanation.option_id], abs=1e-5)


def test_exact_shares_sum_to_score_minus_base() -> None:
    for explanation in _explain(dosing_patient(vkorc1=None)):
        total = sum(share.contribution for share in explanation.exact)
        assert total == pytest.approx(explanation.score - explanation.base, abs=1e-3)


def test_the_base_is_the_mean_score_of_the_reference_population() -> None:
    ready = shipped_explanation()
    for level, explanation in enumerate(_explain(dosing_patient())):
        assert explanation.base == pytest.approx(ready.level(level).bank_scores.mean(), abs=1e-3)


def test_shares_stand_largest_first_and_name_every_feature_once() -> None:
    for explanation in _explain(dosing_patient()):
        sizes = [abs(share.contribution) for share in explanation.exact]
        assert sizes == sorted(sizes, reverse=True)
        assert {share.feature for share in explanation.exact} == {feature.name for feature in FEATURES}


def test_values_are_in_clinical_words() -> None:
    said = {str(share.feature): share.value for share in _explain(dosing_patient(vkorc1=None))[0].exact}
    assert said["height"] == "160 cm"
    assert said["vkorc1"] == "not known"


def test_a_sensitising_genotype_speaks_for_the_low_band_and_against_the_high_one() -> None:
    low, _, high = _explain(dosing_patient(vkorc1=("A/A",), cyp2c9=("*1/*3",)))
    for gene in ("vkorc1", "cyp2c9"):
        assert next(share.contribution for share in low.exact if share.feature == gene) > 0
        assert next(share.contribution for share in high.exact if share.feature == gene) < 0


def test_what_is_not_known_is_no_reason_by_itself() -> None:
    for explanation in _explain(dosing_patient(vkorc1=None, lists_reviewed=False)):
        shares = {str(share.feature): share for share in (*explanation.exact, *explanation.lime)}
        unknown = [share for share in shares.values() if share.value == "not known"]
        assert {"vkorc1", "amiodarone"} <= {share.feature for share in unknown}
        assert all(share.contribution == pytest.approx(0.0, abs=1e-6) for share in unknown)


def test_a_withheld_explanation_shows_no_lime_and_says_why() -> None:
    ready = shipped_explanation()
    asked = [(option.assessment.option.option_id, level) for level, option in enumerate(dose_options())]
    found = [item for row in ready.bank.values[:40] for item in ready.explain(inputs_of(row), asked)]
    withheld = [item for item in found if item.fidelity.grade is Grade.WITHHELD]
    assert withheld
    assert all(item.lime == () and "withheld" in item.fidelity.reason and item.exact for item in withheld)
    assert all(item.lime for item in found if item.fidelity.grade is not Grade.WITHHELD)


def test_explaining_twice_gives_the_same_bytes() -> None:
    first, second = (msgspec.json.encode(_explain(dosing_patient())) for _ in range(2))
    assert first == second


def test_another_patient_in_between_changes_nothing() -> None:
    before = _explain(dosing_patient())
    _explain(dosing_patient(age=40, weight="90"))
    assert _explain(dosing_patient()) == before


def test_explaining_fewer_options_changes_none_of_them() -> None:
    everything = {item.option_id: item for item in _explain(dosing_patient())}
    for item in _explain(dosing_patient(), 1, 2):
        assert item == everything[item.option_id]


def test_through_the_ports_the_seed_comes_from_the_model() -> None:
    explainer = LimeExplainer(ranker())
    explanations, seed = explainer.explain(MODEL, dosing_patient(), dose_options(1), NOW)
    assert [item.option_id for item in explanations] == [OPTIONS[1]]
    assert seed == explanations[0].seed == shipped_explanation().seed


def test_an_option_no_model_knows_is_not_explained() -> None:
    explanations, _ = LimeExplainer(ranker()).explain(MODEL, dosing_patient(), dose_options(None), NOW)
    assert explanations == ()


def test_the_shared_ridge_fits_as_scikit_learn_does() -> None:
    from sklearn.linear_model import Ridge

    chance = np.random.default_rng(3)
    design = (chance.random((500, 7)) < 0.3).astype(float)
    target, weights = chance.normal(size=500), chance.random(500)
    targets = np.stack([target, 40.0 + 3.0 * design[:, 2] - target], axis=1)
    shared = SharedRidge(design, targets, weights)
    for place in range(2):
        ours, theirs = shared.of(place), Ridge(alpha=1.0)
        theirs.fit(design, targets[:, place], sample_weight=weights)
        assert ours.coef_ == pytest.approx(theirs.coef_, abs=1e-10)
        assert ours.intercept_ == pytest.approx(float(theirs.intercept_), abs=1e-10)
        scored = theirs.score(design, targets[:, place], weights)
        assert ours.score(design, target) == pytest.approx(scored, abs=1e-10)
        assert ours.predict(design[:1]) == pytest.approx(theirs.predict(design[:1]), abs=1e-10)


def test_a_score_that_is_the_same_for_everybody_has_no_reasons() -> None:
    design = np.eye(6)[np.arange(60) % 6]
    flat = SharedRidge(design, np.full((60, 1), 2.5), np.ones(60)).of(0)
    assert flat.coef_ == pytest.approx(np.zeros(6), abs=1e-12)
    assert flat.intercept_ == pytest.approx(2.5)
    assert flat.score(design, design) == 1.0


def test_a_score_that_is_linear_in_the_bins_is_recovered() -> None:
    ready = shipped_explanation()
    codes = ready.bank.codes
    patient = codes[0]
    truth = np.linspace(-1, 1, codes.shape[1])
    scores = ((codes == patient) * truth).sum(axis=1, keepdims=True)
    found = surrogate(codes, scores, patient, np.array([truth.sum()]), width=0.75)
    assert found.r2[0] > 0.999
    assert found.coefficients[0] == pytest.approx(truth, abs=0.05)


def test_who_has_the_middle_of_three_bins_is_told_what_it_is_worth() -> None:
    """Stock LIME's terms average the rise beyond it with the fall before it, and see little of either."""
    codes = np.array([[code, other] for code in (0, 1, 2) for other in (0, 1)] * 50, dtype=np.int8)
    worth = np.array([-1.0, 0.0, 3.0])
    scores, patient = worth[codes[:, :1]], np.array([1, 0], dtype=np.int8)
    every = surrogate(codes, scores, patient, np.zeros(1), bins_of(codes), width=0.75)
    stock = surrogate(codes, scores, patient, np.zeros(1), width=0.75)
    assert every.centred[0] == pytest.approx([-worth.mean(), 0.0], abs=0.05)
    assert every.r2[0] > 0.99
    assert stock.r2[0] < 0.5


def test_a_model_made_before_every_bin_had_a_term_is_explained_as_it_was() -> None:
    folder = MODELS / MODEL
    trees, statistics = ((folder / name).read_bytes() for name in ("booster.json", "reference.json"))
    before = ModelExplanation(
        FEATURES, trees, to_json(replace(from_json(statistics), every_bin=False)), samples=600
    )
    row = before.bank.values[7]
    (found,) = before.explain(inputs_of(row), [(OptionId(OPTIONS[0]), 0)])
    tree, codes = before.level(0), before.bank.codes
    stock = surrogate(codes, tree.bank_scores[:, None], codes[7], tree.scores(row[None, :]))
    assert found.fidelity.local_r2 == pytest.approx(stock.r2[0], abs=1e-4)


def test_nearer_samples_weigh_more() -> None:
    weights = kernel(np.array([0.0, 1.0, 2.0]), 1.0)
    assert weights[0] > weights[1] > weights[2]
    assert weights.mean() == pytest.approx(1.0)
