"""Atoms with one small mistake each: what an author could have written by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from engine.domain.atoms import (
    Atom,
    Direction,
    HasAllergy,
    HasCondition,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.patient import AllergyKind, AllergySeverity
from engine.domain.quantities import Interval, plain
from engine.domain.vocabulary import Vocabulary
from engine.knowledge.cells import step_of

Edit = tuple[Atom, str]
_DAY = Decimal(1)
_TRIMESTERS = (1, 2, 3)


def edits_of_atom(atom: Atom, vocabulary: Vocabulary) -> Iterator[Edit]:
    """Return an atom with each mistake, and what was done."""
    match atom:
        case QuantityWithin():
            step = step_of(vocabulary.quantities[atom.quantity])
            yield from _limits(atom.quantity, atom.interval, lambda each: replace(atom, interval=each), step)
        case TakesDrug():
            yield from _of_drug(atom)
        case StoppedDrug():
            what = f"the last day of {atom.drug}"
            yield from _limits(what, atom.ago, lambda each: replace(atom, ago=each), _DAY)
        case HasCondition():
            yield from _of_condition(atom)
        case PlansProcedure():
            yield from _windows(atom, atom.procedure)
        case HasAllergy():
            yield from _of_allergy(atom)
        case QuantityChange():
            yield from _of_change(atom, vocabulary)
        case QuantityRepeated():
            yield from _of_repeated(atom, vocabulary)
        case InTrimester():
            yield from _of_trimester(atom)
        case _:
            pass


def _of_drug(atom: TakesDrug) -> Iterator[Edit]:
    for other in (atom.count - 1, atom.count + 1):
        if atom.count > 1 and other >= 1:
            yield replace(atom, count=other), f"{atom.count} drugs of {atom.drug} became {other}"
    if atom.besides:
        yield replace(atom, besides=()), f"{', '.join(atom.besides)} came to count for {atom.drug}"
    if atom.routes:
        yield replace(atom, routes=()), f"the route of {atom.drug} dropped"
    for route in atom.routes if len(atom.routes) > 1 else ():
        kept = tuple(each for each in atom.routes if each is not route)
        yield replace(atom, routes=kept), f"the route {route} of {atom.drug} dropped"
    if atom.dose is not None:
        yield from _limits(f"the dose of {atom.drug}", atom.dose, lambda each: replace(atom, dose=each))
        if atom.daily_dose is None:
            swapped = replace(atom, dose=None, daily_dose=atom.dose)
            yield swapped, f"the dose of {atom.drug} became one of a day"
        yield replace(atom, dose=None), f"the dose of {atom.drug} dropped"
    if atom.daily_dose is not None:
        what = f"the daily dose of {atom.drug}"
        yield from _limits(what, atom.daily_dose, lambda each: replace(atom, daily_dose=each))
        yield replace(atom, daily_dose=None), f"{what} dropped"
    if atom.started is not None:
        what = f"the first day of {atom.drug}"
        yield from _limits(what, atom.started, lambda each: replace(atom, started=each), _DAY)
        yield replace(atom, started=None), f"{what} dropped"


def _of_condition(atom: HasCondition) -> Iterator[Edit]:
    times = {
        "now": replace(atom, ever=False, past=False),
        "ever": replace(atom, ever=True, past=False),
        "past": replace(atom, ever=False, past=True),
    }
    present = "past" if atom.past else "ever" if atom.ever else "now"
    for time, changed in times.items():
        if time != present and (atom.past or atom.ever or atom.began is not None):
            yield changed, f"{atom.condition}: {present} became {time}"
    if atom.began is not None:
        what = f"the onset of {atom.condition}"
        yield from _limits(what, atom.began, lambda each: replace(atom, began=each), _DAY)
        yield replace(atom, began=None), f"{what} dropped"


def _of_allergy(atom: HasAllergy) -> Iterator[Edit]:
    if atom.at_least is not None:
        grades, place = list(AllergySeverity), atom.at_least.rank
        for other in (place - 1, place + 1):
            if 0 <= other < len(grades):
                message = f"{atom.at_least} of {atom.allergen} became {grades[other]}"
                yield replace(atom, at_least=grades[other]), message
    if atom.kind is not None:
        is_allergy = atom.kind is AllergyKind.ALLERGY
        other_kind = AllergyKind.INTOLERANCE if is_allergy else AllergyKind.ALLERGY
        yield replace(atom, kind=other_kind), f"{atom.kind} to {atom.allergen} became {other_kind}"
        yield replace(atom, kind=None), f"{atom.kind} to {atom.allergen} became either kind"
    if atom.reactions:
        yield replace(atom, reactions=()), f"the reaction to {atom.allergen} dropped"
    for kind in atom.reactions if len(atom.reactions) > 1 else ():
        kept = tuple(each for each in atom.reactions if each is not kind)
        yield replace(atom, reactions=kept), f"{kind} of {atom.allergen} dropped"


def _of_change(atom: QuantityChange, vocabulary: Vocabulary) -> Iterator[Edit]:
    step = _DAY if atom.relative else step_of(vocabulary.quantities[atom.quantity])
    what = f"the change of {atom.quantity}"
    yield from _limits(what, atom.by, lambda each: replace(atom, by=each), step)
    other = Direction.FALLS if atom.direction is Direction.RISES else Direction.RISES
    yield replace(atom, direction=other), f"{atom.quantity} {atom.direction} became {other}"
    yield from _windows(atom, atom.quantity)


def _of_repeated(atom: QuantityRepeated, vocabulary: Vocabulary) -> Iterator[Edit]:
    step = step_of(vocabulary.quantities[atom.quantity])
    yield from _limits(atom.quantity, atom.interval, lambda each: replace(atom, interval=each), step)
    for other in (atom.times - 1, atom.times + 1):
        if other >= 1:
            yield replace(atom, times=other), f"{atom.times} times {atom.quantity} became {other}"
    if atom.apart_days:
        yield replace(atom, apart_days=0), f"{atom.apart_days} days between values of {atom.quantity} dropped"
    yield from _windows(atom, atom.quantity)


def _windows(atom: PlansProcedure | QuantityChange | QuantityRepeated, what: str) -> Iterator[Edit]:
    for other in (atom.within_days // 2, atom.within_days * 2):
        if other != atom.within_days and other >= 1:
            message = f"the window {atom.within_days} days of {what} became {other}"
            yield replace(atom, within_days=other), message


def _of_trimester(atom: InTrimester) -> Iterator[Edit]:
    for number in _TRIMESTERS:
        others = {*atom.trimesters} ^ {number}
        if 0 < len(others) < len(_TRIMESTERS):
            done = "dropped" if number in atom.trimesters else "added"
            yield InTrimester(trimesters=tuple(sorted(others))), f"trimester {number} {done}"
    if len(atom.trimesters) == 1:
        for number in _TRIMESTERS:
            if number not in atom.trimesters:
                message = f"trimester {atom.trimesters[0]} became {number}"
                yield InTrimester(trimesters=(number,)), message


def _limits(
    what: str, interval: Interval, put: Callable[[Interval], Atom], step: Decimal | None = None
) -> Iterator[Edit]:
    if interval.low is not None:
        for moved in _moved(interval.low, step):
            if interval.high is None or moved <= interval.high:
                yield from _with(put, replace(interval, low=moved), _became(what, interval.low, moved))
        flipped = replace(interval, low_closed=not interval.low_closed)
        yield from _with(put, flipped, _flipped(what, interval.low, closed=interval.low_closed))
    if interval.high is not None:
        for moved in _moved(interval.high, step):
            if interval.low is None or moved >= interval.low:
                yield from _with(put, replace(interval, high=moved), _became(what, interval.high, moved))
        flipped = replace(interval, high_closed=not interval.high_closed)
        yield from _with(put, flipped, _flipped(what, interval.high, closed=interval.high_closed))


def _moved(end: Decimal, step: Decimal | None) -> tuple[Decimal, ...]:
    tenth = abs(end) / 10
    return (end - tenth, end + tenth) if step is None else (end - step, end + step, end - tenth, end + tenth)


def _became(what: str, end: Decimal, moved: Decimal) -> str:
    return f"the limit {plain(end)} of {what} became {plain(moved)}"


def _flipped(what: str, end: Decimal, *, closed: bool) -> str:
    now, then = ("closed", "open") if closed else ("open", "closed")
    return f"the limit {plain(end)} of {what} became {then} where it was {now}"


def _with(put: Callable[[Interval], Atom], interval: Interval, message: str) -> Iterator[Edit]:
    """Return the atom over another interval, unless that holds nothing."""
    one_value = interval.low is not None and interval.low == interval.high
    if not one_value or (interval.low_closed and interval.high_closed):
        yield put(interval), message
