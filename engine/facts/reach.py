"""Which entries of a record an atom can hang on, and at which values its truth can turn.

A question of the kind *what if this were known* changes one datum. Only the atoms that this datum reaches
need be decided again; a law holds this map to the facts floor itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
from engine.domain.ids import ClassId, DrugId, QuantityId, Symbol
from engine.domain.patient import ListKind
from engine.domain.quantities import Interval
from engine.domain.rules import atoms_of
from engine.facts.formulas import FORMULAS
from engine.facts.gestation import GESTATIONAL_AGE, TRIMESTERS_FROM
from engine.facts.opioids import OPIOID_MME, OPIOIDS
from engine.facts.person import CHILDBEARING_POTENTIAL, PREGNANT
from engine.facts.scores import SCORES, Term
from engine.facts.within import in_canonical
from engine.terminology.index import VocabularyIndex

#: What a datum is entered under: a kind and an id. ``("list", "medications")`` stands for a whole list.
Key = tuple[str, str]

SEX: Key = ("person", "sex")
BIRTH: Key = ("person", "birth_date")
_PREGNANT: Key = ("state", PREGNANT)


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A value at which an atom about a quantity can turn."""

    value: Decimal
    counts_above: bool
    """True where the value itself lies on the upper side."""

    def passed(self, value: Decimal) -> bool:
        """Tell whether a value lies on the upper side."""
        return value > self.value or (self.counts_above and value == self.value)


class Reach:
    """What reaches each atom, by the words of one vocabulary."""

    def __init__(self, index: VocabularyIndex) -> None:
        """Take the words."""
        self._index = index
        self._keys: dict[Symbol, frozenset[Key]] = {}
        self._of_quantity: dict[QuantityId, frozenset[Key]] = {}

    def keys(self, atom: Atom) -> frozenset[Key]:
        """Return every key whose datum may change the truth of an atom."""
        symbol = atom.symbol
        if symbol not in self._keys:
            self._keys[symbol] = frozenset(self._find(atom))
        return self._keys[symbol]

    def edges(self, quantity: QuantityId, atoms: Sequence[Atom]) -> tuple[Edge, ...]:
        """Return the values at which atoms about a quantity turn, the terms of scores included.

        Where a change turns hangs on the values before it: such atoms are to be decided, see ``moving``.
        """
        known = self._index.vocabulary.quantities[quantity]
        found = {
            edge
            for atom in (*atoms, *self.terms(atoms))
            if isinstance(atom, QuantityWithin | QuantityRepeated) and atom.quantity == quantity
            for edge in _ends(in_canonical(atom.interval, known))
        }
        if quantity == GESTATIONAL_AGE and any(isinstance(atom, InTrimester) for atom in atoms):
            found |= {Edge(Decimal(start), counts_above=True) for start in TRIMESTERS_FROM}
        return tuple(sorted(found))

    def moving(self, quantity: QuantityId, atoms: Sequence[Atom]) -> tuple[QuantityChange, ...]:
        """Return the atoms on the course of a quantity, or of one computed from it."""
        reached = (quantity, *self.computed_from(quantity))
        return tuple(atom for atom in atoms if isinstance(atom, QuantityChange) and atom.quantity in reached)

    @staticmethod
    def terms(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
        """Return what the terms of the scores ask that these atoms ask for, each once."""
        asked = dict.fromkeys(atom.quantity for atom in atoms if isinstance(atom, QuantityWithin))
        return tuple({atom.symbol: atom for score in asked for atom in _terms(score)}.values())

    @staticmethod
    def computed_from(quantity: QuantityId) -> tuple[QuantityId, ...]:
        """Return the quantities that formulas compute from this one."""
        return tuple(
            found for found, formula in FORMULAS.items() if quantity in (item for item, _ in formula.inputs)
        )

    def _find(self, atom: Atom) -> Iterator[Key]:  # noqa: C901 - one case a kind of atom
        match atom:
            case TakesDrug(drug=word) | StoppedDrug(drug=word):
                yield ("list", ListKind.MEDICATIONS.value)
                yield from (("drug", drug) for drug in self.drugs(word))
            case HasCondition(condition=condition):
                yield ("list", ListKind.CONDITIONS.value)
                yield from (("condition", item) for item in self._index.conditions_within(condition))
            case PlansProcedure(procedure=procedure):
                yield ("list", ListKind.PROCEDURES.value)
                yield from (("procedure", item) for item in self._index.conditions_within(procedure))
            case HasAllergy():
                yield ("list", ListKind.ALLERGIES.value)
                yield from (("allergen", item) for item in self._allergens(atom))
            case HasState(state=state):
                yield from (("state", state), SEX)
                if state == CHILDBEARING_POTENTIAL:
                    yield _PREGNANT
            case InTrimester():
                yield from (_PREGNANT, SEX, *self.of_quantity(GESTATIONAL_AGE))
            case HasSex():
                yield from (SEX, _PREGNANT)
            case HasDiplotype(gene=gene) | HasReportedPhenotype(gene=gene):
                yield ("gene", gene)
            case (
                QuantityWithin(quantity=quantity)
                | QuantityChange(quantity=quantity)
                | QuantityRepeated(quantity=quantity)
            ):
                yield from self.of_quantity(quantity)

    def drugs(self, word: DrugId | ClassId) -> frozenset[DrugId]:
        """Return the drugs that a drug or class stands for."""
        return self._index.drugs_of(word)

    def of_quantity(self, quantity: QuantityId) -> frozenset[Key]:
        """Return the keys that a quantity hangs on: its own, its formula's inputs, the terms of its score."""
        if quantity not in self._of_quantity:
            self._of_quantity[quantity] = frozenset(self._below(quantity))
        return self._of_quantity[quantity]

    def _below(self, quantity: QuantityId) -> Iterator[Key]:
        yield ("quantity", quantity)
        if quantity == "age":
            yield BIRTH
        formula = FORMULAS.get(quantity)
        if formula is not None:
            if formula.needs_sex:
                yield from (SEX, _PREGNANT)
            for item, _ in formula.inputs:
                yield from self.of_quantity(item)
        if quantity == OPIOID_MME:
            yield from self.keys(TakesDrug(drug=OPIOIDS))
        for term in _terms(quantity):
            yield from self.keys(term)

    def _allergens(self, atom: HasAllergy) -> Iterator[str]:
        allergens = self._index.vocabulary.allergens
        drugs = frozenset(allergens[atom.allergen].drugs)
        for allergen_id, allergen in allergens.items():
            if allergen_id == atom.allergen or not drugs.isdisjoint(allergen.drugs):
                yield allergen_id


def _terms(quantity: QuantityId) -> tuple[Atom, ...]:
    score = SCORES.get(quantity)
    if score is None:
        return ()
    return tuple(atom for term in score.terms for atom in _of_term(term))


def _of_term(term: Term) -> tuple[Atom, ...]:
    clouding = () if term.clouded_by is None else (term.clouded_by,)
    return (*atoms_of(term.when), *term.telling, *clouding)


def _ends(interval: Interval) -> Iterator[Edge]:
    if interval.low is not None:
        yield Edge(interval.low, interval.low_closed)
    if interval.high is not None:
        yield Edge(interval.high, not interval.high_closed)
