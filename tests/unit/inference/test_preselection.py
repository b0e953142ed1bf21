"""What is left out of an evaluation was false; and nothing else is left out by either evaluator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from packs import derived, has
from programs import a_program, questions, symbol, symbols_of

from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation, Premise
from engine.domain.truth import MostlyFalse, Truth, not_false
from engine.errors import InvariantBroken
from engine.inference import support as support_module
from engine.inference.compile import compile_program
from engine.inference.preselect import Preselection
from engine.inference.reference import evaluate
from engine.inference.support import Question, Support
from engine.ports import Program

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
Asked = tuple[Program, dict[Symbol, Truth]]


def selected(program: Program, truths: Mapping[Symbol, Truth]) -> tuple[set[str], set[str]]:
    """Return the rules and concepts that the reference evaluator would look at."""
    chosen = Preselection(program).select(truths).program
    return {rule.rule_id for rule in chosen.rules}, {concept.concept_id for concept in chosen.concepts}


def follows(question: Question) -> frozenset[int]:
    """Return what follows, by the naive algorithm: go round until nothing is new."""
    known = set(question.query.facts)
    while new := {head for head, body in question.query.clauses if known.issuperset(body)} - known:
        known |= new
    return frozenset(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What all questions about one patient were answered with."""

    rules: dict[str, Truth]
    concepts: dict[str, Truth]
    nonsense: list[str]


def said(several: Iterable[Question], answer: Callable[[Question], Iterable[int]] = follows) -> Said:
    found = Said(rules={}, concepts={}, nonsense=[])
    for question in several:
        told = question.said(answer(question))
        for names, truths in ((told["rules"], found.rules), (told["concepts"], found.concepts)):
            true, unknown = names
            truths.update(dict.fromkeys(true, TRUE) | dict.fromkeys(unknown, UNKNOWN))
        found.nonsense.extend(map(str, told["nonsense"]))
    return found


@given(questions())
def test_evaluating_the_selected_rules_alone_is_evaluating_all(question: Asked) -> None:
    program, truths = question
    whole = evaluate(program, truths)
    selection = Preselection(program).select(truths)
    part = evaluate(selection.program, truths, selection.beside)
    assert not_false(part.rules) == not_false(whole.rules)
    assert not_false(part.concepts) == not_false(whole.concepts)


@given(questions())
def test_asking_the_supported_clauses_alone_is_asking_all(question: Asked) -> None:
    program, truths = question
    whole = evaluate(program, truths)
    answer = said(Support(compile_program(program)).questions(truths))
    assert answer.rules == not_false(whole.rules)
    assert answer.concepts == not_false(whole.concepts)
    assert answer.nonsense == []


@given(questions())
def test_asking_in_the_smallest_questions_changes_nothing(question: Asked) -> None:
    program, truths = question
    support = Support(compile_program(program))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(support_module, "MAX_QUESTION_STEPS", 1)
        several = support.questions(truths)
    owners = [owner for question_ in several for owner in question_.heads]
    assert len(owners) == len(set(owners))
    answer, whole = said(several), evaluate(program, truths)
    assert answer.rules == not_false(whole.rules)
    assert answer.concepts == not_false(whole.concepts)


@given(questions())
def test_every_question_is_in_small_numbers_and_a_part_of_everything(question: Asked) -> None:
    program, truths = question
    support = Support(compile_program(program))
    (everything,) = support.everything()
    (asked,) = support.questions(truths)
    for each in (everything, asked):
        numbers = {0, 1} | {symbol for head, body in each.query.clauses for symbol in (head, *body)}
        assert numbers == set(range(len(numbers)))
    assert set(asked.heads) <= set(everything.heads)
    assert len(asked.query.clauses) <= len(everything.query.clauses)


@given(questions())
def test_an_index_that_was_sent_to_another_process_asks_the_same(question: Asked) -> None:
    program, truths = question
    support = Support(compile_program(program))
    decided = MostlyFalse(
        frozenset(symbols_of(program)),
        {name: truths.get(name, UNKNOWN) for name in symbols_of(program) if truths.get(name) is not FALSE},
    )
    received = Support.received(support.sent())
    asked = list(received.of_patient(*support.told(decided)))
    assert tuple(each for each, _ in asked) == support.questions(truths)
    assert [last for _, last in asked] == [*([False] * (len(asked) - 1)), True]


def test_of_what_was_not_decided_the_worker_is_told_that_it_is_unknown() -> None:
    support = Support(compile_program(a_program({"r": AnyOf(parts=(has("a"), has("b"), has("c")))})))
    decided = MostlyFalse(frozenset({symbol("a"), symbol("c")}), {symbol("c"): TRUE})
    assert support.told(decided) == ([symbol("c")], [symbol("b")])


CLAUSES: list[tuple[str, Premise, list[str]]] = [
    ("an atom", has("a"), ["a"]),
    ("a negation is always possible", Negation(part=has("a")), []),
    ("all of", AllOf(parts=(has("a"), Negation(part=has("b")))), ["a"]),
    ("any of, of which one is negated", AnyOf(parts=(has("a"), Negation(part=has("b")))), []),
    ("not all of", Negation(part=AllOf(parts=(has("a"), has("b")))), []),
    ("not any of negations", Negation(part=AnyOf(parts=(Negation(part=has("a")), has("b")))), ["a"]),
    ("nothing at all", AllOf(parts=()), []),
    ("none of a negation", AtLeast(count=0, parts=(has("a"),)), []),
]


@pytest.mark.parametrize(
    ("premise", "needs"), [case[1:] for case in CLAUSES], ids=[case[0] for case in CLAUSES]
)
def test_a_rule_is_left_out_exactly_when_what_it_needs_is_false(premise: Premise, needs: list[str]) -> None:
    program = a_program({"r": premise})
    nothing = {symbol("a"): FALSE, symbol("b"): FALSE}
    support = Support(compile_program(program))
    rules, _ = selected(program, nothing)
    (question,) = support.questions(nothing)
    assert (rules == set()) is (question.heads == {}) is bool(needs)
    for name in needs:
        for truth in (TRUE, UNKNOWN):
            assert selected(program, {**nothing, symbol(name): truth})[0] == {"r"}
            (question,) = support.questions({**nothing, symbol(name): truth})
            assert ("rule", "r") in question.heads


def test_the_rarest_part_opens_a_rule() -> None:
    program = a_program(
        {
            f"r{n}": AllOf(parts=(has("old age"), has(f"drug {n}"), Negation(part=has("x"))))
            for n in range(500)
        }
    )
    truths = dict.fromkeys(symbols_of(program), FALSE)
    truths |= {symbol("old age"): TRUE, symbol("drug 7"): UNKNOWN, symbol("drug 8"): TRUE}
    assert selected(program, truths)[0] == {"r7", "r8"}
    (question,) = Support(compile_program(program)).questions(truths)
    assert set(question.heads) == {("rule", "r7"), ("rule", "r8")}
    assert len(question.query.clauses) < 10


def test_a_concept_opens_what_rests_on_it_and_one_left_out_is_false_to_what_denies_it() -> None:
    program = a_program(
        {"chained": derived("upper"), "denies": Negation(part=derived("upper")), "other": has("b")},
        {"lower": has("a"), "upper": AllOf(parts=(derived("lower"), has("c")))},
    )
    nothing = dict.fromkeys(symbols_of(program), FALSE)
    assert selected(program, nothing) == ({"denies"}, set())
    assert selected(program, {**nothing, symbol("a"): TRUE, symbol("c"): TRUE}) == (
        {"chained", "denies"},
        {"lower", "upper"},
    )
    selection = Preselection(program).select(nothing)
    assert selection.beside == {ConceptId("upper"): FALSE}
    answer = evaluate(selection.program, nothing, selection.beside)
    assert answer.rules == {RuleId("denies"): TRUE}


def test_a_symbol_that_is_reached_and_cannot_be_derived_is_never_asserted() -> None:
    # "both" waits for the one with fewer ways and so is reached; its clause lacks the other one.
    program = a_program(
        {"r": derived("both")},
        {
            "one": has("a"),
            "other": AnyOf(parts=(has("b"), has("c"))),
            "both": AllOf(parts=(derived("one"), derived("other"))),
        },
    )
    truths = {symbol("a"): TRUE, symbol("b"): FALSE, symbol("c"): FALSE}
    (question,) = Support(compile_program(program)).questions(truths)
    assert ("rule", "r") in question.heads
    assert said((question,)).rules == {}


def test_truths_that_are_mostly_false_say_what_a_full_table_says() -> None:
    table = {"a": TRUE, "b": FALSE, "c": UNKNOWN}
    sparse = MostlyFalse(frozenset(table), {"a": TRUE, "c": UNKNOWN})
    assert sparse == table
    assert not_false(sparse) == not_false(table) == {"a": TRUE, "c": UNKNOWN}
    assert sparse.get("b") is FALSE
    assert sparse.get("nobody decided it") is None
    with pytest.raises(KeyError):
        sparse["nobody decided it"]


@pytest.mark.parametrize("otherwise", [{"b": TRUE}, {"a": FALSE}])
def test_truths_that_contradict_themselves_cannot_be_made(otherwise: dict[str, Truth]) -> None:
    with pytest.raises(InvariantBroken):
        MostlyFalse(frozenset("a"), otherwise)


def test_what_is_true_and_yet_not_possible_is_nonsense() -> None:
    program = a_program({"r": AnyOf(parts=(has("a"), has("b")))})
    (question,) = Support(compile_program(program)).questions({symbol("a"): TRUE, symbol("b"): UNKNOWN})
    ((certain, _),) = question.heads.values()
    answer = said([question], lambda _: [certain])
    assert answer.rules == {RuleId("r"): TRUE}
    assert answer.nonsense == ["rule r"]


def test_a_clause_is_kept_only_where_nothing_in_its_body_is_out_of_reach() -> None:
    either = AnyOf(parts=(has("a"), AllOf(parts=(has("often"), has("c")))))
    program = a_program({"r": either, "s": has("often"), "t": has("often")})
    (question,) = Support(compile_program(program)).questions(
        {symbol("often"): TRUE, symbol("a"): UNKNOWN, symbol("c"): FALSE}
    )
    assert len(question.query.clauses) == 3  # of "r" the P of "a" alone; of the others T and P are one
    assert len(question.query.facts) == 2


def test_true_and_not_false_are_asked_apart_above_something_unknown_alone() -> None:
    program = a_program(
        {"settled": derived("settled"), "open": derived("open")},
        {"settled": AllOf(parts=(has("a"), has("b"))), "open": AllOf(parts=(derived("settled"), has("c")))},
    )
    support = Support(compile_program(program))
    for truth, names in ((TRUE, set()), (UNKNOWN, {"open"})):
        (question,) = support.questions({symbol("a"): TRUE, symbol("b"): TRUE, symbol("c"): truth})
        apart = {name for (_, name), (certain, not_false) in question.heads.items() if certain != not_false}
        assert apart == names


def test_each_rule_fires_by_itself_also_where_two_rest_on_the_same() -> None:
    program = a_program({"r": has("a"), "s": has("a")})
    (question,) = Support(compile_program(program)).questions({symbol("a"): TRUE})
    assert len({head for heads in question.heads.values() for head in heads}) == 2
    assert len(question.query.clauses) == 2
