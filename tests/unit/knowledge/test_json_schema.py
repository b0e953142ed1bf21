"""The published schemas: as the models say, good for every file that ships, bad for what is broken."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from engine.cli.root import cli
from engine.knowledge.json_schema import descriptions_of, schema_files
from engine.knowledge.manifest import MANIFEST, read_pack_files
from engine.knowledge.premise_schema import PremiseEntry
from engine.knowledge.schema import SECTIONS
from engine.knowledge.yaml_source import data_of, read_yaml

ROOT = Path(__file__).resolve().parents[3]
RULESETS = ROOT / "rulesets"
SCHEMAS = {name.split(".")[0]: json.loads(text) for name, text in schema_files().items()}
ERRORS = ROOT / "tests" / "authoring_errors"
#: Mistakes of shape that an editor can tell without knowing any name.
OF_SHAPE = (
    "bad_age",
    "bad_name",
    "bad_number",
    "case_misspelt_list.cases",
    "day_in_another_order",
    "empty_text",
    "list_where_text",
    "misspelt_choice",
    "misspelt_key",
    "misspelt_key_in_premise",
    "missing_keys",
    "no_kind_in_premise",
    "nothing_where_text",
    "section_is_a_list",
    "stray_modifier",
    "text_where_list",
    "text_where_mapping",
    "two_kinds_in_premise",
    "unknown_section",
)


def kind_of(path: str) -> str:
    """Return which schema a file goes by."""
    return "manifest" if path == MANIFEST else "cases" if path.endswith(".cases.yaml") else "rules"


def as_editors_read(text: str) -> Any:
    """Return what a YAML 1.2 parser makes of a text; days stay text, as JSON has none."""
    return _without_days(YAML(typ="safe", pure=True).load(StringIO(text)))


def _without_days(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_without_days(key)): _without_days(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_days(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def complaints(path: str, data: Any) -> list[str]:
    """Return what the schema of a file finds wrong."""
    validator = Draft202012Validator(SCHEMAS[kind_of(path)])
    return [error.message for error in validator.iter_errors(data)]


@pytest.mark.parametrize("name", ["rules", "cases", "manifest"])
def test_the_schemas_that_ship_are_those_the_models_make(name: str) -> None:
    shipped = (RULESETS / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")

    assert shipped == schema_files()[f"{name}.schema.json"], "run main.py schema --out rulesets/schema"
    Draft202012Validator.check_schema(json.loads(shipped))


@pytest.mark.parametrize("folder", [RULESETS, ERRORS / "base"], ids=["shipped", "small"])
def test_every_file_of_a_good_pack_is_valid_in_either_reading(folder: Path) -> None:
    files = read_pack_files(folder)

    assert files
    for file in files:
        node, _ = read_yaml(file.path, file.content)
        assert node is not None
        assert complaints(file.path, data_of(node)) == [], file.path
        assert complaints(file.path, as_editors_read(file.content.decode())) == [], file.path


@pytest.mark.parametrize("mistake", OF_SHAPE)
def test_a_mistake_of_shape_is_told_by_the_schema_too(mistake: str) -> None:
    path = ERRORS / f"{mistake}.yaml"
    node, _ = read_yaml(path.name, path.read_bytes())

    assert node is not None
    assert complaints(path.name, data_of(node)) != []
    assert complaints(path.name, as_editors_read(path.read_text(encoding="utf-8"))) != []


@pytest.mark.parametrize(
    ("premise", "valid"),
    [
        ("{takes: a, route: oral, dose: {at_least: 1 mg}, daily_dose: {above: limit}}", True),
        ("{takes: a, route: [oral, rectal], started_within: 2 weeks}", True),
        ("{takes: a, route: by mouth}", False),
        ("{takes: a, within: 7 days}", False),
        ("{takes: a, stopped: b}", False),
        ("{stopped: a, within: 7 days}", True),
        ("{stopped: a, within: 2 months}", False),
        ("{change: a, rises_by: 50 %, within: 7 days}", True),
        ("{change: a, falls_by: {above: 0.3 mg/dL}, within: 7 days}", True),
        ("{trimester: [1, 2]}", True),
        ("{trimester: first}", False),
        ("{allergy: a, severity: severe, reaction: anaphylaxis}", True),
        ("{allergy: a, severity: grave}", False),
        ("{quantity: a, below: 15, no_older_than: 1 day}", True),
        ("{activity_score: {gene: A, at_least: 1.25}}", True),
        ("{activity_score: {at_least: 1.25}}", False),
        ("{within: 7 days}", False),
    ],
)
def test_a_premise_is_one_question_with_its_own_details(premise: str, valid: bool) -> None:  # noqa: FBT001
    file = f"concepts: {{a: {{title: b, when: {premise}, sources: []}}}}"

    assert (complaints("x.yaml", as_editors_read(file)) == []) is valid


def test_every_key_says_what_it_means() -> None:
    definitions = SCHEMAS["rules"]["$defs"]

    for model in SECTIONS.values():
        described = definitions[model.__name__]
        assert described["description"]
        for key, field in described["properties"].items():
            assert field.get("description"), f"{model.__name__}.{key}"
    assert descriptions_of(PremiseEntry)["not"] == "The part does not hold."


def test_the_schemas_are_no_part_of_the_pack() -> None:
    assert not [file.path for file in read_pack_files(RULESETS) if "schema" in file.path]


def test_the_command_prints_one_schema_or_writes_all(tmp_path: Path) -> None:
    printed = CliRunner().invoke(cli, ["schema", "cases"])
    written = CliRunner().invoke(cli, ["schema", "--out", str(tmp_path / "schema")])

    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert json.loads(printed.output) == SCHEMAS["cases"]
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "schema").iterdir()} == dict(
        schema_files()
    )
