"""Domain values as trees of JSON, in which parts that were one object stay one object."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import msgspec

from engine.store.sharing import Tree

_PLAIN = (str, int, float, bool, type(None))


def tree_of(value: object) -> Tree:
    """Return a value as its JSON reads back, fields in the order of their class.

    A part that stands in several places is walked once, and is one object in the tree: of a decision,
    whose traces share what they rest on, most is.
    """
    return _Walk().tree(value)


class _Walk:
    def __init__(self) -> None:
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
        return {name: self.tree(getattr(value, name)) for name in names}
