"""Records: imported from files, added to by hand, each new version stored with its event."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import PatientId, UserName
from engine.domain.patient import PatientRecord, Statement
from engine.domain.replies import ImportReport
from engine.domain.vocabulary import Vocabulary
from engine.errors import InputError, NotFound, NotReadable, PatientErased
from engine.intake.demo import demo_records
from engine.intake.files import import_report, intake
from engine.intake.statements import apply_statement
from engine.ports import Clock, Progress, Store
from engine.terminology.index import VocabularyIndex

_MANY = 1000
#: How long demonstration results count as recent.
_FRESH = timedelta(days=14)
#: A bundle beyond this is no record of one patient.
MAX_BYTES = 64 * 1024 * 1024


class Records:
    """What comes into the database about patients."""

    def __init__(self, store: Store, vocabulary: Vocabulary, clock: Clock, user: UserName) -> None:
        """Take where records are kept, the words they are read with, time and user."""
        self._store = store
        self._index = VocabularyIndex(vocabulary)
        self._clock = clock
        self._user = user

    def import_files(self, paths: tuple[Path, ...], progress: Progress) -> ImportReport:
        """Import files that speak of one person; a refusal is recorded as well.

        Raises:
            InputError: a file cannot be used; nothing was stored.
        """
        progress.step(0, 2, "reading")
        try:
            files = tuple((path.name, content_of(path)) for path in paths)
            progress.step(1, 2, "understanding")
            return self._take_in(files)
        except InputError as refusal:
            # Neither the names of the files nor the sentence: both may name a patient, who has no key yet.
            said = f"{len(paths)} files: {type(refusal).__name__} ({refusal.code})"
            self._store.append_event(self._event(AuditKind.IMPORT_REFUSED, "import", said))
            raise

    def enter(self, patient_id: PatientId, statement: Statement) -> PatientRecord:
        """Add a datum to a record.

        Raises:
            InputError: it cannot be read, converted or believed; nothing was stored.
        """
        record = apply_statement(
            self._store.record(patient_id), statement, self._index, self._clock.now(), self._user
        )
        said = " ".join(part for part in (statement.subject, statement.value, statement.unit) if part)
        self._store.save_record(
            record, self._event(AuditKind.STATEMENT, patient_id, f"{statement.kind.value}: {said}")
        )
        return record

    def load_demonstration(self) -> None:
        """Import the demonstration patients, anew where their results have grown old.

        Their dates are moved so that the newest results are recent; a demonstration opened weeks
        later would otherwise show stale results where it means to show good ones.
        """
        now = self._clock.now()
        rows = self._store.patients("", "", _MANY).rows
        fresh = {row.patient_id for row in rows if now - row.changed_at < _FRESH}
        for record in demo_records(self._index, now):
            if record.patient_id not in fresh:
                note = "demonstration patient, dates moved to today"
                with suppress(PatientErased):  # erased to see how it is; they stay erased
                    self._store.save_record(record, self._event(AuditKind.IMPORT, record.patient_id, note))

    def _take_in(self, files: tuple[tuple[str, bytes], ...]) -> ImportReport:
        record = intake(files, self._index, self._clock.now(), earlier=self._earlier)
        report = import_report(record)
        names = ", ".join(name for name, _ in files)
        detail = f"{names}: {len(report.not_understood)} entries not understood"
        self._store.save_record(record, self._event(AuditKind.IMPORT, record.patient_id, detail))
        return report

    def _earlier(self, patient_id: PatientId) -> PatientRecord | None:
        try:
            return self._store.record(patient_id)
        except NotFound:
            return None

    def _event(self, kind: AuditKind, subject: str, detail: str) -> AuditEvent:
        return AuditEvent(kind=kind, subject=subject, by=self._user, at=self._clock.now(), detail=detail)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that is to be imported.

    Raises:
        NotReadable: it is too large, or cannot be read.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotReadable(
                f"the file is larger than {MAX_BYTES // 1024 // 1024} MB.",
                hint="Export one patient's data, not a whole archive.",
                place=path.name,
            )
        return path.read_bytes()
    except OSError as error:
        raise NotReadable(
            f"the file cannot be read: {error.strerror}.",
            hint="Check that it exists and that you may read it.",
            place=str(path),
        ) from error
