"""The record page: everything known of the open patient, and entering what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from engine.domain.patient import MedicationStatus, PatientRecord, Statement, StatementKind
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import record as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.lines import Line
from gui.presenters.record_lines import record_lines
from gui.presenters.session import Session
from gui.presenters.settling import Control, Entry, entry_of_field
from gui.presenters.wording import Now
from gui.tasks import TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """What the record page shows."""

    patient: str = ""
    lines: tuple[Line, ...] = ()
    provenance: bool = False
    entries: tuple[Entry, ...] = ()
    """What can be entered."""
    fault: Fault | None = None
    added: str = ""


class Record(Presenter[RecordState]):
    """Shows the record of the open patient and adds to it."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session, now: Now) -> None:
        super().__init__(RecordState())
        self._runner = runner
        self._session = session
        self._now = now
        self._shown: PatientRecord | None = None
        changes.on(Change.RECORD, self._refresh)
        changes.on(Change.ENGINE, self._refresh)

    def show_provenance(self, *, shown: bool) -> None:
        """Tell, or no longer tell, where each datum comes from."""
        self._become(replace(self._state, provenance=shown))
        self._refresh()

    def enter(self, entry: Entry, value: str, unit: str = "", on: date | None = None) -> None:
        """Add a datum to the record."""
        record = self._session.state.record
        if record is None or entry.kind is None:
            return
        statement = Statement(kind=entry.kind, subject=entry.subject, value=value.strip(), unit=unit, on=on)
        patient_id = record.patient_id
        shown = dict(entry.choices).get(value, value)
        self._become(replace(self._state, fault=None, added=""))
        self._runner.act(
            lambda engine, _: engine.enter(patient_id, statement),
            lambda newer: self._entered(
                newer, say.ADDED.format(title=entry.title, value=f"{shown} {unit}".strip())
            ),
            self._refused,
        )

    def today(self) -> date:
        """Return the day that today is."""
        return self._now().date()

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None, added=""))

    def _entered(self, record: PatientRecord, added: str) -> None:
        self._session.took_in(record)
        if self._session.state.record == record:
            self._become(replace(self._state, added=added))

    def _refused(self, error: WhyRxError) -> None:
        self._become(replace(self._state, fault=explain(error, say.NOT_ADDED)))

    def _refresh(self) -> None:
        session = self._session.state
        record = session.record
        if record is None:
            self._become(RecordState())
            return
        fields = tuple(entry_of_field(field) for field in session.fields)
        titles = {entry.subject: entry.title for entry in fields}
        other = self._shown is None or self._shown.patient_id != record.patient_id
        self._shown = record
        self._become(
            replace(
                self._state,
                patient=record.name,
                lines=record_lines(record, titles, self._now().date(), provenance=self._state.provenance),
                entries=entries_of(record, fields),
                fault=None if other else self._state.fault,
                added="" if other else self._state.added,
            )
        )


def entries_of(record: PatientRecord, fields: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return what can be entered for this record: every field, and one entry an unmapped drug."""
    drugs = next((entry for entry in fields if entry.kind is StatementKind.DRUG_IDENTIFIED), None)
    unmapped = () if drugs is None else tuple(
        Entry(
            kind=StatementKind.DRUG_IDENTIFIED,
            control=Control.DRUG,
            subject=text,
            title=say.UNMAPPED.format(text=text),
            choices=drugs.choices,
        )
        for text in dict.fromkeys(
            found.text
            for found in record.medications
            if found.drug is None and found.status is not MedicationStatus.STOPPED
        )
    )  # fmt: skip
    # Details of drugs are entered where a rule asks for one; the fields here would be one a drug and detail.
    elsewhere = (
        StatementKind.DRUG_IDENTIFIED,
        StatementKind.MEDICATION_DETAIL,
        StatementKind.PROCEDURE_PLANNED,
    )
    return (*unmapped, *(entry for entry in fields if entry.kind not in elsewhere))
