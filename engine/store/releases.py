"""Releases of rule packs: whoever wrote or proposed one does not approve it."""

from __future__ import annotations

from sqlite_utils import Database

from engine.domain.access import Right
from engine.domain.audit import AuditKind
from engine.domain.ids import ContentHash
from engine.domain.pack import RulePack
from engine.domain.releases import Release, ReleaseStep
from engine.errors import InputError, NotFound, NotPermitted
from engine.store import archive, chain
from engine.store.chain import Records
from engine.store.codec import Canonical
from engine.store.contents import checked, insert, recorded, row_of, stored_form
from engine.store.room import Room

RELEASES = Canonical(Release, "release")


class Releases:
    """The releases of an open database."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def of(self, pack_hash: ContentHash) -> tuple[Release, ...]:
        """Return the steps of the release of a pack, oldest first."""
        with self._room.reading() as db:
            return _steps(db, pack_hash)

    def propose(self, pack: RulePack, note: str) -> Release:
        """Archive a pack and propose it.

        Raises:
            InputError: there is no note, or it was proposed before.
        """
        with self._room.writing(Right.WRITE_RULES) as db:
            if _steps(db, pack.pack_hash):
                raise InputError(
                    f"The rule pack {pack.pack_hash[:12]} was proposed before.",
                    hint="A pack that is changed has another hash, and is proposed anew.",
                )
            if not archive.holds(db, archive.PACKS, pack.pack_hash):
                said = f"{pack.title} {pack.version}, {len(pack.files)} files"
                event = self._room.event(AuditKind.PACK_ARCHIVED, pack.pack_hash, said)
                archive.keep(self._room, db, archive.PACKS, event, archive.listing_of(pack), pack.files)
            return self._record(db, pack.pack_hash, ReleaseStep.PROPOSED, note)

    def approve(self, pack_hash: ContentHash, note: str) -> Release:
        """Approve a proposed pack.

        Raises:
            NotFound: it was not proposed.
            NotPermitted: the one at work proposed it, or keeps a draft of one of its files.
            InputError: there is no note, or it was approved before by the same person.
        """
        with self._room.writing(Right.RELEASE_RULES) as db:
            steps = _steps(db, pack_hash)
            if not steps:
                raise NotFound(
                    f"No rule pack {pack_hash[:12]} was proposed.", hint="Its author proposes it first."
                )
            self._refuse_author(db, steps)
            if any(step.step is ReleaseStep.APPROVED and step.by == self._room.user for step in steps):
                raise InputError(f"{self._room.user} approved it before.", hint="Nothing more is needed.")
            return self._record(db, pack_hash, ReleaseStep.APPROVED, note)

    def _refuse_author(self, db: Database, steps: tuple[Release, ...]) -> None:
        me = self._room.user
        proposed = any(step.step is ReleaseStep.PROPOSED and step.by == me for step in steps)
        drafted = db.execute("SELECT path FROM drafts WHERE author = ? LIMIT 1", (me,)).fetchall()
        if proposed or drafted:
            what = "proposed it" if proposed else f"has a draft of {drafted[0][0]}"
            raise NotPermitted(
                f"{me} {what}, and nobody approves rules that they wrote.",
                hint="Ask an approver who had no part in writing them.",
            )

    def _record(self, db: Database, pack_hash: ContentHash, step: ReleaseStep, note: str) -> Release:
        if not note.strip():
            raise InputError(
                "A release needs a note.", hint="Say what the pack brings, or what you looked at."
            )
        kind = AuditKind.RELEASE_PROPOSED if step is ReleaseStep.PROPOSED else AuditKind.RELEASE_APPROVED
        event = self._room.event(kind, pack_hash, note.strip())
        release = Release(pack_hash=pack_hash, step=step, by=event.by, at=event.at, note=note.strip())
        content = RELEASES.encode(release)
        number = chain.next_sequence(db)
        stored = stored_form(Records.RELEASE, number, content, None)
        self._room.append(db, event, recorded(Records.RELEASE, content, stored))
        insert(db, "releases", row_of(number, content, stored) | {"pack_hash": pack_hash})
        return release


def _steps(db: Database, pack_hash: ContentHash) -> tuple[Release, ...]:
    rows = db.execute(
        "SELECT event, sha256, content FROM releases WHERE pack_hash = ? ORDER BY event", (pack_hash,)
    ).fetchall()
    return tuple(RELEASES.decode(checked(Records.RELEASE, row, None)) for row in rows)
