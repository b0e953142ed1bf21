"""From a program to Horn clauses over signed symbols: all that durable-rules is ever given.

Kleene's logic needs no negation in the rule engine. Every premise has up to four *signed symbols*,
each a positive statement of its own:

====== =================== ================================================================
sign   says of the premise asserted for an atom that is
====== =================== ================================================================
``T``  it is true          true
``P``  it is not false     true or unknown
``F``  it is false         false
``Q``  it is not true      false or unknown
====== =================== ================================================================

"At least k of n parts" is true when k parts are, not false when k parts are not, false when
n - k + 1 parts are, not true when n - k + 1 parts are not. ``AllOf`` is n of n, ``AnyOf`` 1 of n,
and ``Negation`` swaps T with F and P with Q. Each line is a Horn clause: facts and rules may come
in any order, nothing is ever taken back. A rule is TRUE when its T was derived, UNKNOWN when only
its P was, else FALSE. Only the signs that some rule or concept asks for are compiled.

A clause is a head and at most four symbols in its body, all different (durable-rules never lets
one fact match two patterns of one rule). Symbols are numbers; 0 always holds, 1 never does.
"""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.domain.atoms import QuantityWithin
from engine.domain.ids import ConceptId, RuleId, Symbol
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.domain.truth import Truth
from engine.inference.layout import MAX_BODY, Clause
from engine.ports import Evaluation, Program

ALWAYS = 0
NEVER = 1

#: Up to so many combinations an "at least" is written out; beyond, it is counted step by step.
_MAX_COMBINATIONS = 20


class Sign(enum.IntEnum):
    """What a signed symbol says; ``sign ^ 2`` is the same said of the negation."""

    T = 0
    P = 1
    F = 2
    Q = 3


#: The signs that an atom of each truth asserts.
_ASSERTED = {
    Truth.TRUE: (Sign.T, Sign.P),
    Truth.FALSE: (Sign.F, Sign.Q),
    Truth.UNKNOWN: (Sign.P, Sign.Q),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What the worker is asked: what follows by these clauses from these facts."""

    clauses: tuple[Clause, ...]
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledProgram:
    """A program as Horn clauses; it depends on the program alone, not on any patient."""

    clauses: tuple[Clause, ...]
    atoms: Mapping[Symbol, Mapping[Truth, tuple[int, ...]]]
    """The symbols each atom asserts."""
    measured: frozenset[Symbol]
    """The atoms about measured values: most patients have one, and it lies somewhere."""
    given: frozenset[int]
    """Symbols that hold whatever the patient's truths are."""
    rules: Mapping[RuleId, tuple[int, int]]
    """T and P of each rule."""
    concepts: Mapping[ConceptId, tuple[int, int]]
    """T and P of each concept."""
    chained: frozenset[int]
    """Every signed symbol of every concept, also those that only a negation asks for."""
    clauses_of: Mapping[str, int]
    """How many clauses each rule and concept brought, by ``rule ID`` or ``derived concept ID``."""

    def query(self, truths: Mapping[Symbol, Truth]) -> Query:
        """Return the whole program with all that holds: what every smaller question has to answer alike."""
        holds = set(self.given)
        for symbol, asserted in self.atoms.items():
            holds.update(asserted[truths.get(symbol, Truth.UNKNOWN)])
        return Query(clauses=self.clauses, facts=tuple(sorted(holds)))

    def read(self, derived: Iterable[int]) -> tuple[Evaluation, tuple[str, ...]]:
        """Return what derived symbols say of each rule and concept, and where they contradict themselves."""
        known = frozenset(derived)
        nonsense = [
            f"{what} {name}"
            for what, heads in (("rule", self.rules), ("derived concept", self.concepts))
            for name, (certain, possible) in heads.items()
            if certain in known and possible not in known
        ]
        answer = Evaluation(
            rules={rule: _truth(heads, known) for rule, heads in self.rules.items()},
            concepts={concept: _truth(heads, known) for concept, heads in self.concepts.items()},
        )
        return answer, tuple(nonsense)


def compile_program(program: Program) -> CompiledProgram:
    """Compile a program that ``engine.inference.limits`` found nothing wrong with."""
    return _Compiler(program).compiled()


def _truth(heads: tuple[int, int], known: frozenset[int]) -> Truth:
    """Return the truth that the derived T and P of a premise amount to."""
    certain, possible = heads
    if certain in known:
        return Truth.TRUE
    return Truth.UNKNOWN if possible in known else Truth.FALSE


@dataclass(frozen=True, slots=True)
class _Literal:
    """A node of the premise graph, or its negation."""

    node: int
    negated: bool = False

    def __invert__(self) -> _Literal:
        return _Literal(self.node, not self.negated)


@dataclass(frozen=True, slots=True)
class _Count:
    """At least ``needed`` of these parts; equal nodes are one node."""

    needed: int
    parts: tuple[_Literal, ...]


_Node = Symbol | ConceptId | _Count
#: The node that is true of every patient; all others count from 1.
_CERTAIN = _Literal(0)


class _Compiler:
    """Compiles one program; used once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._nodes: dict[tuple[str, _Node], int] = {}
        self._contents: list[tuple[str, _Node | None]] = [("certain", None)]
        self._symbols: dict[tuple[int, Sign], int] = {(0, Sign.T): ALWAYS, (0, Sign.P): ALWAYS}
        self._symbols |= {(0, Sign.F): NEVER, (0, Sign.Q): NEVER}
        self._numbers = itertools.count(2)
        self._waiting: list[tuple[int, int, Sign]] = []
        self._clauses: list[Clause] = []
        self._clauses_of: dict[str, int] = {}
        self._charged = 0
        self._measured: set[Symbol] = set()

    def compiled(self) -> CompiledProgram:
        """Compile rule by rule, so that each is charged with the clauses it was the first to need."""
        self._premises = {concept.concept_id: concept.when for concept in self._program.concepts}
        concepts = {}
        for concept in self._program.concepts:
            node = self._node("concept", concept.concept_id)
            concepts[concept.concept_id] = (self._symbol(node, Sign.T), self._symbol(node, Sign.P))
            self._drain()
            self._charge(f"derived concept {concept.concept_id}")
        rules = {}
        for rule in self._program.rules:
            premise = self._literal(rule.when)
            heads = (next(self._numbers), next(self._numbers))
            for head, sign in zip(heads, (Sign.T, Sign.P), strict=True):
                self._derive(head, premise, sign)
            rules[rule.rule_id] = heads
            self._drain()
            self._charge(f"rule {rule.rule_id}")
        atoms, given = self._base()
        return CompiledProgram(
            clauses=tuple(self._clauses),
            atoms=atoms,
            measured=frozenset(self._measured),
            given=given,
            rules=rules,
            concepts=concepts,
            chained=frozenset(
                symbol for (node, _), symbol in self._symbols.items() if self._contents[node][0] == "concept"
            ),
            clauses_of=self._clauses_of,
        )

    def _base(self) -> tuple[dict[Symbol, dict[Truth, tuple[int, ...]]], frozenset[int]]:
        """Return what each atom asserts; a concept that is not in the program is unknown."""
        atoms: dict[Symbol, dict[Truth, tuple[int, ...]]] = {}
        given = {ALWAYS}
        for number, (sort, content) in enumerate(self._contents):
            asserted = {
                truth: tuple(self._symbols[number, sign] for sign in signs if (number, sign) in self._symbols)
                for truth, signs in _ASSERTED.items()
            }
            if sort == "atom":
                atoms[Symbol(str(content))] = asserted
            elif sort == "concept" and content not in self._premises:
                given.update(asserted[Truth.UNKNOWN])
        return atoms, frozenset(given)

    def _literal(self, premise: Premise) -> _Literal:
        """Return the node of a premise; equal premises share one."""
        match premise:
            case AllOf(parts=parts):
                return self._count(len(parts), parts)
            case AnyOf(parts=parts):
                return self._count(1, parts)
            case AtLeast(count=count, parts=parts):
                return self._count(count, parts)
            case Negation(part=part):
                return ~self._literal(part)
            case Derived(concept=concept):
                return _Literal(self._node("concept", concept))
            case atom:
                symbol = atom.symbol
                if isinstance(atom, QuantityWithin):
                    self._measured.add(symbol)
                return _Literal(self._node("atom", symbol))

    def _count(self, needed: int, parts: Sequence[Premise]) -> _Literal:
        literals = tuple(self._literal(part) for part in parts)
        if needed <= 0:
            return _CERTAIN
        if needed > len(literals):
            return ~_CERTAIN
        if len(literals) == 1:
            return literals[0]
        return _Literal(self._node("count", _Count(needed, literals)))

    def _node(self, sort: str, content: _Node) -> int:
        number = self._nodes.setdefault((sort, content), len(self._contents))
        if number == len(self._contents):
            self._contents.append((sort, content))
        return number

    def _symbol(self, node: int, sign: Sign) -> int:
        """Return a node's signed symbol; the first to ask puts it on the list of what must be derived."""
        known = self._symbols.get((node, sign))
        if known is not None:
            return known
        symbol = self._symbols[node, sign] = next(self._numbers)
        self._waiting.append((symbol, node, sign))
        return symbol

    def _charge(self, owner: str) -> None:
        """Charge all clauses that nobody was charged with yet."""
        self._clauses_of[owner] = len(self._clauses) - self._charged
        self._charged = len(self._clauses)

    def _drain(self) -> None:
        """Derive all that was asked for; a list, not recursion, so that chains may be of any length."""
        while self._waiting:
            symbol, node, sign = self._waiting.pop()
            sort, content = self._contents[node]
            if sort == "count":
                self._derive(symbol, _Literal(node), sign)
            elif sort == "concept" and content in self._premises:
                self._derive(symbol, self._literal(self._premises[ConceptId(str(content))]), sign)

    def _derive(self, head: int, literal: _Literal, sign: Sign) -> None:
        """Write the clauses for one signed symbol of a premise."""
        sign = Sign(sign ^ 2) if literal.negated else sign
        _, content = self._contents[literal.node]
        if not isinstance(content, _Count):
            self._add(head, [self._symbol(literal.node, sign)])
            return
        needed = content.needed if sign in (Sign.T, Sign.P) else len(content.parts) - content.needed + 1
        symbols = [
            self._symbol(part.node, Sign(sign ^ 2) if part.negated else sign) for part in content.parts
        ]
        self._threshold(head, needed, symbols)

    def _threshold(self, head: int, needed: int, symbols: Sequence[int]) -> None:
        """Write clauses that derive the head where at least ``needed`` of the symbols hold.

        A symbol that stands twice counts twice.
        """
        if needed == len(symbols):
            self._add(head, symbols)
        elif math.comb(len(symbols), needed) <= _MAX_COMBINATIONS or needed == 1:
            for combination in sorted(
                {tuple(sorted(set(c))) for c in itertools.combinations(symbols, needed)}
            ):
                self._add(head, combination)
        else:
            self._count_up(head, needed, symbols)

    def _count_up(self, head: int, needed: int, symbols: Sequence[int]) -> None:
        """Derive "at least j of the first i symbols" for all i and j that can still lead to the head."""
        reached = [ALWAYS] + [NEVER] * needed
        for index, symbol in enumerate(symbols, 1):
            row = [ALWAYS]
            for count in range(1, needed + 1):
                if count > index or needed - count > len(symbols) - index:
                    row.append(NEVER)
                    continue
                state = head if index == len(symbols) else next(self._numbers)
                self._add(state, [reached[count]])
                self._add(state, [reached[count - 1], symbol])
                row.append(state)
            reached = row

    def _add(self, head: int, body: Iterable[int]) -> None:
        """Add a clause, split where its body is long; one that can never fire is left out."""
        parts = sorted(set(body) - {ALWAYS}) or [ALWAYS]
        if NEVER in parts:
            return
        while len(parts) > MAX_BODY:
            step = next(self._numbers)
            self._clauses.append((step, tuple(parts[:MAX_BODY])))
            parts = [*parts[MAX_BODY:], step]
        self._clauses.append((head, tuple(parts)))
