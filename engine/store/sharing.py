"""Trees in which many parts are equal, each part written once and referred to after that; and back.

In the trace of a decision the same premise stands under every option that it bears on. In the shared form
an object is written out where it is first met in reading order, and ``{"=": "x7Rq"}`` stands in every
later place. The name is computed from what the object says: SHA-256 of its JSON, in which
every object inside it is replaced by its own name, cut to three bytes and written in base64. So a
reader can compute it, and the same part has the same name in every decision, which is what lets a
dictionary compress one decision by others. An object whose name is taken by another keeps none and is
written out each time.

What a rule says of one option it mostly says of the next, so a field ``option_id`` does not count: a
reference then carries its own, ``{"=": "x7Rq", "option_id": "apixaban"}``.

Every tree has one shared form. ``expanded`` refuses any other, such as a repeated part written out.
"""

from __future__ import annotations

import binascii
import hashlib
from dataclasses import dataclass, field
from typing import Any

import msgspec

#: The key of a reference; no class of the domain has such a field.
_REFERENCE = "="
#: The field in which parts may differ and still be written once.
_APART = "option_id"
_NAME_BYTES = 3
_NESTED = (dict, list)

Tree = Any
"""Objects as ``dict``, lists, text, numbers, truth values and None."""

_encode = msgspec.json.Encoder().encode


class NotShared(ValueError):
    """A tree is not in the one shared form: a reference leads nowhere, or a part is repeated."""


@dataclass(slots=True)
class _Names:
    """Which object has which name, in one tree."""

    said: dict[str, bytes] = field(default_factory=dict)

    def name(self, inside: dict[str, Tree]) -> tuple[str, bool]:
        """Return the name of an object, empty where it is taken by another, and whether it is new."""
        says = _encode(inside | {_APART: ""} if _has_option(inside) else inside)
        name = binascii.b2a_base64(hashlib.sha256(says).digest()[:_NAME_BYTES], newline=False).decode()
        known = self.said.setdefault(name, says)
        if known is says:
            return name, True
        return (name if known == says else ""), False


def shared(tree: Tree, whole: tuple[str, ...]) -> Tree:
    """Return the shared form of a tree; the fields named at its top are written out without references."""
    writer = _Writer()
    return {key: writer.write(value, whole=key in whole)[0] for key, value in tree.items()}


def expanded(tree: Tree, whole: tuple[str, ...]) -> Tree:
    """Return the tree of a shared form; equal parts are one and the same object.

    Raises:
        NotShared: it is not the shared form of any tree.
    """
    reader = _Reader()
    return {key: reader.read(value, whole=key in whole)[0] for key, value in tree.items()}


def _reference(name: str, like: dict[str, Tree]) -> dict[str, Tree]:
    return {_REFERENCE: name, _APART: like[_APART]} if _has_option(like) else {_REFERENCE: name}


def _has_option(part: dict[str, Tree]) -> bool:
    return isinstance(part.get(_APART), str)


@dataclass(slots=True)
class _Writer:
    """Writes parts in reading order."""

    _names: _Names = field(default_factory=_Names)
    _met: dict[int, dict[str, Tree]] = field(default_factory=dict)
    """References by the identity of objects, which the tree keeps alive: equal parts are mostly one."""

    def write(self, value: Tree, *, whole: bool) -> tuple[Tree, Tree]:
        """Return a part as it is written, and as it stands inside the name of what it is part of."""
        if type(value) is dict:
            return self._write_object(value, whole=whole)
        if type(value) is list:
            both = [self.write(item, whole=whole) for item in value]
            return [written for written, _ in both], [named for _, named in both]
        return value, value

    def _write_object(self, value: dict[str, Tree], *, whole: bool) -> tuple[Tree, Tree]:
        met = self._met.get(id(value))
        if met is not None and not whole:
            return met, met
        if _REFERENCE in value:
            raise NotShared(f"a field is called {_REFERENCE}")
        written, named = value.copy(), value.copy()
        for key, item in value.items():
            if type(item) in _NESTED:
                written[key], named[key] = self.write(item, whole=whole)
        name, new = self._names.name(named)
        if not name:
            return written, named
        reference = self._met[id(value)] = _reference(name, value)
        return (written if new or whole else reference), reference


@dataclass(slots=True)
class _Reader:
    """Reads parts in the order they were written."""

    _names: _Names = field(default_factory=_Names)
    _objects: dict[str, dict[str, Tree]] = field(default_factory=dict)

    def read(self, value: Tree, *, whole: bool) -> tuple[Tree, Tree]:
        """Return a part, and as it stands inside the name of what it is part of."""
        if type(value) is dict:
            if _REFERENCE in value:
                return self._follow(value, whole=whole), value
            return self._read_object(value, whole=whole)
        if type(value) is list:
            both = [self.read(item, whole=whole) for item in value]
            return [read for read, _ in both], [named for _, named in both]
        return value, value

    def _read_object(self, value: dict[str, Tree], *, whole: bool) -> tuple[Tree, Tree]:
        read, named = value.copy(), value.copy()
        for key, item in value.items():
            if type(item) in _NESTED:
                read[key], named[key] = self.read(item, whole=whole)
        name, new = self._names.name(named)
        if not name:
            return read, named
        if new:
            self._objects[name] = read
        elif not whole:
            raise NotShared(f"the part {name} is written out again")
        return read, _reference(name, read)

    def _follow(self, reference: dict[str, Tree], *, whole: bool) -> Tree:
        name = reference[_REFERENCE]
        found = self._objects.get(name) if isinstance(name, str) else None
        if found is None or whole or list(reference) != [_REFERENCE, _APART][: 1 + _has_option(found)]:
            raise NotShared(f"the reference {name} leads nowhere, or stands where none may")
        return found | {_APART: reference[_APART]} if _APART in reference else found
