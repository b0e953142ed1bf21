"""How facts are worded: values with sensible digits, ages, lists of words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.quantities import Interval, Quantity, plain
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.terminology.spelling import read_aloud

_ROUNDING = Context(prec=60, rounding=ROUND_HALF_UP)


def shown(quantity: MeasuredQuantity, value: Decimal, beside: Interval | None = None) -> str:
    """Write a value with its unit, rounded to the decimals of its quantity.

    Beside a limit, as many more decimals are shown as it takes for the reader to see on which side of
    the limit the value lies: 29.96 must not appear as 30.0 next to ``below 30``.
    """
    decimals = quantity.decimals
    rounded = _rounded(value, decimals)
    while beside is not None and rounded != value and decimals < 12:
        if _inside(beside, rounded) == _inside(beside, value):
            break
        decimals += 1
        rounded = _rounded(value, decimals)
    return f"{plain(rounded)} {read_aloud(quantity.unit)}".rstrip()


@lru_cache(maxsize=4096)  # of rules and scores, not of patients: the same few for everybody
def limits(interval: Interval) -> str:
    """Write an interval in words with its unit as read aloud: ``below 30 mL/min``."""
    return str(replace(interval, unit=read_aloud(interval.unit) or "1"))


def ago(days: int) -> str:
    """Write the age of a datum: ``today``, ``yesterday``, ``12 days ago``."""
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def on_day(day: date | None) -> str:
    """Write the day of a datum, or that it has none."""
    return f"on {day.isoformat()}" if day is not None else "undated"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does: ``a, b and c``."""
    several = list(words)
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {last} {several[-1]}"


def with_article(noun: str) -> str:
    """Put the indefinite article before a noun.

    >>> with_article("azole antifungal"), with_article("NSAID"), with_article("opioid")
    ('an azole antifungal', 'an NSAID', 'an opioid')
    """
    spelled = noun[:2].isupper() and noun[0] in "AEFHILMNORSX"
    vowel = noun[:1].lower() in "aeiou" and not noun.lower().startswith(("uni", "eu", "us"))
    return f"{'an' if spelled or vowel else 'a'} {noun}"


def merged(missing: Iterable[MissingDatum]) -> tuple[MissingDatum, ...]:
    """Return each missing datum once, its reasons joined, in the order of kind and subject."""
    reasons: dict[tuple[MissingKind, str], dict[str, None]] = {}
    first: dict[tuple[MissingKind, str], MissingDatum] = {}
    for datum in missing:
        key = (datum.kind, datum.subject)
        first.setdefault(key, datum)
        reasons.setdefault(key, {})[datum.reason] = None
    return tuple(
        first[key] if len(reasons[key]) == 1 else replace(first[key], reason="; ".join(sorted(reasons[key])))
        for key in sorted(first)
    )


def missing_nodes(missing: Iterable[MissingDatum]) -> tuple[TraceNode, ...]:
    """Return one trace node a missing datum."""
    return tuple(
        TraceNode(
            kind=TraceKind.MISSING,
            label=f"{datum.title}: {datum.reason}",
            truth=Truth.UNKNOWN,
            reference=datum.subject,
        )
        for datum in missing
    )


def fact_node(fact: Fact) -> TraceNode:
    """Return a decided atom as one step of a trace."""
    return TraceNode(
        kind=TraceKind.FACT,
        label=fact.statement,
        truth=fact.truth,
        reference=fact.symbol,
        children=fact.evidence,
    )


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)


def _inside(interval: Interval, value: Decimal) -> bool:
    return interval.contains(Quantity(value=value, unit=interval.unit))
