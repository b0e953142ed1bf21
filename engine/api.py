"""All that a window or command line may ask of the engine.

``EngineApi`` is implemented by ``engine.bootstrap`` in the engine's own process, and by
``engine.remote`` in the window's process, which forwards each call over a pipe. For that reason
every argument and result is a frozen dataclass, enum, string, number, date or tuple of these.
"""

from __future__ import annotations

from typing import Protocol

from engine.domain.access import Access
from engine.domain.audit import AuditReport
from engine.domain.decision import Choice, Decision, ReasonCode, Response
from engine.domain.diagnostics import CaseReport, Diagnostic
from engine.domain.explanation import Explanation
from engine.domain.facts import Reading
from engine.domain.forms import FormLanguage, FormNode, RuleForm
from engine.domain.ids import (
    DecisionId,
    IndicationId,
    OptionId,
    PatientId,
    RuleId,
)
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
from engine.ports import Progress


class EngineApi(Protocol):
    """The engine, as its users see it. Any method may raise a ``WhyRxError``.

    Whatever reads or writes patients, decisions or drafts raises ``Locked`` while nobody is signed in, and
    ``NotPermitted`` where no role of the one who is allows it. A demonstration is open to everybody.
    """

    def status(self) -> EngineStatus:
        """Return what runs."""
        ...

    def access(self) -> Access:
        """Return whether the database is open, and to whom; asking does not keep it open."""
        ...

    def create_database(self, name: str, passphrase: str) -> Access:
        """Make the database with its first administrator, and sign them in.

        Raises:
            InputError: the name or the passphrase cannot be used.
        """
        ...

    def sign_in(self, name: str, passphrase: str | None) -> Access:
        """Open the database for a user; without a passphrase, by the key that the system keeps for them.

        Raises:
            SignInRefused: no such user, another passphrase, or too many tries.
        """
        ...

    def lock(self) -> Access:
        """Sign out."""
        ...

    def stay_awake(self) -> Access:
        """Count as use of the database, for whoever reads without asking anything."""
        ...

    def break_glass(self, reason: str) -> Access:
        """Give a clinician's rights for the rest of the session, for a reason that is recorded first."""
        ...

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the passphrase of the one signed in.

        Raises:
            SignInRefused: the old one is not right.
            InputError: the new one is too short.
        """
        ...

    def import_files(self, paths: tuple[str, ...], progress: Progress) -> ImportReport:
        """Import files that speak of one and the same person, all or nothing.

        Raises:
            InputError: a file cannot be used; nothing was stored.
        """
        ...

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients whose name or id contains the text."""
        ...

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return a patient's record as it stands."""
        ...

    def readings(self, patient_id: PatientId) -> tuple[Reading, ...]:
        """Return what can be measured or computed of age, weight, height, BMI, eGFR and clearance today."""
        ...

    def enter(self, patient_id: PatientId, statement: Statement) -> PatientRecord:
        """Add a datum to a record.

        Raises:
            InputError: the value cannot be read, converted or believed; nothing was stored.
        """
        ...

    def entry_fields(self) -> tuple[EntryField, ...]:
        """Return how each quantity, state, list and gene is entered."""
        ...

    def indications(self) -> tuple[Indication, ...]:
        """Return the indications of the pack in use."""
        ...

    def recommend(self, patient_id: PatientId, indication_id: IndicationId, progress: Progress) -> Decision:
        """Assess, order, explain and record; what is returned is already in the database."""
        ...

    def respond(
        self,
        decision_id: DecisionId,
        option_id: OptionId,
        choice: Choice,
        reason: ReasonCode | None,
        text: str,
    ) -> Response:
        """Record the clinician's choice."""
        ...

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first."""
        ...

    def dossier(self, decision_id: DecisionId) -> DecisionDossier:
        """Return one decision with its response and events."""
        ...

    def replay(self, decision_id: DecisionId, progress: Progress) -> ReplayReport:
        """Compute a decision again from its own sealed inputs, pack and model; recorded as an event."""
        ...

    def why_not(self, decision_id: DecisionId, option_id: OptionId) -> WhyNot:
        """Return every rule that speaks of an option and did not fire, with what it failed by and how nearly.

        Raises:
            NotFound: no such decision, or no such option of it.
            InternalError: it rests on an engine fault, or no longer comes out as recorded.
        """
        ...

    def negative_control(self, decision_id: DecisionId) -> tuple[Explanation, ...]:
        """Return how the same model, learnt from shuffled outcomes, would explain a decision's options.

        There is nothing to explain: whoever finds it as convincing should trust neither. Raises
        ``ModelMissing`` where no control is installed, and ``NotFound`` where nothing was explained.
        """
        ...

    def information(self, decision_id: DecisionId) -> tuple[InformationValue, ...]:
        """Return what each missing datum of a decision could change, the most valuable first.

        Raises:
            NotFound: no such decision.
            InternalError: it rests on an engine fault, or no longer comes out as recorded.
        """
        ...

    def verify(self, progress: Progress) -> AuditReport:
        """Verify the audit chain and everything it speaks of."""
        ...

    def report(self, decision_id: DecisionId, form: ReportFormat) -> bytes:
        """Return the dossier written out; recorded as an export before it is handed over.

        Raises:
            NotFound: no such decision.
            IdentityLeaked: a de-identified case would have told who the patient is; nothing was written.
        """
        ...

    def extract(self, path: str, form: ExtractFormat, progress: Progress) -> ExtractReport:
        """Write the audit log or all decisions to a file; recorded as an export before it is written.

        Raises:
            OperationalError: the file cannot be written; nothing is left of it.
        """
        ...

    def reload_rules(self) -> RulesReloaded:
        """Put the rules on disk in use without closing WhyRx; recorded, and so is a refusal.

        An assessment goes by the rules it began with, all of them; what is refused leaves in use what was.

        Raises:
            PackAltered: a file differs from its seal.
            PackRejected: there is an error in the rules; all of them are told.
            RuleEngineFailed: the rules cannot be evaluated.
        """
        ...

    def rule_files(self) -> tuple[RuleFile, ...]:
        """Return the files of the pack in use."""
        ...

    def rule(self, rule_id: RuleId) -> RuleView:
        """Return one rule of the pack in use, to be read."""
        ...

    def rule_text(self, path: str) -> RuleText:
        """Return a rule file of the pack in use, with the user's draft of it."""
        ...

    def diagnose(self, path: str, text: str) -> tuple[Diagnostic, ...]:
        """Check the whole pack as if the file had this text; nothing is stored."""
        ...

    def save_draft(self, path: str, text: str) -> Draft:
        """Keep a draft; the pack in use is untouched."""
        ...

    def discard_draft(self, path: str) -> None:
        """Forget the draft."""
        ...

    def form_language(self) -> FormLanguage:
        """Return what the form of a rule may hold, and the names of the pack in use that may stand in it."""
        ...

    def rule_form(self, path: str, text: str, rule_id: RuleId) -> RuleForm:
        """Return the tree of a rule of a file and the place of each part, as if the file had this text.

        Raises:
            AuthoringError: the text is no YAML that a rule file may hold.
            NotFound: there is no such rule in it.
        """
        ...

    def with_rule_form(self, path: str, text: str, rule_id: RuleId, form: FormNode) -> str:
        """Return the text with one rule saying this tree; all else stays byte for byte. Nothing is stored.

        Raises:
            AuthoringError: the text is no YAML that a rule file may hold.
            NotFound: there is no such rule in it.
        """
        ...

    def drafted_rule(self, path: str, text: str, rule_id: RuleId) -> RuleView:
        """Return a rule to be read, as if the file had this text.

        Raises:
            PackRejected: the pack with this text has an error.
            NotFound: there is no such rule in it.
        """
        ...

    def run_cases(self, path: str, text: str | None, progress: Progress) -> CaseReport:
        """Run the cases that stand beside a file (all where the path is empty).

        With a text, as if the file had it.
        """
        ...
