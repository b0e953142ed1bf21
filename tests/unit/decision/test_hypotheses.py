"""What a detail, a course, a plan or a trimester may turn out to be: each answer, and what it decides."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from charts import (
    FACTS,
    INDEX,
    NOW,
    PATIENT,
    TODAY,
    VOCABULARY,
    amount,
    fact,
    observed,
    patient,
    reported,
    takes,
    with_observations,
    within,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decision.hypotheses import Hypotheses, Hypothesis
from engine.decision.turning_points import Grid, Regions
from engine.domain.atoms import (
    Atom,
    Direction,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import ConditionId, DrugId, QuantityId, Symbol, UserName
from engine.domain.patient import MedicationStatus, PatientRecord, Route, Statement, StatementKind
from engine.domain.quantities import plain
from engine.domain.truth import Truth
from engine.facts.reach import Key, Reach
from engine.intake.statements import apply_statement


def enter(record: PatientRecord, statement: Statement) -> PatientRecord:
    return apply_statement(record, statement, INDEX, NOW, UserName("tester"))


def hypotheses(record: PatientRecord, atoms: Sequence[Atom]) -> Hypotheses:
    reach = Reach(INDEX)
    heard: dict[Key, set[Symbol]] = {}
    for atom in (*atoms, *reach.terms(atoms)):
        for key in reach.keys(atom):
            heard.setdefault(key, set()).add(atom.symbol)
    return Hypotheses(
        record=record,
        vocabulary=VOCABULARY,
        reach=reach,
        atoms=atoms,
        heard={key: frozenset(symbols) for key, symbols in heard.items()},
        regions=Regions(readings=FACTS, as_of=NOW),
        enter=enter,
        today=TODAY,
    )


def answers(record: PatientRecord, atom: Atom, kind: MissingKind | None = None) -> tuple[Hypothesis, ...]:
    """Return the answers to what an atom lacks (the first of a kind), on a record that leaves it unknown."""
    missing = fact(record, atom).missing
    datum = next(one for one in missing if kind is None or one.kind is kind)
    return hypotheses(record, (atom,)).of(datum)


def truths(found: Sequence[Hypothesis], atom: Atom) -> list[Truth]:
    return [fact(one.record, atom).truth for one in found]


def says(found: Sequence[Hypothesis]) -> list[str]:
    return [one.says for one in found]


ASPIRIN: dict[str, Any] = {"drug": DrugId("aspirin")}
RISE = QuantityChange(
    quantity=QuantityId("potassium"),
    direction=Direction.RISES,
    by=within("mmol/L", low="1"),
    within_days=90,
)


def test_a_route_is_tried_by_each_group_that_rules_tell_apart() -> None:
    atom = TakesDrug(**ASPIRIN, routes=(Route.ORAL, Route.RECTAL))
    found = answers(patient(medications=(takes("aspirin"),)), atom)
    assert says(found) == ["route of aspirin: oral", "route of aspirin: sublingual"]
    assert truths(found, atom) == [Truth.TRUE, Truth.FALSE]
    assert {one.statement.subject for one in found if one.statement} == {"aspirin route"}


def test_a_daily_dose_is_tried_on_both_sides_of_every_limit() -> None:
    atom = TakesDrug(**ASPIRIN, daily_dose=within("mg", low="100", high="300"))
    found = answers(patient(medications=(takes("aspirin"),)), atom)
    assert truths(found, atom) == [Truth.FALSE, Truth.TRUE, Truth.FALSE]
    assert says(found)[0] == "daily dose of aspirin: 50 mg"


def test_a_first_and_a_last_day_are_tried_on_both_sides() -> None:
    begun = TakesDrug(**ASPIRIN, started=within("d", low="90"))
    found = answers(patient(medications=(takes("aspirin"),)), begun)
    assert truths(found, begun) == [Truth.FALSE, Truth.TRUE]
    ended = StoppedDrug(**ASPIRIN, ago=within("d", high="14"))
    stopped = patient(medications=(takes("aspirin", MedicationStatus.STOPPED),))
    found = answers(stopped, ended)
    assert truths(found, ended) == [Truth.TRUE, Truth.FALSE]


def test_a_list_of_medications_may_hold_a_drug_as_it_is_asked_for() -> None:
    atom = TakesDrug(**ASPIRIN, routes=(Route.ORAL,), daily_dose=within("mg", low="300"))
    found = answers(patient(reviews=()), atom)
    assert says(found) == [
        "medication list reviewed, nothing to add",
        "medication list reviewed, with aspirin (oral, daily dose 300 mg)",
    ]
    assert truths(found, atom) == [Truth.FALSE, Truth.TRUE]


def test_a_list_of_medications_may_hold_a_drug_that_was_stopped() -> None:
    atom = StoppedDrug(**ASPIRIN, ago=within("d", low="3", high="14"))
    found = answers(patient(reviews=()), atom)
    assert truths(found, atom) == [Truth.FALSE, Truth.TRUE]


def test_a_list_of_planned_procedures_may_hold_one() -> None:
    atom = PlansProcedure(procedure=ConditionId("surgery"), within_days=7)
    found = answers(patient(reviews=()), atom)
    assert "list of planned procedures reviewed, nothing to add" in says(found)
    assert truths(found, atom).count(Truth.TRUE) == 1


def test_a_second_value_is_tried_where_the_change_turns() -> None:
    """One value of 4.2 stands: a rise by 1 begins at 5.2."""
    found = answers(with_observations(observed("potassium", "4.2", 30)), RISE)
    assert says(found) == ["serum potassium at most 5.1 mmol/L", "serum potassium at least 5.2 mmol/L"]
    assert truths(found, RISE) == [Truth.FALSE, Truth.TRUE]


def test_a_repetition_is_tried_at_its_limit() -> None:
    atom = QuantityRepeated(
        quantity=QuantityId("potassium"), interval=within("mmol/L", low="5.5"), times=2, within_days=90
    )
    found = answers(with_observations(observed("potassium", "5.8", 30)), atom)
    assert truths(found, atom) == [Truth.FALSE, Truth.TRUE]


def test_a_gestational_age_is_tried_in_each_trimester() -> None:
    atom = InTrimester(trimesters=(2,))
    found = answers(patient(states=(reported("pregnant", holds=True),)), atom)
    assert says(found) == [
        "gestational age at most 13.9 wk",
        "gestational age 14 to 27.9 wk",
        "gestational age at least 28 wk",
    ]
    assert truths(found, atom) == [Truth.FALSE, Truth.TRUE, Truth.FALSE]


def test_a_detail_that_cannot_be_told_has_no_answers() -> None:
    datum = MissingDatum(
        kind=MissingKind.MEDICATION_DETAIL, subject="aspirin colour", title="colour", reason="odd"
    )
    assert hypotheses(PATIENT, ()).of(datum) == ()


@settings(deadline=None, max_examples=25)
@given(
    earlier=st.decimals(Decimal("1.5"), Decimal(9), places=1),
    other=st.decimals(Decimal("1.5"), Decimal(9), places=1),
    drawn=st.decimals(Decimal("1.5"), Decimal(9), places=1),
    direction=st.sampled_from(Direction),
    relative=st.booleans(),
)
def test_no_value_between_two_answers_makes_a_difference_to_a_change(
    earlier: Decimal, other: Decimal, drawn: Decimal, direction: Direction, *, relative: bool
) -> None:
    by = within("%", low="20") if relative else within("mmol/L", low="1")
    atom = QuantityChange(quantity=QuantityId("potassium"), direction=direction, by=by, within_days=90)
    record = with_observations(observed("potassium", str(earlier), 60), observed("potassium", str(other), 30))

    def record_at(value: Decimal) -> PatientRecord:
        entered = Statement(
            kind=StatementKind.QUANTITY, subject="potassium", value=plain(value), unit="mmol/L"
        )
        return enter(record, entered)

    grid = Grid.of(VOCABULARY.quantities[QuantityId("potassium")], ())
    regions = Regions(readings=FACTS, as_of=NOW).of(grid, (), (), record_at, (atom,))
    region = next(one for one in regions if one.low <= drawn <= one.high)
    assert fact(record_at(drawn), atom).truth is fact(record_at(region.inside), atom).truth


@pytest.mark.parametrize("unit", ["mg", "g"])
def test_a_dose_answer_is_one_that_can_be_entered(unit: str) -> None:
    low = "300" if unit == "mg" else "0.3"
    atom = TakesDrug(**ASPIRIN, dose=within(unit, low=low))
    found = answers(patient(medications=(takes("aspirin", daily_dose=amount("100")),)), atom)
    assert truths(found, atom) == [Truth.FALSE, Truth.TRUE]
