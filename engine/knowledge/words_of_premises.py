"""What premises look at, down through concepts and scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

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
from engine.domain.ids import ConceptId, GeneId, QuantityId, StateId, Symbol
from engine.domain.pack import RulePack
from engine.domain.rules import Concept, Premise, atoms_of, concepts_of
from engine.domain.vocabulary import Vocabulary
from engine.facts.scores import SCORES, Score
from engine.facts.summing import words_needed


def atoms_below(premise: Premise, concepts: Mapping[ConceptId, Concept]) -> tuple[Atom, ...]:
    """Return the atoms of a premise and of every concept it chains on, each once."""
    found: dict[Symbol, Atom] = {}
    for part in (premise, *(concept.when for concept in chain_of(premise, concepts))):
        for atom in atoms_of(part):
            found.setdefault(atom.symbol, atom)
    return tuple(found.values())


def chain_of(premise: Premise, concepts: Mapping[ConceptId, Concept]) -> tuple[Concept, ...]:
    """Return the concepts a premise chains on, each after those it needs."""
    ordered: dict[ConceptId, Concept] = {}

    def visit(concept_id: ConceptId) -> None:
        if concept_id not in ordered:
            for needed in concepts_of(concepts[concept_id].when):
                visit(needed)
            ordered[concept_id] = concepts[concept_id]

    for concept_id in concepts_of(premise):
        visit(concept_id)
    return tuple(ordered.values())


def scored(quantity: QuantityId, vocabulary: Vocabulary) -> Score | None:
    """Return the score that a quantity is the sum of, if the vocabulary has every word that it counts.

    One that is reported first is bound to no sum: a report may be any number.
    """
    score = SCORES.get(quantity)
    if score is None or score.report_first or words_needed(score, vocabulary):
        return None
    return score


def looked_at(atoms: Iterable[Atom], vocabulary: Vocabulary) -> tuple[Atom, ...]:
    """Return these atoms with those that the scores among them are summed from."""
    found: dict[Symbol, Atom] = {}
    waiting = list(atoms)
    while waiting:
        atom = waiting.pop(0)
        if atom.symbol in found:
            continue
        found[atom.symbol] = atom
        if isinstance(atom, QuantityWithin):
            waiting.extend(_terms(atom.quantity, vocabulary))
    return tuple(found.values())


def _terms(quantity: QuantityId, vocabulary: Vocabulary) -> Iterator[Atom]:
    score = scored(quantity, vocabulary)
    for term in score.terms if score is not None else ():
        yield from atoms_of(term.when)
        yield from (atom for atom in term.telling if _has_word(atom, vocabulary))


def _has_word(atom: Atom, vocabulary: Vocabulary) -> bool:
    """Tell whether a vocabulary has the word that an atom tells a term by; one may do without it."""
    match atom:
        case HasState(state=state):
            return state in vocabulary.states
        case QuantityWithin(quantity=quantity):
            return quantity in vocabulary.quantities
        case _:
            return True


def subject_of(atom: Atom) -> str:  # noqa: PLR0911 - one return a kind of atom
    """Return what of the patient an atom is about; two atoms about the same thing share it."""
    match atom:
        case TakesDrug(drug=drug) | StoppedDrug(drug=drug):
            return f"drug {drug}"
        case HasCondition(condition=condition):
            return f"condition {condition}"
        case PlansProcedure(procedure=procedure):
            return f"planned {procedure}"
        case HasAllergy(allergen=allergen):
            return f"allergy {allergen}"
        case (
            QuantityWithin(quantity=quantity)
            | QuantityChange(quantity=quantity)
            | QuantityRepeated(quantity=quantity)
        ):
            return f"quantity {quantity}"
        case InTrimester():
            return "trimester"
        case HasState(state=state):
            return f"state {state}"
        case HasSex():
            return "sex"
        case HasDiplotype(gene=gene) | HasReportedPhenotype(gene=gene):
            return f"gene {gene}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneWords:
    """Everything the premises of a pack ask of one gene."""

    gene: GeneId
    diplotypes: tuple[HasDiplotype, ...]
    phenotypes: tuple[HasReportedPhenotype, ...]

    def called(self) -> tuple[str, ...]:
        """Return every diplotype that leaves none of the atoms unknown.

        With a phenotype table those it knows. Without one every pair of the alleles that are named:
        the one pair that no atom lists stands for all other calls.
        """
        tables = [set(atom.known) for atom in self.diplotypes if atom.known]
        if tables:
            return tuple(sorted(set.intersection(*tables)))
        listed = {name for atom in self.diplotypes for name in atom.diplotypes}
        alleles = sorted({part for name in listed if name.count("/") == 1 for part in name.split("/")})
        if any(allele.startswith("*") for allele in alleles):
            alleles = sorted({*alleles, "*1"})
        pairs = {f"{one}/{other}" for one in alleles for other in alleles if one <= other}
        known = {"/".join(sorted(name.split("/"))) for name in listed}
        return tuple(sorted(known | pairs))


def gene_words(pack: RulePack) -> Mapping[GeneId, GeneWords]:
    """Return what a pack asks of each gene."""
    premises = [*(rule.when for rule in pack.rules.values()), *(item.when for item in pack.concepts.values())]
    atoms = {atom.symbol: atom for premise in premises for atom in atoms_of(premise)}.values()
    diplotypes = [atom for atom in atoms if isinstance(atom, HasDiplotype)]
    reported = [atom for atom in atoms if isinstance(atom, HasReportedPhenotype)]
    return {
        gene: GeneWords(
            gene=gene,
            diplotypes=tuple(atom for atom in diplotypes if atom.gene == gene),
            phenotypes=tuple(atom for atom in reported if atom.gene == gene),
        )
        for gene in dict.fromkeys([atom.gene for atom in diplotypes] + [atom.gene for atom in reported])
    }


def states_of(atoms: Iterable[Atom]) -> tuple[StateId, ...]:
    """Return the states that some atoms ask for, each once."""
    return tuple(dict.fromkeys(atom.state for atom in atoms if isinstance(atom, HasState)))
