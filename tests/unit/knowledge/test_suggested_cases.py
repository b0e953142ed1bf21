"""Cases made from a rule's tree: each loads as written and gives what it says."""

from __future__ import annotations

import pytest
from proved_packs import Quiet, assessor, pack_of, rule_text, with_rules
from small_pack import DAY

from engine.domain.ids import RuleId
from engine.domain.pack import PackFile
from engine.errors import NotFound
from engine.inference.reference import ReferenceEngine
from engine.knowledge.case_facts import open_cases
from engine.knowledge.case_runs import load_to_run, run_cases
from engine.knowledge.coverage import measure_coverage
from engine.knowledge.mutation import measure_mutation
from engine.knowledge.suggested_cases import Suggestion, suggest_cases

TREES = [
    "{quantity: crcl, below: '15 mL/min'}",
    "{quantity: crcl, above: '15 mL/min', at_most: '30 mL/min'}",
    "{all: [{quantity: crcl, below: '15 mL/min'}, {not: {takes: ketoconazole}}]}",
    "{any: [{concept: bleeding.active}, {all: [{takes: ketoconazole}, {concept: cyp2c9.poor}]}]}",
    "{at_least_n: {n: 2, of: [{quantity: age, at_least: '80 a'}, {state: pregnant}, {takes: ritonavir}]}}",
    "{all: [{allergy: penicillins}, {diplotype: {gene: CYP2C9, is: ['*1/*3', '*2/*3']}}]}",
    "{all: [{sex: female}, {quantity: age, below: '56 a'}, {state: pregnant}]}",
]


def _suggested(when: str) -> tuple[Suggestion, tuple[PackFile, ...]]:
    files = with_rules(rule_text("x.rule", when))
    made = suggest_cases(pack_of(files), files, DAY, "x.rule", assessor())
    return made, (*files, PackFile(path="rules/own.cases.yaml", content=made.text.encode()))


@pytest.mark.parametrize("when", TREES)
def test_every_suggested_case_gives_what_it_says(when: str) -> None:
    made, files = _suggested(when)

    report = run_cases(files, DAY, assessor(), Quiet(), only="rules/own.cases.yaml")

    assert (report.passed, report.failed) == (len(made.cases), 0)
    assert len({each.name for each in made.cases}) > 1


@pytest.mark.parametrize("when", TREES)
def test_suggested_cases_cover_the_rule_and_notice_the_mistakes_in_it(when: str) -> None:
    _, files = _suggested(when)
    book = open_cases(files, load_to_run(files, DAY))
    assert book is not None

    report = measure_coverage(book, ReferenceEngine())
    mistakes = measure_mutation(book, ReferenceEngine(), Quiet())

    assert [str(item) for item in report.uncovered if item.owner == "x.rule"] == []
    assert [str(mutant) for mutant in mistakes.survivors if mutant.owner == "x.rule"] == []


def test_a_limit_at_the_end_of_what_is_plausible_is_told() -> None:
    made, _ = _suggested("{quantity: crcl, at_least: '0 mL/min'}")

    assert any("the end of what is plausible" in sentence for sentence in made.left_out)


def test_a_rule_the_pack_does_not_have_is_refused_with_the_nearest_name() -> None:
    files = with_rules(rule_text("x.rule", TREES[0]))

    with pytest.raises(NotFound, match=r"x\.rul") as refusal:
        suggest_cases(pack_of(files), files, DAY, "x.rul", assessor())

    assert "x.rule" in refusal.value.hint


REVIEW = """
indications:
  review:
    title: Review
    question: What needs attention?
    options_from: medications
    conditions: []
    scores: []
    model: null
    no_model_reason: Nothing is ranked.
"""


def test_a_drug_of_the_record_is_planned_in_its_cases_so_that_no_premise_sees_it() -> None:
    rule = rule_text("x.rule", "{takes: ritonavir}", options="[ketoconazole]")
    files = (*with_rules(rule), PackFile(path="review.yaml", content=REVIEW.encode()))

    made = suggest_cases(pack_of(files), files, DAY, "x.rule", assessor())

    assert {each.then[RuleId("x.rule")].value for each in made.cases} == {"fires", "silent", "undecided"}
    for each in made.cases:
        planned = [entry for entry in each.patient.medications if entry.name == "ketoconazole"]
        assert [entry.details for entry in planned] == [{"status": "planned"}]
