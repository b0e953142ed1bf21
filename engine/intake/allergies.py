"""Allergies and intolerances, and the statement that there are none."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from engine.domain.ids import AllergenId, DrugId
from engine.domain.patient import Allergy, AllergyKind, ListKind
from engine.intake.coding import codings, first_code, label, texts
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import day_of
from engine.intake.reactions import reactions_of

#: SNOMED CT ``no known allergy`` and ``no known drug allergy``, and the code of the international summary.
_NO_KNOWN = frozenset(
    ("716186003", "409137002", "160244002", "no-known-allergies", "no-known-medication-allergies")
)
_NO_KNOWN_OF_ANOTHER_KIND = frozenset(
    ("429625007", "428607008", "428197003", "no-known-food-allergies", "no-known-environmental-allergies")
)
_NOTHING_KNOWN = frozenset(("no-allergy-info",))
_KINDS = {"allergy": AllergyKind.ALLERGY, "intolerance": AllergyKind.INTOLERANCE}
_GRADES = ("severe", "moderate", "mild")


def read_allergy(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one AllergyIntolerance."""
    cursor = resource.cursor
    code = _substance(cursor)
    codes = {coding.code for coding in codings(code)}
    verification = first_code(cursor.get("verificationStatus"))
    clinical = first_code(cursor.get("clinicalStatus"))
    if verification in ("entered-in-error", "refuted"):
        harvest.quiet(resource, label(code), f"it is marked as {verification.replace('-', ' ')}.")
    elif clinical in ("inactive", "resolved"):
        harvest.quiet(resource, label(code), f"it is marked as {clinical}.")
    elif codes & _NO_KNOWN:
        at = day_of(cursor.text("recordedDate") or cursor.text("lastOccurrence"))
        harvest.review(context, resource, ListKind.ALLERGIES, at)
    elif codes & (_NO_KNOWN_OF_ANOTHER_KIND | _NOTHING_KNOWN):
        harvest.quiet(resource, label(code), "it says nothing about drugs.")
    else:
        _keep(resource, context, harvest, code)


def _substance(cursor: Cursor) -> Cursor:
    code = cursor.get("code")
    if label(code):
        return code
    return next(
        (item.get("substance") for item in cursor.each("reaction") if label(item.get("substance"))), code
    )


def _keep(resource: Resource, context: Context, harvest: Harvest, code: Cursor) -> None:
    allergens, drugs = _meant(code, context)
    cursor = resource.cursor
    recorded = day_of(cursor.text("recordedDate") or cursor.text("onsetDateTime"))
    manifestations = [item for reaction in cursor.each("reaction") for item in reaction.each("manifestation")]
    reactions = reactions_of(manifestations)
    pairs = tuple(zip_longest(allergens, drugs))
    for allergen, drug in pairs or ((None, None),):
        entry = Allergy(
            allergen=allergen,
            drug=drug,
            text=label(code) or "(allergy without a name)",
            kind=_KINDS.get(cursor.text("type"), AllergyKind.UNKNOWN),
            provenance=context.provenance(resource, recorded, code),
            reaction=_reaction(cursor),
            severity=_severity(cursor),
            codes=tuple(map(str, codings(code))),
            reactions=reactions.kinds,
        )
        harvest.allergies.append(entry)
        if reactions.kinds and reactions.strange:
            # What was understood stands; what was not may be any reaction, and leaves those others open.
            harvest.allergies.append(replace(entry, reaction=", ".join(reactions.strange), reactions=()))
    for said in reactions.strange:
        reason = "it is no reaction that rules speak of; those that ask for one treat it as unknown."
        harvest.quiet(resource, f"{label(code)}: {said}", reason)
    if not pairs:
        _list_unknown(resource, harvest, code)


def _meant(code: Cursor, context: Context) -> tuple[tuple[AllergenId, ...], tuple[DrugId, ...]]:
    index = context.index
    found = codings(code)
    allergens = {item for coding in found for item in index.allergens_by_code(coding.system, coding.code)}
    drugs = {item for coding in found for item in index.drugs_by_code(coding.system, coding.code)}
    if not allergens:
        allergens = {item for text in texts(code) for item in index.allergens_named(text)}
    if not drugs and not allergens:
        drugs = {item for text in texts(code) for item in index.drugs_in_text(text)}
    return tuple(sorted(allergens)), tuple(sorted(drugs))


def _list_unknown(resource: Resource, harvest: Harvest, code: Cursor) -> None:
    categories = {item.value for item in resource.cursor.each("category") if isinstance(item.value, str)}
    if categories and categories <= {"food", "environment"}:
        reason = "it is recorded as an allergy to food or surroundings, and no rule speaks of it."
        harvest.quiet(resource, label(code), reason, "", code)
        return
    harvest.loud(
        resource,
        label(code),
        "no word or code in it is a substance that WhyRx knows.",
        "Code the substance (RxNorm or SNOMED CT) in the sending system; until then it may be any drug.",
        code,
    )


def _reaction(cursor: Cursor) -> str:
    shown = (label(item) for reaction in cursor.each("reaction") for item in reaction.each("manifestation"))
    return ", ".join(dict.fromkeys(filter(None, shown)))


def _severity(cursor: Cursor) -> str:
    """Return the worst grade; where one reaction has none, no grade short of severe is the worst."""
    grades = {reaction.text("severity") for reaction in cursor.each("reaction")}
    if cursor.text("criticality") == "high":
        return "life-threatening"
    worst = next((grade for grade in _GRADES if grade in grades), "")
    return worst if worst == _GRADES[0] or not grades - set(_GRADES) else ""
