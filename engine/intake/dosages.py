"""FHIR dosages: route, single and daily dose, exact or not at all.

An amount is kept only where it is one amount of the drug itself. Ranges, tablets, puffs and millilitres,
rates of infusion, doses as needed without a daily limit, and rhythms that are not the same every day are left
as written: unknown to the rules, and listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from engine.domain.patient import Route
from engine.domain.quantities import Quantity
from engine.intake.coding import codings, label
from engine.intake.cursor import Cursor
from engine.intake.routes import route_named, route_of
from engine.terminology.doses import dose_in, is_dose_unit
from engine.terminology.spelling import ucum

_EXACT = Context(prec=60)
_NOT_UNDERSTOOD = "its rhythm is not understood."

#: Units of time of FHIR -> hours. Months and years have no fixed number of hours.
_HOURS: Mapping[str, Decimal] = {
    "s": Decimal(1) / 3600,
    "min": Decimal(1) / 60,
    "h": Decimal(1),
    "d": Decimal(24),
    "wk": Decimal(168),
}

#: Codes of the HL7 table of general timing -> administrations in 24 hours.
_TIMES_A_DAY: Mapping[str, int] = {
    "QD": 1,
    "BID": 2,
    "TID": 3,
    "QID": 4,
    "AM": 1,
    "PM": 1,
    "BED": 1,
    "Q1H": 24,
    "Q2H": 12,
    "Q3H": 8,
    "Q4H": 6,
    "Q6H": 4,
    "Q8H": 3,
}


#: Words for how often a day, each the same every day.
_OFTEN: Mapping[str, int] = {
    "once daily": 1,
    "once a day": 1,
    "daily": 1,
    "every day": 1,
    "in the morning": 1,
    "in the evening": 1,
    "at night": 1,
    "at bedtime": 1,
    "twice daily": 2,
    "twice a day": 2,
    "in the morning and in the evening": 2,
    "three times daily": 3,
    "three times a day": 3,
    "four times daily": 4,
    "four times a day": 4,
}
_WORDS = re.compile(
    r"(?P<value>\d{1,6}(?:\.\d{1,4})?) ?(?P<unit>[a-zµμ\[\]]{1,13})"
    r"(?: (?P<route>orally|by mouth|po|iv|im|sc|sublingually|subcutaneously|intravenously|intramuscularly))?"
    rf" (?:(?P<often>{'|'.join(map(re.escape, sorted(_OFTEN, key=len, reverse=True)))})"
    r"|every (?P<every>4|6|8|12|24) hours)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosage:
    """What the dosages of one entry come to."""

    route: Route | None = None
    single_dose: Quantity | None = None
    daily_dose: Quantity | None = None
    unread: tuple[tuple[str, str], ...] = ()
    """What is stated and not understood, and why."""


def dosage_of(instructions: Sequence[Cursor]) -> Dosage:
    """Return what all dosage instructions of an entry say together.

    Several instructions are given side by side (20 mg in the morning and 10 mg at night): they have one
    route and one single dose only where they agree, and one daily dose only where each has one.
    """
    read = [_read(instruction) for instruction in instructions]
    unread = tuple(dict.fromkeys(item for one in read for item in one.unread))
    if not read:
        return Dosage()
    routes = {one.route for one in read}
    singles = {one.single_dose for one in read}
    sequence = {place for one in instructions if (place := one.number("sequence")) is not None}
    daily = _total([one.daily_dose for one in read])
    if len(sequence) > 1:
        # One after the other: a course that changes has no one dose a day.
        daily = None
        unread = (*unread, ("daily dose", "its dosages follow each other."))
    return Dosage(
        route=routes.pop() if len(routes) == 1 else None,
        single_dose=singles.pop() if len(singles) == 1 else None,
        daily_dose=daily,
        unread=unread,
    )


def dosage_in_words(text: str) -> Dosage:
    """Return the doses of a text that is understood to its last word; nothing of any other.

    >>> dosage_in_words("500 mg twice daily").daily_dose
    Quantity(value=Decimal('1000'), unit='mg')
    """
    found = _WORDS.fullmatch(" ".join(text.lower().split()).rstrip("."))
    if found is None or not is_dose_unit(found["unit"]):
        return Dosage()
    dose = Quantity(value=Decimal(found["value"]), unit=ucum(found["unit"]))
    route = route_named(found["route"]) if found["route"] else None
    if dose.value <= 0 or (found["route"] and route is None):
        return Dosage()
    every = found["every"]
    times = _EXACT.divide(Decimal(24), Decimal(every)) if every else Decimal(_OFTEN[found["often"]])
    daily = Quantity(value=_EXACT.multiply(dose.value, times), unit=dose.unit)
    return Dosage(route=route, single_dose=dose, daily_dose=daily)


def _read(instruction: Cursor) -> Dosage:
    unread: list[tuple[str, str]] = []
    place = instruction.get("route")
    route = route_of(place)
    if place.present and route is None:
        unread.append((f"route {label(place)}".strip(), "it is no route that rules speak of."))
    dose = _single(instruction, unread)
    return Dosage(
        route=route,
        single_dose=dose,
        daily_dose=_daily(instruction, dose, unread),
        unread=tuple(unread),
    )


def _single(instruction: Cursor, unread: list[tuple[str, str]]) -> Quantity | None:
    rates = instruction.each("doseAndRate")
    doses: set[Quantity] = set()
    for rate in rates:
        if _is_calculated(rate):
            # What a weight gave once is no amount that was ordered.
            continue
        if rate.get("doseRange").present:
            unread.append(("dose", "it is a range."))
            return None
        if any(rate.get(name).present for name in ("rateRatio", "rateRange", "rateQuantity")):
            unread.append(("dose", "it is a rate of infusion."))
            return None
        amount = rate.get("doseQuantity")
        if amount.present:
            dose = _amount(amount)
            if dose is None:
                unit = amount.text("unit") or amount.text("code") or "without a unit"
                unread.append((f"dose in {unit}", "it is no amount of the drug itself."))
                return None
            doses.add(dose)
    if len(doses) > 1:
        unread.append(("dose", "several amounts are stated."))
    return doses.pop() if len(doses) == 1 else None


def _is_calculated(rate: Cursor) -> bool:
    kinds = {coding.code for coding in codings(rate.get("type"))}
    return kinds == {"calculated"}


def _amount(quantity: Cursor) -> Quantity | None:
    value = quantity.number("value")
    coded = quantity.text("code") if "unitsofmeasure" in quantity.text("system") else ""
    unit = coded or quantity.text("unit") or quantity.text("code")
    comparator = quantity.text("comparator")
    if value is None or comparator or value <= 0 or not is_dose_unit(unit):
        return None
    return Quantity(value=value, unit=ucum(unit))


def _daily(instruction: Cursor, dose: Quantity | None, unread: list[tuple[str, str]]) -> Quantity | None:
    as_needed = instruction.truth("asNeededBoolean") or instruction.get("asNeededCodeableConcept").present
    if as_needed:
        limit = _limit(instruction)
        if limit is None:
            unread.append(("daily dose", "it is taken as needed, without a limit for the day."))
        return limit
    if dose is None:
        return None
    times, why = _times_a_day(instruction.get("timing"))
    if times is None:
        if why:
            unread.append(("daily dose", why))
        return None
    return Quantity(value=_EXACT.multiply(dose.value, times), unit=dose.unit)


def _limit(instruction: Cursor) -> Quantity | None:
    """Return the most that may be taken in a day, where a limit of one day is stated."""
    limits = instruction.each("maxDosePerPeriod")
    if len(limits) != 1:
        return None
    denominator = limits[0].get("denominator")
    value = denominator.number("value")
    unit = ucum(denominator.text("code") or denominator.text("unit"))
    hours = _HOURS.get(unit)
    if value is None or hours is None or value * hours != 24:
        return None
    return _amount(limits[0].get("numerator"))


def _times_a_day(timing: Cursor) -> tuple[Decimal | None, str]:
    """Return how often a day something is taken, the same every day, or why that cannot be said."""
    repeat = timing.get("repeat")
    if not repeat.present:
        coded = {coding.code.upper() for coding in codings(timing.get("code"))} & set(_TIMES_A_DAY)
        if len(coded) == 1:
            return Decimal(_TIMES_A_DAY[coded.pop()]), ""
        return None, _NOT_UNDERSTOOD if timing.present else ""
    if repeat.get("dayOfWeek").present:
        return None, "it is taken on some days of the week only."
    if any(repeat.get(name).present for name in ("frequencyMax", "periodMax", "count", "countMax")):
        return None, "it is not taken equally often every day."
    return _repeated(repeat)


def _repeated(repeat: Cursor) -> tuple[Decimal | None, str]:
    moments = len(repeat.each("timeOfDay")) or len(repeat.each("when"))
    frequency = repeat.number("frequency")
    period = repeat.number("period")
    if frequency is None and period is None and moments:
        return Decimal(moments), ""
    hours = _HOURS.get(repeat.text("periodUnit"))
    if period is None or hours is None or period <= 0:
        return None, _NOT_UNDERSTOOD
    often = frequency if frequency is not None else Decimal(max(moments, 1))
    if moments > 1 and often not in (1, moments):
        return None, "its rhythm contradicts its times of day."
    return _rhythm(max(often, Decimal(moments)), period * hours)


def _rhythm(often: Decimal, hours: Decimal) -> tuple[Decimal | None, str]:
    if often <= 0:
        return None, _NOT_UNDERSTOOD
    if hours > 24:
        return None, "it is not taken every day."
    return _EXACT.divide(often * 24, hours), ""


def _total(doses: Sequence[Quantity | None]) -> Quantity | None:
    known = [dose for dose in doses if dose is not None]
    if not known or len(known) < len(doses):
        return None
    unit = known[0].unit
    amounts = [dose_in(dose, unit) for dose in known]
    if any(amount is None for amount in amounts):
        return None
    return Quantity(value=sum((amount for amount in amounts if amount is not None), Decimal(0)), unit=unit)
