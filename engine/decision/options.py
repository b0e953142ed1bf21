"""The options that are assessed for one patient: those of the rule pack, or the drugs of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from engine.domain.ids import DrugId
from engine.domain.pack import RulePack
from engine.domain.patient import Medication, MedicationStatus, PatientRecord
from engine.domain.provenance import Checked
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import Indication, NotOffered, OptionsFrom, TherapyOption
from engine.domain.vocabulary import Vocabulary


def marketed(indication: Indication, jurisdiction: Jurisdiction) -> Indication:
    """Return an indication without the options that are not marketed under a label."""
    foreign = indication.marketed_elsewhere(jurisdiction)
    if not foreign:
        return indication
    return replace(
        indication, options=tuple(each for each in indication.options if each.option_id not in foreign)
    )


def not_offered(indication: Indication, jurisdiction: Jurisdiction, pack: RulePack) -> tuple[NotOffered, ...]:
    """Return the options that an indication lists and that are not marketed under a label, in its order.

    Where options come from the record there are none: what a patient takes is taken, marketed or not.
    """
    if indication.options_from is not OptionsFrom.LISTED:
        return ()
    foreign = indication.marketed_elsewhere(jurisdiction)
    return tuple(
        NotOffered(
            option_id=option.option_id,
            title=option.title,
            only=foreign[option.option_id].only,
            sources=foreign[option.option_id].sources,
            sources_seen=all(
                pack.citations[source.citation].checked is Checked.SEEN
                for source in foreign[option.option_id].sources
            ),
        )
        for option in indication.options
        if option.option_id in foreign
    )


def for_patient(
    indication: Indication, record: PatientRecord, day: date, jurisdiction: Jurisdiction
) -> Indication:
    """Return an indication with the options that there are for a patient on a day under a label.

    Those that it lists are the ones marketed there. Where they come from the record there is one for each
    drug that is taken, planned, or may be taken: what is known to be stopped is left out, what is doubtful is
    not. Its dose is the one in the record.
    """
    if indication.options_from is OptionsFrom.LISTED:
        return marketed(indication, jurisdiction)
    entries: dict[DrugId, list[Medication]] = {}
    for entry in _in_question(record, day):
        if entry.drug is not None:
            entries.setdefault(entry.drug, []).append(entry)
    options = tuple(
        _as_taken(option, entries[option.drug]) for option in indication.options if option.drug in entries
    )
    return replace(indication, options=options)


def not_covered(
    indication: Indication, record: PatientRecord, day: date, words: Vocabulary
) -> tuple[str, ...]:
    """Return the drugs of the record that are none of the options: nothing was checked for them.

    Args:
        indication: as ``for_patient`` returned it.
        record: of the patient.
        day: today.
        words: for the titles of drugs.
    """
    if indication.options_from is OptionsFrom.LISTED:
        return ()
    covered = {option.drug for option in indication.options}
    left = [entry for entry in _in_question(record, day) if entry.drug not in covered]
    titles = (
        words.drugs[entry.drug].title if entry.drug is not None and entry.drug in words.drugs else entry.text
        for entry in left
    )
    return tuple(sorted(set(titles)))


def _in_question(record: PatientRecord, day: date) -> Iterator[Medication]:
    for entry in record.medications:
        over = entry.stop is not None and entry.stop < day and entry.status is not MedicationStatus.ACTIVE
        if entry.status is not MedicationStatus.STOPPED and not over:
            yield entry


def _as_taken(option: TherapyOption, entries: list[Medication]) -> TherapyOption:
    several = sorted(entries, key=repr)
    doses = dict.fromkeys(entry.dose for entry in several if entry.dose)
    routes = dict.fromkeys(entry.route for entry in several)
    only = several[0] if len(several) == 1 else None
    return replace(
        option,
        dose="; ".join(doses),
        route=", ".join(route.value for route in routes if route is not None),
        administered=next(iter(routes)) if len(routes) == 1 else None,
        single_dose=only.single_dose if only is not None else None,
        daily_dose=only.daily_dose if only is not None else None,
        burden=", ".join(dict.fromkeys(_standing(entry) for entry in several)),
    )


def _standing(entry: Medication) -> str:
    since = f" since {entry.start.isoformat()}" if entry.start is not None else ""
    match entry.status:
        case MedicationStatus.PLANNED:
            return "planned"
        case MedicationStatus.UNKNOWN:
            return "not stated whether it is still taken"
        case _:
            return f"taken{since}"
