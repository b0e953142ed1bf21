"""The parent's side of the durable-rules worker: start, ask, watch the clock, replace.

Two workers run: one is asked, the other waits ready. When the first crashes, hangs, or answers
nonsense it is killed at once (also when stopped) and the other takes its place, so the next question
costs no start-up. Every wait has a deadline: :data:`ANSWER_SECONDS` from the moment a question is
begun, or the one before it was answered, recovery included in the two seconds that an assessment may lose
to a fault. A worker that does not know a program yet is taught it first, and has a little longer.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

import engine
from engine.domain.ids import Symbol
from engine.domain.truth import MostlyFalse
from engine.errors import RuleEngineFailed
from engine.inference.compile import Query
from engine.inference.support import Support
from engine.inference.worker import PROGRAM
from engine.pipes import ChildProcess, FrameTooLarge, PipeClosed, PipeTimeout

#: How long one question may take, from its beginning to its answer.
ANSWER_SECONDS = 1.5
#: How long a worker may take to start and pass its self-test, on a machine that is busy.
START_SECONDS = 20.0
#: How long a killed worker is waited for; one that takes longer is left to the operating system.
_END_SECONDS = 0.2
#: After so many answers a worker is replaced by the one that waits, as hygiene.
ANSWERS_PER_WORKER = 10_000
#: After so many rule sets as well: the engine has room for 131,071 in the life of a process.
RULE_SETS_PER_WORKER = 100_000
#: How much longer where it has to learn a program first, for each byte of it: a second a megabyte. The
#: largest indication of the starter pack has less than half of one, and takes 10 ms.
_LEARN_SECONDS_A_BYTE = 1e-6
#: Programs a worker knows: one an indication, and of reviews of medication one for each list of drugs.
PROGRAMS_PER_WORKER = 64
#: Answers are lists of names, and programs some megabytes; nothing near this size is one.
_MAX_BYTES = 128 * 1024 * 1024

#: What the worker keeps of memory that it no longer needs, and the largest piece of it: as much as the GNU C
#: library allows.
_KEPT_BYTES = 32 * 1024 * 1024
_COMPACT = json.JSONEncoder(separators=(",", ":"))

#: What the worker said of one question.
Answer = dict[str, object]


def worker_command() -> tuple[str, ...]:
    """Return the command that starts a worker with this interpreter.

    ``-P`` keeps the folder WhyRx happens to be started in from being searched for modules.
    """
    return (sys.executable, "-P", "-s", "-m", "engine.inference.worker")


def durable_version() -> str:
    """Return the version of durable-rules, or ``not installed``."""
    try:
        return importlib.metadata.version("durable-rules")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


class _Worker:
    """One worker process, from its start on."""

    def __init__(self, command: Sequence[str]) -> None:
        self.child = ChildProcess(command, env=_environment(), max_bytes=_MAX_BYTES)
        self.answered = 0
        self.rule_sets = 0
        self._started = time.monotonic()
        self._ready = False
        self._programs: OrderedDict[int, tuple[int, Support]] = OrderedDict()
        self._learnt = 0

    @property
    def still_starting(self) -> bool:
        """Tell whether it has not spoken yet, and may still do so."""
        return not self._ready and time.monotonic() < self._started + START_SECONDS

    def wait_until_ready(self, deadline: float) -> None:
        """Wait for the end of its self-test."""
        if self._ready:
            return
        said = _message(self.child.receive(deadline))
        if said.get("ready") is not True:
            raise RuleEngineFailed(f"it did not pass its self-test ({said.get('error', 'no reason given')})")
        self._ready = True

    def teach(self, program: Support, deadline: float) -> tuple[int, float]:
        """Make sure that it knows a program; return the number that it knows it by, and the deadline then."""
        known = self._programs.get(id(program))
        if known is None:
            while len(self._programs) >= PROGRAMS_PER_WORKER:
                _, (number, _) = self._programs.popitem(last=False)
                self.send({"forget": number}, deadline)
            self._learnt += 1
            content = program.sent()
            deadline += len(content) * _LEARN_SECONDS_A_BYTE
            self.child.send(PROGRAM + self._learnt.to_bytes(4, "big") + content, deadline)
            said = _message(self.child.receive(deadline))
            if said != {"learnt": self._learnt}:
                raise RuleEngineFailed(f"it did not learn the rules ({said.get('error', 'no reason given')})")
            # It is kept alive here, so that no other can come to its identity.
            known = self._programs[id(program)] = (self._learnt, program)
        self._programs.move_to_end(id(program))
        return known[0], deadline

    def answer(self, number: int, place: int, deadline: float) -> Answer:
        """Return its next answer, which has to be about a place of this message."""
        said = _message(self.child.receive(deadline))
        if said.get("number") != number:
            raise RuleEngineFailed("it answered another question than the one it was asked")
        if "error" in said:
            raise RuleEngineFailed(f"it reported: {said['error']}")
        made = said.get("rule_sets")
        if said.get("place") != place or not isinstance(made, int) or not isinstance(said.get("last"), bool):
            raise RuleEngineFailed("its answer cannot be read")
        self.rule_sets = made
        self.answered += 1
        return said

    def send(self, message: dict[str, object], deadline: float) -> None:
        """Send a message."""
        self.child.send(_COMPACT.encode(message).encode(), deadline)


class DurableWorkers:
    """The worker that is asked, and the one that waits. For one thread at a time."""

    def __init__(
        self, command: Sequence[str] | None = None, *, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        """Start nothing yet.

        Args:
            command: What starts a worker; WhyRx's own where None.
            answer_seconds: How long one question may take.
        """
        self._command = tuple(command or worker_command())
        self._answer_seconds = answer_seconds
        self._asked: _Worker | None = None
        self._waiting: _Worker | None = None
        self._number = 0
        self._deadline = 0.0
        self._left = 0
        """Places of the last message that were not answered in full."""
        self._places = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Return the process ids of the workers that run, the one that is asked first."""
        return tuple(worker.child.pid for worker in (self._asked, self._waiting) if worker is not None)

    def start(self) -> None:
        """Start both workers and wait for neither; one that cannot be started is told by ``warm``."""
        with contextlib.suppress(OSError):
            self._start()

    def warm(self) -> None:
        """Start both workers and wait until both have passed their self-test.

        Raises:
            RuleEngineFailed: a worker cannot be started or failed its self-test.
        """
        try:
            self._start()
            for worker in (self._asked, self._waiting):
                if worker is not None:
                    worker.wait_until_ready(time.monotonic() + START_SECONDS)
        except (OSError, RuleEngineFailed) as failure:
            problem = self._told(self._asked, failure)
            self.close()
            raise problem from failure

    def begin(self, query: Query) -> None:
        """Ask one question in clauses; see :meth:`begin_all`."""
        self.begin_all((query,))

    def begin_all(self, queries: Sequence[Query]) -> None:
        """Ask questions in clauses, in one message; the worker computes while the caller does something else.

        Raises:
            RuleEngineFailed: it could not be asked; the worker has been replaced.
        """
        questions = [{"clauses": query.clauses, "facts": query.facts} for query in queries]
        self._begin(len(queries), lambda _: {"questions": questions})

    def finish(self) -> tuple[int, ...]:
        """Return the symbols that the worker derived from the next question in clauses.

        Raises:
            RuleEngineFailed: it crashed, hung or answered nonsense; it has been replaced.
        """
        derived = self.next_answer().get("derived")
        if not isinstance(derived, list) or not all(type(symbol) is int for symbol in derived):
            raise self.distrust("its answer cannot be read")
        return tuple(derived)

    def begin_patients(self, program: Support, patients: Sequence[MostlyFalse[Symbol]]) -> None:
        """Ask about patients, all in one message; the worker computes while the caller does something else.

        Raises:
            RuleEngineFailed: it could not be asked; the worker has been replaced.
        """
        told = [program.told(truths) for truths in patients]

        def message(worker: _Worker) -> dict[str, object]:
            number, self._deadline = worker.teach(program, self._deadline)
            return {"program": number, "patients": told}

        self._begin(len(patients), message)

    def _begin(self, places: int, message: Callable[[_Worker], dict[str, object]]) -> None:
        self._deadline = time.monotonic() + self._answer_seconds
        self._number += 1
        if self._left:  # the last question was broken off: its answer must not be taken for this one's
            self._promote(retired=self._asked)
        self._left = self._places = places
        try:
            self._start()
            if self._asked is not None:
                self._asked.wait_until_ready(self._deadline)
                self._asked.send({"number": self._number} | message(self._asked), self._deadline)
        except (OSError, RuleEngineFailed) as failure:
            raise self._replaced(failure) from failure

    def next_answer(self) -> Answer:
        """Return what the worker says next of what it was asked, each place in turn.

        Under ``last`` stands whether it has said all about this place.

        Raises:
            RuleEngineFailed: it crashed, hung or answered nonsense; it has been replaced.
        """
        if self._asked is None or not self._left:
            raise RuleEngineFailed("the rule engine was not asked anything")
        try:
            answer = self._asked.answer(self._number, self._places - self._left, self._deadline)
        except (OSError, RuleEngineFailed) as failure:
            raise self._replaced(failure) from failure
        self._deadline = time.monotonic() + self._answer_seconds
        if answer["last"]:
            self._left -= 1
        worn = self._asked.answered >= ANSWERS_PER_WORKER or self._asked.rule_sets >= RULE_SETS_PER_WORKER
        if worn and not self._left:
            self._promote(retired=self._asked)
        return answer

    def distrust(self, why: str) -> RuleEngineFailed:
        """Replace the worker that gave the last answer, which made no sense; return what to say of it."""
        return self._replaced(RuleEngineFailed(why))

    def close(self) -> None:
        """End both workers; a later question starts new ones."""
        workers, self._asked, self._waiting = (self._asked, self._waiting), None, None
        self._left = 0
        _end(worker for worker in workers if worker is not None)

    def _start(self) -> None:
        if self._asked is None:
            self._asked, self._waiting = self._waiting, None
        if self._asked is None:
            self._asked = _Worker(self._command)
        if self._waiting is None:
            self._waiting = _Worker(self._command)

    def _replaced(self, failure: OSError | RuleEngineFailed) -> RuleEngineFailed:
        """Let the waiting worker take over from the failed one; return what went wrong."""
        failed, self._left = self._asked, 0
        if failed is not None and isinstance(failure, PipeTimeout) and failed.still_starting:
            # Killing a slow starter on a busy machine would only make the next start as slow.
            return RuleEngineFailed("the rule engine's process has not finished starting.", hint=_WAIT)
        problem = self._told(failed, failure)
        self._promote(retired=failed)
        return problem

    def _promote(self, retired: _Worker | None) -> None:
        self._asked, self._waiting = self._waiting, None
        if retired is not None:
            retired.child.kill(wait=_END_SECONDS)
            retired.child.close(grace=0.0, wait=0.0)
        if self._asked is not None and not self._asked.child.alive:
            _end([self._asked])
            self._asked = None
        try:
            self._start()
        except OSError:  # reported by the next question, which tries again
            return

    def _told(self, failed: _Worker | None, failure: OSError | RuleEngineFailed) -> RuleEngineFailed:
        """Return the failure as a sentence that a safety officer understands."""
        match failure:
            case PipeTimeout():
                what = f"did not answer within {self._answer_seconds:g} seconds and was stopped"
            case PipeClosed() if failed is not None:
                what = f"ended unexpectedly ({failed.child.how_it_ended(wait=_END_SECONDS)})"
            case FrameTooLarge() | RuleEngineFailed():
                what = f"cannot be trusted: {failure.args[0] if failure.args else failure}"
            case _:
                what = f"cannot be reached ({type(failure).__name__}: {failure})"
        words = "" if failed is None else _last_line(failed.child.last_words())
        return RuleEngineFailed(f"the rule engine's process {what}{words}.", hint=_HINT)


_WAIT = "Nothing may be concluded from this evaluation; ask again in a few seconds."
_HINT = "Nothing may be concluded from this evaluation; another process has taken over for the next."


def _end(workers: Iterable[_Worker]) -> None:
    for worker in workers:
        worker.child.close()


def _environment() -> dict[str, str]:
    """Return what a worker's environment must say: plain C locale, where WhyRx's modules are, what is kept.

    A session of durable-rules takes megabytes and gives them back at its end. Given on to the operating
    system, and taken from it again for the next question, they cost several times what the evaluation
    does. So the worker keeps them; to what is not the GNU C library the two words say nothing.
    """
    return {
        "MALLOC_TRIM_THRESHOLD_": str(_KEPT_BYTES),
        "MALLOC_MMAP_THRESHOLD_": str(_KEPT_BYTES),
        "LC_ALL": "C",
        "LANG": "C",
        "LANGUAGE": "C",
        "PYTHONPATH": str(Path(engine.__file__ or "").resolve().parent.parent),
        "PYTHONUTF8": "1",
    }


def _message(frame: bytes) -> dict[str, object]:
    try:
        said = json.loads(frame)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise RuleEngineFailed("it said something that is not a message")
    return said


def _last_line(words: str) -> str:
    """Return the last line of what the worker wrote to standard error, in brackets."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return f" [{lines[-1][:200]}]" if lines else ""
