"""Reading the published table."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from generated_cohort import WARFARIN, write_generated

from engine.domain.ids import ContentHash
from engine.errors import NotReadable, UnitMismatch
from engine.training.cohort import Cohort, band_of, read_cohort
from engine.training.equations import value_of
from engine.training.table import Floats, Table, feature_values

CELLS = ("VKORC1 -1639 consensus", "VKORC1 1173 consensus", "VKORC1 1542 consensus", "VKORC1 2255 consensus")
PHARMACOGENETIC, CLINICAL = range(2)
NO_HASH = ContentHash("0" * 64)


def equation(cohort: Cohort, which: int) -> Floats:
    return value_of(WARFARIN.equations[which], cohort)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    path = tmp_path_factory.mktemp("cohort") / "generated.csv"
    write_generated(path)
    return read_cohort(path, WARFARIN)


def test_bands_have_the_study_s_edges() -> None:
    assert band_of(np.array([20.9, 21.0, 21.1, 48.9, 49.0, 49.1]), WARFARIN.outcome.edges).tolist() == [
        0,
        0,
        1,
        1,
        2,
        2,
    ]


def test_the_steps_from_file_to_patients_never_grow(cohort: Cohort) -> None:
    counts = [step.patients for step in cohort.selection]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 400
    assert counts[-2] == len(cohort)
    assert counts[-1] == cohort.complete.sum() < len(cohort)


def test_blank_cells_stay_missing(cohort: Cohort) -> None:
    missing = np.isnan(cohort.column("aspirin")).mean()
    assert 0.03 < missing < 0.2
    assert set(cohort.column("aspirin")[~np.isnan(cohort.column("aspirin"))].tolist()) == {0.0, 1.0}


def test_the_outcome_inr_is_no_column_that_is_read(cohort: Cohort) -> None:
    assert cohort.features.shape[1] == len(WARFARIN.features)
    after = set(WARFARIN.post_treatment)
    assert not after & {source.column for item in WARFARIN.features for source in item.columns}


def test_the_equations_agree_with_the_dose_they_generated(cohort: Cohort) -> None:
    both = cohort.complete
    near = np.corrcoef(np.sqrt(equation(cohort, PHARMACOGENETIC)[both]), np.sqrt(cohort.outcome[both]))[0, 1]
    far = np.corrcoef(np.sqrt(equation(cohort, CLINICAL)[both]), np.sqrt(cohort.outcome[both]))[0, 1]
    assert near > 0.7
    assert near > far


def test_an_equation_says_nothing_without_height(cohort: Cohort) -> None:
    assert np.isnan(equation(cohort, CLINICAL)[np.isnan(cohort.column("height"))]).all()


@pytest.mark.parametrize(
    ("given", "genotype"),
    [
        ({"VKORC1 -1639 consensus": "A/G", "VKORC1 1173 consensus": "T/T", "Race": "White"}, "A/G"),
        ({"VKORC1 1173 consensus": "T/T", "Race": "Black or African American"}, "A/A"),
        ({"VKORC1 2255 consensus": "C/T", "Race": "Asian"}, "A/G"),
        ({"VKORC1 2255 consensus": "C/T", "Race": "Black or African American"}, ""),
        ({"VKORC1 1542 consensus": "G/G", "Race": "White"}, "G/G"),
        ({"VKORC1 1542 consensus": "G/G", "Race": "Unknown"}, ""),
    ],
)
def test_vkorc1_is_imputed_as_the_study_did(given: dict[str, str], genotype: str) -> None:
    cells = dict.fromkeys((*CELLS, "Race"), "") | given
    table = Table(
        path=Path("one.csv"), columns={name: (cell,) for name, cell in cells.items()}, rows=1, sha256=NO_HASH
    )
    feature = WARFARIN.features[WARFARIN.place("vkorc1")]
    (found,) = feature_values(table, feature).tolist()
    assert ("" if np.isnan(found) else feature.labels[int(found)]) == genotype


def test_a_table_without_its_columns_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Age,Race\n60 - 69,Asian\n", encoding="utf-8")
    with pytest.raises(NotReadable, match="Therapeutic Dose of Warfarin"):
        read_cohort(path, WARFARIN)


def test_a_word_where_a_number_belongs_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    write_generated(path, patients=30)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r",\d\d\d?\.\d,", ",plenty,", text), encoding="utf-8")
    with pytest.raises(NotReadable, match="plenty"):
        read_cohort(path, WARFARIN)


def test_heights_in_inches_are_refused_as_a_wrong_unit(tmp_path: Path) -> None:
    path = tmp_path / "inches.csv"
    write_generated(path, patients=60)
    lines = path.read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("Height (cm)")
    for row, line in enumerate(lines[1:], start=1):
        cells = next(csv.reader([line]))
        cells[place] = cells[place] if cells[place] == "NA" else f"{float(cells[place]) / 2.54:.1f}"
        lines[row] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UnitMismatch, match=r"height: .* outside 100 to 230 cm"):
        read_cohort(path, WARFARIN)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="absent"):
        read_cohort(tmp_path / "absent.csv", WARFARIN)
