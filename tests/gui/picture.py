"""Take the README's picture: the real window over the real engine, on a demonstration patient.

Run from the project's root::

    python tests/gui/picture.py
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:1] = [str(ROOT)]
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QSettings, QTimer  # noqa: E402 - the platform is chosen first
from PySide6.QtWidgets import QApplication  # noqa: E402 - the platform is chosen first

import main as whyrx  # noqa: E402 - found by the path above
from engine.bootstrap.system import SystemClock  # noqa: E402 - found by the path above
from engine.cli.frame import Site  # noqa: E402 - found by the path above
from engine.domain.ids import IndicationId, OptionId  # noqa: E402 - found by the path above
from engine.domain.rules import Jurisdiction  # noqa: E402 - found by the path above
from engine.remote.client import RemoteEngine  # noqa: E402 - found by the path above
from gui.app import run  # noqa: E402 - found by the path above
from gui.main_window import MainWindow  # noqa: E402 - found by the path above
from gui.presenters.decision_page import Pane  # noqa: E402 - found by the path above
from gui.presenters.workbench import Workbench  # noqa: E402 - found by the path above

PICTURE = ROOT / ".pictures" / "recommendation.png"
PATIENT, INDICATION, OPTION = "Elm", IndicationId("warfarin-dose"), OptionId("warfarin-low")
_SIZE = 1440, 900
_LONGEST = 120.0
_TICK = 50
_SETTLE = 1.0


def _scene(window: MainWindow, bench: Workbench) -> Iterator[bool]:
    """Go from the start to the picture; each yield tells whether to go on."""
    window.resize(*_SIZE)
    while not bench.patients.state.rows:
        yield True
    bench.session.open_patient(
        next(row for row in bench.patients.state.rows if PATIENT in row.name).patient_id
    )
    while not bench.session.state.record:
        yield True
    bench.recommendation.choose(INDICATION)
    while not bench.recommendation.page.state.tiers:
        yield True
    bench.recommendation.page.open(Pane.WHY, OPTION)
    settled = time.monotonic() + _SETTLE
    while time.monotonic() < settled:
        yield True
    PICTURE.parent.mkdir(exist_ok=True)
    window.grab().save(str(PICTURE))
    yield False


def _player(ends: float) -> Callable[[MainWindow, Workbench], None]:
    def shown(window: MainWindow, bench: Workbench) -> None:
        scene = _scene(window, bench)
        timer = QTimer(window)

        def tick() -> None:
            if time.monotonic() > ends or not next(scene, False):
                timer.stop()
                QApplication.quit()

        timer.timeout.connect(tick)
        timer.start(_TICK)

    return shown


def main() -> int:
    """Take the picture, and fail where there is none."""
    PICTURE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(
            database=Path(folder) / "demo.sqlite",
            rulesets=(),
            models=None,
            jurisdiction=Jurisdiction.EU,
            user="clinician",
            demo=True,
        )
        command, environment = whyrx._engine_command(site), whyrx._engine_environment(os.environ)
        run(
            lambda: RemoteEngine(command, environment),
            SystemClock().now,
            settings=QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat),
            disconnect=whyrx._let_go,
            shown=_player(time.monotonic() + _LONGEST),
        )
    if not PICTURE.exists():
        print("no picture was taken")
        return 1
    print(PICTURE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
