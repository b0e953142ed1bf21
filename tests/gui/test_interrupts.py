"""What ends the window from outside ends it as closing it does; nothing on its way to the record is lost."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from scripted_engine import ScriptedEngine, now

from engine.api import EngineApi
from gui.app import run
from gui.interrupts import Interrupts
from gui.main_window import MainWindow
from gui.presenters.workbench import Workbench

Shown = Callable[[MainWindow, Workbench], None]

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture
def opened(styled: QApplication, settings_store: QSettings) -> Callable[..., int]:
    """Return what runs the window until something ends it."""

    def opened(shown: Shown, disconnect: Callable[[EngineApi], None] = lambda _: None) -> int:
        return run(ScriptedEngine, now, settings=settings_store, disconnect=disconnect, shown=shown)

    assert styled is not None
    return opened


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_the_window_and_lets_the_engine_go(
    opened: Callable[..., int], number: signal.Signals
) -> None:
    let_go: list[EngineApi] = []
    code = opened(lambda _window, _bench: signal.raise_signal(number), let_go.append)
    assert code == 128 + number
    assert len(let_go) == 1


def test_a_signal_is_noticed_while_nothing_happens_in_the_window(opened: Callable[..., int]) -> None:
    def later() -> None:
        time.sleep(0.5)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    assert opened(lambda _window, _bench: threading.Thread(target=later).start()) == 130


def test_what_was_to_be_written_is_written_and_further_signals_break_nothing_off(
    opened: Callable[..., int],
) -> None:
    written: list[int] = []

    def write(_engine: EngineApi, _progress: object) -> None:
        time.sleep(0.2)
        written.append(1)

    def shown(_window: MainWindow, bench: Workbench) -> None:
        bench.session._runner.act(write, lambda _: None, lambda _: None)
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)

    assert opened(shown, lambda _: signal.raise_signal(signal.SIGINT)) == 130
    assert written == [1]


def test_the_signals_are_handed_back(qtbot: QtBot) -> None:
    before = signal.getsignal(signal.SIGINT)
    interrupts = Interrupts()
    assert signal.getsignal(signal.SIGINT) is not before
    interrupts.close()
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.set_wakeup_fd(-1) == -1
    del qtbot


def test_what_was_ignored_at_the_start_stays_ignored(qtbot: QtBot) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    interrupts = Interrupts()
    try:
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        interrupts.close()
        signal.signal(signal.SIGTERM, before)
    del qtbot
