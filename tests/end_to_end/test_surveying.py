"""The command that surveys the standard patients of a pack, and what another version says otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_pack import base_files

from engine.cli.root import cli
from engine.domain.pack import PackFile

PATIENTS = """\
patients:
  well: {like: complete, conditions: []}
  pregnant: {like: well, states: {pregnant: yes}}
  kidney: {like: well, quantities: {crcl: "14 mL/min"}}
  bleeding: {like: well, conditions: [gastrointestinal_bleeding], medications: [ketoconazole]}
"""


def _pack(folder: Path, **changed: str) -> Path:
    patients = PackFile(path="rules/survey/patients.cases.yaml", content=PATIENTS.encode())
    for file in (*base_files(**changed), patients):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


def _text(folder: Path, path: str) -> str:
    return (folder / path).read_text(encoding="utf-8")


def _run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["survey", *map(str, words), "--on", "2026-11-22"])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return _pack(tmp_path / "pack")


def test_every_option_stands_with_the_rules_that_spoke(pack: Path) -> None:
    said = _run("af", pack)

    assert said.exit_code == 0, said.output
    assert "Stroke prevention, EU label, on 2026-11-22" in said.stdout
    assert "each with atrial_fibrillation" in said.stdout
    assert "\nkidney\n  excluded:\n    apixaban <- apixaban.crcl\n  clear:\n    rivaroxaban\n" in said.stdout
    assert "<- doac.bleeding" in said.stdout


def test_a_patient_whose_difference_no_rule_notices_is_as_the_first(pack: Path) -> None:
    said = _run("af", pack).stdout

    assert "\npregnant\n  as the first patient\n" in said
    assert "complete" not in said


def test_patients_can_be_chosen_and_a_wrong_name_is_told_with_the_right_one(pack: Path) -> None:
    answer = json.loads(_run("af", pack, "--patient", "kidney", "--format", "json").stdout)
    wrong = _run("af", pack, "--patient", "kidny")

    (patient,) = answer["patients"]
    assert patient["name"] == "kidney"
    assert [(each["option_id"], each["outcome"]) for each in patient["options"]] == [
        ("apixaban", "excluded"),
        ("rivaroxaban", "clear"),
    ]
    assert wrong.exit_code == 2
    assert 'Did you mean "kidney"?' in wrong.output


def test_of_many_patients_the_nearest_are_told_and_what_lists_all_of_them(pack: Path) -> None:
    more = "".join(f"  heart-{number}: {{like: well}}\n" for number in range(30))
    (pack / "rules/survey/more.cases.yaml").write_text(f"patients:\n{more}", encoding="utf-8")

    wrong = _run("af", pack, "--patient", "kidny")
    listed = CliRunner().invoke(cli, ["survey", "--list-patients", str(pack)])

    assert wrong.exit_code == 2
    assert 'Did you mean "kidney"? There are 34. List them by: main.py survey --list-patients' in wrong.output
    assert "heart-7" not in wrong.output
    assert {"kidney", "bleeding", "heart-7"} < set(listed.stdout.split())
    assert CliRunner().invoke(cli, ["survey"]).exit_code == 2


def test_an_unknown_indication_and_a_pack_without_standard_patients_are_told(
    pack: Path, tmp_path: Path
) -> None:
    bare = _pack(tmp_path / "bare")
    (bare / "rules/survey/patients.cases.yaml").unlink()

    assert _run("ag", pack).exit_code == 2
    assert "describes no standard patients" in _run("af", bare).output


def test_against_another_version_only_what_comes_out_otherwise_is_told(pack: Path, tmp_path: Path) -> None:
    knowledge = _text(pack, "knowledge.yaml").replace("{value: 15, source", "{value: 10, source")
    newer = _pack(tmp_path / "newer", knowledge=knowledge)

    said = _run("af", newer, "--against", pack).stdout

    assert "\nkidney\n  apixaban: excluded -> clear\n      - apixaban.crcl\n" in said
    assert "bleeding" not in said
    assert said.endswith("1 of 4 patients come out otherwise\n")
    assert "0 of 4 patients" in _run("af", pack, "--against", pack).stdout


def test_a_patient_is_described_to_an_earlier_version_as_far_as_it_has_words(
    pack: Path, tmp_path: Path
) -> None:
    words = _text(pack, "vocabulary.yaml") + "  CYP2D6: {title: CYP2D6}\n"
    newer = _pack(tmp_path / "newer", vocabulary=words)
    path = newer / "rules/survey/patients.cases.yaml"
    path.write_text(PATIENTS + '  gene: {like: well, genotypes: {CYP2D6: "*1/*1"}}\n', encoding="utf-8")

    said = _run("af", newer, "--against", pack).stdout

    assert "! gene: the other version has no word for CYP2D6" in said
    assert "0 of 5 patients" in said


def test_what_is_not_sold_under_the_label_is_not_offered(tmp_path: Path) -> None:
    sold = "rivaroxaban: {title: rivaroxaban, marketed: {only: EU, sources: [{citation: label, where: x}]}}"
    pack = _pack(
        tmp_path / "sold",
        vocabulary=_text(_pack(tmp_path / "all"), "vocabulary.yaml").replace(
            "rivaroxaban: {title: rivaroxaban}", sold
        ),
    )

    assert "not offered:\n    rivaroxaban\n" in _run("af", pack, "--jurisdiction", "US").stdout
    assert "not offered" not in _run("af", pack, "--jurisdiction", "EU").stdout
