"""Cases made from a rule's tree: its boundaries, pairs of its atoms, and what leaves it undecided.

They show what the rule does, not what it should do: an author reads each before pasting it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from engine.domain.atoms import Atom, QuantityWithin
from engine.domain.ids import QuantityId, RuleId
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import ListKind
from engine.domain.quantities import plain
from engine.domain.rules import Jurisdiction, Rule
from engine.errors import NotFound
from engine.knowledge.case_schema import Expectation
from engine.knowledge.cells import Cell, in_unit_of, step_of
from engine.knowledge.edges import Edge, edges_of, limits_of
from engine.knowledge.lacks import lacks_of
from engine.knowledge.shown_patients import (
    ShownPatient,
    case_file,
    indication_of,
    tried,
    with_their_drugs,
)
from engine.knowledge.sketches import Sketch
from engine.knowledge.sketching import sketch_of
from engine.knowledge.words_of_premises import atoms_below, scored, subject_of
from engine.knowledge.world import World
from engine.ports import Assessor
from engine.terminology.alike import did_you_mean
from engine.terminology.units import is_plausible

if TYPE_CHECKING:
    from z3 import BoolRef, ModelRef

_AGE = QuantityId("age")
#: Pairs that are asked for; a rule with more atoms is better tested through its concepts.
_ATOMS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Cases for a rule, each run and found to give what it says."""

    rule_id: RuleId
    cases: tuple[ShownPatient, ...]
    left_out: tuple[str, ...]
    """What no case could be made for, in sentences."""

    @property
    def text(self) -> str:
        """Return the cases as a case file."""
        return case_file(self.cases, f"Suggested for {self.rule_id}: read each before keeping it.")


def suggest_cases(
    pack: RulePack, files: tuple[PackFile, ...], day: date, rule_id: str, assessor: Assessor
) -> Suggestion:
    """Make boundary, pairwise and undecided cases from a rule's tree, and run them.

    Args:
        pack: with the thresholds of the day.
        files: the same pack as bytes.
        day: the day of the cases.
        rule_id: the rule.
        assessor: runs the cases; one that does not give what it says is left out, and told.

    Raises:
        NotFound: the pack has no such rule, or it speaks of no option.
    """
    rule = pack.rules.get(RuleId(rule_id))
    indication = indication_of(pack, [rule.rule_id]) if rule is not None else None
    if rule is None or indication is None:
        raise NotFound(
            f'the pack has no rule "{rule_id}", or none that speaks of an option.',
            hint=did_you_mean(
                rule_id,
                pack.rules,
                listed_by="They stand in the rule files, and in the window under Rules.",
            ),
        )
    tree = _Tree(pack, rule, day)
    left_out: list[str] = []
    made = [
        ShownPatient(
            name=f"{name}: {expectation.value}",
            on=day,
            jurisdiction=rule.jurisdiction or Jurisdiction.EU,
            indication=indication,
            patient=sketch,
            then={rule.rule_id: expectation},
        )
        for name, sketch, expectation in (
            *tree.boundaries(left_out),
            *tree.edges(left_out),
            *tree.pairs(left_out),
            *tree.undecided(left_out),
        )
    ]
    apart: dict[tuple[str, tuple[ListKind, ...]], ShownPatient] = {}
    for each in (with_their_drugs(pack, one) for one in made):
        apart.setdefault((str(each.patient), each.patient.reviewed), each)
    distinct = tuple(apart.values())
    kept: list[ShownPatient] = []
    for each, said in zip(distinct, tried(files, distinct, day, assessor), strict=True):
        if said:
            left_out.append(f"{each.name}: left out, as it comes out otherwise. {said}")
        else:
            kept.append(each)
    return Suggestion(rule_id=rule.rule_id, cases=tuple(kept), left_out=tuple(left_out))


_Made = tuple[str, Sketch, Expectation]


class _Tree:
    """One rule as formulas."""

    def __init__(self, pack: RulePack, rule: Rule, day: date) -> None:
        self._day = day
        self._world = World(pack)
        self._formula: BoolRef = self._world.premise(rule.when)
        self._silent: BoolRef = self._world.refuted(rule.when)
        self._atoms = atoms_below(rule.when, pack.concepts)
        self._literals: Mapping[tuple[str, bool], BoolRef] = {
            (atom.symbol, holds): self._world.atom(atom) if holds else self._world.no(atom)
            for atom in self._atoms
            for holds in (True, False)
        }
        self._vocabulary = pack.vocabulary

    def boundaries(self, left_out: list[str]) -> Iterator[_Made]:
        """Make, for each end of an interval, patients at it and a step beyond whom the rule tells apart."""
        for atom in self._atoms:
            if not isinstance(atom, QuantityWithin):
                continue
            if atom.quantity in self._world.histories.of:
                for edge in limits_of(atom, self._vocabulary):
                    yield from self._at(atom, edge, left_out)
                continue
            entry = self._vocabulary.quantities[atom.quantity]
            interval, step = in_unit_of(entry, atom.interval), step_of(entry)
            ends = ((interval.low, interval.low_closed), (interval.high, not interval.high_closed))
            for end, below in ends:
                if end is None:
                    continue
                other = end - step if below else end + step
                if not all(is_plausible(entry, value) for value in (end, other)):
                    left_out.append(f"{atom.symbol}: {plain(end)} is the end of what is plausible.")
                    continue
                yield from self._both_sides(atom, end, other, left_out)

    def _both_sides(
        self, atom: QuantityWithin, end: Decimal, other: Decimal, left_out: list[str]
    ) -> Iterator[_Made]:
        import z3

        quantity = atom.quantity
        cells = [self._cell(quantity, value) for value in (end, other)]
        sides = [self._world.at(self._formula, quantity, cell) for cell in cells]
        quiet = [self._world.at(self._silent, quantity, cell) for cell in cells]
        # One patient with two values tells most; a score comes from other data, and needs two patients.
        is_sum = scored(quantity, self._vocabulary) is not None
        first = self._world.ask(self._world.in_cell(quantity, cells[0]), z3.Xor(*sides))
        second = self._world.ask(self._world.in_cell(quantity, cells[1]), z3.Xor(*sides)) if is_sum else first
        for value, *side, answer in zip((end, other), sides, quiet, (first, second), strict=True):
            if answer.model is None:
                left_out.append(f"{atom.symbol}: no patient whom {plain(end)} decides was found.")
                return
            sketch = self._sketch(answer.model, None if is_sum else {quantity: value})
            yield f"{quantity} of {plain(value)}, limit {plain(end)}", sketch, self._does(answer.model, *side)

    def _cell(self, quantity: QuantityId, value: Decimal) -> Cell:
        """Return the cell of a plausible value; one at the limit of the range lies in the cell beside it."""
        cells = self._world.cells(quantity)
        beside = cells[0] if value == self._vocabulary.quantities[quantity].plausible_low else cells[-1]
        return next((cell for cell in cells if cell.contains(value)), beside)

    def pairs(self, left_out: list[str]) -> Iterator[_Made]:
        """Make patients so that every two atoms occur in every combination that is possible."""
        symbols = [str(atom.symbol) for atom in self._atoms[:_ATOMS]]
        if len(self._atoms) > _ATOMS:
            left_out.append(f"pairs beyond the first {_ATOMS} of {len(self._atoms)} atoms.")
        wanted = {
            ((one, a), (other, b))
            for one, other in combinations(symbols, 2)
            for a in (True, False)
            for b in (True, False)
        }
        if len(symbols) == 1:
            wanted = {((symbols[0], a), (symbols[0], a)) for a in (True, False)}

        for pair in sorted(wanted):
            if pair not in wanted:
                continue
            asked = [self._literals[part] for part in pair]
            answer = self._world.ask(*asked)
            wanted.discard(pair)
            if answer.model is None:
                continue
            for more in sorted(wanted):
                extra = [self._literals[part] for part in more]
                further = self._world.ask(*asked, *extra)
                if further.model is not None:
                    answer, asked = further, [*asked, *extra]
            holds = self._world.holds_in(answer.model)
            wanted -= {each for each in wanted if all(holds(self._literals[part]) for part in each)}
            said = [symbol for symbol in symbols if holds(self._literals[symbol, True])]
            yield " and ".join(said) or "none of them", self._sketch(answer.model), self._does(answer.model)

    def edges(self, left_out: list[str]) -> Iterator[_Made]:
        """Make patients at the edges of details, counts and windows, whom the rule tells apart by them."""
        for atom in self._atoms:
            for edge in edges_of(atom, self._vocabulary):
                yield from self._at(atom, edge, left_out)

    def _at(self, atom: Atom, edge: Edge, left_out: list[str]) -> Iterator[_Made]:
        literal = self._literals[atom.symbol, edge.holds]
        answer = self._world.ask(
            self._matters(atom),
            literal,
            *(self._world.atom(each) for each in edge.at),
            *(~self._world.atom(each) for each in edge.not_at),
        )
        if answer.model is None:
            left_out.append(f"{atom.symbol}: no patient was found whom {edge.says} decides.")
            return
        sketch = sketch_of(self._world, answer.model, (*self._atoms, *edge.at, *edge.not_at), self._day)
        yield f"{subject_of(atom)}, {edge.says}", sketch, self._does(answer.model)

    def _matters(self, atom: Atom) -> BoolRef:
        """Return that the rule fires with an atom one way and not with it the other way."""
        import z3

        def where(*, holds: bool) -> BoolRef:
            swaps = ((self._world.atom(atom), holds), (self._world.no(atom), not holds))
            return z3.substitute(self._formula, *((each, z3.BoolVal(truth)) for each, truth in swaps))

        return z3.Xor(where(holds=True), where(holds=False))

    def _does(
        self, model: ModelRef, fires: BoolRef | None = None, silent: BoolRef | None = None
    ) -> Expectation:
        """Return what the rule, or one instead of it, does for the patient of a model."""
        holds = self._world.holds_in(model)
        if holds(self._formula if fires is None else fires):
            return Expectation.FIRES
        is_silent = holds(self._silent if silent is None else silent)
        return Expectation.SILENT if is_silent else Expectation.UNDECIDED

    def undecided(self, left_out: list[str]) -> Iterator[_Made]:
        """Make, for each atom, patients whom it decides, with a datum taken away."""
        for atom in self._atoms:
            if isinstance(atom, QuantityWithin) and scored(atom.quantity, self._vocabulary) is not None:
                continue
            matters = self._matters(atom)
            for lack in lacks_of(atom):
                # An entry of a list that is there makes its atom true, reviewed or not; of other data, one
                # that holds can be taken away without something else ruling it out.
                answer = self._world.ask(matters, self._literals[atom.symbol, lack.of_a_true_one])
                if answer.model is None and not lack.only_so:
                    answer = self._world.ask(matters)
                if answer.model is None:
                    left_out.append(f"{atom.symbol}: decides by itself for no patient that was found.")
                    continue
                sketch = lack.taken_from(self._sketch(answer.model))
                yield f'"{atom.symbol}" {lack.says}', sketch, Expectation.UNDECIDED

    def _sketch(self, model: ModelRef, chosen: Mapping[QuantityId, Decimal] | None = None) -> Sketch:
        return sketch_of(self._world, model, self._atoms, self._day, chosen)
