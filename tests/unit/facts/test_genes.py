"""Genotypes: every possible diplotype counts, and sources that disagree are all possible."""

from __future__ import annotations

import pytest
from charts import called, fact, patient

from engine.domain.atoms import HasDiplotype, HasReportedPhenotype
from engine.domain.ids import GeneId
from engine.domain.patient import CallSource, GenotypeResult
from engine.domain.truth import Truth

CYP2C9 = GeneId("CYP2C9")
POOR = HasDiplotype(gene=CYP2C9, diplotypes=frozenset({"*2/*3", "*3/*3"}))
TABLED = HasDiplotype(
    gene=CYP2C9,
    diplotypes=frozenset({"*2/*3", "*3/*3"}),
    known=frozenset({"*1/*1", "*1/*2", "*1/*3", "*2/*2", "*2/*3", "*3/*3"}),
    reported=("Poor Metabolizer",),
    known_reported=("Poor Metabolizer", "Intermediate Metabolizer", "Normal Metabolizer"),
)
REPORTED_POOR = HasReportedPhenotype(gene=CYP2C9, phenotypes=("Poor Metabolizer",))


def _truth(atom: HasDiplotype | HasReportedPhenotype, *results: GenotypeResult) -> Truth:
    found = fact(patient(genotypes=results), atom)
    assert bool(found.missing) == (found.truth is Truth.UNKNOWN)
    return found.truth


@pytest.mark.parametrize(
    ("diplotypes", "truth"),
    [
        (("*3/*3",), Truth.TRUE),
        (("*3/*2",), Truth.TRUE),
        (("*1/*3",), Truth.FALSE),
        (("*2/*3", "*3/*3"), Truth.TRUE),
        (("*1/*1", "*1/*2"), Truth.FALSE),
        (("*1/*3", "*3/*3"), Truth.UNKNOWN),
        ((), Truth.UNKNOWN),
    ],
)
def test_all_possible_diplotypes_must_be_among_those_asked_for_or_none(
    diplotypes: tuple[str, ...], truth: Truth
) -> None:
    """A call of two possible diplotypes is no call of either; the order of alleles means nothing."""
    assert _truth(POOR, called("CYP2C9", *diplotypes)) is truth


def test_a_gene_that_was_never_tested_is_unknown() -> None:
    """Absent is not normal."""
    found = fact(patient(), POOR)
    assert (found.truth, found.missing[0].reason) == (Truth.UNKNOWN, "never determined")
    assert found.missing[0].subject == "CYP2C9"


def test_sources_that_disagree_make_both_calls_possible_and_say_so() -> None:
    """The laboratory called *3/*3, PharmCAT *1/*3."""
    other = called("CYP2C9", "*1/*3", source=CallSource.PHARMCAT)
    found = fact(patient(genotypes=(called("CYP2C9", "*3/*3"), other)), POOR)
    assert found.truth is Truth.UNKNOWN
    assert "the sources disagree" in found.statement
    intermediate = fact(
        patient(genotypes=(called("CYP2C9", "*1/*2"), other)),
        HasDiplotype(gene=CYP2C9, diplotypes=frozenset({"*1/*2", "*1/*3"})),
    )
    assert intermediate.truth is Truth.TRUE


def test_an_allele_the_table_does_not_know_is_unknown_and_never_false() -> None:
    """Nobody knows what *60 does."""
    assert _truth(POOR, called("CYP2C9", "*1/*60")) is Truth.FALSE
    assert _truth(TABLED, called("CYP2C9", "*1/*60")) is Truth.UNKNOWN
    assert _truth(TABLED, called("CYP2C9", "*1/*60", phenotype="Poor Metabolizer")) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("phenotype", "truth"),
    [
        ("Poor Metabolizer", Truth.TRUE),
        ("poor metabolizer ", Truth.TRUE),
        ("Normal Metabolizer", Truth.FALSE),
        ("Indeterminate", Truth.UNKNOWN),
    ],
)
def test_a_reported_phenotype_decides_where_no_diplotype_was_called(phenotype: str, truth: Truth) -> None:
    """Some laboratories report the phenotype alone."""
    assert _truth(TABLED, called("CYP2C9", phenotype=phenotype)) is truth


def test_a_reported_phenotype_decides_nothing_where_the_atom_asks_for_alleles_alone() -> None:
    """A rule on the alleles themselves needs the alleles."""
    assert _truth(POOR, called("CYP2C9", phenotype="Poor Metabolizer")) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("diplotype", "phenotype", "truth"),
    [
        ("*3/*3", "Poor Metabolizer", Truth.TRUE),
        ("*3/*3", "Normal Metabolizer", Truth.UNKNOWN),
        ("*1/*1", "Poor Metabolizer", Truth.UNKNOWN),
        ("*1/*1", "Intermediate Metabolizer", Truth.FALSE),
        ("*3/*3", "Indeterminate", Truth.TRUE),
    ],
)
def test_a_call_and_a_report_that_contradict_each_other_leave_it_unknown(
    diplotype: str, phenotype: str, truth: Truth
) -> None:
    """*1/*1 is no poor metaboliser; if the laboratory says so all the same, something is wrong."""
    assert _truth(TABLED, called("CYP2C9", diplotype, phenotype=phenotype)) is truth


def test_one_contradicting_report_among_several_is_enough() -> None:
    """A second laboratory's word is not outvoted."""
    results = (
        called("CYP2C9", "*3/*3", phenotype="Poor Metabolizer"),
        called("CYP2C9", phenotype="Normal Metabolizer"),
    )
    assert _truth(TABLED, *results) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("phenotypes", "truth"),
    [
        (("Poor Metabolizer",), Truth.TRUE),
        (("POOR METABOLIZER",), Truth.TRUE),
        (("Normal Metabolizer",), Truth.FALSE),
        (("Normal Metabolizer", "Intermediate Metabolizer"), Truth.FALSE),
        (("Poor Metabolizer", "Normal Metabolizer"), Truth.UNKNOWN),
        ((), Truth.UNKNOWN),
    ],
)
def test_a_reported_phenotype_is_taken_at_its_word(phenotypes: tuple[str, ...], truth: Truth) -> None:
    """Reports that disagree about it leave it unknown."""
    assert _truth(REPORTED_POOR, *(called("CYP2C9", phenotype=said) for said in phenotypes)) is truth


def test_a_genotype_nobody_interpreted_is_no_report() -> None:
    """*1/*1 without a phenotype: ask for the diplotype, not for the report."""
    found = fact(patient(genotypes=(called("CYP2C9", "*1/*1"),)), REPORTED_POOR)
    assert found.missing[0].reason == "a genotype was called, but no phenotype reported"


def test_the_statement_names_the_call_and_the_trace_its_place() -> None:
    """CYP2C9 *3/*3, from the laboratory."""
    found = fact(patient(genotypes=(called("CYP2C9", "*3/*3"),)), POOR)
    assert found.statement == "CYP2C9 *3/*3"
    assert found.evidence[0].provenance is not None
