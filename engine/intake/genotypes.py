"""Genotypes as laboratories report them."""

from __future__ import annotations

import re

from engine.domain.ids import GeneId
from engine.domain.patient import CallSource, GenotypeResult
from engine.intake.bundle import Library
from engine.intake.coding import codings, has_code, label, texts
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import clinical_day, day_of
from engine.intake.hla import is_typing, read_typing
from engine.terminology.alleles import allele_order, known_diplotype
from engine.terminology.codes import CodeSystem, system_of
from engine.terminology.index import VocabularyIndex

_GENOTYPE = ("84413-4", "47998-0", "84414-2")
_GENE_STUDIED = "48018-6"
_PHENOTYPE = ("53040-2", "79716-7")

#: HGNC numbers of the genes WhyRx knows.
_HGNC = {"2623": "CYP2C9", "2621": "CYP2C19", "2625": "CYP2D6", "2645": "CYP4F2", "23663": "VKORC1"}

_REPORTED = {
    "LA9657-3": "Poor Metabolizer",
    "LA10317-8": "Intermediate Metabolizer",
    "LA10315-2": "Normal Metabolizer",
    "LA25390-8": "Rapid Metabolizer",
    "LA10316-0": "Ultrarapid Metabolizer",
}

_ALTERNATIVES = re.compile(r"\s+or\s+|[;,|]\s+|\n", re.IGNORECASE)
_ALLELE = r"(?:\*[0-9A-Za-z.+*≥-]+|[ACGT])"
_DIPLOTYPE = re.compile(f"{_ALLELE}/{_ALLELE}")


def is_genotype(observation: Cursor, context: Context) -> bool:
    """Tell whether an observation reports a genotype or what it does."""
    code = observation.get("code")
    components = [part.get("code") for part in observation.each("component")]
    return (
        has_code(code, *_GENOTYPE, *_PHENOTYPE)
        or _gene_of_code(code, context) is not None
        or is_typing(observation)
        or any(has_code(part, *_PHENOTYPE) for part in components)
    )


def read_genotype(resource: Resource, context: Context, harvest: Harvest, library: Library) -> None:
    """Read one genotype observation: its diplotypes, its reported phenotype, or both."""
    cursor = resource.cursor
    said, place = _value(cursor)
    if read_typing(resource, said, context, harvest):
        return
    genes = _genes(resource, said, context, library)
    phenotype = _phenotype(cursor)
    what = said or label(cursor.get("code"))
    if len(genes) != 1:
        reason = (
            "it does not say which gene, or one that no rule speaks of."
            if not genes
            else "it names more than one gene."
        )
        harvest.loud(resource, what, reason, "Enter the genotype by hand.", place)
        return
    gene = genes[0]
    is_call = not has_code(cursor.get("code"), *_PHENOTYPE)
    diplotypes = diplotypes_of(gene, said, context.index) if is_call else ()
    if is_call and said and not diplotypes:
        reason = f"it is not written as a pair of alleles of {gene}."
        harvest.loud(resource, what, reason, "Enter the genotype by hand, such as *1/*3.", place)
    if diplotypes or phenotype:
        at = clinical_day(cursor, "effective") or day_of(cursor.text("issued"))
        harvest.genotypes.append(
            GenotypeResult(
                gene=gene,
                diplotypes=diplotypes,
                phenotype=phenotype,
                source=CallSource.LABORATORY,
                provenance=context.provenance(resource, at, place),
                at=at,
            )
        )
    elif not said:
        harvest.loud(resource, what, "it has no value.", "Enter the genotype by hand.", place)


def _value(cursor: Cursor) -> tuple[str, Cursor]:
    concept = cursor.get("valueCodeableConcept")
    if concept.present:
        return label(concept), concept
    return cursor.text("valueString"), cursor.get("valueString")


def _genes(resource: Resource, said: str, context: Context, library: Library) -> tuple[GeneId, ...]:
    """Return the genes meant: named in the value, else in a component, the code, or what it derives from."""
    cursor = resource.cursor
    named = _genes_in(said, context.index)
    if named:
        return named
    studied = [
        part.get("valueCodeableConcept")
        for part in cursor.each("component")
        if has_code(part.get("code"), _GENE_STUDIED)
    ]
    found = {gene for concept in studied if (gene := _gene_of(concept, context.index)) is not None}
    own = _gene_of_code(cursor.get("code"), context)
    if own is not None:
        found.add(own)
    if found or studied:
        return tuple(sorted(found))
    words = _genes_in(" ".join(texts(cursor.get("code"))), context.index)
    if words:
        return words
    origins = (library.resolve(reference, resource) for reference in cursor.each("derivedFrom"))
    derived = {
        gene
        for origin in origins
        if origin is not None and origin.cursor.value is not cursor.value
        for gene in _genes_in(_value(origin.cursor)[0], context.index)
    }
    return tuple(sorted(derived))


def _gene_of(concept: Cursor, index: VocabularyIndex) -> GeneId | None:
    for coding in codings(concept):
        symbol = _HGNC.get(coding.code.upper().removeprefix("HGNC:"))
        found = index.gene_named(symbol) if symbol else index.gene_named(coding.code)
        if found is not None:
            return found
    return next((gene for text in texts(concept) if (gene := index.gene_named(text)) is not None), None)


def _gene_of_code(code: Cursor, context: Context) -> GeneId | None:
    loincs = (coding.code for coding in codings(code) if system_of(coding.system) is CodeSystem.LOINC)
    return next((gene for item in loincs if (gene := context.index.gene_by_loinc(item)) is not None), None)


def _genes_in(text: str, index: VocabularyIndex) -> tuple[GeneId, ...]:
    upper = text.upper()
    return tuple(
        sorted(
            gene
            for gene in index.vocabulary.genes
            if re.search(rf"(?<![A-Z0-9]){re.escape(gene.upper())}(?![A-Z0-9])", upper)
        )
    )


def _phenotype(cursor: Cursor) -> str | None:
    places = [cursor] if has_code(cursor.get("code"), *_PHENOTYPE) else []
    places += [part for part in cursor.each("component") if has_code(part.get("code"), *_PHENOTYPE)]
    for place in places:
        concept = place.get("valueCodeableConcept")
        known = next((_REPORTED[item.code] for item in codings(concept) if item.code in _REPORTED), "")
        said = known or label(concept) or place.text("valueString")
        if said:
            return said
    return None


def diplotypes_of(gene: GeneId, said: str, index: VocabularyIndex) -> tuple[str, ...]:
    """Return every diplotype a text offers, in WhyRx's spelling; nothing unless all can be read."""
    found: dict[str, None] = {}
    for alternative in _ALTERNATIVES.split(said):
        diplotype = diplotype_of(gene, alternative, index)
        if diplotype is None:
            return ()
        found[diplotype] = None
    return tuple(found)


def diplotype_of(gene: GeneId, written: str, index: VocabularyIndex) -> str | None:
    """Return one diplotype with its alleles in order, or None where it is no pair of alleles.

    Aliases of the gene are applied first, so that ``rs9923231 T/T`` becomes ``A/A`` of VKORC1.
    """
    bare = re.sub(re.escape(gene), "", written, flags=re.IGNORECASE).strip(" :,")
    own = index.own_diplotype(gene, bare)
    alleles = index.vocabulary.genes[gene].alleles
    # The name of an allele may hold the gene's own, or spaces: what was written is tried as it stands first.
    by_table = (known_diplotype(text, alleles) for text in (written, bare, own))
    found = next((each for each in by_table if each is not None), None)
    if found is not None:
        return found
    known = {spelling for _, spelling in index.vocabulary.genes[gene].aliases}
    if own not in known and _DIPLOTYPE.fullmatch(own) is None:
        return None
    ordered = "/".join(sorted(own.split("/"), key=allele_order))
    own = index.own_diplotype(gene, ordered)
    # A gene without star alleles is written as its own vocabulary lists it, and in no other way.
    starred = not known or any(spelling.startswith("*") for spelling in known)
    return own if own.startswith("*") == starred and (starred or own in known) else None
