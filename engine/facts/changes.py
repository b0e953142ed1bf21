"""Whether a quantity rose or fell by so much, and whether it was so repeatedly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal

from engine.domain.atoms import Direction, QuantityChange, QuantityRepeated
from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import ParameterId
from engine.domain.quantities import Interval, Quantity, plain
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.chart import Chart
from engine.facts.courses import Course, Point
from engine.facts.details import between
from engine.facts.outcomes import Absent, Found, Outcome
from engine.facts.within import in_canonical
from engine.facts.wording import limits, listed, merged, missing_nodes, on_day, shown
from engine.terminology.spelling import read_aloud

_WIDE = Context(prec=60)


def quantity_change(
    atom: QuantityChange, quantity: MeasuredQuantity, newest: Outcome, course: Course
) -> Fact:
    """Decide by how much the newest value lies above the lowest, or below the highest, earlier one.

    The window ends with the newest value, which must be one that holds today. A value of the window that
    cannot be used may have been lower or higher than all others: it can only make the change larger, and
    leaves the atom unknown where that would matter. With one value alone nothing is known of its course.
    """
    what = f"{quantity.title} {atom.direction.value} by {limits(atom.by)} within {atom.within_days} days"
    if isinstance(newest, Absent):
        return _open(atom, what, newest.missing, newest.nodes)
    if course.missing:
        return _open(atom, what, course.missing, course.nodes)
    day, value = newest.settled_on, newest.reading.value.value
    first = day - timedelta(days=atom.within_days)
    earlier = [point for point in course.points if point.usable and _between(point.at, first, day)]
    hidden = [
        point
        for point in course.points
        if not point.usable and (point.at is None or _between(point.at, first, day))
    ]
    bases = [point for point in earlier if point.value is not None and (not atom.relative or point.value > 0)]
    if not bases:
        reason = f"one usable value within {atom.within_days} days, two are needed for its course"
        return _open(atom, what, _missing(quantity, [reason, *_flaws(hidden)]), _nodes(hidden))
    rises = atom.direction is Direction.RISES
    base = (min if rises else max)(bases, key=lambda point: (point.value or Decimal(0), point.order))
    change = _change(atom, base.value or Decimal(0), value)
    by = atom.by if atom.relative else in_canonical(atom.by, quantity)
    truth = between(by, change, None if hidden else change)
    if truth is Truth.UNKNOWN:
        return _open(atom, what, _missing(quantity, _flaws(hidden)), _nodes(hidden))
    return _changed(atom, quantity, truth, newest, base)


def _changed(
    atom: QuantityChange, quantity: MeasuredQuantity, truth: Truth, newest: Found, base: Point
) -> Fact:
    value, before = newest.reading.value.value, base.value or Decimal(0)
    change = _change(atom, before, value)
    size = _size(atom, quantity, abs(change))
    rises = atom.direction is Direction.RISES
    moved = "did not change" if not change else f"{'rose' if rises == (change > 0) else 'fell'} by {size}"
    sought = f"{limits(atom.by)} within {atom.within_days} days"
    if change > 0:
        verdict = sought if truth is Truth.TRUE else f"not {sought}"
    else:
        kind = "rise" if rises else "fall"
        verdict = f"a {kind} by {sought}" if truth is Truth.TRUE else f"no {kind} by {sought}"
    span = f"from {shown(quantity, before)} {on_day(base.at)} to {shown(quantity, value)}"
    return Fact(
        symbol=atom.symbol,
        truth=truth,
        statement=f"{quantity.title} {moved}, {span} {on_day(newest.settled_on)}, {verdict}",
        evidence=(newest.node, base.node),
        bindings=(
            (str(atom.quantity), shown(quantity, value)),
            ("change", size),
            *_limit(atom.parameters, atom.by),
        ),
    )


def quantity_repeated(
    atom: QuantityRepeated, quantity: MeasuredQuantity, course: Course, chart: Chart
) -> Fact:
    """Decide whether so many values of a window lie in an interval, far enough apart where that is asked.

    Values are counted from the earliest, each at least so many days after the last one counted. No other
    choice counts more: of two values that could come next, the earlier leaves at least as many behind it.

    False is what was measured: it takes as many usable values as are asked for, of which too few lie in
    the interval. With fewer values nobody looked often enough, and the atom is unknown. So it is where a
    value that cannot be used could be the one that is missing. Two equal values of one day may be one
    result reported twice: they make neither true nor false alone.
    """
    interval = in_canonical(atom.interval, quantity)
    apart = f", each {atom.apart_days} days after the last" if atom.apart_days else ""
    times = f"{atom.times} times within {atom.within_days} days{apart}"
    what = f"{quantity.title} {limits(atom.interval)} {times}"
    if course.missing:
        return _open(atom, what, course.missing, course.nodes)
    points = [
        point
        for point in course.points
        if point.at is None or (point.at <= chart.last_day and chart.days_since(point.at) <= atom.within_days)
    ]
    usable = [point for point in points if point.usable]
    inside = [point for point in usable if point.value is not None and _inside(interval, point.value)]
    hidden = [
        point
        for point in points
        if not point.usable and (point.value is None or _inside(interval, point.value))
    ]
    certain = _counted(_each_once(inside), atom.apart_days)
    possible = _counted([*inside, *(point for point in hidden if point.at)], atom.apart_days)
    possible_many = len(possible) + sum(point.at is None for point in hidden)
    looked = len(_counted(_each_once(usable), atom.apart_days))
    if len(certain) >= atom.times:
        said = listed(f"{shown(quantity, one.value or Decimal(0))} {on_day(one.at)}" for one in certain)
        return Fact(
            symbol=atom.symbol,
            truth=Truth.TRUE,
            statement=f"{what} ({said})",
            evidence=_nodes(certain),
            bindings=(
                (str(atom.quantity), said),
                ("times", str(len(certain))),
                *_limit(atom.parameters, atom.interval),
            ),
        )
    if possible_many < atom.times and looked >= atom.times:
        return Fact(
            symbol=atom.symbol,
            truth=Truth.FALSE,
            statement=f"{quantity.title} not {limits(atom.interval)} {times}: "
            f"{len(certain)} of {len(usable)} values",
            evidence=_nodes(usable),
            bindings=((str(atom.quantity), f"{len(certain)} of {len(usable)} values"),),
        )
    reasons = _flaws(hidden)
    if looked < atom.times:
        few = "never measured" if not looked else f"{looked} usable value{'s' if looked > 1 else ''}"
        reasons.insert(0, f"{few} within {atom.within_days} days{apart}, {atom.times} are needed")
    elif not reasons:
        reasons.append("two equal values of one day may be one result, so that one more is needed")
    return _open(atom, what, _missing(quantity, reasons), _nodes([*usable, *hidden]))


def _counted(points: Iterable[Point], apart_days: int) -> list[Point]:
    """Return as many points as can be counted, the earliest first."""
    counted: list[Point] = []
    last: date | None = None
    for point in sorted(points, key=lambda one: one.order):
        if point.at is None:
            continue
        if last is None or (point.at - last).days >= apart_days:
            counted.append(point)
            last = point.at
    return counted


def _each_once(points: Iterable[Point]) -> list[Point]:
    """Return the points without equal values of one day: they may be one result."""
    kept: dict[tuple[date | None, Decimal | None], Point] = {}
    for point in sorted(points, key=lambda one: one.order):
        kept.setdefault((point.at, point.value), point)
    return list(kept.values())


def _change(atom: QuantityChange, base: Decimal, value: Decimal) -> Decimal:
    change = value - base if atom.direction is Direction.RISES else base - value
    return _WIDE.divide(change * 100, base) if atom.relative else change


def _size(atom: QuantityChange, quantity: MeasuredQuantity, change: Decimal) -> str:
    if not atom.relative:
        return shown(quantity, change)
    rounded = change.quantize(Decimal("0.1"))
    return f"{plain(rounded)} %"


def _between(day: date | None, first: date, end: date) -> bool:
    return day is not None and first <= day < end


def _inside(interval: Interval, value: Decimal) -> bool:
    return interval.contains(Quantity(value=value, unit=interval.unit))


def _limit(parameters: Sequence[ParameterId], interval: Interval) -> tuple[tuple[str, str], ...]:
    ends = [end for end in (interval.low, interval.high) if end is not None]
    if len(parameters) != 1 or len(ends) != 1:
        return ()
    return ((str(parameters[0]), f"{plain(ends[0])} {read_aloud(interval.unit)}".rstrip()),)


def _flaws(hidden: Sequence[Point]) -> list[str]:
    return [f"a value {on_day(one.at)} cannot be used: {one.why}" for one in hidden]


def _missing(quantity: MeasuredQuantity, reasons: Iterable[str]) -> tuple[MissingDatum, ...]:
    return merged(
        MissingDatum(
            kind=MissingKind.QUANTITY,
            subject=quantity.quantity_id,
            title=quantity.title,
            reason=reason,
            unit=quantity.unit,
        )
        for reason in reasons
    )


def _nodes(points: Iterable[Point]) -> tuple[TraceNode, ...]:
    return tuple(dict.fromkeys(point.node for point in sorted(points, key=lambda one: one.order)))


def _open(
    atom: QuantityChange | QuantityRepeated,
    what: str,
    missing: tuple[MissingDatum, ...],
    nodes: tuple[TraceNode, ...],
) -> Fact:
    reasons = "; ".join(dict.fromkeys(f"{datum.title}: {datum.reason}" for datum in missing))
    return Fact(
        symbol=atom.symbol,
        truth=Truth.UNKNOWN,
        statement=f"not known whether {what} ({reasons})",
        evidence=(*nodes, *missing_nodes(missing)),
        missing=missing,
    )
