"""Breaking the glass: someone takes a clinician's rights, for a reason that is recorded first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.access import IN_AN_EMERGENCY, Access
from engine.domain.access import Session as Rights
from engine.errors import AccessError, InputError, WhyRxError
from gui.faults import Fault, explain
from gui.messages import gate as say
from gui.presenters.base import Presenter
from gui.presenters.session import Session
from gui.tasks import TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyState:
    """What is offered, asked and told."""

    offered: bool = False
    """True where it would give the one signed in what their roles do not."""
    asked: bool = False
    busy: bool = False
    said: str = ""
    """That the glass is broken, by whom and why; empty otherwise."""
    fault: Fault | None = None


class Emergency(Presenter[EmergencyState]):
    """Asks for the reason, and has the engine record it before anything opens."""

    def __init__(self, runner: TaskRunner, session: Session) -> None:
        super().__init__(EmergencyState())
        self._runner = runner
        self._session = session
        session.watch(lambda state: self._stand(state.access))

    def ask(self) -> None:
        """Ask for the reason, where breaking the glass would change anything."""
        if self._state.offered:
            self._become(replace(self._state, asked=True, fault=None))

    def close(self) -> None:
        """Ask no more."""
        self._become(replace(self._state, asked=False, fault=None))

    def break_glass(self, reason: str) -> None:
        """Take a clinician's rights for the rest of the session."""
        if self._state.busy or not self._state.offered:
            return
        self._become(replace(self._state, busy=True, fault=None))
        self._runner.act(lambda engine, _: engine.break_glass(reason), self._broken, self._refused)

    def _broken(self, access: Access) -> None:
        self._become(EmergencyState())
        self._session.admitted(access)

    def _refused(self, error: WhyRxError) -> None:
        own = isinstance(error, InputError | AccessError)
        fault = explain(error, say.NOT_BROKEN) if own else explain(error)
        self._become(replace(self._state, busy=False, fault=fault))

    def _stand(self, access: Access | None) -> None:
        """Follow who is signed in, with what rights."""
        who = access.session if access is not None else None
        offered = who is not None and not who.demo and not who.rights >= IN_AN_EMERGENCY
        said = _said(who)
        if (offered, said) != (self._state.offered, self._state.said):
            self._become(EmergencyState(offered=offered, said=said))


def _said(who: Rights | None) -> str:
    if who is None or not who.emergency:
        return ""
    return say.BROKEN.format(user=who.user, reason=who.emergency)
