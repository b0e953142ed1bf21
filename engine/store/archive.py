"""Rule packs and models as they were used: each file once, under its own hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from engine.domain.audit import AuditEvent
from engine.domain.ids import ContentHash, ModelId
from engine.domain.pack import PackFile, RulePack
from engine.errors import AuditChainBroken, NotFound
from engine.store import chain
from engine.store.chain import Records
from engine.store.codec import Canonical, sha256
from engine.store.contents import ContentDamaged, content_of, insert, recorded, row_of, stored_form
from engine.store.packing import PackedBytesDamaged, pack, unpack
from engine.store.room import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One file of a pack or a model, by hash."""

    path: str
    sha256: ContentHash


@dataclass(frozen=True, slots=True, kw_only=True)
class PackListing:
    """What a pack is made of."""

    pack_id: str
    title: str
    version: str
    pack_hash: ContentHash
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelListing:
    """What a model is made of."""

    model_id: ModelId
    model_hash: ContentHash
    files: tuple[ListedFile, ...]


Listing = PackListing | ModelListing
LISTINGS = Canonical(PackListing, "pack listing")
MODEL_LISTINGS = Canonical(ModelListing, "model listing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where listings of one kind lie."""

    records: Records
    table: str
    key: str
    what: str
    hint: str


PACKS = Shelf(
    records=Records.PACK,
    table="packs",
    key="pack_hash",
    what="rule pack",
    hint="It is archived with the first decision made under it.",
)
MODELS = Shelf(
    records=Records.MODEL,
    table="models",
    key="model_hash",
    what="model",
    hint="It is archived with the first decision that it ordered.",
)


def holds(db: Database, shelf: Shelf, name: ContentHash) -> bool:
    """Tell whether a pack or model is archived already."""
    statement = f"SELECT 1 FROM {shelf.table} WHERE {shelf.key} = ?"  # noqa: S608 - names are ours
    return bool(db.execute(statement, (name,)).fetchall())


def listing_of(rule_pack: RulePack) -> PackListing:
    """Return the listing of a pack."""
    return PackListing(
        pack_id=rule_pack.pack_id,
        title=rule_pack.title,
        version=rule_pack.version,
        pack_hash=rule_pack.pack_hash,
        files=_listed(rule_pack.files),
    )


def model_listing(model_id: ModelId, model_hash: ContentHash, files: Sequence[PackFile]) -> ModelListing:
    """Return the listing of a model."""
    return ModelListing(model_id=model_id, model_hash=model_hash, files=_listed(files))


def keep(
    room: Room, db: Database, shelf: Shelf, event: AuditEvent, listing: Listing, files: Sequence[PackFile]
) -> None:
    """Store a listing, and those of its files that none had before, inside an open transaction."""
    if isinstance(listing, PackListing):
        content, name = LISTINGS.encode(listing), listing.pack_hash
    else:
        content, name = MODEL_LISTINGS.encode(listing), listing.model_hash
    number = chain.next_sequence(db)
    stored = stored_form(shelf.records, number, content, None)
    room.append(db, event, recorded(shelf.records, content, stored))
    insert(db, shelf.table, row_of(number, content, stored) | {shelf.key: name})
    for file in files:
        name = sha256(file.content)
        if not db.execute("SELECT 1 FROM files WHERE sha256 = ?", (name,)).fetchall():
            db.execute("INSERT INTO files (sha256, content) VALUES (?, ?)", (name, pack(file.content)))


def files_of(db: Database, shelf: Shelf, name: ContentHash) -> tuple[PackFile, ...]:
    """Return the files of an archived pack or model.

    Raises:
        NotFound: no such one was archived.
        AuditChainBroken: a file is missing, or is no longer what was archived.
    """
    found = db.execute(
        f"SELECT event, sha256, content FROM {shelf.table} WHERE {shelf.key} = ?",  # noqa: S608 - names are ours
        (name,),
    ).fetchall()
    if not found:
        raise NotFound(f"The {shelf.what} {name[:12]} is not in this database.", hint=shelf.hint)
    event, stated, stored = found[0]
    try:
        content = _same(content_of(shelf.records, event, stored, None), stated)
        listing: Listing = (LISTINGS if shelf is PACKS else MODEL_LISTINGS).decode(content)
        return tuple(
            PackFile(path=file.path, content=archived_file(db, file.sha256)) for file in listing.files
        )
    except (ContentDamaged, PackedBytesDamaged) as error:
        raise AuditChainBroken(
            f"The archived {shelf.what} {name[:12]} is no longer what was recorded: {error}.",
            hint="Stop, keep the file as it is, and tell the safety officer.",
            place=f"event {event}",
        ) from error


def archived_file(db: Database, name: ContentHash) -> bytes:
    """Return one archived file by its hash.

    Raises:
        PackedBytesDamaged: it is missing, or has changed.
    """
    found = db.execute("SELECT content FROM files WHERE sha256 = ?", (name,)).fetchall()
    if not found:
        raise PackedBytesDamaged(f"file {name[:12]} is missing")
    content = unpack(found[0][0])
    if sha256(content) != name:
        raise PackedBytesDamaged(f"file {name[:12]} has another hash")
    return content


def _same(content: bytes, stated: str) -> bytes:
    if sha256(content) != stated:
        raise ContentDamaged("the listing has another hash")
    return content


def _listed(files: Sequence[PackFile]) -> tuple[ListedFile, ...]:
    return tuple(ListedFile(path=file.path, sha256=sha256(file.content)) for file in files)
