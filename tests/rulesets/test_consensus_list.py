"""The high-priority list of interactions, pair by pair, against the shipped rules.

``WHYRX_DDI`` names the folder with ``onc_high_priority_groups.csv``; without it the folder ``shared`` beside
the repository is looked in. Where the list is not there, the cases of ``medication-review/consensus-list``
still hold the rules to their groups.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from charts import amount, observed, patient, reported, reviewed, takes

from engine.bootstrap.packs import FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.domain.ids import DrugId, IndicationId
from engine.domain.pack import RulePack
from engine.domain.patient import ListKind, Sex
from engine.domain.rules import Jurisdiction
from engine.inference.reference import ReferenceEngine
from engine.knowledge.load import load
from engine.knowledge.manifest import read_pack_files

FOLDER = Path(__file__).resolve().parents[2] / "rulesets"
DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_SHARED = FOLDER.parents[1] / "shared" / "knowledge" / "ddi"
LIST = Path(os.environ.get("WHYRX_DDI", _SHARED)) / "onc_high_priority_groups.csv"

pytestmark = pytest.mark.skipif(
    not LIST.exists(), reason=f"the high-priority list is not there ({LIST.name})"
)

OTHER_NAMES = {
    "lisdexamefetamine": "lisdexamfetamine",
    "moclobamide": "moclobemide",
    "rifampin": "rifampicin",
    "meperidine": "pethidine",
    "methylergonovine": "methylergometrine",
    "ergonovine": "ergometrine",
    "st john's wort": "st_johns_wort",
}
#: No longer sold, sold in few countries, no treatment of their own, or (sevoflurane) on no medication list.
LEFT_OUT = frozenset(
    {
        "amprenavir",
        "astemizole",
        "bepridil",
        "benzphetamine",
        "cisapride",
        "cocaine",
        "diethylpropion",
        "halofantrine",
        "levomethadyl",
        "mesoridazine",
        "phendimetrazine",
        "probucol",
        "sevoflurane",
        "sparfloxacin",
        "terfenadine",
    }
)


@pytest.fixture(scope="module")
def pack() -> RulePack:
    loaded = load(read_pack_files(FOLDER), DAY)
    assert loaded.pack is not None
    return loaded.pack


def _pairs() -> Iterator[tuple[str, str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            objects, precipitants = (
                [OTHER_NAMES.get(name, name).replace(" ", "_") for name in row[column].split("|")]
                for column in ("object_drugs", "precipitant_drugs")
            )
            for pair in product(objects, precipitants):
                if pair[0] != pair[1] and not {name.replace("_", " ") for name in pair} & LEFT_OUT:
                    yield row["group"], *pair


@pytest.mark.parametrize("jurisdiction", list(Jurisdiction))
def test_every_pair_of_the_fifteen_groups_interrupts(jurisdiction: Jurisdiction, pack: RulePack) -> None:
    assessor = RuleAssessor(FactsByPack(), ReferenceEngine())
    silent, groups = [], set()
    for group, one, other in _pairs():
        groups.add(group)
        assert {DrugId(one), DrugId(other)} <= set(pack.vocabulary.drugs), (one, other)
        record = patient(
            sex=Sex.MALE,
            birth_date=date(1980, 5, 1),
            observations=(observed("creatinine", "0.9"), observed("weight", "75"), observed("height", "178")),
            states=(reported("pregnant", holds=False),),
            reviews=tuple(reviewed(kind) for kind in ListKind),
            # The dose matters to statins alone: above what is borne with a weaker inhibitor.
            medications=(takes(one, daily_dose=amount("40")), takes(other)),
        )
        found = assessor.assess(pack, record, IndicationId("medication-review"), jurisdiction, NOW)
        if not any(finding.severity.excludes for each in found for finding in each.findings):
            silent.append(f"{group}: {one} with {other}")

    assert len(groups) == 15
    assert silent == []
