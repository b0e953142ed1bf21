"""What a pharmacist is told of a rule that cannot be evaluated safely."""

from __future__ import annotations

import pytest
from packs import a_concept, a_rule, derived, has

from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation, Premise
from engine.errors import AuthoringError
from engine.inference import limits
from engine.inference.limits import check_limits, examine, require_within_limits
from engine.inference.support import MAX_QUESTION_STEPS
from engine.ports import Program


def program(*rules: tuple[str, Premise], concepts: tuple[tuple[str, Premise], ...] = ()) -> Program:
    return Program(
        rules=tuple(a_rule(name, when, "apixaban") for name, when in rules),
        concepts=tuple(a_concept(name, when) for name, when in concepts),
    )


def nested(depth: int) -> Premise:
    premise: Premise = has("a")
    for _ in range(depth - 1):
        premise = Negation(part=premise)
    return premise


def test_ordinary_rules_are_within_the_limits() -> None:
    ordinary = program(("r", AllOf(parts=(derived("c"), has("a")))), concepts=(("c", has("b")),))
    assert check_limits(ordinary) == ()
    require_within_limits(ordinary)


def test_nesting_is_limited_and_the_rule_is_named() -> None:
    assert check_limits(program(("r", nested(limits.MAX_DEPTH)))) == ()
    (problem,) = check_limits(program(("fine", has("a")), ("deep", nested(limits.MAX_DEPTH + 1))))
    assert problem.startswith("rule deep is outside the engine's limits")
    assert "nested more than 40 deep" in problem


def test_a_premise_as_deep_as_a_file_can_be_is_refused_without_a_crash() -> None:
    (problem,) = check_limits(program(("deep", nested(100_000))))
    assert "rule deep" in problem


def test_a_rule_of_too_many_steps_is_named_with_what_to_do() -> None:
    parts = tuple(has(f"c{number}") for number in range(60))
    (problem,) = check_limits(program(("fine", has("a")), ("wide", AtLeast(count=25, parts=parts))))
    assert problem.startswith("rule wide is outside the engine's limits: it takes ")
    assert "derived concepts" in problem


def test_any_number_of_rules_is_within_the_limits_as_they_are_asked_in_several_questions() -> None:
    many = program(
        *(
            (f"r{rule}", AnyOf(parts=tuple(has(f"c{rule}_{number}") for number in range(500))))
            for rule in range(18)
        )
    )
    support = examine(many).support
    assert support is not None
    questions = support.everything()
    assert len(questions) == 4
    assert all(len(question.query.clauses) <= MAX_QUESTION_STEPS for question in questions)
    assert {name for question in questions for _, name in question.heads} == {f"r{n}" for n in range(18)}


def test_a_rule_that_rests_on_too_much_is_named() -> None:
    wide = tuple(
        (f"c{concept}", AnyOf(parts=tuple(has(f"a{concept}_{number}") for number in range(900))))
        for concept in range(3)
    )
    together = AllOf(parts=tuple(derived(name) for name, _ in wide))
    (problem,) = check_limits(program(("fine", has("a")), ("heavy", together), concepts=wide))
    assert problem.startswith("rule heavy is outside the engine's limits: with all derived concepts below")


def test_a_concept_must_stand_before_its_use() -> None:
    found = check_limits(
        program(
            ("r", AllOf(parts=(derived("nowhere"), derived("late")))),
            concepts=(("early", derived("late")), ("late", has("a"))),
        )
    )
    assert found == (
        "derived concept early needs the derived concept late, which is missing or stands after its use.",
        "rule r needs the derived concept nowhere, which is missing or stands after its use.",
    )


def test_a_concept_that_needs_itself_is_refused() -> None:
    (problem,) = check_limits(program(concepts=(("c", Negation(part=derived("c"))),)))
    assert "derived concept c needs the derived concept c" in problem


def test_ids_must_be_unique() -> None:
    found = check_limits(
        program(("r", has("a")), ("r", has("b")), concepts=(("c", has("a")), ("c", has("b"))))
    )
    assert [each.split(" stands")[0] for each in found] == ["rule r", "derived concept c"]


def test_all_problems_are_raised_together_as_the_authors_error() -> None:
    with pytest.raises(AuthoringError, match=r"rule r needs .* rule s needs"):
        require_within_limits(program(("r", derived("x")), ("s", derived("y"))))
