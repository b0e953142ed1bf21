"""Drift and challengers, on artificial patients of the shipped model's own reference population."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from builders import a_decision
from charts import NOW
from dosing import FEATURES, MODEL, MODELS, OPTIONS, dose_options, dosing_patient, inputs_of, ranker

from engine.bootstrap.model_watch import SMALLEST, challenge, challenge_text, drift_of, drift_text
from engine.decision.ordering import in_order
from engine.domain.decision import Decision
from engine.domain.ids import OptionId
from engine.domain.models import ModelInput
from engine.explanation.bank import draw
from engine.explanation.reference import from_json

REFERENCE = from_json((MODELS / MODEL / "reference.json").read_bytes())


def _asked(count: int) -> list[tuple[ModelInput, ...]]:
    return [inputs_of(row) for row in draw(REFERENCE, FEATURES, count, 11).values]


def _drifted(asked: list[tuple[ModelInput, ...]]) -> set[str]:
    return {item.title for item in drift_of(REFERENCE, FEATURES, asked) if item.drifted}


def test_the_reference_population_itself_has_not_drifted_in_what_was_always_recorded() -> None:
    """The bank draws known values only, so that inputs often missing in training are left out here."""
    assert not _drifted(_asked(400)) & {"age", "sex", "height", "weight"}


def test_patients_twice_as_heavy_have_drifted() -> None:
    asked = [
        tuple(
            replace(item, value=None if item.value is None else 1.5 * item.value)
            if item.feature == "weight"
            else item
            for item in inputs
        )
        for inputs in _asked(200)
    ]
    assert "weight" in _drifted(asked)


def test_too_few_decisions_say_nothing() -> None:
    found = drift_of(REFERENCE, FEATURES, _asked(SMALLEST - 1))
    assert not any(item.drifted for item in found)
    assert "Too few" in drift_text(found)


def test_no_decision_at_all_is_no_fault() -> None:
    assert "0 decisions" in drift_text(drift_of(REFERENCE, FEATURES, []))


def _decision(**patient: object) -> Decision:
    record, options = dosing_patient(**patient), dose_options()  # type: ignore[arg-type]  # passed on
    order = ranker().order(MODEL, record, options, NOW)
    return a_decision(
        record=record,
        assessments=tuple(option.assessment for option in options),
        ranked=in_order(options, order.scores, order.groups),
        ranking=order.note,
        decided_at=NOW,
    )


def test_a_model_never_differs_from_itself() -> None:
    decisions = [_decision(), _decision(vkorc1=("A/A",)), _decision(weight="110", height="185", age=45)]
    found = challenge(decisions, ranker())
    assert len(found) == len(decisions)
    assert all(item.champion == item.challenger for item in found)
    assert "puts others first in 0" in challenge_text(found)


def test_a_challenger_that_orders_otherwise_is_told_decision_by_decision() -> None:
    class Contrary:
        def order(self, *asked: object) -> object:
            found = ranker().order(*asked)  # type: ignore[arg-type]  # passed on
            return replace(found, groups=((OptionId(OPTIONS[2]),),))

    decision = _decision(vkorc1=("A/A",), cyp2c9=("*1/*3",))
    (found,) = challenge([decision], Contrary())  # type: ignore[arg-type]  # a ranker but for the hash
    assert found.challenger == ("warfarin-high",)
    assert found.champion != found.challenger
    assert str(decision.decision_id) in challenge_text([found])


def test_a_decision_without_a_model_s_order_is_left_out() -> None:
    assert challenge([_decision(height=None)], ranker()) == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_index_of_a_shift_grows_with_it(seed: int) -> None:
    asked = _asked(300)
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(asked))
    indices = []
    for share in (0.0, 0.5, 1.0):
        changed = set(order[: int(share * len(asked))].tolist())
        shifted = [
            tuple(replace(i, value=9.0) if i.feature == "age" and n in changed else i for i in inputs)
            for n, inputs in enumerate(asked)
        ]
        indices.append(next(i.index for i in drift_of(REFERENCE, FEATURES, shifted) if i.title == "age"))
    assert indices == sorted(indices)
