"""Every method that changes anything: kept whole after reopening, or not at all, whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from builders import a_decision, an_event
from stores import MUTATORS, Mutator, decision_ids, fill, fill_besides, opened, rows_of

from engine.domain.audit import AuditKind
from engine.errors import StoreUnavailable
from engine.ports import Store
from engine.store.sqlite_store import SqliteStore

every_mutator = pytest.mark.parametrize("act", MUTATORS.values(), ids=MUTATORS.keys())


class PlantedError(Exception):
    """What the tests make go wrong."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a filled database, closed."""
    path = tmp_path / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)
        fill_besides(store)
    return path


def test_the_list_of_mutators_is_complete() -> None:
    reading = {
        "record", "patients", "archived_pack", "archived_model", "decision", "decision_bytes", "decisions",
        "response", "events", "verify", "draft",
    }  # fmt: skip
    methods = {name for name in vars(Store) if not name.startswith("_")}
    of_the_port = {name.split()[0] for name in MUTATORS if "." not in name}
    assert of_the_port == methods - reading


@every_mutator
def test_a_change_survives_closing_and_opening(path: Path, act: Mutator) -> None:
    with opened(path) as store:
        before = rows_of(store._db.conn)
        act(store)
        after = rows_of(store._db.conn)
    assert after != before
    assert len(after["audit"]) == len(before["audit"]) + 1
    with opened(path) as store:
        assert rows_of(store._db.conn) == after
        assert store.verify().problems == ()


@every_mutator
def test_a_change_leaves_no_transaction_open(path: Path, act: Mutator) -> None:
    with opened(path) as store:
        act(store)
        assert not store._db.conn.in_transaction


def fail_at(store: SqliteStore, statement: int) -> list[str]:
    """Make the store's so-manyth statement from now go wrong; the list tells what was asked."""
    asked: list[str] = []

    def trace(sql: str, _: object) -> None:
        asked.append(sql)
        if len(asked) == statement:
            raise PlantedError(sql)

    store._db._tracer = trace
    return asked


@every_mutator
def test_a_fault_at_any_statement_rolls_the_whole_change_back(path: Path, act: Mutator) -> None:
    with opened(path) as store:
        before = rows_of(store._db.conn)
        statement, asked = 0, [""]
        while "COMMIT" not in asked[:statement]:
            statement += 1
            asked = fail_at(store, statement)
            try:
                act(store)
            except PlantedError:
                assert not store._db.conn.in_transaction
                assert rows_of(store._db.conn) == before
            else:
                break
        assert statement > len(("BEGIN", "INSERT event", "COMMIT"))
        store._db._tracer = None
        assert store.verify().problems == ()


@pytest.fixture
def no_room() -> Callable[[int], AbstractContextManager[None]]:
    """Return a block inside which no file of this process may grow beyond a size."""
    resource = pytest.importorskip("resource", reason="this system cannot limit the size of files")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextmanager
    def limited(size: int) -> Iterator[None]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


@every_mutator
def test_a_disk_without_room_stores_nothing_of_a_change_and_can_be_overcome(
    path: Path, act: Mutator, no_room: Callable[[int], AbstractContextManager[None]]
) -> None:
    with opened(path) as store:
        store.append_event(an_event(AuditKind.READ))
        before = rows_of(store._db.conn)
        journal = path.with_name(f"{path.name}-wal").stat().st_size
        with no_room(journal), pytest.raises(StoreUnavailable) as told:
            act(store)
        assert "free space" in told.value.hint
        assert not store._db.conn.in_transaction
        assert rows_of(store._db.conn) == before
        act(store)
        assert rows_of(store._db.conn) != before
        assert store.verify().problems == ()


def test_a_full_disk_is_called_by_its_name(path: Path) -> None:
    with opened(path) as store:
        pages = store._db.execute("PRAGMA page_count").fetchall()[0][0]
        store._db.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        number, before = 0, rows_of(store._db.conn)

        def fill_up() -> None:
            nonlocal number, before
            for number in range(100, 500):
                before = rows_of(store._db.conn)
                decision_id = f"dec-{number}"
                store.append_decision(a_decision(decision_id), an_event(AuditKind.DECISION, decision_id))

        with pytest.raises(StoreUnavailable, match="disk is full") as told:
            fill_up()
        assert "Free space" in told.value.hint
        assert rows_of(store._db.conn) == before
        assert store.events(f"dec-{number}") == ()
        store._db.execute("PRAGMA max_page_count = 1000000").fetchall()
        store.append_decision(a_decision("dec-0999"), an_event(AuditKind.DECISION, "dec-0999"))
        assert store.verify().problems == ()


def test_a_decision_and_its_event_stand_or_fall_together(path: Path) -> None:
    with opened(path) as store:
        for statement in range(1, 100):
            fail_at(store, statement)
            try:
                store.append_decision(a_decision("dec-0003"), an_event(AuditKind.DECISION, "dec-0003"))
            except PlantedError:
                assert ("dec-0003" in decision_ids(store)) is False
            else:
                break
            finally:
                store._db._tracer = None
            assert store.events("dec-0003") == ()
        assert "dec-0003" in decision_ids(store)
        assert len(store.events("dec-0003")) == 1
