"""Every error WhyRx raises, sorted by who can put it right.

The tree::

    WhyRxError                    code, message, hint, place
    ├─ AuthoringError             the pharmacist: file:line, what, why, what to write instead
    │  ├─ PackRejected              carries all diagnostics, never just the first
    │  └─ CaseFailed
    ├─ InputError                 the clinician: in their words, beside the thing they gave us
    │  ├─ NotReadable               not JSON, not text, not a file
    │  ├─ NotFhir                   JSON, but no FHIR R4 bundle WhyRx can take
    │  ├─ PatientAmbiguous          no patient, or more than one
    │  ├─ UnitMismatch
    │  ├─ UnknownName               carries the nearest known names
    │  ├─ ImplausibleValue
    │  └─ NotFound                  an id that is not in the database
   │     └─ PatientErased             nor will be again: the key was destroyed
    ├─ OperationalError           whoever runs the machine: what to check, may be tried again
    │  ├─ StoreUnavailable          full disk, read-only folder, locked file
    │  ├─ SchemaTooNew              the database was written by a newer WhyRx
    │  ├─ ModelMissing
    │  ├─ EngineUnavailable         the engine process cannot be started or has ended
    │  └─ Cancelled                 the user asked for it to stop
    ├─ AccessError                the one at the keyboard, or the administrator of the database
   │  ├─ Locked                     nobody is signed in
   │  ├─ SignInRefused              no such user, or another passphrase
   │  └─ NotPermitted               no role of the user allows it
   ├─ IntegrityError             stop; tell the safety officer: no retry, no dismissal
    │  ├─ AuditChainBroken
    │  ├─ PackAltered
    │  └─ ModelAltered
    └─ InternalError              us: apology, code, details to save
       ├─ EngineDisagreement
       ├─ RuleEngineFailed
       ├─ IdentityLeaked             an export would have told who the patient is; nothing was written
       └─ InvariantBroken

Unknown is not an error: a needed datum that is absent, stale or unusable is a fact with
truth UNKNOWN and ends as *cannot be assessed*. Names state a fact and carry no suffix.
"""

from __future__ import annotations

from typing import ClassVar


class WhyRxError(Exception):
    """Any failure WhyRx foresees: what happened, where, and what to do next."""

    code: ClassVar[str] = "WRX-0"

    def __init__(self, message: str, *, hint: str = "", place: str = "") -> None:
        """Keep the sentence, the remedy and the place apart, so that each view can lay them out."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        """Return place, message and hint as one paragraph."""
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head} {self.hint}".rstrip()


class AuthoringError(WhyRxError):
    """Something a pharmacist wrote cannot be used as it stands."""

    code = "WRX-A0"


class PackRejected(AuthoringError):
    """A rule pack has at least one diagnostic of grade error."""

    code = "WRX-A1"


class CaseFailed(AuthoringError):
    """A given-when-then case did not come out as written."""

    code = "WRX-A2"


class InputError(WhyRxError):
    """Something a clinician gave WhyRx cannot be used as it stands."""

    code = "WRX-I0"


class NotReadable(InputError):
    """The file is not readable as JSON text."""

    code = "WRX-I1"


class NotFhir(InputError):
    """The JSON is not a FHIR R4 bundle or PharmCAT report that WhyRx can take."""

    code = "WRX-I2"


class PatientAmbiguous(InputError):
    """The document names no patient, or more than one."""

    code = "WRX-I3"


class UnitMismatch(InputError):
    """Two quantities of different dimension were brought together."""

    code = "WRX-I4"


class UnknownName(InputError):
    """A name is in no vocabulary; the hint offers the nearest known ones."""

    code = "WRX-I5"


class ImplausibleValue(InputError):
    """A value lies outside what a living patient can have."""

    code = "WRX-I6"


class NotFound(InputError):
    """An id names nothing in this database."""

    code = "WRX-I7"


class PatientErased(NotFound):
    """The key of this patient was destroyed: nothing can be read any more, by anyone."""

    code = "WRX-I8"


class OperationalError(WhyRxError):
    """The machine, not the data, is in the way; it may be tried again."""

    code = "WRX-O0"


class StoreUnavailable(OperationalError):
    """The database cannot be opened or written."""

    code = "WRX-O1"


class SchemaTooNew(OperationalError):
    """The database was written by a newer WhyRx than this one."""

    code = "WRX-O2"


class ModelMissing(OperationalError):
    """A model named by an indication is not installed."""

    code = "WRX-O3"


class EngineUnavailable(OperationalError):
    """The engine process cannot be started, or has ended."""

    code = "WRX-O4"


class Cancelled(OperationalError):
    """The user asked for the work to stop; nothing was kept."""

    code = "WRX-O5"


class AccessError(WhyRxError):
    """Someone may not do what they asked for, or not yet."""

    code = "WRX-P0"


class Locked(AccessError):
    """Nobody is signed in, or the database locked itself after a while without use."""

    code = "WRX-P1"


class SignInRefused(AccessError):
    """There is no such user, or the passphrase is another."""

    code = "WRX-P2"


class NotPermitted(AccessError):
    """No role of the user allows it."""

    code = "WRX-P3"


class IntegrityError(WhyRxError):
    """Something that must never change has changed: stop and tell the safety officer."""

    code = "WRX-S0"


class AuditChainBroken(IntegrityError):
    """The audit chain does not verify."""

    code = "WRX-S1"


class PackAltered(IntegrityError):
    """A rule file differs from the hash its manifest was sealed with."""

    code = "WRX-S2"


class ModelAltered(IntegrityError):
    """A model file differs from the hash its card was written with."""

    code = "WRX-S3"


class InternalError(WhyRxError):
    """A fault of WhyRx itself."""

    code = "WRX-X0"


class EngineDisagreement(InternalError):
    """The two rule evaluators gave different answers; the verdict is *cannot be assessed*."""

    code = "WRX-X1"


class RuleEngineFailed(InternalError):
    """The rule engine process crashed, hung or returned a code that it must never return."""

    code = "WRX-X2"


class InvariantBroken(InternalError):
    """A state that the types were meant to make impossible."""

    code = "WRX-X3"


class IdentityLeaked(InternalError):
    """A de-identified export still held something that tells who the patient is; nothing was written."""

    code = "WRX-X4"


def in_words(error: Exception) -> str:
    """Return why a file cannot be used, in words for whoever named it, where Python has terms of its own.

    >>> in_words(FileNotFoundError(2, "No such file or directory", "x.csv"))
    'No such file or directory'
    """
    match error:
        case UnicodeDecodeError():
            return "it is no text in UTF-8"
        case OSError():
            return error.strerror or str(error)
        case KeyError():
            return f"it has no column {error.args[0]}"
        case _:
            return str(error)
