"""From what holds of one patient to the clauses that could fire: all that durable-rules is asked.

Whatever of a large program cannot matter is left out before the worker sees it. Going forwards from the
symbols that hold, each clause waits for the rarest symbol of its body that does not hold by default;
what nothing reaches is false. Going backwards from the rules that were reached, a clause is kept unless
a symbol of its body neither holds nor was reached. What is kept is numbered anew, from small numbers, and
split into questions that are each safe to ask.

Nothing is concluded here: a clause that is kept may still not fire, and which do is for durable-rules to
say. The reference evaluator selects by premises (:mod:`engine.inference.preselect`); the two share nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.truth import Truth
from engine.inference.compile import ALWAYS, NEVER, CompiledProgram, Query
from engine.inference.layout import Clause

#: Steps (clauses) in one question, so that it fits into its deadline: compiled and evaluated with every
#: atom true, a step was seen to take up to 0.2 ms on a busy machine. One rule with all that it rests on
#: has to fit; more rules are asked in several questions.
MAX_QUESTION_STEPS = 5_000

#: A rule or a derived concept: its kind and its id.
_Owner = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Some rules and concepts of one patient, in numbers of their own."""

    query: Query
    heads: Mapping[_Owner, tuple[int, int]]
    """T and P of each rule and concept that is asked about."""


@dataclass(slots=True)
class Said:
    """What durable-rules said of one patient, question by question: of all else, that it is false."""

    rules: dict[RuleId, Truth]
    concepts: dict[ConceptId, Truth]
    nonsense: list[str]
    """What it called true and yet not possible."""

    def read(self, question: Question, derived: Iterable[int]) -> None:
        """Add the answer to one question."""
        known = frozenset(derived)
        for (sort, name), (certain, possible) in question.heads.items():
            truth = Truth.TRUE if certain in known else Truth.UNKNOWN
            if truth is Truth.TRUE and possible not in known:
                self.nonsense.append(f"{sort} {name}")
            elif possible not in known:
                continue
            if sort == "rule":
                self.rules[RuleId(name)] = truth
            else:
                self.concepts[ConceptId(name)] = truth


class Support:
    """The index of one compiled program; it depends on the program alone, not on any patient."""

    def __init__(self, compiled: CompiledProgram) -> None:
        """Index the clauses by what they derive and by what they wait for."""
        self._atoms = compiled.atoms
        self._heads: dict[_Owner, tuple[int, int]] = {
            **{("derived concept", name): heads for name, heads in compiled.concepts.items()},
            **{("rule", name): heads for name, heads in compiled.rules.items()},
        }
        self._place = {owner: place for place, owner in enumerate(self._heads)}
        self._owners = {head: owner for owner, heads in self._heads.items() for head in heads}
        self._deriving: dict[int, list[Clause]] = {}
        for clause in compiled.clauses:
            self._deriving.setdefault(clause[0], []).append(clause)
        false = [asserted[Truth.FALSE] for asserted in compiled.atoms.values()]
        self._by_default = _closure(compiled.clauses, compiled.given.union(*false))
        """What holds of a patient of whom everything is false, and what then follows."""
        self._waiting = _waits(compiled.clauses, self._by_default)
        self._always = [owner for head, owner in self._owners.items() if head in self._by_default]

    def everything(self) -> tuple[Question, ...]:
        """Return all that could ever be asked, as if everything held at once."""
        return self._split(self._heads, lambda _: True)

    def questions(self, possible: Mapping[Symbol, Truth]) -> tuple[Question, ...]:
        """Return what to ask of one patient: one question at least, so that a dead worker is always noticed.

        Args:
            possible: the truth of every symbol that is true or unknown.
        """
        holds: set[int] = set()
        fails: set[int] = set()
        for symbol, truth in possible.items():
            asserted = self._atoms.get(symbol)
            if asserted is not None:
                holds.update(asserted[truth])
                fails.update(asserted[Truth.FALSE])
        fails -= holds
        reached = self._reached(holds)
        by_default = self._by_default

        def usable(symbol: int) -> bool:
            return symbol in holds or symbol in reached or (symbol in by_default and symbol not in fails)

        owners = {*self._always, *(self._owners[head] for head in reached if head in self._owners)}
        return self._split(sorted(owners, key=self._place.__getitem__), usable)

    def _reached(self, holds: Iterable[int]) -> set[int]:
        """Return all that could follow from these, beyond what could by default."""
        reached: set[int] = set()
        waiting = list(holds)
        while waiting:
            for head in self._waiting.get(waiting.pop(), ()):
                if head not in reached:
                    reached.add(head)
                    waiting.append(head)
        return reached

    def _split(self, owners: Iterable[_Owner], usable: Callable[[int], bool]) -> tuple[Question, ...]:
        """Return the rules and concepts with all that they rest on, in as few questions as are safe."""
        questions: list[Question] = []
        part = _Part()
        for owner in owners:
            heads = self._heads[owner]
            new = self._below(heads, usable, part.seen)
            if part.heads and len(part.clauses) + len(new.clauses) > MAX_QUESTION_STEPS:
                questions.append(self._question(part))
                part, new = _Part(), self._below(heads, usable, ())
            part.heads[owner] = heads
            part.seen |= new.seen
            part.clauses += new.clauses
        questions.append(self._question(part))
        return tuple(questions)

    def _below(self, heads: Iterable[int], usable: Callable[[int], bool], seen: Container[int]) -> _Part:
        """Return the clauses that could derive these symbols, and all below, that were not seen before."""
        found = _Part()
        waiting = list(heads)
        while waiting:
            symbol = waiting.pop()
            if symbol in seen or symbol in found.seen:
                continue
            found.seen.add(symbol)
            for clause in self._deriving.get(symbol, ()):
                _, body = clause
                if all(map(usable, body)):
                    found.clauses.append(clause)
                    waiting.extend(body)
        return found

    def _question(self, part: _Part) -> Question:
        """Number the symbols of a part anew, and assert those that nothing derives."""
        numbers = {ALWAYS: ALWAYS, NEVER: NEVER}
        for head, body in part.clauses:
            for symbol in (head, *body):
                numbers.setdefault(symbol, len(numbers))
        clauses = tuple(
            (numbers[head], tuple(numbers[symbol] for symbol in body)) for head, body in part.clauses
        )
        facts = {
            numbers[symbol] for _, body in part.clauses for symbol in body if symbol not in self._deriving
        }
        return Question(
            query=Query(clauses=clauses, facts=tuple(sorted(facts))),
            heads={
                owner: (numbers.get(certain, NEVER), numbers.get(possible, NEVER))
                for owner, (certain, possible) in part.heads.items()
            },
        )


@dataclass(slots=True)
class _Part:
    """A question in the making."""

    clauses: list[Clause] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    heads: dict[_Owner, tuple[int, int]] = field(default_factory=dict)


def _waits(clauses: Sequence[Clause], by_default: frozenset[int]) -> dict[int, list[int]]:
    """Return for each symbol the heads of the clauses that wait for it."""
    common = Counter(symbol for _, body in clauses for symbol in body)
    waiting: dict[int, list[int]] = {}
    for head, body in clauses:
        if head not in by_default:
            lacking = [symbol for symbol in body if symbol not in by_default]
            waiting.setdefault(min(lacking, key=lambda each: (common[each], each)), []).append(head)
    return waiting


def _closure(clauses: Iterable[Clause], holds: frozenset[int]) -> frozenset[int]:
    """Return all that follows from what holds, and that as well."""
    waiting: dict[int, list[int]] = {}
    lacking: list[int] = []
    heads: list[int] = []
    for number, (head, body) in enumerate(clauses):
        heads.append(head)
        lacking.append(len(body))
        for symbol in body:
            waiting.setdefault(symbol, []).append(number)
    known: set[int] = set()
    new = list(holds)
    while new:
        symbol = new.pop()
        if symbol in known:
            continue
        known.add(symbol)
        for number in waiting.get(symbol, ()):
            lacking[number] -= 1
            if not lacking[number]:
                new.append(heads[number])
    return frozenset(known)
