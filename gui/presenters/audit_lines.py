"""Decisions, their events and versions as lines."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.decision import Choice
from engine.domain.pages import DecisionRow
from engine.domain.replies import DecisionDossier
from gui.messages import audit as say
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_verdict
from gui.presenters.wording import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many options came to one verdict."""

    tone: Tone
    word: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine(Line):
    """One decision of the list; drawn in four rows.

    ``text`` is the patient, ``label`` the indication, ``aside`` the moment, ``note`` what stood first,
    ``tone`` and ``word`` what was done.
    """

    counts: tuple[Count, ...] = ()
    user: str = ""

    @property
    def spoken(self) -> str:
        """Return the line as a screen reader says it."""
        counted = (say.COUNTED.format(count=each.count, verdict=each.word) for each in self.counts)
        return ", ".join((self.text, self.label, self.aside, *counted, self.note, self.word, self.user))


def grouped(content: str) -> str:
    """Return a hash in groups that wrap and can be compared by eye.

    >>> grouped("e8f90f91ecabd1f0")
    'e8f90f91 ecabd1f0'
    """
    return " ".join(content[place : place + 8] for place in range(0, len(content), 8))


_TONES = {
    AuditKind.DECISION: Tone.NOTE,
    AuditKind.ACCEPTED: Tone.CLEAR,
    AuditKind.OVERRIDDEN: Tone.CAUTION,
    AuditKind.REPLAY: Tone.HOLDS,
    AuditKind.VERIFIED: Tone.HOLDS,
    AuditKind.ENGINE_FAULT: Tone.CONTRAINDICATED,
    AuditKind.IMPORT_REFUSED: Tone.CAUTION,
}


def line_of_row(row: DecisionRow) -> DecisionLine:
    """Return one decision of the list."""
    if row.choice is None:
        tone, done = Tone.NEUTRAL, say.NO_CHOICE
    elif row.choice is Choice.ACCEPTED:
        tone, done = Tone.CLEAR, say.CHOSEN.format(option=row.chosen)
    else:
        tone, done = Tone.CAUTION, say.CHOSE_AGAINST.format(option=row.chosen, reason=row.reason)
    return DecisionLine(
        text=row.patient_name,
        label=row.indication_title,
        aside=moment(row.decided_at),
        note=say.FIRST.format(first=row.first) if row.first else say.NOBODY_FIRST,
        tone=tone,
        word=done,
        counts=tuple(
            Count(tone=tone_of_verdict(verdict), word=verdict.value, count=count)
            for verdict, count in row.verdicts
            if count
        ),
        user=say.BY.format(user=row.requested_by),
        key=row.decision_id,
    )


def timeline_of(dossier: DecisionDossier) -> tuple[Line, ...]:
    """Return what happened to a decision, in order."""
    return tuple(_line_of_event(event) for event in dossier.events)


def _line_of_event(event: AuditEvent) -> Line:
    return Line(
        text=event.detail if event.kind.value in event.detail else f"{event.kind.value}: {event.detail}",
        label=moment(event.at),
        note=event.content or "",
        aside=say.BY.format(user=event.by),
        tone=_TONES.get(event.kind, Tone.NEUTRAL),
        word=event.kind.value,
    )


def versions_of(dossier: DecisionDossier) -> tuple[Line, ...]:
    """Return exactly what computed a decision, and from what."""
    decision = dossier.decision
    versions, request = decision.versions, decision.request
    agreed = say.AGREED if decision.engine.agreed else say.DISAGREED
    rows = [
        (say.ROW_DECISION, decision.decision_id, ""),
        (say.ROW_CONTENT, dossier.content, ""),
        (say.ROW_DECIDED, decision.decided_at.isoformat(), ""),
        (say.ROW_USER, request.requested_by, ""),
        (say.ROW_PATIENT, f"{decision.record.name} ({request.patient_id})", ""),
        (say.ROW_LABEL, say.ROW_LABEL_VALUE.format(label=request.jurisdiction.value), ""),
        (say.ROW_WHYRX, versions.whyrx, ""),
        (
            say.ROW_PACK,
            say.ROW_PACK_VALUE.format(
                pack=versions.pack_id, version=versions.pack_version, status=versions.pack_status
            ),
            "",
        ),
        (say.ROW_PACK_HASH, versions.pack_hash, ""),
        (say.ROW_ENGINE, decision.engine.engine, "\n".join((agreed, *decision.engine.faults))),
        (say.ROW_MODEL, versions.model_hash or say.NO_MODEL, ""),
        (say.ROW_SEED, str(decision.seed), ""),
    ]
    return tuple(Line(label=label, text=value, note=note) for label, value, note in rows)
