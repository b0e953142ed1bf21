"""The part of the engine that lets people in."""

from __future__ import annotations

from engine.bootstrap.door import Door
from engine.domain.access import Access
from engine.errors import InputError
from engine.store.vault import Vault


class Gated:
    """An engine behind a door: who is in, who may come in, and locking behind them."""

    def __init__(self, door: Door) -> None:
        """Take the door."""
        self.door = door

    def access(self) -> Access:
        """Return whether the database is open, and to whom."""
        return self.door.access()

    def create_database(self, name: str, passphrase: str) -> Access:
        """Make the database with its first administrator, and sign them in."""
        return self.door.create(name, passphrase)

    def sign_in(self, name: str, passphrase: str | None) -> Access:
        """Open the database for a user."""
        return self.door.sign_in(name, passphrase)

    def lock(self) -> Access:
        """Sign out."""
        return self.door.lock()

    def stay_awake(self) -> Access:
        """Count as use of the database, for whoever reads without asking anything."""
        if self.door.session is not None:
            _ = self.door.store
        return self.door.access()

    def break_glass(self, reason: str) -> Access:
        """Give a clinician's rights for the rest of the session, for a reason that is recorded first."""
        self.door.store.room.break_glass(reason)
        return self.door.access()

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the passphrase of the one signed in."""
        self.vault.change_passphrase(old, new)

    @property
    def vault(self) -> Vault:
        """Return the database with its keys, for whoever manages them.

        Raises:
            InputError: a demonstration has none.
        """
        if self.door.vault is None:
            raise InputError("A demonstration has no users.", hint="Leave the demo switch out.")
        return self.door.vault
