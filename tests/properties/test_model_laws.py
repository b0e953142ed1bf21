"""Laws of the shipped dose model: whatever the patient."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from charts import NOW
from dosing import FEATURES, MODEL, OPTIONS, dose_options, dosing_patient, ranker, shipped_explanation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.domain.decision import RankingStatus
from engine.domain.ids import FeatureName
from engine.domain.patient import PatientRecord, Sex
from engine.explanation.explainer import LimeExplainer
from engine.ranking.ranker import ModelRanker

#: Loading the trees counts against the first example only.
LAW = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
ROOT = Path(__file__).parents[2]
LABELS = {feature.name: feature.labels for feature in FEATURES}
CYP2C9_DIPLOTYPES, VKORC1_GENOTYPES = LABELS[FeatureName("cyp2c9")], LABELS[FeatureName("vkorc1")]
RANKER: list[ModelRanker] = []


def shared() -> ModelRanker:
    """Return one ranker for all examples, so that the trees are loaded once."""
    if not RANKER:
        RANKER.append(ranker())
    return RANKER[0]


def _maybe(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.one_of(st.none(), st.sampled_from(values).map(lambda value: (value,)))


@st.composite
def patients(draw: st.DrawFn) -> PatientRecord:
    """Return adults of ordinary build, with and without genotype, drugs and reviewed lists."""
    height = draw(st.integers(150, 190))
    body_mass = draw(st.integers(20, 32))
    return dosing_patient(
        age=draw(st.integers(30, 89)),
        height=str(height),
        weight=str(round(body_mass * (height / 100) ** 2)),
        cyp2c9=draw(_maybe(CYP2C9_DIPLOTYPES)),
        vkorc1=draw(_maybe(VKORC1_GENOTYPES)),
        drugs=tuple(draw(st.sets(st.sampled_from(["amiodarone", "phenytoin", "simvastatin", "aspirin"])))),
        conditions=tuple(
            draw(st.sets(st.sampled_from(["atrial_fibrillation", "diabetes", "heart_failure"])))
        ),
        lists_reviewed=draw(st.booleans()),
        sex=draw(st.sampled_from([Sex.FEMALE, Sex.MALE])),
    )


@LAW
@given(record=patients())
def test_exact_shares_always_sum_to_score_minus_base(record: PatientRecord) -> None:
    inputs = shared().model(MODEL).inputs(record, NOW)
    asked = [(option.assessment.option.option_id, level) for level, option in enumerate(dose_options())]
    for item in shipped_explanation().explain(inputs, asked):
        total = sum(share.contribution for share in item.exact)
        assert total == pytest.approx(item.score - item.base, abs=1e-3)


@LAW
@given(record=patients(), levels=st.permutations([0, 1, 2]))
def test_permuting_options_changes_no_score_and_no_group(record: PatientRecord, levels: list[int]) -> None:
    plain = shared().order(MODEL, record, dose_options(), NOW)
    permuted = shared().order(MODEL, record, dose_options(*levels), NOW)
    assert sorted(plain.scores, key=lambda item: item.option_id) == sorted(
        permuted.scores, key=lambda item: item.option_id
    )
    assert plain.groups == permuted.groups
    assert plain.note == permuted.note


@LAW
@given(record=patients(), dropped=st.integers(0, 2))
def test_leaving_an_option_out_changes_no_other_score(record: PatientRecord, dropped: int) -> None:
    plain = {item.option_id: item for item in shared().order(MODEL, record, dose_options(), NOW).scores}
    rest = [level for level in range(3) if level != dropped]
    for item in shared().order(MODEL, record, dose_options(*rest), NOW).scores:
        assert plain[item.option_id] == item


@LAW
@given(record=patients())
def test_every_eligible_option_stands_in_exactly_one_group(record: PatientRecord) -> None:
    order = shared().order(MODEL, record, dose_options(), NOW)
    if order.note.status is RankingStatus.ORDERED:
        assert sorted(option for group in order.groups for option in group) == sorted(OPTIONS)


@LAW
@given(record=patients())
def test_the_best_score_always_stands_in_the_first_group(record: PatientRecord) -> None:
    order = shared().order(MODEL, record, dose_options(), NOW)
    if order.scores:
        best = max(order.scores, key=lambda item: item.score)
        assert best.option_id in order.groups[0]


@LAW
@given(record=patients(), factor=st.sampled_from(["0.01", "0.393701"]))
def test_a_height_in_the_wrong_unit_never_gets_an_order(record: PatientRecord, factor: str) -> None:
    height = float(record.observations[0].as_written.split()[0]) * float(factor)
    wrong = dosing_patient(height=f"{height:.2f}", weight=record.observations[1].as_written.split()[0])
    order = shared().order(MODEL, wrong, dose_options(), NOW)
    assert order.note.status is RankingStatus.WITHHELD
    assert order.scores == ()


SCRIPT = """
import sys
sys.path[:0] = [{support!r}, {root!r}]
import hashlib, msgspec
from charts import NOW
from dosing import MODEL, dose_options, dosing_patient, ranker
from engine.explanation.explainer import LimeExplainer
found = ranker()
record = dosing_patient(cyp2c9=("*1/*3",), drugs=("amiodarone",))
order = found.order(MODEL, record, dose_options(), NOW)
explained = LimeExplainer(found).explain(MODEL, record, dose_options(), NOW)
print(hashlib.sha256(msgspec.json.encode([order, explained])).hexdigest())
"""


def _digest(threads: int) -> str:
    script = SCRIPT.format(support=str(ROOT / "tests" / "support"), root=str(ROOT))
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.strip()


def test_order_and_explanation_are_the_same_bytes_in_every_process_with_any_number_of_threads() -> None:
    record = dosing_patient(cyp2c9=("*1/*3",), drugs=("amiodarone",))
    order = shared().order(MODEL, record, dose_options(), NOW)
    explained = LimeExplainer(shared()).explain(MODEL, record, dose_options(), NOW)
    here = hashlib.sha256(msgspec.json.encode([order, explained])).hexdigest()
    assert _digest(1) == here
    assert _digest(2) == here


def test_scores_are_finite_for_every_patient_of_the_bank() -> None:
    for level in range(3):
        assert np.isfinite(shipped_explanation().level(level).bank_scores).all()
