"""From Horn clauses to durable-rules definitions, in a shape that respects every limit of its engine.

A symbol ``n`` is a fact ``{"bucket": "b…", "code": "c…"}``: two levels, because
one level of more than 511 different values makes the engine hang. A clause is one rule: ``all`` of
at most four such patterns, by equality alone. Clauses are dealt to *shards*, rule sets of at most
200 rules: no pattern can then stand in more than 255 rules (where the engine crashes), and time
grows with the number of clauses, not with its square.

Standard library only and no rule types: the worker process imports this module.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

#: A head and the symbols it follows from.
Clause = tuple[int, tuple[int, ...]]

#: Patterns a rule: the engine was compared with a naive evaluator up to here; it fails beyond 16.
MAX_BODY = 4
#: Rules a shard, far below the 255 on one identical pattern.
MAX_RULES = 200
#: Codes a bucket, far below the 511 values under one parent.
CODES = 100

#: Symbols are numbered below this: 500 buckets, and far fewer than the 264,601 fact identifiers known to
#: have different hashes.
MAX_SYMBOLS = 500 * CODES

#: The rule that fires first in every session: a session in which no rule ever fired cannot be
#: deleted safely.
SENTINEL = "sentinel"
SENTINEL_RULE = '{"all":[{"m0":{"$and":[{"kind":"sentinel"}]}}]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One durable-rules rule set with the meaning of its rules."""

    rules: dict[str, str]
    """Each rule, the sentinel first, as the JSON that the engine is given."""
    firings: dict[str, int]
    """The symbol each rule derives, by what the engine says when it fires: the rule and its facts."""
    reads: frozenset[int]
    """The symbols in its patterns: no other fact is ever asserted into it."""

    @property
    def text(self) -> str:
        """Return the whole rule set as JSON."""
        return "{" + ",".join(f'"{name}":{rule}' for name, rule in self.rules.items()) + "}"


def lay_out(clauses: Sequence[Clause]) -> tuple[Shard, ...]:
    """Return the clauses as shards, in their order."""
    return tuple(_shard(clauses[start : start + MAX_RULES]) for start in range(0, len(clauses), MAX_RULES))


@functools.lru_cache(maxsize=20_000)
def fact_text(symbol: int) -> str:
    """Return a symbol as the JSON of a fact.

    The identifiers ``f0`` to ``f264601`` have different 32-bit hashes, by which alone the engine
    tells facts apart.
    """
    return f'{{"id":"f{symbol}","sid":"1","bucket":"b{symbol // CODES}","code":"c{symbol % CODES}"}}'


SENTINEL_FACT = '{"id":"sentinel","sid":"1","kind":"sentinel"}'
SENTINEL_FIRING = f'{{"{SENTINEL}":{{"m0":{SENTINEL_FACT}}}}}'

#: The one session a rule set has at a time: sessions too are told apart by a hash alone.
SESSION = "1"


#: The names of a shard's rules, in their order.
_NAMES = tuple(f"r{number}" for number in range(MAX_RULES))


def _shard(clauses: Sequence[Clause]) -> Shard:
    rules = {SENTINEL: SENTINEL_RULE}
    firings: dict[str, int] = {}
    for name, (head, body) in zip(_NAMES[: len(clauses)], clauses, strict=True):
        rules[name] = _rule(body)
        firings[f'{{"{name}":{_matched(body)}}}'] = head  # its name, and each fact letter by letter
    return Shard(
        rules=rules,
        firings=firings,
        reads=frozenset(itertools.chain.from_iterable([body for _, body in clauses])),
    )


@functools.lru_cache(maxsize=20_000)
def _rule(body: tuple[int, ...]) -> str:
    """Return the rule that fires when all these symbols are there; questions have small numbers in common."""
    patterns = ",".join(
        f'{{"m{place}":{{"$and":[{{"bucket":"b{symbol // CODES}"}},{{"code":"c{symbol % CODES}"}}]}}}}'
        for place, symbol in enumerate(body)
    )
    return f'{{"all":[{patterns}]}}'


@functools.lru_cache(maxsize=20_000)
def _matched(body: tuple[int, ...]) -> str:
    facts = ",".join(f'"m{place}":{fact_text(symbol)}' for place, symbol in enumerate(body))
    return f"{{{facts}}}"
