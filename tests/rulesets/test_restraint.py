"""What must not interrupt: pairs of drugs that a panel of experts found not worth stopping anybody for.

The pairs are drugs of the classes that Phansalkar and others (J Am Med Inform Assoc 2013;20:489-93) advise
to show without interrupting; each was read in the public list of drugs made of those classes.
Each pair is put to the real assessor as the medication list of a healthy man about whom everything is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from charts import observed, patient, reported, reviewed, takes

from engine.bootstrap.packs import FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.domain.ids import DrugId, IndicationId, OptionId
from engine.domain.options import Assessment
from engine.domain.pack import RulePack
from engine.domain.patient import ListKind, PatientRecord, Sex
from engine.domain.rules import Jurisdiction
from engine.inference.crosscheck import open_engine
from engine.knowledge.load import load
from engine.knowledge.manifest import read_pack_files

FOLDER = Path(__file__).resolve().parents[2] / "rulesets"
DAY = date(2026, 11, 22)
#: The day that ``charts`` counts back from.
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
REVIEW = IndicationId("medication-review")

LOW_PRIORITY = (
    ("naproxen", "atenolol"),
    ("naproxen", "propranolol"),
    ("meloxicam", "carvedilol"),
    ("piroxicam", "bisoprolol"),
    ("diclofenac", "metoprolol"),
    ("celecoxib", "bisoprolol"),
    ("sulindac", "metoprolol"),
    ("aspirin", "metoprolol"),
    ("lisinopril", "aspirin"),
    ("enalapril", "aspirin"),
    ("ramipril", "ibuprofen"),
    ("ramipril", "naproxen"),
    ("captopril", "celecoxib"),
    ("lisinopril", "piroxicam"),
    ("hydrochlorothiazide", "naproxen"),
    ("hydrochlorothiazide", "celecoxib"),
    ("hydrochlorothiazide", "etodolac"),
    ("hydrochlorothiazide", "lisinopril"),
    ("hydrochlorothiazide", "enalapril"),
    ("captopril", "irbesartan"),
    ("perindopril", "candesartan"),
    ("metoprolol", "felodipine"),
    ("bisoprolol", "felodipine"),
    ("atenolol", "nifedipine"),
    ("sotalol", "amlodipine"),
    ("metoprolol", "paroxetine"),
    ("bisoprolol", "fluoxetine"),
    ("nebivolol", "sertraline"),
    ("metoprolol", "levothyroxine"),
    ("levothyroxine", "simvastatin"),
    ("levothyroxine", "pravastatin"),
    ("warfarin", "acetaminophen"),
    ("warfarin", "pravastatin"),
    ("warfarin", "dexamethasone"),
    ("enoxaparin", "rosuvastatin"),
    ("enoxaparin", "prednisolone"),
    ("heparin", "simvastatin"),
    ("dabigatran", "rabeprazole"),
    ("dabigatran", "prednisolone"),
    ("rivaroxaban", "acetaminophen"),
    ("apixaban", "rabeprazole"),
    ("omeprazole", "oxazepam"),
    ("omeprazole", "clonazepam"),
    ("gliclazide", "perindopril"),
    ("glimepiride", "enalapril"),
    ("methotrexate", "folic_acid"),
    ("pantoprazole", "miconazole"),
    ("levonorgestrel", "prednisolone"),
    ("sirolimus", "hydrocortisone"),
)
#: Struck from the high-priority list by its panel as theoretical: told, and no more.
THEORETICAL = (("febuxostat", "theophylline"),)
#: The same bar must be able to see what does interrupt.
HIGH_PRIORITY = (
    ("simvastatin", "clarithromycin"),
    ("fluoxetine", "phenelzine"),
    ("tizanidine", "ciprofloxacin"),
    ("ergotamine", "ritonavir"),
)


@pytest.fixture(scope="module")
def pack() -> RulePack:
    loaded = load(read_pack_files(FOLDER), DAY)
    assert loaded.pack is not None
    return loaded.pack


@pytest.fixture(scope="module")
def assessor() -> Iterator[RuleAssessor]:
    """The assessor with both evaluators, as it runs for a patient."""
    with open_engine() as engine:
        assert engine.warm() == ()
        yield RuleAssessor(FactsByPack(), engine)


def _healthy(*drugs: str) -> PatientRecord:
    return patient(
        sex=Sex.MALE,
        birth_date=date(1980, 5, 1),
        observations=(
            observed("creatinine", "0.9"),
            observed("weight", "75"),
            observed("height", "178"),
            observed("systolic_bp", "124"),
        ),
        states=(reported("pregnant", holds=False), reported("alcohol_excess", holds=False)),
        reviews=tuple(reviewed(kind) for kind in ListKind),
        medications=tuple(takes(drug) for drug in drugs),
    )


def _interrupting(assessments: tuple[Assessment, ...]) -> list[str]:
    return [
        f"{finding.rule_id} on {each.option.option_id}"
        for each in assessments
        for finding in (*each.findings, *each.elsewhere)
        if finding.severity.excludes
    ]


def test_the_list_is_long_enough_and_names_only_known_drugs(pack: RulePack) -> None:
    assert len(set(LOW_PRIORITY)) >= 25
    assert {DrugId(drug) for pair in (*LOW_PRIORITY, *THEORETICAL) for drug in pair} <= set(
        pack.vocabulary.drugs
    )


@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
@pytest.mark.parametrize("pair", [*LOW_PRIORITY, *THEORETICAL], ids=" with ".join)
def test_a_pair_of_low_priority_does_not_interrupt(
    pair: tuple[str, str], jurisdiction: Jurisdiction, pack: RulePack, assessor: RuleAssessor
) -> None:
    assessments = assessor.assess(pack, _healthy(*pair), REVIEW, jurisdiction, NOW)

    assert assessments, "no rule speaks of either drug, so that the pair proves nothing"
    assert _interrupting(assessments) == []


@pytest.mark.parametrize("pair", HIGH_PRIORITY, ids=" with ".join)
def test_the_same_look_sees_a_pair_of_high_priority(
    pair: tuple[str, str], pack: RulePack, assessor: RuleAssessor
) -> None:
    assessments = assessor.assess(pack, _healthy(*pair), REVIEW, Jurisdiction.EU, NOW)

    assert _interrupting(assessments)
    assert OptionId(f"medication-review.{pair[0]}") in {
        each.option.option_id for each in assessments if not each.verdict.eligible
    }
