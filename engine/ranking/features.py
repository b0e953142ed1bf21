"""A patient record as a model reads it: each input by what its card says of where it stands.

Everything is decided on the facts floor, so that *not known* means here what it means to the
rules: a list that was not reviewed, a stale weight, a contradictory genotype leave an input
missing, and nothing missing is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.domain.atoms import Atom, HasCondition, HasDiplotype, HasState, TakesDrug
from engine.domain.facts import FactBase, Reading
from engine.domain.ids import ConditionId, DrugId, FeatureName, GeneId, QuantityId, StateId
from engine.domain.models import ModelFeature, ModelInput
from engine.domain.patient import PatientRecord, Sex
from engine.domain.quantities import plain
from engine.domain.truth import Truth, any_of
from engine.ports import FactSource
from engine.ranking.card import CardFeature
from engine.ranking.record_sources import SourceKind

NOT_KNOWN: Final = "not known"
#: The unit in which the facts floor reads what is asked in decades.
_YEARS: Final = "a"
_SEXES: Final[Mapping[Sex, float | None]] = {Sex.FEMALE: 0.0, Sex.MALE: 1.0, Sex.UNKNOWN: None}
_AS_CODE: Final[Mapping[Truth, float | None]] = {Truth.TRUE: 1.0, Truth.FALSE: 0.0, Truth.UNKNOWN: None}
_HOLDS: Final[Mapping[SourceKind, Callable[[str], Atom]]] = {
    SourceKind.DRUG: lambda name: TakesDrug(drug=DrugId(name)),
    SourceKind.CONDITION: lambda name: HasCondition(condition=ConditionId(name)),
    SourceKind.STATE: lambda name: HasState(state=StateId(name)),
}
_MEASURED: Final = frozenset({SourceKind.QUANTITY, SourceKind.DECADE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientInputs:
    """A patient as the model reads them, with what the model must not be asked about."""

    features: tuple[ModelFeature, ...]
    inputs: tuple[ModelInput, ...]
    outside: tuple[str, ...]
    """Clauses that name what lies outside the patients the model learnt from."""

    def value(self, feature: FeatureName) -> float | None:
        """Return one input's value, None where not known."""
        return next(item.value for item in self.inputs if item.feature == feature)

    def text(self, feature: FeatureName) -> str:
        """Return one input in words."""
        return next(item.text for item in self.inputs if item.feature == feature)

    @property
    def missing(self) -> tuple[ModelFeature, ...]:
        """Return the features that are not known."""
        known = {item.feature for item in self.inputs if item.value is not None}
        return tuple(feature for feature in self.features if feature.name not in known)


def read_inputs(
    features: Sequence[CardFeature], record: PatientRecord, facts: FactSource, as_of: datetime
) -> PatientInputs:
    """Read every feature of a record as it stood at a moment; one without a place in records is not known."""
    atoms = {feature.name: _atoms(feature) for feature in features}
    quantities = [
        QuantityId(name)
        for feature in features
        if feature.record is not None and feature.record.kind in _MEASURED
        for name in feature.record.names
    ]
    asked = [atom for several in atoms.values() for atom in several]
    base = facts.assemble(record, asked, quantities, as_of)
    readings = {reading.quantity: reading for reading in base.readings}
    found: list[ModelInput] = []
    outside: list[str] = []
    for feature in features:
        truths = [_truth(base, atom) for atom in atoms[feature.name]]
        kind = None if feature.record is None else feature.record.kind
        match kind:
            case None:
                found.append(_coded(feature, None))
            case SourceKind.SEX:
                found.append(_coded(feature, _SEXES[record.sex]))
            case SourceKind.QUANTITY | SourceKind.DECADE:
                found.append(_measured(feature, readings))
            case SourceKind.DIPLOTYPE:
                codes = [float(code) for code, truth in enumerate(truths) if truth is Truth.TRUE]
                found.append(_coded(feature, codes[0] if len(codes) == 1 else None))
                gene = _gene(feature)
                if not codes and any(result.gene == gene for result in record.genotypes):
                    outside.append(f"the {gene} result is none of {', '.join(feature.labels)} for certain")
            case _:
                found.append(_coded(feature, _AS_CODE[any_of(truths)]))
    return PatientInputs(
        features=tuple(feature.described() for feature in features),
        inputs=tuple(found),
        outside=tuple(outside),
    )


def _atoms(feature: CardFeature) -> tuple[Atom, ...]:
    if feature.record is None:
        return ()
    if feature.record.kind is SourceKind.DIPLOTYPE:
        return tuple(
            HasDiplotype(gene=_gene(feature), diplotypes=frozenset({label}), known=frozenset(feature.labels))
            for label in feature.labels
        )
    holds = _HOLDS.get(feature.record.kind)
    return () if holds is None else tuple(holds(name) for name in feature.record.names)


def _gene(feature: CardFeature) -> GeneId:
    return GeneId("" if feature.record is None else feature.record.names[0])


def _truth(base: FactBase, atom: Atom) -> Truth:
    return base.facts[atom.symbol].truth


def _coded(feature: CardFeature, code: float | None) -> ModelInput:
    text = NOT_KNOWN if code is None else feature.labels[int(code)]
    return ModelInput(feature=feature.name, value=code, text=text)


def _measured(feature: CardFeature, readings: Mapping[QuantityId, Reading]) -> ModelInput:
    source = feature.record
    reading = None if source is None else readings.get(QuantityId(source.names[0]))
    decade = source is not None and source.kind is SourceKind.DECADE
    unit = _YEARS if decade else feature.unit
    if reading is None or reading.flags or reading.value.unit != unit:
        return ModelInput(feature=feature.name, value=None, text=NOT_KNOWN)
    value = reading.value.value
    if decade:
        years = int(value)
        code = float(min(years // 10, len(feature.labels) - 1))
        return ModelInput(feature=feature.name, value=code, text=f"{years} years")
    return ModelInput(feature=feature.name, value=float(value), text=f"{plain(value)} {unit}")
