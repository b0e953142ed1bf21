"""The referee: agreement is an answer, anything else is a fault that hides nothing."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping

import pytest
from packs import derived, has
from programs import a_program, concept_of, rule_of, symbol

from engine.domain.ids import Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Negation, Premise
from engine.domain.truth import MostlyFalse, Truth
from engine.inference import crosscheck
from engine.inference.crosscheck import CrosscheckedEngine, open_engine
from engine.inference.reference import evaluate
from engine.ports import Evaluation

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
Faulty = Callable[..., CrosscheckedEngine]

#: A chain of depth three: rule, concept, concept, atom; with one rule of each truth.
PROGRAM = a_program(
    {
        "fires": AllOf(parts=(derived("bleeding risk"), has("warfarin"))),
        "silent": AllOf(parts=(derived("bleeding risk"), Negation(part=has("warfarin")))),
        "undecided": AnyOf(parts=(has("ulcer"), has("anaemia"))),
    },
    {
        "ulcer disease": has("ulcer history"),
        "bleeding risk": AnyOf(parts=(derived("ulcer disease"), has("anaemia"))),
    },
)
TRUTHS = {
    symbol("ulcer history"): TRUE,
    symbol("warfarin"): TRUE,
    symbol("ulcer"): FALSE,
}


def expected_and_sound(engine: CrosscheckedEngine) -> None:
    answer = engine.evaluate(PROGRAM, TRUTHS)
    assert answer.faults == ()
    assert (rule_of(answer, "fires"), rule_of(answer, "silent"), rule_of(answer, "undecided")) == (
        TRUE,
        FALSE,
        UNKNOWN,
    )
    assert concept_of(answer, "bleeding risk") is TRUE


def test_two_evaluators_that_agree_give_one_answer(engine: CrosscheckedEngine) -> None:
    expected_and_sound(engine)


def test_as_a_context_it_is_warm_from_the_start_and_leaves_nothing_running() -> None:
    with open_engine(answer_seconds=20) as engine:
        workers = engine._workers.process_ids
        assert len(workers) == 2
        expected_and_sound(engine)
        assert engine._workers.process_ids == workers
    assert not list(engine._workers.process_ids)


def test_it_says_for_the_record_what_ran(engine: CrosscheckedEngine) -> None:
    assert engine.name.startswith("durable-rules 2.")
    assert engine.name.endswith(" with reference evaluator")


def test_a_changed_program_is_never_answered_from_the_old_one(engine: CrosscheckedEngine) -> None:
    for count in range(crosscheck._PROGRAMS_KEPT + 5):
        premise: Premise = AtLeast(count=count % 4, parts=(has("a"), has("b"), has("c")))
        answer = engine.evaluate(a_program({"r": premise}), {symbol("a"): TRUE, symbol("b"): FALSE})
        assert answer.faults == ()
        assert rule_of(answer, "r") is (TRUE, TRUE, UNKNOWN, FALSE)[count % 4]


def test_rules_and_concepts_are_not_mistaken_for_each_other(engine: CrosscheckedEngine) -> None:
    answer = engine.evaluate(
        a_program({"x": derived("x"), "y": has("x")}, {"x": Negation(part=has("x"))}), {symbol("x"): TRUE}
    )
    assert (rule_of(answer, "x"), rule_of(answer, "y"), concept_of(answer, "x")) == (FALSE, TRUE, FALSE)
    assert answer.faults == ()


def test_the_reference_is_told_of_each_patient_while_the_other_computes(engine: CrosscheckedEngine) -> None:
    told: dict[int, Evaluation] = {}
    several = [TRUTHS, {}] * 20  # in more than one message
    answers = engine.evaluate_all(PROGRAM, several, told.__setitem__)
    assert list(told) == list(range(40))
    assert all(told[place] is answer for place, answer in enumerate(answers))


def test_where_they_disagree_what_was_told_is_not_what_is_returned(faulty: Faulty) -> None:
    told: dict[int, Evaluation] = {}
    (answer,) = faulty("forgets", answer_seconds=20).evaluate_all(PROGRAM, (TRUTHS,), told.__setitem__)
    assert answer.faults
    assert all(each is not answer for each in told.values())


NAMES = frozenset(map(symbol, ("ulcer history", "warfarin", "ulcer", "anaemia")))
SPARSE = MostlyFalse(
    NAMES, {symbol("ulcer history"): TRUE, symbol("warfarin"): TRUE, symbol("anaemia"): UNKNOWN}
)


@pytest.mark.parametrize("patient", [SPARSE, dict(SPARSE)], ids=["decided", "looked up"])
def test_a_fault_is_one_of_all_who_were_not_answered_before_it(
    faulty: Faulty, patient: Mapping[Symbol, Truth]
) -> None:
    engine = faulty("raises", answer_seconds=20)
    faulted = engine.evaluate_all(PROGRAM, (patient, patient))
    assert all("RuntimeError: code 2" in answer.faults[0] for answer in faulted)
    answered = engine.evaluate_all(PROGRAM, (patient, patient))
    assert [answer.faults for answer in answered] == [(), ()]
    assert all(rule_of(answer, "fires") is TRUE for answer in answered)


@pytest.mark.parametrize(
    "nonsense",
    [{"rules": [["never heard of"], []]}, {"concepts": [[], ["ulcer"]]}, {"rules": "fires"}, {"nonsense": 1}],
)
def test_an_answer_that_names_what_is_not_in_the_program_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, nonsense: dict[str, object]
) -> None:
    with open_engine(answer_seconds=20) as engine:
        plainly = engine._workers.next_answer
        with monkeypatch.context() as patch:
            patch.setattr(engine._workers, "next_answer", lambda: plainly() | nonsense)
            (fault,) = engine.evaluate(PROGRAM, SPARSE).faults
        assert "its answer cannot be read" in fault
        assert engine.evaluate(PROGRAM, SPARSE).faults == ()


def test_a_program_of_nothing_is_answered(engine: CrosscheckedEngine) -> None:
    answer = engine.evaluate(a_program({}), {})
    assert (dict(answer.rules), dict(answer.concepts), answer.faults) == ({}, {}, ())


def test_a_worker_that_forgets_is_a_disagreement_and_no_finding_is_lost(faulty: Faulty) -> None:
    engine = faulty("forgets", answer_seconds=20)
    answer = engine.evaluate(PROGRAM, TRUTHS)
    assert rule_of(answer, "fires") is TRUE
    assert rule_of(answer, "undecided") is UNKNOWN
    assert any(
        "rule fires is true to the reference evaluator and false to durable-rules" in fault
        for fault in answer.faults
    )
    assert all("safety officer" in fault for fault in answer.faults)
    expected_and_sound(engine)


def test_a_worker_that_invents_is_a_disagreement_and_its_finding_is_shown(faulty: Faulty) -> None:
    engine = faulty("invents", answer_seconds=20)
    program = a_program(
        {"fires": derived("both")},
        {
            "one": has("a"),
            "other": AnyOf(parts=(has("b"), has("c"))),
            "both": AllOf(parts=(derived("one"), derived("other"))),
        },
    )
    truths = {symbol("a"): TRUE, symbol("b"): FALSE, symbol("c"): FALSE}
    assert rule_of(evaluate(program, truths), "fires") is FALSE
    answer = engine.evaluate(program, truths)
    assert rule_of(answer, "fires") is TRUE
    assert any(
        "rule fires is false to the reference evaluator and true to durable-rules" in fault
        for fault in answer.faults
    )
    expected_and_sound(engine)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("crashes", "ended unexpectedly"),
        ("hangs", "did not answer within"),
        ("raises", "RuntimeError: code 2"),
    ],
)
def test_a_worker_that_fails_in_the_middle_is_a_fault_and_the_next_question_is_answered(
    faulty: Faulty, fault: str, words: str
) -> None:
    engine = faulty(fault, answer_seconds=1.0)
    assert engine.warm() == ()
    before = time.monotonic()
    answer = engine.evaluate(PROGRAM, TRUTHS)
    # A hung worker is ended: test_durable_adapter adds up the two seconds that are promised.
    assert time.monotonic() - before < 20
    assert any(words in fault_ for fault_ in answer.faults)
    assert answer.rules == evaluate(PROGRAM, TRUTHS).rules
    expected_and_sound(engine)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process by signal")
@pytest.mark.parametrize("patient", [SPARSE, TRUTHS], ids=["decided", "looked up"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_killed_or_stopped_from_outside_is_a_fault_and_the_next_question_is_answered(
    how: signal.Signals, patient: Mapping[Symbol, Truth]
) -> None:
    with open_engine() as engine:
        assert engine.warm() == ()
        expected_and_sound(engine)
        os.kill(engine._workers.process_ids[0], how)
        before = time.monotonic()
        answer = engine.evaluate(PROGRAM, patient)
        assert time.monotonic() - before < 20
        assert len(answer.faults) == 1
        assert answer.rules == evaluate(PROGRAM, patient).rules
        assert engine.evaluate(PROGRAM, patient).faults == ()
        expected_and_sound(engine)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("fails its self-test", "question 1 of the self-test was answered wrongly"),
        ("has no engine", "no create_ruleset here"),
        ("babbles", "not a message"),
    ],
)
def test_a_worker_that_cannot_start_rightly_is_a_fault_every_time(
    faulty: Faulty, fault: str, words: str
) -> None:
    engine = faulty(fault, once=False, answer_seconds=20)
    (problem,) = engine.warm()
    assert words in problem
    for _ in range(2):
        answer = engine.evaluate(PROGRAM, TRUTHS)
        assert any(words in each for each in answer.faults)
        assert answer.rules == evaluate(PROGRAM, TRUTHS).rules


def test_a_worker_that_derives_what_none_of_its_rules_derives_is_a_fault(faulty: Faulty) -> None:
    engine = faulty("rambles", answer_seconds=20)
    (fault,) = engine.evaluate(PROGRAM, TRUTHS).faults
    assert "it derived what none of its rules derives" in fault
    expected_and_sound(engine)


def test_an_answer_to_another_question_is_a_fault(faulty: Faulty) -> None:
    answer = faulty("answers another", once=False, answer_seconds=20).evaluate(PROGRAM, TRUTHS)
    assert any("another question" in fault for fault in answer.faults)


def test_a_worker_that_prints_disturbs_nothing(faulty: Faulty) -> None:
    engine = faulty("shouts", once=False, answer_seconds=20)
    for _ in range(3):
        expected_and_sound(engine)


def test_a_worker_that_never_starts_is_a_fault(faulty: Faulty) -> None:
    answer = faulty("never starts", once=False).evaluate(PROGRAM, TRUTHS)
    (fault,) = answer.faults
    assert fault.startswith("The rule engine's process has not finished starting.")


def test_rules_outside_the_limits_are_a_fault_and_not_an_exception(engine: CrosscheckedEngine) -> None:
    answer = engine.evaluate(a_program({"r": derived("nowhere"), "s": has("a")}), {symbol("a"): TRUE})
    assert (rule_of(answer, "r"), rule_of(answer, "s")) == (UNKNOWN, TRUE)
    (fault,) = answer.faults
    assert fault.startswith("The rules cannot be evaluated safely: rule r needs the derived concept nowhere")


def test_rules_nested_beyond_reason_are_unknown_and_a_fault(engine: CrosscheckedEngine) -> None:
    premise: Premise = has("a")
    for _ in range(50_000):
        premise = Negation(part=premise)
    answer = engine.evaluate(a_program({"r": premise}), {symbol("a"): TRUE})
    assert rule_of(answer, "r") is UNKNOWN
    assert "nested more than 40 deep" in answer.faults[0]


def test_a_fault_of_our_own_is_reported_and_not_raised(
    engine: CrosscheckedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("by whom?")

    with monkeypatch.context() as patch:
        patch.setattr(crosscheck, "examine", broken)
        answer = engine.evaluate(a_program({"r": has("a")}), {symbol("a"): TRUE})
    assert rule_of(answer, "r") is TRUE
    assert answer.faults == ("The rules cannot be evaluated safely: ZeroDivisionError: by whom?.",)
    expected_and_sound(engine)


def test_many_differences_are_named_in_part_and_counted(faulty: Faulty) -> None:
    program = a_program({f"r{number}": has(f"c{number}") for number in range(30)})
    truths = {symbol(f"c{number}"): TRUE for number in range(30)}
    answer = faulty("forgets", answer_seconds=20).evaluate(program, truths)
    assert len(answer.faults) == 6
    assert answer.faults[-1] == "The two rule evaluators disagree in 25 more places."
    assert set(answer.rules.values()) == {TRUE}
