"""What can be missing of an atom: each datum that decides it, and how to take it from a patient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from engine.domain.atoms import (
    Atom,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasSex,
    HasState,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import QuantityId
from engine.domain.patient import AllergyKind, ListKind
from engine.facts.formulas import FORMULAS
from engine.knowledge.cells import GESTATION
from engine.knowledge.edges import PREGNANT, TRIMESTERS_FROM
from engine.knowledge.sketches import Listed, Sketch

_T = TypeVar("_T")
_AGE = QuantityId("age")
_NOT_KNOWN = "not known"
#: What a case calls by a shorter key.
_WORDS = {
    "dose": "single dose",
    "daily_dose": "daily dose",
    "since": "first day",
    "stopped": "last day",
    "in": "day",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One datum that is not there."""

    says: str
    """``not known``, as the end of a sentence that begins with the atom."""
    taken_from: Callable[[Sketch], Sketch]
    of_a_true_one: bool = True
    """Whether to take it from a patient of whom the atom holds."""
    only_so: bool = False
    """Whether nothing is taken from anybody else."""


def lacks_of(atom: Atom) -> Iterator[Lack]:  # noqa: C901, PLR0912 - one branch a kind of atom
    """Return each datum without which an atom may be unknown."""
    match atom:
        case TakesDrug():
            yield _unreviewed(ListKind.MEDICATIONS)
            asked = (atom.routes or None, atom.dose, atom.daily_dose, atom.started)
            for key, detail in zip(("route", "dose", "daily_dose", "since"), asked, strict=True):
                if detail is not None:
                    yield _unstated("medications", key)
        case StoppedDrug():
            yield _unreviewed(ListKind.MEDICATIONS)
            yield _unstated("medications", "stopped", {"status": "stopped"})
        case HasCondition():
            yield _unreviewed(ListKind.CONDITIONS)
            if atom.began is not None:
                yield _unstated("conditions", "since")
        case PlansProcedure():
            yield _unreviewed(ListKind.PROCEDURES)
            yield _unstated("planned", "in")
        case HasAllergy():
            yield _unreviewed(ListKind.ALLERGIES)
            if atom.kind is not None:
                yield _unstated("allergies", "kind", {"kind": AllergyKind.UNKNOWN.value})
            if atom.at_least is not None:
                yield _unstated("allergies", "severity")
            if atom.reactions:
                yield _unstated("allergies", "reaction")
        case QuantityWithin(quantity=quantity) if quantity == _AGE:
            yield Lack(says=_NOT_KNOWN, taken_from=lambda sketch: replace(sketch, without_birth_date=True))
        case QuantityWithin(quantity=quantity):
            yield _without_quantity(quantity)
        case QuantityChange(quantity=quantity) | QuantityRepeated(quantity=quantity):
            yield _without_quantity(quantity)
            yield Lack(
                says="without earlier values", taken_from=lambda sketch: _newest_alone(sketch, quantity)
            )
        case InTrimester():
            if len(set(atom.trimesters)) <= len(TRIMESTERS_FROM):
                yield _without_quantity(GESTATION)
            yield _without_state(PREGNANT)
        case HasState(state=state):
            yield _without_state(state)
        case HasSex():
            yield Lack(says=_NOT_KNOWN, taken_from=lambda sketch: replace(sketch, without_sex=True))
        case HasDiplotype(gene=gene) | HasReportedPhenotype(gene=gene):
            yield Lack(
                says=_NOT_KNOWN,
                taken_from=lambda sketch: replace(
                    sketch, genotypes=_but(sketch.genotypes, gene), phenotypes=_but(sketch.phenotypes, gene)
                ),
            )


def _unreviewed(kind: ListKind) -> Lack:
    def taken(sketch: Sketch) -> Sketch:
        return replace(sketch, reviewed=tuple(each for each in sketch.reviewed if each is not kind))

    return Lack(says=_NOT_KNOWN, taken_from=taken, of_a_true_one=False)


def _unstated(of: str, key: str, instead: Mapping[str, str] | None = None) -> Lack:
    """Return that no entry of a list states a detail."""

    def without(entry: Listed) -> Listed:
        if key not in entry.details:
            return entry
        return Listed(name=entry.name, details={**_but(entry.details, key), **(instead or {})})

    return Lack(
        says=f"without its {key.replace('_', ' ')}",
        taken_from=lambda sketch: sketch.changed(of, without),
        only_so=True,
    )


def _without_quantity(quantity: QuantityId) -> Lack:
    def taken(sketch: Sketch) -> Sketch:
        formula = FORMULAS.get(quantity)
        gone = {str(quantity), *((str(formula.inputs[0][0]),) if formula else ())}
        left = {name: texts for name, texts in sketch.quantities.items() if name not in gone}
        return replace(sketch, quantities=left)

    return Lack(says=_NOT_KNOWN, taken_from=taken)


def _newest_alone(sketch: Sketch, quantity: QuantityId) -> Sketch:
    newest = {str(quantity): sketch.quantities.get(str(quantity), ())[:1]}
    return replace(sketch, quantities={**sketch.quantities, **newest})


def _without_state(state: str) -> Lack:
    return Lack(
        says=_NOT_KNOWN, taken_from=lambda sketch: replace(sketch, states=_but(sketch.states, str(state)))
    )


def _but(items: Mapping[str, _T], name: str) -> dict[str, _T]:
    return {key: value for key, value in items.items() if key != name}
