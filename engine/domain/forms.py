"""A rule as a form: the tree of its text, and what each node of the tree may hold."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class NodeKind(enum.StrEnum):
    """What a node of the tree is."""

    VALUE = "value"
    LIST = "list"
    MAP = "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormNode:
    """One node of the tree of a rule; which of the fields below counts, its kind says."""

    kind: NodeKind
    text: str | None = None
    """Of a value: as it is meant, without quotation marks; None where nothing is written."""
    items: tuple[FormNode, ...] = ()
    """Of a list."""
    entries: tuple[tuple[str, FormNode], ...] = ()
    """Of a map: key and node, in the order written."""

    def get(self, key: str) -> FormNode | None:
        """Return the node under a key of a map."""
        return next((node for name, node in self.entries if name == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPlace:
    """Where one part of a rule stands in its text: what a diagnostic speaks of."""

    way: tuple[str | int, ...]
    """Keys of maps and places in lists, from the rule down."""
    line: int
    column: int
    """Of a key, where the key begins; of an item of a list, where the item begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForm:
    """The tree of a rule, and where its parts stand."""

    tree: FormNode
    places: tuple[FormPlace, ...]
    """In the order of the text, the rule itself first."""
    end: int
    """The last line of the rule."""


def value_node(text: str | None) -> FormNode:
    """Return a value."""
    return FormNode(kind=NodeKind.VALUE, text=text)


def list_node(*items: FormNode) -> FormNode:
    """Return a list."""
    return FormNode(kind=NodeKind.LIST, items=items)


def map_node(*entries: tuple[str, FormNode]) -> FormNode:
    """Return a map."""
    return FormNode(kind=NodeKind.MAP, entries=entries)


class FieldKind(enum.StrEnum):
    """How the text of a field is read."""

    TEXT = "text"
    FREE = "free text"
    NAME = "name"
    NUMBER = "number"
    WHOLE = "whole number"
    SWITCH = "yes or no"
    DAY = "day"
    AGE = "age"
    HOURS = "hours"
    AMOUNT = "amount"
    LIMIT = "limit"
    CHOICE = "choice"
    ENTRY = "entry"
    """A map of a shape of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One key that a shape may hold."""

    key: str
    title: str
    says: str
    """What it means, in a sentence; empty where the language does not say it."""
    kind: FieldKind
    many: bool
    """True for a list of such things."""
    required: bool
    choices: tuple[str, ...] = ()
    shape: str = ""
    """Of an entry: the shape of its map."""
    sorts: tuple[str, ...] = ()
    """What a name here may name; see ``FormLanguage.names``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAlternative:
    """One key that alone decides what a node says, and the keys that may stand beside it."""

    key: str
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormShape:
    """What a map may hold."""

    name: str
    fields: tuple[FormField, ...]
    alternatives: tuple[FormAlternative, ...] = ()
    """Where not empty, exactly one of these keys stands in the map."""

    def field(self, key: str) -> FormField | None:
        """Return a field by its key."""
        return next((field for field in self.fields if field.key == key), None)

    def alternative(self, key: str) -> FormAlternative | None:
        """Return an alternative by its key."""
        return next((found for found in self.alternatives if found.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormNames:
    """The names of one sort that a pack defines."""

    sort: str
    names: tuple[tuple[str, str], ...]
    """Id and title, in order of title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLanguage:
    """All that a form of a rule needs to know: read off the rule language itself and the pack in use."""

    root: str
    """The shape of a rule."""
    shapes: tuple[FormShape, ...]
    names: tuple[FormNames, ...]

    def shape(self, name: str) -> FormShape | None:
        """Return a shape by its name."""
        return next((shape for shape in self.shapes if shape.name == name), None)

    def offered(self, field: FormField) -> tuple[tuple[str, str], ...]:
        """Return the names that may stand in a field."""
        return tuple(name for found in self.names if found.sort in field.sorts for name in found.names)
