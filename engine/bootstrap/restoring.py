"""Bringing a backup back."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from engine.bootstrap.setup import EngineSetup
from engine.bootstrap.system import SystemClock
from engine.domain.ids import PatientId
from engine.domain.keeping import BackupReport
from engine.errors import InputError, WhyRxError
from engine.ports import Clock
from engine.store import keyfile
from engine.store.backup import restore, unpack
from engine.store.keeping import Keeping
from engine.store.opening import open_demo, open_encrypted

_DAYS_OF_A_YEAR = 365.2425


def restore_backup(
    setup: EngineSetup, archive: Path, passphrase: str | None, clock: Clock | None = None
) -> tuple[BackupReport, Path | None]:
    """Bring a backup back as the database; what was there is moved aside.

    Args:
        setup: Where the database lies, and who restores it.
        archive: The backup.
        passphrase: Of that user, as it was when the backup was made; None for a demonstration.
        clock: The time; the system's where None.

    Returns:
        What came of it, and where the former database now lies.

    Raises:
        SignInRefused: the passphrase does not open the backup.
        InputError: the file is no backup.
        StoreUnavailable: it is damaged, or cannot be written.
    """
    if passphrase is None and not setup.demo:
        raise InputError("A passphrase is needed.", hint="Give that of an administrator of the backup.")
    time = clock or SystemClock()
    key = None if passphrase is None else _key_in(archive, setup, passphrase, time)
    erased = _erased(setup, key, time)
    aside = _move_aside(setup.database, time)
    try:
        return restore(archive, setup.database, time, setup.user, key, erased), aside
    except WhyRxError:
        if aside is not None:
            _move(aside, setup.database)
        raise


def years_ago(years: int, clock: Clock | None = None) -> datetime:
    """Return the moment so many years ago."""
    return (clock or SystemClock()).now() - timedelta(days=years * _DAYS_OF_A_YEAR)


def _key_in(archive: Path, setup: EngineSetup, passphrase: str, clock: Clock) -> bytes:
    """Return the key of the database in a backup, which the passphrase opens.

    Raises:
        SignInRefused: it does not.
    """
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".whyrx-restore-") as folder:
        copy = Path(folder) / setup.database.name
        unpack(archive, copy)
        keys = keyfile.read(keyfile.path_of(copy))
        return keys.open(setup.user, passphrase, clock.now()).data_key


def _erased(setup: EngineSetup, key: bytes | None, clock: Clock) -> tuple[PatientId, ...]:
    """Return whom the database that is replaced had erased, as far as it can still be opened."""
    if not setup.database.exists():
        return ()
    try:
        if key is None:
            store = open_demo(setup.database, clock, setup.user)
        else:
            store = open_encrypted(setup.database, clock, setup.user, key)
    except WhyRxError:
        return ()
    try:
        return Keeping(store.room).erased()
    finally:
        store.close()


def _move_aside(database: Path, clock: Clock) -> Path | None:
    if not database.exists() and not keyfile.path_of(database).exists():
        return None
    aside = database.with_name(f"{database.name}.before-{clock.now():%Y%m%dT%H%M%S}")
    _move(database, aside)
    return aside


def _move(database: Path, to: Path) -> None:
    for suffix in ("", "-wal", ".keys"):
        one = database.with_name(f"{database.name}{suffix}")
        if one.exists():
            one.replace(to.with_name(f"{to.name}{suffix}"))
