"""How long it takes to record a decision durably, beside the least that SQLite itself needs for it.

Run ``uv run python tests/benchmarks/store.py [DECISIONS]``. Both sides write the same compressed
bytes under the same settings to the same disk, alternating, one commit with its flush each; WhyRx's side is
encrypted, chained, listed and indexed, the other is not.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from builders import NURSE, a_decision, a_patient, an_event  # noqa: E402 - found by the lines above
from fakes import FixedClock  # noqa: E402
from stores import ADMINISTRATOR, CHEAP, PASSPHRASE  # noqa: E402

from engine.domain.access import Role  # noqa: E402
from engine.domain.audit import AuditKind  # noqa: E402
from engine.domain.ids import DecisionId  # noqa: E402
from engine.domain.pages import DecisionFilter  # noqa: E402
from engine.store.codec import JsonCodec  # noqa: E402
from engine.store.packing import pack  # noqa: E402
from engine.store.sqlite_store import SqliteStore  # noqa: E402
from engine.store.vault import Vault  # noqa: E402


def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder, ExitStack() as held:
        store = _encrypted(Path(folder) / "whyrx.sqlite", held)
        store.save_record(a_patient(), an_event(AuditKind.IMPORT))
        bare = _bare(Path(folder) / "bare.sqlite", held)
        content = JsonCodec().encode(a_decision())
        packed = pack(content)
        ours: list[float] = []
        theirs: list[float] = []
        for number in range(count):
            decision_id = f"dec-{number:06}"
            decision, event = a_decision(decision_id), an_event(AuditKind.DECISION, decision_id)
            ours.append(_timed(lambda: store.append_decision(decision, event)))  # noqa: B023 - called at once
            theirs.append(
                _timed(lambda: bare.execute("INSERT INTO decisions (content) VALUES (?)", (packed,)))
            )
        print(f"decisions recorded                {count}, {len(content)} bytes each, {len(packed)} packed")
        print(f"append, encrypted, with audit     {_line(ours)}")
        print(f"bare sqlite3 insert, same flush   {_line(theirs)}")
        print(f"ratio of the medians              {statistics.median(ours) / statistics.median(theirs):.2f}")
        name = DecisionId(f"dec-{count // 2:06}")
        print(f"read one decision, checked        {_line(_repeated(lambda: store.decision(name)))}")
        page = DecisionFilter(text="apixaban")
        print(f"first page of a search            {_line(_repeated(lambda: store.decisions(page, 0, 50)))}")
        for words, thorough in (("everything, read again", True), ("every byte by its hash", False)):
            verified = _timed(lambda: store.verify(thorough=thorough))  # noqa: B023 - called at once
            print(f"verify {words}     {verified * 1e3:.0f} ms, {verified / count * 1e6:.0f} us a decision")
        path = Path(folder) / "slow.sqlite"
        seconds = _timed(lambda: Vault(path, FixedClock()).create(ADMINISTRATOR, PASSPHRASE))
        print(f"make a database, passphrase and all   {seconds * 1e3:.0f} ms")


def _encrypted(path: Path, held: ExitStack) -> SqliteStore:
    """Return an encrypted database with a clinician at work in it."""
    vault = Vault(path, FixedClock(), CHEAP)
    vault.create(ADMINISTRATOR, PASSPHRASE)
    vault.add_user(NURSE, frozenset({Role.CLINICIAN}), PASSPHRASE)
    vault.lock("made")
    held.callback(vault.lock, "done")
    return vault.sign_in(NURSE, PASSPHRASE)


def _bare(path: Path, held: ExitStack) -> sqlite3.Connection:
    """Return a plain database of the standard library, opened as carefully."""
    bare = sqlite3.connect(path, isolation_level=None)
    held.callback(bare.close)
    for pragma in (
        "locking_mode = EXCLUSIVE",
        "page_size = 16384",
        "journal_mode = WAL",
        "synchronous = FULL",
    ):
        bare.execute(f"PRAGMA {pragma}").fetchall()
    bare.execute("CREATE TABLE decisions (number INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT")
    return bare


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _repeated(act: Callable[[], object]) -> list[float]:
    return [_timed(act) for _ in range(100)]


def _line(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"median {middle * 1e3:.2f} ms, 95th percentile {late * 1e3:.2f} ms"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
