"""Each schema that ever was, as it was: opened by this WhyRx, it becomes the newest.

``schemas/`` holds the tables and fences of each schema, frozen when it was released: an older step
that is changed later no longer gives its frozen schema, and fails here.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from builders import a_decision, a_patient, a_response
from fakes import FixedClock
from golden import assert_golden
from sqlite_utils import Database
from stores import MUTATORS, fill, fill_besides, opened, past_the_fences

from engine.domain.audit import AuditKind
from engine.domain.ids import DecisionId, PatientId
from engine.domain.pages import DecisionFilter
from engine.errors import StoreUnavailable
from engine.store import opening
from engine.store.driver import open_connection
from engine.store.schema import migrations
from engine.store.schema_0001 import APPLICATION_ID

SCHEMAS = Path(__file__).parent / "schemas"
STEPS = tuple(step.name for step in migrations._migrations)


def schema_of(connection: sqlite3.Connection) -> str:
    """Return tables, indexes and triggers as SQL, without those that SQLite and its libraries keep."""
    statements = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%\\_sqlite\\_%' ESCAPE '\\' "
        "AND name NOT LIKE 'decision_search\\_%' ESCAPE '\\' AND name NOT LIKE 'idx\\__sqlite%' ESCAPE '\\' "
        "ORDER BY rowid"
    )
    return "".join(f"{statement};\n\n" for (statement,) in statements)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_still_gives_the_schema_it_gave_when_it_was_released(step: str) -> None:
    later = STEPS[STEPS.index(step) + 1 :]
    with closing(open_connection(Path(":memory:"), 0.0)) as connection:
        migrations.apply(Database(connection), stop_before=later)
        assert_golden(SCHEMAS / f"{step}.sql", schema_of(connection))


@pytest.mark.parametrize("step", STEPS)
def test_a_database_of_each_schema_opens_and_becomes_the_newest(tmp_path: Path, step: str) -> None:
    path = tmp_path / "old.sqlite"
    with closing(open_connection(path, 1.0)) as old:
        old.executescript((SCHEMAS / f"{step}.sql").read_text(encoding="utf-8"))
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database = Database(old)
        migrations.ensure_migrations_table(database)
        for applied in STEPS[: STEPS.index(step) + 1]:
            migrations._record_applied(database, applied)
        data = SCHEMAS / f"{step}.data.sql"
        if data.exists():
            old.executescript(data.read_text(encoding="utf-8"))
        else:
            opening._mark(database, FixedClock(), demo=True)
        old.commit()
    with opened(path) as store:
        assert store.verify().problems == ()
        assert store.verify(thorough=False).problems == ()
        if not data.exists():
            fill(store)
        fill_besides(store)
        for act in MUTATORS.values():
            act(store)
        assert store.verify().problems == ()
        newest = schema_of(store._db.conn)
    assert newest == (SCHEMAS / f"{STEPS[-1]}.sql").read_text(encoding="utf-8")


def test_what_the_first_schema_held_is_there_word_for_word_and_sealed(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    _first_schema(path)
    with opened(path) as store:
        assert store.record(PatientId("pat-0001")) == a_patient()
        assert store.decision(DecisionId("dec-0001")) == a_decision("dec-0001")
        assert store.response(DecisionId("dec-0001")) == a_response("dec-0001")
        assert [row.decision_id for row in store.decisions(DecisionFilter(text="2021"), 0, 9).rows] == [
            "dec-0001"
        ]
        assert store.events("database")[-1].kind is AuditKind.MIGRATED
    content = path.read_bytes()
    assert b"Rivaroxaban" in content, "lists lie in the clear in a demonstration"
    assert zlib.compress(b"x")[:2] not in _blobs(path)


@pytest.mark.parametrize("table", ["records", "decisions", "responses"])
def test_what_a_step_sealed_cannot_be_changed_later(tmp_path: Path, table: str) -> None:
    path = tmp_path / "old.sqlite"
    _first_schema(path)
    with opened(path):
        pass
    with past_the_fences(path) as attacker:
        attacker.execute(
            f"UPDATE {table} SET content = zeroblob(60) WHERE event = (SELECT min(event) FROM {table})"
        )
    for thorough in (True, False):
        with opened(path) as store:
            problems = " ".join(store.verify(thorough=thorough).problems)
        assert "no longer what it was then" in problems
        assert "was altered" in problems


def _first_schema(path: Path) -> None:
    with closing(open_connection(path, 1.0)) as old:
        for part in ("sql", "data.sql"):
            old.executescript((SCHEMAS / f"m0001_first.{part}").read_text(encoding="utf-8"))
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database = Database(old)
        migrations.ensure_migrations_table(database)
        migrations._record_applied(database, STEPS[0])
        old.commit()


def _blobs(path: Path) -> set[bytes]:
    """Return how each stored content of a patient begins, behind the place of a checksum."""
    with closing(open_connection(path, 1.0)) as db:
        return {
            content[16:18]
            for table in ("records", "decisions", "responses")
            for (content,) in db.execute(f"SELECT content FROM {table}").fetchall()
        }


def test_a_step_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)
    before = path.read_bytes()

    def half_done(db: Database) -> None:
        db.execute("CREATE TABLE half_done (x)")
        db.execute("SELECT * FROM there_is_no_such_table")

    with monkeypatch.context() as patched:
        step = type(migrations._migrations[0])("m0003_half_done", half_done)
        patched.setattr(migrations, "_migrations", [*migrations._migrations, step])
        with pytest.raises(StoreUnavailable, match="no such table"):
            opening.open_demo(path, FixedClock())
    assert path.read_bytes() == before
    with opened(path) as store:
        assert store.verify().problems == ()


def test_a_new_step_is_applied_to_an_existing_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)

    def widen(db: Database) -> None:
        db.execute("CREATE TABLE wider (x TEXT) STRICT")

    step = type(migrations._migrations[0])("m0003_wider", widen)
    monkeypatch.setattr(migrations, "_migrations", [*migrations._migrations, step])
    with opened(path) as store:
        assert store._db["wider"].exists()
        assert store.verify().problems == ()
