"""What the medication list states of route, doses and days, against what an atom asks for.

A detail that is not stated is unknown, never false: an entry without a route may be of any route.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from engine.domain.atoms import TakesDrug
from engine.domain.details import MedicationDetail, detail_subject
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import DrugId
from engine.domain.patient import Medication
from engine.domain.quantities import Interval, Quantity
from engine.domain.truth import Truth
from engine.facts.chart import Chart
from engine.facts.wording import limits, listed
from engine.terminology.doses import dose_in
from engine.terminology.spelling import read_aloud


def of_entry(atom: TakesDrug, entry: Medication, chart: Chart) -> Mapping[MedicationDetail, Truth]:
    """Return the truth of each detail that an atom asks of one entry; the daily dose is one of the drug."""
    asked: dict[MedicationDetail, Truth] = {}
    if atom.routes:
        asked[MedicationDetail.ROUTE] = _truth(None if entry.route is None else entry.route in atom.routes)
    if atom.dose is not None:
        asked[MedicationDetail.SINGLE_DOSE] = _truth(_within(entry.single_dose, atom.dose))
    if atom.started is not None:
        asked[MedicationDetail.FIRST_DAY] = _truth(_started(entry, atom.started, chart))
    return asked


def daily_dose(atom: TakesDrug, taken: Iterable[Medication], doubtful: Iterable[Medication]) -> Truth:
    """Decide the daily dose of one drug from all of its entries together.

    What is stated is the least that is taken. An entry without a dose may add any amount, and one that
    may no longer be taken adds its dose or nothing. Where the whole span lies on one side, it is decided.
    """
    interval = atom.daily_dose
    if interval is None:
        return Truth.TRUE
    least = most = Decimal(0)
    bounded = True
    for entry, certain in [*((one, True) for one in taken), *((one, False) for one in doubtful)]:
        dose = None if entry.daily_dose is None else dose_in(entry.daily_dose, interval.unit)
        if dose is None:
            bounded = False
            continue
        most += dose
        least += dose if certain else 0
    return between(interval, least, most if bounded else None)


def between(interval: Interval, least: Decimal, most: Decimal | None) -> Truth:
    """Decide whether a value lies in an interval from the span it lies in; no upper end: it may be any."""
    if interval.low is not None and most is not None and _below(most, interval.low, interval.low_closed):
        return Truth.FALSE
    if interval.high is not None and _below(-least, -interval.high, interval.high_closed):
        return Truth.FALSE
    highest_inside = interval.high is None if most is None else _contains(interval, most)
    return Truth.TRUE if _contains(interval, least) and highest_inside else Truth.UNKNOWN


def stated(atom: TakesDrug, entries: Iterable[Medication], chart: Chart) -> Mapping[str, str]:
    """Return what the entries of one drug state of the details asked for, in words, by a placeholder each."""
    if not (atom.routes or atom.dose or atom.daily_dose or atom.started):
        return {}
    several = sorted(entries, key=repr)
    said: dict[str, str] = {}
    if atom.routes:
        said["route"] = listed(dict.fromkeys(one.route.value for one in several if one.route is not None))
    if atom.dose is not None:
        doses = dict.fromkeys(amount(one.single_dose) for one in several if one.single_dose is not None)
        said["single_dose"] = listed(doses)
    if atom.daily_dose is not None:
        doses_a_day = [one.daily_dose for one in several if one.daily_dose is not None]
        parts = [dose_in(dose, atom.daily_dose.unit) for dose in doses_a_day]
        total = sum((part for part in parts if part is not None), Decimal(0))
        alone = doses_a_day[0] if len(several) == len(doses_a_day) == 1 else None
        said["daily_dose"] = amount(alone or Quantity(value=total, unit=atom.daily_dose.unit))
    if atom.started is not None:
        days = [chart.days_since(one.start) for one in several if one.start is not None]
        said["days"] = listed(f"{day} days" for day in sorted(set(days)))
    return {name: words for name, words in said.items() if words}


def asked_for(atom: TakesDrug) -> str:
    """Return the details that an atom asks for, in words behind the name of a drug; empty where bare."""
    words = (
        f" by {listed((route.value for route in sorted(atom.routes)), 'or')} route" if atom.routes else "",
        f" with a single dose {limits(atom.dose)}" if atom.dose is not None else "",
        f" with a daily dose {limits(atom.daily_dose)}" if atom.daily_dose is not None else "",
        f" for {in_days(atom.started)}" if atom.started is not None else "",
    )
    return "".join(words)


def in_days(interval: Interval) -> str:
    """Write an interval of days in words: ``at most 14 days``."""
    return str(replace(interval, unit="days"))


def amount(dose: Quantity | None) -> str:
    """Write an amount of drug as people do; empty for none."""
    return "" if dose is None else str(replace(dose, unit=read_aloud(dose.unit) or "1"))


def detail_missing(
    drug: DrugId, detail: MedicationDetail, chart: Chart, unit: str = "", reason: str = "not stated"
) -> MissingDatum:
    """Return the request for one detail of a drug on the list."""
    return MissingDatum(
        kind=MissingKind.MEDICATION_DETAIL,
        subject=detail_subject(drug, detail),
        title=f"{detail.value} of {chart.vocabulary.drugs[drug].title}",
        reason=reason,
        unit=unit,
    )


def unit_of(atom: TakesDrug, detail: MedicationDetail) -> str:
    """Return the unit in which an atom asks for a dose; empty for other details."""
    interval = {MedicationDetail.SINGLE_DOSE: atom.dose, MedicationDetail.DAILY_DOSE: atom.daily_dose}.get(
        detail
    )
    return "" if interval is None else interval.unit


def _within(dose: Quantity | None, interval: Interval) -> bool | None:
    value = None if dose is None else dose_in(dose, interval.unit)
    return None if value is None else _contains(interval, value)


def _started(entry: Medication, interval: Interval, chart: Chart) -> bool | None:
    if entry.start is None or entry.start > chart.last_day:
        return None
    return _contains(interval, Decimal(chart.days_since(entry.start)))


def _contains(interval: Interval, value: Decimal) -> bool:
    return interval.contains(Quantity(value=value, unit=interval.unit))


def _below(value: Decimal, limit: Decimal, closed: bool) -> bool:  # noqa: FBT001 - an end and its kind
    return value < limit or (value == limit and not closed)


def _truth(holds: bool | None) -> Truth:  # noqa: FBT001 - None is a third value here
    return Truth.UNKNOWN if holds is None else Truth.TRUE if holds else Truth.FALSE
