"""What administrators, auditors and approvers do with an open database, beside the daily work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from engine.bootstrap.door import Door
from engine.bootstrap.floors import Floors
from engine.bootstrap.packs import PackShelf
from engine.decision.bulk import replay_all, what_would_change
from engine.decision.service import DecisionService
from engine.domain.audit import AuditEvent, AuditKind, Checkpoint
from engine.domain.ids import ContentHash, DecisionId, ModelId
from engine.domain.keeping import BackupReport
from engine.domain.pack import PackFile, RulePack
from engine.domain.pages import DecisionFilter
from engine.domain.releases import Release
from engine.domain.replays import BulkReplay, WhatWouldChange
from engine.errors import InputError
from engine.explanation.explainer import LimeExplainer
from engine.ports import Progress
from engine.ranking.ranker import ModelRanker
from engine.store.adoptions import Adoptions
from engine.store.backup import Backups
from engine.store.checkpoints import Checkpoints
from engine.store.keeping import Keeping
from engine.store.promises import Promises
from engine.store.releases import Releases
from engine.store.sqlite_store import SqliteStore
from engine.store.users import Users

_PAGE = 1000


class Desk:
    """The open database, for those who keep it and those who watch it; the store checks who may do what."""

    def __init__(self, store: SqliteStore, service: DecisionService, floors: Floors, door: Door) -> None:
        """Take the open database and what computes decisions on it."""
        self._store = store
        self._service = service
        self._floors = floors
        self._door = door
        self.users = Users(store.room)
        self.keeping = Keeping(store.room)
        self.promises = Promises(store.room)
        self.releases = Releases(store.room)
        self.adoptions = Adoptions(store.room)

    def checkpoint(self) -> Checkpoint:
        """Return a checkpoint of the chain, signed by the one at work."""
        return Checkpoints(self._store.room).sign(self._door.vault.seed if self._door.vault else None)

    def check(self, checkpoint: Checkpoint) -> tuple[str, ...]:
        """Return what speaks against the chain, or against a checkpoint of it."""
        return Checkpoints(self._store.room).check(checkpoint)

    def backup(self, path: Path, progress: Progress) -> BackupReport:
        """Write a backup, restore it aside, and verify it."""
        return Backups(self._store.room).write(path, progress)

    def drill(self, path: Path, progress: Progress) -> BackupReport:
        """Restore a backup aside, verify it, and throw the copy away."""
        return Backups(self._store.room).drill(path, progress)

    def replay_all(self, filters: DecisionFilter, most: int, progress: Progress) -> BulkReplay:
        """Compute decisions again from their own sealed inputs, the newest first."""
        by = self._store.session.user
        return replay_all(self._service, self._ids(filters, most), by, progress)

    def what_would_change(
        self,
        filters: DecisionFilter,
        most: int,
        rulesets: Path | None,
        models: Path | None,
        progress: Progress,
    ) -> WhatWouldChange:
        """Compare decisions with the rules in a folder, or the models in one; with those in use otherwise."""
        service = self._service
        if models is not None:
            pack = self._floors.shelf.current(service.clock.now().date())
            ranker = ModelRanker(models, self._floors.facts(pack))
            service = replace(service, ranker=ranker, explainer=LimeExplainer(ranker))
        ids = self._ids(filters, most)
        found = what_would_change(service, ids, self._rules_of(rulesets).current, progress)
        self._store.append_event(
            AuditEvent(
                kind=AuditKind.REPLAY,
                subject="decisions",
                by=self._store.session.user,
                at=service.clock.now(),
                detail=f"{found.compared} decisions compared with rule pack {found.pack_hash[:12]}: "
                f"{len(found.changed)} would change",
            )
        )
        return found

    def propose(self, rulesets: Path, note: str) -> Release:
        """Propose the rule pack in a folder for release."""
        return self.releases.propose(self._pack_in(rulesets), note)

    def adopt_model(
        self, model_id: ModelId, model_hash: ContentHash | None, note: str
    ) -> tuple[AuditEvent, Checkpoint]:
        """Take the installed model into use, or one of the archive by its hash, and sign the log up to it.

        Raises:
            NotFound: no model of this hash is in the archive.
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from its card.
        """
        if model_hash is None:
            ranker = self._floors.ranker
            model_hash, files = ranker.hash_of(model_id), as_files(ranker.files_of(model_id))
        else:
            files = self._store.archived_model(model_hash)
            self._floors.archived_model(model_id, model_hash)
        return self.adoptions.adopt(model_id, model_hash, files, note), self.checkpoint()

    def withdraw_model(self, model_id: ModelId, note: str) -> tuple[AuditEvent, Checkpoint]:
        """Take a model out of use, and sign the log up to it."""
        return self.adoptions.withdraw(model_id, note), self.checkpoint()

    def note_finding(self, subject: str, text: str) -> None:
        """Record what an auditor found, about a decision, a patient, a file or anything else."""
        if not text.strip():
            raise InputError("A finding needs words.", hint="Say what was found.")
        self._store.note_finding(subject, text.strip())

    def _rules_of(self, rulesets: Path | None) -> PackShelf:
        if rulesets is None:
            return self._floors.shelf
        today = self._service.clock.now().date()
        return PackShelf((rulesets,), today, self._store.archived_pack)

    def _pack_in(self, rulesets: Path) -> RulePack:
        today: date = self._service.clock.now().date()
        return self._rules_of(rulesets).current(today)

    def _ids(self, filters: DecisionFilter, most: int) -> list[DecisionId]:
        return [decision_id for decision_id, _ in zip(self._all(filters), range(most), strict=False)]

    def _all(self, filters: DecisionFilter) -> Iterator[DecisionId]:
        after = 0
        while True:
            page = self._store.decisions(filters, after, _PAGE)
            yield from (row.decision_id for row in page.rows)
            after = page.next_after
            if not after:
                return


def as_files(content: Mapping[str, bytes]) -> tuple[PackFile, ...]:
    """Return the files of a model as the archive keeps them, in order of their names."""
    return tuple(PackFile(path=name, content=content[name]) for name in sorted(content))
