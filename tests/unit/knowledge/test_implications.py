"""What follows by shape alone is always so: every conclusion is held against values and truths."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from small_pack import base_files, loaded

from engine.domain.atoms import HasSex, HasState, InTrimester, QuantityWithin, StoppedDrug, TakesDrug
from engine.domain.ids import ClassId, ConceptId, DrugId, QuantityId, StateId
from engine.domain.patient import Route, Sex
from engine.domain.quantities import Interval, Quantity
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.knowledge.implications import all_parts, apart, clashing, follows, open_ends, within

PACK = loaded(base_files())
POINTS = [Decimal(number) / 2 for number in range(12)]
ENDS = st.none() | st.sampled_from(POINTS[1:-1:2])


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Draw an interval that holds something."""
    low, high = draw(ENDS), draw(ENDS)
    assume(low is not None or high is not None)
    closed = draw(st.tuples(st.booleans(), st.booleans()))
    assume(low is None or high is None or low < high or (low == high and all(closed)))
    return Interval(unit="mL/min", low=low, low_closed=closed[0], high=high, high_closed=closed[1])


def held(interval: Interval) -> set[Decimal]:
    """Return the points of the grid, which lies on and between all ends, that an interval holds."""
    return {point for point in POINTS if interval.contains(Quantity(value=point, unit="mL/min"))}


@given(intervals(), intervals())
def test_intervals_lie_in_each_other_or_apart_just_as_their_values_do(one: Interval, other: Interval) -> None:
    assert within(one, other) == (held(one) <= held(other))
    assert apart(one, other) == held(one).isdisjoint(held(other))


@given(intervals(), intervals())
def test_a_point_left_open_lies_between_both_and_in_neither(one: Interval, other: Interval) -> None:
    for point in open_ends(one, other):
        (value,) = held(point)
        assert value not in held(one) | held(other)
        assert {value - Decimal("0.5"), value + Decimal("0.5")} <= held(one) | held(other)


def test_intervals_of_two_units_are_neither_within_nor_apart() -> None:
    one, other = Interval(unit="mg", low=Decimal(1)), Interval(unit="[IU]", high=Decimal(0))

    assert not within(one, other)
    assert not apart(one, other)


def _crcl(interval: Interval) -> Premise:
    return QuantityWithin(quantity=QuantityId("crcl"), interval=interval)


LEAVES = st.one_of(
    intervals().map(_crcl),
    st.sampled_from([HasSex(sex=Sex.MALE), HasSex(sex=Sex.FEMALE), HasState(state=StateId("pregnant"))]),
    st.sampled_from([(1,), (2,), (1, 2), (2, 3)]).map(lambda each: InTrimester(trimesters=each)),
)
PREMISES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(parts=tuple(parts))),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: AnyOf(parts=tuple(parts))),
        inner.map(lambda part: Negation(part=part)),
    ),
    max_leaves=6,
)
WORLDS = st.fixed_dictionaries(
    {
        "crcl": st.sampled_from(POINTS),
        "sex": st.sampled_from([Sex.MALE, Sex.FEMALE]),
        "trimester": st.sampled_from([0, 1, 2, 3]),
        "pregnant": st.booleans(),
    }
)


def holds(premise: Premise, world: dict[str, object]) -> bool:  # noqa: PLR0911 - one return a kind of node
    """Decide a premise for a patient about whom everything is known, as its words say."""
    match premise:
        case AllOf(parts=parts):
            return all(holds(part, world) for part in parts)
        case AnyOf(parts=parts):
            return any(holds(part, world) for part in parts)
        case AtLeast(count=count, parts=parts):
            return sum(holds(part, world) for part in parts) >= count
        case Negation(part=part):
            return not holds(part, world)
        case QuantityWithin(interval=interval):
            return world["crcl"] in held(interval)
        case HasSex(sex=sex):
            return world["sex"] is sex
        case InTrimester(trimesters=trimesters):
            return world["trimester"] in trimesters
        case _:
            return world["pregnant"] is True


@given(PREMISES, PREMISES, WORLDS)
def test_what_follows_holds_wherever_what_it_follows_from_does(
    wide: Premise, narrow: Premise, world: dict[str, object]
) -> None:
    assert follows(narrow, narrow)
    if follows(wide, narrow) and holds(narrow, world):
        assert holds(wide, world)
    joined = AllOf(parts=(narrow, wide))
    assert follows(wide, joined)


@given(PREMISES, WORLDS)
def test_no_patient_has_two_parts_that_clash(premise: Premise, world: dict[str, object]) -> None:
    if clashing(all_parts(premise, {}), PACK.vocabulary) is not None:
        assert not holds(premise, world)


KETOCONAZOLE = DrugId("ketoconazole")
DAYS = Interval(unit="d", high=Decimal(14), high_closed=True)


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (TakesDrug(drug=KETOCONAZOLE), StoppedDrug(drug=KETOCONAZOLE, ago=DAYS), True),
        # Of a class, one drug can be taken after another was stopped.
        (
            TakesDrug(drug=ClassId("strong_cyp3a4_inhibitor")),
            StoppedDrug(drug=ClassId("strong_cyp3a4_inhibitor"), ago=DAYS),
            False,
        ),
        (Derived(concept=ConceptId("cyp2c9.poor")), Derived(concept=ConceptId("cyp2c9.normal")), True),
        (Derived(concept=ConceptId("cyp2c9.poor")), Derived(concept=ConceptId("bleeding.active")), False),
    ],
)
def test_drugs_and_concepts_clash_by_what_they_stand_for(one: Premise, other: Premise, clash: bool) -> None:  # noqa: FBT001
    parts = all_parts(AllOf(parts=(one, other)), PACK.concepts)

    assert (clashing(parts, PACK.vocabulary) is not None) is clash


def test_a_drug_with_details_is_a_case_of_the_bare_one_but_not_the_other_way() -> None:
    bare = TakesDrug(drug=KETOCONAZOLE)
    detailed = TakesDrug(drug=KETOCONAZOLE, routes=(Route.ORAL,))

    assert follows(bare, detailed)
    assert not follows(detailed, bare)
