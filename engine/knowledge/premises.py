"""From premise entries to premises: names noted, units converted, thresholds resolved for a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.domain.atoms import HasSex, HasState
from engine.domain.ids import ClassId, ConceptId, ParameterId, QuantityId, StateId
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, FileSpan, Negation, Parameter, Premise
from engine.domain.vocabulary import DrugClass, MeasuredQuantity
from engine.knowledge.codes import Code
from engine.knowledge.limits import Limits
from engine.knowledge.names import Sort, listed_or
from engine.knowledge.notes import Notes
from engine.knowledge.phenotypes import Phenotypes
from engine.knowledge.premise_schema import PREMISE_KEYS, CountEntry, PremiseEntry
from engine.knowledge.premises_of_genes import GenePremises
from engine.knowledge.premises_of_lists import ListPremises
from engine.knowledge.premises_of_values import ValuePremises


class Premises:
    """Reads premises with the words and thresholds of one pack."""

    def __init__(
        self,
        notes: Notes,
        *,
        classes: Mapping[ClassId, DrugClass],
        quantities: Mapping[QuantityId, MeasuredQuantity],
        parameters: Mapping[ParameterId, Parameter],
        phenotypes: Phenotypes,
    ) -> None:
        """Take the words; ``limits`` reads ranges with the same ones."""
        self.notes = notes
        self.limits = Limits(notes=notes, quantities=quantities, parameters=parameters)
        lists = ListPremises(notes=notes, limits=self.limits, classes=classes)
        values = ValuePremises(notes=notes, limits=self.limits)
        genes = GenePremises(
            notes=notes, limits=self.limits, known=phenotypes.known, scores=phenotypes.scores
        )
        self._readers: Mapping[str, Callable[[PremiseEntry, str], Premise | None]] = {
            "all": self._all,
            "any": self._any,
            "not": self._not,
            "at_least_n": self._count,
            "takes": lists.takes,
            "stopped": lists.stopped,
            "condition": lists.condition,
            "planned": lists.planned,
            "allergy": lists.allergy,
            "quantity": values.quantity,
            "change": values.change,
            "repeated": values.repeated,
            "trimester": values.trimester,
            "state": self._state,
            "sex": self._sex,
            "diplotype": genes.diplotype,
            "reported_phenotype": genes.reported,
            "activity_score": genes.activity,
            "concept": self._concept,
        }

    def read(self, entry: PremiseEntry, by: str) -> Premise | None:
        """Return the premise, or None where something in it was noted as wrong.

        Args:
            entry: what was written.
            by: whose premise it is, for messages.
        """
        kind = self._kind(entry, by)
        return self._readers[kind](entry, by) if kind is not None else None

    def _kind(self, entry: PremiseEntry, by: str) -> str | None:
        written = [
            field.alias or name
            for name, field in PremiseEntry.model_fields.items()
            if name in entry.model_fields_set and getattr(entry, name) is not None
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
            owners = [kind for kind, companions in PREMISE_KEYS.items() if stray in companions]
            self.notes.refuse(
                Code.PREMISE,
                entry.at(stray),
                f"{by}: {stray} does not belong beside {kinds[0]}.",
                f"It belongs beside {listed_or(owners)}.",
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
