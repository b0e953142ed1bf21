"""Gene, drug and effective phenotype: what the trace of a finding shows of a genotype under an inhibitor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fhir_bundles import LOINC, NOW, concept, observation, read, request

from engine.bootstrap.packs import FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.domain.findings import Finding
from engine.domain.ids import IndicationId, RuleId
from engine.domain.pack import RulePack
from engine.domain.rules import Jurisdiction
from engine.domain.trace import TraceKind, TraceNode
from engine.inference.reference import ReferenceEngine
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files

REVIEW = IndicationId("medication-review")


@pytest.fixture(scope="module")
def pack() -> RulePack:
    made, diagnostics = load_pack(
        read_pack_files(Path(__file__).parents[2] / "rulesets"), date(2026, 11, 26), cases=False
    )
    assert made is not None, diagnostics
    return made


def cyp2d6(diplotype: str) -> dict[str, Any]:
    studied = {
        "code": concept((LOINC, "48018-6")),
        "valueCodeableConcept": concept(("urn:hgnc", "HGNC:2625")),
    }
    return observation("84413-4", valueCodeableConcept={"text": diplotype}, component=[studied])


def findings(pack: RulePack, *resources: dict[str, Any]) -> dict[RuleId, Finding]:
    assessor = RuleAssessor(FactsByPack(), ReferenceEngine())
    appraisal = assessor.appraise(pack, read(*resources), REVIEW, Jurisdiction.EU, NOW)
    return {found.rule_id: found for each in appraisal.assessments for found in each.findings}


def below(node: TraceNode) -> Iterator[TraceNode]:
    yield node
    for child in node.children:
        yield from below(child)


def test_the_genotype_and_the_inhibitor_stand_below_the_finding(pack: RulePack) -> None:
    found = findings(pack, request("codeine 30 mg"), request("paroxetine 20 mg"), cyp2d6("*1/*2"))

    told = found[RuleId("pgx.cyp2d6-strong-inhibitor")]
    assert told.say == (
        "By genotype CYP2D6 works (*1/*2), but while paroxetine is taken it works as in a poor metaboliser."
    )
    nodes = list(below(told.why))
    concepts = [node.reference for node in nodes if node.kind is TraceKind.CONCEPT]
    assert concepts == ["cyp2d6.normal", "cyp2d6.strongly_inhibited"]
    data = [node for node in nodes if node.kind is TraceKind.DATUM]
    assert [node.label.split()[0].strip(",") for node in data] == ["CYP2D6", "paroxetine"]
    assert all(node.provenance is not None for node in data)


def test_the_effective_phenotype_excludes_without_a_genotype_too(pack: RulePack) -> None:
    found = findings(pack, request("codeine 30 mg"), request("paroxetine 20 mg"))

    told = found[RuleId("pgx.opioid-prodrugs-poor")]
    references = [node.reference for node in below(told.why) if node.kind is TraceKind.CONCEPT]
    assert references == ["cyp2d6.effective_poor", "cyp2d6.strongly_inhibited"]
    assert RuleId("pgx.cyp2d6-strong-inhibitor") not in found


def test_an_inhibitor_says_nothing_of_itself(pack: RulePack) -> None:
    found = findings(pack, request("paroxetine 20 mg"), cyp2d6("*1/*2"))

    assert not [rule_id for rule_id in found if rule_id.startswith("pgx.")]
