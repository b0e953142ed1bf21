"""How broad a pack is: each count from the pack itself, and what is missing of what was aimed at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from small_pack import BASE, DAY, a_rule_text, base_files, loaded

from engine.cli.root import cli
from engine.domain.pack import RulePack
from engine.knowledge.breadth import Breadth, Lack, breadth_of
from engine.knowledge.load import load

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


_LISTS = """\
criteria:
  stopp-x:
    title: STOPP of the tests
    kind: STOPP
    count: 7
    citations: [label]
    unread: {count: 2, why: Nobody has read them.}
    criteria:
      A1: {rules: [x.rule]}
      A2: {covered: [apixaban.crcl-floor]}
      A3: {not: Nothing of it is a datum of the record.}
      B1: {not: Another reason.}
      B2: {not: Nothing of it is a datum of the record.}
"""


def _breadth(**changed: str) -> dict[str, Breadth]:
    read = load(base_files(**changed), DAY, cases=False)
    assert read.pack is not None, "\n".join(map(str, read.diagnostics))
    return {each.title: each for each in breadth_of(read.pack, 7, read.criteria)}


def test_a_list_says_how_many_of_its_criteria_are_said_and_why_the_others_are_not() -> None:
    rule = a_rule_text("{sex: female}").replace("where: x", "where: A1")
    lists = _LISTS.replace("apixaban.crcl-floor", "x.rule")

    found = _breadth(x=rule, y=lists)["criteria of STOPP of the tests that a rule says"]

    assert (found.count, found.aim, found.missing) == (2, 7, 5)
    assert found.lacks == (
        Lack(why="Nothing of it is a datum of the record.", what=("A3", "B2"), count=2),
        Lack(why="Another reason.", what=("B1",), count=1),
        Lack(why="Nobody has read them.", what=(), count=2),
    )


def test_what_rests_on_a_source_not_seen_is_named_with_that_source() -> None:
    text = (
        a_rule_text("{sex: female}").replace("citation: label", "citation: unread")
        + "citations:\n  unread: {title: Unread, kind: guideline, year: 2020, locator: x,\n"
        "    checked: not seen, how: only its title was read, on: 2026-11-20}\n"
    )

    found = _breadth(x=text)

    seen = found["citations seen by the authors"]
    assert Lack(why="Not seen: only its title was read.", what=("unread",), count=1) in seen.lacks
    assert found["rules that rest on seen sources alone"].lacks == (
        Lack(why="unread not seen.", what=("x.rule",), count=1),
    )


def test_whatever_is_missing_by_name_adds_up_to_what_is_missing() -> None:
    for each in _breadth().values():
        assert sum(lack.count for lack in each.lacks) in {0, each.missing}
        assert all(len(lack.what) in {0, lack.count} for lack in each.lacks)


def test_the_command_names_what_is_missing_where_it_is_asked_to() -> None:
    plain = CliRunner().invoke(cli, ["coverage", str(BASE)])
    told = CliRunner().invoke(cli, ["coverage", str(BASE), "--missing"])

    assert (plain.exit_code, told.exit_code) == (0, 0)
    assert set(plain.output.splitlines()) < set(told.output.splitlines())
    assert "No rule is for them" in told.output
    assert "The aim is a number; it does not say which." in told.output
