"""Whether names are defined, defined once, used, and free of circles."""

from __future__ import annotations

from collections.abc import Iterator

from engine.domain.diagnostics import Diagnostic
from engine.domain.ids import CitationId, ConceptId
from engine.domain.provenance import CitationKind
from engine.domain.rules import concepts_of
from engine.knowledge.codes import Code, error, warning
from engine.knowledge.material import Material
from engine.knowledge.names import Sort, doubles, undefined
from engine.knowledge.word_schema import ClassEntry


def undefined_names(material: Material) -> Iterator[Diagnostic]:
    """Ask whether everything that is named is defined; idle while a file cannot be read."""
    if not material.entries.unread:
        yield from undefined(material.names)


def names_defined_twice(material: Material) -> Iterator[Diagnostic]:
    """Ask whether every name is defined once, and no class bears the name of a drug."""
    yield from doubles(material.names)
    for definition in material.names.of(Sort.CLASS):
        drug = material.names.definitions.get((Sort.DRUG, definition.name))
        if drug is not None:
            yield error(
                Code.DUPLICATE_NAME,
                definition.span,
                f'the drug class "{definition.name}" bears the name of a drug ({drug.span}).',
                "Rules name both in one place; give the class another name.",
            )


def concepts_in_a_circle(material: Material) -> Iterator[Diagnostic]:
    """Ask whether any concept rests on itself; every circle is told once."""
    done: set[ConceptId] = set()
    for start in sorted(material.concepts):
        circle = _circle(material, start, (), done)
        if circle:
            yield error(
                Code.CYCLE,
                material.concepts[circle[0]].span,
                f"concepts rest on themselves: {' -> '.join((*circle, circle[0]))}.",
                "Take one of these steps out; a concept must rest on data in the end.",
            )


def _circle(
    material: Material, here: ConceptId, way: tuple[ConceptId, ...], done: set[ConceptId]
) -> tuple[ConceptId, ...]:
    if here in way:
        return way[way.index(here) :]
    if here in done or here not in material.concepts:
        return ()
    done.add(here)
    for needed in concepts_of(material.concepts[here].when):
        circle = _circle(material, needed, (*way, here), done)
        if circle:
            return circle
    return ()


def classes_without_sources(material: Material) -> Iterator[Diagnostic]:
    """Ask whether every drug class that a rule or concept speaks of says where its members stand."""
    written = material.entries.of("classes", ClassEntry)
    users = {
        reference.name: reference.by
        for reference in reversed(material.names.references)
        if Sort.CLASS in reference.sorts and reference.by.startswith(("rule ", "concept "))
    }
    for name, by in users.items():
        entry = written.get(name)
        if entry is not None and not entry.sources:
            yield warning(
                Code.CLASS_WITHOUT_SOURCES,
                entry.at(),
                f'{by} speaks of the drug class "{name}", which has no sources.',
                "Write sources: [{citation: .., where: ..}]; members decide whom the rules hit.",
            )


def unused_names(material: Material) -> Iterator[Diagnostic]:
    """Ask whether every citation, parameter and concept is used by something.

    Citations of methods are used by formulas outside the pack, and the phenotypes of a table come
    together whether or not a rule needs each.
    """
    of_tables = {f"{table.prefix}.{name}" for table in material.tables.values() for name in table.phenotypes}
    spoken = material.placeholders()
    for sort in (Sort.CITATION, Sort.PARAMETER, Sort.CONCEPT):
        used = material.names.used(sort)
        for definition in material.names.of(sort):
            citation = material.citations.get(CitationId(definition.name)) if sort is Sort.CITATION else None
            if (
                definition.name in used
                or definition.name in spoken
                or definition.name in of_tables
                or (citation is not None and citation.kind is CitationKind.METHOD)
            ):
                continue
            yield warning(
                Code.UNUSED,
                definition.span,
                f'nothing uses the {sort} "{definition.name}".',
                "Take it out, or use it.",
            )
