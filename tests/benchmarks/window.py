"""How soon the window can be used, and whether it ever stalls while the engine loads.

Run it on a quiet machine; it opens the real window offscreen over the real engine process::

    python tests/benchmarks/window.py

*Usable* is the first paint of a window that answers the keyboard; *ready* is when the engine has
answered for the first time; *patients* when the first list stands on the screen. While all that
happens a timer asks for 5 ms; the longest it waits beyond them is the longest gap a user could feel.
The peer is a bare Qt window of one label, opened the same way in the same run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
_TICK = 0.005
_SETTLED = 4.0

_BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication(sys.argv)
label = QLabel("bare")
label.show()
QTimer.singleShot(0, lambda: (print(time.time()), application.quit()))
application.exec()
"""


def _window(database: str) -> None:
    """Open the window in this process, print the moments, and close it.

    Everything is imported here: the outer process must measure it.
    """
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    import main as whyrx
    from engine.bootstrap.system import SystemClock
    from engine.cli.frame import Site
    from engine.domain.rules import Jurisdiction
    from engine.remote.client import RemoteEngine
    from gui.app import run
    from gui.main_window import MainWindow
    from gui.presenters.workbench import Workbench

    site = Site(
        database=Path(database),
        rulesets=(),
        models=None,
        jurisdiction=Jurisdiction.EU,
        user="benchmark",
        demo=True,
    )
    benches: list[Workbench] = []
    gaps: list[float] = []
    seen: dict[str, float] = {}
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append(now - last - _TICK)
        last = now
        if "patients" in seen and time.time() - seen["patients"] > _SETTLED:
            QApplication.quit()

    def connect() -> RemoteEngine:
        command = whyrx._engine_command(site)
        return RemoteEngine(command, whyrx._engine_environment(os.environ))

    def shown(window: MainWindow, bench: Workbench) -> None:
        nonlocal last
        del window
        benches.append(bench)
        QTimer.singleShot(0, lambda: seen.setdefault("usable", time.time()))
        timer = QTimer(QApplication.instance())
        timer.timeout.connect(tick)
        timer.start(int(_TICK * 1000))
        watch.start(10)
        last = time.perf_counter()

    def look() -> None:
        if benches and benches[0].patients.state.rows:
            seen.setdefault("patients", time.time())
            watch.stop()

    application = QApplication(["whyrx"])
    watch = QTimer(application)
    watch.timeout.connect(look)
    settings = QSettings(str(Path(database).with_suffix(".ini")), QSettings.Format.IniFormat)
    run(connect, SystemClock().now, settings=settings, shown=shown)
    print(seen["usable"], seen["patients"], max(gaps))


def _run(*arguments: str) -> list[float]:
    began = time.time()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    numbers = [float(part) for part in result.stdout.split()[-3:]]
    return [number - began if number > 1e9 else number for number in numbers]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "demo.sqlite")
        subprocess.run(
            [sys.executable, "main.py", "--database", database, "demo", "--no-window"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        bare = [_run("-c", _BARE)[0] for _ in range(ROUNDS)]
        ours = [_run(__file__, database) for _ in range(ROUNDS)]
    print(f"{'':44}{'median':>10}{'largest':>10}")
    for name, values in (
        ("bare Qt window (peer), s", bare),
        ("WhyRx usable, s (goal 1.5)", [each[0] for each in ours]),
        ("first list of patients on screen, s", [each[1] for each in ours]),
        ("longest gap while the engine loads, s (goal .05)", [each[2] for each in ours]),
    ):
        print(f"{name:50}{statistics.median(values):10.3f}{max(values):10.3f}")
    ratio = statistics.median(each[0] for each in ours) / statistics.median(bare)
    print(f"WhyRx usable / bare window: {ratio:.1f}x")


if __name__ == "__main__":
    sys.path[:1] = [str(ROOT)]
    if len(sys.argv) > 1:
        _window(sys.argv[1])
    else:
        main()
