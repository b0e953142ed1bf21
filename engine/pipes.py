"""Frames over a byte stream, and a child process reached over its standard input and output.

WhyRx parts work that may hang, crash or stall a window into processes of its own. They speak over
plain pipes: no socket of any family is opened. A frame is four bytes of length, most significant
first, and that many bytes of payload; what the payload means is for the two ends to settle.

The parent's side, :class:`ChildProcess`, never waits longer than its deadline, neither for reading
nor for writing: a stopped child would otherwise fill the pipe and stop its parent as well. The
child's side needs no deadline; it takes its streams by :func:`claim_standard_streams`, so that a
stray ``print`` (also one in C) cannot break a frame, and ends when it reads the end of the stream,
which also comes when the parent dies.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, BinaryIO, Protocol, Self

#: No payload may be larger: a length beyond it means that the two ends have lost step.
MAX_FRAME_BYTES = 256 * 1024 * 1024
_HEADER_BYTES = 4
_CHUNK_BYTES = 1 << 16
_LAST_WORDS_BYTES = 4096


class PipeClosed(OSError):
    """The other end has gone, between frames or in the middle of one."""


class PipeTimeout(OSError):
    """The other end did not take or give a whole frame before the deadline."""


class FrameTooLarge(OSError):
    """A frame is, or says it is, larger than allowed."""


def read_frame(stream: IO[bytes], *, max_bytes: int = MAX_FRAME_BYTES) -> bytes | None:
    """Return the next payload, or None where the stream ended between two frames.

    Raises:
        PipeClosed: the stream ended inside a frame.
        FrameTooLarge: the length that was announced is beyond ``max_bytes``.
    """
    header = _read_exactly(stream, _HEADER_BYTES)
    if not header:
        return None
    if len(header) < _HEADER_BYTES:
        raise PipeClosed("the stream ended inside the length of a frame")
    length = _length_of(header, max_bytes)
    payload = _read_exactly(stream, length)
    if len(payload) < length:
        raise PipeClosed(f"the stream ended after {len(payload)} of {length} bytes of a frame")
    return payload


def write_frame(stream: IO[bytes], payload: bytes, *, max_bytes: int = MAX_FRAME_BYTES) -> None:
    """Write one payload and flush it.

    Raises:
        PipeClosed: nobody reads the stream any more.
        FrameTooLarge: the payload is larger than ``max_bytes``; nothing was written.
    """
    frame = _framed(payload, max_bytes)
    try:
        stream.write(frame)
        stream.flush()
    except (BrokenPipeError, ValueError) as gone:
        raise PipeClosed("nobody reads the stream any more") from gone


def claim_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Return this process's standard input and output for frames alone.

    Afterwards file descriptor 0 reads nothing and descriptor 1 writes to standard error, so that
    neither Python nor a C library can disturb the frames. Call it once, first thing in a child.
    """
    frames_in, frames_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows alone

        msvcrt.setmode(frames_in, os.O_BINARY)
        msvcrt.setmode(frames_out, os.O_BINARY)
    return os.fdopen(frames_in, "rb"), os.fdopen(frames_out, "wb")


def _read_exactly(stream: IO[bytes], count: int) -> bytes:
    """Return ``count`` bytes, or fewer where the stream ends before."""
    parts = bytearray()
    while len(parts) < count:
        part = stream.read(count - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)


def _framed(payload: bytes, max_bytes: int) -> bytes:
    """Return the payload with its length before it."""
    if len(payload) > max_bytes:
        raise FrameTooLarge(f"a frame of {len(payload)} bytes is larger than the {max_bytes} allowed")
    return len(payload).to_bytes(_HEADER_BYTES, "big") + payload


def _length_of(header: bytes | bytearray, max_bytes: int) -> int:
    """Return the length that a header announces."""
    length = int.from_bytes(header[:_HEADER_BYTES], "big")
    if length > max_bytes:
        raise FrameTooLarge(f"a frame announces {length} bytes; at most {max_bytes} are allowed")
    return length


class _Ends(Protocol):
    """How the parent waits on the two pipes; a deadline is a moment of ``time.monotonic``."""

    def send(self, data: bytes, deadline: float | None) -> None:
        """Write everything before the deadline, or raise."""

    def receive(self, deadline: float | None) -> bytes:
        """Return some bytes before the deadline; nothing at the end of the stream."""

    def close(self) -> None:
        """Let go of both pipes; the child has ended."""


class _PolledEnds:
    """Waits with ``poll``: no thread, nothing left behind. For POSIX."""

    def __init__(self, to_child: IO[bytes], from_child: IO[bytes]) -> None:
        self._to_child, self._from_child = to_child, from_child
        os.set_blocking(to_child.fileno(), False)
        self._writable, self._readable = select.poll(), select.poll()
        self._writable.register(to_child.fileno(), select.POLLOUT)
        self._readable.register(from_child.fileno(), select.POLLIN)

    def send(self, data: bytes, deadline: float | None) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._to_child.fileno(), left) :]
            except BlockingIOError:
                self._wait(self._writable, deadline)
            except BrokenPipeError as gone:
                raise PipeClosed("the child no longer reads") from gone

    def receive(self, deadline: float | None) -> bytes:
        self._wait(self._readable, deadline)
        return os.read(self._from_child.fileno(), _CHUNK_BYTES)

    def close(self) -> None:
        self._to_child.close()
        self._from_child.close()

    @staticmethod
    def _wait(poller: select.poll, deadline: float | None) -> None:
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poller.poll(left):
            raise PipeTimeout("the child did not answer in time")


class _ThreadedEnds:
    """Waits with one thread that reads and one for each frame written. Where pipes cannot be polled."""

    def __init__(self, to_child: IO[bytes], from_child: IO[bytes]) -> None:
        self._to_child, self._from_child = to_child, from_child
        self._chunks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read_all, name="pipe reader", daemon=True)
        self._reader.start()

    def send(self, data: bytes, deadline: float | None) -> None:
        failures: list[OSError] = []
        writer = threading.Thread(target=self._write, args=(data, failures), name="pipe writer", daemon=True)
        writer.start()
        writer.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        if writer.is_alive():
            raise PipeTimeout("the child did not read in time")
        if failures:
            raise PipeClosed("the child no longer reads") from failures[0]

    def receive(self, deadline: float | None) -> bytes:
        try:
            chunk = self._chunks.get(
                timeout=None if deadline is None else max(0.0, deadline - time.monotonic())
            )
        except queue.Empty:
            raise PipeTimeout("the child did not answer in time") from None
        if not chunk:
            self._chunks.put(chunk)  # the end stays the end, however often it is asked for
        return chunk

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._to_child.close()
        self._reader.join(1.0)
        if not self._reader.is_alive():
            self._from_child.close()

    def _write(self, data: bytes, failures: list[OSError]) -> None:
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(self._to_child.fileno(), left) :]
        except OSError as failure:
            failures.append(failure)
        except ValueError:
            failures.append(BrokenPipeError("closed on this side"))

    def _read_all(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._from_child.fileno(), _CHUNK_BYTES):
                self._chunks.put(chunk)
        self._chunks.put(b"")


class ChildProcess:
    """A child process that speaks in frames over its standard input and output.

    One thread may send while another receives; two threads must not do the same at once. After a
    :class:`PipeTimeout` the frames may have lost step: kill the child and start another. What the
    child writes to standard error is kept for :meth:`last_words`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        max_bytes: int = MAX_FRAME_BYTES,
        poll: bool | None = None,
    ) -> None:
        """Start the child.

        Args:
            command: The program with its arguments.
            env: Environment variables to add to, or set in, this process's own.
            max_bytes: The largest payload either way.
            poll: Whether to wait by ``poll``; as the operating system allows where None.

        Raises:
            OSError: the program cannot be started.
        """
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._errors = _error_file()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is WhyRx's own, never a user's
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors if self._errors is not None else subprocess.DEVNULL,
                bufsize=0,
                env={**os.environ, **(env or {})},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
                | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except BaseException:
            if self._errors is not None:
                self._errors.close()
            raise
        to_child, from_child = self._process.stdin, self._process.stdout
        assert to_child is not None  # noqa: S101 - asked for above; narrows the type
        assert from_child is not None  # noqa: S101 - asked for above; narrows the type
        ends = _PolledEnds if (hasattr(select, "poll") if poll is None else poll) else _ThreadedEnds
        self._ends: _Ends = ends(to_child, from_child)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether the child still runs (a stopped one does)."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Return the exit code, a negative signal number on POSIX, or None while it runs."""
        return self._process.poll()

    def send(self, payload: bytes, deadline: float | None = None) -> None:
        """Send one frame, all of it before a moment of ``time.monotonic``.

        Raises:
            PipeClosed: the child no longer reads.
            PipeTimeout: it did not read in time.
            FrameTooLarge: the payload is too large; nothing was sent.
        """
        self._ends.send(_framed(payload, self._max_bytes), deadline)

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame, all of it before a moment of ``time.monotonic``.

        Raises:
            PipeClosed: the child has ended or closed its output.
            PipeTimeout: it did not answer in time; what came so far is kept.
            FrameTooLarge: it announces more than is allowed.
        """
        self._fill(_HEADER_BYTES, deadline)
        end = _HEADER_BYTES + _length_of(self._buffer, self._max_bytes)
        self._fill(end, deadline)
        payload = bytes(self._buffer[_HEADER_BYTES:end])
        del self._buffer[:end]
        return payload

    def kill(self, *, wait: float = 1.0) -> None:
        """End the child at once, also a stopped one, and let go of its pipes."""
        with contextlib.suppress(OSError):
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(wait)
        self._ends.close()

    def close(self, *, grace: float = 0.5, wait: float = 1.0) -> None:
        """Close the child's input, give it a while to end by itself, then kill it and wait for that."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self.kill(wait=wait)
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def how_it_ended(self, *, wait: float = 0.2) -> str:
        """Return how the child ended, in words: ``ended by signal SIGSEGV``."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(wait)
        code = self.exit_code
        if code is None:
            return "still running"
        if code >= 0:
            return f"ended with exit code {code}"
        try:
            return f"ended by signal {signal.Signals(-code).name}"
        except ValueError:
            return f"ended by signal {-code}"

    def last_words(self) -> str:
        """Return the end of what the child wrote to standard error; empty once closed."""
        if self._errors is None:
            return ""
        size = os.fstat(self._errors.fileno()).st_size
        # The child shares this file's offset; a dead one no longer minds where it stands.
        self._errors.seek(max(0, size - _LAST_WORDS_BYTES))
        return self._errors.read(_LAST_WORDS_BYTES).decode("utf-8", "replace").strip()

    def _fill(self, count: int, deadline: float | None) -> None:
        while len(self._buffer) < count:
            chunk = self._ends.receive(deadline)
            if not chunk:
                raise PipeClosed("the child closed its output")
            self._buffer += chunk


def _error_file() -> IO[bytes] | None:
    """Return a nameless file for the child's standard error, or None where none can be made."""
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError:  # a full disk or a read-only folder must not keep the engine from starting
        return None
