"""One FHIR R4 bundle becomes a person and all that is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.intake.allergies import read_allergy
from engine.intake.bundle import Library, library_of, resources_of, root_of
from engine.intake.coding import label
from engine.intake.conditions import read_condition, read_device, read_procedure
from engine.intake.context import Context, Harvest, Resource
from engine.intake.cursor import Cursor
from engine.intake.lists import read_composition, read_list
from engine.intake.medications import read_medication_use
from engine.intake.observations import read_observation
from engine.intake.person import Person, is_test_data, read_person, speaks_of, the_patient
from engine.intake.planned import read_appointment, read_prepared, read_request
from engine.intake.release import refuse_other_release

_Reader = Callable[[Resource, Context, Harvest, Library], None]


def _without_library(read: Callable[[Resource, Context, Harvest], None]) -> _Reader:
    def reader(resource: Resource, context: Context, harvest: Harvest, _: Library) -> None:
        read(resource, context, harvest)

    return reader


def _read_procedure(resource: Resource, context: Context, harvest: Harvest) -> None:
    """Read one Procedure: one in preparation lies ahead."""
    if resource.cursor.text("status") == "preparation":
        read_prepared(resource, context, harvest)
    else:
        read_procedure(resource, context, harvest)


_READERS: Mapping[str, _Reader] = {
    "Condition": _without_library(read_condition),
    "Procedure": _without_library(_read_procedure),
    "ServiceRequest": _without_library(read_request),
    "Appointment": _without_library(read_appointment),
    "Device": _without_library(read_device),
    "AllergyIntolerance": _without_library(read_allergy),
    "List": _without_library(read_list),
    "Composition": _without_library(read_composition),
    "Observation": read_observation,
    "MedicationRequest": read_medication_use,
    "MedicationStatement": read_medication_use,
}


def read_bundle(document: Cursor, context: Context, harvest: Harvest) -> Person:
    """Read a bundle.

    Raises:
        InputError: it is of another release, without patient, of several patients, or its patient cannot be.
    """
    name = context.document.name
    bundle = root_of(name, document)
    resources = resources_of(bundle, harvest)
    # A converted or mixed bundle is refused before anything in it is believed.
    refuse_other_release(name, bundle, resources)
    patient = the_patient(name, resources)
    person = read_person(patient, context, harvest, synthetic=is_test_data(bundle))
    library = library_of(resources)
    for resource in resources:
        if resource.kind != "Patient":
            _read(resource, person, (context, harvest, library))
    return person


def _read(resource: Resource, person: Person, task: tuple[Context, Harvest, Library]) -> None:
    context, harvest, library = task
    reader = _READERS.get(resource.kind)
    if reader is None:
        _list_unread(resource, harvest)
    elif not speaks_of(person, resource):
        harvest.loud(
            resource,
            resource.name,
            "it speaks of somebody other than the patient of this bundle, or of nobody who can be found.",
            "Check the export: an entry of another patient must not be in it.",
        )
    else:
        reader(resource, context, harvest, library)


def _list_unread(resource: Resource, harvest: Harvest) -> None:
    if resource.kind in ("Medication", "Substance"):
        # Read where a request or statement refers to it.
        return
    what = label(resource.cursor.get("code")) or label(resource.cursor.get("vaccineCode")) or resource.name
    harvest.quiet(resource, what, f"WhyRx has no use for {resource.kind}.")
