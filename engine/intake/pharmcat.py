"""A PharmCAT report becomes genotype results.

The report of versions 2 nests genes under CPIC and DPWG; that of version 3 lists them at once. Both
tell each gene's ``sourceDiplotypes``: every diplotype that fits the sample, each with its phenotype.
Shape read from the example report in the PharmCAT repository, ``docs/examples``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.domain.ids import GeneId
from engine.domain.patient import CallSource, GenotypeResult
from engine.errors import NotFhir
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import spoken_day
from engine.intake.genotypes import diplotype_of
from engine.intake.hla import read_calls

#: Which guideline's reading of a gene is taken where version 2 gives both.
_BODIES = ("CPIC", "DPWG", "FDA")
_NO_PHENOTYPE = ("", "n/a", "no result", "no call", "indeterminate", "unknown")
_NO_CALL = ("unknown/unknown", "no result", "no call", "unknown")


def read_report(document: Cursor, context: Context, harvest: Harvest) -> None:
    """Read every gene of a report.

    Raises:
        NotFhir: it lists no genes.
    """
    root = Cursor(document.value, "report")
    genes = tuple(_genes(root))
    if not genes:
        raise NotFhir(
            "the PharmCAT report lists no genes.",
            hint="Give the .report.json that PharmCAT's reporter wrote, of version 2 or 3.",
            place=f"{context.document.name}, genes",
        )
    version = root.text("pharmcatVersion")
    at = spoken_day(root.text("timestamp"))
    for symbol, cursor in genes:
        kind = f"PharmCAT {version}".strip()
        _read_gene(Resource(kind=kind, cursor=cursor, id=symbol), symbol, at, (context, harvest))


def _genes(root: Cursor) -> Iterator[tuple[str, Cursor]]:
    """Yield each gene once, whichever way the version nests it."""
    table = root.get("genes") if root.get("genes").present else root.get("geneReports")
    nested = [table.get(body) for body in _BODIES if isinstance(table.get(body).value, dict)]
    seen: set[str] = set()
    for group in nested or [table]:
        listed = group.each("genes") if "genes" in group.keys() else ()  # noqa: SIM118 - a cursor is no mapping
        for cursor in listed or tuple(group.get(key) for key in sorted(group.keys())):
            symbol = cursor.text("geneSymbol") or cursor.text("gene") or cursor.path.rpartition(".")[2]
            if isinstance(cursor.value, dict) and symbol not in seen:
                seen.add(symbol)
                yield symbol, cursor


def _read_gene(resource: Resource, symbol: str, at: date | None, task: tuple[Context, Harvest]) -> None:
    context, harvest = task
    gene = context.index.gene_named(symbol)
    calls = resource.cursor.each("sourceDiplotypes") or resource.cursor.each("recommendationDiplotypes")
    if gene is None and read_calls(resource, symbol, calls, at, task):
        return
    if gene is None:
        harvest.quiet(resource, symbol, "no rule speaks of this gene.")
        return
    diplotypes, unread = _diplotypes(gene, calls, context)
    phenotype = _phenotype(calls)
    if unread:
        reason = "it is not written as a pair of alleles."
        harvest.loud(resource, f"{symbol} {unread[0]}", reason, "Enter the genotype by hand.")
        diplotypes = ()
    if not diplotypes and phenotype is None:
        if not unread:
            harvest.quiet(resource, symbol, "PharmCAT called no genotype for it.")
        return
    harvest.genotypes.append(
        GenotypeResult(
            gene=gene,
            diplotypes=diplotypes,
            phenotype=phenotype,
            source=CallSource.PHARMCAT,
            provenance=context.provenance(resource, at),
            at=at,
        )
    )


def _diplotypes(
    gene: GeneId, calls: tuple[Cursor, ...], context: Context
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every diplotype that fits, and those that cannot be read: with one of them none holds."""
    found: dict[str, None] = {}
    unread: list[str] = []
    for call in calls:
        alleles = [call.get(key).text("name") for key in ("allele1", "allele2")]
        written = "/".join(alleles) if all(alleles) else call.text("label")
        if not written or written.lower() in _NO_CALL:
            continue
        own = diplotype_of(gene, written, context.index)
        if own is not None:
            found[own] = None
        elif any(alleles) or "/" in written:
            unread.append(written)
    return tuple(found), tuple(unread)


def _phenotype(calls: tuple[Cursor, ...]) -> str | None:
    """Return the phenotype on which all fitting diplotypes agree."""
    said = {
        phenotype.value
        for call in calls
        for phenotype in call.each("phenotypes")
        if isinstance(phenotype.value, str) and phenotype.value.lower() not in _NO_PHENOTYPE
    }
    return said.pop() if len(said) == 1 else None
