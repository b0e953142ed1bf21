"""Details of drugs and planned procedures entered by hand: kept with their place, or refused in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fhir_bundles import NOW, RXNORM, bundle, concept, patient, read, read_files, request
from shipped_words import shipped_index

from engine.bootstrap.fields import entry_fields
from engine.domain.details import MedicationDetail
from engine.domain.ids import UserName
from engine.domain.patient import (
    Medication,
    MedicationStatus,
    PatientRecord,
    Route,
    Statement,
    StatementKind,
)
from engine.domain.provenance import Method
from engine.errors import ImplausibleValue, InputError, NotFound, UnitMismatch, UnknownName
from engine.intake.statements import apply_statement
from engine.terminology.doses import dose_units

WARFARIN = concept((RXNORM, "11289"))
BY = UserName("tester")


def entered(
    record: PatientRecord,
    subject: str,
    value: str,
    unit: str = "",
    kind: StatementKind = StatementKind.MEDICATION_DETAIL,
) -> PatientRecord:
    statement = Statement(kind=kind, subject=subject, value=value, unit=unit)
    return apply_statement(record, statement, shipped_index(), NOW, BY)


def detailed(subject: str, value: str, unit: str = "", *resources: dict[str, Any]) -> tuple[Medication, ...]:
    return entered(read(*(resources or (request(WARFARIN),))), subject, value, unit).medications


def test_a_detail_is_added_to_the_entry_and_signed() -> None:
    (found,) = detailed("warfarin route", "oral")
    assert found.route is Route.ORAL
    assert found.provenance.by == "tester"
    assert found.provenance.method is Method.ENTERED
    assert found.provenance.path == "Bundle.entry[1].resource.medicationCodeableConcept"


@pytest.mark.parametrize(("value", "unit"), [("2 g", ""), ("2", "g"), ("2g", ""), ("2", " gram ")])
def test_a_dose_with_its_unit_in_either_place(value: str, unit: str) -> None:
    (found,) = detailed("warfarin daily dose", value, unit)
    assert str(found.daily_dose) == "2 g"


@pytest.mark.parametrize("unit", dose_units())
def test_a_dose_can_be_entered_in_every_unit_that_is_offered(unit: str) -> None:
    (found,) = detailed("warfarin daily dose", "2", unit)
    assert str(found.daily_dose) == f"2 {unit}"


def test_a_daily_dose_is_one_of_the_drug_not_of_an_entry() -> None:
    found = detailed("warfarin daily dose", "10 mg", "", request(WARFARIN, id="a"), request(WARFARIN, id="b"))
    assert [str(item.daily_dose) for item in found] == ["10 mg", "0 mg"]


def test_a_route_goes_to_the_entries_that_lack_it() -> None:
    oral = request(WARFARIN, id="a", dosageInstruction=[{"route": concept(text="oral")}])
    found = detailed("warfarin route", "intravenous", "", oral, request(WARFARIN, id="b"))
    assert [item.route for item in found] == [Route.ORAL, Route.INTRAVENOUS]
    assert [item.provenance.method for item in found] == [Method.IMPORTED, Method.ENTERED]


def test_a_last_day_ends_what_was_stopped_without_one_and_else_what_is_taken() -> None:
    stopped = request(WARFARIN, "stopped", id="a")
    found = detailed("warfarin last day", "2026-10-20", "", stopped, request(WARFARIN, id="b"))
    assert [item.stop for item in found] == [date(2026, 10, 20), None]
    (alone,) = detailed("warfarin last day", "2026-10-20")
    assert (alone.stop, alone.status) == (date(2026, 10, 20), MedicationStatus.STOPPED)


@pytest.mark.parametrize(
    ("subject", "value", "unit", "kind", "said"),
    [
        ("warfarin colour", "red", "", InputError, "Write the drug and one of"),
        ("", "red", "", InputError, "names no detail"),
        ("warfarine route", "oral", "", UnknownName, "Did you mean warfarin"),
        ("apixaban route", "oral", "", NotFound, "not on the medication list"),
        ("warfarin route", "through the nose", "", InputError, "The routes are: oral"),
        ("warfarin daily dose", "2", "", UnitMismatch, "Give it in one of: mg"),
        ("warfarin daily dose", "2 tablets", "", UnitMismatch, "no amount of drug"),
        ("warfarin daily dose", "2 mg", "g", UnitMismatch, "in 'mg' and in 'g'"),
        ("warfarin daily dose", "some", "mg", InputError, "is no number"),
        ("warfarin daily dose", "1,5", "mg", InputError, "with a point"),
        ("warfarin daily dose", "0", "mg", ImplausibleValue, "has a last day instead"),
        ("warfarin single dose", "-2", "mg", ImplausibleValue, "Check the number"),
        ("warfarin single dose", "9999999999", "mg", ImplausibleValue, "Check the number"),
        ("warfarin first day", "yesterday", "", InputError, "2026-05-31"),
        ("warfarin first day", "2027-01-01", "", InputError, "lies in the future"),
        ("warfarin last day", "2027-01-01", "", InputError, "lies in the future"),
    ],
)
def test_a_detail_that_cannot_stand_is_refused_with_a_remedy(
    subject: str, value: str, unit: str, kind: type[InputError], said: str
) -> None:
    with pytest.raises(kind) as refused:
        detailed(subject, value, unit)
    assert said in f"{refused.value.message} {refused.value.hint}"


def test_a_detail_that_several_entries_state_cannot_be_told_apart() -> None:
    oral = [{"route": concept(text="oral")}]
    both = (request(WARFARIN, id=name, dosageInstruction=oral) for name in ("a", "b"))
    with pytest.raises(InputError, match="cannot be told which"):
        detailed("warfarin route", "rectal", "", *both)


def test_days_in_the_wrong_order_are_refused() -> None:
    started = entered(read(request(WARFARIN)), "warfarin first day", "2026-06-01")
    with pytest.raises(InputError, match="before the first day"):
        entered(started, "warfarin last day", "2026-05-01")
    stopped = entered(read(request(WARFARIN, "stopped")), "warfarin last day", "2026-05-01")
    with pytest.raises(NotFound, match="stopped or only planned"):
        entered(stopped, "warfarin first day", "2026-06-01")


def test_a_detail_stays_when_the_patient_is_imported_again_unless_the_file_states_it() -> None:
    first = request(WARFARIN, id="a")
    earlier = entered(read(first), "warfarin route", "rectal")
    earlier = entered(earlier, "warfarin daily dose", "5 mg")

    again = read_files(bundle(patient(), first), earlier=lambda _: earlier)
    oral = request(WARFARIN, id="a", dosageInstruction=[{"route": concept(text="oral")}])
    stated = read_files(bundle(patient(), oral), earlier=lambda _: earlier)

    assert [(item.route, str(item.daily_dose)) for item in again.medications] == [(Route.RECTAL, "5 mg")]
    assert [(item.route, str(item.daily_dose)) for item in stated.medications] == [(Route.ORAL, "5 mg")]


def test_a_combination_identified_by_hand_has_no_doses() -> None:
    strange = request("Zyzyx plus", dosageInstruction=[{"text": "5 mg once daily"}])
    one = entered(read(strange), "Zyzyx plus", "warfarin", kind=StatementKind.DRUG_IDENTIFIED)
    both = entered(
        read(strange),
        "Zyzyx plus",
        "lisinopril / hydrochlorothiazide",
        kind=StatementKind.DRUG_IDENTIFIED,
    )
    assert [str(item.daily_dose) for item in one.medications] == ["5 mg"]
    assert [item.daily_dose for item in both.medications] == [None, None]


PLANNED = StatementKind.PROCEDURE_PLANNED


@pytest.mark.parametrize("subject", ["hip_or_knee_replacement", "replacement of hip or knee joint"])
@pytest.mark.parametrize(("value", "on"), [("2026-11-20", date(2026, 11, 20)), ("", None)])
def test_a_procedure_is_planned_by_id_or_title_with_or_without_a_day(
    subject: str, value: str, on: date | None
) -> None:
    (found,) = entered(read(), subject, value, kind=PLANNED).planned
    assert (found.procedure, found.on) == ("hip_or_knee_replacement", on)
    assert found.provenance.method is Method.ENTERED


@pytest.mark.parametrize(
    ("subject", "value", "kind", "said"),
    [
        ("hip_or_knee_replacment", "", UnknownName, "Did you mean hip_or_knee_replacement"),
        ("surgery", "2026-10-31", InputError, "has passed"),
        ("surgery", "2126-10-31", InputError, "Check the year"),
        ("surgery", "soon", InputError, "Write year, month and day"),
    ],
)
def test_a_plan_that_cannot_stand_is_refused_with_a_remedy(
    subject: str, value: str, kind: type[InputError], said: str
) -> None:
    with pytest.raises(kind) as refused:
        entered(read(), subject, value, kind=PLANNED)
    assert said in f"{refused.value.message} {refused.value.hint}"


def test_a_plan_entered_by_hand_stays_when_the_patient_is_imported_again() -> None:
    earlier = entered(read(), "surgery", "2026-11-20", kind=PLANNED)
    again = read_files(bundle(patient()), earlier=lambda _: earlier)
    assert [item.procedure for item in again.planned] == ["surgery"]


def test_every_detail_and_a_plan_have_a_field() -> None:
    fields = entry_fields(shipped_index().vocabulary)
    details = {field.subject: field for field in fields if field.kind is StatementKind.MEDICATION_DETAIL}
    assert set(details) == set(MedicationDetail)
    assert set(details["route"].choices) == {route.value for route in Route}
    assert details["daily dose"].unit == "mg"
    (plan,) = (field for field in fields if field.kind is PLANNED)
    assert "surgery" in plan.choices
    assert len(plan.choices) == len(plan.choice_titles)
