"""The workers seen from the parent: started, asked, replaced; never waited for too long."""

from __future__ import annotations

import os
import platform
import signal
import sys
import time
from pathlib import Path

import pytest
from packs import has
from programs import a_program, symbol

from engine.domain.truth import MostlyFalse, Truth
from engine.errors import RuleEngineFailed
from engine.inference import durable_adapter
from engine.inference.compile import Query, compile_program
from engine.inference.durable_adapter import DurableWorkers, durable_version
from engine.inference.layout import MAX_RULES, Clause
from engine.inference.support import MAX_QUESTION_STEPS, Support
from engine.inference.worker import KEPT_COMPILED

QUESTION = Query(clauses=((7, (6,)), (6, (2, 3))), facts=(2, 3))

signals_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process by signal")


def ask(workers: DurableWorkers, question: Query = QUESTION) -> set[int]:
    workers.begin(question)
    return set(workers.finish())


def test_a_question_is_answered_without_warming() -> None:
    with DurableWorkers(answer_seconds=20) as workers:
        assert workers.process_ids == ()
        assert ask(workers) == {6, 7}
        assert len(workers.process_ids) == 2


def test_one_worker_answers_question_after_question() -> None:
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        before = workers.process_ids
        for _ in range(50):
            assert ask(workers) == {6, 7}
        assert workers.process_ids == before


@pytest.mark.skipif(
    sys.platform != "linux" or platform.libc_ver()[0] != "glibc",
    reason="only glibc is told what to keep",
)
def test_asking_again_takes_no_memory_from_the_system_anew() -> None:
    # Each clause of a chain, and a second way to each: a question that takes megabytes.
    clauses: list[Clause] = [(10 + number, (9 + number,)) for number in range(300)]
    clauses += [(10 + number, (5, 9 + number)) for number in range(300)]
    question = Query(clauses=tuple(clauses), facts=(5, 9))
    with DurableWorkers(answer_seconds=20) as workers:
        for _ in range(3):
            ask(workers, question)
        taken = faults_of(workers.process_ids[0])
        for _ in range(10):
            ask(workers, question)
        assert faults_of(workers.process_ids[0]) - taken < 10 * 100


def faults_of(process: int) -> int:
    """Return how often a process was given a page of memory."""
    return int(Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[7])


def test_more_rule_sets_than_a_worker_keeps_are_asked_in_turn() -> None:
    programs = [((1000 + number, (2,)),) for number in range(2 * KEPT_COMPILED)]
    with DurableWorkers(answer_seconds=20) as workers:
        for _ in range(2):
            for number, clauses in enumerate(programs):
                assert ask(workers, Query(clauses=clauses, facts=(2,))) == {1000 + number}
        for number, clauses in reversed(list(enumerate(programs))):
            assert ask(workers, Query(clauses=clauses, facts=(2,))) == {1000 + number}


def test_after_closing_nothing_runs_and_a_question_starts_anew() -> None:
    workers = DurableWorkers(answer_seconds=20)
    workers.warm()
    workers.close()
    assert workers.process_ids == ()
    assert ask(workers) == {6, 7}
    workers.close()
    workers.close()


@signals_only
@pytest.mark.parametrize("how", ["SIGKILL", "SIGSEGV", "SIGTERM"])
def test_a_killed_worker_is_reported_and_the_waiting_one_takes_over(how: str) -> None:
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        asked, waiting = workers.process_ids
        os.kill(asked, getattr(signal, how))
        with pytest.raises(RuleEngineFailed, match=rf"ended unexpectedly \(ended by signal {how}\)"):
            ask(workers)
        assert workers.process_ids[0] == waiting
        assert len(workers.process_ids) == 2
        assert ask(workers) == {6, 7}


@signals_only
def test_a_stopped_worker_is_given_up_killed_and_replaced() -> None:
    with DurableWorkers(answer_seconds=0.5) as workers:
        workers.warm()
        asked, waiting = workers.process_ids
        os.kill(asked, signal.SIGSTOP)
        with pytest.raises(RuleEngineFailed, match=r"did not answer within 0\.5 seconds"):
            ask(workers)
        with pytest.raises(ProcessLookupError):
            os.kill(asked, 0)
        assert workers.process_ids[0] == waiting


@signals_only
def test_a_stopped_worker_cannot_block_a_question_that_fills_the_pipe() -> None:
    clauses = tuple((1000 + number, (2, 3, 4, 5)) for number in range(9_000))
    with DurableWorkers(answer_seconds=0.5) as workers:
        workers.warm()
        os.kill(workers.process_ids[0], signal.SIGSTOP)
        with pytest.raises(RuleEngineFailed, match="did not answer"):
            ask(workers, Query(clauses=clauses, facts=(2,)))


@signals_only
def test_a_waiting_worker_that_died_is_not_asked() -> None:
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        for process in reversed(workers.process_ids):
            os.kill(process, signal.SIGKILL)
        assert workers._waiting is not None
        workers._waiting.child.how_it_ended(wait=20)
        with pytest.raises(RuleEngineFailed):
            ask(workers)
        assert ask(workers) == {6, 7}


def test_a_fault_is_over_within_two_seconds_as_it_ships() -> None:
    # Waiting for the answer, then for a killed process to be gone, then for the word of how it ended.
    assert durable_adapter.ANSWER_SECONDS + 2 * durable_adapter._END_SECONDS < 2


def test_the_answer_to_a_question_broken_off_is_never_taken_for_the_next() -> None:
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        asked, waiting = workers.process_ids
        workers.begin(QUESTION)
        assert ask(workers, Query(clauses=((9, (2,)),), facts=(2,))) == {9}
        assert workers.process_ids[0] == waiting != asked


def test_finishing_what_was_not_begun_is_refused() -> None:
    with DurableWorkers() as workers, pytest.raises(RuleEngineFailed, match="not asked anything"):
        workers.finish()


def test_a_worker_that_is_slow_to_start_is_left_to_start() -> None:
    late = (
        "import time, runpy; time.sleep(1); runpy.run_module('engine.inference.worker', run_name='__main__')"
    )
    with DurableWorkers([sys.executable, "-c", late], answer_seconds=0.2) as workers:
        with pytest.raises(RuleEngineFailed, match="has not finished starting"):
            ask(workers)
        starting = workers.process_ids
        time.sleep(1.5)
        for _ in range(50):
            try:
                assert ask(workers) == {6, 7}
            except RuleEngineFailed:
                time.sleep(0.1)
            else:
                break
        assert workers.process_ids == starting


def test_a_worker_is_retired_after_so_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable_adapter, "ANSWERS_PER_WORKER", 3)
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        first, second = workers.process_ids
        for _ in range(3):
            assert ask(workers) == {6, 7}
        assert workers.process_ids[0] == second
        assert ask(workers) == {6, 7}
        assert first not in workers.process_ids


def test_a_worker_is_retired_before_the_engine_runs_out_of_rule_sets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(durable_adapter, "RULE_SETS_PER_WORKER", 4)
    two = tuple((1000 + number, (2,)) for number in range(MAX_RULES + 1))
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        first, second = workers.process_ids
        for _ in range(3):  # compiled once
            assert ask(workers, Query(clauses=two, facts=(2,))) == {head for head, _ in two}
        assert workers.process_ids[0] == first
        assert ask(workers, Query(clauses=two[1:] + two[:1], facts=(2,))) == {head for head, _ in two}
        assert workers.process_ids[0] == second
    assert durable_adapter.RULE_SETS_PER_WORKER + MAX_QUESTION_STEPS / MAX_RULES < 131_071


def test_several_questions_are_asked_as_one_and_answered_in_their_order() -> None:
    others = [Query(clauses=((9, (2,)),), facts=(2,)), Query(clauses=((9, (2,)),), facts=()), QUESTION]
    with DurableWorkers(answer_seconds=20) as workers:
        workers.begin_all(others)
        assert [workers.finish() for _ in others] == [(9,), (), (6, 7)]
        with pytest.raises(RuleEngineFailed, match="not asked anything"):
            workers.finish()


def the_index(*rules: str) -> Support:
    return Support(compile_program(a_program({rule: has("a") for rule in rules})))


PATIENT = MostlyFalse(frozenset({symbol("a")}), {symbol("a"): Truth.TRUE})


def about(workers: DurableWorkers, program: Support) -> object:
    workers.begin_patients(program, [PATIENT])
    return workers.next_answer()["rules"]


def test_more_programs_than_a_worker_knows_are_asked_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable_adapter, "PROGRAMS_PER_WORKER", 3)
    programs = [the_index(f"r{number}") for number in range(7)]
    with DurableWorkers(answer_seconds=20) as workers:
        for _ in range(2):
            for number, program in enumerate(programs):
                assert about(workers, program) == [[f"r{number}"], []]
        assert workers._asked is not None
        assert len(workers._asked._programs) == 3


@signals_only
def test_the_worker_that_takes_over_is_taught_what_it_is_asked() -> None:
    program = the_index("r")
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        assert about(workers, program) == [["r"], []]
        os.kill(workers.process_ids[0], signal.SIGKILL)
        with pytest.raises(RuleEngineFailed, match="ended unexpectedly"):
            about(workers, program)
        assert about(workers, program) == [["r"], []]


def test_a_worker_is_replaced_when_its_answer_made_no_sense() -> None:
    program = the_index("r")
    with DurableWorkers(answer_seconds=20) as workers:
        workers.warm()
        _, waiting = workers.process_ids
        workers.begin_patients(program, [PATIENT])
        with pytest.raises(RuleEngineFailed, match="its answer cannot be read"):
            workers.finish()  # it was asked about a patient and not in clauses
        assert workers.process_ids[0] == waiting
        assert about(workers, program) == [["r"], []]


def test_warming_says_what_does_not_work() -> None:
    workers = DurableWorkers(["/nowhere/at/all"])
    with pytest.raises(RuleEngineFailed, match="cannot be reached"):
        workers.warm()
    with pytest.raises(RuleEngineFailed, match="cannot be reached"):
        workers.begin(QUESTION)


def test_a_missing_module_is_told_in_the_workers_own_words() -> None:
    with (
        DurableWorkers([sys.executable, "-c", "import a_module_that_is_not"]) as workers,
        pytest.raises(RuleEngineFailed, match="No module named 'a_module_that_is_not'"),
    ):
        workers.warm()


def test_workers_start_from_any_folder_and_ignore_its_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with DurableWorkers(answer_seconds=20) as workers:
        assert ask(workers) == {6, 7}


def test_the_version_of_the_engine_is_known() -> None:
    assert durable_version()[0].isdigit()


def test_started_ahead_the_same_workers_are_asked() -> None:
    with DurableWorkers(answer_seconds=20) as workers:
        workers.start()
        started = workers.process_ids

        workers.warm()

        assert len(started) == 2
        assert workers.process_ids == started


def test_what_cannot_be_started_ahead_is_told_by_warm() -> None:
    with DurableWorkers(["/no/such/program"]) as workers:
        workers.start()

        with pytest.raises(RuleEngineFailed):
            workers.warm()
