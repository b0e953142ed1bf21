"""The session: how the engine is, which patient is open, and which place is shown."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from engine.domain.access import Access, AccessState
from engine.domain.decision import Decision
from engine.domain.facts import Reading
from engine.domain.ids import PatientId
from engine.domain.patient import PatientRecord
from engine.domain.replies import EngineState, EngineStatus, EntryField
from engine.domain.therapy import Indication
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import shell as say
from gui.presenters.banner import Banner, banner_of
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.wording import Now
from gui.tasks import TaskRunner


class Place(enum.Enum):
    """A place of the rail."""

    PATIENTS = say.PATIENTS
    DECIDE = say.DECIDE
    RULES = say.RULES
    AUDIT = say.AUDIT
    MODELS = say.MODELS
    SETTINGS = say.SETTINGS


class Page(enum.Enum):
    """A page of the Decide place."""

    RECOMMENDATION = enum.auto()
    RECORD = enum.auto()
    DECISIONS = enum.auto()


class Phase(enum.Enum):
    """How far the engine is."""

    LOADING = enum.auto()
    READY = enum.auto()
    DEGRADED = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """What the shell shows."""

    phase: Phase = Phase.LOADING
    status: EngineStatus | None = None
    access: Access | None = None
    """Whether the database is open, and to whom; None until the engine said so."""
    fault: Fault | None = None
    indications: tuple[Indication, ...] = ()
    fields: tuple[EntryField, ...] = ()
    record: PatientRecord | None = None
    """The open patient."""
    readings: tuple[Reading, ...] = ()
    """Derived quantities of this very record, the newest of each."""
    computed: bool = False
    """True once it is known what can be computed of this very record."""
    banner: Banner | None = None
    place: Place = Place.PATIENTS
    page: Page = Page.RECOMMENDATION


class Session(Presenter[SessionState]):
    """Connects, opens patients, moves between places."""

    def __init__(
        self, runner: TaskRunner, changes: Changes, now: Now, reconnect: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(SessionState())
        self._runner = runner
        self._changes = changes
        self._now = now
        self._reconnect = reconnect

    @property
    def is_part_of_a_page(self) -> bool:
        """Tell that the session itself goes on when a page is forgotten."""
        return False

    def begin(self) -> None:
        """Ask how the engine is; asked again after it was started again."""
        self._become(replace(self._state, phase=Phase.LOADING, fault=None))
        self._runner.ask(
            "status",
            lambda engine, _: (
                engine.status(),
                engine.access(),
                engine.indications(),
                engine.entry_fields(),
            ),
            self._ready,
            self.failed,
        )

    def start_again(self) -> None:
        """Start the engine again and ask how it is."""
        self._reconnect()
        self.begin()

    def today(self) -> date:
        """Return the day that today is."""
        return self._now().date()

    def go(self, place: Place) -> None:
        """Show a place."""
        self._become(replace(self._state, place=place))

    def turn_to(self, page: Page) -> None:
        """Show a page of the Decide place."""
        self._become(replace(self._state, place=Place.DECIDE, page=page))

    def open_patient(self, patient_id: PatientId, page: Page = Page.RECOMMENDATION) -> None:
        """Open a patient and go to the Decide place."""
        self._runner.ask(
            "record",
            lambda engine, _: (engine.record(patient_id), engine.readings(patient_id)),
            lambda found: self._opened(*found, page),
            self.failed,
        )

    def close_patient(self) -> None:
        """Close the patient and go back to the list."""
        self._become(
            replace(self._state, record=None, readings=(), computed=False, banner=None, place=Place.PATIENTS)
        )
        self._changes.tell(Change.RECORD)

    def took_in(self, record: PatientRecord) -> None:
        """Show a newer version of the open patient's record; one of a patient since closed is not shown."""
        if self._state.record is None or self._state.record.patient_id != record.patient_id:
            return
        self._show(record, (), computed=False)
        self._changes.tell(Change.RECORD)
        patient_id = record.patient_id
        self._runner.ask(
            "readings",
            lambda engine, _: engine.readings(patient_id),
            lambda readings: self._computed(record, readings),
            self.failed,
        )

    def decided(self, decision: Decision) -> None:
        """Show a recommendation's derived quantities in the banner of the patient it is about."""
        record = self._state.record
        if record is not None and record.patient_id == decision.record.patient_id:
            newer = {reading.quantity: reading for reading in (*self._state.readings, *decision.readings)}
            self._show(record, tuple(newer.values()), computed=self._state.computed)
        self._changes.tell(Change.DECISIONS)

    def failed(self, error: WhyRxError) -> None:
        """Show an error of the whole session."""
        phase = Phase.FAILED if self._state.status is None else self._state.phase
        self._become(replace(self._state, fault=explain(error), phase=phase))

    def dismiss(self) -> None:
        """Put the error away."""
        self._become(replace(self._state, fault=None))

    def admitted(self, access: Access) -> None:
        """Show the database to whoever has just signed in."""
        status = self._state.status
        if status is not None and access.session is not None:
            status = replace(status, user=access.session.user)
        self._become(replace(self._state, access=access, status=status, fault=None))
        self._changes.tell(Change.ENGINE)

    def shut(self, access: Access) -> None:
        """Show nothing of the database any more, and forget what was shown."""
        self._become(
            replace(
                self._state,
                access=access,
                record=None,
                readings=(),
                computed=False,
                banner=None,
                place=Place.PATIENTS,
                fault=None,
            )
        )
        self._changes.tell(Change.LOCKED)

    def locked(self) -> None:
        """Learn that the engine has locked itself."""
        access = self._state.access
        if access is not None and access.state is AccessState.OPEN:
            self.shut(replace(access, state=AccessState.LOCKED, session=None))

    def _ready(
        self, found: tuple[EngineStatus, Access, tuple[Indication, ...], tuple[EntryField, ...]]
    ) -> None:
        status, access, indications, fields = found
        phase = Phase.READY if status.state is EngineState.READY else Phase.DEGRADED
        self._become(
            replace(
                self._state,
                phase=phase,
                status=status,
                access=access,
                indications=indications,
                fields=fields,
                fault=None,
            )
        )
        if access.state is AccessState.OPEN:
            self._changes.tell(Change.ENGINE)

    def _opened(self, record: PatientRecord, readings: tuple[Reading, ...], page: Page) -> None:
        self._become(
            replace(
                self._state,
                record=record,
                readings=readings,
                computed=True,
                banner=self._banner(record, readings, computed=True),
                place=Place.DECIDE,
                page=page,
                fault=None,
            )
        )
        self._changes.tell(Change.RECORD)

    def _computed(self, record: PatientRecord, readings: tuple[Reading, ...]) -> None:
        """Show what was computed of a record, if that record is still the one shown."""
        if self._state.record == record:
            newer = {reading.quantity: reading for reading in (*readings, *self._state.readings)}
            self._show(record, tuple(newer.values()), computed=True)

    def _show(self, record: PatientRecord, readings: tuple[Reading, ...], *, computed: bool) -> None:
        banner = self._banner(record, readings, computed=computed)
        self._become(replace(self._state, record=record, readings=readings, computed=computed, banner=banner))

    def _banner(self, record: PatientRecord, readings: tuple[Reading, ...], *, computed: bool) -> Banner:
        return banner_of(record, readings, self._now().date(), computed=computed)
