"""The patient of a case as a record, as if it had been imported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.domain.ids import AllergenId, ConditionId, DrugId, GeneId, PatientId, QuantityId, StateId
from engine.domain.patient import (
    Allergy,
    CallSource,
    Diagnosis,
    Flag,
    GenotypeResult,
    ListReview,
    Medication,
    MedicationStatus,
    Observation,
    PatientRecord,
    PlannedProcedure,
    Sex,
    StateReport,
)
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Quantity
from engine.domain.vocabulary import Vocabulary
from engine.knowledge.case_schema import MedicationGiven
from engine.knowledge.cases import Case
from engine.knowledge.fields import days_after, days_before
from engine.knowledge.measures import canonical, dated_amount, dose_of
from engine.terminology.units import is_plausible


def record_of(case: Case, vocabulary: Vocabulary) -> PatientRecord:
    """Return the record; everything is dated the day of the case unless it says ``N days old``."""
    given = case.given
    source = _provenance(case, case.on)
    return PatientRecord(
        patient_id=PatientId("case"),
        name=case.name,
        birth_date=given.birth_date,
        sex=given.sex or Sex.UNKNOWN,
        identity=source,
        race=given.race,
        observations=tuple(_observations(case, vocabulary)),
        medications=tuple(_medication(each, case, source) for each in given.medications),
        allergies=tuple(
            Allergy(
                allergen=AllergenId(each.id) if each.id and each.id in vocabulary.allergens else None,
                drug=DrugId(each.id) if each.id and each.id in vocabulary.drugs else None,
                text=each.text or str(each.id),
                kind=each.kind,
                provenance=source,
                severity=each.severity.value if each.severity is not None else "",
                reaction=", ".join(each.reaction or ()),
                reactions=tuple(each.reaction or ()),
            )
            for each in given.allergies
        ),
        diagnoses=tuple(
            Diagnosis(
                condition=ConditionId(each.id) if each.id else None,
                text=each.text or str(each.id),
                status=each.status,
                provenance=source,
                onset=days_before(case.on, each.since) if each.since is not None else None,
            )
            for each in given.conditions
        ),
        planned=tuple(
            PlannedProcedure(
                procedure=ConditionId(each.id) if each.id else None,
                text=each.text or str(each.id),
                on=days_after(case.on, each.in_) if each.in_ is not None else None,
                provenance=source,
            )
            for each in given.planned
        ),
        genotypes=tuple(
            GenotypeResult(
                gene=GeneId(gene),
                diplotypes=tuple(each.diplotypes),
                phenotype=each.phenotype,
                source=CallSource.LABORATORY,
                provenance=source,
                at=case.on,
            )
            for gene, each in given.genotypes.items()
        ),
        states=tuple(
            StateReport(state=StateId(state), holds=holds, at=case.on, provenance=source)
            for state, holds in given.states.items()
        ),
        reviews=tuple(ListReview(kind=kind, on=case.on, provenance=source) for kind in given.reviewed),
    )


def _medication(given: MedicationGiven, case: Case, source: Provenance) -> Medication:
    """Return an entry of the list; one with a last day was stopped, unless it says otherwise."""
    by_days = MedicationStatus.ACTIVE if given.stopped is None else MedicationStatus.STOPPED
    written = {"": given.dose, "a day": given.daily_dose}
    return Medication(
        drug=DrugId(given.id) if given.id else None,
        text=given.text or str(given.id),
        status=given.status or by_days,
        provenance=source,
        dose=", ".join(f"{amount} {when}".strip() for when, amount in written.items() if amount is not None),
        start=days_before(case.on, given.since) if given.since is not None else None,
        stop=days_before(case.on, given.stopped) if given.stopped is not None else None,
        route=given.route,
        single_dose=dose_of(given.dose) if given.dose is not None else None,
        daily_dose=dose_of(given.daily_dose) if given.daily_dose is not None else None,
    )


def _provenance(case: Case, recorded: date) -> Provenance:
    return Provenance(method=Method.IMPORTED, resource="case", path=str(case.span), recorded=recorded)


def _observations(case: Case, vocabulary: Vocabulary) -> Iterator[Observation]:
    for name, texts in case.given.quantities.items():
        for text in texts:
            measured, days = dated_amount(text)
            day = days_before(case.on, days)
            quantity = vocabulary.quantities[QuantityId(name)]
            value = canonical(measured, quantity)
            flags: tuple[Flag, ...] = ()
            if value is None:
                flags = (Flag.UNIT_NOT_CONVERTIBLE,)
            elif not is_plausible(quantity, value):
                flags = (Flag.IMPLAUSIBLE,)
            yield Observation(
                quantity=QuantityId(name),
                value=None if value is None else Quantity(value=value, unit=quantity.unit),
                as_written=text.partition(",")[0].strip(),
                at=day,
                provenance=_provenance(case, day),
                flags=flags,
            )
