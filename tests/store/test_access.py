"""Who gets in, and what each may do: enforced by the store, whatever a window shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import NURSE, a_decision, a_draft, a_pack, a_patient, a_response, an_event
from fakes import FixedClock
from stores import ADMINISTRATOR, CHEAP, PASSPHRASE

from engine.domain.access import RIGHTS, Right, Role
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import DecisionId, PatientId, UserName
from engine.domain.pages import DecisionFilter
from engine.errors import InputError, InvariantBroken, NotPermitted, SignInRefused, StoreUnavailable
from engine.store import driver, keyfile
from engine.store.checkpoints import Checkpoints
from engine.store.keeping import Keeping
from engine.store.promises import Promises
from engine.store.releases import Releases
from engine.store.sqlite_store import SqliteStore
from engine.store.users import Users, users_in
from engine.store.vault import Vault

STAFF = {NURSE: Role.CLINICIAN, "Aud": Role.AUDITOR, "Aut": Role.AUTHOR, "App": Role.APPROVER}
OTHER = "another good passphrase"


@pytest.fixture
def clock() -> FixedClock:
    """Return a clock that can be moved."""
    return FixedClock()


@pytest.fixture
def vault(tmp_path: Path, clock: FixedClock) -> Iterator[Vault]:
    """Return a locked database with its staff, and one patient with a decision."""
    vault = Vault(tmp_path / "whyrx.sqlite", clock, CHEAP)
    vault.create(ADMINISTRATOR, PASSPHRASE)
    for name, role in STAFF.items():
        vault.add_user(name, frozenset({role}), PASSPHRASE)
    with at_work(vault, NURSE) as store:
        store.save_record(a_patient(), an_event(AuditKind.IMPORT))
        store.append_decision(a_decision(), an_event(AuditKind.DECISION, "dec-0001"))
    yield vault
    vault.lock("done")


@contextmanager
def at_work(vault: Vault, name: str, passphrase: str = PASSPHRASE) -> Iterator[SqliteStore]:
    """Sign somebody in for a while."""
    vault.lock("before")
    yield vault.sign_in(name, passphrase)
    vault.lock("after")


def test_nothing_of_a_patient_lies_in_the_clear(vault: Vault, tmp_path: Path) -> None:
    vault.lock("looked at from outside")
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        for word in (b"Cedar", b"apixaban", b"whyrx", b"SQLite format", b"pat-0001"):
            assert word not in content or file.suffix == ".keys", (file.name, word)
    keys = json.loads((tmp_path / "whyrx.sqlite.keys").read_text())
    assert {slot["user"] for slot in keys["slots"]} == {ADMINISTRATOR, *STAFF}


@pytest.mark.parametrize(("name", "passphrase"), [(NURSE, OTHER), ("Nobody", PASSPHRASE), (NURSE, "")])
def test_a_wrong_passphrase_opens_nothing_changes_nothing_and_is_in_the_log_later(
    vault: Vault, tmp_path: Path, name: str, passphrase: str
) -> None:
    vault.lock("before")
    before = (tmp_path / "whyrx.sqlite").read_bytes()
    with pytest.raises(SignInRefused) as told:
        vault.sign_in(name, passphrase)
    assert "name or the passphrase" in told.value.message
    assert (tmp_path / "whyrx.sqlite").read_bytes() == before
    with at_work(vault, "Aud") as store:
        assert [event.kind for event in store.events(name)][-1] in (
            AuditKind.SIGN_IN_REFUSED,
            AuditKind.USER_ADDED,
        )
        refusals = [event for event in store.events(name) if event.kind is AuditKind.SIGN_IN_REFUSED]
        assert len(refusals) == 1


def test_wrong_passphrases_cost_time_and_a_right_one_after_it_opens(vault: Vault, clock: FixedClock) -> None:
    vault.lock("before")
    waits: list[int] = []
    for _ in range(8):
        with pytest.raises(SignInRefused):
            vault.sign_in(NURSE, OTHER)
        with pytest.raises(SignInRefused) as told:
            vault.sign_in(NURSE, PASSPHRASE if waits else OTHER)
        if "can be tried in" in told.value.message:
            waits.append(int(told.value.message.split(" in ")[1].split()[0]))
            clock.move(seconds=waits[-1])
    assert waits == sorted(waits)
    assert waits[-1] >= 16
    with at_work(vault, NURSE) as store:
        assert store.record(PatientId("pat-0001")) == a_patient()
    assert keyfile.read(keyfile.path_of(store.room.path)).refusals == ()


def test_a_changed_passphrase_opens_and_the_old_one_no_longer_does_without_the_data_being_rewritten(
    vault: Vault, tmp_path: Path
) -> None:
    with at_work(vault, NURSE):
        with pytest.raises(SignInRefused):
            vault.change_passphrase(OTHER, OTHER)
        with pytest.raises(InputError, match="at least 12"):
            vault.change_passphrase(PASSPHRASE, "short")
        pages = (tmp_path / "whyrx.sqlite").stat().st_size
        vault.change_passphrase(PASSPHRASE, OTHER)
    with pytest.raises(SignInRefused):
        vault.sign_in(NURSE, PASSPHRASE)
    with at_work(vault, NURSE, OTHER) as store:
        assert store.record(PatientId("pat-0001")) == a_patient()
    assert (tmp_path / "whyrx.sqlite").stat().st_size <= pages + 32 * 16384


def test_a_removed_user_is_refused_and_stays_in_the_log(vault: Vault) -> None:
    with at_work(vault, ADMINISTRATOR):
        vault.remove_user(UserName(NURSE))
    with pytest.raises(SignInRefused):
        vault.sign_in(NURSE, PASSPHRASE)
    with at_work(vault, "Aud") as store:
        assert [event.kind for event in store.events(NURSE)][-1] is AuditKind.SIGN_IN_REFUSED
        assert AuditKind.USER_REMOVED in {event.kind for event in store.events(NURSE)}
        assert (
            store.decision(DecisionId("dec-0001")).request.requested_by == a_decision().request.requested_by
        )


def test_a_slot_left_behind_by_a_crash_opens_nothing(vault: Vault, tmp_path: Path) -> None:
    keys = keyfile.read(tmp_path / "whyrx.sqlite.keys")
    with at_work(vault, ADMINISTRATOR):
        vault.remove_user(UserName(NURSE))
    keyfile.write(tmp_path / "whyrx.sqlite.keys", keys)
    with pytest.raises(SignInRefused, match="no user of this database any more"):
        vault.sign_in(NURSE, PASSPHRASE)
    with at_work(vault, "Aud"):
        pass
    assert NURSE not in keyfile.read(tmp_path / "whyrx.sqlite.keys").users


def test_a_forgotten_passphrase_is_set_anew_with_a_new_signing_key(vault: Vault) -> None:
    with at_work(vault, "Aud") as store:
        signed = Checkpoints(store.room).sign(vault.seed)
    with at_work(vault, ADMINISTRATOR) as store:
        vault.set_passphrase(UserName("Aud"), OTHER)
    with at_work(vault, "Aud", OTHER) as store:
        assert Checkpoints(store.room).sign(vault.seed).public_key != signed.public_key
        assert Checkpoints(store.room).check(signed) == ()


def test_a_slot_moved_to_another_name_or_database_does_not_open(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "whyrx.sqlite.keys"
    original = path.read_text()
    for old, new in ((f'"user": "{NURSE}"', '"user": "Ghost"'), ('"database": "', '"database": "0')):
        path.write_text(original.replace(old, new))
        with pytest.raises(SignInRefused):
            vault.sign_in("Ghost" if "Ghost" in new else NURSE, PASSPHRASE)


#: What needs which right, done to a database with one patient and one decision.
ACTS: dict[str, tuple[Right, Callable[[SqliteStore], object]]] = {
    "record": (Right.READ_PATIENTS, lambda store: store.record(PatientId("pat-0001"))),
    "patients": (Right.READ_PATIENTS, lambda store: store.patients("", "", 10)),
    "decision": (Right.READ_PATIENTS, lambda store: store.decision(DecisionId("dec-0001"))),
    "decisions": (Right.READ_PATIENTS, lambda store: store.decisions(DecisionFilter(), 0, 10)),
    "response": (Right.READ_PATIENTS, lambda store: store.response(DecisionId("dec-0001"))),
    "promises": (Right.READ_PATIENTS, lambda store: Promises(store.room).open()),
    "save_record": (
        Right.WRITE_PATIENTS,
        lambda store: store.save_record(a_patient(), by(store, AuditKind.IMPORT)),
    ),
    "append_decision": (
        Right.DECIDE,
        lambda store: store.append_decision(
            a_decision("dec-0009"), by(store, AuditKind.DECISION, "dec-0009")
        ),
    ),
    "respond": (
        Right.DECIDE,
        lambda store: store.respond(a_response("dec-0001"), by(store, AuditKind.OVERRIDDEN)),
    ),
    "save_draft": (
        Right.WRITE_RULES,
        lambda store: store.save_draft(a_draft(), by(store, AuditKind.DRAFT_SAVED)),
    ),
    "propose": (Right.WRITE_RULES, lambda store: Releases(store.room).propose(a_pack("9.0.0"), "new")),
    "note_finding": (Right.WRITE_FINDINGS, lambda store: store.note_finding("dec-0001", "no sentence")),
    "users": (Right.MANAGE_USERS, lambda store: Users(store.room).change_key(UserName("App"), "00")),
    "place_hold": (
        Right.PLACE_HOLDS,
        lambda store: Keeping(store.room).place_hold(PatientId("pat-0001"), "why"),
    ),
    "erase": (Right.ERASE, lambda store: Keeping(store.room).erase(PatientId("pat-0001"), "why")),
}


def by(store: SqliteStore, kind: AuditKind, subject: str = "dec-0001") -> AuditEvent:
    """Return an event of whoever is at work."""
    return an_event(kind, subject, by=store.session.user)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", [ADMINISTRATOR, *STAFF])
def test_each_role_does_what_it_may_and_nothing_else(vault: Vault, name: str, act: str) -> None:
    right, do = ACTS[act]
    role = STAFF.get(name, Role.ADMINISTRATOR)
    with at_work(vault, name) as store:
        if right in RIGHTS[role]:
            do(store)
            return
        with pytest.raises(NotPermitted) as told:
            do(store)
        assert right.value in told.value.message
        assert store.verify().problems == ()
    with at_work(vault, "Aud") as store:
        assert any(
            event.kind is AuditKind.NOT_PERMITTED and right.value in event.detail
            for event in store.events(name)
        )


@pytest.mark.parametrize("role", Role)
def test_no_role_both_changes_things_and_watches_over_them(role: Role) -> None:
    watching = {Right.WRITE_FINDINGS, Right.LIFT_HOLDS}
    changing = {Right.WRITE_PATIENTS, Right.DECIDE, Right.WRITE_RULES, Right.RELEASE_RULES}
    changing |= {Right.MANAGE_USERS, Right.ERASE}
    held = RIGHTS[role]
    assert not (held & watching and held & changing)
    if Right.MANAGE_USERS in held:
        assert Right.READ_PATIENTS not in held


@pytest.mark.parametrize(
    "roles",
    [
        {Role.AUDITOR, Role.CLINICIAN},
        {Role.ADMINISTRATOR, Role.AUDITOR},
        {Role.ADMINISTRATOR, Role.AUTHOR},
        set(),
    ],
)
def test_duties_that_would_cover_each_other_up_are_never_one_persons(vault: Vault, roles: set[Role]) -> None:
    with at_work(vault, ADMINISTRATOR):
        with pytest.raises(InputError):
            vault.add_user("Both", frozenset(roles), PASSPHRASE)
        with pytest.raises(InputError):
            Users(vault._open().room).give_roles(UserName(NURSE), frozenset(roles))


def test_an_administrator_cannot_silence_the_last_auditor_nor_change_themselves(vault: Vault) -> None:
    with at_work(vault, ADMINISTRATOR) as store:
        users = Users(store.room)
        with pytest.raises(InputError, match="last auditor"):
            vault.remove_user(UserName("Aud"))
        with pytest.raises(InputError, match="last auditor"):
            users.give_roles(UserName("Aud"), frozenset({Role.CLINICIAN}))
        with pytest.raises(InputError, match="Nobody changes their own"):
            users.give_roles(ADMINISTRATOR, frozenset({Role.CLINICIAN}))
        vault.add_user("Second", frozenset({Role.AUDITOR}), PASSPHRASE)
        vault.remove_user(UserName("Aud"))
        assert not users_in(store._db)[UserName("Aud")].active


def test_nobody_approves_what_they_wrote_or_proposed(vault: Vault) -> None:
    pack = a_pack("9.0.0")
    with at_work(vault, ADMINISTRATOR) as store:
        vault.add_user("Both", frozenset({Role.AUTHOR, Role.APPROVER}), PASSPHRASE)
        vault.add_user("Writer", frozenset({Role.AUTHOR, Role.APPROVER}), PASSPHRASE)
    with at_work(vault, "Writer") as store:
        store.save_draft(
            a_draft(by=UserName("Writer")), an_event(AuditKind.DRAFT_SAVED, by=UserName("Writer"))
        )
        with pytest.raises(InputError, match="note"):
            Releases(store.room).propose(pack, " ")
    with at_work(vault, "Both") as store:
        Releases(store.room).propose(pack, "first release")
        with pytest.raises(NotPermitted, match="proposed it"):
            Releases(store.room).approve(pack.pack_hash, "fine")
    with at_work(vault, "Writer") as store, pytest.raises(NotPermitted, match="has a draft"):
        Releases(store.room).approve(pack.pack_hash, "fine")
    with at_work(vault, "App") as store:
        Releases(store.room).approve(pack.pack_hash, "read against the sources")
        assert [step.step for step in Releases(store.room).of(pack.pack_hash)] == ["proposed", "approved"]
        assert store.verify().problems == ()


def test_breaking_the_glass_needs_a_reason_is_recorded_first_and_ends_with_the_session(vault: Vault) -> None:
    with at_work(vault, "Aut") as store:
        with pytest.raises(InputError):
            store.room.break_glass("  ")
        with pytest.raises(NotPermitted):
            store.record(PatientId("pat-0001"))
        store.room.break_glass("patient found unconscious")
        assert store.record(PatientId("pat-0001")) == a_patient()
        with pytest.raises(NotPermitted):
            store.note_finding("dec-0001", "no auditor by that")
    with at_work(vault, "Aut") as store, pytest.raises(NotPermitted):
        store.record(PatientId("pat-0001"))
    with at_work(vault, "Aud") as store:
        broken = [event for event in store.events("Aut") if event.kind is AuditKind.BREAK_GLASS]
        assert [event.detail for event in broken] == ["patient found unconscious"]


def test_nobody_writes_into_the_log_under_another_name(vault: Vault) -> None:
    with at_work(vault, NURSE) as store:
        with pytest.raises(InvariantBroken, match="while"):
            store.append_event(an_event(AuditKind.READ, by=UserName("Aud")))
        assert store.verify().problems == ()


def test_without_a_driver_that_encrypts_patients_are_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    def missing(*_: object) -> object:
        raise ImportError("planted")

    monkeypatch.setattr(driver, "_classes", missing)
    with pytest.raises(StoreUnavailable, match="holds no patients without it") as told:
        Vault(tmp_path / "whyrx.sqlite", clock, CHEAP).create(ADMINISTRATOR, PASSPHRASE)
    assert "sqlcipher3" in told.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format": 9, "database": "", "slots": []}', bytes(50)]
)
def test_a_damaged_key_file_is_told_and_left_as_it_is(vault: Vault, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "whyrx.sqlite.keys"
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable) as told:
        vault.sign_in(NURSE, PASSPHRASE)
    assert told.value.hint
    assert path.read_bytes() == content


def test_a_key_file_is_written_whole_or_not_at_all(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "whyrx.sqlite.keys"
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with at_work(vault, ADMINISTRATOR):
        with monkeypatch.context() as patched:
            patched.setattr("engine.store.keyfile.os.fsync", full)
            with pytest.raises(StoreUnavailable, match="No space left"):
                vault.add_user("Late", frozenset({Role.CLINICIAN}), PASSPHRASE)
        assert path.read_bytes() == before
        assert [file.name for file in tmp_path.iterdir() if file.suffix == ".new"] == []
        vault.set_passphrase(UserName("Late"), PASSPHRASE)
    with at_work(vault, "Late"):
        pass


def test_a_database_without_its_key_file_says_so(vault: Vault, tmp_path: Path) -> None:
    vault.lock("before")
    (tmp_path / "whyrx.sqlite.keys").unlink()
    with pytest.raises(StoreUnavailable, match="key file of the database is missing"):
        _ = Vault(tmp_path / "whyrx.sqlite", FixedClock()).exists


def test_a_key_file_without_its_database_does_not_make_another_one(vault: Vault, tmp_path: Path) -> None:
    vault.lock("before")
    (tmp_path / "whyrx.sqlite").unlink()
    with pytest.raises(StoreUnavailable, match="database is missing") as told:
        vault.sign_in(NURSE, PASSPHRASE)
    assert "backup" in told.value.hint
    assert [file.name for file in tmp_path.iterdir()] == ["whyrx.sqlite.keys"]
