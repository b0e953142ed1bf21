"""HLA typings of laboratories and of PharmCAT: which of the alleles that rules ask for are carried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.domain.patient import CallSource, GenotypeResult
from engine.domain.provenance import Provenance
from engine.intake.coding import codings, has_code, label, texts
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import clinical_day, day_of
from engine.intake.hla_wording import Marker, Said, is_verdict, loci_in, markers, read, together

#: Typings of a whole locus, of unsaid and of high resolution.
_TYPINGS = {"13298-5": "HLA-A", "57290-9": "HLA-A", "13299-3": "HLA-B", "57291-7": "HLA-B"}
#: HGNC numbers of the loci.
_HGNC = {"4931": "HLA-A", "4932": "HLA-B"}
_GENE_STUDIED = "48018-6"
_NO_CALL = ("", "n/a", "no result", "no call", "unknown", "unknown/unknown", "indeterminate")
_BY_HAND = "Enter by hand whether the allele is carried: positive or negative."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Where a typing stands, and who made it."""

    source: CallSource
    provenance: Provenance
    at: date | None


def is_typing(observation: Cursor) -> bool:
    """Tell whether an observation is a typing of a whole HLA locus."""
    return has_code(observation.get("code"), *_TYPINGS)


def read_typing(resource: Resource, said: str, context: Context, harvest: Harvest) -> bool:
    """Read an observation that speaks of HLA; tell whether it does."""
    cursor, asked = resource.cursor, markers(context.index)
    named = " ".join((*texts(cursor.get("code")), *_studied(cursor)))
    marker = _asked_for(cursor, named, context, asked)
    loci = (*loci_in(named), *_typed(cursor), *([marker.locus] if marker else []), *loci_in(said))
    if not asked or not loci:
        return False
    if marker is not None and is_verdict(said):
        said = f"*{':'.join(marker.fields)} {said}"
    found = read(said, loci[0], asked)
    if not said or found.unread:
        why = (
            f"{found.unread[0]!r} is no HLA allele, nor whether one is carried."
            if said
            else "it has no value."
        )
        harvest.loud(resource, said or label(cursor.get("code")), why, _BY_HAND)
        return True
    at = clinical_day(cursor, "effective") or day_of(cursor.text("issued"))
    origin = _Origin(source=CallSource.LABORATORY, provenance=context.provenance(resource, at), at=at)
    _keep(resource, said, found, origin, harvest)
    return True


def read_calls(
    resource: Resource, symbol: str, calls: Iterable[Cursor], at: date | None, task: tuple[Context, Harvest]
) -> bool:
    """Read what PharmCAT says of an HLA locus; tell whether any rule asks for an allele of it."""
    context, harvest = task
    asked = [each for each in markers(context.index) if each.locus == symbol.upper()]
    if not asked:
        return False
    found = together(read(text, symbol.upper(), asked) for call in calls for text in _spoken(call))
    if found.unread:
        reason = "it is no HLA allele, nor whether one is carried."
        harvest.loud(resource, f"{symbol} {found.unread[0]}", reason, _BY_HAND)
        return True
    origin = _Origin(source=CallSource.PHARMCAT, provenance=context.provenance(resource, at), at=at)
    _keep(resource, symbol, found, origin, harvest)
    return True


def _keep(resource: Resource, what: str, found: Said, origin: _Origin, harvest: Harvest) -> None:
    if not found.possible:
        harvest.quiet(resource, what, "it tells nothing of an HLA allele that a rule speaks of.")
    harvest.genotypes.extend(
        GenotypeResult(
            gene=gene,
            diplotypes=tuple(sorted(possible)),
            phenotype=None,
            source=origin.source,
            provenance=origin.provenance,
            at=origin.at,
        )
        for gene, possible in found.possible.items()
    )


def _spoken(call: Cursor) -> tuple[str, ...]:
    """Return the typing and the phenotypes of one call, those that say something."""
    alleles = [call.get(key).text("name") for key in ("allele1", "allele2")]
    phenotypes = [each.value for each in call.each("phenotypes") if isinstance(each.value, str)]
    said = ("/".join(alleles) if all(alleles) else "", *phenotypes)
    return tuple(text for text in said if text.strip().lower() not in _NO_CALL)


def _asked_for(cursor: Cursor, named: str, context: Context, asked: Iterable[Marker]) -> Marker | None:
    """Return the one allele that the code of an observation asks for."""
    by_code = {context.index.gene_by_loinc(coding.code) for coding in codings(cursor.get("code"))}
    found = [each for each in asked if each.gene in by_code or each.is_named_in(named)]
    return found[0] if len(found) == 1 else None


def _typed(cursor: Cursor) -> tuple[str, ...]:
    """Return the loci that the codes of an observation name."""
    studied = [
        coding.code.upper().removeprefix("HGNC:") for part in _parts(cursor) for coding in codings(part)
    ]
    own = [_TYPINGS.get(coding.code, "") for coding in codings(cursor.get("code"))]
    return tuple(filter(None, (*(_HGNC.get(code, "") for code in studied), *own)))


def _studied(cursor: Cursor) -> tuple[str, ...]:
    return tuple(text for part in _parts(cursor) for text in texts(part))


def _parts(cursor: Cursor) -> tuple[Cursor, ...]:
    return tuple(
        part.get("valueCodeableConcept")
        for part in cursor.each("component")
        if has_code(part.get("code"), _GENE_STUDIED)
    )
