"""A decision as it was given, with all that is needed to give it again."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.domain.explanation import Explanation
from engine.domain.facts import Fact, Reading
from engine.domain.findings import ToSettle
from engine.domain.ids import (
    ContentHash,
    DecisionId,
    IndicationId,
    ModelId,
    OptionId,
    PatientId,
    UserName,
)
from engine.domain.options import Assessment, RankedOption
from engine.domain.patient import PatientRecord
from engine.domain.provenance import Citation
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import NotOffered
from engine.domain.trace import TraceNode

#: How the reason of a ranker of published averages begins, and what stands wherever a score of it does.
FROM_AVERAGES: Final = "synthetic: from published averages"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInUse:
    """The model that an approver took into use at this site, for what is asked about."""

    model_hash: ContentHash | None
    """None where nobody took any into use: then none may order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRequest:
    """Who asks what, for whom."""

    patient_id: PatientId
    indication_id: IndicationId
    jurisdiction: Jurisdiction
    requested_by: UserName
    model_in_use: ModelInUse | None = None
    """None in a demonstration, where every installed model orders."""


class RankingStatus(enum.StrEnum):
    """Whether a model ordered anything, and if not, why not."""

    ORDERED = "ordered by the model inside each tier"
    NO_MODEL = "no model: ordered by rules and cited evidence"
    WITHHELD = "model withheld: ordered by rules and cited evidence"
    NOT_ADOPTED = "model not validated at this site: ordered by rules and cited evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingNote:
    """What must stand beside any order WhyRx shows."""

    status: RankingStatus
    reason: str
    """Why no model ordered, or what kind of model did: ``association-based ordering, trained on ...``."""
    model_id: ModelId | None = None
    model_hash: ContentHash | None = None
    inputs_missing: tuple[str, ...] = ()
    synthetic: bool = False
    """True where the model learnt from anything but real patients."""
    changed_order: bool = False

    @property
    def score_label(self) -> str:
        """Return what must stand wherever a score of this model does; nothing if it learnt from patients."""
        if not self.synthetic:
            return ""
        return FROM_AVERAGES if self.reason.startswith(FROM_AVERAGES) else "synthetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """How the two rule evaluators fared."""

    engine: str
    """``durable-rules 2.0.28 with reference evaluator``."""
    agreed: bool
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Exactly what computed a decision."""

    whyrx: str
    pack_id: str
    pack_version: str
    pack_hash: ContentHash
    pack_status: str
    model_hash: ContentHash | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A recommendation as it was given; everything shown comes from here."""

    decision_id: DecisionId
    request: DecisionRequest
    indication_title: str
    question: str
    record: PatientRecord
    """The sealed input."""
    facts: tuple[Fact, ...]
    readings: tuple[Reading, ...]
    context: tuple[TraceNode, ...]
    """Derived concepts shown above the options, with their traces."""
    assessments: tuple[Assessment, ...]
    """Every option, in the order of the indication."""
    ranked: tuple[RankedOption, ...]
    """The eligible ones, best first."""
    to_settle: tuple[ToSettle, ...]
    """What would settle most, first."""
    ranking: RankingNote
    explanations: tuple[Explanation, ...]
    citations: tuple[Citation, ...]
    """Every source named above."""
    engine: EngineReport
    versions: Versions
    seed: int
    decided_at: datetime
    not_covered: tuple[str, ...] = ()
    """Drugs of the record that no rule speaks of, where the options come from the record."""
    not_offered: tuple[NotOffered, ...] = ()
    """Options of the indication that are not marketed under the label of the request; none was assessed."""

    def assessed(self, option_id: OptionId) -> Assessment:
        """Return what the rules said of one of its options."""
        return next(item for item in self.assessments if item.option.option_id == option_id)


class Choice(enum.StrEnum):
    """What the clinician did with a recommendation."""

    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"


class ReasonCode(enum.StrEnum):
    """Why a clinician decided otherwise."""

    TOLERATES = "patient already tolerates it"
    BENEFIT = "benefit outweighs the risk for this patient"
    WILL_MONITOR = "will monitor"
    NO_ALTERNATIVE = "no acceptable alternative"
    PATIENT_WISH = "patient's informed wish"
    RECORD_WRONG = "the record is wrong or out of date"
    RULE_WRONG = "the rule does not fit this patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A clinician's choice after a recommendation; final once recorded."""

    decision_id: DecisionId
    option_id: OptionId
    choice: Choice
    reason: ReasonCode | None
    """Needed for an override, and only there."""
    text: str
    by: UserName
    at: datetime
