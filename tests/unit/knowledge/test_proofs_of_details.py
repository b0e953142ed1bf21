"""Proofs about details of lists, courses, plans and trimesters: found what was planted, and shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from detailed_pack import detailed_files
from large_pack import large_pack
from proved_packs import Quiet, assessor, of_kind, pack_of
from small_pack import DAY

from engine.domain.pack import PackFile
from engine.knowledge.case_runs import run_cases
from engine.knowledge.proof_records import ProofKind, ProofReport
from engine.knowledge.proofs import prove
from engine.knowledge.shown_patients import case_file
from engine.knowledge.world import World

BY_MOUTH_AND_VEIN = "{all: [{takes: ketoconazole, route: oral}, {takes: ketoconazole, route: intravenous}]}"
HIGHER_THAN_SO_MUCH = (
    "{all: [{takes: ketoconazole, dose: {at_least: 0.2 g}}, "
    "{not: {takes: ketoconazole, dose: {above: 150 mg}}}]}"
)
NEVER_RARE = (
    "{all: [{repeated: potassium, above: 6 mmol/L, times: 2, within: 30 days}, "
    "{not: {repeated: potassium, above: 5.5 mmol/L, times: 2, within: 90 days}}]}"
)
FELL_LONG_AGO = (
    "{all: [{quantity: potassium, above: 5.5 mmol/L}, {change: potassium, falls_by: 20 %, within: 14 days}, "
    "{not: {repeated: potassium, above: 5.5 mmol/L, times: 2, within: 90 days}}]}"
)
A_DAY = "{takes: ketoconazole, daily_dose: {above: 400 mg}}"
SEVERE = "{allergy: penicillins, severity: severe}"
RISES = "{change: potassium, rises_by: 1 mmol/L, within: 14 days}"
ONCE_A_WEEK = (
    "{all: [{takes: ketoconazole, dose: {at_least: 15 mg}}, "
    "{takes: ketoconazole, daily_dose: {below: 5 mg}}]}"
)
HIGH_TWICE = "{repeated: potassium, above: 5.5 mmol/L, times: 2, within: 90 days}"


def _proved(*whens: str) -> ProofReport:
    files = detailed_files(*whens)
    return prove(pack_of(files), files, DAY, assessor(), Quiet(), everything=True)


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{takes: ketoconazole, dose: {at_least: 200 mg}}, {not: {takes: ketoconazole}}]}",
        HIGHER_THAN_SO_MUCH,
        "{all: [{takes: inhibitor, count: 2}, {not: {takes: ritonavir}}]}",
        "{all: [{stopped: ketoconazole, within: 14 days}, {takes: ketoconazole}]}",
        "{not: {stopped: ketoconazole, before: 400 days}}",
        "{all: [{condition: ulcer, began_within: 30 days}, {not: {condition: ulcer}}]}",
        "{all: [{condition: duodenal_ulcer, past: yes}, {not: {condition: ulcer, ever: yes}}]}",
        "{all: [{planned: surgery, within: 7 days}, {not: {planned: surgery, within: 30 days}}]}",
        "{all: [{allergy: penicillins, severity: severe}, {not: {allergy: penicillins, severity: mild}}]}",
        NEVER_RARE,
        "{all: [{trimester: 1}, {not: {state: pregnant}}]}",
        "{all: [{trimester: 1}, {quantity: gestational_age, at_least: 14 wk}]}",
    ],
)
def test_a_premise_that_contradicts_itself_in_a_detail_is_unreachable(when: str) -> None:
    assert [proof.rules for proof in of_kind(_proved(when), ProofKind.UNREACHABLE)] == [("x.one",)]


@pytest.mark.parametrize(
    "when",
    [
        # Two entries of one drug, and two ulcers.
        BY_MOUTH_AND_VEIN,
        "{all: [{condition: ulcer, began_within: 30 days}, {condition: ulcer, began_before: 365 days}]}",
        "{all: [{condition: ulcer}, {condition: ulcer, past: yes}]}",
        # Once a week: less a day than at once.
        ONCE_A_WEEK,
        # An excepted drug beside one that counts.
        "{all: [{takes: inhibitor, besides: [ritonavir]}, {takes: ritonavir}]}",
        # The newest value is so old that the one it fell from is out of the window that ends today.
        FELL_LONG_AGO,
        # Rare enough, yet not far enough apart.
        f"{{all: [{HIGH_TWICE}, {{not: {HIGH_TWICE.replace('}', ', apart: 30 days}')}}}]}}",
        "{all: [{quantity: gestational_age, below: 14 wk, above: 13.8 wk}, {trimester: 1}]}",
    ],
)
def test_a_premise_that_can_hold_is_shown_holding(when: str) -> None:
    report = _proved(when, when)

    shown = [proof for proof in report.proofs if proof.shown is not None]
    assert not of_kind(report, ProofKind.UNREACHABLE)
    assert shown
    assert {proof.unconfirmed for proof in shown} == {""}


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("{stopped: ketoconazole, within: 14 days}", "{stopped: inhibitor, within: 30 days}"),
        (A_DAY, A_DAY.replace("400 mg", "0.3 g")),
        ("{planned: hip_replacement, within: 7 days}", "{planned: surgery, within: 14 days}"),
        (HIGH_TWICE.replace("5.5", "6"), HIGH_TWICE),
        (HIGH_TWICE.replace("}", ", apart: 30 days}"), HIGH_TWICE),
        (RISES, RISES.replace("1 mmol/L", "0.5 mmol/L")),
        (SEVERE.replace("}", ", kind: allergy}"), SEVERE.replace("severe", "moderate")),
        ("{trimester: 2}", "{trimester: [2, 3]}"),
    ],
)  # fmt: skip
def test_a_narrower_detail_is_subsumed_and_the_wider_one_is_not(narrow: str, wide: str) -> None:
    subsumed = of_kind(_proved(narrow, wide), ProofKind.SUBSUMED)

    assert [proof.rules for proof in subsumed] == [("x.one", "x.two")]
    assert subsumed[0].shown is not None
    assert subsumed[0].unconfirmed == ""


def test_a_drug_of_a_class_that_a_rule_excepts_again_is_a_dead_member() -> None:
    report = _proved("{all: [{takes: inhibitor}, {not: {takes: ritonavir}}]}")

    (proof,) = of_kind(report, ProofKind.DEAD_MEMBER)
    assert '"ritonavir" decides nothing in "takes:inhibitor"' in proof.message
    assert proof.shown is not None
    assert [entry.name for entry in proof.shown.patient.medications] == ["ritonavir"]
    assert (proof.unconfirmed, proof in report.problems) == ("", False)


def test_no_member_of_a_list_that_a_rule_needs_is_called_dead() -> None:
    report = _proved(
        "{takes: inhibitor, route: [oral, sublingual]}",
        "{all: [{allergy: penicillins, reaction: [rash, cough]}, {takes: inhibitor, besides: [ritonavir]}]}",
        "{trimester: [1, 2]}",
    )

    assert not of_kind(report, ProofKind.DEAD_MEMBER)


def test_patients_with_details_can_be_saved_as_cases_and_run() -> None:
    when = (
        "{all: [{takes: ketoconazole, route: oral, dose: {at_least: 200 mg}, started_within: 30 days}, "
        "{stopped: ritonavir, within: 14 days}, {condition: ulcer, past: yes, began_before: 365 days}, "
        "{planned: surgery, within: 14 days}, "
        "{allergy: penicillins, severity: severe, reaction: [anaphylaxis]}, "
        f"{HIGH_TWICE}, {{trimester: 3}}]}}"
    )
    shown = [proof.shown for proof in _proved(when, when).proofs if proof.shown is not None]
    saved = PackFile(path="rules/shown.cases.yaml", content=case_file(shown, "Shown.").encode())

    report = run_cases((*detailed_files(when, when), saved), DAY, assessor(), Quiet(), only=saved.path)

    assert (report.passed, report.failed) == (len(shown), 0)
    text = saved.content.decode()
    for detail in (
        "route:",
        "dose:",
        "since:",
        "stopped:",
        "resolved",
        "in:",
        "severity:",
        "anaphylaxis",
        "days old",
    ):
        assert detail in text


@pytest.mark.parametrize("make", [World.premise, World.refuted])
def test_nobody_makes_a_premise_true_and_false(make: Callable[..., object]) -> None:
    pack = pack_of(detailed_files(HIGH_TWICE, "{change: potassium, falls_by: 20 %, within: 14 days}"))
    world = World(pack)

    for rule in pack.rules.values():
        assert world.possible(world.premise(rule.when), world.refuted(rule.when)) is False
        assert make(world, rule.when) is not None


def test_questions_grow_with_the_rules_and_not_with_their_pairs() -> None:
    asked = []
    for rules in (50, 100):
        files = large_pack(rules)
        asked.append(prove(pack_of(files), files, DAY, assessor(), Quiet()).questions)

    assert asked[1] < 2.2 * asked[0]
