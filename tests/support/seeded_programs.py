"""Random programs with patients, each from one number: for long runs, far quicker than a search.

The shapes are those of ``programs``, for Hypothesis; here a failure names the number to make it again from.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded below
from collections.abc import Mapping, Sequence

from packs import derived, has
from programs import a_program, symbols_of

from engine.domain.ids import Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation, Premise
from engine.domain.truth import MostlyFalse, Truth
from engine.ports import Program

_SORTS = ("leaf", "leaf", "all", "any", "not", "count", "concept")
_WIDTHS = (2, 1, 3, 0, 4, 7)


def seeded_crowd(number: int, patients: int) -> tuple[Program, list[Mapping[Symbol, Truth]]]:
    """Return a program and some patients; equal numbers give equal ones."""
    chance = random.Random(number)  # noqa: S311 - repeatable, not secret
    atoms = tuple(f"condition_{index}" for index in range(chance.choice((4, 9, 9, 30))))
    concepts: dict[str, Premise] = {}
    for index in range(chance.randint(0, 5)):
        concepts[f"concept_{index}"] = _premise(chance, atoms, tuple(concepts), chance.randint(0, 3))
    rules = {
        f"rule_{index}": _premise(chance, atoms, tuple(concepts), chance.randint(0, 3))
        for index in range(chance.choice((1, 3, 5, 25)))
    }
    program = a_program(rules, concepts)
    symbols = symbols_of(program)
    return program, [_truths(chance, symbols) for _ in range(patients)]


def _premise(chance: random.Random, atoms: Sequence[str], concepts: Sequence[str], depth: int) -> Premise:
    sort = chance.choice(_SORTS) if depth else "leaf"
    if sort == "concept" and concepts:
        return derived(chance.choice(concepts))
    if sort in ("leaf", "concept"):
        return has(chance.choice(atoms))
    if sort == "not":
        return Negation(part=_premise(chance, atoms, concepts, depth - 1))
    width = chance.choice(_WIDTHS) if depth < 3 else 2
    parts = tuple(_premise(chance, atoms, concepts, depth - 1) for _ in range(width))
    if sort == "all":
        return AllOf(parts=parts)
    return AnyOf(parts=parts) if sort == "any" else AtLeast(count=chance.randint(-1, 8), parts=parts)


def _truths(chance: random.Random, symbols: Sequence[Symbol]) -> Mapping[Symbol, Truth]:
    """Return truths of some symbols, of nearly none, or all of them with nearly all false."""
    match chance.randrange(3):
        case 0:
            every = (*Truth, None)
            drawn = {symbol: chance.choice(every) for symbol in symbols}
            return {symbol: truth for symbol, truth in drawn.items() if truth is not None}
        case 1:
            return {symbol: chance.choice((Truth.FALSE, *Truth)) for symbol in symbols}
        case _:
            few = chance.sample(symbols, min(len(symbols), chance.randint(0, 4)))
            otherwise = {symbol: chance.choice((Truth.TRUE, Truth.UNKNOWN)) for symbol in few}
            return MostlyFalse(frozenset(symbols), otherwise)
