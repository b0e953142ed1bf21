"""Route, doses, first days, counts of drugs: what is not stated is in doubt, never absent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from charts import ENTERED, ago, amount, fact, patient, reviewed, takes, within

from engine.domain.atoms import TakesDrug
from engine.domain.findings import MissingKind
from engine.domain.ids import DrugId
from engine.domain.patient import ListKind, Medication, MedicationStatus, Route
from engine.domain.truth import Truth


def asks(drug: str, **details: Any) -> TakesDrug:
    return TakesDrug(drug=DrugId(drug), **details)


ORAL = asks("ketoconazole", routes=(Route.ORAL,))
DAILY = asks("aspirin", daily_dose=within("mg", low="300"))


def truth(atom: TakesDrug, *entries: Medication) -> Truth:
    return fact(patient(medications=entries), atom).truth


@pytest.mark.parametrize(
    ("route", "expected"), [(Route.ORAL, Truth.TRUE), (Route.TOPICAL, Truth.FALSE), (None, Truth.UNKNOWN)]
)
def test_a_route_that_is_not_stated_is_not_another_route(route: Route | None, expected: Truth) -> None:
    """Ketoconazole cream is no inhibitor to speak of; ketoconazole of no stated route may be tablets."""
    assert truth(ORAL, takes("ketoconazole", route=route)) is expected


def test_an_unstated_detail_is_asked_for_by_drug_and_detail() -> None:
    found = fact(patient(medications=(takes("ketoconazole"),)), ORAL)
    assert [(datum.kind, datum.subject, datum.title) for datum in found.missing] == [
        (MissingKind.MEDICATION_DETAIL, "ketoconazole route", "route of ketoconazole")
    ]
    assert "not known whether ketoconazole is taken by oral route" in found.statement


def test_details_must_hold_of_one_entry() -> None:
    """A cream at 500 mg and tablets at 100 mg are not tablets at 500 mg."""
    atom = asks("ketoconazole", routes=(Route.ORAL,), dose=within("mg", low="400"))
    cream = takes("ketoconazole", route=Route.TOPICAL, single_dose=amount("500"))
    tablets = takes("ketoconazole", route=Route.ORAL, single_dose=amount("100"))
    assert truth(atom, cream, tablets) is Truth.FALSE
    assert truth(atom, cream, replace(tablets, single_dose=amount("0.5", "g"))) is Truth.TRUE


def test_the_daily_dose_is_the_sum_over_all_entries_in_any_unit() -> None:
    entries = (takes("aspirin", daily_dose=amount("100")), takes("aspirin", daily_dose=amount("0.2", "g")))
    found = fact(patient(medications=entries), DAILY)
    assert found.truth is Truth.TRUE
    assert ("daily_dose", "300 mg") in found.bindings
    assert found.statement == "takes aspirin with a daily dose at least 300 mg (aspirin: 300 mg)"
    assert len(found.evidence) == 2
    assert truth(DAILY, entries[0]) is Truth.FALSE


def test_what_is_stated_is_enough_where_more_can_only_add() -> None:
    """300 mg are 300 mg, whatever the other entry adds; 100 mg may be any more."""
    unstated = takes("aspirin")
    assert truth(DAILY, takes("aspirin", daily_dose=amount("300")), unstated) is Truth.TRUE
    assert truth(DAILY, takes("aspirin", daily_dose=amount("100")), unstated) is Truth.UNKNOWN
    low = asks("aspirin", daily_dose=within("mg", high="300"))
    assert truth(low, takes("aspirin", daily_dose=amount("400")), unstated) is Truth.FALSE


def test_an_entry_that_may_have_ended_adds_its_dose_or_nothing() -> None:
    lapsed = takes("aspirin", daily_dose=amount("250"), stop=ago(30))
    found = fact(patient(medications=(takes("aspirin", daily_dose=amount("100")), lapsed)), DAILY)
    assert found.truth is Truth.UNKNOWN
    assert [datum.kind for datum in found.missing] == [MissingKind.LIST_REVIEW]
    assert truth(DAILY, takes("aspirin", daily_dose=amount("20")), lapsed) is Truth.FALSE


def test_a_dose_in_a_unit_that_is_no_amount_of_it_cannot_be_compared() -> None:
    found = fact(patient(medications=(takes("aspirin", daily_dose=amount("2", "mmol")),)), DAILY)
    assert found.truth is Truth.UNKNOWN
    assert found.missing[0].reason == "stated as 2 mmol, which cannot be compared"
    assert found.missing[0].unit == "mg"


def test_plain_units_are_the_international_units_of_the_drug() -> None:
    atom = asks("aspirin", daily_dose=within("[IU]", low="7500"))
    assert truth(atom, takes("aspirin", daily_dose=amount("10000", "U"))) is Truth.TRUE
    assert truth(atom, takes("aspirin", daily_dose=amount("5000", "[IU]"))) is Truth.FALSE
    assert truth(atom, takes("aspirin", daily_dose=amount("10000", "mg"))) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("days", "expected"),
    [(89, Truth.FALSE), (90, Truth.TRUE), (None, Truth.UNKNOWN), (400, Truth.TRUE)],
)
def test_time_since_the_first_day(days: int | None, expected: Truth) -> None:
    atom = asks("aspirin", started=within("d", low="90"))
    assert truth(atom, takes("aspirin", start=None if days is None else ago(days))) is expected


def test_so_many_different_drugs_are_counted_once_each() -> None:
    atom = asks("bleeding_drug", count=2)
    assert truth(atom, takes("aspirin"), takes("aspirin")) is Truth.FALSE
    found = fact(patient(medications=(takes("aspirin"), takes("ibuprofen"))), atom)
    assert found.truth is Truth.TRUE
    assert found.statement == (
        "takes aspirin and ibuprofen (drug that promotes bleeding), 2 or more different drugs"
    )
    maybe = takes("ibuprofen", MedicationStatus.UNKNOWN)
    assert truth(atom, takes("aspirin"), maybe) is Truth.UNKNOWN
    assert truth(asks("bleeding_drug", count=3), takes("aspirin"), maybe) is Truth.FALSE


def test_too_few_drugs_on_a_list_nobody_reviewed_may_be_more() -> None:
    found = fact(patient(medications=(takes("aspirin"),), reviews=()), asks("bleeding_drug", count=2))
    assert found.truth is Truth.UNKNOWN
    assert found.missing[0].reason == "not reviewed"


def test_the_drug_itself_is_no_duplicate_of_itself() -> None:
    atom = asks("bleeding_drug", besides=(DrugId("aspirin"),))
    found = fact(patient(medications=(takes("aspirin"),)), atom)
    assert found.truth is Truth.FALSE
    assert found.statement.startswith("takes no drug that promotes bleeding besides aspirin")
    assert truth(atom, takes("aspirin"), takes("warfarin")) is Truth.TRUE


def test_an_unknown_drug_of_another_route_is_not_the_one_asked_for() -> None:
    """Whatever it is, it is an ointment; but it may add to the daily dose of an aspirin that is taken."""
    ointment = takes(None, route=Route.TOPICAL)
    assert truth(ORAL, ointment) is Truth.FALSE
    assert truth(ORAL, takes(None)) is Truth.UNKNOWN
    both = asks("aspirin", routes=(Route.ORAL,), daily_dose=within("mg", low="300"))
    small = takes("aspirin", route=Route.ORAL, daily_dose=amount("100"))
    assert truth(both, small, ointment) is Truth.UNKNOWN


def test_a_false_detail_shows_the_entry_that_it_is_false_of() -> None:
    found = fact(patient(medications=(takes("aspirin", daily_dose=amount("75")),)), DAILY)
    assert found.truth is Truth.FALSE
    assert any("daily dose 75 mg" in node.label for node in found.evidence)


def test_a_bare_atom_asks_for_no_detail() -> None:
    found = fact(patient(medications=(takes("ketoconazole", route=Route.TOPICAL),)), asks("ketoconazole"))
    assert found.statement == "takes ketoconazole"
    assert not any("topical" in node.label for node in found.evidence)


def test_a_review_made_here_settles_whether_but_not_how() -> None:
    record = patient(
        medications=(takes("ketoconazole", MedicationStatus.UNKNOWN),),
        reviews=(reviewed(ListKind.MEDICATIONS, 0, ENTERED),),
    )
    assert {datum.kind for datum in fact(record, ORAL).missing} == {MissingKind.MEDICATION_DETAIL}


def test_a_single_dose_of_zero_width_is_exact() -> None:
    atom = asks("aspirin", dose=within("mg", low="100", high="100"))
    assert truth(atom, takes("aspirin", single_dose=amount("0.1", "g"))) is Truth.TRUE
    assert truth(atom, takes("aspirin", single_dose=amount(str(Decimal("100.1"))))) is Truth.FALSE
