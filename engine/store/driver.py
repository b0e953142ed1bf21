"""SQLCipher as a driver whose errors are those of the standard library.

sqlite-utils decides by ``sqlite3.OperationalError`` what to do next; SQLCipher's own module raises
classes of its own, which pass it by and leave transactions open. So every call of a connection or a
cursor here raises the standard class, with the same code and message.

The module also tells whether there is such a driver at all: without it there is no place for patients.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

#: The oldest SQLite whose search index can forget a row of which it keeps no text.
OLDEST_SQLITE = (3, 43, 0)

_CLASSES = (
    "NotSupportedError",
    "ProgrammingError",
    "IntegrityError",
    "OperationalError",
    "InternalError",
    "DataError",
    "DatabaseError",
    "InterfaceError",
    "Error",
)
_OF_A_CURSOR = ("execute", "executemany", "executescript", "fetchone", "fetchmany", "fetchall")
_OF_A_CONNECTION = ("commit", "rollback", "backup", "close", "interrupt", "create_function")


def encrypted_driver() -> str | None:
    """Return the version of SQLCipher, or None where there is none that works.

    Not whether a module of the name can be imported counts, but whether it encrypts: a build without
    a codec would take a key and store everything in the clear.
    """
    try:
        connection = open_connection(Path(":memory:"), 0.0)
    except ImportError:
        return None
    try:
        found = connection.execute("PRAGMA cipher_version").fetchall()
    finally:
        connection.close()
    return str(found[0][0]) if found and found[0][0] else None


def open_connection(path: Path, patience: float) -> sqlite3.Connection:
    """Open a file through SQLCipher; without a key it is plain SQLite.

    Raises:
        ImportError: SQLCipher is not installed.
        sqlite3.Error: the file cannot be opened.
    """
    module, connection = _classes()
    try:
        opened = module.connect(str(path), timeout=patience, factory=connection)
    except module.Error as error:
        raise _translated(module, error) from error
    # The two classes have the same methods, but no common ancestor.
    return cast(sqlite3.Connection, opened)


@functools.cache
def _classes() -> tuple[Any, type]:
    """Return SQLCipher's module, and a class of connections that raise standard errors."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - may be missing, which is told where it is needed

    module: Any = dbapi2

    class Cursor(module.Cursor):  # type: ignore[misc] # a class of a module without types
        """A cursor of standard errors, closed by its first error."""

        def __next__(self) -> Any:  # noqa: ANN401 - a row is what was asked for
            try:
                return super().__next__()
            except module.Error as error:
                raise _translated(module, error) from error

    class Connection(module.Connection):  # type: ignore[misc] # as above
        """A connection of standard errors."""

        def cursor(self, factory: type = Cursor) -> Any:  # noqa: ANN401 - as above
            try:
                return super().cursor(factory)
            except module.Error as error:
                raise _translated(module, error) from error

        def execute(self, *arguments: Any) -> Any:  # noqa: ANN401 - as above
            return self.cursor().execute(*arguments)

        def executemany(self, *arguments: Any) -> Any:  # noqa: ANN401 - as above
            return self.cursor().executemany(*arguments)

        def executescript(self, script: str) -> Any:  # noqa: ANN401 - as above
            return self.cursor().executescript(script)

    for name in _OF_A_CURSOR:
        setattr(Cursor, name, _mapped(module, getattr(module.Cursor, name), close=module.Cursor.close))
    for name in _OF_A_CONNECTION:
        setattr(Connection, name, _mapped(module, getattr(module.Connection, name)))
    return module, Connection


def _mapped(
    module: Any,  # noqa: ANN401 - a module without types
    method: Callable[..., Any],
    close: Callable[[Any], None] | None = None,
) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(this: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - passed through
        try:
            return method(this, *arguments, **named)
        except module.Error as error:
            # A failed CREATE INDEX whose cursor lives on "succeeds" when it is asked again.
            if close is not None:
                close(this)
            raise _translated(module, error) from error

    return call


def _translated(module: Any, error: Exception) -> sqlite3.Error:  # noqa: ANN401 - a module without types
    kind = next(name for name in _CLASSES if isinstance(error, getattr(module, name)))
    standard: sqlite3.Error = getattr(sqlite3, kind)(*error.args)
    for name in ("sqlite_errorcode", "sqlite_errorname"):
        if hasattr(error, name):
            setattr(standard, name, getattr(error, name))
    return standard
