"""What the cases of a pack have seen: of rules, of conditions, of boundaries.

Only a case that expects something of a rule counts for it. A rule is covered where cases saw it fire,
stay silent and stay undecided; an atom where cases of a rule that rests on it saw it true, false
and unknown; an end of an interval where they saw the quantity at the limit, and beyond it by no more
than one step of its decimals, on the side where the truth is another; and so for doses, days, counts
and windows.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.atoms import Atom, QuantityWithin
from engine.domain.quantities import plain
from engine.domain.rules import FileSpan, Rule, RuleStatus, atoms_of
from engine.domain.truth import Truth
from engine.knowledge.case_facts import CaseBook, CaseFacts
from engine.knowledge.case_schema import Expectation
from engine.knowledge.cells import in_unit_of, step_of
from engine.knowledge.edges import Edge, edges_of
from engine.ports import RuleEngine


class CoverageKind(enum.StrEnum):
    """What is covered or not."""

    RULE = "rule"
    CONDITION = "condition"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """One thing that no case has seen."""

    kind: CoverageKind
    owner: str
    """The rule or concept it belongs to."""
    message: str
    span: FileSpan

    def __str__(self) -> str:
        """Return place, kind and sentence."""
        return f"{self.span}: {self.kind.value} not covered: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many."""

    covered: int
    of: int

    def __str__(self) -> str:
        """Return the share in words."""
        return f"{self.covered} of {self.of}" + (f" ({self.covered / self.of:.1%})" if self.of else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """What the cases of a pack have seen."""

    shares: Mapping[CoverageKind, Share]
    uncovered: tuple[Uncovered, ...]
    cases: int
    skipped: int
    """Cases of days with other thresholds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owner:
    """A rule or concept, with the cases that speak of it or of what chains on it."""

    name: str
    span: FileSpan
    atoms: tuple[Atom, ...]
    cases: tuple[CaseFacts, ...]


def measure_coverage(book: CaseBook, engine: RuleEngine) -> CoverageReport:
    """Measure what the cases have seen.

    Args:
        book: the cases.
        engine: the reference evaluator.
    """
    rules = tuple(rule for rule in book.pack.rules.values() if rule.status is not RuleStatus.RETIRED)
    owners = tuple(_owners(book, rules))
    seen = {
        CoverageKind.RULE: [item for rule in rules for item in _of_rule(book, rule, engine)],
        CoverageKind.CONDITION: [item for owner in owners for item in _conditions(owner)],
        CoverageKind.BOUNDARY: [item for owner in owners for item in _boundaries(book, owner)],
    }
    return CoverageReport(
        shares={
            kind: Share(covered=sum(item is None for item in items), of=len(items))
            for kind, items in seen.items()
        },
        uncovered=tuple(item for items in seen.values() for item in items if item is not None),
        cases=len(book.cases),
        skipped=len(book.skipped),
    )


def _owners(book: CaseBook, rules: Iterable[Rule]) -> Iterator[_Owner]:
    of_concept: dict[str, dict[int, CaseFacts]] = {}
    for rule in rules:
        cases = tuple(each for each in book.about(rule.rule_id) if each.binds(rule))
        yield _Owner(name=rule.rule_id, span=rule.span, atoms=atoms_of(rule.when), cases=cases)
        for concept in book.chain(rule):
            of_concept.setdefault(concept.concept_id, {}).update({id(each): each for each in cases})
    for name, concept in book.pack.concepts.items():
        if name in of_concept:
            yield _Owner(
                name=name,
                span=concept.span,
                atoms=atoms_of(concept.when),
                cases=tuple(of_concept[name].values()),
            )


def _of_rule(book: CaseBook, rule: Rule, engine: RuleEngine) -> Iterator[Uncovered | None]:
    came = {
        each.outcome(rule, book.chain(rule), engine) for each in book.about(rule.rule_id) if each.binds(rule)
    }
    for wanted in Expectation:
        yield (
            None
            if wanted in came
            else Uncovered(
                kind=CoverageKind.RULE,
                owner=rule.rule_id,
                message=f"no case in which {rule.rule_id} {_DOES[wanted]}.",
                span=rule.span,
            )
        )


_DOES = {
    Expectation.FIRES: "fires",
    Expectation.SILENT: "stays silent",
    Expectation.UNDECIDED: "stays undecided",
}


def _conditions(owner: _Owner) -> Iterator[Uncovered | None]:
    for atom in owner.atoms:
        came = {each.truth(atom) for each in owner.cases}
        for wanted in Truth:
            yield (
                None
                if wanted in came
                else Uncovered(
                    kind=CoverageKind.CONDITION,
                    owner=owner.name,
                    message=f'no case of {owner.name} in which "{atom.symbol}" is {wanted.value}.',
                    span=owner.span,
                )
            )


def _boundaries(book: CaseBook, owner: _Owner) -> Iterator[Uncovered | None]:
    for atom in owner.atoms:
        if isinstance(atom, QuantityWithin):
            yield from _limits(book, owner, atom)
        for edge in edges_of(atom, book.pack.vocabulary):
            if edge.measured:
                yield (
                    None
                    if any(_lies_at(each, edge) for each in owner.cases)
                    else Uncovered(
                        kind=CoverageKind.BOUNDARY,
                        owner=owner.name,
                        message=f'no case of {owner.name} at the edge of "{atom.symbol}": {edge.says}.',
                        span=owner.span,
                    )
                )


def _lies_at(case: CaseFacts, edge: Edge) -> bool:
    return all(case.truth(atom) is Truth.TRUE for atom in edge.at) and not any(
        case.truth(atom) is Truth.TRUE for atom in edge.not_at
    )


def _limits(book: CaseBook, owner: _Owner, atom: QuantityWithin) -> Iterator[Uncovered | None]:
    entry = book.pack.vocabulary.quantities[atom.quantity]
    interval, step = in_unit_of(entry, atom.interval), step_of(entry)
    values = {each.value(atom.quantity, atom.max_age_days) for each in owner.cases}
    known = [value for value in values if value is not None]
    for end, upwards in _ends(interval.low, interval.high, interval.low_closed, interval.high_closed):
        at_limit = end in known
        beyond = any(0 < (value - end if upwards else end - value) <= step for value in known)
        side = f"within {plain(step)} {'above' if upwards else 'below'} it"
        for covered, where in ((at_limit, "at it"), (beyond, side)):
            yield (
                None
                if covered
                else Uncovered(
                    kind=CoverageKind.BOUNDARY,
                    owner=owner.name,
                    message=(
                        f"no case of {owner.name} with {atom.quantity} {where}: "
                        f'the limit {plain(end)} of "{atom.symbol}".'
                    ),
                    span=owner.span,
                )
            )


def _ends(
    low: Decimal | None,
    high: Decimal | None,
    low_closed: bool,  # noqa: FBT001 - the four parts of an interval in their order
    high_closed: bool,  # noqa: FBT001 - likewise
) -> Iterator[tuple[Decimal, bool]]:
    """Return each end, and whether the truth changes just above it (else just below)."""
    if low is not None:
        yield low, not low_closed
    if high is not None:
        yield high, high_closed
