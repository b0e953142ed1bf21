"""Frozen dataclasses that are made by the hundred for each patient: written slot by slot.

What ``dataclasses`` writes for a frozen class sets each field by its name through ``object.__setattr__``,
which takes about twice as long as setting its slot. Nothing else about the class changes: it is as frozen,
has the same signature, and refuses the same arguments.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar

from engine.errors import InvariantBroken

_Class = TypeVar("_Class")


def written_directly(made: type[_Class]) -> type[_Class]:
    """Give a frozen, slotted, keyword-only dataclass a constructor that sets its slots.

    Raises:
        InvariantBroken: it is no such class, or has a field that is made anew for each (``default_factory``),
            is not set by its caller, or a ``__post_init__``: those keep the constructor they have.
    """
    if not is_dataclass(made) or "__slots__" not in vars(made) or hasattr(made, "__post_init__"):
        raise InvariantBroken(f"{made.__name__} is no dataclass of slots alone.")
    names: dict[str, Any] = {}
    asked, lines = [], []
    for each in fields(made):
        if not each.init or not each.kw_only or each.default_factory is not MISSING:
            raise InvariantBroken(f"{made.__name__}.{each.name} is no plain keyword.")
        names[f"_set_{each.name}"] = getattr(made, each.name).__set__
        if each.default is not MISSING:
            names[f"_default_{each.name}"] = each.default
        asked.append(each.name if each.default is MISSING else f"{each.name}=_default_{each.name}")
        lines.append(f"    _set_{each.name}(self, {each.name})")
    text = f"def __init__(self, *, {', '.join(asked)}):\n" + "\n".join(lines)
    exec(text, names)  # noqa: S102 - of the names of fields alone, as dataclasses itself does
    written = names["__init__"]
    written.__qualname__ = f"{made.__qualname__}.__init__"
    written.__module__ = made.__module__
    written.__annotations__ = dict(getattr(made.__init__, "__annotations__", {}))
    made.__init__ = written  # type: ignore[method-assign]
    return made
