"""Domain values as trees of JSON, in which parts that were one object stay one object."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from engine.store.sharing import Tree

_PLAIN = (str, int, float, bool, type(None))


def tree_of(value: object, without: Mapping[type, Collection[str]] | None = None) -> Tree:
    """Return a value as its JSON reads back, fields in the order of their class.

    A part that stands in several places is walked once, and is one object in the tree: of a decision,
    whose traces share what they rest on, most is.

    Args:
        value: of the domain.
        without: fields of classes that are left out where they hold their default.
    """
    return _Walk(without or {}).tree(value)


class _Walk:
    def __init__(self, without: Mapping[type, Collection[str]]) -> None:
        self._without = without
        self._made: dict[int, Tree] = {}
        self._fields: dict[type, tuple[str, ...]] = {}

    def tree(self, value: Any) -> Tree:  # noqa: ANN401 - any type of the domain
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind in (tuple, list):
            return [self.tree(item) for item in value]
        if isinstance(value, enum.Enum):
            return value.value
        made = self._made.get(id(value))
        if made is None:
            made = self._made[id(value)] = self._object(value, kind)
        return made

    def _object(self, value: Any, kind: type) -> Tree:  # noqa: ANN401 - any type of the domain
        if not dataclasses.is_dataclass(kind):
            return msgspec.to_builtins(value)
        names = self._fields.get(kind)
        if names is None:
            names = self._fields[kind] = tuple(item.name for item in dataclasses.fields(kind))
        tree = {name: self.tree(getattr(value, name)) for name in names}
        for name in self._without.get(kind, ()):
            if getattr(value, name) == _default(kind, name):
                del tree[name]
        return tree


def _default(kind: type, name: str) -> object:
    return next(item.default for item in dataclasses.fields(kind) if item.name == name)
