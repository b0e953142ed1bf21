"""Published lists of criteria, such as STOPP and START: which rules say each, why none the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.domain.ids import CitationId, RuleId
from engine.domain.rules import FileSpan, Rule
from engine.knowledge.criteria_schema import CriteriaEntry, CriteriaKind
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes

_NAMED = re.compile(r"\b(STOPP|START)\b|\b([A-M]\d{1,2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a list, and what became of it."""

    number: str
    rules: tuple[RuleId, ...]
    """The rules that cite it."""
    covered: tuple[RuleId, ...]
    """Rules that say as much from other sources."""
    why_not: str
    """Why no rule says it."""
    span: FileSpan

    @property
    def said(self) -> bool:
        """Tell whether some rule says it."""
        return bool(self.rules or self.covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaList:
    """One published list."""

    name: str
    title: str
    kind: CriteriaKind
    count: int
    citations: frozenset[CitationId]
    unread: int
    unread_because: str
    criteria: tuple[Criterion, ...]
    span: FileSpan


def criteria_lists(entries: Mapping[str, CriteriaEntry], notes: Notes) -> tuple[CriteriaList, ...]:
    """Return the lists of a pack, their rules and citations noted as used."""
    made = []
    for name, entry in entries.items():
        by = f'list of criteria "{name}"'
        for index, citation in enumerate(entry.citations):
            notes.refer(by, entry.at("citations", index), citation, Sort.CITATION)
        for number, criterion in entry.criteria.items():
            for key, names in (("rules", criterion.rules), ("covered", criterion.covered)):
                for index, each in enumerate(names):
                    notes.refer(by, entry.at("criteria", number, key, index), each, Sort.RULE)
        made.append(
            CriteriaList(
                name=name,
                title=entry.title,
                kind=entry.kind,
                count=entry.count,
                citations=frozenset(map(CitationId, entry.citations)),
                unread=entry.unread.count if entry.unread else 0,
                unread_because=entry.unread.why if entry.unread else "",
                criteria=tuple(
                    Criterion(
                        number=number,
                        rules=tuple(map(RuleId, each.rules)),
                        covered=tuple(map(RuleId, each.covered)),
                        why_not=each.not_.strip(),
                        span=entry.at("criteria", number),
                    )
                    for number, each in entry.criteria.items()
                ),
                span=entry.at(),
            )
        )
    return tuple(made)


def criteria_named(where: str) -> Iterator[tuple[str, str]]:
    """Yield the criteria that the place of a citation names; a bare number is one of STOPP.

    >>> list(criteria_named("B2, START H2 and I1"))
    [('STOPP', 'B2'), ('START', 'H2'), ('START', 'I1')]
    """
    kind = "STOPP"
    for said, number in _NAMED.findall(where):
        kind = said or kind
        if number:
            yield kind, number


def cited_by(rule: Rule, of: CriteriaList) -> frozenset[str]:
    """Return the numbers of a list's criteria that a rule cites."""
    return frozenset(
        number
        for source in rule.sources
        if source.citation in of.citations
        for kind, number in criteria_named(source.where)
        if kind == of.kind
    )
