"""What holds of one patient: told at once, looked up as it is asked for, or everything at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.domain.ids import Symbol
from engine.domain.truth import Truth


class Holding(Protocol):
    """What holds of one patient."""

    @property
    def first(self) -> Collection[int]:
        """Return what is asserted of this patient, as far as it is known at the beginning."""

    @property
    def known(self) -> set[int]:
        """Return what is known to hold."""

    @property
    def followed(self) -> list[int]:
        """Return what was found to follow; who finds something adds it here and to what is known."""

    @property
    def all(self) -> Callable[[Iterable[int]], bool]:
        """Return what tells whether symbols hold or could follow."""

    @property
    def one(self) -> Callable[[int], bool]:
        """Return what tells whether a symbol holds or could follow."""

    @property
    def atom_of(self) -> Mapping[int, Symbol]:
        """Return the atom behind a symbol, where those of one atom stand for the same."""


@dataclass(frozen=True, slots=True)
class Told:
    """What holds of a patient of whom every atom that is not false was told."""

    first: Collection[int]
    known: set[int]
    """All that holds: also what is taken for granted, and what atoms assert that are false."""
    atom_of: Mapping[int, Symbol]
    followed: list[int] = field(default_factory=list)

    @property
    def all(self) -> Callable[[Iterable[int]], bool]:
        """Return what tells whether symbols hold or could follow."""
        return self.known.issuperset

    @property
    def one(self) -> Callable[[int], bool]:
        """Return what tells whether a symbol holds or could follow."""
        return self.known.__contains__


class OfAny:
    """What holds of a patient of whom every atom is false: all that changes is what one patient differs in.

    There may be tens of thousands of such symbols, and a patient differs in some hundred: one set of them is
    changed for a patient and put back after.
    """

    def __init__(self, usual: Iterable[int], atom_of: Mapping[int, Symbol]) -> None:
        """Take what can be taken for granted of any patient, and what atoms assert that are false."""
        self._usual = frozenset(usual)
        self._now = set(self._usual)
        self._atom_of = atom_of

    @contextlib.contextmanager
    def but(self, asserted: Collection[int], not_asserted: Collection[int]) -> Iterator[Told]:
        """Hold of one patient what is asserted, and not what would be if the atoms told were false."""
        now = self._now
        now.difference_update(not_asserted)
        now.update(asserted)
        told = Told(asserted, now, self._atom_of)
        try:
            yield told
        finally:
            changed = {*asserted, *not_asserted, *told.followed}
            now -= changed
            now |= changed & self._usual


@dataclass(frozen=True, slots=True)
class Looked:
    """What holds of one patient, looked up atom by atom as it is asked for."""

    truths: Mapping[Symbol, Truth]
    atoms: Mapping[Symbol, Mapping[Truth, tuple[int, ...]]]
    atom_of: Mapping[int, Symbol]
    granted: frozenset[int]
    """What can be taken for granted of any patient."""
    known: set[int] = field(default_factory=set)
    """What holds of this one, or could follow, as far as was looked."""
    looked: set[Symbol] = field(default_factory=set)
    followed: list[int] = field(default_factory=list)

    @property
    def first(self) -> Collection[int]:
        """Return what is known already."""
        return self.known

    def look(self, symbol: Symbol) -> None:
        """Learn what an atom asserts."""
        self.looked.add(symbol)
        self.known.update(self.atoms[symbol][self.truths.get(symbol, Truth.UNKNOWN)])

    def all(self, numbers: Iterable[int]) -> bool:
        """Tell whether symbols hold or could follow, after looking at the atoms of those not known to."""
        if self.known.issuperset(numbers):
            return True
        for number in numbers:
            if number in self.known:
                continue
            symbol = self.atom_of.get(number)
            if symbol is None:
                if number not in self.granted:
                    return False
                self.known.add(number)
            elif symbol in self.looked:
                return False
            else:
                self.look(symbol)
                if number not in self.known:
                    return False
        return True

    def one(self, number: int) -> bool:
        """Tell whether a symbol holds or could follow."""
        return self.all((number,))


@dataclass(frozen=True, slots=True)
class Everything:
    """Everything at once, which holds of nobody: what could ever be asked."""

    first: Collection[int] = ()
    known: set[int] = field(default_factory=set)
    atom_of: Mapping[int, Symbol] = field(default_factory=dict)
    followed: list[int] = field(default_factory=list)

    def all(self, numbers: Iterable[int]) -> bool:  # noqa: ARG002 - the protocol says so
        """Tell that they do."""
        return True

    def one(self, number: int) -> bool:  # noqa: ARG002 - as above
        """Tell that it does."""
        return True
