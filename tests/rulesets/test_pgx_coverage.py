"""Of how many of CPIC's gene-drug pairs of level A a rule speaks, computed from the shipped pack itself.

``WHYRX_CPIC`` names the folder with ``cpic_level_A_pairs.csv``; without it the folder ``shared`` beside the
project is looked into.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from engine.domain.atoms import HasDiplotype, HasReportedPhenotype
from engine.domain.ids import DrugId
from engine.domain.pack import RulePack
from engine.domain.rules import Rule, RuleStatus, atoms_of, concepts_of
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files

_ROOT = Path(__file__).parents[2]
_FOLDER = Path(os.environ.get("WHYRX_CPIC", _ROOT.parent / "shared" / "knowledge" / "cpic"))
_PAIRS = _FOLDER / "cpic_level_A_pairs.csv"
_DAY = date(2026, 11, 26)
_COVERED = 99
#: rs12979860, which CPIC's guideline and PharmCAT call IFNL3, lies within IFNL4: one test has both names.
_SAME_TEST = {"IFNL4": "IFNL3"}


@pytest.fixture(scope="module")
def pack() -> RulePack:
    made, diagnostics = load_pack(read_pack_files(_ROOT / "rulesets"), _DAY, cases=False)
    assert made is not None, diagnostics
    return made


def _genes(pack: RulePack, rule: Rule) -> Iterator[str]:
    """Yield the genes a rule asks for, itself or through its concepts; of an HLA allele its locus."""
    below = (concept.when for concept in pack.concepts_below(concepts_of(rule.when)))
    for premise in (rule.when, *below):
        for atom in atoms_of(premise):
            if isinstance(atom, HasDiplotype | HasReportedPhenotype):
                yield pack.vocabulary.genes[atom.gene].title.split("*")[0].split(" ")[0]


def _spoken_of(pack: RulePack) -> set[tuple[str, DrugId]]:
    drugs = {
        option.option_id: option.drug
        for indication in pack.indications.values()
        for option in indication.options
    }
    return {
        (gene, drugs[option])
        for rule in pack.rules.values()
        if rule.status is not RuleStatus.RETIRED
        for option in rule.options
        for gene in _genes(pack, rule)
    }


def _pairs() -> list[tuple[str, str]]:
    with _PAIRS.open(encoding="utf-8", newline="") as file:
        return [(row["Gene"], row["Drug"]) for row in csv.DictReader(file)]


@pytest.mark.skipif(not _PAIRS.exists(), reason=f"CPIC's list is not there ({_PAIRS.name})")
def test_rules_speak_of_cpics_gene_drug_pairs_of_level_a(pack: RulePack) -> None:
    spoken = _spoken_of(pack)
    named = {drug.title: drug_id for drug_id, drug in pack.vocabulary.drugs.items()}
    pairs = _pairs()
    missing = [
        f"{gene} and {drug}"
        for gene, drug in pairs
        if (_SAME_TEST.get(gene, gene), named.get(drug)) not in spoken
    ]

    print(f"{len(pairs) - len(missing)} of {len(pairs)} pairs; missing: {', '.join(missing) or 'none'}")
    assert len(pairs) - len(missing) >= _COVERED, missing


def test_a_gene_is_read_through_concepts_and_a_drug_through_classes(pack: RulePack) -> None:
    """What is counted follows a rule down to its gene and out to the members of its class, and no further."""
    spoken = _spoken_of(pack)

    assert {
        ("CYP2D6", "codeine"),
        ("MT-RNR1", "neomycin"),
        ("HLA-B", "abacavir"),
        ("CYP4F2", "warfarin"),
    } <= spoken
    assert not {("CYP2D6", "abacavir"), ("HLA-A", "abacavir"), ("MT-RNR1", "codeine")} & spoken
