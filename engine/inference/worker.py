"""The worker process around durable-rules: ``python -m engine.inference.worker``.

It reads messages from standard input and writes answers to standard output, one frame each. A question in
clauses is JSON, as is what it is answered with::

    -> {"number": 7, "questions": [{"clauses": [[12, [3, 4]], ...], "facts": [3, 4]}, ...]}
    <- {"number": 7, "place": 0, "last": true, "rule_sets": 1, "derived": [12]}

So is a question about patients under a program that the worker has learnt. What could matter of each is
told from the program (:mod:`engine.inference.support`), here, while the parent does something else; an
answer comes for each question that it takes, the last one marked::

    -> {"number": 8, "program": 2, "patients": [[["taken"], ["not known"]], ...]}
    <- {"number": 8, "place": 0, "last": true, "rule_sets": 2,
        "rules": [["fires"], ["undecided"]], "concepts": [[], []], "nonsense": []}

A program comes in a frame of its own, that begins with ``P`` and its number in four bytes: the index that the
parent made of it. The answer is ``{"learnt": 2}``; ``{"forget": 2}`` is not answered.

First of all it examines itself on questions with known answers, and says ``{"ready": true}`` or
``{"error": "..."}``. After any error it says so and ends: an engine that once misbehaved is not asked
again. It holds no Qt and no locale (numbers under a decimal-comma locale are read wrongly), leaves no
core dump, and ends when its input ends, or by itself when one question takes far too long.
"""

from __future__ import annotations

import faulthandler
import json
import locale
import math
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from engine.inference.layout import MAX_RULES, Clause
from engine.inference.session import DurableFailed, RawEngine, RuleSets, raw_engine
from engine.pipes import claim_standard_streams, read_frame, write_frame

if TYPE_CHECKING:
    from engine.inference.support import Support

#: What the frame of a program begins with; JSON never does.
PROGRAM = b"P"
#: Rule sets kept compiled: a patient who is asked about again is answered sooner.
KEPT_COMPILED = 16

#: After so many seconds in one question the process ends itself, also with the interpreter locked.
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
    say({"ready": True})
    from engine.inference.support import Support  # noqa: PLC0415 - takes a while; being ready need not wait

    answering = _Answering(engine, compile_, Support.received)
    while (frame := read_frame(incoming)) is not None:
        number: dict[str, object] = {}
        try:
            if frame.startswith(PROGRAM):
                say(answering.learn(frame))
                continue
            message = json.loads(frame)
            if "forget" in message:
                answering.forget(message["forget"])
                continue
            number = {"number": message["number"]}
            end_after(_SELF_DESTRUCTION)
            for answer in answering.answers(message):
                end_after(0)  # what the parent does not read yet is no question that takes too long
                say(number | answer)
                end_after(_SELF_DESTRUCTION)
        except Exception as failure:  # noqa: BLE001 - the C module raises plain Exception
            say(number | {"error": _in_words(failure)})
            return 1
        finally:
            end_after(0)
    return 0


class _Answering:
    """Answers messages: what was learnt, and what was compiled for it."""

    def __init__(self, engine: RawEngine, compile_: Compile, index_of: Callable[[bytes], Support]) -> None:
        self._engine = engine
        self._compile = compile_
        self._index_of = index_of
        self._programs: dict[int, Support] = {}
        self._compiled: OrderedDict[tuple[Clause, ...], Compiled] = OrderedDict()
        self._rule_sets = 0

    def learn(self, frame: bytes) -> dict[str, object]:
        """Keep the index of a program."""
        number = int.from_bytes(frame[1:5], "big")
        self._programs[number] = self._index_of(frame[5:])
        return {"learnt": number}

    def forget(self, number: int) -> None:
        """Give up the index of a program."""
        del self._programs[number]

    def answers(self, message: dict[str, Any]) -> Iterator[dict[str, object]]:
        """Yield what is said to one message, question by question."""
        if "questions" in message:
            for place, question in enumerate(message["questions"]):
                clauses = tuple((head, tuple(body)) for head, body in question["clauses"])
                yield self._said(place, derived=self._derive(clauses, question["facts"]))
            return
        support = self._programs[message["program"]]
        for place, (true, unknown) in enumerate(message["patients"]):
            for question, last in support.of_patient(true, unknown):
                derived = self._derive(question.query.clauses, question.query.facts)
                yield self._said(place, last=last, **question.said(derived))

    def _said(self, place: int, *, last: bool = True, **what: object) -> dict[str, object]:
        return {"place": place, "last": last, "rule_sets": self._rule_sets, **what}

    def _derive(self, clauses: tuple[Clause, ...], facts: Iterable[int]) -> tuple[int, ...]:
        """Return what follows, by rule sets that are compiled once as long as they are kept.

        Raises:
            DurableFailed: the engine misbehaved.
        """
        known = self._compiled.get(clauses)
        if known is None:
            while len(self._compiled) >= KEPT_COMPILED:
                self._compiled.popitem(last=False)[1].forget()
            known = self._compiled[clauses] = self._compile(self._engine, clauses)
            self._rule_sets += math.ceil(len(clauses) / MAX_RULES)
        self._compiled.move_to_end(clauses)
        derived = known.derive(facts)
        if not {head for head, _ in clauses}.issuperset(derived):
            raise DurableFailed("it derived what none of its rules derives")
        return derived


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
