"""Proofs about small packs: each finds what was planted, and shows a patient who bears it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from proved_packs import Quiet, assessor, of_kind, pack_of, proved, rule_text, with_rules
from small_pack import DAY

from engine.domain.ids import RuleId
from engine.domain.pack import PackFile
from engine.knowledge.case_runs import run_cases
from engine.knowledge.case_schema import Expectation
from engine.knowledge.proof_records import ProofKind
from engine.knowledge.proofs import prove
from engine.knowledge.shown_patients import case_file
from engine.knowledge.solving import Answer
from engine.knowledge.world import World

LOW = "{quantity: crcl, below: '15 mL/min'}"
BLEEDS = "condition: gastrointestinal_bleeding"
FLOOR = rule_text("x.floor", LOW, kind="contraindication", severity="avoid", options="[doac]")


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{quantity: crcl, below: '15 mL/min'}, {quantity: crcl, above: '30 mL/min'}]}",
        "{all: [{takes: ketoconazole}, {not: {takes: strong_cyp3a4_inhibitor}}]}",
        "{all: [{sex: male}, {state: pregnant}]}",
        "{all: [{sex: male}, {sex: female}]}",
        "{all: [{concept: cyp2c9.poor}, {concept: cyp2c9.normal}]}",
        f"{{all: [{{{BLEEDS}}}, {{not: {{{BLEEDS}, ever: true}}}}]}}",
        "{quantity: crcl, above: '300 mL/min'}",
        "{all: [{diplotype: {gene: CYP2C9, is: ['*1/*1']}}, {concept: cyp2c9.poor}]}",
    ],
)
def test_a_rule_whose_premise_contradicts_itself_is_unreachable(when: str) -> None:
    report = proved(rule_text("x.dead", when), FLOOR)

    assert [proof.rules for proof in of_kind(report, ProofKind.UNREACHABLE)] == [("x.dead",)]


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{quantity: crcl, at_most: '15 mL/min'}, {quantity: crcl, at_least: '15 mL/min'}]}",
        "{all: [{takes: strong_cyp3a4_inhibitor}, {not: {takes: ketoconazole}}]}",
        "{all: [{sex: female}, {state: pregnant}, {quantity: age, below: '56 a'}]}",
        f"{{all: [{{{BLEEDS}, ever: true}}, {{not: {{{BLEEDS}}}}}]}}",
        "{all: [{diplotype: {gene: CYP2C9, is: ['*2/*3']}}, {concept: cyp2c9.poor}]}",
        "{at_least_n: {n: 2, of: [{takes: ketoconazole}, {takes: ritonavir}, {state: pregnant}]}}",
        "{all: [{reported_phenotype: {gene: CYP2C9, is: [Poor Metabolizer]}}, {concept: cyp2c9.poor}]}",
        "{allergy: penicillins}",
        "{quantity: age, below: '1 a'}",
    ],
)
def test_a_premise_that_can_hold_is_shown_holding(when: str) -> None:
    report = proved(rule_text("x.one", when), rule_text("x.two", when), everything=True)

    shown = [proof for proof in report.proofs if proof.shown is not None]
    assert not of_kind(report, ProofKind.UNREACHABLE)
    assert shown
    assert {proof.unconfirmed for proof in shown} == {""}


def test_a_rule_that_a_wider_one_covers_is_subsumed_and_shown() -> None:
    narrow = rule_text("x.narrow", "{quantity: crcl, below: '10 mL/min'}")

    report = proved(narrow, rule_text("x.wide", LOW))

    (proof,) = of_kind(report, ProofKind.SUBSUMED)
    assert proof.rules == ("x.narrow", "x.wide")
    assert proof.shown is not None
    assert proof.unconfirmed == ""
    assert {str(span) for span in proof.spans} == {"rules/own.yaml:2", "rules/own.yaml:12"}


@pytest.mark.parametrize(
    "change",
    [{"severity": "note"}, {"kind": "monitoring"}, {"options": "[rivaroxaban]"}, {"jurisdiction": "US"}],
)
def test_a_rule_is_not_subsumed_by_one_that_says_less_or_something_else(change: dict[str, str]) -> None:
    narrow = rule_text("x.narrow", "{quantity: crcl, below: '10 mL/min'}")

    report = proved(narrow, rule_text("x.wide", LOW, **change))

    assert not of_kind(report, ProofKind.SUBSUMED)


def test_two_doses_for_one_patient_contradict_each_other() -> None:
    half = rule_text("x.half", LOW, kind="dose adjustment", dose="2 mg")
    full = rule_text("x.full", "{takes: ketoconazole}", kind="dose adjustment", dose="5 mg")

    (proof,) = of_kind(proved(half, full), ProofKind.CONTRADICTION)

    assert proof.shown is not None
    assert [entry.name for entry in proof.shown.patient.medications] == ["ketoconazole"]
    assert proof.unconfirmed == ""


def test_two_doses_do_not_contradict_where_the_option_is_excluded_anyway() -> None:
    half = rule_text("x.half", LOW, kind="dose adjustment", dose="2 mg")
    full = rule_text("x.full", "{quantity: crcl, below: '12 mL/min'}", kind="dose adjustment", dose="5 mg")

    assert not of_kind(proved(half, full, FLOOR), ProofKind.CONTRADICTION)


def test_two_doses_of_two_labels_do_not_contradict() -> None:
    half = rule_text("x.half", LOW, kind="dose adjustment", dose="2 mg", jurisdiction="EU")
    full = rule_text("x.full", LOW, kind="dose adjustment", dose="5 mg", jurisdiction="US")

    assert not of_kind(proved(half, full), ProofKind.CONTRADICTION)


def test_a_preference_contradicts_an_exclusion_for_the_same_reason() -> None:
    liked = rule_text("x.liked", "{quantity: crcl, below: '30 mL/min'}", kind="preference", severity="note")

    (proof,) = of_kind(proved(liked, FLOOR), ProofKind.CONTRADICTION)

    assert "quantity crcl" in proof.message
    assert proof.unconfirmed == ""


def test_a_preference_beside_an_exclusion_for_another_reason_is_for_information() -> None:
    liked = rule_text("x.liked", "{takes: ketoconazole}", kind="preference", severity="note")

    report = proved(liked, FLOOR)

    assert report.counts[ProofKind.TENSION.value] == 1
    assert not of_kind(report, ProofKind.TENSION)
    assert len(of_kind(proved(liked, FLOOR, everything=True), ProofKind.TENSION)) == 1


@pytest.mark.parametrize(
    ("middle", "gap"), [("above: '15 mL/min', below: '30 mL/min'", True), ("at_least: '15 mL/min'", False)]
)
def test_a_value_left_out_between_two_rules_is_a_gap(middle: str, *, gap: bool) -> None:
    beside = rule_text(
        "x.beside", f"{{quantity: crcl, {middle}}}", kind="dose adjustment", severity="note", dose="1 mg"
    )

    found = of_kind(proved(beside, FLOOR), ProofKind.GAP)

    assert bool(found) is gap
    if gap:
        assert "at exactly 15" in found[0].message
        assert found[0].unconfirmed == ""


def test_the_one_wide_stretch_between_low_and_high_is_the_usual_range() -> None:
    high = rule_text(
        "x.high", "{quantity: crcl, above: '95 mL/min'}", kind="contraindication", severity="avoid"
    )

    report = proved(high, FLOOR, everything=True)

    assert not of_kind(report, ProofKind.GAP)
    (usual, *_) = of_kind(report, ProofKind.USUAL_RANGE)
    assert "from 15 up to 95" in usual.message
    assert usual.unconfirmed == ""


def test_an_option_without_an_excluding_rule_is_told_for_each_label() -> None:
    report = proved(rule_text("x.floor", LOW, kind="contraindication", severity="avoid", jurisdiction="EU"))

    told = [(proof.options, proof.message) for proof in of_kind(report, ProofKind.NEVER_EXCLUDED)]
    assert [options for options, _ in told] == [("apixaban",), ("rivaroxaban",), ("rivaroxaban",)]
    assert "apixaban in the US" in told[0][1]


@pytest.mark.parametrize(
    ("when", "idle"),
    [
        ("{any: [{takes: ketoconazole}, {takes: strong_cyp3a4_inhibitor}]}", "takes:ketoconazole"),
        ("{all: [{sex: female}, {state: pregnant}]}", "sex:female"),
    ],
)
def test_a_part_that_its_neighbours_make_needless_is_told(when: str, idle: str) -> None:
    report = proved(rule_text("x.rule", when), FLOOR)

    (proof,) = of_kind(report, ProofKind.IDLE_PART)
    assert idle in proof.message
    assert proof not in report.problems


def test_a_solver_without_time_says_so_and_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "possible", lambda *_: None)
    monkeypatch.setattr(World, "ask", lambda *_: Answer(possible=None, model=None))
    likes = rule_text("x.likes", "{takes: ketoconazole}", kind="preference", severity="note", dose="1 mg")
    half = rule_text("x.half", LOW, kind="dose adjustment", dose="2 mg")

    report = proved(likes, half, FLOOR, everything=True)

    assert {proof.kind for proof in report.proofs} == {ProofKind.OUT_OF_TIME}
    assert {rule for proof in report.proofs for rule in proof.rules} == {"x.likes", "x.half", "x.floor"}
    assert len(report.problems) == len(report.proofs)


def test_progress_is_told_to_the_end() -> None:
    files, quiet = with_rules(FLOOR), Quiet()

    prove(pack_of(files), files, DAY, assessor(), quiet)

    assert quiet.told[-1] == (7, 7, "gaps in ranges")


def test_what_is_shown_can_be_saved_as_cases_and_run(tmp_path: Path) -> None:
    rules = (
        rule_text("x.half", LOW, kind="dose adjustment", dose="2 mg"),
        rule_text("x.full", "{concept: cyp2c9.poor}", kind="dose adjustment", dose="5 mg"),
        FLOOR.replace("[doac]", "[rivaroxaban]"),
    )
    shown = [proof.shown for proof in proved(*rules).proofs if proof.shown is not None]
    saved = tmp_path / "shown.cases.yaml"
    saved.write_text(case_file([*shown, *shown], "Shown twice."), encoding="utf-8")

    files = (*with_rules(*rules), PackFile(path="rules/shown.cases.yaml", content=saved.read_bytes()))
    report = run_cases(files, DAY, assessor(), Quiet(), only="rules/shown.cases.yaml")

    assert (report.passed, report.failed) == (2, 0)
    assert shown[0].then == {RuleId("x.full"): Expectation.FIRES, RuleId("x.half"): Expectation.FIRES}
    assert shown[0].patient.genotypes
