"""PharmCAT reports of versions 2 and 3, with a patient's bundle or attached to a known patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fhir_bundles import NOW, as_bytes, bundle, loud, patient, quiet, read, read_files
from shipped_words import shipped_index

from engine.domain.patient import CallSource, PatientRecord
from engine.errors import PatientAmbiguous
from engine.intake.files import intake


def call(first: str | None, second: str | None, *phenotypes: str, label: str = "") -> dict[str, Any]:
    alleles = {
        key: {"name": name} if name else None for key, name in (("allele1", first), ("allele2", second))
    }
    return {**alleles, "phenotypes": list(phenotypes), "label": label or f"{first}/{second}"}


def gene(symbol: str, *calls: dict[str, Any]) -> dict[str, Any]:
    return {"geneSymbol": symbol, "callSource": "MATCHER", "sourceDiplotypes": list(calls)}


def report(*genes: dict[str, Any], version: int = 2) -> dict[str, Any]:
    table: dict[str, Any] = {one["geneSymbol"]: one for one in genes}
    return {
        "title": "sample",
        "timestamp": "Sep 22, 2026, 3:03:50 PM",
        "pharmcatVersion": f"v{version}.0.0",
        "genes": {"CPIC": table, "DPWG": table} if version == 2 else table,
    }


def with_patient(document: dict[str, Any]) -> PatientRecord:
    return read_files(bundle(patient()), document)


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions_give_each_gene_once(version: int) -> None:
    record = with_patient(
        report(gene("CYP2C9", call("*1", "*3", "Intermediate Metabolizer")), version=version)
    )
    (found,) = record.genotypes
    assert (found.gene, found.diplotypes, found.phenotype) == (
        "CYP2C9",
        ("*1/*3",),
        "Intermediate Metabolizer",
    )
    assert found.source is CallSource.PHARMCAT
    assert str(found.at) == "2026-09-22"
    assert found.provenance.document_name == "file-2.json"


def test_the_strand_of_vkorc1_is_turned_to_ours() -> None:
    calls = call("rs9923231 reference (C)", "rs9923231 variant (T)", "-1639 AG")
    assert with_patient(report(gene("VKORC1", calls))).genotypes[0].diplotypes == ("A/G",)


def test_all_diplotypes_that_fit_are_kept_and_a_phenotype_only_where_they_agree() -> None:
    same = [
        call("*1", "*5", "Intermediate Metabolizer"),
        call("*2", "*3", "Poor Metabolizer"),
    ]
    (found,) = with_patient(report(gene("CYP2C9", *same))).genotypes
    assert (found.diplotypes, found.phenotype) == (("*1/*5", "*2/*3"), None)


def test_a_phenotype_from_outside_stands_without_a_diplotype() -> None:
    (found,) = with_patient(
        report(gene("CYP2D6", call(None, None, "Poor Metabolizer", label="n/a")))
    ).genotypes
    assert (found.diplotypes, found.phenotype) == ((), "Poor Metabolizer")


def test_a_gene_that_was_not_called_or_is_of_no_use_is_listed() -> None:
    record = with_patient(
        report(
            gene("CYP2C9", call("Unknown", "Unknown", "No Result")),
            gene("CYP2C19"),
            gene("CYP1A2", call("*1", "*1")),
        )
    )
    assert not record.genotypes
    assert quiet(record) == [
        "CYP1A2: no rule speaks of this gene.",
        "CYP2C19: PharmCAT called no genotype for it.",
        "CYP2C9: PharmCAT called no genotype for it.",
    ]


def test_one_diplotype_that_cannot_be_read_leaves_none_to_stand() -> None:
    record = with_patient(report(gene("CYP2C9", call("*1", "*3"), call("weird allele", "*3"))))
    assert not record.genotypes
    assert "weird allele/*3" in loud(record)[0]


def test_the_record_says_that_the_report_named_nobody() -> None:
    record = with_patient(report(gene("CYP2C9", call("*1", "*1"))))
    assert record.flags == (
        "file-2.json names no patient; it was imported together with the record of Example-Test, Toni.",
    )
    assert [item.kind for item in record.documents] == ["FHIR R4 bundle", "PharmCAT report"]


def test_a_report_alone_belongs_to_nobody() -> None:
    content = as_bytes(report(gene("CYP2C9", call("*1", "*1"))))
    with pytest.raises(PatientAmbiguous, match="names no patient") as caught:
        intake([("r.json", content)], shipped_index(), NOW)
    assert "together with the patient's FHIR bundle" in caught.value.hint


def test_a_report_can_be_attached_to_a_known_patient_and_replaces_its_own_earlier_one() -> None:
    known = read()
    first = as_bytes(report(gene("CYP2C9", call("*1", "*1"))))
    second = as_bytes(report(gene("CYP2C9", call("*1", "*3"))))
    once = intake([("r.json", first)], shipped_index(), NOW, attach_to=known)
    assert once.patient_id == known.patient_id
    assert "was attached to Example-Test, Toni" in once.flags[0]
    twice = intake([("r.json", second)], shipped_index(), NOW, attach_to=once)
    assert [item.diplotypes for item in twice.genotypes] == [("*1/*3",)]


def test_a_later_bundle_keeps_the_report_unless_it_brings_its_own() -> None:
    earlier = with_patient(report(gene("CYP2C9", call("*1", "*3"))))
    again = read_files(bundle(patient()), earlier=lambda _: earlier)
    assert [item.diplotypes for item in again.genotypes] == [("*1/*3",)]
    assert [item.kind for item in again.documents] == ["FHIR R4 bundle", "PharmCAT report"]
    other = report(gene("CYP2C9", call("*2", "*3")))
    newer = read_files(bundle(patient()), other, earlier=lambda _: replace(earlier))
    assert [item.diplotypes for item in newer.genotypes] == [("*2/*3",)]
