"""Exports of the whole engine: recorded before they are handed over, checked by others' programs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pypdf
import pytest
from clinic import AF, Clinic, patient_named
from fakes import Silent
from generated_bundles import generated_bundles

from engine.bootstrap.local import LocalEngine
from engine.bootstrap.system import fresh_secret
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.decision import Decision
from engine.domain.ids import DecisionId
from engine.domain.replies import ExtractFormat, ReportFormat
from engine.errors import Cancelled, IdentityLeaked, NotFound, OperationalError
from engine.remote.client import RemoteEngine
from engine.report import case as case_module
from engine.store import verifier

ROOT = Path(__file__).parents[2]


def _recommend(engine: LocalEngine, name: str) -> Decision:
    return engine.recommend(patient_named(engine, name), AF, Silent())


def _last_event(engine: LocalEngine) -> AuditEvent:
    *_, (_, event) = engine._store.log()
    return event


@pytest.mark.parametrize("form", ReportFormat)
def test_each_form_is_recorded_with_its_hash_before_it_is_handed_over(
    shared: LocalEngine, form: ReportFormat
) -> None:
    decision = _recommend(shared, "Birch")

    content = shared.report(decision.decision_id, form)

    event = _last_event(shared)
    assert (event.kind, event.subject) == (AuditKind.EXPORT, decision.decision_id)
    assert event.content == hashlib.sha256(content).hexdigest()
    assert f"as {form.value}, {len(content)} bytes" in event.detail


def test_an_export_of_nothing_records_nothing(shared: LocalEngine) -> None:
    before = _last_event(shared)
    with pytest.raises(NotFound):
        shared.report(DecisionId("dec-nothing"), ReportFormat.PDF)
    assert _last_event(shared) == before


def test_the_pdf_of_a_whole_decision_names_every_rule_and_source(shared: LocalEngine) -> None:
    decision = _recommend(shared, "Cedar")

    reader = pypdf.PdfReader(io.BytesIO(shared.report(decision.decision_id, ReportFormat.PDF)))

    said = _body([page.extract_text() for page in reader.pages])
    for assessment in decision.assessments:
        for finding in (*assessment.findings, *assessment.elsewhere):
            assert re.sub(r"\s+", "", finding.rule_title) in said
        for undecided in assessment.undecided:
            assert re.sub(r"\s+", "", undecided.rule_title) in said
    for citation in decision.citations:
        assert re.sub(r"\s+", "", citation.locator) in said


def _body(pages: Sequence[str]) -> str:
    """Return the text without blanks and what stands on every page: a page may end inside a clause."""
    lines = [[re.sub(r"\s+", "", line) for line in page.splitlines()] for page in pages]
    running = set.intersection(*({re.sub(r"\d+", "#", line) for line in page} for page in lines))
    return "".join(line for page in lines for line in page if re.sub(r"\d+", "#", line) not in running)


def test_no_generated_patient_is_told_by_their_case(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path, demo=False)
    engine = clinic.open()
    try:
        for bundle in generated_bundles(range(4), date(2026, 10, 1)):
            (tmp_path / bundle.name).write_bytes(bundle.content)
            patient_id = engine.import_files((str(tmp_path / bundle.name),), Silent()).patient_id
            record = engine.record(patient_id)
            for indication in engine.indications():
                decision = engine.recommend(patient_id, indication.indication_id, Silent())
                case = engine.report(decision.decision_id, ReportFormat.CASE).decode()
                assert json.loads(case)["record"]["observations"]
                for told in _told_by(bundle.content, record.name, patient_id, decision.decision_id):
                    assert told not in case
    finally:
        clinic.close()


def _told_by(content: bytes, *names: str) -> Iterator[str]:
    """Yield what of a bundle as it came tells who it is about: names, ids, days."""
    yield from names
    bundle = json.loads(content)
    patient = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")
    for name in patient["name"]:
        yield from (name["family"], *name["given"])
    yield patient["birthDate"]
    yield from (e["resource"]["id"] for e in bundle["entry"] if len(e["resource"].get("id", "")) > 5)
    yield from set(re.findall(r"\d{4}-\d\d-\d\d", content.decode()))
    yield from (item.get("value", patient["birthDate"]) for item in patient.get("identifier", ()))


def test_a_case_that_would_leak_is_refused_and_not_recorded_as_exported(
    shared: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = _recommend(shared, "Birch")
    before = _last_event(shared)
    monkeypatch.setattr(case_module, "NOTICE", f"A case of {decision.record.name}.")
    monkeypatch.setattr(case_module._Maker, "_word", lambda *_: decision.record.name)

    with pytest.raises(IdentityLeaked):
        shared.report(decision.decision_id, ReportFormat.CASE)

    assert _last_event(shared) == before


def test_secrets_are_never_the_same() -> None:
    assert len({fresh_secret() for _ in range(100)}) == 100


def test_the_exported_log_is_whole_and_holds_its_own_export(shared: LocalEngine, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"

    report = shared.extract(str(file), ExtractFormat.LOG, Silent())

    heads: list[str] = []
    with file.open("rb") as lines:
        assert list(verifier.wrong_lines(lines, heads, [])) == []
    assert len(heads) == report.rows
    *_, (_, head) = shared._store.links()
    assert heads[-1] == head.hex()
    assert b"audit log for the verifier, to log.jsonl" in file.read_bytes().splitlines()[-2]
    assert report.content == hashlib.sha256(file.read_bytes()).hexdigest()
    assert report.size == file.stat().st_size


@pytest.mark.parametrize("form", [ExtractFormat.LOG_CSV, ExtractFormat.LOG_FHIR])
def test_the_log_has_an_entry_an_event(shared: LocalEngine, tmp_path: Path, form: ExtractFormat) -> None:
    file = tmp_path / "log"

    report = shared.extract(str(file), form, Silent())

    text = file.read_text(encoding="utf-8-sig")
    if form is ExtractFormat.LOG_CSV:
        last = list(csv.DictReader(io.StringIO(text, newline="")))[-1]
        assert (last["number"], last["kind"]) == (str(report.rows), "export")
    else:
        resources = [json.loads(line) for line in text.splitlines()]
        assert len(resources) == report.rows
        assert resources[-1]["id"] == f"event-{report.rows}"


def test_all_decisions_are_listed(shared: LocalEngine, tmp_path: Path) -> None:
    made = [_recommend(shared, name).decision_id for name in ("Alder", "Birch")]
    file = tmp_path / "decisions.csv"

    report = shared.extract(str(file), ExtractFormat.DECISIONS_CSV, Silent())

    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
    assert len(rows) == report.rows
    assert [row["decision"] for row in rows[:2]] == made[::-1]
    assert (_last_event(shared).kind, _last_event(shared).subject) == (AuditKind.EXPORT, "decisions")


def test_a_file_that_cannot_be_written_leaves_nothing_and_says_so(
    shared: LocalEngine, tmp_path: Path
) -> None:
    with pytest.raises(OperationalError, match="cannot be written"):
        shared.extract(str(tmp_path / "later" / "log.jsonl"), ExtractFormat.LOG, Silent())
    assert list(tmp_path.iterdir()) == []
    assert _last_event(shared).kind is AuditKind.EXPORT


def test_an_extract_that_is_stopped_leaves_nothing(
    shared: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped:
        def step(self, done: int, total: int, what: str) -> None:
            raise Cancelled("stopped as asked; nothing was kept.")

    monkeypatch.setattr("engine.bootstrap.exports._STEP", 2)
    with pytest.raises(Cancelled):
        shared.extract(str(tmp_path / "log.jsonl"), ExtractFormat.LOG, Stopped())
    assert list(tmp_path.iterdir()) == []


def test_an_auditor_verifies_an_exported_log_with_the_program_beside_it(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout

    site = (sys.executable, "main.py", "--database", str(tmp_path / "demo.sqlite"), "--demo")
    log, program = tmp_path / "log.jsonl", tmp_path / "verify.py"
    told = run(*site, "export-log", "--out", str(log), "--verifier", str(program))
    verified = run(sys.executable, "-I", "-S", str(program), str(log))
    counted = re.search(r"wrote (\d+) events", told)
    assert counted is not None
    assert verified == f"{counted[1]} events, 0 checkpoints, 0 problems\n"
    listed = run(*site, "export-decisions", "--out", str(tmp_path / "decisions.csv"))
    assert listed.startswith("wrote 0 decisions")


def test_exports_cross_the_pipe_between_window_and_engine_byte_for_byte(tmp_path: Path) -> None:
    command = (
        sys.executable,
        str(ROOT / "main.py"),
        "--database",
        str(tmp_path / "demo.sqlite"),
        "--demo",
        "engine-process",
    )
    engine = RemoteEngine(command)
    try:
        (row, *_) = engine.patients("Birch", "", 1).rows
        decision = engine.recommend(row.patient_id, AF, Silent())
        pdf = engine.report(decision.decision_id, ReportFormat.PDF)
        report = engine.extract(str(tmp_path / "log.jsonl"), ExtractFormat.LOG, Silent())
        events = engine.dossier(decision.decision_id).events
    finally:
        engine.close()
    assert pdf.startswith(b"%PDF-")
    assert hashlib.sha256(pdf).hexdigest() in [event.content for event in events]
    assert report.content == hashlib.sha256((tmp_path / "log.jsonl").read_bytes()).hexdigest()
