"""The real clock, ids and user: the only place that asks the operating system for them."""

from __future__ import annotations

import getpass
import os
import secrets
from datetime import UTC, datetime

from engine.domain.ids import UserName
from engine.ports import Clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_PLACES = 10
_CHANCE_PLACES = 10


class SystemClock:
    """The operating system's clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock that all others ask for


class TimeOrderedIds:
    """Ids that sort by the time they were given, with fifty bits of chance."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock that orders them."""
        self._clock = clock

    def new(self, kind: str) -> str:
        """Return an id such as ``dec-01kaz6x0yqh8m2v5c7d9``."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        chance = secrets.randbits(5 * _CHANCE_PLACES)
        return f"{kind}-{_base32(milliseconds, _TIME_PLACES)}{_base32(chance, _CHANCE_PLACES)}"


def _base32(number: int, places: int) -> str:
    digits: list[str] = []
    for _ in range(places):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def fresh_secret() -> bytes:
    """Return random bytes that nothing else was ever made from."""
    return secrets.token_bytes(32)


def system_user() -> UserName:
    """Return the name the operating system knows the user by."""
    try:
        return UserName(getpass.getuser())
    except (OSError, KeyError):
        return UserName(f"user {os.getuid()}" if hasattr(os, "getuid") else "unknown user")
