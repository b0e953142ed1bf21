"""The gate: nothing is shown of a database before somebody has signed in to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.domain.access import Access, AccessState
from engine.errors import AccessError, InputError, Locked, WhyRxError
from gui.faults import Fault, explain
from gui.messages import gate as say
from gui.presenters.base import Presenter
from gui.presenters.session import Session
from gui.tasks import Failed, Stepped, Task, TaskRunner, Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """What the gate shows."""

    shut: bool = False
    new: bool = False
    """True where there is no database yet."""
    users: tuple[str, ...] = ()
    busy: bool = False
    fault: Fault | None = None


class Gate(Presenter[GateState]):
    """Lets people in, and locks behind them."""

    def __init__(self, runner: TaskRunner, session: Session) -> None:
        super().__init__(GateState())
        self._runner = runner
        self._session = session
        session.watch(lambda state: self._stand(state.access))

    def sign_in(self, name: str, passphrase: str) -> None:
        """Open the database for a user; without a passphrase, by the key that the system keeps for them."""
        access = self._session.state.access
        kept = access is not None and name in access.remembered and not passphrase
        self._try(lambda engine, _: engine.sign_in(name, None if kept else passphrase), say.REFUSED)

    def make(self, name: str, passphrase: str, again: str) -> None:
        """Make the database with its first administrator."""
        if passphrase != again:
            self._refused(InputError(say.NOT_THE_SAME, hint=say.TYPE_AGAIN), say.NOT_MADE)
            return
        self._try(lambda engine, _: engine.create_database(name, passphrase), say.NOT_MADE)

    def lock(self) -> None:
        """Sign out, if somebody is signed in to something that can be locked."""
        access = self._session.state.access
        if access is None or access.session is None or access.session.demo:
            return
        self._runner.act(lambda engine, _: engine.lock(), self._session.shut, self._session.failed)

    def stay_awake(self) -> None:
        """Tell the engine that somebody is here, who may only be reading."""
        if not self._state.shut:
            self._runner.ask(
                "awake", lambda engine, _: engine.stay_awake(), lambda _: None, self._session.failed
            )

    def _try(self, work: Work[Access], title: str) -> None:
        if self._state.busy:
            return
        self._become(replace(self._state, busy=True, fault=None))
        self._runner.act(work, self._let_in, lambda error: self._refused(error, title))

    def _let_in(self, access: Access) -> None:
        self._become(GateState())
        self._session.admitted(access)

    def _refused(self, error: WhyRxError, title: str) -> None:
        shown = explain(error, title) if isinstance(error, InputError | AccessError) else explain(error)
        self._become(replace(self._state, busy=False, fault=shown))

    def _stand(self, access: Access | None) -> None:
        """Follow how the database stands."""
        shut = access is not None and access.state is not AccessState.OPEN
        if access is None or shut == self._state.shut:
            return
        new = access.state is AccessState.NEW
        self._become(GateState(shut=shut, new=new, users=tuple(access.users)))


class GuardedRunner:
    """A runner that shuts the window where the engine says that it is locked, whoever asked."""

    def __init__(self, runner: TaskRunner) -> None:
        self._runner = runner
        self._shut: Callable[[], None] = lambda: None

    def when_locked(self, shut: Callable[[], None]) -> None:
        """Call this where the engine is locked."""
        self._shut = shut

    def ask(
        self,
        topic: str,
        work: Work[T],
        done: Callable[[T], None],
        failed: Failed,
        step: Stepped | None = None,
    ) -> Task:
        """Read, as the runner does."""
        return self._runner.ask(topic, work, done, self._watched(failed), step)

    def act(
        self, work: Work[T], done: Callable[[T], None], failed: Failed, step: Stepped | None = None
    ) -> Task:
        """Write, as the runner does."""
        return self._runner.act(work, done, self._watched(failed), step)

    def _watched(self, failed: Failed) -> Failed:
        def watched(error: WhyRxError) -> None:
            if isinstance(error, Locked):
                self._shut()
            else:
                failed(error)

        return watched
