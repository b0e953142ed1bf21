"""What a clinician enters by hand becomes part of the record, checked like anything a file says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from engine.domain.ids import DrugId, GeneId, QuantityId, StateId, UserName
from engine.domain.patient import (
    CallSource,
    GenotypeResult,
    ListKind,
    ListReview,
    Observation,
    PatientRecord,
    Statement,
    StatementKind,
    StateReport,
)
from engine.domain.provenance import Method, Provenance
from engine.errors import ImplausibleValue, InputError, NotFound, UnitMismatch, UnknownName
from engine.intake.consistency import with_contradictions
from engine.intake.cursor import printable
from engine.intake.dates import last_day
from engine.intake.detail_entries import add_detail, add_procedure
from engine.intake.entry import Entry, number_of, unknown_name
from engine.intake.genotypes import diplotypes_of
from engine.intake.identities import identified
from engine.terminology.index import VocabularyIndex, WordKind
from engine.terminology.units import accepted_units, is_plausible, plausible_range, to_canonical

_YES = frozenset(("yes", "true", "y"))
_NO = frozenset(("no", "false", "n"))


def apply_statement(
    record: PatientRecord, statement: Statement, index: VocabularyIndex, now: datetime, by: UserName
) -> PatientRecord:
    """Return the record with one more datum.

    Raises:
        UnknownName: the quantity, state, list, gene, drug or procedure is in no vocabulary.
        UnitMismatch: the quantity cannot be converted from that unit, or no dose is measured in it.
        ImplausibleValue: no living patient has that value, or is given that dose.
        NotFound: no medication of that text waits to be identified, or the drug is not on the list.
        InputError: value or date cannot be read or be true.
    """
    on = _day(record, statement, now.date(), last_day(now))
    provenance = Provenance(
        method=Method.ENTERED, resource=f"entry: {statement.kind.value}", recorded=on, by=by
    )
    entry = Entry(
        statement=statement,
        index=index,
        on=on,
        today=now.date(),
        latest=last_day(now),
        provenance=provenance,
    )
    return with_contradictions(_ADDERS[statement.kind](record, entry))


def _day(record: PatientRecord, statement: Statement, today: date, latest: date) -> date:
    on = statement.on or today
    if on > latest:
        raise InputError(
            f"the date {on} lies in the future.", hint="Give the day on which it was true.", place="date"
        )
    if record.birth_date is not None and on < record.birth_date:
        raise InputError(
            f"the date {on} lies before the patient's birth on {record.birth_date}.",
            hint="Give the day on which it was true.",
            place="date",
        )
    return on


def _add_quantity(record: PatientRecord, entry: Entry) -> PatientRecord:
    statement = entry.statement
    known = entry.index.vocabulary.quantities.get(QuantityId(statement.subject))
    if known is None:
        raise _unknown(entry, WordKind.QUANTITY)
    if known.quantity_id == "age":
        raise InputError("the age is not entered; it follows from the birth date.", place="age")
    number = number_of(statement.value, known.title)
    if not statement.unit.strip() and known.unit != "1":
        raise UnitMismatch(
            f"{known.title} {statement.value} has no unit.",
            hint=f"Give it in one of: {', '.join(accepted_units(known))}.",
            place=known.title,
        )
    value = to_canonical(known, number, statement.unit, known.title)
    written = f"{statement.value.strip()} {statement.unit.strip()}".strip()
    if not is_plausible(known, value.value):
        raise ImplausibleValue(
            f"{known.title} {written} cannot be: plausible is {plausible_range(known)}.",
            hint="Check the value and its unit.",
            place=known.title,
        )
    added = Observation(
        quantity=known.quantity_id,
        value=value,
        as_written=written,
        at=entry.on,
        provenance=entry.provenance,
    )
    return replace(record, observations=(*record.observations, added))


def _add_state(record: PatientRecord, entry: Entry) -> PatientRecord:
    statement = entry.statement
    known = entry.index.vocabulary.states.get(StateId(statement.subject))
    if known is None:
        raise _unknown(entry, WordKind.STATE)
    answer = statement.value.strip().lower()
    if answer not in _YES | _NO:
        raise InputError(
            f"{printable(statement.value)!r} is no answer.", hint="Answer yes or no.", place=known.title
        )
    added = StateReport(state=known.state_id, holds=answer in _YES, at=entry.on, provenance=entry.provenance)
    return replace(record, states=(*record.states, added))


def _add_review(record: PatientRecord, entry: Entry) -> PatientRecord:
    kinds = {kind.value: kind for kind in ListKind}
    kind = kinds.get(entry.statement.subject.strip().lower())
    if kind is None:
        raise UnknownName(
            f"there is no list {printable(entry.statement.subject)!r}.",
            hint=f"The lists are: {', '.join(kinds)}.",
            place="list",
        )
    added = ListReview(kind=kind, on=entry.on, provenance=entry.provenance)
    return replace(record, reviews=(*record.reviews, added))


def _add_genotype(record: PatientRecord, entry: Entry) -> PatientRecord:
    statement = entry.statement
    gene = entry.index.gene_named(statement.subject)
    if gene is None:
        raise _unknown(entry, WordKind.GENE)
    diplotypes = diplotypes_of(gene, printable(statement.value), entry.index)
    if not diplotypes:
        own = sorted({spelling for _, spelling in entry.index.vocabulary.genes[gene].aliases})
        raise InputError(
            f"{printable(statement.value)!r} is no genotype of {gene}.",
            hint=f"Write a pair of alleles, such as {' or '.join(own[:3]) or '*1/*3'}.",
            place=gene,
        )
    added = GenotypeResult(
        gene=GeneId(gene),
        diplotypes=diplotypes,
        phenotype=None,
        source=CallSource.ENTERED,
        provenance=entry.provenance,
        at=entry.on,
    )
    return replace(record, genotypes=(*record.genotypes, added))


def _identify_drug(record: PatientRecord, entry: Entry) -> PatientRecord:
    statement = entry.statement
    named = printable(statement.value)
    drugs = (DrugId(named),) if named in entry.index.vocabulary.drugs else entry.index.drugs_in_text(named)
    if not drugs:
        raise _unknown(entry, WordKind.DRUG)
    if not any(item.drug is None and item.text == statement.subject for item in record.medications):
        waiting = sorted({item.text for item in record.medications if item.drug is None})
        raise NotFound(
            f"no medication {printable(statement.subject)!r} waits to be identified.",
            hint=f"Those that do: {', '.join(waiting) or 'none'}.",
            place="medications",
        )
    return identified(record, statement.subject, drugs, entry.provenance)


def _unknown(entry: Entry, kind: WordKind) -> UnknownName:
    statement = entry.statement
    return unknown_name(entry, kind, statement.value if kind is WordKind.DRUG else statement.subject)


_ADDERS: Mapping[StatementKind, Callable[[PatientRecord, Entry], PatientRecord]] = {
    StatementKind.QUANTITY: _add_quantity,
    StatementKind.STATE: _add_state,
    StatementKind.LIST_REVIEWED: _add_review,
    StatementKind.GENOTYPE: _add_genotype,
    StatementKind.DRUG_IDENTIFIED: _identify_drug,
    StatementKind.MEDICATION_DETAIL: add_detail,
    StatementKind.PROCEDURE_PLANNED: add_procedure,
}
