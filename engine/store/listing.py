"""Pages of patients and decisions: filtered in SQL, paged by key, never by offset."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlite_utils import Database

from engine.domain.decision import Choice
from engine.domain.ids import ContentHash, DecisionId, IndicationId, PatientId, UserName
from engine.domain.options import Verdict
from engine.domain.pages import DecisionFilter, DecisionPage, DecisionRow, PatientPage, PatientRow
from engine.domain.patient import Sex
from engine.errors import AuditChainBroken
from engine.store import search_index
from engine.store.columns import folded, stamp, words_of

_Row = TypeVar("_Row", PatientRow, DecisionRow)

#: How ids begin, and where a decision has the one that begins so.
_IDS = {
    "dec-": "d.event IN (SELECT event FROM decisions WHERE decision_id >= ? AND decision_id < ?)",
    "pat-": "d.patient_id >= ? AND d.patient_id < ?",
}

#: Counting stops here: that there are more is enough to know, and a million take long to count.
COUNTED = 1_000

_PATIENTS = """
    SELECT patient_id, name, birth_date, sex, changed_at, not_understood, synthetic,
        (SELECT count(*) FROM decision_list WHERE decision_list.patient_id = patients.patient_id) AS decisions
    FROM patients
"""

_SHOWN = """
    SELECT d.event, c.decision_id, d.patient_id, d.patient_name, d.indication_id, d.indication_title,
        d.decided_at, d.requested_by, d.first, d.verdicts, c.sha256, d.choice, d.chosen, d.reason
"""

#: From the index, newest first, where words are searched; CROSS JOIN keeps SQLite to this order.
_FOUND = "FROM decision_search CROSS JOIN decision_list AS d ON d.event = decision_search.rowid"
_INDEX = "FROM decision_search"
_LISTED = "FROM decision_list AS d"
_CONTENTS = "CROSS JOIN decisions AS c ON c.event = d.event"


class _Where:
    """A growing condition with its parameters; nothing a user typed becomes SQL."""

    def __init__(self) -> None:
        self._parts: list[str] = ["1"]
        self._values: list[str | int] = []

    def need(self, part: str, *values: str | int) -> None:
        """Add a part that must hold."""
        self._parts.append(part)
        self._values.extend(values)

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is let through."""
        return len(self._parts) == 1

    def rows(self, db: Database, select: str, rest: str = "") -> list[Any]:
        """Return what a statement finds under the condition."""
        statement = f"{select} WHERE {' AND '.join(self._parts)} {rest}"
        return db.execute(statement, self._values).fetchall()


def patients(db: Database, text: str, after: str, limit: int) -> PatientPage:
    """Return patients whose name or id contains every word of the text, in order of name."""
    limit = _bounded(limit)
    where = _Where()
    where.need("erased = 0")
    for word in folded(text).split():
        where.need("instr(search, ?) > 0", word)
    total = where.rows(db, "SELECT count(*) FROM patients")[0][0]
    if after:
        where.need(
            "(name_key, patient_id) > (SELECT name_key, patient_id FROM patients WHERE patient_id = ?)", after
        )
    found = where.rows(db, _PATIENTS, f"ORDER BY name_key, patient_id LIMIT {limit + 1}")
    rows = tuple(_read(row, _patient_row, "patients") for row in found[:limit])
    more = len(found) > len(rows)
    return PatientPage(rows=rows, next_after=rows[-1].patient_id if more else "", total=total)


def decisions(db: Database, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
    """Return decisions before an event number (0: from the newest), newest first.

    Days of the filter are days in UTC, the first and the last included.
    """
    limit = _bounded(limit)
    where = _where(filters)
    source, order, index_alone = _LISTED, "d.event", False
    words = tuple(dict.fromkeys(words_of(filters.text)))
    ids = [word for word in words if word[:4] in _IDS and len(word) > 4]
    searched = _searched(db, [word for word in words if word not in ids])
    if searched is None or (filters.text.strip() and not words):
        return DecisionPage(rows=(), next_after=0, total=0)
    for word in ids:
        where.need(_IDS[word[:4]], word, f"{word}\uffff")
    if searched and (ids or filters.patient_id is not None):
        # Few are left; each of them is looked up in the index, not the index in them.
        where.need(_LOOKED_UP, searched)
    elif searched:
        index_alone = where.is_empty
        where.need("decision_search MATCH ?", searched)
        source, order = _FOUND, "decision_search.rowid"
    total = _counted(where, db, _INDEX if searched and index_alone else source)
    if after:
        where.need(f"{order} < ?", after)
    found = where.rows(db, f"{_SHOWN} {source} {_CONTENTS}", f"ORDER BY {order} DESC LIMIT {limit + 1}")
    rows = tuple(_read(row, _decision_row, "decisions") for row in found[:limit])
    more = len(found) > len(rows)
    return DecisionPage(
        rows=rows,
        next_after=rows[-1].sequence if more else 0,
        total=min(total, COUNTED),
        at_least=total > COUNTED,
    )


_LOOKED_UP = (
    "EXISTS (SELECT 1 FROM decision_search WHERE decision_search MATCH ? AND decision_search.rowid = d.event)"
)


def _counted(where: _Where, db: Database, source: str) -> int:
    """Return how many there are, or one more than is counted."""
    # The source is one of the two above.
    select, rest = f"SELECT count(*) FROM (SELECT 1 {source}", f"LIMIT {COUNTED + 1})"  # noqa: S608 - see above
    return int(where.rows(db, select, rest)[0][0])


def _searched(db: Database, words: Sequence[str]) -> str | None:
    """Return an expression of the index for all of some words, or None where one is nowhere."""
    parts = []
    for word in words:
        found = search_index.expression(db, word)
        if not found:
            return None
        parts.append(f"({found})")
    return " AND ".join(parts)


def _where(filters: DecisionFilter) -> _Where:
    where = _Where()
    if filters.patient_id is not None:
        where.need("d.patient_id = ?", filters.patient_id)
    if filters.indication_id is not None:
        where.need("d.indication_id = ?", filters.indication_id)
    if filters.choice is not None:
        where.need("d.choice = ?", filters.choice.value)
    if filters.unanswered:
        where.need("d.choice IS NULL")
    if filters.since is not None:
        where.need("d.decided_at >= ?", _start_of(filters.since))
    if filters.until is not None and filters.until < date.max:
        where.need("d.decided_at < ?", _start_of(filters.until + timedelta(days=1)))
    return where


def _read(row: tuple[Any, ...], make: Callable[[tuple[Any, ...]], _Row], what: str) -> _Row:
    """Return a row as it is shown; a damaged one is told, not shown and not passed over."""
    try:
        return make(row)
    except (ValueError, TypeError, KeyError) as error:
        raise AuditChainBroken(
            f"The list of {what} holds what WhyRx never writes: {error}.",
            hint="Verify the log; restore the last backup that verifies, and keep this file as it is.",
        ) from error


def _patient_row(row: tuple[Any, ...]) -> PatientRow:
    patient_id, name, birth_date, sex, changed_at, not_understood, synthetic, count = row
    return PatientRow(
        patient_id=PatientId(patient_id),
        name=name,
        birth_date=date.fromisoformat(birth_date) if birth_date else None,
        sex=Sex(sex),
        changed_at=datetime.fromisoformat(changed_at),
        decisions=count,
        not_understood=not_understood,
        synthetic=bool(synthetic),
    )


def _decision_row(row: tuple[Any, ...]) -> DecisionRow:
    event, decision_id, patient_id, patient_name, indication_id, indication_title = row[:6]
    decided_at, requested_by, first, verdicts, content, choice, chosen, reason = row[6:]
    return DecisionRow(
        sequence=event,
        decision_id=DecisionId(decision_id),
        patient_id=PatientId(patient_id),
        patient_name=patient_name,
        indication_id=IndicationId(indication_id),
        indication_title=indication_title,
        decided_at=datetime.fromisoformat(decided_at),
        requested_by=UserName(requested_by),
        first=first,
        verdicts=tuple((Verdict(verdict), count) for verdict, count in json.loads(verdicts)),
        choice=Choice(choice) if choice else None,
        chosen=chosen or "",
        reason=reason or "",
        content=ContentHash(content),
    )


def _start_of(day: date) -> str:
    return stamp(datetime.combine(day, time.min, UTC))


def _bounded(limit: int) -> int:
    # A page of nothing would never end; one of everything would not fit.
    return max(1, min(limit, 1000))
