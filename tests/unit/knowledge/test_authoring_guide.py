"""The guide for authors and the schema speak of the same keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from engine.knowledge.case_schema import CaseEntry, GivenEntry
from engine.knowledge.entry import Entry
from engine.knowledge.refusals import validated
from engine.knowledge.schema import SECTIONS, PackEntry
from engine.knowledge.yaml_source import MapNode, read_yaml

GUIDE = (Path(__file__).resolve().parents[3] / "rulesets" / "AUTHORING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def models_in(annotation: object) -> Iterator[type[Entry]]:
    """Go through the models of a field, and of theirs."""
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def all_models() -> set[type[Entry]]:
    """Return every model an entry can hold."""
    found: set[type[Entry]] = set()
    todo: list[type[Entry]] = [*SECTIONS.values(), CaseEntry, GivenEntry, PackEntry]
    while todo:
        model = todo.pop()
        if model not in found:
            found.add(model)
            todo += [inner for field in model.model_fields.values() for inner in models_in(field.annotation)]
    return found


def test_every_key_that_can_be_written_is_in_the_guide() -> None:
    keys = {field.alias or name for model in all_models() for name, field in model.model_fields.items()}

    assert {key for key in keys if not re.search(rf"\b{re.escape(key)}\b", GUIDE)} == set()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0])
def test_every_example_in_the_guide_has_the_shape_the_schema_asks_for(block: str) -> None:
    top, diagnostics = read_yaml("AUTHORING.md", re.sub(r"(?m)^ +\.\.\.\n", "", block).encode())

    assert diagnostics == ()
    assert top is not None
    for section, node in top.entries.items():
        if section in SECTIONS:
            assert isinstance(node, MapNode)
            for name, entry in node.entries.items():
                assert validated(SECTIONS[section], entry, name)[1] == ()
        elif section == "patients":
            assert isinstance(node, MapNode)
            for name, entry in node.entries.items():
                assert validated(GivenEntry, entry, name)[1] == ()
