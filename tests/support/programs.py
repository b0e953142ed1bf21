"""Hypothesis strategies for rule programs and for the truths they are evaluated under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st
from packs import a_concept, a_rule, derived, has

from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation, Premise, atoms_of
from engine.domain.truth import MostlyFalse, Truth
from engine.ports import Evaluation, Program

_CONDITIONS = tuple(f"condition_{number}" for number in range(9))


def a_program(rules: Mapping[str, Premise], concepts: Mapping[str, Premise] | None = None) -> Program:
    """Return a program of bare premises."""
    return Program(
        rules=tuple(a_rule(name, when, "apixaban") for name, when in rules.items()),
        concepts=tuple(a_concept(name, when) for name, when in (concepts or {}).items()),
    )


def symbol(condition: str) -> Symbol:
    """Return the symbol of ``has(condition)``."""
    return has(condition).symbol


def symbols_of(program: Program) -> tuple[Symbol, ...]:
    """Return every symbol of a program, each once."""
    premises = [*(concept.when for concept in program.concepts), *(rule.when for rule in program.rules)]
    return tuple(dict.fromkeys(atom.symbol for premise in premises for atom in atoms_of(premise)))


def rule_of(evaluation: Evaluation, name: str) -> Truth:
    """Return the truth of a rule by its plain name."""
    return evaluation.rules[RuleId(name)]


def concept_of(evaluation: Evaluation, name: str) -> Truth:
    """Return the truth of a concept by its plain name."""
    return evaluation.concepts[ConceptId(name)]


#: Strategies that are drawn from many times a program are built once: that is most of the speed.
_SORTS = st.sampled_from(("leaf", "leaf", "all", "any", "not", "count", "concept"))
_ATOMS = st.sampled_from([has(condition) for condition in _CONDITIONS])
_WIDTHS = st.sampled_from((2, 1, 3, 0, 4, 7))
_COUNTS = st.integers(-1, 8)
_FEW = st.integers(0, 4)
_DEPTHS = st.integers(0, 3)


def _premise(draw: st.DrawFn, concepts: Sequence[str], depth: int) -> Premise:
    sort = draw(_SORTS) if depth else "leaf"
    if sort == "concept" and concepts:
        return derived(draw(st.sampled_from(concepts)))
    if sort in ("leaf", "concept"):
        return draw(_ATOMS)
    if sort == "not":
        return Negation(part=_premise(draw, concepts, depth - 1))
    # Deep trees are narrow, so that a program stays small enough to be read when a law fails.
    width = draw(_WIDTHS) if depth < 3 else 2
    parts = tuple(_premise(draw, concepts, depth - 1) for _ in range(width))
    if sort == "all":
        return AllOf(parts=parts)
    return AnyOf(parts=parts) if sort == "any" else AtLeast(count=draw(_COUNTS), parts=parts)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Generate programs of a few rules over chains of concepts; parts repeat, and some are empty."""
    concepts: dict[str, Premise] = {}
    for number in range(draw(_FEW)):
        concepts[f"concept_{number}"] = _premise(draw, tuple(concepts), draw(_DEPTHS))
    rules = {
        f"rule_{number}": _premise(draw, tuple(concepts), draw(_DEPTHS)) for number in range(1 + draw(_FEW))
    }
    return a_program(rules, concepts)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Program, dict[Symbol, Truth]]:
    """Generate programs with the truth of most of their symbols; what is left out is unknown."""
    program = draw(programs())
    return program, draw(truths_for(symbols_of(program)))


@st.composite
def crowds(draw: st.DrawFn, patients: int = 4) -> tuple[Program, list[Mapping[Symbol, Truth]]]:
    """Generate programs with several patients each, of whom nearly everything may be false."""
    program = draw(st.one_of(programs(), wide_programs()))
    symbols = symbols_of(program)
    return program, [draw(st.one_of(truths_for(symbols), mostly_false(symbols))) for _ in range(patients)]


@st.composite
def wide_programs(draw: st.DrawFn) -> Program:
    """Generate programs of many rules that share little, as a large pack has them."""
    atoms = [has(f"condition_{number}") for number in range(draw(_MANY))]
    seed = draw(_SEEDS)
    concepts: dict[str, Premise] = {}
    for number in range(3):
        concepts[f"concept_{number}"] = _spread(atoms, tuple(concepts), seed + number)
    names = tuple(concepts)
    rules = {f"rule_{number}": _spread(atoms, names, seed * 7 + number) for number in range(len(atoms) // 2)}
    return a_program(rules, concepts)


_MANY = st.sampled_from((8, 20, 40))
_SEEDS = st.integers(0, 1_000_000)


def _spread(atoms: Sequence[Premise], concepts: Sequence[str], seed: int) -> Premise:
    """Return a premise whose form and parts are spread evenly by a seed."""
    a, b, c = (atoms[(seed * step + step) % len(atoms)] for step in (3, 7, 11))
    chained = derived(concepts[seed % len(concepts)]) if concepts else c
    forms: tuple[Premise, ...] = (
        AllOf(parts=(a, b)),
        AllOf(parts=(a, Negation(part=b), c)),
        AnyOf(parts=(a, chained)),
        AllOf(parts=(a, AnyOf(parts=(b, chained)))),
        AtLeast(count=2, parts=(a, b, chained)),
        Negation(part=AnyOf(parts=(a, b))),
        AllOf(parts=(Negation(part=AllOf(parts=(a, chained))), b)),
        Negation(part=Negation(part=AllOf(parts=(a, chained)))),
    )
    return forms[seed // 5 % len(forms)]


def mostly_false(symbols: Sequence[Symbol]) -> st.SearchStrategy[Mapping[Symbol, Truth]]:
    """Generate truths that say false of all but a few symbols."""
    if not symbols:
        return st.just({})
    otherwise = st.dictionaries(
        st.sampled_from(symbols), st.sampled_from((Truth.TRUE, Truth.UNKNOWN)), max_size=6
    )
    return otherwise.map(lambda said: MostlyFalse(frozenset(symbols), said))


def truths_for(symbols: Sequence[Symbol]) -> st.SearchStrategy[dict[Symbol, Truth]]:
    """Generate truths for some of these symbols."""
    unknown_by_silence = st.sampled_from((*Truth, None))
    return st.tuples(*(unknown_by_silence for _ in symbols)).map(
        lambda truths: {
            symbol: truth for symbol, truth in zip(symbols, truths, strict=True) if truth is not None
        }
    )
