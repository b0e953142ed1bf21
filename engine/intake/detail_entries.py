"""Details of drugs and planned procedures that a clinician enters by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.domain.details import MedicationDetail, detail_of
from engine.domain.ids import ConditionId, DrugId
from engine.domain.patient import (
    Medication,
    MedicationStatus,
    PatientRecord,
    PlannedProcedure,
    Route,
)
from engine.domain.provenance import Method
from engine.domain.quantities import Quantity
from engine.errors import ImplausibleValue, InputError, NotFound, UnitMismatch
from engine.intake.conditions import conditions_of
from engine.intake.cursor import printable
from engine.intake.entry import Entry, day_written, number_of, unknown_name
from engine.terminology.doses import dose_units, is_dose_unit
from engine.terminology.index import WordKind
from engine.terminology.spelling import ucum

_DOSE = re.compile(r"\s*([^\s]*?\d[\d.,]*)\s*(.*)")

#: Nobody is given more of one drug in a day, by any unit that doses are entered in.
_MOST = Decimal(100_000_000)

#: No procedure is planned further ahead.
_FURTHEST_DAYS = 3_660


def add_detail(record: PatientRecord, entry: Entry) -> PatientRecord:
    """Return the record with one detail of a drug on the medication list.

    A route, a single dose or a first day goes to every entry in force that lacks it; where none lacks it,
    it replaces that of the only one. A daily dose is one of the drug: it replaces those of all its entries.
    A last day ends the drug.

    Raises:
        UnknownName: the drug is in no vocabulary.
        NotFound: the drug is not on the list, or not so that the detail could be one of it.
        InputError: drug and detail cannot be told, or the value cannot be read or be true.
    """
    statement = entry.statement
    asked = detail_of(statement.subject)
    if asked is None:
        details = ", ".join(detail.value for detail in MedicationDetail)
        raise InputError(
            f"{printable(statement.subject)!r} names no detail of a drug.",
            hint=f"Write the drug and one of: {details}. For example: metformin daily dose.",
            place="medication detail",
        )
    drug, detail = asked
    if drug not in entry.index.vocabulary.drugs:
        raise unknown_name(entry, WordKind.DRUG, drug)
    own = [item for item in record.medications if item.drug == drug]
    if not own:
        title = entry.index.vocabulary.drugs[drug].title
        raise NotFound(
            f"{title} is not on the medication list.",
            hint="Import the list again with it, or say which drug an unknown entry is.",
            place="medications",
        )
    changed = dict(zip(map(id, own), _CHANGES[detail](own, entry, drug), strict=True))
    medications = tuple(changed.get(id(item), item) for item in record.medications)
    return replace(record, medications=medications)


def _route(own: list[Medication], entry: Entry, drug: DrugId) -> list[Medication]:
    routes = {route.value: route for route in Route}
    route = routes.get(entry.statement.value.strip().lower())
    if route is None:
        raise InputError(
            f"{printable(entry.statement.value)!r} is no route that WhyRx knows.",
            hint=f"The routes are: {', '.join(routes)}.",
            place=f"{drug} route",
        )
    return _filled(own, entry, lambda item: item.route, lambda item: replace(item, route=route))


def _single_dose(own: list[Medication], entry: Entry, drug: DrugId) -> list[Medication]:
    dose = _dose(entry, f"{drug} single dose")
    return _filled(own, entry, lambda item: item.single_dose, lambda item: replace(item, single_dose=dose))


def _daily_dose(own: list[Medication], entry: Entry, drug: DrugId) -> list[Medication]:
    """Give the dose of the drug to the first of its entries in force, and none to the others."""
    dose = _dose(entry, f"{drug} daily dose")
    nothing = replace(dose, value=Decimal(0))
    first = next((item for item in own if _in_force(item)), None)
    if first is None:
        raise _not_taken(entry, drug)
    return [
        _signed(replace(item, daily_dose=dose if item is first else nothing), entry)
        if _in_force(item)
        else item
        for item in own
    ]


def _first_day(own: list[Medication], entry: Entry, drug: DrugId) -> list[Medication]:
    day = _past_day(entry, f"{drug} first day")
    ends = [item.stop for item in own if _in_force(item) and item.stop is not None]
    if ends and day > min(ends):
        raise InputError(
            f"the first day {day} lies after the last day {min(ends)} on the list.",
            hint="Give the day on which the drug was first taken.",
            place=f"{drug} first day",
        )
    return _filled(own, entry, lambda item: item.start, lambda item: replace(item, start=day))


def _last_day(own: list[Medication], entry: Entry, drug: DrugId) -> list[Medication]:
    """End the entries that are stopped without a day; where there are none, those in force."""
    day = _past_day(entry, f"{drug} last day")
    open_ended = [item for item in own if item.status is MedicationStatus.STOPPED and item.stop is None]
    ending = open_ended or [item for item in own if _in_force(item)] or own
    starts = [item.start for item in ending if item.start is not None]
    if starts and day < max(starts):
        raise InputError(
            f"the last day {day} lies before the first day {max(starts)} on the list.",
            hint="Give the day on which the drug was last taken.",
            place=f"{drug} last day",
        )
    stopped = {id(item) for item in ending}
    return [
        _signed(replace(item, stop=day, status=MedicationStatus.STOPPED), entry)
        if id(item) in stopped
        else item
        for item in own
    ]


_Change = Callable[[list[Medication], Entry, DrugId], list[Medication]]
_CHANGES: Mapping[MedicationDetail, _Change] = {
    MedicationDetail.ROUTE: _route,
    MedicationDetail.SINGLE_DOSE: _single_dose,
    MedicationDetail.DAILY_DOSE: _daily_dose,
    MedicationDetail.FIRST_DAY: _first_day,
    MedicationDetail.LAST_DAY: _last_day,
}


def _filled(
    own: list[Medication],
    entry: Entry,
    stated: Callable[[Medication], object],
    changed: Callable[[Medication], Medication],
) -> list[Medication]:
    in_force = [item for item in own if _in_force(item)]
    lacking = [item for item in in_force if stated(item) is None]
    drug = own[0].drug
    if not in_force and drug is not None:
        raise _not_taken(entry, drug)
    if not lacking and len(in_force) > 1:
        places = ", ".join(sorted({item.provenance.resource for item in in_force}))
        raise InputError(
            f"several entries of {drug} state it, and it cannot be told which of them is meant ({places}).",
            hint="Correct it in the sending system and import again.",
            place=entry.statement.subject,
        )
    meant = {id(item) for item in lacking or in_force}
    return [_signed(changed(item), entry) if id(item) in meant else item for item in own]


def _in_force(item: Medication) -> bool:
    return item.status in (MedicationStatus.ACTIVE, MedicationStatus.UNKNOWN)


def _signed(item: Medication, entry: Entry) -> Medication:
    """Keep where the entry was read, with who added to it."""
    source = replace(item.provenance, method=Method.ENTERED, by=entry.provenance.by)
    return replace(item, provenance=source)


def _not_taken(entry: Entry, drug: DrugId) -> NotFound:
    title = entry.index.vocabulary.drugs[drug].title
    return NotFound(
        f"{title} is on the medication list, but stopped or only planned.",
        hint="Give its last day, or import the list again.",
        place="medications",
    )


def _dose(entry: Entry, place: str) -> Quantity:
    statement = entry.statement
    found = _DOSE.fullmatch(statement.value)
    written, behind = (found.group(1), found.group(2).strip()) if found else (statement.value, "")
    number = number_of(written, place)
    unit = statement.unit.strip() or behind
    if behind and statement.unit.strip() and ucum(behind) != ucum(statement.unit):
        raise UnitMismatch(f"the dose is given in {behind!r} and in {statement.unit!r}.", place=place)
    if not is_dose_unit(unit):
        given = f"the unit {printable(unit)!r}, which is no amount of drug" if unit else "no unit"
        raise UnitMismatch(
            f"the dose is given with {given}.",
            hint=f"Give it in one of: {', '.join(dose_units())}.",
            place=place,
        )
    if not 0 < number <= _MOST:
        raise ImplausibleValue(
            f"a dose of {statement.value.strip()} cannot be.",
            hint="Check the number and its unit; a drug that is not taken has a last day instead.",
            place=place,
        )
    return Quantity(value=number, unit=ucum(unit))


def _past_day(entry: Entry, place: str) -> date:
    day = day_written(entry.statement.value, place)
    if day > entry.latest:
        raise InputError(f"the day {day} lies in the future.", hint="Give a day that has been.", place=place)
    return day


def add_procedure(record: PatientRecord, entry: Entry) -> PatientRecord:
    """Return the record with one planned procedure.

    Raises:
        UnknownName: the procedure is in no vocabulary.
        InputError: its day cannot be read, or has passed, or lies too far ahead.
    """
    statement = entry.statement
    known = entry.index.vocabulary.conditions
    named = statement.subject.strip()
    found = (ConditionId(named),) if named in known else conditions_of((), (named,), entry.index)
    if not found:
        raise unknown_name(entry, WordKind.CONDITION, named)
    title = known[found[0]].title
    on = day_written(statement.value, title) if statement.value.strip() else None
    if on is not None and on < entry.today:
        raise InputError(
            f"the day {on} has passed.",
            hint="Give the day for which it is planned; leave it empty where none is fixed yet.",
            place=title,
        )
    if on is not None and (on - entry.today).days > _FURTHEST_DAYS:
        raise InputError(f"the day {on} lies more than ten years ahead.", hint="Check the year.", place=title)
    added = tuple(
        PlannedProcedure(procedure=procedure, text=known[procedure].title, on=on, provenance=entry.provenance)
        for procedure in found
    )
    return replace(record, planned=(*record.planned, *added))
