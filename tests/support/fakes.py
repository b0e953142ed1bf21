"""Stand-ins at the seams of the decision service: time, ids, store, engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from engine.domain.audit import AuditEvent
from engine.domain.decision import Decision, Response
from engine.domain.ids import ContentHash, DecisionId, ModelId, PatientId, Symbol
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import PatientRecord
from engine.domain.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Derived,
    Negation,
    Premise,
)
from engine.domain.truth import Truth, all_of, any_of, count_of, negated
from engine.errors import NotFound, StoreUnavailable
from engine.ports import Evaluation, Program


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment

    def move(self, **by: float) -> None:
        """Move it on, in the words of ``timedelta``."""
        self.moment += timedelta(**by)


@dataclass(slots=True)
class CountingIds:
    """Ids that count."""

    given: int = 0

    def new(self, kind: str) -> str:
        """Return the next id."""
        self.given += 1
        return f"{kind}-{self.given:04}"


class Silent:
    """Progress nobody looks at."""

    def step(self, done: int, total: int, what: str) -> None:
        """Ignore the step."""


class PlainCodec:
    """The shortest codec that is canonical."""

    def encode(self, decision: Decision) -> bytes:
        """Return JSON with sorted keys."""
        return msgspec.json.encode(decision, order="deterministic")

    def decode(self, content: bytes) -> Decision:
        """Return the decision."""
        return msgspec.json.decode(content, type=Decision)

    def encode_like(self, decision: Decision, recorded: bytes) -> bytes:
        """Return the only form there is."""
        return self.encode(decision)

    def written_out(self, content: bytes) -> bytes:
        """Return the bytes: nothing is ever referred to."""
        return content


class PlainEngine:
    """Kleene's tables, applied to the trees: no compiling, no chaining engine."""

    def __init__(self, faults: tuple[str, ...] = ()) -> None:
        self.name = "plain"
        self._faults = faults

    def prepare(self, program: Program) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def evaluate_all(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: Callable[[int, Evaluation], None] | None = None,
    ) -> tuple[Evaluation, ...]:
        """Evaluate one patient after the other."""
        return tuple(self.evaluate(program, truths) for truths in patients)

    def evaluate(self, program: Program, truths: Mapping[Symbol, Truth]) -> Evaluation:
        """Evaluate concepts in their order, then the rules."""
        concepts: dict[str, Truth] = {}

        def truth(premise: Premise) -> Truth:
            match premise:
                case AllOf(parts=parts):
                    return all_of(truth(part) for part in parts)
                case AnyOf(parts=parts):
                    return any_of(truth(part) for part in parts)
                case AtLeast(count=count, parts=parts):
                    return count_of((truth(part) for part in parts), count)
                case Negation(part=part):
                    return negated(truth(part))
                case Derived(concept=concept):
                    return concepts[concept]
                case atom:
                    return truths[atom.symbol]

        for concept in program.concepts:
            concepts[concept.concept_id] = truth(concept.when)
        return Evaluation(
            rules={rule.rule_id: truth(rule.when) for rule in program.rules},
            concepts={concept.concept_id: concepts[concept.concept_id] for concept in program.concepts},
            faults=self._faults,
        )


@dataclass(slots=True)
class MemoryStore:
    """What the decision service asks of a store, in dictionaries; it can be told to fail."""

    records: dict[PatientId, PatientRecord] = field(default_factory=dict)
    decided: dict[DecisionId, bytes] = field(default_factory=dict)
    responses: dict[DecisionId, Response] = field(default_factory=dict)
    packs: dict[ContentHash, tuple[PackFile, ...]] = field(default_factory=dict)
    log: list[AuditEvent] = field(default_factory=list)
    refuses: bool = False

    def _write(self) -> None:
        if self.refuses:
            raise StoreUnavailable("the disk is full.", hint="Free some space.")

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return the record."""
        if patient_id not in self.records:
            raise NotFound(f"no patient {patient_id}")
        return self.records[patient_id]

    def archive_pack(self, pack: RulePack) -> None:
        """Keep the pack's files."""
        self._write()
        self.packs[pack.pack_hash] = pack.files

    def archive_model(self, model_id: ModelId, model_hash: ContentHash, files: tuple[PackFile, ...]) -> None:
        """Keep the model's files."""
        self._write()
        self.packs[model_hash] = files

    def append_decision(self, decision: Decision, event: AuditEvent) -> None:
        """Keep the decision and its event."""
        self._write()
        self.decided[decision.decision_id] = PlainCodec().encode(decision)
        self.log.append(event)

    def decision(self, decision_id: DecisionId) -> Decision:
        """Return the decision."""
        return PlainCodec().decode(self.decided[decision_id])

    def decision_bytes(self, decision_id: DecisionId) -> bytes:
        """Return the bytes that were kept."""
        return self.decided[decision_id]

    def respond(self, response: Response, event: AuditEvent) -> None:
        """Keep the response and its event."""
        self._write()
        self.responses[response.decision_id] = response
        self.log.append(event)

    def response(self, decision_id: DecisionId) -> Response | None:
        """Return the response."""
        return self.responses.get(decision_id)

    def append_event(self, event: AuditEvent) -> None:
        """Keep an event."""
        self._write()
        self.log.append(event)

    def events(self, subject: str) -> tuple[AuditEvent, ...]:
        """Return the events about a subject."""
        return tuple(event for event in self.log if event.subject == subject)
