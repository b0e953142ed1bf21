"""The engine's side: read calls from one pipe, run them one after another, write answers."""

from __future__ import annotations

import gc
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import BinaryIO, Protocol, get_type_hints

import msgspec

from engine.api import EngineApi
from engine.errors import Cancelled, InternalError, WhyRxError
from engine.pipes import claim_standard_streams, read_frame, write_frame
from engine.remote.messages import Answer, Call, Cancel, Failure, FromEngine, FromWindow, Step


def methods_of_api() -> Mapping[str, Mapping[str, object]]:
    """Return the type hints of each method of ``EngineApi``: all that may be called."""
    return MappingProxyType(
        {
            name: get_type_hints(method)
            for name, method in vars(EngineApi).items()
            if not name.startswith("_") and callable(method)
        }
    )


class ServedEngine(EngineApi, AbstractContextManager["ServedEngine"], Protocol):
    """An engine as it is served: closed at the end, warmed up while nobody asks."""

    def warm_up(self) -> Iterator[None]:
        """Load what the first recommendation needs, one step at a time."""
        ...

    def rest(self) -> None:
        """Do what is due while nobody asks, such as locking a database that is not used."""
        ...

    def failed(self, what: str, fault: str) -> None:
        """Note a fault of WhyRx."""
        ...


_WARM = object()
#: Seconds between two looks at whether something is due while nobody asks.
_REST = 10.0


class _Steps:
    """Progress of one call, written to the window; raises once the call was cancelled."""

    def __init__(self, server: EngineServer, number: int) -> None:
        self._server = server
        self._number = number

    def step(self, done: int, total: int, what: str) -> None:
        """Report a step, or stop."""
        if self._server.was_cancelled(self._number):
            raise Cancelled("stopped as asked; nothing was kept.")
        self._server.send(Step(number=self._number, done=done, total=total, what=what))


class EngineServer:
    """Serves one engine to one window until the window closes its end."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        """Take the two pipes; nothing is read before ``serve``."""
        self._incoming = incoming
        self._outgoing = outgoing
        self._calls: queue.Queue[Call | None] = queue.Queue()
        self._cancelled: set[int] = set()
        self._writing = threading.Lock()
        self._methods = methods_of_api()

    def serve(self, build: Callable[[], ServedEngine]) -> None:
        """Build the engine on this thread and answer calls until the pipe ends.

        The database connection belongs to the thread that made it, so every call runs here;
        only reading (and so cancelling) happens beside it. While no call waits, the engine warms
        up step by step. An engine that cannot be built answers every call with the reason.
        """
        threading.Thread(target=self._read, name="whyrx-calls", daemon=True).start()
        try:
            engine = build()
        except WhyRxError as reason:
            while (call := self._calls.get()) is not None:
                self.send(_failure(call.number, reason))
            return
        with engine:
            for call in self._waiting(engine):
                self._run(engine, call)

    def _waiting(self, engine: ServedEngine) -> Iterator[Call]:
        """Yield calls as they come; while none waits, take the next step of warming up, then rest."""
        warm, warming = False, engine.warm_up()
        while True:
            try:
                call = self._calls.get(block=warm, timeout=_REST)
            except queue.Empty:
                if warm:
                    engine.rest()
                elif next(warming, _WARM) is _WARM:
                    warm = True
                    keep_what_is_loaded()
                continue
            if call is None:
                return
            yield call

    def was_cancelled(self, number: int) -> bool:
        """Tell whether the window asked for this call to stop."""
        return number in self._cancelled

    def send(self, message: FromEngine) -> None:
        """Write one message whole."""
        with self._writing:
            write_frame(self._outgoing, msgspec.json.encode(message))

    def _read(self) -> None:
        while (frame := read_frame(self._incoming)) is not None:
            message: FromWindow = msgspec.json.decode(frame, type=FromWindow)
            match message:
                case Call():
                    self._calls.put(message)
                case Cancel(number=number):
                    self._cancelled.add(number)
        self._calls.put(None)

    def _run(self, engine: ServedEngine, call: Call) -> None:
        hints = self._methods.get(call.method)
        if hints is None:
            self.send(_failure(call.number, InternalError(f"no such call: {call.method}")))
            return
        if self.was_cancelled(call.number):
            self.send(_failure(call.number, Cancelled("stopped as asked before it began.")))
            return
        try:
            wanted = {name: hint for name, hint in hints.items() if name not in ("return", "progress")}
            raw = msgspec.json.decode(call.arguments, type=list[msgspec.Raw])
            arguments = {
                name: msgspec.json.decode(value, type=hint)
                for (name, hint), value in zip(wanted.items(), raw, strict=True)
            }
            if "progress" in hints:
                arguments["progress"] = _Steps(self, call.number)
            result = getattr(engine, call.method)(**arguments)
            self.send(Answer(number=call.number, result=msgspec.Raw(msgspec.json.encode(result))))
        except WhyRxError as error:
            self.send(_failure(call.number, error))
        except Exception as error:  # noqa: BLE001 - the last place where a fault of ours can be told
            traceback.print_exc(file=sys.stderr)
            engine.failed(call.method, type(error).__name__)
            fault = InternalError(f"{call.method} failed: {type(error).__name__}: {error}")
            self.send(_failure(call.number, fault))
        finally:
            self._cancelled.discard(call.number)


def _failure(number: int, error: WhyRxError) -> Failure:
    return Failure(
        number=number,
        error=type(error).__name__,
        message=error.message,
        hint=error.hint,
        place=error.place,
    )


def keep_what_is_loaded() -> None:
    """Take what was loaded out of the sight of the garbage collector.

    A full collection walks over every object there is; over a rule pack, its words and the libraries of
    models that takes about as long as an answer, and none of them is ever garbage.
    """
    gc.collect()
    gc.freeze()


def serve_standard_streams(build: Callable[[], ServedEngine]) -> None:
    """Serve over this process's standard input and output, which from then on carry frames alone."""
    incoming, outgoing = claim_standard_streams()
    with incoming, outgoing:
        EngineServer(incoming, outgoing).serve(build)
