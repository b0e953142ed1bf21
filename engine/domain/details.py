"""The details of a drug on the medication list, by the words that they are asked for and entered in."""

from __future__ import annotations

import enum

from engine.domain.ids import DrugId


class MedicationDetail(enum.StrEnum):
    """One detail of a drug on the list."""

    ROUTE = "route"
    SINGLE_DOSE = "single dose"
    """Of one administration."""
    DAILY_DOSE = "daily dose"
    """Of 24 hours, all entries of the drug together."""
    FIRST_DAY = "first day"
    LAST_DAY = "last day"


def detail_subject(drug: DrugId, detail: MedicationDetail) -> str:
    """Return what such a datum is asked and entered under.

    >>> detail_subject(DrugId("metformin"), MedicationDetail.DAILY_DOSE)
    'metformin daily dose'
    """
    return f"{drug} {detail.value}"


def detail_of(subject: str) -> tuple[DrugId, MedicationDetail] | None:
    """Return drug and detail of such a subject, or None where it is none.

    >>> detail_of("metformin daily dose")
    ('metformin', <MedicationDetail.DAILY_DOSE: 'daily dose'>)
    """
    drug, _, words = subject.strip().partition(" ")
    named = " ".join(words.split()).lower()
    details = {detail.value: detail for detail in MedicationDetail}
    return (DrugId(drug), details[named]) if drug and named in details else None
