"""HLA typings: which alleles are carried, from every way in which reports write them."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_bundles import LOINC, bundle, concept, loud, observation, patient, quiet, read, read_files
from shipped_words import shipped_index

from engine.domain.ids import GeneId
from engine.domain.patient import CallSource, GenotypeResult, PatientRecord
from engine.intake.genotypes import diplotype_of
from engine.intake.hla_wording import markers
from engine.intake.hla_wording import read as read_text

A3101, B1502, B5701, B5801 = (GeneId(f"HLA-{name}") for name in ("A_3101", "B_1502", "B_5701", "B_5801"))
OPEN = ("negative", "positive")


def told(record: PatientRecord) -> dict[str, tuple[str, ...]]:
    return {result.gene: result.diplotypes for result in record.genotypes}


def studied(gene: str) -> list[dict[str, Any]]:
    coded = concept(("http://www.genenames.org/geneId", gene))
    return [{"code": concept((LOINC, "48018-6")), "valueCodeableConcept": coded}]


def genotype(said: str, gene: str = "HGNC:4932") -> dict[str, Any]:
    return observation("84413-4", valueCodeableConcept={"text": said}, component=studied(gene))


def call(first: str | None, second: str | None, *phenotypes: str) -> dict[str, Any]:
    alleles = {
        key: {"name": name} if name else None for key, name in (("allele1", first), ("allele2", second))
    }
    return {**alleles, "phenotypes": list(phenotypes), "label": f"{first}/{second}"}


def pharmcat(symbol: str, *calls: dict[str, Any]) -> PatientRecord:
    gene = {"geneSymbol": symbol, "sourceDiplotypes": list(calls)}
    return read_files(bundle(patient()), {"pharmcatVersion": "v3.0.0", "genes": {symbol: gene}})


def test_the_pack_asks_for_four_alleles() -> None:
    assert {each.gene: (each.locus, each.fields) for each in markers(shipped_index())} == {
        A3101: ("HLA-A", ("31", "01")),
        B1502: ("HLA-B", ("15", "02")),
        B5701: ("HLA-B", ("57", "01")),
        B5801: ("HLA-B", ("58", "01")),
    }


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("HLA-B *57:01 positive", {B5701: ("positive",)}),
        ("HLA-B*57:01 positive", {B5701: ("positive",)}),
        ("HLA-B*5701 Positive", {B5701: ("positive",)}),
        ("Positive for HLA-B*57:01", {B5701: ("positive",)}),
        ("*57:01 positive", {B5701: ("positive",)}),
        ("B*57:01:01:01 detected", {B5701: ("positive",)}),
        ("HLA-B*57:01G", {B5701: ("positive",)}),
        ("HLA-B*57:01 not detected", {B5701: ("negative",)}),
        ("HLA-B*57:01: negative", {B5701: ("negative",)}),
        ("non-carrier of HLA-B*57:01", {B5701: ("negative",)}),
        ("HLA-B*57:03 positive", {}),
        ("HLA-A*31:01 negative, HLA-B*15:02 positive", {A3101: ("negative",), B1502: ("positive",)}),
        ("*07:02/*57:01", {B1502: ("negative",), B5701: ("positive",), B5801: ("negative",)}),
        ("B*57:01/B*58:01", {B1502: ("negative",), B5701: ("positive",), B5801: ("positive",)}),
        ("HLA-B*07:02, HLA-B*57:01", {B1502: ("negative",), B5701: ("positive",), B5801: ("negative",)}),
        ("HLA-A*31:01, HLA-B*15:02", {A3101: ("positive",), B1502: ("positive",)}),
        ("*07:02/*57", {B1502: ("negative",), B5701: OPEN, B5801: ("negative",)}),
        ("*07/*08", {B1502: ("negative",), B5701: ("negative",), B5801: ("negative",)}),
        ("*07:02/*57:01 or *07:02/*58:01", {B1502: ("negative",), B5701: OPEN, B5801: OPEN}),
        ("*57:01N positive", None),
        ("positive", None),
        ("see comment", None),
    ],
)
def test_a_text_tells_what_is_carried(text: str, possible: dict[GeneId, tuple[str, ...]] | None) -> None:
    said = read_text(text, "HLA-B", markers(shipped_index()))

    assert bool(said.unread) == (possible is None)
    if possible is not None:
        assert {gene: tuple(sorted(each)) for gene, each in said.possible.items()} == possible


def test_the_example_of_hl7_names_the_allele_that_was_found() -> None:
    (found,) = read(genotype("HLA-B*15:02")).genotypes
    assert (found.gene, found.diplotypes, found.source) == (B1502, ("positive",), CallSource.LABORATORY)
    assert str(found.at) == "2026-10-01"


@pytest.mark.parametrize(
    ("said", "verdict"), [("Positive", "positive"), ("Detected", "positive"), ("Not detected", "negative")]
)
def test_a_presence_term_needs_no_more_than_a_verdict(said: str, verdict: str) -> None:
    by_code = observation("57979-7", valueCodeableConcept={"text": said})
    by_name = observation("84413-4", valueString=said)
    by_name["code"]["text"] = "HLA-B*58:01 [Presence]"
    assert told(read(by_code, by_name)) == {B1502: (verdict,), B5801: (verdict,)}


def test_a_typing_of_a_locus_settles_each_allele_of_it() -> None:
    typing = observation("57291-7", valueString="*15:02:01/*40:01:02")
    assert told(read(typing)) == {B1502: ("positive",), B5701: ("negative",), B5801: ("negative",)}


def test_what_cannot_be_read_is_loud_and_proves_nothing() -> None:
    record = read(genotype("Positive"), genotype("see comment"))
    assert not record.genotypes
    assert ["no HLA allele" in line for line in loud(record)] == [True, True]


def test_an_allele_that_no_rule_asks_for_is_listed() -> None:
    record = read(genotype("HLA-B*27:05 positive"))
    assert not record.genotypes
    assert "no" not in loud(record)
    assert "that a rule speaks of" in quiet(record)[0]


def test_pharmcat_gives_typing_and_phenotypes() -> None:
    record = pharmcat(
        "HLA-B", call("*07:02", "*57:01", "*57:01 positive", "*58:01 negative", "*15:02 negative")
    )
    assert told(record) == {B1502: ("negative",), B5701: ("positive",), B5801: ("negative",)}
    assert {result.source for result in record.genotypes} == {CallSource.PHARMCAT}


def test_pharmcat_gives_a_phenotype_from_outside_alone() -> None:
    assert told(pharmcat("HLA-B", call(None, None, "*57:01 positive"))) == {B5701: ("positive",)}
    assert told(pharmcat("HLA-A", call(None, None, "*31:01 negative"))) == {A3101: ("negative",)}


def test_calls_of_pharmcat_that_differ_leave_it_open() -> None:
    record = pharmcat("HLA-B", call("*07:02", "*57:01"), call("*07:02", "*57:03"))
    assert told(record)[B5701] == OPEN


def test_pharmcat_without_a_call_proves_nothing() -> None:
    record = pharmcat("HLA-B", call("Unknown", "Unknown", "No Result"))
    assert not record.genotypes
    assert len(quiet(record)) == 1


def test_ifnl3_is_read_from_pharmcat() -> None:
    record = pharmcat("IFNL3", call("rs12979860 reference (C)", "rs12979860 variant (T)"))
    assert told(record) == {"IFNL3": ("C/T",)}


@pytest.mark.parametrize(
    ("gene", "written", "own"),
    [
        (B5701, "positive", "positive"),
        (B5701, "Negative", "negative"),
        (B5701, "HLA-B*57:01 positive", "positive"),
        (B5701, "not detected", "negative"),
        (B5701, "*1/*3", None),
        (GeneId("IFNL3"), "rs12979860 CT", "C/T"),
        (GeneId("IFNL3"), "T/C", "C/T"),
    ],
)
def test_a_genotype_entered_by_hand_is_written_one_way(gene: GeneId, written: str, own: str | None) -> None:
    assert diplotype_of(gene, written, shipped_index()) == own


def test_results_are_of_the_domain() -> None:
    assert all(isinstance(each, GenotypeResult) for each in read(genotype("HLA-B*15:02")).genotypes)
