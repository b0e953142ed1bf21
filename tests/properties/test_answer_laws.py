"""Laws of the answers to why not and what would settle it, on the shipped pack and generated rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from builders import a_decision
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from packs import INDICATION, ToldFacts, a_bare_record, a_concept, a_pack, a_rule, an_option, derived, has
from questions import (
    AF,
    DOSE,
    NOW,
    REFERENCE,
    asked,
    assessor,
    demo_patients,
    enter,
    floors,
    shipped_pack,
)

from engine.decision.assessment import RuleAssessor
from engine.decision.information import information
from engine.decision.recomputed import recomputed
from engine.decision.trials import Trials
from engine.decision.why_not import why_not
from engine.domain.atoms import QuantityWithin
from engine.domain.findings import MissingKind
from engine.domain.ids import ConditionId, IndicationId, OptionId, RuleId
from engine.domain.patient import PatientRecord, Statement, StatementKind
from engine.domain.quantities import plain
from engine.domain.rules import AllOf, AnyOf, AtLeast, Jurisdiction, Negation, Premise
from engine.domain.truth import Truth
from engine.domain.vocabulary import Condition, QuantityKind
from engine.domain.why_not import WhyNot

law = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])

patients = st.sampled_from(range(10)).map(lambda place: demo_patients()[place])
indications = st.sampled_from([AF, DOSE])


def _without(record: PatientRecord, name: str) -> PatientRecord:
    nothing: dict[str, Any] = {name: ()}
    return replace(record, **nothing)


@st.composite
def records(draw: st.DrawFn) -> PatientRecord:
    """A demonstration patient with some of the data taken away."""
    record = draw(patients)
    for name in draw(st.sets(st.sampled_from(("observations", "genotypes", "states", "reviews")))):
        record = _without(record, name)
    measured = sorted({one.quantity for one in record.observations})
    gone = draw(st.sets(st.sampled_from(measured))) if measured else set()
    kept = tuple(one for one in record.observations if one.quantity not in gone)
    return replace(record, observations=kept)


_NAMES = ("p", "q", "r")
premises = st.recursive(
    st.sampled_from(_NAMES).map(has) | st.just(derived("c")),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(parts=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(parts=tuple(parts))),
        inner.map(lambda part: Negation(part=part)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AtLeast(count=2, parts=tuple(parts))),
    ),
    max_leaves=6,
)
_CONDITIONS = {ConditionId(name): Condition(condition_id=ConditionId(name), title=name) for name in _NAMES}
concepts = st.sampled_from(_NAMES).map(has) | st.just(Negation(part=has("p")))
told = st.fixed_dictionaries({name: st.sampled_from(list(Truth)) for name in _NAMES})


def _asked_of_a_rule(premise: Premise, below: Premise, truths: dict[str, Truth]) -> tuple[Truth, WhyNot]:
    bare = a_pack(
        rules=[a_rule("rule", premise, "a")], concepts=[a_concept("c", below)], options=[an_option("a")]
    )
    pack = replace(bare, vocabulary=replace(bare.vocabulary, conditions=_CONDITIONS))
    judge = RuleAssessor(lambda _: ToldFacts(truths), REFERENCE)
    record = a_bare_record()
    decision = a_decision(
        record=record,
        request=replace(a_decision().request, indication_id=INDICATION, jurisdiction=Jurisdiction.EU),
        assessments=judge.assess(pack, record, INDICATION, Jurisdiction.EU, NOW),
    )
    again = recomputed(decision, pack, judge, REFERENCE)
    return again.evaluation.rules[RuleId("rule")], why_not(again, OptionId("a"), REFERENCE)


@given(premise=premises, below=concepts, truths=told)
@settings(deadline=None, max_examples=200)
def test_a_rule_has_failing_premises_exactly_where_it_did_not_fire(
    premise: Premise, below: Premise, truths: dict[str, Truth]
) -> None:
    truth, answer = _asked_of_a_rule(premise, below, truths)

    told_of = [*answer.near_misses, *answer.undecided, *answer.others]
    assert bool(told_of) is (truth is not Truth.TRUE)
    for rule in told_of:
        assert rule.truth is truth
        assert rule.failing
        assert all(item.truth is not Truth.TRUE for item in rule.failing)
        assert all(bool(item.missing) is (item.truth is Truth.UNKNOWN) for item in rule.failing)


one_way = st.recursive(
    st.sampled_from(_NAMES).map(has) | st.just(derived("c")),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(parts=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(parts=tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AtLeast(count=2, parts=tuple(parts))),
    ),
    max_leaves=6,
)


@given(premise=one_way, negated=st.booleans(), below=st.sampled_from(_NAMES), truths=told)
@settings(deadline=None, max_examples=200)
def test_turning_every_failing_premise_makes_the_rule_fire_unless_it_needs_one_both_ways(
    premise: Premise, *, negated: bool, below: str, truths: dict[str, Truth]
) -> None:
    whole = Negation(part=premise) if negated else premise
    _, answer = _asked_of_a_rule(whole, has(below), truths)
    silent = [*answer.near_misses, *answer.undecided, *answer.others]
    assume(silent)

    turned = {
        item.symbol.removeprefix("condition:"): Truth.FALSE if item.negated else Truth.TRUE
        for item in silent[0].failing
    }
    truth, _ = _asked_of_a_rule(whole, has(below), truths | turned)

    assert truth is Truth.TRUE


@given(record=records(), indication=indications, data=st.data())
@law
def test_every_rule_that_speaks_of_an_option_fired_or_is_told_once(
    record: PatientRecord, indication: IndicationId, data: st.DataObject
) -> None:
    source = asked(record, indication)
    option = data.draw(st.sampled_from([item.option_id for item in source.indication.options]))

    answer = why_not(source, option, REFERENCE)

    told_of = [rule.rule_id for rule in (*answer.near_misses, *answer.undecided, *answer.others)]
    about = [rule for rule in source.program.rules if option in rule.options]
    silent = [rule.rule_id for rule in about if source.evaluation.rules[rule.rule_id] is not Truth.TRUE]
    assert sorted(told_of) == sorted(silent)
    assert answer.fired == len(source.decision.assessed(option).findings)


@given(record=records(), indication=indications, data=st.data())
@law
def test_crossing_the_threshold_of_a_near_miss_makes_its_premise_true(
    record: PatientRecord, indication: IndicationId, data: st.DataObject
) -> None:
    source = asked(record, indication)
    option = data.draw(st.sampled_from([item.option_id for item in source.indication.options]))
    near = why_not(source, option, REFERENCE).near_misses
    assume(near)
    rule = data.draw(st.sampled_from(near))
    premise = next(item for item in rule.failing if item.margin == rule.nearest)
    assert premise.margin is not None

    margin = premise.margin
    assert margin.crosses_at is not None
    known = shipped_pack().vocabulary.quantities[margin.quantity]
    step = Decimal(1).scaleb(-known.decimals)
    beyond = abs(margin.crosses_at.value - margin.value.value) - margin.distance.value
    assert 0 <= beyond <= step
    assert margin.interval.contains(margin.value) is premise.negated
    assert margin.interval.contains(margin.crosses_at) is not premise.negated
    if known.kind is not QuantityKind.MEASURED:
        return
    value = Statement(
        kind=StatementKind.QUANTITY,
        subject=margin.quantity,
        value=plain(margin.crosses_at.value),
        unit=known.unit,
    )
    crossed = asked(enter(record, value), indication)
    fact = crossed.base.facts[premise.symbol]
    assert fact.truth is (Truth.FALSE if premise.negated else Truth.TRUE)


@given(record=records(), indication=indications)
@settings(law, max_examples=6)
def test_deciding_what_a_datum_reaches_equals_deciding_everything(
    record: PatientRecord, indication: IndicationId
) -> None:
    source = asked(record, indication)
    trials = Trials(source, floors())
    for item in source.appraisal.to_settle:
        hypotheses = trials.hypotheses().of(item.datum)
        for hypothesis, judged in zip(hypotheses, trials.judged(hypotheses), strict=True):
            whole = assessor().assess(shipped_pack(), hypothesis.record, indication, Jurisdiction.EU, NOW)
            assert {one.option.option_id: one.verdict for one in whole} == judged.verdicts, hypothesis.says


@given(record=records(), indication=indications, data=st.data())
@law
def test_an_outcome_says_what_a_recommendation_on_that_record_says(
    record: PatientRecord, indication: IndicationId, data: st.DataObject
) -> None:
    outcomes = [
        outcome for value in information(asked(record, indication), floors()) for outcome in value.outcomes
    ]
    enterable = [outcome for outcome in outcomes if outcome.statement is not None]
    assume(enterable)
    outcome = data.draw(st.sampled_from(enterable))
    assert outcome.statement is not None

    entered = asked(enter(record, outcome.statement), indication)

    said = {item.option.option_id: item.verdict for item in entered.decision.assessments}
    assert said == dict(outcome.verdicts)
    before = asked(record, indication).undecided
    assert set(outcome.settled) == before - entered.undecided


@given(record=records(), indication=indications, data=st.data())
@law
def test_taking_data_away_never_leaves_an_undecided_rule_without_a_datum(
    record: PatientRecord, indication: IndicationId, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(("observations", "genotypes", "reviews")))
    poorer = _without(record, name)

    before = _covered(record, indication)
    after = _covered(poorer, indication)

    assert before <= after
    assert after == asked(poorer, indication).undecided


def _covered(record: PatientRecord, indication: IndicationId) -> frozenset[RuleId]:
    values = information(asked(record, indication), floors())
    return frozenset(rule for value in values for rule in value.rules)


@given(record=records(), indication=indications, data=st.data())
@law
def test_no_value_between_two_outcomes_of_a_quantity_makes_a_difference(
    record: PatientRecord, indication: IndicationId, data: st.DataObject
) -> None:
    values = information(asked(record, indication), floors())
    measured = [
        value for value in values if value.datum.kind is MissingKind.QUANTITY and len(value.outcomes) > 1
    ]
    assume(measured)
    value = data.draw(st.sampled_from(measured))
    known = next(
        item
        for item in shipped_pack().vocabulary.quantities.values()
        if item.quantity_id == value.datum.subject
    )
    assume(known.plausible_low is not None and known.plausible_high is not None)
    step = Decimal(1).scaleb(-known.decimals)
    drawn = data.draw(st.decimals(known.plausible_low, known.plausible_high, places=known.decimals)).quantize(
        step
    )
    entered = asked(
        enter(
            record,
            Statement(
                kind=StatementKind.QUANTITY, subject=known.quantity_id, value=plain(drawn), unit=known.unit
            ),
        ),
        indication,
    )

    said = {item.option.option_id: item.verdict for item in entered.decision.assessments}
    assert said in [dict(outcome.verdicts) for outcome in value.outcomes]


def test_the_reach_of_an_atom_names_its_quantity() -> None:
    source = asked(demo_patients()[0])
    trials = Trials(source, floors())
    for atom in trials.listening.atoms:
        if isinstance(atom, QuantityWithin):
            assert ("quantity", atom.quantity) in trials.listening.reach.keys(atom)
