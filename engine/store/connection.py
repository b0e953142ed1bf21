"""The one door to SQLite: how a database file is opened, and what its errors mean to people.

Nothing else in WhyRx opens a database or catches an error of SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from engine.errors import InvariantBroken, StoreUnavailable, WhyRxError
from engine.store.driver import OLDEST_SQLITE, encrypted_driver, open_connection

#: How long to wait for another WhyRx that is just finishing, in seconds.
_PATIENCE = 2.0

#: A compressed decision fits one page; smaller ones spill it over a chain of them.
PAGE_BYTES = 16384

#: The code over every encrypted page. Processors compute it three times as fast as the one that SQLCipher
#: takes by default, which the databases of earlier WhyRx have and keep.
PAGE_CODE, _EARLIER_PAGE_CODE = "HMAC_SHA256", "HMAC_SHA512"

_PRAGMAS = (
    # One program at a time, for as long as it has the file open. It also spares the shared-memory
    # file of WAL mode, which network drives cannot provide.
    "PRAGMA locking_mode = EXCLUSIVE",
    f"PRAGMA page_size = {PAGE_BYTES}",
    "PRAGMA journal_mode = WAL",
    # A commit has reached the disk when it returns.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # A planted view or trigger may not call functions with side effects.
    "PRAGMA trusted_schema = OFF",
    # INSERT OR REPLACE must fire the triggers against deletion.
    "PRAGMA recursive_triggers = ON",
    "PRAGMA cell_size_check = ON",
    # What was erased is overwritten, not only let go of.
    "PRAGMA secure_delete = ON",
    # Patient data stay out of temporary files.
    "PRAGMA temp_store = MEMORY",
    # Fold the journal back every 4 MB.
    "PRAGMA wal_autocheckpoint = 256",
)

#: By primary result code: what happened, and what to do next.
_MEANINGS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: (
        "The disk is full.",
        "Free space on the drive that holds the database, then try again.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk could not be read or written.",
        "Check the drive and its free space, then try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The database or its folder is read-only.",
        "Ask whoever runs this machine for write access to the folder.",
    ),
    sqlite3.SQLITE_PERM: (
        "This user may not open the database.",
        "Ask whoever runs this machine for access to the folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database cannot be opened or created there.",
        "Check that the folder exists and that this user may write in it.",
    ),
    sqlite3.SQLITE_BUSY: (
        "Another program has the database open, most likely a second WhyRx.",
        "Close the other one, or work there; then try again.",
    ),
    sqlite3.SQLITE_LOCKED: (
        "Another part of this program is using the database.",
        "Wait until it has finished, then try again.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database file is damaged: parts of it are missing or were overwritten.",
        "Do not go on working with it. Keep the file, restore the last backup, and tell the safety officer.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "This file is not a WhyRx database, is one under another key, or its beginning was overwritten.",
        "Check the path. If it is the right file, restore the last backup and tell the safety officer.",
    ),
    sqlite3.SQLITE_NOMEM: (
        "The machine has run out of memory.",
        "Close other programs, then try again.",
    ),
}

#: Tables that are missing, a format that SQLite does not know: the file is not what WhyRx left.
_UNFORESEEN = (
    "The database does not answer as one of WhyRx does; it was altered or damaged.",
    "Do not go on working with it. Keep the file, restore the last backup, and tell the safety officer.",
)


def connect(path: Path, key: bytes | None = None) -> Database:
    """Open the file for this program alone, creating it where it does not exist.

    Args:
        path: The file.
        key: 32 bytes that encrypt it; None for a demonstration, which lies in the clear.

    Raises:
        StoreUnavailable: it cannot be opened, or another program has it open; or there is a key, and
            no driver that encrypts.
    """
    require_encryption(path, needed=key is not None)
    with translated(path):
        try:
            return _opened(path, key, PAGE_CODE)
        except sqlite3.DatabaseError as error:
            if key is None or _primary(error) != sqlite3.SQLITE_NOTADB:
                raise
            return _opened(path, key, _EARLIER_PAGE_CODE)


def _opened(path: Path, key: bytes | None, code: str) -> Database:
    connection = _connection(path, key)
    try:
        # Plugins of sqlite-utils are other people's code: none runs inside this database.
        database = Database(connection, execute_plugins=False)
        for pragma in (*_unlocking(key, code), *_PRAGMAS):
            database.execute(pragma).fetchall()
        _require_journal(database, path)
    except BaseException:
        connection.close()
        raise
    return database


def copy_into(database: Database, path: Path) -> None:
    """Write a copy of an open database, under the same key and with the same code over its pages.

    Raises:
        sqlite3.Error: the medium refused.
    """
    # A copy takes the code that this process uses by default; a database opened since may have set it.
    for (code,) in database.execute("PRAGMA cipher_hmac_algorithm").fetchall():
        database.execute(f"PRAGMA cipher_default_hmac_algorithm = {code}").fetchall()
    database.execute("VACUUM INTO ?", (str(path),))


def require_encryption(path: Path, *, needed: bool) -> None:
    """Refuse to hold patients in the clear.

    Raises:
        StoreUnavailable: there is no driver that encrypts.
    """
    if needed and encrypted_driver() is None:
        raise StoreUnavailable(
            "The driver that encrypts the database is missing, and WhyRx holds no patients without it.",
            hint="Install the package sqlcipher3 of this WhyRx again. Demonstrations work without it.",
            place=str(path),
        )


def _connection(path: Path, key: bytes | None) -> sqlite3.Connection:
    try:
        return open_connection(path, _PATIENCE)
    except ImportError:
        if key is None and sqlite3.sqlite_version_info >= OLDEST_SQLITE:
            return sqlite3.connect(str(path), timeout=_PATIENCE)
        raise StoreUnavailable(
            f"The SQLite of this Python ({sqlite3.sqlite_version}) is too old for a WhyRx database.",
            hint="Install the package sqlcipher3 of this WhyRx again; it brings a newer one.",
            place=str(path),
        ) from None


def _unlocking(key: bytes | None, code: str) -> tuple[str, ...]:
    """Return what must be said before anything else is read of an encrypted file."""
    if key is None:
        return ()
    return (
        f"PRAGMA key = \"x'{key.hex()}'\"",
        f"PRAGMA cipher_page_size = {PAGE_BYTES}",
        f"PRAGMA cipher_hmac_algorithm = {code}",
        # Also of the copies that a backup makes.
        f"PRAGMA cipher_default_page_size = {PAGE_BYTES}",
        # It would write to standard error what the error that follows says anyway.
        "PRAGMA cipher_log_level = NONE",
    )


def _require_journal(database: Database, path: Path) -> None:
    mode = database.execute("PRAGMA journal_mode").fetchall()[0][0]
    if mode != "wal":
        raise StoreUnavailable(
            f"The drive does not allow a write-ahead journal (it offers {mode}).",
            hint="Move the database to a local drive.",
            place=str(path),
        )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn errors of SQLite inside the block into errors that say what to do.

    Raises:
        StoreUnavailable: the medium refused.
        InvariantBroken: a constraint or a fence refused a row, or a statement was wrong.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise meaning_of(error, path) from error
    except UnicodeDecodeError as error:
        what, remedy = _MEANINGS[sqlite3.SQLITE_CORRUPT]
        raise StoreUnavailable(f"{what} ({error}).", hint=remedy, place=str(path)) from error


def meaning_of(error: sqlite3.Error, path: Path) -> WhyRxError:
    """Return what an error of SQLite means to people."""
    code = _primary(error)
    if code in (0, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE):
        return InvariantBroken(
            f"The database refused what WhyRx asked of it: {error}. Nothing was stored.",
            hint="This is a fault of WhyRx: save the details and report it.",
            place=str(path),
        )
    what, remedy = _MEANINGS.get(code, _UNFORESEEN)
    name = getattr(error, "sqlite_errorname", "")
    return StoreUnavailable(f"{what} Nothing was stored ({name}: {error}).", hint=remedy, place=str(path))


def _primary(error: sqlite3.Error) -> int:
    """Return the primary code of an error, its low byte; errors of the Python module itself carry none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
