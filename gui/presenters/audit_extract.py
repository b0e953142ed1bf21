"""Writing out the audit log and the list of decisions: in which form, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from engine.api import EngineApi
from engine.domain.replies import ExtractFormat, ExtractReport
from engine.errors import Cancelled, InputError, WhyRxError
from engine.ports import Progress
from gui.faults import Fault, explain
from gui.messages import audit as say
from gui.presenters.audit_dossier import Result
from gui.presenters.audit_lines import grouped
from gui.presenters.base import Presenter
from gui.presenters.tones import Tone
from gui.tasks import TaskRunner

#: By the words of the file dialog: the form, and how its name ends.
FORMS = {
    say.EXTRACT_LOG: (ExtractFormat.LOG, ".log.jsonl"),
    say.EXTRACT_LOG_CSV: (ExtractFormat.LOG_CSV, ".log.csv"),
    say.EXTRACT_LOG_FHIR: (ExtractFormat.LOG_FHIR, ".fhir.jsonl"),
    say.EXTRACT_DECISIONS: (ExtractFormat.DECISIONS_CSV, ".decisions.csv"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractState:
    """What is shown of writing out."""

    writing: bool = False
    written: Result | None = None
    fault: Fault | None = None


class Extracts(Presenter[ExtractState]):
    """Asks the engine to write a file, and tells what came of it."""

    def __init__(self, runner: TaskRunner) -> None:
        super().__init__(ExtractState())
        self._runner = runner
        self._last = ("", "")

    def export(self, path: str, kind: str = "") -> None:
        """Write the file that a dialog named, in the form its name asks for, or else the kind chosen."""
        if not path or self._state.writing:
            return
        self._last = (path, kind)
        self._become(ExtractState(writing=True))

        def work(engine: EngineApi, progress: Progress) -> ExtractReport:
            target, form = asked_for(path, kind)
            return engine.extract(str(target), form, progress)

        self._runner.act(work, self._written, self._not_written)

    def again(self) -> None:
        """Try again what went wrong."""
        self.export(*self._last)

    def dismiss(self) -> None:
        """Put the error and the result away."""
        self._become(replace(self._state, written=None, fault=None))

    def _written(self, report: ExtractReport) -> None:
        rows = say.EXTRACTED.format(rows=f"{report.rows:,}", path=report.path)
        note = say.EXTRACTED_HASH.format(hash=grouped(report.content))
        self._become(ExtractState(written=Result(tone=Tone.CLEAR, sentence=rows, notes=(note,))))

    def _not_written(self, error: WhyRxError) -> None:
        fault = None if isinstance(error, Cancelled) else explain(error, say.NOT_EXPORTED)
        self._become(ExtractState(fault=fault))


def kinds() -> str:
    """Return the forms as a file dialog lists them."""
    return ";;".join(FORMS)


def asked_for(path: str, kind: str) -> tuple[Path, ExtractFormat]:
    """Return the path with an end, and the form that it asks for.

    Raises:
        InputError: neither its end nor the kind names a form.
    """
    wanted = Path(path)
    name = wanted.name.casefold()
    for form, end in FORMS.values():
        if name.endswith(end):
            return wanted, form
    if kind not in FORMS:
        raise InputError(say.SUFFIX.format(name=wanted.name), hint=say.EXTRACT_HINT, place=path)
    form, end = FORMS[kind]
    last = f".{end.rpartition('.')[2]}"
    stem = wanted.name[: -len(last)] if name.endswith(last) else wanted.name
    return wanted.with_name(stem + end), form
