"""The engine in a process of its own: passphrases go by the pipe, errors come back as themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import main as program
from engine.cli.frame import Site
from engine.domain.access import AccessState, Role
from engine.domain.replies import EngineState
from engine.domain.rules import Jurisdiction
from engine.errors import InputError, Locked, NotPermitted, SignInRefused
from engine.remote.client import RemoteEngine

SECRET = "correct horse battery"


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[RemoteEngine]:
    """Return an engine of real patients in another process, nothing made yet."""
    site = Site(
        database=tmp_path / "whyrx.sqlite",
        rulesets=(),
        models=None,
        jurisdiction=Jurisdiction.EU,
        user="somebody",
        demo=False,
    )
    command = program._engine_command(site)
    engine = RemoteEngine(command, program._engine_environment({"PATH": ""}))
    yield engine
    engine.close()


def test_the_first_administrator_is_made_locks_and_signs_in_again(remote: RemoteEngine) -> None:
    assert remote.access().state is AccessState.NEW
    with pytest.raises(Locked):
        remote.patients("", "", 10)
    with pytest.raises(InputError, match="at least 12"):
        remote.create_database("Ada", "short")
    made = remote.create_database("Ada", SECRET)
    assert made.session is not None
    assert made.session.roles == {Role.ADMINISTRATOR}
    assert remote.status().state is EngineState.READY
    assert remote.status().user == "Ada"
    with pytest.raises(NotPermitted):
        remote.patients("", "", 10)
    assert remote.lock().state is AccessState.LOCKED
    with pytest.raises(SignInRefused):
        remote.sign_in("Ada", "something else entirely")
    assert remote.sign_in("Ada", SECRET).state is AccessState.OPEN
    assert remote.stay_awake().state is AccessState.OPEN
    remote.change_passphrase(SECRET, "another good passphrase")
    assert remote.break_glass("nobody else is here").session is not None
    assert remote.patients("", "", 10).total == 0


def test_the_passphrase_is_neither_in_the_arguments_nor_in_the_environment(remote: RemoteEngine) -> None:
    remote.create_database("Ada", SECRET)
    process = Path("/proc") / str(remote._process.pid)
    if not process.exists():
        pytest.skip("this system does not show processes as files")
    for name in ("cmdline", "environ"):
        assert SECRET.encode() not in (process / name).read_bytes()
