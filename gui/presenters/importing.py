"""Importing files: progress, then what came in and what was not understood, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.domain.patient import Understanding
from engine.domain.replies import ImportReport
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import patients as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.lines import Line, line_of_entry
from gui.presenters.session import Session
from gui.tasks import Step, Task, TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import brought, in words."""

    heading: str
    added: str
    flags: tuple[str, ...]
    loud_heading: str
    loud: tuple[Line, ...]
    quiet_heading: str
    quiet: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportingState:
    """What the import panel shows; all empty, there is no panel."""

    running: str = ""
    step: Step | None = None
    report: Imported | None = None
    fault: Fault | None = None


class Importing(Presenter[ImportingState]):
    """Imports files of one patient and opens the patient."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session) -> None:
        super().__init__(ImportingState())
        self._runner = runner
        self._changes = changes
        self._session = session
        self._task: Task | None = None
        self._paths: tuple[str, ...] = ()

    def take(self, paths: tuple[str, ...]) -> None:
        """Import these files, all or nothing; they must speak of one person."""
        if not paths or self._state.running:
            return
        self._paths = paths
        names = _names(paths)
        self._become(ImportingState(running=say.IMPORTING.format(names=names)))
        self._task = self._runner.act(
            lambda engine, progress: engine.import_files(paths, progress),
            lambda report: self._done(names, report),
            lambda error: self._refused(names, error),
            self._stepped,
        )

    def again(self) -> None:
        """Try the same files again."""
        self.take(self._paths)

    def cancel(self) -> None:
        """Stop the import; nothing is kept."""
        if self._task is not None:
            self._task.cancel()

    def dismiss(self) -> None:
        """Put the panel away."""
        self._become(ImportingState())

    def _stepped(self, step: Step) -> None:
        if self._state.running:
            self._become(ImportingState(running=self._state.running, step=step))

    def _refused(self, names: str, error: WhyRxError) -> None:
        self._become(ImportingState(fault=explain(error, say.REFUSED.format(names=names))))

    def _done(self, names: str, report: ImportReport) -> None:
        self._become(ImportingState(report=imported(names, report)))
        self._session.open_patient(report.patient_id)
        self._changes.tell(Change.PATIENTS)


def imported(names: str, report: ImportReport) -> Imported:
    """Put an import report into words."""
    loud = [entry for entry in report.not_understood if entry.level is Understanding.LOUD]
    quiet = [entry for entry in report.not_understood if entry.level is Understanding.QUIET]
    parts = ", ".join(f"{count} {what}" for what, count in report.added if count) or say.NOTHING_ADDED
    return Imported(
        heading=say.IMPORTED.format(names=names, patient=report.name),
        added=say.ADDED.format(parts=parts) + ("" if report.not_understood else f" {say.ALL_UNDERSTOOD}"),
        flags=report.flags,
        loud_heading=_counted(len(loud), say.LOUD_ONE, say.LOUD),
        loud=tuple(line_of_entry(entry) for entry in loud),
        quiet_heading=_counted(len(quiet), say.QUIET_ONE, say.QUIET),
        quiet=tuple(line_of_entry(entry) for entry in quiet),
    )


def _counted(count: int, one: str, many: str) -> str:
    return "" if count == 0 else one if count == 1 else many.format(count=count)


def _names(paths: tuple[str, ...]) -> str:
    return ", ".join(Path(path).name for path in paths)
