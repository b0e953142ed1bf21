"""Everything one reading of a pack has found: what checks look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from engine.domain.atoms import Atom
from engine.domain.diagnostics import Diagnostic
from engine.domain.ids import CitationId, ConceptId, IndicationId, ParameterId, RuleId
from engine.domain.provenance import Citation
from engine.domain.rules import Concept, Parameter, Premise, Rule, atoms_of, concepts_of
from engine.domain.therapy import Indication
from engine.domain.vocabulary import Vocabulary
from engine.knowledge.cases import Case, StandardPatient
from engine.knowledge.criteria import CriteriaList
from engine.knowledge.entries import Entries
from engine.knowledge.names import Names
from engine.knowledge.schema import ConceptEntry, IndicationEntry, PhenotypeTable, RuleEntry, ThenEntry

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders_in(text: str) -> tuple[str, ...]:
    """Return the names in braces.

    >>> placeholders_in("{option} at {crcl}")
    ('option', 'crcl')
    """
    return tuple(_PLACEHOLDER.findall(text))


def texts_of(then: ThenEntry) -> tuple[tuple[str, str], ...]:
    """Return the keys under which a conclusion may have placeholders, each with its text."""
    return (("say", then.say), ("manage", then.manage), ("dose", then.dose))


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A pack as far as it could be read; what is wrong with the rest has been noted."""

    day: date
    names: Names
    entries: Entries
    rules: Mapping[RuleId, Rule]
    concepts: Mapping[ConceptId, Concept]
    parameters: Mapping[ParameterId, Parameter]
    citations: Mapping[CitationId, Citation]
    indications: Mapping[IndicationId, Indication]
    vocabulary: Vocabulary
    cases: tuple[Case, ...]
    patients: tuple[StandardPatient, ...]
    criteria: tuple[CriteriaList, ...]
    with_cases: bool
    """False where case files were not read, so that nothing can be said of missing cases."""

    @property
    def rule_entries(self) -> Mapping[str, RuleEntry]:
        """The rules as written, also those that could not be made into rules."""
        return self.entries.of("rules", RuleEntry)

    @property
    def concept_entries(self) -> Mapping[str, ConceptEntry]:
        """The concepts as written."""
        return self.entries.of("concepts", ConceptEntry)

    @property
    def indication_entries(self) -> Mapping[str, IndicationEntry]:
        """The indications as written."""
        return self.entries.of("indications", IndicationEntry)

    @property
    def tables(self) -> Mapping[str, PhenotypeTable]:
        """The phenotype tables as written."""
        return self.entries.of("phenotypes", PhenotypeTable)

    def placeholders(self) -> frozenset[str]:
        """Return every name that stands in braces in some rule."""
        thens = [entry.then for entry in self.rule_entries.values()]
        return frozenset(
            name for then in thens for _, text in texts_of(then) for name in placeholders_in(text)
        )

    def below(self, *premises: Premise) -> tuple[Concept, ...]:
        """Return the concepts these premises chain on, each after those it needs; circles end."""
        ordered: dict[ConceptId, Concept] = {}
        visited: set[ConceptId] = set()

        def visit(premise: Premise) -> None:
            for concept_id in concepts_of(premise):
                concept = self.concepts.get(concept_id)
                if concept is not None and concept_id not in visited:
                    visited.add(concept_id)
                    visit(concept.when)
                    ordered[concept_id] = concept

        for premise in premises:
            visit(premise)
        return tuple(ordered.values())

    def atoms(self, premise: Premise) -> tuple[Atom, ...]:
        """Return the atoms of a premise and of all it chains on."""
        premises = [premise, *(concept.when for concept in self.below(premise))]
        return tuple(atom for each in premises for atom in atoms_of(each))


Check = Callable[[Material], Iterator[Diagnostic]]
"""One question about a pack; it never raises and never changes anything."""
