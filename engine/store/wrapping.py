"""Secrets wrapped under a passphrase, or under a key that the operating system keeps."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from typing import Literal

from engine.domain.ids import UserName
from engine.errors import InputError, SignInRefused
from engine.store.sealing import KEY_BYTES, SealBroken, seal, unseal

#: Shorter ones are guessed, whatever stretches them.
SHORTEST_PASSPHRASE = 12

_MOST_MEMORY_KIB = 2 * 1024 * 1024
_MOST_PASSES = 1000

Kind = Literal["passphrase", "keyring"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretching:
    """What one guess of a passphrase costs: Argon2id as RFC 9106 recommends it for machines of any size."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a slot protects."""

    data_key: bytes
    """32 bytes: the key of the database file."""
    seed: bytes
    """32 bytes: the user's Ed25519 key, which nobody else has, not even an administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One user's wrapped copy of the secrets."""

    user: UserName
    kind: Kind
    stretching: Stretching
    salt: bytes
    wrapped: bytes


def new_secrets() -> Secrets:
    """Return the secrets of a new database and its first user."""
    return Secrets(data_key=secrets.token_bytes(KEY_BYTES), seed=secrets.token_bytes(KEY_BYTES))


def for_another(held: Secrets) -> Secrets:
    """Return the secrets of one more user: the same database, a signing key of their own."""
    return Secrets(data_key=held.data_key, seed=secrets.token_bytes(KEY_BYTES))


def wrap(held: Secrets, user: UserName, passphrase: str, database: str, stretching: Stretching) -> Slot:
    """Return a slot that the passphrase opens.

    Raises:
        InputError: the passphrase is too short.
    """
    if len(_plain(passphrase)) < SHORTEST_PASSPHRASE:
        raise InputError(
            f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters.",
            hint="Four or five words that do not belong together are easy to keep and hard to guess.",
        )
    salt = secrets.token_bytes(16)
    key = _stretched(passphrase, salt, stretching)
    wrapped = seal(key, held.data_key + held.seed, _bound(database, user))
    return Slot(user=user, kind="passphrase", stretching=stretching, salt=salt, wrapped=wrapped)


def unwrap(slot: Slot, passphrase: str, database: str) -> Secrets:
    """Return what a slot holds.

    Raises:
        SignInRefused: it does not open: another passphrase, or a slot that was altered or moved.
    """
    return _unwrapped(slot, _stretched(passphrase, slot.salt, slot.stretching), database)


def wrap_with_key(held: Secrets, user: UserName, key: bytes, database: str) -> Slot:
    """Return a slot that a random key opens, kept by the operating system."""
    wrapped = seal(key, held.data_key + held.seed, _bound(database, user))
    nothing = Stretching(passes=0, memory_kib=0, lanes=0)
    return Slot(user=user, kind="keyring", stretching=nothing, salt=b"", wrapped=wrapped)


def unwrap_with_key(slot: Slot, key: bytes, database: str) -> Secrets:
    """Return what a slot of a kept key holds.

    Raises:
        SignInRefused: it does not open.
    """
    return _unwrapped(slot, key, database)


def public_key_of(seed: bytes) -> str:
    """Return the public half of an Ed25519 key, in lower-case hexadecimal."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - heavy
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def _unwrapped(slot: Slot, key: bytes, database: str) -> Secrets:
    try:
        both = unseal(key, slot.wrapped, _bound(database, slot.user))
    except SealBroken:
        raise not_right() from None
    return Secrets(data_key=both[:KEY_BYTES], seed=both[KEY_BYTES:])


def _stretched(passphrase: str, salt: bytes, stretching: Stretching) -> bytes:
    from argon2.exceptions import HashingError  # noqa: PLC0415 - not for demonstrations
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - not for demonstrations

    if stretching.memory_kib > _MOST_MEMORY_KIB or stretching.passes > _MOST_PASSES:
        raise not_right()  # an altered slot must not stall the machine
    try:
        return hash_secret_raw(
            secret=_plain(passphrase).encode(),
            salt=salt,
            time_cost=stretching.passes,
            memory_cost=stretching.memory_kib,
            parallelism=stretching.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
    except (HashingError, OverflowError):
        raise not_right() from None


def not_right() -> SignInRefused:
    """Return the error of a sign-in that failed; it does not tell whether the user exists."""
    return SignInRefused(
        "The name or the passphrase is not right.",
        hint="Type it again; the administrator can set a new passphrase. Nothing was changed.",
    )


def _plain(passphrase: str) -> str:
    # The same letters typed on another keyboard may come in another composition.
    return unicodedata.normalize("NFC", passphrase)


def _bound(database: str, user: str) -> str:
    return f"slot of {user} for {database}"
