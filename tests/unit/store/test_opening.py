"""Opening a database: created, found, or refused with what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fakes import FixedClock
from stores import fill, founded, opened, past_the_fences, unprivileged

from engine.domain.audit import AuditKind
from engine.domain.ids import UserName
from engine.errors import AuditChainBroken, SchemaTooNew, StoreUnavailable
from engine.store.driver import open_connection
from engine.store.opening import open_demo, open_encrypted


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a database will lie."""
    return tmp_path / "data" / "whyrx.sqlite"


@pytest.fixture
def filled(path: Path) -> Path:
    """Return a filled database, closed."""
    with opened(path) as store:
        fill(store)
    return path


def refused(path: Path) -> StoreUnavailable:
    """Open a demonstration that cannot be, and return what the user is told."""
    with pytest.raises(StoreUnavailable) as told:
        open_demo(path, FixedClock())
    assert told.value.hint
    assert str(path) in told.value.place
    return told.value


def test_a_new_database_begins_with_its_own_creation(path: Path) -> None:
    with opened(path) as store:
        assert [event.kind for event in store.events("database")] == [AuditKind.DATABASE_CREATED]
        assert store.verify().problems == ()


def test_a_database_is_readable_by_its_owner_alone(path: Path) -> None:
    with opened(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        for beside in path.parent.iterdir():
            assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_a_database_is_opened_the_safe_way(path: Path) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "recursive_triggers": 1,
        "page_size": 16384,
        "locking_mode": "exclusive",
    }
    with opened(path) as store:
        assert {name: store._db.execute(f"PRAGMA {name}").fetchall()[0][0] for name in expected} == expected


def test_every_table_checks_its_types(path: Path) -> None:
    with opened(path) as store:
        loose = store._db.execute(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND schema = 'main'"
        ).fetchall()
    assert {name for (name,) in loose} <= {"sqlite_schema", "_sqlite_migrations"}


def test_a_closed_database_is_one_file(filled: Path) -> None:
    assert [file.name for file in filled.parent.iterdir()] == [filled.name]


def test_what_was_stored_is_there_after_opening_again(filled: Path) -> None:
    with opened(filled) as store:
        report = store.verify()
        assert (report.decisions, report.problems) == (2, ())


def test_a_demonstration_is_never_opened_for_real_patients(filled: Path) -> None:
    before = filled.read_bytes()
    with pytest.raises(StoreUnavailable, match="in the clear: a demonstration") as told:
        open_encrypted(filled, FixedClock(), UserName("Ida"), bytes(32))
    assert "demo switch" in told.value.hint
    assert filled.read_bytes() == before


def test_a_database_of_real_patients_is_never_opened_as_a_demonstration(path: Path) -> None:
    with founded(path):
        pass
    before = path.read_bytes()
    assert "real patients" in refused(path).message
    assert path.read_bytes() == before


def test_a_database_of_a_newer_whyrx_is_refused_and_left_as_it_is(filled: Path) -> None:
    with closing(open_connection(filled, 1.0)) as newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('whyrx', 'm0099_x', '')"
        )
        newer.commit()
    before = filled.read_bytes()
    with pytest.raises(SchemaTooNew, match="m0099_x") as told:
        open_demo(filled, FixedClock())
    assert told.value.hint
    assert filled.read_bytes() == before


def test_somebody_elses_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with closing(open_connection(path, 1.0)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE recipes (name)")
        other.commit()
    before = path.read_bytes()
    assert "not one of WhyRx" in refused(path).message
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague, " * 100)
    assert "not a WhyRx database" in refused(path).message
    assert path.read_text() == "Dear colleague, " * 100


def test_an_empty_file_is_not_taken_for_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "whyrx.sqlite"
    path.touch()
    told = refused(path)
    assert "empty" in told.message
    assert "backup" in told.hint


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_a_truncated_database_is_refused(filled: Path, keep: float) -> None:
    pages = filled.stat().st_size // 16384
    os.truncate(filled, max(1, int(pages * keep)) * 16384)
    assert "damaged" in refused(filled).message


def test_an_altered_last_event_is_found_at_once(filled: Path) -> None:
    with past_the_fences(filled) as attacker:
        attacker.execute(
            "UPDATE audit SET body = CAST(replace(CAST(body AS TEXT), 'export', 'EXPORT') AS BLOB) "
            "WHERE sequence = (SELECT max(sequence) FROM audit)"
        )
    with pytest.raises(AuditChainBroken) as told:
        open_demo(filled, FixedClock())
    assert "safety officer" in told.value.hint


def test_a_second_instance_is_told_to_close_the_first(filled: Path) -> None:
    with opened(filled) as first:
        told = refused(filled)
        assert "second WhyRx" in told.message
        assert first.verify().problems == ()
    with opened(filled) as store:
        assert store.verify().problems == ()


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "whyrx.sqlite"
    path.mkdir()
    refused(path)


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    refused(tmp_path / "data" / "whyrx.sqlite")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_a_read_only_folder_is_refused_and_nothing_is_left_in_it(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    with unprivileged():
        refused(open_folder / "whyrx.sqlite")
    assert list(open_folder.iterdir()) == []


def test_a_read_only_database_is_refused_and_left_as_it_is(open_folder: Path, filled: Path) -> None:
    path = open_folder / "whyrx.sqlite"
    shutil.copyfile(filled, path)
    path.chmod(0o444)
    open_folder.chmod(0o555)
    before = path.read_bytes()
    with unprivileged():
        told = refused(path)
    assert "read-only" in told.message
    assert path.read_bytes() == before


@pytest.mark.parametrize("failure", [sqlite3.OperationalError, ValueError, KeyError])
def test_a_creation_that_fails_leaves_no_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure("planted")

    monkeypatch.setattr("engine.store.opening._mark", fail)
    with pytest.raises(Exception, match="planted"):
        open_demo(path, FixedClock())
    assert list(path.parent.iterdir()) == []
