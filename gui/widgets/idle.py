"""Notices that nobody is there: no key, no mouse, for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

_SIGNS_OF_LIFE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel}
)
_LOOK_EVERY_MS = 20_000


class IdleWatch(QObject):
    """Looks now and then whether anybody was there since, and calls one of two functions."""

    def __init__(
        self,
        minutes: Callable[[], int],
        gone: Callable[[], None],
        here: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        """Begin to watch.

        Args:
            minutes: how long nobody may be there; 0 where it does not matter.
            gone: called once nobody was there for so long.
            here: called where somebody was there since the last look.
            clock: seconds that only go forward.
            parent: ends the watch with it.
        """
        super().__init__(parent)
        self._minutes, self._gone, self._here, self._clock = minutes, gone, here, clock
        self._last = self._looked = clock()
        application = QApplication.instance()
        assert application is not None  # noqa: S101 - a window has an application
        application.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_EVERY_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802, ARG002 - Qt's name and form
        """Notice a sign of life; every event goes on its way."""
        if event.type() in _SIGNS_OF_LIFE:
            self._last = self._clock()
        return False

    def look(self) -> None:
        """Look whether anybody was there."""
        minutes, looked = self._minutes(), self._looked
        self._looked = self._clock()
        if not minutes:
            return
        if self._looked - self._last >= minutes * 60:
            self._last = self._looked
            self._gone()
        elif self._last > looked:
            self._here()
