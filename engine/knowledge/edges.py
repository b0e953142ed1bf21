"""The edges of atoms: the patients nearest to where the truth of a detail, a count or a window changes.

Quantities alone have limits of their own, where a value can be named; what else an atom demands is reached by
atoms beside it: a dose of exactly so much, one drug fewer, a day longer ago.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.domain.atoms import (
    Atom,
    HasAllergy,
    HasCondition,
    HasState,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import StateId
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route
from engine.domain.quantities import Interval, plain
from engine.domain.vocabulary import Vocabulary
from engine.knowledge.cells import GESTATION, in_unit_of, step_of

PREGNANT = StateId("pregnant")
#: The first week of the second and of the third trimester (ACOG), as the facts floor counts them.
TRIMESTERS_FROM = (14, 28)
_DAY = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Patients at one edge of an atom, or just beyond it."""

    says: str
    """``dose of exactly 100 mg``, as part of a sentence."""
    holds: bool
    """The truth of the atom there."""
    at: tuple[Atom, ...]
    """What holds of them."""
    not_at: tuple[Atom, ...] = ()
    """What does not."""
    measured: bool = True
    """Whether it is a limit of a number: cases should lie at it and beyond it."""


def edges_of(atom: Atom, vocabulary: Vocabulary) -> Iterator[Edge]:
    """Return the edges of an atom, besides the limits of a quantity that is asked for alone."""
    match atom:
        case TakesDrug():
            yield from _of_drug(atom)
        case StoppedDrug():
            yield from _ends("last day", atom.ago, lambda each: replace(atom, ago=each), _DAY)
        case HasCondition():
            yield from _of_condition(atom)
        case PlansProcedure(within_days=days):
            yield from _window(atom, lambda each: replace(atom, within_days=each), days)
        case HasAllergy():
            yield from _of_allergy(atom)
        case QuantityChange():
            step = None if atom.relative else step_of(vocabulary.quantities[atom.quantity])
            yield from _ends("change", atom.by, lambda each: replace(atom, by=each), step)
            yield from _window(atom, lambda each: replace(atom, within_days=each), atom.within_days)
        case QuantityRepeated():
            yield from _of_repeated(atom, vocabulary)
        case InTrimester():
            yield from _of_trimester(atom, vocabulary)
        case _:
            pass


def limits_of(atom: QuantityWithin, vocabulary: Vocabulary) -> Iterator[Edge]:
    """Return the limits of a quantity as edges, for one that is asked for over time as well."""
    entry = vocabulary.quantities[atom.quantity]
    interval = in_unit_of(entry, atom.interval)
    yield from _ends("value", interval, lambda each: replace(atom, interval=each), step_of(entry))


def _of_drug(atom: TakesDrug) -> Iterator[Edge]:
    if atom.dose is not None:
        yield from _ends("single dose", atom.dose, lambda each: replace(atom, dose=each))
    if atom.daily_dose is not None:
        yield from _ends("daily dose", atom.daily_dose, lambda each: replace(atom, daily_dose=each))
    if atom.started is not None:
        yield from _ends("first day", atom.started, lambda each: replace(atom, started=each), _DAY)
    if atom.count > 1:
        more, fewer = replace(atom, count=atom.count + 1), replace(atom, count=atom.count - 1)
        yield Edge(says=f"exactly {atom.count} drugs", holds=True, at=(atom,), not_at=(more,))
        fewer_said = f"exactly {atom.count - 1} drug{'s' if atom.count > 2 else ''}"
        yield Edge(says=fewer_said, holds=False, at=(fewer,), not_at=(atom,))
    if atom.routes:
        others = tuple(route for route in Route if route not in atom.routes)
        for route in atom.routes:
            yield Edge(
                says=f"{route} route", holds=True, at=(replace(atom, routes=(route,)),), measured=False
            )
        if others:
            yield Edge(
                says="another route",
                holds=False,
                at=(replace(atom, routes=others),),
                not_at=(atom,),
                measured=False,
            )
    for drug in atom.besides:
        only = replace(atom, drug=drug, besides=(), count=1)
        yield Edge(says=f"{drug} alone", holds=False, at=(only,), not_at=(atom,), measured=False)


def _of_condition(atom: HasCondition) -> Iterator[Edge]:
    if atom.began is not None:
        yield from _ends("onset", atom.began, lambda each: replace(atom, began=each), _DAY)
    if atom.past:
        now = replace(atom, past=False)
        yield Edge(says="present", holds=False, at=(now,), not_at=(atom,), measured=False)
    elif atom.began is not None:
        past = replace(atom, past=True, ever=False)
        yield Edge(
            says="over",
            holds=atom.ever,
            at=(past,),
            not_at=() if atom.ever else (atom,),
            measured=False,
        )


def _of_allergy(atom: HasAllergy) -> Iterator[Edge]:
    if atom.at_least is not None:
        grades = list(AllergySeverity)
        place = atom.at_least.rank
        worse = tuple(replace(atom, at_least=grade) for grade in grades[place + 1 : place + 2])
        yield Edge(says=f"{atom.at_least} reaction", holds=True, at=(atom,), not_at=worse)
        if place:
            milder = replace(atom, at_least=grades[place - 1])
            yield Edge(says=f"{grades[place - 1]} reaction", holds=False, at=(milder,), not_at=(atom,))
    if atom.kind is not None:
        is_allergy = atom.kind is AllergyKind.ALLERGY
        other = AllergyKind.INTOLERANCE if is_allergy else AllergyKind.ALLERGY
        changed = replace(atom, kind=other)
        yield Edge(says=f"{other}", holds=False, at=(changed,), not_at=(atom,), measured=False)
    if atom.reactions:
        others = tuple(kind for kind in ReactionKind if kind not in atom.reactions)
        for kind in atom.reactions:
            yield Edge(says=f"{kind}", holds=True, at=(replace(atom, reactions=(kind,)),), measured=False)
        if others:
            changed = replace(atom, reactions=others)
            yield Edge(says="another reaction", holds=False, at=(changed,), not_at=(atom,), measured=False)


def _of_repeated(atom: QuantityRepeated, vocabulary: Vocabulary) -> Iterator[Edge]:
    step = step_of(vocabulary.quantities[atom.quantity])
    yield from _ends("values", atom.interval, lambda each: replace(atom, interval=each), step)
    yield from _window(atom, lambda each: replace(atom, within_days=each), atom.within_days)
    if atom.times > 1:
        fewer = replace(atom, times=atom.times - 1)
        yield Edge(
            says=f"only {atom.times - 1} of {atom.times} such values",
            holds=False,
            at=(fewer,),
            not_at=(atom,),
        )
    if atom.apart_days > 1 and atom.times > 1:
        farther = replace(atom, apart_days=atom.apart_days + 1)
        closer = replace(atom, apart_days=atom.apart_days - 1)
        yield Edge(says=f"values {atom.apart_days} days apart", holds=True, at=(atom,), not_at=(farther,))
        yield Edge(says=f"values {atom.apart_days - 1} days apart", holds=False, at=(closer,), not_at=(atom,))


def _of_trimester(atom: InTrimester, vocabulary: Vocabulary) -> Iterator[Edge]:
    pregnant = HasState(state=PREGNANT)
    entry = vocabulary.quantities[GESTATION]
    step = step_of(entry)
    for before, weeks in enumerate(TRIMESTERS_FROM, start=1):
        if (before in atom.trimesters) is (before + 1 in atom.trimesters):
            continue
        first = Decimal(weeks)
        sides = (
            (first, first, before + 1, f"{weeks} weeks"),
            (first - step, first, before, f"just before {weeks} weeks"),
        )
        for low, high, trimester, says in sides:
            span = Interval(unit=entry.unit, low=low, high=high, high_closed=low == high)
            weeks_of = QuantityWithin(quantity=GESTATION, interval=span)
            yield Edge(says=says, holds=trimester in atom.trimesters, at=(pregnant, weeks_of))


def _ends(
    what: str, interval: Interval, put: Callable[[Interval], Atom], step: Decimal | None = None
) -> Iterator[Edge]:
    """Return each end of an interval, and what lies just beyond it on the side where the truth is another.

    Args:
        what: what has the interval.
        interval: it.
        put: gives the atom with another interval.
        step: the smallest difference there is; None: a tenth of the end is near enough.
    """
    for end, closed, outwards in (
        (interval.low, interval.low_closed, -1),
        (interval.high, interval.high_closed, 1),
    ):
        if end is None:
            continue
        away = outwards if closed else -outwards
        reach = step if step is not None else abs(end) / 10
        yield Edge(
            says=f"{what} of exactly {plain(end)} {interval.unit}",
            holds=closed,
            at=(put(_between(interval, end, end)),),
            not_at=() if closed else (put(interval),),
        )
        beyond = end + away * reach
        if reach and beyond >= 0:
            low, high = sorted((end, beyond))
            span = replace(_between(interval, low, high), low_closed=low != end, high_closed=high != end)
            yield Edge(
                says=f"{what} just {'above' if away > 0 else 'below'} {plain(end)} {interval.unit}",
                holds=not closed,
                at=(put(span),),
                not_at=(put(interval),) if closed else (),
            )


def _between(interval: Interval, low: Decimal, high: Decimal) -> Interval:
    return Interval(unit=interval.unit, low=low, low_closed=True, high=high, high_closed=True)


def _window(atom: Atom, put: Callable[[int], Atom], days: int) -> Iterator[Edge]:
    if days > 0:
        yield Edge(says=f"{days} days away", holds=True, at=(atom,), not_at=(put(days - 1),))
    yield Edge(says=f"{days + 1} days away", holds=False, at=(put(days + 1),), not_at=(atom,))
