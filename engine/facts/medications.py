"""Whether the patient takes a drug, or any drug of a class, in the way a rule asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.atoms import TakesDrug
from engine.domain.details import MedicationDetail
from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum
from engine.domain.ids import ClassId, DrugId
from engine.domain.patient import ListKind, Medication
from engine.domain.truth import Truth, all_of, any_of
from engine.errors import InvariantBroken
from engine.facts.chart import Chart
from engine.facts.details import asked_for, daily_dose, detail_missing, of_entry, stated, unit_of
from engine.facts.listing import Sentences, Sifting, review_needed, weighed
from engine.facts.standing import Standing, identity_needed, medication_node, standing
from engine.facts.wording import listed, with_article

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """What the list says of one drug."""

    drug: DrugId
    truth: Truth
    entries: tuple[Medication, ...]
    """Those that speak for it: of a true one the true entries, else all that may be in force."""
    missing: tuple[MissingDatum, ...]


def takes_drug(atom: TakesDrug, chart: Chart) -> Fact:
    """Decide whether a drug is taken, by one entry that has every detail asked for.

    Stopped and planned drugs are not taken. False needs a reviewed list in which every drug that may be
    taken is known: a drug in no vocabulary could be the one asked for, or one of its class. A detail
    that is not stated leaves its entry in doubt.
    """
    takings, strangers = _takings(atom, chart)
    certain = [one for one in takings if one.truth is Truth.TRUE]
    doubtful = [one for one in takings if one.truth is Truth.UNKNOWN]
    enough = len(certain) >= atom.count
    possible = bool(strangers) or len(certain) + len(doubtful) >= atom.count
    sifting = Sifting()
    detailed = bool(takings or strangers) and not atom.bare
    for one in takings:
        where = sifting.beside
        if one.truth is Truth.TRUE and enough:
            where = sifting.present
        elif one.truth is not Truth.FALSE and possible:
            where = sifting.doubts
        where += [medication_node(entry, chart, detailed=detailed) for entry in one.entries]
    if possible:
        sifting.doubts += [medication_node(entry, chart, detailed=detailed) for entry in strangers]
        sifting.missing += [datum for one in doubtful for datum in one.missing]
        sifting.missing += [identity_needed(entry) for entry in strangers]
    names = listed(chart.vocabulary.drugs[one.drug].title for one in certain)
    said = {one.drug: stated(atom, one.entries, chart) for one in certain}
    only = next(iter(said.values())) if len(said) == 1 else _NOTHING
    bindings = (("drugs", names), (str(atom.drug), names), *only.items()) if enough else ()
    return weighed(
        chart, ListKind.MEDICATIONS, atom.symbol, sifting, _sentences(atom, chart, names, said), bindings
    )


def _takings(atom: TakesDrug, chart: Chart) -> tuple[list[_Taking], list[Medication]]:
    """Return what the list says of each drug asked for, and the unknown drugs that may be one of them."""
    wanted = chart.index.drugs_of(atom.drug)
    if not wanted and atom.drug not in chart.vocabulary.classes:
        raise InvariantBroken(
            f"the vocabulary has no drug or class {atom.drug!r}; the rule pack was not checked"
        )
    in_force: dict[DrugId, list[tuple[Medication, Standing]]] = {}
    strangers: list[Medication] = []
    for entry in chart.record.medications:
        found = standing(entry, chart)
        if found is Standing.NOT_TAKEN:
            continue
        if entry.drug is None or entry.drug not in chart.vocabulary.drugs:
            # One whose route or dose is not the one asked for is not it, whatever drug it is; but it may
            # add to the daily dose of another entry.
            details = of_entry(atom, entry, chart).values()
            if atom.daily_dose is not None or all_of(details) is not Truth.FALSE:
                strangers.append(entry)
        elif entry.drug in wanted and entry.drug not in atom.besides:
            in_force.setdefault(entry.drug, []).append((entry, found))
    return [_taking(atom, drug, in_force[drug], chart) for drug in sorted(in_force)], strangers


def _taking(
    atom: TakesDrug, drug: DrugId, entries: list[tuple[Medication, Standing]], chart: Chart
) -> _Taking:
    of_each = [(entry, found, of_entry(atom, entry, chart)) for entry, found in entries]
    truths = [all_of((found.truth, *details.values())) for _, found, details in of_each]
    by_entry = any_of(truths)
    a_day = daily_dose(
        atom,
        [entry for entry, found in entries if found is Standing.TAKEN],
        [entry for entry, found in entries if found is Standing.DOUBTFUL],
    )
    truth = all_of((by_entry, a_day))
    missing: list[MissingDatum] = []
    if truth is Truth.UNKNOWN:
        for (entry, found, details), open_entry in zip(of_each, truths, strict=True):
            waits = by_entry is Truth.UNKNOWN and open_entry is Truth.UNKNOWN
            if found is Standing.DOUBTFUL and (waits or a_day is Truth.UNKNOWN):
                missing.append(_still_taken(drug, chart))
            lacking = [detail for detail, known in details.items() if waits and known is Truth.UNKNOWN]
            if a_day is Truth.UNKNOWN and _adds_any(atom, entry):
                lacking.append(MedicationDetail.DAILY_DOSE)
            missing += [
                detail_missing(drug, detail, chart, unit_of(atom, detail), _why(detail, entry, chart))
                for detail in lacking
            ]
    speaking = [
        entry
        for (entry, found, _), of_it in zip(of_each, truths, strict=True)
        if truth is not Truth.TRUE
        or of_it is Truth.TRUE
        or (atom.daily_dose is not None and found is Standing.TAKEN)
    ]
    return _Taking(drug=drug, truth=truth, entries=tuple(speaking), missing=tuple(missing))


def _adds_any(atom: TakesDrug, entry: Medication) -> bool:
    """Tell whether an entry may add any amount to the daily dose."""
    return atom.daily_dose is not None and daily_dose(atom, [entry], []) is Truth.UNKNOWN


def _why(detail: MedicationDetail, entry: Medication, chart: Chart) -> str:
    value = {
        MedicationDetail.ROUTE: entry.route,
        MedicationDetail.SINGLE_DOSE: entry.single_dose,
        MedicationDetail.DAILY_DOSE: entry.daily_dose,
        MedicationDetail.FIRST_DAY: entry.start,
    }.get(detail)
    if value is None:
        return "not stated on the medication list"
    if detail is MedicationDetail.FIRST_DAY:
        return f"{value} lies in the future of {chart.today.isoformat()}"
    return f"stated as {value}, which cannot be compared"


def _still_taken(drug: DrugId, chart: Chart) -> MissingDatum:
    title = chart.vocabulary.drugs[drug].title
    return review_needed(ListKind.MEDICATIONS, f"it is not stated whether {title} is still taken")


def _sentences(
    atom: TakesDrug, chart: Chart, names: str, said: Mapping[DrugId, Mapping[str, str]]
) -> Sentences:
    drug_class = chart.vocabulary.classes.get(ClassId(atom.drug))
    title = drug_class.title if drug_class is not None else chart.vocabulary.drugs[DrugId(atom.drug)].title
    titles = listed((chart.vocabulary.drugs[drug].title for drug in sorted(atom.besides)), "or")
    besides = f" besides {titles}" if titles else ""
    asked = asked_for(atom)
    of_class = f" ({title})" if drug_class is not None else ""
    own = "; ".join(
        f"{chart.vocabulary.drugs[drug].title}: {', '.join(details.values())}"
        for drug, details in said.items()
        if details
    )
    holds = f"takes {names}{of_class}{f'{asked} ({own})' if own else asked}"
    if atom.count > 1:
        what = f"{atom.count} or more different drugs ({title}){besides}{asked}"
        return Sentences(
            holds=f"{holds}, {atom.count} or more different drugs",
            fails=f"does not take {what}",
            open=f"not known whether {what} are taken",
        )
    if drug_class is not None:
        return Sentences(
            holds=holds,
            fails=f"takes no {title}{besides}{asked}",
            open=f"not known whether {with_article(title)}{besides} is taken{asked}",
        )
    return Sentences(
        holds=holds,
        fails=f"does not take {title}{asked}",
        open=f"not known whether {title} is taken{asked}",
    )
