"""Recipes: what is refused, and that every problem is told at once."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from generated_trial import TRIAL, write_trial

from engine.errors import AuthoringError, NotReadable, UnknownName
from engine.training.checks import refuse_unfit
from engine.training.cohort import read_cohort
from engine.training.recipe import OutcomeKind, Recipe
from engine.training.recipe_file import find_recipe, read_recipe, shipped_recipes


@pytest.mark.parametrize("name", shipped_recipes())
def test_every_shipped_recipe_reads(name: str) -> None:
    recipe = read_recipe(find_recipe(name))
    assert recipe.recipe == name
    assert len(recipe.levels) >= 2
    columns = {source.column for feature in recipe.features for source in feature.columns}
    assert not columns & {recipe.outcome.column, *recipe.post_treatment}


def test_a_recipe_nobody_knows_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownName, match="no recipe 'aspirin'") as caught:
        find_recipe("aspirin")
    assert "warfarin-dose" in caught.value.hint


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_problems_of_a_recipe_are_told_at_once(tmp_path: Path) -> None:
    text = TRIAL.read_text(encoding="utf-8")
    text = text.replace("leave_out: site", "leave_out: nowhere").replace("cuts: [50, 70]", "cutts: [50, 70]")
    text = text.replace("seed: 3", "seed: three")
    with pytest.raises(AuthoringError) as caught:
        read_recipe(_written(tmp_path, text))
    assert "cutts: there is no such field" in caught.value.message
    assert "seed" in caught.value.message


def test_what_each_field_alone_cannot_show_is_told_too(tmp_path: Path) -> None:
    text = TRIAL.read_text(encoding="utf-8")
    text = text.replace("leave_out: site", "leave_out: nowhere").replace(
        "by_groups: [sex]", "by_groups: [hair]"
    )
    with pytest.raises(AuthoringError) as caught:
        read_recipe(_written(tmp_path, text))
    assert "leave_out: nowhere" in caught.value.message
    assert "by_groups: hair is no feature" in caught.value.message


def test_what_is_no_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthoringError, match="cannot be read"):
        read_recipe(_written(tmp_path, "recipe: [unclosed"))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "trial.csv"
    write_trial(path, patients=400)
    return path


def _recipe(tmp_path: Path, *changes: tuple[str, str]) -> Recipe:
    text = TRIAL.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read_recipe(_written(tmp_path, text))


def _reasons(table: Path, recipe: Recipe) -> str:
    with pytest.raises(NotReadable) as caught:
        refuse_unfit(read_cohort(table, recipe))
    return caught.value.message


def test_a_trial_as_it_should_be_is_learnt_from(table: Path, tmp_path: Path) -> None:
    cohort = read_cohort(table, _recipe(tmp_path))
    refuse_unfit(cohort)
    assert cohort.recipe.outcome.kind is OutcomeKind.EVENT
    assert set(np.unique(cohort.level)) == {0, 1, 2}


def test_a_column_from_after_treatment_is_leakage(table: Path, tmp_path: Path) -> None:
    reasons = _reasons(table, _recipe(tmp_path, ("column: pressure", "column: later")))
    assert "leakage: pressure reads later, which was known only after treatment" in reasons


def test_the_arm_itself_is_leakage(table: Path, tmp_path: Path) -> None:
    recipe = _recipe(
        tmp_path, ("first: [{column: sex}]", "first: [{column: arm, codes: {A: 0, B: 1, C: 1}}]")
    )
    assert "which says what was given" in _reasons(table, recipe)


def test_an_input_that_gives_the_outcome_away_is_leakage_whatever_its_name(
    table: Path, tmp_path: Path
) -> None:
    assert "leakage: age alone tells the outcome apart" in _reasons(
        table, _recipe(tmp_path, ("first: [{column: age}]", "first: [{column: giveaway}]"))
    )


def test_an_arm_with_hardly_anybody_is_too_few(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    write_trial(path, patients=40)
    assert "too few" in _reasons(path, _recipe(tmp_path))


def test_an_arm_never_given_to_a_kind_of_patient_is_named(table: Path, tmp_path: Path) -> None:
    with table.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = [row for row in rows if not (row["sex"] == "0" and row["arm"] == "C")]
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    reasons = _reasons(table, _recipe(tmp_path))
    assert "positivity: none of" in reasons
    assert "patients with sex female was given 'C'" in reasons


def test_every_reason_is_given_at_once(tmp_path: Path) -> None:
    path = tmp_path / "small.csv"
    write_trial(path, patients=40)
    reasons = _reasons(path, _recipe(tmp_path, ("column: pressure", "column: later")))
    assert "too few" in reasons
    assert "leakage" in reasons
