"""What ends the window from outside, Ctrl-C in its terminal say, as closing it would.

Python runs what handles a signal between two of its instructions, and while Qt waits there are none:
the signal would lie there until the mouse moves, and then break off whatever runs. So the number of the
signal goes through a pipe (no socket), a thread waits at its end, and what it reads comes to the
window's thread as any other event does. It is one way for every operating system: on Windows Qt could
not wait for a pipe.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from types import FrameType

from PySide6.QtCore import QObject, Qt, Signal

#: Ctrl-C and Ctrl-Break, the end of the session, the terminal closed; those that this system has.
_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGBREAK", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
#: What a shell adds to the number of a signal.
_BY_SIGNAL = 128


class Interrupts(QObject):
    """Says that the window is to end, with the exit code for it; any further signal changes nothing."""

    asked = Signal(int)
    _came = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        """Take the signals; those that whoever started WhyRx has it ignore stay ignored."""
        super().__init__(parent)
        self._first = True
        self._came.connect(self._told, Qt.ConnectionType.QueuedConnection)
        self._far_end, self._near_end = os.pipe()
        if sys.platform != "win32":
            os.set_blocking(self._near_end, False)  # a full pipe must not hold up what handles a signal
        self._thread = threading.Thread(target=self._wait, name="whyrx-signals", daemon=True)
        self._thread.start()
        self._before = {
            number: signal.signal(number, _nothing)
            for number in _ENDING
            if signal.getsignal(number) not in (signal.SIG_IGN, None)
        }
        self._wakeup = signal.set_wakeup_fd(self._near_end, warn_on_full_buffer=False)

    def close(self) -> None:
        """Hand the signals back."""
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._near_end)
        self._thread.join()
        os.close(self._far_end)

    def _wait(self) -> None:
        while numbers := os.read(self._far_end, 1):
            # Every signal that Python handles comes this way, also those of others.
            if numbers[0] in _ENDING:
                with contextlib.suppress(RuntimeError):  # the window is gone
                    self._came.emit(numbers[0])

    def _told(self, number: int) -> None:
        if self._first:
            self._first = False
            self.asked.emit(_BY_SIGNAL + number)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Stand in for what Python would do, which is to break off; the pipe tells who asked."""
