"""The Audit place: decisions by filter, page by page; one of them open; the chain verified."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engine.api import EngineApi
from engine.domain.audit import AuditReport
from engine.domain.ids import IndicationId, PatientId
from engine.domain.pages import DecisionPage, DecisionRow
from engine.errors import Cancelled, WhyRxError
from engine.ports import Progress
from gui.faults import Fault, explain
from gui.messages import audit as say
from gui.presenters.audit_dossier import Dossier, Result
from gui.presenters.audit_extract import Extracts
from gui.presenters.audit_filter import Question
from gui.presenters.audit_lines import DecisionLine, grouped, line_of_row
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.lines import Line
from gui.presenters.session import Place, Session, SessionState
from gui.presenters.tones import Tone
from gui.presenters.wording import Now, moment
from gui.tasks import Step, Task, TaskRunner

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditState:
    """What the Audit place shows besides the open decision."""

    asked: bool = False
    fault: Fault | None = None
    question: Question = field(default_factory=Question)
    patients: tuple[tuple[PatientId, str], ...] = ()
    """Whom the filter offers: the open patient, and whose decision is open."""
    indications: tuple[tuple[IndicationId, str], ...] = ()
    lines: tuple[DecisionLine, ...] = ()
    count: str = ""
    more: bool = False
    opened: str = ""
    verifying: bool = False
    step: Step | None = None
    verified: Result | None = None

    @property
    def filtered(self) -> bool:
        """Tell whether the filter says anything."""
        return self.question != Question()


class Audit(Presenter[AuditState]):
    """Lists and verifies; the open decision is a presenter of its own."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session, now: Now) -> None:
        super().__init__(AuditState())
        self.dossier = Dossier(
            runner, lambda: {field.subject: field.title for field in session.state.fields if field.subject}
        )
        self.extracts = Extracts(runner)
        self._runner = runner
        self._session = session
        self._now = now
        self._rows: tuple[DecisionRow, ...] = ()
        self._after = 0
        self._fetching = 0
        self._stale = True
        self._task: Task | None = None
        session.watch(self._visited)
        changes.on(Change.DECISIONS, self._decisions_changed)
        changes.on(Change.ENGINE, self._decisions_changed)

    def refresh(self) -> None:
        """Ask for the newest decisions."""
        self._stale = False
        self._fetching = 0
        self._ask(0)

    def ask(self, question: Question) -> None:
        """List what this question is about."""
        self._become(replace(self._state, question=question))
        self.refresh()

    def fetch_more(self) -> None:
        """Ask for the decisions before the last one listed, by key."""
        if self._after and self._fetching != self._after:
            self._fetching = self._after
            self._ask(self._after)

    def open(self, decision_id: str) -> None:
        """Open a decision."""
        row = next((row for row in self._rows if row.decision_id == decision_id), None)
        self._become(replace(self._state, opened=decision_id))
        if row is not None:
            self._offer((row.patient_id, row.patient_name))
        self.dossier.open(decision_id)

    def verify(self) -> None:
        """Verify the audit chain and everything it speaks of."""
        if self._state.verifying:
            return
        self._become(replace(self._state, verifying=True, step=None, verified=None, fault=None))

        def work(engine: EngineApi, progress: Progress) -> AuditReport:
            return engine.verify(progress)

        self._task = self._runner.act(work, self._verified, self._not_verified, self._stepped)

    def cancel(self) -> None:
        """Stop verifying."""
        if self._task is not None:
            self._task.cancel()

    def dismiss(self) -> None:
        """Put the error and the result of verifying away."""
        self._become(replace(self._state, fault=None, verified=None))

    def _visited(self, state: SessionState) -> None:
        if state.status is None:
            return
        titles = tuple((each.indication_id, each.title) for each in state.indications)
        self._become(replace(self._state, indications=titles))
        if state.record is not None:
            self._offer((state.record.patient_id, state.record.name))
        if state.place is Place.AUDIT and self._stale:
            self.refresh()

    def _decisions_changed(self) -> None:
        self._stale = True
        if self._session.state.place is Place.AUDIT and self._session.state.status is not None:
            self.refresh()

    def _offer(self, patient: tuple[PatientId, str]) -> None:
        wanted = self._state.question.patient_id
        kept = tuple(each for each in self._state.patients if each[0] == wanted and each[0] != patient[0])
        record = self._session.state.record
        opened = ((record.patient_id, record.name),) if record is not None else ()
        self._become(replace(self._state, patients=tuple(dict((*kept, *opened, patient)).items())))

    def _ask(self, after: int) -> None:
        wanted = self._state.question.asked_on(self._now())
        self._runner.ask(
            "audit",
            lambda engine, _: engine.decisions(wanted, after, PAGE),
            lambda page: self._listed(page, grow=after > 0),
            self._not_listed,
        )

    def _listed(self, page: DecisionPage, *, grow: bool) -> None:
        self._rows = (*self._rows, *page.rows) if grow else page.rows
        self._after = page.next_after
        self._fetching = 0
        shown = len(self._rows)
        count = say.COUNT.format(shown=f"{shown:,}", total=f"{page.total:,}{'+' if page.at_least else ''}")
        if shown == page.total:
            count = say.COUNT_ONE if shown == 1 else say.COUNT_ALL.format(total=f"{shown:,}")
        self._become(
            replace(
                self._state,
                asked=True,
                fault=None,
                lines=tuple(line_of_row(row) for row in self._rows),
                count=count if shown else "",
                more=bool(page.next_after),
            )
        )

    def _not_listed(self, error: WhyRxError) -> None:
        self._fetching = 0
        self._become(replace(self._state, asked=True, fault=explain(error, say.NOT_LISTED)))

    def _stepped(self, step: Step) -> None:
        if self._state.verifying:
            self._become(replace(self._state, step=step))

    def _verified(self, report: AuditReport) -> None:
        result = result_of(report, moment(self._now()))
        self._become(replace(self._state, verifying=False, step=None, verified=result))

    def _not_verified(self, error: WhyRxError) -> None:
        fault = None if isinstance(error, Cancelled) else explain(error, say.NOT_VERIFIED)
        self._become(replace(self._state, verifying=False, step=None, fault=fault))


def result_of(report: AuditReport, at: str) -> Result:
    """Put a verification into plain words."""
    events, decisions = f"{report.events:,}", f"{report.decisions:,}"
    head = say.HEAD.format(head=grouped(report.head), moment=at)
    if not report.problems:
        return Result(
            tone=Tone.CLEAR, sentence=say.WHOLE.format(events=events, decisions=decisions), notes=(head,)
        )
    count = len(report.problems)
    broken = say.BROKEN_ONE if count == 1 else say.BROKEN
    return Result(
        tone=Tone.CONTRAINDICATED,
        sentence=broken.format(problems=f"{count:,}", events=events, decisions=decisions),
        notes=(say.BROKEN_NEXT, head),
        lines=tuple(
            Line(text=problem, tone=Tone.CONTRAINDICATED, word=say.PROBLEMS) for problem in report.problems
        ),
    )
