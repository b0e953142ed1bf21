"""What a text says of HLA alleles: which are carried, which are not, and which may be.

A rule pack has one gene for each allele that a drug is dangerous with, titled as the allele is written:
``HLA-B*57:01``. Reports speak of the locus instead: both alleles of a typing, an allele that was found, or
an allele with a word on whether it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.domain.ids import GeneId
from engine.terminology.index import VocabularyIndex

POSITIVE, NEGATIVE = "positive", "negative"

#: Everybody has two alleles of a locus.
_COPIES = 2

_MARKER = re.compile(r"(HLA-[A-Z]+[0-9]*)\*(\d{2,3}):(\d{2,3})")
_LOCUS = re.compile(r"HLA[-\s]?([A-C])(?![A-Z0-9])|(?<![A-Z0-9-])([A-C])(?=\*)")
_PARTS = re.compile(r"[;,|\n]|\s+AND\s+")
_OR = re.compile(r"\s+OR\s+")
#: Two fields tell the protein; what follows them does not change it.
_ALLELE = r"\*?\s*(\d{2,3}?)(?::?(\d{2,3}))?(?::\d{2,3})*[GP]?"
_ONE = re.compile(rf"\s*{_ALLELE}\s*")
_PAIR = re.compile(rf"\s*{_ALLELE}\s*/\s*{_ALLELE}\s*")
_NO = re.compile(
    r"\b(?:NEGATIVE|NEG|ABSENT|NOT\s+(?:DETECTED|PRESENT|CARRIED|FOUND|A\s+CARRIER)|NON-?\s?CARRIER)\b"
)
_YES = re.compile(r"\b(?:POSITIVE|POS|PRESENT|DETECTED|CARRIER|CARRIED|FOUND|HETEROZYGOUS|HOMOZYGOUS)\b")
_FILLER = re.compile(r"\b(?:FOR|OF|ALLELE|IS|WAS)\b|[().]|:(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One allele of which rules ask."""

    gene: GeneId
    locus: str
    fields: tuple[str, str]

    def is_named_in(self, text: str) -> bool:
        """Tell whether a text names it: ``HLA-B*57:01``, ``HLA-B *5701``."""
        first, second = self.fields
        return re.search(rf"{self.locus}\s*\*?\s*{first}:?{second}(?!\d)", text.upper()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one or several texts say."""

    possible: Mapping[GeneId, frozenset[str]]
    """Of each allele they speak of: positive, negative, or both where they leave it open."""
    unread: tuple[str, ...] = ()
    """Parts that are no allele, and no word on whether one is carried."""


def markers(index: VocabularyIndex) -> tuple[Marker, ...]:
    """Return the HLA alleles of which the rule pack asks."""
    found = ((gene, _MARKER.fullmatch(gene.title)) for gene in index.vocabulary.genes.values())
    return tuple(
        Marker(gene=gene.gene_id, locus=match[1], fields=(match[2], match[3]))
        for gene, match in found
        if match is not None
    )


def loci_in(text: str) -> tuple[str, ...]:
    """Return the HLA loci a text names: ``HLA-B``, ``HLA B``, ``B*57:01``."""
    return tuple(dict.fromkeys(f"HLA-{match[1] or match[2]}" for match in _LOCUS.finditer(text.upper())))


def is_verdict(text: str) -> bool:
    """Tell whether a text says no more than that something is carried, or is not."""
    rest = _FILLER.sub("", _YES.sub("", _NO.sub("", text.upper())))
    return bool(text.strip()) and not rest.strip()


def read(text: str, locus: str, asked: Iterable[Marker]) -> Said:
    """Return what a text says of the alleles that are asked for.

    Args:
        text: As the report has it: ``*07:02/*57:01``, ``HLA-B*57:01 positive``, ``B*5701 not detected``.
        locus: The locus that is meant where the text names none.
        asked: The alleles of which the pack asks.
    """
    wanted = tuple(asked)
    possible: dict[GeneId, frozenset[str]] = {}
    unread: list[str] = []
    for part in _typing(text.upper()):
        if not part.strip():
            continue
        here = next(iter(loci_in(part)), locus)
        several = [_one_of(way, [each for each in wanted if each.locus == here]) for way in _OR.split(part)]
        if any(each is None for each in several):
            unread.append(part.strip())
        for way in several:
            for gene, said in (way or {}).items():
                possible[gene] = possible.get(gene, frozenset()) | said
    return Said(possible=possible, unread=tuple(unread))


def together(several: Iterable[Said]) -> Said:
    """Return what all of them leave possible."""
    listed = tuple(several)
    genes = {gene for said in listed for gene in said.possible}
    return Said(
        possible={
            gene: frozenset().union(*(said.possible.get(gene, frozenset()) for said in listed))
            for gene in sorted(genes)
        },
        unread=tuple(part for said in listed for part in said.unread),
    )


def _typing(text: str) -> list[str]:
    """Return the parts of a text; two bare alleles that stand in a list are the pair of a typing."""
    parts = _PARTS.split(text)
    of_one_locus = len({loci_in(part) for part in parts}) == 1
    if len(parts) == _COPIES and of_one_locus and all(_ONE.fullmatch(_bare(part)) for part in parts):
        return ["/".join(parts)]
    return parts


def _bare(part: str) -> str:
    return _LOCUS.sub("", part)


def _one_of(part: str, wanted: Iterable[Marker]) -> dict[GeneId, frozenset[str]] | None:
    """Return what one way to read a part says of each allele; None where it cannot be read."""
    bare = _bare(part)
    pair = _PAIR.fullmatch(bare)
    if pair is not None:
        alleles = ((pair[1], pair[2]), (pair[3], pair[4]))
        return {each.gene: _carried(each, alleles) for each in wanted}
    verdict = NEGATIVE if _NO.search(bare) else POSITIVE
    one = _ONE.fullmatch(_FILLER.sub(" ", _YES.sub("", _NO.sub("", bare))))
    if one is None:
        return None
    return {each.gene: frozenset({verdict}) for each in wanted if each.fields == (one[1], one[2])}


def _carried(marker: Marker, alleles: Iterable[tuple[str, str | None]]) -> frozenset[str]:
    """Return what a pair of alleles says of one; an allele of one field alone leaves it open."""
    same = [allele for allele in alleles if allele[0] == marker.fields[0]]
    if any(second == marker.fields[1] for _, second in same):
        return frozenset({POSITIVE})
    return frozenset({POSITIVE, NEGATIVE} if any(second is None for _, second in same) else {NEGATIVE})
