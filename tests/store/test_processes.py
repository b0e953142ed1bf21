"""More than one process: killed writers, and a second program at the same file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FixedClock
from stores import fill, opened

from engine.errors import StoreUnavailable
from engine.store.opening import open_demo

ROOT = Path(__file__).resolve().parents[2]
SUPPORT = ROOT / "tests" / "support"


def python(*arguments: str) -> subprocess.Popen[str]:
    """Start a Python of the same environment that can import the program and the test support."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(SUPPORT)))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize(
    "rounds", [50, pytest.param(2000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_no_acknowledged_decision_is_lost_when_the_writer_is_killed(tmp_path: Path, rounds: int) -> None:
    with python(str(SUPPORT / "kill_rounds.py"), str(tmp_path), str(rounds), "20260302") as runner:
        output, _ = runner.communicate()
    counts = json.loads(output)
    assert runner.returncode == 0
    assert counts["acknowledged"] >= rounds
    assert (counts["lost"], counts["problems"]) == (0, 0)
    assert counts["unacknowledged"] <= rounds


_HOLD = """
import sys
from pathlib import Path
from stores import opened
with opened(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_has_closed(tmp_path: Path) -> None:
    path = tmp_path / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)
    with python("-c", _HOLD, str(path)) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreUnavailable, match="second WhyRx") as told:
            open_demo(path, FixedClock())
        assert "Close the other one" in told.value.hint
        holder.communicate()
    with opened(path) as store:
        assert store.verify().problems == ()


def test_a_killed_process_holds_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)
    with python("-c", _HOLD, str(path)) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        holder.kill()
        holder.communicate()
    with opened(path) as store:
        assert store.verify().problems == ()
