"""The shipped rule pack as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from engine.domain.diagnostics import DiagnosticGrade
from engine.domain.pack import RulePack
from engine.domain.provenance import Checked
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise, concepts_of
from engine.inference.limits import check_limits
from engine.knowledge.browse import rule_view
from engine.knowledge.checks import within_limits
from engine.knowledge.load import Loaded, load
from engine.knowledge.manifest import read_pack_files, verify_seal

FOLDER = Path(__file__).resolve().parents[2] / "rulesets"
#: The day the pack was made; a test must not begin to fail because a review is due.
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def found() -> Loaded:
    return load(read_pack_files(FOLDER), DAY, extra_checks=(within_limits(check_limits),))


@pytest.fixture(scope="module")
def pack(found: Loaded) -> RulePack:
    assert found.pack is not None, "\n".join(map(str, found.diagnostics))
    return found.pack


def test_the_shipped_pack_has_no_error(found: Loaded) -> None:
    assert [str(item) for item in found.diagnostics if item.grade is DiagnosticGrade.ERROR] == []


def test_the_shipped_pack_has_no_warning(found: Loaded) -> None:
    assert [str(item) for item in found.diagnostics if item.grade is DiagnosticGrade.WARNING] == []


def test_the_shipped_pack_is_sealed() -> None:
    verify_seal(read_pack_files(FOLDER))


def test_it_has_the_two_indications_with_their_options(pack: RulePack) -> None:
    options = {name: {option.option_id for option in each.options} for name, each in pack.indications.items()}

    assert options["atrial-fibrillation"] == {"apixaban", "rivaroxaban", "edoxaban", "dabigatran", "warfarin"}  # type: ignore[index]
    assert len(options["warfarin-dose"]) == 3  # type: ignore[index]


def test_it_has_at_least_forty_rules_and_a_chain_of_depth_three(pack: RulePack) -> None:
    def depth(premise: Premise) -> int:
        below = (depth(pack.concepts[name].when) for name in concepts_of(premise))
        return 1 + max(below, default=0)

    assert len(pack.rules) >= 40
    assert max(depth(rule.when) for rule in pack.rules.values()) >= 3


def test_every_rule_leads_to_its_sources_and_every_citation_says_how_it_was_checked(pack: RulePack) -> None:
    for rule in pack.rules.values():
        assert rule.sources, rule.rule_id
    for citation in pack.citations.values():
        assert citation.how, citation.citation_id
    assert any(citation.checked is Checked.SEEN for citation in pack.citations.values())


def test_every_exclusion_names_what_may_be_taken_instead_or_says_why_nothing_is(pack: RulePack) -> None:
    silent = {
        rule.rule_id
        for rule in pack.rules.values()
        if rule.then.severity.excludes and not (rule.then.alternatives or rule.then.no_alternative)
    }

    assert silent == set()


def test_every_rule_can_be_read_as_one_sentence_with_its_text(pack: RulePack) -> None:
    for rule_id in pack.rules:
        view = rule_view(pack, rule_id)

        assert view.sentence.endswith(".")
        assert view.sentence.count("(") == view.sentence.count(")")
        assert f"{rule_id}:" in view.yaml.splitlines()[0]
        assert view.summary.cases >= 3


def test_no_two_rules_say_the_same_sentence(pack: RulePack) -> None:
    sentences = [rule_view(pack, rule_id).sentence for rule_id in pack.rules]

    assert len(set(sentences)) == len(sentences)


def test_every_connective_of_the_language_is_met_in_the_pack(pack: RulePack) -> None:
    def kinds(premise: Premise) -> Iterator[type]:
        yield type(premise)
        match premise:
            case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
                for part in parts:
                    yield from kinds(part)
            case Negation(part=part):
                yield from kinds(part)
            case _:
                pass

    premises = [rule.when for rule in pack.rules.values()] + [each.when for each in pack.concepts.values()]
    met = {kind for premise in premises for kind in kinds(premise)}

    assert {AllOf, AnyOf, AtLeast, Negation, Derived} <= met
