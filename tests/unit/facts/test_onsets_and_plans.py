"""Since when a condition, of what kind an allergy, how soon a procedure."""

from __future__ import annotations

from typing import Any

import pytest
from charts import ENTERED, ago, allergic, condition, diagnosed, fact, patient, planned, reviewed, within

from engine.domain.atoms import HasAllergy, HasCondition, PlansProcedure
from engine.domain.findings import MissingKind
from engine.domain.ids import AllergenId, ConditionId
from engine.domain.patient import (
    Allergy,
    AllergyKind,
    AllergySeverity,
    ConditionStatus,
    Diagnosis,
    ListKind,
    PlannedProcedure,
    ReactionKind,
)
from engine.domain.truth import Truth

RESOLVED = ConditionStatus.RESOLVED


def had(entry: Diagnosis, **asked: Any) -> Truth:
    atom = HasCondition(condition=ConditionId("myocardial_infarction"), **asked)
    return fact(patient(diagnoses=(entry,)), atom).truth


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (RESOLVED, Truth.TRUE),
        (ConditionStatus.ACTIVE, Truth.FALSE),
        (ConditionStatus.UNKNOWN, Truth.UNKNOWN),
        (ConditionStatus.REFUTED, Truth.FALSE),
    ],
)
def test_in_the_past_is_what_is_over(status: ConditionStatus, expected: Truth) -> None:
    assert had(diagnosed("myocardial_infarction", status), past=True) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(30, Truth.TRUE), (31, Truth.FALSE), (None, Truth.UNKNOWN), (-5, Truth.UNKNOWN)],
)
def test_an_onset_that_is_not_stated_may_be_any(days: int | None, expected: Truth) -> None:
    entry = diagnosed("myocardial_infarction", onset=None if days is None else ago(days))
    assert had(entry, began=within("d", high="30")) is expected


def test_an_onset_is_said_and_asked_for() -> None:
    atom = HasCondition(condition=ConditionId("vascular_disease"), began=within("d", high="30"))
    found = fact(patient(diagnoses=(diagnosed("myocardial_infarction", onset=ago(12)),)), atom)
    assert found.statement == (
        "has vascular disease (myocardial infarction), begun 12 days ago, begun at most 30 days ago"
    )
    open_one = fact(patient(diagnoses=(diagnosed("myocardial_infarction"),)), atom)
    assert "on which day myocardial infarction" in open_one.missing[0].reason


def test_another_infarction_of_another_day_is_shown_but_does_not_count() -> None:
    atom = HasCondition(condition=ConditionId("myocardial_infarction"), began=within("d", high="30"))
    found = fact(patient(diagnoses=(diagnosed("myocardial_infarction", onset=ago(900)),)), atom)
    assert found.truth is Truth.FALSE
    assert "myocardial infarction, active, since" in found.evidence[0].label + found.evidence[1].label


def test_a_review_made_here_says_present_not_past() -> None:
    record = patient(
        diagnoses=(diagnosed("anaemia", ConditionStatus.UNKNOWN),),
        reviews=(reviewed(ListKind.CONDITIONS, 0, ENTERED),),
    )
    assert fact(record, condition("anaemia")).truth is Truth.TRUE
    assert fact(record, HasCondition(condition=ConditionId("anaemia"), past=True)).truth is Truth.FALSE


def allergy_to(entry: Allergy, **asked: Any) -> Truth:
    atom = HasAllergy(allergen=AllergenId("penicillins"), **asked)
    return fact(patient(allergies=(entry,)), atom).truth


PENICILLIN = {"allergen": "penicillins"}


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        ({"kind": AllergyKind.ALLERGY}, {"kind": AllergyKind.ALLERGY}, Truth.TRUE),
        ({"kind": AllergyKind.INTOLERANCE}, {"kind": AllergyKind.ALLERGY}, Truth.FALSE),
        ({"kind": AllergyKind.UNKNOWN}, {"kind": AllergyKind.ALLERGY}, Truth.UNKNOWN),
        ({"severity": "severe"}, {"at_least": AllergySeverity.MODERATE}, Truth.TRUE),
        ({"severity": "mild"}, {"at_least": AllergySeverity.MODERATE}, Truth.FALSE),
        ({"severity": ""}, {"at_least": AllergySeverity.MODERATE}, Truth.UNKNOWN),
        ({"severity": "rather bad"}, {"at_least": AllergySeverity.MODERATE}, Truth.UNKNOWN),
        ({"reactions": (ReactionKind.RASH,)}, {"reactions": (ReactionKind.ANAPHYLAXIS,)}, Truth.FALSE),
        ({"reactions": ()}, {"reactions": (ReactionKind.ANAPHYLAXIS,)}, Truth.UNKNOWN),
        (
            {"reactions": (ReactionKind.RASH, ReactionKind.ANAPHYLAXIS)},
            {"reactions": (ReactionKind.ANAPHYLAXIS,)},
            Truth.TRUE,
        ),
    ],
)
def test_kind_severity_and_reaction_of_an_allergy(
    stated: dict[str, Any], asked: dict[str, Any], expected: Truth
) -> None:
    assert allergy_to(allergic("penicillins", **stated), **asked) is expected


def test_details_of_two_allergies_do_not_add_up() -> None:
    atom = HasAllergy(
        allergen=AllergenId("penicillins"),
        at_least=AllergySeverity.SEVERE,
        reactions=(ReactionKind.ANAPHYLAXIS,),
    )
    mild = allergic("penicillins", severity="mild", reactions=(ReactionKind.ANAPHYLAXIS,))
    severe = allergic("penicillins", severity="severe", reactions=(ReactionKind.RASH,))
    found = fact(patient(allergies=(mild, severe)), atom)
    assert found.truth is Truth.FALSE
    assert found.statement.startswith("no allergy to penicillins, severe or worse, with anaphylaxis")
    assert len(found.evidence) == 3


def test_what_an_allergy_does_not_state_is_asked_for() -> None:
    atom = HasAllergy(allergen=AllergenId("penicillins"), at_least=AllergySeverity.SEVERE)
    found = fact(patient(allergies=(allergic("penicillins"),)), atom)
    assert "the severity of 'penicillins' not stated" in found.missing[0].reason


SURGERY = PlansProcedure(procedure=ConditionId("surgery"), within_days=7)


def plans(*entries: PlannedProcedure, **changes: Any) -> Truth:
    return fact(patient(planned=entries, **changes), SURGERY).truth


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, Truth.TRUE), (7, Truth.TRUE), (8, Truth.FALSE), (-1, Truth.FALSE), (None, Truth.UNKNOWN)],
)
def test_how_soon_a_procedure_is(days: int | None, expected: Truth) -> None:
    """Yesterday's has passed; one without a day may be tomorrow. A narrower procedure counts."""
    assert plans(planned("hip_replacement", days)) is expected


def test_absence_of_a_procedure_needs_a_reviewed_list() -> None:
    assert plans() is Truth.FALSE
    found = fact(patient(reviews=()), SURGERY)
    assert [(datum.kind, datum.subject) for datum in found.missing] == [
        (MissingKind.LIST_REVIEW, "planned procedures")
    ]


def test_a_planned_procedure_says_how_soon() -> None:
    found = fact(patient(planned=(planned("surgery", 3),)), SURGERY)
    assert found.statement == "surgical procedure planned in 3 days, within 7 days"
    assert found.evidence[0].provenance is not None


def test_a_procedure_in_words_alone_may_be_any_until_somebody_lets_it_stand() -> None:
    assert plans(planned(None, 2)) is Truth.UNKNOWN
    assert plans(planned(None, 20)) is Truth.FALSE
    assert plans(planned(None, 2, codes=("http://snomed.info/sct|80146002",))) is Truth.FALSE
    assert plans(planned(None, 2), reviews=(reviewed(ListKind.PROCEDURES, 0, ENTERED),)) is Truth.FALSE


def test_another_procedure_is_not_this_one() -> None:
    assert plans(planned("kidney_transplant", 2)) is Truth.FALSE
