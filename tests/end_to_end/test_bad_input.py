"""Whatever a command cannot use, it says so in words, and never ends as if the answer were no."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from engine.cli.frame import told
from engine.cli.root import cli


def _run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    file = tmp_path / "empty.csv"
    file.touch()
    return file


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    file = tmp_path / "binary.csv"
    file.write_bytes(b"\x80\xff\xfe" * 50)
    return file


def test_a_place_that_cannot_be_written_is_told_with_its_name(empty: Path) -> None:
    result = _run("schema", "--out", empty / "below")
    assert result.exit_code == 3
    assert str(empty) in result.stderr
    assert "this cannot be read or written: Not a directory." in result.stderr
    assert "Traceback" not in result.output


def test_trials_are_not_pooled_from_a_table_without_any(empty: Path) -> None:
    result = _run("evidence", "copd", "--data", empty)
    assert result.exit_code == 2
    assert "it has no trial that can be pooled" in result.stderr
    assert "Give a table with the columns id, treatment, exac, total." in result.stderr


def test_a_column_that_a_table_lacks_is_named(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a;b\n1;2\n", encoding="utf-8")
    assert "it has no column id" in _run("evidence", "copd", "--data", table).stderr


@pytest.mark.parametrize("words", [("evidence", "copd", "--data"), ("train", "warfarin-dose", "--data")])
def test_what_is_no_text_is_told_without_terms_of_python(words: tuple[str, ...], binary: Path) -> None:
    result = _run(*words, binary)
    assert result.exit_code == 2
    assert "it is no text in UTF-8" in result.stderr
    assert "codec" not in result.stderr


def test_a_passphrase_is_not_looked_for_in_what_is_no_text(binary: Path, tmp_path: Path) -> None:
    words = ("--database", tmp_path / "d.sqlite", "--passphrase-file", binary, "users", "first", "Ada")
    result = _run(*words)
    assert result.exit_code == 2
    assert "The passphrase cannot be read from it: it is no text in UTF-8." in result.stderr


@pytest.mark.parametrize("command", ["evidence", "train"])
def test_a_recipe_that_is_not_there_is_told_in_words(command: str, tmp_path: Path, empty: Path) -> None:
    result = _run(command, tmp_path / "none.yaml", "--data", empty)
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr
    assert "Errno" not in result.stderr


def test_a_folder_is_no_recipe(tmp_path: Path) -> None:
    result = _run("evidence", tmp_path)
    assert result.exit_code == 2
    assert f"there is no evidence recipe '{tmp_path}'" in result.stderr


def test_the_version_that_cannot_be_surveyed_is_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").touch()
    base = Path(__file__).resolve().parents[1] / "authoring_errors" / "base"
    result = _run("survey", "af", base, "--against", tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path}: the rule pack cannot be used" in result.stderr


def test_standard_patients_are_not_listed_of_another_pack_than_the_one_named(tmp_path: Path) -> None:
    result = _run("survey", "--list-patients", tmp_path / "none")
    assert result.exit_code == 2
    assert "There is no folder" in result.stderr


@click.command()
@click.argument("what")
@told
def _fails(what: str) -> None:
    if what == "usage":
        raise click.UsageError("Not so.")
    raise RuntimeError("nobody foresaw it") if what == "fault" else OSError("of no file")


@pytest.mark.parametrize("what", ["fault", "system"])
def test_a_fault_that_nobody_foresaw_ends_with_70_and_what_to_do(
    what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _fails.main([what], prog_name="x")
    said = capfd.readouterr().err
    assert ended.value.code == 70
    assert "a fault of WhyRx itself" in said
    assert "Please report the lines above" in said
    assert "Traceback" in said


def test_a_wrong_call_is_answered_by_click_as_ever() -> None:
    assert CliRunner().invoke(_fails, ["usage"]).exit_code == 2
