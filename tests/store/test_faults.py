"""What a machine does to files: each ends in a clear state, and nothing is silently wrong."""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded below
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from builders import NURSE, a_decision, a_patient, an_event
from fakes import FixedClock
from stores import PASSPHRASE, decision_ids, fill, fill_besides, founded, opened

from engine.domain.access import Role
from engine.domain.audit import AuditKind, Checkpoint
from engine.domain.ids import DecisionId, PatientId
from engine.domain.pages import DecisionFilter
from engine.errors import SignInRefused, StoreUnavailable, WhyRxError
from engine.store import keyfile
from engine.store.checkpoints import Checkpoints
from engine.store.connection import PAGE_BYTES
from engine.store.opening import open_demo, open_encrypted
from engine.store.sqlite_store import SqliteStore
from engine.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted:
    """An encrypted database, closed, with its key."""

    path: Path
    key: bytes
    checkpoint: Checkpoint

    def open(self, path: Path | None = None) -> SqliteStore:
        """Open it, or a copy of it, as its clinician."""
        return open_encrypted(path or self.path, FixedClock(), NURSE, self.key)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Encrypted:
    """Return an encrypted database that nobody changes."""
    path = tmp_path_factory.mktemp("pristine") / "whyrx.sqlite"
    with founded(path) as vault:
        vault.add_user(NURSE, frozenset({Role.CLINICIAN}), PASSPHRASE)
        vault.lock("next")
        store = vault.sign_in(NURSE, PASSPHRASE)
        for number in range(4):
            patient = a_patient(f"pat-000{number}", f"Example-Cedar, Cleo {number}")
            store.save_record(patient, an_event(AuditKind.IMPORT, patient.patient_id))
            decided = a_decision(f"dec-000{number}", patient)
            store.append_decision(decided, an_event(AuditKind.DECISION, decided.decision_id))
        return Encrypted(
            path=path, key=vault._held().data_key, checkpoint=Checkpoints(store.room).sign(vault.seed)
        )


@contextmanager
def _copy(source: Path, folder: Path) -> Iterator[Path]:
    path = folder / source.name
    shutil.copyfile(source, path)
    yield path
    for file in folder.iterdir():
        file.unlink()


def _looked_at(store: SqliteStore) -> tuple[str, ...]:
    """Read everything there is, as a clinician and an auditor would; return what verification finds."""
    problems = store.verify().problems
    for row in store.decisions(DecisionFilter(), 0, 100).rows:
        store.decision(row.decision_id)
        store.events(row.decision_id)
    for patient in store.patients("", "", 100).rows:
        store.record(patient.patient_id)
    return problems


def _outcome(opening: Callable[[], SqliteStore]) -> tuple[tuple[str, ...], WhyRxError | None]:
    """Open a database and read all of it; return what verification finds, or what the user is told."""
    try:
        with closing(opening()) as store:
            return _looked_at(store), None
    except WhyRxError as told:
        return (), told


def test_a_flipped_bit_in_any_page_is_told_and_never_read(pristine: Encrypted, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - which bit
    pages = pristine.path.stat().st_size // PAGE_BYTES
    assert pages > 40
    silent = []
    for page in range(pages):
        with _copy(pristine.path, tmp_path) as path:
            with path.open("r+b") as file:
                place = page * PAGE_BYTES + chance.randrange(PAGE_BYTES)
                file.seek(place)
                byte = file.read(1)[0]
                file.seek(place)
                file.write(bytes([byte ^ (1 << chance.randrange(8))]))
            problems, told = _outcome(lambda: pristine.open(path))
            if told is not None:
                assert told.hint
            elif not problems:
                silent.append(page)
    # Only a page that holds nothing can be changed without anything to tell of.
    assert len(silent) <= 3, silent


@pytest.mark.parametrize("keep", [0.02, 0.25, 0.5, 0.75, 0.98])
@pytest.mark.parametrize("whole_pages", [True, False])
def test_a_truncated_file_is_told(
    pristine: Encrypted, tmp_path: Path, keep: float, *, whole_pages: bool
) -> None:
    with _copy(pristine.path, tmp_path) as path:
        size = int(path.stat().st_size * keep)
        os.truncate(path, max(1, size // PAGE_BYTES) * PAGE_BYTES if whole_pages else size + 7)
        problems, told = _outcome(lambda: pristine.open(path))
        assert problems or (told is not None and told.hint)


def test_another_key_opens_nothing_and_changes_nothing(pristine: Encrypted, tmp_path: Path) -> None:
    with _copy(pristine.path, tmp_path) as path:
        before = path.read_bytes()
        with pytest.raises(StoreUnavailable, match="under another key"):
            open_encrypted(path, FixedClock(), NURSE, bytes(32))
        assert path.read_bytes() == before


def _copied_by_another_program(*files: Path, to: Path) -> None:
    # Not by this process: opening and closing the file here would drop the locks on it.
    code = "import shutil, sys; [shutil.copy(file, sys.argv[-1]) for file in sys.argv[1:-1]]"
    subprocess.run([sys.executable, "-c", code, *map(str, files), str(to)], check=True, timeout=60)


def test_a_file_copied_while_it_is_open_is_an_earlier_whole_state_and_a_checkpoint_shows_it(
    pristine: Encrypted, tmp_path: Path
) -> None:
    working, aside = tmp_path / "working", tmp_path / "aside"
    working.mkdir()
    aside.mkdir()
    path = working / "whyrx.sqlite"
    shutil.copyfile(pristine.path, path)
    with closing(pristine.open(path)) as store:
        for number in range(5, 9):
            decided = a_decision(f"dec-000{number}", a_patient("pat-0001", "Example-Cedar, Cleo 1"))
            store.append_decision(decided, an_event(AuditKind.DECISION, decided.decision_id))
        latest = Checkpoints(store.room).sign(bytes(32))
        _copied_by_another_program(path, to=aside)
        with pytest.raises(StoreUnavailable, match="second WhyRx"):
            pristine.open(path)
    with closing(pristine.open(aside / path.name)) as store:
        assert _looked_at(store) == ()
        problems = Checkpoints(store.room).check(latest)
        assert any("cut off" in problem for problem in problems)
        assert Checkpoints(store.room).check(pristine.checkpoint) == ()
    with closing(pristine.open(path)) as store:
        assert len(decision_ids(store)) == 8
        assert _looked_at(store) == ()


def _append_until_full(store: SqliteStore, acknowledged: list[str]) -> None:
    for number in range(100, 5000):
        decided = a_decision(f"dec-{number:04}", a_patient("pat-0001", "Example-Cedar, Cleo 1"))
        store.append_decision(decided, an_event(AuditKind.DECISION, decided.decision_id))
        acknowledged.append(decided.decision_id)


def test_a_tiny_disk_that_fills_up_loses_nothing_that_was_acknowledged(
    pristine: Encrypted, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a disk of four megabytes")
    try:
        path = disk / "whyrx.sqlite"
        shutil.copyfile(pristine.path, path)
        acknowledged: list[str] = []
        with closing(pristine.open(path)) as store:
            with pytest.raises(StoreUnavailable) as told:
                _append_until_full(store, acknowledged)
            assert "ree space" in told.value.hint
            assert store.decision(DecisionId(acknowledged[-1])).decision_id == acknowledged[-1]
        assert len(acknowledged) > 10
        (tmp_path / "larger").mkdir()
        for file in disk.iterdir():
            shutil.copy(file, tmp_path / "larger")
        with closing(pristine.open(tmp_path / "larger" / path.name)) as store:
            assert set(acknowledged) <= set(decision_ids(store))
            assert store.verify().problems == ()
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def _mutated(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few things done to them: flipped, overwritten, cut out, put in, cut off."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(changed)), chance.choice([1, 1, 2, 16, 300, 5000])
        match chance.randrange(5):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                changed[place : place + length] = chance.randbytes(len(changed[place : place + length]))
            case 2:
                del changed[place : place + length]
            case 3:
                changed[place:place] = chance.randbytes(length)
            case _:
                changed[place : place + length] = bytes(len(changed[place : place + length]))
        if not changed:
            return b""
    return bytes(changed)


rounds = pytest.mark.parametrize(
    "count", [60, pytest.param(1000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)


@rounds
@pytest.mark.parametrize("encrypted", [True, False])
def test_mutated_databases_end_in_words_and_never_in_a_crash(
    pristine: Encrypted, tmp_path: Path, count: int, *, encrypted: bool
) -> None:
    if encrypted:
        source = pristine.path.read_bytes()
    else:
        with opened(tmp_path / "plain.sqlite") as store:
            fill(store)
            fill_besides(store)
        source = (tmp_path / "plain.sqlite").read_bytes()
    path = tmp_path / "mutated" / "whyrx.sqlite"
    path.parent.mkdir()
    chance = random.Random(count)  # noqa: S311 - what is done to them
    unhurt = 0
    for _ in range(count):
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(_mutated(source, chance))
        problems, told = _outcome(
            (lambda: pristine.open(path)) if encrypted else (lambda: open_demo(path, FixedClock()))
        )
        assert told is None or told.hint
        unhurt += told is None and not problems
    assert unhurt <= count // 3


@rounds
def test_mutated_key_files_open_nothing_and_never_crash(
    pristine: Encrypted, tmp_path: Path, count: int
) -> None:
    path = tmp_path / "whyrx.sqlite"
    shutil.copyfile(pristine.path, path)
    source = keyfile.path_of(pristine.path).read_bytes()
    chance = random.Random(count)  # noqa: S311 - what is done to them
    clock = FixedClock()
    for _ in range(count):
        keyfile.path_of(path).write_bytes(_mutated(source, chance))
        vault = Vault(path, clock)
        told = _signed_in(vault)
        assert told is None or told.hint
        if told is None:
            assert vault._open().record(PatientId("pat-0001")).patient_id == "pat-0001"
        vault.lock("next")
        clock.move(minutes=10)


def _signed_in(vault: Vault) -> WhyRxError | None:
    try:
        vault.sign_in(NURSE, PASSPHRASE)
    except (SignInRefused, StoreUnavailable) as told:
        return told
    return None
