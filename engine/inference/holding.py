"""What holds of one patient: told at once, or looked up as it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.domain.ids import Symbol
from engine.domain.truth import Truth


class Holding(Protocol):
    """What holds of one patient."""

    known: set[int]
    """What holds of this one and not of everybody, or could follow, as far as was looked."""

    def all(self, numbers: Iterable[int]) -> bool:
        """Tell whether symbols hold or could follow."""


@dataclass(slots=True)
class Told:
    """What holds of a patient of whom every atom that is not false was told."""

    usual: frozenset[int]
    """What can be taken for granted of any patient, and what atoms assert that are false."""
    unusual: set[int] = field(default_factory=set)
    """What would be asserted if the atoms that were told were false."""
    known: set[int] = field(default_factory=set)

    def all(self, numbers: Iterable[int]) -> bool:
        """Tell whether symbols hold or could follow."""
        known, usual, unusual = self.known, self.usual, self.unusual
        for number in numbers:
            if number not in known and (number not in usual or number in unusual):
                return False
        return True


@dataclass(slots=True)
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
