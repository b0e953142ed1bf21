"""How good the cases of the shipped pack are, and what is proved of its rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fakes import Silent

from engine.bootstrap.packs import FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.inference.reference import ReferenceEngine
from engine.knowledge.case_facts import CaseBook, open_cases
from engine.knowledge.case_runs import load_to_run
from engine.knowledge.coverage import CoverageKind, measure_coverage
from engine.knowledge.manifest import read_pack_files
from engine.knowledge.mutation import measure_mutation
from engine.knowledge.proof_records import ProofKind, ProofReport
from engine.knowledge.proofs import prove
from engine.knowledge.suggested_cases import suggest_cases

FILES = read_pack_files(Path(__file__).resolve().parents[2] / "rulesets")
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def book() -> CaseBook:
    opened = open_cases(FILES, load_to_run(FILES, DAY))
    assert opened is not None
    return opened


@pytest.fixture(scope="module")
def report(book: CaseBook) -> ProofReport:
    """Everything proved of the shipped pack, every patient shown run through the assessor."""
    return prove(
        book.pack, FILES, DAY, RuleAssessor(FactsByPack(), ReferenceEngine()), Silent(), everything=True
    )


def test_cases_see_every_rule_and_every_limit(book: CaseBook) -> None:
    uncovered = [
        str(item)
        for item in measure_coverage(book, ReferenceEngine()).uncovered
        if item.kind is not CoverageKind.CONDITION
    ]

    assert uncovered == []


def test_cases_notice_nearly_every_planted_mistake(book: CaseBook) -> None:
    report = measure_mutation(book, ReferenceEngine(), Silent(), sample=1200)

    assert report.score >= 0.99, "\n".join(map(str, report.survivors))
    assert report.killed + len(report.survivors) + report.equal > 900


@pytest.mark.long
def test_cases_notice_nearly_every_mistake_that_can_be_planted(book: CaseBook) -> None:
    report = measure_mutation(book, ReferenceEngine(), Silent())

    assert report.score >= 0.99, "\n".join(map(str, report.survivors))


@pytest.mark.long
def test_every_patient_shown_of_the_shipped_pack_bears_out_the_claim(report: ProofReport) -> None:
    assert [str(proof) for proof in report.proofs if proof.unconfirmed] == []
    assert len([proof for proof in report.proofs if proof.shown is not None]) > 100


@pytest.mark.long
def test_every_rule_of_the_shipped_pack_can_fire_and_no_range_has_a_gap(report: ProofReport) -> None:
    told = {
        ProofKind.UNREACHABLE,
        ProofKind.NEVER_HOLDS,
        ProofKind.GAP,
        ProofKind.NEVER_EXCLUDED,
        ProofKind.OUT_OF_TIME,
    }

    assert [str(proof) for proof in report.proofs if proof.kind in told] == []


@pytest.mark.long
def test_no_two_rules_of_the_shipped_pack_are_one(report: ProofReport) -> None:
    # That one rule's patients are all another's is meant: it says another reason, and what to do about that.
    subsumed = {tuple(proof.rules) for proof in report.proofs if proof.kind is ProofKind.SUBSUMED}

    assert {(one, other) for one, other in subsumed if (other, one) in subsumed} == set()


@pytest.mark.long
def test_cases_suggested_for_the_shipped_rules_come_out_as_they_say(book: CaseBook) -> None:
    assessor = RuleAssessor(FactsByPack(), ReferenceEngine())
    for rule_id in sorted(book.pack.rules)[::10]:
        made = suggest_cases(book.pack, FILES, DAY, rule_id, assessor)

        assert made.cases, rule_id
        known = [text for text in made.left_out if "comes out otherwise" in text and "not known" not in text]
        assert known == [], rule_id
