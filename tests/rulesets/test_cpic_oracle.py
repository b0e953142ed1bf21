"""CPIC's own table of diplotypes and phenotypes, computed again from the functions and values of the alleles.

``WHYRX_CPIC`` names the folder with ``diplotype_phenotype_oracle.csv``; without it the folder ``shared``
beside the project is looked into.
"""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engine.domain.atoms import HasDiplotype
from engine.domain.ids import GeneId
from engine.domain.pack import RulePack
from engine.intake.genotypes import diplotype_of
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files
from engine.terminology.index import VocabularyIndex

_ROOT = Path(__file__).parents[2]
_FOLDER = Path(os.environ.get("WHYRX_CPIC", _ROOT.parent / "shared" / "knowledge" / "cpic"))
_ORACLE = _FOLDER / "diplotype_phenotype_oracle.csv"
_GENES = 19
#: What CPIC calls a diplotype of which it says nothing: here no phenotype may hold, so that it is unknown.
_SILENT = "Indeterminate"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not _ORACLE.exists(), reason=f"CPIC's table is not there ({_ORACLE.name})"),
]


@pytest.fixture(scope="module")
def pack() -> RulePack:
    from engine.bootstrap.system import SystemClock  # noqa: PLC0415 - the day of the thresholds alone

    made, diagnostics = load_pack(
        read_pack_files(_ROOT / "rulesets"), SystemClock().now().date(), cases=False
    )
    assert made is not None, diagnostics
    return made


def _rows() -> Iterator[Mapping[str, str]]:
    with _ORACLE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _phenotypes(pack: RulePack) -> Mapping[GeneId, list[HasDiplotype]]:
    found: dict[GeneId, list[HasDiplotype]] = defaultdict(list)
    for concept in pack.concepts.values():
        if isinstance(concept.when, HasDiplotype) and concept.when.reported:
            found[concept.when.gene].append(concept.when)
    return found


def test_every_diplotype_of_the_19_genes_gets_the_phenotype_that_cpic_gives_it(pack: RulePack) -> None:
    index, tables = VocabularyIndex(pack.vocabulary), _phenotypes(pack)
    wrong: list[str] = []
    read: Counter[str] = Counter()
    for row in _rows():
        gene, written = GeneId(row["gene"]), row["diplotype"]
        called = diplotype_of(gene, written, index)
        made = [atom.reported[0] for atom in tables[gene] if called in atom.diplotypes]
        expected = [] if row["phenotype"] == _SILENT else [row["phenotype"]]
        read[gene] += 1
        if called is None or made != expected:
            wrong.append(f"{gene} {written}: {made}, CPIC says {row['phenotype']}")

    assert not wrong, f"{len(wrong)} of {read.total()}: {wrong[:5]}"
    assert len(read) == _GENES
    print(f"{read.total()} diplotypes of {len(read)} genes")


def test_no_table_knows_a_diplotype_that_cpic_does_not_list(pack: RulePack) -> None:
    index, tables = VocabularyIndex(pack.vocabulary), _phenotypes(pack)
    listed: dict[GeneId, set[str | None]] = defaultdict(set)
    for row in _rows():
        gene = GeneId(row["gene"])
        listed[gene].add(diplotype_of(gene, row["diplotype"], index))

    for gene, several in listed.items():
        assert tables[gene][0].known <= several, gene
