"""What has to come about before a clause can fire, by way of the fewest things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

#: How many ways a measured value counts as.
_MEASURED_WAYS = 20

#: The symbols that a clause needs.
Body = tuple[int, ...]


class Waits:
    """Finds what has to come about before anything can follow, by way of the fewest things."""

    def __init__(
        self,
        deriving: Mapping[int, Sequence[Body]],
        by_default: frozenset[int],
        inner: frozenset[int],
        measured: AbstractSet[int],
        common: Mapping[int, int],
    ) -> None:
        """Take the clauses of each symbol, what follows by default, and how likely symbols are."""
        self._deriving = deriving
        self._by_default = by_default
        self._inner = inner
        self._measured = measured
        self._common = common
        self._costs: dict[int, int] = {}
        self._found: dict[int, frozenset[int]] = {}
        for symbol in deriving:
            self._work_out(symbol)

    def of_body(self, body: Iterable[int]) -> frozenset[int]:
        """Return symbols of which one has to come about before this body can hold."""
        rarest = min(
            (symbol for symbol in body if symbol not in self._by_default),
            key=lambda symbol: (self._cost(symbol), self._common[symbol], symbol),
        )
        return self._found[rarest] if rarest in self._inner else frozenset({rarest})

    def _cost(self, symbol: int) -> int:
        if symbol in self._costs:
            return self._costs[symbol]
        return _MEASURED_WAYS if symbol in self._measured else 1

    def _work_out(self, start: int) -> None:
        """Find it for a symbol and all below; a list, not recursion, so that chains may be of any length."""
        waiting = [start]
        while waiting:
            symbol = waiting[-1]
            if symbol in self._costs or symbol in self._by_default:
                waiting.pop()
                continue
            bodies = self._deriving[symbol]
            below = [
                each
                for body in bodies
                for each in body
                if each in self._deriving and each not in self._costs and each not in self._by_default
            ]
            if below:
                waiting.extend(below)
                continue
            waiting.pop()
            found = frozenset[int]().union(*map(self.of_body, bodies))
            self._costs[symbol] = sum(map(self._cost, found))
            self._found[symbol] = found
