"""A runner that keeps what it is given until it is told to run it: states of waiting, held still."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from engine.api import EngineApi
from gui.tasks import CancelToken, Failed, InlineRunner, Stepped, Task, Work

T = TypeVar("T")


class StillRunner:
    """Answers nothing before ``go_on``; like the window's own, the newest question of a topic wins."""

    def __init__(self, engine: EngineApi) -> None:
        self.inline = InlineRunner(engine)
        self.waiting: dict[str, Callable[[], Task]] = {}

    def ask(
        self,
        topic: str,
        work: Work[T],
        done: Callable[[T], None],
        failed: Failed,
        step: Stepped | None = None,
    ) -> Task:
        """Keep the question."""
        self.waiting[topic] = lambda: self.inline.act(work, done, failed, step)
        return CancelToken()

    def act(
        self, work: Work[T], done: Callable[[T], None], failed: Failed, step: Stepped | None = None
    ) -> Task:
        """Do what writes at once."""
        return self.inline.act(work, done, failed, step)

    def go_on(self, *topics: str) -> None:
        """Answer what waits, or only these topics."""
        for topic in topics or tuple(self.waiting):
            self.waiting.pop(topic)()
