"""CSV exports: complete, and harmless to whoever opens them in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from builders import A_HASH, NOON, an_event
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.audit import AuditKind
from engine.domain.decision import Choice
from engine.domain.ids import DecisionId, IndicationId, PatientId, UserName
from engine.domain.options import Verdict
from engine.domain.pages import DecisionRow
from engine.report.content import plain
from engine.report.csv_text import audit_csv, decisions_csv, harmless

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
#: As East Asian keyboards write =, +, - and @.
WIDE = "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
#: Beginnings that one spreadsheet or another takes for a formula.
STARTS = st.sampled_from(
    ["=", "+", "-", "@", "\t=", "\r=", "\n=", "'=", " =", "=cmd|' /C calc'!A0", f"{WIDE[0]}1", "|a"]
)


def rows_of(pieces: list[bytes]) -> list[list[str]]:
    """Return the rows of a file as a program reads them."""
    text = b"".join(pieces).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@given(STARTS.flatmap(lambda start: TEXTS.map(lambda text: start + text)) | TEXTS)
def test_no_text_begins_as_a_formula_and_each_can_be_read_back(text: str) -> None:
    shown = harmless(text)
    assert shown.lstrip()[:1] not in {*"=+-@|%", *WIDE}
    assert shown.removeprefix("'") in (plain(text), plain(text).removeprefix("'"))
    assert harmless(shown).removeprefix("'") == shown or harmless(shown) == shown


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_the_audit_log_has_a_row_an_event(texts: list[tuple[str, str]]) -> None:
    events = [
        (number, an_event(AuditKind.EXPORT, subject, detail=detail, content=A_HASH))
        for number, (subject, detail) in enumerate(texts, 1)
    ]
    heads, *rows = rows_of(list(audit_csv(events)))
    assert heads == ["number", "at", "kind", "subject", "by", "detail", "sha256"]
    assert [row[0] for row in rows] == [str(number) for number, _ in events]
    assert [row[5] for row in rows] == [harmless(event.detail) for _, event in events]
    assert all(row[6] == A_HASH for row in rows)


def test_decisions_are_listed_with_what_was_chosen() -> None:
    row = DecisionRow(
        sequence=7,
        decision_id=DecisionId("dec-0001"),
        patient_id=PatientId("pat-0001"),
        patient_name='=HYPERLINK("x")',
        indication_id=IndicationId("atrial-fibrillation"),
        indication_title="Stroke prevention in atrial fibrillation",
        decided_at=NOON,
        requested_by=UserName("clinician"),
        first="Apixaban",
        verdicts=((Verdict.CLEAR, 2), (Verdict.EXCLUDED, 1)),
        choice=Choice.OVERRIDDEN,
        chosen="Dabigatran",
        reason='patient\'s informed wish: "no", she said;\nno visits',
        content=A_HASH,
    )
    heads, read = rows_of(list(decisions_csv([row])))
    told = dict(zip(heads, read, strict=True))
    assert told["patient_name"] == '\'=HYPERLINK("x")'
    assert told["verdicts"] == "2 clear; 1 excluded"
    assert told["reason"] == 'patient\'s informed wish: "no", she said; no visits'
    assert told["decided_at"] == NOON.isoformat()


@pytest.mark.parametrize("text", ["apixaban", "178.5", "", "a = b", "x@y"])
def test_an_innocent_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
