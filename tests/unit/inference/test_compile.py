"""Compiling to Horn clauses: what is asserted, what is left out, and that nothing is negated."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from packs import derived, has
from programs import a_program, questions, rule_of, symbol, symbols_of

from engine.domain.ids import Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation
from engine.domain.truth import Truth
from engine.inference.compile import ALWAYS, CompiledProgram, Query, compile_program
from engine.inference.layout import MAX_BODY, Clause
from engine.inference.reference import evaluate
from engine.ports import Evaluation, Program

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def closure(clauses: Iterable[Clause], facts: Iterable[int]) -> frozenset[int]:
    """Return what follows, by the naive algorithm: go round until nothing is new."""
    clauses, known = list(clauses), set(facts)
    while new := {head for head, body in clauses if known.issuperset(body)} - known:
        known |= new
    return frozenset(known)


def answered(compiled: CompiledProgram, query: Query) -> Evaluation:
    answer, nonsense = compiled.read(closure(query.clauses, query.facts))
    assert nonsense == ()
    return answer


@given(questions())
def test_the_clauses_mean_what_the_premises_mean(question: tuple[Program, dict[Symbol, Truth]]) -> None:
    program, truths = question
    compiled = compile_program(program)
    expected = evaluate(program, truths)
    answer = answered(compiled, compiled.query(truths))
    assert (answer.rules, answer.concepts) == (expected.rules, expected.concepts)


@given(questions())
def test_bodies_are_short_and_no_symbol_stands_twice(question: tuple[Program, dict[Symbol, Truth]]) -> None:
    for head, body in compile_program(question[0]).clauses:
        assert 1 <= len(body) <= MAX_BODY
        assert len(set(body)) == len(body)
        assert head not in (ALWAYS, *body)


def test_a_wide_conjunction_is_split_and_still_needs_every_part() -> None:
    names = [f"c{number}" for number in range(41)]
    program = a_program({"r": AllOf(parts=tuple(has(name) for name in names))})
    compiled = compile_program(program)
    truths = {symbol(name): TRUE for name in names}
    assert rule_of(answered(compiled, compiled.query(truths)), "r") is TRUE
    for name in names:
        assert rule_of(answered(compiled, compiled.query({**truths, symbol(name): UNKNOWN})), "r") is UNKNOWN
        assert rule_of(answered(compiled, compiled.query({**truths, symbol(name): FALSE})), "r") is FALSE


def test_many_of_many_is_counted_not_written_out() -> None:
    names = [f"c{number}" for number in range(30)]
    program = a_program({"r": AtLeast(count=15, parts=tuple(has(name) for name in names))})
    compiled = compile_program(program)
    assert len(compiled.clauses) < 2 * 2 * 15 * 16
    for certain in (14, 15, 16):
        for unknown in (0, 1, 2):
            truths = dict.fromkeys(map(symbol, names), FALSE)
            truths |= dict.fromkeys(map(symbol, names[:certain]), TRUE)
            truths |= dict.fromkeys(map(symbol, names[certain : certain + unknown]), UNKNOWN)
            answer = answered(compiled, compiled.query(truths))
            assert answer.rules == evaluate(program, truths).rules


def test_a_part_that_stands_twice_counts_twice() -> None:
    program = a_program({"r": AtLeast(count=2, parts=(has("a"), has("a"), has("b")))})
    compiled = compile_program(program)
    assert rule_of(answered(compiled, compiled.query({symbol("a"): TRUE, symbol("b"): FALSE})), "r") is TRUE


def test_only_the_signs_that_are_asked_for_are_compiled() -> None:
    plain = compile_program(a_program({"r": has("a")}))
    assert [len(asserted) for asserted in plain.atoms[symbol("a")].values()] == [2, 0, 1]
    negated = compile_program(a_program({"r": Negation(part=has("a"))}))
    assert {truth: len(asserted) for truth, asserted in negated.atoms[symbol("a")].items()} == {
        TRUE: 0,
        FALSE: 2,
        UNKNOWN: 1,
    }


def test_equal_parts_are_compiled_once() -> None:
    part = AnyOf(parts=tuple(has(f"c{number}") for number in range(9)))
    one = compile_program(a_program({"r0": AllOf(parts=(part, has("a")))}))
    two = compile_program(
        a_program({f"r{number}": AllOf(parts=(part, has(f"a{number}"))) for number in range(2)})
    )
    assert len(two.clauses) == len(one.clauses) + 2


def test_each_rule_and_concept_is_charged_with_its_clauses() -> None:
    program = a_program({"r": derived("c")}, {"c": AnyOf(parts=(has("a"), has("b")))})
    compiled = compile_program(program)
    assert compiled.clauses_of == {"derived concept c": 4, "rule r": 2}
    assert sum(compiled.clauses_of.values()) == len(compiled.clauses)


def test_what_is_true_and_yet_not_possible_is_nonsense() -> None:
    compiled = compile_program(a_program({"r": has("a")}))
    ((certain, _),) = compiled.rules.values()
    answer, nonsense = compiled.read([certain])
    assert rule_of(answer, "r") is TRUE
    assert nonsense == ("rule r",)


@given(questions())
def test_symbols_are_numbered_without_gaps_beyond_reason(
    question: tuple[Program, dict[Symbol, Truth]],
) -> None:
    compiled = compile_program(question[0])
    highest = max((max(head, *body) for head, body in compiled.clauses), default=0)
    assert highest <= 4 * (len(symbols_of(question[0])) + 200)
