"""From vocabulary entries to the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.domain.ids import AllergenId, ClassId, ConditionId, DrugId, GeneId, QuantityId, StateId
from engine.domain.vocabulary import (
    Allergen,
    Condition,
    Conversion,
    Drug,
    DrugClass,
    Gene,
    MeasuredQuantity,
    State,
)
from engine.knowledge.codes import Code
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.word_schema import (
    AllergenEntry,
    ClassEntry,
    ConditionEntry,
    DrugEntry,
    GeneEntry,
    QuantityEntry,
    StateEntry,
)


def drugs_in(classes: Mapping[str, ClassEntry], class_id: str) -> tuple[str, ...]:
    """Return the drugs of a class and of the classes inside it, each once; circles end."""
    found: dict[str, None] = {}
    visited: set[str] = set()

    def visit(name: str) -> None:
        if name in visited:
            return
        visited.add(name)
        for member in classes[name].members:
            if member in classes:
                visit(member)
            else:
                found[member] = None

    visit(class_id)
    return tuple(found)


def drugs_and_classes(
    drugs: Mapping[str, DrugEntry], classes: Mapping[str, ClassEntry], notes: Notes
) -> tuple[dict[DrugId, Drug], dict[ClassId, DrugClass]]:
    """Return drugs, each with the classes it belongs to, and classes with their drugs."""
    members: dict[str, tuple[str, ...]] = {}
    for name, entry in classes.items():
        for index, member in enumerate(entry.members):
            notes.refer(f'drug class "{name}"', entry.at("members", index), member, Sort.DRUG, Sort.CLASS)
        members[name] = tuple(drug for drug in drugs_in(classes, name) if drug in drugs)
        if not drugs_in(classes, name):
            notes.refuse(
                Code.EMPTY_CLASS,
                entry.at(),
                f'the drug class "{name}" has no members.',
                "No rule on it could ever fire; name its drugs, or take it out.",
            )
    belongs = {drug: tuple(name for name in members if drug in members[name]) for drug in drugs}
    return (
        {
            DrugId(name): Drug(
                drug_id=DrugId(name),
                title=entry.title,
                rxnorm=tuple(entry.rxnorm),
                atc=tuple(entry.atc),
                synonyms=tuple(entry.synonyms),
                brands=tuple(entry.brands),
                classes=tuple(ClassId(each) for each in belongs[name]),
            )
            for name, entry in drugs.items()
        },
        {
            ClassId(name): DrugClass(
                class_id=ClassId(name),
                title=entry.title,
                members=tuple(DrugId(each) for each in members[name]),
                sources=notes.sources(f'drug class "{name}"', entry.sources),
            )
            for name, entry in classes.items()
        },
    )


def conditions(entries: Mapping[str, ConditionEntry], notes: Notes) -> dict[ConditionId, Condition]:
    """Return conditions."""
    for name, entry in entries.items():
        for index, part in enumerate(entry.includes):
            notes.refer(f'condition "{name}"', entry.at("includes", index), part, Sort.CONDITION)
    return {
        ConditionId(name): Condition(
            condition_id=ConditionId(name),
            title=entry.title,
            icd10=tuple(entry.icd10),
            snomed=tuple(entry.snomed),
            includes=tuple(ConditionId(each) for each in entry.includes),
        )
        for name, entry in entries.items()
    }


def quantities(entries: Mapping[str, QuantityEntry], notes: Notes) -> dict[QuantityId, MeasuredQuantity]:
    """Return quantities; a plausible range with crossed ends and a zero factor are refused."""
    for name, entry in entries.items():
        span = entry.plausible
        if span and span.low is not None and span.high is not None and span.low >= span.high:
            notes.refuse(
                Code.EMPTY_INTERVAL,
                entry.at("plausible"),
                f'quantity "{name}": nothing lies between {span.low} and {span.high}.',
                "Write the lower end as low.",
            )
        for unit, conversion in entry.conversions.items():
            if conversion.factor == 0:
                notes.refuse(
                    Code.UNIT,
                    entry.at("conversions", unit),
                    f'quantity "{name}": a factor of 0 makes every {unit} the same.',
                    f"Write how many {entry.unit} one {unit} is.",
                )
    return {
        QuantityId(name): MeasuredQuantity(
            quantity_id=QuantityId(name),
            title=entry.title,
            kind=entry.kind,
            unit=entry.unit,
            loinc=tuple(entry.loinc),
            conversions=tuple(
                Conversion(unit=unit, factor=each.factor, offset=each.offset or Decimal(0))
                for unit, each in entry.conversions.items()
            ),
            plausible_low=entry.plausible.low if entry.plausible else None,
            plausible_high=entry.plausible.high if entry.plausible else None,
            agreement=entry.agreement,
            max_age_days=entry.max_age,
            decimals=entry.decimals,
        )
        for name, entry in entries.items()
    }


def allergens(entries: Mapping[str, AllergenEntry], notes: Notes) -> dict[AllergenId, Allergen]:
    """Return allergens."""
    for name, entry in entries.items():
        for index, drug in enumerate(entry.drugs):
            notes.refer(f'allergen "{name}"', entry.at("drugs", index), drug, Sort.DRUG)
    return {
        AllergenId(name): Allergen(
            allergen_id=AllergenId(name),
            title=entry.title,
            drugs=tuple(DrugId(each) for each in entry.drugs),
            codes=tuple(entry.codes),
            synonyms=tuple(entry.synonyms),
        )
        for name, entry in entries.items()
    }


def states(entries: Mapping[str, StateEntry]) -> dict[StateId, State]:
    """Return states."""
    return {
        StateId(name): State(
            state_id=StateId(name),
            title=entry.title,
            loinc=tuple(entry.loinc),
            yes=tuple(entry.yes),
            no=tuple(entry.no),
            max_age_days=entry.max_age,
        )
        for name, entry in entries.items()
    }


def genes(entries: Mapping[str, GeneEntry], alleles: Mapping[GeneId, frozenset[str]]) -> dict[GeneId, Gene]:
    """Return genes with the alleles of their phenotype tables."""
    return {
        GeneId(name): Gene(
            gene_id=GeneId(name),
            title=entry.title,
            loinc=tuple(entry.loinc),
            aliases=tuple(entry.aliases.items()),
            alleles=alleles.get(GeneId(name), frozenset()),
        )
        for name, entry in entries.items()
    }
