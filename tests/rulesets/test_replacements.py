"""What the shipped rules name instead of an excluded drug of the list: what is offered passed all rules.

Every case of the rule pack that reviews a medication list is put to the real assessor, and whatever it offers
is assessed again by hand, on the list with the excluded drug stopped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.bootstrap.packs import FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.domain.ids import DrugId, IndicationId, OptionId
from engine.domain.options import Assessment
from engine.domain.pack import RulePack
from engine.domain.patient import Medication, MedicationStatus, PatientRecord
from engine.inference.reference import ReferenceEngine
from engine.knowledge.case_records import record_of
from engine.knowledge.case_runs import load_to_run, noon_of
from engine.knowledge.cases import Case
from engine.knowledge.merge import read_packs

FOLDER = Path(__file__).resolve().parents[2] / "rulesets"
REVIEW = IndicationId("medication-review")


@pytest.fixture(scope="module")
def pack_and_cases() -> tuple[RulePack, tuple[Case, ...]]:
    """Return the shipped pack with its cases that review a list."""
    loaded = load_to_run(read_packs([FOLDER], sealed=True), date(2026, 11, 1))
    assert loaded.pack is not None
    return loaded.pack, tuple(case for case in loaded.cases if case.indication_id == REVIEW)


def _reviewed(
    assessor: RuleAssessor, pack: RulePack, case: Case, record: PatientRecord
) -> dict[str, Assessment]:
    found = assessor.assess(pack, record, REVIEW, case.jurisdiction, noon_of(case.on))
    return {each.option.option_id: each for each in found}


def _in_its_place(record: PatientRecord, excluded: DrugId, instead: DrugId, day: date) -> PatientRecord:
    """Return the list with the one stopped, and the other planned: planned, it interacts with nobody else."""
    stopped = tuple(
        replace(
            entry,
            status=MedicationStatus.STOPPED,
            stop=day,
            start=min(entry.start, day) if entry.start is not None else None,
        )
        if entry.drug == excluded and entry.status is not MedicationStatus.STOPPED
        else entry
        for entry in record.medications
    )
    like = next(entry for entry in record.medications if entry.drug == excluded)
    planned = Medication(
        drug=instead, text=instead, status=MedicationStatus.PLANNED, provenance=like.provenance
    )
    return replace(record, medications=(*stopped, planned))


def test_what_is_offered_is_eligible_when_it_is_put_on_the_list_instead(
    pack_and_cases: tuple[RulePack, tuple[Case, ...]],
) -> None:
    pack, cases = pack_and_cases
    assessor = RuleAssessor(FactsByPack(), ReferenceEngine())
    offered = 0
    for case in cases[::5]:
        record = record_of(case, pack.vocabulary)
        for assessment in _reviewed(assessor, pack, case, record).values():
            for finding in assessment.findings:
                for each in finding.replacements:
                    instead = DrugId(each.option_id.removeprefix(f"{REVIEW}."))
                    there = _in_its_place(record, assessment.option.drug, instead, case.on)
                    again = _reviewed(assessor, pack, case, there)[each.option_id]
                    assert again.verdict.eligible, (case.name, each.option_id)
                    offered += 1
    assert offered >= 40


def test_beside_amiodarone_an_antidepressant_that_spares_the_qt_interval_is_offered(
    pack_and_cases: tuple[RulePack, tuple[Case, ...]],
) -> None:
    pack, cases = pack_and_cases
    case = next(each for each in cases if each.name == "takes citalopram, amiodarone, EU label")
    assessor = RuleAssessor(FactsByPack(), ReferenceEngine())
    found = _reviewed(assessor, pack, case, record_of(case, pack.vocabulary))
    excluded = found[OptionId("medication-review.citalopram")]
    offers = {each.title: each for finding in excluded.findings for each in finding.replacements}

    assert offers.keys() >= {"sertraline"}
    assert offers["sertraline"].rules_checked > 0
