"""How broad a pack is: each count from the pack itself, and what is missing of what was aimed at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_pack import a_rule_text, base_files, loaded

from engine.domain.pack import RulePack
from engine.knowledge.breadth import Breadth, breadth_of

_DRUGS = "rules on drugs together"
_DISEASES = "rules on a disease that exclude or caution"
_ALLERGIES = "rules on allergies"


def _count(pack: RulePack, title: str) -> int:
    return next(each.count for each in breadth_of(pack, 7) if each.title == title)


def _added(when: str) -> dict[str, int]:
    """Return by how much each count grows with a rule that has this premise."""
    before, after = loaded(base_files()), loaded(base_files(x=a_rule_text(when)))
    return {title: _count(after, title) - _count(before, title) for title in (_DRUGS, _DISEASES, _ALLERGIES)}


@pytest.mark.parametrize(
    ("when", "titles"),
    [
        ("{takes: ketoconazole}", {_DRUGS}),
        ("{condition: gastrointestinal_bleeding}", {_DISEASES}),
        ("{not: {condition: gastrointestinal_bleeding}}", {_DISEASES}),
        ("{all: [{takes: ketoconazole}, {condition: gastrointestinal_bleeding}]}", {_DRUGS, _DISEASES}),
        ("{sex: female}", set()),
    ],
)
def test_a_rule_counts_where_its_premise_looks_and_nowhere_else(when: str, titles: set[str]) -> None:
    assert {title for title, more in _added(when).items() if more == 1} == titles
    assert set(_added(when).values()) <= {0, 1}


def test_cases_and_sources_are_counted() -> None:
    pack = loaded(base_files())

    assert _count(pack, "cases") == 7
    assert _count(pack, "citations") == len(pack.citations)
    assert _count(pack, "rules") == len(pack.rules)


def test_what_is_missing_is_never_below_nothing() -> None:
    assert Breadth(title="x", count=3, aim=5).missing == 2
    assert Breadth(title="x", count=9, aim=5).missing == 0
    assert Breadth(title="x", count=9).missing == 0


def test_each_criterion_for_older_adults_counts_once_however_many_rules_cite_it() -> None:
    text = a_rule_text("{sex: female}").replace("where: x", 'where: "STOPP I2 and K3, START H2"')
    again = a_rule_text("{sex: male}").replace("where: x", "where: I2").replace("x.rule", "y.rule")
    pack = loaded(base_files(x=text, y=again))
    lists = {name: replace(each, title="STOPP/START version 2") for name, each in pack.citations.items()}

    title = "criteria of STOPP and START that a rule cites"
    assert _count(pack, title) == 0
    assert _count(replace(pack, citations=lists), title) == 3
