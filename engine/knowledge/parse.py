"""From entries to the domain: citations, parameters, indications, concepts and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.domain.findings import Severity
from engine.domain.ids import (
    CitationId,
    ClassId,
    ConceptId,
    ConditionId,
    DrugId,
    IndicationId,
    ModelId,
    OptionId,
    ParameterId,
    QuantityId,
    RuleId,
)
from engine.domain.patient import Route
from engine.domain.provenance import Citation, SourceRef
from engine.domain.quantities import Quantity
from engine.domain.rules import (
    Concept,
    Jurisdiction,
    Parameter,
    ParameterValue,
    Rule,
    RuleStatus,
    WhenUnknown,
)
from engine.domain.therapy import Evidence, Indication, Marketing, OptionsFrom, TherapyOption
from engine.domain.vocabulary import Drug, DrugClass
from engine.knowledge.codes import Code
from engine.knowledge.conclusions import Conclusions
from engine.knowledge.measures import dose_of
from engine.knowledge.names import Definition, Sort
from engine.knowledge.notes import Notes
from engine.knowledge.premises import Premises
from engine.knowledge.schema import (
    CitationEntry,
    ConceptEntry,
    IndicationEntry,
    LifeStage,
    OptionEntry,
    ParameterEntry,
    RuleEntry,
)
from engine.knowledge.selection import Selection
from engine.knowledge.word_schema import DrugEntry

_Place = tuple[Jurisdiction, tuple[SourceRef, ...]]


def citations(entries: Mapping[str, CitationEntry]) -> dict[CitationId, Citation]:
    """Return citations."""
    return {
        CitationId(name): Citation(
            citation_id=CitationId(name),
            title=entry.title,
            kind=entry.kind,
            year=entry.year,
            locator=entry.locator,
            checked=entry.checked,
            how=entry.how,
            on=entry.on,
        )
        for name, entry in entries.items()
    }


def parameters(entries: Mapping[str, ParameterEntry], notes: Notes) -> dict[ParameterId, Parameter]:
    """Return parameters with their values in order of day."""
    return {
        ParameterId(name): Parameter(
            parameter_id=ParameterId(name),
            title=entry.title,
            unit=entry.unit,
            values=tuple(
                ParameterValue(
                    since=since,
                    value=value.value,
                    source=notes.source(f'parameter "{name}"', value.source),
                )
                for since, value in sorted(entry.values.items())
            ),
            span=entry.at(),
        )
        for name, entry in entries.items()
    }


def drugs_spoken_of(
    entries: Mapping[str, RuleEntry], drugs: Mapping[DrugId, Drug], classes: Mapping[ClassId, DrugClass]
) -> tuple[Drug, ...]:
    """Return the drugs that rules are for, by name or by class, in the order of the vocabulary."""
    named = {DrugId(name) for entry in entries.values() for name in entry.for_}
    named |= {
        member
        for entry in entries.values()
        for name in entry.for_
        if ClassId(name) in classes
        for member in classes[ClassId(name)].members
    }
    return tuple(drug for drug_id, drug in drugs.items() if drug_id in named)


def define_options(entries: Mapping[str, IndicationEntry], spoken_of: tuple[Drug, ...], notes: Notes) -> None:
    """Define the options of all indications; each name stands for one option of one indication."""
    for indication, entry in entries.items():
        if entry.options_from is OptionsFrom.MEDICATIONS:
            for drug in spoken_of:
                taken = taken_option(IndicationId(indication), drug.drug_id)
                notes.names.define(
                    Definition(sort=Sort.OPTION, name=taken, span=entry.at("options_from"), title=drug.title)
                )
        for name, option in entry.options.items():
            notes.names.define(
                Definition(sort=Sort.OPTION, name=name, span=entry.at("options", name), title=option.title)
            )


def taken_option(indication: IndicationId, drug: DrugId) -> OptionId:
    """Return the name of the option that a drug of the record is in an indication."""
    return OptionId(f"{indication}.{drug}")


def indications(
    entries: Mapping[str, IndicationEntry],
    drugs: Mapping[DrugId, Drug],
    spoken_of: tuple[Drug, ...],
    written: Mapping[str, DrugEntry],
    notes: Notes,
) -> dict[IndicationId, Indication]:
    """Return indications with their options."""
    made: dict[IndicationId, Indication] = {}
    places = _places(written, notes)
    for name, entry in entries.items():
        by = f'indication "{name}"'
        for key, names, sort in (
            ("conditions", entry.conditions, Sort.CONDITION),
            ("scores", entry.scores, Sort.QUANTITY),
            ("context", entry.context, Sort.CONCEPT),
        ):
            for index, each in enumerate(names):
                notes.refer(by, entry.at(key, index), each, sort)
        from_record = entry.options_from is OptionsFrom.MEDICATIONS
        if entry.options and from_record:
            notes.refuse(
                Code.NO_OPTION,
                entry.at("options"),
                f"{by} lists options, and takes them from the record as well.",
                "Take out options, or options_from.",
            )
        if not entry.options and not from_record:
            notes.refuse(
                Code.NO_OPTION,
                entry.at("options"),
                f"{by} has no options.",
                "List what could be done for it.",
            )
        if entry.model is None and not entry.no_model_reason.strip():
            notes.refuse(
                Code.MISSING_KEY,
                entry.at(),
                f"{by} names no model and no no_model_reason.",
                "Say in one sentence why no model orders its options; it is shown to the clinician.",
            )
        options = (
            tuple(_taken(IndicationId(name), drug) for drug in spoken_of)
            if from_record
            else tuple(
                _option(OptionId(each), option, drugs, notes) for each, option in entry.options.items()
            )
        )
        made[IndicationId(name)] = Indication(
            indication_id=IndicationId(name),
            title=entry.title,
            question=entry.question,
            options=options,
            options_from=entry.options_from,
            model=ModelId(entry.model) if entry.model else None,
            no_model_reason="" if entry.model else entry.no_model_reason,
            conditions=tuple(ConditionId(each) for each in entry.conditions),
            context=tuple(ConceptId(each) for each in entry.context),
            display_quantities=tuple(QuantityId(each) for each in entry.scores),
            marketing=tuple(_marketing(options, entry.options, places, notes)),
        )
    return made


def _places(written: Mapping[str, DrugEntry], notes: Notes) -> dict[DrugId, _Place]:
    """Return the one label under which a drug is marketed, for those of which the vocabulary says so."""
    return {
        DrugId(name): (drug.marketed.only, notes.sources(f'drug "{name}"', drug.marketed.sources))
        for name, drug in written.items()
        if drug.marketed is not None
    }


def _marketing(
    options: tuple[TherapyOption, ...],
    entries: Mapping[str, OptionEntry],
    places: Mapping[DrugId, _Place],
    notes: Notes,
) -> Iterator[Marketing]:
    """Yield the options marketed under one label alone: as they say, else as their drugs do."""
    for option in options:
        own = entries[option.option_id].marketed if option.option_id in entries else None
        place = places.get(option.drug)
        if own is not None:
            place = (own.only, notes.sources(f'option "{option.option_id}"', own.sources))
        if place is not None:
            yield Marketing(option_id=option.option_id, only=place[0], sources=place[1])


def _taken(indication: IndicationId, drug: Drug) -> TherapyOption:
    return TherapyOption(
        option_id=taken_option(indication, drug.drug_id),
        title=drug.title,
        drug=drug.drug_id,
        classes=drug.classes,
        dose="",
        route="",
        burden="",
        evidence=None,
    )


def _option(name: OptionId, entry: OptionEntry, drugs: Mapping[DrugId, Drug], notes: Notes) -> TherapyOption:
    by = f'option "{name}"'
    notes.refer(by, entry.at("drug"), entry.drug, Sort.DRUG)
    drug = drugs.get(DrugId(entry.drug))
    return TherapyOption(
        option_id=name,
        title=entry.title,
        drug=DrugId(entry.drug),
        classes=drug.classes if drug else (),
        dose=entry.dose,
        route=entry.route,
        burden=entry.burden,
        evidence=Evidence(
            order=entry.evidence.order,
            line=entry.evidence.line,
            strength=entry.evidence.strength,
            sources=notes.sources(by, entry.evidence.sources),
        ),
        administered=_ROUTES.get(entry.route.strip().lower()),
        single_dose=_dose(entry, "single_dose", entry.single_dose, by, notes),
        daily_dose=_dose(entry, "daily_dose", entry.daily_dose, by, notes),
        model_level=entry.model_level,
    )


_ROUTES = {route.value: route for route in Route}


def _dose(entry: OptionEntry, key: str, written: str | None, by: str, notes: Notes) -> Quantity | None:
    made = dose_of(written) if written is not None else None
    if written is not None and made is None:
        notes.refuse(
            Code.UNIT,
            entry.at(key),
            f'{by}: {key} "{written}" is no dose.',
            "Write one amount of the drug: mg, g, ug, mmol, mL or IU.",
        )
    return made


def concepts(
    entries: Mapping[str, ConceptEntry], premises: Premises, notes: Notes
) -> dict[ConceptId, Concept]:
    """Return the concepts whose premises can be read."""
    made: dict[ConceptId, Concept] = {}
    for name, entry in entries.items():
        by = f'concept "{name}"'
        sources = notes.sources(by, entry.sources)
        when = premises.read(entry.when, by)
        if when is not None:
            made[ConceptId(name)] = Concept(
                concept_id=ConceptId(name), title=entry.title, when=when, sources=sources, span=entry.at()
            )
    return made


def rules(
    entries: Mapping[str, RuleEntry],
    premises: Premises,
    conclusions: Conclusions,
    selection: Selection,
    notes: Notes,
) -> dict[RuleId, Rule]:
    """Return the rules that can be read; retired ones are checked, but left out."""
    made: dict[RuleId, Rule] = {}
    for name, entry in entries.items():
        by = f'rule "{name}"'
        sources = notes.sources(by, entry.sources)
        when = premises.read(entry.when, by)
        then = conclusions.read(entry.then, by)
        spoken_of = selection.options_of(entry, by)
        if when is None or then is None or not spoken_of or entry.status is LifeStage.RETIRED:
            continue
        made[RuleId(name)] = Rule(
            rule_id=RuleId(name),
            title=entry.title,
            options=spoken_of,
            when=when,
            then=then,
            when_unknown=entry.when_unknown or _by_default(entry.then.severity),
            sources=sources,
            review_by=entry.review_by,
            author=entry.author,
            version=entry.version,
            status=RuleStatus[entry.status.name],
            span=entry.at(),
            jurisdiction=entry.jurisdiction,
            unknown_because=entry.unknown_because.strip(),
        )
    return made


def _by_default(severity: Severity) -> WhenUnknown:
    return WhenUnknown.CANNOT_BE_ASSESSED if severity.excludes else WhenUnknown.MENTION
