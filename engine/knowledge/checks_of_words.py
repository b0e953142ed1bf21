"""Whether the vocabulary says each thing once: titles, codes, members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.domain.diagnostics import Diagnostic
from engine.domain.rules import FileSpan
from engine.knowledge.codes import Code, error, warning
from engine.knowledge.entry import Entry
from engine.knowledge.material import Material
from engine.knowledge.names import Sort
from engine.knowledge.word_schema import (
    AllergenEntry,
    ClassEntry,
    ConditionEntry,
    DrugEntry,
    GeneEntry,
    QuantityEntry,
    StateEntry,
)
from engine.knowledge.words import drugs_in

#: Sorts whose titles stand in sentences, each with the words around it that no other sort has.
_READ_ALOUD = (
    Sort.DRUG,
    Sort.CLASS,
    Sort.CONDITION,
    Sort.QUANTITY,
    Sort.ALLERGEN,
    Sort.STATE,
    Sort.GENE,
)
_Code = tuple[str, Sort, str, FileSpan]


def titles_borne_twice(material: Material) -> Iterator[Diagnostic]:
    """Ask whether every title means one thing, so that a sentence can be read in one way."""
    named = [
        (each.sort, each.name, each.title or each.name, each.span) for each in material.names.of(*_READ_ALOUD)
    ]
    named += [
        (Sort.CONCEPT, str(name), concept.title, concept.span) for name, concept in material.concepts.items()
    ]
    # The same drug is an option of several indications; within one, its title says which option is meant.
    places: dict[str, str] = {}
    for indication_id, indication in material.indication_entries.items():
        for name, option in indication.options.items():
            places[name] = indication_id
            named.append((Sort.OPTION, name, option.title, indication.at("options", name)))
    first: dict[tuple[Sort, str, str], tuple[str, FileSpan]] = {}
    for sort, name, title, span in named:
        key = (sort, places.get(name, "") if sort is Sort.OPTION else "", " ".join(title.split()).casefold())
        other, place = first.setdefault(key, (name, span))
        if other != name:
            yield error(
                Code.DUPLICATE_TITLE,
                span,
                f'the {sort} "{name}" bears the title of "{other}" ({place}): {title}.',
                "Give each a title of its own; sentences name them by it.",
            )
        if "“" in title or "”" in title:
            yield error(
                Code.BAD_VALUE,
                span,
                f'the title of the {sort} "{name}" holds “ or ”, in which sentences put titles.',
                "Take the quotation marks out.",
            )


def codes_of_two_things(material: Material) -> Iterator[Diagnostic]:
    """Ask whether a code of a drug, laboratory value or question means one thing; else nobody knows which."""
    first: dict[tuple[str, str], _Code] = {}
    for system, sort, name, codes, entry, key in _coded(material):
        for index, code in enumerate(codes):
            span = entry.at(key, index)
            known = first.setdefault((system, code.upper()), (system, sort, name, span))
            if (known[1], known[2]) != (sort, name):
                yield warning(
                    Code.AMBIGUOUS_CODE,
                    span,
                    f'the {system} code {code} of the {sort} "{name}" is one of the {known[1]} "{known[2]}", '
                    f"too ({known[3]}).",
                    "Leave it with the one it means; a record with it cannot be understood.",
                )


def members_without_effect(material: Material) -> Iterator[Diagnostic]:
    """Ask whether each member of a set adds something to it."""
    classes = material.entries.of("classes", ClassEntry)
    for name, entry in classes.items():
        inner = {each: set(drugs_in(classes, each)) for each in entry.members if each in classes}
        for index, member in enumerate(entry.members):
            holder = next((each for each, drugs in inner.items() if each != member and member in drugs), None)
            said = f"{member} stands in it as a member of {holder} already" if holder else ""
            if member in entry.members[:index]:
                said = f"{member} stands in it twice"
            if said:
                yield _dead(f'drug class "{name}"', entry.at("members", index), said)
    for name, condition in material.entries.of("conditions", ConditionEntry).items():
        by = f'condition "{name}"'
        yield from _twice(by, condition, "includes", condition.includes)
        yield from _subdivisions(by, condition)
    for name, allergen in material.entries.of("allergens", AllergenEntry).items():
        yield from _twice(f'allergen "{name}"', allergen, "drugs", allergen.drugs)
        yield from _twice(f'allergen "{name}"', allergen, "codes", allergen.codes)
    for name, drug in material.entries.of("drugs", DrugEntry).items():
        yield from _twice(f'drug "{name}"', drug, "rxnorm", drug.rxnorm)
        yield from _twice(f'drug "{name}"', drug, "atc", drug.atc)


def _coded(
    material: Material,
) -> Iterator[tuple[str, Sort, str, list[str], Entry, str]]:
    of = material.entries.of
    for name, drug in of("drugs", DrugEntry).items():
        yield "RxNorm", Sort.DRUG, name, drug.rxnorm, drug, "rxnorm"
        yield "ATC", Sort.DRUG, name, drug.atc, drug, "atc"
    for name, quantity in of("quantities", QuantityEntry).items():
        yield "LOINC", Sort.QUANTITY, name, quantity.loinc, quantity, "loinc"
    for name, state in of("states", StateEntry).items():
        yield "LOINC", Sort.STATE, name, state.loinc, state, "loinc"
    for name, gene in of("genes", GeneEntry).items():
        yield "LOINC", Sort.GENE, name, gene.loinc, gene, "loinc"


def _twice(by: str, entry: Entry, key: str, members: Iterable[str]) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for index, member in enumerate(members):
        if member in seen:
            yield _dead(by, entry.at(key, index), f"{member} stands in {key} twice")
        seen.add(member)


def _subdivisions(by: str, entry: ConditionEntry) -> Iterator[Diagnostic]:
    """A code stands for its subdivisions, so that one of these beside it does nothing."""
    bare = [code.replace(".", "").upper() for code in entry.icd10]
    for index, code in enumerate(bare):
        wider = [
            at for at, other in enumerate(bare) if code.startswith(other) and (other != code or at < index)
        ]
        if wider:
            holder = entry.icd10[min(wider, key=lambda at: len(bare[at]))]
            yield _dead(
                by, entry.at("icd10", index), f"{entry.icd10[index]} is counted as a part of {holder}"
            )


def _dead(by: str, span: FileSpan, said: str) -> Diagnostic:
    return warning(Code.DEAD_MEMBER, span, f"{by}: {said}.", "Take it out.")
