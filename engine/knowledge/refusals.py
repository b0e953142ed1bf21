"""Errors of pydantic in the words of a pharmacist, each with its line and a remedy."""

from __future__ import annotations

from typing import TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.domain.diagnostics import Diagnostic
from engine.knowledge.codes import Code, error
from engine.knowledge.entry import Entry
from engine.knowledge.fields import Refused
from engine.knowledge.yaml_source import Node, data_of, place_in
from engine.terminology.alike import did_you_mean

EntryT = TypeVar("EntryT", bound=Entry)

_MAPPING = ("expects named entries.", "Write name: value on lines of their own, indented two spaces further.")
_SHAPES = {
    "string_type": ("expects one text or name.", "Write a single text here, neither empty nor in brackets."),
    "list_type": ("expects a list.", "Put it in square brackets: [one, two]."),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}


def validated(model: type[EntryT], node: Node, called: str) -> tuple[EntryT | None, tuple[Diagnostic, ...]]:
    """Return the entry in its model, or a diagnostic for each thing wrong in it.

    Args:
        model: what the entry must be.
        node: what was written.
        called: the entry for messages, such as ``rule "apixaban.crcl"``.
    """
    try:
        return model.model_validate(data_of(node)), ()
    except ValidationError as exc:
        return None, tuple(_worded(details, model, node, called) for details in exc.errors())


def _worded(details: ErrorDetails, model: type[Entry], node: Node, called: str) -> Diagnostic:
    way = tuple(step for step in details["loc"] if step != "[key]")
    span = place_in(node, way)
    what = f"{called}: {_written(way)}"
    match details["type"]:
        case "extra_forbidden":
            known = _keys_at(model, way[:-1])
            where = f" in {_written(way[:-1])}" if way[:-1] else ""
            return error(
                Code.UNKNOWN_KEY,
                span,
                f"{called}: there is no {way[-1]}{where}.",
                did_you_mean(str(way[-1]), known),
            )
        case "missing":
            return error(
                Code.MISSING_KEY,
                place_in(node, way[:-1]),
                f"{what} is missing.",
                "rulesets/AUTHORING.md shows a whole entry.",
            )
        case kind if kind in _SHAPES:
            words, hint = _SHAPES[kind]
            return error(Code.WRONG_SHAPE, span, f"{what} {words}", hint)
        case _:
            cause = details.get("ctx", {}).get("error")
            if isinstance(cause, Refused):
                return error(Code.BAD_VALUE, span, f"{what}: {cause.message}", cause.hint)
            return error(
                Code.BAD_VALUE,
                span,
                f"{what} cannot be read ({details['msg'].lower()}).",
                "rulesets/AUTHORING.md shows a whole entry.",
            )


def _written(way: tuple[str | int, ...]) -> str:
    """Return a way as one name, lists counted from 1.

    >>> _written(("when", "all", 1, "below"))
    'when.all[2].below'
    """
    text = ""
    for step in way:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".") or "this"


def _keys_at(model: type[Entry], way: tuple[str | int, ...]) -> list[str]:
    """Return the keys that the model at a way below this one takes."""
    here: type[Entry] | None = model
    for step in way:
        if here is None:
            return []
        field = next(
            (field for name, field in here.model_fields.items() if (field.alias or name) == step), None
        )
        if field is not None:
            here = _model_in(field.annotation)
        # Else the step is a list index or the key of a mapping, whose model was found already.
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: object) -> type[Entry] | None:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
