"""The lists of the solver's patient: drugs taken and stopped, conditions, allergies, planned procedures.

An entry has all details that an atom asks for, so that an atom holds by one entry alone. As many
entries of one name are possible as there are different demands of details in the pack, up to a few: a drug
can be taken by mouth and by vein at once, and a patient can have had two infarctions. Nothing ties a single
dose to a daily one: what is taken once a week has a daily dose below its single dose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.domain.atoms import Atom, HasAllergy, HasCondition, PlansProcedure, StoppedDrug, TakesDrug
from engine.domain.pack import RulePack
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route
from engine.domain.quantities import Interval
from engine.domain.rules import atoms_of
from engine.facts.chart import REVIEW_MAX_AGE_DAYS
from engine.knowledge.solving import Ground
from engine.knowledge.world_numbers import bounded
from engine.terminology.index import VocabularyIndex

if TYPE_CHECKING:
    from z3 import ArithRef, BoolRef

TAKEN, STOPPED = "medications", "stopped"
ACTIVE, RESOLVED = "conditions", "resolved"
ALLERGIC, PLANNED = "allergies", "planned"
ROUTES = tuple(Route)
#: Routes that patients are shown with where others are as good.
_COMMON = (Route.ORAL, Route.INTRAVENOUS, Route.TOPICAL)
#: Entries of one name; nobody asks for more at once.
_MOST = 3


class Lists:
    """Entries that may stand on the lists, each a flag with its details."""

    def __init__(self, ground: Ground, pack: RulePack) -> None:
        """Count how many entries of each name premises can tell apart."""
        self._ground = ground
        self._vocabulary = pack.vocabulary
        self._index = VocabularyIndex(pack.vocabulary)
        self.details: dict[tuple[str, str, str], ArithRef | BoolRef] = {}
        """Details of entries that were asked for, by sort, entry and detail."""
        self._demands: dict[tuple[str, str], set[object]] = {}
        premises = [rule.when for rule in pack.rules.values()] + [
            each.when for each in pack.concepts.values()
        ]
        for atom in dict.fromkeys(atom for premise in premises for atom in atoms_of(premise)):
            for key, demand in self._demanded(atom):
                self._demands.setdefault(key, set()).add(demand)

    def _demanded(self, atom: Atom) -> Iterable[tuple[tuple[str, str], object]]:
        match atom:
            case TakesDrug() if not atom.bare:
                asked = (atom.routes, atom.dose, atom.started)
                return [((TAKEN, drug), asked) for drug in self._drugs(atom)]
            case StoppedDrug(drug=drug, ago=ago):
                return [((STOPPED, name), ago) for name in self._index.drugs_of(drug)]
            case HasCondition(condition=condition, began=began) if began is not None:
                names = self._index.conditions_within(condition)
                return [((sort, name), (began, atom.past)) for name in names for sort in (ACTIVE, RESOLVED)]
            case HasAllergy() if _is_detailed(atom):
                asked_of = (atom.kind, atom.at_least, atom.reactions)
                return [((ALLERGIC, name), asked_of) for name in self._allergy_words(atom.allergen)]
            case _:
                return ()

    def entries(self, sort: str, name: str) -> tuple[str, ...]:
        """Return the entries of one name that may stand on a list; the first one bears the name alone."""
        count = min(max(len(self._demands.get((sort, name), ())), 1), _MOST)
        return (str(name), *(f"{name} #{number}" for number in range(2, count + 1)))

    def takes(self, atom: TakesDrug) -> BoolRef:
        """Return that enough different drugs are taken in the way asked for."""
        of_each = [self._taken(drug, atom) for drug in self._drugs(atom)]
        if atom.count > 1:
            return self._ground.z3.PbGe([(each, 1) for each in of_each], atom.count)
        return self._ground.z3.Or(*of_each)

    def _drugs(self, atom: TakesDrug) -> Sequence[str]:
        return [drug for drug in sorted(self._index.drugs_of(atom.drug)) if drug not in atom.besides]

    def _taken(self, drug: str, atom: TakesDrug) -> BoolRef:
        z3 = self._ground.z3

        def as_asked(entry: str) -> list[BoolRef]:
            parts: list[BoolRef] = []
            if atom.routes:
                route = self._route(entry)
                parts.append(z3.Or(*(route == ROUTES.index(each) for each in atom.routes)))
            if atom.dose is not None:
                parts.append(bounded(self._ground, self._amount(entry, "dose", atom.dose), atom.dose))
            if atom.started is not None:
                parts.append(self._days(TAKEN, entry, "started", atom.started))
            return parts

        by_entry = self._any_entry(TAKEN, drug, as_asked)
        if atom.daily_dose is None:
            return by_entry
        a_day = [
            z3.If(
                self._ground.flag(TAKEN, entry),
                self._amount(entry, "daily_dose", atom.daily_dose),
                z3.RealVal(0),
            )
            for entry in self.entries(TAKEN, drug)
        ]
        return z3.And(by_entry, bounded(self._ground, z3.Sum(*a_day), atom.daily_dose))

    def _route(self, entry: str) -> ArithRef:
        is_new = (TAKEN, entry, "route") not in self.details
        route = self._number(TAKEN, entry, "route", most=len(ROUTES) - 1)
        if is_new:
            self._ground.preferably(self._ground.z3.Or(*(route == ROUTES.index(each) for each in _COMMON)))
        return route

    def stopped(self, atom: StoppedDrug) -> BoolRef:
        """Return that a drug was stopped so long ago, and is not taken now."""
        z3, found = self._ground.z3, []
        for drug in sorted(self._index.drugs_of(atom.drug)):
            taken = z3.Or(*(self._ground.flag(TAKEN, entry) for entry in self.entries(TAKEN, drug)))
            once = self._any_entry(STOPPED, drug, lambda entry: [self._days(STOPPED, entry, "ago", atom.ago)])
            found.append(z3.And(once, z3.Not(taken)))
        return z3.Or(*found)

    def can_be_refuted(self, atom: StoppedDrug) -> bool:
        """Tell whether a list can show that a drug was not stopped then: it forgets what is long over."""
        return atom.ago.high is not None and atom.ago.high <= REVIEW_MAX_AGE_DAYS

    def has_condition(self, atom: HasCondition) -> BoolRef:
        """Return that the condition is present, or was at the time asked for."""
        sorts = (RESOLVED,) if atom.past else (ACTIVE, RESOLVED) if atom.ever else (ACTIVE,)
        return self._ground.z3.Or(
            *(
                self._had(sort, name, atom.began)
                for name in sorted(self._index.conditions_within(atom.condition))
                for sort in sorts
            )
        )

    def _had(self, sort: str, name: str, began: Interval | None) -> BoolRef:
        if began is None:
            return self._any_entry(sort, name, lambda _: [])
        return self._any_entry(sort, name, lambda entry: [self._days(sort, entry, "began", began)])

    def plans(self, atom: PlansProcedure) -> BoolRef:
        """Return that a procedure lies at most so many days ahead."""
        within = Interval(unit="d", high=Decimal(atom.within_days), high_closed=True)
        return self._ground.z3.Or(
            *(
                self._any_entry(PLANNED, name, lambda entry: [self._days(PLANNED, entry, "ahead", within)])
                for name in sorted(self._index.conditions_within(atom.procedure))
            )
        )

    def is_allergic(self, atom: HasAllergy) -> BoolRef:
        """Return that an allergy of the kind asked for is recorded."""

        def as_asked(entry: str) -> list[BoolRef]:
            parts: list[BoolRef] = []
            if atom.kind is not None:
                allergy = self._fact(ALLERGIC, entry, "kind")
                is_kind = allergy if atom.kind is AllergyKind.ALLERGY else self._ground.z3.Not(allergy)
                parts.append(is_kind)
            if atom.at_least is not None:
                worst = len(AllergySeverity) - 1
                severity = self._number(ALLERGIC, entry, "severity", most=worst)
                parts.append(severity >= atom.at_least.rank)
            if atom.reactions:
                parts.append(self._ground.z3.Or(*(self._reaction(entry, each) for each in atom.reactions)))
            return parts

        return self._ground.z3.Or(
            *(self._any_entry(ALLERGIC, name, as_asked) for name in self._allergy_words(atom.allergen))
        )

    def _reaction(self, entry: str, reaction: ReactionKind) -> BoolRef:
        """Return that an entry names a reaction; one that names no other has another one."""
        if reaction is not ReactionKind.OTHER:
            return self._fact(ALLERGIC, entry, reaction.value)
        others = [self._fact(ALLERGIC, entry, each.value) for each in ReactionKind if each is not reaction]
        return self._ground.z3.Not(self._ground.z3.Or(*others))

    def _allergy_words(self, allergen: str) -> tuple[str, ...]:
        """Return the words, of allergens and of drugs, that are this allergy when they are recorded."""
        groups: dict[str, set[str]] = {str(drug): {str(drug)} for drug in self._vocabulary.drugs}
        for each in self._vocabulary.allergens.values():
            groups.setdefault(str(each.allergen_id), set()).update(map(str, each.drugs))
        of_group = {
            str(drug)
            for entry in self._vocabulary.allergens.values()
            if entry.allergen_id == allergen
            for drug in entry.drugs
        }
        return tuple(sorted(name for name, drugs in groups.items() if name == allergen or drugs & of_group))

    def _any_entry(self, sort: str, name: str, as_asked: Callable[[str], list[BoolRef]]) -> BoolRef:
        z3, found = self._ground.z3, []
        for entry in self.entries(sort, name):
            flag, parts = self._ground.flag(sort, entry), as_asked(entry)
            found.append(z3.And(flag, *parts) if parts else flag)
        return z3.Or(*found) if len(found) > 1 else found[0]

    def _days(self, sort: str, entry: str, detail: str, interval: Interval) -> BoolRef:
        """Return that so many whole days lie in an interval."""
        return bounded(self._ground, self._number(sort, entry, detail), interval)

    def _amount(self, entry: str, detail: str, interval: Interval) -> ArithRef:
        """Return a dose of an entry in the unit of an interval: a positive number, whole if it can be."""
        z3, key = self._ground.z3, (TAKEN, entry, f"{detail} {interval.unit}")
        if key not in self.details:
            number = z3.Real(" ".join(key))
            self.details[key] = number
            self._ground.always(number > 0)
            self._ground.preferably(z3.IsInt(number))
        return self.details[key]

    def _number(self, sort: str, entry: str, detail: str, most: int | None = None) -> ArithRef:
        key = (sort, entry, detail)
        if key not in self.details:
            number = self._ground.z3.Int(" ".join(key))
            self.details[key] = number
            self._ground.always(number >= 0, *(() if most is None else (number <= most,)))
        return self.details[key]

    def _fact(self, sort: str, entry: str, detail: str) -> BoolRef:
        key = (sort, entry, detail)
        if key not in self.details:
            self.details[key] = self._ground.z3.Bool(" ".join(key))
        return self.details[key]


def _is_detailed(atom: HasAllergy) -> bool:
    return atom.kind is not None or atom.at_least is not None or bool(atom.reactions)
