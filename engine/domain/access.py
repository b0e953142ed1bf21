"""Who may do what: roles that cannot be joined, rights, and the session that carries them.

Duties are separate so that no one person can do a thing and hide it: whoever writes rules does not
release them, whoever keeps the machine reads no patient, and whoever audits changes nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from engine.domain.ids import UserName


class Role(enum.StrEnum):
    """A duty at a site."""

    CLINICIAN = "clinician"
    AUTHOR = "author"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(enum.StrEnum):
    """What a session may do, in the words of the one who is refused it."""

    READ_PATIENTS = "read patients and decisions"
    WRITE_PATIENTS = "import and change records"
    DECIDE = "ask for recommendations and answer them"
    WRITE_RULES = "write rules"
    RELEASE_RULES = "release rules"
    RELEASE_MODELS = "take models into use"
    AUDIT = "read the log and verify it"
    WRITE_FINDINGS = "write findings"
    MANAGE_USERS = "manage users"
    KEEP_DATABASE = "make and restore backups"
    ERASE = "erase patients"
    PLACE_HOLDS = "place legal holds"
    LIFT_HOLDS = "lift legal holds"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.CLINICIAN: frozenset({Right.READ_PATIENTS, Right.WRITE_PATIENTS, Right.DECIDE}),
        Role.AUTHOR: frozenset({Right.WRITE_RULES}),
        Role.APPROVER: frozenset({Right.RELEASE_RULES, Right.RELEASE_MODELS}),
        Role.AUDITOR: frozenset(
            {Right.READ_PATIENTS, Right.AUDIT, Right.WRITE_FINDINGS, Right.PLACE_HOLDS, Right.LIFT_HOLDS}
        ),
        Role.ADMINISTRATOR: frozenset(
            {Right.MANAGE_USERS, Right.KEEP_DATABASE, Right.ERASE, Right.PLACE_HOLDS}
        ),
    }
)

#: What breaking the glass adds: care in an emergency, nothing else.
IN_AN_EMERGENCY = RIGHTS[Role.CLINICIAN]

#: Roles that stand alone: each with any other would let one person act and cover it up.
_ALONE = (Role.AUDITOR, Role.ADMINISTRATOR)


def conflict_of(roles: frozenset[Role]) -> str:
    """Return why one person cannot have these roles together, or nothing."""
    if not roles:
        return "a user needs at least one role"
    for role in _ALONE:
        if role in roles and len(roles) > 1:
            others = ", ".join(sorted(roles - {role}))
            return f"an {role.value} cannot be {others} as well"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person known to a database."""

    name: UserName
    roles: frozenset[Role]
    public_key: str
    """Ed25519, 32 bytes in lower-case hexadecimal: what this user's checkpoints are signed with."""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """A user as from an event on: made, given other roles, another key, or removed."""

    user: User
    changed_by: UserName
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Someone at work, with what they may do."""

    user: UserName
    roles: frozenset[Role]
    demo: bool = False
    """True for a demonstration, in which nobody signs in and everybody may do everything."""
    emergency: str = ""
    """The reason for which the glass was broken; empty otherwise."""

    @property
    def rights(self) -> frozenset[Right]:
        """Return what the session may do."""
        if self.demo:
            return frozenset(Right)
        held = frozenset(right for role in self.roles for right in RIGHTS[role])
        return held | IN_AN_EMERGENCY if self.emergency else held


class AccessState(enum.StrEnum):
    """Whether a database is open to someone."""

    NEW = "new"
    """There is no database yet: its first administrator is to be made."""
    LOCKED = "locked"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a database stands, for the one in front of it."""

    state: AccessState
    users: tuple[UserName, ...] = ()
    """Who may sign in; what the key file shows to anybody who has it."""
    session: Session | None = None
    idle_minutes: int = 0
    """After so many minutes without a call it locks; 0 where it never does."""
    remembered: tuple[UserName, ...] = ()
    """For whom this operating system keeps a key, so that they need no passphrase."""
