"""Tables as CSV (RFC 4180) that a spreadsheet shows and does not run.

Every field is quoted. A text that a spreadsheet might take for a formula gets an apostrophe before it, and so
does one that begins with an apostrophe: whoever reads the file with a program takes one away from each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from engine.domain.audit import AuditEvent
from engine.domain.pages import DecisionRow
from engine.report.content import plain

#: What begins a formula in one spreadsheet or another, wide forms of East Asian keyboards included.
_ACTS = frozenset("=+-@'\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
                  "\N{FULLWIDTH COMMERCIAL AT}|%")  # fmt: skip

#: Tells spreadsheets that the file is UTF-8.
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def audit_csv(events: Iterable[tuple[int, AuditEvent]]) -> Iterator[bytes]:
    """Yield the audit log as CSV, a piece a line."""
    heads = ("number", "at", "kind", "subject", "by", "detail", "sha256")
    rows = (
        (
            str(number),
            event.at.isoformat(),
            event.kind.value,
            event.subject,
            event.by,
            event.detail,
            event.content or "",
        )
        for number, event in events
    )
    return _lines(heads, rows)


def decisions_csv(decisions: Iterable[DecisionRow]) -> Iterator[bytes]:
    """Yield decisions as CSV, a piece a line."""
    heads = (
        "number", "decision", "decided_at", "patient", "patient_name", "indication", "requested_by", "first",
        "verdicts", "choice", "chosen", "reason", "sha256",
    )  # fmt: skip
    rows = (
        (
            str(row.sequence),
            row.decision_id,
            row.decided_at.isoformat(),
            row.patient_id,
            row.patient_name,
            row.indication_title,
            row.requested_by,
            row.first,
            "; ".join(f"{count} {verdict.value}" for verdict, count in row.verdicts),
            row.choice.value if row.choice else "",
            row.chosen,
            row.reason,
            row.content,
        )
        for row in decisions
    )
    return _lines(heads, rows)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("apixaban")
    ("'=1+1", 'apixaban')
    """
    said = plain(text)
    return f"'{said}" if said.lstrip()[:1] in _ACTS and said.strip() else said


def _lines(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    held.write(_MARK)
    writer.writerow(heads)
    yield held.getvalue().encode("utf-8")
    for row in rows:
        held.seek(0)
        held.truncate()
        writer.writerow([harmless(text) for text in row])
        yield held.getvalue().encode("utf-8", errors="replace")
