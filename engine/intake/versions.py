"""A patient imported again: what people entered by hand is carried over, what files said is replaced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from engine.domain.ids import DrugId
from engine.domain.patient import CallSource, Medication, PatientRecord
from engine.domain.provenance import Method, Provenance
from engine.intake.documents import FileKind
from engine.intake.identities import identified
from engine.terminology.index import VocabularyIndex


class _Sourced(Protocol):
    @property
    def provenance(self) -> Provenance: ...


_Datum = TypeVar("_Datum", bound=_Sourced)


def carried_over(
    earlier: PatientRecord | None, record: PatientRecord, index: VocabularyIndex
) -> PatientRecord:
    """Return the new record with what was entered by hand into the earlier version.

    Genotypes of a PharmCAT report stay too, unless the new import brings a report of its own. A
    medication text that was identified by hand is identified again, and what was entered of a drug's
    route, doses and days stands where the file states none.
    """
    if earlier is None:
        return record
    notes = [
        f"The {what} was recorded as {before} before and is {now} in this import."
        for what, before, now in (
            ("birth date", earlier.birth_date, record.birth_date),
            ("sex", earlier.sex, record.sex),
        )
        if before != now
    ]
    genotypes = entered(earlier.genotypes)
    documents = record.documents
    if all(source.kind != FileKind.PHARMCAT for source in record.documents):
        genotypes += tuple(
            result
            for result in earlier.genotypes
            if result.source is CallSource.PHARMCAT and result.provenance.method is Method.IMPORTED
        )
        documents += tuple(source for source in earlier.documents if source.kind == FileKind.PHARMCAT)
    record = with_details(earlier, _identified(earlier, record, index))
    return replace(
        record,
        observations=record.observations + entered(earlier.observations),
        genotypes=record.genotypes + genotypes,
        states=record.states + entered(earlier.states),
        reviews=record.reviews + entered(earlier.reviews),
        planned=record.planned + entered(earlier.planned),
        documents=documents,
        flags=tuple(dict.fromkeys((*record.flags, *notes))),
    )


def entered(data: Iterable[_Datum]) -> tuple[_Datum, ...]:
    """Return what somebody entered by hand."""
    return tuple(datum for datum in data if datum.provenance.method is Method.ENTERED)


def _identified(earlier: PatientRecord, record: PatientRecord, index: VocabularyIndex) -> PatientRecord:
    """Return the record with each unknown medication known as what a clinician said it is."""
    known: dict[str, dict[DrugId, Provenance]] = {}
    for item in earlier.medications:
        drug = item.drug
        if drug is not None and item.provenance.method is Method.ENTERED and drug in index.vocabulary.drugs:
            known.setdefault(item.text, {})[drug] = item.provenance
    for text, drugs in known.items():
        record = identified(record, text, tuple(drugs), next(iter(drugs.values())))
    return record


def with_details(earlier: PatientRecord, record: PatientRecord) -> PatientRecord:
    """Return the record with each detail of a drug that was entered by hand and that the file lacks."""
    by_hand: dict[tuple[DrugId | None, str, str], Medication] = {
        (item.drug, item.text, item.provenance.resource): item
        for item in earlier.medications
        if item.drug is not None and item.provenance.method is Method.ENTERED
    }
    medications: list[Medication] = []
    for item in record.medications:
        known = by_hand.get((item.drug, item.text, item.provenance.resource))
        if known is None:
            medications.append(item)
            continue
        filled = replace(
            item,
            route=item.route or known.route,
            single_dose=item.single_dose or known.single_dose,
            daily_dose=item.daily_dose or known.daily_dose,
            start=item.start or known.start,
            stop=item.stop or (known.stop if item.status is known.status else None),
        )
        medications.append(filled if filled == item else replace(filled, provenance=known.provenance))
    return replace(record, medications=tuple(medications))
