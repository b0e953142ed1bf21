"""How each datum is entered by hand, from the words of a vocabulary."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.details import MedicationDetail
from engine.domain.patient import ListKind, Route, StatementKind
from engine.domain.replies import EntryField
from engine.domain.vocabulary import Conversion, QuantityKind, Vocabulary
from engine.terminology.doses import dose_units


def entry_fields(vocabulary: Vocabulary) -> tuple[EntryField, ...]:
    """Return one field a quantity, state, list and gene, one that names a drug, and those of its details.

    Derived quantities are entered by way of what they are derived from; a measured creatinine
    clearance is a quantity like any other.
    """
    quantities = tuple(
        EntryField(
            kind=StatementKind.QUANTITY,
            subject=quantity.quantity_id,
            title=quantity.title,
            unit=quantity.unit,
            units=quantity.conversions,
            choices=(),
        )
        for quantity in vocabulary.quantities.values()
        if quantity.kind is QuantityKind.MEASURED
    )
    states = tuple(
        EntryField(
            kind=StatementKind.STATE,
            subject=state.state_id,
            title=state.title,
            unit="",
            units=(),
            choices=("yes", "no"),
        )
        for state in vocabulary.states.values()
    )
    lists = tuple(
        EntryField(
            kind=StatementKind.LIST_REVIEWED,
            subject=kind.value,
            title=f"list of {kind.value}",
            unit="",
            units=(),
            choices=(),
        )
        for kind in ListKind
    )
    genes = tuple(
        EntryField(
            kind=StatementKind.GENOTYPE,
            subject=gene.gene_id,
            title=gene.title,
            unit="",
            units=(),
            choices=(),
        )
        for gene in vocabulary.genes.values()
    )
    drugs = sorted(vocabulary.drugs.values(), key=lambda drug: drug.title)
    identity = EntryField(
        kind=StatementKind.DRUG_IDENTIFIED,
        subject="",
        title="drug",
        unit="",
        units=(),
        choices=tuple(drug.drug_id for drug in drugs),
        choice_titles=tuple(drug.title for drug in drugs),
    )
    return (*quantities, *states, *lists, *genes, identity, *_details(), _procedure(vocabulary))


def _details() -> tuple[EntryField, ...]:
    """Return one field a detail; each stands for that detail of any drug, whose id goes before it."""
    routes = tuple(route.value for route in Route)
    first, *others = dose_units()
    dosed = (MedicationDetail.SINGLE_DOSE, MedicationDetail.DAILY_DOSE)
    return tuple(
        EntryField(
            kind=StatementKind.MEDICATION_DETAIL,
            subject=detail.value,
            title=detail.value,
            unit=first if detail in dosed else "",
            units=tuple(Conversion(unit=unit, factor=Decimal(1)) for unit in others)
            if detail in dosed
            else (),
            choices=routes if detail is MedicationDetail.ROUTE else (),
        )
        for detail in MedicationDetail
    )


def _procedure(vocabulary: Vocabulary) -> EntryField:
    known = sorted(vocabulary.conditions.values(), key=lambda condition: condition.title)
    return EntryField(
        kind=StatementKind.PROCEDURE_PLANNED,
        subject="",
        title="planned procedure",
        unit="",
        units=(),
        choices=tuple(condition.condition_id for condition in known),
        choice_titles=tuple(condition.title for condition in known),
    )
