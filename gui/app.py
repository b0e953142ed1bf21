"""Starting the window, in this order.

1. The application and its look: nothing heavy is imported, so the window is there at once.
2. The runner begins to connect to the engine in its own lane; the window does not wait.
3. The window is shown; its status line says that the engine is starting.
4. The session asks how the engine is; the answer turns the status line to *ready* or *degraded*,
   an error to *not available* with a panel that offers to start it again.
5. When the last window is closed, or a signal such as Ctrl-C ends it, the lanes finish what they are
   writing and end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engine.api import EngineApi
from gui import settings as window_settings
from gui.interrupts import Interrupts
from gui.main_window import MainWindow
from gui.presenters.workbench import Workbench, assemble
from gui.qt_runner import QtRunner
from gui.tasks import unforeseen
from gui.theme.look import Look


def run(
    connect: Callable[[], EngineApi],
    now: Callable[[], datetime],
    *,
    arguments: Sequence[str] = (),
    settings: QSettings | None = None,
    disconnect: Callable[[EngineApi], None] = lambda _: None,
    shown: Callable[[MainWindow, Workbench], None] = lambda _window, _bench: None,
) -> int:
    """Run the window until it is closed.

    Args:
        connect: makes the engine; called off the window's thread, and again when the engine has ended.
        now: the clock, aware.
        arguments: what Qt may read of the command line.
        disconnect: lets an engine go, when the window closes or connects again.
        settings: where the window's settings are kept; the user's own where not given.
        shown: called once the window is visible, for benchmarks and screenshots.

    Returns:
        The exit code: 0, or 128 and the number of the signal that ended it.
    """
    application = QApplication.instance() or QApplication(["whyrx", *arguments])
    assert isinstance(application, QApplication)  # noqa: S101 - a window needs a widget application
    application.setApplicationName("WhyRx")
    application.setStyle("Fusion")
    store = settings if settings is not None else QSettings("WhyRx", "window")
    look = Look(window_settings.load(store))
    look.apply()
    interrupts = Interrupts()
    interrupts.asked.connect(application.exit)
    runner = QtRunner(connect, disconnect)
    bench = assemble(runner, now, runner.reconnect)
    window = MainWindow(look, bench, lambda kept: window_settings.save(store, kept))
    before = sys.excepthook

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        bench.session.failed(unforeseen(error))
        before(kind, error, trace)

    sys.excepthook = report
    window.show()
    bench.session.begin()
    shown(window, bench)
    try:
        return application.exec()
    finally:
        sys.excepthook = before
        bench.rules.draft.save_all()
        runner.close()
        interrupts.close()
