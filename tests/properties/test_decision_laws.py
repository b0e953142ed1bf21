"""Laws of verdicts and order that hold for any rules and any facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fakes import PlainEngine
from hypothesis import given, settings
from hypothesis import strategies as st
from packs import INDICATION, ToldFacts, a_bare_record, a_pack, a_rule, an_option, has

from engine.decision.assessment import RuleAssessor
from engine.decision.ordering import eligible, in_order
from engine.domain.findings import Severity
from engine.domain.ids import OptionId
from engine.domain.options import Assessment, EligibleOption, ModelScore, OrderedBy, Verdict
from engine.domain.rules import AllOf, AnyOf, AtLeast, Jurisdiction, Negation, Premise, Rule
from engine.domain.truth import Truth
from engine.errors import InvariantBroken
from engine.inference.crosscheck import CrosscheckedEngine, open_engine
from engine.ports import RuleEngine

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_NAMES = ("p", "q", "r", "s")
_OPTIONS = ("a", "b", "c")

premises = st.recursive(
    st.sampled_from(_NAMES).map(has),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(parts=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(parts=tuple(parts))),
        inner.map(lambda part: Negation(part=part)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: AtLeast(count=2, parts=tuple(parts))),
    ),
    max_leaves=6,
)


@st.composite
def rule_lists(draw: st.DrawFn) -> list[Rule]:
    """Up to five rules over the four conditions and three options."""
    made: list[Rule] = []
    for index in range(draw(st.integers(0, 5))):
        premise: Premise = draw(premises)
        options = draw(st.lists(st.sampled_from(_OPTIONS), min_size=1, unique=True))
        severity = draw(st.sampled_from(list(Severity)))
        made.append(a_rule(f"rule-{index}", premise, *options, severity=severity))
    return made


truths = st.fixed_dictionaries({name: st.sampled_from(list(Truth)) for name in _NAMES})


@pytest.fixture(scope="module")
def engine() -> Iterator[CrosscheckedEngine]:
    """The engine as it ships, with patience for a busy machine."""
    with open_engine(answer_seconds=30) as started:
        assert started.warm() == ()
        yield started


def _assess(
    rules: list[Rule], told: dict[str, Truth], engine: RuleEngine | None = None
) -> tuple[Assessment, ...]:
    pack = a_pack(rules=rules, options=[an_option(name) for name in _OPTIONS])
    assessor = RuleAssessor(lambda _: ToldFacts(told), engine or PlainEngine())
    return assessor.assess(pack, a_bare_record(), INDICATION, Jurisdiction.EU, _NOW)


_ORDER = [Verdict.CLEAR, Verdict.CAUTION, Verdict.UNASSESSABLE, Verdict.EXCLUDED]


@settings(deadline=None)  # another process answers
@given(rules=rule_lists(), told=truths, name=st.sampled_from(_NAMES))
def test_removing_a_fact_never_turns_excluded_or_not_assessable_into_clear(
    engine: CrosscheckedEngine, rules: list[Rule], told: dict[str, Truth], name: str
) -> None:
    before = _assess(rules, told, engine)

    after = _assess(rules, {**told, name: Truth.UNKNOWN}, engine)

    for old, new in zip(before, after, strict=True):
        if old.verdict in (Verdict.EXCLUDED, Verdict.UNASSESSABLE):
            assert new.verdict in (Verdict.EXCLUDED, Verdict.UNASSESSABLE)


@settings(deadline=None)
@given(rules=rule_lists(), told=truths, premise=premises, option=st.sampled_from(_OPTIONS))
def test_adding_a_contraindication_never_improves_a_verdict(
    engine: CrosscheckedEngine, rules: list[Rule], told: dict[str, Truth], premise: Premise, option: str
) -> None:
    before = _assess(rules, told, engine)

    after = _assess([*rules, a_rule("rule-new", premise, option)], told, engine)

    for old, new in zip(before, after, strict=True):
        assert _ORDER.index(new.verdict) >= _ORDER.index(old.verdict)


@given(rules=rule_lists(), told=truths)
def test_the_order_of_rules_never_matters(rules: list[Rule], told: dict[str, Truth]) -> None:
    assert _assess(rules, told) == _assess(rules[::-1], told)


@given(
    rules=rule_lists(),
    told=truths,
    order=st.permutations(_OPTIONS),
    scores=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
)
def test_nothing_excluded_or_not_assessable_is_ever_ranked_whatever_a_model_says(
    rules: list[Rule], told: dict[str, Truth], order: list[str], scores: list[float]
) -> None:
    assessments = _assess(rules, told)
    said = [
        ModelScore(option_id=OptionId(name), score=score, probability=None)
        for name, score in zip(order, scores, strict=True)
    ]

    ranked = in_order(eligible(assessments), said, [[OptionId(name)] for name in order])

    allowed = {item.option.option_id for item in assessments if item.verdict.eligible}
    assert {item.option_id for item in ranked} == allowed
    verdicts = {item.option.option_id: item.verdict for item in assessments}
    tiers = [verdicts[item.option_id] for item in ranked]
    assert tiers == sorted(tiers, key=_ORDER.index)


@given(told=truths)
def test_an_excluded_option_cannot_be_made_eligible_by_type(told: dict[str, Truth]) -> None:
    (excluded, *_) = _assess([a_rule("r", has("p"), "a")], {**told, "p": Truth.TRUE})

    with pytest.raises(InvariantBroken):
        EligibleOption(assessment=excluded)


def test_without_a_model_options_of_equal_evidence_tie() -> None:
    assessments = _assess([], {})

    ranked = in_order(eligible(assessments))

    assert [(item.place, item.tied, item.ordered_by) for item in ranked] == [
        (1, True, OrderedBy.EVIDENCE)
    ] * 3


def test_a_model_orders_inside_a_tier_and_what_it_cannot_separate_stays_tied() -> None:
    groups = [[OptionId("c")], [OptionId("a"), OptionId("b")]]

    ranked = in_order(eligible(_assess([], {})), (), groups)

    seen = [(item.option_id, item.place, item.tied) for item in ranked]
    assert seen == [("c", 1, False), ("a", 2, True), ("b", 2, True)]
    assert [item.moved_by_model for item in ranked] == [False, True, True]


def test_a_model_never_lifts_an_option_out_of_its_tier() -> None:
    rules = [a_rule("r", has("p"), "c", severity=Severity.CAUTION)]

    ranked = in_order(
        eligible(_assess(rules, {"p": Truth.TRUE})), (), [[OptionId("c")], [OptionId("a")], [OptionId("b")]]
    )

    assert [item.option_id for item in ranked] == ["a", "b", "c"]
