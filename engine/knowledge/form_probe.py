"""Asking the reader of rules which names it looks for: rules in which every field is written are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from engine.domain.forms import (
    FieldKind,
    FormField,
    FormNode,
    FormShape,
    list_node,
    map_node,
    value_node,
)
from engine.domain.pack import PackFile
from engine.domain.rules import FileSpan
from engine.knowledge.load import names_of
from engine.knowledge.names import Names, Sort
from engine.knowledge.written_yaml import written_block
from engine.knowledge.yaml_source import ListNode, MapNode, Node, read_yaml

_PATH = "asked-by-a-form.yaml"
#: A name that no pack defines.
_NOBODY = "asked.by.a.form"
_SECTION = re.compile(rb"^(\w+):", re.MULTILINE)
#: What is written where no name is asked for.
_SAMPLES = {
    FieldKind.TEXT: _NOBODY,
    FieldKind.FREE: "x",
    FieldKind.NAME: _NOBODY,
    FieldKind.NUMBER: "1",
    FieldKind.WHOLE: "1",
    FieldKind.SWITCH: "yes",
    FieldKind.DAY: "2100-01-01",
    FieldKind.AGE: "1 day",
    FieldKind.HOURS: "1 hour",
    FieldKind.AMOUNT: "1",
    FieldKind.LIMIT: _NOBODY,
}
#: Only texts of these kinds can be names.
_NAMING = (FieldKind.NAME, FieldKind.TEXT, FieldKind.LIMIT)
_Sorts = dict[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader looked for, and what the pack defines."""

    sorts: Mapping[tuple[str, str], tuple[str, ...]]
    """Shape and key -> the sorts of names that may stand there."""
    names: Names


def ask_reader(files: tuple[PackFile, ...], day: date, shapes: Sequence[FormShape], root: str) -> Asked:
    """Read rules in which every field is written, beside the words of a pack.

    Twice: what a limit may name is looked for only beside a name that is defined, and which names those can
    be the first reading tells.
    """
    words = tuple(file for file in files if _SECTION.findall(file.content) != [b"rules"])
    prober = _Prober({shape.name: shape for shape in shapes}, root)
    sorts: _Sorts = {}
    defined: dict[tuple[str, str], str] = {}
    names = Names()
    for _ in range(2):
        text = prober.text(defined)
        names = names_of((*words, PackFile(path=_PATH, content=text.encode())), day)
        sorts = prober.heard(text, names)
        defined = {
            place: known.name
            for place, several in sorts.items()
            if (known := next(iter(names.of(*(Sort(sort) for sort in several))), None)) is not None
        }
    return Asked(sorts=sorts, names=names)


@dataclass(frozen=True, slots=True)
class _Prober:
    """Writes rules of every shape, and finds again what was written where."""

    shapes: Mapping[str, FormShape]
    root: str

    def text(self, defined: Mapping[tuple[str, str], str]) -> str:
        """Return a file of rules; where a defined name is known for a place, it is written there."""
        numbers = count(1)
        lines = ["rules:"]
        for shape in self.shapes.values():
            for node in self._each(shape, defined):
                rule = self._inside(self.shapes[self.root], shape.name, node, ())
                if rule is not None:
                    lines += [f"  asked.{next(numbers)}:", f"    {written_block(rule, 4)}"]
        return "\n".join(lines) + "\n"

    def heard(self, text: str, names: Names) -> _Sorts:
        """Return the sorts that were looked for, by the place they were looked for at."""
        top, _ = read_yaml(_PATH, text.encode())
        places: dict[FileSpan, tuple[str, str]] = {}
        rules = top.entries.get("rules") if top is not None else None
        for rule in rules.entries.values() if isinstance(rules, MapNode) else ():
            places.update(self._places(rule, self.shapes[self.root]))
        found: dict[tuple[str, str], dict[str, None]] = {}
        for reference in names.references:
            place = places.get(reference.span)
            if place is not None:
                found.setdefault(place, {}).update(dict.fromkeys(str(sort) for sort in reference.sorts))
        return {place: tuple(sorts) for place, sorts in found.items()}

    def _each(self, shape: FormShape, defined: Mapping[tuple[str, str], str]) -> Iterator[FormNode]:
        """Yield a map of a shape with every field; of one with alternatives, one for each pair of keys."""
        if not shape.alternatives:
            yield map_node(*((field.key, self._sample(field)) for field in shape.fields))
            return
        for alternative in shape.alternatives:
            field = shape.field(alternative.key)
            if field is None:
                continue
            asked = defined.get((shape.name, field.key))
            first = (field.key, value_node(asked) if asked else self._sample(field))
            yield map_node(first)
            for key in alternative.beside:
                other = shape.field(key)
                if other is not None:
                    yield map_node(first, (key, self._sample(other)))

    def _sample(self, field: FormField) -> FormNode:
        if field.kind is FieldKind.ENTRY:
            one = self._least(self.shapes[field.shape])
        elif field.choices:
            one = value_node(field.choices[0])
        else:
            one = value_node(_SAMPLES[field.kind])
        return list_node(one) if field.many else one

    def _least(self, shape: FormShape) -> FormNode:
        """Return the least map of a shape: required fields, or the first alternative that is no map."""
        alternatives = (shape.field(each.key) for each in shape.alternatives)
        simple = next((each for each in alternatives if each and each.kind is not FieldKind.ENTRY), None)
        needed = [simple] if simple else [field for field in shape.fields if field.required]
        return map_node(*((field.key, self._sample(field)) for field in needed))

    def _inside(
        self, outer: FormShape, wanted: str, node: FormNode, above: tuple[str, ...]
    ) -> FormNode | None:
        """Return the least map of a shape that holds a map of another shape somewhere inside."""
        if outer.name == wanted:
            return node
        for field in outer.fields:
            if field.kind is not FieldKind.ENTRY or field.shape in above:
                continue
            inner = self._inside(self.shapes[field.shape], wanted, node, (*above, outer.name))
            if inner is None:
                continue
            held = list_node(inner) if field.many else inner
            rest = [] if outer.alternatives else [each for each in outer.fields if each.required]
            others = [(each.key, self._sample(each)) for each in rest if each.key != field.key]
            return map_node(*others, (field.key, held))
        return None

    def _places(self, node: Node, shape: FormShape) -> Iterator[tuple[FileSpan, tuple[str, str]]]:
        """Yield where each field of a map and of the maps inside it stands."""
        if not isinstance(node, MapNode):
            return
        for key, value in node.entries.items():
            field = shape.field(key)
            if field is None:
                continue
            several = value.items if isinstance(value, ListNode) else (value,)
            if field.kind is FieldKind.ENTRY:
                for each in several:
                    yield from self._places(each, self.shapes[field.shape])
            elif field.kind in _NAMING:
                yield node.keys[key], (shape.name, key)
                for each in several:
                    yield each.span, (shape.name, key)
