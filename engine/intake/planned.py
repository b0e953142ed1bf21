"""Procedures that lie ahead: requests, procedures in preparation, and appointments for one."""

from __future__ import annotations

from datetime import date

from engine.domain.ids import ConditionId
from engine.domain.patient import PlannedProcedure
from engine.intake.coding import codings, label, texts
from engine.intake.conditions import conditions_of
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import day_of, exact_day
from engine.terminology.codes import CodeSystem, system_of

#: What any operation is, where its own code is no word of the pack but its category says that it is one.
_SURGERY = ConditionId("surgery")
_SURGICAL = "387713003"

#: Categories of requests that are no procedures on the patient: laboratory, imaging, education, counselling.
_NO_PROCEDURES = frozenset(("108252007", "363679005", "409073007", "409063005", "laboratory", "imaging"))

_OVER = {
    "revoked": "it was revoked.",
    "completed": "it has been done.",
    "entered-in-error": "it is marked as entered in error.",
}
_APPOINTED = frozenset(("proposed", "pending", "booked", "arrived", "checked-in", "waitlist"))


def read_request(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one ServiceRequest: what is asked for and not yet done is planned."""
    cursor = resource.cursor
    code = cursor.get("code")
    what = label(code)
    over = _OVER.get(cursor.text("status"))
    if over:
        harvest.quiet(resource, what, over)
    elif cursor.truth("doNotPerform"):
        harvest.quiet(resource, what, "it asks not to do it.")
    elif _categories(cursor) & _NO_PROCEDURES or _is_observation(code):
        harvest.quiet(resource, what, "it asks for a test or for talk, not for a procedure.")
    else:
        period = cursor.get("occurrencePeriod").text("start")
        _keep(resource, code, cursor.text("occurrenceDateTime") or period, (context, harvest))


def read_prepared(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one Procedure in preparation."""
    cursor = resource.cursor
    period = cursor.get("performedPeriod").text("start")
    _keep(resource, cursor.get("code"), cursor.text("performedDateTime") or period, (context, harvest))


def read_appointment(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one Appointment: one for a procedure that rules speak of is planned; all others are visits."""
    cursor = resource.cursor
    what = next((label(item) for item in cursor.each("serviceType") if label(item)), resource.name)
    if cursor.text("status") not in _APPOINTED:
        harvest.quiet(resource, what, f"its status is {cursor.text('status') or 'not stated'}.")
        return
    found = False
    for kind in cursor.each("serviceType"):
        if conditions_of(codings(kind), texts(kind), context.index):
            _keep(resource, kind, cursor.text("start"), (context, harvest))
            found = True
    if not found:
        harvest.quiet(resource, what, "it is for no procedure that rules speak of.")


def _keep(resource: Resource, code: Cursor, written: str, task: tuple[Context, Harvest]) -> None:
    context, harvest = task
    found: tuple[ConditionId | None, ...] = conditions_of(codings(code), texts(code), context.index)
    surgical = _SURGICAL in _categories(resource.cursor)
    if not found and surgical and _SURGERY in context.index.vocabulary.conditions:
        found = (_SURGERY,)
    on = _planned_for(resource, code, written, harvest)
    recorded = day_of(resource.cursor.text("authoredOn")) or day_of(resource.cursor.text("created"))
    for procedure in found or (None,):
        harvest.planned.append(
            PlannedProcedure(
                procedure=procedure,
                text=label(code) or "(procedure without a name)",
                on=on,
                provenance=context.provenance(resource, recorded, code),
                codes=tuple(map(str, codings(code))),
            )
        )
    if found:
        return
    systems = {system_of(coding.system) for coding in codings(code)}
    alike = any(context.index.conditions_named_in(words) for words in texts(code))
    if CodeSystem.SNOMED in systems and not alike:
        harvest.quiet(resource, label(code), "no rule speaks of this procedure.", "", code)
    else:
        harvest.loud(
            resource,
            label(code),
            "it is planned, and no word or code in it is a procedure that WhyRx knows: it may be any.",
            "Code it in SNOMED CT in the sending system, or confirm the list of planned procedures.",
            code,
        )


def _planned_for(resource: Resource, code: Cursor, written: str, harvest: Harvest) -> date | None:
    """Return the day; a month alone is none, as the procedure may be on any day of it."""
    on = exact_day(written)
    if on is None and written:
        what = f"{label(code)} planned for {written}"
        harvest.quiet(resource, what, "it names no day; rules that ask how soon treat it as unknown.")
    return on


def _categories(cursor: Cursor) -> frozenset[str]:
    return frozenset(coding.code for item in cursor.each("category") for coding in codings(item))


def _is_observation(code: Cursor) -> bool:
    """Tell whether a request is coded in LOINC alone: it asks for an observation."""
    systems = {system_of(coding.system) for coding in codings(code)}
    return systems == {CodeSystem.LOINC}
