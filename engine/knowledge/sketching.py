"""From what a solver found to a patient that a case can describe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.domain.atoms import (
    Atom,
    HasDiplotype,
    HasReportedPhenotype,
    HasState,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
)
from engine.domain.ids import QuantityId
from engine.domain.patient import ListKind, Sex
from engine.domain.quantities import Interval
from engine.facts.formulas import FORMULAS
from engine.knowledge.cells import Cell, cells_of, decimal_of, ends_of, in_unit_of, is_whole, value_in
from engine.knowledge.edges import PREGNANT
from engine.knowledge.shown_patients import amount_text
from engine.knowledge.sketched_lists import sketched_lists
from engine.knowledge.sketches import Sketch
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
    asked = _looked_at(world, atoms)
    holds = world.holds_in(model)
    values = {**_values(world, model, asked), **(chosen or {})}
    years = values.pop(_AGE, Decimal(_ADULT))
    lists = sketched_lists(world, model, asked)
    genes = dict.fromkeys(atom.gene for atom in asked if isinstance(atom, HasDiplotype))
    reports = dict.fromkeys(atom.gene for atom in asked if isinstance(atom, HasReportedPhenotype))
    flags, called, reported = world.ground.flags, world.genes.called, world.genes.reported
    plans = any(isinstance(atom, PlansProcedure) for atom in asked)
    return Sketch(
        sex=Sex.FEMALE if holds(world.female) else Sex.MALE,
        birth_date=date(on.year - int(years), 1, 1),
        quantities=_texts(world, model, values, asked),
        conditions=lists["conditions"],
        medications=lists["medications"],
        allergies=lists["allergies"],
        planned=lists["planned"],
        states={
            str(state): holds(flags["states", str(state)])
            for state in states_of(asked)
            if ("states", str(state)) in flags
        },
        genotypes={
            str(gene): called[gene].samples[int(world.number_in(model, called[gene].choice))]
            for gene in genes
            if gene in called
        },
        phenotypes={
            str(gene): reported[gene][1][int(world.number_in(model, reported[gene][0]))]
            for gene in reports
            if gene in reported
        },
        reviewed=tuple(kind for kind in ListKind if kind is not ListKind.PROCEDURES or plans),
    )


def _looked_at(world: World, atoms: Iterable[Atom]) -> tuple[Atom, ...]:
    """Return everything that some atoms look at: a trimester is a state, and weeks of gestation."""
    asked = looked_at(atoms, world.pack.vocabulary)
    if any(isinstance(atom, InTrimester) for atom in asked):
        asked = (*asked, HasState(state=PREGNANT), *world.weeks_of_trimesters())
    return asked


def _values(world: World, model: ModelRef, asked: Iterable[Atom]) -> dict[QuantityId, Decimal]:
    """Return a value for each quantity in question.

    It lies where the model's value lies among the thresholds that are asked for, so that it
    decides them alike and is one that a laboratory could have reported. Where it is compared with earlier
    values it is the model's own.
    """
    intervals: dict[QuantityId, list[Interval]] = {}
    exact: dict[QuantityId, Decimal] = {}
    for atom in asked:
        if isinstance(atom, QuantityWithin):
            entry = world.pack.vocabulary.quantities[atom.quantity]
            intervals.setdefault(atom.quantity, []).append(in_unit_of(entry, atom.interval))
        elif isinstance(atom, QuantityChange | QuantityRepeated):
            exact[atom.quantity] = decimal_of(world.number_in(model, world.numbers.of[atom.quantity]))
    made: dict[QuantityId, Decimal] = {}
    for quantity, bounds in intervals.items():
        if quantity in exact or scored(quantity, world.pack.vocabulary) is not None:
            continue
        entry = world.pack.vocabulary.quantities[quantity]
        found = world.number_in(model, world.numbers.of[quantity])
        cells = cells_of(entry, ends_of(bounds))
        low_end = cells[0] if entry.plausible_low is not None and found == entry.plausible_low else cells[-1]
        cell = next((cell for cell in cells if _lies_in(found, cell)), low_end)
        value = value_in(cell, entry, whole=is_whole(quantity))
        if value is not None:
            made[quantity] = value
    return made | exact


def _lies_in(found: Fraction, cell: Cell) -> bool:
    if cell.is_point:
        return found == Fraction(cell.low or 0)
    above = cell.low is None or found > Fraction(cell.low)
    return above and (cell.high is None or found < Fraction(cell.high))


def _texts(
    world: World, model: ModelRef, values: Mapping[QuantityId, Decimal], asked: Iterable[Atom]
) -> dict[str, tuple[str, ...]]:
    """Return the values of each quantity as a case writes them, the newest first."""
    inputs = {
        formula.inputs[0][0]
        for quantity, formula in FORMULAS.items()
        if quantity in values and formula.inputs[0][0] in values
    }
    over_time = {atom.quantity for atom in asked if isinstance(atom, QuantityChange | QuantityRepeated)}

    def days_old(quantity: QuantityId) -> int:
        age = world.histories.age.get(quantity)
        return int(world.number_in(model, age)) if age is not None else _EARLIER if quantity in inputs else 0

    def earlier(quantity: QuantityId) -> Iterator[tuple[Decimal, int]]:
        for each in world.histories.of.get(quantity, ()) if quantity in over_time else ():
            if world.holds_in(model)(each.measured):
                yield decimal_of(world.number_in(model, each.value)), each.days_old

    return {
        str(quantity): tuple(
            amount_text(
                amount, world.pack.vocabulary.quantities[quantity], days_old=days_old(quantity) + further
            )
            for amount, further in ((value, 0), *earlier(quantity))
        )
        for quantity, value in values.items()
    }
