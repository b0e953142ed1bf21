"""Backups: one file with the database and its keys, called a backup only once it was restored and verified.

The file is a ZIP archive without compression: ``database`` is a copy that SQLite itself writes out, encrypted
with the same key; ``keys`` is the key file; ``manifest`` says what both hash to. A backup is as safe as the
database, and the passphrases that open the one open the other. Any program that reads ZIP can take the files
out again. The database's own file is never copied by hand: closing it here would drop the locks on it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

from engine.domain.access import Right
from engine.domain.audit import AuditKind, AuditReport
from engine.domain.ids import ContentHash, PatientId, UserName
from engine.domain.keeping import BackupReport
from engine.errors import InputError, StoreUnavailable, WhyRxError
from engine.ports import Clock, Progress
from engine.store import keyfile
from engine.store.connection import connect, copy_into, translated
from engine.store.keeping import Keeping
from engine.store.opening import open_demo, open_encrypted
from engine.store.room import Room
from engine.store.verification import verify

_DATABASE, _KEYS, _MANIFEST = "database", "keys", "manifest"
_CHUNK = 1 << 20
_STEPS = 4


class Backups:
    """Backups of an open database."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def write(self, path: Path, progress: Progress) -> BackupReport:
        """Write a backup, restore it aside, verify it, and only then give it its name.

        Raises:
            StoreUnavailable: the drive has no room, or the folder cannot be written.
            InputError: there is a file of that name.
        """
        if path.exists():
            raise InputError(
                "There is a file of that name.",
                hint="Choose another; nothing is overwritten.",
                place=str(path),
            )
        progress.step(0, _STEPS, "copying the database")
        beside = path.with_name(f"{path.name}.unverified")
        try:
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=".whyrx-backup-") as folder:
                copy = Path(folder) / _DATABASE
                with self._room.reading(Right.KEEP_DATABASE) as db:
                    copy_into(db, copy)
                _pack(copy, keyfile.path_of(self._room.path), beside)
            progress.step(1, _STEPS, "restoring it aside")
            report = self._tried(beside, path, progress)
            if report.problems:
                raise StoreUnavailable(
                    f"The backup does not verify: {report.problems[0]}.",
                    hint="Verify the database; if it is whole, try another drive.",
                    place=str(path),
                )
            self._room.log(AuditKind.BACKUP, "database", _said(report))
            beside.rename(path)
        except OSError as error:
            raise _cannot_write(path, error) from error
        finally:
            beside.unlink(missing_ok=True)
        progress.step(_STEPS, _STEPS, "backed up")
        return report

    def drill(self, path: Path, progress: Progress) -> BackupReport:
        """Restore a backup aside, verify it, and throw the copy away; what came of it is recorded."""
        with self._room.reading(Right.KEEP_DATABASE, Right.AUDIT):
            pass
        progress.step(1, _STEPS, "restoring it aside")
        report = self._tried(path, path, progress)
        outcome = f"{len(report.problems)} problems" if report.problems else "whole"
        self._room.log(AuditKind.RESTORE_DRILL, "database", f"{_said(report)}: {outcome}")
        progress.step(_STEPS, _STEPS, "drilled")
        return report

    def _tried(self, archive: Path, named: Path, progress: Progress) -> BackupReport:
        """Restore an archive into a folder beside it, and verify what comes out."""
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".whyrx-restore-") as folder:
            copy = Path(folder) / self._room.path.name
            unpack(archive, copy)
            progress.step(2, _STEPS, "verifying it")
            db = connect(copy, self._room.key)
            try:
                with translated(copy):
                    found = verify(db)
            finally:
                db.close()
        return _report(archive, named, found)


def restore(
    archive: Path,
    path: Path,
    clock: Clock,
    user: UserName,
    key: bytes | None,
    erased: tuple[PatientId, ...],
) -> BackupReport:
    """Bring a backup back as the database at a path, erase again what was erased since, and verify it.

    The key file comes with it; call it once a user of the backup has opened that.

    Args:
        archive: The backup.
        path: Where the database is to lie; a database that is there must have been moved aside.
        clock: Gives the time of the event that records it.
        user: Who restores it.
        key: What the database is encrypted with; None for a demonstration.
        erased: Patients whom the database that it replaces had erased.

    Raises:
        InputError: the file is no backup, or there is a database already.
        NotPermitted: the user is no administrator of the backup.
        StoreUnavailable: it cannot be written, or is damaged.
    """
    if path.exists():
        raise InputError(
            "There is a database already.",
            hint="Move it aside first; it is never overwritten.",
            place=str(path),
        )
    try:
        unpack(archive, path)
        return _brought_back(archive, path, clock, user, key, erased)
    except BaseException:
        for file in (path, path.with_name(f"{path.name}-wal"), keyfile.path_of(path)):
            file.unlink(missing_ok=True)
        raise


def _brought_back(
    archive: Path,
    path: Path,
    clock: Clock,
    user: UserName,
    key: bytes | None,
    erased: tuple[PatientId, ...],
) -> BackupReport:
    store = open_demo(path, clock, user) if key is None else open_encrypted(path, clock, user, key)
    room = store.room
    try:
        with room.reading(Right.KEEP_DATABASE):
            pass
        keeping = Keeping(room)
        known = set(keeping.erased())
        for patient_id in erased:
            if patient_id not in known and keeping.has(patient_id):
                keeping.erase(patient_id, "erased again: it was erased after the backup was made")
        found = store.verify()
        report = _report(archive, archive, found)
        room.log(AuditKind.RESTORED, "database", _said(report))
    finally:
        store.close()
    return report


def unpack(archive: Path, path: Path) -> None:
    """Take database and keys out of a backup, and check that they are what was put in.

    Raises:
        InputError: the file is no backup.
        StoreUnavailable: it is damaged, or there is no room.
    """
    try:
        with zipfile.ZipFile(archive) as found:
            manifest = json.loads(found.read(_MANIFEST))
            for name, to in ((_DATABASE, path), (_KEYS, keyfile.path_of(path))):
                if name not in manifest:
                    continue
                with found.open(name) as source, to.open("xb") as target:
                    to.chmod(0o600)
                    shutil.copyfileobj(source, target, _CHUNK)
                if _hash_of(to) != manifest[name]:
                    raise _damaged(archive, f"{name} has another hash")
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, AttributeError, TypeError) as error:
        raise InputError(
            f"This is no backup of WhyRx, or it is damaged: {error}.",
            hint="Choose another backup; keep this one for the safety officer.",
            place=str(archive),
        ) from error
    except (OSError, NotImplementedError, EOFError) as error:
        raise _damaged(archive, str(error)) from error


def _pack(database: Path, keys: Path, archive: Path) -> None:
    members = {_DATABASE: database} | ({_KEYS: keys} if keys.exists() else {})
    with zipfile.ZipFile(archive, "x", zipfile.ZIP_STORED) as made:
        archive.chmod(0o600)
        for name, file in members.items():
            made.write(file, name)
        hashes = {name: _hash_of(file) for name, file in members.items()}
        made.writestr(_MANIFEST, json.dumps(hashes, sort_keys=True))


def _report(archive: Path, named: Path, found: AuditReport) -> BackupReport:
    """Return what verification found in an archive, under the name it has for the user."""
    return BackupReport(
        path=str(named),
        bytes=archive.stat().st_size,
        sha256=_hash_of(archive),
        events=found.events,
        decisions=found.decisions,
        head=ContentHash(found.head),
        problems=found.problems,
    )


def _hash_of(path: Path) -> ContentHash:
    with path.open("rb") as file:
        return ContentHash(hashlib.file_digest(file, "sha256").hexdigest())


def _said(report: BackupReport) -> str:
    return (
        f"{Path(report.path).name}: {report.events} events, {report.decisions} decisions, "
        f"head {report.head}, SHA-256 {report.sha256}"
    )


def _damaged(archive: Path, why: str) -> WhyRxError:
    return StoreUnavailable(
        f"The backup is damaged, or there is no room to restore it: {why}.",
        hint="Check the free space; if there is enough, choose another backup.",
        place=str(archive),
    )


def _cannot_write(path: Path, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        f"The backup cannot be written there: {error.strerror or error}.",
        hint="Check that the folder exists, can be written to and has room.",
        place=str(path),
    )
