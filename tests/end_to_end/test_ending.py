"""Ctrl-C in the terminal from which WhyRx was started: every process ends, and nothing is said in Python."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from engine.cli.frame import INTERRUPTED, told
from engine.errors import Cancelled

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "tests" / "authoring_errors" / "base"


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    # A child that a thread started stands with that thread.
    threads = listed.parent.parent.glob("*/children")
    return [int(child) for each in threads for child in each.read_text().split()]


@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="this system does not show processes as files"
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_window_and_its_engine_end_by_a_signal_to_the_whole_terminal(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "main.py", "--database", str(tmp_path / "d.sqlite"), "--rulesets", str(BASE)]
    with subprocess.Popen(
        [*command, "window"],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as window:
        until = time.monotonic() + 60
        while not (engines := _children(window.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(2)
        os.killpg(window.pid, number)
        said, _ = window.communicate(timeout=60)
    assert window.returncode == 128 + number
    assert said == ""
    assert engines
    assert not [each for each in engines if Path(f"/proc/{each}").exists()]


def _interrupted() -> None:
    raise KeyboardInterrupt


@click.command()
@click.argument("how")
@told
def _broken_off(how: str) -> None:
    if how == "prompt":
        try:
            _interrupted()
        except KeyboardInterrupt:
            raise click.Abort from None  # as click does it
    if how == "no":
        raise click.Abort
    raise KeyboardInterrupt if how == "work" else Cancelled("Stopped as you asked.")


@pytest.mark.parametrize(("how", "code"), [("work", 130), ("prompt", 130), ("steps", 130), ("no", 1)])
def test_a_command_broken_off_does_not_end_as_if_the_answer_were_no(how: str, code: int) -> None:
    result = CliRunner().invoke(_broken_off, [how])
    assert result.exit_code == code
    assert INTERRUPTED == 130
    assert "Traceback" not in result.output
