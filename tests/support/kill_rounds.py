"""Append decisions in a child, kill it without warning, look at what is left; again and again.

A program of its own, run as ``python kill_rounds.py FOLDER ROUNDS SEED``: it forks, which a process
with threads must not. The database is an encrypted one. Prints one JSON object: what was acknowledged,
lost, and found wrong.
"""

from __future__ import annotations

import json
import os
import random  # noqa: TID251 - seeded below
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

from builders import NURSE, a_decision, a_patient, an_event
from fakes import FixedClock
from stores import PASSPHRASE, decision_ids, founded

from engine.domain.access import Role
from engine.domain.audit import AuditKind
from engine.store.opening import open_encrypted
from engine.store.sqlite_store import SqliteStore

#: After so many rounds a new database is begun: each round looks at all that is in it.
ROUNDS_A_DATABASE = 100


def main(folder: Path, rounds: int, seed: int) -> dict[str, int]:
    """Run the rounds, some on each database, and return the counts."""
    chance = random.Random(seed)  # noqa: S311 - moments to strike at, nothing secret
    counts = {"rounds": rounds, "acknowledged": 0, "lost": 0, "unacknowledged": 0, "problems": 0}
    for begun in range(0, rounds, ROUNDS_A_DATABASE):
        several = min(ROUNDS_A_DATABASE, rounds - begun)
        for name, count in _on_one(folder / f"{begun}", several, chance).items():
            counts[name] += count
    return counts


def _on_one(folder: Path, rounds: int, chance: random.Random) -> dict[str, int]:
    """Run rounds on one database and return their counts."""
    folder.mkdir()
    path = folder / "whyrx.sqlite"
    acknowledged: list[str] = []
    key = _made(path)
    counts = {"lost": 0, "unacknowledged": 0, "problems": 0}
    for number in range(rounds):
        acknowledged += _killed(path, key, number, chance.uniform(0.0, 0.08))
        with closing(_opened(path, key)) as store:
            kept = decision_ids(store)
            if number % 10 == 9 or number == rounds - 1:
                counts["problems"] += len(store.verify().problems)
            assert all(store.decision(name) == a_decision(name) for name in kept[-3:])
        counts["lost"] += len(set(acknowledged) - set(kept))
        # A decision may have reached the disk without its writer living to say so; at most one a round.
        counts["unacknowledged"] = len(set(kept) - set(acknowledged))
    return counts | {"acknowledged": len(acknowledged)}


def _made(path: Path) -> bytes:
    """Make the database with a clinician and a patient, and return its key."""
    with founded(path) as vault:
        vault.add_user(NURSE, frozenset({Role.CLINICIAN}), PASSPHRASE)
        vault.lock("next")
        vault.sign_in(NURSE, PASSPHRASE).save_record(a_patient(), an_event(AuditKind.IMPORT))
        return vault._held().data_key


def _opened(path: Path, key: bytes) -> SqliteStore:
    return open_encrypted(path, FixedClock(), NURSE, key)


def _killed(path: Path, key: bytes, number: int, after: float) -> list[str]:
    """Let a child append decisions until it is killed, and return those it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _append_for_ever(path, key, number, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as acknowledgements:
        first = acknowledgements.readline()
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        rest = acknowledgements.read()
    os.waitpid(child, 0)
    # Every line is written whole by one call; a pipe never tears one so short.
    return (first + rest).decode().split()


def _append_for_ever(path: Path, key: bytes, number: int, writing: int) -> None:
    store = _opened(path, key)
    count = 0
    while True:
        decision_id = f"dec-{number:03}-{count:05}"
        store.append_decision(a_decision(decision_id), an_event(AuditKind.DECISION, decision_id))
        os.write(writing, f"{decision_id}\n".encode())
        count += 1


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
