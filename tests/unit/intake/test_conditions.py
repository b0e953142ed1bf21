"""Conditions, procedures and devices become diagnoses, or are listed by how much they could matter."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_bundles import ICD, SNOMED, concept, condition, loud, quiet, read

from engine.domain.patient import ConditionStatus, ListKind


def ids(*resources: dict[str, Any]) -> list[str | None]:
    return [item.condition for item in read(*resources).diagnoses]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (concept((ICD, "I48.0")), ["atrial_fibrillation"]),
        (concept((ICD, "I48.91")), ["atrial_fibrillation"]),
        (concept((ICD, "I489")), ["atrial_fibrillation_or_flutter"]),
        (concept((SNOMED, "49436004")), ["atrial_fibrillation"]),
        (concept((SNOMED, "49436004"), (ICD, "I48.91")), ["atrial_fibrillation"]),
        (concept(("urn:oid:2.16.840.1.113883.6.90", "I50.22")), ["heart_failure_reduced_ejection_fraction"]),
        (concept((ICD, "I11.0")), ["heart_failure", "hypertension"]),
        (concept(("urn:local", "77"), text="Atrial fibrillation"), ["atrial_fibrillation"]),
        (concept((ICD, "Z95.2")), ["mechanical_heart_valve"]),
    ],
)
def test_a_condition_is_known_by_code_or_by_its_exact_title(
    code: dict[str, Any], expected: list[str]
) -> None:
    assert ids(condition(code)) == expected


@pytest.mark.parametrize(
    ("clinical", "verification", "status"),
    [
        ("active", "confirmed", ConditionStatus.ACTIVE),
        ("recurrence", "confirmed", ConditionStatus.ACTIVE),
        ("resolved", "confirmed", ConditionStatus.RESOLVED),
        ("remission", "confirmed", ConditionStatus.RESOLVED),
        ("active", "refuted", ConditionStatus.REFUTED),
        ("active", "provisional", ConditionStatus.UNKNOWN),
        ("active", "unconfirmed", ConditionStatus.UNKNOWN),
        ("nonsense", "confirmed", ConditionStatus.UNKNOWN),
    ],
)
def test_status_comes_from_both_status_fields(
    clinical: str, verification: str, status: ConditionStatus
) -> None:
    record = read(condition(concept((ICD, "I10")), clinical, verification))
    assert record.diagnoses[0].status is status


def test_an_end_without_a_status_is_resolved() -> None:
    ended = condition(concept((ICD, "K25.0")), "", abatementDateTime="2020-02-02")
    assert read(ended).diagnoses[0].status is ConditionStatus.RESOLVED


def test_what_was_entered_in_error_is_dropped_and_listed() -> None:
    record = read(condition(concept((ICD, "I10"), text="Hypertension"), verification="entered-in-error"))
    assert not record.diagnoses
    assert quiet(record) == ["Hypertension: it is marked as entered in error."]


def test_an_icd10_code_outside_the_vocabulary_is_something_else_and_quiet() -> None:
    record = read(condition(concept((ICD, "S93.4"), text="Sprain of ankle")))
    assert [item.condition for item in record.diagnoses] == [None]
    assert record.diagnoses[0].codes == (f"{ICD}|S93.4",)
    assert "none of the conditions" in quiet(record)[0]
    assert not loud(record)


def test_a_snomed_code_outside_the_vocabulary_is_loud_where_its_words_name_a_condition() -> None:
    alike = condition(concept((SNOMED, "1234567"), text="Severe atrial fibrillation with block"))
    other = condition(concept((SNOMED, "1234567"), text="Part-time employment"))
    assert "but its code is not" in loud(read(alike))[0]
    assert not loud(read(other))


def test_words_alone_could_be_anything_and_are_loud() -> None:
    assert "it may be any condition" in loud(read(condition({"text": "old trouble"})))[0]


def test_a_condition_that_says_nothing_is_still_listed() -> None:
    record = read({"resourceType": "Condition"})
    assert "Condition that says nothing" in loud(record)[0]
    assert record.diagnoses[0].text == "(condition without a name)"


def test_no_known_problems_is_a_review() -> None:
    code = concept(("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "no-known-problems"))
    record = read(condition(code, recordedDate="2026-09-09"))
    assert [(item.kind, str(item.on)) for item in record.reviews] == [(ListKind.CONDITIONS, "2026-09-09")]


def test_an_active_pregnancy_is_also_a_state() -> None:
    record = read(condition(concept((ICD, "Z33.1")), recordedDate="2026-09-09"))
    assert [(item.state, item.holds, str(item.at)) for item in record.states] == [
        ("pregnant", True, "2026-09-09")
    ]
    assert not read(condition(concept((ICD, "Z33.1")), "resolved")).states


def procedure(text: str, status: str = "completed", *codes: tuple[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": status,
        "code": concept(*codes, text=text),
        "performedDateTime": "2018-05-05",
    }


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Aortic valve replacement with mechanical prosthesis", ConditionStatus.ACTIVE),
        ("St Jude bileaflet mitral valve", ConditionStatus.ACTIVE),
        ("Replacement of aortic valve", ConditionStatus.UNKNOWN),
        ("Implantation of prosthetic mitral valve (procedure)", ConditionStatus.UNKNOWN),
    ],
)
def test_a_replaced_valve_raises_the_doubt_of_a_mechanical_one(text: str, status: ConditionStatus) -> None:
    found = read(procedure(text)).diagnoses
    assert [(item.condition, item.status) for item in found] == [("mechanical_heart_valve", status)]
    as_condition = read(condition(concept((SNOMED, "1234567"), text=text))).diagnoses
    assert [(item.condition, item.status) for item in as_condition] == [("mechanical_heart_valve", status)]


@pytest.mark.parametrize(
    "text",
    [
        "Bioprosthetic aortic valve replacement",
        "Transcatheter aortic valve implantation",
        "Mitral valve repair",
        "Mechanical ventilation",
        "Appendectomy",
    ],
)
def test_other_procedures_leave_no_mechanical_valve(text: str) -> None:
    assert not [
        item for item in read(procedure(text)).diagnoses if item.condition == "mechanical_heart_valve"
    ]


def test_a_procedure_that_was_not_done_leaves_nothing() -> None:
    record = read(procedure("Replacement of aortic valve", "not-done"))
    assert not record.diagnoses
    assert quiet(record) == ["Replacement of aortic valve: its status is not-done."]


def test_a_procedure_no_rule_speaks_of_is_listed() -> None:
    assert quiet(read(procedure("Appendectomy"))) == ["Appendectomy: no rule speaks of this procedure."]


def test_a_mechanical_valve_among_the_devices_is_a_diagnosis() -> None:
    device = {"resourceType": "Device", "status": "active", "type": concept((SNOMED, "705991002"))}
    assert ids(device) == ["mechanical_heart_valve"]
    other = {"resourceType": "Device", "type": {"text": "Cane"}}
    assert "Cane: no rule speaks of this device." in quiet(read(other))
