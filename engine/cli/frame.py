"""What every command shares: options, the open engine, errors as exit codes."""

from __future__ import annotations

import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, NoReturn, ParamSpec, TypeVar

import click

from engine.bootstrap.setup import EngineSetup, default_database, shipped_models, shipped_rulesets
from engine.bootstrap.system import system_user
from engine.domain.access import AccessState
from engine.domain.ids import UserName
from engine.domain.rules import Jurisdiction
from engine.errors import (
    AccessError,
    AuthoringError,
    Cancelled,
    InputError,
    IntegrityError,
    InternalError,
    Locked,
    NotFound,
    NotReadable,
    OperationalError,
    WhyRxError,
    in_words,
)

if TYPE_CHECKING:
    from engine.bootstrap.local import LocalEngine

#: Exit codes; ``whyrx --help`` lists them.
DONE, NEGATIVE, BAD_INPUT, MACHINE, INTEGRITY, REFUSED, FAULT = 0, 1, 2, 3, 4, 5, 70
#: As a shell says it of a program that Ctrl-C ended.
INTERRUPTED = 130

#: Where scripts put a passphrase; a terminal is asked otherwise.
PASSPHRASE = "WHYRX_PASSPHRASE"  # noqa: S105 - the name of a variable

#: What every model has in its folder.
_TREES = "booster.json"

#: Signs a line of text for people.
_WIDTH = 110
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
    passphrase_file: Path | None = None
    emergency: str = ""
    """The reason for breaking the glass; empty where it stays whole."""


class TerminalProgress:
    """Progress as one line on standard error, where that is a terminal."""

    def step(self, done: int, total: int, what: str) -> None:
        """Overwrite the line."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{what} ({done}/{total})", nl=done >= total, err=True)


class StoppableProgress(TerminalProgress):
    """Progress of long work that the interrupt key stops between two steps, so that what was done is kept."""

    def __init__(self) -> None:
        self._stop = False
        signal.signal(signal.SIGINT, self._interrupted)

    def step(self, done: int, total: int, what: str) -> None:
        """Overwrite the line, or stop.

        Raises:
            Cancelled: the user pressed the interrupt key.
        """
        if self._stop:
            raise Cancelled("Stopped as you asked.", hint="What was done until then is in the log.")
        super().step(done, total, what)

    def _interrupted(self, *_: object) -> None:
        if self._stop:
            raise KeyboardInterrupt
        self._stop = True


def exit_code_of(error: WhyRxError) -> int:
    """Return the exit code for an error: by who can put it right."""
    match error:
        case InputError() | AuthoringError():
            return BAD_INPUT
        case AccessError():
            return REFUSED
        case Cancelled():
            return INTERRUPTED
        case OperationalError():
            return MACHINE
        case IntegrityError():
            return INTEGRITY
        case _:
            return FAULT


def told(command: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Turn an error, or Ctrl-C, into its sentence on standard error and its exit code.

    Without it Python would end with 1, which says that the answer is no.
    """

    @functools.wraps(command)
    def wrapped(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        try:
            return command(*args, **kwargs)
        except WhyRxError as error:
            _tell(error)
        except (KeyboardInterrupt, click.Abort) as error:
            if isinstance(error, click.Abort) and not isinstance(error.__context__, KeyboardInterrupt):
                raise
            click.echo("\nwhyrx: Stopped by Ctrl-C; what was recorded until then stays recorded.", err=True)
            sys.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise  # click answers these itself
        except OSError as error:
            if error.filename is None:
                _tell_fault(error)
            _tell(
                OperationalError(
                    f"this cannot be read or written: {in_words(error)}.",
                    hint="Check that it is there, that its folder exists, that you may use it, "
                    "and that the disk has room.",
                    place=str(error.filename),
                )
            )
        except Exception as error:  # noqa: BLE001 - the last place where a fault of ours can be told
            _tell_fault(error)

    return wrapped


def _tell(error: WhyRxError) -> NoReturn:
    place = f"{error.place}: " if error.place else ""
    click.echo(f"whyrx: {place}{error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
    click.echo(f"  ({error.code})", err=True)
    sys.exit(exit_code_of(error))


def _tell_fault(error: Exception) -> NoReturn:
    """Tell a fault that nobody foresaw, with what whoever mends it needs."""
    traceback.print_exception(error)
    _tell(
        InternalError(
            f"a fault of WhyRx itself: {type(error).__name__}: {error}",
            hint="Nothing was recorded by halves. Please report the lines above; look through them first, "
            "for they may name a patient.",
        )
    )


def tell_json(value: object) -> None:
    """Print a result as one JSON document on one line."""
    import msgspec  # noqa: PLC0415 - not for --help

    click.echo(msgspec.json.encode(value).decode())


def tell_wrapped(text: str, indent: str) -> None:
    """Print a text in lines of a width that can be read, all but the first a little further in."""
    for line in wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=" " * (len(indent) + 2), break_on_hyphens=False
    ):
        click.echo(line)


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


def holds_models(folder: Path | None) -> Path | None:
    """Return a folder of models; one without any would be compared as if no model changed anything.

    Raises:
        NotFound: there is no model in it.
    """
    if folder is not None and not any((each / _TREES).is_file() for each in folder.iterdir()):
        raise NotFound(
            "there is no model in this folder.",
            hint="Name the folder in which models lie, each in a folder of its own that bears its name.",
            place=str(folder),
        )
    return folder


@contextmanager
def engine_of(site: Site) -> Iterator[LocalEngine]:
    """Open the engine of a site, sign in where that is needed, and close it after the command.

    Raises:
        SignInRefused: the name or the passphrase is not right.
        Locked: there is no database yet, or nobody to ask for a passphrase.
    """
    with engine_unopened(site) as engine:
        access = engine.access()
        if access.state is AccessState.NEW:
            raise Locked(
                "There is no database yet.",
                hint="Make it with its first administrator: main.py users first NAME. "
                "Or try a demonstration with --demo.",
                place=str(setup_of(site).database),
            )
        if access.state is AccessState.LOCKED:
            setup = setup_of(site)
            kept = setup.user in access.remembered and site.passphrase_file is None
            secret = None if kept else passphrase_of(site, f"Passphrase of {setup.user}")
            engine.sign_in(setup.user, secret)
        if site.emergency:
            engine.break_glass(site.emergency)
        yield engine


@contextmanager
def engine_unopened(site: Site) -> Iterator[LocalEngine]:
    """Open the engine of a site without signing in, and close it after the command."""
    from engine.bootstrap.local import open_engine  # noqa: PLC0415 - heavy, and not for --help

    with open_engine(setup_of(site)) as engine:
        yield engine


def passphrase_of(site: Site, prompt: str, *, new: bool = False) -> str:
    """Return the passphrase of the one who acts: from the file, the environment, or the terminal.

    Args:
        site: Names the file.
        prompt: What the terminal asks.
        new: Asked twice on the terminal, so that a slip of the hand is noticed.

    Raises:
        NotReadable: the file cannot be read.
        Locked: there is neither file, environment nor terminal.
    """
    if site.passphrase_file is not None:
        return read_passphrase(site.passphrase_file)
    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE]
    return asked(prompt, new=new)


def asked(prompt: str, *, new: bool = False) -> str:
    """Return a passphrase that is typed unseen.

    Raises:
        Locked: there is no terminal.
    """
    if not sys.stdin.isatty():
        raise Locked(
            "A passphrase is needed, and there is no terminal to ask on.",
            hint=f"Name a file with --passphrase-file, or set {PASSPHRASE}.",
        )
    typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=new, err=True)
    return typed


def read_passphrase(path: Path) -> str:
    """Return the first line of a file.

    Raises:
        NotReadable: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").split("\n", 1)[0]
    except (OSError, UnicodeDecodeError) as error:
        raise NotReadable(
            f"The passphrase cannot be read from it: {in_words(error)}.",
            hint="Name a file whose first line is the passphrase.",
            place=str(path),
        ) from error
