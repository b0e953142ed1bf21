"""Screening a panel on all cores: ``python -m engine.bootstrap.screening SETUP`` is one of its processes.

The parent reads nothing but addresses: a batch goes to a process as file names or as recorded patients, and
comes back as rows, in the order it was asked. One batch a process is under way, so that memory stays as it
is however long the panel. Each process has rule packs, facts floor and both evaluators of its own, and says
first which pack it loaded.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

import engine
from engine.bootstrap.packs import FactsByPack, PackShelf
from engine.bootstrap.records import content_of
from engine.decision.screening import Screened, Screener
from engine.domain.atoms import Atom
from engine.domain.facts import Fact
from engine.domain.ids import ContentHash, IndicationId
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import PatientRecord
from engine.domain.rules import Jurisdiction
from engine.errors import EngineUnavailable, InputError, NotFound, PackAltered, WhyRxError
from engine.facts.atoms import Decider
from engine.inference.crosscheck import open_engine
from engine.intake.files import intake
from engine.pipes import ChildProcess, claim_standard_streams, read_frame, write_frame
from engine.ports import Store
from engine.terminology.index import VocabularyIndex

#: Patients that go to a process together.
BATCH = 32
#: How long a process may take for one batch, or to start; beyond, something is wrong with it.
_PATIENCE = 120.0
#: As it is started, whatever it is called when it runs.
_MODULE = "engine.bootstrap.screening"


class ScreeningSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What a screening process is built from."""

    rulesets: tuple[str, ...]
    jurisdiction: Jurisdiction
    indication: IndicationId
    as_of: datetime


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Some patients: files to read, or records as they stand."""

    files: tuple[str, ...] = ()
    records: tuple[PatientRecord, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of one patient."""

    source: str
    """The file, or the patient's id."""
    screened: Screened | None = None
    refused: str = ""
    """Why the file could not be used; empty where it could."""


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    pack_hash: str = ""
    rows: tuple[Row, ...] = ()
    error: str = ""


def screen_panel(
    setup: ScreeningSetup, batches: Iterable[Batch], pack_hash: ContentHash, processes: int
) -> Iterator[tuple[Row, ...]]:
    """Yield the rows of each batch, in the order of the batches.

    Args:
        setup: what the processes are built from.
        batches: taken one by one, as processes come free.
        pack_hash: the pack that every process has to have loaded.
        processes: how many to start.

    Raises:
        PackAltered: a process found other rules on disk.
        EngineUnavailable: a process could not start, ended, or did not answer.
    """
    with ExitStack() as held:
        pool = [_Process(setup, held) for _ in range(processes)]
        for process in pool:
            process.require(pack_hash)
        under_way: deque[_Process] = deque()
        for process, batch in zip(itertools.cycle(pool), batches, strict=False):
            if process.busy:
                yield under_way.popleft().rows()
            process.send(batch)
            under_way.append(process)
        while under_way:
            yield under_way.popleft().rows()


def of_files(files: Sequence[Path]) -> Iterator[Batch]:
    """Yield files in batches."""
    for start in range(0, len(files), BATCH):
        yield Batch(files=tuple(map(str, files[start : start + BATCH])))


def of_store(store: Store) -> Iterator[Batch]:
    """Yield all patients of the database in batches, read as they are asked for."""
    after = ""
    while True:
        page = store.patients("", after, BATCH)
        if page.rows:
            yield Batch(records=tuple(store.record(row.patient_id) for row in page.rows))
        after = page.next_after
        if not after:
            return


class _Process:
    """One screening process."""

    def __init__(self, setup: ScreeningSetup, held: ExitStack) -> None:
        """Start it; it loads its pack meanwhile."""
        root = Path(engine.__file__ or "").resolve().parent.parent
        self._child = ChildProcess(
            (sys.executable, "-P", "-s", "-m", _MODULE, msgspec.json.encode(setup).decode()),
            env={"PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        )
        held.callback(self._child.close)
        self.busy = False

    def require(self, pack_hash: ContentHash) -> None:
        """Wait until it is ready, and refuse it where it goes by other rules."""
        if self._receive().pack_hash != pack_hash:
            raise PackAltered(
                "the rules on disk are others than those in use.", hint="Start the screening again."
            )

    def send(self, batch: Batch) -> None:
        """Let it screen a batch."""
        self.busy = True
        try:
            self._child.send(msgspec.json.encode(batch), time.monotonic() + _PATIENCE)
        except OSError as lost:
            raise self._told(lost) from lost

    def rows(self) -> tuple[Row, ...]:
        """Return the rows of the batch it was sent."""
        self.busy = False
        return self._receive().rows

    def _receive(self) -> _Answer:
        try:
            answer = msgspec.json.decode(self._child.receive(time.monotonic() + _PATIENCE), type=_Answer)
        except OSError as lost:
            raise self._told(lost) from lost
        if answer.error:
            raise EngineUnavailable(
                f"a screening process could not go on: {answer.error}",
                hint="What was printed stands; screen the rest again.",
            )
        return answer

    def _told(self, lost: OSError) -> EngineUnavailable:
        return EngineUnavailable(
            f"a screening process was lost ({lost}; {self._child.how_it_ended()}).",
            hint="What was printed stands; screen the rest again.",
        )


def serve(setup: ScreeningSetup, incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Screen batches until the input ends; the end of this process is the parent's to notice."""

    def say(answer: _Answer) -> None:
        write_frame(outgoing, msgspec.json.encode(answer))

    facts = FactsByPack()

    def open_record(pack: RulePack, record: PatientRecord, as_of: datetime) -> Callable[[Atom], Fact]:
        return Decider(record, facts(pack).index, as_of).decide

    with open_engine() as rules:
        try:
            day = setup.as_of.date()
            shelf = PackShelf([Path(folder) for folder in setup.rulesets], day, _nothing_archived)
            pack = shelf.current(day)
            if problems := rules.warm():
                raise EngineUnavailable(" ".join(problems))
        except WhyRxError as reason:
            say(_Answer(error=str(reason)))
            return
        say(_Answer(pack_hash=pack.pack_hash))
        screener = Screener(lambda each: facts(each).index, open_record, rules)
        while (frame := read_frame(incoming)) is not None:
            batch = msgspec.json.decode(frame, type=Batch)
            say(_Answer(rows=_rows(batch, setup, pack, facts(pack).index, screener)))


def _rows(
    batch: Batch, setup: ScreeningSetup, pack: RulePack, index: VocabularyIndex, screener: Screener
) -> tuple[Row, ...]:
    """Return the rows of one batch; a file that cannot be used is a row as well."""
    rows: list[Row] = []
    records: list[PatientRecord] = []
    for name in batch.files:
        try:
            record = intake([(Path(name).name, content_of(Path(name)))], index, setup.as_of)
        except InputError as refusal:
            rows.append(Row(source=name, refused=str(refusal)))
            continue
        records.append(record)
        rows.append(Row(source=name))
    records += batch.records
    rows += [Row(source=record.patient_id) for record in batch.records]
    screened = iter(
        screener.screen(pack, records, setup.indication, setup.jurisdiction, setup.as_of) if records else ()
    )
    return tuple(row if row.refused else Row(source=row.source, screened=next(screened)) for row in rows)


def _nothing_archived(pack_hash: ContentHash) -> tuple[PackFile, ...]:
    raise NotFound(f"a screening reads no archive, not even for {pack_hash[:12]}.")


def main() -> None:
    """Serve over this process's standard streams, with the setup of the command line."""
    setup = msgspec.json.decode(sys.argv[1], type=ScreeningSetup)
    incoming, outgoing = claim_standard_streams()
    with incoming, outgoing:
        serve(setup, incoming, outgoing)


if __name__ == "__main__":
    main()
