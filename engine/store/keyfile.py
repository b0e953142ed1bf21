"""The key file: the one random key of a database, wrapped once for each user.

It lies beside the database, as ``whyrx.sqlite.keys``, because no place inside an encrypted file can be
read without the key: SQLCipher leaves nothing free in its first page, and whatever is put behind the last
one is cut off when the journal is folded back. So the record is one file, and this small one is what opens
it; a backup holds both in one file. It is written whole or not at all: beside, flushed, then renamed.

The database itself is never written again when a passphrase changes or a user goes: only a slot here does.
A slot holds, under a key that Argon2id (RFC 9106) makes of the passphrase, the key of the database and the
seed of the user's Ed25519 key; AES-256-GCM binds both to this database and this user, so a slot moved to
another file or name does not open.

A refused sign-in is noted here, since the log cannot be written without the key; the next one that succeeds
takes the notes into the log. After a few refusals each costs a wait.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from engine.domain.ids import UserName
from engine.errors import SignInRefused, StoreUnavailable
from engine.store.wrapping import Secrets, Slot, Stretching, not_right, unwrap, wrap

_FORMAT = 1
_FREE_TRIES = 3
_LONGEST_WAIT = 300
_KEPT_REFUSALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A sign-in that failed, for the log."""

    user: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """All that a key file holds."""

    format: int
    database: str
    """A random name of the database, to which every slot is bound."""
    slots: tuple[Slot, ...]
    refusals: tuple[Refusal, ...] = ()
    """Since the last sign-in that succeeded."""

    @property
    def users(self) -> tuple[UserName, ...]:
        """Return who has a slot, by name."""
        return tuple(sorted({slot.user for slot in self.slots}))

    def with_slot(self, slot: Slot) -> KeyFile:
        """Return it with a slot, in place of one of the same user and kind."""
        others = (other for other in self.slots if (other.user, other.kind) != (slot.user, slot.kind))
        return replace(self, slots=(*others, slot))

    def without(self, user: UserName, kind: str | None = None) -> KeyFile:
        """Return it without a user's slots, or without those of one kind."""
        kept = (slot for slot in self.slots if slot.user != user or kind not in (None, slot.kind))
        return replace(self, slots=tuple(kept))

    def waiting(self, now: datetime) -> int:
        """Return how many seconds the next try must wait."""
        beyond = len(self.refusals) - _FREE_TRIES
        if beyond < 0:
            return 0
        until = self.refusals[-1].at + timedelta(seconds=min(2**beyond, _LONGEST_WAIT))
        # A clock that was set back must not lock anybody out for longer than the wait itself.
        return max(0, min(int((until - now).total_seconds()), _LONGEST_WAIT))

    def open(self, user: UserName, passphrase: str, now: datetime) -> Secrets:
        """Return what a user's slot holds.

        Raises:
            SignInRefused: there is no such user, the passphrase is another, or a wait is not over.
        """
        seconds = self.waiting(now)
        if seconds:
            raise SignInRefused(
                f"Too many sign-ins failed; the next can be tried in {seconds} seconds.",
                hint="Wait, then try again. Nothing was changed.",
            )
        for slot in self.slots:
            if (slot.user, slot.kind) == (user, "passphrase"):
                return unwrap(slot, passphrase, self.database)
        raise not_right()


def path_of(database: Path) -> Path:
    """Return where the key file of a database lies."""
    return database.with_name(f"{database.name}.keys")


def new_key_file(user: UserName, passphrase: str, secrets_: Secrets, stretching: Stretching) -> KeyFile:
    """Return the key file of a new database, with its first slot."""
    database = secrets.token_hex(16)
    slot = wrap(secrets_, user, passphrase, database, stretching)
    return KeyFile(format=_FORMAT, database=database, slots=(slot,))


def refusing(found: KeyFile, user: UserName, now: datetime) -> KeyFile:
    """Return a key file with one more refused sign-in."""
    noted = (*found.refusals, Refusal(user=user, at=now))
    return replace(found, refusals=noted[-_KEPT_REFUSALS:])


def read(path: Path) -> KeyFile:
    """Return the key file at a path.

    Raises:
        StoreUnavailable: it cannot be read, is damaged, or is of a newer WhyRx.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreUnavailable(
            f"The key file of the database cannot be read: {error.strerror}.",
            hint="Without it nobody can open the database. Put it back from the last backup.",
            place=str(path),
        ) from error
    try:
        found = msgspec.json.decode(content, type=KeyFile)
    except (msgspec.MsgspecError, ValueError) as error:
        raise StoreUnavailable(
            f"The key file of the database is damaged: {error}.",
            hint="Put it back from the last backup; keep the damaged one for the safety officer.",
            place=str(path),
        ) from error
    if found.format != _FORMAT:
        raise StoreUnavailable(
            f"The key file is in format {found.format}; this WhyRx reads format {_FORMAT}.",
            hint="Open it with the WhyRx that wrote it, or a newer one.",
            place=str(path),
        )
    return found


def write(path: Path, keys: KeyFile) -> None:
    """Write a key file whole, or leave the one that is there.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.new")
    content = msgspec.json.format(msgspec.json.encode(keys), indent=2) + b"\n"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreUnavailable(
            f"The key file of the database cannot be written: {error.strerror}. It stands as it was.",
            hint="Check the folder and the free space of the drive, then try again.",
            place=str(path),
        ) from error


def _flush_folder(folder: Path) -> None:
    """Make a rename last; Windows does so by itself and cannot open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
