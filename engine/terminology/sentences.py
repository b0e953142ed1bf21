"""A rule as one exact English sentence, made from its tree, so that text and logic cannot drift apart.

Brackets close around every connective inside another one, parts are joined by a single word, and
titles that hold a comma, ``and`` or ``or`` stand in quotation marks: there is one way to read it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.findings import Severity
from engine.domain.ids import ClassId, ConceptId, DrugId, OptionId
from engine.domain.pack import RulePack
from engine.domain.quantities import Interval
from engine.domain.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Concept,
    Derived,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasSex,
    HasState,
    Negation,
    Premise,
    QuantityWithin,
    Rule,
    TakesDrug,
    WhenUnknown,
)
from engine.terminology.alleles import allele_order
from engine.terminology.spelling import read_aloud

#: A phenotype table counts hundreds of diplotypes; nobody reads them inside a sentence.
_MOST_DIPLOTYPES = 12

_SAID = {
    Severity.CONTRAINDICATED: ("is contraindicated", "are contraindicated"),
    Severity.AVOID: ("is to be avoided", "are to be avoided"),
    Severity.CAUTION: ("needs caution", "need caution"),
    Severity.NOTE: ("carries a note", "carry a note"),
}


def sentence(rule: Rule, pack: RulePack) -> str:
    """Return the whole rule: for whom, when, what follows, and what if it is undecided.

    ``When creatinine clearance is below 15 mL/min [rivaroxaban.crcl_floor], rivaroxaban is to be
    avoided (contraindication, moderate evidence); as long as that is undecided, it cannot be assessed.``
    """
    titles = _options(rule, pack)
    several = len(titles) > 1
    where = f"Under the {rule.jurisdiction} label, when" if rule.jurisdiction else "When"
    follows = f"{_listed(titles)} {_SAID[rule.then.severity][several]}"
    sort = f"({rule.then.kind}, {rule.then.strength} evidence)"
    unknown = _when_undecided(rule, "they" if several else "it")
    return f"{where} {clause(rule.when, pack)}, {follows} {sort}; {unknown}."


def concept_sentence(concept: Concept, pack: RulePack) -> str:
    """Return what a derived concept means.

    ``“active bleeding” holds when the patient has gastrointestinal bleeding.``
    """
    return f"“{concept.title}” holds when {clause(concept.when, pack)}."


def clause(premise: Premise, pack: RulePack) -> str:
    """Return a premise in words; connectives inside it stand in brackets."""
    return _Clauses(pack).of(premise)


def _when_undecided(rule: Rule, pronoun: str) -> str:
    if rule.when_unknown is WhenUnknown.CANNOT_BE_ASSESSED:
        return f"as long as that is undecided, {pronoun} cannot be assessed"
    because = f" because {_uncapped(rule.unknown_because)}" if rule.unknown_because else ""
    return f"as long as that is undecided, it is only mentioned{because}"


def _uncapped(text: str) -> str:
    """Return a sentence as a part of another: no capital unless the word is written so, no full stop."""
    bare = text.strip().rstrip(".")
    return bare if bare[1:2].isupper() or bare[1:2].isdigit() else bare[:1].lower() + bare[1:]


def _options(rule: Rule, pack: RulePack) -> list[str]:
    titles = {option.option_id: option.title for each in pack.indications.values() for option in each.options}
    return list(dict.fromkeys(_quoted(titles.get(OptionId(option), option)) for option in rule.options))


def _listed(words: list[str]) -> str:
    return " and ".join(word for word in (", ".join(words[:-1]), words[-1]) if word)


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Words for premises, from the vocabulary of one pack."""

    pack: RulePack

    def of(self, premise: Premise) -> str:
        match premise:
            case AllOf(parts=parts):
                return " and ".join(self._inner(part) for part in parts)
            case AnyOf(parts=parts):
                return " or ".join(self._inner(part) for part in parts)
            case AtLeast(count=count, parts=parts):
                return f"at least {count} of these hold: {' | '.join(self._inner(part) for part in parts)}"
            case Negation(part=part):
                return f"it is not so that {self._inner(part)}"
            case _:
                return self._atom(premise)

    def _inner(self, part: Premise) -> str:
        compound = isinstance(part, AllOf | AnyOf | AtLeast | Negation)
        return f"({self.of(part)})" if compound else self.of(part)

    def _atom(self, premise: Premise) -> str:  # noqa: PLR0911 - one return a kind of atom
        words = self.pack.vocabulary
        match premise:
            case TakesDrug(drug=name):
                return f"the patient takes {self._drug(name)}"
            case HasCondition(condition=condition, ever=ever):
                verb = "has or ever had" if ever else "has"
                return f"the patient {verb} {_quoted(words.conditions[condition].title)}"
            case HasAllergy(allergen=allergen):
                return f"the patient is allergic to {_quoted(words.allergens[allergen].title)}"
            case HasState(state=state):
                return f"the patient is reported as {_quoted(words.states[state].title)}"
            case HasSex(sex=sex):
                return f"the recorded sex is {sex}"
            case QuantityWithin():
                return self._quantity(premise)
            case HasDiplotype():
                return self._diplotype(premise)
            case HasReportedPhenotype(gene=gene, phenotypes=phenotypes):
                return f"the phenotype reported for {words.genes[gene].title} is {_one_of(phenotypes)}"
            case Derived(concept=concept):
                return f"“{self._concept(concept)}” holds"
            case _:
                return self.of(premise)

    def _drug(self, name: DrugId | ClassId) -> str:
        drug_class = self.pack.vocabulary.classes.get(ClassId(name))
        if drug_class is not None:
            return f"any {_quoted(drug_class.title)}"
        return _quoted(self.pack.vocabulary.drugs[DrugId(name)].title)

    def _concept(self, name: ConceptId) -> str:
        return self.pack.concepts[name].title

    def _quantity(self, atom: QuantityWithin) -> str:
        quantity = self.pack.vocabulary.quantities[atom.quantity]
        named = f" [{', '.join(atom.parameters)}]" if atom.parameters else ""
        age = f" (at most {_days(atom.max_age_days)} old)" if atom.max_age_days is not None else ""
        return f"{_quoted(quantity.title)} is {_range(atom.interval)}{named}{age}"

    def _diplotype(self, atom: HasDiplotype) -> str:
        title = self.pack.vocabulary.genes[atom.gene].title
        listed = tuple(sorted(atom.diplotypes, key=lambda each: [*map(allele_order, each.split("/"))]))
        called = f"the {title} diplotype is {_one_of(listed)}"
        if not atom.reported:
            return called
        return f"({called} or, where none was called, the reported phenotype is {_one_of(atom.reported)})"


def _range(interval: Interval) -> str:
    return str(replace(interval, unit=read_aloud(interval.unit) or "1")).replace(" and ", " but ")


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _one_of(words: tuple[str, ...]) -> str:
    if len(words) == 1:
        return words[0]
    if len(words) > _MOST_DIPLOTYPES:
        return f"one of the {len(words)} from {words[0]} to {words[-1]} that the table counts so"
    return f"one of {', '.join(words)}"


def _quoted(title: str) -> str:
    ambiguous = any(sign in f" {title} " for sign in (" and ", " or ", ",", "|", "("))
    return f"“{title}”" if ambiguous else title
