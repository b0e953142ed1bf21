"""Every kind of atom, decided against one chart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.domain.atoms import (
    Atom,
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
from engine.domain.facts import Fact
from engine.domain.ids import QuantityId, Symbol
from engine.domain.patient import PatientRecord
from engine.domain.vocabulary import MeasuredQuantity
from engine.errors import InvariantBroken
from engine.facts.allergies import has_allergy
from engine.facts.changes import quantity_change, quantity_repeated
from engine.facts.chart import Chart
from engine.facts.conditions import has_condition
from engine.facts.genes import has_diplotype, has_reported_phenotype
from engine.facts.gestation import in_trimester
from engine.facts.medications import takes_drug
from engine.facts.outcomes import Outcome
from engine.facts.person import Person
from engine.facts.procedures import plans_procedure
from engine.facts.reader import Reader
from engine.facts.stopped import stopped_drug
from engine.facts.within import quantity_within
from engine.terminology.index import VocabularyIndex


class Decider:
    """Decides atoms against one record at one moment; each atom once."""

    def __init__(
        self,
        record: PatientRecord,
        index: VocabularyIndex,
        as_of: datetime,
        given: Mapping[Symbol, Fact] | None = None,
    ) -> None:
        """Open the chart; facts that are given are not decided again."""
        self._chart = Chart(record, index, as_of)
        self._person = Person(self._chart)
        self._reader = Reader(self._chart, self._person, self.decide)
        self._decided: dict[Symbol, Fact] = dict(given or {})

    def decide(self, atom: Atom) -> Fact:
        """Return one atom as a fact: true, false, or unknown with what would settle it."""
        symbol = atom.symbol
        fact = self._decided.get(symbol)
        if fact is None:
            fact = self._decided[symbol] = self._decide(atom)
        return fact

    def read(self, quantity: QuantityId, max_age_days: int | None = None) -> Outcome:
        """Return the reading of a quantity, or why there is none."""
        return self._reader.read(quantity, max_age_days)

    def _decide(self, atom: Atom) -> Fact:  # noqa: C901, PLR0911, PLR0912 - one return a kind of atom
        match atom:
            case TakesDrug():
                return takes_drug(atom, self._chart)
            case StoppedDrug():
                return stopped_drug(atom, self._chart)
            case PlansProcedure():
                return plans_procedure(atom, self._chart)
            case HasCondition():
                return has_condition(atom, self._chart)
            case HasAllergy():
                return has_allergy(atom, self._chart)
            case QuantityWithin():
                quantity = self._chart.vocabulary.quantities.get(atom.quantity)
                return quantity_within(atom, self.read(atom.quantity, atom.max_age_days), quantity)
            case QuantityChange():
                entry = self._quantity(atom.quantity)
                return quantity_change(
                    atom, entry, self.read(atom.quantity), self._reader.course(atom.quantity)
                )
            case QuantityRepeated():
                entry = self._quantity(atom.quantity)
                return quantity_repeated(atom, entry, self._reader.course(atom.quantity), self._chart)
            case InTrimester():
                return in_trimester(atom, self._chart, self._person, self.read)
            case HasState():
                return self._person.has_state(atom)
            case HasSex():
                return self._person.has_sex(atom)
            case HasDiplotype():
                return has_diplotype(atom, self._chart)
            case HasReportedPhenotype():
                return has_reported_phenotype(atom, self._chart)

    def _quantity(self, quantity: QuantityId) -> MeasuredQuantity:
        entry = self._chart.vocabulary.quantities.get(quantity)
        if entry is None:
            raise InvariantBroken(
                f"the vocabulary has no quantity {quantity!r}; the rule pack was not checked"
            )
        return entry
