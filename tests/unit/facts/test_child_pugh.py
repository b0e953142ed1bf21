"""The Child-Pugh score: computed from its parts, reported first, unknown where the two disagree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from charts import (
    VOCABULARY,
    ago,
    at_least,
    below,
    diagnosed,
    fact,
    observed,
    patient,
    reading,
    reading_of,
    takes,
    with_observations,
)

from engine.domain.ids import ConditionId
from engine.domain.patient import PatientRecord
from engine.domain.truth import Truth
from engine.facts.assemble import Facts


def liver(
    bilirubin: str = "1", albumin: str = "4", inr: str = "1", *more: Any, **changes: Any
) -> PatientRecord:
    values = {"bilirubin": bilirubin, "albumin": albumin, "inr": inr}
    measured = [observed(name, value, 5) for name, value in values.items() if value]
    return replace(with_observations(*measured, *more), **changes)


def score(record: PatientRecord) -> str:
    return str(reading_of(record, "child_pugh_score").value)


@pytest.mark.parametrize(
    ("bilirubin", "albumin", "inr", "points"),
    [
        ("1.9", "3.6", "1.6", "5"),
        ("2", "3.6", "1.6", "6"),
        ("3", "3.6", "1.6", "6"),
        ("3.1", "3.6", "1.6", "7"),
        ("1", "3.5", "1.6", "6"),
        ("1", "2.8", "1.6", "6"),
        ("1", "2.7", "1.6", "7"),
        ("1", "3.6", "1.7", "6"),
        ("1", "3.6", "2.3", "6"),
        ("1", "3.6", "2.4", "7"),
    ],
)
def test_the_limits_of_the_laboratory_values(bilirubin: str, albumin: str, inr: str, points: str) -> None:
    assert score(liver(bilirubin, albumin, inr)) == points


def test_complications_count_by_grade() -> None:
    ascites = (diagnosed("ascites"),)
    slight = liver("1", "4", "1", observed("ascites_grade", "1", 5), diagnoses=ascites)
    assert score(slight) == "6"
    assert score(liver("1", "4", "1", observed("ascites_grade", "2", 5), diagnoses=ascites)) == "7"
    coma = liver("1", "4", "1", observed("encephalopathy_grade", "3", 5))
    assert score(coma) == "7"


def test_a_complication_without_grade_leaves_a_range() -> None:
    record = liver(diagnoses=(diagnosed("ascites"),))
    assert reading(record, "child_pugh_score") is None
    assert fact(record, below("child_pugh_score", "8")).truth is Truth.TRUE
    found = fact(record, at_least("child_pugh_score", "7"))
    assert found.truth is Truth.UNKNOWN
    assert found.missing[0].reason == "never measured; to be computed it lacks grade of ascites"


def test_an_inr_under_warfarin_says_nothing_of_the_liver() -> None:
    on_warfarin = liver("1", "4", "2.5", medications=(takes("warfarin"),))
    found = fact(on_warfarin, at_least("child_pugh_score", "7"))
    assert found.truth is Truth.UNKNOWN
    assert "INR" in found.missing[0].reason
    assert score(liver("1", "4", "1.2", medications=(takes("warfarin"),))) == "5"


def test_a_report_made_with_all_the_data_goes_first() -> None:
    reported = observed("child_pugh_score", "8", 5)
    assert score(liver("1", "4", "1", reported)) == "8"
    assert "as reported" in fact(liver("1", "4", "1", reported), at_least("child_pugh_score", "7")).statement


def test_a_report_that_newer_data_contradict_is_not_believed() -> None:
    older = observed("child_pugh_score", "5", 60)
    found = fact(liver("4", "2.5", "1", older), at_least("child_pugh_score", "7"))
    assert found.truth is Truth.UNKNOWN
    assert "reported as 5" in found.missing[0].reason
    assert score(liver("1", "4", "1", older)) == "5"


def test_a_complication_found_after_the_report_counts_against_it() -> None:
    ascites = diagnosed("ascites")
    recorded = replace(ascites, provenance=replace(ascites.provenance, recorded=ago(1)))
    record = liver(
        "1",
        "4",
        "1",
        observed("ascites_grade", "1", 30),
        observed("child_pugh_score", "5", 5),
        diagnoses=(recorded,),
    )
    assert reading(record, "child_pugh_score") is None


def test_a_report_alone_holds_even_where_the_lists_know_less() -> None:
    assert score(patient(observations=(observed("child_pugh_score", "12", 5),))) == "12"


def test_without_the_words_it_is_a_measured_quantity() -> None:
    fewer = {key: value for key, value in VOCABULARY.conditions.items() if key != ConditionId("ascites")}
    facts = Facts(replace(VOCABULARY, conditions=fewer))
    assert reading(liver(), "child_pugh_score", facts) is None
    found = fact(liver(), at_least("child_pugh_score", "7"), facts)
    assert found.missing[0].reason == "never measured"


def test_the_trace_shows_every_part_with_its_source() -> None:
    found = fact(liver("2.5"), at_least("child_pugh_score", "6"))
    (derivation,) = found.evidence
    assert derivation.sources[0].citation == "child-pugh-1973"
    assert "bilirubin 2 mg/dL or more: 1 point" in [node.label for node in derivation.children]
    assert "5 to begin with" in reading_of(liver(), "child_pugh_score").note
