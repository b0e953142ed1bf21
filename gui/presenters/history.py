"""The decisions about the open patient; each can be opened exactly as it was shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.decision import Choice
from engine.domain.ids import DecisionId
from engine.domain.pages import DecisionFilter, DecisionRow
from engine.domain.pages import DecisionPage as DecisionRows
from engine.domain.replies import DecisionDossier
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import recommendation as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.decision_page import DecisionPage
from gui.presenters.lines import Line
from gui.presenters.session import Session
from gui.presenters.tones import Tone
from gui.presenters.wording import moment
from gui.tasks import TaskRunner

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryState:
    """What the history page shows."""

    patient: str = ""
    lines: tuple[Line, ...] = ()
    more: bool = False
    asked: bool = False
    opened: str = ""
    """The decision that is open, empty for the list."""
    fault: Fault | None = None


class History(Presenter[HistoryState]):
    """Lists the decisions about the open patient and opens them, read-only."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session) -> None:
        super().__init__(HistoryState())
        self.page = DecisionPage(runner, "history")
        self._runner = runner
        self._session = session
        self._rows: tuple[DecisionRow, ...] = ()
        self._after = 0
        changes.on(Change.RECORD, self._patient_changed)
        changes.on(Change.DECISIONS, self.refresh)

    def refresh(self) -> None:
        """Ask for the newest decisions."""
        self._ask(0)

    def fetch_more(self) -> None:
        """Ask for older decisions."""
        if self._after:
            self._ask(self._after)

    def open(self, decision_id: str) -> None:
        """Open a decision exactly as it was shown."""
        self._runner.ask(
            "dossier", lambda engine, _: engine.dossier(DecisionId(decision_id)), self._opened, self._failed
        )

    def back(self) -> None:
        """Go back to the list."""
        self.page.clear()
        self._become(replace(self._state, opened=""))

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None))

    def _ask(self, after: int) -> None:
        record = self._session.state.record
        if record is None:
            return
        wanted = DecisionFilter(patient_id=record.patient_id)
        self._runner.ask(
            "history",
            lambda engine, _: engine.decisions(wanted, after, PAGE),
            lambda page: self._listed(page, grow=after > 0),
            self._failed,
        )

    def _listed(self, page: DecisionRows, *, grow: bool) -> None:
        self._rows = (*self._rows, *page.rows) if grow else page.rows
        self._after = page.next_after
        lines = tuple(line_of_decision(row) for row in self._rows)
        self._become(replace(self._state, lines=lines, more=bool(page.next_after), asked=True, fault=None))

    def _opened(self, dossier: DecisionDossier) -> None:
        self.page.show(dossier.decision, dossier.response)
        self._become(replace(self._state, opened=dossier.decision.decision_id, fault=None))

    def _failed(self, error: WhyRxError) -> None:
        self._become(replace(self._state, fault=explain(error, say.HISTORY_FAILED), asked=True))

    def _patient_changed(self) -> None:
        record = self._session.state.record
        name = record.name if record is not None else ""
        if record is None or name != self._state.patient:
            self.page.clear()
            self._rows = ()
            self._become(HistoryState(patient=name))
        self.refresh()


def line_of_decision(row: DecisionRow) -> Line:
    """Return one decision as a line."""
    if row.choice is None:
        tone, done = Tone.NEUTRAL, say.UNANSWERED
    elif row.choice is Choice.ACCEPTED:
        tone, done = Tone.CLEAR, say.ACCEPTED.format(option=row.chosen)
    else:
        tone, done = Tone.CAUTION, say.OVERRIDDEN.format(option=row.chosen, reason=row.reason)
    first = say.FIRST.format(first=row.first) if row.first else say.NOBODY_FIRST
    verdicts = ", ".join(f"{count} {verdict.value}" for verdict, count in row.verdicts if count)
    return Line(
        text=f"{row.indication_title} · {done}",
        note=f"{first} · {verdicts} · {row.requested_by} · {row.decision_id}",
        aside=moment(row.decided_at),
        tone=tone,
        word=done,
        key=row.decision_id,
    )
