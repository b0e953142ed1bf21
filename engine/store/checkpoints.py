"""Checkpoints of the chain: signed, kept elsewhere, and held against the chain later.

The chain alone cannot show that its last events were cut off. A checkpoint says how many there were and
how the last one hashes; printed into a bound book, or given to somebody else, it cannot be cut off with
them. The Ed25519 key it is signed with belongs to one user and is wrapped under their passphrase.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from sqlite_utils import Database

from engine.domain.audit import AuditKind, Checkpoint
from engine.domain.ids import ContentHash
from engine.store.chain import GENESIS, Records
from engine.store.contents import checked
from engine.store.room import Room
from engine.store.users import CHANGES
from engine.store.wrapping import public_key_of

_DEMO_SEED = "signing key of the demonstration"


class Checkpoints:
    """Signs checkpoints of an open database, and holds them against it."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def sign(self, seed: bytes | None) -> Checkpoint:
        """Return a checkpoint of the chain as it stands; that it was made is an event after it.

        Args:
            seed: the key of the one at work; a demonstration has one of its own.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - heavy
            Ed25519PrivateKey,
        )

        with self._room.writing() as db:
            own = seed if seed is not None else _demo_seed(db)
            sequence, head = _head(db)
            unsigned = Checkpoint(
                sequence=sequence,
                head=ContentHash(head.hex()),
                signed_at=self._room.clock.now(),
                public_key=public_key_of(own),
            )
            signature = Ed25519PrivateKey.from_private_bytes(own).sign(unsigned.statement)
            signed = replace(unsigned, signature=signature.hex())
            event = self._room.event(AuditKind.CHECKPOINT, "chain", signed.line)
            self._room.append(db, event)
        return signed

    def check(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """Return what speaks against the chain, or against the checkpoint; nothing where both hold."""
        with self._room.reading() as db:
            problems = list(_problems_of_signature(db, checkpoint))
            rows = db.execute("SELECT hash FROM audit WHERE sequence = ?", (checkpoint.sequence,)).fetchall()
            last, _ = _head(db)
        if not rows:
            problems.append(
                f"the chain was cut off: it has {last} events, and the checkpoint of "
                f"{checkpoint.signed_at:%Y-%m-%d %H:%M} UTC counted {checkpoint.sequence}"
            )
        elif rows[0][0].hex() != checkpoint.head:
            problems.append(
                f"event {checkpoint.sequence}: the chain up to here is another one than at the checkpoint"
            )
        return tuple(problems)


def _problems_of_signature(db: Database, checkpoint: Checkpoint) -> tuple[str, ...]:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - heavy
        Ed25519PublicKey,
    )

    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
        public.verify(bytes.fromhex(checkpoint.signature), checkpoint.statement)
    except (InvalidSignature, ValueError):
        return ("the signature of the checkpoint does not hold",)
    if checkpoint.public_key not in _known_keys(db):
        return ("the checkpoint was signed with a key that no user of this database ever had",)
    return ()


def _known_keys(db: Database) -> set[str]:
    rows = db.execute("SELECT event, sha256, content FROM user_changes").fetchall()
    known = {CHANGES.decode(checked(Records.USER, row, None)).user.public_key for row in rows}
    demo = _find_demo_seed(db)
    return known | ({public_key_of(demo)} if demo else set())


def _head(db: Database) -> tuple[int, bytes]:
    rows = db.execute("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchall()
    return rows[0] if rows else (0, GENESIS)


def _find_demo_seed(db: Database) -> bytes | None:
    rows = db.execute("SELECT value FROM meta WHERE key = ?", (_DEMO_SEED,)).fetchall()
    return bytes.fromhex(rows[0][0]) if rows else None


def _demo_seed(db: Database) -> bytes:
    found = _find_demo_seed(db)
    if found is None:
        found = secrets.token_bytes(32)
        db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (_DEMO_SEED, found.hex()))
    return found
