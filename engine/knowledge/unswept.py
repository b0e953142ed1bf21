"""Work that makes much and drops nothing, done without looking for garbage in between."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_depth = 0
_was_on = False


@contextmanager
def unswept() -> Iterator[None]:
    """Hold the search for unreachable cycles while a pack is read.

    A pack is hundreds of thousands of objects that all stay; to walk over them time and again, as each
    fresh hundred thousand makes Python do, is a quarter of the time that reading takes, and finds nothing.
    Objects that nobody refers to are freed as ever. The switch belongs to the whole process, so work of
    several threads is counted: the last to end turns it back to what the first one found.
    """
    global _depth, _was_on  # noqa: PLW0603 - the switch is the interpreter's own
    with _lock:
        if _depth == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _was_on:
                gc.enable()
