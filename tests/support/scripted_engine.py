"""An engine that answers from a script: the seam at which the window is tested without a process.

It keeps what is entered, decided and chosen in memory, so that the window's own flows can be followed;
``fails`` makes any method raise, and ``script`` decides what is recommended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from builders import NOON, NURSE, a_decision, a_patient, an_option
from scripted_gate import ScriptedGate
from scripted_pack import ScriptedPack
from shipped_words import RULESETS

from engine.domain.audit import AuditEvent, AuditKind, AuditReport
from engine.domain.decision import Choice, Decision, ReasonCode, Response
from engine.domain.diagnostics import CaseReport, Diagnostic
from engine.domain.explanation import Explanation
from engine.domain.facts import Reading
from engine.domain.forms import FormLanguage, FormNode, RuleForm
from engine.domain.ids import (
    ConditionId,
    ContentHash,
    DecisionId,
    IndicationId,
    OptionId,
    PatientId,
    RuleId,
)
from engine.domain.information import InformationValue
from engine.domain.options import Verdict
from engine.domain.pages import (
    DecisionFilter,
    DecisionPage,
    DecisionRow,
    Draft,
    PatientPage,
    PatientRow,
)
from engine.domain.patient import (
    PatientRecord,
    Statement,
    StatementKind,
    Understanding,
)
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
    ReplayResult,
    ReportFormat,
    RuleFile,
    RulesReloaded,
    RuleText,
    RuleView,
)
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import Indication
from engine.domain.vocabulary import Conversion
from engine.domain.why_not import WhyNot
from engine.errors import EngineUnavailable, NotFound, WhyRxError
from engine.knowledge import form_tree
from engine.knowledge.form_language import form_language
from engine.knowledge.manifest import read_pack_files
from engine.ports import Progress

AF = IndicationId("atrial-fibrillation")
DOSE = IndicationId("warfarin-dose")
A_CARD = """# Warfarin starting dose band

Trained on 5,700 patients.

| metric | value |
|---|---|
| band accuracy | 0.71 |
"""

FIELDS = (
    EntryField(
        kind=StatementKind.QUANTITY,
        subject="weight",
        title="body weight",
        unit="kg",
        units=(Conversion(unit="[lb_av]", factor=Decimal("0.45359237")),),
        choices=(),
    ),
    EntryField(
        kind=StatementKind.STATE,
        subject="pregnant",
        title="pregnant",
        unit="",
        units=(),
        choices=("yes", "no"),
    ),
    EntryField(
        kind=StatementKind.LIST_REVIEWED,
        subject="allergies",
        title="list of allergies",
        unit="",
        units=(),
        choices=(),
    ),
    EntryField(
        kind=StatementKind.GENOTYPE,
        subject="CYP2C9",
        title="CYP2C9",
        unit="",
        units=(),
        choices=("*1/*1", "*1/*3"),
    ),
    EntryField(
        kind=StatementKind.DRUG_IDENTIFIED,
        subject="",
        title="drug",
        unit="",
        units=(),
        choices=("amiodarone", "ketoconazole"),
        choice_titles=("amiodarone", "ketoconazole (oral)"),
    ),
)

Script = Callable[[PatientRecord, IndicationId, str], Decision]


def unscripted(record: PatientRecord, indication_id: IndicationId, decision_id: str) -> Decision:
    decision = a_decision(decision_id, record)
    return replace(decision, request=replace(decision.request, indication_id=indication_id))


class ScriptedEngine(ScriptedGate):
    """An ``EngineApi`` over dictionaries."""

    def __init__(self, *records: PatientRecord, script: Script = unscripted) -> None:
        super().__init__()
        self.records = {record.patient_id: record for record in records}
        self.script = script
        self.decided: dict[DecisionId, Decision] = {}
        self.responses: dict[DecisionId, Response] = {}
        self.computed: dict[PatientId, tuple[Reading, ...]] = {}
        self.fails: dict[str, WhyRxError] = {}
        self.pack_hash = self.on_disk = ContentHash("cd" * 32)
        self.calls: list[tuple[object, ...]] = []
        self.entered: list[Statement] = []
        self.problems: tuple[str, ...] = ()
        self.steps: tuple[str, ...] = ()
        self.incoming: ImportReport | None = None
        self.silent: dict[OptionId, WhyNot] = {}
        self.worth: tuple[InformationValue, ...] = ()
        self.pack = ScriptedPack()
        self.events: list[AuditEvent] = []
        self.differences: tuple[str, ...] = ()
        self.chain_problems: tuple[str, ...] = ()

    def _called(self, name: str, *arguments: object) -> None:
        self.calls.append((name, *arguments))
        if name in self.fails:
            raise self.fails[name]

    def _report(self, progress: Progress) -> None:
        for done, what in enumerate(self.steps):
            progress.step(done, len(self.steps), what)

    def status(self) -> EngineStatus:
        """Return what runs."""
        self._called("status")
        return EngineStatus(
            state=EngineState.DEGRADED if self.problems else EngineState.READY,
            problems=self.problems,
            whyrx="0.1.0",
            pack_title="Starter pack",
            pack_version="2026.11.1",
            pack_hash=self.pack_hash,
            pack_status="starter, not clinically reviewed",
            rules=52,
            rule_engine="durable-rules 2.0.28 with reference evaluator",
            models=(
                ModelStatus(
                    model_id="warfarin-dose",
                    title="Warfarin starting dose band",
                    model_hash=ContentHash("ef" * 32),
                    trained_on="5,700 IWPC patients",
                    card=A_CARD,
                ),
            ),
            database="whyrx.sqlite",
            demo=False,
            jurisdiction=Jurisdiction.EU,
            user=NURSE,
        )

    def import_files(self, paths: tuple[str, ...], progress: Progress) -> ImportReport:
        """Bring in one more patient, whatever the files hold."""
        self._called("import_files", paths)
        self._report(progress)
        if self.incoming is not None:
            return self.incoming
        record = a_patient(f"pat-{len(self.records) + 1:04}", Path(paths[0]).stem)
        self.records[record.patient_id] = record
        return ImportReport(
            patient_id=record.patient_id,
            name=record.name,
            added=(("conditions", 1), ("medications", 2), ("allergies", 0)),
            not_understood=record.not_understood,
            flags=(),
        )

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients by name, after a key."""
        self._called("patients", text, after, limit)
        found = sorted(
            (
                record
                for record in self.records.values()
                if text.casefold() in record.name.casefold() or text in record.patient_id
            ),
            key=lambda record: (record.name, record.patient_id),
        )
        rest = [record for record in found if f"{record.name}|{record.patient_id}" > after]
        rows = tuple(self._row(record) for record in rest[:limit])
        last = f"{rest[limit - 1].name}|{rest[limit - 1].patient_id}" if len(rest) > limit else ""
        return PatientPage(rows=rows, next_after=last, total=len(found))

    def _row(self, record: PatientRecord) -> PatientRow:
        return PatientRow(
            patient_id=record.patient_id,
            name=record.name,
            birth_date=record.birth_date,
            sex=record.sex,
            changed_at=NOON,
            decisions=sum(
                decision.record.patient_id == record.patient_id for decision in self.decided.values()
            ),
            not_understood=sum(entry.level is Understanding.LOUD for entry in record.not_understood),
            synthetic=record.synthetic,
        )

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return a record."""
        self._called("record", patient_id)
        if patient_id not in self.records:
            raise NotFound(f"There is no patient {patient_id!r}.")
        return self.records[patient_id]

    def readings(self, patient_id: PatientId) -> tuple[Reading, ...]:
        """Return what the test says was computed."""
        self._called("readings", patient_id)
        return self.computed.get(patient_id, ())

    def enter(self, patient_id: PatientId, statement: Statement) -> PatientRecord:
        """Mark the record as changed."""
        self._called("enter", patient_id, statement)
        self.entered.append(statement)
        record = self.records[patient_id]
        newer = replace(record, flags=(*record.flags, f"{statement.subject} entered: {statement.value}"))
        self.records[patient_id] = newer
        return newer

    def entry_fields(self) -> tuple[EntryField, ...]:
        """Return one field of each kind."""
        self._called("entry_fields")
        return FIELDS

    def indications(self) -> tuple[Indication, ...]:
        """Return two indications, one of them suggested by atrial fibrillation."""
        self._called("indications")
        return (
            Indication(
                indication_id=DOSE,
                title="Warfarin starting dose band",
                question="Which weekly dose band?",
                options=(an_option("warfarin"),),
                model=None,
                no_model_reason="",
            ),
            Indication(
                indication_id=AF,
                title="Stroke prevention in atrial fibrillation",
                question="Which anticoagulant, if any?",
                options=(an_option("apixaban"),),
                model=None,
                no_model_reason="No model.",
                conditions=(ConditionId("atrial-fibrillation"),),
            ),
        )

    def recommend(self, patient_id: PatientId, indication_id: IndicationId, progress: Progress) -> Decision:
        """Return what the script says."""
        self._called("recommend", patient_id, indication_id)
        self._report(progress)
        decision = self.script(self.records[patient_id], indication_id, f"dec-{len(self.decided) + 1:04}")
        self.decided[decision.decision_id] = decision
        return decision

    def respond(
        self,
        decision_id: DecisionId,
        option_id: OptionId,
        choice: Choice,
        reason: ReasonCode | None,
        text: str,
    ) -> Response:
        """Keep a choice."""
        self._called("respond", decision_id, option_id, choice, reason, text)
        response = Response(
            decision_id=decision_id,
            option_id=option_id,
            choice=choice,
            reason=reason,
            text=text,
            by=NURSE,
            at=NOON,
        )
        self.responses[decision_id] = response
        return response

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first."""
        self._called("decisions", filters, after, limit)
        numbered = [
            (sequence, decision)
            for sequence, decision in enumerate(self.decided.values(), 1)
            if filters.patient_id in (None, decision.record.patient_id) and self._passes(filters, decision)
        ]
        wanted = [pair for pair in reversed(numbered) if not after or pair[0] < after]
        rows = tuple(self._decision_row(sequence, decision) for sequence, decision in wanted[:limit])
        more = rows[-1].sequence if len(wanted) > limit else 0
        return DecisionPage(rows=rows, next_after=more, total=len(numbered))

    def _passes(self, filters: DecisionFilter, decision: Decision) -> bool:
        response = self.responses.get(decision.decision_id)
        day = decision.decided_at.date()
        return (
            filters.indication_id in (None, decision.request.indication_id)
            and (filters.choice is None or (response is not None and response.choice is filters.choice))
            and not (filters.unanswered and response is not None)
            and filters.text.casefold() in decision.record.name.casefold()
            and (filters.since is None or day >= filters.since)
            and (filters.until is None or day <= filters.until)
        )

    def _decision_row(self, sequence: int, decision: Decision) -> DecisionRow:
        response = self.responses.get(decision.decision_id)
        return DecisionRow(
            sequence=sequence,
            decision_id=decision.decision_id,
            patient_id=decision.record.patient_id,
            patient_name=decision.record.name,
            indication_id=decision.request.indication_id,
            indication_title=decision.indication_title,
            decided_at=decision.decided_at,
            requested_by=decision.request.requested_by,
            first=", ".join(
                decision.assessed(ranked.option_id).option.title
                for ranked in decision.ranked
                if ranked.place == 1
            ),
            verdicts=tuple(
                (verdict, sum(item.verdict is verdict for item in decision.assessments))
                for verdict in Verdict
            ),
            choice=response.choice if response is not None else None,
            chosen=response.option_id if response is not None else "",
            reason=response.reason.value if response is not None and response.reason is not None else "",
            content=ContentHash("12" * 32),
        )

    def dossier(self, decision_id: DecisionId) -> DecisionDossier:
        """Return a decision with its response."""
        self._called("dossier", decision_id)
        return DecisionDossier(
            decision=self.decided[decision_id],
            content=ContentHash("12" * 32),
            response=self.responses.get(decision_id),
            events=tuple(event for event in self.events if event.subject == decision_id),
        )

    def replay(self, decision_id: DecisionId, progress: Progress) -> ReplayReport:
        """Find the decision identical, or with the differences of the script."""
        self._called("replay", decision_id)
        self._report(progress)
        same = not self.differences
        self.events.append(
            AuditEvent(
                kind=AuditKind.REPLAY,
                subject=decision_id,
                by=NURSE,
                at=NOON,
                detail="identical" if same else "different",
                content=ContentHash("12" * 32),
            )
        )
        return ReplayReport(
            decision_id=decision_id,
            result=ReplayResult.IDENTICAL if same else ReplayResult.DIFFERENT,
            recorded_bytes=14_203,
            recorded_hash=ContentHash("12" * 32),
            replayed_hash=ContentHash(("12" if same else "34") * 32),
            differences=self.differences,
        )

    def why_not(self, decision_id: DecisionId, option_id: OptionId) -> WhyNot:
        """Return what was scripted, else that no rule stayed silent."""
        self._called("why_not", decision_id, option_id)
        assessed = self.decided[decision_id].assessed(option_id)
        bare = WhyNot(
            decision_id=decision_id,
            option_id=option_id,
            option_title=assessed.option.title,
            verdict=assessed.verdict,
            fired=len(assessed.findings),
            near_misses=(),
            undecided=(),
            others=(),
        )
        return self.silent.get(option_id, bare)

    def negative_control(self, decision_id: DecisionId) -> tuple[Explanation, ...]:
        """Return the explanations of the decision with every share turned round, or fail as scripted."""
        self._called("negative_control", decision_id)
        return tuple(
            replace(
                each,
                lime=tuple(replace(share, contribution=-share.contribution) for share in each.lime),
                exact=tuple(replace(share, contribution=-share.contribution) for share in each.exact),
            )
            for each in self.decided[decision_id].explanations
        )

    def information(self, decision_id: DecisionId) -> tuple[InformationValue, ...]:
        """Return what was scripted, else nothing."""
        self._called("information", decision_id)
        return self.worth

    def verify(self, progress: Progress) -> AuditReport:
        """Find the chain whole, or with the problems of the script."""
        self._called("verify")
        self._report(progress)
        return AuditReport(
            events=3, decisions=len(self.decided), head="ab" * 32, problems=self.chain_problems
        )

    def report(self, decision_id: DecisionId, form: ReportFormat) -> bytes:
        """Return a line."""
        self._called("report", decision_id, form)
        return f"{decision_id} as {form.value}".encode()

    def extract(self, path: str, form: ExtractFormat, progress: Progress) -> ExtractReport:
        """Write a line."""
        self._called("extract", path, form)
        self._report(progress)
        size = Path(path).write_bytes(form.value.encode())
        return ExtractReport(path=path, form=form, rows=3, size=size, content=ContentHash("ab" * 32))

    def reload_rules(self) -> RulesReloaded:
        """Put in use what is said to lie on disk."""
        self._called("reload_rules")
        status = self.status()
        self.pack_hash = self.on_disk
        return RulesReloaded(
            title=status.pack_title,
            version=status.pack_version,
            rules=status.rules,
            before=status.pack_hash,
            after=self.pack_hash,
        )

    def rule_files(self) -> tuple[RuleFile, ...]:
        """Return the files of the small pack."""
        self._called("rule_files")
        return self.pack.files()

    def rule(self, rule_id: RuleId) -> RuleView:
        """Return a rule of the small pack."""
        self._called("rule", rule_id)
        return self.pack.rule(rule_id)

    def rule_text(self, path: str) -> RuleText:
        """Return a file of the small pack."""
        self._called("rule_text", path)
        return self.pack.text(path)

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Find the one error that a text of the small pack can have."""
        self._called("diagnose", path, text)
        return self.pack.diagnose(path, text)

    def save_draft(self, path: str, text: str) -> Draft:
        """Keep a draft."""
        self._called("save_draft", path, text)
        return self.pack.save(path, text)

    def discard_draft(self, path: str) -> None:
        """Forget a draft."""
        self._called("discard_draft", path)
        self.pack.drafts.pop(path, None)

    def form_language(self) -> FormLanguage:
        """Return the language of forms over the shipped pack."""
        self._called("form_language")
        return shipped_language()

    def rule_form(self, path: str, text: str, rule_id: RuleId) -> RuleForm:
        """Read the tree off the text, as the engine does."""
        self._called("rule_form", path, text, rule_id)
        return form_tree.rule_form(path, text, rule_id)

    def with_rule_form(self, path: str, text: str, rule_id: RuleId, form: FormNode) -> str:
        """Write the tree into the text, as the engine does."""
        self._called("with_rule_form", path, text, rule_id, form)
        return form_tree.with_rule_form(path, text, rule_id, form)

    def drafted_rule(self, path: str, text: str, rule_id: RuleId) -> RuleView:
        """Return a rule of the small pack with title and severity as the text has them."""
        self._called("drafted_rule", path, text, rule_id)
        return self.pack.drafted(path, text, rule_id)

    def run_cases(self, path: str, text: str | None, progress: Progress) -> CaseReport:
        """Run the cases of the small pack."""
        self._called("run_cases", path, text)
        self._report(progress)
        return self.pack.cases(path, text)


@lru_cache(maxsize=1)
def shipped_language() -> FormLanguage:
    """Return what a form may hold, with the names of the shipped pack."""
    return form_language(read_pack_files(RULESETS), NOON.date())


def now() -> datetime:
    """Return the noon at which everything here happens."""
    return NOON


def gone() -> EngineUnavailable:
    """Return the error of an engine that has ended."""
    return EngineUnavailable("The engine process has ended.", hint="Start it again; nothing was half-stored.")
