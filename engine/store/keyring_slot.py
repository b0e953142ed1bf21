"""Keys that the operating system keeps for its user, where the optional package ``keyring`` is installed.

What is kept is a random key that opens one slot of one database, never a passphrase. Whoever can use the
operating system's account can then open the database: a site decides whether that is wanted.
"""

from __future__ import annotations

import secrets
from typing import Any

from engine.domain.ids import UserName
from engine.errors import StoreUnavailable
from engine.store.sealing import KEY_BYTES

_SERVICE = "WhyRx"


def keep(database: str, user: UserName) -> bytes:
    """Make a key, let the system keep it, and return it.

    Raises:
        StoreUnavailable: this system keeps no keys.
    """
    key = secrets.token_bytes(KEY_BYTES)
    _asked(lambda keyring: keyring.set_password(_SERVICE, _name(database, user), key.hex()))
    return key


def kept(database: str, user: UserName) -> bytes:
    """Return the key that the system keeps.

    Raises:
        StoreUnavailable: this system keeps no keys, or not this one.
    """
    found = _asked(lambda keyring: keyring.get_password(_SERVICE, _name(database, user)))
    if not isinstance(found, str):
        raise _unavailable("it does not have this one any more")
    return bytes.fromhex(found)


def forget(database: str, user: UserName) -> None:
    """Let the system forget the key, if it has it."""
    found = _asked(lambda keyring: keyring.get_password(_SERVICE, _name(database, user)))
    if found is not None:
        _asked(lambda keyring: keyring.delete_password(_SERVICE, _name(database, user)))


def _asked(question: Any) -> Any:  # noqa: ANN401 - a module that is not installed everywhere
    try:
        import keyring  # noqa: PLC0415 - optional
    except ImportError:
        raise _unavailable("the package keyring is not installed") from None
    try:
        return question(keyring)
    except Exception as error:
        raise _unavailable(str(error)) from error


def _name(database: str, user: UserName) -> str:
    return f"{database}/{user}"


def _unavailable(why: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"This operating system does not keep keys for WhyRx: {why}.", hint="Sign in with the passphrase."
    )
