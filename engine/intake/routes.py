"""Routes of administration by the codes and words that records use."""

from __future__ import annotations

from collections.abc import Mapping

from engine.domain.patient import Route
from engine.intake.coding import codings, texts
from engine.intake.cursor import Cursor
from engine.terminology.codes import CodeSystem, system_of
from engine.terminology.names import words_of

#: SNOMED CT qualifier values; each was met with this meaning in public material on 2026-11-26, save the
#: intravitreal one (418401004), which is from memory.
_SNOMED: Mapping[str, Route] = {
    "26643006": Route.ORAL,
    "37839007": Route.SUBLINGUAL,
    "54471007": Route.BUCCAL,
    "47625008": Route.INTRAVENOUS,
    "78421000": Route.INTRAMUSCULAR,
    "34206005": Route.SUBCUTANEOUS,
    "45890007": Route.TRANSDERMAL,
    "37161004": Route.RECTAL,
    "447694001": Route.INHALED,
    "46713006": Route.NASAL,
    "54485002": Route.OPHTHALMIC,
    "10547007": Route.OTIC,
    "16857009": Route.VAGINAL,
    "6064005": Route.TOPICAL,
    "72607000": Route.INTRATHECAL,
    "404820008": Route.EPIDURAL,
    "12130007": Route.INTRA_ARTICULAR,
    "62226000": Route.INTRAUTERINE,
    "418401004": Route.INTRAVITREAL,
}

#: Standard terms of the EDQM, all met with this meaning in a published list on 2026-11-26. Cutaneous use is
#: what rules call topical.
_EDQM: Mapping[str, Route] = {
    "20053000": Route.ORAL,
    "20067000": Route.SUBLINGUAL,
    "20002500": Route.BUCCAL,
    "20045000": Route.INTRAVENOUS,
    "20035000": Route.INTRAMUSCULAR,
    "20066000": Route.SUBCUTANEOUS,
    "20070000": Route.TRANSDERMAL,
    "20061000": Route.RECTAL,
    "20020000": Route.INHALED,
    "20049000": Route.NASAL,
    "20051000": Route.OPHTHALMIC,
    "20001000": Route.OTIC,
    "20072000": Route.VAGINAL,
    "20003000": Route.TOPICAL,
    "20042000": Route.INTRATHECAL,
    "20009000": Route.EPIDURAL,
    "20024000": Route.INTRA_ARTICULAR,
    "20044000": Route.INTRAUTERINE,
    "20047000": Route.INTRAVITREAL,
}

_WORDS: Mapping[Route, tuple[str, ...]] = {
    Route.ORAL: ("po", "by mouth", "per os", "orally"),
    Route.SUBLINGUAL: ("sl", "under the tongue", "sublingually"),
    Route.BUCCAL: (),
    Route.INTRAVENOUS: ("iv", "i v", "intravenously"),
    Route.INTRAMUSCULAR: ("im", "i m", "intramuscularly"),
    Route.SUBCUTANEOUS: ("sc", "s c", "subcut", "subcutaneously"),
    Route.TRANSDERMAL: (),
    Route.RECTAL: ("pr", "per rectum", "rectally"),
    Route.INHALED: ("inhalation", "respiratory tract", "by inhalation"),
    Route.NASAL: ("intranasal",),
    Route.OPHTHALMIC: ("ocular", "eye", "into the eye"),
    Route.OTIC: ("auricular", "ear", "into the ear"),
    Route.VAGINAL: ("pv", "per vagina", "vaginally"),
    Route.TOPICAL: ("cutaneous", "topically"),
    Route.INTRATHECAL: (),
    Route.EPIDURAL: ("peridural",),
    Route.INTRA_ARTICULAR: ("intraarticular",),
    Route.INTRAUTERINE: (),
    Route.INTRAVITREAL: (),
}

#: Words that stand behind a route and add nothing to it.
_ADDING_NOTHING = frozenset(words_of("route use administration qualifier value"))

_BY_WORDS: Mapping[tuple[str, ...], Route] = {
    words_of(name): route for route, names in _WORDS.items() for name in (route.value, *names)
}


def route_of(concept: Cursor) -> Route | None:
    """Return the route of a CodeableConcept; None where it is not known, or codes and words name several."""
    found = {_by_code(coding.system, coding.code) for coding in codings(concept)} - {None}
    if not found:
        found = {route_named(text) for text in texts(concept)} - {None}
    return found.pop() if len(found) == 1 else None


def _by_code(system: str, code: str) -> Route | None:
    if system_of(system) is CodeSystem.SNOMED:
        return _SNOMED.get(code)
    return _EDQM.get(code) if "edqm" in system.lower() else None


def route_named(text: str) -> Route | None:
    """Return the route that a text is the name of, in adjectives, adverbs and the usual letters."""
    words = tuple(word for word in words_of(text) if word not in _ADDING_NOTHING)
    return _BY_WORDS.get(words)
