"""Screening a panel: the verdicts of assessments, in their order, from several processes."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from clinic import AF, NOW, Clinic, patient_named, verdicts
from fakes import Silent
from questions import demo_patients

from engine.bootstrap import screening
from engine.bootstrap.local import LocalEngine
from engine.bootstrap.screening import Batch, Row, ScreeningSetup, screen_panel
from engine.bootstrap.setup import shipped_rulesets
from engine.domain.audit import AuditKind
from engine.domain.ids import ContentHash, IndicationId
from engine.domain.options import Verdict
from engine.domain.rules import Jurisdiction
from engine.errors import Cancelled, EngineUnavailable, NotFound, PackAltered

FILES = Path(__file__).resolve().parents[2] / "engine" / "intake" / "demo_files"


def said(row: Row) -> dict[str, Verdict]:
    assert row.screened is not None, row.refused
    return {each.option_id: each.verdict for each in row.screened.options}


def test_every_patient_of_the_database_is_screened_as_recommended(shared: LocalEngine) -> None:
    rows = list(shared.screen(AF, (), 2, Silent()))
    listed = [row.patient_id for row in shared.patients("", "", 100).rows]
    assert [row.source for row in rows] == listed
    for row in rows:
        assert row.screened is not None
        assert row.screened.synthetic
        assert said(row) == verdicts(shared.recommend(row.screened.patient_id, AF, Silent()))
    event = shared._store.events(AF)[-1]
    assert event.kind is AuditKind.SCREENED
    assert event.detail.startswith(f"{len(listed)} patients of the database, pack ")


def test_files_are_screened_in_their_order_and_one_that_cannot_be_read_says_why(
    shared: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "BATCH", 2)
    for number in range(7):
        shutil.copy(
            FILES / ("clean.json" if number % 2 else "mechanical-valve.json"), tmp_path / f"{number}.json"
        )
    (tmp_path / "3.json").write_text("{", encoding="utf-8")
    files = sorted(tmp_path.glob("*.json"))
    rows = list(shared.screen(AF, files, 2, Silent()))
    assert [row.source for row in rows] == list(map(str, files))
    assert [bool(row.refused) for row in rows] == [number == 3 for number in range(7)]
    assert rows[3].refused.startswith("3.json: ")
    assert said(rows[1]) == said(rows[5]) != said(rows[0])
    assert shared.patients("", "", 100).total == 10


def test_an_unknown_indication_is_told_with_the_known_ones(shared: LocalEngine) -> None:
    with pytest.raises(NotFound, match=r"The choices are: .*atrial-fibrillation"):
        next(shared.screen(IndicationId("toothache"), (), 1, Silent()))


def test_a_screening_can_be_cancelled(shared: LocalEngine) -> None:
    class Impatient:
        def step(self, done: int, total: int, what: str) -> None:
            raise Cancelled("enough.")

    with pytest.raises(Cancelled):
        list(shared.screen(AF, (), 1, Impatient()))


def setup() -> ScreeningSetup:
    return ScreeningSetup(
        rulesets=(str(shipped_rulesets()),), jurisdiction=Jurisdiction.EU, indication=AF, as_of=NOW
    )


def test_processes_that_go_by_other_rules_are_refused() -> None:
    with pytest.raises(PackAltered):
        next(screen_panel(setup(), iter(()), ContentHash("0" * 64), 1))


def test_a_process_without_rules_says_so(tmp_path: Path) -> None:
    nothing = ScreeningSetup(
        rulesets=(str(tmp_path),), jurisdiction=Jurisdiction.EU, indication=AF, as_of=NOW
    )
    with pytest.raises(EngineUnavailable, match="there are no rule files here"):
        next(screen_panel(nothing, iter(()), ContentHash("0" * 64), 1))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot kill a process by signal")
def test_a_process_that_is_lost_ends_the_screening_loudly(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = clinic.open()
    started: list[int] = []
    sent = screening._Process.send

    def send(process: screening._Process, batch: Batch) -> None:
        sent(process, batch)
        started.append(process._child.pid)
        if len(started) == 2:
            os.kill(process._child.pid, signal.SIGKILL)

    def batches() -> Iterator[Batch]:
        for record in demo_patients():
            yield Batch(records=(record,))

    monkeypatch.setattr(screening._Process, "send", send)
    rows = screen_panel(setup(), batches(), engine.status().pack_hash, 2)
    with pytest.raises(EngineUnavailable, match="ended by signal SIGKILL"):
        list(rows)
    assert len(set(started)) == 2


def test_nothing_is_decided_by_a_screening(clinic: Clinic) -> None:
    engine = clinic.open()
    patient = patient_named(engine, "Alder")
    assert len(list(engine.screen(AF, (), 1, Silent()))) == 10
    engine.recommend(patient, AF, Silent())
    assert engine.verify(Silent()).decisions == 1
