"""What allergic reactions looked like, by the codes and words that records use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.patient import ReactionKind
from engine.intake.coding import codings, texts
from engine.intake.cursor import Cursor
from engine.terminology.codes import CodeSystem, system_of
from engine.terminology.names import words_of

#: SNOMED CT disorders and findings. Met with this meaning in a published value set on 2026-11-26, save the
#: toxic epidermal necrolysis 23067006, the generalised pustulosis 702617007, the hepatitis 197352008, the
#: nephritis 28637003, the serum sickness 40893004 and the shock 241929008, which are from memory. A code that
#: is in no table leaves the reaction to its words.
_SNOMED: Mapping[str, ReactionKind] = {
    "39579001": ReactionKind.ANAPHYLAXIS,
    "35001004": ReactionKind.ANAPHYLAXIS,
    "241929008": ReactionKind.ANAPHYLAXIS,
    "41291007": ReactionKind.ANGIOEDEMA,
    "402407004": ReactionKind.ANGIOEDEMA,
    "51599000": ReactionKind.ANGIOEDEMA,
    "2129002": ReactionKind.ANGIOEDEMA,
    "81950002": ReactionKind.ANGIOEDEMA,
    "421262002": ReactionKind.ANGIOEDEMA,
    "4386001": ReactionKind.BRONCHOSPASM,
    "44416002": ReactionKind.BRONCHOSPASM,
    "281239006": ReactionKind.BRONCHOSPASM,
    "126485001": ReactionKind.URTICARIA,
    "247472004": ReactionKind.URTICARIA,
    "271807003": ReactionKind.RASH,
    "271756005": ReactionKind.RASH,
    "271757001": ReactionKind.RASH,
    "247471006": ReactionKind.RASH,
    "247470007": ReactionKind.RASH,
    "64144002": ReactionKind.RASH,
    "73442001": ReactionKind.SEVERE_CUTANEOUS,
    "768962006": ReactionKind.SEVERE_CUTANEOUS,
    "702809001": ReactionKind.SEVERE_CUTANEOUS,
    "23067006": ReactionKind.SEVERE_CUTANEOUS,
    "702617007": ReactionKind.SEVERE_CUTANEOUS,
    "197352008": ReactionKind.ORGAN,
    "28637003": ReactionKind.ORGAN,
    "40893004": ReactionKind.ORGAN,
    "422587007": ReactionKind.GASTROINTESTINAL,
    "422400008": ReactionKind.GASTROINTESTINAL,
    "62315008": ReactionKind.GASTROINTESTINAL,
    "49727002": ReactionKind.COUGH,
    "418290006": ReactionKind.OTHER,
    "418363000": ReactionKind.OTHER,
    "279333002": ReactionKind.OTHER,
    "276444007": ReactionKind.OTHER,
    "70076002": ReactionKind.OTHER,
    "76067001": ReactionKind.OTHER,
    "9826008": ReactionKind.OTHER,
}

_WORDS: Mapping[ReactionKind, tuple[str, ...]] = {
    ReactionKind.ANAPHYLAXIS: (
        "anaphylaxis",
        "anaphylactic reaction",
        "anaphylactic shock",
        "anaphylactoid reaction",
    ),
    ReactionKind.ANGIOEDEMA: (
        "angioedema",
        "angio oedema",
        "angioneurotic edema",
        "swelling of tongue",
        "tongue swelling",
        "laryngeal edema",
        "swelling of face",
        "facial swelling",
        "lip swelling",
    ),
    ReactionKind.BRONCHOSPASM: ("bronchospasm", "wheezing", "acute asthma"),
    ReactionKind.URTICARIA: ("urticaria", "hives", "wheals", "nettle rash"),
    ReactionKind.RASH: (
        "rash",
        "skin rash",
        "eruption of skin",
        "maculopapular rash",
        "maculopapular eruption",
        "exanthema",
        "exanthem",
    ),
    ReactionKind.SEVERE_CUTANEOUS: (
        "stevens johnson syndrome",
        "sjs",
        "toxic epidermal necrolysis",
        "ten",
        "lyell syndrome",
        "dress",
        "dress syndrome",
        "drug reaction with eosinophilia and systemic symptoms",
        "agep",
        "acute generalized exanthematous pustulosis",
        "acute generalised exanthematous pustulosis",
    ),
    ReactionKind.ORGAN: (
        "hepatitis",
        "drug induced hepatitis",
        "interstitial nephritis",
        "agranulocytosis",
        "neutropenia",
        "thrombocytopenia",
        "hemolytic anemia",
        "haemolytic anaemia",
        "serum sickness",
    ),
    ReactionKind.GASTROINTESTINAL: (
        "nausea",
        "vomiting",
        "nausea and vomiting",
        "diarrhea",
        "diarrhoea",
        "dyspepsia",
        "stomach upset",
        "gastrointestinal upset",
        "abdominal pain",
    ),
    ReactionKind.COUGH: ("cough", "dry cough"),
    ReactionKind.OTHER: (
        "itching",
        "pruritus",
        "itching of skin",
        "rhinitis",
        "sneezing",
        "headache",
        "dizziness",
        "myalgia",
        "muscle pain",
        "fatigue",
    ),
}
_BY_WORDS: Mapping[tuple[str, ...], ReactionKind] = {
    words_of(name): kind for kind, names in _WORDS.items() for name in (kind.value, *names)
}
_ADDING_NOTHING = frozenset(words_of("disorder finding"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """The reactions of one allergy."""

    kinds: tuple[ReactionKind, ...]
    """Those that were understood, each once."""
    strange: tuple[str, ...]
    """Those that were not, in their own words: each may be any reaction."""


def reactions_of(manifestations: Sequence[Cursor]) -> Reactions:
    """Return the reactions that manifestations name, by code or by every word of a text."""
    kinds: set[ReactionKind] = set()
    strange: dict[str, None] = {}
    for place in manifestations:
        found = {
            _SNOMED.get(one.code) for one in codings(place) if system_of(one.system) is CodeSystem.SNOMED
        }
        found = found - {None} or {_named(text) for text in texts(place)} - {None}
        if found:
            kinds |= {kind for kind in found if kind is not None}
        else:
            said = texts(place) or tuple(one.code for one in codings(place))
            strange[said[0] if said else "reaction without a name"] = None
    ordered = tuple(kind for kind in ReactionKind if kind in kinds)
    return Reactions(kinds=ordered, strange=tuple(strange))


def _named(text: str) -> ReactionKind | None:
    words = tuple(word for word in words_of(text) if word not in _ADDING_NOTHING)
    return _BY_WORDS.get(words)
