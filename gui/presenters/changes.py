"""What changed, told by whoever changed it; each presenter decides whether to look again."""

from __future__ import annotations

import enum
from collections.abc import Callable


class Change(enum.Enum):
    """What a write changed."""

    PATIENTS = enum.auto()
    RECORD = enum.auto()
    DECISIONS = enum.auto()
    RULES = enum.auto()
    ENGINE = enum.auto()
    """The engine is there, or there again, and the database open."""
    LOCKED = enum.auto()
    """The database is open to nobody any more: what was shown of it is to be forgotten."""


class Changes:
    """Passes changes on to those who asked for them."""

    def __init__(self) -> None:
        self._listeners: dict[Change, list[Callable[[], None]]] = {}

    def on(self, change: Change, listener: Callable[[], None]) -> None:
        """Call the listener after every such change."""
        self._listeners.setdefault(change, []).append(listener)

    def tell(self, *changes: Change) -> None:
        """Tell every listener once, in the order they asked."""
        told = dict.fromkeys(listener for change in changes for listener in self._listeners.get(change, ()))
        for listener in told:
            listener()
