"""The criteria of STOPP and START by number: which rules say them, and why the others are said by none.

The list is part of the pack, whose check holds rules and list to each other; here stands what it cannot know.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from engine.knowledge.criteria import CriteriaList
from engine.knowledge.load import load
from engine.knowledge.manifest import read_pack_files

FOLDER = Path(__file__).resolve().parents[2] / "rulesets"
DAY = date(2026, 11, 26)
#: As the publications count them.
SIZES = {"stopp-v2": 80, "start-v2": 34, "stopp-v3": 133, "start-v3": 57}


@pytest.fixture(scope="module")
def lists() -> dict[str, CriteriaList]:
    return {each.name: each for each in load(read_pack_files(FOLDER), DAY, cases=False).criteria}


def test_each_list_has_as_many_criteria_as_were_published(lists: dict[str, CriteriaList]) -> None:
    assert {name: each.count for name, each in lists.items()} == SIZES


def test_every_number_is_one_of_a_section_and_every_reason_a_sentence(lists: dict[str, CriteriaList]) -> None:
    for each in lists.values():
        assert not each.unread or each.unread_because.endswith(".")
        for criterion in each.criteria:
            assert re.fullmatch(r"[A-M]\d{1,2}", criterion.number)
            assert criterion.said or criterion.why_not.endswith("."), f"{each.name} {criterion.number}"


def test_version_2_was_read_whole(lists: dict[str, CriteriaList]) -> None:
    assert (lists["stopp-v2"].unread, lists["start-v2"].unread) == (0, 0)
