"""The gate: signing in, making the database, locking; nothing is shown of a database that is shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_objects import Screen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot
from scripted_engine import ScriptedEngine, now

from engine.domain.access import Role
from engine.domain.ids import PatientId
from engine.errors import Locked
from gui.presenters.base import Presenter
from gui.presenters.workbench import Workbench, assemble
from gui.tasks import InlineRunner
from gui.widgets.idle import IdleWatch

GOOD = "correct horse battery"


@pytest.fixture
def shut(engine: ScriptedEngine) -> Workbench:
    """Return presenters of a locked database that Cleo can open."""
    engine.locked_for(Cleo=GOOD, Ada=GOOD)
    bench = assemble(InlineRunner(engine), now)
    bench.session.begin()
    return bench


@pytest.fixture
def gate(shut: Workbench, open_window: Callable[[Workbench], Screen]) -> Screen:
    """Return the window of a locked database."""
    return open_window(shut)


def test_a_locked_database_shows_the_gate_and_nothing_else(gate: Screen, engine: ScriptedEngine) -> None:
    assert gate.has("Sign in")
    assert "Example-Cedar" not in gate.texts()
    assert not gate.has("Places")
    assert not any(call[0] == "patients" for call in engine.calls)


def test_a_user_signs_in_by_keyboard_alone(gate: Screen, engine: ScriptedEngine) -> None:
    assert QApplication.focusWidget() is gate.find("Passphrase", QLineEdit)
    gate.write("Passphrase", GOOD)
    gate.key(Qt.Key.Key_Return)
    assert gate.has("Places")
    assert any(call[0] == "patients" for call in engine.calls)
    assert engine.gate.session is not None
    assert engine.gate.session.user == "Cleo"


def test_a_wrong_passphrase_is_told_and_does_not_stay_in_the_field(gate: Screen) -> None:
    gate.write("Passphrase", "something else")
    gate.press("Sign in")
    assert "The name or the passphrase is not right." in gate.texts()
    assert gate.find("Passphrase", QLineEdit).text() == ""
    assert not gate.has("Places")
    gate.pick("Name", "Ada")
    gate.write("Passphrase", GOOD)
    gate.press("Sign in")
    assert gate.has("Places")


@pytest.mark.parametrize("key", [Qt.Key.Key_K, Qt.Key.Key_1, Qt.Key.Key_O])
def test_no_key_leads_past_the_gate(gate: Screen, key: Qt.Key) -> None:
    gate.key(key, modifier=Qt.KeyboardModifier.ControlModifier)
    assert not gate.has("Places")
    assert not gate.has("Go to a patient, place or indication")


def test_where_there_is_no_database_its_first_administrator_makes_it(
    engine: ScriptedEngine, open_window: Callable[[Workbench], Screen]
) -> None:
    engine.locked_for()
    bench = assemble(InlineRunner(engine), now)
    bench.session.begin()
    screen = open_window(bench)
    assert QApplication.focusWidget() is screen.find("Name", QLineEdit)
    screen.write("Name", "Ada")
    screen.write("Passphrase", GOOD)
    screen.write("Passphrase again", "another thing")
    screen.press("Make the database")
    assert "The two passphrases are not the same." in screen.texts()
    screen.write("Passphrase", "short")
    screen.write("Passphrase again", "short")
    screen.press("Make the database")
    assert "at least 12 characters" in screen.texts()
    screen.write("Passphrase", GOOD)
    screen.write("Passphrase again", GOOD)
    screen.key(Qt.Key.Key_Return)
    assert screen.has("Places")
    assert engine.gate.session is not None
    assert engine.gate.session.roles == {Role.ADMINISTRATOR}


def _everything_shown(bench: Workbench) -> str:
    presenters: list[Presenter[Any]] = [
        bench.session,
        bench.palette,
        bench.importing,
        bench.patients,
        bench.recommendation,
    ]
    presenters += [bench.record, bench.history, bench.audit]
    said = []
    while presenters:
        presenter = presenters.pop()
        said.append(repr(presenter.state))
        presenters += [part for part in vars(presenter).values() if isinstance(part, Presenter)][:20]
        if len(said) > 200:
            break
    return "\n".join(said)


def test_locking_forgets_what_was_shown(gate: Screen, shut: Workbench) -> None:
    gate.write("Passphrase", GOOD)
    gate.press("Sign in")
    shut.session.open_patient(PatientId("pat-0001"))
    assert "Example-Cedar" in gate.window.windowTitle()
    gate.press("Lock")
    assert gate.has("Sign in")
    assert gate.window.windowTitle() == "WhyRx"
    assert "Example-Cedar" not in _everything_shown(shut)


def test_an_engine_that_locked_itself_shuts_the_window_whoever_asked(
    gate: Screen, shut: Workbench, engine: ScriptedEngine
) -> None:
    gate.write("Passphrase", GOOD)
    gate.press("Sign in")
    engine.fails["record"] = Locked("The database locked itself.", hint="Sign in again.")
    shut.session.open_patient(PatientId("pat-0001"))
    assert gate.has("Sign in")
    assert not gate.has("Places")


@pytest.fixture
def administrator(gate: Screen, engine: ScriptedEngine) -> Screen:
    """Return the window of a database to which an administrator has signed in."""
    engine.roles = frozenset({Role.ADMINISTRATOR})
    gate.write("Passphrase", GOOD)
    gate.press("Sign in")
    return gate


def test_whoever_reads_no_patient_breaks_the_glass_by_keyboard_with_a_reason(
    administrator: Screen, engine: ScriptedEngine
) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    administrator.key(Qt.Key.Key_B, modifier=both)
    assert QApplication.focusWidget() is administrator.find("What the emergency is", QPlainTextEdit)
    administrator.tell("What the emergency is", "bleeding, and nobody else is on the ward")
    administrator.press("Break the glass")
    assert engine.gate.session is not None
    assert engine.gate.session.emergency == "bleeding, and nobody else is on the ward"
    assert "Glass broken by Cleo: bleeding, and nobody else is on the ward" in administrator.texts()
    assert not administrator.has("What the emergency is")
    assert [call[0] for call in engine.calls].count("patients") == 2, "the list is read with the new rights"
    administrator.press("Lock")
    administrator.write("Passphrase", GOOD)
    administrator.press("Sign in")
    assert "Glass broken" not in administrator.texts()
    assert administrator.has("Emergency")


def test_without_a_reason_the_glass_stays_whole(administrator: Screen, engine: ScriptedEngine) -> None:
    administrator.press("Emergency")
    administrator.press("Break the glass")
    assert "Breaking the glass needs a reason." in administrator.texts()
    administrator.press("Leave it whole")
    assert not administrator.has("What the emergency is")
    assert engine.gate.session is not None
    assert not engine.gate.session.emergency


def test_a_clinician_is_not_offered_what_they_have(gate: Screen) -> None:
    gate.write("Passphrase", GOOD)
    gate.press("Sign in")
    assert not gate.has("Emergency")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    gate.key(Qt.Key.Key_B, modifier=both)
    assert not gate.has("Break the glass")


def test_a_demonstration_has_no_lock(screen: Screen) -> None:
    assert screen.has("Places")
    assert not screen.has("Lock")
    screen.key(Qt.Key.Key_L, modifier=Qt.KeyboardModifier.ControlModifier)
    assert screen.has("Places")


def test_nobody_there_for_a_while_locks_and_somebody_there_keeps_it_open(
    qtbot: QtBot, screen: Screen
) -> None:
    seconds, happened = [0.0], []
    watch = IdleWatch(
        lambda: 10,
        lambda: happened.append("gone"),
        lambda: happened.append("here"),
        lambda: seconds[0],
        parent=screen.window,
    )
    seconds[0] = 300.0
    watch.look()
    assert happened == []
    seconds[0] = 301.0
    screen.key(Qt.Key.Key_Down)
    seconds[0] = 500.0
    watch.look()
    assert happened == ["here"]
    seconds[0] = 900.0
    watch.look()
    seconds[0] = 901.0
    watch.look()
    assert happened == ["here", "gone"]
    qtbot.wait(1)
