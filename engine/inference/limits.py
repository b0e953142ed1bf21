"""Tell, before any patient, whether a program can be evaluated safely.

A program may be of any size: of one patient only the rules that can be other than false are evaluated, in
several questions where they are many. What a single rule rests on has to fit into one question.

Both evaluators go through here: what is refused was never given to either. The knowledge floor asks
when a pack is checked, so that a rule outside the engine's limits is an error in its author's hands
and not a surprise at the bedside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from engine.domain.ids import ConceptId
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.errors import AuthoringError
from engine.inference.compile import compile_program
from engine.inference.layout import MAX_SYMBOLS, lay_out
from engine.inference.support import MAX_QUESTION_STEPS, Question, Support
from engine.inference.validate import violations_in
from engine.ports import Program

#: How deep premises may be nested: far beyond what can be read, far below Python's own stack.
MAX_DEPTH = 40
#: Inference steps (clauses) one rule or concept may bring with it.
MAX_STEPS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A program with the index of its compiled form, or with what forbids evaluating it."""

    problems: tuple[str, ...]
    support: Support | None
    """None exactly where there are problems."""


def check_limits(program: Program) -> tuple[str, ...]:
    """Return why a program cannot be evaluated safely, each sentence naming its rule; empty if it can."""
    return examine(program).problems


def examine(program: Program) -> Examined:
    """Compile a program, and check every question that could ever be asked of it."""
    if problems := tuple(_shape(program)):
        return Examined(problems=problems, support=None)
    compiled = compile_program(program)
    problems = tuple(
        f"{owner} is outside the engine's limits: it takes {steps} inference steps and at most"
        f" {MAX_STEPS} are safe. Give parts of it a name as derived concepts, or shorten its lists."
        for owner, steps in compiled.clauses_of.items()
        if steps > MAX_STEPS
    )
    if problems:
        return Examined(problems=problems, support=None)
    support = Support(compiled)
    problems = tuple(problem for question in support.everything() for problem in _unsafe(question))
    return Examined(problems=problems, support=None if problems else support)


def _unsafe(question: Question) -> Iterator[str]:
    """Find what makes one question unsafe to ask."""
    clauses = question.query.clauses
    symbols = max((max(head, *body) for head, body in clauses), default=0)
    if len(clauses) > MAX_QUESTION_STEPS or symbols >= MAX_SYMBOLS:
        owners = " and ".join(f"{sort} {name}" for sort, name in question.heads)
        yield (
            f"{owners} is outside the engine's limits: with all derived concepts below it takes"
            f" {len(clauses)} inference steps over {symbols} statements; at most {MAX_QUESTION_STEPS} over"
            f" {MAX_SYMBOLS} are safe. Let it rest on fewer derived concepts."
        )
        return
    for shard in lay_out(clauses):
        for found in violations_in(shard.rules):
            yield f"these rules are outside the engine's limits: {found}"


def require_within_limits(program: Program) -> None:
    """Raise where :func:`check_limits` finds anything.

    Raises:
        AuthoringError: with every problem in its message.
    """
    if problems := check_limits(program):
        raise AuthoringError(" ".join(problems))


def _shape(program: Program) -> Iterator[str]:
    """Find what would make a program mean something else to each of two evaluators."""
    for rule_id, times in Counter(rule.rule_id for rule in program.rules).items():
        if times > 1:
            yield f"rule {rule_id} stands {times} times in one program; ids must be unique."
    for concept_id, times in Counter(concept.concept_id for concept in program.concepts).items():
        if times > 1:
            yield f"derived concept {concept_id} stands {times} times in one program; ids must be unique."
    known: set[ConceptId] = set()
    for concept in program.concepts:
        yield from _premise(f"derived concept {concept.concept_id}", concept.when, known)
        known.add(concept.concept_id)
    for rule in program.rules:
        yield from _premise(f"rule {rule.rule_id}", rule.when, known)


def _premise(owner: str, premise: Premise, known: set[ConceptId]) -> Iterator[str]:
    """Find too deep nesting, and concepts that do not stand before their use. Without recursion."""
    waiting: list[tuple[Premise, int]] = [(premise, 1)]
    missing: dict[ConceptId, None] = {}
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            yield (
                f"{owner} is outside the engine's limits: its premise is nested more than"
                f" {MAX_DEPTH} deep. Give parts of it a name as derived concepts."
            )
            return
        match node:
            case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
                waiting.extend((part, depth + 1) for part in parts)
            case Negation(part=part):
                waiting.append((part, depth + 1))
            case Derived(concept=concept):
                if concept not in known:
                    missing[concept] = None
            case _:
                pass
    for concept in missing:
        yield f"{owner} needs the derived concept {concept}, which is missing or stands after its use."
