"""The criteria of STOPP and START by number: which rules say them, and why the others are said by none.

``stopp_start.yaml`` holds the list. It is no part of the rule pack; here it is held to the pack, both ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from engine.domain.ids import RuleId
from engine.domain.pack import RulePack
from engine.knowledge.breadth import criteria_named
from engine.knowledge.load import load
from engine.knowledge.manifest import read_pack_files

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "rulesets"
DAY = date(2026, 11, 26)
FATES = ("rules", "covered", "not")


@dataclass(frozen=True)
class Criterion:
    """One criterion of one of the lists, and what became of it."""

    kind: str
    version: int
    number: str
    citations: frozenset[str]
    fate: str
    value: Any

    def __str__(self) -> str:
        return f"{self.kind} {self.version} {self.number}"


LISTS: list[dict[str, Any]] = YAML(typ="safe").load((HERE / "stopp_start.yaml").read_text("utf-8"))["lists"]
CRITERIA = [
    Criterion(each["kind"], each["version"], number, frozenset(each["citations"]), fate, value)
    for each in LISTS
    for number, entry in each["criteria"].items()
    for fate, value in entry.items()
]


@pytest.fixture(scope="module")
def pack() -> RulePack:
    pack = load(read_pack_files(FOLDER), DAY).pack
    assert pack is not None
    return pack


def said_by(pack: RulePack, rule_id: str, citations: frozenset[str]) -> set[tuple[str, str]]:
    sources = pack.rules[RuleId(rule_id)].sources
    return {
        each for source in sources if source.citation in citations for each in criteria_named(source.where)
    }


@pytest.mark.parametrize("each", LISTS, ids=lambda each: f"{each['kind']} {each['version']}")
def test_every_criterion_of_a_list_is_accounted_for(each: dict[str, Any]) -> None:
    unread = each.get("unread", {"count": 0, "why": "nothing"})

    assert len(each["criteria"]) + unread["count"] == each["count"]
    assert unread["why"].strip()
    for number, entry in each["criteria"].items():
        assert re.fullmatch(r"[A-M]\d{1,2}", number)
        assert [fate for fate in entry if fate in FATES] == list(entry), f"{number}: {entry}"
        assert len(entry) == 1, f"{number} has one fate"
        assert all(entry.values()), f"{number} names no rule and no reason"


@pytest.mark.parametrize("each", CRITERIA, ids=str)
def test_the_rules_of_a_criterion_are_in_the_pack(each: Criterion, pack: RulePack) -> None:
    if each.fate == "not":
        assert isinstance(each.value, str)
        assert each.value.endswith(".")
        return
    assert [name for name in each.value if RuleId(name) not in pack.rules] == []


@pytest.mark.parametrize("each", [each for each in CRITERIA if each.fate == "rules"], ids=str)
def test_an_encoded_criterion_is_cited_by_its_rules(each: Criterion, pack: RulePack) -> None:
    for name in each.value:
        assert (each.kind, each.number) in said_by(pack, name, each.citations), name


@pytest.mark.parametrize("version", [2, 3])
def test_a_rule_that_cites_a_criterion_stands_at_it(version: int, pack: RulePack) -> None:
    citations = frozenset(name for each in LISTS if each["version"] == version for name in each["citations"])
    listed = {
        (each.kind, each.number, name)
        for each in CRITERIA
        if each.version == version and each.fate == "rules"
        for name in each.value
    }

    cited = {
        (kind, number, str(rule_id))
        for rule_id in pack.rules
        for kind, number in said_by(pack, str(rule_id), citations)
    }

    assert cited == listed
