"""Entries that a reviewed list may turn out to have: one for each that rules can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from engine.domain.atoms import Atom, PlansProcedure, StoppedDrug, TakesDrug
from engine.domain.ids import ConditionId, DrugId
from engine.domain.patient import Medication, MedicationStatus, PlannedProcedure
from engine.domain.provenance import Provenance
from engine.domain.quantities import Interval, Quantity


def medications(
    drug: DrugId, title: str, heard: Sequence[Atom], today: date, provenance: Provenance
) -> Iterator[tuple[str, Medication]]:
    """Yield entries of one drug with the words that follow its name: bare, and as each atom asks for it."""
    bare = Medication(drug=drug, text=title, status=MedicationStatus.ACTIVE, provenance=provenance)
    seen: set[Medication] = set()
    for atom in heard:
        match atom:
            case TakesDrug() if atom.bare or drug in atom.besides:
                found, said = bare, ""
            case TakesDrug():
                found, said = _as_asked(atom, bare, today)
            case StoppedDrug(ago=ago):
                day = today - timedelta(days=_whole(ago))
                found = Medication(
                    drug=drug, text=title, status=MedicationStatus.STOPPED, provenance=provenance, stop=day
                )
                said = f" stopped {_whole(ago)} days ago"
            case _:
                continue
        if found not in seen:
            seen.add(found)
            yield said, found


def procedures(
    procedure: ConditionId, title: str, heard: Sequence[Atom], today: date, provenance: Provenance
) -> Iterator[tuple[str, PlannedProcedure]]:
    """Yield the procedure planned as near as each atom asks for."""
    for days in sorted({atom.within_days for atom in heard if isinstance(atom, PlansProcedure)}):
        on = today + timedelta(days=days)
        yield (
            f" in {days} days",
            PlannedProcedure(procedure=procedure, text=title, on=on, provenance=provenance),
        )


def inside(interval: Interval) -> Decimal:
    """Return a value of an interval, at its lower end where it has one."""
    step = Decimal("0.001")
    if interval.low is not None:
        value = interval.low if interval.low_closed else interval.low + step
        if interval.contains(Quantity(value=value, unit=interval.unit)):
            return value
        return (interval.low + (interval.high or interval.low)) / 2
    high = interval.high or Decimal(0)
    return high if interval.high_closed else high - min(step, abs(high) / 2)


def _as_asked(atom: TakesDrug, bare: Medication, today: date) -> tuple[Medication, str]:
    """Return an entry that has every detail an atom asks for, and the details in words."""
    said: list[str] = []
    route = min(atom.routes) if atom.routes else None
    single = _dose(atom.dose)
    daily = _dose(atom.daily_dose)
    start = today - timedelta(days=_whole(atom.started)) if atom.started is not None else None
    if route is not None:
        said.append(route.value)
    if single is not None:
        said.append(f"single dose {single}")
    if daily is not None:
        said.append(f"daily dose {daily}")
    if start is not None:
        said.append(f"since {start.isoformat()}")
    entry = Medication(
        drug=bare.drug,
        text=bare.text,
        status=bare.status,
        provenance=bare.provenance,
        route=route,
        single_dose=single,
        daily_dose=daily,
        start=start,
    )
    return entry, f" ({', '.join(said)})" if said else ""


def _dose(interval: Interval | None) -> Quantity | None:
    return None if interval is None else Quantity(value=inside(interval), unit=interval.unit)


def _whole(interval: Interval) -> int:
    """Return a whole number of days inside an interval, not below none."""
    if interval.low is not None:
        low = int(interval.low.to_integral_value(ROUND_CEILING))
        return max(0, low if interval.low_closed or low > interval.low else low + 1)
    high = interval.high or Decimal(0)
    whole = int(high.to_integral_value(ROUND_FLOOR))
    return max(0, whole if interval.high_closed or whole < high else whole - 1)
