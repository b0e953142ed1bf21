"""To settle first, as it is used: ranked by what each datum could change, entered in place, never jumping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import samples
from answers import worth_of
from page_objects import Screen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QFrame, QLineEdit, QWidget
from scripted_engine import AF, FIELDS, ScriptedEngine, now
from still_runner import StillRunner

from engine.domain.findings import MissingDatum, MissingKind, Severity, ToSettle
from engine.domain.ids import OptionId, PatientId, RuleId
from engine.domain.information import InformationValue
from engine.errors import InternalError
from gui.presenters.settling import settle_items
from gui.presenters.weighing import outcome_lines
from gui.presenters.weighing import worth_of as in_words
from gui.presenters.workbench import Workbench, assemble

DECISION = samples.af(samples.cleo(), AF, "dec-0001")
TOPIC = "information"
Waiting = tuple[Screen, StillRunner, Workbench]


@pytest.fixture
def waiting(engine: ScriptedEngine, open_window: Callable[[Workbench], Screen]) -> Waiting:
    """Return a window with a recommendation whose data are still being weighed."""
    engine.script = samples.af
    engine.worth = worth_of(DECISION)
    runner = StillRunner(engine)
    bench = assemble(runner, now)
    bench.session.begin()
    runner.go_on()
    screen = open_window(bench)
    screen.window.resize(1400, 900)
    bench.session.open_patient(PatientId("pat-0001"))
    runner.go_on()
    bench.recommendation.choose(AF)
    QApplication.processEvents()
    return screen, runner, bench


def _order(screen: Screen) -> list[str]:
    """Return the data from the top down."""
    panel = screen.find("To settle first", QFrame)
    titles = [item.datum.title for item in DECISION.to_settle]
    found = [
        (widget.mapTo(panel, widget.rect().topLeft()).y(), title)
        for widget in screen.all(QWidget)
        for title in titles
        if widget.accessibleName().startswith(f"{title}: ") and "holds up" in widget.accessibleName()
    ]
    return [title for _, title in sorted(found)]


def _named(screen: Screen, start: str) -> QWidget:
    return next(widget for widget in screen.all(QWidget) if widget.accessibleName().startswith(start))


def test_the_recommendation_is_shown_before_anything_is_weighed(waiting: Waiting) -> None:
    screen, _, _ = waiting
    assert screen.has("Suitable (2)")
    assert "What each would change is being worked out" in screen.texts()
    opener = screen.find("body weight: what it could change", QAbstractButton)
    assert not opener.isEnabled()


def test_the_most_valuable_come_first_and_the_page_below_does_not_move(waiting: Waiting) -> None:
    screen, runner, _ = waiting
    before = _named(screen, "Suitable (2)").mapTo(screen.window, screen.window.rect().topLeft())
    assert _order(screen) == ["identity of “Zzyzyx 50 mg”", "body weight", "list of allergies"]
    runner.go_on(TOPIC)
    assert _order(screen) == ["list of allergies", "body weight", "identity of “Zzyzyx 50 mg”"]
    after = _named(screen, "Suitable (2)").mapTo(screen.window, screen.window.rect().topLeft())
    assert after == before
    assert "the most valuable first" in screen.texts()


def test_each_says_how_many_verdicts_it_could_change_and_how_badly(waiting: Waiting) -> None:
    screen, runner, _ = waiting
    runner.go_on(TOPIC)
    said = screen.texts()
    assert "could change 4 verdicts, at worst “excluded”; settles 0 to 5 of 5 rules" in said
    assert "could change 2 verdicts, at worst “with caution”; settles 2 of 2 rules" in said
    assert "at worst “with caution”, at best “suitable”; settles 0 to 3 of 3 rules" in said
    weight = _named(screen, "body weight: 412 days old")
    assert "could change 2 verdicts" in weight.accessibleDescription()


def test_the_outcomes_of_a_range_are_read_one_by_one(waiting: Waiting) -> None:
    screen, runner, _ = waiting
    runner.go_on(TOPIC)
    screen.press("body weight: what it could change")
    rows = screen.rows("body weight: what it could change")
    assert rows == [
        "with caution, at most 60.0 kg, with caution: apixaban, edoxaban",
        "No verdict changes, at least 60.1 kg",
    ]
    screen.press("body weight: what it could change")
    assert not [view for view in screen.all(QAbstractItemView) if "could change" in view.accessibleName()]


def test_the_outcomes_of_a_list_that_do_the_same_are_said_together(waiting: Waiting) -> None:
    screen, runner, _ = waiting
    runner.go_on(TOPIC)
    screen.press("list of allergies: what it could change")
    rows = screen.rows("list of allergies: what it could change")
    assert (
        rows[0] == "excluded, excluded: apixaban, if list of allergies reviewed, with an allergy to apixaban"
    )
    assert rows[-1] == "No verdict changes, with 1 of 5 possible outcomes"


def test_what_is_being_typed_stays_and_stays_where_it_is(waiting: Waiting) -> None:
    screen, runner, _ = waiting
    screen.write("Value of body weight", "61")
    runner.go_on(TOPIC)
    assert _order(screen) == ["identity of “Zzyzyx 50 mg”", "body weight", "list of allergies"]
    field = screen.find("Value of body weight", QLineEdit)
    assert field.text() == "61"
    assert QApplication.focusWidget() is field
    screen.find("Why apixaban", QAbstractButton).setFocus()
    screen.press("Show 1 more")
    screen.press("Show fewer")
    assert screen.find("Value of body weight", QLineEdit).text() == "61"


def test_an_answer_about_an_older_decision_is_dropped(waiting: Waiting) -> None:
    screen, runner, bench = waiting
    late = runner.waiting.pop(TOPIC)
    bench.recommendation.choose(AF)
    late()
    assert bench.recommendation.settling.state.weighing
    runner.go_on(TOPIC)
    assert bench.recommendation.settling.state.ranked
    late = runner.waiting.get(TOPIC, late)
    bench.session.open_patient(PatientId("pat-0002"))
    runner.go_on()
    late()
    assert bench.recommendation.settling.state.items == ()
    assert not screen.has("To settle first")


def test_what_cannot_be_weighed_says_so_keeps_the_entries_and_is_asked_again(
    waiting: Waiting, engine: ScriptedEngine
) -> None:
    screen, runner, _ = waiting
    engine.fails["information"] = InternalError("It no longer comes out as recorded.")
    runner.go_on(TOPIC)
    assert "What each would change could not be worked out." in screen.texts()
    assert "It no longer comes out as recorded." in screen.texts()
    assert "What it could change is not known" in screen.texts()
    assert screen.has("Add body weight")
    del engine.fails["information"]
    screen.press("Try again: what each would change is being worked out")
    runner.go_on(TOPIC)
    assert "the most valuable first" in screen.texts()
    assert "could not be worked out" not in screen.texts()


def test_the_keyboard_reaches_entry_and_outcomes_of_each_datum(waiting: Waiting) -> None:
    screen, runner, _ = waiting
    runner.go_on(TOPIC)
    screen.find("list of allergies: reviewed with the patient today, complete", QAbstractButton).setFocus()
    walked = []
    for _ in range(9):
        screen.key(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        walked.append(focus.accessibleName() if focus is not None else "")
    each_once = list(dict.fromkeys(walked))  # a date is walked through by year, month and day
    assert each_once[:6] == [
        "list of allergies: what it could change",
        "Value of body weight",
        "Unit of body weight",
        "Day of body weight",
        "Add body weight",
        "body weight: what it could change",
    ]


def test_nothing_to_settle_asks_nothing(bench: Workbench, engine: ScriptedEngine) -> None:
    engine.script = samples.all_excluded
    bench.session.open_patient(PatientId("pat-0001"))
    bench.recommendation.choose(AF)
    lacks = bool(
        bench.recommendation.page.state.decision and bench.recommendation.page.state.decision.to_settle
    )
    assert any(call[0] == "information" for call in engine.calls) is lacks


def test_one_datum_with_two_reasons_stands_once() -> None:
    datum = MissingDatum(
        kind=MissingKind.QUANTITY, subject="crcl", title="clearance", reason="never measured"
    )
    older = MissingDatum(kind=MissingKind.QUANTITY, subject="crcl", title="clearance", reason="too old")
    both = tuple(
        ToSettle(datum=one, rules=(RuleId(rule),), options=(OptionId(option),), worst=worst)
        for one, rule, option, worst in (
            (datum, "a", "apixaban", Severity.NOTE),
            (older, "b", "edoxaban", Severity.AVOID),
        )
    )
    (item,) = settle_items(replace(DECISION, to_settle=both), FIELDS)
    assert item.reason == "never measured; too old"
    assert item.pressing
    assert item.effect == "holds up 2 rules for apixaban, edoxaban; could come out as “avoid”"


def test_what_changes_nothing_says_so_and_names_what_is_needed_besides() -> None:
    (value,) = (one for one in worth_of(DECISION) if one.datum.subject == "weight")
    quiet = InformationValue(
        datum=value.datum,
        outcomes=(value.outcomes[1],),
        options=(),
        rules=value.rules,
        always_settled=(),
        sometimes_settled=(),
        needed_besides=(DECISION.to_settle[2].datum,),
        says="",
    )
    worth = in_words(quiet)
    assert worth.could == "changes no verdict by itself"
    assert worth.settles == "settles 0 of 2 rules"
    assert [line.text for line in outcome_lines(quiet)] == [
        "No verdict changes",
        "the rest needs list of allergies as well",
    ]
