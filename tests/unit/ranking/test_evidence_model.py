"""Rankers of published averages: they know nothing of the patient, and tie what they cannot separate."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs import ToldFacts, a_bare_record, an_option
from pooled_tables import pooled_table

from engine.bootstrap.setup import shipped_models
from engine.domain.decision import FROM_AVERAGES, RankingStatus
from engine.domain.ids import ModelId
from engine.domain.options import Assessment, EligibleOption, Verdict
from engine.errors import ModelAltered
from engine.ports import ModelOrder
from engine.ranking.card import encode, sealed
from engine.ranking.evidence_card import decode
from engine.ranking.evidence_model import EvidenceModel
from engine.ranking.league import League
from engine.ranking.ranker import ArchivedRanker, ModelRanker
from engine.training.evidence_file import evidence

DEPRESSION = ModelId("major-depression-averages")
LIPIDS = ModelId("hypercholesterolaemia-averages")
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_SHIPPED = tuple(sorted(path.parent.name for path in shipped_models().glob("*/evidence.json")))


def _ranker(models: Path | None = None) -> ModelRanker:
    return ModelRanker(models or shipped_models(), ToldFacts({}))


def _order(
    names: Sequence[str],
    ranker: ModelRanker | None = None,
    orders: Mapping[str, int] | None = None,
    model: ModelId = DEPRESSION,
) -> ModelOrder:
    found = (ranker or _ranker()).installed(model)
    assert isinstance(found, EvidenceModel)
    catalogue = found.card.league.options
    options = [
        EligibleOption(
            assessment=Assessment(
                option=an_option(
                    name,
                    level=catalogue.index(name) if name in catalogue else None,
                    order=(orders or {}).get(name, 1),
                ),
                verdict=Verdict.CLEAR,
                findings=(),
                undecided=(),
                elsewhere=(),
                rules_checked=0,
            )
        )
        for name in names
    ]
    return (ranker or _ranker()).order(model, a_bare_record(), options, _NOW)


def test_what_the_intervals_separate_is_put_in_order_and_says_that_it_is_synthetic() -> None:
    order = _order(["Trazodone", "Escitalopram", "Reboxetine"])

    assert order.groups == (("Escitalopram",), ("Reboxetine", "Trazodone"))
    assert order.note.status is RankingStatus.ORDERED
    assert order.note.synthetic
    assert order.note.reason.startswith(FROM_AVERAGES)
    assert not order.explainable
    assert [score.probability for score in order.scores] == [None] * 3


def test_what_overlaps_stays_tied_whatever_the_scores() -> None:
    order = _order(["Sertraline", "Vortioxetine"])

    assert len({score.score for score in order.scores}) == 2
    assert order.groups == (("Sertraline", "Vortioxetine"),)


def test_one_that_the_trials_do_not_speak_of_ties_none_that_evidence_puts_elsewhere() -> None:
    order = _order(["Trazodone", "Escitalopram", "Esketamine"], orders={"Esketamine": 2})

    assert order.groups == (("Escitalopram",), ("Trazodone",), ("Esketamine",))


def test_an_option_that_the_trials_do_not_speak_of_ties_with_all_and_is_named() -> None:
    order = _order(["Trazodone", "Escitalopram", "Esketamine"])

    assert order.groups == (("Escitalopram", "Esketamine", "Trazodone"),)
    assert {score.option_id for score in order.scores} == {"Escitalopram", "Trazodone"}
    assert "of Esketamine the trials say nothing" in order.note.reason


def test_drugs_whose_doses_are_open_are_put_in_order_only_where_every_dose_is_apart() -> None:
    order = _order(
        ["bempedoic acid", "evolocumab", "alirocumab", "rosuvastatin", "atorvastatin"],
        orders={"rosuvastatin": 0, "atorvastatin": 0},
        model=LIPIDS,
    )

    assert order.groups == (
        ("atorvastatin", "rosuvastatin"),
        ("alirocumab", "evolocumab"),
        ("bempedoic acid",),
    )
    assert order.note.reason.startswith(f"{FROM_AVERAGES} (change of LDL cholesterol")
    assert "a surrogate" in order.note.reason


def test_a_larger_fall_never_passes_over_what_cited_evidence_puts_first() -> None:
    order = _order(["evolocumab", "ezetimibe"], orders={"ezetimibe": 1, "evolocumab": 2}, model=LIPIDS)

    assert order.groups == (("ezetimibe",), ("evolocumab",))


def test_what_was_measured_on_other_ground_stays_tied_and_says_so() -> None:
    order = _order(["simvastatin", "ezetimibe"], model=LIPIDS)

    assert order.groups == (("ezetimibe", "simvastatin"),)
    assert (
        "what was measured on top of a statin and what was measured without another drug is not compared"
        in order.note.reason
    )


@pytest.mark.parametrize("name", _SHIPPED)
def test_a_shipped_card_is_sealed_and_its_page_says_what_it_is(name: str) -> None:
    status = _ranker().status(ModelId(name))

    assert status.trained_on == FROM_AVERAGES
    assert FROM_AVERAGES[1:] in status.card
    assert "knows nothing of the one patient" in status.card
    assert status.card.count("| use of ") == 9
    content = (shipped_models() / name / "evidence.json").read_bytes()
    assert encode(decode(content)) == content
    assert sealed(decode(content)) == decode(content)


@pytest.mark.parametrize(
    ("file", "said"), [("booster.json", "differs from the hash"), ("evidence.json", "cannot be read")]
)
def test_a_changed_file_is_an_altered_model(tmp_path: Path, file: str, said: str) -> None:
    shutil.copytree(shipped_models() / DEPRESSION, tmp_path / DEPRESSION)
    whole = (tmp_path / DEPRESSION / file).read_bytes()
    (tmp_path / DEPRESSION / file).write_bytes(whole[:-2])

    with pytest.raises(ModelAltered, match=said):
        _order(["Sertraline"], _ranker(tmp_path))


def test_a_card_with_another_figure_is_an_altered_model(tmp_path: Path) -> None:
    shutil.copytree(shipped_models() / DEPRESSION, tmp_path / DEPRESSION)
    file = tmp_path / DEPRESSION / "evidence.json"
    file.write_bytes(encode(replace(decode(file.read_bytes()), studies=1)))

    with pytest.raises(ModelAltered, match="seal"):
        _order(["Sertraline"], _ranker(tmp_path))


def test_an_archived_one_orders_as_the_installed_one_did() -> None:
    ranker = _ranker()
    archived = ArchivedRanker(
        DEPRESSION, ranker.hash_of(DEPRESSION), ranker.files_of(DEPRESSION), ToldFacts({})
    )

    names = ["Trazodone", "Escitalopram"]
    assert _order(names, archived) == _order(names)


@pytest.mark.parametrize(
    ("recipe", "table"),
    [
        ("major-depression", "mtrank/antidepressants.csv"),
        ("atrial-fibrillation", "netmeta/Dogliotti2014.csv"),
        ("copd", "netmeta/Baker2009.csv"),
        ("acute-migraine", "MBNMAdose/triptans.csv"),
    ],
)
def test_a_shipped_ranker_is_what_its_trials_give(tmp_path: Path, recipe: str, table: str) -> None:
    out = tmp_path / f"{recipe}-averages"
    evidence(recipe, pooled_table(table), out)
    folders = (out, shipped_models() / out.name)
    made, shipped = (decode((folder / "evidence.json").read_bytes()) for folder in folders)
    # Libraries of another version may sum in another order: figures to five places, not bytes.
    assert made.league.options == shipped.league.options
    assert np.allclose(made.league.effects, shipped.league.effects, atol=1e-5)
    assert np.allclose(made.league.covariance, shipped.league.covariance, atol=1e-5)
    assert (made.studies, made.data, made.split) == (shipped.studies, shipped.data, shipped.split)


@given(
    effects=st.lists(st.floats(-3, 3), min_size=2, max_size=6),
    spread=st.floats(0.05, 0.5),
    scores=st.lists(st.floats(-3, 3), min_size=6, max_size=6),
    parts=st.lists(st.integers(1, 3), min_size=6, max_size=6),
)
def test_no_two_options_whose_intervals_overlap_are_put_in_an_order(
    effects: list[float], spread: float, scores: list[float], parts: list[int]
) -> None:
    whole = _league(effects, spread)
    _nothing_overlaps(whole, scores)
    doses: list[tuple[str, ...]] = []
    for size in parts:
        if left := len(effects) - sum(map(len, doses)):
            doses.append(tuple("123"[: min(size, left)]))
    open_doses = replace(whole, options=tuple("abcdef"[: len(doses)]), doses=tuple(doses))
    _nothing_overlaps(open_doses, scores)
    for one in range(len(doses)):
        for other in range(len(doses)):
            assert open_doses.better(one, other) == all(
                whole.better(first, second)
                for first in open_doses.figures(one)
                for second in open_doses.figures(other)
            )


def _league(effects: list[float], spread: float) -> League:
    count = len(effects)
    return League(
        options=tuple("abcdef"[:count]),
        effects=tuple(effects),
        covariance=tuple(
            tuple(spread**2 if one == two else 0.0 for two in range(count)) for one in range(count)
        ),
        tolerability=(None,) * count,
    )


def _nothing_overlaps(league: League, scores: list[float]) -> None:
    count = len(league.options)
    groups = league.groups(list(enumerate(scores[:count])))

    assert sorted(option for group in groups for option in group) == list(range(count))
    for place, group in enumerate(groups):
        later = [option for other in groups[place + 1 :] for option in other]
        assert all(league.better(one, two) for one in group for two in later)
