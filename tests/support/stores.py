"""Databases for tests: filled ones, altered ones, and every method that changes anything."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import (
    A_HASH,
    a_decision,
    a_draft,
    a_pack,
    a_patient,
    a_response,
    an_acceptance,
    an_event,
)
from fakes import FixedClock

from engine.domain.access import Role, User
from engine.domain.audit import AuditKind
from engine.domain.decision import ReasonCode
from engine.domain.ids import ContentHash, DecisionId, ModelId, PatientId, UserName
from engine.store.checkpoints import Checkpoints
from engine.store.driver import open_connection
from engine.store.keeping import Keeping
from engine.store.opening import open_demo
from engine.store.promises import Promises
from engine.store.releases import Releases
from engine.store.sqlite_store import SqliteStore
from engine.store.users import Users
from engine.store.vault import Vault
from engine.store.wrapping import Stretching

A_MODEL = ModelId("warfarin-dose")
A_PACK_HASH = ContentHash("cd" * 32)

#: What one method changes, and the rows it adds to each table.
Mutator = Callable[[SqliteStore], None]


@contextmanager
def opened(path: Path) -> Iterator[SqliteStore]:
    """Open a demonstration and close it again."""
    with closing(open_demo(path, FixedClock())) as store:
        yield store


#: A guess costs next to nothing here: what is tested is not how slow it is.
CHEAP = Stretching(passes=1, memory_kib=8, lanes=1)
ADMINISTRATOR = UserName("Ada Admin")
PASSPHRASE = "correct horse battery"


@contextmanager
def founded(path: Path, clock: FixedClock | None = None) -> Iterator[Vault]:
    """Make an encrypted database with its first administrator signed in, and lock it after."""
    vault = Vault(path, clock or FixedClock(), CHEAP)
    vault.create(ADMINISTRATOR, PASSPHRASE)
    try:
        yield vault
    finally:
        vault.lock("done")


def fill(store: SqliteStore) -> None:
    """Store one of everything: two versions of a record, two decisions, one answered, a pack, a draft."""
    store.save_record(a_patient(name="Example-Cedar, Cleoe"), an_event(AuditKind.IMPORT))
    store.save_record(a_patient(), an_event(AuditKind.STATEMENT))
    store.archive_pack(a_pack())
    for decision_id in ("dec-0001", "dec-0002"):
        store.append_decision(a_decision(decision_id), an_event(AuditKind.DECISION, decision_id))
    store.respond(a_response("dec-0001"), an_event(AuditKind.OVERRIDDEN, "dec-0001"))
    store.save_draft(a_draft(), an_event(AuditKind.DRAFT_SAVED, "rules/dabigatran.yaml"))
    store.append_event(an_event(AuditKind.EXPORT, "dec-0001"))


def fill_besides(store: SqliteStore) -> None:
    """Store one of all that ``fill`` leaves out: model, users, release, holds, a kept promise, an erasure."""
    store.archive_model(A_MODEL, A_HASH, a_pack().files)
    Users(store.room).add(
        User(name=UserName("Ida Auditor"), roles=frozenset({Role.AUDITOR}), public_key="00")
    )
    Releases(store.room).propose(a_pack("2.0.0"), "first")
    for name in ("Una User", "Ugo User"):
        Users(store.room).add(User(name=UserName(name), roles=frozenset({Role.CLINICIAN}), public_key="02"))
    store.archive_pack(a_pack("3.0.0"))
    for patient_id in ("pat-0007", "pat-0008", "pat-0009"):
        store.save_record(a_patient(patient_id, "Example-Rowan, Ros"), an_event(AuditKind.IMPORT, patient_id))
        decision = a_decision(f"dec-{patient_id}", a_patient(patient_id, "Example-Rowan, Ros"))
        store.append_decision(decision, an_event(AuditKind.DECISION, decision.decision_id))
        promised = replace(a_response(decision.decision_id), reason=ReasonCode.WILL_MONITOR)
        store.respond(promised, an_event(AuditKind.OVERRIDDEN, decision.decision_id))
    Promises(store.room).keep(DecisionId("dec-pat-0008"), "seen on the ward")
    keeping = Keeping(store.room)
    keeping.place_hold(PatientId("pat-0009"), "a complaint")
    keeping.lift_hold(PatientId("pat-0009"), "settled")
    keeping.erase(PatientId("pat-0009"), "asked for by the patient")
    keeping.place_hold(PatientId("pat-0008"), "another complaint")


def none(_: object) -> None:
    """Take a result that is of no interest."""


#: Every method that changes anything, on a store that ``fill`` has filled.
MUTATORS: dict[str, Mutator] = {
    "save_record (new patient)": lambda store: store.save_record(
        a_patient("pat-0002", "Ivo Brandt"), an_event(AuditKind.IMPORT, "pat-0002")
    ),
    "save_record (new version)": lambda store: store.save_record(
        a_patient(name="Example-Cedar, Cleo-Quist"), an_event(AuditKind.STATEMENT)
    ),
    "archive_model": lambda store: store.archive_model(A_MODEL, A_PACK_HASH, a_pack().files),
    "archive_pack": lambda store: store.archive_pack(a_pack("1.1.0")),
    "append_decision": lambda store: store.append_decision(
        a_decision("dec-0003"), an_event(AuditKind.DECISION, "dec-0003")
    ),
    "respond": lambda store: store.respond(
        an_acceptance("dec-0002"), an_event(AuditKind.ACCEPTED, "dec-0002")
    ),
    "append_event": lambda store: store.append_event(an_event(AuditKind.READ)),
    "save_draft (new)": lambda store: store.save_draft(
        a_draft("rules/edoxaban.yaml"), an_event(AuditKind.DRAFT_SAVED, "rules/edoxaban.yaml")
    ),
    "save_draft (again)": lambda store: store.save_draft(
        replace(a_draft(), text="rules: []\n"), an_event(AuditKind.DRAFT_SAVED, "rules/dabigatran.yaml")
    ),
    "Users.add": lambda store: Users(store.room).add(
        User(name=UserName("Otto"), roles=frozenset({Role.CLINICIAN}), public_key="01")
    ),
    "Users.give_roles": lambda store: Users(store.room).give_roles(
        UserName("Una User"), frozenset({Role.APPROVER})
    ),
    "Users.remove": lambda store: Users(store.room).remove(UserName("Ugo User")),
    "Users.change_key": lambda store: Users(store.room).change_key(UserName("Una User"), "02"),
    "Releases.propose": lambda store: none(Releases(store.room).propose(a_pack("3.0.0"), "second")),
    "Keeping.place_hold": lambda store: Keeping(store.room).place_hold(PatientId("pat-0001"), "a complaint"),
    "Keeping.lift_hold": lambda store: Keeping(store.room).lift_hold(PatientId("pat-0008"), "settled"),
    "Promises.keep": lambda store: Promises(store.room).keep(DecisionId("dec-pat-0007"), "seen"),
    "Keeping.erase": lambda store: none(Keeping(store.room).erase(PatientId("pat-0007"), "asked for")),
    "Checkpoints.sign": lambda store: none(Checkpoints(store.room).sign(bytes(32))),
    "discard_draft": lambda store: store.discard_draft(
        a_draft().path, a_draft().by, an_event(AuditKind.DRAFT_DISCARDED, a_draft().path)
    ),
}


def rows_of(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, search index included."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'decision_search_%'"
    ).fetchall()
    rows = {
        name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()
        for (name,) in tables
        if name != "decision_search"
    }
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.every_entry USING fts5vocab(main, decision_search, instance)"
    )
    rows["decision_search"] = connection.execute(
        "SELECT doc, term FROM temp.every_entry ORDER BY 1, 2"
    ).fetchall()
    return rows


@contextmanager
def past_the_fences(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database as someone who takes the fences down, and puts them up again after."""
    with closing(open_connection(path, 1.0)) as connection:
        fences = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in fences:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in fences:
            connection.execute(statement)
        connection.commit()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run a block as a user whom file permissions bind; the superuser is bound by none."""
    if os.name == "nt":
        pytest.skip("file permissions of this system work otherwise")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def decision_ids(store: SqliteStore) -> list[DecisionId]:
    """Return the ids of all decisions, oldest first."""
    rows = store._db.execute("SELECT decision_id FROM decisions ORDER BY event").fetchall()
    return [DecisionId(name) for (name,) in rows]
