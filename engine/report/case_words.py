"""The words that a de-identified case may use: those of the rule pack, and those of WhyRx itself.

A text of the record is let through only where it is one of them, so that free text cannot pass unseen.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

from engine.domain.atoms import HasDiplotype, HasReportedPhenotype
from engine.domain.decision import Choice, RankingStatus, ReasonCode
from engine.domain.explanation import Grade
from engine.domain.findings import EvidenceStrength, FindingKind, MissingKind, Severity
from engine.domain.options import OrderedBy, Verdict
from engine.domain.pack import RulePack
from engine.domain.patient import (
    AllergyKind,
    CallSource,
    ConditionStatus,
    Flag,
    ListKind,
    MedicationStatus,
    Sex,
)
from engine.domain.rules import Jurisdiction, Premise, atoms_of
from engine.domain.truth import Truth

#: Star alleles (``*1/*3``) and nucleotides (``A/G``): what a genotype says where no rule names it.
_DIPLOTYPE = re.compile(
    r"\*\d{1,3}[A-Z]?(\.\d{3})?(x\d)?/\*\d{1,3}[A-Z]?(\.\d{3})?(x\d)?|[ACGT]{1,2}/[ACGT]{1,2}"
)

#: How the US government asks for race (OMB Directive 15, 1997); other wording is free text.
RACES = frozenset(
    {
        "American Indian or Alaska Native",
        "Asian",
        "Black or African American",
        "Native Hawaiian or Other Pacific Islander",
        "White",
    }
)
#: How bad an allergy was, as WhyRx reads it.
SEVERITIES = frozenset({"mild", "moderate", "severe", "life-threatening"})


#: Enumerations whose values a case says.
_KINDS: tuple[type[enum.Enum], ...] = (
    AllergyKind, CallSource, Choice, ConditionStatus, EvidenceStrength, FindingKind, Flag, Grade,
    Jurisdiction, ListKind, MedicationStatus, MissingKind, OrderedBy, ReasonCode, Severity, Sex, Truth,
    Verdict,
)  # fmt: skip


def words_of(pack: RulePack) -> frozenset[str]:
    """Return every id, title and symbol of a pack that a case may say, and WhyRx's own words."""
    words = pack.vocabulary
    found: set[str] = {*RACES, *SEVERITIES}
    found |= {member.value for kind in _KINDS for member in kind}
    found |= {status.name.lower() for status in RankingStatus}
    for ids in (words.drugs, words.classes, words.conditions, words.quantities, words.allergens):
        found.update(ids)
    for more in (words.states, words.genes, pack.rules, pack.concepts, pack.indications):
        found.update(more)
    for quantity in words.quantities.values():
        found.add(quantity.unit)
    for indication in pack.indications.values():
        found |= {indication.title, indication.question}
        found |= {option.option_id for option in indication.options}
        found |= {option.title for option in indication.options}
    for premise in _premises(pack):
        for atom in atoms_of(premise):
            found.add(atom.symbol)
            if isinstance(atom, HasDiplotype):
                found.update((*atom.diplotypes, *atom.known, *atom.reported, *atom.known_reported))
            if isinstance(atom, HasReportedPhenotype):
                found.update(atom.phenotypes)
    return frozenset(found)


def is_diplotype(text: str) -> bool:
    """Tell whether a text is a pair of alleles and nothing else."""
    return _DIPLOTYPE.fullmatch(text) is not None


def _premises(pack: RulePack) -> Iterator[Premise]:
    for rule in pack.rules.values():
        yield rule.when
    for concept in pack.concepts.values():
        yield concept.when
