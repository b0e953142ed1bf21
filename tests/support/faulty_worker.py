"""A durable-rules worker with a fault of one's choice, run as a script: it exists for tests alone.

The first argument names the fault: it befalls every question, or with a file name as second argument
only the first question asked while there is no such file.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.inference import worker
from engine.inference.layout import Clause
from engine.inference.session import RawEngine, RuleSets
from engine.pipes import claim_standard_streams


def _faulty(fault: str, once: Path | None) -> worker.Compile:
    """Return the compiler of a worker that passes its self-test, and then fails."""
    questions_left = 2 * len(worker.SELF_TEST)

    class Faulty(RuleSets):
        """Rule sets whose answers the fault befalls."""

        def __init__(self, engine: RawEngine, clauses: Sequence[Clause]) -> None:
            super().__init__(engine, clauses)
            self._clauses = clauses

        def derive(self, facts: Iterable[int]) -> tuple[int, ...]:
            nonlocal questions_left
            derived = super().derive(facts)
            questions_left -= 1
            if questions_left >= 0 or (once is not None and once.exists()):
                return derived
            if once is not None:
                once.touch()
            return _misbehave(fault, self._clauses, derived)

    return Faulty


class _Forgetful(RuleSets):
    """Rule sets from which nothing ever follows."""

    def derive(self, facts: Iterable[int]) -> tuple[int, ...]:
        """Return nothing."""
        return super().derive(facts)[:0]


def _misbehave(fault: str, clauses: Sequence[Clause], derived: tuple[int, ...]) -> tuple[int, ...]:
    """Return, or do, what the fault is."""
    match fault:
        case "forgets":
            return ()
        case "invents":
            return (*derived, *(head for head, _ in clauses))
        case "rambles":
            return (*derived, 1)
        case "raises":
            raise RuntimeError("code 2")
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hangs":
            time.sleep(3600)
        case "shouts":
            os.write(1, b"\xff\xff\xff\xff and no frame at all")
            print("neither is this")
        case _:
            raise AssertionError(fault)
    return derived


class _Wrong:
    """An engine that does nothing right."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"no {name} here")


def main(fault: str, *once: str) -> int:
    """Serve with the fault."""
    incoming, outgoing = claim_standard_streams()
    worker.prepare()
    match fault:
        case "never starts":
            time.sleep(3600)
        case "fails its self-test":
            return worker.serve(incoming, outgoing, compile_=_Forgetful)
        case "has no engine":
            return worker.serve(incoming, outgoing, load=_Wrong)  # type: ignore[arg-type]
        case "babbles":
            outgoing.write(b"\x00\x00\x00\x02hi")
            outgoing.flush()
            time.sleep(3600)
        case "answers another":
            return worker.serve(_Renumbering(incoming), outgoing)  # type: ignore[arg-type]
        case _:
            flag = Path(once[0]) if once else None
            return worker.serve(incoming, outgoing, compile_=_faulty(fault, flag))
    return 0


class _Renumbering:
    """A stream that turns the number of each question into another one."""

    def __init__(self, stream: object) -> None:
        self._stream = stream

    def read(self, count: int) -> bytes:
        """Return bytes in which the question's number, 1 to 8, is 9."""
        content: bytes = self._stream.read(count)  # type: ignore[attr-defined]
        for number in range(1, 9):
            content = content.replace(b'"number":%d,' % number, b'"number":9,')
        return content


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
