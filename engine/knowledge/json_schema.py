"""The shape of rule files as JSON Schema, for editors that complete and check while somebody types.

Made from the models that read the files, so that both say the same. It knows shapes, choices and forms of
text; what names mean, whether units fit and what rules say beside each other, ``check`` alone can tell.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic.json_schema import models_json_schema

from engine.knowledge.case_schema import CaseEntry, GivenEntry
from engine.knowledge.entry import Entry
from engine.knowledge.premise_schema import PREMISE_KEYS, PremiseEntry
from engine.knowledge.schema import SECTIONS, PackEntry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAMES = {"pattern": r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$"}
#: What pydantic writes that says nothing to an author: titles made from keys, and nothing as a default.
_NOISE = ("title", "default")

Schema = dict[str, Any]


def rule_file_schema() -> Schema:
    """Return the schema of rule, vocabulary and all other knowledge files."""
    sections = {key: _named(model) for key, model in SECTIONS.items()}
    return _file("A file of a rule pack", SECTIONS.values(), sections)


def case_file_schema() -> Schema:
    """Return the schema of files of given-when-then cases."""
    cases = {"type": "array", "items": _ref(CaseEntry)}
    return _file(
        "A file of given-when-then cases",
        (CaseEntry, GivenEntry),
        {"patients": _named(GivenEntry), "cases": cases},
    )


def manifest_schema() -> Schema:
    """Return the schema of the manifest of a pack."""
    hashes = {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "description": "Each file with the SHA-256 it was sealed with; written by seal.",
    }
    made = _file("The manifest of a rule pack", (PackEntry,), {"pack": _ref(PackEntry), "files": hashes})
    return {**made, "required": ["pack"]}


def schema_files() -> Mapping[str, str]:
    """Return every published schema as the text of its file, by file name."""
    made = {"rules": rule_file_schema(), "cases": case_file_schema(), "manifest": manifest_schema()}
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in made.items()
    }


def write_schema_files(folder: Path) -> tuple[Path, ...]:
    """Write every published schema into a folder, made where it is not there; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_files().items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def _file(title: str, models: Iterable[type[Entry]], properties: Mapping[str, Schema]) -> Schema:
    reached = tuple(dict.fromkeys(models))
    _, made = models_json_schema([(model, "validation") for model in reached], by_alias=True)
    described = {model.__name__: model for model in _below(reached)}
    definitions = {
        name: _definition(schema, described.get(name)) for name, schema in sorted(made["$defs"].items())
    }
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        "$defs": definitions,
    }


def _ref(model: type[Entry]) -> Schema:
    return {"$ref": f"#/$defs/{model.__name__}"}


def _named(model: type[Entry]) -> Schema:
    """Return the schema of a section: entries, each under its name."""
    return {"type": ["object", "null"], "propertyNames": _NAMES, "additionalProperties": _ref(model)}


def _definition(schema: Schema, model: type[Entry] | None) -> Schema:
    made: Schema = _quiet(schema)
    if model is None:
        return made
    told = descriptions_of(model)
    for key, field in made.get("properties", {}).items():
        if key in told:
            made["properties"][key] = {"description": told[key], **field}
    return {**made, **_of_premises()} if model is PremiseEntry else made


def _of_premises() -> Schema:
    """Return what the keys of a premise ask of each other: one kind, and companions beside their own."""
    owners: dict[str, list[str]] = {}
    for kind, companions in PREMISE_KEYS.items():
        for companion in companions:
            owners.setdefault(companion, []).append(kind)
    beside = {key: {"anyOf": [{"required": [kind]} for kind in kinds]} for key, kinds in owners.items()}
    return {"oneOf": [{"required": [kind]} for kind in PREMISE_KEYS], "dependentSchemas": beside}


def _quiet(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return a part of a schema without noise; the properties of a mapping are no part of its own."""
    if isinstance(schema, list):
        return [_quiet(each) for each in schema]
    if isinstance(schema, str):
        return schema.replace("``", "")
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "patternProperties" in schema else {}
    return closed | {
        key: {name: _quiet(each) for name, each in value.items()} if key == "properties" else _quiet(value)
        for key, value in schema.items()
        if not (key in _NOISE and not isinstance(value, dict) and (key == "title" or value in (None, "")))
    }


def descriptions_of(model: type[Entry]) -> Mapping[str, str]:
    """Return what each key of an entry means: the text that stands below its field in the source."""
    told: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Entry) and base is not Entry:
            told |= _texts_in(inspect.getsourcefile(base) or "").get(base.__name__, {})
    return {
        field.alias or name: " ".join(told[name].split())
        for name, field in model.model_fields.items()
        if name in told
    }


@lru_cache(maxsize=16)
def _texts_in(path: str) -> Mapping[str, Mapping[str, str]]:
    """Return the texts below the fields of every class in a source file."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return {node.name: dict(_fields_of(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields_of(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            yield field.target.id, below.value.value


def _below(models: Iterable[type[Entry]]) -> Iterator[type[Entry]]:
    """Go through models and all models that their fields hold."""
    seen: set[type[Entry]] = set()
    waiting = list(models)
    while waiting:
        model = waiting.pop()
        if model not in seen:
            seen.add(model)
            yield model
            waiting += [
                each for field in model.model_fields.values() for each in _models_in(field.annotation)
            ]


def _models_in(annotation: object) -> Iterator[type[Entry]]:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
