"""Whether the patient has a condition now, ever had it, had it in the past only, and since when."""

from __future__ import annotations

import enum
from decimal import Decimal

from engine.domain.atoms import HasCondition
from engine.domain.facts import Fact
from engine.domain.ids import ConditionId
from engine.domain.patient import ConditionStatus, Diagnosis, ListKind
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.errors import InvariantBroken
from engine.facts.chart import Chart
from engine.facts.details import between, in_days
from engine.facts.listing import Sentences, Sifting, entry_node, review_needed, weighed
from engine.facts.wording import ago, listed
from engine.terminology.codes import readable_code


class _Says(enum.Enum):
    """What one entry says of the condition asked for."""

    PRESENT = enum.auto()
    DENIED = enum.auto()
    DOUBTFUL = enum.auto()
    ANOTHER_TIME = enum.auto()
    """It is this condition, but not at the time asked for."""
    NOTHING = enum.auto()


def has_condition(atom: HasCondition, chart: Chart) -> Fact:
    """Decide whether a condition is present (or was at any time, or in the past), and since when.

    An entry of a narrower condition counts. Where an atom asks for the onset, an entry without one is in
    doubt. Ruled out counts as false where no other entry speaks for it.
    A diagnosis in words alone could be anything and leaves every condition unknown; a code that stands for
    none of the pack's conditions is understood as something else.
    """
    condition = chart.vocabulary.conditions.get(atom.condition)
    if condition is None:
        raise InvariantBroken(
            f"the vocabulary has no condition {atom.condition!r}; the rule pack was not checked"
        )
    sifting = Sifting()
    speaking: list[Diagnosis] = []
    for entry, suspected in chart.diagnoses_on(chart.index.conditions_within(atom.condition)):
        match _says(entry, suspected, atom, chart):
            case _Says.PRESENT:
                sifting.present.append(_node(entry, chart))
                speaking.append(entry)
            case _Says.DENIED:
                sifting.denied.append(_node(entry, chart))
            case _Says.DOUBTFUL:
                sifting.doubts.append(_node(entry, chart))
                sifting.missing.append(review_needed(ListKind.CONDITIONS, _doubt(entry, atom, chart)))
            case _Says.ANOTHER_TIME:
                sifting.beside.append(_node(entry, chart))
            case _Says.NOTHING:
                pass
    if speaking and _contradicted(speaking, chart):
        both = listed(sorted({repr(entry.text) for entry in speaking}))
        sifting.doubts += sifting.present
        sifting.present = []
        reason = f"recorded both as present and as ruled out: {both}"
        sifting.missing.append(review_needed(ListKind.CONDITIONS, reason))
    kinds = {entry.condition for entry in speaking if entry.condition is not None} - {atom.condition}
    narrower = listed(chart.vocabulary.conditions[kind].title for kind in sorted(kinds))
    since = listed(sorted({_since(entry, chart) for entry in speaking} - {""})) if atom.began else ""
    named = f"{condition.title}{f' ({narrower})' if narrower else ''}"
    sentences = _sentences(atom, condition.title, named, since)
    bindings = (("days", since),) if since else ()
    return weighed(chart, ListKind.CONDITIONS, atom.symbol, sifting, sentences, bindings)


def _sentences(atom: HasCondition, title: str, named: str, since: str) -> Sentences:
    had = "had in the past" if atom.past else "has had" if atom.ever else "has"
    lacked = "did not have in the past" if atom.past else "never had" if atom.ever else "does not have"
    began = f"begun {in_days(atom.began)} ago" if atom.began is not None else ""
    behind = f", {began}" if began else ""
    found = f", begun {since}" if since else ""
    return Sentences(
        holds=f"{had} {named}{found}{behind}",
        fails=f"{lacked} {title}{behind}",
        open=f"not known whether the patient {had} {title}{behind}",
    )


def _says(  # noqa: PLR0911 - one return a rule of reading
    entry: Diagnosis, suspected: frozenset[ConditionId], atom: HasCondition, chart: Chart
) -> _Says:
    if entry.status is ConditionStatus.REFUTED:
        # Ruling out a broader condition rules out the one asked for.
        broader = entry.condition
        covered = broader is not None and atom.condition in chart.index.conditions_within(broader)
        return _Says.DENIED if covered else _Says.NOTHING
    if entry.status is ConditionStatus.RESOLVED and not (atom.ever or atom.past):
        return _Says.NOTHING
    if entry.status is ConditionStatus.ACTIVE and atom.past:
        return _Says.NOTHING
    began = _began(entry, atom, chart)
    if entry.condition not in chart.vocabulary.conditions:
        within = chart.index.conditions_within(atom.condition)
        doubtful = not within.isdisjoint(suspected) and not _confirmed(entry, chart)
        return _Says.DOUBTFUL if doubtful and began is not Truth.FALSE else _Says.NOTHING
    if began is Truth.FALSE:
        return _Says.ANOTHER_TIME
    confirmed = _confirmed(entry, chart)
    if entry.status is ConditionStatus.UNKNOWN and atom.past and confirmed:
        # Whoever went through the list and let it stand said that it is present, not that it is over.
        return _Says.NOTHING
    doubtful = entry.status is ConditionStatus.UNKNOWN and not confirmed
    return _Says.DOUBTFUL if doubtful or began is Truth.UNKNOWN else _Says.PRESENT


def _began(entry: Diagnosis, atom: HasCondition, chart: Chart) -> Truth:
    """Decide the onset that an atom asks for; one that is not stated, or lies ahead, is unknown."""
    if atom.began is None:
        return Truth.TRUE
    if entry.onset is None or entry.onset > chart.last_day:
        return Truth.UNKNOWN
    days = Decimal(chart.days_since(entry.onset))
    return between(atom.began, days, days)


def _since(entry: Diagnosis, chart: Chart) -> str:
    return ago(chart.days_since(entry.onset)) if entry.onset is not None else ""


def _confirmed(entry: Diagnosis, chart: Chart) -> bool:
    """Tell whether a clinician went through the list here and let this entry stand."""
    return chart.confirmation(ListKind.CONDITIONS, entry.provenance) is not None


def _contradicted(speaking: list[Diagnosis], chart: Chart) -> bool:
    """Tell whether every entry that speaks for the condition is ruled out by another entry."""
    refuted = {
        narrower
        for entry in chart.record.diagnoses
        if entry.status is ConditionStatus.REFUTED and entry.condition is not None
        for narrower in chart.index.conditions_within(entry.condition)
    }
    return all(entry.condition in refuted for entry in speaking)


def _doubt(entry: Diagnosis, atom: HasCondition, chart: Chart) -> str:
    if entry.condition is not None and entry.condition in chart.vocabulary.conditions:
        title = chart.vocabulary.conditions[entry.condition].title
        if _began(entry, atom, chart) is Truth.UNKNOWN:
            return f"it is not stated on which day {title} ({entry.text!r}) began"
        if atom.past:
            return f"it is not stated whether {title} ({entry.text!r}) is over"
        return f"it is not stated whether {title} ({entry.text!r}) is present"
    if any(map(readable_code, entry.codes)):
        return f"{entry.text!r} has a code that is in no vocabulary, and its words name this condition"
    return f"{entry.text!r} has no code that can be read, so that it could be any condition"


def _node(entry: Diagnosis, chart: Chart) -> TraceNode:
    known = chart.vocabulary.conditions.get(entry.condition) if entry.condition is not None else None
    name = known.title if known is not None else "diagnosis not understood"
    status = {
        ConditionStatus.REFUTED: "ruled out",
        ConditionStatus.UNKNOWN: "status not stated",
    }.get(entry.status, entry.status.value)
    since = f", since {entry.onset.isoformat()}" if entry.onset is not None else ""
    written = f", written as {entry.text!r}" if entry.text not in ("", name) else ""
    label = f"{name}, {status}{since}{written}"
    return entry_node(label, entry.condition or entry.text, entry.provenance)
