"""Kleene's three truth values. Unknown is neither false nor clear."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.errors import InvariantBroken


class Truth(enum.StrEnum):
    """What may be said of a statement."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


# Their own names: looking them up in the class takes longer than the logic does.
_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_NEGATED = {_TRUE: _FALSE, _FALSE: _TRUE, _UNKNOWN: _UNKNOWN}


def negated(truth: Truth) -> Truth:
    """Return the negation; unknown stays unknown."""
    return _NEGATED[truth]


def count_of(parts: Iterable[Truth], needed: int) -> Truth:
    """Tell whether at least ``needed`` parts are true.

    >>> count_of([Truth.TRUE, Truth.UNKNOWN], 1), count_of([Truth.FALSE, Truth.UNKNOWN], 2)
    (<Truth.TRUE: 'true'>, <Truth.FALSE: 'false'>)
    """
    values = list(parts)
    certain = values.count(_TRUE)
    possible = certain + values.count(_UNKNOWN)
    if certain >= needed:
        return _TRUE
    return _UNKNOWN if possible >= needed else _FALSE


def all_of(parts: Iterable[Truth]) -> Truth:
    """Return the conjunction; of nothing it is true."""
    values = list(parts)
    if _FALSE in values:
        return _FALSE
    return _UNKNOWN if _UNKNOWN in values else _TRUE


def any_of(parts: Iterable[Truth]) -> Truth:
    """Return the disjunction; of nothing it is false."""
    values = list(parts)
    if _TRUE in values:
        return _TRUE
    return _UNKNOWN if _UNKNOWN in values else _FALSE


Name = TypeVar("Name")


@dataclass(frozen=True, slots=True, eq=False)
class MostlyFalse(Mapping[Name, Truth], Generic[Name]):
    """The truths of many names, nearly all of them false: only the others are written down.

    A patient has a handful of the thousands of things that rules ask about. Every name in ``names`` was
    decided; a name that stands in neither has no truth here, which to an evaluator is unknown, as ever.
    """

    names: AbstractSet[Name]
    """Everything that was decided."""
    otherwise: Mapping[Name, Truth]
    """The truth of each name that is true or unknown."""

    def __post_init__(self) -> None:
        """Refuse a truth that was not decided, and a false one among those that are not.

        Raises:
            InvariantBroken: it was made wrongly.
        """
        if not self.otherwise.keys() <= self.names or Truth.FALSE in self.otherwise.values():
            raise InvariantBroken("truths that are not false must be of names that were decided.")

    def __getitem__(self, name: Name) -> Truth:
        """Return the truth of a name; KeyError where it was not decided."""
        truth = self.otherwise.get(name)
        if truth is not None:
            return truth
        if name in self.names:
            return _FALSE
        raise KeyError(name)

    def get(self, name: Name, default: Truth | None = None) -> Truth | None:  # type: ignore[override]
        """Return the truth of a name, or the default where it was not decided; written out, as it is hot."""
        truth = self.otherwise.get(name)
        if truth is not None:
            return truth
        return _FALSE if name in self.names else default

    def __iter__(self) -> Iterator[Name]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def not_false(truths: Mapping[Name, Truth]) -> Mapping[Name, Truth]:
    """Return those of some truths that are true or unknown."""
    if isinstance(truths, MostlyFalse):
        return truths.otherwise
    return {name: truth for name, truth in truths.items() if truth is not Truth.FALSE}
