"""Evaluations inside the durable-rules engine: clauses compiled once, facts in, derived symbols out.

The raw C module is driven without its ``Host``, whose background threads fire rules late and whose
dispatcher swallows errors. A program's rule sets are compiled once; every question has sessions of its
own, deleted after. A sentinel fires first in each, because deleting a session in which nothing fired
frees memory that was never set. Facts are asserted one by one under identifiers of our own, and only
where a pattern reads them; each symbol is one fact, so each clause fires at most once. Nothing is
ever retracted.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, cast

from engine.inference.layout import (
    MAX_SYMBOLS,
    SENTINEL_FACT,
    SENTINEL_FIRING,
    SESSION,
    Clause,
    Shard,
    fact_text,
    lay_out,
)
from engine.inference.validate import violations_in

#: Result codes of ``assert_fact``: taken, and taken without completing any rule.
_GOOD_CODES = (0, 1)


class DurableFailed(Exception):
    """The engine returned something it must never return: its process is to be ended."""


class RawEngine(Protocol):
    """The C module ``durable_rules_engine``, as far as it is used."""

    def create_ruleset(self, name: str, definition: str) -> int:
        """Compile a rule set and return its handle."""

    def delete_ruleset(self, handle: int) -> None:
        """Free a rule set."""

    def assert_fact(self, handle: int, fact: str) -> tuple[int, int]:
        """Assert a fact; return a result code and the place of its session."""

    def start_action_for_state(self, handle: int, place: int) -> tuple[str, str] | None:
        """Return the session's state and its first firing, if there is one."""

    def complete_and_start_action(self, handle: int, place: int) -> str | None:
        """End a firing and return the next one, if there is one."""

    def delete_state(self, handle: int, session: str) -> None:
        """Free a session."""


def raw_engine() -> RawEngine:
    """Return the C module; it is imported nowhere else."""
    return cast("RawEngine", importlib.import_module("durable_rules_engine"))


class RuleSets:
    """The clauses of one program, compiled once; every question has sessions of its own."""

    def __init__(self, engine: RawEngine, clauses: Sequence[Clause]) -> None:
        """Check the clauses against the engine's limits, then compile them.

        Raises:
            DurableFailed: the clauses are outside the limits; the engine has seen none of them.
        """
        shards = lay_out(clauses)
        for shard in shards:
            if max((*shard.reads, *shard.firings.values())) >= MAX_SYMBOLS:
                raise DurableFailed(f"outside the engine's limits: more than {MAX_SYMBOLS} symbols")
            if found := violations_in(shard.rules):
                raise DurableFailed(f"outside the engine's limits: {'; '.join(found[:3])}")
        self._engine = engine
        self._shards = [_CompiledShard(engine, shard) for shard in shards]
        self._readers: dict[int, list[_CompiledShard]] = {}
        for compiled in self._shards:
            for symbol in compiled.reads:
                self._readers.setdefault(symbol, []).append(compiled)

    def derive(self, facts: Iterable[int]) -> tuple[int, ...]:
        """Return every symbol that the clauses derive from the facts, the facts left out.

        Raises:
            DurableFailed: the engine misbehaved.
        """
        known = set(facts)
        derived: list[int] = []
        for shard in self._shards:
            shard.open()
        for symbol in sorted(known):
            self._take(symbol)
        while due := [shard for shard in self._shards if shard.due]:
            for shard in due:
                for head in shard.fire():
                    if head not in known:
                        known.add(head)
                        derived.append(head)
                        self._take(head)
        for shard in self._shards:
            shard.close()
        return tuple(derived)

    def forget(self) -> None:
        """Free the rule sets; no question may follow."""
        for shard in self._shards:
            self._engine.delete_ruleset(shard.handle)

    def _take(self, symbol: int) -> None:
        """Assert a symbol wherever some pattern reads it."""
        for shard in self._readers.get(symbol, ()):
            shard.take(symbol)


class _CompiledShard:
    """One shard as a rule set of the engine, with at most one session at a time."""

    def __init__(self, engine: RawEngine, shard: Shard) -> None:
        self._engine = engine
        self._heads = shard.firings
        self.reads = shard.reads
        self.handle = engine.create_ruleset("whyrx", shard.text)
        self.due = False
        self._place = 0

    def open(self) -> None:
        """Begin a session; the sentinel fires in it first."""
        self._place = self._assert(SENTINEL_FACT)
        if list(self._firings()) != [SENTINEL_FIRING]:
            raise DurableFailed("the sentinel rule did not fire exactly once")

    def take(self, symbol: int) -> None:
        """Assert a symbol."""
        self._assert(fact_text(symbol))
        self.due = True

    def fire(self) -> Iterator[int]:
        """Yield the head of each clause that fires; what is asserted meanwhile fires as well."""
        self.due = False
        for firing in self._firings():
            head = self._heads.get(firing)
            if head is None:
                raise DurableFailed(f"a rule fired that was not waiting, or on other facts: {firing[:200]!r}")
            yield head

    def close(self) -> None:
        """End the session; the sentinel has fired in it, so this is safe."""
        self._engine.delete_state(self.handle, SESSION)

    def _assert(self, fact: str) -> int:
        code, place = self._engine.assert_fact(self.handle, fact)
        if code not in _GOOD_CODES:
            raise DurableFailed(f"asserting a fact returned code {code}")
        return place

    def _firings(self) -> Iterator[str]:
        """Yield what the engine says of each firing, which is completed when the next is asked for."""
        start = self._engine.start_action_for_state(self.handle, self._place)
        firing = start[1] if start else None
        while firing:
            yield firing
            firing = self._engine.complete_and_start_action(self.handle, self._place)
