"""What a form of a rule may hold, read off the models of the rule language: no key is listed twice.

Which names may stand in a field is asked of the reader of rules itself: rules in which every field is written
are read, and the sorts of names that the reader looked for are kept.
"""

from __future__ import annotations

import enum
import types
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Annotated, Union, get_args, get_origin, get_type_hints

from engine.domain.forms import (
    FieldKind,
    FormAlternative,
    FormField,
    FormLanguage,
    FormNames,
    FormShape,
)
from engine.domain.pack import PackFile
from engine.knowledge import fields
from engine.knowledge.entry import Entry
from engine.knowledge.form_probe import ask_reader
from engine.knowledge.names import Sort
from engine.knowledge.premise_schema import PREMISE_KEYS, PremiseEntry
from engine.knowledge.schema import RuleEntry

#: The types of fields in rule files, by what they are made of.
_WRITTEN = {
    FieldKind.NAME: "Name",
    FieldKind.NUMBER: "Number",
    FieldKind.WHOLE: "Whole",
    FieldKind.SWITCH: "Switch",
    FieldKind.DAY: "Day",
    FieldKind.AGE: "Age",
    FieldKind.HOURS: "Hours",
    FieldKind.AMOUNT: "Amount",
    FieldKind.LIMIT: "Limit",
    FieldKind.TEXT: "Text",
    FieldKind.FREE: "Free",
}


@lru_cache(maxsize=1)
def shapes() -> tuple[FormShape, ...]:
    """Return the shape of a rule and of every map inside one; the names that may stand in them left open."""
    found: dict[str, FormShape] = {}
    waiting: list[type[Entry]] = [RuleEntry]
    while waiting:
        model = waiting.pop()
        if model.__name__ in found:
            continue
        hints = get_type_hints(model, include_extras=True)
        made = []
        for name, info in model.model_fields.items():
            one, many = _peeled(hints[name])
            inner = one if isinstance(one, type) and issubclass(one, Entry) else None
            if inner is not None:
                waiting.append(inner)
            key = info.alias or name
            made.append(
                FormField(
                    key=key,
                    title=key.replace("_", " "),
                    says=info.description or "",
                    kind=_kind(one),
                    many=many,
                    required=info.is_required(),
                    choices=_choices(one),
                    shape=inner.__name__ if inner is not None else "",
                )
            )
        alternatives = PREMISE_KEYS if model is PremiseEntry else {}
        found[model.__name__] = FormShape(
            name=model.__name__,
            fields=tuple(made),
            alternatives=tuple(
                FormAlternative(key=key, beside=tuple(beside)) for key, beside in alternatives.items()
            ),
        )
    return tuple(found.values())


def form_language(files: tuple[PackFile, ...], day: date) -> FormLanguage:
    """Return all that a form needs to know: the shapes, and the names of a pack that may stand in each field.

    Args:
        files: every file of the pack.
        day: the day whose parameter values hold.
    """
    found = ask_reader(files, day, shapes(), RuleEntry.__name__)
    sorts = found.sorts
    needed = dict.fromkeys(sort for several in sorts.values() for sort in several)
    names = tuple(
        FormNames(
            sort=sort,
            names=tuple(
                sorted(
                    ((item.name, item.title or item.name) for item in found.names.of(Sort(sort))),
                    key=lambda name: (name[1].casefold(), name[0]),
                )
            ),
        )
        for sort in needed
    )
    return FormLanguage(
        root=RuleEntry.__name__,
        shapes=tuple(
            replace(
                shape,
                fields=tuple(
                    replace(each, sorts=sorts.get((shape.name, each.key), ())) for each in shape.fields
                ),
            )
            for shape in shapes()
        ),
        names=names,
    )


def _peeled(hint: object) -> tuple[object, bool]:
    """Return the type of one thing, and whether a field holds a list of them."""
    many = False
    while True:
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            (hint,) = (each for each in get_args(hint) if each is not type(None))
        elif origin is list:
            many = True
            (hint,) = get_args(hint)
        elif origin is Annotated and _known(hint) is None:
            hint = get_args(hint)[0]
        else:
            return hint, many


def _known(hint: object) -> FieldKind | None:
    """Return the kind of a field whose type is one of those in ``fields``."""
    for kind, alias in _WRITTEN.items():
        if hint == getattr(fields, alias, None):
            return kind
    return None


def _kind(one: object) -> FieldKind:
    if isinstance(one, type) and issubclass(one, Entry):
        return FieldKind.ENTRY
    if isinstance(one, type) and issubclass(one, enum.Enum):
        return FieldKind.CHOICE
    return _known(one) or FieldKind.TEXT


def _choices(one: object) -> tuple[str, ...]:
    if isinstance(one, type) and issubclass(one, enum.Enum):
        return tuple(str(member.value) for member in one)
    return ()
