"""Asks the solver about the rules of one pack, and turns its answers into patients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from engine.domain.atoms import Atom, QuantityWithin
from engine.domain.ids import ConceptId, OptionId, RuleId
from engine.domain.pack import RulePack
from engine.domain.rules import FileSpan, Jurisdiction, Rule
from engine.knowledge.case_schema import Expectation
from engine.knowledge.proof_records import Proof, ProofKind
from engine.knowledge.shown_patients import ShownPatient, indication_of, with_their_drugs
from engine.knowledge.sketching import sketch_of
from engine.knowledge.solving import Answer
from engine.knowledge.words_of_premises import atoms_below, subject_of
from engine.knowledge.world import World
from engine.ports import Progress

if TYPE_CHECKING:
    from z3 import BoolRef


class Prover:
    """Asks a world about the rules of its pack, and counts the questions."""

    def __init__(self, pack: RulePack, day: date, progress: Progress, *, timeout_ms: int = 2000) -> None:
        """Write every rule and concept of the pack as a formula."""
        self.pack = pack
        self.day = day
        self.progress = progress
        self.world = World(pack, timeout_ms=timeout_ms)
        self.rules: tuple[Rule, ...] = tuple(
            pack.rules[name] for name in sorted(pack.rules) if pack.rules[name].options
        )
        self.formula: dict[RuleId, BoolRef] = {
            rule.rule_id: self.world.premise(rule.when) for rule in self.rules
        }
        self.silent: dict[RuleId, BoolRef] = {
            rule.rule_id: self.world.refuted(rule.when) for rule in self.rules
        }
        self.concept: dict[ConceptId, BoolRef] = {
            name: self.world.premise(concept.when) for name, concept in pack.concepts.items()
        }

    @property
    def questions(self) -> int:
        """How often the solver was asked."""
        return self.world.ground.questions

    def possible(self, *formulas: BoolRef) -> bool | None:
        """Tell whether all of these can hold of one patient; None where the solver's time ran out."""
        return self.world.possible(*formulas)

    def ask(self, *formulas: BoolRef) -> Answer:
        """Ask whether all of these can hold of one patient, and who that is."""
        return self.world.ask(*formulas)

    def no(self, formula: BoolRef) -> BoolRef:
        """Return the opposite."""
        import z3

        return z3.Not(formula)

    def excluding(self, option: OptionId, jurisdiction: Jurisdiction) -> tuple[Rule, ...]:
        """Return the rules that can take an option out."""
        return tuple(
            rule
            for rule in self.rules
            if option in rule.options and rule.then.severity.excludes and in_force(rule, jurisdiction)
        )

    def atoms(self, *rules: Rule) -> tuple[Atom, ...]:
        """Return everything some rules look at."""
        return tuple(atom for rule in rules for atom in atoms_below(rule.when, self.pack.concepts))

    def common_reasons(self, one: Rule, other: Rule) -> Iterator[tuple[str, BoolRef]]:
        """Return each datum both rules look at, with the formula that neither fires were it another.

        Sex is no reason: rules that divide patients by it have one for each.
        """
        import z3

        atoms = (*self.atoms(one), *self.atoms(other))
        common = {subject_of(atom) for atom in self.atoms(one)} & {
            subject_of(atom) for atom in self.atoms(other)
        }
        formulas = (self.formula[one.rule_id], self.formula[other.rule_id])
        for subject in sorted(common - {"sex"}):
            about = {atom.symbol: atom for atom in atoms if subject_of(atom) == subject}
            first = next((atom for atom in about.values() if isinstance(atom, QuantityWithin)), None)
            if first is not None:
                quantity = first.quantity
                others = [
                    [self.world.at(each, quantity, cell) for each in formulas]
                    for cell in self.world.cells(quantity)
                ]
            else:
                absent = [
                    (formula, z3.BoolVal(truth))
                    for atom in about.values()
                    for formula, truth in ((self.world.atom(atom), False), (self.world.no(atom), True))
                ]
                others = [[z3.substitute(each, *absent) for each in formulas]]
            yield subject, z3.Or(*(z3.And(*(z3.Not(each) for each in pair)) for pair in others))

    def shown(
        self,
        name: str,
        answer: Answer,
        jurisdiction: Jurisdiction,
        then: Mapping[Rule, Expectation],
    ) -> ShownPatient | None:
        """Return the patient of an answer as a case about some rules."""
        rules = tuple(then)
        indication = indication_of(self.pack, [rule.rule_id for rule in rules])
        if answer.model is None or indication is None:
            return None
        found = ShownPatient(
            name=name,
            on=self.day,
            jurisdiction=jurisdiction,
            indication=indication,
            patient=sketch_of(self.world, answer.model, self.atoms(*rules), self.day),
            then={rule.rule_id: each for rule, each in then.items()},
        )
        return with_their_drugs(self.pack, found)


def in_force(rule: Rule, jurisdiction: Jurisdiction) -> bool:
    """Tell whether a rule counts where this label binds."""
    return rule.jurisdiction in (None, jurisdiction)


def out_of_time(question: str, *spans: FileSpan, rules: tuple[RuleId, ...] = ()) -> Proof:
    """Return the statement that a question stays open."""
    return Proof(
        kind=ProofKind.OUT_OF_TIME,
        message=f"the solver could not decide in its time whether {question}",
        spans=spans,
        rules=rules,
    )
