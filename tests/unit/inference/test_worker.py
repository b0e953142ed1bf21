"""The worker from inside: its self-test, its session with the engine, what it says when it fails."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import has
from programs import a_program, symbol

from engine.domain.rules import AllOf
from engine.inference import worker
from engine.inference.compile import Query, compile_program
from engine.inference.durable_adapter import DurableWorkers
from engine.inference.layout import MAX_SYMBOLS, SENTINEL_FIRING, Clause, fact_text
from engine.inference.session import DurableFailed, RawEngine, RuleSets
from engine.inference.support import Support
from engine.pipes import read_frame, write_frame


class ScriptedEngine:
    """An engine that notes its calls and fires what it is told to, or returns a bad code."""

    def __init__(self, firings: Sequence[str] = (), code: int = 1) -> None:
        self.calls: list[str] = []
        self._firings = [*firings, ""]
        self._code = code

    def create_ruleset(self, name: str, definition: str) -> int:
        self.calls.append(f"create {name} {len(json.loads(definition))}")
        return 1

    def delete_ruleset(self, handle: int) -> None:
        self.calls.append("delete rules")

    def assert_fact(self, handle: int, fact: str) -> tuple[int, int]:
        self.calls.append(f"assert {json.loads(fact)['id']}")
        return (0 if "sentinel" in fact else self._code), 0

    def start_action_for_state(self, handle: int, place: int) -> tuple[str, str] | None:
        self.calls.append("start")
        if self.calls.count("start") == 1:
            return "{}", SENTINEL_FIRING
        return "{}", self._firings.pop(0)

    def complete_and_start_action(self, handle: int, place: int) -> str | None:
        self.calls.append("complete")
        return None if self.calls.count("start") == 1 else self._firings.pop(0)

    def delete_state(self, handle: int, session: str) -> None:
        self.calls.append(f"delete session {session}")


def fires(rule: str, *symbols: int) -> str:
    """Return what the engine says when a rule fires on these facts."""
    facts = {f"m{place}": json.loads(fact_text(symbol)) for place, symbol in enumerate(symbols)}
    return json.dumps({rule: facts}, separators=(",", ":"))


def derive(engine: RawEngine, clauses: Sequence[Clause], facts: Iterable[int]) -> tuple[int, ...]:
    return RuleSets(engine, clauses).derive(facts)


def test_the_sentinel_fires_before_anything_else_and_all_is_deleted_after() -> None:
    engine = ScriptedEngine([fires("r0", 2, 3), fires("r0", 2, 3)])
    rules = RuleSets(engine, [(5, (2, 3))])
    assert rules.derive([3, 2]) == (5,)
    rules.forget()
    assert engine.calls == [
        "create whyrx 2",
        "assert sentinel",
        "start",
        "complete",
        "assert f2",
        "assert f3",
        "start",
        "complete",
        "complete",
        "delete session 1",
        "delete rules",
    ]


@pytest.mark.parametrize("code", [2, 3, -1])
def test_any_code_but_taken_and_no_match_is_fatal(code: int) -> None:
    with pytest.raises(DurableFailed, match=f"code {code}"):
        derive(ScriptedEngine(code=code), [(5, (2,))], [2])


@pytest.mark.parametrize(
    "firing",
    [
        *(fires("r7", 2), fires("r0", 3), fires("r0", 2, 3), fires("r0"), SENTINEL_FIRING, "{}", "[]"),
        f'{{{fires("r0", 2)[1:-1]},"r1":{{}}}}',
    ],
)
def test_a_firing_that_cannot_be_is_fatal(firing: str) -> None:
    with pytest.raises(DurableFailed):
        derive(ScriptedEngine([firing]), [(5, (2,))], [2])


def test_a_sentinel_that_does_not_fire_is_fatal() -> None:
    class Silent(ScriptedEngine):
        def start_action_for_state(self, handle: int, place: int) -> tuple[str, str] | None:
            return None

    with pytest.raises(DurableFailed, match="sentinel"):
        derive(Silent(), [(5, (2,))], [2])


def test_clauses_outside_the_limits_never_reach_the_engine() -> None:
    engine = ScriptedEngine()
    with pytest.raises(DurableFailed, match="outside the engine's limits"):
        derive(engine, [(9, (2, 3, 4, 5, 6))], [2])
    with pytest.raises(DurableFailed, match="outside the engine's limits"):
        derive(engine, [(MAX_SYMBOLS, (2,))], [2])
    assert engine.calls == []


@pytest.mark.parametrize("number", range(len(worker.SELF_TEST)))
def test_the_self_test_expects_what_truly_follows(number: int) -> None:
    clauses, facts, expected = worker.SELF_TEST[number]
    known = set(facts)
    while new := {head for head, body in clauses if known.issuperset(body)} - known:
        known |= new
    assert known - set(facts) == expected


class KnowsTheTest:
    """A program that answers the self-test by heart, and everything else as it is told."""

    def __init__(
        self, clauses: Sequence[Clause], answer: Callable[[Sequence[Clause]], tuple[int, ...]]
    ) -> None:
        self._clauses, self._answer = tuple(clauses), answer

    def derive(self, facts: Iterable[int]) -> tuple[int, ...]:
        known = [tuple(expected) for asked, _, expected in worker.SELF_TEST if asked == self._clauses]
        return known[0] if known else self._answer(self._clauses)

    def forget(self) -> None:
        pass


def conversation(
    *questions: object, answer: Callable[[Sequence[Clause]], tuple[int, ...]]
) -> tuple[int, list[object]]:
    """Let a worker serve these questions without any engine; return its exit code and what it said."""
    incoming, outgoing = io.BytesIO(), io.BytesIO()
    for question in questions:
        write_frame(incoming, question if isinstance(question, bytes) else json.dumps(question).encode())
    incoming.seek(0)
    code = worker.serve(
        incoming,
        outgoing,
        load=ScriptedEngine,
        compile_=lambda _engine, clauses: KnowsTheTest(clauses, answer),
    )
    outgoing.seek(0)
    said = []
    while (frame := read_frame(outgoing)) is not None:
        said.append(json.loads(frame))
    return code, said


def message(number: int, *questions: object) -> dict[str, object]:
    return {"number": number, "questions": questions}


QUESTION = {"clauses": [[5, [2]]], "facts": [2]}
OTHER = {"clauses": [[6, [2]]], "facts": [2]}


def answered(number: int, place: int, rule_sets: int, *derived: int) -> dict[str, object]:
    return {
        "number": number,
        "place": place,
        "last": True,
        "rule_sets": rule_sets,
        "derived": list(derived),
    }


def heads(clauses: Sequence[Clause]) -> tuple[int, ...]:
    return tuple(head for head, _ in clauses)


def test_a_worker_says_ready_answers_and_ends_with_its_input() -> None:
    code, said = conversation(message(4, QUESTION), message(5, QUESTION), answer=heads)
    assert code == 0
    assert said == [{"ready": True}, answered(4, 0, 1, 5), answered(5, 0, 1, 5)]


def test_several_questions_in_one_message_are_answered_in_their_order() -> None:
    code, said = conversation(message(4, QUESTION, OTHER, QUESTION), answer=heads)
    assert code == 0
    assert said[1:] == [answered(4, 0, 1, 5), answered(4, 1, 2, 6), answered(4, 2, 2, 5)]


def test_what_was_compiled_longest_ago_is_given_up_and_compiled_again() -> None:
    many = [{"clauses": [[100 + n, [2]]], "facts": [2]} for n in range(worker.KEPT_COMPILED)]
    code, said = conversation(message(1, QUESTION), message(2, *many), message(3, QUESTION), answer=heads)
    assert code == 0
    assert said[-1] == answered(3, 0, worker.KEPT_COMPILED + 2, 5)


def test_a_worker_whose_engine_derives_what_no_rule_derives_says_so_and_ends() -> None:
    code, said = conversation(message(4, QUESTION), message(5, QUESTION), answer=lambda _: (9,))
    assert code == 1
    assert said[1:] == [{"number": 4, "error": "DurableFailed: it derived what none of its rules derives"}]


def test_patients_are_asked_about_under_a_program_that_was_learnt() -> None:
    program = a_program({"r": AllOf(parts=(has("a"), has("b"))), "s": has("c")})
    sent = Support(compile_program(program)).sent()
    about = [[[symbol("a"), symbol("c")], [symbol("b")]], [[], []]]
    code, said = conversation(
        worker.PROGRAM + bytes((0, 0, 0, 3)) + sent,
        {"number": 7, "program": 3, "patients": about},
        {"forget": 3},
        {"number": 8, "program": 3, "patients": about},
        answer=heads,
    )
    first, second = said[2:4]
    assert said[:2] == [{"ready": True}, {"learnt": 3}]
    assert first == {
        "number": 7,
        "place": 0,
        "last": True,
        "rule_sets": 1,
        "rules": [["s"], ["r"]],
        "concepts": [[], []],
        "nonsense": [],
    }
    assert isinstance(second, dict)
    assert (second["place"], second["rules"]) == (1, [[], []])
    assert said[4:] == [{"number": 8, "error": "KeyError: 3"}]
    assert code == 1


def test_a_program_that_cannot_be_read_ends_the_worker() -> None:
    code, said = conversation(worker.PROGRAM + b"\x00\x00\x00\x01nonsense", answer=heads)
    assert code == 1
    assert said[0] == {"ready": True}
    assert [list(each) for each in said[1:] if isinstance(each, dict)] == [["error"]]


def test_a_worker_that_failed_says_so_and_is_not_asked_again() -> None:
    def fail(_clauses: Sequence[Clause]) -> tuple[int, ...]:
        raise DurableFailed("asserting a fact returned code 2")

    code, said = conversation(message(4, QUESTION), message(5, QUESTION), answer=fail)
    assert code == 1
    assert said == [
        {"ready": True},
        {"number": 4, "error": "DurableFailed: asserting a fact returned code 2"},
    ]


def test_a_worker_with_a_wrong_answer_in_its_self_test_is_never_ready() -> None:
    outgoing = io.BytesIO()
    code = worker.serve(io.BytesIO(), outgoing, load=lambda: ScriptedEngine([fires("r0", 2)]))
    outgoing.seek(0)
    assert code == 1
    assert json.loads(read_frame(outgoing) or b"") == {
        "error": "DurableFailed: question 1 of the self-test was answered wrongly"
    }


def test_the_worker_loads_no_qt_no_host_and_no_decimal_comma() -> None:
    code = """
import sys, locale
from engine.inference import worker
worker.prepare()
worker.self_test(worker.raw_engine())
loaded = {name.partition(".")[0] for name in sys.modules}
print(sorted(loaded & {"PySide6", "durable", "xgboost", "lime", "numpy", "sklearn", "pydantic"}))
print(locale.localeconv()["decimal_point"], locale.setlocale(locale.LC_ALL))
"""
    environment = {**os.environ, "LC_ALL": "", "LANG": "de_DE.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", ". C"]


@pytest.mark.parametrize(
    "stuck",
    ["import time; time.sleep(60)", "import re; re.match('(a*)*b', 'a' * 40)"],
    ids=["asleep", "with the interpreter locked"],
)
def test_a_worker_whose_parent_died_ends_itself_out_of_any_question(stuck: str) -> None:
    code = f"from engine.inference import worker; worker.prepare(); worker.end_after(0.3); {stuck}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=False)
    assert done.returncode != 0


def test_a_question_that_is_answered_in_time_ends_nothing() -> None:
    code = "from engine.inference import worker; import time; worker.prepare(); worker.end_after(0.3)"
    code += "; worker.end_after(0); time.sleep(0.6)"
    subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=True)


horn_clauses = st.lists(
    st.tuples(
        st.integers(2, 30),
        st.lists(st.integers(2, 30), min_size=1, max_size=4, unique=True).map(tuple),
    ),
    max_size=40,
)


@settings(max_examples=200)
@given(
    clauses=horn_clauses, facts=st.sets(st.integers(2, 30)).map(sorted), copies=st.sampled_from([1, 1, 1, 9])
)
def test_durable_rules_derives_exactly_what_follows(
    workers: DurableWorkers, clauses: list[Clause], facts: list[int], copies: int
) -> None:
    # Copies push the clauses over several shards; what follows stays the same.
    workers.begin(Query(clauses=tuple(clauses * copies), facts=tuple(facts)))
    known = set(facts)
    while new := {head for head, body in clauses if known.issuperset(body)} - known:
        known |= new
    derived = workers.finish()
    assert len(set(derived)) == len(derived)
    assert set(derived) == known - set(facts)
