"""The Audit place as an auditor uses it, over a scripted engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from builders import NOON, an_event
from page_objects import Screen
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDateEdit, QFrame
from scripted_engine import AF, DOSE, ScriptedEngine, gone, now

from engine.domain.audit import AuditKind
from engine.domain.decision import Choice, ReasonCode
from engine.domain.ids import DecisionId, OptionId, PatientId
from engine.domain.pages import DecisionFilter
from engine.errors import Cancelled, IntegrityError, StoreUnavailable
from gui.presenters.audit_dossier import Dossier, Sheet
from gui.presenters.audit_filter import Answered, Period, Question
from gui.presenters.session import Place
from gui.presenters.workbench import Workbench
from gui.tasks import InlineRunner

LIST = "Decisions, newest first"


@pytest.fixture
def audit(screen: Screen, bench: Workbench, engine: ScriptedEngine) -> Screen:
    """Return the window at the Audit place, with three decisions: accepted, overridden, unanswered."""
    for patient, indication in (("pat-0001", AF), ("pat-0002", AF), ("pat-0001", DOSE)):
        bench.session.open_patient(PatientId(patient))
        bench.recommendation.choose(indication)
    engine.respond(DecisionId("dec-0001"), OptionId("apixaban"), Choice.ACCEPTED, None, "")
    engine.respond(
        DecisionId("dec-0002"), OptionId("dabigatran"), Choice.OVERRIDDEN, ReasonCode.TOLERATES, "For years."
    )
    engine.events.append(an_event(AuditKind.DECISION, "dec-0001", detail="4 options"))
    bench.session.close_patient()
    bench.session.go(Place.AUDIT)
    QApplication.processEvents()
    return screen


def _arrive(screen: Screen, row: int) -> None:
    view = screen.find(LIST, QAbstractItemView)
    view.setCurrentIndex(view.model().index(row, 0))
    QApplication.processEvents()


def _asked(engine: ScriptedEngine) -> DecisionFilter:
    """Return the newest filter that the engine was asked with."""
    found = next(call[1] for call in reversed(engine.calls) if call[0] == "decisions")
    assert isinstance(found, DecisionFilter)
    return found


def test_each_decision_is_listed_with_who_what_when_how_it_came_out_and_what_was_done(audit: Screen) -> None:
    rows = audit.rows(LIST)
    assert len(rows) == 3
    assert rows[0].startswith("Example-Cedar, Cleo, Stroke prevention in atrial fibrillation, 20")
    assert "1 clear, 1 caution, 1 cannot be assessed, 1 excluded" in rows[0]
    assert rows[0].endswith("No choice recorded, by clinician")
    assert "Overridden: dabigatran, because patient already tolerates it" in rows[1]
    assert "Chosen: apixaban" in rows[2]
    assert "3 decisions" in audit.texts()


def test_the_filter_reads_as_a_sentence(audit: Screen) -> None:
    frame = audit.find("Which decisions are listed", QFrame)
    words = [
        label
        for label in audit.texts().splitlines()
        if label in ("Decisions about", "for", "that are", "from", "containing")
    ]
    assert words == ["Decisions about", "for", "that are", "from", "containing"]
    assert frame.isVisible()


def test_decisions_are_filtered_by_answer_indication_and_words(audit: Screen, engine: ScriptedEngine) -> None:
    audit.pick("Answer", "overridden")
    assert len(audit.rows(LIST)) == 1
    audit.pick("Answer", "not answered yet")
    assert _asked(engine).unanswered
    audit.pick("Answer", "answered or not")
    audit.pick("Indication", "Warfarin starting dose band")
    assert _asked(engine).indication_id == DOSE
    assert len(audit.rows(LIST)) == 1
    audit.press("Clear")
    audit.write("Words in the decision", "alder")
    assert [", ".join(row.split(", ")[:2]) for row in audit.rows(LIST)] == ["Example-Alder, Arlo"]
    audit.write("Words in the decision", "nobody")
    assert "No decision is like that" in audit.texts()


def test_decisions_of_one_patient_are_listed_by_the_open_one(audit: Screen, bench: Workbench) -> None:
    _arrive(audit, 1)
    audit.pick("Patient", "Example-Alder, Arlo")
    assert [", ".join(row.split(", ")[:2]) for row in audit.rows(LIST)] == ["Example-Alder, Arlo"]
    audit.press("Clear")
    bench.session.open_patient(PatientId("pat-0003"))
    bench.session.go(Place.AUDIT)
    audit.pick("Patient", "Example-Birch, Bela")
    assert "No decision is like that" in audit.texts()


def test_a_period_counts_days_back_from_today(audit: Screen, engine: ScriptedEngine) -> None:
    audit.pick("Period", "the last 7 days")
    assert _asked(engine).since == NOON.date() - timedelta(days=6)
    assert _asked(engine).until is None
    audit.pick("Period", "these days")
    audit.find("First day", QDateEdit).setDate(QDate(2026, 1, 1))
    audit.find("Last day", QDateEdit).setDate(QDate(2026, 1, 31))
    assert (_asked(engine).since, _asked(engine).until) == (date(2026, 1, 1), date(2026, 1, 31))
    audit.pick("Period", "any time")
    assert (_asked(engine).since, _asked(engine).until) == (None, None)


@pytest.mark.parametrize("answered", Answered)
def test_every_answer_asks_for_something_else(answered: Answered) -> None:
    others = [Question(answered=each).asked_on(NOON) for each in Answered if each is not answered]
    assert Question(answered=answered).asked_on(NOON) not in others


@pytest.mark.parametrize("period", Period)
def test_days_of_a_period_between_are_forgotten_by_every_other_one(period: Period) -> None:
    asked = Question(period=period, since=date(2020, 1, 1), until=date(2020, 2, 1)).asked_on(NOON)
    assert (asked.until is not None) == (period is Period.BETWEEN)
    assert (asked.since == date(2020, 1, 1)) == (period is Period.BETWEEN)


def test_older_decisions_follow_by_key(audit: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    decision = engine.decided[DecisionId("dec-0001")]
    for number in range(10, 130):
        decision_id = DecisionId(f"dec-{number:04}")
        engine.decided[decision_id] = replace(decision, decision_id=decision_id)
    bench.audit.refresh()
    assert "50 of 123 decisions" in audit.texts()
    audit.press("Show older decisions")
    assert len(audit.rows(LIST)) == 100
    view = audit.find(LIST, QAbstractItemView)
    view.scrollToBottom()
    QApplication.processEvents()
    assert "123 decisions" in audit.texts()
    assert not audit.has("Show older decisions")
    keys = [line.key for line in bench.audit.state.lines]
    assert len(set(keys)) == 123


def test_arrow_keys_open_decisions_exactly_as_they_were_shown(audit: Screen) -> None:
    assert "Choose a decision" in audit.texts()
    _arrive(audit, 2)
    assert "Exactly as it was shown and recorded" in audit.texts()
    assert audit.has("Excluded (1)")
    assert not audit.has("Choose apixaban")
    assert "Chosen: Apixaban" in audit.texts()
    audit.find(LIST, QAbstractItemView).setFocus()
    audit.key(Qt.Key.Key_Up)
    QApplication.processEvents()
    assert "Example-Alder, Arlo · Stroke prevention in atrial fibrillation" in audit.texts()


def test_a_replay_that_is_identical_says_how_many_bytes_and_stands_in_the_timeline(audit: Screen) -> None:
    _arrive(audit, 2)
    audit.press("Replay")
    assert "Identical: 14,203 bytes" in audit.texts()
    audit.press("Timeline")
    rows = audit.rows("Timeline")
    assert "decision: 4 options" in rows[0]
    assert "replay: identical" in rows[1]
    audit.press("Dismiss: Replay")
    assert "Identical" not in audit.texts()


def test_a_replay_that_differs_lists_every_place(audit: Screen, engine: ScriptedEngine) -> None:
    engine.differences = ("ranked[0].place: recorded 1, replayed 2", "seed: recorded 1, replayed 3")
    _arrive(audit, 2)
    audit.key(Qt.Key.Key_F5)
    assert "Differs in 2 places" in audit.texts()
    lists = [view for view in audit.all(QAbstractItemView) if view.accessibleName() == "Replay"]
    assert lists[0].model().rowCount() == 2


def test_the_result_of_a_replay_leaves_with_its_decision(audit: Screen) -> None:
    _arrive(audit, 2)
    audit.press("Replay")
    _arrive(audit, 1)
    assert "Identical" not in audit.texts()


def test_versions_and_hashes_say_what_computed_it(audit: Screen) -> None:
    _arrive(audit, 2)
    audit.press("Versions and hashes")
    rows = audit.rows("Versions and hashes")
    assert "Content, " + "12" * 32 in rows
    assert any(row.startswith("Rule engine") and "both evaluators agreed" in row for row in rows)
    assert "Model hash, no model" in rows


def test_the_record_is_shown_as_it_was_sealed_with_where_each_datum_came_from(
    audit: Screen, engine: ScriptedEngine
) -> None:
    patient = PatientId("pat-0001")
    engine.records[patient] = replace(engine.records[patient], name="Somebody Else")
    _arrive(audit, 2)
    audit.press("Record at the time")
    assert any("Observation/creatinine-1" in row for row in audit.rows("Record at the time"))
    assert "Example-Cedar, Cleo" in audit.texts()


def test_a_chain_that_is_whole_says_so_in_one_sentence(audit: Screen) -> None:
    audit.press("Verify the chain")
    assert "The chain is whole: 3 events and 3 decisions, each as it was recorded" in audit.texts()
    assert "abababab abababab" in audit.texts()


def test_a_broken_chain_names_its_problems_and_what_to_do(audit: Screen, engine: ScriptedEngine) -> None:
    engine.chain_problems = ("event 2: its hash does not follow from event 1",)
    audit.press("Verify the chain")
    assert "The chain is broken: 1 problem among 3 events and 3 decisions" in audit.texts()
    assert "safety officer" in audit.texts()
    assert any("event 2" in row for row in audit.rows("Verification"))


def test_verifying_that_is_stopped_or_fails_leaves_no_result(
    audit: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["verify"] = Cancelled("Stopped.")
    audit.press("Verify the chain")
    assert not audit.has("Verification")
    assert bench.audit.state.fault is None
    engine.fails["verify"] = IntegrityError("The head of the chain is missing.")
    audit.press("Verify the chain")
    assert "The head of the chain is missing." in audit.texts()


@pytest.mark.parametrize(
    ("name", "kind", "written"),
    [
        ("case.html", "", "dec-0001 as html"),
        ("case.json", "", "dec-0001 as json"),
        ("case", "Plain text (*.txt)", "dec-0001 as text"),
        ("dossier.PDF", "", "dec-0001 as pdf"),
        ("dec-0001.fhir.json", "", "dec-0001 as fhir"),
        ("dec-0001", "Case without the patient, searched for leaks (*.case.json)", "dec-0001 as case"),
        ("dec.json", "Case without the patient, searched for leaks (*.case.json)", "dec-0001 as case"),
        ("dec.json", "FHIR Provenance and AuditEvents (*.fhir.json)", "dec-0001 as fhir"),
        ("dec.json", "Plain text (*.txt)", "dec-0001 as json"),
    ],
)
def test_a_decision_is_written_in_the_form_its_name_asks_for(
    audit: Screen, bench: Workbench, tmp_path: Path, name: str, kind: str, written: str
) -> None:
    _arrive(audit, 2)
    bench.audit.dossier.export(str(tmp_path / name), kind)
    target = next(tmp_path.iterdir())
    assert target.read_text(encoding="utf-8") == written
    assert f"Written to {target}" in audit.texts()
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_without_a_form_is_refused_and_nothing_is_recorded_as_exported(
    audit: Screen, bench: Workbench, engine: ScriptedEngine, tmp_path: Path
) -> None:
    _arrive(audit, 2)
    bench.audit.dossier.export(str(tmp_path / "case.docx"))
    assert "Choose a name that ends in .html, .pdf, .txt, .fhir.json, .case.json or .json." in audit.texts()
    assert not any(call[0] == "report" for call in engine.calls)


def test_a_folder_that_cannot_be_written_leaves_nothing_and_can_be_tried_again(
    audit: Screen, bench: Workbench, tmp_path: Path
) -> None:
    _arrive(audit, 2)
    target = tmp_path / "later" / "case.html"
    bench.audit.dossier.export(str(target))
    assert "Nothing was exported" in audit.texts()
    assert not list(tmp_path.iterdir())
    target.parent.mkdir()
    audit.press("Try again")
    assert target.exists()


def test_a_disk_that_fills_up_while_writing_is_told(engine: ScriptedEngine) -> None:
    def full(path: Path, _: bytes) -> None:
        raise StoreUnavailable("The disk is full.", place=str(path))

    record = engine.records[PatientId("pat-0001")]
    engine.decided[DecisionId("dec-0001")] = engine.script(record, AF, "dec-0001")
    dossier = Dossier(InlineRunner(engine), dict, full)
    dossier.open("dec-0001")
    dossier.export("case.txt")
    assert dossier.state.fault is not None
    assert dossier.state.fault.what == "The disk is full."
    assert dossier.state.exported is None


@pytest.mark.parametrize(
    ("name", "kind", "written"),
    [
        ("ward.log.jsonl", "", ("ward.log.jsonl", "log")),
        ("ward.LOG.CSV", "", ("ward.LOG.CSV", "log-csv")),
        ("ward", "Audit log as FHIR AuditEvents (*.fhir.jsonl)", ("ward.fhir.jsonl", "log-fhir")),
        (
            "ward.csv",
            "List of all decisions as a table (*.decisions.csv)",
            ("ward.decisions.csv", "decisions-csv"),
        ),
    ],
)
def test_the_log_is_written_in_the_form_its_name_or_the_dialog_asks_for(
    audit: Screen, bench: Workbench, tmp_path: Path, name: str, kind: str, written: tuple[str, str]
) -> None:
    bench.audit.extracts.export(str(tmp_path / name), kind)
    file, form = tmp_path / written[0], written[1]
    assert file.read_text(encoding="utf-8") == form
    assert f"3 entries written to {file}" in audit.texts()
    assert "Hash of the file" in audit.texts()
    audit.press("Dismiss: Export of the log")
    assert not audit.has("Export of the log")


def test_a_log_of_no_known_form_is_refused(audit: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    bench.audit.extracts.export("ward.xlsx")
    assert "Choose a name that ends in .log.jsonl" in audit.texts()
    assert not any(call[0] == "extract" for call in engine.calls)


def test_a_log_that_cannot_be_written_can_be_tried_again(
    audit: Screen, bench: Workbench, engine: ScriptedEngine, tmp_path: Path
) -> None:
    engine.fails["extract"] = StoreUnavailable("The disk is full.")
    bench.audit.extracts.export(str(tmp_path / "ward.log.csv"))
    assert "The disk is full." in audit.texts()
    del engine.fails["extract"]
    audit.press("Try again")
    assert (tmp_path / "ward.log.csv").exists()
    assert "The disk is full." not in audit.texts()


def test_a_decision_that_cannot_be_opened_says_so_and_is_opened_later(
    audit: Screen, engine: ScriptedEngine
) -> None:
    engine.fails["dossier"] = StoreUnavailable("The database is locked.")
    _arrive(audit, 2)
    assert "The database is locked." in audit.texts()
    del engine.fails["dossier"]
    audit.press("Try again")
    assert audit.has("Excluded (1)")


def test_a_replay_that_fails_or_is_stopped_shows_no_result(
    audit: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _arrive(audit, 2)
    engine.fails["replay"] = StoreUnavailable("The archived rule pack cannot be read.")
    audit.press("Replay")
    assert "The archived rule pack cannot be read." in audit.texts()
    audit.press("Dismiss")
    engine.fails["replay"] = Cancelled("Stopped.")
    audit.press("Replay")
    assert bench.audit.dossier.state.fault is None
    assert not bench.audit.dossier.state.replaying


def test_without_decisions_it_says_what_will_stand_here(screen: Screen, bench: Workbench) -> None:
    bench.session.go(Place.AUDIT)
    assert "No decision yet" in screen.texts()


def test_decisions_that_cannot_be_listed_say_so(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["decisions"] = gone()
    bench.session.go(Place.AUDIT)
    assert "The engine process has ended." in screen.texts()
    del engine.fails["decisions"]
    screen.press("Start the engine again")
    assert "No decision yet" in screen.texts()


def test_new_decisions_are_listed_on_the_next_visit(audit: Screen, bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0003"))
    bench.recommendation.choose(AF)
    assert len(bench.audit.state.lines) == 3
    bench.session.go(Place.AUDIT)
    assert audit.rows(LIST)[0].startswith("Example-Birch, Bela")


def test_f6_goes_from_the_question_to_the_list_to_the_decision_and_back(audit: Screen) -> None:
    _arrive(audit, 0)
    names = []
    for _ in range(3):
        audit.key(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        names.append(focus.accessibleName() if focus is not None else "")
    assert names == [LIST, "Replay", "Words in the decision"]


def test_sheets_stay_turned_from_decision_to_decision(audit: Screen, bench: Workbench) -> None:
    _arrive(audit, 2)
    bench.audit.dossier.turn(Sheet.VERSIONS)
    _arrive(audit, 1)
    assert audit.has("Versions and hashes")
    assert any("dec-0002" in row for row in audit.rows("Versions and hashes"))


def test_the_clock_of_the_filter_is_the_one_handed_in() -> None:
    assert Question(period=Period.DAY).asked_on(now()).since == NOON.date()
