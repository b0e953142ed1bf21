"""Members of lists that never decide: a drug of a class, a route, a reaction, a phenotype or a trimester."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from engine.domain.atoms import Atom, HasAllergy, HasReportedPhenotype, InTrimester, TakesDrug
from engine.domain.ids import ClassId, RuleId
from engine.domain.rules import FileSpan, Jurisdiction, Premise, atoms_of
from engine.domain.vocabulary import Vocabulary
from engine.knowledge.case_schema import Expectation
from engine.knowledge.proof_records import Proof, ProofKind
from engine.knowledge.prover import Prover, in_force
from engine.knowledge.shown_patients import ShownPatient

if TYPE_CHECKING:
    from z3 import BoolRef


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """One member of a list inside an atom, and the atom without it."""

    name: str
    without: Atom
    alone: Atom
    """The atom that asks for it alone."""


def find_dead_members(prover: Prover) -> Iterator[Proof]:
    """Prove of each member of a list whether the premise would be the same without it.

    A member is dead where every patient whom it concerns is told the same by the rest of the premise: a
    drug of a class that the rule excepts again, a drug that is excepted and is none of the class. Diplotypes
    are not asked for one by one: their table tells apart what rules tell apart.
    """
    owners: list[tuple[str, Premise, FileSpan]] = [
        (rule.rule_id, rule.when, rule.span) for rule in prover.rules
    ]
    owners += [(name, concept.when, concept.span) for name, concept in prover.pack.concepts.items()]
    for owner, premise, span in owners:
        for atom in dict.fromkeys(atoms_of(premise)):
            for member in _members(atom, prover.pack.vocabulary):
                yield from _dead(prover, owner, premise, span, atom, member)


def _dead(
    prover: Prover, owner: str, premise: Premise, span: FileSpan, atom: Atom, member: _Member
) -> Iterator[Proof]:
    import z3

    world = prover.world
    formula = world.premise(premise)
    swaps = (
        (world.atom(atom), world.atom(member.without)),
        (world.no(atom), world.no(member.without)),
    )
    possible = prover.possible(z3.Xor(formula, z3.substitute(formula, *swaps)))
    what = f'whether "{member.name}" matters in "{atom.symbol}" of {owner}'
    if possible is None:
        message = f"the solver could not decide in its time {what}."
        yield Proof(kind=ProofKind.OUT_OF_TIME, message=message, spans=(span,))
    elif not possible:
        yield Proof(
            kind=ProofKind.DEAD_MEMBER,
            message=(
                f'"{member.name}" decides nothing in "{atom.symbol}" of {owner}: every patient is told the '
                "same without it."
            ),
            spans=(span,),
            rules=(RuleId(owner),) if owner in prover.formula else (),
            shown=_shown(prover, owner, world.atom(member.alone), member.name),
        )


def _shown(prover: Prover, owner: str, alone: BoolRef, name: str) -> ShownPatient | None:
    """Return a patient who has the member, and what the rule does for them."""
    rule = prover.pack.rules.get(RuleId(owner))
    if rule is None:
        return None
    for formula, does in (
        (prover.silent[rule.rule_id], Expectation.SILENT),
        (prover.formula[rule.rule_id], Expectation.FIRES),
    ):
        answer = prover.ask(alone, formula)
        if answer.possible:
            home = next(each for each in (Jurisdiction.EU, Jurisdiction.US) if in_force(rule, each))
            return prover.shown(f"{name} decides nothing in {owner}", answer, home, {rule: does})
    return None


def _members(atom: Atom, vocabulary: Vocabulary) -> Iterator[_Member]:
    match atom:
        case TakesDrug():
            yield from _of_drug(atom, vocabulary)
        case HasAllergy(reactions=reactions):
            for kind, others in _each(reactions):
                without, alone = replace(atom, reactions=others), replace(atom, reactions=(kind,))
                yield _Member(name=kind, without=without, alone=alone)
        case HasReportedPhenotype(phenotypes=phenotypes):
            for text, texts in _each(phenotypes):
                without_it, just_it = replace(atom, phenotypes=texts), replace(atom, phenotypes=(text,))
                yield _Member(name=text, without=without_it, alone=just_it)
        case InTrimester(trimesters=trimesters):
            for number, numbers in _each(trimesters):
                yield _Member(
                    name=f"trimester {number}",
                    without=InTrimester(trimesters=numbers),
                    alone=InTrimester(trimesters=(number,)),
                )
        case _:
            pass


def _of_drug(atom: TakesDrug, vocabulary: Vocabulary) -> Iterator[_Member]:
    drugs = vocabulary.classes[ClassId(atom.drug)].members if atom.drug in vocabulary.classes else ()
    counted = tuple(drug for drug in drugs if drug not in atom.besides)
    for drug, _ in _each(counted):
        without = replace(atom, besides=(*atom.besides, drug))
        yield _Member(name=drug, without=without, alone=replace(atom, drug=drug, besides=(), count=1))
    for drug in atom.besides:
        counting = replace(atom, besides=tuple(each for each in atom.besides if each != drug))
        alone = replace(atom, drug=drug, besides=(), count=1)
        yield _Member(name=f"besides {drug}", without=counting, alone=alone)
    for route, routes in _each(atom.routes):
        by_others, by_it = replace(atom, routes=routes), replace(atom, routes=(route,))
        yield _Member(name=route, without=by_others, alone=by_it)


def _each(members: tuple[_T, ...]) -> Iterator[tuple[_T, tuple[_T, ...]]]:
    """Return each of several members, with the others; of one alone there is nothing to take away."""
    for member in members if len(members) > 1 else ():
        yield member, tuple(each for each in members if each != member)
