"""What the decision service needs from the outside, as protocols.

Adapters implement these; only ``engine.bootstrap`` knows which. Every protocol can be faked
with a few lines, so the service is tested without a process, a file or a model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.domain.atoms import Atom
from engine.domain.audit import AuditEvent, AuditReport
from engine.domain.decision import Decision, RankingNote, Response
from engine.domain.explanation import Explanation
from engine.domain.facts import Fact, FactBase, Reading
from engine.domain.ids import (
    ConceptId,
    ContentHash,
    DecisionId,
    IndicationId,
    ModelId,
    OptionId,
    PatientId,
    QuantityId,
    RuleId,
    Symbol,
    UserName,
)
from engine.domain.models import ModelFeature, ModelInput
from engine.domain.options import Assessment, EligibleOption, ModelScore
from engine.domain.pack import PackFile, RulePack
from engine.domain.pages import (
    DecisionFilter,
    DecisionPage,
    Draft,
    PatientPage,
)
from engine.domain.patient import PatientRecord
from engine.domain.rules import Concept, Jurisdiction, Rule
from engine.domain.truth import Truth


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        ...


class IdFactory(Protocol):
    """The only source of new identifiers."""

    def new(self, kind: str) -> str:
        """Return an id never given before, such as ``dec-01J...``; later ids sort later."""
        ...


class Progress(Protocol):
    """Where long work reports, and learns that it must stop."""

    def step(self, done: int, total: int, what: str) -> None:
        """Report a step.

        Raises:
            Cancelled: the user asked for it to stop.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The part of a rule pack that one assessment needs."""

    rules: tuple[Rule, ...]
    concepts: tuple[Concept, ...]
    """Each after those it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The truth of every rule's premise and of every derived concept of a program."""

    rules: Mapping[RuleId, Truth]
    concepts: Mapping[ConceptId, Truth]
    faults: tuple[str, ...] = ()
    """Sentences; any fault makes every option *cannot be assessed*.

    On a disagreement a rule is true where either evaluator says so.
    """


class RuleEngine(Protocol):
    """Evaluates a program over symbols. It never raises for a fault of its own: it reports it."""

    @property
    def name(self) -> str:
        """Return what ran, with versions, for the record."""
        ...

    def prepare(self, program: Program) -> tuple[str, ...]:
        """Make ready for a program ahead of its first evaluation; return what forbids it, as sentences."""
        ...

    def evaluate(self, program: Program, truths: Mapping[Symbol, Truth]) -> Evaluation:
        """Return the truth of every rule and concept of the program."""
        ...

    def evaluate_all(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: Callable[[int, Evaluation], None] | None = None,
    ) -> tuple[Evaluation, ...]:
        """Return what ``evaluate`` would of each of several patients, in their order.

        Args:
            program: the rules and concepts.
            patients: the truths of each.
            meanwhile: may be given the place of a patient, and what one evaluator says while the other still
                computes. It may be wrong: only where this very object is then returned does it hold.
        """
        ...


class FactSource(Protocol):
    """Decides atoms against a record."""

    def assemble(
        self,
        record: PatientRecord,
        atoms: Sequence[Atom],
        quantities: Sequence[QuantityId],
        as_of: datetime,
    ) -> FactBase:
        """Decide the atoms, and read these quantities besides (for display)."""
        ...


class Assessor(Protocol):
    """Assesses every option of an indication by rules alone; the cases of a rule pack run through it."""

    def assess(
        self,
        pack: RulePack,
        record: PatientRecord,
        indication_id: IndicationId,
        jurisdiction: Jurisdiction,
        as_of: datetime,
    ) -> tuple[Assessment, ...]:
        """Return one assessment an option, in the order of the indication."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOrder:
    """What a ranker says of some eligible options."""

    note: RankingNote
    scores: tuple[ModelScore, ...]
    """Empty where the model was withheld."""
    groups: tuple[tuple[OptionId, ...], ...]
    """Best first; options in one group are not separable and tie."""
    explainable: bool = True
    """False where the scores hang on nothing of the patient, so that there is nothing to attribute."""


class Ranker(Protocol):
    """Orders eligible options, or says why it will not."""

    def order(
        self,
        model_id: ModelId,
        record: PatientRecord,
        options: Sequence[EligibleOption],
        as_of: datetime,
    ) -> ModelOrder:
        """Order the options.

        Raises:
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from the hash its card was written with.
        """
        ...

    def hash_of(self, model_id: ModelId) -> ContentHash:
        """Return the hash over the model's files."""
        ...


class ScoringModel(Protocol):
    """One trained model as an explainer may see it: its inputs, its trees and its reference population."""

    @property
    def content(self) -> ContentHash:
        """Return the hash over the model's files."""
        ...

    @property
    def features(self) -> tuple[ModelFeature, ...]:
        """Return the inputs in the order of the trees' columns, which begin with the option's level."""
        ...

    @property
    def trees(self) -> bytes:
        """Return the booster as XGBoost JSON."""
        ...

    @property
    def reference(self) -> bytes:
        """Return the reference statistics as JSON: frequencies and summaries, no patients."""
        ...

    def inputs(self, record: PatientRecord, as_of: datetime) -> tuple[ModelInput, ...]:
        """Return a patient's values, one a feature."""
        ...


class ScoringModels(Protocol):
    """The installed models, for an explainer."""

    def model(self, model_id: ModelId) -> ScoringModel:
        """Return a model.

        Raises:
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from the hash its card was written with.
        """
        ...


class Explainer(Protocol):
    """Attributes a model's scores to features."""

    def explain(
        self,
        model_id: ModelId,
        record: PatientRecord,
        options: Sequence[EligibleOption],
        as_of: datetime,
    ) -> tuple[tuple[Explanation, ...], int]:
        """Return one explanation an option, and the seed that was used."""
        ...


class Store(Protocol):
    """The database: each method is one transaction, with its audit event inside.

    Every method raises ``NotPermitted`` where no role of the one at work allows it, ``PatientErased``
    where the patient's key was destroyed, and ``StoreUnavailable`` where the medium refuses (full disk,
    read-only folder, locked file); nothing is half-stored then.
    """

    def save_record(self, record: PatientRecord, event: AuditEvent) -> None:
        """Store a new version of a patient's record."""
        ...

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return the newest version, or raise ``NotFound``."""
        ...

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients whose name or id contains the text, by name, after a key."""
        ...

    def archive_pack(self, pack: RulePack) -> None:
        """Keep the bytes of a pack under its hash, once."""
        ...

    def archived_pack(self, pack_hash: ContentHash) -> tuple[PackFile, ...]:
        """Return the bytes of an archived pack, or raise ``NotFound``."""
        ...

    def archive_model(self, model_id: ModelId, model_hash: ContentHash, files: tuple[PackFile, ...]) -> None:
        """Keep the bytes of a model under its hash, once."""
        ...

    def archived_model(self, model_hash: ContentHash) -> tuple[PackFile, ...]:
        """Return the bytes of an archived model, or raise ``NotFound``."""
        ...

    def append_decision(self, decision: Decision, event: AuditEvent) -> None:
        """Store a decision; it is durable when this returns."""
        ...

    def decision(self, decision_id: DecisionId) -> Decision:
        """Return a decision, or raise ``NotFound``."""
        ...

    def decision_bytes(self, decision_id: DecisionId) -> bytes:
        """Return the canonical bytes that were recorded."""
        ...

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first, before a sequence number (0: from the newest)."""
        ...

    def respond(self, response: Response, event: AuditEvent) -> None:
        """Store the clinician's choice; a second for the same decision raises ``InputError``."""
        ...

    def response(self, decision_id: DecisionId) -> Response | None:
        """Return the clinician's choice, if one was made."""
        ...

    def append_event(self, event: AuditEvent) -> None:
        """Append an event that records nothing else (a replay, a read, an export, a failure)."""
        ...

    def events(self, subject: str) -> tuple[AuditEvent, ...]:
        """Return the events about a patient, decision or file, oldest first."""
        ...

    def verify(self, *, thorough: bool = True) -> AuditReport:
        """Recompute the audit chain and the hash of everything it speaks of; thoroughly, all contents too."""
        ...

    def save_draft(self, draft: Draft, event: AuditEvent) -> None:
        """Store a draft of a rule file, replacing the user's earlier draft of it."""
        ...

    def draft(self, path: str, by: UserName) -> Draft | None:
        """Return the user's draft of a rule file."""
        ...

    def discard_draft(self, path: str, by: UserName, event: AuditEvent) -> None:
        """Forget the user's draft of a rule file."""
        ...


class Codec(Protocol):
    """Turns a decision into canonical bytes and back."""

    def encode(self, decision: Decision) -> bytes:
        """Return the canonical bytes: equal decisions give equal bytes."""
        ...

    def decode(self, content: bytes) -> Decision:
        """Return the decision; ``encode_like`` of it and these bytes gives the same bytes again."""
        ...

    def encode_like(self, decision: Decision, recorded: bytes) -> bytes:
        """Return the canonical bytes in the format of others, which an earlier WhyRx may have written."""
        ...

    def written_out(self, content: bytes) -> bytes:
        """Return canonical bytes of any format as JSON in which nothing is referred to."""
        ...


class ReadingSource(Protocol):
    """Reads one quantity of a record, measured or derived."""

    def read(self, record: PatientRecord, quantity: QuantityId, as_of: datetime) -> Reading | None:
        """Return the newest usable value, or None."""
        ...


class HypotheticalFacts(ReadingSource, Protocol):
    """Decides what a change of one datum reaches, and takes the rest as it was."""

    def decide(
        self,
        record: PatientRecord,
        atoms: Sequence[Atom],
        as_of: datetime,
        given: Mapping[Symbol, Fact],
    ) -> Mapping[Symbol, Fact]:
        """Decide these atoms against a record; given facts are not decided again."""
        ...
