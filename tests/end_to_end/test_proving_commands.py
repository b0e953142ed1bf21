"""The commands that look at a whole pack: prove, suggest-cases, and the measures beside cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from proved_packs import rule_text, with_rules
from small_pack import base_files

from engine.cli.root import cli
from engine.domain.pack import PackFile

LOW = "{quantity: crcl, below: '15 mL/min'}"
FLOOR = rule_text("x.floor", LOW, kind="contraindication", severity="avoid", options="[doac]")
HALF = rule_text("x.half", "{takes: ketoconazole}", kind="dose adjustment", dose="2 mg")
FULL = rule_text("x.full", "{concept: cyp2c9.poor}", kind="dose adjustment", dose="5 mg")


def _written(folder: Path, files: tuple[PackFile, ...]) -> Path:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


def _run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def contradicting(tmp_path: Path) -> Path:
    return _written(tmp_path / "pack", with_rules(FLOOR, HALF, FULL))


def test_a_contradiction_is_told_with_both_places_and_a_patient(contradicting: Path) -> None:
    result = _run("prove", contradicting)

    assert result.exit_code == 1
    assert "rules/own.yaml:22: contradiction: one patient is told two doses of apixaban" in result.stdout
    assert "    see rules/own.yaml:12\n" in result.stdout
    assert "takes ketoconazole, CYP2C9 " in result.stdout
    assert "3 rules, " in result.stdout


def test_a_pack_in_which_nothing_is_found_ends_with_0(tmp_path: Path) -> None:
    result = _run("prove", _written(tmp_path / "pack", with_rules(FLOOR)))

    assert result.exit_code == 0
    assert result.stdout.endswith("questions to the solver: nothing found\n")


def test_proofs_come_as_json_too(contradicting: Path) -> None:
    answer = json.loads(_run("prove", contradicting, "--format", "json").stdout)

    (proof,) = answer["proofs"]
    assert proof["kind"] == "contradiction"
    assert proof["shown"]["then"] == {"x.full": "fires", "x.half": "fires"}
    assert proof["unconfirmed"] == ""


def test_the_patients_shown_are_saved_as_cases_that_pass(contradicting: Path) -> None:
    _run("prove", contradicting, "--save-case", contradicting / "rules" / "shown.cases.yaml")

    result = _run("cases", contradicting, "--file", "rules/shown.cases.yaml")

    assert result.stdout.endswith("1 passed, 0 failed\n")


@pytest.mark.parametrize("name", ["rules/showm.cases.yaml", "shown", "none.yaml"])
def test_cases_of_a_file_that_is_not_there_are_no_cases_that_pass(contradicting: Path, name: str) -> None:
    _run("prove", contradicting, "--save-case", contradicting / "rules" / "shown.cases.yaml")

    result = _run("cases", contradicting, "--file", name)

    assert result.exit_code == 2
    assert f'the rule pack has no file "{name}"' in result.stderr
    assert "rules/shown.cases.yaml" in result.stderr


def test_a_place_that_cannot_be_written_is_told_and_ends_with_3(contradicting: Path) -> None:
    result = _run("prove", contradicting, "--save-case", contradicting / "none" / "shown.cases.yaml")

    assert result.exit_code == 3
    assert "shown.cases.yaml" in result.stderr
    assert "Traceback" not in result.output


def test_suggested_cases_can_be_pasted_as_they_are(tmp_path: Path) -> None:
    folder = _written(tmp_path / "pack", with_rules(FLOOR))
    text = _run("suggest-cases", "x.floor", folder).stdout
    (folder / "rules" / "own.cases.yaml").write_text(text, encoding="utf-8")

    result = _run("cases", folder, "--coverage", "--mutation")

    assert result.exit_code == 0, result.output
    assert "rule coverage: 3 of 3 (100.0%)\n" in result.stdout
    assert "boundary coverage: 2 of 2 (100.0%)\n" in result.stdout
    assert "mutation score: 6 of 6 planted mistakes noticed (100.0%)" in result.stdout


def test_a_rule_that_does_not_exist_ends_with_2_and_names_the_nearest(tmp_path: Path) -> None:
    result = _run("suggest-cases", "x.flor", _written(tmp_path / "pack", with_rules(FLOOR)))

    assert result.exit_code == 2
    assert "x.floor" in result.stderr


def test_what_no_case_has_seen_and_what_none_noticed_is_told_with_its_place(tmp_path: Path) -> None:
    folder = _written(tmp_path / "pack", base_files())

    plain, measured = _run("cases", folder), _run("cases", folder, "--coverage", "--mutation")

    assert plain.stdout == "5 passed, 0 failed\n"
    assert measured.stdout.startswith(plain.stdout)
    assert "rules/apixaban.yaml:2: boundary not covered: no case of apixaban.crcl" in measured.stdout
    assert "rules/apixaban.yaml:18: survived: doac.bleeding: " in measured.stdout


def test_measures_come_as_json_beside_the_cases(tmp_path: Path) -> None:
    folder = _written(tmp_path / "pack", base_files())

    answer = json.loads(
        _run("cases", folder, "--coverage", "--mutation", "--sample", 5, "--format", "json").stdout
    )

    assert set(answer) == {"cases", "coverage", "mutation"}
    assert answer["coverage"]["shares"]["rule"] == {"covered": 6, "of": 6}
    assert answer["mutation"]["killed"] + len(answer["mutation"]["survivors"]) <= 5
