"""Planted mistakes: which there are, which of them cases notice, and which change nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proved_packs import Quiet, rule_text, with_rules
from small_pack import DAY, base_files, loaded, text_of

from engine.domain.atoms import HasState, QuantityWithin, TakesDrug
from engine.domain.ids import ConceptId, DrugId, QuantityId, StateId
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.inference.reference import ReferenceEngine
from engine.knowledge.case_facts import CaseBook, open_cases
from engine.knowledge.case_runs import load_to_run
from engine.knowledge.mutants import edits_of, mutants_of
from engine.knowledge.mutation import MutationReport, measure_mutation

PACK = loaded(base_files())
PATIENTS = text_of("rules/apixaban.cases.yaml").split("cases:")[0]


def _within(
    low: str | None, high: str | None, *, low_closed: bool = True, high_closed: bool = False
) -> QuantityWithin:
    return QuantityWithin(
        quantity=QuantityId("crcl"),
        interval=Interval(
            unit="mL/min",
            low=None if low is None else Decimal(low),
            high=None if high is None else Decimal(high),
            low_closed=low_closed,
            high_closed=high_closed,
        ),
    )


LEAVES: tuple[Premise, ...] = (
    TakesDrug(drug=DrugId("ketoconazole")),
    HasState(state=StateId("pregnant")),
    Derived(concept=ConceptId("bleeding.active")),
    _within(None, "15"),
    _within("15", "30"),
    _within("15", "15", high_closed=True),
    _within("30", None, low_closed=False),
)


def _trees(below: st.SearchStrategy[Premise]) -> st.SearchStrategy[Premise]:
    parts = st.lists(below, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        parts.map(lambda each: AllOf(parts=each)),
        parts.map(lambda each: AnyOf(parts=each)),
        parts.map(lambda each: AtLeast(count=1, parts=each)),
        below.map(lambda each: Negation(part=each)),
    )


@given(st.recursive(st.sampled_from(LEAVES), _trees, max_leaves=6))
def test_no_mistake_leaves_the_premise_as_it_was_and_none_comes_twice(premise: Premise) -> None:
    changed = [each for each, _ in edits_of(premise, PACK.vocabulary)]

    assert premise not in changed
    assert len(changed) == len(set(changed))
    assert Negation(part=premise) in changed


@pytest.mark.parametrize(
    ("premise", "said"),
    [
        (_within(None, "15"), ["14.9", "15.1", "13.5", "16.5", "closed where it was open"]),
        (_within("15", None), ["14.9", "15.1", "13.5", "16.5", "open where it was closed"]),
        (
            AllOf(parts=LEAVES[:2]),
            ["all became any", '"takes:ketoconazole" dropped', '"state:pregnant" dropped'],
        ),
        (AnyOf(parts=LEAVES[:2]), ["any became all"]),
        (
            AtLeast(count=2, parts=LEAVES[:3]),
            ["at least 2 became at least 1", "at least 2 became at least 3"],
        ),
        (Negation(part=LEAVES[0]), ['the negation of "takes:ketoconazole" taken away']),
    ],
)
def test_every_sort_of_mistake_is_made(premise: Premise, said: list[str]) -> None:
    messages = [message for _, message in edits_of(premise, PACK.vocabulary)]

    for words in said:
        assert any(message.endswith(words) or words in message for message in messages), words


def test_no_interval_that_holds_nothing_is_made() -> None:
    for changed, _ in edits_of(_within("15", "15", high_closed=True), PACK.vocabulary):
        if isinstance(changed, QuantityWithin) and changed.interval.low == changed.interval.high:
            assert changed.interval.low_closed
            assert changed.interval.high_closed


def _measured(
    when: str, *crcl: tuple[str, str], sample: int | None = None, takes: str = "[]"
) -> MutationReport:
    cases = "".join(
        f"  - name: c{number}\n    on: 2026-11-01\n    indication: af\n"
        f'    given: {{like: complete, medications: {takes}, quantities: {{crcl: "{value}"}}}}\n'
        f"    then: {{x.rule: {said}}}\n"
        for number, (value, said) in enumerate(crcl)
    )
    files = with_rules(rule_text("x.rule", when), cases=f"{PATIENTS}cases:\n{cases}")
    return measure_mutation(_book(files), ReferenceEngine(), Quiet(), sample=sample)


def _book(files: tuple) -> CaseBook:  # type: ignore[type-arg]
    book = open_cases(files, load_to_run(files, DAY))
    assert book is not None
    return book


LOW = "{quantity: crcl, below: '15 mL/min'}"


def test_cases_at_the_limit_and_a_step_below_notice_every_moved_limit() -> None:
    report = _measured(LOW, ("15 mL/min", "silent"), ("14.9 mL/min", "fires"))

    assert [mutant.message for mutant in report.survivors if mutant.owner == "x.rule"] == []
    assert report.killed == 6


def test_a_case_far_from_the_limit_lets_moved_limits_survive_and_names_their_place() -> None:
    report = _measured(LOW, ("80 mL/min", "silent"), ("2 mL/min", "fires"))

    assert [str(mutant) for mutant in report.survivors] == [
        f"rules/own.yaml:2: x.rule: the limit 15 of crcl became {what}"
        for what in ("14.9", "15.1", "13.5", "16.5", "closed where it was open")
    ]
    assert report.score == pytest.approx(1 / 6)


def test_a_mistake_that_changes_nothing_counts_neither_way() -> None:
    report = _measured(
        "{any: [{takes: ketoconazole}, {takes: strong_cyp3a4_inhibitor}]}", ("80 mL/min", "silent")
    )

    assert report.equal == 1
    assert all(
        "ketoconazole" not in mutant.message or "dropped" not in mutant.message for mutant in report.survivors
    )
    assert report.killed + len(report.survivors) + report.equal == len(
        [
            mutant
            for mutant in mutants_of(
                loaded(
                    with_rules(
                        rule_text(
                            "x.rule", "{any: [{takes: ketoconazole}, {takes: strong_cyp3a4_inhibitor}]}"
                        )
                    )
                )
            )
            if mutant.owner == "x.rule"
        ]
    )


def test_a_concept_no_rule_rests_on_is_told_as_untried() -> None:
    report = _measured(LOW, ("15 mL/min", "silent"))

    assert "bleeding.active" in report.untried


def test_a_mistake_in_a_concept_is_noticed_through_a_rule() -> None:
    files = base_files()
    report = measure_mutation(_book(files), ReferenceEngine(), Quiet())

    assert "bleeding.active" not in report.untried
    assert not [mutant for mutant in report.survivors if mutant.owner == "bleeding.active"]


def test_a_sample_is_the_same_every_time_and_spread_evenly() -> None:
    one, two = (_measured(LOW, ("80 mL/min", "silent"), sample=3) for _ in range(2))

    assert one == two
    assert one.of > 3
    assert one.killed + len(one.survivors) + one.equal <= 3
