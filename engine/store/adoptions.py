"""Which model orders options at this site: taken into use by an approver, with what it was validated by.

A model that nobody took into use here orders nothing. The bytes of every model that ever was in use stay
in the archive, so that going back to an earlier one needs nothing but its hash.
"""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from engine.domain.access import Right
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import ContentHash, ModelId
from engine.domain.pack import PackFile
from engine.errors import InputError
from engine.store import archive, chain
from engine.store.room import Room

_KINDS = (AuditKind.MODEL_ADOPTED, AuditKind.MODEL_WITHDRAWN)


class Adoptions:
    """The models in use of an open database."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def in_use(self, model_id: ModelId) -> ContentHash | None:
        """Return the hash of the model in use; None where none is."""
        steps = self.history(model_id)
        return steps[-1].content if steps and steps[-1].kind is AuditKind.MODEL_ADOPTED else None

    def history(self, model_id: ModelId) -> tuple[AuditEvent, ...]:
        """Return each time a model was taken into or out of use, oldest first."""
        with self._room.reading() as db:
            bodies = db.execute("SELECT body FROM audit WHERE subject = ? ORDER BY sequence", (model_id,))
            events = [chain.read_link(body).event for (body,) in bodies.fetchall()]
        return tuple(event for event in events if event.kind in _KINDS)

    def adopt(
        self, model_id: ModelId, model_hash: ContentHash, files: tuple[PackFile, ...], note: str
    ) -> AuditEvent:
        """Archive a model and take it into use from now on.

        Args:
            model_id: the model.
            model_hash: over its files.
            files: what it consists of.
            note: what it was validated by at this site.

        Raises:
            NotPermitted: the one at work is no approver.
            InputError: there is no note, or it is in use already.
        """
        with self._room.writing(Right.RELEASE_MODELS) as db:
            if self.in_use(model_id) == model_hash:
                raise InputError(
                    f"The model {model_id} {model_hash[:12]} is in use already.",
                    hint="Nothing more is needed.",
                )
            if not archive.holds(db, archive.MODELS, model_hash):
                said = f"{model_id}, {len(files)} files"
                event = self._room.event(AuditKind.MODEL_ARCHIVED, model_hash, said)
                listing = archive.model_listing(model_id, model_hash, files)
                archive.keep(self._room, db, archive.MODELS, event, listing, files)
            return self._record(db, AuditKind.MODEL_ADOPTED, model_id, model_hash, note)

    def withdraw(self, model_id: ModelId, note: str) -> AuditEvent:
        """Take a model out of use: rules and evidence order alone from now on.

        Raises:
            NotPermitted: the one at work is no approver.
            InputError: there is no note, or none is in use.
        """
        with self._room.writing(Right.RELEASE_MODELS) as db:
            used = self.in_use(model_id)
            if used is None:
                raise InputError(
                    f"No model {model_id} is in use.", hint="Nothing of it orders options at this site."
                )
            return self._record(db, AuditKind.MODEL_WITHDRAWN, model_id, used, note)

    def _record(
        self, db: Database, kind: AuditKind, model_id: ModelId, model_hash: ContentHash, note: str
    ) -> AuditEvent:
        if not note.strip():
            raise InputError(
                "Taking a model into or out of use needs a note.",
                hint="Say on which patients of this site it was validated, or why it is given up.",
            )
        event = replace(self._room.event(kind, model_id, note.strip()), content=model_hash)
        self._room.append(db, event)
        return event
