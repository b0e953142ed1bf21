"""A rule as a form: made from the language, written into the draft, in step with text and sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_objects import Screen
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from scripted_engine import ScriptedEngine, gone, now
from scripted_pack import DABIGATRAN, NESTED
from still_runner import StillRunner

from engine.domain.forms import value_node
from engine.domain.ids import RuleId
from engine.errors import InvariantBroken
from engine.knowledge.form_tree import rule_form
from gui.presenters import form_edits as edits
from gui.presenters.rules import Tab
from gui.presenters.rules_form import place_of
from gui.presenters.session import Place
from gui.presenters.workbench import Workbench, assemble
from gui.widgets.code_editor import CodeEditor

EDITOR = f"Text of {DABIGATRAN}"
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def form(screen: Screen, bench: Workbench, engine: ScriptedEngine) -> Screen:
    """Return the window with the form of a rule that nests, in a draft."""
    engine.pack.texts[DABIGATRAN] = NESTED
    screen.window.resize(1600, 1000)
    bench.session.go(Place.RULES)
    bench.rules.choose("rule:dabigatran.crcl")
    screen.press("Form")
    screen.press("Edit a draft copy")
    QApplication.processEvents()
    return screen


def _draft(bench: Workbench) -> str:
    text = bench.rules.draft.text_of(DABIGATRAN)
    assert text is not None
    return text


def _choose(screen: Screen, name: str, words: str) -> None:
    screen.pick(name, words)
    QApplication.processEvents()


def _write(screen: Screen, name: str, words: str) -> None:
    """Type into a field of the form and leave it by the return key."""
    field = next(each for each in screen.all(QLineEdit) if each.accessibleName() == name)
    field.setFocus()
    field.selectAll()
    field.setText(words)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_every_value_of_the_rule_stands_in_its_control(form: Screen) -> None:
    assert form.find("title", QLineEdit).text() == "Dabigatran below the renal limit"
    assert form.find("jurisdiction", QComboBox).currentText() == "EU"
    assert form.find("when: what it asks for", QComboBox).currentText() == "all"
    assert form.find("when, all, 1, quantity", QComboBox).currentText() == (
        "creatinine clearance (Cockcroft-Gault) (crcl)"
    )
    assert form.find("when, all, 1, below", QComboBox).currentText() == "30 mL/min"
    assert form.find("when, all, 1, no older than", QLineEdit).text() == "180 days"
    assert form.find("when, all, 2, any, 2, ever", QComboBox).currentText() == "yes"
    assert form.find("when, all, 3, not, concept", QComboBox).currentText().endswith("(renal.dialysis)")
    assert form.find("when, all, 4, at least n, n", QLineEdit).text() == "2"
    assert form.find("when, all, 4, at least n, of, 1, sex", QComboBox).currentText() == "female"
    assert form.find("when, all, 5, diplotype, is, 2", QLineEdit).text() == "*3/*3"
    assert form.find("then, severity", QComboBox).currentText() == "contraindicated"
    assert "builds up" in form.find("then, say", QPlainTextEdit).toPlainText()
    assert form.find("sources, 1, where", QLineEdit).text() == "4.3"


def test_a_value_is_written_into_its_place_of_the_text_and_nothing_else_moves(
    form: Screen, bench: Workbench
) -> None:
    _write(form, "title", "Dabigatran and the kidneys")
    assert _draft(bench) == NESTED.replace("Dabigatran below the renal limit", "Dabigatran and the kidneys")
    _write(form, "when, all, 1, below", "25 mL/min")
    assert "{quantity: crcl, below: 25 mL/min, no_older_than: 180 days}  # the newest one" in _draft(bench)


def test_the_three_ways_of_showing_a_rule_are_always_in_step(form: Screen) -> None:
    _choose(form, "then, severity", "caution")
    form.press("YAML")
    editor = form.find(EDITOR, CodeEditor)
    assert "severity: caution" in editor.toPlainText()
    form.press("Sentence")
    assert form.has("The rule: In the draft, caution holds.")
    assert form.has("This is the rule as your draft has it. The pack in use is untouched.")
    form.press("YAML")
    editor.setPlainText(editor.toPlainText().replace("severity: caution", "severity: avoid"))
    form.press("Form")
    QApplication.processEvents()
    assert form.find("then, severity", QComboBox).currentText() == "avoid"


def test_what_the_form_did_is_undone_by_key_and_by_button(form: Screen, bench: Workbench) -> None:
    _write(form, "title", "Another")
    _choose(form, "then, severity", "note")
    form.press("Undo")
    QApplication.processEvents()
    assert "severity: contraindicated" in _draft(bench)
    form.press("Undo")
    QApplication.processEvents()
    assert _draft(bench) == NESTED
    assert form.find("title", QLineEdit).text() == "Dabigatran below the renal limit"
    form.press("Redo")
    assert "title: Another" in _draft(bench)


def test_premises_are_added_turned_grouped_moved_and_removed(form: Screen, bench: Workbench) -> None:
    form.press("Add one to when, all")
    QApplication.processEvents()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "when, all, 6: what it asks for"
    _choose(form, "when, all, 6: what it asks for", "condition")
    _choose(form, "when, all, 6, condition", "active cancer")
    _choose(form, "Add to when, all, 6", "ever")
    assert "- {condition: active_cancer, ever: yes}" in _draft(bench)
    _choose(form, "when, all, 6: move, group or remove", "Move up")
    _choose(form, "when, all, 5: move, group or remove", "Put inside “not”")
    assert "- not: {condition: active_cancer, ever: yes}" in _draft(bench) or (
        "{not: {condition: active_cancer, ever: yes}}" in _draft(bench)
    )
    _choose(form, "when, all, 5: move, group or remove", "Dissolve “not”")
    _choose(form, "when, all, 5: move, group or remove", "Remove it")
    assert "active_cancer" not in _draft(bench)
    assert "diplotype" in _draft(bench)


def test_any_and_all_keep_what_they_join(form: Screen, bench: Workbench) -> None:
    _choose(form, "when, all, 2: what it asks for", "all")
    assert "all: [{takes: amiodarone}, {condition: atrial_fibrillation, ever: yes}]" in _draft(bench)
    _choose(form, "when, all, 2: what it asks for", "takes")
    assert "takes:" in _draft(bench)
    assert "atrial_fibrillation" not in _draft(bench)


def test_fields_come_and_go_and_what_is_needed_says_so(form: Screen, bench: Workbench) -> None:
    _choose(form, "Add to form of the rule", "when unknown")
    assert "when_unknown: cannot be assessed" in _draft(bench)
    form.press("Remove when unknown")
    QApplication.processEvents()
    assert _draft(bench) == NESTED
    form.press("Add one to sources")
    QApplication.processEvents()
    assert "needed" not in form.texts()
    bench.rules.draft.put(_draft(bench).replace("    author: WhyRx starter pack\n", "", 1))
    QApplication.processEvents()
    assert "needed" in form.texts()


def test_what_is_still_being_typed_is_saved_by_key_with_the_rest(
    form: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    field = form.find("title", QLineEdit)
    field.setFocus()
    field.setText("Just typed")
    form.key(Qt.Key.Key_S, modifier=CONTROL)
    assert "title: Just typed" in engine.pack.drafts[DABIGATRAN].text
    assert QApplication.focusWidget() is field
    assert not bench.rules.draft.unsaved


def test_a_save_waits_for_the_change_on_its_way(
    engine: ScriptedEngine, open_window: Callable[[Workbench], Screen]
) -> None:
    engine.pack.texts[DABIGATRAN] = NESTED
    runner = StillRunner(engine)
    bench = assemble(runner, now)
    bench.session.begin()
    bench.session.go(Place.RULES)
    runner.go_on()
    bench.session.go(Place.RULES)
    open_window(bench)
    bench.rules.refresh()
    runner.go_on()
    bench.rules.choose("rule:dabigatran.crcl")
    bench.rules.turn(Tab.FORM)
    runner.go_on()
    bench.rules.draft.edit_copy()
    runner.go_on()
    tree = bench.rules.form.state.tree
    assert tree is not None
    bench.rules.form.change(edits.with_node(tree, ("title",), value_node("Late")))
    bench.rules.form.save()
    assert not engine.pack.drafts
    runner.go_on("form written")
    assert "title: Late" in engine.pack.drafts[DABIGATRAN].text


def test_a_field_that_is_left_because_another_rule_was_opened_changes_neither(
    form: Screen, bench: Workbench
) -> None:
    field = form.find("title", QLineEdit)
    field.setFocus()
    field.setText("Half typed")
    bench.rules.choose("rule:dabigatran.dyspepsia")
    QApplication.processEvents()
    assert form.find("title", QLineEdit).text() == "Dabigatran and dyspepsia"
    assert "Dabigatran and dyspepsia" in _draft(bench)


def test_what_is_wrong_is_marked_beside_its_part_and_moves_nothing(form: Screen, bench: Workbench) -> None:
    before = form.find("then, strength", QComboBox).geometry()
    bench.rules.draft.put(NESTED.replace("severity: contraindicated", "severity: sever"))
    bench.rules.draft.check()
    QApplication.processEvents()
    (mark,) = bench.rules.form.state.marks
    assert mark.way == ("then", "severity")
    assert form.has(f"{mark.words}")
    assert mark.words.startswith('error: "sever" is not one of the choices here.')
    assert form.find("then, strength", QComboBox).geometry() == before
    bench.rules.draft.put(NESTED)
    bench.rules.draft.check()
    QApplication.processEvents()
    assert not form.has(f"{mark.words}")


def test_a_diagnostic_outside_the_rule_marks_nothing_of_it() -> None:
    form = rule_form(DABIGATRAN, NESTED, RuleId("dabigatran.crcl"))
    assert place_of(form, 1, 1) is None
    assert place_of(form, form.end + 1, 3) is None
    last = place_of(form, form.end, 90)
    assert last is not None
    assert last.way == ("status",)


def test_a_key_that_the_language_does_not_have_is_shown_and_can_be_taken_out(
    form: Screen, bench: Workbench
) -> None:
    bench.rules.draft.put(NESTED.replace("    jurisdiction: EU\n", "    juristiction: EU\n"))
    QApplication.processEvents()
    assert "juristiction (not in the language)" in form.texts()
    form.press("Remove juristiction")
    QApplication.processEvents()
    assert "juristiction" not in _draft(bench)


def test_without_a_draft_the_form_can_only_be_read(screen: Screen, bench: Workbench) -> None:
    bench.session.go(Place.RULES)
    bench.rules.choose("rule:dabigatran.crcl")
    screen.press("Form")
    QApplication.processEvents()
    assert not screen.find("title", QLineEdit).isEnabled()
    assert not [each for each in screen.all(QComboBox) if "remove" in each.accessibleName()]
    screen.press("Edit a draft copy")
    QApplication.processEvents()
    assert screen.find("title", QLineEdit).isEnabled()


def test_a_text_that_is_no_yaml_says_where_and_the_form_comes_back_once_it_is_mended(
    form: Screen, bench: Workbench
) -> None:
    bench.rules.draft.put(f"{NESTED}  - [")
    QApplication.processEvents()
    assert "This text cannot be shown as a form" in form.texts()
    assert f"{DABIGATRAN}:" in form.texts()
    form.press("Sentence")
    assert "Your draft has errors" in "\n".join(each.accessibleName() for each in form.all(QWidget))
    form.press("Form")
    bench.rules.draft.put(NESTED)
    QApplication.processEvents()
    assert form.has("title")


def test_a_change_that_cannot_be_written_is_taken_back_and_said(
    form: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["with_rule_form"] = InvariantBroken("It would not be read back as it is.")
    _write(form, "title", "Another")
    assert "It would not be read back as it is." in form.texts()
    assert _draft(bench) == NESTED
    QApplication.processEvents()
    assert form.find("title", QLineEdit).text() == "Dabigatran below the renal limit"


def test_a_language_that_cannot_be_learnt_is_asked_for_again(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["form_language"] = gone()
    bench.session.go(Place.RULES)
    bench.rules.choose("rule:dabigatran.crcl")
    screen.press("Form")
    assert "The engine process has ended." in screen.texts()
    del engine.fails["form_language"]
    screen.press("Start the engine again")
    QApplication.processEvents()
    assert screen.has("title")


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing|propagateSizeHints)")
@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_R])
@pytest.mark.parametrize(
    "name", ["when, all, 2: move, group or remove", "then, severity", "when, all, 2: what it asks for"]
)
def test_a_key_opens_the_list_of_a_box_and_changes_no_rule_by_itself(
    form: Screen, bench: Workbench, key: Qt.Key, name: str
) -> None:
    box = form.find(name, QComboBox)
    box.setFocus()
    QTest.keyClick(box, key)
    assert box.view().isVisible()
    box.hidePopup()
    assert _draft(bench) == NESTED


def test_the_wheel_over_a_box_changes_no_rule(form: Screen, bench: Workbench) -> None:
    box = form.find("then, severity", QComboBox)
    box.setFocus()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's
    )
    QApplication.sendEvent(box, turn)
    assert _draft(bench) == NESTED


def test_the_keyboard_walks_through_the_form_in_the_order_it_is_read(form: Screen) -> None:
    form.find("title", QLineEdit).setFocus()
    walked = []
    for _ in range(7):
        form.key(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        walked.append(focus.accessibleName() if focus is not None else "")
    assert walked == [
        "for, 1",
        "Remove for, 1",
        "Add one to for",
        "jurisdiction",
        "Remove jurisdiction",
        "when: what it asks for",
        "when: move, group or remove",
    ]


def test_turning_to_the_text_by_a_diagnostic_leaves_the_form(form: Screen, bench: Workbench) -> None:
    bench.rules.go(f"{DABIGATRAN}:4")
    assert bench.rules.state.tab is Tab.YAML
    assert form.has(EDITOR)
