"""What leaves WhyRx: dossiers, cases without their patient, the audit log, lists; recorded beforehand."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TypeVar

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import ContentHash, UserName
from engine.domain.pack import RulePack
from engine.domain.pages import DecisionFilter, DecisionRow
from engine.domain.replies import DecisionDossier, ExtractFormat, ExtractReport, ReportFormat
from engine.errors import OperationalError
from engine.ports import Clock, Progress
from engine.report.case import de_identified
from engine.report.case_words import words_of
from engine.report.csv_text import audit_csv, decisions_csv
from engine.report.fhir import audit_lines
from engine.report.forms import written
from engine.store.log_export import log_lines
from engine.store.sqlite_store import SqliteStore

_PAGE = 500
_Row = TypeVar("_Row")

#: How many rows are written between two reports of progress.
_STEP = 1000
_TITLES = {
    ExtractFormat.LOG: "audit log for the verifier",
    ExtractFormat.LOG_CSV: "audit log as CSV",
    ExtractFormat.LOG_FHIR: "audit log as FHIR AuditEvents",
    ExtractFormat.DECISIONS_CSV: "decisions as CSV",
}


class Exports:
    """Writes out what is asked for, once the audit log says so."""

    def __init__(
        self,
        store: SqliteStore,
        archived: Callable[[ContentHash, date], RulePack],
        clock: Clock,
        user: UserName,
        software: str,
        secret: Callable[[], bytes],
    ) -> None:
        """Take the database, archived packs by hash, time, user, version, and what makes new secrets."""
        self._store = store
        self._archived = archived
        self._clock = clock
        self._user = user
        self._software = software
        self._secret = secret

    def report(self, dossier: DecisionDossier, form: ReportFormat) -> bytes:
        """Return a dossier written out; recorded before it is handed over.

        Raises:
            IdentityLeaked: a de-identified case would have told who the patient is; this is recorded too.
        """
        decision_id = dossier.decision.decision_id
        content = self._written(dossier, form)
        self._record(decision_id, f"written out as {form.value}, {len(content)} bytes", content)
        return content

    def extract(self, path: Path, form: ExtractFormat, progress: Progress) -> ExtractReport:
        """Write the audit log or all decisions to a file; recorded before it is written.

        Raises:
            OperationalError: the file cannot be written; nothing is left of it.
            Cancelled: the user stopped it; nothing is left of it.
        """
        self._record("audit log" if form is not ExtractFormat.DECISIONS_CSV else "decisions",
                     f"{_TITLES[form]}, to {path.name}")  # fmt: skip
        counted = _Counted(progress, _TITLES[form])
        size, digest = _write(path, self._lines(form, counted))
        return ExtractReport(path=str(path), form=form, rows=counted.rows, size=size, content=digest)

    def _written(self, dossier: DecisionDossier, form: ReportFormat) -> bytes:
        decision = dossier.decision
        if form is ReportFormat.CASE:
            pack = self._archived(decision.versions.pack_hash, decision.decided_at.date())
            return de_identified(dossier, words_of(pack), self._secret())
        return written(dossier, form, self._store.decision_bytes(decision.decision_id))

    def _lines(self, form: ExtractFormat, counted: _Counted) -> Iterator[bytes]:
        match form:
            case ExtractFormat.LOG:
                return log_lines(counted.over(self._store.links()))
            case ExtractFormat.LOG_CSV:
                return audit_csv(counted.over(self._store.log()))
            case ExtractFormat.LOG_FHIR:
                return audit_lines(counted.over(self._store.log()), self._software)
            case ExtractFormat.DECISIONS_CSV:
                return decisions_csv(counted.over(self._decisions()))

    def _decisions(self) -> Iterator[DecisionRow]:
        after = 0
        while True:
            page = self._store.decisions(DecisionFilter(), after, _PAGE)
            yield from page.rows
            after = page.next_after
            if not after:
                return

    def _record(self, subject: str, detail: str, content: bytes | None = None) -> None:
        self._store.append_event(
            AuditEvent(
                kind=AuditKind.EXPORT,
                subject=subject,
                by=self._user,
                at=self._clock.now(),
                detail=detail,
                content=None if content is None else ContentHash(hashlib.sha256(content).hexdigest()),
            )
        )


class _Counted:
    """Counts rows as they are written, and reports them."""

    def __init__(self, progress: Progress, title: str) -> None:
        self.rows = 0
        self._progress = progress
        self._title = title

    def over(self, rows: Iterable[_Row]) -> Iterator[_Row]:
        """Yield the rows."""
        for row in rows:
            self.rows += 1
            if self.rows % _STEP == 0:
                # How many there are is known at the end.
                self._progress.step(self.rows, 0, self._title)
            yield row


def _write(path: Path, lines: Iterable[bytes]) -> tuple[int, ContentHash]:
    """Write a file beside its place and then put it there; return its bytes and their hash."""
    beside, size, digest = "", 0, hashlib.sha256()
    try:
        number, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with open(number, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            for line in lines:
                size += file.write(line)
                digest.update(line)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except OSError as error:
        raise OperationalError(
            f"{path.name} cannot be written: {error.strerror or error}.",
            hint="Choose a folder that exists, that you may write in, and that has room.",
            place=str(path),
        ) from error
    finally:
        if beside:
            with suppress(OSError):
                Path(beside).unlink()
    return size, ContentHash(digest.hexdigest())
