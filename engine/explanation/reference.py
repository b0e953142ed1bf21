"""The reference population as statistics: tables of bins and summaries within them, no patients.

A bank of artificial patients is drawn from it for LIME and for the exact attributions. Linked
features stand in one table and are drawn together; a table may also depend on features that
earlier tables drew, so that genotypes follow race and diagnoses follow age.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.domain.ids import FeatureName

#: Of every cell with fewer patients than this, nothing is kept: it could point at a person.
SMALLEST_CELL = 5

#: The code of the bin for *not known*.
MISSING = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class BinSummary:
    """The values inside one bin of a measured feature, as a normal distribution cut off at its ends."""

    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTable:
    """How often the bins of linked features occur together."""

    given: tuple[FeatureName, ...]
    """Drawn by earlier tables."""
    drawn: tuple[FeatureName, ...]
    cells: tuple[tuple[tuple[int, ...], int], ...]
    """Bin codes of ``given`` then ``drawn``, and the patients in that cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All that is kept of the patients a model learnt from."""

    patients: int
    tables: tuple[JointTable, ...]
    summaries: tuple[tuple[FeatureName, tuple[BinSummary, ...]], ...]
    """Of measured features; categories need none."""
    every_bin: bool = False
    """Whether LIME has a term for every bin, or, as in models made before it had, stock LIME's terms."""


def to_json(reference: Reference) -> bytes:
    """Write the statistics; equal statistics give equal bytes."""
    document = {
        "patients": reference.patients,
        "smallest_cell": SMALLEST_CELL,
        "tables": [
            {"given": table.given, "drawn": table.drawn, "cells": [[*codes, n] for codes, n in table.cells]}
            for table in reference.tables
        ],
        "summaries": {
            name: [[item.mean, item.sd, item.low, item.high] for item in items]
            for name, items in reference.summaries
        },
    } | ({"every_bin": True} if reference.every_bin else {})
    return (json.dumps(document, separators=(",", ":")) + "\n").encode()


def from_json(content: bytes) -> Reference:
    """Read the statistics back."""
    document = json.loads(content)
    return Reference(
        patients=int(document["patients"]),
        tables=tuple(
            JointTable(
                given=tuple(FeatureName(name) for name in table["given"]),
                drawn=tuple(FeatureName(name) for name in table["drawn"]),
                cells=tuple((tuple(cell[:-1]), int(cell[-1])) for cell in table["cells"]),
            )
            for table in document["tables"]
        ),
        summaries=tuple(
            (FeatureName(name), tuple(BinSummary(mean=m, sd=s, low=lo, high=hi) for m, s, lo, hi in items))
            for name, items in document["summaries"].items()
        ),
        every_bin=bool(document.get("every_bin")),
    )
