"""Parts of premises that decide nothing: dead members of lists of alternatives, and needless demands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.domain.rules import (
    AllOf,
    AnyOf,
    Derived,
    FileSpan,
    Negation,
    Premise,
    Rule,
    walk,
)
from engine.knowledge.proof_records import Proof, ProofKind
from engine.knowledge.world import World

if TYPE_CHECKING:
    from z3 import BoolRef

_Ask = Callable[..., bool | None]


def find_idle_parts(world: World, rules: Sequence[Rule], ask: _Ask) -> Iterator[Proof]:
    """Prove of each part of an ``any`` or ``all`` whether its neighbours make it needless.

    A part of an ``any`` is idle where it never holds without another part, one of an ``all`` where the
    others never hold without it. Complete knowledge is assumed: with a part that looks idle here, a rule
    may still be decided earlier when something is unknown, so that this is a question to the author.
    """
    owners: list[tuple[str, Premise, FileSpan]] = [(rule.rule_id, rule.when, rule.span) for rule in rules]
    owners += [(name, item.when, item.span) for name, item in world.pack.concepts.items()]
    for owner, premise, span in owners:
        for node in walk(premise):
            if isinstance(node, AllOf | AnyOf) and len(node.parts) > 1:
                yield from _idle_in(world, owner, node, span, ask)


def _idle_in(world: World, owner: str, node: AllOf | AnyOf, span: FileSpan, ask: _Ask) -> Iterator[Proof]:
    import z3

    formulas: list[BoolRef] = [world.premise(part) for part in node.parts]
    for place, part in enumerate(node.parts):
        others = [each for number, each in enumerate(formulas) if number != place]
        wanted = (
            [formulas[place], z3.Not(z3.Or(*others))]
            if isinstance(node, AnyOf)
            else [z3.Not(formulas[place]), *others]
        )
        possible = ask(*wanted)
        if possible is None:
            yield Proof(
                kind=ProofKind.OUT_OF_TIME,
                message=f'the solver could not decide in its time whether "{said(part)}" matters in {owner}.',
                spans=(span,),
            )
        elif not possible:
            why = (
                "wherever it holds another alternative holds too"
                if isinstance(node, AnyOf)
                else "wherever the other parts hold it holds too"
            )
            yield Proof(
                kind=ProofKind.IDLE_PART,
                message=f'"{said(part)}" decides nothing in {owner}: {why}.',
                spans=(span,),
            )


def said(premise: Premise) -> str:
    """Write a premise in one line, as symbols."""
    match premise:
        case AllOf(parts=parts):
            return f"all ({', '.join(map(said, parts))})"
        case AnyOf(parts=parts):
            return f"any ({', '.join(map(said, parts))})"
        case Negation(part=part):
            return f"not {said(part)}"
        case Derived(concept=concept):
            return f"concept {concept}"
        case _ if hasattr(premise, "symbol"):
            return str(premise.symbol)
        case _:
            return f"at least {premise.count} of ({', '.join(map(said, premise.parts))})"
