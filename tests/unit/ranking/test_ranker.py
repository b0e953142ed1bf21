"""Ordering by the shipped model, and every reason not to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from charts import NOW
from dosing import MODEL, MODELS, OPTIONS, dose_options, dosing_patient, ranker

from engine.domain.decision import RankingStatus
from engine.domain.ids import ModelId, OptionId
from engine.domain.models import CONTROL
from engine.domain.options import ModelScore, Verdict
from engine.domain.patient import PatientRecord, Sex
from engine.errors import InvariantBroken, ModelAltered, ModelMissing
from engine.ports import ModelOrder
from engine.ranking.equity import SMALLEST_GROUP
from engine.ranking.ranker import tied_groups


def _order(record: PatientRecord, *levels: int | None) -> ModelOrder:
    return ranker().order(MODEL, record, dose_options(*levels), NOW)


def test_an_order_says_what_kind_of_model_gave_it() -> None:
    note = _order(dosing_patient()).note
    assert note.status is RankingStatus.ORDERED
    assert note.reason.startswith("association-based ordering, trained on 5,392 patients")
    assert "for patients like this (" in note.reason
    assert note.model_hash == ranker().hash_of(MODEL)
    assert not note.synthetic
    assert note.inputs_missing == ()


def test_it_says_how_it_did_for_the_smallest_group_the_patient_belongs_to() -> None:
    card = ranker().card(MODEL)
    for genotype, method in ((("*1/*3",), "WhyRx with genotype"), (None, "WhyRx without genotype")):
        note = _order(dosing_patient(cyp2c9=genotype)).note
        told = [
            row
            for row in card.equity.rows
            if row.method == method and f"({row.group}; n {row.patients:,})" in note.reason
        ]
        assert len(told) == 1
        assert told[0].patients >= SMALLEST_GROUP
        assert (
            f"{100 * told[0].accuracy:.0f} % ({100 * told[0].low:.0f} to {100 * told[0].high:.0f})"
            in note.reason
        )


def test_a_very_sensitive_patient_gets_the_low_band_first() -> None:
    record = dosing_patient(age=85, height="150", weight="48", cyp2c9=("*1/*3",), vkorc1=("A/A",))
    assert _order(record).groups[0] == (OPTIONS[0],)


def test_a_heavy_young_patient_on_an_inducer_gets_the_high_band_first() -> None:
    record = dosing_patient(
        age=45, height="188", weight="118", vkorc1=("G/G",), drugs=("carbamazepine",), sex=Sex.MALE
    )
    assert OPTIONS[2] in _order(record).groups[0]
    assert OPTIONS[0] not in _order(record).groups[0]


def test_chances_of_all_bands_sum_to_one() -> None:
    chances = [score.probability or 0.0 for score in _order(dosing_patient()).scores]
    assert sum(chances) == pytest.approx(1.0, abs=1e-5)


def test_an_option_the_rules_excluded_takes_no_part_and_changes_nothing() -> None:
    everything = {score.option_id: score for score in _order(dosing_patient()).scores}
    remaining = _order(dosing_patient(), 0, 1).scores
    assert [everything[score.option_id] for score in remaining] == list(remaining)


def test_an_excluded_option_cannot_even_be_handed_over() -> None:
    with pytest.raises(InvariantBroken, match="cannot be ordered"):
        dose_options(verdict=Verdict.EXCLUDED)


@pytest.mark.parametrize(
    ("record", "named"),
    [
        (dosing_patient(weight=None), "body weight|weight"),
        (dosing_patient(height=None), "height"),
        (dosing_patient(sex=Sex.UNKNOWN), "sex"),
        (dosing_patient(birth_date=None), "age"),
    ],
)
def test_a_missing_required_input_withholds_the_order_and_is_named(record: PatientRecord, named: str) -> None:
    order = _order(record)
    assert order.note.status is RankingStatus.WITHHELD
    assert any(word in order.note.reason for word in named.split("|"))
    assert order.scores == ()
    assert order.groups == ()


def test_a_missing_genotype_is_named_but_withholds_nothing() -> None:
    note = _order(dosing_patient(cyp2c9=None, vkorc1=None)).note
    assert note.status is RankingStatus.ORDERED
    assert note.inputs_missing == ("CYP2C9 diplotype", "VKORC1 -1639 genotype")


def test_without_genotype_more_stays_tied() -> None:
    known = _order(dosing_patient(vkorc1=("A/A",), age=85, weight="50"))
    unknown = _order(dosing_patient(vkorc1=None, cyp2c9=None, age=85, weight="50"))
    assert len(unknown.groups[0]) >= len(known.groups[0])


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (dosing_patient(height="105"), "check the units"),
        (dosing_patient(weight="200"), "check the units"),
        (dosing_patient(age=15), "lowest it learnt from, 20 to 29 years"),
        (dosing_patient(cyp2c9=("*1/*5",)), "CYP2C9"),
        (dosing_patient(vkorc1=("A/A", "A/G")), "VKORC1"),
    ],
)
def test_a_patient_unlike_those_it_learnt_from_is_refused(record: PatientRecord, word: str) -> None:
    note = _order(record).note
    assert note.status is RankingStatus.WITHHELD
    assert word in note.reason


def test_an_option_outside_the_catalogue_withholds_the_order() -> None:
    assert "does not know" in _order(dosing_patient(), None).note.reason


def test_options_within_the_gap_share_a_group() -> None:
    scores = [
        ModelScore(option_id=OptionId("c"), score=0.0, probability=None),
        ModelScore(option_id=OptionId("a"), score=0.5, probability=None),
        ModelScore(option_id=OptionId("b"), score=2.0, probability=None),
    ]
    assert tied_groups(scores, 1.5) == (("a", "b"), ("c",))
    assert tied_groups(scores, 0.1) == (("b",), ("a",), ("c",))


def test_a_group_never_grows_beyond_the_gap_from_its_best() -> None:
    chain = [
        ModelScore(option_id=OptionId(str(place)), score=-float(place), probability=None)
        for place in range(5)
    ]
    assert tied_groups(chain, 1.0) == (("0", "1"), ("2", "3"), ("4",))


def test_a_model_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModelMissing, match="another-model"):
        ranker().hash_of(ModelId("another-model"))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(MODELS / MODEL, tmp_path / MODEL)
    return tmp_path


@pytest.mark.parametrize("name", ["booster.json", "reference.json", "card.json"])
def test_one_changed_byte_in_any_file_is_found(copied: Path, name: str) -> None:
    path = copied / MODEL / name
    content = bytearray(path.read_bytes())
    place = content.index(b"1", len(content) // 2)
    content[place : place + 1] = b"2"
    path.write_bytes(content)
    with pytest.raises(ModelAltered, match=name):
        ranker(copied).hash_of(MODEL)


def test_a_file_that_changes_under_a_running_engine_is_found(copied: Path) -> None:
    running = ranker(copied)
    running.order(MODEL, dosing_patient(), dose_options(), NOW)
    with (copied / MODEL / "booster.json").open("ab") as stream:
        stream.write(b" ")
    with pytest.raises(ModelAltered, match=r"booster\.json"):
        running.order(MODEL, dosing_patient(), dose_options(), NOW)


def test_a_card_that_is_no_card_is_an_altered_one(copied: Path) -> None:
    (copied / MODEL / "card.json").write_bytes(b"{}")
    with pytest.raises(ModelAltered, match="cannot be read"):
        ranker(copied).card(MODEL)


def test_a_missing_file_is_a_missing_model(copied: Path) -> None:
    (copied / MODEL / "reference.json").unlink()
    with pytest.raises(ModelMissing, match="not installed"):
        ranker(copied).card(MODEL)


def test_a_model_whose_name_is_misspelt_is_told_with_those_that_are_installed(copied: Path) -> None:
    with pytest.raises(ModelMissing) as told:
        ranker(copied).card(ModelId("warfrin-dose"))
    assert 'Did you mean "warfarin-dose"?' in told.value.hint


def test_a_negative_control_never_orders() -> None:
    order = ranker().order(ModelId(f"{MODEL}{CONTROL}"), dosing_patient(), dose_options(0, 1, 2), NOW)

    assert order.note.status is RankingStatus.WITHHELD
    assert "it is a negative control, learnt from shuffled outcomes" in order.note.reason
    assert order.groups == ()
