"""Phenotype tables as derived concepts: every diplotype spelled out, reports beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations_with_replacement

from engine.domain.atoms import HasDiplotype, named_diplotypes
from engine.domain.ids import ConceptId, GeneId
from engine.domain.quantities import Interval, plain
from engine.domain.rules import Concept
from engine.knowledge.allele_functions import by_function
from engine.knowledge.codes import Code
from engine.knowledge.names import Definition, Sort
from engine.knowledge.notes import Notes
from engine.knowledge.premise_schema import ScoreEntry
from engine.knowledge.schema import PhenotypeTable
from engine.terminology.alleles import allele_order, diplotype

#: 400 alleles make 80,200 diplotypes; CYP2D6 and G6PD, the longest tables of CPIC, have fewer than 200.
MOST_ALLELES = 400
#: Diplotypes that a symbol lists by themselves; more are named by their phenotype and a digest.
_LISTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Phenotypes:
    """What the phenotype tables of a pack became."""

    concepts: Mapping[ConceptId, Concept]
    known: Mapping[GeneId, frozenset[str]]
    """Every diplotype each gene's table knows."""
    scores: Mapping[GeneId, Scores]
    """The activity scores of the genes whose table has any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The activity scores of one gene's table."""

    of_diplotypes: Mapping[str, Decimal]
    """Every diplotype of two alleles that have a value, with their sum."""
    of_reports: tuple[tuple[Interval, tuple[str, ...]], ...]
    """The range of each phenotype, with what it is called in reports."""

    def listed(self) -> str:
        """Return the scores in words: ``0, 0.5, 1``."""
        return ", ".join(plain(score) for score in sorted(set(self.of_diplotypes.values())))


def define_phenotypes(tables: Mapping[str, PhenotypeTable], notes: Notes) -> None:
    """Define the concepts that the tables make, so that rules may name them."""
    for gene, table in tables.items():
        for name, entry in table.phenotypes.items():
            notes.names.define(
                Definition(
                    sort=Sort.CONCEPT,
                    name=f"{table.prefix}.{name}",
                    span=table.at("phenotypes", name),
                    title=f"{gene} {entry.title}",
                )
            )


def phenotypes(tables: Mapping[str, PhenotypeTable], notes: Notes) -> Phenotypes:
    """Return the concepts of all tables."""
    concepts: dict[ConceptId, Concept] = {}
    known: dict[GeneId, frozenset[str]] = {}
    scores: dict[GeneId, Scores] = {}
    for gene, table in tables.items():
        by = f'phenotype table "{gene}"'
        notes.refer(by, table.at(), gene, Sort.GENE)
        sources = notes.sources(by, table.sources)
        groups = _groups(gene, table, notes)
        every = frozenset(each for group in groups.values() for each in group)
        known[GeneId(gene)] = every
        if table.alleles:
            scores[GeneId(gene)] = _scores(table)
        reports = tuple(dict.fromkeys(each for entry in table.phenotypes.values() for each in entry.reported))
        for name, entry in table.phenotypes.items():
            concept_id = ConceptId(f"{table.prefix}.{name}")
            concepts[concept_id] = Concept(
                concept_id=concept_id,
                title=entry.title,
                when=HasDiplotype(
                    gene=GeneId(gene),
                    diplotypes=(several := frozenset(groups.get(name, ()))),
                    known=every,
                    named=f"{name} {named_diplotypes(several)}" if len(several) > _LISTED else "",
                    reported=tuple(entry.reported),
                    known_reported=reports,
                ),
                sources=sources,
                span=table.at("phenotypes", name),
            )
    return Phenotypes(concepts=concepts, known=known, scores=scores)


def alleles_of(tables: Mapping[str, PhenotypeTable]) -> dict[GeneId, frozenset[str]]:
    """Return every allele that each gene's table names, those of unknown value or function as well."""
    return {
        GeneId(gene): frozenset(
            (*table.alleles, *(each for several in table.functions.values() for each in several))
        )
        for gene, table in tables.items()
    }


def _groups(gene: str, table: PhenotypeTable, notes: Notes) -> dict[str, tuple[str, ...]]:
    """Return the diplotypes of each phenotype, by the one way in which the table tells them."""
    written = [key for key in ("alleles", "genotypes", "functions") if getattr(table, key)]
    if len(written) > 1:
        notes.refuse(
            Code.WRONG_SHAPE,
            table.at(written[0]),
            f'phenotype table "{gene}" lists both {" and ".join(written)}.',
            "Keep alleles with values, genotypes, or functions with their alleles.",
        )
    if table.genotypes:
        return _genotypes(gene, table, notes)
    return by_function(gene, table, notes) if table.functions else _scored(gene, table, notes)


def _scores(table: PhenotypeTable) -> Scores:
    spans = ((_interval(entry.score), tuple(entry.reported)) for entry in table.phenotypes.values())
    return Scores(
        of_diplotypes=_sums(table),
        of_reports=tuple((span, reports) for span, reports in spans if span is not None),
    )


def _sums(table: PhenotypeTable) -> dict[str, Decimal]:
    """Return every diplotype of two alleles with a value, and the sum of both; none for too long a table."""
    values = {allele: value for allele, value in table.alleles.items() if value is not None}
    if len(values) > MOST_ALLELES:
        return {}
    pairs = combinations_with_replacement(sorted(values, key=allele_order), 2)
    return {diplotype(first, second): values[first] + values[second] for first, second in pairs}


def _interval(entry: ScoreEntry | None) -> Interval | None:
    """Return the range of scores of a phenotype; None where it has none, or holds nothing."""
    if entry is None or not entry.model_fields_set:
        return None
    low = max((each for each in (entry.above, entry.at_least) if each is not None), default=None)
    high = min((each for each in (entry.below, entry.at_most) if each is not None), default=None)
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        return None
    return Interval(
        unit="1",
        low=low,
        low_closed=low is None or low != entry.above,
        high=high,
        high_closed=high is not None and high != entry.below,
    )


def _genotypes(gene: str, table: PhenotypeTable, notes: Notes) -> dict[str, tuple[str, ...]]:
    taken: dict[str, str] = {}
    for name, genotypes in table.genotypes.items():
        if name not in table.phenotypes:
            notes.refuse(
                Code.UNDEFINED_NAME,
                table.at("genotypes", name),
                f'phenotype table "{gene}": genotypes of "{name}", which is none of its phenotypes.',
                f"Its phenotypes are: {', '.join(table.phenotypes)}.",
            )
        for index, genotype in enumerate(genotypes):
            if genotype in taken:
                notes.refuse(
                    Code.PHENOTYPE_OVERLAP,
                    table.at("genotypes", name, index),
                    f'phenotype table "{gene}": {genotype} is {taken[genotype]} and {name} at once.',
                    "List each genotype once.",
                )
            taken.setdefault(genotype, name)
    return {name: tuple(genotypes) for name, genotypes in table.genotypes.items()}


def _scored(gene: str, table: PhenotypeTable, notes: Notes) -> dict[str, tuple[str, ...]]:
    by = f'phenotype table "{gene}"'
    values = [value for value in table.alleles.values() if value is not None]
    if not values or len(values) > MOST_ALLELES:
        notes.refuse(
            Code.WRONG_SHAPE,
            table.at("alleles"),
            f"{by} has {len(values)} alleles with a value; 1 to {MOST_ALLELES} can be used.",
            "List alleles with their activity values, functions with their alleles, or genotypes.",
        )
        return {}
    for name, entry in table.phenotypes.items():
        if entry.score is None or not entry.score.model_fields_set:
            notes.refuse(
                Code.MISSING_KEY,
                table.at("phenotypes", name),
                f"{by}: the phenotype {name} has no score.",
                "Write score: {at_most: ..} or another range.",
            )
    groups: dict[str, list[str]] = {name: [] for name in table.phenotypes}
    gaps: dict[Decimal, list[str]] = {}
    clashes: dict[tuple[str, ...], Decimal] = {}
    for pair, score in _sums(table).items():
        fitting = tuple(name for name, entry in table.phenotypes.items() if _within(score, entry.score))
        for name in fitting:
            groups[name].append(pair)
        if not fitting:
            gaps.setdefault(score, []).append(pair)
        elif len(fitting) > 1:
            clashes.setdefault(fitting, score)
    for names, score in clashes.items():
        notes.refuse(
            Code.PHENOTYPE_OVERLAP,
            table.at("phenotypes", names[1]),
            f"{by}: a score of {plain(score)} is {' and '.join(names)} at once.",
            "Make the ranges of score meet without overlapping.",
        )
    for score, uncovered in gaps.items():
        notes.warn(
            Code.PHENOTYPE_GAP,
            table.at("phenotypes"),
            f"{by}: no phenotype has the score {plain(score)} of {', '.join(uncovered[:3])}.",
            "Such patients stay unknown; widen a range if that is not meant.",
        )
    return {name: tuple(group) for name, group in groups.items()}


def _within(score: Decimal, entry: ScoreEntry | None) -> bool:
    if entry is None:
        return False
    return (
        (entry.below is None or score < entry.below)
        and (entry.at_most is None or score <= entry.at_most)
        and (entry.above is None or score > entry.above)
        and (entry.at_least is None or score >= entry.at_least)
    )
