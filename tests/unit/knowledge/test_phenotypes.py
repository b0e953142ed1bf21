"""Phenotype tables as derived concepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pack import a_rule_text, base_files, loaded

from engine.domain.atoms import HasDiplotype
from engine.domain.ids import ConceptId, GeneId, RuleId
from engine.terminology.alleles import allele_order, diplotype

TABLE = """\
genes:
  CYP2C19: {title: CYP2C19}
  VKORC1: {title: VKORC1}
phenotypes:
  CYP2C19:
    prefix: cyp2c19
    alleles: {"*10": 0, "*1": 1, "*2": 0.5, "*99": unknown}
    phenotypes:
      normal: {title: normal, score: {at_least: 1.5}, reported: [Normal Metabolizer]}
      intermediate:
        title: intermediate
        score: {at_least: 1, below: 1.5}
        reported: [Intermediate Metabolizer]
      poor: {title: poor, score: {below: 1}, reported: [Poor Metabolizer]}
    sources: [{citation: table, where: x}]
  VKORC1:
    prefix: vkorc1
    genotypes: {normal: [G/G], sensitive: [A/A, A/G]}
    phenotypes:
      normal: {title: usual sensitivity}
      sensitive: {title: sensitive, reported: [Sensitive]}
    sources: [{citation: table, where: x}]
"""


def atom_of(concept: str) -> HasDiplotype:
    """Return what a phenotype concept rests on."""
    when = loaded(base_files(tables=TABLE)).concepts[ConceptId(concept)].when
    assert isinstance(when, HasDiplotype)
    return when


def test_every_diplotype_of_a_score_is_spelled_out_with_its_alleles_in_canonical_order() -> None:
    assert atom_of("cyp2c19.normal").diplotypes == {"*1/*1", "*1/*2"}
    assert atom_of("cyp2c19.intermediate").diplotypes == {"*1/*10", "*2/*2"}
    assert atom_of("cyp2c19.poor").diplotypes == {"*2/*10", "*10/*10"}


def test_every_phenotype_knows_what_the_whole_table_knows() -> None:
    for name in ("normal", "intermediate", "poor"):
        atom = atom_of(f"cyp2c19.{name}")

        assert set(atom.known) == {"*1/*1", "*1/*2", "*1/*10", "*2/*2", "*2/*10", "*10/*10"}
        assert set(atom.known_reported) == {
            "Normal Metabolizer",
            "Intermediate Metabolizer",
            "Poor Metabolizer",
        }


def test_an_allele_of_unknown_function_is_in_no_diplotype_of_the_table() -> None:
    assert not any("*99" in each for each in atom_of("cyp2c19.poor").known)


def test_a_gene_without_star_alleles_lists_its_genotypes() -> None:
    atom = atom_of("vkorc1.sensitive")

    assert atom.diplotypes == {"A/A", "A/G"}
    assert atom.known == {"G/G", "A/A", "A/G"}
    assert atom.reported == ("Sensitive",)


def test_a_diplotype_written_in_a_rule_is_judged_by_the_genes_table_too() -> None:
    text = a_rule_text('{diplotype: {gene: CYP2C19, is: ["*2/*2"]}}')
    when = loaded(base_files(tables=TABLE, x=text)).rules[RuleId("x.rule")].when

    assert isinstance(when, HasDiplotype)
    assert when.gene == GeneId("CYP2C19")
    assert when.known == atom_of("cyp2c19.normal").known
    assert when.reported == ()


@pytest.mark.parametrize(
    ("first", "second", "pair"), [("*3", "*1", "*1/*3"), ("*10", "*2", "*2/*10"), ("G", "A", "A/G")]
)
def test_a_diplotype_is_written_in_one_way(first: str, second: str, pair: str) -> None:
    assert diplotype(first, second) == pair


@given(
    st.text(st.sampled_from("*0123456789xAG+"), min_size=1),
    st.text(st.sampled_from("*0123456789xAG+"), min_size=1),
)
def test_the_order_of_alleles_never_matters(first: str, second: str) -> None:
    assert diplotype(first, second) == diplotype(second, first)
    assert sorted([first, second], key=allele_order) == sorted([second, first], key=allele_order)
