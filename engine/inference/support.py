"""From what holds of one patient to the clauses that could fire: all that durable-rules is asked.

Whatever of a large program cannot matter is left out before durable-rules sees it. Going forwards from the
symbols that hold, each rule and concept waits, in each of its clauses, for the part of the body that the
fewest things could bring about, and is reached where what the clause needs of the patient holds besides;
what nothing reaches is false. Going backwards from the rules that were reached, a clause is kept unless a
symbol of its body neither holds nor could follow. What is kept is numbered anew, from small numbers, and
split into questions that are each safe to ask.

Nothing is concluded here: a clause that is kept may still not fire, and which do is for durable-rules to
say. The reference evaluator selects by premises (:mod:`engine.inference.preselect`); the two share nothing.
"""

from __future__ import annotations

import itertools
import marshal
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from engine.domain.ids import Symbol
from engine.domain.truth import MostlyFalse, Truth
from engine.inference.compile import NEVER, CompiledProgram, Query
from engine.inference.holding import Everything, Holding, Looked, OfAny
from engine.inference.layout import Clause
from engine.inference.openings import Openings
from engine.inference.waits import Body, Waits

#: Steps (clauses) in one question, so that it fits into its deadline: compiled and evaluated with every
#: atom true, a step was seen to take up to 0.2 ms on a busy machine. One rule with all that it rests on
#: has to fit; more rules are asked in several questions.
MAX_QUESTION_STEPS = 5_000

#: A rule or a derived concept: its kind and its id.
_Owner = tuple[str, str]
#: The smallest number that a question gives to a symbol.
_FIRST = NEVER + 1


#: The parts of an index that are plain data: numbers, names, and collections of them.
_PLAIN = (
    "_heads",
    "_place",
    "_owners",
    "_deriving",
    "_depth",
    "_atom_of",
    "_by_default",
    "_inner",
    "_taken_for_granted",
    "_waiting",
    "_always",
)

#: The names of those that are true, and of those that are unknown.
_Names = tuple[list[str], list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Some rules and concepts of one patient, in numbers of their own."""

    query: Query
    heads: Mapping[_Owner, tuple[int, int]]
    """T and P of each rule and concept that is asked about."""

    def said(self, derived: Iterable[int]) -> dict[str, _Names | list[str]]:
        """Return what derived symbols say of the rules and concepts: of those not named, that they are false.

        Under ``nonsense`` stands what was called true and yet not possible.
        """
        known = frozenset(derived)
        rules: _Names = ([], [])
        concepts: _Names = ([], [])
        nonsense: list[str] = []
        for (sort, name), (certain, not_false) in self.heads.items():
            told = rules if sort == "rule" else concepts
            if certain in known:
                told[0].append(name)
                if not_false not in known:
                    nonsense.append(f"{sort} {name}")
            elif not_false in known:
                told[1].append(name)
        return {"rules": rules, "concepts": concepts, "nonsense": nonsense}


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
        self._deriving: dict[int, list[Body]] = {}
        for head, body in compiled.clauses:
            self._deriving.setdefault(head, []).append(body)
        self._depth = _depths(self._deriving)
        self._atom_of = {
            number: symbol
            for symbol, asserted in compiled.atoms.items()
            for several in asserted.values()
            for number in several
        }
        false = [asserted[Truth.FALSE] for asserted in compiled.atoms.values()]
        self._by_default = _closure(compiled.clauses, compiled.given.union(*false))
        """What holds of a patient of whom everything is false, and what then follows."""
        self._inner = frozenset(self._deriving) - compiled.chained - self._owners.keys()
        """What stands for a part of a premise."""
        for bodies in self._deriving.values():
            bodies[:] = [tuple(sorted(body, key=self._is_whole)) for body in bodies]
        self._taken_for_granted = (self._by_default - self._atom_of.keys()) | self._inner
        """What is not looked up: what follows by default, what is given, and parts of premises."""
        self._waiting = self._waits(compiled)
        self._always = [owner for head, owner in self._owners.items() if head in self._by_default]
        self._open()

    def _is_whole(self, symbol: int) -> bool:
        """Tell whether a symbol stands for more than a part of a premise; parts come first in a body."""
        return symbol not in self._inner

    def _open(self) -> None:
        """Make what looks atoms up."""
        self._opening = Openings(self._atom_of[number] for number in self._waiting if number in self._atom_of)
        self._every = Openings(self._atoms)
        self._by_truth = {
            truth: {symbol: asserted[truth] for symbol, asserted in self._atoms.items()} for truth in Truth
        }
        """What each atom asserts where it is true, false or unknown."""
        false = self._by_truth[Truth.FALSE].values()
        self._of_any = OfAny(self._taken_for_granted.union(*false), self._atom_of)
        self._derived_below = {
            head: tuple({symbol for body in bodies for symbol in body if symbol in self._deriving})
            for head, bodies in self._deriving.items()
        }

    def sent(self) -> bytes:
        """Return the index for another process of this interpreter; reading it runs no code."""
        atoms = {
            symbol: [(truth.value, numbers) for truth, numbers in asserted.items()]
            for symbol, asserted in self._atoms.items()
        }
        return marshal.dumps([atoms, [getattr(self, name) for name in _PLAIN]])

    @classmethod
    def received(cls, content: bytes) -> Self:
        """Return the index that another process sent."""
        support = cls.__new__(cls)
        support._receive(content)  # noqa: SLF001 - its own
        return support

    def _receive(self, content: bytes) -> None:
        atoms, parts = marshal.loads(content)  # noqa: S302 - from the process that started this one
        self._atoms = {
            symbol: {Truth(word): numbers for word, numbers in asserted} for symbol, asserted in atoms.items()
        }
        for name, part in zip(_PLAIN, parts, strict=True):
            setattr(self, name, part)
        self._open()

    def told(self, truths: MostlyFalse[Symbol]) -> tuple[list[Symbol], list[Symbol]]:
        """Return the atoms of a patient that are true, and those that are unknown or were not decided."""
        possible = list(self._every.possible(truths))
        true = [symbol for symbol in possible if truths.otherwise.get(symbol) is Truth.TRUE]
        return true, [symbol for symbol in possible if truths.otherwise.get(symbol) is not Truth.TRUE]

    def of_patient(
        self, true: Iterable[Symbol], unknown: Iterable[Symbol]
    ) -> Iterator[tuple[Question, bool]]:
        """Yield what to ask of one patient, each with whether it is the last; the rest is false."""
        first: set[int] = set()
        unusual: set[int] = set()
        for asserted, symbols in (
            (self._by_truth[Truth.TRUE], true),
            (self._by_truth[Truth.UNKNOWN], unknown),
        ):
            first.update(*[asserted[symbol] for symbol in symbols])
            unusual.update(*[self._by_truth[Truth.FALSE][symbol] for symbol in symbols])
        with self._of_any.but(first, unusual) as holding:
            questions = self._asked(holding)
        for place, question in enumerate(questions, 1):
            yield question, place == len(questions)

    def _waits(self, compiled: CompiledProgram) -> dict[int, list[Clause]]:
        """Return for each symbol the heads that wait for it, each with what else it needs of the patient."""
        common = Counter(symbol for _, body in compiled.clauses for symbol in body)
        measured = {number for number, symbol in self._atom_of.items() if symbol in compiled.measured}
        waits = Waits(self._deriving, self._by_default, self._inner, measured, common)
        waiting: dict[int, list[Clause]] = {}
        for head, body in compiled.clauses:
            if head in self._by_default or head in self._inner:
                continue
            asserted = tuple(symbol for symbol in body if symbol in self._atom_of)
            for symbol in waits.of_body(body):
                waiting.setdefault(symbol, []).append((head, asserted))
        return waiting

    def everything(self) -> tuple[Question, ...]:
        """Return all that could ever be asked, as if everything held at once."""
        return self._split(self._heads, Everything())

    def questions(self, truths: Mapping[Symbol, Truth]) -> tuple[Question, ...]:
        """Return what to ask of one patient: one question at least, so that a dead worker is always noticed.

        Args:
            truths: asked only for the symbols that matter; one that it does not have is unknown.
        """
        holding = Looked(truths, self._atoms, self._atom_of, self._taken_for_granted)
        for opening in self._opening.possible(truths):
            holding.look(opening)
        return self._asked(holding)

    def _asked(self, holding: Holding) -> tuple[Question, ...]:
        self._reach(holding)
        owners = {*self._always, *(self._owners[head] for head in holding.followed if head in self._owners)}
        return self._split(sorted(owners, key=self._place.__getitem__), holding)

    def _reach(self, holding: Holding) -> None:
        """Add to what holds all that could follow from it beyond what could by default."""
        known, holds, followed = holding.known, holding.all, holding.followed
        waiting = list(holding.first)
        while waiting:
            for head, asserted in self._waiting.get(waiting.pop(), ()):
                if head not in known and holds(asserted):
                    followed.append(head)
                    known.add(head)
                    waiting.append(head)

    def _split(self, owners: Iterable[_Owner], holding: Holding) -> tuple[Question, ...]:
        """Return the rules and concepts with all that they rest on, in as few questions as are safe.

        Args:
            owners: the rules and concepts.
            holding: what holds of the patient.
        """
        heads = {owner: self._heads[owner] for owner in owners}
        symbols = self._below(itertools.chain.from_iterable(heads.values()), (), holding)
        if self._steps(symbols) <= MAX_QUESTION_STEPS:
            return (self._question(heads, symbols, holding),)
        questions: list[Question] = []
        together: dict[_Owner, tuple[int, int]] = {}
        symbols = set()
        steps = 0
        for owner, signs in heads.items():
            new = self._below(signs, symbols, holding)
            if together and steps + self._steps(new) > MAX_QUESTION_STEPS:
                questions.append(self._question(together, symbols, holding))
                together, symbols, steps, new = {}, set(), 0, self._below(signs, (), holding)
            together[owner] = signs
            symbols |= new
            steps += self._steps(new)
        return (*questions, self._question(together, symbols, holding))

    def _below(self, heads: Iterable[int], seen: Container[int], holding: Holding) -> set[int]:
        """Return the symbols that could follow, of these and of all that they rest on, not seen before."""
        found: set[int] = set()
        holds, below = holding.one, self._derived_below
        waiting = list(heads)
        while waiting:
            symbol = waiting.pop()
            if symbol not in found and symbol in below and symbol not in seen and holds(symbol):
                found.add(symbol)
                waiting += below[symbol]
        return found

    def _steps(self, symbols: Iterable[int]) -> int:
        """Return how many clauses derive these symbols."""
        return sum([len(self._deriving[symbol]) for symbol in symbols])

    def _question(
        self, heads: Mapping[_Owner, tuple[int, int]], symbols: Iterable[int], holding: Holding
    ) -> Question:
        """Number the symbols from small numbers, each clause after those it rests on.

        Symbols that stand for the same are one. What an atom asserts of this patient holds together, and is
        one fact. Two symbols of one rule or concept that follow from equal bodies follow together: *true* and
        *not false* part only above something unknown. A clause that needs what neither holds nor follows, or
        a part of a premise for which no clause is left, is a dead end, and left out.
        """
        atom_of, holds = holding.atom_of, holding.all
        deriving, owners, inner = self._deriving, self._owners, self._inner
        numbers: dict[int, int] = {}
        alike: dict[object, int] = {}
        clauses: list[Clause] = []
        facts: set[int] = set()
        for head in sorted(symbols, key=self._depth.__getitem__):
            bodies: list[Body] = []
            for body in filter(holds, deriving[head]):
                rests_on: list[int] = []
                for symbol in body:
                    number = numbers.get(symbol)
                    if number is None:
                        if symbol in inner:  # stands before all others
                            break
                        means = atom_of.get(symbol, symbol)
                        number = numbers[symbol] = alike.setdefault(means, len(alike) + _FIRST)
                        if symbol not in deriving:
                            facts.add(number)
                    rests_on.append(number)
                else:
                    bodies.append(tuple(sorted(set(rests_on))) if len(rests_on) > 1 else tuple(rests_on))
            if bodies:
                found = tuple(sorted(set(bodies))) if len(bodies) > 1 else tuple(bodies)
                following = len(alike) + _FIRST
                number = numbers[head] = alike.setdefault((owners.get(head), found), following)
                if number == following:
                    clauses += [(following, body) for body in found]
        return Question(
            query=Query(clauses=tuple(clauses), facts=tuple(sorted(facts))),
            heads={
                owner: (numbers.get(certain, NEVER), numbers.get(not_false, NEVER))
                for owner, (certain, not_false) in heads.items()
            },
        )


def _depths(deriving: Mapping[int, Sequence[Body]]) -> dict[int, int]:
    """Return how many clauses stand between each derived symbol and what is asserted, by the longest way."""
    depths: dict[int, int] = {}
    waiting = list(deriving)
    while waiting:  # a list, not recursion, so that chains may be of any length
        symbol = waiting[-1]
        below = {each for body in deriving[symbol] for each in body if each in deriving}
        unknown = [each for each in below if each not in depths]
        if symbol in depths or not unknown:
            depths.setdefault(symbol, 1 + max((depths[each] for each in below), default=0))
            waiting.pop()
        else:
            waiting += unknown
    return depths


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
