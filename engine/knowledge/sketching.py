"""From what a solver found to a patient that a case can describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.domain.ids import QuantityId
from engine.domain.patient import Sex
from engine.domain.quantities import Interval
from engine.domain.rules import (
    Atom,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    QuantityWithin,
    TakesDrug,
)
from engine.facts.formulas import FORMULAS
from engine.knowledge.cells import Cell, cells_of, ends_of, in_unit_of, is_whole, value_in
from engine.knowledge.shown_patients import Sketch, amount_text
from engine.knowledge.words_of_premises import looked_at, scored, states_of
from engine.knowledge.world import World

if TYPE_CHECKING:
    from z3 import ModelRef

_AGE = QuantityId("age")
#: Age of a patient whose age no rule in question asks for.
_ADULT = 60
#: Inputs of a formula are older than a value reported beside them, which then stands.
_EARLIER = 2


def sketch_of(
    world: World,
    model: ModelRef,
    atoms: Iterable[Atom],
    on: date,
    chosen: Mapping[QuantityId, Decimal] | None = None,
) -> Sketch:
    """Return the patient of a model, as far as these atoms look.

    Args:
        world: where the model holds.
        model: what the solver found.
        atoms: what the claim rests on; nothing else of the patient is shown.
        on: the day of the case.
        chosen: values to give instead of the model's.
    """
    asked = looked_at(atoms, world.pack.vocabulary)
    holds = world.holds_in(model)
    values = {**_values(world, model, asked), **(chosen or {})}
    years = values.pop(_AGE, Decimal(_ADULT))
    sorts = _sorts(asked)
    listed = {
        sort: tuple(
            name
            for (of, name), flag in world.ground.flags.items()
            if of == sort and sort in sorts and holds(flag)
        )
        for sort in ("conditions", "resolved", "medications", "allergies")
    }
    genes = dict.fromkeys(atom.gene for atom in asked if isinstance(atom, HasDiplotype))
    reports = dict.fromkeys(atom.gene for atom in asked if isinstance(atom, HasReportedPhenotype))
    return Sketch(
        sex=Sex.FEMALE if holds(world.female) else Sex.MALE,
        birth_date=date(on.year - int(years), 1, 1),
        quantities=_texts(world, values),
        conditions=listed["conditions"],
        resolved=listed["resolved"],
        medications=listed["medications"],
        allergies=listed["allergies"],
        states={
            str(state): holds(world.ground.flags["states", str(state)])
            for state in states_of(asked)
            if ("states", str(state)) in world.ground.flags
        },
        genotypes={
            str(gene): world.genes.called[gene].samples[
                int(world.number_in(model, world.genes.called[gene].choice))
            ]
            for gene in genes
            if gene in world.genes.called
        },
        phenotypes={
            str(gene): world.genes.reported[gene][1][
                int(world.number_in(model, world.genes.reported[gene][0]))
            ]
            for gene in reports
            if gene in world.genes.reported
        },
    )


def _sorts(asked: Iterable[Atom]) -> frozenset[str]:
    sorts: set[str] = set()
    for atom in asked:
        match atom:
            case HasCondition():
                sorts |= {"conditions", "resolved"}
            case TakesDrug():
                sorts.add("medications")
            case HasAllergy():
                sorts.add("allergies")
            case _:
                pass
    return frozenset(sorts)


def _values(world: World, model: ModelRef, asked: Iterable[Atom]) -> dict[QuantityId, Decimal]:
    """Return a value for each quantity in question.

    It lies where the model's value lies among the thresholds that are asked for, so that it
    decides them alike and is one that a laboratory could have reported.
    """
    intervals: dict[QuantityId, list[Interval]] = {}
    for atom in asked:
        if isinstance(atom, QuantityWithin):
            entry = world.pack.vocabulary.quantities[atom.quantity]
            intervals.setdefault(atom.quantity, []).append(in_unit_of(entry, atom.interval))
    made: dict[QuantityId, Decimal] = {}
    for quantity, bounds in intervals.items():
        if scored(quantity, world.pack.vocabulary) is not None:
            continue
        entry = world.pack.vocabulary.quantities[quantity]
        found = world.number_in(model, world.numbers.of[quantity])
        cells = cells_of(entry, ends_of(bounds))
        low_end = cells[0] if entry.plausible_low is not None and found == entry.plausible_low else cells[-1]
        cell = next((cell for cell in cells if _lies_in(found, cell)), low_end)
        value = value_in(cell, entry, whole=is_whole(quantity))
        if value is not None:
            made[quantity] = value
    return made


def _lies_in(found: Fraction, cell: Cell) -> bool:
    if cell.is_point:
        return found == Fraction(cell.low or 0)
    above = cell.low is None or found > Fraction(cell.low)
    return above and (cell.high is None or found < Fraction(cell.high))


def _texts(world: World, values: Mapping[QuantityId, Decimal]) -> dict[str, str]:
    inputs = {
        formula.inputs[0][0]
        for quantity, formula in FORMULAS.items()
        if quantity in values and formula.inputs[0][0] in values
    }
    return {
        str(quantity): amount_text(
            value,
            world.pack.vocabulary.quantities[quantity],
            days_old=_EARLIER if quantity in inputs else 0,
        )
        for quantity, value in values.items()
    }
