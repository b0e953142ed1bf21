"""What the engine answers with: reports, views and lists, as they travel to a window or the command line.

Each is a frozen dataclass, enum, string, number, date or tuple of these, for it may go over a pipe.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.domain.audit import AuditEvent
from engine.domain.decision import Decision, Response
from engine.domain.diagnostics import CaseResult
from engine.domain.findings import Severity
from engine.domain.ids import (
    ContentHash,
    DecisionId,
    OptionId,
    PatientId,
    RuleId,
    UserName,
)
from engine.domain.pages import Draft
from engine.domain.patient import NotUnderstood, StatementKind
from engine.domain.provenance import Citation, SourceRef
from engine.domain.rules import FileSpan, Jurisdiction
from engine.domain.vocabulary import Conversion


class EngineState(enum.StrEnum):
    """How the engine is."""

    READY = "ready"
    DEGRADED = "degraded"
    """Something does not work; ``EngineStatus.problems`` says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """One installed model."""

    model_id: str
    title: str
    model_hash: ContentHash
    trained_on: str
    card: str
    """The model card as Markdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """What runs: for the status line and the record."""

    state: EngineState
    problems: tuple[str, ...]
    whyrx: str
    pack_title: str
    pack_version: str
    pack_hash: ContentHash
    pack_status: str
    rules: int
    rule_engine: str
    models: tuple[ModelStatus, ...]
    database: str
    demo: bool
    jurisdiction: Jurisdiction
    user: UserName


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesReloaded:
    """What a reload of the rules put in use."""

    title: str
    version: str
    rules: int
    before: ContentHash
    """The pack that was in use until then."""
    after: ContentHash
    """The same as ``before`` where nothing had changed on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import brought."""

    patient_id: PatientId
    name: str
    added: tuple[tuple[str, int], ...]
    """``medications`` -> 3, and so on."""
    not_understood: tuple[NotUnderstood, ...]
    flags: tuple[str, ...]


class ReplayResult(enum.StrEnum):
    """What a replay found."""

    IDENTICAL = "identical"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayReport:
    """A decision computed again from its own sealed inputs."""

    decision_id: DecisionId
    result: ReplayResult
    recorded_bytes: int
    recorded_hash: ContentHash
    replayed_hash: ContentHash
    differences: tuple[str, ...]
    """Path, recorded and replayed value of each difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDossier:
    """One decision with all that came after it."""

    decision: Decision
    content: ContentHash
    response: Response | None
    events: tuple[AuditEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A source with the place in it."""

    ref: SourceRef
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSummary:
    """One rule in a list."""

    rule_id: RuleId
    title: str
    severity: Severity
    options: tuple[OptionId, ...]
    span: FileSpan
    jurisdiction: Jurisdiction | None
    sources_seen: bool
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """One file of the rule pack."""

    path: str
    kind: str
    """rules, cases, concepts, parameters, vocabulary, indications, citations, phenotypes or manifest."""
    rules: tuple[RuleSummary, ...]
    drafted: bool
    """True where the user has a draft of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule, to be read."""

    summary: RuleSummary
    sentence: str
    """The whole rule as one English sentence."""
    say: str
    manage: str
    status: str
    review_by: str
    author: str
    version: int
    sources: tuple[CitedSource, ...]
    concepts: tuple[tuple[str, str], ...]
    """Derived concepts it chains on: title and sentence."""
    yaml: str
    """The rule as it stands in its file."""
    cases: tuple[CaseResult, ...]
    """Empty until they were run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """One rule file as text."""

    path: str
    text: str
    content: ContentHash
    draft: Draft | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryField:
    """How a missing datum is entered."""

    kind: StatementKind
    """``DRUG_IDENTIFIED`` once, with every drug of the vocabulary as a choice and an empty subject."""
    subject: str
    title: str
    unit: str
    units: tuple[Conversion, ...]
    choices: tuple[str, ...]
    choice_titles: tuple[str, ...] = ()
    """What to show for each choice; empty where the choices can be shown as they are."""


class ReportFormat(enum.StrEnum):
    """How a dossier is written."""

    JSON = "json"
    """The canonical bytes as recorded."""
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    FHIR = "fhir"
    """Provenance and AuditEvent resources, FHIR R4."""
    CASE = "case"
    """The case without the patient: de-identified, and searched for leaks before it is handed over."""


class ExtractFormat(enum.StrEnum):
    """What an extract holds, and how it is written."""

    LOG = "log"
    """The audit log with its hashes and checkpoints, for the verifier that needs no WhyRx."""
    LOG_CSV = "log-csv"
    LOG_FHIR = "log-fhir"
    """AuditEvent resources, FHIR R4, one a line."""
    DECISIONS_CSV = "decisions-csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractReport:
    """An extract that was written to a file."""

    path: str
    form: ExtractFormat
    rows: int
    """Events or decisions."""
    size: int
    """Bytes."""
    content: ContentHash
    """Hash of the file."""
