"""Premises with one small mistake each: what an author could have written by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.domain.pack import RulePack
from engine.domain.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Derived,
    FileSpan,
    Negation,
    Premise,
    RuleStatus,
)
from engine.domain.vocabulary import Vocabulary
from engine.knowledge.idle_parts import said
from engine.knowledge.mutants_of_atoms import edits_of_atom

_Edit = tuple[Premise, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule or concept with one mistake in its premise."""

    owner: str
    """The id of the rule or concept."""
    is_concept: bool
    premise: Premise
    message: str
    """What was done."""
    span: FileSpan

    def __str__(self) -> str:
        """Return place and sentence."""
        return f"{self.span}: {self.owner}: {self.message}"


def mutants_of(pack: RulePack) -> tuple[Mutant, ...]:
    """Return every mutant of a pack, in the order of its rules and concepts.

    None has the premise that it came from, and no two of one owner are the same.
    """
    owners: list[tuple[str, bool, Premise, FileSpan]] = [
        (rule.rule_id, False, rule.when, rule.span)
        for rule in pack.rules.values()
        if rule.status is not RuleStatus.RETIRED and rule.options
    ]
    owners += [(item.concept_id, True, item.when, item.span) for item in pack.concepts.values()]
    return tuple(
        Mutant(owner=owner, is_concept=is_concept, premise=premise, message=message, span=span)
        for owner, is_concept, when, span in owners
        for premise, message in edits_of(when, pack.vocabulary)
    )


def edits_of(premise: Premise, vocabulary: Vocabulary) -> tuple[_Edit, ...]:
    """Return a premise with one mistake, in every way there is, each with what was done."""
    made: dict[Premise, str] = {}
    for changed, message in _edits(premise, vocabulary):
        if changed != premise:
            made.setdefault(changed, message)
    return tuple(made.items())


def _edits(premise: Premise, vocabulary: Vocabulary) -> Iterator[_Edit]:
    yield Negation(part=premise), f'"{said(premise)}" negated'
    match premise:
        case AllOf(parts=parts):
            yield AnyOf(parts=parts), "all became any"
            yield from _in_parts(parts, lambda new: AllOf(parts=new), vocabulary)
        case AnyOf(parts=parts):
            yield AllOf(parts=parts), "any became all"
            yield from _in_parts(parts, lambda new: AnyOf(parts=new), vocabulary)
        case AtLeast(count=count, parts=parts):
            yield from _other_counts(count, parts)
            yield from _in_parts(
                parts, lambda new: AtLeast(count=min(count, len(new)), parts=new), vocabulary
            )
        case Negation(part=part):
            yield part, f'the negation of "{said(part)}" taken away'
            for changed, message in _edits(part, vocabulary):
                yield Negation(part=changed), message
        case Derived():
            pass
        case atom:
            yield from edits_of_atom(atom, vocabulary)


def _in_parts(
    parts: Sequence[Premise], made: Callable[[tuple[Premise, ...]], Premise], vocabulary: Vocabulary
) -> Iterator[_Edit]:
    for place, part in enumerate(parts):
        before, after = tuple(parts[:place]), tuple(parts[place + 1 :])
        if len(parts) > 1:
            yield made((*before, *after)), f'"{said(part)}" dropped'
        for changed, message in _edits(part, vocabulary):
            yield made((*before, changed, *after)), message


def _other_counts(count: int, parts: tuple[Premise, ...]) -> Iterator[_Edit]:
    for other in (count - 1, count + 1):
        if 1 <= other <= len(parts):
            yield AtLeast(count=other, parts=parts), f"at least {count} became at least {other}"
