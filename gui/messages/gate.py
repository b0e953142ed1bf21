"""Sentences of the gate: signing in, the first administrator, locking."""

from __future__ import annotations

from typing import Final

GATE: Final = "Sign in"
MAKE: Final = "Make the database"
LOCKED_INTRO: Final = "The database is locked. What was recorded is safe."
NEW_INTRO: Final = (
    "There is no database on this machine yet. Its first administrator makes it, and then adds everybody "
    "else: an administrator manages users and backups, and reads no patient."
)
NEW_WARNING: Final = (
    "The passphrase opens everything and cannot be recovered by anybody. Keep a copy where the safety "
    "officer can find it. Four or five words that do not belong together are easy to keep."
)
NAME: Final = "Name"
PASSPHRASE: Final = "Passphrase"  # noqa: S105 - the label of a field
AGAIN: Final = "Passphrase again"
SIGN_IN: Final = "Sign in"
MAKE_IT: Final = "Make the database"
WORKING: Final = "Opening, which takes a moment on purpose"
REFUSED: Final = "Not opened"
NOT_MADE: Final = "Not made"
NOT_THE_SAME: Final = "The two passphrases are not the same."
TYPE_AGAIN: Final = "Type both again."
LOCK: Final = "Lock"
LOCK_TIP: Final = "Sign out and lock the database"
