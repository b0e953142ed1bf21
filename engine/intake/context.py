"""What every reader of a resource is given, and where it puts what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from engine.domain.ids import StateId
from engine.domain.patient import (
    Allergy,
    Diagnosis,
    Flag,
    GenotypeResult,
    ListKind,
    ListReview,
    Medication,
    NotUnderstood,
    Observation,
    PlannedProcedure,
    SourceDocument,
    StateReport,
    Understanding,
)
from engine.domain.provenance import Method, Provenance
from engine.intake.cursor import Cursor
from engine.terminology.index import VocabularyIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a bundle."""

    kind: str
    cursor: Cursor
    id: str
    full_url: str = ""

    @property
    def name(self) -> str:
        """Return type and id; without an id, type and full address or place."""
        return f"{self.kind}/{self.id}" if self.id else f"{self.kind} {self.full_url or self.cursor.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The words of the pack, the day, and the file being read."""

    index: VocabularyIndex
    last_day: date
    """The day it already is somewhere on earth: only a later one lies in the future."""
    document: SourceDocument

    def provenance(
        self, resource: Resource, recorded: date | None, place: Cursor | None = None
    ) -> Provenance:
        """Return where a datum was read from."""
        return Provenance(
            method=Method.IMPORTED,
            resource=resource.name,
            path=(place or resource.cursor).path,
            recorded=recorded,
            document=self.document.sha256,
            document_name=self.document.name,
        )

    def date_flags(self, at: date | None) -> tuple[Flag, ...]:
        """Return what is odd about the date of a datum."""
        if at is None:
            return (Flag.UNDATED,)
        return (Flag.FUTURE_DATED,) if at > self.last_day else ()


@dataclass(slots=True)
class Harvest:
    """What the resources of a file brought, in their order."""

    observations: list[Observation] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)
    allergies: list[Allergy] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    planned: list[PlannedProcedure] = field(default_factory=list)
    genotypes: list[GenotypeResult] = field(default_factory=list)
    states: list[StateReport] = field(default_factory=list)
    reviews: list[ListReview] = field(default_factory=list)
    not_understood: list[NotUnderstood] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def loud(
        self, resource: Resource, what: str, reason: str, remedy: str, place: Cursor | None = None
    ) -> None:
        """List an entry without which something can no longer be excluded."""
        self._list(resource, (what, reason, remedy), place, Understanding.LOUD)

    def quiet(
        self, resource: Resource, what: str, reason: str, remedy: str = "", place: Cursor | None = None
    ) -> None:
        """List an entry WhyRx has no use for, or that its own status withdraws."""
        self._list(resource, (what, reason, remedy), place, Understanding.QUIET)

    def _list(
        self, resource: Resource, words: tuple[str, str, str], place: Cursor | None, level: Understanding
    ) -> None:
        what, reason, remedy = words
        self.not_understood.append(
            NotUnderstood(
                resource=resource.name,
                path=(place or resource.cursor).path,
                what=what or f"{resource.kind} that says nothing",
                reason=reason,
                remedy=remedy,
                level=level,
            )
        )

    def review(self, context: Context, resource: Resource, kind: ListKind, at: date | None) -> None:
        """Keep that a whole list was gone through on a day; without a usable day it proves nothing."""
        if at is None or at > context.last_day:
            self.loud(
                resource,
                f"review of the list of {kind}",
                "its date is missing or in the future, so it says nothing about today.",
                f"Go through the list of {kind} with the patient and confirm it.",
            )
            return
        self.reviews.append(ListReview(kind=kind, on=at, provenance=context.provenance(resource, at)))

    def state(
        self, context: Context, resource: Resource, state: StateId, answer: tuple[bool, date | None, Cursor]
    ) -> None:
        """Keep a reported yes or no."""
        holds, at, place = answer
        self.states.append(
            StateReport(
                state=state,
                holds=holds,
                at=at,
                provenance=context.provenance(resource, at, place),
                flags=context.date_flags(at),
            )
        )
