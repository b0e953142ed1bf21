"""The Patients place: search, page by page, and open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.ids import PatientId
from engine.domain.pages import PatientPage, PatientRow
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import patients as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.session import Phase, Session, SessionState
from gui.tasks import TaskRunner

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsState:
    """What the Patients place shows."""

    text: str = ""
    rows: tuple[PatientRow, ...] = ()
    next_after: str = ""
    total: int = 0
    asked: bool = False
    """True once an answer has come, so that *no patients* is told from *not yet known*."""
    fault: Fault | None = None
    stopped: bool = False
    """True where there is no engine that could be asked; the session says so."""

    @property
    def more(self) -> bool:
        """Tell whether there are further rows."""
        return bool(self.next_after)


class Patients(Presenter[PatientsState]):
    """Searches and opens patients."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session) -> None:
        super().__init__(PatientsState())
        self._runner = runner
        self._session = session
        self._fetching = ""
        for change in (Change.ENGINE, Change.PATIENTS, Change.DECISIONS, Change.RECORD):
            changes.on(change, self.refresh)
        session.watch(self._engine)

    def _engine(self, state: SessionState) -> None:
        """Do not claim to look for patients where nobody does."""
        stopped = state.phase is Phase.FAILED
        if stopped is not self._state.stopped:
            self._become(replace(self._state, stopped=stopped))

    def search(self, text: str) -> None:
        """List patients whose name or id contains the text."""
        self._become(replace(self._state, text=text))
        self.refresh()

    def refresh(self) -> None:
        """Ask for the first page again."""
        text = self._state.text.strip()
        self._fetching = ""
        self._runner.ask(
            "patients", lambda engine, _: engine.patients(text, "", PAGE), self._first, self._failed
        )

    def fetch_more(self) -> None:
        """Ask for the next page, by key."""
        after = self._state.next_after
        if not after or after == self._fetching:
            return
        self._fetching = after
        text = self._state.text.strip()
        self._runner.ask(
            "patients", lambda engine, _: engine.patients(text, after, PAGE), self._next, self._failed
        )

    def open(self, patient_id: PatientId) -> None:
        """Open a patient."""
        self._session.open_patient(patient_id)

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None))

    def _first(self, page: PatientPage) -> None:
        self._show(page.rows, page)

    def _next(self, page: PatientPage) -> None:
        self._fetching = ""
        self._show(self._state.rows + page.rows, page)

    def _show(self, rows: tuple[PatientRow, ...], page: PatientPage) -> None:
        self._become(
            replace(
                self._state, rows=rows, next_after=page.next_after, total=page.total, asked=True, fault=None
            )
        )

    def _failed(self, error: WhyRxError) -> None:
        self._fetching = ""
        self._become(replace(self._state, fault=explain(error, say.NOT_LISTED), asked=True))
