"""The floors of the engine and the open database, for the parts that answer calls."""

from __future__ import annotations

from contextlib import ExitStack

from engine.bootstrap.door import Door
from engine.bootstrap.floors import Floors, Workroom
from engine.bootstrap.packs import PackShelf
from engine.bootstrap.setup import EngineSetup
from engine.domain.audit import AuditEvent, AuditKind
from engine.inference.crosscheck import CrosscheckedEngine
from engine.ports import Clock, IdFactory
from engine.store.sqlite_store import SqliteStore
from engine.store.wrapping import Stretching


class Composed:
    """Everything composed once; what works on a database is made anew for whoever signs in."""

    def __init__(
        self,
        setup: EngineSetup,
        clock: Clock,
        ids: IdFactory,
        held: ExitStack,
        rules: CrosscheckedEngine,
        stretching: Stretching | None = None,
    ) -> None:
        """Compose the floors; ``held`` closes what was opened, in reverse."""
        self._setup = setup
        self._clock = clock
        self._held = held
        self.door = Door(setup, clock, stretching)
        held.callback(self.door.close)
        self._rules = rules
        self._rules.start()
        self._floors = Floors(setup, clock, ids, rules, lambda: self.door.store)
        self._problems = self._rules.warm()
        self._room: Workroom | None = None

    @property
    def _work(self) -> Workroom:
        """Return what works on the open database, made anew for whoever signs in.

        Raises:
            Locked: nobody is signed in.
        """
        store = self.door.store
        if self._room is None or self._room.store is not store:
            self._room = self._floors.work(store)
        return self._room

    @property
    def _store(self) -> SqliteStore:
        return self.door.store

    @property
    def _shelf(self) -> PackShelf:
        return self._floors.shelf

    def _log(self, kind: AuditKind, subject: str, detail: str) -> None:
        self._store.append_event(
            AuditEvent(
                kind=kind,
                subject=subject,
                by=self._store.session.user,
                at=self._clock.now(),
                detail=detail,
            )
        )
