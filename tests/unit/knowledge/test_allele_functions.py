"""Phenotypes by the functions of both alleles: what a table makes, and what is told of a wrong one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pack import base_files

from engine.domain.atoms import HasDiplotype
from engine.domain.ids import ConceptId
from engine.knowledge.load import load_pack
from engine.terminology.alleles import diplotype, halves, is_among, known_diplotype

DAY = date(2026, 11, 1)


def _table(**changed: str) -> str:
    parts = {
        "functions": '{normal: ["*1"], none: ["*2", "*3"], uncertain: ["*9"]}',
        "pairs": "{normal: [[normal, normal]], intermediate: [[normal, none]], poor: [[none, none]]}",
        "alone": "{poor: [none]}",
        **changed,
    }
    lines = [f"    {key}: {value}" for key, value in parts.items()]
    names = "".join(
        f"      {name}: {{title: {name} of it, reported: [{name.title()}]}}\n"
        for name in ("normal", "intermediate", "poor")
    )
    return (
        "genes:\n  CYP2C19: {title: CYP2C19}\nphenotypes:\n  CYP2C19:\n    prefix: cyp2c19\n"
        + "\n".join(lines)
        + f"\n    phenotypes:\n{names}    sources: [{{citation: label, where: table}}]\n"
    )


def _said(**changed: str) -> str:
    _, diagnostics = load_pack(base_files(tables=_table(**changed)), DAY, cases=False)
    return "\n".join(item.message for item in diagnostics)


def _diplotypes(name: str) -> frozenset[str]:
    pack, diagnostics = load_pack(base_files(tables=_table()), DAY, cases=False)
    assert pack is not None, diagnostics
    when = pack.concepts[ConceptId(f"cyp2c19.{name}")].when
    assert isinstance(when, HasDiplotype)
    return when.diplotypes


def test_each_pair_of_functions_makes_the_pairs_of_its_alleles() -> None:
    assert _diplotypes("normal") == {"*1/*1"}
    assert _diplotypes("intermediate") == {"*1/*2", "*1/*3"}


def test_a_function_that_stands_alone_makes_its_alleles_alone() -> None:
    assert _diplotypes("poor") == {"*2/*2", "*2/*3", "*3/*3", "*2", "*3"}


def test_an_allele_of_uncertain_function_is_in_no_phenotype_and_is_read_all_the_same() -> None:
    pack, _ = load_pack(base_files(tables=_table()), DAY, cases=False)
    assert pack is not None

    assert not any("*9" in each for name in ("normal", "intermediate", "poor") for each in _diplotypes(name))
    assert "*9" in next(gene.alleles for gene in pack.vocabulary.genes.values() if gene.title == "CYP2C19")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"functions": '{normal: ["*1"], none: ["*2", "*1"]}'},
            "*1 has the functions normal and none at once",
        ),
        ({"pairs": "{poor: [[none, absent]]}"}, "absent and none is no pair of its functions"),
        ({"pairs": "{poor: [[none]]}"}, "none is no pair of its functions"),
        ({"pairs": "{worse: [[none, none]]}"}, '"worse" is none of its phenotypes'),
        (
            {"pairs": "{poor: [[none, none]], normal: [[none, none]]}"},
            "none and none is poor and normal at once",
        ),
        ({"alleles": '{"*1": 1}'}, "lists both alleles and functions"),
        (
            {"pairs": "{normal: [[normal, normal]], poor: [[none, none]]}"},
            "no phenotype has the pair none and normal",
        ),
    ],
)
def test_a_wrong_table_is_told(changed: dict[str, str], said: str) -> None:
    assert said in _said(**changed)


def test_a_name_of_an_allele_may_hold_a_slash() -> None:
    alleles = frozenset({"Telti/Kobe", "A"})

    assert known_diplotype("A/Telti/Kobe", alleles) == "A/Telti/Kobe"
    assert known_diplotype("Telti/Kobe/A", alleles) == "A/Telti/Kobe"
    assert known_diplotype("Telti/Kobe", alleles) == "Telti/Kobe"
    assert known_diplotype("A/B", alleles) is None


@given(st.lists(st.from_regex(r"\*[1-9][0-9]?[A-D]?", fullmatch=True), min_size=2, max_size=2))
def test_the_order_of_two_alleles_makes_no_difference(pair: list[str]) -> None:
    first, second = pair

    assert diplotype(first, second) == diplotype(second, first)
    assert is_among(f"{second}/{first}", frozenset({diplotype(first, second)}))
    assert (first, second) in set(halves(f"{first}/{second}"))
