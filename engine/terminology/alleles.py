"""Alleles and diplotypes: one order, one spelling, and pairs told apart by the alleles that a gene has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache


# A table of 200 alleles makes 20,000 diplotypes, and asks for the order of each allele in all of its own.
@lru_cache(maxsize=4096)
def allele_order(allele: str) -> tuple[tuple[int, int | str], ...]:
    """Return the key that puts alleles in canonical order: numbers by size, the rest by letters.

    >>> sorted(["*10", "*2", "*1"], key=allele_order)
    ['*1', '*2', '*10']
    """
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|\D+", allele))


def diplotype(first: str, second: str) -> str:
    """Return two alleles as one diplotype in canonical order.

    >>> diplotype("*3", "*1")
    '*1/*3'
    """
    return "/".join(sorted((first, second), key=allele_order))


def halves(written: str) -> Iterator[tuple[str, str]]:
    """Return every way to read a text as two alleles; names of alleles may hold a slash themselves.

    >>> list(halves("*1/*2"))
    [('*1', '*2')]
    """
    for match in re.finditer("/", written):
        yield written[: match.start()].strip(), written[match.end() :].strip()


def known_diplotype(written: str, alleles: Collection[str]) -> str | None:
    """Return a text as a diplotype of these alleles, or as one of them alone; None where it is neither.

    One alone is what is called of mitochondria, and of an X chromosome without a second.
    """
    for first, second in halves(written):
        if first in alleles and second in alleles:
            return diplotype(first, second)
    bare = written.strip()
    return bare if bare in alleles else None


def is_among(called: str, diplotypes: Collection[str]) -> bool:
    """Tell whether a diplotype is one of these, whichever allele stands first."""
    if called in diplotypes:
        return True
    return any(f"{second}/{first}" in diplotypes for first, second in halves(called))
