"""Premises on genes: diplotypes, reported phenotypes, activity scores by the phenotype table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.atoms import HasDiplotype, HasReportedPhenotype, named_diplotypes
from engine.domain.ids import GeneId
from engine.domain.quantities import Quantity
from engine.knowledge.codes import Code
from engine.knowledge.implications import apart, within
from engine.knowledge.limits import Limits
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.phenotypes import Scores
from engine.knowledge.premise_schema import DiplotypeEntry, PremiseEntry
from engine.terminology.alleles import is_among


@dataclass(frozen=True, slots=True, kw_only=True)
class GenePremises:
    """Reads what premises ask of genes."""

    notes: Notes
    limits: Limits
    known: Mapping[GeneId, frozenset[str]]
    """Every diplotype that each gene's phenotype table knows."""
    scores: Mapping[GeneId, Scores]
    """The activity scores of the genes whose table has any."""

    def diplotype(self, entry: PremiseEntry, by: str) -> HasDiplotype | None:
        """Return ``diplotype``; one that the gene's table does not know is told."""
        inner = entry.diplotype
        if inner is None or not self._gene(inner, by):
            return None
        gene = GeneId(inner.gene)
        known = self.known.get(gene, frozenset())
        for index, each in enumerate(inner.is_):
            if known and not is_among(each, known):
                self.notes.warn(
                    Code.DEAD_MEMBER,
                    inner.at("is", index),
                    f'{by}: the phenotype table of {gene} does not know "{each}", so it counts nobody.',
                    "Write the alleles in the order of the table, or add the allele to it.",
                )
        return HasDiplotype(gene=gene, diplotypes=frozenset(inner.is_), known=known)

    def reported(self, entry: PremiseEntry, by: str) -> HasReportedPhenotype | None:
        """Return ``reported_phenotype``."""
        inner = entry.reported_phenotype
        if inner is None or not self._gene(inner, by):
            return None
        return HasReportedPhenotype(gene=GeneId(inner.gene), phenotypes=tuple(inner.is_))

    def activity(self, entry: PremiseEntry, by: str) -> HasDiplotype | None:
        """Return ``activity_score`` as the diplotypes of the table that have such a score.

        A reported phenotype stands in where its whole range of scores lies inside the range asked for, or
        outside it; one whose range lies across an end leaves the atom unknown.
        """
        inner = entry.activity_score
        if inner is None:
            return None
        known = self.notes.refer(by, inner.at("gene"), inner.gene, Sort.GENE)
        gene = GeneId(inner.gene)
        wanted = self.limits.of_scores(inner, f"score of {gene}", entry.at("activity_score"), by)
        scores = self.scores.get(gene)
        if known and scores is None:
            self.notes.refuse(
                Code.PREMISE,
                inner.at("gene"),
                f"{by}: {gene} has no phenotype table with activity values, so it has no score.",
                "Add its alleles with their values under phenotypes, or name diplotypes.",
            )
        if wanted is None or scores is None or not known:
            return None
        fitting = frozenset(
            name
            for name, score in scores.of_diplotypes.items()
            if wanted.contains(Quantity(value=score, unit="1"))
        )
        if not fitting:
            self.notes.refuse(
                Code.EMPTY_INTERVAL,
                entry.at("activity_score"),
                f"{by}: no diplotype of the table of {gene} has a score {wanted}.",
                f"Its scores are {scores.listed()}.",
            )
            return None
        inside = [each for span, reports in scores.of_reports if within(span, wanted) for each in reports]
        outside = [each for span, reports in scores.of_reports if apart(span, wanted) for each in reports]
        return HasDiplotype(
            gene=gene,
            diplotypes=fitting,
            known=frozenset(scores.of_diplotypes),
            named=f"of score {wanted} ({named_diplotypes(fitting)})",
            reported=tuple(inside),
            known_reported=(*inside, *outside),
            scored=wanted,
        )

    def _gene(self, inner: DiplotypeEntry, by: str) -> bool:
        known = self.notes.refer(by, inner.at("gene"), inner.gene, Sort.GENE)
        if not inner.is_:
            self.notes.refuse(
                Code.PREMISE,
                inner.at("is"),
                f"{by}: is lists nothing, so this never holds.",
                "Name at least one.",
            )
        return known and bool(inner.is_)
