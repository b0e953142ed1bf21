"""Lists: filtered, searched, paged by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders import a_decision, a_patient, a_response, an_acceptance, an_event
from stores import opened

from engine.domain.audit import AuditKind
from engine.domain.decision import Choice
from engine.domain.ids import IndicationId, PatientId, UserName
from engine.domain.options import Verdict
from engine.domain.pages import DecisionFilter
from engine.store.columns import folded, words_of
from engine.store.sqlite_store import SqliteStore

NAMES = (
    "Zoë Ångström",
    "example-cedar, cleo",
    "Example-Cedar, Cleo",
    "Ivo 100% Brandt",
    'Quote "O\'Neil" *',
    "",
)
FIRST_DAY = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """Return a store with six patients and nine decisions, which no test changes."""
    path: Path = tmp_path_factory.mktemp("lists") / "whyrx.sqlite"
    with opened(path) as store:
        for number, name in enumerate(NAMES):
            patient_id = f"pat-{number}"
            store.save_record(a_patient(patient_id, name), an_event(AuditKind.IMPORT, patient_id))
        for number in range(9):
            _decide(store, number)
        store.respond(a_response("dec-0"), an_event(AuditKind.OVERRIDDEN, "dec-0"))
        store.respond(an_acceptance("dec-1"), an_event(AuditKind.ACCEPTED, "dec-1"))
        yield store


def _decide(store: SqliteStore, number: int) -> None:
    patient = number % 3
    record = store.record(PatientId(f"pat-{patient}"))
    decision = a_decision(f"dec-{number}", record, decided_at=FIRST_DAY + timedelta(days=number))
    if number >= 6:
        request = replace(
            decision.request,
            indication_id=IndicationId("warfarin-dose"),
            requested_by=UserName("k.oyelaran"),
        )
        decision = replace(decision, request=request, indication_title="Warfarin starting dose")
    store.append_decision(decision, an_event(AuditKind.DECISION, f"dec-{number}"))


def found(store: SqliteStore, **filters: object) -> list[str]:
    """Return the ids of the decisions that a filter lets through."""
    page = store.decisions(DecisionFilter(**filters), 0, 100)  # type: ignore[arg-type] # test helper
    assert page.total == len(page.rows)
    return [row.decision_id for row in page.rows]


def test_decisions_are_listed_newest_first_with_what_a_list_shows(store: SqliteStore) -> None:
    rows = store.decisions(DecisionFilter(), 0, 100).rows
    assert [row.decision_id for row in rows] == [f"dec-{number}" for number in range(8, -1, -1)]
    oldest = rows[-1]
    assert oldest.patient_name == "Zoë Ångström"
    assert oldest.first == "Apixaban"
    assert oldest.verdicts == tuple((verdict, 1) for verdict in Verdict)
    assert oldest.decided_at == FIRST_DAY
    assert (oldest.choice, oldest.chosen) == (Choice.OVERRIDDEN, "Rivaroxaban")
    assert oldest.reason == "patient already tolerates it: On it since 2021 without bleeding."


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 50])
def test_pages_of_decisions_join_to_the_whole_list(store: SqliteStore, limit: int) -> None:
    ids, after = [], 0
    while True:
        page = store.decisions(DecisionFilter(), after, limit)
        assert page.total == 9
        ids += [row.decision_id for row in page.rows]
        after = page.next_after
        if not after:
            break
    assert ids == [f"dec-{number}" for number in range(8, -1, -1)]


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 50])
def test_pages_of_patients_join_to_the_whole_list(store: SqliteStore, limit: int) -> None:
    ids, after = [], ""
    while True:
        page = store.patients("", after, limit)
        assert page.total == len(NAMES)
        ids += [row.patient_id for row in page.rows]
        after = page.next_after
        if not after:
            break
    assert ids == ["pat-5", "pat-1", "pat-2", "pat-3", "pat-4", "pat-0"]


def test_a_page_that_begins_while_decisions_arrive_does_not_repeat_any(tmp_path: Path) -> None:
    with opened(tmp_path / "whyrx.sqlite") as growing:
        for number in range(3):
            growing.save_record(a_patient(f"pat-{number}"), an_event(AuditKind.IMPORT))
            _decide(growing, number)
        first = growing.decisions(DecisionFilter(), 0, 2)
        growing.append_decision(
            a_decision("dec-9", a_patient("pat-0")), an_event(AuditKind.DECISION, "dec-9")
        )
        second = growing.decisions(DecisionFilter(), first.next_after, 2)
        assert [row.decision_id for row in (*first.rows, *second.rows)] == ["dec-2", "dec-1", "dec-0"]


def test_decisions_are_filtered_by_patient_and_indication(store: SqliteStore) -> None:
    assert found(store, patient_id=PatientId("pat-0")) == ["dec-6", "dec-3", "dec-0"]
    assert found(store, indication_id=IndicationId("warfarin-dose")) == ["dec-8", "dec-7", "dec-6"]
    assert found(store, patient_id=PatientId("pat-0"), indication_id=IndicationId("warfarin-dose")) == [
        "dec-6"
    ]


def test_decisions_are_filtered_by_what_was_chosen(store: SqliteStore) -> None:
    assert found(store, choice=Choice.OVERRIDDEN) == ["dec-0"]
    assert found(store, choice=Choice.ACCEPTED) == ["dec-1"]
    assert len(found(store, unanswered=True)) == 7
    assert found(store, unanswered=True, choice=Choice.ACCEPTED) == []


def test_decisions_are_filtered_by_day_in_utc_both_ends_included(store: SqliteStore) -> None:
    assert found(store, since=date(2026, 3, 8)) == ["dec-8", "dec-7"]
    assert found(store, until=date(2026, 3, 1)) == ["dec-0"]
    assert found(store, since=date(2026, 3, 2), until=date(2026, 3, 3)) == ["dec-2", "dec-1"]
    assert len(found(store, since=date.min, until=date.max)) == 9


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("angstrom", ["dec-6", "dec-3", "dec-0"]),
        ("ÅNGSTRÖM", ["dec-6", "dec-3", "dec-0"]),
        ("gstr", ["dec-6", "dec-3", "dec-0"]),
        ("pat-1", ["dec-7", "dec-4", "dec-1"]),
        ("tolerates", ["dec-0"]),
        ("2021 rivaroxaban", ["dec-0"]),
        ("2021 angs", ["dec-0"]),
        ("k.oyelaran", ["dec-8", "dec-7", "dec-6"]),
        ("ye", ["dec-8", "dec-7", "dec-6"]),
        ("nobody", []),
        ("angstrom nobody", []),
        ("cedar apixaban dec-2", ["dec-2"]),
        ("cedarpat", []),
    ],
)
def test_a_text_finds_parts_of_name_id_option_reason_and_user(
    store: SqliteStore, text: str, ids: list[str]
) -> None:
    assert found(store, text=text) == ids


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        "*",
        "a*",
        "NEAR(a b)",
        "text:abc",
        "-abc",
        "abc OR def",
        "%",
        "___",
        ")",
        "zz\0qq",
        "\\",
        "^abc",
        '"""',
    ],
)
def test_nothing_a_user_types_acts_as_a_query(store: SqliteStore, text: str) -> None:
    words = " ".join(words_of(text))
    assert found(store, text=text) == (found(store, text=words) if words else [])


def test_a_blank_text_does_not_filter(store: SqliteStore) -> None:
    assert len(found(store, text="  \t ")) == 9
    assert store.patients("  ", "", 50).total == len(NAMES)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("cedar", ["pat-1", "pat-2"]),
        ("zoe", ["pat-0"]),
        ("pat-3", ["pat-3"]),
        ("100%", ["pat-3"]),
        ("o'neil", ["pat-4"]),
        ("%", ["pat-3"]),
        ("brandt ivo", ["pat-3"]),
        ("_", []),
    ],
)
def test_a_text_finds_patients_by_parts_of_name_or_id(store: SqliteStore, text: str, ids: list[str]) -> None:
    assert [row.patient_id for row in store.patients(text, "", 50).rows] == ids


def test_a_patient_row_counts_decisions_and_loud_entries(store: SqliteStore) -> None:
    row = store.patients("angstrom", "", 1).rows[0]
    assert (row.decisions, row.not_understood, row.synthetic) == (3, 1, True)


def test_folding_drops_case_accents_and_control_characters() -> None:
    assert folded("STRASSE Łódź\x00\n") == "strasse łodz  "
    assert folded("Straße") == "strasse"


def test_an_id_is_found_by_its_beginning_alone_and_together_with_words(store: SqliteStore) -> None:
    assert found(store, text="dec-7") == ["dec-7"]
    assert found(store, text="dec-7 apixaban") == ["dec-7"]
    assert found(store, text="dec-7 pat-1") == ["dec-7"]
    assert found(store, text="dec-7 pat-2") == []
    assert found(store, text="ec-7") == []


def test_counting_stops_where_more_are_only_more(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.listing.COUNTED", 4)
    page = store.decisions(DecisionFilter(), 0, 2)
    assert (page.total, page.at_least) == (4, True)
    exact = store.decisions(DecisionFilter(patient_id=PatientId("pat-0")), 0, 2)
    assert (exact.total, exact.at_least) == (3, False)
    searched = store.decisions(DecisionFilter(text="apixaban"), 0, 2)
    assert (searched.total, searched.at_least) == (4, True)
