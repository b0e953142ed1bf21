"""Whether the patient is allergic to a substance or group, by kind, severity and reaction."""

from __future__ import annotations

from collections.abc import Mapping

from engine.domain.atoms import HasAllergy
from engine.domain.facts import Fact
from engine.domain.ids import DrugId
from engine.domain.patient import Allergy, AllergyKind, AllergySeverity, ListKind
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth, all_of
from engine.domain.vocabulary import Allergen
from engine.errors import InvariantBroken
from engine.facts.chart import Chart
from engine.facts.listing import Sentences, Sifting, entry_node, review_needed, weighed
from engine.facts.wording import listed, with_article
from engine.terminology.codes import readable_code
from engine.terminology.names import words_of

_IMMUNE = AllergyKind.ALLERGY
_SEVERITIES = {severity.value: severity for severity in AllergySeverity}


def has_allergy(atom: HasAllergy, chart: Chart) -> Fact:
    """Decide whether an allergy or intolerance to a substance or group is recorded.

    An allergy to a drug of the group counts, and one to a group that shares a drug with it: rules on
    allergies guard against the substance, whichever of the two was written down. Intolerances count, too,
    unless the atom asks for one kind. Kind, severity and reaction that are asked for must hold of one entry;
    one that does not state them is in doubt.
    """
    allergen = chart.vocabulary.allergens.get(atom.allergen)
    if allergen is None:
        raise InvariantBroken(
            f"the vocabulary has no allergen {atom.allergen!r}; the rule pack was not checked"
        )
    sifting = Sifting()
    names: set[str] = set()
    for entry in chart.record.allergies:
        details = _details(atom, entry)
        if all_of(details.values()) is Truth.FALSE:
            if entry.allergen == atom.allergen or not _drugs(entry, chart).isdisjoint(allergen.drugs):
                sifting.beside.append(_node(entry, chart))
            continue
        known = entry.allergen in chart.vocabulary.allergens or entry.drug in chart.vocabulary.drugs
        if not known:
            confirmed = chart.confirmation(ListKind.ALLERGIES, entry.provenance) is not None
            if not confirmed and _could_be(entry, allergen, chart):
                sifting.doubts.append(_node(entry, chart))
                sifting.missing.append(review_needed(ListKind.ALLERGIES, _doubt(entry)))
        elif entry.allergen == atom.allergen or not _drugs(entry, chart).isdisjoint(allergen.drugs):
            if all_of(details.values()) is Truth.TRUE:
                sifting.present.append(_node(entry, chart))
                names.add(_name(entry, chart))
            else:
                sifting.doubts.append(_node(entry, chart))
                open_ones = listed(what for what, truth in details.items() if truth is Truth.UNKNOWN)
                reason = f"{open_ones} of {entry.text!r} not stated, or not understood"
                sifting.missing.append(review_needed(ListKind.ALLERGIES, reason))
    others = listed(sorted(names - {allergen.title}))
    what, asked = _asked(atom)
    sentences = Sentences(
        holds=f"{what or 'allergy or intolerance'} to {allergen.title}"
        f"{f' ({others})' if others else ''}{asked}",
        fails=f"no {what or 'allergy'} to {allergen.title}{asked}",
        open=f"not known whether there is {with_article(what or 'allergy')} to {allergen.title}{asked}",
    )
    return weighed(chart, ListKind.ALLERGIES, atom.symbol, sifting, sentences)


def _details(atom: HasAllergy, entry: Allergy) -> Mapping[str, Truth]:
    """Return the truth of each detail asked for: unknown where an entry does not state it."""
    asked: dict[str, Truth] = {}
    if atom.kind is not None:
        stated = entry.kind is not AllergyKind.UNKNOWN
        asked["the kind"] = _truth(entry.kind is atom.kind if stated else None)
    if atom.at_least is not None:
        severity = _SEVERITIES.get(entry.severity.strip().lower())
        asked["the severity"] = _truth(None if severity is None else severity.rank >= atom.at_least.rank)
    if atom.reactions:
        found = bool(set(entry.reactions) & set(atom.reactions))
        asked["the reaction"] = _truth(found if entry.reactions else None)
    return asked


def _truth(holds: bool | None) -> Truth:  # noqa: FBT001 - None is a third value here
    return Truth.UNKNOWN if holds is None else Truth.TRUE if holds else Truth.FALSE


def _asked(atom: HasAllergy) -> tuple[str, str]:
    """Return the kind asked for, and the severity and reactions, in words."""
    kind = "" if atom.kind is None else "allergic reaction" if atom.kind is _IMMUNE else atom.kind.value
    severity = f", {atom.at_least.value} or worse" if atom.at_least is not None else ""
    if atom.at_least is AllergySeverity.LIFE_THREATENING:
        severity = ", life-threatening"
    reactions = listed((reaction.value for reaction in sorted(atom.reactions)), "or")
    return kind, f"{severity}{f', with {reactions}' if reactions else ''}"


def _drugs(entry: Allergy, chart: Chart) -> frozenset[DrugId]:
    known = chart.vocabulary.allergens.get(entry.allergen) if entry.allergen is not None else None
    drugs = set(known.drugs) if known is not None else set()
    if entry.drug is not None:
        drugs.add(entry.drug)
    return frozenset(drugs)


def _could_be(entry: Allergy, allergen: Allergen, chart: Chart) -> bool:
    """Tell whether an entry outside the vocabulary may be this allergen all the same.

    One in words alone may be anything. One with a code that can be read is something else, unless its
    words name the allergen or one of its drugs.
    """
    if not any(map(readable_code, entry.codes)):
        return True
    padded = f" {' '.join(words_of(entry.text))} "
    drugs = (chart.vocabulary.drugs[drug] for drug in allergen.drugs if drug in chart.vocabulary.drugs)
    names = [name for drug in drugs for name in (drug.title, *drug.synonyms, *drug.brands)]
    named = any(f" {' '.join(words_of(name))} " in padded for name in names if words_of(name))
    return named or allergen.allergen_id in chart.index.allergens_named_in(entry.text)


def _doubt(entry: Allergy) -> str:
    if any(map(readable_code, entry.codes)):
        return f"{entry.text!r} has a code that is in no vocabulary, and its words name this substance"
    return f"{entry.text!r} has no code that can be read, so that it could be any substance"


def _name(entry: Allergy, chart: Chart) -> str:
    if entry.drug is not None and entry.drug in chart.vocabulary.drugs:
        return chart.vocabulary.drugs[entry.drug].title
    if entry.allergen is not None and entry.allergen in chart.vocabulary.allergens:
        return chart.vocabulary.allergens[entry.allergen].title
    return "substance not understood"


def _node(entry: Allergy, chart: Chart) -> TraceNode:
    name = _name(entry, chart)
    kind = "intolerance" if entry.kind is AllergyKind.INTOLERANCE else "allergy"
    details = "".join(f", {detail}" for detail in (entry.reaction, entry.severity) if detail)
    written = f", written as {entry.text!r}" if entry.text not in ("", name) else ""
    reference = entry.allergen or entry.drug or entry.text
    return entry_node(f"{kind} to {name}{details}{written}", reference, entry.provenance)
