"""A rule pack as formulas of the solver, with what holds of every patient.

A formula says that a premise is true, or that it is false, in Kleene's logic. Of most atoms knowledge is
complete: they are one or the other. That is the right question for whether a rule can fire, and whether two
can fire together: a rule is true only where every completion of what is unknown makes it true, so that one
which fires for somebody half known also fires for somebody known in full. Of the course of a quantity nobody
is known in full, as there is always a day without a value: what was looked at decides, so that such an atom
may be neither true nor false. So may one that a stopped drug was stopped so long ago that lists forget it.

Each quantity is a number of its own in its plausible range. Computed quantities are not bound to
their inputs (a clearance can be reported beside another creatinine), which makes *can never
happen* the stronger statement; scores are their terms, as they are sums of atoms.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

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
from engine.domain.ids import ConceptId, QuantityId
from engine.domain.pack import RulePack
from engine.domain.patient import Sex
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.facts.person import FEMALE_ONLY
from engine.knowledge.cells import GESTATION, Cell, in_unit_of
from engine.knowledge.edges import PREGNANT, TRIMESTERS_FROM
from engine.knowledge.solving import Answer, Ground
from engine.knowledge.words_of_premises import scored
from engine.knowledge.world_genes import Genes
from engine.knowledge.world_lists import Lists
from engine.knowledge.world_numbers import Numbers
from engine.knowledge.world_series import Histories

if TYPE_CHECKING:
    from z3 import ArithRef, BoolRef, ModelRef


class World:
    """Formulas over one patient about whom everything is known."""

    def __init__(self, pack: RulePack, *, timeout_ms: int = 2000) -> None:
        """Make an empty world for a pack; words come in as premises use them."""
        self.pack = pack
        self.ground = Ground(timeout_ms)
        self.female: BoolRef = self.ground.z3.Bool("female")
        self.numbers = Numbers(self.ground, pack.vocabulary, self._sum_of)
        self.histories = Histories(self.ground, pack, self.numbers)
        self.lists = Lists(self.ground, pack)
        self.genes = Genes(self.ground, pack)
        self._atoms: dict[str, tuple[BoolRef, BoolRef]] = {}
        self._concepts: dict[tuple[ConceptId, bool], BoolRef] = {}

    def premise(self, premise: Premise) -> BoolRef:
        """Return that a premise is true, as a formula, concepts written out."""
        return self._formula(premise, holds=True)

    def refuted(self, premise: Premise) -> BoolRef:
        """Return that a premise is false, as a formula, concepts written out."""
        return self._formula(premise, holds=False)

    def _formula(self, premise: Premise, *, holds: bool) -> BoolRef:
        z3 = self.ground.z3
        match premise:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                made = [self._formula(part, holds=holds) for part in parts]
                every = isinstance(premise, AllOf) is holds
                return z3.And(*made) if every else z3.Or(*made)
            case AtLeast(count=count, parts=parts):
                enough = count if holds else len(parts) - count + 1
                return z3.PbGe([(self._formula(part, holds=holds), 1) for part in parts], enough)
            case Negation(part=part):
                return self._formula(part, holds=not holds)
            case Derived(concept=concept):
                if (concept, holds) not in self._concepts:
                    when = self.pack.concepts[concept].when
                    self._concepts[concept, holds] = self._formula(when, holds=holds)
                return self._concepts[concept, holds]
            case atom:
                return self.atom(atom) if holds else self.no(atom)

    def atom(self, atom: Atom) -> BoolRef:
        """Return that an atom is true, as a formula over the words of the vocabulary."""
        return self._known(atom)[0]

    def no(self, atom: Atom) -> BoolRef:
        """Return that an atom is false."""
        return self._known(atom)[1]

    def _known(self, atom: Atom) -> tuple[BoolRef, BoolRef]:
        if atom.symbol not in self._atoms:
            self._atoms[atom.symbol] = self._both(atom)
        return self._atoms[atom.symbol]

    def _both(self, atom: Atom) -> tuple[BoolRef, BoolRef]:
        z3 = self.ground.z3
        match atom:
            case QuantityChange() | QuantityRepeated():
                return self.histories.decided(atom)
            case QuantityWithin(quantity=quantity, max_age_days=days):
                holds = self._atom(atom)
                fresh = self.histories.is_fresh(quantity, days)
                return (
                    (holds, z3.Not(holds))
                    if fresh is None
                    else (
                        z3.And(holds, fresh),
                        z3.And(z3.Not(holds), fresh),
                    )
                )
            case StoppedDrug():
                holds = self._atom(atom)
                return holds, z3.And(z3.Not(holds), self.lists.can_be_refuted(atom))
            case _:
                holds = self._atom(atom)
                return holds, z3.Not(holds)

    def _atom(self, atom: Atom) -> BoolRef:  # noqa: C901, PLR0911, PLR0912 - one return a kind of atom
        z3 = self.ground.z3
        match atom:
            case TakesDrug():
                return self.lists.takes(atom)
            case StoppedDrug():
                return self.lists.stopped(atom)
            case HasCondition():
                return self.lists.has_condition(atom)
            case PlansProcedure():
                return self.lists.plans(atom)
            case HasAllergy():
                return self.lists.is_allergic(atom)
            case QuantityWithin(quantity=quantity, interval=interval):
                return self.within(quantity, in_unit_of(self.pack.vocabulary.quantities[quantity], interval))
            case QuantityChange() | QuantityRepeated():
                return self.histories.decided(atom)[0]
            case InTrimester(trimesters=trimesters):
                pregnant = self._state(PREGNANT)
                weeks = [self.atom(each) for each in self.weeks_of_trimesters()]
                some = z3.Or(*(weeks[number - 1] for number in trimesters))
                return pregnant if len(set(trimesters)) == len(weeks) else z3.And(pregnant, some)
            case HasState(state=state):
                return self._state(state)
            case HasSex(sex=sex):
                if sex is Sex.UNKNOWN:
                    return z3.BoolVal(False)  # noqa: FBT003 - the solver's own signature
                return self.female if sex is Sex.FEMALE else z3.Not(self.female)
            case HasDiplotype():
                return self.genes.one_of(atom)
            case HasReportedPhenotype():
                return self.genes.reported_as(atom)

    def _state(self, state: str) -> BoolRef:
        is_new = ("states", str(state)) not in self.ground.flags
        flag = self.ground.flag("states", state)
        if is_new and state in FEMALE_ONLY:
            self.ground.always(self.ground.z3.Implies(flag, self.female))
        return flag

    def weeks_of_trimesters(self) -> tuple[QuantityWithin, ...]:
        """Return each trimester as weeks of gestation; they are counted in completed days."""
        unit = self.pack.vocabulary.quantities[GESTATION].unit
        if GESTATION not in self.numbers.of:
            self.ground.always(self.ground.z3.IsInt(7 * self.numbers.number(GESTATION)))
        second, third = map(Decimal, TRIMESTERS_FROM)
        return tuple(
            QuantityWithin(quantity=GESTATION, interval=interval)
            for interval in (
                Interval(unit=unit, high=second),
                Interval(unit=unit, low=second, high=third),
                Interval(unit=unit, low=third),
            )
        )

    def within(self, quantity: QuantityId, interval: Interval) -> BoolRef:
        """Return that a quantity lies in an interval of its canonical unit."""
        return self.numbers.within(quantity, interval)

    def _sum_of(self, quantity: QuantityId) -> ArithRef | None:
        score = scored(quantity, self.pack.vocabulary)
        if score is None:
            return None
        z3, points = self.ground.z3, []
        for term in score.terms:
            told = [self.atom(atom) for atom in term.telling if self._is_spoken(atom)]
            holds = z3.Or(self.premise(term.when), *told)
            points.append(z3.If(holds, z3.RealVal(term.points), z3.RealVal(0)))
        return z3.Sum(*points)

    def _is_spoken(self, atom: Atom) -> bool:
        """Tell whether the vocabulary has the word of a report that may tell a term."""
        match atom:
            case HasState(state=state):
                return state in self.pack.vocabulary.states
            case QuantityWithin(quantity=quantity):
                return quantity in self.pack.vocabulary.quantities
            case _:
                return True

    def cells(self, quantity: QuantityId) -> tuple[Cell, ...]:
        """Return the line of a quantity, cut wherever a premise of this world cuts it."""
        return self.numbers.cells(quantity)

    def at(self, formula: BoolRef, quantity: QuantityId, cell: Cell) -> BoolRef:
        """Return a formula as it would be with the quantity in one cell and everything else the same."""
        return self.numbers.at(formula, quantity, cell)

    def in_cell(self, quantity: QuantityId, cell: Cell) -> BoolRef:
        """Return that the quantity lies in a cell; the limits of what is plausible belong to their cells."""
        return self.numbers.in_cell(quantity, cell)

    def possible(self, *formulas: BoolRef) -> bool | None:
        """Tell whether all of these can hold of one patient; None where the solver's time ran out."""
        return self.ground.possible(*formulas)

    def ask(self, *formulas: BoolRef) -> Answer:
        """Ask whether all of these can hold of one patient, and who that is."""
        return self.ground.ask(*formulas)

    def holds_in(self, model: ModelRef) -> Callable[[BoolRef], bool]:
        """Return a test whether a formula holds of the patient of a model."""
        return self.ground.holds_in(model)

    def number_in(self, model: ModelRef, number: ArithRef) -> Fraction:
        """Return what a number is in a model."""
        return self.ground.number_in(model, number)
