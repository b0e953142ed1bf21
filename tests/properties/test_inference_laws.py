"""Laws of rule evaluation that hold for any rules over any patient, with both evaluators running."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import derived, has
from programs import crowds, programs, questions, symbols_of
from seeded_programs import seeded_crowd

from engine.decision.plan import atoms_of_program
from engine.domain.atoms import HasCondition
from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.domain.truth import Truth
from engine.inference.crosscheck import CrosscheckedEngine, open_engine
from engine.inference.reference import evaluate
from engine.ports import Program

Question = tuple[Program, dict[Symbol, Truth]]

Crowd = tuple[Program, list[Mapping[Symbol, Truth]]]

_PATIENTS = 5
_CROWDS_A_CHUNK = 2_000
_CHUNKS = 20


#: Another process answers: how long that takes on a busy machine is no property of the rules.
unhurried = settings(deadline=None)


@pytest.fixture(scope="module")
def engine() -> Iterator[CrosscheckedEngine]:
    """The engine as it ships, with patience for a busy machine."""
    with open_engine(answer_seconds=30) as started:
        assert started.warm() == ()
        yield started


@settings(max_examples=1_000, deadline=None)
@given(question=questions())
def test_reference_and_durable_rules_agree(engine: CrosscheckedEngine, question: Question) -> None:
    program, truths = question
    answer = engine.evaluate(program, truths)
    assert answer.faults == ()
    assert answer == evaluate(program, truths)


@unhurried
@given(crowd=crowds())
def test_patients_evaluated_together_are_each_evaluated_as_alone(
    engine: CrosscheckedEngine, crowd: Crowd
) -> None:
    program, patients = crowd
    expected = tuple(evaluate(program, truths) for truths in patients)
    assert engine.evaluate_all(program, patients) == expected


def both_agree(engine: CrosscheckedEngine, numbers: range) -> None:
    """Hold both evaluators, each with its selection, to the reference over the whole program."""
    for number in numbers:
        program, patients = seeded_crowd(number, _PATIENTS)
        answers = engine.evaluate_all(program, patients)
        for answer, truths in zip(answers, patients, strict=True):
            assert answer == evaluate(program, truths), f"number {number}"


def test_reference_and_durable_rules_agree_on_a_thousand_seeded_cases(engine: CrosscheckedEngine) -> None:
    both_agree(engine, range(1_000 // _PATIENTS))


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("chunk", range(1, _CHUNKS + 1))
def test_reference_and_durable_rules_agree_on_200_000_cases(engine: CrosscheckedEngine, chunk: int) -> None:
    # A case is one program with one patient.
    both_agree(engine, range(chunk * _CROWDS_A_CHUNK, (chunk + 1) * _CROWDS_A_CHUNK))


@unhurried
@given(question=questions(), data=st.data())
def test_the_order_of_facts_rules_and_parts_never_matters(
    engine: CrosscheckedEngine, question: Question, data: st.DataObject
) -> None:
    program, truths = question
    shuffled = Program(
        rules=tuple(data.draw(st.permutations(program.rules))),
        concepts=program.concepts,
    )
    turned = Program(
        rules=tuple(dataclasses.replace(rule, when=turned_round(rule.when)) for rule in program.rules),
        concepts=tuple(
            dataclasses.replace(concept, when=turned_round(concept.when)) for concept in program.concepts
        ),
    )
    reordered = dict(data.draw(st.permutations(list(truths.items()))))
    answer = engine.evaluate(program, truths)
    for other in (shuffled, turned):
        assert engine.evaluate(other, reordered) == answer


@unhurried
@given(question=questions(), extra=st.dictionaries(st.text(max_size=20), st.sampled_from(Truth), max_size=20))
def test_irrelevant_facts_never_matter(
    engine: CrosscheckedEngine, question: Question, extra: dict[str, Truth]
) -> None:
    program, truths = question
    more = {Symbol(f"irrelevant:{name}"): truth for name, truth in extra.items()} | truths
    assert engine.evaluate(program, more) == engine.evaluate(program, truths)


@unhurried
@given(question=questions(), other=programs())
def test_irrelevant_rules_never_matter(
    engine: CrosscheckedEngine, question: Question, other: Program
) -> None:
    program, truths = question
    apart = {rule.rule_id for rule in program.rules}
    more = Program(
        rules=(
            *program.rules,
            *(rule for rule in evaluable(other).rules if rule.rule_id not in apart),
        ),
        concepts=program.concepts,
    )
    answer, alone = engine.evaluate(more, truths), engine.evaluate(program, truths)
    assert {rule: answer.rules[rule] for rule in apart} == alone.rules
    assert answer.concepts == alone.concepts
    assert answer.faults == ()


@unhurried
@given(question=questions(), data=st.data())
def test_making_a_symbol_unknown_never_turns_true_into_false_or_false_into_true(
    engine: CrosscheckedEngine, question: Question, data: st.DataObject
) -> None:
    program, truths = question
    symbols = symbols_of(program)
    if not symbols:
        return
    blurred = {**truths, data.draw(st.sampled_from(symbols)): Truth.UNKNOWN}
    before, after = engine.evaluate(program, truths), engine.evaluate(program, blurred)
    assert before.faults == after.faults == ()
    for name, truth in before.rules.items():
        assert after.rules[name] in (truth, Truth.UNKNOWN)
    for concept, truth in before.concepts.items():
        assert after.concepts[concept] in (truth, Truth.UNKNOWN)


@unhurried
@given(question=questions(), data=st.data())
def test_the_names_of_facts_rules_and_concepts_never_matter(
    engine: CrosscheckedEngine, question: Question, data: st.DataObject
) -> None:
    program, truths = question
    names = sorted(
        {str(atom.condition) for atom in atoms_of_program(program) if isinstance(atom, HasCondition)}
        | {concept.concept_id for concept in program.concepts}
        | {rule.rule_id for rule in program.rules}
    )
    others = data.draw(st.permutations([*names, "true", "r0", "m0$not", "1", "a b", "é"]))
    new = dict(zip(names, others, strict=False))
    renamed = Program(
        rules=tuple(
            dataclasses.replace(rule, rule_id=RuleId(new[rule.rule_id]), when=called(rule.when, new))
            for rule in program.rules
        ),
        concepts=tuple(
            dataclasses.replace(each, concept_id=ConceptId(new[each.concept_id]), when=called(each.when, new))
            for each in program.concepts
        ),
    )
    told = {
        called(has(str(symbol).removeprefix("condition:")), new).symbol: truth  # type: ignore[union-attr]
        for symbol, truth in truths.items()
    }
    before, after = engine.evaluate(program, truths), engine.evaluate(renamed, told)
    assert before.faults == after.faults == ()
    assert after.rules == {new[name]: truth for name, truth in before.rules.items()}
    assert after.concepts == {new[name]: truth for name, truth in before.concepts.items()}


@unhurried
@given(question=questions())
def test_a_rule_that_is_decided_stays_so_whatever_the_unknown_turns_out_to_be(question: Question) -> None:
    program, truths = question
    answer = evaluate(program, truths)
    for settled in (Truth.TRUE, Truth.FALSE):
        full = dict.fromkeys(symbols_of(program), settled)
        full |= {name: truth for name, truth in truths.items() if truth is not Truth.UNKNOWN}
        known = evaluate(program, full)
        for name, truth in answer.rules.items():
            assert truth in (Truth.UNKNOWN, known.rules[name])


def evaluable(program: Program) -> Program:
    """Return a program without the rules that need concepts."""
    return Program(
        rules=tuple(rule for rule in program.rules if "Derived" not in repr(rule.when)), concepts=()
    )


def called(premise: Premise, new: Mapping[str, str]) -> Premise:
    """Return a premise over the same things by other names."""
    match premise:
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            return dataclasses.replace(premise, parts=tuple(called(part, new) for part in parts))
        case Negation(part=part):
            return Negation(part=called(part, new))
        case Derived(concept=concept):
            return derived(new[concept])
        case HasCondition(condition=condition):
            return has(new[condition])
        case atom:
            raise AssertionError(atom)


def turned_round(premise: Premise) -> Premise:
    """Return a premise with the parts of every node in the opposite order."""
    match premise:
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            return dataclasses.replace(premise, parts=tuple(map(turned_round, reversed(parts))))
        case Negation(part=part):
            return Negation(part=turned_round(part))
        case _:
            return premise
