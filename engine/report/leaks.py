"""The search for a patient in what is meant to be a case without one.

It knows nothing of how the case was made: it takes everything of the record that names the patient, or could
(names, ids, texts, places, users, hashes, days), and looks for each in every text of the case.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.domain.decision import Decision
from engine.domain.patient import PatientRecord
from engine.domain.provenance import Provenance
from engine.domain.replies import DecisionDossier

#: Shorter pieces of a name are initials and particles, which stand in words of every language.
_SHORTEST_PIECE = 3
#: A number of fewer digits is a laboratory value more often than an id.
_SHORTEST_NUMBER = 7
#: Marks the name of a field, which WhyRx chose: words of it are its own.
_KEY = " (the name of the field)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clue:
    """One text that tells, or could tell, who the patient is."""

    what: str
    text: str
    alone: bool = False
    """True for a word that only tells something as a word of its own, outside the words of the pack."""


def leaks(
    written: str, dossier: DecisionDossier, days: Iterable[date], words: frozenset[str]
) -> tuple[str, ...]:
    """Return each place of a case that holds something of its patient, and what sort of thing.

    Args:
        written: The case, as JSON.
        dossier: What it was made from.
        days: Every date of that.
        words: The texts that the case may use; a text that is one of them is no leak of a free text.
    """
    clues = [*_clues(dossier), *_of_days(days)]
    found: list[str] = []
    for place, said, number in _texts("", json.loads(written)):
        folded = _folded(said)
        own = place.endswith(_KEY) or said in words
        for clue in clues:
            if clue.alone and own:
                continue
            if number and (not clue.text.isdigit() or len(clue.text) < _SHORTEST_NUMBER):
                continue
            if _holds(folded, clue):
                found.append(f"{place}: {clue.what}")
    return tuple(dict.fromkeys(found))


def _holds(folded: str, clue: _Clue) -> bool:
    if clue.text not in folded:
        return False
    return re.search(rf"(?<!\w){re.escape(clue.text)}(?!\w)", folded) is not None or (
        not clue.alone and len(clue.text) >= _SHORTEST_NUMBER
    )


def _clues(dossier: DecisionDossier) -> Iterator[_Clue]:
    decision, record = dossier.decision, dossier.decision.record
    yield from _whole("name", record.name)
    for piece in re.split(r"[\W\d_]+", _folded(record.name)):
        if len(piece) >= _SHORTEST_PIECE:
            yield _Clue(what="part of the name", text=piece, alone=True)
    yield from _whole("patient id", record.patient_id)
    yield from _whole("decision id", decision.decision_id)
    yield from _whole("hash of the decision", dossier.content)
    for event in dossier.events:
        yield from _whole("hash in an event", event.content or "")
        yield from _texts_of("sentence of an event", event.detail)
        yield from _texts_of("user", event.by)
    yield from _texts_of("user", decision.request.requested_by)
    if dossier.response is not None:
        yield from _texts_of("user", dossier.response.by)
        yield from _texts_of("text of the response", dossier.response.text)
    for document in record.documents:
        yield from _whole("hash of a document", document.sha256)
        yield from _texts_of("name of a document", document.name)
        yield from _texts_of("name of a document", document.name.rpartition(".")[0])
    yield from _of_record(record)
    for place in _provenances(decision):
        yield from _of_provenance(place)


def _of_record(record: PatientRecord) -> Iterator[_Clue]:
    texts = [("flag of the record", text) for text in record.flags]
    texts += [("value as written", item.as_written) for item in record.observations]
    texts += [
        ("text of a medication", text) for item in record.medications for text in (item.text, item.dose)
    ]
    texts += [("text of a diagnosis", item.text) for item in record.diagnoses]
    texts += [("code of a diagnosis", code) for item in record.diagnoses for code in item.codes]
    texts += [
        ("text of an allergy", text) for item in record.allergies for text in (item.text, item.reaction)
    ]
    texts += [("code of an allergy", code) for item in record.allergies for code in item.codes]
    texts += [
        ("entry not understood", text)
        for item in record.not_understood
        for text in (item.what, item.reason, item.resource, item.path)
    ]
    for what, text in texts:
        yield from _texts_of(what, text)


def _provenances(decision: Decision) -> Iterator[Provenance]:
    record = decision.record
    yield record.identity
    for group in (
        record.observations,
        record.medications,
        record.allergies,
        record.diagnoses,
        record.genotypes,
        record.states,
        record.reviews,
    ):
        for item in group:
            yield item.provenance


def _of_provenance(place: Provenance) -> Iterator[_Clue]:
    yield from _texts_of("place of a datum", place.resource)
    yield from _texts_of("id of a resource", place.resource.rpartition("/")[2])
    yield from _texts_of("place of a datum", place.path)
    yield from _texts_of("name of a document", place.document_name)
    yield from _whole("hash of a document", place.document or "")
    yield from _texts_of("user", place.by or "")


def _of_days(days: Iterable[date]) -> Iterator[_Clue]:
    for day in set(days):
        for form in ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y"):
            yield _Clue(what="date of the record", text=_folded(day.strftime(form)))


def _whole(what: str, text: str) -> Iterator[_Clue]:
    """Yield a text that tells wherever it stands, even inside another."""
    if len(text.strip()) >= _SHORTEST_PIECE:
        yield _Clue(what=what, text=_folded(text))


def _texts_of(what: str, text: str) -> Iterator[_Clue]:
    """Yield a text that may be a word of the pack as well, such as the name of a drug."""
    if len(text.strip()) >= _SHORTEST_PIECE:
        yield _Clue(what=what, text=_folded(text), alone=True)


def _texts(place: str, value: Any) -> Iterator[tuple[str, str, bool]]:  # noqa: ANN401 - any JSON
    """Yield place and text of every key and value, and whether it is a number."""
    match value:
        case dict():
            for key, item in value.items():
                yield f"{place}.{key}{_KEY}", key, False
                yield from _texts(f"{place}.{key}", item)
        case list():
            for number, item in enumerate(value):
                yield from _texts(f"{place}[{number}]", item)
        case None | bool():
            pass
        case _:
            said = str(value)
            yield place, said, re.fullmatch(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", said, re.IGNORECASE) is not None


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
