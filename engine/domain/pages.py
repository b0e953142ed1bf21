"""Rows and pages for lists, filters, drafts: what views show of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.domain.decision import Choice
from engine.domain.ids import ContentHash, DecisionId, IndicationId, PatientId, UserName
from engine.domain.options import Verdict
from engine.domain.patient import Sex


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """One patient in a list."""

    patient_id: PatientId
    name: str
    birth_date: date | None
    sex: Sex
    changed_at: datetime
    decisions: int
    not_understood: int
    """Loud entries only."""
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPage:
    """Some patients, in order of name."""

    rows: tuple[PatientRow, ...]
    next_after: str
    """Key to ask for the following page with; empty on the last one."""
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFilter:
    """Which decisions to list; empty fields do not filter."""

    text: str = ""
    """Parts of words of patient, drug, rule, reason or user, or the beginning of an id; all must be there."""
    patient_id: PatientId | None = None
    indication_id: IndicationId | None = None
    choice: Choice | None = None
    unanswered: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One decision in a list."""

    sequence: int
    decision_id: DecisionId
    patient_id: PatientId
    patient_name: str
    indication_id: IndicationId
    indication_title: str
    decided_at: datetime
    requested_by: UserName
    first: str
    """The options in first place, or empty where nothing was eligible."""
    verdicts: tuple[tuple[Verdict, int], ...]
    choice: Choice | None
    chosen: str
    reason: str
    content: ContentHash


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """Some decisions, newest first."""

    rows: tuple[DecisionRow, ...]
    next_after: int
    """Sequence to ask for the following page with; 0 on the last one."""
    total: int
    at_least: bool = False
    """True where there are more than ``total``, at which counting stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A user's working copy of one rule file; the pack in use is untouched."""

    path: str
    text: str
    based_on: ContentHash
    """Hash of the file it was begun from."""
    by: UserName
    saved_at: datetime
