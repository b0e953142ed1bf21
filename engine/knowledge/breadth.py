"""How broad a rule pack is, counted from the pack itself: how many of what, of how many aimed at.

A count says nothing of quality. It is printed so that nobody takes silence for safety: of a drug that no
rule speaks of, nothing was checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.atoms import (
    Atom,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasState,
    InTrimester,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.findings import FindingKind
from engine.domain.ids import ConditionId, DrugId, OptionId
from engine.domain.pack import RulePack
from engine.domain.provenance import Checked
from engine.domain.rules import Rule
from engine.domain.therapy import OptionsFrom
from engine.knowledge.criteria import CriteriaList, criteria_named
from engine.knowledge.words_of_premises import atoms_below
from engine.terminology.index import VocabularyIndex

_KIDNEY = frozenset({"egfr", "crcl", "creatinine"})
_CHILDBEARING = frozenset({"pregnant", "breastfeeding", "childbearing_potential"})
_OLD = Decimal(65)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Some of what is missing, for one reason."""

    why: str
    what: tuple[str, ...]
    """By name; empty where nobody knows the names."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth:
    """One count, and what was aimed at."""

    title: str
    count: int
    aim: int | None = None
    """How many a serious pack would have; None where a count alone is meant."""
    lacks: tuple[Lack, ...] = ()
    """What is missing and why, as far as the pack knows: a number that is aimed at names nothing."""

    @property
    def missing(self) -> int:
        """Return how many are missing."""
        return 0 if self.aim is None else max(0, self.aim - self.count)


def breadth_of(pack: RulePack, cases: int, criteria: Sequence[CriteriaList] = ()) -> tuple[Breadth, ...]:
    """Return every count of a pack.

    Args:
        pack: with the thresholds of a day.
        cases: how many given-when-then cases stand beside its rules.
        criteria: published lists, with the rules that say each of their criteria.
    """
    return (*_words(pack), *_knowledge(pack), *map(_list, criteria), *_sources(pack, cases))


def _list(each: CriteriaList) -> Breadth:
    """Count the criteria of a list that some rule says; the others go by the reason."""
    lacks = _by_reason(
        (criterion.why_not, criterion.number) for criterion in each.criteria if not criterion.said
    )
    unread = (Lack(why=each.unread_because, what=(), count=each.unread),) if each.unread else ()
    return Breadth(
        title=f"criteria of {each.title} that a rule says",
        count=sum(criterion.said for criterion in each.criteria),
        aim=each.count,
        lacks=lacks + unread,
    )


def _words(pack: RulePack) -> Iterator[Breadth]:
    words = pack.vocabulary
    drugs = words.drugs.values()
    yield Breadth(title="ingredients", count=len(words.drugs), aim=350)
    yield Breadth(
        title="ingredients with an RxNorm identifier", count=sum(bool(each.rxnorm) for each in drugs)
    )
    yield Breadth(title="ingredients with an ATC code", count=sum(bool(each.atc) for each in drugs))
    yield Breadth(title="drug classes", count=len(words.classes))
    yield Breadth(title="conditions", count=len(words.conditions))
    yield Breadth(
        title="laboratory values and vital signs with a LOINC term",
        count=sum(bool(each.loinc) for each in words.quantities.values()),
    )
    yield Breadth(title="allergens and groups", count=len(words.allergens))
    yield Breadth(
        title="genes with a phenotype table", count=sum(bool(g.alleles) for g in words.genes.values())
    )


def _knowledge(pack: RulePack) -> Iterator[Breadth]:
    of = _Rules(pack)
    liver, states = _liver(pack), _no_diseases(pack)
    excluding = [rule for rule in pack.rules.values() if rule.then.severity.excludes]
    listed = [each for each in pack.indications.values() if each.options_from is OptionsFrom.LISTED]
    yield Breadth(title="rules", count=len(pack.rules))
    yield Breadth(title="indications with options", count=len(listed), aim=16)
    yield Breadth(title="options", count=sum(len(each.options) for each in listed))
    spoken_of = of.drugs(lambda _: True)
    yield Breadth(
        title="drugs that a rule is for",
        count=len(spoken_of),
        aim=len(pack.vocabulary.drugs),
        lacks=_named(
            "No rule is for them; a medication review says of each that nothing was checked.",
            (each for each in pack.vocabulary.drugs if each not in spoken_of),
        ),
    )
    yield Breadth(
        title="rules on drugs together",
        count=len(of.rules(lambda atom: isinstance(atom, TakesDrug | StoppedDrug))),
    )
    yield Breadth(title="pairs of gene and drug", count=len(of.pairs()), aim=99)
    yield Breadth(title="drugs with a rule on the kidney", count=len(of.drugs(_is_kidney)), aim=120)
    yield Breadth(
        title="drugs with a rule on the liver",
        count=len(of.drugs(lambda atom: _is_liver(atom, liver))),
        aim=60,
    )
    yield Breadth(
        title="drugs with a rule on pregnancy, lactation or childbearing potential",
        count=len(of.drugs(_is_childbearing)),
        aim=120,
    )
    yield Breadth(title="rules on age from 65", count=len(of.rules(_is_old)))
    yield Breadth(title="criteria of STOPP and START that a rule cites", count=len(set(_criteria(pack))))
    yield Breadth(
        title="rules on a disease that exclude or caution",
        count=len(
            [rule for rule in of.rules(lambda a: _is_disease(a, states)) if rule.then.severity.rank < 3]
        ),
        aim=250,
    )
    yield Breadth(title="rules on allergies", count=len(of.rules(lambda atom: isinstance(atom, HasAllergy))))
    yield Breadth(title="rules on duplicates", count=len(of.rules(_is_duplicate)))
    yield Breadth(
        title="drugs with a largest daily dose",
        count=len(of.drugs(lambda atom: isinstance(atom, TakesDrug) and atom.daily_dose is not None)),
    )
    yield Breadth(title="rules on wash-outs", count=len(of.rules(lambda atom: isinstance(atom, StoppedDrug))))
    yield Breadth(
        title="rules that ask for monitoring", count=len(list(filter(_monitors, pack.rules.values())))
    )
    yield Breadth(title="rules that exclude", count=len(excluding))
    yield Breadth(
        title="rules that exclude and name an option instead",
        count=sum(bool(rule.then.alternatives) for rule in excluding),
    )
    yield Breadth(
        title="rules that exclude and name one, or say why there is none",
        count=sum(bool(rule.then.alternatives or rule.then.no_alternative) for rule in excluding),
        aim=len(excluding),
        lacks=_named(
            "They say neither.",
            (rule.rule_id for rule in excluding if not (rule.then.alternatives or rule.then.no_alternative)),
        ),
    )


def _criteria(pack: RulePack) -> Iterator[tuple[int, str, str]]:
    """Yield each criterion that a source names, with the year of its version."""
    for source in (source for rule in pack.rules.values() for source in rule.sources):
        citation = pack.citations[source.citation]
        if "STOPP" in citation.title:
            for kind, number in criteria_named(source.where):
                yield citation.year, kind, number


def _sources(pack: RulePack, cases: int) -> Iterator[Breadth]:
    unseen = {name: each.how for name, each in pack.citations.items() if each.checked is not Checked.SEEN}
    yield Breadth(title="cases", count=cases)
    yield Breadth(title="citations", count=len(pack.citations))
    yield Breadth(
        title="citations seen by the authors",
        count=len(pack.citations) - len(unseen),
        aim=len(pack.citations),
        lacks=_by_reason((f"Not seen: {how.rstrip('.')}.", name) for name, how in sorted(unseen.items())),
    )
    yield Breadth(
        title="rules that rest on seen sources alone",
        count=sum(not any(s.citation in unseen for s in rule.sources) for rule in pack.rules.values()),
        aim=len(pack.rules),
        lacks=_by_reason(
            (f"{' and '.join(blind)} not seen.", rule.rule_id)
            for rule in pack.rules.values()
            if (blind := dict.fromkeys(s.citation for s in rule.sources if s.citation in unseen))
        ),
    )


def _named(why: str, names: Iterable[str]) -> tuple[Lack, ...]:
    """Return what is missing for one reason; nothing where nothing is."""
    return _by_reason((why, name) for name in names)


def _by_reason(found: Iterable[tuple[str, str]]) -> tuple[Lack, ...]:
    """Return what is missing, grouped by the reason."""
    grouped: dict[str, list[str]] = {}
    for why, name in found:
        grouped.setdefault(why, []).append(name)
    return tuple(Lack(why=why, what=tuple(names), count=len(names)) for why, names in grouped.items())


class _Rules:
    """The rules of a pack by what they look at, down through concepts."""

    def __init__(self, pack: RulePack) -> None:
        self._pack = pack
        self._atoms = {rule_id: atoms_below(rule.when, pack.concepts) for rule_id, rule in pack.rules.items()}
        self._drug_of: dict[OptionId, DrugId] = {
            option.option_id: option.drug for each in pack.indications.values() for option in each.options
        }

    def rules(self, wanted: Callable[[Atom], bool]) -> Sequence[Rule]:
        """Return the rules that look at such an atom."""
        return [rule for rule_id, rule in self._pack.rules.items() if any(map(wanted, self._atoms[rule_id]))]

    def drugs(self, wanted: Callable[[Atom], bool]) -> frozenset[DrugId]:
        """Return the drugs that such rules are for."""
        return frozenset(self._drugs_of(self.rules(wanted)))

    def pairs(self) -> frozenset[tuple[str, DrugId]]:
        """Return each gene with each drug that a rule joins."""
        genes = {
            rule_id: {each.gene for each in atoms if isinstance(each, HasDiplotype | HasReportedPhenotype)}
            for rule_id, atoms in self._atoms.items()
        }
        return frozenset(
            (gene, drug)
            for rule_id, rule in self._pack.rules.items()
            for gene in genes[rule_id]
            for drug in self._drugs_of([rule])
        )

    def _drugs_of(self, rules: Iterable[Rule]) -> Iterator[DrugId]:
        yield from (self._drug_of[option] for rule in rules for option in rule.options)


def _liver(pack: RulePack) -> frozenset[ConditionId]:
    """Return the conditions of the vocabulary that are diseases of the liver by their ICD-10 code."""
    index = VocabularyIndex(pack.vocabulary)
    chapters = tuple(f"K7{digit}" for digit in range(8))
    named = [
        name
        for name, each in pack.vocabulary.conditions.items()
        if any(code.startswith(chapters) for code in each.icd10)
    ]
    return frozenset(within for name in named for within in index.conditions_within(name)) | set(named)


def _no_diseases(pack: RulePack) -> frozenset[ConditionId]:
    """Return the conditions that are pregnancies by their ICD-10 codes, which every rule on them asks for."""
    return frozenset(
        name
        for name, each in pack.vocabulary.conditions.items()
        if each.icd10 and all(code.startswith(("O", "Z33", "Z34")) for code in each.icd10)
    )


def _is_disease(atom: Atom, states: frozenset[ConditionId]) -> bool:
    return isinstance(atom, HasCondition) and atom.condition not in states


def _quantity(atom: Atom) -> str:
    return str(atom.quantity) if isinstance(atom, QuantityWithin | QuantityChange | QuantityRepeated) else ""


def _is_kidney(atom: Atom) -> bool:
    return _quantity(atom) in _KIDNEY or (isinstance(atom, HasState) and atom.state == "dialysis")


def _is_liver(atom: Atom, liver: frozenset[ConditionId]) -> bool:
    return _quantity(atom) == "child_pugh_score" or (
        isinstance(atom, HasCondition) and atom.condition in liver
    )


def _is_childbearing(atom: Atom) -> bool:
    return isinstance(atom, InTrimester) or (isinstance(atom, HasState) and atom.state in _CHILDBEARING)


def _is_old(atom: Atom) -> bool:
    return (
        isinstance(atom, QuantityWithin)
        and atom.quantity == "age"
        and atom.interval.low is not None
        and atom.interval.low >= _OLD
    )


def _is_duplicate(atom: Atom) -> bool:
    return isinstance(atom, TakesDrug) and (atom.count > 1 or bool(atom.besides))


def _monitors(rule: Rule) -> bool:
    return bool(rule.then.monitoring) or rule.then.kind is FindingKind.MONITORING
