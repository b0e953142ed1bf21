"""The Rules place as a pharmacist uses it, over a scripted pack."""

from __future__ import annotations

from dataclasses import replace

import pytest
from page_objects import Screen
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QCheckBox, QPushButton
from scripted_engine import ScriptedEngine, gone
from scripted_pack import APIXABAN, CASES, DABIGATRAN

from engine.domain.ids import ContentHash
from engine.errors import Cancelled, StoreUnavailable
from gui.presenters.rules import Tab
from gui.presenters.session import Place
from gui.presenters.workbench import Workbench
from gui.widgets.code_editor import CodeEditor

LIST = "Files and rules of the pack"
EDITOR = f"Text of {DABIGATRAN}"
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def rules(screen: Screen, bench: Workbench) -> Screen:
    """Return the window with the Rules place open, wide enough for three panes."""
    screen.window.resize(1400, 900)
    bench.session.go(Place.RULES)
    QApplication.processEvents()
    return screen


def _arrive(screen: Screen, row: int) -> None:
    """Move to a row of the list, as an arrow key does."""
    view = screen.find(LIST, QAbstractItemView)
    view.setCurrentIndex(view.model().index(row, 0))
    QApplication.processEvents()


def _open(bench: Workbench, rule: str = "dabigatran.crcl") -> None:
    bench.rules.choose(f"rule:{rule}")
    QApplication.processEvents()


def _edit(screen: Screen, bench: Workbench, before: str, after: str) -> CodeEditor:
    """Begin a draft of dabigatran and change it in the editor."""
    _open(bench)
    screen.press("YAML")
    screen.press("Edit a draft copy")
    editor = screen.find(EDITOR, CodeEditor)
    editor.setPlainText(editor.toPlainText().replace(before, after))
    bench.rules.draft.check()
    QApplication.processEvents()
    return editor


def test_the_pack_is_asked_for_on_the_first_visit_only(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    assert ("rule_files",) not in engine.calls
    bench.session.go(Place.RULES)
    bench.session.go(Place.PATIENTS)
    bench.session.go(Place.RULES)
    assert engine.calls.count(("rule_files",)) == 1
    assert "3 rules in 4 files" in screen.texts()


def test_files_stand_in_sections_and_say_how_many_rules_and_unseen_sources_they_have(rules: Screen) -> None:
    assert rules.rows(LIST) == [
        "Rules, atrial fibrillation (2)",
        "folded, ▸ dabigatran, 2 rules · 1 with a source not seen",
        "folded, ▸ apixaban, 1 rule",
        "Cases, atrial fibrillation (1)",
        "dabigatran",
        "Vocabulary (1)",
        "drugs",
    ]


def test_arrow_keys_open_a_file_and_then_its_rules(rules: Screen, bench: Workbench) -> None:
    _arrive(rules, 1)
    assert bench.rules.state.path == DABIGATRAN
    assert rules.rows(LIST)[2].startswith("level 2, contraindicated, Dabigatran below the renal limit")
    _arrive(rules, 2)
    assert bench.rules.state.key == "rule:dabigatran.crcl"
    rules.press("Sentence")
    assert rules.has("The rule: When creatinine clearance is below 30 mL/min, contraindicated holds.")


def test_left_and_right_fold_and_unfold_a_file(rules: Screen) -> None:
    _arrive(rules, 1)
    rules.find(LIST, QAbstractItemView).setFocus()
    rules.key(Qt.Key.Key_Left)
    assert rules.rows(LIST)[1].startswith("folded")
    rules.key(Qt.Key.Key_Right)
    assert rules.rows(LIST)[1].startswith("unfolded")


def test_a_rule_is_read_with_severity_status_sources_and_what_it_chains_on(
    rules: Screen, bench: Workbench
) -> None:
    _open(bench)
    said = rules.texts()
    assert "starter, not clinically reviewed" in said
    assert "contraindicated" in said
    assert "What to do" in said
    assert rules.rows("Sources")[0].startswith("seen, Pradaxa, summary of product characteristics, 4.3")
    assert "severe renal impairment" in rules.rows("Derived concepts it chains on")[0]
    about = rules.rows("About this rule")
    assert "Label, only under the EU label" in about
    assert f"Place, {DABIGATRAN}:3" in about


def test_a_source_that_was_not_seen_says_so(rules: Screen, bench: Workbench) -> None:
    _open(bench, "dabigatran.dyspepsia")
    assert rules.rows("Sources")[0].startswith("not seen")


def test_filters_work_together_and_are_cleared_at_once(rules: Screen) -> None:
    rules.pick("Severity", "note")
    assert [row for row in rules.rows(LIST) if "level 2" in row] == [
        "level 2, note, Dabigatran and dyspepsia, source not seen"
    ]
    assert "1 of 3 rules, in 1 file" in rules.texts()
    rules.write("Find a rule or file", "apixaban")
    assert "No rule matches" in rules.texts()
    rules.press("Clear the filters")
    assert "3 rules in 4 files" in rules.texts()


@pytest.mark.parametrize(
    ("box", "choice", "kept"),
    [
        ("Option", "Apixaban", "Apixaban dose"),
        ("Label", "only under the EU label", "Dabigatran below the renal limit"),
    ],
)
def test_rules_are_filtered_by_option_and_label(rules: Screen, box: str, choice: str, kept: str) -> None:
    rules.pick(box, choice)
    listed = [row for row in rules.rows(LIST) if "level 2" in row]
    assert len(listed) == 1
    assert kept in listed[0]


def test_only_rules_with_an_unseen_source_or_only_drafted_files_are_listed(
    rules: Screen, bench: Workbench
) -> None:
    rules.find("Source not seen", QCheckBox).click()
    assert sum("level 2" in row for row in rules.rows(LIST)) == 1
    rules.find("Source not seen", QCheckBox).click()
    _edit(rules, bench, "note", "caution")
    rules.press("Save draft")
    rules.find("Drafted", QCheckBox).click()
    rows = rules.rows(LIST)
    assert rows[1].startswith("unfolded, ▾ dabigatran, draft")
    assert not any("apixaban" in row for row in rows)


def test_the_file_is_read_only_until_a_draft_copy_is_begun(rules: Screen, bench: Workbench) -> None:
    _open(bench)
    rules.press("YAML")
    editor = rules.find(EDITOR, CodeEditor)
    assert editor.isReadOnly()
    assert "as the pack in use has it" in rules.texts()
    rules.press("Edit a draft copy")
    assert not editor.isReadOnly()
    assert "The pack in use is untouched" in rules.texts()


def test_an_error_is_told_with_its_line_while_typing_and_leads_there(rules: Screen, bench: Workbench) -> None:
    editor = _edit(rules, bench, "severity: contraindicated", "severity: sever")
    assert "Checked: 1 error" in rules.texts()
    found = rules.rows("Diagnostics")
    assert len(found) == 1
    assert "line 8" in found[0]
    view = rules.find("Diagnostics", QAbstractItemView)
    view.clicked.emit(view.model().index(0, 0))
    assert editor.textCursor().blockNumber() + 1 == 8
    assert QApplication.focusWidget() is editor
    assert "sever" in editor.words_at(editor.cursorRect().center().y())


def test_typing_is_checked_by_itself_after_a_pause(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _open(bench)
    rules.press("YAML")
    rules.press("Edit a draft copy")
    QTest.keyClicks(rules.find(EDITOR, CodeEditor), "# seen")
    assert not [call for call in engine.calls if call[0] == "diagnose" and "# seen" in str(call[2])]
    rules.qtbot.waitUntil(
        lambda: any(call[0] == "diagnose" and "# seen" in str(call[2]) for call in engine.calls)
    )
    assert "no errors and no warnings" in rules.texts()


def test_a_draft_is_saved_by_key_and_the_pack_is_not_touched(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    before = engine.pack.texts[DABIGATRAN]
    _edit(rules, bench, "dyspepsia", "heartburn").setFocus()
    rules.key(Qt.Key.Key_S, modifier=CONTROL)
    assert "heartburn" in engine.pack.drafts[DABIGATRAN].text
    assert engine.pack.texts[DABIGATRAN] == before
    assert "Your draft, saved" in rules.texts()


def test_unsaved_changes_survive_leaving_and_are_offered_on_return(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _edit(rules, bench, "dyspepsia", "heartburn")
    bench.rules.choose(f"file:{APIXABAN}")
    bench.session.go(Place.PATIENTS)
    bench.session.go(Place.RULES)
    assert any("unsaved" in row for row in rules.rows(LIST))
    bench.rules.choose(f"file:{DABIGATRAN}")
    assert "heartburn" in rules.find(EDITOR, CodeEditor).toPlainText()
    assert "Your changes are here, not saved yet" in rules.texts()
    assert not engine.pack.drafts


def test_unsaved_changes_are_kept_when_the_window_closes(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _edit(rules, bench, "dyspepsia", "heartburn")
    bench.rules.choose(f"file:{APIXABAN}")
    bench.rules.draft.save_all()
    assert "heartburn" in engine.pack.drafts[DABIGATRAN].text
    assert not bench.rules.draft.unsaved


def test_discarding_asks_first_in_the_page(rules: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    _edit(rules, bench, "dyspepsia", "heartburn")
    rules.press("Save draft")
    rules.press("Discard draft")
    assert QApplication.activeModalWidget() is None
    rules.press("Keep it")
    assert DABIGATRAN in engine.pack.drafts
    rules.press("Discard draft")
    rules.press("Discard it")
    assert not engine.pack.drafts
    assert "heartburn" not in rules.find(EDITOR, CodeEditor).toPlainText()
    assert rules.has("Edit a draft copy")


def test_a_draft_that_cannot_be_saved_is_kept_in_the_editor(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["save_draft"] = StoreUnavailable("The disk is full.")
    editor = _edit(rules, bench, "dyspepsia", "heartburn")
    rules.press("Save draft")
    assert "The draft was not saved" in rules.texts()
    assert "heartburn" in editor.toPlainText()
    assert bench.rules.draft.unsaved == {DABIGATRAN}


def test_undo_takes_back_what_was_typed(rules: Screen, bench: Workbench) -> None:
    _open(bench)
    rules.press("YAML")
    rules.press("Edit a draft copy")
    editor = rules.find(EDITOR, CodeEditor)
    QTest.keyClicks(editor, "x")
    assert bench.rules.draft.state.unsaved
    rules.press("Undo")
    assert not bench.rules.draft.state.unsaved


def test_find_goes_round_and_counts(rules: Screen, bench: Workbench) -> None:
    _open(bench)
    rules.press("YAML")
    editor = rules.find(EDITOR, CodeEditor)
    editor.setFocus()
    rules.key(Qt.Key.Key_F, modifier=CONTROL)
    rules.write("Find in the text", "SEVERITY")
    assert "of 2" in rules.texts()
    lines = set()
    for _ in range(2):
        rules.key(Qt.Key.Key_Return)
        lines.add(editor.textCursor().blockNumber() + 1)
    assert lines == {8, 14}
    rules.write("Find in the text", "nowhere")
    assert "not found" in rules.texts()
    rules.key(Qt.Key.Key_Escape)
    assert not rules.has("Find in the text")


def test_the_editor_keeps_indentation_and_indents_with_spaces(rules: Screen, bench: Workbench) -> None:
    _open(bench)
    rules.press("YAML")
    rules.press("Edit a draft copy")
    editor = rules.find(EDITOR, CodeEditor)
    editor.setPlainText("rules:\n  one:")
    editor.go_to(2)
    rules.key(Qt.Key.Key_End)
    rules.key(Qt.Key.Key_Return, Qt.Key.Key_Tab)
    QTest.keyClicks(editor, "title: x")
    assert editor.toPlainText() == "rules:\n  one:\n    title: x"
    rules.key(Qt.Key.Key_Backtab)
    assert editor.toPlainText() == "rules:\n  one:\n  title: x"


def test_cases_run_with_the_pack_and_then_with_the_draft(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _open(bench)
    rules.press("Run the cases")
    assert "All 2 passed" in rules.texts()
    assert rules.rows("Cases and how they came out") == [
        "Speak of this rule (1)",
        "pass, clearance of 29.9",
        "Speak of other rules (1)",
        "pass, dyspepsia in the record",
    ]
    _edit(rules, bench, "severity: note", "severity: note\n      fails: true")
    assert "The text has changed since this run." in rules.texts()
    rules.press("Run the cases")
    assert "1 of 2 failed" in rules.texts()
    rows = rules.rows("Cases and how they came out")
    assert rows[:2] == [
        "Failed (1)",
        "fail, clearance of 29.9, dabigatran.crcl: expected fires, came silent.",
    ]
    assert engine.calls[-1][:2] == ("run_cases", DABIGATRAN)


def test_a_case_leads_to_its_line_in_the_file_of_cases(rules: Screen, bench: Workbench) -> None:
    _open(bench)
    rules.press("Run the cases")
    view = rules.find("Cases and how they came out", QAbstractItemView)
    view.doubleClicked.emit(view.model().index(1, 0))
    editor = rules.find(f"Text of {CASES}", CodeEditor)
    assert editor.textCursor().blockNumber() + 1 == 2


def test_cases_of_a_draft_with_errors_are_not_run_and_say_why(rules: Screen, bench: Workbench) -> None:
    _edit(rules, bench, "severity: note", "severity: sever")
    rules.press("Run the cases")
    assert "The cases cannot be run: the pack with this text has errors" in rules.texts()
    assert "line 14" in rules.rows("Diagnostics")[0]


def test_a_stopped_run_leaves_no_error(rules: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    engine.fails["run_cases"] = Cancelled("Stopped as you asked.")
    _open(bench)
    rules.press("Run the cases")
    assert not rules.has("Stop")
    assert "Not run yet" in rules.texts()
    assert not rules.has("Error")


def test_every_case_of_the_pack_can_be_run(rules: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    _open(bench)
    rules.press("Run every case of the pack")
    assert ("run_cases", "", None) in engine.calls


def test_where_there_is_no_room_the_cases_have_a_tab(rules: Screen, bench: Workbench) -> None:
    rules.window.resize(1000, 800)
    QApplication.processEvents()
    _open(bench)
    assert not rules.has("Run the cases")
    rules.press("Cases")
    rules.press("Run the cases")
    assert "All 2 passed" in rules.texts()
    rules.window.resize(1500, 800)
    QApplication.processEvents()
    assert rules.has("Run the cases")
    assert rules.has("The rule in words")


def test_f6_goes_from_pane_to_pane(rules: Screen, bench: Workbench) -> None:
    _open(bench)
    bench.rules.turn(Tab.YAML)
    names = []
    for _ in range(3):
        rules.key(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        names.append(focus.accessibleName() if focus is not None else "")
    assert names[:2] == [EDITOR, "Run the cases"] or names[1:] == [EDITOR, "Run the cases"], names
    assert LIST in names


def test_a_pack_that_cannot_be_listed_says_so_and_is_asked_for_again(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["rule_files"] = gone()
    bench.session.go(Place.RULES)
    assert "The engine process has ended." in screen.texts()
    del engine.fails["rule_files"]
    screen.press("Start the engine again")
    assert "3 rules in 4 files" in screen.texts()


def test_rules_changed_on_disk_are_put_in_use_without_a_restart(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    rules.press("Reload the rules")
    assert "Nothing has changed on disk; the same rules stay in use" in rules.texts()

    engine.on_disk = ContentHash("ef" * 32)
    rules.press("Reload the rules")
    assert "In use from now on: " in rules.texts()
    status = bench.session.state.status
    assert status is not None
    assert status.pack_hash == engine.on_disk


def test_rules_that_are_refused_leave_in_use_what_was(
    rules: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["reload_rules"] = StoreUnavailable("rules/af.yaml:3: the severity is misspelt.")
    rules.press("Reload the rules")
    assert "The rules in use stay in use" in rules.texts()
    assert "rules/af.yaml:3: the severity is misspelt." in rules.texts()
    assert "3 rules in 4 files" in rules.texts()
    assert bench.session.state.status is not None


def test_a_rule_that_cannot_be_read_says_so(rules: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    engine.fails["rule"] = StoreUnavailable("The pack is locked.")
    _open(bench)
    assert "The pack is locked." in rules.texts()
    del engine.fails["rule"]
    rules.find("Try again", QPushButton).click()
    assert rules.has("The rule in words")


def test_a_draft_of_an_older_file_says_so(rules: Screen, bench: Workbench, engine: ScriptedEngine) -> None:
    draft = engine.pack.save(DABIGATRAN, "rules: {}\n")
    engine.pack.drafts[DABIGATRAN] = replace(draft, based_on=ContentHash("00" * 32))
    bench.rules.refresh()
    _open(bench)
    rules.press("YAML")
    assert "The file has changed since this draft was begun" in rules.texts()
    rules.press("Sentence")
    assert rules.has(
        "Your draft does not have this rule any more; this is the rule as the pack in use has it."
    )


def test_the_gutter_is_drawn_with_numbers_and_marks(rules: Screen, bench: Workbench) -> None:
    editor = _edit(rules, bench, "severity: contraindicated", "severity: sever")
    editor.go_to(1)
    strip = editor.grab().toImage().copy(0, 0, editor.gutter_width, editor.height())
    colours = {strip.pixelColor(x, y).name() for x in range(strip.width()) for y in range(strip.height())}
    assert len(colours) > 2
