"""CPIC's change of February 2026 on thiopurines, of which its change log alone could be read.

The log names the alleles whose function was assigned anew, and not to what. Here they decide nothing: whoever
carries one is undecided, and no older function is taken for the present one. ``WHYRX_CPIC`` names the folder
with ``cpic_change_log.tsv``; without it the folder ``shared`` beside the project is looked into.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

_ROOT = Path(__file__).parents[2]
_LOG = (
    Path(os.environ.get("WHYRX_CPIC", _ROOT.parent / "shared" / "knowledge" / "cpic")) / "cpic_change_log.tsv"
)
_DAY = "2026-02-03"
_ASSIGNED = re.compile(r"clinical func\w+", re.IGNORECASE)
_REMOVED = re.compile(r"; removed .*")


def _changed(gene: str) -> set[str]:
    """Return the alleles that got another function, and those that are new, by the log."""
    with _LOG.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row[0] == _DAY and row[2] == gene]
    said = [row[3] for row in rows if _ASSIGNED.search(row[3]) or row[1] == "ALLELE_DEFINITION"]
    return {allele for text in said for allele in re.findall(r"\*\d+", _REMOVED.sub("", text))}


@pytest.mark.skipif(not _LOG.is_file(), reason="CPIC's change log is not at hand")
@pytest.mark.parametrize(("gene", "at_least"), [("TPMT", 25), ("NUDT15", 5)])
def test_an_allele_that_was_assigned_anew_decides_nothing(gene: str, at_least: int) -> None:
    changed = _changed(gene)
    table = YAML(typ="safe").load(_ROOT / "rulesets" / "phenotypes" / f"{gene.lower()}.yaml")
    functions = table["phenotypes"][gene]["functions"]

    assert len(changed) >= at_least
    assert changed & {*functions["normal"], *functions["none"]} == set()
