"""The worker process around durable-rules: ``python -m engine.inference.worker``.

It reads questions from standard input and writes answers to standard output, one frame each, JSON::

    -> {"number": 7, "questions": [
         {"program": 2, "clauses": [[12, [3, 4]], ...], "facts": [3, 4], "forget": [1]}, ...]}
    <- {"number": 7, "derived": [[12], ...]}

The clauses of a program come with its first question alone.

First of all it examines itself on questions with known answers, and says ``{"ready": true}`` or
``{"error": "..."}``. After any error it says so and ends: an engine that once misbehaved is not asked
again. It holds no Qt and no locale (numbers under a decimal-comma locale are read wrongly), leaves no
core dump, and ends when its input ends, or by itself when one query takes far too long.
"""

from __future__ import annotations

import faulthandler
import json
import locale
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO, Protocol

from engine.inference.layout import MAX_RULES, Clause
from engine.inference.session import DurableFailed, RawEngine, RuleSets, raw_engine
from engine.pipes import claim_standard_streams, read_frame, write_frame

#: After so many seconds in one query the process ends itself, also with the interpreter locked.
#: The parent gives up, and kills it, long before; this is for a parent that died.
_SELF_DESTRUCTION = 10.0


class Compiled(Protocol):
    """A program that questions can be asked of."""

    def derive(self, facts: Iterable[int]) -> tuple[int, ...]:
        """Return the symbols that follow from the facts."""

    def forget(self) -> None:
        """Free what it holds."""


Compile = Callable[[RawEngine, Sequence[Clause]], Compiled]

#: Questions with known answers: clauses, facts, derived symbols.
SELF_TEST: tuple[tuple[tuple[Clause, ...], tuple[int, ...], frozenset[int]], ...] = (
    # One step; a body that is only half there; two rules on one pattern.
    (((10, (2,)), (11, (2, 3)), (12, (2, 4))), (2, 3), frozenset({10, 11})),
    # A chain of depth four, written backwards, with facts in the other order.
    (
        ((14, (13, 2)), (13, (12,)), (12, (11, 3)), (11, (10,)), (10, (2, 3))),
        (3, 2),
        frozenset(range(10, 15)),
    ),
    # Four patterns; two ways to one head; a loop, which must end.
    (
        ((10, (2, 3, 4, 5)), (10, (2,)), (11, (10,)), (10, (11,)), (12, (6,))),
        (2, 3, 4, 5),
        frozenset({10, 11}),
    ),
    # More rules than a shard holds: the chain crosses from the last shard to the first and back.
    (
        (
            (901, (900,)),
            *((1000 + n, (2, 700 + n)) for n in range(MAX_RULES)),
            (900, (2, 1000 + MAX_RULES - 1)),
            (902, (901, 3)),
        ),
        (2, 3, 700 + MAX_RULES - 1),
        frozenset({1000 + MAX_RULES - 1, 900, 901, 902}),
    ),
    # Nothing follows.
    (((10, (2, 3)),), (2,), frozenset()),
)


def self_test(engine: RawEngine, compile_: Compile = RuleSets) -> None:
    """Ask the engine the questions with known answers.

    Raises:
        DurableFailed: an answer is wrong; the engine cannot be used on this machine.
    """
    for number, (clauses, facts, expected) in enumerate(SELF_TEST, 1):
        program = compile_(engine, clauses)
        for _ in range(2):  # the second time in the rule sets of the first
            derived = program.derive(facts)
            if frozenset(derived) != expected or len(derived) != len(expected):
                raise DurableFailed(f"question {number} of the self-test was answered wrongly")
        program.forget()


def serve(
    incoming: BinaryIO,
    outgoing: BinaryIO,
    load: Callable[[], RawEngine] = raw_engine,
    compile_: Compile = RuleSets,
) -> int:
    """Answer queries until the input ends; return the exit code."""

    def say(message: dict[str, object]) -> None:
        write_frame(outgoing, json.dumps(message).encode())

    try:
        engine = load()
        self_test(engine, compile_)
    except Exception as failure:  # noqa: BLE001 - whatever it was, the parent has to be told
        say({"error": _in_words(failure)})
        return 1
    programs: dict[int, Compiled] = {}
    say({"ready": True})
    while (frame := read_frame(incoming)) is not None:
        query = json.loads(frame)
        end_after(_SELF_DESTRUCTION)
        try:
            derived = [_answer(engine, compile_, programs, question) for question in query["questions"]]
        except Exception as failure:  # noqa: BLE001 - the C module raises plain Exception
            say({"number": query["number"], "error": _in_words(failure)})
            return 1
        finally:
            end_after(0)
        say({"number": query["number"], "derived": derived})
    return 0


def _answer(
    engine: RawEngine, compile_: Compile, programs: dict[int, Compiled], question: dict[str, Any]
) -> tuple[int, ...]:
    """Answer one question of a message."""
    for program in question["forget"]:
        programs.pop(program).forget()
    number = question["program"]
    if "clauses" in question:
        programs[number] = compile_(engine, [(head, tuple(body)) for head, body in question["clauses"]])
    return programs[number].derive(question["facts"])


def end_after(seconds: float) -> None:
    """End this process after so many seconds, also with the interpreter locked; 0 calls it off."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)  # by the operating system: costs no thread
    elif seconds:
        faulthandler.dump_traceback_later(seconds, exit=True)
    else:
        faulthandler.cancel_dump_traceback_later()


def prepare() -> None:
    """Make this process one that the engine computes rightly in, and that leaves nothing behind."""
    locale.setlocale(locale.LC_ALL, "C")
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        import resource  # noqa: PLC0415 - exists on POSIX alone

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold what is known of a patient


def _in_words(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}"


def main() -> int:
    """Serve over this process's standard streams."""
    incoming, outgoing = claim_standard_streams()
    prepare()
    with incoming, outgoing:
        return serve(incoming, outgoing)


if __name__ == "__main__":
    sys.exit(main())
