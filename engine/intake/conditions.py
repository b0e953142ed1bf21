"""Conditions and procedures become diagnoses."""

from __future__ import annotations

from datetime import date

from engine.domain.ids import ConditionId, StateId
from engine.domain.patient import ConditionStatus, Diagnosis, ListKind
from engine.intake.coding import Coding, codings, first_code, label, texts
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import day_of, exact_day
from engine.intake.valves import MECHANICAL_VALVE, Valve, valve_of
from engine.terminology.codes import CodeSystem, system_of
from engine.terminology.index import VocabularyIndex
from engine.terminology.names import words_of

_NO_KNOWN_PROBLEMS = ("no-known-problems", "160245001")
_NOTHING_KNOWN = ("no-problem-info", "no-procedure-info")

_CLINICAL = {
    "active": ConditionStatus.ACTIVE,
    "recurrence": ConditionStatus.ACTIVE,
    "relapse": ConditionStatus.ACTIVE,
    "inactive": ConditionStatus.RESOLVED,
    "remission": ConditionStatus.RESOLVED,
    "resolved": ConditionStatus.RESOLVED,
}

#: How an onset is written that names no day.
_INEXACT_ONSETS = ("onsetAge", "onsetRange", "onsetString")

#: Conditions that say a state of the patient, while they are active.
_STATES = {
    ConditionId("pregnancy"): StateId("pregnant"),
    ConditionId("dialysis_dependence"): StateId("dialysis"),
    ConditionId("alcohol_use_disorder"): StateId("alcohol_excess"),
}


def read_condition(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one Condition: as many diagnoses as its codes say, or one that is not understood."""
    cursor = resource.cursor
    code = cursor.get("code")
    codes = {coding.code for coding in codings(code)}
    recorded = day_of(cursor.text("recordedDate"))
    verification = first_code(cursor.get("verificationStatus"))
    if verification == "entered-in-error":
        harvest.quiet(resource, label(code), "it is marked as entered in error.")
    elif codes & set(_NO_KNOWN_PROBLEMS):
        harvest.review(context, resource, ListKind.CONDITIONS, recorded)
    elif codes & set(_NOTHING_KNOWN):
        harvest.quiet(resource, label(code), "it says that the problem list is not known.")
    else:
        _keep(resource, context, harvest, _status(cursor, verification))


def _status(cursor: Cursor, verification: str) -> ConditionStatus:
    if verification == "refuted":
        return ConditionStatus.REFUTED
    if verification in ("unconfirmed", "provisional", "differential"):
        return ConditionStatus.UNKNOWN
    clinical = _CLINICAL.get(first_code(cursor.get("clinicalStatus")))
    if clinical is None:
        ended = any(
            cursor.get(f"abatement{kind}").present for kind in ("DateTime", "Period", "String", "Age")
        )
        return ConditionStatus.RESOLVED if ended else ConditionStatus.UNKNOWN
    return clinical


def _keep(resource: Resource, context: Context, harvest: Harvest, status: ConditionStatus) -> None:
    code = resource.cursor.get("code")
    found = codings(code)
    conditions, status = _meant(code, status, context)
    onset = _onset(resource, harvest)
    began = day_of(resource.cursor.text("onsetDateTime") or resource.cursor.get("onsetPeriod").text("start"))
    recorded = day_of(resource.cursor.text("recordedDate")) or began
    text = label(code)
    for condition in conditions or (None,):
        harvest.diagnoses.append(
            Diagnosis(
                condition=condition,
                text=text or "(condition without a name)",
                status=status,
                provenance=context.provenance(resource, recorded, code),
                onset=onset,
                codes=tuple(map(str, found)),
            )
        )
        state = _STATES.get(condition) if condition is not None else None
        if (
            state is not None
            and state in context.index.vocabulary.states
            and status is ConditionStatus.ACTIVE
        ):
            harvest.state(context, resource, state, (True, recorded, code))
    if not conditions:
        _list_unknown(resource, context, harvest, code)


def _meant(
    code: Cursor, status: ConditionStatus, context: Context
) -> tuple[tuple[ConditionId, ...], ConditionStatus]:
    """Return the conditions of a concept; a prosthetic valve of unknown kind may be a mechanical one."""
    conditions = conditions_of(codings(code), texts(code), context.index)
    if conditions or MECHANICAL_VALVE not in context.index.vocabulary.conditions:
        return conditions, status
    match valve_of(texts(code)):
        case Valve.MECHANICAL:
            return (MECHANICAL_VALVE,), status
        case Valve.UNCLEAR if status is ConditionStatus.ACTIVE:
            return (MECHANICAL_VALVE,), ConditionStatus.UNKNOWN
        case _:
            return (), status


def _onset(resource: Resource, harvest: Harvest) -> date | None:
    """Return the day a condition began; a month, a year or an age is no day, and is listed.

    Taken as its first day, a year would make an infarction of last week look ten months old.
    """
    cursor = resource.cursor
    written = cursor.text("onsetDateTime") or cursor.get("onsetPeriod").text("start")
    onset = exact_day(written)
    said = next((name for name in _INEXACT_ONSETS if cursor.get(name).present), "")
    if onset is None and (written or said):
        what = f"onset of {label(cursor.get('code'))}: {written or cursor.text(said) or said}"
        harvest.quiet(resource, what, "it names no day; rules that ask since when treat it as unknown.")
    return onset


def conditions_of(
    found: tuple[Coding, ...], said: tuple[str, ...], index: VocabularyIndex
) -> tuple[ConditionId, ...]:
    """Return the conditions of a concept: by its codes, else by a text that is exactly a title."""
    by_code = {
        condition for coding in found for condition in index.conditions_by_code(coding.system, coding.code)
    }
    if by_code:
        return tuple(sorted(by_code))
    titles = {words_of(text) for text in said}
    entries = index.vocabulary.conditions.values()
    return tuple(sorted(entry.condition_id for entry in entries if words_of(entry.title) in titles))


def _list_unknown(resource: Resource, context: Context, harvest: Harvest, code: Cursor) -> None:
    """List a condition outside the vocabulary, loudly where it could be one that rules speak of."""
    text = label(code)
    systems = {system_of(coding.system) for coding in codings(code)}
    alike = any(context.index.conditions_named_in(words) for words in texts(code))
    if CodeSystem.ICD10 in systems or (CodeSystem.SNOMED in systems and not alike):
        reason = "its code is none of the conditions that rules speak of."
        harvest.quiet(resource, text, reason, "", code)
        return
    reason = (
        "its words are like a condition that rules speak of, but its code is not."
        if CodeSystem.SNOMED in systems
        else "it has no ICD-10 or SNOMED CT code, so it may be any condition."
    )
    harvest.loud(resource, text, reason, "Code it in the sending system, then import again.", code)


_PROCEDURE = {
    "completed": ConditionStatus.ACTIVE,
    "in-progress": ConditionStatus.UNKNOWN,
    "on-hold": ConditionStatus.UNKNOWN,
    "unknown": ConditionStatus.UNKNOWN,
    "": ConditionStatus.UNKNOWN,
}


def read_procedure(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one Procedure: what it leaves behind (such as a mechanical valve) is a diagnosis."""
    cursor = resource.cursor
    code = cursor.get("code")
    status = _PROCEDURE.get(cursor.text("status"))
    if status is None:
        harvest.quiet(resource, label(code), f"its status is {cursor.text('status')}.")
        return
    found = codings(code)
    conditions, status = _meant(code, status, context)
    period = cursor.get("performedPeriod")
    written = cursor.text("performedDateTime") or period.text("end") or period.text("start")
    at = day_of(written)
    alike = not conditions and any(context.index.conditions_named_in(words) for words in texts(code))
    for condition in conditions or ((None,) if alike else ()):
        harvest.diagnoses.append(
            Diagnosis(
                condition=condition,
                text=label(code),
                status=status,
                provenance=context.provenance(resource, at, code),
                onset=exact_day(written),
                codes=tuple(map(str, found)),
            )
        )
    if alike:
        reason = "its words are like a condition that rules speak of, but its code is not."
        harvest.loud(resource, label(code), reason, "Record what it left behind as a coded condition.", code)
    elif not conditions:
        harvest.quiet(resource, label(code), "no rule speaks of this procedure.", "", code)


def read_device(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one Device: a mechanical heart valve in the patient is a diagnosis."""
    cursor = resource.cursor
    kind = cursor.get("type")
    status = ConditionStatus.ACTIVE if cursor.text("status") in ("active", "") else ConditionStatus.UNKNOWN
    conditions, status = _meant(kind, status, context)
    if cursor.text("status") == "entered-in-error" or not conditions:
        harvest.quiet(resource, label(kind) or resource.name, "no rule speaks of this device.")
        return
    at = day_of(cursor.text("manufactureDate"))
    for condition in conditions:
        harvest.diagnoses.append(
            Diagnosis(
                condition=condition,
                text=label(kind),
                status=status,
                provenance=context.provenance(resource, at, kind),
                codes=tuple(map(str, codings(kind))),
            )
        )
