"""The engine in this process: ``EngineApi`` over the real adapters."""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from engine import __version__
from engine.bootstrap.desk import Desk
from engine.bootstrap.fields import entry_fields
from engine.bootstrap.gate_calls import GateCalls
from engine.bootstrap.model_watch import ModelWatch
from engine.bootstrap.rule_calls import RuleCalls
from engine.bootstrap.screening import Row, ScreeningSetup, of_files, of_store, screen_panel
from engine.bootstrap.setup import EngineSetup
from engine.bootstrap.system import SystemClock, TimeOrderedIds
from engine.decision.counterfactuals import Counterfactual, counterfactuals
from engine.decision.ordering import eligible
from engine.domain.audit import AuditKind, AuditReport
from engine.domain.decision import Choice, Decision, DecisionRequest, ReasonCode, Response
from engine.domain.explanation import Explanation
from engine.domain.facts import Reading
from engine.domain.ids import DecisionId, IndicationId, ModelId, OptionId, PatientId, QuantityId
from engine.domain.information import InformationValue
from engine.domain.models import CONTROL
from engine.domain.pages import DecisionFilter, DecisionPage, PatientPage
from engine.domain.patient import PatientRecord, Statement
from engine.domain.replies import (
    DecisionDossier,
    EngineState,
    EngineStatus,
    EntryField,
    ExtractFormat,
    ExtractReport,
    ImportReport,
    ModelStatus,
    ReplayReport,
    ReportFormat,
)
from engine.domain.therapy import Indication
from engine.domain.why_not import WhyNot
from engine.errors import NotFound, WhyRxError
from engine.inference.crosscheck import CrosscheckedEngine
from engine.inference.crosscheck import open_engine as open_rule_engine
from engine.ports import Clock, IdFactory, Progress
from engine.store.wrapping import Stretching
from engine.terminology.alike import did_you_mean

_IMPORT_TICK = 0.02

#: What a window shows of a person at all times, in this order.
_OF_A_PERSON = tuple(map(QuantityId, ("age", "weight", "height", "bmi", "egfr", "crcl")))


class LocalEngine(GateCalls, RuleCalls):
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
        """Compose the floors, and load the demonstration where it is one."""
        super().__init__(setup, clock, ids, held, rules, stretching)
        if setup.demo:
            self._work.records.load_demonstration()

    @property
    def watch(self) -> ModelWatch:
        """Return what watches the model over the decisions recorded here."""
        pack = self._shelf.current(self._clock.now().date())
        return ModelWatch(self._store, self._floors.ranker, self._floors.facts(pack))

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
        with suppress(WhyRxError):  # what a rule cannot is told by the assessment that needs it
            self._floors.assessor.warm(self._shelf.current(self._clock.now().date()))
        yield
        for indication in self.indications():
            if indication.model is None:
                continue
            levels = [option.model_level for option in indication.options]
            with suppress(WhyRxError):
                often_unknown = ranker.warm(indication.model)
                yield
                for lacking in often_unknown:
                    for level in levels:
                        if level is not None:
                            explainer.warm(indication.model, [level], [lacking])
                            yield
        # Packs, models and libraries stay for good: a search for garbage among a million of their
        # objects would stop a recommendation for a tenth of a second, and find none.
        gc.collect()
        gc.freeze()

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
                found.append(self._floors.ranker.status(indication.model))
            except WhyRxError as error:
                broken.append(str(error))
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

    def negative_control(self, decision_id: DecisionId) -> tuple[Explanation, ...]:
        """Return how a model of shuffled outcomes would explain a decision's options; reading it is recorded.

        Raises:
            NotFound: no such decision, or no model scored its options by anything of the patient.
            ModelMissing: no control of that model is installed.
        """
        decision = self._store.decision(decision_id)
        model_id = decision.ranking.model_id
        if model_id is None or not decision.explanations:
            raise NotFound(
                "No model explained this decision, so there is nothing to hold a negative control against.",
                hint="Open a decision with attributions.",
            )
        options = eligible(decision.assessments)
        control = ModelId(f"{model_id}{CONTROL}")
        found, _ = self._floors.explainer.explain(control, decision.record, options, decision.decided_at)
        self._log(AuditKind.READ, decision_id, "negative control shown")
        return found

    def information(self, decision_id: DecisionId) -> tuple[InformationValue, ...]:
        """Return what each missing datum of a decision could change, the most valuable first."""
        return self._work.answers.information(decision_id)

    def counterfactuals(self, decision_id: DecisionId) -> tuple[Counterfactual, ...]:
        """Return the smallest changes of what can be changed that would change a decision's top option.

        Raises:
            NotFound: no such decision.
            RuleEngineFailed: the rules could not be evaluated.
        """
        decision = self._store.decision(decision_id)
        pack = self._shelf.archived(decision.versions.pack_hash, decision.decided_at.date())
        return counterfactuals(decision, partial(self._work.service.standing, decision, pack))

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

    def report(self, decision_id: DecisionId, form: ReportFormat) -> bytes:
        """Return the dossier written out; recorded as an export before it is handed over."""
        return self._work.exports.report(self._work.service.dossier(decision_id), form)

    def extract(self, path: str, form: ExtractFormat, progress: Progress) -> ExtractReport:
        """Write the audit log or all decisions to a file; recorded as an export before it is written."""
        return self._work.exports.extract(Path(path), form, progress)

    def screen(
        self, indication_id: IndicationId, files: Sequence[Path], processes: int, progress: Progress
    ) -> Iterator[Row]:
        """Yield the verdicts of a panel by rules alone, patient by patient; recorded before the first.

        Nothing is stored of any patient, and no decision is made: a screening finds those to look at.

        Args:
            indication_id: what for.
            files: one a patient; all patients of the database where there are none.
            processes: how many to screen with.
            progress: told after every batch.

        Raises:
            NotFound: the pack has no such indication.
            PackAltered: the rules on disk are not those in use.
            EngineUnavailable: a screening process was lost.
        """
        self._shelf.on_disk()
        now = self._clock.now()
        pack = self._shelf.current(now.date())
        if indication_id not in pack.indications:
            raise NotFound(
                f"the rule pack {pack.title} has no indication {indication_id!r}.",
                hint=did_you_mean(indication_id, sorted(pack.indications)),
            )
        total = len(files) or self._store.patients("", "", 1).total
        among = "files" if files else "patients of the database"
        self._log(AuditKind.SCREENED, indication_id, f"{total} {among}, pack {pack.pack_hash[:12]}")
        setup = ScreeningSetup(
            rulesets=tuple(map(str, self._setup.rulesets)),
            jurisdiction=self._setup.jurisdiction,
            indication=indication_id,
            as_of=now,
        )
        batches = of_files(files) if files else of_store(self._store)
        done = 0
        for rows in screen_panel(setup, batches, pack.pack_hash, processes):
            done += len(rows)
            progress.step(done, total, "screening")
            yield from rows


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
