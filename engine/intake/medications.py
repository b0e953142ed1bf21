"""Medication requests and statements become one record a drug."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.domain.ids import DrugId
from engine.domain.patient import ListKind, Medication, MedicationStatus
from engine.intake.bundle import Library
from engine.intake.coding import codings, label, texts
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import clinical_day, day_of, exact_day, is_whole_day
from engine.intake.dosages import Dosage, dosage_in_words, dosage_of

_NO_KNOWN_MEDICATIONS = frozenset(("no-known-medications", "787481004", "1234391000000107"))
_NOTHING_KNOWN = frozenset(("no-medication-info",))

_REQUEST = {
    "active": MedicationStatus.ACTIVE,
    "on-hold": MedicationStatus.UNKNOWN,
    "draft": MedicationStatus.PLANNED,
    "cancelled": MedicationStatus.STOPPED,
    "completed": MedicationStatus.STOPPED,
    "stopped": MedicationStatus.STOPPED,
}
_STATEMENT = {
    "active": MedicationStatus.ACTIVE,
    "intended": MedicationStatus.PLANNED,
    "completed": MedicationStatus.STOPPED,
    "stopped": MedicationStatus.STOPPED,
    "not-taken": MedicationStatus.STOPPED,
    "on-hold": MedicationStatus.UNKNOWN,
}
_NOT_ORDERED = ("proposal", "plan", "option")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What a medication was read as."""

    drugs: tuple[DrugId, ...] = ()
    unread: bool = True
    """Something in it is no known drug."""
    reason: str = "no word or code in it is a drug that WhyRx knows."
    text: str = ""
    place: Cursor


def read_medication_use(resource: Resource, context: Context, harvest: Harvest, library: Library) -> None:
    """Read one MedicationRequest or MedicationStatement."""
    cursor = resource.cursor
    naming = _named(resource, context, library)
    what = naming.text or "medication without a name"
    concept_codes = {coding.code for coding in codings(cursor.get("medicationCodeableConcept"))}
    if cursor.text("status") == "entered-in-error":
        harvest.quiet(resource, what, "it is marked as entered in error.")
    elif cursor.truth("doNotPerform"):
        harvest.quiet(
            resource, what, "it asks not to give the drug.", "It is not taken as a contraindication."
        )
    elif concept_codes & _NO_KNOWN_MEDICATIONS:
        at = clinical_day(cursor, "effective") or day_of(
            cursor.text("dateAsserted") or cursor.text("authoredOn")
        )
        harvest.review(context, resource, ListKind.MEDICATIONS, at)
    elif concept_codes & _NOTHING_KNOWN:
        harvest.quiet(resource, what, "it says that the medications are not known.")
    else:
        _keep(resource, context, harvest, naming)


def _keep(resource: Resource, context: Context, harvest: Harvest, naming: Naming) -> None:
    cursor = resource.cursor
    span = _span(cursor, context)
    dosage = _dosage(resource, harvest, naming)
    record = Medication(
        drug=None,
        text=naming.text or "(medication without a name)",
        status=_status(resource, context, harvest, span),
        provenance=context.provenance(resource, _recorded(cursor), naming.place),
        dose=_dose(cursor),
        start=span.start,
        stop=span.stop,
        route=dosage.route,
        single_dose=dosage.single_dose,
        daily_dose=dosage.daily_dose,
    )
    harvest.medications.extend(replace(record, drug=drug) for drug in naming.drugs)
    if naming.unread:
        harvest.medications.append(record)
        harvest.loud(
            resource,
            record.text,
            naming.reason,
            "Say which drug it is; until then no interaction with it can be excluded.",
            naming.place,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The first and the last day that a drug is stated to have been taken on."""

    start: date | None
    stop: date | None
    over: bool
    """It ended in some month or year that has passed, on a day that is not stated."""


def _status(resource: Resource, context: Context, harvest: Harvest, span: _Span) -> MedicationStatus:
    cursor = resource.cursor
    table = _REQUEST if resource.kind == "MedicationRequest" else _STATEMENT
    status = table.get(cursor.text("status"), MedicationStatus.UNKNOWN)
    if status is not MedicationStatus.ACTIVE:
        return status
    if cursor.text("intent") in _NOT_ORDERED:
        return MedicationStatus.PLANNED
    if span.stop is not None and span.stop < context.last_day:
        harvest.flags.append(
            f"{resource.name} is active although it ended on {span.stop}; it may still be taken."
        )
    if span.over:
        harvest.flags.append(
            f"{resource.name} is active although it ended, the day not stated; it may still be taken."
        )
        return MedicationStatus.UNKNOWN
    return status


def _span(cursor: Cursor, context: Context) -> _Span:
    """Return the days between which a drug is taken.

    The day of a prescription is no first day, as most are repeats, and that of a statement says only that
    the drug was taken then; both count where they lie ahead, as does a month or a year: nothing is taken
    before it. Otherwise a month or a year is no day.
    """
    period = cursor.get("effectivePeriod")
    written = [
        period,
        *(item.get("timing").get("repeat").get("boundsPeriod") for item in _instructions(cursor)),
    ]
    starts = [place.text("start") for place in written if place.text("start")]
    stops = [place.text("end") for place in written if place.text("end")]
    start = exact_day(starts[0]) if len(set(starts)) == 1 else None
    validity = cursor.get("dispenseRequest").get("validityPeriod").text("start")
    others = (*starts[:1], cursor.text("effectiveDateTime"), validity, cursor.text("authoredOn"))
    first = next((day for text in others if (day := day_of(text)) is not None), None)
    if start is None and first is not None and first > context.last_day:
        start = first
    stop = exact_day(stops[0]) if len(set(stops)) == 1 else None
    ended = [day for text in stops if (day := _last_of(text)) is not None]
    over = stop is None and bool(ended) and max(ended) < context.last_day
    return _Span(start=start, stop=stop, over=over)


def _last_of(text: str) -> date | None:
    """Return the last day that a FHIR date may mean."""
    first = day_of(text)
    if first is None or is_whole_day(text):
        return first
    if len(text) == len("2024"):
        return date(first.year, 12, 31)
    following = (
        date(first.year + first.month // 12, first.month % 12 + 1, 1) if first.year < date.max.year else first
    )
    return following - timedelta(days=1) if following > first else first


def _recorded(cursor: Cursor) -> date | None:
    """Return when an entry was written, or else the first day it speaks of."""
    texts_of = (
        cursor.text("authoredOn"),
        cursor.get("effectivePeriod").text("start"),
        cursor.text("effectiveDateTime"),
        cursor.get("dispenseRequest").get("validityPeriod").text("start"),
    )
    return next((day for text in texts_of if (day := day_of(text)) is not None), None)


def _instructions(cursor: Cursor) -> tuple[Cursor, ...]:
    return cursor.each("dosageInstruction") or cursor.each("dosage")


def _dosage(resource: Resource, harvest: Harvest, naming: Naming) -> Dosage:
    """Return route and doses; the amounts of a combination are those of none of its drugs."""
    instructions = _instructions(resource.cursor)
    found = dosage_of(instructions)
    if len(instructions) == 1 and not instructions[0].keys() - {"text", "sequence", "patientInstruction"}:
        found = dosage_in_words(instructions[0].text("text"))
    for what, reason in found.unread:
        harvest.quiet(resource, f"{naming.text}: {what}", f"{reason} Rules that ask for it ask for it again.")
    if len(naming.drugs) + naming.unread == 1:
        return found
    return Dosage(route=found.route)


def _dose(cursor: Cursor) -> str:
    for instruction in _instructions(cursor):
        written = instruction.text("text") or instruction.text("patientInstruction")
        if written:
            return written
        for rate in instruction.each("doseAndRate"):
            quantity = rate.get("doseQuantity")
            amount = quantity.number("value")
            if amount is not None:
                every = label(instruction.get("timing").get("code"))
                return " ".join(
                    filter(None, (f"{amount:f}", quantity.text("unit") or quantity.text("code"), every))
                )
    return ""


def _named(resource: Resource, context: Context, library: Library) -> Naming:
    concept = resource.cursor.get("medicationCodeableConcept")
    if concept.present:
        return drugs_of(concept, context)
    reference = resource.cursor.get("medicationReference")
    target = library.resolve(reference, resource)
    if target is not None:
        return _of_product(target, context, library, depth=0)
    text = reference.text("display")
    if text:
        return _of_texts((text,), (), reference, context)
    reason = (
        f"it refers to {reference.text('reference')!r}, which is not in the bundle."
        if reference.present
        else "it names no medication."
    )
    return Naming(reason=reason, text=reference.text("reference"), place=reference)


def _of_product(product: Resource, context: Context, library: Library, *, depth: int) -> Naming:
    """Read a Medication (or Substance): its ingredients where all are known, else its own code."""
    code = product.cursor.get("code")
    own = drugs_of(code, context) if code.present else Naming(place=product.cursor)
    parts = [
        part
        for ingredient in product.cursor.each("ingredient")
        if (part := _of_ingredient(ingredient, product, context, library, depth)) is not None
    ]
    if not parts:
        return own
    drugs = tuple(sorted({drug for part in parts for drug in part.drugs} | set(own.drugs)))
    text = own.text or " / ".join(part.text for part in parts)
    unread = [part for part in parts if part.unread]
    if not unread or not own.unread:
        return Naming(drugs=drugs, unread=False, text=text, place=own.place)
    reason = f"its ingredient {unread[0].text or 'without a name'!r} is no drug that WhyRx knows."
    return Naming(drugs=drugs, unread=True, reason=reason, text=text, place=unread[0].place)


def _of_ingredient(
    ingredient: Cursor, product: Resource, context: Context, library: Library, depth: int
) -> Naming | None:
    if ingredient.truth("isActive") is False:
        return None
    concept = ingredient.get("itemCodeableConcept")
    if concept.present:
        return drugs_of(concept, context)
    target = library.resolve(ingredient.get("itemReference"), product)
    if target is None or depth > 2:
        reference = ingredient.get("itemReference")
        return Naming(text=reference.text("display") or reference.text("reference"), place=ingredient)
    return _of_product(target, context, library, depth=depth + 1)


def drugs_of(concept: Cursor, context: Context) -> Naming:
    """Return the drugs of a coded medication; codes and words must not contradict each other."""
    by_code = [
        frozenset(drugs)
        for coding in codings(concept)
        if (drugs := context.index.drugs_by_code(coding.system, coding.code))
    ]
    said = texts(concept) or tuple(coding.code for coding in codings(concept))
    return _of_texts(said, by_code, concept, context)


def _of_texts(
    said: tuple[str, ...], by_code: Iterable[frozenset[DrugId]], place: Cursor, context: Context
) -> Naming:
    """Join what codes and words say: readings that include each other agree, the fullest holds."""
    readings = [context.index.read_drug_text(text) for text in said]
    whole = [*by_code, *(frozenset(found.drugs) for found in readings if found.drugs and not found.unread)]
    text = said[0] if said else ""
    if not whole:
        partial = next((found for found in readings if found.drugs), None)
        drugs = partial.drugs if partial is not None else ()
        return Naming(drugs=drugs, text=text, place=place) if not drugs else _partly(drugs, text, place)
    fullest = max(whole, key=len)
    if all(found <= fullest for found in whole):
        return Naming(drugs=tuple(sorted(fullest)), unread=False, text=text, place=place)
    named = ", ".join(sorted({drug for found in whole for drug in found}))
    reason = f"its codes and its words name different drugs ({named})."
    return Naming(drugs=tuple(sorted(frozenset().union(*whole))), reason=reason, text=text, place=place)


def _partly(drugs: tuple[DrugId, ...], text: str, place: Cursor) -> Naming:
    reason = f"besides {', '.join(drugs)} it names something that is no drug WhyRx knows."
    return Naming(drugs=drugs, reason=reason, text=text, place=place)
