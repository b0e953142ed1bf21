"""Counterfactuals: the smallest change that would change the top option or lift an exclusion.

Each change is made in a copy of the sealed record, and rules and model are asked again: nothing is
estimated. Only what a clinician could change is tried (a drug that is stopped, smoking that is given up,
a weight somewhat other), never age, sex, genes or a diagnosis. It shows what an answer hangs on; it is
no advice to change it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from engine.domain.decision import Decision
from engine.domain.ids import OptionId, QuantityId, StateId
from engine.domain.options import Assessment, RankedOption, Verdict
from engine.domain.patient import MedicationStatus, PatientRecord
from engine.domain.quantities import plain

_SMOKER: Final = StateId("smoker")
_WEIGHT: Final = QuantityId("weight")
_HEIGHT: Final = QuantityId("height")
#: What a patient may weigh after a change: a body mass index between these.
_PLAUSIBLE_BMI: Final = (Decimal(17), Decimal(45))
_WEIGHT_STEPS: Final = (Decimal("0.95"), Decimal("1.05"), Decimal("0.9"), Decimal("1.1"))
_GRAMS: Final = Decimal("0.1")
#: No more than this many changes are tried together: longer lists explain nothing.
_LARGEST: Final = 2

Again = Callable[[PatientRecord], tuple[Sequence[Assessment], Sequence[RankedOption]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """One smallest change, and what would follow."""

    changes: tuple[str, ...]
    """Such as ``without amiodarone``."""
    top: tuple[OptionId, ...]
    """The options in first place then."""
    top_changed: bool
    lifted: tuple[OptionId, ...]
    """Options excluded now that would not be excluded then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    says: str
    make: Callable[[PatientRecord], PatientRecord]
    rival: str
    """Changes of one thing are never made together."""


def counterfactuals(decision: Decision, again: Again) -> tuple[Counterfactual, ...]:
    """Return the smallest changes that would change the top option or lift an exclusion, fewest first.

    Args:
        decision: as it was recorded.
        again: asks rules and model about a record, as the decision did.
    """
    top, excluded = _standing(decision.assessments, decision.ranked)
    found: list[Counterfactual] = []
    enough: list[frozenset[str]] = []
    changes = tuple(_changes(decision.record))
    for size in range(1, _LARGEST + 1):
        for several in itertools.combinations(changes, size):
            says = frozenset(change.says for change in several)
            one_thing_twice = len({change.rival for change in several}) < size
            if one_thing_twice or any(smaller <= says for smaller in enough):
                continue
            record = decision.record
            for change in several:
                record = change.make(record)
            new_top, still = _standing(*again(record))
            lifted = tuple(sorted(excluded - still))
            if new_top != top or lifted:
                enough.append(says)
                found.append(
                    Counterfactual(
                        changes=tuple(change.says for change in several),
                        top=new_top,
                        top_changed=new_top != top,
                        lifted=lifted,
                    )
                )
    return tuple(found)


def _standing(
    assessments: Sequence[Assessment], ranked: Sequence[RankedOption]
) -> tuple[tuple[OptionId, ...], frozenset[OptionId]]:
    top = tuple(sorted(item.option_id for item in ranked if item.place == 1))
    excluded = frozenset(item.option.option_id for item in assessments if item.verdict is Verdict.EXCLUDED)
    return top, excluded


def _changes(record: PatientRecord) -> Iterator[_Change]:
    drugs = dict.fromkeys(
        item.drug for item in record.medications if item.drug and item.status is MedicationStatus.ACTIVE
    )
    for drug in drugs:
        yield _Change(says=f"without {drug}", make=_stopping(drug), rival=f"drug {drug}")
    if any(item.state == _SMOKER and item.holds for item in record.states):
        yield _Change(says="without smoking", make=_not_smoking, rival="smoking")
    weights = [
        item.value for item in record.observations if item.quantity == _WEIGHT and item.value is not None
    ]
    if weights:
        value = weights[-1]
        for factor in _WEIGHT_STEPS:
            other = (value.value * factor).quantize(_GRAMS)
            if _plausible(record, other):
                says = f"weight {plain(other)} {value.unit} instead of {plain(value.value)} {value.unit}"
                yield _Change(says=says, make=_weighing(factor), rival="weight")


def _plausible(record: PatientRecord, weight: Decimal) -> bool:
    heights = [
        item.value.value
        for item in record.observations
        if item.quantity == _HEIGHT and item.value is not None and item.value.value > 0
    ]
    if not heights:
        return True
    low, high = _PLAUSIBLE_BMI
    return low <= weight / (heights[-1] / 100) ** 2 <= high


def _stopping(drug: str) -> Callable[[PatientRecord], PatientRecord]:
    def make(record: PatientRecord) -> PatientRecord:
        return replace(
            record,
            medications=tuple(
                replace(item, status=MedicationStatus.STOPPED) if item.drug == drug else item
                for item in record.medications
            ),
        )

    return make


def _not_smoking(record: PatientRecord) -> PatientRecord:
    return replace(
        record,
        states=tuple(replace(item, holds=False) if item.state == _SMOKER else item for item in record.states),
    )


def _weighing(factor: Decimal) -> Callable[[PatientRecord], PatientRecord]:
    """Scale every recorded weight: what contradicts itself must go on doing so."""

    def make(record: PatientRecord) -> PatientRecord:
        return replace(
            record,
            observations=tuple(
                replace(item, value=replace(item.value, value=(item.value.value * factor).quantize(_GRAMS)))
                if item.quantity == _WEIGHT and item.value is not None
                else item
                for item in record.observations
            ),
        )

    return make


def counterfactual_text(found: Sequence[Counterfactual], titles: dict[OptionId, str]) -> str:
    """Return the counterfactuals as lines for people."""
    if not found:
        return "No change of one or two such things would change the top option or lift an exclusion.\n"
    lines = []
    for item in found:
        said = []
        if item.top_changed:
            said.append(f"first would stand {' and '.join(titles[name] for name in item.top) or 'nothing'}")
        if item.lifted:
            said.append(f"no longer excluded: {', '.join(titles[name] for name in item.lifted)}")
        lines.append(f"{' and '.join(item.changes)}: {'; '.join(said)}.")
    lines.append("What an answer hangs on, by rules and model; no advice to change it.")
    return "\n".join(lines) + "\n"
