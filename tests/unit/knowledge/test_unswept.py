"""While a pack is read nobody looks for garbage, and afterwards all is as it was."""

from __future__ import annotations

import gc
import threading

import pytest

from engine.knowledge.unswept import unswept


def test_the_search_is_off_within_and_on_after() -> None:
    with unswept():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_a_fault_within_turns_it_on_again() -> None:
    with pytest.raises(ValueError, match="broken"), unswept():
        raise ValueError("broken")

    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with unswept():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_last_of_two_threads_turns_it_on() -> None:
    begun, go = threading.Event(), threading.Event()

    def work() -> None:
        with unswept():
            begun.set()
            go.wait(10)

    thread = threading.Thread(target=work)
    with unswept():
        thread.start()
        begun.wait(10)
    still_off = not gc.isenabled()
    go.set()
    thread.join()

    assert still_off
    assert gc.isenabled()
