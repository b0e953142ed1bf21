"""The symbols by which rules can come into question: all that has to be looked up of every patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from engine.domain.ids import Symbol
from engine.domain.truth import MostlyFalse, Truth


class Openings:
    """Some symbols of one program, looked up in the truths of one patient after the other."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        """Take the symbols."""
        self._symbols = frozenset(symbols)
        self._within: AbstractSet[Symbol] | None = None

    def possible(self, truths: Mapping[Symbol, Truth]) -> Iterable[Symbol]:
        """Return those that are true or unknown; one that has no truth is unknown."""
        if isinstance(truths, MostlyFalse) and self._decided(truths.names):
            return [symbol for symbol in truths.otherwise if symbol in self._symbols]
        return self._looked_up(truths)

    def _looked_up(self, truths: Mapping[Symbol, Truth]) -> Iterator[Symbol]:
        for symbol in self._symbols:
            if truths.get(symbol, Truth.UNKNOWN) is not Truth.FALSE:
                yield symbol

    def _decided(self, names: AbstractSet[Symbol]) -> bool:
        """Tell whether all of them are among what was decided; a set that cannot change is compared once."""
        if names is self._within:
            return True
        found = names >= self._symbols
        if found and isinstance(names, frozenset):
            self._within = names
        return found
