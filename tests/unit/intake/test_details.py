"""Routes, doses, days, reactions and planned procedures, out of FHIR: exact, or listed and left open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fhir_bundles import (
    LOINC,
    NOW,
    RXNORM,
    SNOMED,
    UCUM,
    allergy,
    bundle,
    concept,
    condition,
    loud,
    measured,
    patient,
    quiet,
    read,
    read_files,
    request,
)

from engine.domain.patient import (
    Allergy,
    ConditionStatus,
    ListKind,
    Medication,
    MedicationStatus,
    PlannedProcedure,
    ReactionKind,
    Route,
)

WARFARIN = concept((RXNORM, "11289"))
EDQM = "http://standardterms.edqm.eu"


def only(*resources: dict[str, Any]) -> Medication:
    (found,) = read(*resources).medications
    return found


def dosed(*instructions: dict[str, Any], medication: dict[str, Any] | str = WARFARIN) -> Medication:
    return only(request(medication, dosageInstruction=list(instructions)))


def dose(value: object, unit: str = "mg") -> dict[str, Any]:
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return {"doseAndRate": [{"doseQuantity": quantity}]}


def every(frequency: object = 1, period: object = 1, unit: str = "d", **more: Any) -> dict[str, Any]:
    return {"timing": {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit, **more}}}


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (concept((SNOMED, "26643006")), Route.ORAL),
        (concept((SNOMED, "34206005"), text="s.c."), Route.SUBCUTANEOUS),
        (concept((EDQM, "20045000")), Route.INTRAVENOUS),
        (concept(text="by mouth"), Route.ORAL),
        (concept(text="Intravenous route"), Route.INTRAVENOUS),
        (concept(text="IV"), Route.INTRAVENOUS),
        (concept(text="Topical route (qualifier value)"), Route.TOPICAL),
        (concept(text="oral or rectal"), None),
        (concept((SNOMED, "38239002"), text="Intraperitoneal route"), None),
        (concept((SNOMED, "26643006"), (EDQM, "20045000")), None),
    ],
)
def test_a_route_by_code_or_by_every_word(route: dict[str, Any], expected: Route | None) -> None:
    record = read(request(WARFARIN, dosageInstruction=[{"route": route}]))
    assert record.medications[0].route is expected
    assert bool(quiet(record)) is (expected is None)


@pytest.mark.parametrize(
    ("instruction", "daily"),
    [
        (dose(5) | every(), "5 mg"),
        (dose(5) | every(2), "10 mg"),
        (dose(5) | every(1, 8, "h"), "15 mg"),
        (dose("x"), None),
        (dose(5), None),
        (dose(5) | every(1, 1, "wk"), None),
        (dose(5) | every(1, 2, "d"), None),
        (dose(5) | every(1, 1, "mo"), None),
        (dose(5) | every(1, 1, "d", frequencyMax=2), None),
        (dose(5) | every(1, 1, "d", dayOfWeek=["mon"]), None),
        (dose(5) | every(1, 1, "d", when=["MORN", "EVE"]), "10 mg"),
        (dose(5) | every(2, 1, "d", when=["MORN", "EVE"]), "10 mg"),
        (dose(5) | every(3, 1, "d", when=["MORN", "EVE"]), None),
        (dose(5) | {"timing": {"repeat": {"timeOfDay": ["08:00", "12:00", "20:00"]}}}, "15 mg"),
        (dose(5) | {"timing": {"code": concept(("urn:hl7", "BID"))}}, "10 mg"),
        (dose(5) | {"timing": {"code": concept(text="as you like")}}, None),
        (dose(5) | every(2) | {"asNeededBoolean": True}, None),
        (
            dose(5)
            | {
                "asNeededBoolean": True,
                "maxDosePerPeriod": {
                    "numerator": {"value": 20, "unit": "mg"},
                    "denominator": {"value": 1, "code": "d"},
                },
            },
            "20 mg",
        ),
        (dose(1, "{tablet}") | every(), None),
        (dose(2, "mL") | every(), None),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 5}}}]} | every(), None),
        ({"doseAndRate": [{"rateQuantity": {"value": 5, "unit": "mg/h"}}]} | every(), None),
        (dose(0) | every(), None),
        (dose(500, "ug") | every(2), "1000 ug"),
    ],
)
def test_a_daily_dose_is_exact_or_not_at_all(instruction: dict[str, Any], daily: str | None) -> None:
    found = dosed(instruction).daily_dose
    assert (None if found is None else str(found)) == daily


@pytest.mark.parametrize(
    ("instruction", "said"),
    [
        (dose(1, "tablet"), "it is no amount of the drug itself"),
        ({"doseAndRate": [{"doseRange": {"low": {"value": 5}}}]}, "it is a range"),
        (dose(5) | {"asNeededBoolean": True}, "it is taken as needed, without a limit for the day"),
        (dose(5) | every(1, 2, "d"), "it is not taken every day"),
        ({"route": concept(text="up the chimney")}, "it is no route that rules speak of"),
    ],
)
def test_what_is_not_understood_is_listed(instruction: dict[str, Any], said: str) -> None:
    record = read(request(WARFARIN, dosageInstruction=[instruction]))
    assert any(said in line for line in quiet(record))
    assert not loud(record)


def test_two_dosages_side_by_side_are_one_daily_dose() -> None:
    found = dosed(
        dose(20) | {"timing": {"repeat": {"when": ["MORN"]}}},
        dose(10) | {"timing": {"repeat": {"when": ["HS"]}}},
    )
    assert str(found.daily_dose) == "30 mg"
    assert found.single_dose is None


def test_two_dosages_one_after_the_other_are_none() -> None:
    assert (
        dosed(dose(20) | every() | {"sequence": 1}, dose(10) | every() | {"sequence": 2}).daily_dose is None
    )


@pytest.mark.parametrize(
    ("text", "single", "daily", "route"),
    [
        ("5 mg once daily", "5 mg", "5 mg", None),
        ("500 mg twice daily.", "500 mg", "1000 mg", None),
        ("0.5 g PO three times a day", "0.5 g", "1.5 g", Route.ORAL),
        ("20 mg at night", "20 mg", "20 mg", None),
        ("5 mg every 12 hours", "5 mg", "10 mg", None),
        ("5000 IU twice daily", "5000 [IU]", "10000 [IU]", None),
        ("5 mIU once daily", None, None, None),
        ("2 ml once daily", None, None, None),
        ("5 mg once daily for two weeks", None, None, None),
        ("5-10 mg once daily", None, None, None),
        ("one tablet once daily", None, None, None),
        ("5 mg once daily as needed", None, None, None),
    ],
)
def test_a_dosage_in_words_is_read_to_its_last_word_or_not(
    text: str, single: str | None, daily: str | None, route: Route | None
) -> None:
    found = dosed({"text": text})
    assert (str(found.single_dose) if found.single_dose else None) == single
    assert (str(found.daily_dose) if found.daily_dose else None) == daily
    assert found.route is route
    assert found.dose == text


def test_words_beside_structure_are_not_read() -> None:
    """What is structured was meant for machines; the words may say less."""
    assert dosed({"text": "5 mg once daily", "asNeededBoolean": True}).daily_dose is None


def test_the_doses_of_a_combination_are_those_of_none_of_its_drugs() -> None:
    text = "lisinopril 10 MG / hydrochlorothiazide 12.5 MG Oral Tablet"
    oral = {"route": concept(text="oral")}
    found = read(request(text, dosageInstruction=[dose(10) | every() | oral])).medications
    assert [(item.daily_dose, item.single_dose, item.route) for item in found] == [
        (None, None, Route.ORAL)
    ] * 2


def statement(status: str = "active", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "status": status,
        "medicationCodeableConcept": WARFARIN,
        "subject": {"reference": "Patient/p"},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "start", "stop", "status"),
    [
        ({"effectivePeriod": {"start": "2026-03-02"}}, date(2026, 3, 2), None, MedicationStatus.ACTIVE),
        ({"effectivePeriod": {"start": "2026-03"}}, None, None, MedicationStatus.ACTIVE),
        ({"effectivePeriod": {"start": "2027"}}, date(2027, 1, 1), None, MedicationStatus.ACTIVE),
        ({"effectiveDateTime": "2026-03-02"}, None, None, MedicationStatus.ACTIVE),
        ({"effectivePeriod": {"end": "2026-09-30"}}, None, date(2026, 9, 30), MedicationStatus.ACTIVE),
        ({"effectivePeriod": {"end": "2026-09"}}, None, None, MedicationStatus.UNKNOWN),
        ({"effectivePeriod": {"end": "2026-11"}}, None, None, MedicationStatus.ACTIVE),
        ({"status": "stopped", "effectivePeriod": {"end": "2026"}}, None, None, MedicationStatus.STOPPED),
        (
            {"dosage": [{"timing": {"repeat": {"boundsPeriod": {"start": "2026-05-06"}}}}]},
            date(2026, 5, 6),
            None,
            MedicationStatus.ACTIVE,
        ),
    ],
)
def test_only_a_day_is_a_day(
    changes: dict[str, Any], start: date | None, stop: date | None, status: MedicationStatus
) -> None:
    found = only(statement(**changes))
    assert (found.start, found.stop, found.status) == (start, stop, status)


def test_the_day_of_a_prescription_is_no_first_day() -> None:
    found = only(request(WARFARIN))
    assert found.start is None
    assert found.provenance.recorded == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("onset", "day"),
    [
        ({"onsetDateTime": "2026-10-20"}, date(2026, 10, 20)),
        ({"onsetDateTime": "2026"}, None),
        ({"onsetPeriod": {"start": "2026-10-20"}}, date(2026, 10, 20)),
        ({"onsetAge": {"value": 60, "code": "a"}}, None),
        ({"onsetString": "last spring"}, None),
    ],
)
def test_an_onset_that_names_no_day_is_listed(onset: dict[str, Any], day: date | None) -> None:
    resource = condition(concept(("http://hl7.org/fhir/sid/icd-10-cm", "I21.9"))) | {"onsetDateTime": None}
    record = read(resource | onset)
    assert record.diagnoses[0].onset == day
    assert any("names no day" in line for line in quiet(record)) is (day is None)


def allergic(*reactions: dict[str, Any], **changes: Any) -> tuple[Allergy, ...]:
    return read(allergy(concept(text="penicillin"), reaction=list(reactions), **changes)).allergies


def reaction(*manifestations: dict[str, Any], severity: str = "") -> dict[str, Any]:
    return {"manifestation": list(manifestations)} | ({"severity": severity} if severity else {})


@pytest.mark.parametrize(
    ("manifestation", "kinds"),
    [
        (concept((SNOMED, "39579001")), (ReactionKind.ANAPHYLAXIS,)),
        (concept((SNOMED, "271807003"), text="Eruption of skin (disorder)"), (ReactionKind.RASH,)),
        (concept(text="Hives"), (ReactionKind.URTICARIA,)),
        (concept(text="dry cough"), (ReactionKind.COUGH,)),
        (concept(text="Stevens-Johnson syndrome"), (ReactionKind.SEVERE_CUTANEOUS,)),
        (concept(text="no rash"), ()),
        (concept(text="turned blue"), ()),
    ],
)
def test_a_reaction_by_code_or_by_every_word(
    manifestation: dict[str, Any], kinds: tuple[ReactionKind, ...]
) -> None:
    (found,) = allergic(reaction(manifestation))
    assert found.reactions == kinds


def test_a_reaction_that_is_not_understood_leaves_a_doubt_beside_the_others() -> None:
    found = allergic(reaction(concept(text="rash"), concept(text="turned blue")))
    assert [item.reactions for item in found] == [(ReactionKind.RASH,), ()]
    assert found[1].reaction == "turned blue"


@pytest.mark.parametrize(
    ("severities", "changes", "worst"),
    [
        (("mild", "severe"), {}, "severe"),
        (("mild", ""), {}, ""),
        (("severe", ""), {}, "severe"),
        (("mild",), {"criticality": "high"}, "life-threatening"),
        (("mild",), {"criticality": "low"}, "mild"),
    ],
)
def test_the_worst_severity_counts_unless_one_is_not_stated(
    severities: tuple[str, ...], changes: dict[str, Any], worst: str
) -> None:
    rash = concept(text="rash")
    (found,) = allergic(*(reaction(rash, severity=grade) for grade in severities), **changes)
    assert found.severity == worst


HIP = concept((SNOMED, "52734007"), text="Total hip replacement")


def service(code: dict[str, Any], status: str = "active", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "status": status,
        "intent": "order",
        "code": code,
        "subject": {"reference": "Patient/p"},
        **changes,
    }


def plan(*resources: dict[str, Any]) -> PlannedProcedure:
    (found,) = read(*resources).planned
    return found


@pytest.mark.parametrize(
    ("resource", "on"),
    [
        (service(HIP, occurrenceDateTime="2026-11-20T08:00:00Z"), date(2026, 11, 20)),
        (service(HIP, occurrencePeriod={"start": "2026-11-20"}), date(2026, 11, 20)),
        (service(HIP, occurrenceDateTime="2026-12"), None),
        (service(HIP), None),
        (
            {
                "resourceType": "Procedure",
                "status": "preparation",
                "code": HIP,
                "performedDateTime": "2026-11-20",
            },
            date(2026, 11, 20),
        ),
        (
            {
                "resourceType": "Appointment",
                "status": "booked",
                "serviceType": [HIP],
                "start": "2026-11-20T08:00:00Z",
            },
            date(2026, 11, 20),
        ),
    ],
)
def test_what_lies_ahead_is_planned(resource: dict[str, Any], on: date | None) -> None:
    found = plan(resource)
    assert (found.procedure, found.on) == ("hip_or_knee_replacement", on)
    assert found.codes == (f"{SNOMED}|52734007",)


def test_an_operation_by_its_category_is_surgery() -> None:
    strange = concept((SNOMED, "80146002"), text="Excision of appendix")
    found = plan(service(strange, category=[concept((SNOMED, "387713003"))]))
    assert (found.procedure, found.text) == ("surgery", "Excision of appendix")


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (service(HIP, "revoked"), "it was revoked"),
        (service(HIP, "completed"), "it has been done"),
        (service(HIP, doNotPerform=True), "it asks not to do it"),
        (service(concept((LOINC, "2160-0"))), "it asks for a test"),
        (service(HIP, category=[concept((SNOMED, "108252007"))]), "it asks for a test"),
        (
            {"resourceType": "Appointment", "status": "booked", "serviceType": [concept(text="check-up")]},
            "it is for no procedure that rules speak of",
        ),
        ({"resourceType": "Appointment", "status": "cancelled", "serviceType": [HIP]}, "its status is"),
    ],
)
def test_what_is_no_plan_is_listed(resource: dict[str, Any], said: str) -> None:
    record = read(resource)
    assert not record.planned
    assert any(said in line for line in quiet(record))


def test_a_plan_in_words_alone_may_be_any_procedure() -> None:
    record = read(service(concept(text="the usual")))
    assert [(item.procedure, item.text) for item in record.planned] == [(None, "the usual")]
    assert "it may be any" in loud(record)[0]


def test_a_coded_plan_that_is_none_of_the_words_is_something_else() -> None:
    record = read(service(concept((SNOMED, "80146002"), text="Excision of appendix")))
    assert len(record.planned) == 1
    assert not loud(record)


def test_a_list_of_planned_procedures_is_a_review() -> None:
    listed = {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "code": concept((LOINC, "59772-4")),
        "date": "2026-10-30",
    }
    assert [review.kind for review in read(listed).reviews] == [ListKind.PROCEDURES]


@pytest.mark.parametrize(("loinc", "value", "unit"), [("18185-9", 84, "d"), ("49051-6", 12, "wk")])
def test_a_gestational_age_comes_in_weeks_or_days(loinc: str, value: int, unit: str) -> None:
    (found,) = read(measured(loinc, value, unit)).observations
    assert found.quantity == "gestational_age"
    assert found.value is not None
    assert round(found.value.value, 9) == 12
    assert not found.flags


def test_a_bundle_without_any_of_it_reads_as_before() -> None:
    record = read_files(bundle(patient(), request(WARFARIN)), now=NOW)
    (found,) = record.medications
    assert (found.route, found.single_dose, found.daily_dose) == (None, None, None)
    assert record.planned == ()
    assert ConditionStatus.ACTIVE not in {item.status for item in record.diagnoses}
