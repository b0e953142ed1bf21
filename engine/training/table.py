"""A table of patients as text, and its columns as numbers."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.domain.ids import ContentHash
from engine.errors import NotReadable, UnitMismatch, in_words
from engine.training.recipe import ColumnSource, Feature, Recipe

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: UCUM: (unit in the file, unit of the feature): factor. Only what is exact by definition.
_FACTORS: Final[Mapping[tuple[str, str], float]] = {
    ("m", "cm"): 100.0,
    ("mm", "cm"): 0.1,
    ("[in_i]", "cm"): 2.54,
    ("g", "kg"): 0.001,
    ("[lb_av]", "kg"): 0.45359237,
    ("mo", "a"): 1 / 12,
    ("g/L", "g/dL"): 0.1,
}
#: More of a column than this outside what a living patient can have is a wrong unit, not bad luck.
_TOO_MANY_OUTSIDE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text; every column has one cell a row."""

    path: Path
    columns: Mapping[str, tuple[str, ...]]
    rows: int
    sha256: ContentHash

    def cells(self, column: str) -> tuple[str, ...]:
        """Return the cells of one column."""
        return self.columns[column]

    def among(self, column: str, values: tuple[str, ...]) -> Bools:
        """Tell which rows hold one of these texts."""
        wanted = set(values)
        return np.array([cell in wanted for cell in self.columns[column]], dtype=np.bool_)

    def take(self, kept: Bools) -> Table:
        """Return some of the rows."""
        places = np.flatnonzero(kept).tolist()
        return Table(
            path=self.path,
            columns={name: tuple(cells[place] for place in places) for name, cells in self.columns.items()},
            rows=len(places),
            sha256=self.sha256,
        )


def needed_columns(recipe: Recipe) -> tuple[str, ...]:
    """Return every column a recipe speaks of, what came after treatment left out."""
    outcome = recipe.outcome
    sources = [source for feature in recipe.features for source in feature.columns]
    found = [
        *(step.column for step in recipe.keep),
        *(source.column for source in sources),
        *(column for source in sources for column in source.where),
        outcome.column,
        *([outcome.time] if outcome.time else []),
        *(column for option in recipe.options for column in option.cells),
        *(group.column for group in recipe.groups),
    ]
    return tuple(dict.fromkeys(found))


def read_table(path: Path, recipe: Recipe) -> Table:
    """Read the columns that a recipe speaks of; rows without any cell are no patients.

    Raises:
        NotReadable: the file is no such table; the message names the columns that are missing.
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
        rows = [row for row in csv.reader(lines, delimiter=recipe.data.separator) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotReadable(
            f"the patients cannot be read: {in_words(error)}.",
            place=str(path),
            hint=f"Give {recipe.data.title} as a text table in UTF-8.",
        ) from error
    head, body = (rows[0], rows[1:]) if rows else ([], [])
    missing = [name for name in needed_columns(recipe) if name not in head]
    if missing:
        raise NotReadable(
            f"it lacks the columns {', '.join(missing)}.",
            place=str(path),
            hint=f"Give {recipe.data.title} with the column names the recipe names.",
        )
    places = {name: head.index(name) for name in needed_columns(recipe)}
    blank = set(recipe.data.missing)
    columns = {
        name: tuple(
            "" if place >= len(row) or row[place].strip() in blank else row[place].strip() for row in body
        )
        for name, place in places.items()
    }
    kept = np.array([any(cells) for cells in zip(*columns.values(), strict=True)], dtype=np.bool_)
    return Table(
        path=path, columns=columns, rows=len(body), sha256=ContentHash(hashlib.sha256(content).hexdigest())
    ).take(kept)


def numbers(table: Table, column: str) -> Floats:
    """Return a column as numbers, NaN where blank.

    Raises:
        NotReadable: a cell is neither.
    """
    return np.array([_number(table, column, cell) for cell in table.cells(column)], dtype=np.float64)


def _number(table: Table, column: str, cell: str) -> float:
    try:
        return float(cell) if cell else float("nan")
    except ValueError as error:
        raise NotReadable(
            f"a cell of the column {column} holds {cell!r}, where a number or a blank belongs.",
            place=str(table.path),
            hint="Mend the cell, or add its text to the recipe's data.missing.",
        ) from error


def feature_values(table: Table, feature: Feature) -> Floats:
    """Return one feature of every row, NaN where not known.

    Raises:
        NotReadable: a cell is neither a number nor blank.
        UnitMismatch: the file's unit cannot be converted, or too many values lie outside what is possible.
    """
    parts = [_source_values(table, feature, source) for source in feature.columns]
    found = np.full(table.rows, np.nan)
    if feature.first:
        for part in parts:
            found = np.where(np.isnan(found), part, found)
    else:
        for part in parts:
            found = np.fmax(found, part)
    return _believed(table, feature, found)


def _source_values(table: Table, feature: Feature, source: ColumnSource) -> Floats:
    cells = table.cells(source.column)
    if source.codes is not None:
        found = np.array([source.codes.get(cell, np.nan) for cell in cells], dtype=np.float64)
    elif source.listed is not None:
        found = np.array([_holds(cell, source.listed) for cell in cells], dtype=np.float64)
    elif source.decade:
        found = np.array([float(cell[0]) if cell[:1].isdigit() else np.nan for cell in cells])
    else:
        found = numbers(table, source.column) * _factor(table, feature, source)
    for column, values in source.where.items():
        found = np.where(table.among(column, values), found, np.nan)
    return np.asarray(found)


def _holds(cell: str, code: str) -> float:
    if not cell:
        return float("nan")
    return float(code in cell.replace(",", ";").replace(" ", "").split(";"))


def _factor(table: Table, feature: Feature, source: ColumnSource) -> float:
    if source.unit is None or source.unit == feature.unit:
        return 1.0
    if (source.unit, feature.unit) not in _FACTORS:
        known = ", ".join(f"{here} to {there}" for here, there in _FACTORS)
        raise UnitMismatch(
            f"the column {source.column} is given in {source.unit}, which cannot be made {feature.unit}.",
            place=str(table.path),
            hint=f"Conversions known: {known}.",
        )
    return _FACTORS[source.unit, feature.unit]


def _believed(table: Table, feature: Feature, values: Floats) -> Floats:
    if feature.between is None:
        return values
    low, high = feature.between
    known = ~np.isnan(values)
    outside = known & ((values < low) | (values > high))
    if outside.sum() > _TOO_MANY_OUTSIDE * max(1, known.sum()):
        middle = float(np.median(values[known]))
        raise UnitMismatch(
            f"{feature.title}: {outside.sum()} of {known.sum()} values lie outside {low:g} to {high:g} "
            f"{feature.unit} (median {middle:g}); they are in another unit, or another column.",
            place=str(table.path),
            hint=f"Say in the recipe which unit the column {feature.columns[0].column} has.",
        )
    return np.where(outside, np.nan, values)
