"""Files that speak of one person become that person's record, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.ids import PatientId
from engine.domain.patient import PatientRecord, SourceDocument
from engine.domain.replies import ImportReport
from engine.errors import InputError, NotReadable, PatientAmbiguous
from engine.intake.consistency import with_contradictions
from engine.intake.context import Context, Harvest
from engine.intake.cursor import Cursor, printable
from engine.intake.dates import last_day
from engine.intake.documents import FileKind, content_hash, kind_of, read_document
from engine.intake.fhir import read_bundle
from engine.intake.person import Person
from engine.intake.pharmcat import read_report
from engine.intake.problems import Problems
from engine.intake.versions import carried_over
from engine.terminology.index import VocabularyIndex

#: Gives the newest version of a patient's record, or None where there is none.
Earlier = Callable[[PatientId], PatientRecord | None]

#: What an import brings, by the name it is told under -> the field of the record.
_LISTS = {
    "observations": "observations",
    "medications": "medications",
    "allergies": "allergies",
    "diagnoses": "diagnoses",
    "planned procedures": "planned",
    "genotypes": "genotypes",
    "states": "states",
    "reviews": "reviews",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    kind: FileKind
    document: Cursor
    source: SourceDocument


def intake(
    files: Sequence[tuple[str, bytes]],
    index: VocabularyIndex,
    now: datetime,
    *,
    earlier: Earlier = lambda _: None,
    attach_to: PatientRecord | None = None,
) -> PatientRecord:
    """Read files that speak of one person.

    Args:
        files: name and bytes of each.
        index: the words of the pack in use.
        now: the moment of the import, aware.
        earlier: finds the record as it stands; what was entered by hand is carried over from it.
        attach_to: the patient to whom PharmCAT reports belong that come without a bundle.

    Raises:
        InputError: a file cannot be used, or they speak of several people; it names everything found.
    """
    opened = _open(files, now)
    problems = Problems()
    harvest = Harvest()
    people: list[Person] = []
    for file in opened:
        context = Context(index=index, last_day=last_day(now), document=file.source)
        try:
            if file.kind is FileKind.FHIR:
                people.append(read_bundle(file.document, context, harvest))
            else:
                read_report(file.document, context, harvest)
        except InputError as problem:
            problems.add(problem)
    problems.stop()
    documents = tuple(file.source for file in opened)
    if not people:
        return _attached(harvest, documents, attach_to)
    _refuse_strangers(people)
    record = _record(people[0], harvest, documents, synthetic=any(person.synthetic for person in people))
    record = carried_over(earlier(record.patient_id), record, index)
    return with_contradictions(record)


def _open(files: Sequence[tuple[str, bytes]], now: datetime) -> list[_File]:
    """Read every file as JSON; all that cannot be read is told at once."""
    if not files:
        raise NotReadable(
            "no file was given.", hint="Give a FHIR R4 bundle, and a PharmCAT report if there is one."
        )
    problems = Problems()
    opened: dict[str, _File] = {}
    for written, content in files:
        name = printable(written) or "file without a name"
        try:
            document = read_document(name, content)
            kind = kind_of(name, document)
        except InputError as problem:
            problems.add(problem)
            continue
        digest = content_hash(content)
        source = SourceDocument(name=name, sha256=digest, kind=kind.value, imported_at=now)
        opened.setdefault(digest, _File(kind=kind, document=document, source=source))
    problems.stop()
    return list(opened.values())


def _refuse_strangers(people: Sequence[Person]) -> None:
    if len({person.patient_id for person in people}) == 1:
        return
    shown = "; ".join(f"{person.identity.document_name}: {person.name}" for person in people)
    raise PatientAmbiguous(
        f"the files speak of different patients ({shown}).",
        hint="Import the files of one patient at a time. Files of one person must carry the same identifier.",
    )


def _record(
    person: Person, harvest: Harvest, documents: tuple[SourceDocument, ...], *, synthetic: bool
) -> PatientRecord:
    flags = list(harvest.flags)
    flags += [
        f"{source.name} names no patient; it was imported together with the record of {person.name}."
        for source in documents
        if source.kind == FileKind.PHARMCAT
    ]
    return PatientRecord(
        patient_id=person.patient_id,
        name=person.name,
        birth_date=person.birth_date,
        sex=person.sex,
        identity=person.identity,
        race=person.race,
        observations=tuple(harvest.observations),
        medications=tuple(harvest.medications),
        allergies=tuple(harvest.allergies),
        diagnoses=tuple(harvest.diagnoses),
        planned=tuple(harvest.planned),
        genotypes=tuple(harvest.genotypes),
        states=tuple(harvest.states),
        reviews=tuple(harvest.reviews),
        not_understood=tuple(harvest.not_understood),
        documents=documents,
        flags=tuple(dict.fromkeys(flags)),
        synthetic=synthetic,
    )


def _attached(
    harvest: Harvest, documents: tuple[SourceDocument, ...], attach_to: PatientRecord | None
) -> PatientRecord:
    """Return a known patient's record with the genotypes of reports that name nobody."""
    if attach_to is None:
        raise PatientAmbiguous(
            "a PharmCAT report names no patient.",
            hint="Import it together with the patient's FHIR bundle, or from the patient's own page.",
            place=documents[0].name,
        )
    genes = {result.gene for result in harvest.genotypes}
    kept = tuple(
        result
        for result in attach_to.genotypes
        if not (result.gene in genes and result.provenance.document_name in {item.name for item in documents})
    )
    hashes = {source.sha256 for source in documents}
    notes = tuple(
        f"{source.name} names no patient; it was attached to {attach_to.name}." for source in documents
    )
    return replace(
        attach_to,
        genotypes=(*kept, *harvest.genotypes),
        not_understood=(*attach_to.not_understood, *harvest.not_understood),
        documents=(*(item for item in attach_to.documents if item.sha256 not in hashes), *documents),
        flags=tuple(dict.fromkeys((*attach_to.flags, *notes))),
    )


def import_report(record: PatientRecord) -> ImportReport:
    """Return what an import brought, for the one who asked for it."""
    return ImportReport(
        patient_id=record.patient_id,
        name=record.name,
        added=tuple((name, len(getattr(record, field))) for name, field in _LISTS.items()),
        not_understood=record.not_understood,
        flags=record.flags,
    )
