"""One record at one moment, grouped by what atoms ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from engine.domain.ids import ConditionId, GeneId, QuantityId, StateId
from engine.domain.patient import (
    ConditionStatus,
    Diagnosis,
    GenotypeResult,
    ListKind,
    ListReview,
    Observation,
    PatientRecord,
    StateReport,
)
from engine.domain.provenance import Method, Provenance
from engine.terminology.codes import CodeSystem, readable_code
from engine.terminology.index import VocabularyIndex

#: A list review older than this says nothing of today. Medication and problem lists are gone through once a
#: year in routine care, so that a year is the longest time for which a list can be called reviewed.
REVIEW_MAX_AGE_DAYS = 365

#: No clock on earth is further ahead of UTC; a later day than the one it shows is in the future everywhere.
_FURTHEST_CLOCK = timedelta(hours=14)


class Chart:
    """The record of one patient as it stood at one moment."""

    def __init__(self, record: PatientRecord, index: VocabularyIndex, as_of: datetime) -> None:
        """Keep the record, and fix which day today is."""
        self.record = record
        self.index = index
        self.vocabulary = index.vocabulary
        self.today: date = as_of.date()
        utc = as_of.astimezone(UTC) if as_of.tzinfo is not None else as_of
        self.last_day: date = max(self.today, (utc + _FURTHEST_CLOCK).date())

    def days_since(self, day: date) -> int:
        """Return the age of a datum in whole days; a day ahead by time zone alone counts as today."""
        return max(0, (self.today - day).days)

    @cached_property
    def observations(self) -> dict[QuantityId, tuple[Observation, ...]]:
        """The observations of each quantity."""
        found: dict[QuantityId, list[Observation]] = {}
        for observation in self.record.observations:
            found.setdefault(observation.quantity, []).append(observation)
        return {quantity: tuple(several) for quantity, several in found.items()}

    @cached_property
    def states(self) -> dict[StateId, tuple[StateReport, ...]]:
        """The reports of each state."""
        found: dict[StateId, list[StateReport]] = {}
        for report in self.record.states:
            found.setdefault(report.state, []).append(report)
        return {state: tuple(several) for state, several in found.items()}

    def diagnoses_on(
        self, conditions: frozenset[ConditionId]
    ) -> tuple[tuple[Diagnosis, frozenset[ConditionId]], ...]:
        """Return the diagnoses that may speak of one of these conditions.

        Each comes with the conditions it may be although it is mapped to none: one in words alone may be any
        of them. ICD-10 is read with its subdivisions, so that such a code outside the vocabulary is something
        else. SNOMED CT is read code by code: a narrower code than the listed ones is caught by its words.
        """
        by_condition, others = self._diagnoses
        mapped = tuple(pair for condition in conditions for pair in by_condition.get(condition, ()))
        return (*mapped, *others)

    @cached_property
    def _diagnoses(
        self,
    ) -> tuple[
        dict[ConditionId, list[tuple[Diagnosis, frozenset[ConditionId]]]],
        list[tuple[Diagnosis, frozenset[ConditionId]]],
    ]:
        by_condition: dict[ConditionId, list[tuple[Diagnosis, frozenset[ConditionId]]]] = {}
        others: list[tuple[Diagnosis, frozenset[ConditionId]]] = []
        for entry in self.record.diagnoses:
            suspected = self._suspected(entry)
            if suspected or entry.status is ConditionStatus.REFUTED:
                others.append((entry, suspected))
            elif entry.condition is not None:
                by_condition.setdefault(entry.condition, []).append((entry, suspected))
        return by_condition, others

    def _suspected(self, entry: Diagnosis) -> frozenset[ConditionId]:
        return self.suspected(entry.condition, entry.codes, entry.text)

    def suspected(
        self, condition: ConditionId | None, codes: tuple[str, ...], text: str
    ) -> frozenset[ConditionId]:
        """Return the conditions that a disorder or procedure may be although it is mapped to none."""
        if condition in self.vocabulary.conditions:
            return frozenset()
        systems = {code[0] for code in map(readable_code, codes) if code is not None}
        if CodeSystem.ICD10 in systems:
            return frozenset()
        if CodeSystem.SNOMED in systems:
            return self.index.conditions_named_in(text)
        return frozenset(self.vocabulary.conditions)

    @cached_property
    def genotypes(self) -> dict[GeneId, tuple[GenotypeResult, ...]]:
        """The results of each gene, in an order that does not hang on the file's."""
        found: dict[GeneId, list[GenotypeResult]] = {}
        for result in sorted(self.record.genotypes, key=repr):
            found.setdefault(result.gene, []).append(result)
        return {gene: tuple(several) for gene, several in found.items()}

    def newest_review(self, kind: ListKind) -> ListReview | None:
        """Return the newest review of a list that is not in the future, however old it is."""
        return self._newest_reviews.get(kind)

    def review(self, kind: ListKind) -> ListReview | None:
        """Return the newest review of a list, if it is recent enough to count."""
        newest = self.newest_review(kind)
        if newest is None or self.days_since(newest.on) > REVIEW_MAX_AGE_DAYS:
            return None
        return newest

    @cached_property
    def _newest_reviews(self) -> dict[ListKind, ListReview]:
        past = (review for review in self.record.reviews if review.on <= self.last_day)
        return {review.kind: review for review in sorted(past, key=lambda review: (review.on, repr(review)))}

    def confirmation(self, kind: ListKind, entry: Provenance) -> ListReview | None:
        """Return the review by which a clinician, here and by hand, let an entry stand as it is.

        It must be recent enough to count, and made on or after the day the entry was recorded and the
        day its file was imported. A review that came with an import confirms nothing: whoever made it
        had not been told which of its entries cannot be understood.
        """
        seen = [day for day in (entry.recorded, self._imported_on.get(entry.document or "")) if day]
        earliest = max(seen, default=date.min)
        entered = (
            review
            for review in self.record.reviews
            if review.kind is kind
            and review.provenance.method is Method.ENTERED
            and earliest <= review.on <= self.last_day
            and self.days_since(review.on) <= REVIEW_MAX_AGE_DAYS
        )
        return max(entered, key=lambda review: (review.on, repr(review)), default=None)

    @cached_property
    def _imported_on(self) -> dict[str, date]:
        return {document.sha256: document.imported_at.date() for document in self.record.documents}
