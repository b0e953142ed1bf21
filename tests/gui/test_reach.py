"""Keyboard and screen reader reach everything: walked over every page of the window."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import samples
from answers import a_why_not
from page_objects import Screen
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget
from scripted_engine import AF, DOSE, ScriptedEngine, gone
from scripted_pack import DABIGATRAN, NESTED

from engine.domain.ids import OptionId, PatientId
from gui.messages import keys
from gui.presenters.decision_page import Pane
from gui.presenters.rules import Tab
from gui.presenters.session import Page, Place
from gui.presenters.workbench import Workbench

ROOT = Path(__file__).resolve().parents[2]


def _why(bench: Workbench, engine: ScriptedEngine) -> None:
    engine.script = samples.af
    bench.session.open_patient(PatientId("pat-0001"))
    bench.recommendation.choose(AF)
    bench.recommendation.page.open(Pane.WHY, OptionId("dabigatran"))


def _bars(bench: Workbench, engine: ScriptedEngine) -> None:
    engine.script = samples.modelled
    bench.session.open_patient(PatientId("pat-0001"))
    bench.recommendation.choose(DOSE)
    bench.recommendation.page.open(Pane.WHY, OptionId("warfarin-low"))
    bench.recommendation.page.change_form()


def _why_not(bench: Workbench, engine: ScriptedEngine) -> None:
    engine.silent[OptionId("dabigatran")] = a_why_not()
    _why(bench, engine)
    bench.recommendation.page.open(Pane.WHY_NOT, OptionId("dabigatran"))


def _override(bench: Workbench, engine: ScriptedEngine) -> None:
    _why(bench, engine)
    bench.recommendation.open_choice(OptionId("dabigatran"))


def _page(page: Page) -> Callable[[Workbench, ScriptedEngine], None]:
    def state(bench: Workbench, engine: ScriptedEngine) -> None:
        _why(bench, engine)
        bench.session.turn_to(page)

    return state


def _place(place: Place) -> Callable[[Workbench, ScriptedEngine], None]:
    return lambda bench, _engine: bench.session.go(place)


def _gate(*names: str) -> Callable[[Workbench, ScriptedEngine], None]:
    def state(bench: Workbench, engine: ScriptedEngine) -> None:
        bench.session.shut(engine.access())
        engine.locked_for(**dict.fromkeys(names, "correct horse battery"))
        bench.session.begin()

    return state


def _imported(bench: Workbench, _engine: ScriptedEngine) -> None:
    bench.importing.take(("/ward/Ada.json",))


def _gone(bench: Workbench, engine: ScriptedEngine) -> None:
    engine.fails["status"] = gone()
    bench.session.start_again()


def _draft(bench: Workbench, _engine: ScriptedEngine) -> None:
    bench.session.go(Place.RULES)
    bench.rules.choose("rule:dabigatran.crcl")
    bench.rules.turn(Tab.YAML)
    bench.rules.draft.edit_copy()
    bench.rules.draft.ask_discard()
    bench.rules.cases.run()


def _rule(bench: Workbench, _engine: ScriptedEngine) -> None:
    bench.session.go(Place.RULES)
    bench.rules.choose("rule:dabigatran.crcl")
    bench.rules.turn(Tab.SENTENCE)


def _form(bench: Workbench, engine: ScriptedEngine) -> None:
    engine.pack.texts[DABIGATRAN] = NESTED
    _rule(bench, engine)
    bench.rules.draft.edit_copy()
    bench.rules.turn(Tab.FORM)


def _replayed(bench: Workbench, engine: ScriptedEngine) -> None:
    _why(bench, engine)
    engine.differences = ("seed: recorded 1, replayed 2",)
    bench.session.go(Place.AUDIT)
    bench.audit.open("dec-0001")
    bench.audit.dossier.replay()
    bench.audit.verify()


STATES = {
    "rule": _rule,
    "form": _form,
    "draft": _draft,
    "replayed": _replayed,
    "patients": _place(Place.PATIENTS),
    "models": _place(Place.MODELS),
    "settings": _place(Place.SETTINGS),
    "why": _why,
    "why not": _why_not,
    "bars": _bars,
    "override": _override,
    "record": _page(Page.RECORD),
    "history": _page(Page.DECISIONS),
    "imported": _imported,
    "gone": _gone,
    "gate": _gate("Cleo"),
    "gate-new": _gate(),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_everything_that_takes_the_focus_has_a_name(
    screen: Screen,
    bench: Workbench,
    engine: ScriptedEngine,
    state: Callable[[Workbench, ScriptedEngine], None],
) -> None:
    state(bench, engine)
    takers = [
        widget
        for widget in screen.all(QWidget)
        if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and not (isinstance(widget, QLineEdit) and isinstance(widget.parent(), QComboBox))
        and not widget.objectName().startswith("qt_")
    ]
    assert takers
    nameless = [widget for widget in takers if not _name(widget)]
    assert not nameless, nameless


def test_tab_walks_through_the_whole_page_and_comes_back(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _why(bench, engine)
    QApplication.processEvents()
    start = QApplication.focusWidget()
    names: list[str] = []
    for _ in range(120):
        screen.key(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is start:
            break
        names.append(focus.accessibleName() if focus is not None else "")
    for wanted in ("Patients", "Recommendation of the open patient", "Why apixaban", "Choose apixaban"):
        assert wanted in names, names


def test_no_window_appears_besides_the_window(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    for state in STATES.values():
        engine.fails.clear()
        state(bench, engine)
        QApplication.processEvents()
        shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        assert shown == [screen.window]


def test_every_key_of_the_table_is_bound(screen: Screen, bench: Workbench) -> None:
    for place in Place:
        bench.session.go(place)
    bound = {shortcut.key() for shortcut in screen.window.findChildren(QShortcut)}
    buttons = {
        button.shortcut() for button in screen.window.findChildren(QWidget) if hasattr(button, "shortcut")
    }
    unbound = [key.sequence for key in keys.ALL if QKeySequence(key.sequence) not in bound | buttons]
    places = {"Ctrl+3": Place.RULES, "Ctrl+4": Place.AUDIT}
    rail = {widget.accessibleName() for widget in screen.all(QWidget)}
    missing = [sequence for sequence in unbound if sequence not in places or places[sequence].value in rail]
    assert not missing


def test_views_hold_no_sentence() -> None:
    said: list[str] = []
    for folder in ("views", "widgets", "dialogs"):
        for path in sorted((ROOT / "gui" / folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            documented = {
                node.body[0].value
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
                and node.body
                and isinstance(node.body[0], ast.Expr)
            }
            said += [
                f"{path.name}:{node.lineno}: {node.value!r}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in documented
                and re.search("[A-Za-z]{2,} [A-Za-z]{2,}", node.value)
                and "style=" not in node.value
                and not _is_below_docstring(node, tree)
            ]
    assert not said, said


def _name(widget: QWidget) -> str:
    """Return what a screen reader calls it; a label is called by its words."""
    words = widget.text() if isinstance(widget, QLabel) else ""
    return (widget.accessibleName() or words).strip()


def _is_below_docstring(node: ast.Constant, tree: ast.Module) -> bool:
    """Tell whether a string stands alone as an expression, as attribute docstrings do."""
    return any(isinstance(parent, ast.Expr) and parent.value is node for parent in ast.walk(tree))
