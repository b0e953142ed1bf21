"""SQLCipher behaves as the standard driver does, as far as sqlite-utils and the store can tell."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from engine.errors import StoreUnavailable
from engine.store.connection import connect, copy_into
from engine.store.driver import encrypted_driver, open_connection

KEY = bytes(range(32))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Return an encrypted database with a table."""
    database = connect(tmp_path / "x.sqlite", KEY)
    database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL) STRICT")
    yield database
    database.close()


def test_the_driver_that_is_installed_encrypts() -> None:
    found = encrypted_driver()
    assert found is not None
    assert found.startswith("4.")


FAULTS: dict[str, tuple[Callable[[Database], object], type[sqlite3.Error], int]] = {
    "taken key": (
        lambda db: [db.execute("INSERT INTO t VALUES (1, 'x')") for _ in range(2)],
        sqlite3.IntegrityError,
        sqlite3.SQLITE_CONSTRAINT,
    ),
    "wrong type": (
        lambda db: db.execute("INSERT INTO t VALUES ('x', 1)"),
        sqlite3.IntegrityError,
        sqlite3.SQLITE_MISMATCH,
    ),
    "no table": (lambda db: db.execute("SELECT * FROM u"), sqlite3.OperationalError, sqlite3.SQLITE_ERROR),
    "no sense": (lambda db: db.execute("SELEKT"), sqlite3.OperationalError, sqlite3.SQLITE_ERROR),
    "many": (
        lambda db: db.conn.executemany("INSERT INTO u VALUES (?)", [(1,)]),
        sqlite3.OperationalError,
        sqlite3.SQLITE_ERROR,
    ),
    "script": (
        lambda db: db.conn.executescript("CREATE TABLE t (a)"),
        sqlite3.OperationalError,
        sqlite3.SQLITE_ERROR,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_error_is_the_standard_one_with_its_code(db: Database, fault: str) -> None:
    act, kind, code = FAULTS[fault]
    with pytest.raises(kind) as told:
        act(db)
    assert told.value.sqlite_errorcode & 0xFF == code
    assert told.value.sqlite_errorname.startswith("SQLITE_")


def _half_done(db: Database) -> None:
    with db.atomic():
        db.execute("INSERT INTO t VALUES (2, 'y')")
        db.execute("CREATE UNIQUE INDEX i ON u (b)")


def test_a_failed_statement_leaves_no_transaction_open_and_the_next_one_works(db: Database) -> None:
    db.execute("INSERT INTO t VALUES (1, 'x')")
    for _ in range(3):
        with pytest.raises(sqlite3.IntegrityError):
            list(db.query("INSERT INTO t VALUES (1, 'y') RETURNING a"))
        assert not db.conn.in_transaction
    assert db["t"].count == 1
    with pytest.raises(sqlite3.OperationalError):
        _half_done(db)
    assert db["t"].count == 1
    table = db.table("t")
    table.insert({"a": 3, "b": "z"})
    table.create_index(["b"])
    table.create_index(["b"], if_not_exists=True)
    assert [row["b"] for row in db["t"].rows_where("a = ?", [3])] == ["z"]


def test_rows_are_read_one_by_one_many_at_once_and_until_an_error(db: Database) -> None:
    db.execute("INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')")
    assert [row[1] for row in db.execute("SELECT * FROM t")] == ["x", "y", "z"]
    cursor = db.execute("SELECT a FROM t")
    assert (cursor.fetchone(), cursor.fetchmany(1), cursor.fetchall()) == ((1,), [(2,)], [(3,)])
    with pytest.raises(sqlite3.OperationalError, match="integer overflow"):
        list(db.execute("SELECT sum(9223372036854775807) FROM t"))


def test_the_file_is_not_readable_without_the_key_nor_with_another(db: Database, tmp_path: Path) -> None:
    db.execute("INSERT INTO t VALUES (1, 'a secret sentence')")
    db.close()
    path = tmp_path / "x.sqlite"
    assert b"a secret sentence" not in path.read_bytes()
    for key in (None, bytes(32)):
        with pytest.raises(StoreUnavailable, match="under another key"):
            connect(path, key).execute("SELECT * FROM t").fetchall()
    with closing(open_connection(path, 1.0)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT * FROM t")
    again = connect(path, KEY)
    assert again.execute("SELECT b FROM t").fetchall() == [("a secret sentence",)]
    again.close()


def test_an_encrypted_database_has_the_pages_and_the_care_of_a_plain_one(db: Database) -> None:
    expected = {
        "page_size": "16384",
        "cipher_page_size": "16384",
        "journal_mode": "wal",
        "synchronous": "2",
        "secure_delete": "1",
        "foreign_keys": "1",
    }
    found = {name: str(db.execute(f"PRAGMA {name}").fetchall()[0][0]) for name in expected}
    assert found == expected


def test_a_copy_that_sqlite_writes_out_opens_with_the_same_key(db: Database, tmp_path: Path) -> None:
    db.execute("INSERT INTO t VALUES (1, 'x')")
    copy_into(db, tmp_path / "copy.sqlite")
    copy = connect(tmp_path / "copy.sqlite", KEY)
    assert copy["t"].count == 1
    assert copy.execute("PRAGMA cipher_integrity_check").fetchall() == []
    copy.close()


def test_a_database_keeps_the_code_over_its_pages_that_it_was_made_with(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("engine.store.connection.PAGE_CODE", "HMAC_SHA512")
        made = connect(tmp_path / "earlier.sqlite", KEY)
    made.execute("CREATE TABLE t (b TEXT) STRICT")
    made.execute("INSERT INTO t VALUES ('kept')")
    made.close()

    earlier = connect(tmp_path / "earlier.sqlite", KEY)
    # One of another code is opened in between: what it says of copies must not hold for this one.
    connect(tmp_path / "later.sqlite", KEY).close()
    copy_into(earlier, tmp_path / "copy.sqlite")
    copy = connect(tmp_path / "copy.sqlite", KEY)
    copy_into(db, tmp_path / "copy of the later.sqlite")
    later = connect(tmp_path / "copy of the later.sqlite", KEY)

    for database in (earlier, copy):
        assert database.execute("PRAGMA cipher_hmac_algorithm").fetchall() == [("HMAC_SHA512",)]
        assert database.execute("SELECT b FROM t").fetchall() == [("kept",)]
        assert database.execute("PRAGMA cipher_integrity_check").fetchall() == []
    assert later.execute("PRAGMA cipher_hmac_algorithm").fetchall() == [("HMAC_SHA256",)]
    for database in (earlier, copy, later):
        database.close()
