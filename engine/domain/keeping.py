"""Keeping patients' data: holds, erasures with their proof, promises, backups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.domain.ids import ContentHash, DecisionId, OptionId, PatientId, UserName


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureProof:
    """What shows that a patient was erased: the log goes on, and the key it names is nowhere."""

    patient_id: PatientId
    event: int
    head: ContentHash
    """The hash of the event that records the erasure."""
    key_sha256: ContentHash
    """The fingerprint of the key that was destroyed."""
    sealed: int
    """Contents that can no longer be read."""
    by: UserName
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold: the patient cannot be erased while it stands."""

    patient_id: PatientId
    placed_at: datetime
    by: UserName
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A patient whose data have not been touched for a while."""

    patient_id: PatientId
    last_event_at: datetime
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Monitoring that an override promised."""

    decision_id: DecisionId
    patient_id: PatientId
    option_id: OptionId
    text: str
    by: UserName
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """A backup that was restored and verified before it was called one."""

    path: str
    bytes: int
    sha256: ContentHash
    events: int
    decisions: int
    head: ContentHash
    problems: tuple[str, ...]
