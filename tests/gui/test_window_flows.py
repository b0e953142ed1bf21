"""The window as a clinician uses it, over a scripted engine."""

from __future__ import annotations

from collections.abc import Callable

import samples
from page_objects import Screen
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from scripted_engine import ScriptedEngine, now

from engine.domain.decision import Choice, ReasonCode
from engine.domain.ids import OptionId, PatientId
from engine.domain.patient import StatementKind
from engine.errors import (
    Cancelled,
    EngineUnavailable,
    IntegrityError,
    ModelMissing,
    NotFhir,
    StoreUnavailable,
)
from gui.presenters.session import Page, Place
from gui.presenters.workbench import Workbench, assemble
from gui.tasks import InlineRunner
from gui.widgets.notice import Notice

AF = "Stroke prevention in atrial fibrillation"


def _recommended(screen: Screen, bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0001"))
    screen.press(AF)


def test_a_patient_is_found_and_opened_by_keyboard_and_an_indication_gives_tiers(screen: Screen) -> None:
    screen.write("Search patients by name or id", "cedar")
    screen.key(Qt.Key.Key_Return)
    assert "Example-Cedar, Cleo" in screen.texts()
    screen.press(AF)
    for tier in ("Suitable (1)", "With caution (1)", "Cannot be assessed (1)", "Excluded (1)"):
        assert screen.has(tier)


def test_the_banner_names_the_person_and_says_what_is_not_known(screen: Screen, bench: Workbench) -> None:
    bench.session.open_patient(PatientId("pat-0001"))
    assert "SYNTHETIC" in screen.texts()
    assert screen.has("Weight: not known")
    assert screen.has("Allergies: none recorded, list not reviewed")
    bench.recommendation.choose(bench.session.state.indications[1].indication_id)
    assert screen.has("CrCl: 22 mL/min 10 days ago")


def test_why_opens_the_chain_from_the_advice_to_the_datum_and_escape_closes_it(
    screen: Screen, bench: Workbench
) -> None:
    _recommended(screen, bench)
    screen.press("Why Dabigatran")
    chain = screen.rows("Chain from advice to datum")
    assert chain[0].startswith("contraindicated, Dabigatran is contraindicated")
    assert any("level 6" in line and "ward-7.json" in line for line in chain)
    screen.key(Qt.Key.Key_Escape)
    assert not screen.has("Chain from advice to datum")


def test_several_dose_adjustments_are_said_to_be_combined_by_nobody_on_the_card_and_at_the_choice(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.script = samples.twice_dosed
    _recommended(screen, bench)
    assert "Here: half the usual dose; half of the recommended dose" in screen.texts()
    said = [line for line in screen.texts().splitlines() if "2 dose adjustments apply at once" in line]
    assert len(said) == 1
    assert "keep to the strictest of them, and ask a pharmacist." in said[0]
    screen.press("Choose Celecoxib")
    assert screen.texts().count("2 dose adjustments apply at once") == 2


def test_where_the_engine_is_gone_nobody_claims_to_look_for_patients(
    engine: ScriptedEngine, open_window: Callable[[Workbench], Screen]
) -> None:
    engine.fails["status"] = EngineUnavailable("the engine process has ended.")
    bench = assemble(InlineRunner(engine), now)
    screen = open_window(bench)
    assert "Looking for patients" in screen.texts()
    bench.session.begin()
    assert "Looking for patients" not in screen.texts()
    (notice,) = [
        each for each in screen.all(Notice) if each.accessibleDescription() == "The engine is not available"
    ]
    assert notice.mapTo(screen.window, QPoint(0, 0)).y() >= 16
    del engine.fails["status"]
    screen.press("Start the engine again")
    assert screen.has("Patients found")


def test_sources_say_how_they_were_checked(screen: Screen, bench: Workbench) -> None:
    _recommended(screen, bench)
    screen.press("Sources for Dabigatran")
    assert any("seen: section 4.3" in line for line in screen.rows("Sources"))


def test_attributions_change_method_and_form_by_key(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.script = samples.modelled
    bench.session.open_patient(PatientId("pat-0001"))
    screen.press("Warfarin starting dose band")
    screen.press("Why warfarin, low dose band")
    assert screen.has("LIME attributions for warfarin, low dose band")
    screen.key(Qt.Key.Key_E, modifier=Qt.KeyboardModifier.ControlModifier)
    assert screen.has("Exact attributions for warfarin, low dose band")
    screen.key(Qt.Key.Key_T, modifier=Qt.KeyboardModifier.ControlModifier)
    rows = [name for name in _names(screen) if name.endswith("as a table")]
    assert screen.rows(rows[0])[0] == "Feature: VKORC1 genotype | Value: A/A | Share: +1.42"


def test_the_negative_control_is_one_key_away_says_that_it_means_nothing_and_goes_again(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.script = samples.modelled
    bench.session.open_patient(PatientId("pat-0001"))
    screen.press("Warfarin starting dose band")
    screen.press("Why warfarin, low dose band")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    screen.key(Qt.Key.Key_T, modifier=Qt.KeyboardModifier.ControlModifier)
    (table,) = [name for name in _names(screen) if name.endswith("as a table")]
    own = screen.rows(table)
    screen.key(Qt.Key.Key_E, modifier=both)
    assert screen.has("Negative control: this means nothing")
    assert "learnt from shuffled outcomes" in screen.texts()
    assert screen.rows(table) != own
    screen.press("Show the negative control in place of the attributions, or back")
    assert not screen.has("Negative control: this means nothing")
    assert screen.rows(table) == own
    screen.key(Qt.Key.Key_E, modifier=both)
    assert [name for name, *_ in engine.calls if name == "negative_control"] == ["negative_control"]
    screen.press("Why warfarin, intermediate dose band")
    assert screen.has("Negative control: this means nothing")


def test_where_no_negative_control_is_installed_the_reason_stands_in_its_place(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.script = samples.modelled
    bench.session.open_patient(PatientId("pat-0001"))
    screen.press("Warfarin starting dose band")
    screen.press("Why warfarin, low dose band")
    engine.fails["negative_control"] = ModelMissing("the model warfarin-dose-control is not installed.")
    screen.press("Show the negative control in place of the attributions, or back")
    assert "No negative control can be shown" in screen.texts()
    assert "warfarin-dose-control is not installed" in screen.texts()
    assert screen.has("LIME attributions for warfarin, low dose band")


def test_withheld_attributions_say_so_and_show_the_exact_ones(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.script = samples.modelled
    bench.session.open_patient(PatientId("pat-0001"))
    screen.press("Warfarin starting dose band")
    screen.press("Why warfarin, high dose band")
    assert screen.has("LIME is withheld")
    assert "They disagree with the exact attributions" in screen.texts()
    assert not screen.has("LIME attributions for warfarin, high dose band")


def test_an_eligible_option_is_accepted_without_a_reason(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _recommended(screen, bench)
    screen.press("Choose Rivaroxaban")
    assert "You choose it knowing this:" in screen.texts()
    screen.press("Record this choice")
    response = next(iter(engine.responses.values()))
    assert (response.choice, response.option_id, response.reason) == (Choice.ACCEPTED, "rivaroxaban", None)
    assert "Chosen: Rivaroxaban" in screen.texts()
    assert not screen.has("Choose Apixaban")


def test_an_override_repeats_the_finding_and_needs_a_reason_and_words(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _recommended(screen, bench)
    screen.press("Override to Dabigatran")
    assert "WhyRx says: excluded." in screen.texts()
    screen.press("Record this override")
    assert "An override needs a reason and a sentence of your own." in screen.texts()
    assert not engine.responses
    screen.pick("Reason", ReasonCode.TOLERATES.value)
    screen.tell("In your own words", "On it for years.")
    screen.press("Record this override")
    response = next(iter(engine.responses.values()))
    assert (response.choice, response.reason, response.text) == (
        Choice.OVERRIDDEN,
        ReasonCode.TOLERATES,
        "On it for years.",
    )


def test_a_missing_datum_is_entered_in_the_page_and_everything_is_assessed_again(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    _recommended(screen, bench)
    screen.write("Value of body weight", "61.4")
    screen.press("Add body weight")
    (statement,) = engine.entered
    assert (statement.kind, statement.value, statement.unit) == (StatementKind.QUANTITY, "61.4", "kg")
    assert len(engine.decided) == 2


def test_a_refused_datum_is_said_beside_its_field(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["enter"] = NotFhir("The weight 614 kg is not plausible.", hint="Check the unit.")
    _recommended(screen, bench)
    screen.write("Value of body weight", "614")
    screen.press("Add body weight")
    assert "The weight 614 kg is not plausible. Check the unit." in screen.texts()
    assert len(engine.decided) == 1


def test_files_dropped_anywhere_are_imported_and_the_patient_is_opened(
    screen: Screen, engine: ScriptedEngine
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/ward/Ada Nyberg.json"), QUrl.fromLocalFile("/ward/pharmcat.json")])
    action, mouse, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), action, data, mouse, none)
    QApplication.sendEvent(screen.window, enter)
    assert enter.isAccepted()
    assert screen.has("Drop area")
    QApplication.sendEvent(screen.window, QDropEvent(QPointF(300, 300), action, data, mouse, none))
    assert not screen.has("Drop area")
    assert ("import_files", ("/ward/Ada Nyberg.json", "/ward/pharmcat.json")) in engine.calls
    assert "Imported Ada Nyberg.json, pharmcat.json into the record of Ada Nyberg" in screen.texts()
    assert screen.rows("Not understood")[0].startswith("loud, Zzyzyx 50 mg: no drug of that name")
    assert screen.has(AF)


def test_a_refused_import_names_file_place_cause_and_remedy_in_a_panel(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["import_files"] = NotFhir(
        "This is a FHIR R5 bundle; WhyRx reads R4.", hint="Export it as R4.", place="x.json, Bundle.meta"
    )
    bench.importing.take(("/ward/x.json",))
    said = screen.texts()
    for part in (
        "Nothing was imported from x.json",
        "FHIR R5",
        "Where: x.json, Bundle.meta",
        "Export it as R4.",
    ):
        assert part in said
    assert QApplication.activeModalWidget() is None
    screen.press("Dismiss")
    assert "FHIR R5" not in screen.texts()


def test_an_integrity_error_offers_neither_retry_nor_dismissal(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["recommend"] = IntegrityError("rules/renal.yaml differs from its seal.")
    _recommended(screen, bench)
    assert "rules/renal.yaml differs from its seal." in screen.texts()
    assert not screen.has("Try again")
    assert not screen.has("Dismiss")
    assert not screen.has("Suitable (1)")


def test_what_could_not_be_recorded_is_not_shown_and_can_be_tried_again(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["recommend"] = StoreUnavailable("The disk is full.")
    _recommended(screen, bench)
    assert "The disk is full." in screen.texts()
    assert not screen.has("Suitable (1)")
    del engine.fails["recommend"]
    screen.press("Try again")
    assert screen.has("Suitable (1)")


def test_a_stopped_recommendation_says_that_nothing_was_kept(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    engine.fails["recommend"] = Cancelled("Stopped as you asked; nothing was kept.")
    _recommended(screen, bench)
    assert "Stopped as you asked; nothing was kept." in screen.texts()


def test_an_old_decision_opens_read_only_exactly_as_it_was_shown(screen: Screen, bench: Workbench) -> None:
    _recommended(screen, bench)
    bench.recommendation.respond(OptionId("apixaban"), None, "")
    bench.session.turn_to(Page.DECISIONS)
    assert "Chosen: apixaban" in screen.rows("Decisions about this patient")[0]
    bench.history.open("dec-0001")
    assert screen.has("Exactly as it was shown and recorded")
    assert screen.has("Suitable (1)")
    assert not screen.has("Choose Apixaban")
    screen.press("Back to the list")
    assert screen.has("Decisions about this patient")


def test_the_record_shows_what_was_not_understood_first_and_provenance_on_demand(
    screen: Screen, bench: Workbench
) -> None:
    bench.session.open_patient(PatientId("pat-0001"), Page.RECORD)
    rows = screen.rows("Record, section by section")
    assert rows[0] == "Not understood (1)"
    assert not any("Observation/creatinine-1" in row for row in rows)
    screen.press("Show where each datum comes from")
    assert any("Observation/creatinine-1" in row for row in screen.rows("Record, section by section"))


def test_an_unmapped_drug_is_identified_from_the_record(
    screen: Screen, bench: Workbench, engine: ScriptedEngine
) -> None:
    bench.session.open_patient(PatientId("pat-0001"), Page.RECORD)
    screen.pick("Enter a datum", "Identify “Zzyzyx 50 mg”")
    screen.pick("Identify “Zzyzyx 50 mg”", "ketoconazole (oral)")
    screen.press("Identify Identify “Zzyzyx 50 mg”")
    (statement,) = engine.entered
    assert (statement.kind, statement.subject, statement.value) == (
        StatementKind.DRUG_IDENTIFIED,
        "Zzyzyx 50 mg",
        "ketoconazole",
    )


def test_the_palette_goes_to_a_patient_by_name(screen: Screen) -> None:
    screen.key(Qt.Key.Key_K, modifier=Qt.KeyboardModifier.ControlModifier)
    screen.write("Go to a patient, place or indication", "alder")
    assert screen.rows("Where to go") == ["Example-Alder, Arlo, patient"]
    screen.key(Qt.Key.Key_Return)
    assert "Example-Alder, Arlo" in screen.window.windowTitle()


def test_f1_shows_the_keys_and_escape_puts_them_away(screen: Screen) -> None:
    screen.key(Qt.Key.Key_F1)
    assert any("Ctrl+K" in row for row in screen.rows("Keyboard shortcuts"))
    screen.key(Qt.Key.Key_Escape)
    assert not screen.has("Keyboard shortcuts")


def test_every_place_of_the_rail_opens_by_its_key(screen: Screen, bench: Workbench) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    for key, place in (
        (Qt.Key.Key_2, Place.DECIDE),
        (Qt.Key.Key_5, Place.MODELS),
        (Qt.Key.Key_Comma, Place.SETTINGS),
        (Qt.Key.Key_1, Place.PATIENTS),
    ):
        screen.key(key, modifier=control)
        assert bench.session.state.place is place


def _names(screen: Screen) -> list[str]:
    from PySide6.QtWidgets import QWidget  # noqa: PLC0415 - only here

    return [widget.accessibleName() for widget in screen.all(QWidget)]
