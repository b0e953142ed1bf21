"""How broad a pack is: each count from the pack itself, and what is missing of what was aimed at."""

from __future__ import annotations

from small_pack import a_rule_text, base_files, loaded

from engine.domain.pack import RulePack
from engine.knowledge.breadth import Breadth, breadth_of


def _pack(when: str) -> RulePack:
    return loaded(base_files(x=a_rule_text(when)))


def _count(pack: RulePack, title: str) -> int:
    return next(each.count for each in breadth_of(pack, 7) if each.title == title)


def test_a_rule_counts_where_its_premise_looks_and_nowhere_else() -> None:
    pack = _pack("{state: pregnant}")

    assert _count(pack, "drugs with a rule on pregnancy, lactation or childbearing potential") == 1
    assert _count(pack, "drugs with a rule on the kidney") == 0
    assert _count(pack, "rules on a disease that exclude or caution") == 0


def test_a_premise_counts_through_connectives() -> None:
    pack = _pack("{all: [{state: pregnant}, {not: {condition: gastrointestinal_bleeding}}]}")

    assert _count(pack, "rules on a disease that exclude or caution") == 1
    assert _count(pack, "drugs with a rule on pregnancy, lactation or childbearing potential") == 1


def test_another_drug_makes_a_rule_on_drugs_together() -> None:
    assert _count(_pack("{takes: ketoconazole}"), "rules on drugs together") == 1
    assert _count(_pack("{state: pregnant}"), "rules on drugs together") == 0


def test_cases_and_sources_are_counted() -> None:
    pack = _pack("{state: pregnant}")

    assert _count(pack, "cases") == 7
    assert _count(pack, "citations") == len(pack.citations)


def test_what_is_missing_is_never_below_nothing() -> None:
    assert Breadth(title="x", count=3, aim=5).missing == 2
    assert Breadth(title="x", count=9, aim=5).missing == 0
    assert Breadth(title="x", count=9).missing == 0
