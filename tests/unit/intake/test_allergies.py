"""Allergies: substance, kind and severity; nothing known against known to be nothing."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_bundles import RXNORM, SNOMED, allergy, concept, loud, quiet, read

from engine.domain.patient import AllergyKind, ListKind


@pytest.mark.parametrize(
    ("code", "allergen", "drug"),
    [
        (concept((RXNORM, "1191")), None, "aspirin"),
        (concept((RXNORM, "7980")), "penicillins", "penicillin_g"),
        (concept((RXNORM, "723")), "penicillins", "amoxicillin"),
        (concept(text="Penicillin"), "penicillins", None),
        (concept(text="Codeine phosphate 30 mg tablet"), None, "codeine"),
        (concept(text="Warfarin"), "warfarin", None),
        (concept((SNOMED, "256349002"), text="Peanut - dietary"), "peanut", None),
    ],
)
def test_a_substance_is_an_allergen_a_drug_or_both(
    code: dict[str, Any], allergen: str | None, drug: str | None
) -> None:
    record = read(allergy(code))
    assert [(item.allergen, item.drug) for item in record.allergies] == [(allergen, drug)]
    assert not loud(record)


def test_an_unknown_substance_could_be_any_drug() -> None:
    record = read(allergy({"text": "Zyzyx"}))
    assert [(item.allergen, item.drug) for item in record.allergies] == [(None, None)]
    assert "no word or code in it is a substance" in loud(record)[0]


def test_an_unknown_food_is_no_drug_and_quiet() -> None:
    record = read(allergy({"text": "Dragon fruit"}, category=["food"]))
    assert not loud(record)
    assert "food or surroundings" in quiet(record)[0]


@pytest.mark.parametrize("code", ["716186003", "409137002"])
def test_no_known_allergy_is_a_review_of_its_day(code: str) -> None:
    record = read(allergy(concept((SNOMED, code))))
    assert [(item.kind, str(item.on)) for item in record.reviews] == [(ListKind.ALLERGIES, "2026-05-05")]
    assert not record.allergies


def test_no_known_allergy_without_a_day_proves_nothing_and_is_loud() -> None:
    undated = allergy(concept((SNOMED, "716186003")))
    del undated["recordedDate"]
    record = read(undated)
    assert not record.reviews
    assert "review of the list of allergies" in loud(record)[0]


@pytest.mark.parametrize("code", ["429625007", "no-allergy-info"])
def test_no_food_allergy_or_no_information_is_no_review(code: str) -> None:
    record = read(allergy(concept((SNOMED, code))))
    assert not record.reviews
    assert "says nothing about drugs" in quiet(record)[0]


def test_what_is_withdrawn_or_over_is_listed_only() -> None:
    gone = allergy(concept((RXNORM, "1191")), verificationStatus=concept(("urn:v", "entered-in-error")))
    refuted = allergy(concept((RXNORM, "1191")), verificationStatus=concept(("urn:v", "refuted")))
    over = allergy(concept((RXNORM, "1191")), clinicalStatus=concept(("urn:c", "resolved")))
    record = read(gone, refuted, over)
    assert not record.allergies
    assert [line.rpartition(": ")[2] for line in quiet(record)] == [
        "it is marked as entered in error.",
        "it is marked as refuted.",
        "it is marked as resolved.",
    ]


def test_kind_reaction_and_the_worst_severity_are_kept() -> None:
    reactions = [
        {"manifestation": [{"text": "Rash"}], "severity": "mild"},
        {"manifestation": [{"text": "Angioedema"}, {"text": "Rash"}], "severity": "severe"},
    ]
    (found,) = read(allergy(concept((RXNORM, "1191")), type="intolerance", reaction=reactions)).allergies
    assert (found.kind, found.reaction, found.severity) == (
        AllergyKind.INTOLERANCE,
        "Rash, Angioedema",
        "severe",
    )
    (high,) = read(allergy(concept((RXNORM, "1191")), criticality="high")).allergies
    assert (high.kind, high.severity) == (AllergyKind.UNKNOWN, "life-threatening")


def test_a_substance_named_in_the_reaction_only_counts() -> None:
    bare = allergy({}, reaction=[{"substance": {"text": "aspirin"}}])
    assert [item.drug for item in read(bare).allergies] == ["aspirin"]
