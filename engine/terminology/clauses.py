"""Premises in words, in one way to read: brackets around every connective inside another one.

Details of an atom stand in brackets behind it, parted by semicolons; titles that hold a comma, a
semicolon, a bracket, a bar, ``and`` or ``or`` stand in quotation marks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from engine.domain.atoms import (
    Atom,
    Direction,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasSex,
    HasState,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import ClassId, ConceptId, DrugId
from engine.domain.pack import RulePack
from engine.domain.patient import AllergyKind
from engine.domain.quantities import Interval, plain
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise
from engine.terminology.alleles import allele_order
from engine.terminology.spelling import read_aloud

#: A phenotype table counts hundreds of diplotypes; nobody reads them inside a sentence.
_MOST_DIPLOTYPES = 12

_ALLERGIC = {
    None: "is allergic to",
    AllergyKind.ALLERGY: "has an immune allergy to",
    AllergyKind.INTOLERANCE: "has an intolerance of",
    AllergyKind.UNKNOWN: "has an allergy of unknown kind to",
}


@dataclass(frozen=True, slots=True)
class Clauses:
    """Words for premises, from the vocabulary of one pack."""

    pack: RulePack

    def of(self, premise: Premise) -> str:  # noqa: PLR0911 - one return a kind of node
        """Return a premise in words."""
        match premise:
            case AllOf(parts=(part,)):
                return f"all of this holds: {self._inner(part)}"
            case AllOf(parts=parts):
                return " and ".join(self._inner(part) for part in parts)
            case AnyOf(parts=(part,)):
                return f"any of this holds: {self._inner(part)}"
            case AnyOf(parts=parts):
                return " or ".join(self._inner(part) for part in parts)
            case AtLeast(count=count, parts=parts):
                return f"at least {count} of these hold: {' | '.join(self._inner(part) for part in parts)}"
            case Negation(part=part):
                return f"it is not so that {self._inner(part)}"
            case Derived(concept=concept):
                return f"“{self._concept(concept)}” holds"
            case _:
                return self._atom(premise)

    def drug(self, name: DrugId | ClassId) -> str:
        """Return a drug's title, or ``any`` and that of a class."""
        drug_class = self.pack.vocabulary.classes.get(ClassId(name))
        if drug_class is not None:
            return f"any {quoted(drug_class.title)}"
        return quoted(self.pack.vocabulary.drugs[DrugId(name)].title)

    def _inner(self, part: Premise) -> str:
        compound = isinstance(part, AllOf | AnyOf | AtLeast | Negation)
        return f"({self.of(part)})" if compound else self.of(part)

    def _atom(self, atom: Atom) -> str:  # noqa: C901, PLR0911, PLR0912 - one return a kind of atom
        words = self.pack.vocabulary
        match atom:
            case TakesDrug():
                return self._takes(atom)
            case StoppedDrug(drug=name, ago=interval):
                return f"the patient stopped {self.drug(name)} ({ago(interval)})"
            case HasCondition():
                return self._condition(atom)
            case PlansProcedure(procedure=procedure, within_days=within):
                title = quoted(words.conditions[procedure].title)
                return f"the patient is to have {title} (within {days(within)})"
            case HasAllergy():
                return self._allergy(atom)
            case HasState(state=state):
                return f"the patient is reported as {quoted(words.states[state].title)}"
            case HasSex(sex=sex):
                return f"the recorded sex is {sex}"
            case InTrimester(trimesters=trimesters):
                return f"the patient is pregnant (trimester {_one_of(map(str, trimesters))})"
            case QuantityWithin():
                return self._quantity(atom)
            case QuantityChange():
                return self._change(atom)
            case QuantityRepeated():
                return self._repeated(atom)
            case HasDiplotype():
                return self._diplotype(atom)
            case HasReportedPhenotype(gene=gene, phenotypes=phenotypes):
                title = quoted(words.genes[gene].title)
                return f"the phenotype reported for {title} is {_one_of(map(quoted, phenotypes))}"

    def _concept(self, name: ConceptId) -> str:
        return self.pack.concepts[name].title

    def _takes(self, atom: TakesDrug) -> str:
        what = self.drug(atom.drug)
        if atom.count > 1:
            what = f"at least {atom.count} different drugs that each are {what}"
        besides = ", ".join(self.drug(name) for name in atom.besides)
        details = (
            f"not counting {besides}" if besides else "",
            f"by {_one_of(route.value for route in atom.routes)} route" if atom.routes else "",
            f"single dose {in_words(atom.dose)}" if atom.dose is not None else "",
            f"daily dose {in_words(atom.daily_dose)}" if atom.daily_dose is not None else "",
            f"begun {ago(atom.started)}" if atom.started is not None else "",
        )
        return f"the patient takes {what}{_bracketed(details)}"

    def _condition(self, atom: HasCondition) -> str:
        verb = "no longer has" if atom.past else "has at some time had" if atom.ever else "has"
        began = f"begun {ago(atom.began)}" if atom.began is not None else ""
        title = self.pack.vocabulary.conditions[atom.condition].title
        return f"the patient {verb} {quoted(title)}{_bracketed((began,))}"

    def _allergy(self, atom: HasAllergy) -> str:
        details = (
            f"at least {atom.at_least.value}" if atom.at_least is not None else "",
            f"with {_one_of(reaction.value for reaction in atom.reactions)}" if atom.reactions else "",
        )
        title = self.pack.vocabulary.allergens[atom.allergen].title
        return f"the patient {_ALLERGIC[atom.kind]} {quoted(title)}{_bracketed(details)}"

    def _quantity(self, atom: QuantityWithin) -> str:
        age = f"at most {days(atom.max_age_days)} old" if atom.max_age_days is not None else ""
        return f"{self._title(atom)} is {in_words(atom.interval)}{_named(atom)}{_bracketed((age,))}"

    def _change(self, atom: QuantityChange) -> str:
        rises = atom.direction is Direction.RISES
        moved, base = ("rose", "lowest") if rises else ("fell", "highest")
        window = f"against its {base} value of the {days(atom.within_days)} before the newest one"
        return f"{self._title(atom)} {moved} by {in_words(atom.by)}{_named(atom)} ({window})"

    def _repeated(self, atom: QuantityRepeated) -> str:
        several, are = ("1 value", "is") if atom.times == 1 else (f"{atom.times} values", "are")
        window = (
            f"of the last {days(atom.within_days)}",
            f"each at least {days(atom.apart_days)} after the one before" if atom.apart_days else "",
        )
        inside = f"{in_words(atom.interval)}{_named(atom)}{_bracketed(window)}"
        return f"at least {several} of {self._title(atom)} {are} {inside}"

    def _title(self, atom: QuantityWithin | QuantityChange | QuantityRepeated) -> str:
        return quoted(self.pack.vocabulary.quantities[atom.quantity].title)

    def _diplotype(self, atom: HasDiplotype) -> str:
        title = quoted(self.pack.vocabulary.genes[atom.gene].title)
        listed = sorted(atom.diplotypes, key=lambda each: [*map(allele_order, each.split("/"))])
        if atom.scored is not None:
            called = f"the {title} activity score is {in_words(atom.scored)}"
        elif atom.reported and len(atom.diplotypes) > _MOST_DIPLOTYPES:
            count, first, last = len(listed), listed[0], listed[-1]
            called = (
                f"the {title} diplotype is one of the {count} from {first} to {last} that the table counts so"
            )
        else:
            called = f"the {title} diplotype is {_one_of(map(quoted, listed))}"
        if not atom.reported:
            return called
        reported = _one_of(map(quoted, atom.reported))
        return f"({called} or, where none was called, the reported phenotype is {reported})"


def in_words(interval: Interval) -> str:
    """Return a range with its unit as read aloud.

    >>> from decimal import Decimal
    >>> in_words(Interval(unit="mL/min/{1.73_m2}", low=Decimal(15), high=Decimal(30)))
    'at least 15 but below 30 mL/min/1.73 m²'
    """
    return str(replace(interval, unit=read_aloud(interval.unit) or "1")).replace(" and ", " but ")


def ago(interval: Interval) -> str:
    """Return how long ago something was.

    >>> from decimal import Decimal
    >>> ago(Interval(unit="d", low=Decimal(14), low_closed=False, high=Decimal(90), high_closed=True))
    'more than 14 but at most 90 days ago'
    """
    words: list[str] = []
    if interval.low is not None:
        words.append(f"{'at least' if interval.low_closed else 'more than'} {plain(interval.low)}")
    if interval.high is not None:
        words.append(f"{'at most' if interval.high_closed else 'less than'} {plain(interval.high)}")
    last = interval.high if interval.high is not None else interval.low
    return f"{' but '.join(words)} {'day' if last == 1 else 'days'} ago"


def days(count: int) -> str:
    """Return a number of days: ``1 day``, ``14 days``."""
    return "1 day" if count == 1 else f"{count} days"


def quoted(title: str) -> str:
    """Return a title that could be read as more than one word of a sentence in quotation marks."""
    ambiguous = any(sign in f" {title} " for sign in (" and ", " or ", ",", ";", "|", "(", ")"))
    return f"“{title}”" if ambiguous else title


def _one_of(words: Iterable[str]) -> str:
    several = list(words)
    return several[0] if len(several) == 1 else f"one of {', '.join(several)}"


def _named(atom: QuantityWithin | QuantityChange | QuantityRepeated) -> str:
    return f" [{', '.join(atom.parameters)}]" if atom.parameters else ""


def _bracketed(details: Iterable[str]) -> str:
    said = "; ".join(detail for detail in details if detail)
    return f" ({said})" if said else ""
