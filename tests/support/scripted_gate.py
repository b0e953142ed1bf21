"""The part of a scripted engine that lets people in: names and passphrases in a dictionary."""

from __future__ import annotations

from dataclasses import replace

from builders import NURSE

from engine.domain.access import Access, AccessState, Role, Session
from engine.domain.ids import UserName
from engine.errors import InputError, SignInRefused

#: A demonstration: open to everybody.
OPEN_TO_ALL = Access(state=AccessState.OPEN, session=Session(user=NURSE, roles=frozenset(Role), demo=True))


class ScriptedGate:
    """Who is let in; ``locked_for`` makes it a database of real patients."""

    def __init__(self) -> None:
        self.gate = OPEN_TO_ALL
        self.passphrases: dict[str, str] = {}
        self.roles: frozenset[Role] = frozenset({Role.CLINICIAN})

    def locked_for(self, **passphrases: str) -> None:
        """Lock it, for these people to open; with nobody, it is still to be made."""
        self.passphrases = passphrases
        names = tuple(UserName(name) for name in passphrases)
        state = AccessState.LOCKED if names else AccessState.NEW
        self.gate = Access(state=state, users=names, idle_minutes=15)

    def access(self) -> Access:
        """Return how it stands."""
        return self.gate

    def create_database(self, name: str, passphrase: str) -> Access:
        """Let the first administrator in."""
        if len(passphrase) < 12:
            raise InputError("A passphrase needs at least 12 characters.", hint="Take four or five words.")
        self.passphrases[name] = passphrase
        self.roles = frozenset({Role.ADMINISTRATOR})
        return self._let_in(name)

    def sign_in(self, name: str, passphrase: str | None) -> Access:
        """Let somebody in."""
        if self.passphrases.get(name) != passphrase:
            raise SignInRefused("The name or the passphrase is not right.", hint="Type it again.")
        return self._let_in(name)

    def lock(self) -> Access:
        """Let nobody in any more."""
        self.gate = replace(self.gate, state=AccessState.LOCKED, session=None)
        return self.gate

    def stay_awake(self) -> Access:
        """Return how it stands."""
        return self.gate

    def break_glass(self, reason: str) -> Access:
        """Let whoever is in do more."""
        if not reason.strip():
            raise InputError("Breaking the glass needs a reason.", hint="Say what the emergency is.")
        if self.gate.session is not None:
            self.gate = replace(self.gate, session=replace(self.gate.session, emergency=reason))
        return self.gate

    def change_passphrase(self, old: str, new: str) -> None:
        """Take another passphrase from whoever is in."""
        assert self.gate.session is not None
        if self.passphrases.get(self.gate.session.user) != old:
            raise SignInRefused("The name or the passphrase is not right.", hint="Type it again.")
        self.passphrases[self.gate.session.user] = new

    def _let_in(self, name: str) -> Access:
        user = UserName(name)
        self.gate = Access(
            state=AccessState.OPEN,
            users=tuple(UserName(known) for known in self.passphrases),
            session=Session(user=user, roles=self.roles),
            idle_minutes=15,
        )
        return self.gate
