"""A medication text that no vocabulary knew, and the drug a clinician says it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.domain.ids import DrugId
from engine.domain.patient import NotUnderstood, PatientRecord, Understanding
from engine.domain.provenance import Method, Provenance


def identified(record: PatientRecord, text: str, drugs: Sequence[DrugId], entry: Provenance) -> PatientRecord:
    """Return the record with every unknown medication of this text known as these drugs.

    Where it was read stays in its provenance beside who identified it, and the entry stays listed as
    not understood, with who settled it: the file itself said no more than before.
    """
    settled: set[tuple[str, str]] = set()
    medications = []
    for item in record.medications:
        if item.drug is None and item.text == text:
            settled.add((item.provenance.resource, item.provenance.path))
            source = replace(item.provenance, method=Method.ENTERED, by=entry.by)
            # The doses of a combination are those of none of its drugs.
            read = item if len(drugs) == 1 else replace(item, single_dose=None, daily_dose=None)
            medications += [replace(read, drug=drug, provenance=source) for drug in drugs]
        else:
            medications.append(item)
    note = f"identified as {', '.join(drugs)} by {entry.by} on {entry.recorded}."
    listed = tuple(
        _settled(item, note) if (item.resource, item.path) in settled else item
        for item in record.not_understood
    )
    return replace(record, medications=tuple(medications), not_understood=listed)


def _settled(item: NotUnderstood, note: str) -> NotUnderstood:
    return replace(item, level=Understanding.QUIET, reason=f"{item.reason} It was {note}", remedy="")
