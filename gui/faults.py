"""From an error to what is shown: sorted by who can put it right, which decides tone, title and next step."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.errors import (
    AccessError,
    AuthoringError,
    Cancelled,
    EngineUnavailable,
    InputError,
    IntegrityError,
    InternalError,
    OperationalError,
    WhyRxError,
)
from gui.messages import faults as say


class Remedy(enum.Enum):
    """What the panel offers to do."""

    DISMISS = enum.auto()
    RETRY = enum.auto()
    RECONNECT = enum.auto()
    NONE = enum.auto()
    """An integrity error is neither dismissed nor tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error, ready to be shown in its place on the page."""

    title: str
    what: str
    where: str
    """Empty where the error has no place."""
    next: str
    code: str
    remedy: Remedy
    details: str
    """To copy for support; empty where the sentence says all."""


def explain(error: WhyRxError, title: str = "") -> Fault:
    """Turn an error into a panel; a title of the caller's own says what did not happen."""
    match error:
        case Cancelled():
            parts = (say.CANCELLED, say.NEXT_CANCELLED, Remedy.DISMISS)
        case EngineUnavailable():
            parts = (say.ENGINE_GONE, say.NEXT_OPERATIONAL, Remedy.RECONNECT)
        case IntegrityError():
            parts = (say.INTEGRITY, say.NEXT_INTEGRITY, Remedy.NONE)
        case AuthoringError():
            parts = (say.AUTHORING, say.NEXT_AUTHORING, Remedy.DISMISS)
        case InputError():
            parts = (title or say.INPUT, say.NEXT_INPUT, Remedy.DISMISS)
        case AccessError():
            parts = (title or say.ACCESS, say.NEXT_ACCESS, Remedy.DISMISS)
        case OperationalError():
            parts = (title or say.OPERATIONAL, say.NEXT_OPERATIONAL, Remedy.RETRY)
        case _:
            parts = (say.INTERNAL, say.NEXT_INTERNAL, Remedy.RETRY)
    heading, following, remedy = parts
    internal = isinstance(error, InternalError)
    return Fault(
        title=heading,
        what=error.message,
        where="" if internal or not error.place else say.WHERE.format(place=error.place),
        next=following if isinstance(error, IntegrityError) or not error.hint else error.hint,
        code=say.CODE.format(code=error.code),
        remedy=remedy,
        details=f"{error.code}\n{error.message}\n{error.hint}\n{error.place}".strip() if internal else "",
    )
