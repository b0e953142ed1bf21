"""Lists and document sections: what someone went through as a whole, on a day."""

from __future__ import annotations

from datetime import date

from engine.domain.patient import ListKind
from engine.intake.coding import first_code, has_code, label
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.dates import day_of

_KINDS = (
    (ListKind.CONDITIONS, ("11450-4",)),
    (ListKind.MEDICATIONS, ("10160-0",)),
    (ListKind.ALLERGIES, ("48765-2",)),
)

#: A List of planned procedures; the section of this code in a document tells of one operation instead.
_PLANNED = "59772-4"


def read_list(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one List: a current list of problems, medications, allergies or planned procedures is a review."""
    cursor = resource.cursor
    code = cursor.get("code")
    kind = ListKind.PROCEDURES if has_code(code, _PLANNED) else _kind(code)
    what = cursor.text("title") or label(cursor.get("code")) or "list without a name"
    if kind is None:
        harvest.quiet(
            resource, what, "it is no list of problems, medications, allergies or planned procedures."
        )
    elif cursor.text("status") != "current":
        harvest.quiet(resource, what, f"its status is {cursor.text('status') or 'not stated'}, not current.")
    elif cursor.text("mode") == "changes":
        harvest.quiet(resource, what, "it lists changes only, not the whole.")
    else:
        _review(cursor, kind, day_of(cursor.text("date")), (resource, context, harvest))


def read_composition(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read the sections of one Composition: each whole list is a review on the document's date."""
    cursor = resource.cursor
    what = cursor.text("title") or "document"
    if cursor.text("status") not in ("final", "amended"):
        harvest.quiet(resource, what, f"its status is {cursor.text('status') or 'not stated'}, not final.")
        return
    at = day_of(cursor.text("date"))
    for section in cursor.each("section"):
        kind = _kind(section.get("code"))
        if kind is not None and section.text("mode") != "changes":
            _review(section, kind, at, (resource, context, harvest))


def _review(place: Cursor, kind: ListKind, at: date | None, task: tuple[Resource, Context, Harvest]) -> None:
    resource, context, harvest = task
    reason = first_code(place.get("emptyReason"))
    if reason and reason != "nilknown":
        said = label(place.get("emptyReason"))
        harvest.loud(
            resource,
            f"list of {kind}",
            f"it is empty because: {said}; nobody went through it.",
            f"Go through the list of {kind} with the patient and confirm it.",
            place,
        )
        return
    harvest.review(context, resource, kind, at)


def _kind(code: Cursor) -> ListKind | None:
    return next((kind for kind, codes in _KINDS if has_code(code, *codes)), None)
