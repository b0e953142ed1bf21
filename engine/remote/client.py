"""The window's side: an ``EngineApi`` that forwards each call to the engine's process."""

from __future__ import annotations

import contextlib
import itertools
import queue
import subprocess
import threading
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from engine import errors
from engine.domain.access import Access
from engine.domain.audit import AuditReport
from engine.domain.decision import Choice, Decision, ReasonCode, Response
from engine.domain.diagnostics import CaseReport, Diagnostic
from engine.domain.explanation import Explanation
from engine.domain.facts import Reading
from engine.domain.forms import FormLanguage, FormNode, RuleForm
from engine.domain.ids import DecisionId, IndicationId, OptionId, PatientId, RuleId
from engine.domain.information import InformationValue
from engine.domain.pages import DecisionFilter, DecisionPage, Draft, PatientPage
from engine.domain.patient import PatientRecord, Statement
from engine.domain.replies import (
    DecisionDossier,
    EngineStatus,
    EntryField,
    ExtractFormat,
    ExtractReport,
    ImportReport,
    ReplayReport,
    ReportFormat,
    RuleFile,
    RulesReloaded,
    RuleText,
    RuleView,
)
from engine.domain.therapy import Indication
from engine.domain.why_not import WhyNot
from engine.errors import Cancelled, EngineUnavailable, WhyRxError
from engine.pipes import read_frame, write_frame
from engine.ports import Progress
from engine.remote.messages import Answer, Call, Cancel, Failure, FromEngine, FromWindow, Step

_Result = TypeVar("_Result")
_PATIENCE = 0.05
_FAREWELL = 5.0


class _NoProgress:
    """Progress nobody looks at."""

    def step(self, done: int, total: int, what: str) -> None:
        """Ignore the step."""


class RemoteEngine:
    """The engine in another process; any thread may call it, calls are answered in turn."""

    def __init__(self, command: Sequence[str], environment: dict[str, str] | None = None) -> None:
        """Start the engine's process; it builds itself while the window is already up."""
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.Queue[FromEngine | None]] = {}
        self._lock = threading.Lock()
        self._ended = False
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            # Ctrl-C goes to all that a terminal started; it is the window's to answer, by closing the pipe.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._reader = threading.Thread(target=self._read, name="whyrx-answers", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Let the engine finish its call and end; kill it if it does not."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(_FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_FAREWELL)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        stream = self._process.stdout
        with contextlib.suppress(OSError, ValueError, EOFError, WhyRxError, msgspec.MsgspecError):
            while stream is not None and (frame := read_frame(stream)) is not None:
                message: FromEngine = msgspec.json.decode(frame, type=FromEngine)
                with self._lock:
                    waiting = self._waiting.get(message.number)
                if waiting is not None:
                    waiting.put(message)
        with self._lock:
            self._ended = True
            for waiting in self._waiting.values():
                waiting.put(None)

    def _send(self, message: FromWindow) -> None:
        stream = self._process.stdin
        try:
            with self._lock:
                if self._ended or stream is None:
                    raise _ended()
                write_frame(stream, msgspec.json.encode(message))
        except (OSError, ValueError) as error:
            raise _ended() from error

    def _ask(
        self, result: type[_Result], method: str, *arguments: object, progress: Progress | None = None
    ) -> _Result:
        number = next(self._numbers)
        answers: queue.Queue[FromEngine | None] = queue.Queue()
        with self._lock:
            self._waiting[number] = answers
        try:
            raw = msgspec.Raw(msgspec.json.encode(arguments))
            self._send(Call(number=number, method=method, arguments=raw))
            return self._await(number, answers, result, progress or _NoProgress())
        finally:
            with self._lock:
                del self._waiting[number]

    def _await(
        self,
        number: int,
        answers: queue.Queue[FromEngine | None],
        result: type[_Result],
        progress: Progress,
    ) -> _Result:
        last = Step(number=number, done=0, total=0, what="waiting")
        asked_to_stop = False
        while True:
            try:
                message = answers.get(timeout=_PATIENCE)
            except queue.Empty:
                message = last
            match message:
                case None:
                    raise _ended()
                case Answer(result=raw):
                    return msgspec.json.decode(raw, type=result)
                case Failure():
                    raise _error_of(message)
                case Step():
                    last = message
                    if not asked_to_stop:
                        try:
                            progress.step(message.done, message.total, message.what)
                        except Cancelled:
                            asked_to_stop = True
                            self._send(Cancel(number=number))

    def status(self) -> EngineStatus:
        """Return what runs."""
        return self._ask(EngineStatus, "status")

    def access(self) -> Access:
        """Return whether the database is open, and to whom."""
        return self._ask(Access, "access")

    def create_database(self, name: str, passphrase: str) -> Access:
        """Make the database with its first administrator."""
        return self._ask(Access, "create_database", name, passphrase)

    def sign_in(self, name: str, passphrase: str | None) -> Access:
        """Open the database for a user."""
        return self._ask(Access, "sign_in", name, passphrase)

    def lock(self) -> Access:
        """Sign out."""
        return self._ask(Access, "lock")

    def stay_awake(self) -> Access:
        """Count as use of the database."""
        return self._ask(Access, "stay_awake")

    def break_glass(self, reason: str) -> Access:
        """Give a clinician's rights for the rest of the session, for a reason."""
        return self._ask(Access, "break_glass", reason)

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the passphrase of the one signed in."""
        self._ask(type(None), "change_passphrase", old, new)

    def import_files(self, paths: tuple[str, ...], progress: Progress) -> ImportReport:
        """Import files that speak of one and the same person."""
        return self._ask(ImportReport, "import_files", paths, progress=progress)

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients whose name or id contains the text."""
        return self._ask(PatientPage, "patients", text, after, limit)

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return a patient's record as it stands."""
        return self._ask(PatientRecord, "record", patient_id)

    def readings(self, patient_id: PatientId) -> tuple[Reading, ...]:
        """Return what can be measured or computed of a patient today."""
        return self._ask(tuple[Reading, ...], "readings", patient_id)

    def enter(self, patient_id: PatientId, statement: Statement) -> PatientRecord:
        """Add a datum to a record."""
        return self._ask(PatientRecord, "enter", patient_id, statement)

    def entry_fields(self) -> tuple[EntryField, ...]:
        """Return how each missing datum is entered."""
        return self._ask(tuple[EntryField, ...], "entry_fields")

    def indications(self) -> tuple[Indication, ...]:
        """Return the indications of the pack in use."""
        return self._ask(tuple[Indication, ...], "indications")

    def recommend(self, patient_id: PatientId, indication_id: IndicationId, progress: Progress) -> Decision:
        """Assess, order, explain and record."""
        return self._ask(Decision, "recommend", patient_id, indication_id, progress=progress)

    def respond(
        self,
        decision_id: DecisionId,
        option_id: OptionId,
        choice: Choice,
        reason: ReasonCode | None,
        text: str,
    ) -> Response:
        """Record the clinician's choice."""
        return self._ask(Response, "respond", decision_id, option_id, choice, reason, text)

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first."""
        return self._ask(DecisionPage, "decisions", filters, after, limit)

    def dossier(self, decision_id: DecisionId) -> DecisionDossier:
        """Return one decision with its response and events."""
        return self._ask(DecisionDossier, "dossier", decision_id)

    def replay(self, decision_id: DecisionId, progress: Progress) -> ReplayReport:
        """Compute a decision again from its own sealed inputs."""
        return self._ask(ReplayReport, "replay", decision_id, progress=progress)

    def why_not(self, decision_id: DecisionId, option_id: OptionId) -> WhyNot:
        """Return every rule that speaks of an option and did not fire."""
        return self._ask(WhyNot, "why_not", decision_id, option_id)

    def negative_control(self, decision_id: DecisionId) -> tuple[Explanation, ...]:
        """Return how a model of shuffled outcomes would explain a decision's options."""
        return self._ask(tuple[Explanation, ...], "negative_control", decision_id)

    def information(self, decision_id: DecisionId) -> tuple[InformationValue, ...]:
        """Return what each missing datum of a decision could change."""
        return self._ask(tuple[InformationValue, ...], "information", decision_id)

    def verify(self, progress: Progress) -> AuditReport:
        """Verify the audit chain and everything it speaks of."""
        return self._ask(AuditReport, "verify", progress=progress)

    def report(self, decision_id: DecisionId, form: ReportFormat) -> bytes:
        """Return the dossier written out."""
        return self._ask(bytes, "report", decision_id, form)

    def extract(self, path: str, form: ExtractFormat, progress: Progress) -> ExtractReport:
        """Write the audit log or all decisions to a file."""
        return self._ask(ExtractReport, "extract", path, form, progress=progress)

    def reload_rules(self) -> RulesReloaded:
        """Put the rules on disk in use."""
        return self._ask(RulesReloaded, "reload_rules")

    def rule_files(self) -> tuple[RuleFile, ...]:
        """Return the files of the pack in use."""
        return self._ask(tuple[RuleFile, ...], "rule_files")

    def rule(self, rule_id: RuleId) -> RuleView:
        """Return one rule of the pack in use."""
        return self._ask(RuleView, "rule", rule_id)

    def rule_text(self, path: str) -> RuleText:
        """Return a rule file with the user's draft of it."""
        return self._ask(RuleText, "rule_text", path)

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Check the whole pack as if the file had this text."""
        return self._ask(tuple[Diagnostic, ...], "diagnose", path, text)

    def save_draft(self, path: str, text: str) -> Draft:
        """Keep a draft."""
        return self._ask(Draft, "save_draft", path, text)

    def discard_draft(self, path: str) -> None:
        """Forget the draft."""
        self._ask(type(None), "discard_draft", path)

    def form_language(self) -> FormLanguage:
        """Return what the form of a rule may hold."""
        return self._ask(FormLanguage, "form_language")

    def rule_form(self, path: str, text: str, rule_id: RuleId) -> RuleForm:
        """Return the tree of a rule, as if the file had this text."""
        return self._ask(RuleForm, "rule_form", path, text, rule_id)

    def with_rule_form(self, path: str, text: str, rule_id: RuleId, form: FormNode) -> str:
        """Return the text with one rule saying this tree."""
        return self._ask(str, "with_rule_form", path, text, rule_id, form)

    def drafted_rule(self, path: str, text: str, rule_id: RuleId) -> RuleView:
        """Return a rule to be read, as if the file had this text."""
        return self._ask(RuleView, "drafted_rule", path, text, rule_id)

    def run_cases(self, path: str, text: str | None, progress: Progress) -> CaseReport:
        """Run the cases that stand beside a file."""
        return self._ask(CaseReport, "run_cases", path, text, progress=progress)


def _ended() -> EngineUnavailable:
    return EngineUnavailable(
        "the engine has ended; nothing more can be assessed or recorded.",
        hint="What was recorded is safe. Close WhyRx and open it again.",
    )


def _error_of(failure: Failure) -> WhyRxError:
    found = getattr(errors, failure.error, errors.InternalError)
    kind = found if isinstance(found, type) and issubclass(found, WhyRxError) else errors.InternalError
    return kind(failure.message, hint=failure.hint, place=failure.place)
