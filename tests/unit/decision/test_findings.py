"""A finding of one option, said of another."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from builders import a_finding

from engine.domain.findings import ComputedDose, Finding, Replacement, Watch
from engine.domain.ids import OptionId

_FULL: Final[dict[str, Any]] = {
    "computed": ComputedDose(text="75 mg", steps=("75 mg",)),
    "watch": (Watch(what="potassium", when="after 7 days"),),
    "no_alternative": "every other bleeds as well",
    "starts": ("folic acid",),
    "replacements": (
        Replacement(option_id=OptionId("apixaban"), title="Apixaban", cautions=(), rules_checked=3),
    ),
}


def test_all_that_a_rule_says_is_said_of_another_option_too() -> None:
    finding = a_finding(**_FULL)
    others = (OptionId("warfarin"),)

    said = finding.about(OptionId("edoxaban"), others)

    silent = {
        field.name
        for field in dataclasses.fields(Finding)
        if getattr(finding, field.name) in {(), None, ""} and field.name not in {"alternatives", "dose"}
    }
    assert not silent, "the finding of this test must fill each field, or a lost one goes unseen"
    assert said == dataclasses.replace(
        finding,
        option_id=OptionId("edoxaban"),
        alternatives=others,
        replacements=(),  # what may be taken in the place of one drug says nothing of another
    )
