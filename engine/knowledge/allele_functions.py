"""Phenotypes by the functions of both alleles, as CPIC gives them for genes without an activity score."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement

from engine.knowledge.codes import Code
from engine.knowledge.notes import Notes
from engine.knowledge.schema import PhenotypeTable
from engine.terminology.alleles import diplotype

_Pair = tuple[str, ...]


def by_function(gene: str, table: PhenotypeTable, notes: Notes) -> dict[str, tuple[str, ...]]:
    """Return the diplotypes of each phenotype.

    A pair of functions that no phenotype claims, such as one with an allele of uncertain function, leaves
    its diplotypes out: they stay unknown.
    """
    by = f'phenotype table "{gene}"'
    functions = _function_of(by, table, notes)
    claims = _claims(by, table, notes)
    _uncovered(by, table, claims, notes)
    groups: dict[str, list[str]] = {name: [] for name in table.phenotypes}
    for first, second in combinations_with_replacement(functions, 2):
        name = claims.get(tuple(sorted((functions[first], functions[second]))))
        if name in groups:
            groups[name].append(diplotype(first, second))
    for allele, function in functions.items():
        name = claims.get((function,))
        if name in groups:
            groups[name].append(allele)
    return {name: tuple(several) for name, several in groups.items()}


def _function_of(by: str, table: PhenotypeTable, notes: Notes) -> dict[str, str]:
    found: dict[str, str] = {}
    for function, alleles in table.functions.items():
        for index, allele in enumerate(alleles):
            if allele in found:
                notes.refuse(
                    Code.PHENOTYPE_OVERLAP,
                    table.at("functions", function, index),
                    f"{by}: the allele {allele} has the functions {found[allele]} and {function} at once.",
                    "List each allele once.",
                )
            found.setdefault(allele, function)
    return found


def _claims(by: str, table: PhenotypeTable, notes: Notes) -> dict[_Pair, str]:
    """Return which phenotype each pair of functions makes, and each function that stands alone."""
    found: dict[_Pair, str] = {}
    written = [
        (("pairs", name, index), name, tuple(sorted(pair)), len(pair) == 2)
        for name, pairs in table.pairs.items()
        for index, pair in enumerate(pairs)
    ]
    written += [
        (("alone", name, index), name, (function,), True)
        for name, functions in table.alone.items()
        for index, function in enumerate(functions)
    ]
    for place, name, pair, whole in written:
        strange = [each for each in pair if each not in table.functions]
        if strange or not whole:
            notes.refuse(
                Code.WRONG_SHAPE if not strange else Code.UNDEFINED_NAME,
                table.at(*place),
                f"{by}: {' and '.join(pair) or 'nothing'} is no pair of its functions.",
                f"Write two of: {', '.join(table.functions)}.",
            )
        if name not in table.phenotypes:
            notes.refuse(
                Code.UNDEFINED_NAME,
                table.at(*place),
                f'{by}: "{name}" is none of its phenotypes.',
                f"Its phenotypes are: {', '.join(table.phenotypes)}.",
            )
        if found.setdefault(pair, name) != name:
            notes.refuse(
                Code.PHENOTYPE_OVERLAP,
                table.at(*place),
                f"{by}: {' and '.join(pair)} is {found[pair]} and {name} at once.",
                "Give each pair of functions one phenotype.",
            )
    return found


def _uncovered(by: str, table: PhenotypeTable, claims: Mapping[_Pair, str], notes: Notes) -> None:
    """Warn of pairs that were forgotten: both functions make a phenotype with others, but none together."""
    used = sorted({function for pair in claims if len(pair) == 2 for function in pair if pair[0] == pair[1]})
    for pair in combinations_with_replacement(used, 2):
        if pair not in claims:
            notes.warn(
                Code.PHENOTYPE_GAP,
                table.at("pairs"),
                f"{by}: no phenotype has the pair {pair[0]} and {pair[1]}.",
                "Such patients stay unknown; add the pair if that is not meant.",
            )
