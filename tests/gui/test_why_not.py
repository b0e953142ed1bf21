"""Why not, as it is read: rules that did not fire, near misses first, with what each of them failed by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
import samples
from answers import a_silent_rule, a_why_not, an_unknown_premise
from page_objects import Screen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QLineEdit
from scripted_engine import AF, ScriptedEngine, now
from still_runner import StillRunner

from engine.domain.ids import OptionId, PatientId
from engine.errors import InternalError
from gui.presenters.decision_page import Pane
from gui.presenters.session import Page, Place
from gui.presenters.why_not import lines_of_rules, share_words
from gui.presenters.workbench import Workbench, assemble

LIST = "Rules that did not fire"
PREMISES = "What it needs and does not find, in the order it is read"
OPTION = OptionId("rivaroxaban")
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(screen: Screen, bench: Workbench, engine: ScriptedEngine) -> Screen:
    """Return the window with a recommendation, and an answer about rivaroxaban in the engine."""
    engine.script = samples.af
    engine.silent[OPTION] = a_why_not()
    screen.window.resize(1400, 900)
    bench.session.open_patient(PatientId("pat-0001"))
    bench.recommendation.choose(AF)
    QApplication.processEvents()
    return screen


def _opened(page: Screen) -> Screen:
    page.press("Rules about rivaroxaban that did not fire")
    QApplication.processEvents()
    return page


def test_near_misses_come_first_then_what_is_undecided_then_the_rest(page: Screen) -> None:
    rows = _opened(page).rows(LIST)
    assert rows[0] == "Kept from firing by a number, the nearest first (3)"
    assert rows[1].startswith(
        "caution, rivaroxaban.dose, did not fire, Rivaroxaban dose in moderate renal impairment, 25 % away, "
        "creatinine clearance (Cockcroft-Gault) 62.3 mL/min is 12.3 mL/min (25 %) above 50 mL/min; "
        "this alone keeps it from firing"
    )
    assert "other premises fail as well" in rows[2]
    assert "follows the label of another jurisdiction" in rows[3]
    assert rows[4] == "Could not be decided, the worst first (1)"
    assert rows[5].startswith("contraindicated, rivaroxaban.allergy, could not be decided, Allergy")
    assert "not known: list of allergies (never reviewed)" in rows[5]
    assert rows[6] == "Did not hold, the worst first (1)"
    assert "failed first: does not take a strong inhibitor" in rows[7]
    assert "5 rules did not fire, 2 fired" in page.texts()


def test_a_rule_is_read_with_its_sentence_and_every_premise_that_fails(
    page: Screen, bench: Workbench
) -> None:
    _opened(page)
    bench.recommendation.page.why_not.choose("rivaroxaban.crcl-floor")
    QApplication.processEvents()
    assert page.has(
        "The rule: When creatinine clearance (Cockcroft-Gault) is at most 50 mL/min "
        "[rivaroxaban.reduction], rivaroxaban needs caution (dose adjustment, high evidence)."
    )
    first, second, third = page.rows(PREMISES)
    assert first.startswith("does not hold, first, creatinine clearance (Cockcroft-Gault) 62.3 mL/min")
    assert (
        "Value 62.3 mL/min, threshold 15 mL/min, margin 47.3 mL/min (315 %); it would hold from 50" in first
    )
    assert "By way of: a strong inhibitor of P-glycoprotein and CYP3A4 together > a combined" in second
    assert third.startswith("not known, also, not known whether body weight is below 60 kg")
    assert "Missing: body weight (never measured)" in third
    assert page.rows("Sources of this rule")[0].startswith("seen, ")


def test_arrow_keys_read_from_rule_to_rule_and_escape_goes_back_to_the_card(
    page: Screen, bench: Workbench
) -> None:
    _opened(page)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == LIST
    page.key(Qt.Key.Key_Down)
    page.qtbot.waitUntil(lambda: bench.recommendation.page.why_not.state.key == "rivaroxaban.crcl-floor")
    page.key(Qt.Key.Key_Escape)
    assert not page.has(LIST)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "rivaroxaban, caution"


def test_it_opens_and_closes_by_key_for_the_option_in_focus(page: Screen, bench: Workbench) -> None:
    bench.recommendation.page.open(Pane.WHY, OPTION)
    page.key(Qt.Key.Key_Y, modifier=CONTROL | SHIFT)
    assert page.has(LIST)
    page.key(Qt.Key.Key_Y, modifier=CONTROL | SHIFT)
    assert not page.has(LIST)


def test_a_rule_is_found_by_name_id_or_premise(page: Screen) -> None:
    _opened(page)
    page.key(Qt.Key.Key_F, modifier=CONTROL)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    page.write("Find one of these rules", "allergy")
    assert len(page.rows(LIST)) == 2
    assert "1 of 5 rules that did not fire" in page.texts()
    page.write("Find one of these rules", "us-dose")
    assert any("Rivaroxaban dose, US label" in row for row in page.rows(LIST))
    page.write("Find one of these rules", "glycoprotein")
    assert len([row for row in page.rows(LIST) if row.startswith(("caution", "contra", "avoid"))]) == 2
    page.write("Find one of these rules", "nowhere")
    assert not page.has(LIST)
    assert "No rule here matches “nowhere”" in page.texts()
    page.write("Find one of these rules", "")
    assert "5 rules did not fire, 2 fired" in page.texts()


def test_ctrl_f_in_the_audit_place_finds_a_rule_while_the_focus_is_among_them(
    page: Screen, bench: Workbench
) -> None:
    bench.session.go(Place.AUDIT)
    bench.audit.open("dec-0001")
    bench.audit.dossier.page.open(Pane.WHY_NOT, OPTION)
    QApplication.processEvents()
    page.find(LIST, QAbstractItemView).setFocus()
    page.key(Qt.Key.Key_F, modifier=CONTROL)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "Find one of these rules"


def test_nothing_silent_says_so(page: Screen) -> None:
    page.press("Rules about apixaban that did not fire")
    assert "No rule about apixaban stayed silent" in page.texts()


def test_an_error_stands_in_the_pane_and_is_asked_again(page: Screen, engine: ScriptedEngine) -> None:
    engine.fails["why_not"] = InternalError("It no longer comes out as recorded.")
    _opened(page)
    assert "It no longer comes out as recorded." in page.texts()
    assert not page.has(LIST)
    del engine.fails["why_not"]
    page.press("Try again")
    assert page.has(LIST)


def test_it_is_asked_once_for_each_option_and_again_for_another_decision(
    page: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    def asked() -> list[tuple[object, ...]]:
        return [call for call in engine.calls if call[0] == "why_not"]

    _opened(page)
    page.press("Why")
    page.press("Not fired")
    assert asked() == [("why_not", "dec-0001", OPTION)]
    bench.recommendation.choose(AF)
    assert asked()[1:] == [("why_not", "dec-0002", OPTION)]
    assert page.has(LIST)


def test_an_old_decision_tells_why_not_as_well(page: Screen, bench: Workbench) -> None:
    bench.session.turn_to(Page.DECISIONS)
    bench.history.open("dec-0001")
    _opened(page)
    assert page.has(LIST)


@pytest.fixture
def slow(
    engine: ScriptedEngine, open_window: Callable[[Workbench], Screen]
) -> tuple[Screen, StillRunner, Workbench]:
    """Return a window whose questions wait."""
    engine.script = samples.af
    engine.silent[OPTION] = a_why_not()
    runner = StillRunner(engine)
    bench = assemble(runner, now)
    bench.session.begin()
    runner.go_on()
    screen = open_window(bench)
    screen.window.resize(1400, 900)
    bench.session.open_patient(PatientId("pat-0001"))
    runner.go_on()
    bench.recommendation.choose(AF)
    return screen, runner, bench


def test_while_it_is_worked_out_the_room_is_kept_and_the_focus_follows(
    slow: tuple[Screen, StillRunner, Workbench],
) -> None:
    screen, runner, _ = slow
    _opened(screen)
    assert "Every rule about rivaroxaban is being looked at" in screen.texts()
    before = screen.find("Details", QFrame).geometry()
    runner.go_on("why not, recommendation")
    assert screen.has(LIST)
    assert screen.find("Details", QFrame).geometry() == before
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == LIST


def test_an_answer_that_comes_too_late_is_dropped(slow: tuple[Screen, StillRunner, Workbench]) -> None:
    screen, runner, bench = slow
    _opened(screen)
    late = runner.waiting.pop("why not, recommendation")
    screen.press("Rules about apixaban that did not fire")
    late()
    assert bench.recommendation.page.why_not.state.option == "apixaban"
    assert bench.recommendation.page.why_not.state.loading
    bench.recommendation.page.clear()
    runner.go_on("why not, recommendation")
    assert not bench.recommendation.page.why_not.state.lines


def test_a_share_below_one_percent_and_no_distance_are_said_as_such() -> None:
    near = a_silent_rule().nearest
    assert near is not None
    assert share_words(replace(near, share=Decimal("0.004"))) == "less than 1 % away"
    assert share_words(replace(near, share=None)) == "12.3 mL/min away"
    zero = replace(near, distance=replace(near.distance, value=Decimal(0)))
    assert share_words(zero) == "at the limit"


def test_a_rule_that_is_only_undecided_names_each_datum_once() -> None:
    rule = a_silent_rule(failing=(an_unknown_premise(), an_unknown_premise(needs="body weight is known")))
    (_, line) = lines_of_rules(a_why_not(near_misses=(), undecided=(rule,), others=()))
    assert line.note == "not known: body weight (never measured)"
