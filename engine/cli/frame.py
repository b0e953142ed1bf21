"""What every command shares: options, the open engine, errors as exit codes."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from engine.bootstrap.setup import EngineSetup, default_database, shipped_models, shipped_rulesets
from engine.bootstrap.system import system_user
from engine.domain.ids import UserName
from engine.domain.rules import Jurisdiction
from engine.errors import (
    AuthoringError,
    InputError,
    IntegrityError,
    OperationalError,
    WhyRxError,
)

if TYPE_CHECKING:
    from engine.bootstrap.local import LocalEngine

#: Exit codes; ``whyrx --help`` lists them.
DONE, NEGATIVE, BAD_INPUT, MACHINE, INTEGRITY, FAULT = 0, 1, 2, 3, 4, 70

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The options that stand before a command."""

    database: Path | None
    rulesets: tuple[Path, ...]
    models: Path | None
    jurisdiction: Jurisdiction
    user: str | None
    demo: bool


class TerminalProgress:
    """Progress as one line on standard error, where that is a terminal."""

    def step(self, done: int, total: int, what: str) -> None:
        """Overwrite the line."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{what} ({done}/{total})", nl=done >= total, err=True)


def exit_code_of(error: WhyRxError) -> int:
    """Return the exit code for an error: by who can put it right."""
    match error:
        case InputError() | AuthoringError():
            return BAD_INPUT
        case OperationalError():
            return MACHINE
        case IntegrityError():
            return INTEGRITY
        case _:
            return FAULT


def told(command: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Turn a WhyRx error into its sentence on standard error and its exit code."""

    @functools.wraps(command)
    def wrapped(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        try:
            return command(*args, **kwargs)
        except WhyRxError as error:
            place = f"{error.place}: " if error.place else ""
            click.echo(f"whyrx: {place}{error.message}", err=True)
            if error.hint:
                click.echo(f"  {error.hint}", err=True)
            click.echo(f"  ({error.code})", err=True)
            sys.exit(exit_code_of(error))

    return wrapped


def tell_json(value: object) -> None:
    """Print a result as one JSON document on one line."""
    import msgspec  # noqa: PLC0415 - not for --help

    click.echo(msgspec.json.encode(value).decode())


def setup_of(site: Site) -> EngineSetup:
    """Return what the engine is built from, with this machine's defaults."""
    user = UserName(site.user) if site.user else system_user()
    return EngineSetup(
        database=site.database or default_database(demo=site.demo),
        rulesets=site.rulesets or (shipped_rulesets(),),
        models=site.models or shipped_models(),
        jurisdiction=site.jurisdiction,
        user=user,
        demo=site.demo,
    )


@contextmanager
def engine_of(site: Site) -> Iterator[LocalEngine]:
    """Open the engine of a site and close it after the command."""
    from engine.bootstrap.local import open_engine  # noqa: PLC0415 - heavy, and not for --help

    with open_engine(setup_of(site)) as engine:
        yield engine
