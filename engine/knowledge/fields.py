"""The types of fields in rule files: each reads the text as written, or refuses it in plain words."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema

from engine.terminology.alike import did_you_mean

_NUMBER = re.compile(r"[-+]?(\d+(\.\d+)?|\.\d+)\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_AGE = re.compile(r"(\d{1,5}) (day|days|week|weeks)\Z", re.ASCII)
_SPAN = re.compile(r"(\d{1,5}) (hour|hours|day|days|week|weeks)\Z", re.ASCII)
_HOURS = {"hour": 1, "day": 24, "week": 168}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*\Z", re.ASCII)
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}

NAME_HINT = "Names hold letters, digits, underscores, hyphens and points."


class Refused(ValueError):
    """A text that its place cannot take, with what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        """Keep sentence and remedy apart."""
        super().__init__(message)
        self.message = message
        self.hint = hint


def _text(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise Refused("this must not be empty.", "Write the text, or take the line out where it is optional.")
    return value


def _number(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _NUMBER.match(value):
        raise Refused(f'"{value}" is not a number.', "Write digits with a decimal point, without a unit.")
    return Decimal(value)


def _whole(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
        raise Refused(f'"{value}" is not a whole number.', "Write digits only.")
    return int(value)


def _switch(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in _YES_NO:
        raise Refused(f'"{value}" is neither yes nor no.', "Write yes or no.")
    return _YES_NO[value]


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _DAY.match(value):
        raise Refused(f'"{value}" is not a day.', "Write year-month-day, such as 2026-11-30.")
    try:
        return date.fromisoformat(value)
    except ValueError as exc:
        raise Refused(f"{value} is no day of the calendar.", "Check month and day.") from exc


def days_of(value: str) -> int:
    """Return how many days a text such as ``365 days`` means, or refuse it."""
    match = _AGE.match(value)
    if not match:
        exact = re.fullmatch(r"\d{1,5} (months?|years?)", value, re.ASCII)
        raise Refused(
            f'"{value}" is not an age.',
            "Months and years differ in length: write it in days, such as 90 days or 365 days."
            if exact
            else 'Write whole days or weeks, such as "365 days".',
        )
    return int(match[1]) * (7 if match[2].startswith("week") else 1)


def _age(value: object) -> object:
    return days_of(value) if isinstance(value, str) else value


def _hours(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _SPAN.match(value)
    if not match or not int(match[1]):
        raise Refused(
            f'"{value}" is no time between doses.', "Write whole hours, days or weeks, such as 12 hours."
        )
    return int(match[1]) * _HOURS[match[2].removesuffix("s")]


def is_name(text: str) -> bool:
    """Tell whether a text can be an id."""
    return _NAME.match(text) is not None


def _name(value: object) -> object:
    if isinstance(value, str) and not is_name(value):
        raise Refused(f'"{value}" cannot be a name.', NAME_HINT)
    return value


def choice(kind: type[enum.StrEnum]) -> Callable[[object], object]:
    """Return a reader of one of an enumeration's values."""
    known = {member.value: member for member in kind}

    def read(value: object) -> object:
        if isinstance(value, str) and value not in known:
            raise Refused(f'"{value}" is not one of the choices here.', did_you_mean(value, list(known)))
        return known[value] if isinstance(value, str) else value

    return read


def choices(kind: type[enum.StrEnum]) -> Callable[[object], object]:
    """Return a reader of one or several of an enumeration's values, as a list."""
    one = choice(kind)

    def read(value: object) -> object:
        several = listed(value)
        return [one(each) for each in several] if isinstance(several, list) else several

    return read


def name_or(kind: type[enum.StrEnum]) -> Callable[[object], object]:
    """Return a reader of an id, or of one of an enumeration's values where these hold spaces."""

    def read(value: object) -> object:
        return value if value in list(kind) else _name(value)

    return read


def listed(value: object) -> object:
    """Take one thing for a list of one, where the field says so."""
    return value if isinstance(value, list) or value is None else [value]


def days_after(day: date, days: int) -> date:
    """Return the day so many days later, at the calendar's last day at most."""
    return day + timedelta(days=min(days, date.max.toordinal() - day.toordinal()))


def days_before(day: date, days: int) -> date:
    """Return the day so many days earlier, at the calendar's first day at most."""
    return day - timedelta(days=min(days, day.toordinal() - 1))


def _schema(*patterns: str, kinds: tuple[str, ...] = (), example: str = "") -> WithJsonSchema:
    """Return how an editor checks a text by itself; numbers may be written with quotes or without."""
    written: list[dict[str, object]] = [{"type": "string", "pattern": pattern} for pattern in patterns]
    other: list[dict[str, object]] = [{"type": kind} for kind in kinds]
    schema: dict[str, object] = (
        {"anyOf": [*written, *other]} if len(patterns) + len(kinds) > 1 else written[0]
    )
    return WithJsonSchema({**schema, "examples": [example]} if example else schema)


#: YAML without quotation marks reads these as numbers or switches; a rule file takes them as they stand.
_UNQUOTED = ("number", "boolean")

Text = Annotated[str, Strict(), BeforeValidator(_text), _schema(r"\S", kinds=_UNQUOTED)]
"""Any text that says something."""
Name = Annotated[
    str, Strict(), BeforeValidator(_name), _schema(r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$", kinds=("number",))
]
"""An id."""
Words = _schema(r"\S")
"""How an editor checks a text that may hold spaces."""
Free = Annotated[str, Strict(), _schema("", kinds=_UNQUOTED)]
"""Any text, also an empty one."""
Number = Annotated[
    Decimal, Strict(), BeforeValidator(_number), _schema(r"^[-+]?(\d+(\.\d+)?|\.\d+)$", kinds=("number",))
]
"""A decimal, exactly as written."""
Whole = Annotated[int, Strict(), BeforeValidator(_whole), _schema(r"^-?\d{1,9}$", kinds=("integer",))]
"""A whole number."""
Switch = Annotated[
    bool, Strict(), BeforeValidator(_switch), _schema("^(yes|no|true|false)$", kinds=("boolean",))
]
"""Yes or no."""
Day = Annotated[date, Strict(), BeforeValidator(_day), _schema(r"^\d{4}-\d{2}-\d{2}$", example="2026-11-30")]
"""A day of the calendar."""
Age = Annotated[
    int, Strict(), BeforeValidator(_age), _schema(r"^\d{1,5} (days?|weeks?)$", example="365 days")
]
"""A number of days."""
Hours = Annotated[
    int, Strict(), BeforeValidator(_hours), _schema(r"^\d{1,5} (hours?|days?|weeks?)$", example="24 hours")
]
"""A number of hours."""
Amount = Annotated[
    str,
    Strict(),
    BeforeValidator(_text),
    _schema(r"^[-+]?(\d+(\.\d+)?|\.\d+)(\s*[^\d\s.].*)?$", kinds=("number",), example="15 mL/min"),
]
"""A number with its unit."""
Limit = Annotated[
    str,
    Strict(),
    BeforeValidator(_text),
    _schema(
        r"^[-+]?(\d+(\.\d+)?|\.\d+)(\s*[^\d\s.].*)?$",
        r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$",
        kinds=("number",),
        example="15 mL/min",
    ),
]
"""A number with its unit, or the id of a parameter."""
Texts = Annotated[list[Text], Field(default_factory=list)]
NamesListed = Annotated[list[Name], Field(default_factory=list)]
