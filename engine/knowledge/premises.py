"""From premise entries to premises: names noted, units converted, thresholds resolved for a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.ids import (
    AllergenId,
    ConceptId,
    ConditionId,
    DrugId,
    GeneId,
    ParameterId,
    QuantityId,
    StateId,
)
from engine.domain.quantities import Interval, Quantity
from engine.domain.rules import (
    AllOf,
    AnyOf,
    AtLeast,
    Derived,
    FileSpan,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasSex,
    HasState,
    Negation,
    Parameter,
    Premise,
    QuantityWithin,
    TakesDrug,
)
from engine.domain.vocabulary import MeasuredQuantity
from engine.knowledge.codes import Code
from engine.knowledge.measures import amount, canonical, unit_hint
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.schema import CountEntry, DiplotypeEntry, PremiseEntry
from engine.terminology.spelling import read_aloud

_BOUNDS = ("above", "at_least", "below", "at_most")
#: What a premise asks for -> what may stand beside it. Exactly one of these keys makes a premise.
PREMISE_KEYS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "any": (),
    "not": (),
    "at_least_n": (),
    "takes": (),
    "condition": ("ever",),
    "allergy": (),
    "quantity": (*_BOUNDS, "no_older_than"),
    "state": (),
    "sex": (),
    "diplotype": (),
    "reported_phenotype": (),
    "concept": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Reads premises with the words and thresholds of one pack."""

    notes: Notes
    quantities: Mapping[QuantityId, MeasuredQuantity]
    parameters: Mapping[ParameterId, Parameter]
    known_diplotypes: Mapping[GeneId, tuple[str, ...]]
    """What each phenotype table knows."""

    def read(self, entry: PremiseEntry, by: str) -> Premise | None:
        """Return the premise, or None where something in it was noted as wrong.

        Args:
            entry: what was written.
            by: whose premise it is, for messages.
        """
        kind = self._kind(entry, by)
        if kind is None:
            return None
        readers: dict[str, Callable[[PremiseEntry, str], Premise | None]] = {
            "all": self._all,
            "any": self._any,
            "not": self._not,
            "at_least_n": self._count,
            "takes": self._takes,
            "condition": self._condition,
            "allergy": self._allergy,
            "quantity": self._quantity,
            "state": self._state,
            "sex": self._sex,
            "diplotype": self._diplotype,
            "reported_phenotype": self._reported,
            "concept": self._concept,
        }
        return readers[kind](entry, by)

    def _kind(self, entry: PremiseEntry, by: str) -> str | None:
        written = [
            field.alias or name
            for name, field in PremiseEntry.model_fields.items()
            if getattr(entry, name) is not None
        ]
        kinds = [key for key in written if key in PREMISE_KEYS]
        if len(kinds) != 1:
            said = " and ".join(kinds) if kinds else "none of them"
            self.notes.refuse(
                Code.PREMISE,
                entry.at(),
                f"{by}: a premise needs exactly one of {', '.join(PREMISE_KEYS)}; here is {said}.",
                "To join premises, write all: [{..}, {..}] or any: [{..}, {..}].",
            )
            return None
        strays = [key for key in written if key not in PREMISE_KEYS and key not in PREMISE_KEYS[kinds[0]]]
        for stray in strays:
            self.notes.refuse(
                Code.PREMISE,
                entry.at(stray),
                f"{by}: {stray} does not belong beside {kinds[0]}.",
                f"It belongs beside {'condition' if stray == 'ever' else 'quantity'}.",
            )
        return None if strays else kinds[0]

    def _parts(
        self, entries: list[PremiseEntry], span: FileSpan, key: str, by: str
    ) -> tuple[Premise, ...] | None:
        if not entries:
            self.notes.refuse(
                Code.PREMISE, span, f"{by}: {key} joins nothing.", "Name at least one premise in its list."
            )
            return None
        parts = [self.read(each, by) for each in entries]
        return None if None in parts else tuple(part for part in parts if part is not None)

    def _all(self, entry: PremiseEntry, by: str) -> Premise | None:
        parts = self._parts(entry.all_ or [], entry.at("all"), "all", by)
        return AllOf(parts=parts) if parts else None

    def _any(self, entry: PremiseEntry, by: str) -> Premise | None:
        parts = self._parts(entry.any_ or [], entry.at("any"), "any", by)
        return AnyOf(parts=parts) if parts else None

    def _not(self, entry: PremiseEntry, by: str) -> Premise | None:
        part = self.read(entry.not_, by) if entry.not_ else None
        return Negation(part=part) if part else None

    def _count(self, entry: PremiseEntry, by: str) -> Premise | None:
        count = entry.at_least_n or CountEntry(n=0, of=[])
        parts = self._parts(count.of, entry.at("at_least_n"), "at_least_n", by)
        if parts is None:
            return None
        if not 1 <= count.n <= len(parts):
            self.notes.refuse(
                Code.PREMISE,
                count.at("n"),
                f"{by}: at least {count.n} of {len(parts)} is {'always' if count.n < 1 else 'never'} so.",
                f"Write a number from 1 to {len(parts)}.",
            )
            return None
        return AtLeast(count=count.n, parts=parts)

    def _takes(self, entry: PremiseEntry, by: str) -> Premise | None:
        name = entry.takes or ""
        known = self.notes.refer(by, entry.at("takes"), name, Sort.DRUG, Sort.CLASS)
        return TakesDrug(drug=DrugId(name)) if known else None

    def _condition(self, entry: PremiseEntry, by: str) -> Premise | None:
        name = entry.condition or ""
        known = self.notes.refer(by, entry.at("condition"), name, Sort.CONDITION)
        return HasCondition(condition=ConditionId(name), ever=bool(entry.ever)) if known else None

    def _allergy(self, entry: PremiseEntry, by: str) -> Premise | None:
        name = entry.allergy or ""
        known = self.notes.refer(by, entry.at("allergy"), name, Sort.ALLERGEN)
        return HasAllergy(allergen=AllergenId(name)) if known else None

    def _state(self, entry: PremiseEntry, by: str) -> Premise | None:
        name = entry.state or ""
        known = self.notes.refer(by, entry.at("state"), name, Sort.STATE)
        return HasState(state=StateId(name)) if known else None

    def _sex(self, entry: PremiseEntry, by: str) -> Premise | None:  # noqa: ARG002 - one shape for all readers
        return HasSex(sex=entry.sex) if entry.sex else None

    def _concept(self, entry: PremiseEntry, by: str) -> Premise | None:
        name = entry.concept or ""
        known = self.notes.refer(by, entry.at("concept"), name, Sort.CONCEPT)
        return Derived(concept=ConceptId(name)) if known else None

    def _diplotype(self, entry: PremiseEntry, by: str) -> Premise | None:
        inner = entry.diplotype
        if inner is None or not self._gene(inner, by):
            return None
        gene = GeneId(inner.gene)
        return HasDiplotype(gene=gene, diplotypes=tuple(inner.is_), known=self.known_diplotypes.get(gene, ()))

    def _reported(self, entry: PremiseEntry, by: str) -> Premise | None:
        inner = entry.reported_phenotype
        if inner is None or not self._gene(inner, by):
            return None
        return HasReportedPhenotype(gene=GeneId(inner.gene), phenotypes=tuple(inner.is_))

    def _gene(self, inner: DiplotypeEntry, by: str) -> bool:
        known = self.notes.refer(by, inner.at("gene"), inner.gene, Sort.GENE)
        if not inner.is_:
            self.notes.refuse(
                Code.PREMISE,
                inner.at("is"),
                f"{by}: is lists nothing, so this never holds.",
                "Name at least one.",
            )
        return known and bool(inner.is_)

    def _quantity(self, entry: PremiseEntry, by: str) -> Premise | None:
        name = QuantityId(entry.quantity or "")
        self.notes.refer(by, entry.at("quantity"), name, Sort.QUANTITY)
        quantity = self.quantities.get(name)
        bounds: dict[str, Decimal] = {}
        parameters: list[ParameterId] = []
        written = [key for key in _BOUNDS if getattr(entry, key) is not None]
        for key in written:
            value = self._bound(entry, key, quantity, parameters, by)
            if value is not None:
                bounds[key] = value
        if quantity is None or len(bounds) < len(written):
            return None
        interval = self._interval(entry, bounds, quantity.unit, by)
        if interval is None:
            return None
        return QuantityWithin(
            quantity=name,
            interval=interval,
            max_age_days=entry.no_older_than,
            parameters=tuple(dict.fromkeys(parameters)),
        )

    def _bound(
        self,
        entry: PremiseEntry,
        key: str,
        quantity: MeasuredQuantity | None,
        parameters: list[ParameterId],
        by: str,
    ) -> Decimal | None:
        text: str = getattr(entry, key)
        span = entry.at(key)
        limit = amount(text)
        if limit is None:
            limit = self._parameter(ParameterId(text), span, by)
            parameters.append(ParameterId(text))
        if limit is None or quantity is None:
            return None
        value = canonical(limit, quantity)
        if value is None:
            self.notes.refuse(
                Code.UNIT,
                span,
                f"{by}: {key} {limit} cannot be compared with {quantity.title}, "
                f"which is in {read_aloud(quantity.unit) or 'numbers without a unit'}.",
                unit_hint(limit.unit, quantity),
            )
        return value

    def _parameter(self, name: ParameterId, span: FileSpan, by: str) -> Quantity | None:
        known = self.notes.refer(by, span, name, Sort.PARAMETER)
        parameter = self.parameters.get(name)
        if not known or parameter is None:
            return None
        value = parameter.value_on(self.notes.day)
        if value is None:
            self.notes.refuse(
                Code.NO_VALUE_IN_FORCE,
                span,
                f'{by}: the parameter "{name}" has no value in force on {self.notes.day}.',
                f"Its first value is dated later; see {parameter.span}.",
            )
            return None
        return Quantity(value=value.value, unit=parameter.unit)

    def _interval(
        self, entry: PremiseEntry, bounds: Mapping[str, Decimal], unit: str, by: str
    ) -> Interval | None:
        if not bounds or {"above", "at_least"} <= bounds.keys() or {"below", "at_most"} <= bounds.keys():
            self.notes.refuse(
                Code.PREMISE,
                entry.at("quantity"),
                f"{by}: {entry.quantity} needs one lower end, one upper end, or one of each.",
                "Write below or at_most, above or at_least.",
            )
            return None
        low = bounds.get("above", bounds.get("at_least"))
        high = bounds.get("below", bounds.get("at_most"))
        low_closed, high_closed = "at_least" in bounds, "at_most" in bounds
        crossed = (
            low is not None
            and high is not None
            and (low > high or (low == high and not (low_closed and high_closed)))
        )
        if crossed:
            self.notes.refuse(
                Code.EMPTY_INTERVAL,
                entry.at("quantity"),
                f"{by}: no {entry.quantity} lies there: the lower end is {low}, the upper end {high} {unit}.",
                "Exchange the ends, or check the parameters.",
            )
            return None
        return Interval(
            unit=unit, low=low, low_closed=low_closed or low is None, high=high, high_closed=high_closed
        )
