"""How many planted mistakes the cases of a pack notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.domain.ids import ConceptId
from engine.domain.rules import Concept, Premise, Rule
from engine.knowledge.case_facts import CaseBook
from engine.knowledge.mutants import Mutant, mutants_of
from engine.knowledge.world import World
from engine.ports import Progress, RuleEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """What became of the mutants of a pack."""

    killed: int
    survivors: tuple[Mutant, ...]
    equal: int
    """Proved to tell every fully known patient the same; counted neither way."""
    untried: tuple[str, ...]
    """Concepts no case speaks of through a rule; their mutants cannot be noticed here."""
    of: int
    """All mutants there are, also where only a sample was tried."""

    @property
    def score(self) -> float:
        """Return killed / (killed + survived)."""
        tried = self.killed + len(self.survivors)
        return self.killed / tried if tried else 1.0


def measure_mutation(
    book: CaseBook, engine: RuleEngine, progress: Progress, *, sample: int | None = None
) -> MutationReport:
    """Plant every mistake in turn, and see whether a case that speaks of the rule notices.

    Args:
        book: the cases; they pass with the rules as they are.
        engine: the reference evaluator.
        progress: told as mutants are tried.
        sample: try about so many, evenly spread, the same ones each time. None: all.
    """
    mutants = mutants_of(book.pack)
    chosen = mutants if sample is None or sample >= len(mutants) else _spread(mutants, sample)
    users = _users(book)
    world: World | None = None
    killed, equal, survivors = 0, 0, list[Mutant]()
    untried: dict[str, None] = {}
    for number, mutant in enumerate(chosen, start=1):
        rules = _rules_of(book, mutant, users)
        if not rules:
            untried[mutant.owner] = None
        elif any(_notices(book, rule, mutant, engine) for rule in rules):
            killed += 1
        else:
            world = world or World(book.pack)
            if _is_equal(world, mutant):
                equal += 1
            else:
                survivors.append(mutant)
        if number % 100 == 0 or number == len(chosen):
            progress.step(number, len(chosen), "planted mistakes")
    return MutationReport(
        killed=killed,
        survivors=tuple(survivors),
        equal=equal,
        untried=tuple(untried),
        of=len(mutants),
    )


def _spread(mutants: Sequence[Mutant], sample: int) -> tuple[Mutant, ...]:
    return tuple(mutants[number * len(mutants) // sample] for number in range(sample))


def _users(book: CaseBook) -> Mapping[ConceptId, tuple[Rule, ...]]:
    users: dict[ConceptId, list[Rule]] = {}
    for rule in book.pack.rules.values():
        for concept in book.chain(rule):
            users.setdefault(concept.concept_id, []).append(rule)
    return {name: tuple(rules) for name, rules in users.items()}


def _rules_of(
    book: CaseBook, mutant: Mutant, users: Mapping[ConceptId, tuple[Rule, ...]]
) -> tuple[Rule, ...]:
    if mutant.is_concept:
        return users.get(ConceptId(mutant.owner), ())
    return tuple(rule for name, rule in book.pack.rules.items() if name == mutant.owner)


def _notices(book: CaseBook, rule: Rule, mutant: Mutant, engine: RuleEngine) -> bool:
    """Tell whether some case that speaks of a rule comes out otherwise with the mistake in it."""
    when: Premise = rule.when if mutant.is_concept else mutant.premise
    chain = tuple(_with_mutant(book, rule, mutant))
    changed = replace(rule, when=when)
    return any(
        each.outcome(changed, chain, engine) is not each.expected(rule.rule_id)
        for each in book.about(rule.rule_id)
    )


def _with_mutant(book: CaseBook, rule: Rule, mutant: Mutant) -> Iterator[Concept]:
    for concept in book.chain(rule):
        hit = mutant.is_concept and concept.concept_id == mutant.owner
        yield replace(concept, when=mutant.premise) if hit else concept


def _is_equal(world: World, mutant: Mutant) -> bool:
    """Prove that no fully known patient tells a mutant from what it came from; False where time ran out."""
    import z3

    if mutant.is_concept:
        original = world.pack.concepts[ConceptId(mutant.owner)].when
    else:
        original = next(rule.when for name, rule in world.pack.rules.items() if name == mutant.owner)
    differs = z3.Xor(world.premise(original), world.premise(mutant.premise))
    return world.possible(differs) is False
