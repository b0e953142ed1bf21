"""WhyRx: parse the command line and hand over; every heavy import is late.

Start-up of the window, in order: the command line is parsed; the engine is started in a process
of its own; the window is shown while the engine loads; the status line says when it is ready.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from engine.api import EngineApi
from engine.bootstrap.system import SystemClock
from engine.cli.frame import Site, engine_of, setup_of, told
from engine.cli.root import cli


def _engine_command(site: Site) -> list[str]:
    """Return the command that serves this site's engine over its standard streams."""
    setup = setup_of(site)
    command = [sys.executable, str(Path(__file__).resolve())]
    command += ["--database", str(setup.database)]
    for folder in setup.rulesets:
        command += ["--rulesets", str(folder)]
    command += ["--models", str(setup.models), "--jurisdiction", setup.jurisdiction.value]
    command += ["--user", setup.user]
    if setup.demo:
        command.append("--demo")
    return [*command, "engine-process"]


def _engine_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the engine: one thread for the numerical libraries.

    Two threads gain nothing on the few rows of one patient, and take turns with the window.
    """
    return {
        **environment,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }


def _let_go(engine: EngineApi) -> None:
    """Let the engine's process finish what it is recording, and end."""
    from engine.remote.client import RemoteEngine  # noqa: PLC0415 - only for the window

    if isinstance(engine, RemoteEngine):
        engine.close()


def _open_window(site: Site) -> None:
    from engine.remote.client import RemoteEngine  # noqa: PLC0415 - only for the window
    from gui.app import run  # noqa: PLC0415 - Qt

    command, environment = _engine_command(site), _engine_environment(os.environ)
    sys.exit(run(lambda: RemoteEngine(command, environment), SystemClock().now, disconnect=_let_go))


@cli.command()
@click.pass_obj
@told
def window(site: Site) -> None:
    """Open the window."""
    _open_window(site)


@cli.command()
@click.option("--no-window", is_flag=True, help="Only make the database.")
@click.pass_obj
@told
def demo(site: Site, *, no_window: bool) -> None:
    """Open the window on a demonstration, and make its database if it is not there.

    Its patients were written for WhyRx and do not exist; screen and paper say so. Their dates are
    moved so that the newest results are recent.
    """
    marked = replace(site, demo=True)
    if no_window:
        with engine_of(marked) as engine:
            count = engine.patients("", "", 1).total
        click.echo(f"{count} demonstration patients in {setup_of(marked).database}")
    else:
        _open_window(marked)


def main() -> None:
    """Run the command line."""
    cli(prog_name="whyrx")


if __name__ == "__main__":
    main()
