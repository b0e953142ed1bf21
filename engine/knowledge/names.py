"""What is defined in a pack and what is referred to, each with its place."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.domain.diagnostics import Diagnostic
from engine.domain.rules import FileSpan
from engine.knowledge.codes import Code, error
from engine.terminology.alike import nearest


class Sort(enum.StrEnum):
    """What a name names, as messages call it."""

    DRUG = "drug"
    CLASS = "drug class"
    CONDITION = "condition"
    QUANTITY = "quantity"
    ALLERGEN = "allergen"
    STATE = "state"
    GENE = "gene"
    CITATION = "citation"
    PARAMETER = "parameter"
    CONCEPT = "concept"
    PHENOTYPE_TABLE = "phenotype table"
    INDICATION = "indication"
    OPTION = "option"
    RULE = "rule"
    CRITERIA = "list of criteria"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A name given in a file."""

    sort: Sort
    name: str
    span: FileSpan
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name used in a file."""

    sorts: tuple[Sort, ...]
    """What it may name here."""
    name: str
    span: FileSpan
    by: str
    """Who uses it, such as ``rule "apixaban.crcl"``."""


@dataclass(slots=True, kw_only=True)
class Names:
    """Collects definitions and references while files are read."""

    definitions: dict[tuple[Sort, str], Definition] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    doubles: list[tuple[Definition, Definition]] = field(default_factory=list)
    """First and second place of a name defined twice."""

    def define(self, definition: Definition) -> bool:
        """Note a definition; False where the name was taken."""
        first = self.definitions.setdefault((definition.sort, definition.name), definition)
        if first is not definition:
            self.doubles.append((first, definition))
        return first is definition

    def has(self, sort: Sort, name: str) -> bool:
        """Tell whether a name is defined."""
        return (sort, name) in self.definitions

    def of(self, *sorts: Sort) -> list[Definition]:
        """Return the definitions of these sorts."""
        return [item for (sort, _), item in self.definitions.items() if sort in sorts]

    def used(self, sort: Sort) -> set[str]:
        """Return the names of a sort that something refers to."""
        return {reference.name for reference in self.references if sort in reference.sorts}


def listed_or(words: Sequence[str]) -> str:
    """Join words as a question does.

    >>> listed_or(["option", "drug", "drug class"])
    'option, drug or drug class'
    """
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def undefined(names: Names) -> Iterator[Diagnostic]:
    """Name each use of what no file defines, with the nearest name and its place."""
    for reference in names.references:
        if any(names.has(sort, reference.name) for sort in reference.sorts):
            continue
        sorts = listed_or(reference.sorts)
        yield error(
            Code.UNDEFINED_NAME,
            reference.span,
            f'{reference.by} names the {sorts} "{reference.name}", which no file defines.',
            _suggestion(names, reference),
        )


def _suggestion(names: Names, reference: Reference) -> str:
    other = next((item for item in names.definitions.values() if item.name == reference.name), None)
    if other is not None:
        needed = listed_or(reference.sorts)
        return f'"{other.name}" is defined as {other.sort} ({other.span}); here it must be {needed}.'
    known = {item.name: item for item in names.of(*reference.sorts)}
    near = nearest(reference.name, list(known))
    if near is None:
        return "Define it, or use a name that is defined."
    return f'Did you mean "{near}" ({known[near].span})?'


def doubles(names: Names) -> Iterator[Diagnostic]:
    """Name each definition of a name that was taken."""
    for first, second in names.doubles:
        yield error(
            Code.DUPLICATE_NAME,
            second.span,
            f'the {second.sort} "{second.name}" is defined twice; first in {first.span}.',
            "Give one of them another name, or take one out.",
        )
