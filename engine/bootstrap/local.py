"""The engine in this process: ``EngineApi`` over the real adapters."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from engine import __version__
from engine.api import (
    DecisionDossier,
    EngineState,
    EngineStatus,
    EntryField,
    ImportReport,
    ModelStatus,
    ReplayReport,
    ReportFormat,
    RuleFile,
    RuleText,
    RuleView,
)
from engine.bootstrap.desk import Desk
from engine.bootstrap.door import Door
from engine.bootstrap.fields import entry_fields
from engine.bootstrap.floors import Floors, Workroom
from engine.bootstrap.gated import Gated
from engine.bootstrap.packs import PackShelf
from engine.bootstrap.setup import EngineSetup
from engine.bootstrap.system import SystemClock, TimeOrderedIds
from engine.domain.audit import AuditEvent, AuditKind, AuditReport
from engine.domain.decision import Choice, Decision, DecisionRequest, ReasonCode, Response
from engine.domain.diagnostics import CaseReport, Diagnostic
from engine.domain.facts import Reading
from engine.domain.ids import DecisionId, IndicationId, OptionId, PatientId, QuantityId, RuleId
from engine.domain.information import InformationValue
from engine.domain.pages import DecisionFilter, DecisionPage, Draft, PatientPage
from engine.domain.patient import PatientRecord, Statement
from engine.domain.therapy import Indication
from engine.domain.why_not import WhyNot
from engine.errors import Locked, WhyRxError
from engine.inference.crosscheck import CrosscheckedEngine
from engine.inference.crosscheck import open_engine as open_rule_engine
from engine.knowledge import browse
from engine.ports import Clock, IdFactory, Progress
from engine.ranking.features import OFTEN_UNKNOWN
from engine.ranking.rendering import card_text
from engine.report.forms import written
from engine.store.sqlite_store import SqliteStore
from engine.store.wrapping import Stretching

_IMPORT_TICK = 0.02

#: What a window shows of a person at all times, in this order.
_OF_A_PERSON = tuple(map(QuantityId, ("age", "weight", "height", "bmi", "egfr", "crcl")))


class LocalEngine(Gated):
    """Everything WhyRx does, on one thread: the database connection belongs to it."""

    def __init__(
        self,
        setup: EngineSetup,
        clock: Clock,
        ids: IdFactory,
        held: ExitStack,
        rules: CrosscheckedEngine,
        stretching: Stretching | None = None,
    ) -> None:
        """Compose the floors; ``held`` closes what was opened, in reverse."""
        self._setup = setup
        self._clock = clock
        self._held = held
        super().__init__(Door(setup, clock, stretching))
        held.callback(self.door.close)
        self._rules = rules
        self._floors = Floors(setup, clock, ids, rules, lambda: self.door.store)
        self._problems = self._rules.warm()
        self._room: Workroom | None = None
        if setup.demo:
            self._work.records.load_demonstration()

    @property
    def _work(self) -> Workroom:
        """Return what works on the open database, made anew for whoever signs in.

        Raises:
            Locked: nobody is signed in.
        """
        store = self.door.store
        if self._room is None or self._room.store is not store:
            self._room = self._floors.work(store)
        return self._room

    @property
    def _store(self) -> SqliteStore:
        return self.door.store

    @property
    def _shelf(self) -> PackShelf:
        return self._floors.shelf

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database and end the worker processes."""
        self.close()

    def close(self) -> None:
        """Close the database and end the worker processes."""
        self._held.close()

    def warm_up(self) -> Iterator[None]:
        """Load what the first recommendation needs, one step at a time, so that calls come between.

        Importing XGBoost takes seconds, and so happens on a thread of its own. A model that cannot
        be loaded is told by ``status`` and withheld by ``recommend``.
        """
        importing = threading.Thread(target=_import_model_libraries, name="whyrx-imports", daemon=True)
        importing.start()
        while importing.is_alive():
            importing.join(_IMPORT_TICK)
            yield
        ranker, explainer = self._floors.ranker, self._floors.explainer
        for indication in self.indications():
            if indication.model is None:
                continue
            levels = [option.model_level for option in indication.options]
            with suppress(WhyRxError):
                ranker.warm(indication.model)
                yield
                for lacking in OFTEN_UNKNOWN:
                    for level in levels:
                        if level is not None:
                            explainer.warm(indication.model, [level], [lacking])
                            yield

    def status(self) -> EngineStatus:
        """Return what runs, and what on disk is no longer what runs."""
        problems = list(self._problems)
        try:
            self._shelf.on_disk()
        except WhyRxError as error:
            problems.append(str(error))
        models, broken = self._models()
        problems += broken
        pack = self._shelf.current(self._clock.now().date())
        return EngineStatus(
            state=EngineState.DEGRADED if problems else EngineState.READY,
            problems=tuple(problems),
            whyrx=__version__,
            pack_title=pack.title,
            pack_version=pack.version,
            pack_hash=pack.pack_hash,
            pack_status=pack.status,
            rules=len(pack.rules),
            rule_engine=self._rules.name,
            models=models,
            database=str(self._setup.database),
            demo=self._setup.demo,
            jurisdiction=self._setup.jurisdiction,
            user=self.door.user or self._setup.user,
        )

    @property
    def desk(self) -> Desk:
        """Return what administrators, auditors and approvers do with the open database."""
        return Desk(self._store, self._work.service, self._floors, self.door)

    def rest(self) -> None:
        """Lock the database if it has not been used for too long; called while nobody asks."""
        with suppress(Locked):
            self.door.lock_if_idle()
        if self.door.session is None:
            self._room = None

    def failed(self, what: str, fault: str) -> None:
        """Note a fault of WhyRx in the log, as far as there is one to write to."""
        with suppress(WhyRxError):
            self._log(AuditKind.FAILURE, "engine", f"{what} failed: {fault}")

    def _models(self) -> tuple[tuple[ModelStatus, ...], list[str]]:
        found: list[ModelStatus] = []
        broken: list[str] = []
        for indication in self.indications():
            if indication.model is None:
                continue
            try:
                card = self._floors.ranker.card(indication.model)
                content = self._floors.ranker.hash_of(indication.model)
            except WhyRxError as error:
                broken.append(str(error))
                continue
            found.append(
                ModelStatus(
                    model_id=indication.model,
                    title=card.title,
                    model_hash=content,
                    trained_on=card.label,
                    card=card_text(card),
                )
            )
        return tuple(found), broken

    def import_files(self, paths: tuple[str, ...], progress: Progress) -> ImportReport:
        """Import files that speak of one and the same person, all or nothing."""
        return self._work.records.import_files(tuple(Path(path) for path in paths), progress)

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients whose name or id contains the text."""
        return self._store.patients(text, after, limit)

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return a patient's record as it stands; the reading of it is recorded."""
        record = self._store.record(patient_id)
        self._log(AuditKind.READ, patient_id, "record read")
        return record

    def readings(self, patient_id: PatientId) -> tuple[Reading, ...]:
        """Return what can be measured or computed of a patient today; the reading of it is recorded."""
        now = self._clock.now()
        pack = self._shelf.current(now.date())
        wanted = [quantity for quantity in _OF_A_PERSON if quantity in pack.vocabulary.quantities]
        base = self._floors.facts(pack).assemble(self._store.record(patient_id), (), wanted, now)
        self._log(AuditKind.READ, patient_id, "readings read")
        return base.readings

    def enter(self, patient_id: PatientId, statement: Statement) -> PatientRecord:
        """Add a datum to a record."""
        return self._work.records.enter(patient_id, statement)

    def entry_fields(self) -> tuple[EntryField, ...]:
        """Return how each quantity, state, list and gene is entered."""
        return entry_fields(self._shelf.current(self._clock.now().date()).vocabulary)

    def indications(self) -> tuple[Indication, ...]:
        """Return the indications of the pack in use."""
        pack = self._shelf.current(self._clock.now().date())
        return tuple(pack.indications.values())

    def recommend(self, patient_id: PatientId, indication_id: IndicationId, progress: Progress) -> Decision:
        """Assess, order, explain and record; what is returned is already in the database."""
        self._shelf.on_disk()
        request = DecisionRequest(
            patient_id=patient_id,
            indication_id=indication_id,
            jurisdiction=self._setup.jurisdiction,
            requested_by=self._store.session.user,
        )
        return self._work.service.recommend(request, progress)

    def respond(
        self,
        decision_id: DecisionId,
        option_id: OptionId,
        choice: Choice,
        reason: ReasonCode | None,
        text: str,
    ) -> Response:
        """Record the clinician's choice."""
        return self._work.service.respond(
            decision_id, option_id, choice, reason, text, self._store.session.user
        )

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first."""
        return self._store.decisions(filters, after, limit)

    def dossier(self, decision_id: DecisionId) -> DecisionDossier:
        """Return one decision with its response and events; the reading of it is recorded."""
        found = self._work.service.dossier(decision_id)
        self._log(AuditKind.READ, decision_id, "decision read")
        return found

    def replay(self, decision_id: DecisionId, progress: Progress) -> ReplayReport:
        """Compute a decision again from its own sealed inputs, pack and model."""
        return self._work.service.replay(decision_id, self._store.session.user, progress)

    def why_not(self, decision_id: DecisionId, option_id: OptionId) -> WhyNot:
        """Return every rule that speaks of an option and did not fire, with what it failed by."""
        return self._work.answers.why_not(decision_id, option_id)

    def information(self, decision_id: DecisionId) -> tuple[InformationValue, ...]:
        """Return what each missing datum of a decision could change, the most valuable first."""
        return self._work.answers.information(decision_id)

    def verify(self, progress: Progress) -> AuditReport:
        """Verify the audit chain and everything it speaks of."""
        return self.verify_deeply(progress, thorough=True)

    def verify_deeply(self, progress: Progress, *, thorough: bool) -> AuditReport:
        """Verify the audit chain and what it speaks of; thoroughly, all contents are read again."""
        progress.step(0, 1, "verifying the audit chain")
        report = self._store.verify(thorough=thorough)
        said = f"{len(report.problems)} problems" if report.problems else "whole"
        self._log(AuditKind.VERIFIED, "chain", f"{report.events} events, {said}")
        progress.step(1, 1, "verified")
        return report

    def report(self, decision_id: DecisionId, form: ReportFormat) -> str:
        """Return the dossier written out; recorded as an export before it is handed over."""
        text = written(self._work.service.dossier(decision_id), form, self._store.decision_bytes(decision_id))
        self._log(AuditKind.EXPORT, decision_id, f"written out as {form.value}")
        return text

    def rule_files(self) -> tuple[RuleFile, ...]:
        """Return the files of the pack in use."""
        return self._work.drafts.rule_files()

    def rule(self, rule_id: RuleId) -> RuleView:
        """Return one rule of the pack in use, to be read."""
        return browse.rule_view(self._shelf.current(self._clock.now().date()), rule_id)

    def rule_text(self, path: str) -> RuleText:
        """Return a rule file of the pack in use, with the user's draft of it."""
        return self._work.drafts.rule_text(path)

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Check the whole pack as if the file had this text; nothing is stored."""
        return self._work.drafts.diagnose(path, text)

    def save_draft(self, path: str, text: str) -> Draft:
        """Keep a draft; the pack in use is untouched."""
        return self._work.drafts.save(path, text)

    def discard_draft(self, path: str) -> None:
        """Forget the draft."""
        self._work.drafts.discard(path)

    def run_cases(self, path: str, text: str | None, progress: Progress) -> CaseReport:
        """Run the cases that stand beside a file."""
        return self._work.drafts.run_cases(path, text, progress)

    def _log(self, kind: AuditKind, subject: str, detail: str) -> None:
        self._store.append_event(
            AuditEvent(
                kind=kind,
                subject=subject,
                by=self._store.session.user,
                at=self._clock.now(),
                detail=detail,
            )
        )


def open_engine(
    setup: EngineSetup,
    clock: Clock | None = None,
    ids: IdFactory | None = None,
    rules: CrosscheckedEngine | None = None,
    stretching: Stretching | None = None,
) -> LocalEngine:
    """Open an engine; close it when done, or use it as a context manager.

    Args:
        setup: paths, site and user.
        clock: the time; the system's where None.
        ids: new identifiers; ordered by that time where None.
        rules: the rule engine, which is closed with the rest; WhyRx's own where None.
        stretching: what a guess of a passphrase costs; as recommended where None.

    Raises:
        StoreUnavailable: the database cannot be opened.
        SchemaTooNew: a newer WhyRx wrote it.
        PackAltered: a rule file differs from its seal.
        PackRejected: the rule pack has an error.
    """
    time = clock or SystemClock()
    held = ExitStack()
    try:
        engine = rules or open_rule_engine()
        held.callback(engine.close)
        return LocalEngine(setup, time, ids or TimeOrderedIds(time), held, engine, stretching)
    except BaseException:
        held.close()
        raise


def _import_model_libraries() -> None:
    """Import what ranking and explaining import when first asked."""
    for name in ("xgboost", "sklearn.linear_model", "lime.lime_base"):
        importlib.import_module(name)
