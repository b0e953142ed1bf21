"""One decision before the auditor: as it was shown, what came after, replayed, written out."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.api import EngineApi
from engine.domain.ids import DecisionId
from engine.domain.replies import DecisionDossier, ReplayReport, ReplayResult
from engine.errors import Cancelled, WhyRxError
from engine.ports import Progress
from gui.faults import Fault, explain
from gui.messages import audit as say
from gui.presenters.audit_export import Write, form_of, named_path, write_whole
from gui.presenters.audit_lines import grouped, timeline_of, versions_of
from gui.presenters.base import Presenter
from gui.presenters.decision_page import DecisionPage
from gui.presenters.lines import Line
from gui.presenters.record_lines import record_lines
from gui.presenters.tones import Tone
from gui.tasks import Step, Task, TaskRunner


class Sheet(enum.Enum):
    """What is shown of the decision."""

    PAGE = say.AS_SHOWN
    TIMELINE = say.TIMELINE
    RECORD = say.RECORD
    VERSIONS = say.VERSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a button brought, in plain words."""

    tone: Tone
    sentence: str
    notes: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    """One by one: differences, problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierState:
    """What the right side of the Audit place shows."""

    decision_id: str = ""
    """Empty while none is open."""
    loading: bool = False
    fault: Fault | None = None
    title: str = ""
    sheet: Sheet = Sheet.PAGE
    timeline: tuple[Line, ...] = ()
    record: tuple[Line, ...] = ()
    versions: tuple[Line, ...] = ()
    replaying: bool = False
    step: Step | None = None
    replayed: Result | None = None
    exported: Result | None = None
    suggested: str = ""
    """A file name to export under."""


class Dossier(Presenter[DossierState]):
    """Opens a decision, replays it, and writes it out."""

    def __init__(
        self, runner: TaskRunner, titles: Callable[[], dict[str, str]], write: Write = write_whole
    ) -> None:
        """Take what runs work, the titles of the vocabulary by id, and what writes a file."""
        super().__init__(DossierState())
        self._titles = titles
        self.page = DecisionPage(runner, "audit")
        self._runner = runner
        self._write = write
        self._task: Task | None = None
        self._retry: Callable[[], None] = lambda: None

    def open(self, decision_id: str) -> None:
        """Open a decision; results that speak of another one are put away."""
        if decision_id == self._state.decision_id and self._state.fault is None:
            return
        self.cancel()
        self.page.clear()
        self._become(DossierState(decision_id=decision_id, loading=True, sheet=self._state.sheet))
        self._ask(decision_id)

    def again(self) -> None:
        """Try again what went wrong."""
        self._become(replace(self._state, fault=None))
        self._retry()

    def turn(self, sheet: Sheet) -> None:
        """Show another sheet."""
        self._become(replace(self._state, sheet=sheet))

    def replay(self) -> None:
        """Compute the decision again from its own sealed inputs and compare every byte."""
        decision_id = DecisionId(self._state.decision_id)
        if not decision_id or self._state.replaying or self._state.loading:
            return
        self._retry = self.replay
        self._become(replace(self._state, replaying=True, step=None, replayed=None, fault=None))

        def work(engine: EngineApi, progress: Progress) -> ReplayReport:
            return engine.replay(decision_id, progress)

        self._task = self._runner.act(
            work,
            self._replayed,
            lambda error: self._not_replayed(decision_id, error),
            lambda step: self._stepped(decision_id, step),
        )

    def cancel(self) -> None:
        """Stop a replay."""
        if self._task is not None:
            self._task.cancel()

    def export(self, path: str, kind: str = "") -> None:
        """Write the decision to a file, in the form that its name asks for."""
        decision_id = DecisionId(self._state.decision_id)
        if not path or not decision_id:
            return
        target = named_path(path, kind)
        self._retry = lambda: self.export(path, kind)
        self._become(replace(self._state, exported=None, fault=None))

        def work(engine: EngineApi, _: Progress) -> str:
            form = form_of(target)
            self._write(target, engine.report(decision_id, form))
            return str(target)

        self._runner.act(
            work,
            lambda written: self._exported(decision_id, written),
            lambda error: self._failed(decision_id, error, say.NOT_EXPORTED),
        )

    def dismiss(self) -> None:
        """Put the error and the results away."""
        self._become(replace(self._state, fault=None, replayed=None, exported=None))

    def _ask(self, decision_id: str) -> None:
        self._retry = lambda: self._ask(decision_id)
        self._runner.ask(
            "audit dossier",
            lambda engine, _: engine.dossier(DecisionId(decision_id)),
            self._opened,
            lambda error: self._failed(DecisionId(decision_id), error, say.NOT_OPENED),
        )

    def _opened(self, dossier: DecisionDossier) -> None:
        decision = dossier.decision
        if decision.decision_id != self._state.decision_id:
            return
        if self.page.state.decision != decision:
            self.page.show(decision, dossier.response)
        self._become(
            replace(
                self._state,
                loading=False,
                title=say.HEADING.format(patient=decision.record.name, indication=decision.indication_title),
                timeline=timeline_of(dossier),
                record=record_lines(
                    decision.record, self._titles(), decision.decided_at.date(), provenance=True
                ),
                versions=versions_of(dossier),
                suggested=f"{decision.decision_id}.html",
            )
        )

    def _stepped(self, decision_id: DecisionId, step: Step) -> None:
        if self._state.replaying and decision_id == self._state.decision_id:
            self._become(replace(self._state, step=step))

    def _replayed(self, report: ReplayReport) -> None:
        if report.decision_id == self._state.decision_id:
            self._become(replace(self._state, replaying=False, step=None, replayed=result_of(report)))
            self._ask(report.decision_id)

    def _not_replayed(self, decision_id: DecisionId, error: WhyRxError) -> None:
        if decision_id != self._state.decision_id:
            return
        self._become(replace(self._state, replaying=False, step=None))
        if not isinstance(error, Cancelled):
            self._failed(decision_id, error, say.NOT_REPLAYED)

    def _exported(self, decision_id: DecisionId, written: str) -> None:
        if decision_id == self._state.decision_id:
            done = Result(tone=Tone.CLEAR, sentence=say.EXPORTED.format(path=written))
            self._become(replace(self._state, exported=done))
            self._ask(decision_id)

    def _failed(self, decision_id: DecisionId, error: WhyRxError, title: str) -> None:
        if decision_id == self._state.decision_id:
            self._become(replace(self._state, loading=False, fault=explain(error, title)))


def result_of(report: ReplayReport) -> Result:
    """Put a replay into plain words."""
    if report.result is ReplayResult.IDENTICAL:
        return Result(
            tone=Tone.CLEAR,
            sentence=say.IDENTICAL.format(bytes=f"{report.recorded_bytes:,}"),
            notes=(say.IDENTICAL_NOTE.format(hash=grouped(report.recorded_hash)),),
        )
    count = len(report.differences)
    return Result(
        tone=Tone.CONTRAINDICATED,
        sentence=say.DIFFERS_ONE if count == 1 else say.DIFFERS.format(count=count),
        notes=(
            say.DIFFERS_NEXT,
            say.DIFFERS_NOTE.format(
                recorded=grouped(report.recorded_hash),
                replayed=grouped(report.replayed_hash),
                bytes=f"{report.recorded_bytes:,}",
            ),
        ),
        lines=tuple(
            Line(text=difference, tone=Tone.CONTRAINDICATED, word=say.DIFFERENCES)
            for difference in report.differences
        ),
    )
