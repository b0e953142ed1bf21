"""Laws of proofs about details, courses, plans and trimesters, against patients run through the facts floor.

What is called impossible no patient does, and what is called possible is shown by a patient who does it: the
two together leave the solver's picture of these atoms no room to differ from the facts floor's.
"""

from __future__ import annotations

import pytest
from detailed_pack import LEAVES, detailed_files, everybody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proved_packs import Quiet, assessor, of_kind, pack_of
from small_pack import DAY

from engine.domain.pack import PackFile
from engine.inference.reference import ReferenceEngine
from engine.knowledge.case_facts import CaseBook, open_cases
from engine.knowledge.case_runs import load_to_run
from engine.knowledge.case_schema import Expectation
from engine.knowledge.proof_records import ProofKind, ProofReport
from engine.knowledge.proofs import prove
from engine.knowledge.suggested_cases import suggest_cases

FAMILIES = tuple(LEAVES)
few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _joined(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(below, min_size=2, max_size=3).map(", ".join)
    return st.one_of(
        parts.map(lambda each: f"{{all: [{each}]}}"),
        parts.map(lambda each: f"{{any: [{each}]}}"),
        below.map(lambda each: f"{{not: {each}}}"),
    )


def premises(family: str) -> st.SearchStrategy[str]:
    """Return premises over the atoms of one family; in half of them two must hold and a third one not."""
    leaves = st.sampled_from(LEAVES[family])
    against = st.tuples(leaves, leaves, leaves).map(
        lambda each: f"{{all: [{each[0]}, {each[1]}, {{not: {each[2]}}}]}}"
    )
    return st.one_of(against, st.recursive(leaves, _joined, max_leaves=5))


def _proved(files: tuple[PackFile, ...]) -> ProofReport:
    return prove(pack_of(files), files, DAY, assessor(), Quiet(), everything=True)


def _fires(files: tuple[PackFile, ...]) -> list[tuple[bool, ...]]:
    """Return, for each patient of the case file, which rules fire."""
    book: CaseBook | None = open_cases(files, load_to_run(files, DAY))
    assert book is not None
    engine = ReferenceEngine()
    return [
        tuple(
            each.outcome(rule, book.chain(rule), engine) is Expectation.FIRES
            for rule in book.pack.rules.values()
        )
        for each in book.cases
    ]


@pytest.mark.parametrize("family", FAMILIES)
@few
@given(data=st.data())
def test_what_is_called_impossible_no_patient_does_and_the_rest_is_shown(
    family: str, data: st.DataObject
) -> None:
    one, two = data.draw(premises(family)), data.draw(premises(family))

    report = _proved(detailed_files(one, two))

    fires = _fires(detailed_files(one, two, cases=everybody(family)))
    dead = {rule for proof in of_kind(report, ProofKind.UNREACHABLE) for rule in proof.rules}
    assert not ("x.one" in dead and any(one_fires for one_fires, _ in fires))
    assert not ("x.two" in dead and any(two_fires for _, two_fires in fires))
    for proof in of_kind(report, ProofKind.SUBSUMED):
        weaker, stronger = (("x.one", "x.two").index(rule) for rule in proof.rules)
        assert not any(each[weaker] and not each[stronger] for each in fires)
    together = (*of_kind(report, ProofKind.OVERLAP), *of_kind(report, ProofKind.SUBSUMED))
    assert together or not any(all(each) for each in fires)
    assert [str(proof) for proof in report.proofs if proof.unconfirmed] == []
    assert not of_kind(report, ProofKind.OUT_OF_TIME)


@pytest.mark.parametrize("family", FAMILIES)
@few
@given(data=st.data())
def test_a_rule_that_is_not_called_unreachable_fires_for_the_patient_shown(
    family: str, data: st.DataObject
) -> None:
    one = data.draw(premises(family))

    report = _proved(detailed_files(one, one))

    dead = of_kind(report, ProofKind.UNREACHABLE)
    shown = [proof for proof in of_kind(report, ProofKind.SUBSUMED) if proof.shown is not None]
    assert bool(dead) is not bool(shown)
    assert {proof.unconfirmed for proof in shown} <= {""}


@pytest.mark.parametrize("family", FAMILIES)
@few
@given(data=st.data())
def test_suggested_cases_come_out_as_they_say(family: str, data: st.DataObject) -> None:
    files = detailed_files(data.draw(premises(family)))

    made = suggest_cases(pack_of(files), files, DAY, "x.one", assessor())

    known = [text for text in made.left_out if "not known" not in text and "without" not in text]
    assert [text for text in known if "comes out otherwise" in text] == []
    assert made.cases
