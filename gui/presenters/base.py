"""What all presenters share: one immutable state, and watchers who are told of each new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

S = TypeVar("S")


class Presenter(Generic[S]):
    """Holds a state and tells its watchers when there is another."""

    def __init__(self, state: S) -> None:
        self._state = state
        self._blank = state
        self._watchers: list[Callable[[S], None]] = []

    @property
    def state(self) -> S:
        """Return what is to be shown now."""
        return self._state

    def watch(self, watcher: Callable[[S], None]) -> None:
        """Call the watcher now, and with every later state."""
        self._watchers.append(watcher)
        watcher(self._state)

    def forget(self) -> None:
        """Show nothing any more, like all the presenters that this one is made of."""
        for part in vars(self).values():
            if isinstance(part, Presenter) and part.is_part_of_a_page:
                part.forget()
        self._become(self._blank)

    @property
    def is_part_of_a_page(self) -> bool:
        """Tell whether it shows something of the database, and so is forgotten with it."""
        return True

    def _become(self, state: S) -> None:
        if state == self._state:
            return
        self._state = state
        for watcher in tuple(self._watchers):
            watcher(state)
