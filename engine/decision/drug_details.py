"""What a missing detail of a drug may turn out to be: one statement for each answer rules can tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from engine.domain.atoms import Atom, StoppedDrug, TakesDrug
from engine.domain.details import MedicationDetail, detail_subject
from engine.domain.ids import DrugId
from engine.domain.patient import Route, Statement, StatementKind
from engine.domain.quantities import Interval, Quantity, plain
from engine.terminology.doses import dose_in
from engine.terminology.spelling import read_aloud


def detail_statements(
    drug: DrugId, detail: MedicationDetail, heard: Sequence[Atom], today: date
) -> Iterator[tuple[str, Statement]]:
    """Yield each answer with the words for it."""
    match detail:
        case MedicationDetail.ROUTE:
            for route in _routes(heard):
                yield route.value, _statement(drug, detail, route.value)
        case MedicationDetail.SINGLE_DOSE:
            yield from _doses(drug, detail, [atom.dose for atom in heard if isinstance(atom, TakesDrug)])
        case MedicationDetail.DAILY_DOSE:
            asked = [atom.daily_dose for atom in heard if isinstance(atom, TakesDrug)]
            yield from _doses(drug, detail, asked)
        case MedicationDetail.FIRST_DAY:
            asked = [atom.started for atom in heard if isinstance(atom, TakesDrug)]
            yield from _days(drug, detail, asked, today)
        case MedicationDetail.LAST_DAY:
            asked = [atom.ago for atom in heard if isinstance(atom, StoppedDrug)]
            yield from _days(drug, detail, asked, today)


def _statement(drug: DrugId, detail: MedicationDetail, value: str) -> Statement:
    return Statement(kind=StatementKind.MEDICATION_DETAIL, subject=detail_subject(drug, detail), value=value)


def _routes(heard: Iterable[Atom]) -> tuple[Route, ...]:
    """Return one route of each group that no atom tells apart."""
    asked = [frozenset(atom.routes) for atom in heard if isinstance(atom, TakesDrug) and atom.routes]
    first: dict[tuple[bool, ...], Route] = {}
    for route in Route:
        first.setdefault(tuple(route in routes for routes in asked), route)
    return tuple(first.values())


def _doses(
    drug: DrugId, detail: MedicationDetail, asked: Iterable[Interval | None]
) -> Iterator[tuple[str, Statement]]:
    intervals = [interval for interval in asked if interval is not None]
    if not intervals:
        return
    unit = intervals[0].unit
    limits = sorted(
        {
            value
            for interval in intervals
            for end in (interval.low, interval.high)
            if end is not None
            and (value := dose_in(Quantity(value=end, unit=interval.unit), unit)) is not None
        }
    )

    def sides(value: Decimal) -> tuple[bool | None, ...]:
        return tuple(_holds(interval, Quantity(value=value, unit=unit)) for interval in intervals)

    for value in _apart([value for value in _around(limits) if value > 0], sides):
        said = f"{plain(value)} {unit}"
        yield f"{plain(value)} {read_aloud(unit)}", _statement(drug, detail, said)


def _days(
    drug: DrugId, detail: MedicationDetail, asked: Iterable[Interval | None], today: date
) -> Iterator[tuple[str, Statement]]:
    intervals = [interval for interval in asked if interval is not None]
    limits = sorted({int(end) for one in intervals for end in (one.low, one.high) if end is not None})
    near = sorted({max(0, limit + step) for limit in limits for step in (-1, 0, 1)} | {0})

    def sides(value: Decimal) -> tuple[bool | None, ...]:
        return tuple(_holds(one, Quantity(value=value, unit=one.unit)) for one in intervals)

    for value in _apart([Decimal(day) for day in near], sides):
        day = today - timedelta(days=int(value))
        yield f"{day.isoformat()}, {int(value)} days ago", _statement(drug, detail, day.isoformat())


def _around(limits: Sequence[Decimal]) -> list[Decimal]:
    """Return the limits, a value between each two, and one beyond either end."""
    if not limits:
        return []
    between = [(low + high) / 2 for low, high in pairwise(limits)]
    return sorted({limits[0] / 2, *limits, *between, limits[-1] * 2})


def _apart(
    values: Sequence[Decimal], sides: Callable[[Decimal], tuple[bool | None, ...]]
) -> Iterator[Decimal]:
    """Yield one value of each run that no interval tells apart."""
    last: tuple[bool | None, ...] | None = None
    for value in values:
        side = sides(value)
        if side != last:
            yield value
        last = side


def _holds(interval: Interval, value: Quantity) -> bool | None:
    exact = value.value if value.unit == interval.unit else dose_in(value, interval.unit)
    return None if exact is None else interval.contains(Quantity(value=exact, unit=interval.unit))
