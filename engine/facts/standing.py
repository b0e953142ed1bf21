"""Whether an entry of the medication list is in force, and how it reads in a trace."""

from __future__ import annotations

import enum

from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.patient import ListKind, Medication, MedicationStatus
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.facts.chart import Chart
from engine.facts.details import amount
from engine.facts.listing import entry_node


class Standing(enum.Enum):
    """Whether an entry of the medication list is in force."""

    TAKEN = enum.auto()
    NOT_TAKEN = enum.auto()
    DOUBTFUL = enum.auto()

    @property
    def truth(self) -> Truth:
        """Return whether the drug is taken by this entry."""
        return {
            Standing.TAKEN: Truth.TRUE,
            Standing.NOT_TAKEN: Truth.FALSE,
            Standing.DOUBTFUL: Truth.UNKNOWN,
        }[self]


def standing(entry: Medication, chart: Chart) -> Standing:
    """Tell whether an entry is in force today.

    An active entry whose last day has passed is doubtful: prescriptions lapse while patients go on. A
    doubtful entry that a clinician let stand in a review entered here counts as taken.
    """
    ahead = entry.start is not None and entry.start > chart.last_day
    over = entry.stop is not None and entry.stop < chart.today
    match entry.status:
        case MedicationStatus.STOPPED | MedicationStatus.PLANNED:
            return Standing.NOT_TAKEN
        case MedicationStatus.ACTIVE if not over:
            return Standing.NOT_TAKEN if ahead else Standing.TAKEN
        case MedicationStatus.UNKNOWN if over or ahead:
            return Standing.NOT_TAKEN
        case _:
            confirmed = chart.confirmation(ListKind.MEDICATIONS, entry.provenance)
            return Standing.DOUBTFUL if confirmed is None else Standing.TAKEN


def identity_needed(entry: Medication) -> MissingDatum:
    """Return the request to say which drug an entry is."""
    return MissingDatum(
        kind=MissingKind.DRUG_IDENTITY,
        subject=entry.text,
        title=entry.text,
        reason="this drug is in no vocabulary, so that nothing can be said of its effects",
    )


def medication_node(entry: Medication, chart: Chart, *, detailed: bool = False) -> TraceNode:
    """Return an entry as a step of a trace; its route, doses and first day where they are asked for."""
    known = chart.vocabulary.drugs.get(entry.drug) if entry.drug is not None else None
    name = known.title if known is not None else "unknown drug"
    status = "status not stated" if entry.status is MedicationStatus.UNKNOWN else entry.status.value
    details = (
        entry.route.value if entry.route is not None else "",
        f"single dose {amount(entry.single_dose)}" if entry.single_dose is not None else "",
        f"daily dose {amount(entry.daily_dose)}" if entry.daily_dose is not None else "",
        f"since {entry.start.isoformat()}" if entry.start is not None else "",
    )
    said = "".join(f", {detail}" for detail in details if detail) if detailed else ""
    until = f", until {entry.stop.isoformat()}" if entry.stop is not None else ""
    written = f", written as {entry.text!r}" if entry.text not in ("", name) else ""
    return entry_node(f"{name}, {status}{said}{until}{written}", entry.drug or entry.text, entry.provenance)
