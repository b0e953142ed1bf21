"""Who may work in a database: added, changed and removed by its administrator, each change recorded.

Removing a user takes their slot out of the key file, so that their passphrase opens nothing any more. It
does not re-encrypt: whoever kept a copy of the old key file and the passphrase can still open a copy of
the database that they took away. Against that only guarding the copies helps.
"""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from engine.domain.access import Right, Role, Session, User, UserChange, conflict_of
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import UserName
from engine.errors import InputError, NotFound, SignInRefused
from engine.store import chain
from engine.store.chain import Records
from engine.store.codec import Canonical
from engine.store.contents import Row, checked, insert, recorded, row_of, stored_form, upsert
from engine.store.room import Room
from engine.terminology.alike import did_you_mean

CHANGES = Canonical(UserChange, "change of a user")

_LONGEST_NAME = 64


class Users:
    """The users of an open database."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def all(self) -> tuple[User, ...]:
        """Return every user, those removed included, by name."""
        with self._room.reading(Right.MANAGE_USERS, Right.AUDIT) as db:
            return tuple(users_in(db).values())

    def add(self, user: User) -> None:
        """Add a user, or bring one back who was removed.

        Raises:
            InputError: the name is taken or cannot be used, or the roles cannot be one person's.
        """
        name = usable_name(user.name)
        with self._room.writing(Right.MANAGE_USERS) as db:
            known = users_in(db).get(name)
            if known is not None and known.active:
                raise InputError(f"There is a user {name} already.", hint="Choose another name.")
            record_change(self._room, db, replace(user, name=name), AuditKind.USER_ADDED, _said(user))

    def give_roles(self, name: UserName, roles: frozenset[Role]) -> None:
        """Give a user other roles.

        Raises:
            NotFound: there is no such user.
            InputError: nobody changes their own roles, the roles cannot be one person's, or a role
                would be left without anybody.
        """
        with self._room.writing(Right.MANAGE_USERS) as db:
            user = self._other(db, name)
            self._refuse_last(db, user, user.roles - roles)
            changed = replace(user, roles=roles)
            record_change(self._room, db, changed, AuditKind.USER_CHANGED, _said(changed))

    def remove(self, name: UserName) -> None:
        """Remove a user; what they did stays in the log under their name.

        Raises:
            NotFound: there is no such user.
            InputError: nobody removes themselves, nor the last auditor or administrator.
        """
        with self._room.writing(Right.MANAGE_USERS) as db:
            user = self._other(db, name)
            self._refuse_last(db, user, user.roles)
            gone = replace(user, active=False)
            record_change(self._room, db, gone, AuditKind.USER_REMOVED, f"{_said(user)} removed")

    def change_key(self, name: UserName, public_key: str) -> None:
        """Record that a user signs with another key from now on, because the passphrase was set anew.

        Raises:
            NotFound: there is no such user.
        """
        with self._room.writing(Right.MANAGE_USERS) as db:
            user = replace(_known(db, name), public_key=public_key)
            record_change(self._room, db, user, AuditKind.KEY_CHANGED, f"signs as {public_key[:16]} now")

    def passphrase_changed(self) -> None:
        """Record that the one at work has another passphrase."""
        self._room.log(AuditKind.KEY_CHANGED, self._room.user, "passphrase changed")

    def _other(self, db: Database, name: UserName) -> User:
        if name == self._room.user:
            raise InputError(
                "Nobody changes their own roles, or removes themselves.",
                hint="Ask another administrator to do it.",
            )
        return _known(db, name)

    def _refuse_last(self, db: Database, user: User, lost: frozenset[Role]) -> None:
        """Keep a database from losing its last auditor or administrator: nobody could watch or mend it."""
        others = [known for known in users_in(db).values() if known.active and known.name != user.name]
        for role in (Role.AUDITOR, Role.ADMINISTRATOR):
            if role in lost and not any(role in known.roles for known in others):
                raise InputError(
                    f"{user.name} is the last {role.value}; without one the database would go unwatched.",
                    hint=f"Make someone else {role.value} first.",
                )


def users_in(db: Database) -> dict[UserName, User]:
    """Return every user of a database by name, those removed included."""
    rows = db.execute(
        "SELECT c.event, c.sha256, c.content FROM users AS u JOIN user_changes AS c ON c.event = u.event "
        "ORDER BY u.name"
    ).fetchall()
    found = (CHANGES.decode(checked(Records.USER, row, None)).user for row in rows)
    return {user.name: user for user in found}


def session_of(db: Database, name: UserName) -> Session:
    """Return a session of a user, with the roles that the database gives them.

    Raises:
        SignInRefused: the database knows no such user, or they were removed.
    """
    user = users_in(db).get(name)
    if user is None or not user.active:
        raise SignInRefused(
            f"{name} is no user of this database any more.", hint="Ask the administrator of the database."
        )
    return Session(user=name, roles=user.roles)


def record_change(room: Room, db: Database, user: User, kind: AuditKind, said: str) -> None:
    """Record a user as from now on, inside an open transaction.

    Raises:
        InputError: the roles cannot be one person's.
    """
    conflict = conflict_of(user.roles)
    if conflict:
        raise InputError(f"{user.name}: {conflict}.", hint="Give the duties to different people.")
    event: AuditEvent = room.event(kind, user.name, said)
    change = UserChange(user=user, changed_by=event.by, changed_at=event.at)
    content = CHANGES.encode(change)
    number = chain.next_sequence(db)
    stored = stored_form(Records.USER, number, content, None)
    room.append(db, event, recorded(Records.USER, content, stored))
    insert(db, "user_changes", row_of(number, content, stored))
    row: Row = {"name": user.name, "event": number, "active": int(user.active)}
    upsert(db, "users", row, ("name",))


def usable_name(name: str) -> UserName:
    """Return a name that can be a user's.

    Raises:
        InputError: it is empty, too long, or has signs that cannot be typed or seen.
    """
    plain = " ".join(name.split())
    if not plain or len(plain) > _LONGEST_NAME or not plain.isprintable() or plain == chain.SOFTWARE:
        raise InputError(
            f"{name!r} cannot be the name of a user.",
            hint=f"Use up to {_LONGEST_NAME} letters, digits and signs, not only spaces.",
        )
    return UserName(plain)


def _known(db: Database, name: UserName) -> User:
    user = users_in(db).get(name)
    if user is None or not user.active:
        known = [other for other, found in users_in(db).items() if found.active]
        raise NotFound(
            f"There is no user {name}.",
            hint=did_you_mean(name, known, listed_by="List them by: main.py users list"),
        )
    return user


def _said(user: User) -> str:
    return f"{user.name}: {', '.join(sorted(user.roles))}"
