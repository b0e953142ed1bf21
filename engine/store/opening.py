"""Creates a database, or opens one after checking that it is whole enough to work with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from engine.domain.access import Role, Session, User
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import ContentHash, UserName
from engine.errors import AuditChainBroken, StoreUnavailable
from engine.ports import Clock
from engine.store import chain, keyfile
from engine.store.chain import GENESIS, SOFTWARE
from engine.store.codec import DAMAGED, format_of, sha256
from engine.store.columns import stamp
from engine.store.connection import connect, translated
from engine.store.room import Room
from engine.store.schema import is_new, migrations, require_ours
from engine.store.sqlite_store import SqliteStore
from engine.store.users import record_change, session_of

#: Readable and writable by its owner alone: patient data.
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700

#: The one at work in a demonstration, where the caller names nobody.
_ANYBODY = UserName("demonstration")


def open_demo(path: Path, clock: Clock, user: UserName = _ANYBODY) -> SqliteStore:
    """Open the demonstration at a path, creating it and its folder where there is none.

    It lies in the clear, nobody signs in, and everybody may do everything in it.

    Raises:
        StoreUnavailable: it cannot be created, opened or locked, is no WhyRx database, is damaged, or is
            not a demonstration.
        SchemaTooNew: a newer WhyRx wrote it.
        AuditChainBroken: the last event of its chain does not verify.
    """
    return _open(path, clock, Session(user=user, roles=frozenset(Role), demo=True), None, None)


def open_encrypted(path: Path, clock: Clock, user: UserName, key: bytes) -> SqliteStore:
    """Open the database at a path for a user of it.

    Raises:
        SignInRefused: it knows no such user.
        StoreUnavailable: as above, or there is no driver that encrypts.
        SchemaTooNew: a newer WhyRx wrote it.
        AuditChainBroken: the last event of its chain does not verify.
    """
    return _open(path, clock, user, key, None)


def create_encrypted(path: Path, clock: Clock, first: User, key: bytes) -> SqliteStore:
    """Create a database with its first administrator.

    Raises:
        StoreUnavailable: as above, or there is a file at the path.
    """
    if path.exists():
        raise StoreUnavailable(
            "There is a file already where the new database would be.",
            hint="Sign in to it, or choose another path.",
            place=str(path),
        )
    return _open(path, clock, Session(user=first.name, roles=first.roles), key, first)


def _open(
    path: Path, clock: Clock, who: Session | UserName, key: bytes | None, first: User | None
) -> SqliteStore:
    created = _create_file(path)
    try:
        db = _connected(path, key)
    except BaseException:
        _take_back(path, created=created)
        raise
    try:
        with translated(path), _damage_told(path):
            _bring_up_to_date(db, path, clock, demo=key is None, created=created)
            _check_mark(db, path, demo=key is None)
            _check_head(db, path)
            session = who if isinstance(who, Session) else session_of(db, who)
            room = Room(db, path, clock, session, key=key)
            if first is not None:
                _record_first(room, first)
    except BaseException:
        db.close()
        _take_back(path, created=created)
        raise
    return SqliteStore(room)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Tell in words of rows that hold what no WhyRx ever wrote: text for a number, a word of no list."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise AuditChainBroken(
            f"The database holds what WhyRx never writes: {type(error).__name__} {error}.",
            hint=DAMAGED,
            place=str(path),
        ) from error


def _record_first(room: Room, first: User) -> None:
    with room.writing() as db:
        record_change(room, db, first, AuditKind.USER_ADDED, f"{first.name}: first administrator")


def _connected(path: Path, key: bytes | None) -> Database:
    """Open the file as what it was called, and tell where it is the other kind.

    SQLite itself is asked what it is: reading and closing it here would drop the locks that an open
    database of this process holds.
    """
    try:
        return connect(path, key)
    except StoreUnavailable:
        if key is None and keyfile.path_of(path).exists():
            raise StoreUnavailable(
                "This database is for real patients, and WhyRx was started for demonstration ones.",
                hint="Start WhyRx without the demo switch, or choose another path.",
                place=str(path),
            ) from None
        if key is not None and _lies_in_the_clear(path):
            raise in_the_clear(path) from None
        raise


def in_the_clear(path: Path) -> StoreUnavailable:
    """Return the error of a plain file where an encrypted one is wanted."""
    return StoreUnavailable(
        "This file lies in the clear: a demonstration, or no database for real patients.",
        hint="Start WhyRx with the demo switch for a demonstration, or choose another path.",
        place=str(path),
    )


def _lies_in_the_clear(path: Path) -> bool:
    try:
        connect(path).close()
    except StoreUnavailable:
        return False
    return True


def _create_file(path: Path) -> bool:
    """Create an empty private file where there is none, and tell whether that was so."""
    try:
        path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
    except FileExistsError:
        if path.is_file():
            _require_writable(path)
            return False
        raise StoreUnavailable(
            "The path, or a part of it, names something else than a file in a folder.",
            hint="Choose another path for the database.",
            place=str(path),
        ) from None
    except OSError as error:
        raise StoreUnavailable(
            f"The database cannot be created there: {error.strerror}.",
            hint="Check that the folder exists, that this user may write in it, and that the disk has room.",
            place=str(path),
        ) from error
    return True


def _require_writable(path: Path) -> None:
    # Asked of the system and not tried: opening and closing the file would drop the locks that an
    # open database of this process holds on it.
    effective = os.access in os.supports_effective_ids
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=effective):
        raise StoreUnavailable(
            "The database is read-only for this user.",
            hint="Ask whoever runs this machine for write access to the file and its folder.",
            place=str(path),
        )


def _take_back(path: Path, *, created: bool) -> None:
    """Leave nothing behind of a database whose creation failed."""
    if created:
        for suffix in ("", "-wal", "-journal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def _bring_up_to_date(db: Database, path: Path, clock: Clock, *, demo: bool, created: bool) -> None:
    """Create or migrate in one transaction: a crash leaves the old schema, never half of a new one."""
    db.execute("BEGIN IMMEDIATE")
    try:
        new = is_new(db)
        if not new:
            require_ours(db, migrations, str(path))
        elif not created:
            _refuse_empty(path)
        steps = [step.name for step in migrations.pending(db)]
        migrations.apply(db)
        if new:
            _mark(db, clock, demo=demo)
        elif steps:
            _tell_of_steps(db, clock, steps)
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _refuse_empty(path: Path) -> None:
    raise StoreUnavailable(
        "The file is empty; a WhyRx database never is.",
        hint="If there was a database here, restore its last backup and tell the safety officer. "
        "If not, delete the empty file and start WhyRx again.",
        place=str(path),
    )


def _mark(db: Database, clock: Clock, *, demo: bool) -> None:
    now = clock.now()
    for key, value in (("created", stamp(now)), ("demo", "yes" if demo else "no")):
        db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))
    purpose = "for demonstration patients" if demo else "for patients"
    event = AuditEvent(
        kind=AuditKind.DATABASE_CREATED,
        subject="database",
        by=SOFTWARE,
        at=now,
        detail=f"database created {purpose}",
    )
    chain.append(db, event, now)


def _tell_of_steps(db: Database, clock: Clock, steps: list[str]) -> None:
    """Record that the database was brought up to date, with one hash over all that was sealed in it."""
    now = clock.now()
    chain.tell_clock(db, now)
    lines = [
        (event, sha256(content))
        for table in ("records", "decisions", "responses")
        for event, content, body in db.execute(
            f"SELECT event, content, body FROM {table} JOIN audit ON sequence = event"  # noqa: S608 - ours
        ).fetchall()
        if format_of(body) == 1  # a later link names these bytes itself
    ]
    sealed = "".join(f"{event} {stored}\n" for event, stored in sorted(lines))
    event = AuditEvent(
        kind=AuditKind.MIGRATED,
        subject="database",
        by=SOFTWARE,
        at=now,
        detail=f"brought up to date: {', '.join(steps)}",
        content=ContentHash(sha256(sealed.encode())),
    )
    chain.append(db, event, now)


def _check_mark(db: Database, path: Path, *, demo: bool) -> None:
    """Keep demonstration patients and real ones in different files."""
    found = db.execute("SELECT value FROM meta WHERE key = 'demo'").fetchall()
    marked = found == [("yes",)]
    if marked != demo:
        holds, asked = ("demonstration", "real") if marked else ("real", "demonstration")
        raise StoreUnavailable(
            f"This database is for {holds} patients, and WhyRx was started for {asked} ones.",
            hint=f"Start WhyRx {'with' if marked else 'without'} the demo switch, or choose another path.",
            place=str(path),
        )


def _check_head(db: Database, path: Path) -> None:
    """Check the last link at once; the whole chain is verified on request."""
    last = db.execute("SELECT body, previous, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchall()
    body, previous, link_hash = last[0] if last else (b"", GENESIS, b"")
    # A damaged page can hold nothing, or a number, where bytes must stand.
    whole = isinstance(body, bytes) and isinstance(previous, bytes)
    if not whole or chain.link_hash(previous, body) != link_hash:
        raise AuditChainBroken(
            "The last event of the audit chain does not verify.",
            hint="Stop, keep the file as it is, and tell the safety officer.",
            place=str(path),
        )
