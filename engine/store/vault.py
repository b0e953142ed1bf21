"""A database with its key file: made, opened by a passphrase, and its slots changed.

Where both files must change, the database goes first, with its event: a crash in between leaves a user
with a slot and no entry, who is refused, or with an entry and no slot, whom the administrator gives a new
passphrase. The next sign-in takes slots away that belong to nobody.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.domain.access import Role, User
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import UserName
from engine.errors import Locked, SignInRefused, StoreUnavailable
from engine.ports import Clock
from engine.store import keyfile, keyring_slot
from engine.store.chain import SOFTWARE
from engine.store.connection import require_encryption
from engine.store.keyfile import KeyFile
from engine.store.opening import create_encrypted, in_the_clear, open_encrypted
from engine.store.sqlite_store import SqliteStore
from engine.store.users import Users, usable_name, users_in
from engine.store.wrapping import (
    Secrets,
    Stretching,
    for_another,
    new_secrets,
    public_key_of,
    unwrap_with_key,
    wrap,
    wrap_with_key,
)


class Vault:
    """One encrypted database, open to at most one user at a time."""

    def __init__(self, path: Path, clock: Clock, stretching: Stretching | None = None) -> None:
        """Take where it lies; nothing is opened yet."""
        self._path = path
        self._keys_path = keyfile.path_of(path)
        self._clock = clock
        self._stretching = stretching or Stretching()
        self._store: SqliteStore | None = None
        self._secrets: Secrets | None = None

    @property
    def exists(self) -> bool:
        """Tell whether there is a database to sign in to.

        Raises:
            StoreUnavailable: there is a database, but not its key file; or the file lies in the clear.
        """
        if self._keys_path.exists():
            return True
        if not self._path.exists():
            return False
        if self._path.is_file() and self._path.stat().st_size == 0:
            return False
        raise (
            in_the_clear(self._path)
            if _plain(self._path)
            else StoreUnavailable(
                "The key file of the database is missing; without it nobody can open the database.",
                hint=f"Put {self._keys_path.name} back from the last backup.",
                place=str(self._keys_path),
            )
        )

    @property
    def users(self) -> tuple[UserName, ...]:
        """Return who may try to sign in; nobody where there is no database yet."""
        return self._keys().users if self._keys_path.exists() else ()

    @property
    def remembered(self) -> tuple[UserName, ...]:
        """Return for whom this operating system keeps a key."""
        if not self._keys_path.exists():
            return ()
        return tuple(sorted(slot.user for slot in self._keys().slots if slot.kind == "keyring"))

    def create(self, name: str, passphrase: str) -> SqliteStore:
        """Make the database with its first administrator, and sign them in.

        The key file is written first: a database whose key nobody has would be lost at once.

        Raises:
            InputError: the name or the passphrase cannot be used.
            StoreUnavailable: there is a database already, or it cannot be made.
        """
        require_encryption(self._path, needed=True)
        if self.exists:
            raise StoreUnavailable(
                "There is a database already.", hint="Sign in to it.", place=str(self._path)
            )
        user = usable_name(name)
        held = new_secrets()
        keys = keyfile.new_key_file(user, passphrase, held, self._stretching)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyfile.write(self._keys_path, keys)
        first = User(name=user, roles=frozenset({Role.ADMINISTRATOR}), public_key=public_key_of(held.seed))
        try:
            store = create_encrypted(self._path, self._clock, first, held.data_key)
        except BaseException:
            self._keys_path.unlink(missing_ok=True)
            raise
        return self._opened(store, held)

    def sign_in(self, name: str, passphrase: str | None) -> SqliteStore:
        """Open the database with a user's passphrase, or with the key that the system keeps for them.

        Raises:
            SignInRefused: no such user, another passphrase, or too many tries.
            StoreUnavailable: a file is missing, damaged or in use.
            IntegrityError: the end of the chain does not verify.
        """
        keys = self._keys()
        if not self._path.exists():
            raise StoreUnavailable(
                "The database is missing, though its key file is there.",
                hint="Restore the last backup, and tell the safety officer. If it was never finished, delete "
                "the key file and make it again.",
                place=str(self._path),
            )
        user = UserName(" ".join(name.split()))
        now = self._clock.now()
        try:
            held = self._secrets_of(keys, user, passphrase)
        except SignInRefused:
            if not keys.waiting(now):
                keyfile.write(self._keys_path, keyfile.refusing(keys, user, now))
            raise
        store = open_encrypted(self._path, self._clock, user, held.data_key)
        try:
            self._note_refusals(store, keys)
            self._drop_slots_of_nobody(store, keys)
            store.room.log(AuditKind.SIGN_IN, user, "signed in")
        except BaseException:
            store.close()
            raise
        return self._opened(store, held)

    def lock(self, why: str) -> None:
        """Sign out and let go of the key, if anybody is signed in."""
        store, self._store, self._secrets = self._store, None, None
        if store is not None:
            try:
                store.room.log(AuditKind.SIGN_OUT, store.session.user, why)
            finally:
                store.close()

    @property
    def seed(self) -> bytes:
        """Return the key that the one at work signs with.

        Raises:
            Locked: nobody is signed in.
        """
        return self._held().seed

    def add_user(self, name: str, roles: frozenset[Role], passphrase: str) -> None:
        """Add a user with a first passphrase, to be changed by them."""
        held = for_another(self._held())
        user = usable_name(name)
        slot = wrap(held, user, passphrase, self._keys().database, self._stretching)
        Users(self._open().room).add(User(name=user, roles=roles, public_key=public_key_of(held.seed)))
        keyfile.write(self._keys_path, self._keys().with_slot(slot))

    def remove_user(self, name: UserName) -> None:
        """Remove a user, and the slots their passphrase opens."""
        Users(self._open().room).remove(name)
        keyfile.write(self._keys_path, self._keys().without(name))

    def change_passphrase(self, old: str, new: str) -> None:
        """Wrap the same secrets of the one at work under another passphrase.

        Raises:
            SignInRefused: the old passphrase is not right.
            InputError: the new one is too short.
        """
        store, keys = self._open(), self._keys()
        held = keys.open(store.session.user, old, self._clock.now())
        slot = wrap(held, store.session.user, new, keys.database, self._stretching)
        Users(store.room).passphrase_changed()
        keyfile.write(self._keys_path, keys.with_slot(slot))

    def set_passphrase(self, name: UserName, new: str) -> None:
        """Give a user who forgot theirs a new passphrase, and with it a new signing key."""
        held = for_another(self._held())
        keys = self._keys()
        slot = wrap(held, name, new, keys.database, self._stretching)
        Users(self._open().room).change_key(name, public_key_of(held.seed))
        keyfile.write(self._keys_path, keys.without(name).with_slot(slot))

    def remember(self) -> None:
        """Let this operating system keep a key for the one at work, so that no passphrase is asked for.

        Raises:
            StoreUnavailable: this system keeps no keys.
        """
        store, keys = self._open(), self._keys()
        user = store.session.user
        key = keyring_slot.keep(keys.database, user)
        store.room.log(AuditKind.KEY_CHANGED, user, "this operating system keeps a key from now on")
        keyfile.write(self._keys_path, keys.with_slot(wrap_with_key(self._held(), user, key, keys.database)))

    def forget(self) -> None:
        """Let the passphrase be asked for again."""
        store, keys = self._open(), self._keys()
        user = store.session.user
        keyfile.write(self._keys_path, keys.without(user, "keyring"))
        keyring_slot.forget(keys.database, user)
        store.room.log(AuditKind.KEY_CHANGED, user, "this operating system keeps no key any more")

    def _secrets_of(self, keys: KeyFile, user: UserName, passphrase: str | None) -> Secrets:
        if passphrase is not None:
            return keys.open(user, passphrase, self._clock.now())
        for slot in keys.slots:
            if (slot.user, slot.kind) == (user, "keyring"):
                return unwrap_with_key(slot, keyring_slot.kept(keys.database, user), keys.database)
        raise SignInRefused(
            f"This operating system keeps no key for {user}.", hint="Sign in with the passphrase."
        )

    def _note_refusals(self, store: SqliteStore, keys: KeyFile) -> None:
        """Take refused sign-ins into the log, and out of the key file."""
        for refusal in keys.refusals:
            store.append_event(
                AuditEvent(
                    kind=AuditKind.SIGN_IN_REFUSED,
                    subject=refusal.user,
                    by=SOFTWARE,
                    at=refusal.at,
                    detail=f"a sign-in as {refusal.user} was refused",
                )
            )
        if keys.refusals:
            keyfile.write(self._keys_path, replace(keys, refusals=()))

    def _drop_slots_of_nobody(self, store: SqliteStore, keys: KeyFile) -> None:
        with store.room.reading() as db:
            active = {name for name, user in users_in(db).items() if user.active}
        for name in set(keys.users) - active:
            keyfile.write(self._keys_path, self._keys().without(name))

    def _opened(self, store: SqliteStore, held: Secrets) -> SqliteStore:
        self._store, self._secrets = store, held
        return store

    def _open(self) -> SqliteStore:
        if self._store is None:
            raise locked()
        return self._store

    def _held(self) -> Secrets:
        if self._secrets is None:
            raise locked()
        return self._secrets

    def _keys(self) -> KeyFile:
        return keyfile.read(self._keys_path)


def locked() -> Locked:
    """Return the error of a question that needs someone signed in."""
    return Locked("Nobody is signed in.", hint="Sign in first.")


def _plain(path: Path) -> bool:
    """Tell whether a file that no program here has open lies in the clear."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"
