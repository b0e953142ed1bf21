"""The edges of atoms, and the mistakes planted in them: each on the right side of what it changes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.atoms import (
    Atom,
    Direction,
    HasAllergy,
    HasCondition,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import AllergenId, ClassId, ConditionId, DrugId, QuantityId
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route
from engine.domain.quantities import Interval
from engine.domain.vocabulary import MeasuredQuantity, QuantityKind, Vocabulary
from engine.knowledge.edges import edges_of
from engine.knowledge.mutants_of_atoms import edits_of_atom

KETOCONAZOLE = DrugId("ketoconazole")
ULCER = ConditionId("ulcer")
PENICILLINS = AllergenId("penicillins")
POTASSIUM = QuantityId("potassium")
MONTH = Interval(unit="d", high=Decimal(30), high_closed=True)
FROM_200 = Interval(unit="mg", low=Decimal(200))
ABOVE_5 = Interval(unit="mmol/L", low=Decimal("5.5"), low_closed=False)


def _quantity(name: str, unit: str) -> MeasuredQuantity:
    return MeasuredQuantity(
        quantity_id=QuantityId(name), title=name, kind=QuantityKind.MEASURED, unit=unit, decimals=1
    )


def _vocabulary(unit: str = "mmol/L") -> Vocabulary:
    weeks = _quantity("gestational_age", "wk")
    return Vocabulary(
        drugs={},
        classes={},
        conditions={},
        quantities={POTASSIUM: _quantity("potassium", unit), weeks.quantity_id: weeks},
        allergens={},
        states={},
        genes={},
    )


VOCABULARY = _vocabulary()
REPEATED = QuantityRepeated(quantity=POTASSIUM, interval=ABOVE_5, times=2, within_days=90, apart_days=7)


@pytest.mark.parametrize(
    ("atom", "said"),
    [
        (
            TakesDrug(drug=KETOCONAZOLE, dose=FROM_200),
            {"single dose of exactly 200 mg": True, "single dose just below 200 mg": False},
        ),
        (
            TakesDrug(drug=ClassId("inhibitor"), count=3),
            {"exactly 3 drugs": True, "exactly 2 drugs": False},
        ),
        (
            TakesDrug(drug=KETOCONAZOLE, started=MONTH),
            {"first day of exactly 30 d": True, "first day just above 30 d": False},
        ),
        (
            TakesDrug(drug=KETOCONAZOLE, routes=(Route.ORAL,), besides=(DrugId("ritonavir"),)),
            {"oral route": True, "another route": False, "ritonavir alone": False},
        ),
        (
            StoppedDrug(drug=KETOCONAZOLE, ago=Interval(unit="d", low=Decimal(30), low_closed=False)),
            {"last day of exactly 30 d": False, "last day just above 30 d": True},
        ),
        (
            HasCondition(condition=ULCER, began=MONTH),
            {"onset of exactly 30 d": True, "onset just above 30 d": False, "over": False},
        ),
        (HasCondition(condition=ULCER, past=True), {"present": False}),
        (
            PlansProcedure(procedure=ULCER, within_days=14),
            {"14 days away": True, "15 days away": False},
        ),
        (
            HasAllergy(allergen=PENICILLINS, at_least=AllergySeverity.SEVERE, kind=AllergyKind.ALLERGY),
            {"severe reaction": True, "moderate reaction": False, "intolerance": False},
        ),
        (
            QuantityChange(quantity=POTASSIUM, direction=Direction.RISES, by=FROM_200, within_days=7),
            {
                "change of exactly 200 mg": True,
                "change just below 200 mg": False,
                "7 days away": True,
                "8 days away": False,
            },
        ),
        (
            REPEATED,
            {
                "values of exactly 5.5 mmol/L": False,
                "values just above 5.5 mmol/L": True,
                "90 days away": True,
                "91 days away": False,
                "only 1 of 2 such values": False,
                "values 7 days apart": True,
                "values 6 days apart": False,
            },
        ),
        (InTrimester(trimesters=(1, 2)), {"28 weeks": False, "just before 28 weeks": True}),
        (InTrimester(trimesters=(2,)), {
            "14 weeks": True, "just before 14 weeks": False, "28 weeks": False, "just before 28 weeks": True,
        }),
    ],
)  # fmt: skip
def test_each_edge_tells_the_truth_of_the_atom_there(atom: Atom, said: dict[str, bool]) -> None:
    assert {edge.says: edge.holds for edge in edges_of(atom, _as_asked(atom))} == said


def _as_asked(atom: Atom) -> Vocabulary:
    """Return the vocabulary in which a change may be asked for in milligrams."""
    if not isinstance(atom, QuantityChange):
        return VOCABULARY
    return _vocabulary("mg")


@pytest.mark.parametrize(
    ("atom", "planted"),
    [
        (
            TakesDrug(drug=KETOCONAZOLE, dose=FROM_200, routes=(Route.ORAL, Route.BUCCAL)),
            [
                "the route of ketoconazole dropped",
                "the route oral of ketoconazole dropped",
                "the route buccal of ketoconazole dropped",
                "the limit 200 of the dose of ketoconazole became 180",
                "the limit 200 of the dose of ketoconazole became 220",
                "the limit 200 of the dose of ketoconazole became open where it was closed",
                "the dose of ketoconazole became one of a day",
                "the dose of ketoconazole dropped",
            ],
        ),
        (
            TakesDrug(drug=ClassId("inhibitor"), count=2, besides=(KETOCONAZOLE,)),
            [
                "2 drugs of inhibitor became 1",
                "2 drugs of inhibitor became 3",
                "ketoconazole came to count for inhibitor",
            ],
        ),
        (
            HasCondition(condition=ULCER, ever=True),
            ["ulcer: ever became now", "ulcer: ever became past"],
        ),
        (HasCondition(condition=ULCER), []),
        (
            PlansProcedure(procedure=ULCER, within_days=14),
            ["the window 14 days of ulcer became 7", "the window 14 days of ulcer became 28"],
        ),
        (
            HasAllergy(allergen=PENICILLINS, at_least=AllergySeverity.SEVERE, reactions=(ReactionKind.RASH,)),
            [
                "severe of penicillins became moderate",
                "severe of penicillins became life-threatening",
                "the reaction to penicillins dropped",
            ],
        ),
        (
            InTrimester(trimesters=(1,)),
            [
                "trimester 2 added",
                "trimester 3 added",
                "trimester 1 became 2",
                "trimester 1 became 3",
            ],
        ),
    ],
)
def test_every_mistake_an_author_could_make_is_planted(atom: Atom, planted: list[str]) -> None:
    assert [message for _, message in edits_of_atom(atom, VOCABULARY)] == planted


def test_a_repetition_is_counted_limited_and_windowed_otherwise() -> None:
    changed = {message: edit for edit, message in edits_of_atom(REPEATED, VOCABULARY)}

    for message in (
        "2 times potassium became 1",
        "2 times potassium became 3",
        "7 days between values of potassium dropped",
        "the window 90 days of potassium became 45",
        "the window 90 days of potassium became 180",
        "the limit 5.5 of potassium became 5.6",
    ):
        assert changed[message] != REPEATED
