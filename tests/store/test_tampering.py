"""What lies in the database cannot be changed quietly: fences keep honest programs out, the chain tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from stores import fill, fill_besides, opened, past_the_fences

from engine.store.driver import open_connection
from engine.store.schema import FENCED


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a filled database, closed."""
    path = tmp_path / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)
        fill_besides(store)
    return path


def problems(path: Path) -> tuple[str, ...]:
    """Open a database and return what verification finds."""
    with opened(path) as store:
        return store.verify().problems


#: What any program might try on a table with a key and a column.
ATTEMPTS: dict[str, Callable[[str, str], str]] = {
    "update": lambda table, _: f"UPDATE {table} SET rowid = rowid",
    "delete": lambda table, _: f"DELETE FROM {table}",
    "insert or replace": lambda table, _: f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "replace": lambda table, _: f"REPLACE INTO {table} SELECT * FROM {table}",
    "upsert": lambda table, key: (
        f"INSERT INTO {table} SELECT * FROM {table} WHERE 1 ON CONFLICT ({key}) DO UPDATE SET {key} = {key}"
    ),
    "update or ignore": lambda table, key: f"UPDATE OR IGNORE {table} SET {key} = {key}",
}


@pytest.mark.parametrize("recursive", ["on", "off"])
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
@pytest.mark.parametrize("table", FENCED)
def test_no_program_changes_a_fenced_row_by_accident(
    path: Path, table: str, attempt: Callable[[str, str], str], recursive: str
) -> None:
    with closing(open_connection(path, 1.0)) as other:
        other.execute(f"PRAGMA recursive_triggers = {recursive}")
        other.execute("PRAGMA foreign_keys = off")
        before = other.execute(f"SELECT * FROM {table}").fetchall()
        assert before
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|last link only"):
            other.execute(attempt(table, FENCED[table][0]))
        assert other.execute(f"SELECT * FROM {table}").fetchall() == before


def test_a_row_is_not_replaced_by_way_of_its_second_key(path: Path) -> None:
    with closing(open_connection(path, 1.0)) as other:
        other.execute("PRAGMA foreign_keys = off")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute(
                "INSERT OR REPLACE INTO decisions SELECT 99, decision_id, patient_id, sha256, content "
                "FROM decisions LIMIT 1"
            )


def test_no_event_is_put_anywhere_but_at_the_end_of_the_chain(path: Path) -> None:
    with closing(open_connection(path, 1.0)) as other:
        for sequence in (0, 1, 4, 50):
            with pytest.raises(sqlite3.IntegrityError):
                other.execute(
                    "INSERT OR REPLACE INTO audit SELECT ?, subject, body, previous, hash FROM audit LIMIT 1",
                    (sequence,),
                )


def test_an_event_taken_out_of_the_middle_is_missed(path: Path) -> None:
    with past_the_fences(path) as attacker:
        attacker.execute("DELETE FROM audit WHERE sequence = 4")
    found = " ".join(problems(path))
    assert "events 4 to 4 are missing" in found
    assert "event 5: it is not chained" in found


def test_two_events_changing_places_are_noticed(path: Path) -> None:
    with past_the_fences(path) as attacker:
        attacker.execute("UPDATE audit SET sequence = 1000 - sequence WHERE sequence IN (2, 3)")
        attacker.execute("UPDATE audit SET sequence = sequence - 995 WHERE sequence > 900")
    found = " ".join(problems(path))
    assert "event 2" in found
    assert "event 3" in found


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("decisions", "decision"),
        ("records", "patient record"),
        ("responses", "response"),
        ("packs", "rule pack"),
    ],
)
def test_a_recorded_row_that_is_gone_is_missed_by_event(path: Path, table: str, what: str) -> None:
    with past_the_fences(path) as attacker:
        (event,) = attacker.execute(f"SELECT max(event) FROM {table}").fetchone()
        attacker.execute(f"DELETE FROM {table} WHERE event = ?", (event,))
    assert f"event {event}: its {what} is missing" in problems(path)


def test_a_row_that_no_event_speaks_of_is_noticed(path: Path) -> None:
    with past_the_fences(path) as attacker:
        attacker.execute(
            "INSERT INTO records SELECT 1, 'pat-0009', sha256, content FROM records WHERE event = 2"
        )
    assert any(found.startswith("event 1: the chain does not speak of") for found in problems(path))


def test_a_decision_taken_over_whole_from_another_event_is_noticed(path: Path) -> None:
    with past_the_fences(path) as attacker:
        (first,), (second,), *_ = attacker.execute("SELECT event FROM decisions ORDER BY event").fetchall()
        attacker.execute(
            "UPDATE decisions SET sha256 = (SELECT sha256 FROM decisions WHERE event = ?), "
            "content = (SELECT content FROM decisions WHERE event = ?) WHERE event = ?",
            (first, first, second),
        )
    assert any(f"event {second}: its decision does not have the hash" in found for found in problems(path))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE decision_list SET first = 'Warfarin'", "the list shows first 'Warfarin'"),
        ("UPDATE decision_list SET decided_at = '2020-01-01'", "the list shows decided_at"),
        ("UPDATE decision_list SET choice = 'accepted'", "the list shows choice 'accepted'"),
        ("UPDATE patients SET name = 'Someone Else'", "the list shows name 'Someone Else'"),
        ("UPDATE patients SET not_understood = 0", "the list shows not_understood 0"),
        ("UPDATE decision_search SET words = '' WHERE rowid = 5", "the search index does not hold its words"),
        ("DELETE FROM decision_search WHERE rowid = 5", "the search index does not hold its words"),
        ("INSERT INTO decision_search (rowid, words) VALUES (99, 'x')", "there is no such decision"),
        ("DELETE FROM search_words", "the words that a search knows are not those of the index"),
        ("DELETE FROM decision_list", "it is missing from the list"),
        ("UPDATE patients SET erased = 1", "was erased, but is still in the list"),
        ("DELETE FROM patient_keys WHERE patient_id = 'pat-0001'", "but no erasure is recorded"),
        ("UPDATE patient_keys SET key = zeroblob(32)", "do not open under the patient's key"),
        ("UPDATE holds SET placed = 1", "its hold was altered"),
        ("UPDATE erasures SET key_sha256 = ''", "its erasure was altered"),
        ("UPDATE users SET active = 0", "the list of users does not show"),
        ("DELETE FROM patients", "is missing from the list"),
        ("DELETE FROM files", "is missing"),
        ("UPDATE drafts SET author = 'someone.else'", "its draft was put under"),
    ],
)
def test_a_list_never_says_what_the_content_does_not(path: Path, statement: str, told: str) -> None:
    with past_the_fences(path) as attacker:
        attacker.execute(statement)
    assert any(told in found for found in problems(path))


def test_a_fence_taken_down_is_noticed(path: Path) -> None:
    with closing(open_connection(path, 1.0)) as attacker:
        attacker.execute("DROP TRIGGER audit_no_delete")
        attacker.commit()
    assert problems(path) == ("the fence audit_no_delete was taken down or altered",)


def test_a_trigger_put_in_by_someone_else_is_noticed(path: Path) -> None:
    with closing(open_connection(path, 1.0)) as attacker:
        attacker.execute("CREATE TRIGGER quiet AFTER INSERT ON audit BEGIN DELETE FROM drafts; END")
        attacker.commit()
    assert problems(path) == ("there is a trigger that WhyRx did not make: quiet",)


def test_an_altered_definition_of_a_table_is_noticed(path: Path) -> None:
    with closing(open_connection(path, 1.0)) as attacker:
        attacker.execute("ALTER TABLE patients RENAME COLUMN birth_date TO bjrth_date")
        attacker.commit()
    found = " ".join(problems(path))
    assert "a table or index was altered: CREATE TABLE patients" in found
    assert "no such column: birth_date" in found


def test_all_that_is_wrong_is_told_not_the_first_thing_only(path: Path) -> None:
    with past_the_fences(path) as attacker:
        attacker.execute("UPDATE decisions SET content = zeroblob(20)")
        attacker.execute("UPDATE records SET content = zeroblob(20)")
    found = problems(path)
    told = [text.split(":")[0] for text in found if "does not have the hash" in text]
    assert told[:4] == ["event 2", "event 3", "event 5", "event 6"]
