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
EMERGENCY: Final = "Emergency"
EMERGENCY_TIP: Final = "Break the glass: work as a clinician for a reason that is recorded"
MEANS: Final = (
    "Your roles do not let you read patients or ask for recommendations. In an emergency the glass can be "
    "broken: you then work as a clinician until you sign out. The reason is recorded first, under your name, "
    "and an auditor will read it."
)
REASON: Final = "What the emergency is"
BREAK_GLASS: Final = "Break the glass"
LEAVE: Final = "Leave it whole"
NOT_BROKEN: Final = "The glass is whole"
BROKEN: Final = "Glass broken by {user}: {reason}"
