"""Whether a genotype or a reported phenotype is one of those asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.domain.atoms import HasDiplotype, HasReportedPhenotype
from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import GeneId, Symbol
from engine.domain.patient import GenotypeResult
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth, negated
from engine.facts.chart import Chart
from engine.facts.listing import entry_node
from engine.facts.wording import listed, missing_nodes, on_day
from engine.terminology.alleles import is_among

#: Diplotypes a sentence lists; a phenotype table can make hundreds.
_LISTED = 6


def has_diplotype(atom: HasDiplotype, chart: Chart) -> Fact:
    """Decide whether the diplotype is one of these.

    Every diplotype that fits a call is possible, and the calls of all sources together: all of them must
    be among those asked for, or none. One that the phenotype table does not know leaves the atom unknown.
    Where none was called a reported phenotype decides, where the atom says which ones mean the same.
    """
    results = chart.genotypes.get(atom.gene, ())
    called = sorted({_ordered(diplotype) for result in results for diplotype in result.diplotypes})
    phenotypes = sorted({result.phenotype for result in results if result.phenotype})
    by_call = _by_call(atom, called)
    truth, doubt = _together(by_call, _by_reports(atom, phenotypes), called, phenotypes)
    title = _title(chart, atom.gene)
    found = listed(called, "or") if called else f"reported as {listed(phenotypes)}"
    disagree = len({frozenset(map(_ordered, one.diplotypes)) for one in results if one.diplotypes}) > 1
    sources = " (the sources disagree; every call counts as possible)" if disagree else ""
    wanted = _asked(atom)
    if truth is Truth.UNKNOWN:
        return _unknown(
            atom.symbol, chart, atom.gene, f"not known whether {title} is {wanted}", f"{doubt}{sources}"
        )
    return Fact(
        symbol=atom.symbol,
        truth=truth,
        statement=f"{title} {found}{sources}{'' if truth is Truth.TRUE else f', not {wanted}'}",
        evidence=_nodes(results),
        bindings=((str(atom.gene), found),),
    )


def has_reported_phenotype(atom: HasReportedPhenotype, chart: Chart) -> Fact:
    """Decide whether a laboratory or PharmCAT reported one of these phenotypes.

    Reports that disagree leave it unknown, and so does a genotype that nobody interpreted.
    """
    results = chart.genotypes.get(atom.gene, ())
    phenotypes = sorted({result.phenotype for result in results if result.phenotype})
    wanted = _folded(atom.phenotypes)
    said = {phenotype.strip().casefold() in wanted for phenotype in phenotypes}
    title = _title(chart, atom.gene)
    asked = listed(sorted(atom.phenotypes), "or")
    if len(said) != 1:
        reason = "never reported" if not results else "a genotype was called, but no phenotype reported"
        if phenotypes:
            reason = f"the reports disagree: {listed(phenotypes)}"
        return _unknown(atom.symbol, chart, atom.gene, f"not known whether {title} is {asked}", reason)
    truth = Truth.TRUE if said.pop() else Truth.FALSE
    contrast = "" if truth is Truth.TRUE else f", not {asked}"
    return Fact(
        symbol=atom.symbol,
        truth=truth,
        statement=f"{title} reported as {listed(phenotypes)}{contrast}",
        evidence=_nodes(results),
        bindings=((str(atom.gene), listed(phenotypes)),),
    )


def _asked(atom: HasDiplotype) -> str:
    """Write what is asked for: the diplotypes, or how many there are and which phenotype they make."""
    phenotype = listed(sorted(atom.reported), "or")
    if len(atom.diplotypes) <= _LISTED:
        return listed(sorted(atom.diplotypes), "or") or phenotype
    return f"one of {len(atom.diplotypes)} diplotypes" + (f" ({phenotype})" if phenotype else "")


def _by_call(atom: HasDiplotype, called: list[str]) -> Truth | None:
    if not called:
        return None
    inside = [is_among(diplotype, atom.diplotypes) for diplotype in called]
    strange = bool(atom.known) and any(
        not is_among(one, atom.known) and not is_among(one, atom.diplotypes) for one in called
    )
    if all(inside):
        return Truth.TRUE
    return Truth.UNKNOWN if strange or any(inside) else Truth.FALSE


def _by_reports(atom: HasDiplotype, phenotypes: list[str]) -> frozenset[Truth]:
    """Return what each reported phenotype says; nothing where none was reported or none is asked for."""
    if not (atom.reported or atom.known_reported):
        return frozenset()
    wanted, known = _folded(atom.reported), _folded(atom.known_reported)
    return frozenset(
        Truth.TRUE if said in wanted else Truth.FALSE if said in known else Truth.UNKNOWN
        for said in _folded(phenotypes)
    )


def _together(
    by_call: Truth | None, by_reports: frozenset[Truth], called: list[str], phenotypes: list[str]
) -> tuple[Truth, str]:
    """Return the truth and, where it is unknown, why."""
    calls, reports = listed(called, "or"), listed(phenotypes)
    if by_call is None:
        if len(by_reports) == 1 and Truth.UNKNOWN not in by_reports:
            return next(iter(by_reports)), ""
        doubt = f"the reported phenotype alone does not decide it: {reports}"
        return Truth.UNKNOWN, doubt if phenotypes else "never determined"
    if by_call is Truth.UNKNOWN:
        return Truth.UNKNOWN, f"the call does not decide it: {calls}"
    if negated(by_call) in by_reports:
        return Truth.UNKNOWN, f"the call {calls} and the reported phenotype {reports} contradict each other"
    return by_call, ""


def _unknown(symbol: Symbol, chart: Chart, gene: GeneId, open_sentence: str, reason: str) -> Fact:
    title = _title(chart, gene)
    missing = (
        MissingDatum(kind=MissingKind.GENOTYPE, subject=str(gene), title=f"{title} genotype", reason=reason),
    )
    return Fact(
        symbol=symbol,
        truth=Truth.UNKNOWN,
        statement=f"{open_sentence} ({reason})",
        evidence=(*_nodes(chart.genotypes.get(gene, ())), *missing_nodes(missing)),
        missing=missing,
    )


def _nodes(results: Iterable[GenotypeResult]) -> tuple[TraceNode, ...]:
    return tuple(
        entry_node(
            f"{result.gene} {listed(result.diplotypes, 'or') or 'no diplotype'}"
            f"{f', {result.phenotype}' if result.phenotype else ''}"
            f" ({result.source.value}{f', {on_day(result.at)}' if result.at else ''})",
            str(result.gene),
            result.provenance,
        )
        for result in dict.fromkeys(results)
    )


def _title(chart: Chart, gene: GeneId) -> str:
    entry = chart.vocabulary.genes.get(gene)
    return entry.title if entry is not None else str(gene)


@lru_cache(maxsize=8192)
def _ordered(diplotype: str) -> str:
    """Write a diplotype in one way: ``*3/*1`` and ``*1/*3`` are the same pair."""
    return "/".join(sorted(part.strip() for part in diplotype.split("/")))


def _folded(phenotypes: Iterable[str]) -> frozenset[str]:
    return frozenset(phenotype.strip().casefold() for phenotype in phenotypes)
