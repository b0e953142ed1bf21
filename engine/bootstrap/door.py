"""The door to the database: who is signed in, and when it locks itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from engine.bootstrap.setup import EngineSetup
from engine.domain.access import Access, AccessState, Session
from engine.domain.ids import UserName
from engine.errors import InputError, Locked, WhyRxError
from engine.ports import Clock
from engine.store.opening import open_demo
from engine.store.sqlite_store import SqliteStore
from engine.store.vault import Vault, locked
from engine.store.wrapping import Stretching


class Door:
    """One database, open to at most one person at a time; a demonstration is open to anybody.

    After a while without a call it locks itself, and the key leaves the memory of this process.
    """

    def __init__(self, setup: EngineSetup, clock: Clock, stretching: Stretching | None = None) -> None:
        """Open a demonstration; anything else stays locked.

        Raises:
            StoreUnavailable: the demonstration cannot be opened, or there is a file in the clear, or one
                without its keys, where patients would be.
        """
        self._clock = clock
        self._idle = None if setup.demo else timedelta(minutes=setup.idle_minutes)
        self._used = clock.now()
        self._store: SqliteStore | None = None
        self._new = False
        self.vault = None if setup.demo else Vault(setup.database, clock, stretching)
        if self.vault is None:
            self._store = open_demo(setup.database, clock, setup.user)
        else:
            self._new = not self.vault.exists

    def close(self) -> None:
        """Sign out and let go of the database."""
        if self.vault is not None:
            self._store = None
            self.vault.lock("WhyRx was closed")
        elif self._store is not None:
            self._store.close()
            self._store = None

    @property
    def store(self) -> SqliteStore:
        """Return the open database; asking for it counts as use.

        Raises:
            Locked: nobody is signed in, or it was not used for too long.
        """
        self.lock_if_idle()
        if self._store is None:
            raise locked()
        self._used = self._clock.now()
        return self._store

    @property
    def session(self) -> Session | None:
        """Return who is signed in, if anybody is."""
        return self._store.session if self._store is not None else None

    def access(self) -> Access:
        """Return how the database stands; asking does not count as use."""
        with suppress(Locked):
            self.lock_if_idle()
        return Access(
            state=self._state(),
            users=self.vault.users if self.vault is not None else (),
            session=self.session,
            remembered=self.vault.remembered if self.vault is not None else (),
            idle_minutes=0 if self._idle is None else int(self._idle.total_seconds() // 60),
        )

    def create(self, name: str, passphrase: str) -> Access:
        """Make the database with its first administrator."""
        self._enter(self._locked_vault().create(name, passphrase))
        return self.access()

    def sign_in(self, name: str, passphrase: str | None) -> Access:
        """Open the database for a user; whoever was signed in before is signed out first."""
        vault = self._locked_vault()
        self._enter(vault.sign_in(name, passphrase))
        return self.access()

    def lock(self, why: str = "signed out") -> Access:
        """Sign out."""
        if self.vault is None:
            raise InputError("A demonstration has no lock.", hint="Close it instead.")
        self._store = None
        self.vault.lock(why)
        return self.access()

    def lock_if_idle(self) -> None:
        """Sign out whoever has not used the database for too long.

        Raises:
            Locked: it locked just now.
        """
        if self._store is None or self._idle is None or self.vault is None:
            return
        if timedelta(0) <= self._clock.now() - self._used < self._idle:
            return
        minutes = int(self._idle.total_seconds() // 60)
        self._store = None
        with suppress(WhyRxError):
            self.vault.lock(f"locked after {minutes} minutes without use")
        raise Locked(
            f"The database locked itself after {minutes} minutes without use.",
            hint="Sign in again. What was recorded is safe.",
        )

    @property
    def user(self) -> UserName | None:
        """Return the name of whoever is signed in."""
        return self._store.session.user if self._store is not None else None

    def _locked_vault(self) -> Vault:
        if self.vault is None:
            raise InputError("Nobody signs in to a demonstration.", hint="Use it as it is.")
        self._store = None
        self.vault.lock("another signed in")
        return self.vault

    def _enter(self, store: SqliteStore) -> None:
        self._store = store
        self._used = self._clock.now()
        self._new = False

    def _state(self) -> AccessState:
        if self._store is not None:
            return AccessState.OPEN
        return AccessState.NEW if self._new else AccessState.LOCKED
