"""What is written becomes the atom it says: units converted, thresholds resolved, names sorted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from small_pack import DAY, a_rule_text, base_files, loaded

from engine.domain.atoms import (
    Direction,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import (
    AllergenId,
    ClassId,
    ConditionId,
    DrugId,
    GeneId,
    ParameterId,
    QuantityId,
    RuleId,
)
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route
from engine.domain.quantities import Interval
from engine.domain.rules import Premise
from engine.knowledge.load import load_pack

WORDS = """
conditions:
  surgery: {title: major surgery}
quantities:
  temperature:
    {title: body temperature, kind: measured, unit: Cel, conversions: {"[degF]": {factor: 0.5, offset: -16}}}
  gestational_age: {title: gestational age, kind: measured, unit: wk}
parameters:
  half: {title: half, unit: "%", values: {2020-01-01: {value: 50, source: {citation: label, where: x}}}}
  gram: {title: a gram, unit: g, values: {2020-01-01: {value: 1, source: {citation: label, where: x}}}}
"""


def read(when: str) -> Premise:
    """Return a premise as it is read in the small pack with a few more words."""
    return loaded(base_files(words=WORDS, x=a_rule_text(when))).rules[RuleId("x.rule")].when


def days(longer_than: int | None, at_most: int | None) -> Interval:
    """Return an interval of days as it is read."""
    return Interval(
        unit="d",
        low=None if longer_than is None else Decimal(longer_than),
        low_closed=longer_than is None,
        high=None if at_most is None else Decimal(at_most),
        high_closed=at_most is not None,
    )


INHIBITOR = ClassId("strong_cyp3a4_inhibitor")
CRCL = QuantityId("crcl")


@pytest.mark.parametrize(
    ("when", "atom"),
    [
        (
            "{takes: strong_cyp3a4_inhibitor, besides: [ritonavir], route: [rectal, oral, oral]}",
            TakesDrug(drug=INHIBITOR, besides=(DrugId("ritonavir"),), routes=(Route.ORAL, Route.RECTAL)),
        ),
        ("{takes: strong_cyp3a4_inhibitor, count: 2}", TakesDrug(drug=INHIBITOR, count=2)),
        (
            "{takes: ketoconazole, dose: {at_least: 250 mcg}, daily_dose: {below: gram}}",
            TakesDrug(
                drug=DrugId("ketoconazole"),
                dose=Interval(unit="mg", low=Decimal("0.25")),
                daily_dose=Interval(unit="mg", high=Decimal(1000)),
            ),
        ),
        (
            "{takes: ketoconazole, started_within: 2 weeks, started_before: 3 days}",
            TakesDrug(drug=DrugId("ketoconazole"), started=days(3, 14)),
        ),
        (
            "{stopped: ketoconazole, within: 14 days}",
            StoppedDrug(drug=DrugId("ketoconazole"), ago=days(None, 14)),
        ),
        (
            "{stopped: strong_cyp3a4_inhibitor, before: 14 days}",
            StoppedDrug(drug=INHIBITOR, ago=days(14, None)),
        ),
        (
            "{condition: surgery, past: yes, began_before: 90 days}",
            HasCondition(condition=ConditionId("surgery"), past=True, began=days(90, None)),
        ),
        (
            "{planned: surgery, within: 1 week}",
            PlansProcedure(procedure=ConditionId("surgery"), within_days=7),
        ),
        (
            "{allergy: penicillins, kind: allergy, severity: severe, reaction: [urticaria, anaphylaxis]}",
            HasAllergy(
                allergen=AllergenId("penicillins"),
                kind=AllergyKind.ALLERGY,
                at_least=AllergySeverity.SEVERE,
                reactions=(ReactionKind.ANAPHYLAXIS, ReactionKind.URTICARIA),
            ),
        ),
        (
            "{change: crcl, falls_by: 0.5 mL/s, within: 7 days}",
            QuantityChange(
                quantity=CRCL,
                direction=Direction.FALLS,
                by=Interval(unit="mL/min", low=Decimal(30)),
                within_days=7,
            ),
        ),
        (
            "{change: crcl, rises_by: {above: half, at_most: 80 %}, within: 7 days}",
            QuantityChange(
                quantity=CRCL,
                direction=Direction.RISES,
                by=Interval(unit="%", low=Decimal(50), low_closed=False, high=Decimal(80), high_closed=True),
                within_days=7,
                parameters=(ParameterId("half"),),
            ),
        ),
        (
            "{repeated: crcl, below: crcl_floor, times: 2, within: 90 days, apart: 1 day}",
            QuantityRepeated(
                quantity=CRCL,
                interval=Interval(unit="mL/min", high=Decimal(15)),
                times=2,
                within_days=90,
                apart_days=1,
                parameters=(ParameterId("crcl_floor"),),
            ),
        ),
        ("{trimester: [3, 2, 3]}", InTrimester(trimesters=(2, 3))),
    ],
)
def test_a_premise_becomes_the_atom_that_it_says(when: str, atom: Premise) -> None:
    assert read(when) == atom


def test_a_change_of_a_scale_with_an_offset_counts_degrees_not_the_zero() -> None:
    atom = read('{change: temperature, rises_by: "2 [degF]", within: 1 day}')

    assert isinstance(atom, QuantityChange)
    assert atom.by == Interval(unit="Cel", low=Decimal(1))


def test_a_bare_atom_stays_as_it_was() -> None:
    atom = read("{takes: ketoconazole}")

    assert isinstance(atom, TakesDrug)
    assert atom.bare


@pytest.mark.parametrize(
    ("score", "diplotypes", "inside", "outside"),
    [
        # The phenotypes of the table: poor below 1.5, normal from 1.5 on.
        ("below: 1.5", {"*1/*3", "*2/*2", "*2/*3", "*3/*3"}, {"Poor Metabolizer"}, {"Normal Metabolizer"}),
        ("at_most: 0.5", {"*2/*3", "*3/*3"}, set(), {"Normal Metabolizer"}),
        ("above: 0", {"*1/*1", "*1/*2", "*1/*3", "*2/*2", "*2/*3"}, {"Normal Metabolizer"}, set()),
        ("at_least: 1, at_most: 1.5", {"*1/*2", "*1/*3", "*2/*2"}, set(), set()),
    ],
)
def test_an_activity_score_is_a_list_of_diplotypes_and_of_reports_that_say_as_much(
    score: str, diplotypes: set[str], inside: set[str], outside: set[str]
) -> None:
    atom = read(f"{{activity_score: {{gene: CYP2C9, {score}}}}}")

    assert isinstance(atom, HasDiplotype)
    assert atom.gene == GeneId("CYP2C9")
    assert set(atom.diplotypes) == diplotypes
    assert len(atom.known) == 6
    assert set(atom.reported) == inside
    assert set(atom.known_reported) == inside | outside
    assert atom.scored is not None


def test_a_parameter_of_a_dose_holds_as_of_its_day() -> None:
    later = WORDS.replace("2020-01-01: {value: 1,", "2030-01-01: {value: 1,")
    text = a_rule_text("{takes: ketoconazole, dose: {above: gram}}")
    pack, diagnostics = load_pack(base_files(words=later, x=text), DAY, cases=False)

    assert pack is None
    assert [item.code for item in diagnostics if item.span.path == "x.yaml"] == ["no-value-in-force"]
