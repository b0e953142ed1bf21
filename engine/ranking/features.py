"""The inputs of the warfarin dose model: one table, and how each is read from a record.

Everything is decided on the facts floor, so that *not known* means here what it means to the
rules: a list that was not reviewed, a stale weight, a contradictory genotype leave an input
missing, and nothing missing is filled in.

Race is no input, although both published equations use it: with genotype the model is no better
for knowing it (its card shows the figures), and a group says little about one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.domain.facts import FactBase, Reading
from engine.domain.ids import ConditionId, DrugId, FeatureName, GeneId, QuantityId, StateId
from engine.domain.models import ModelFeature, ModelInput
from engine.domain.patient import PatientRecord, Sex
from engine.domain.quantities import plain
from engine.domain.rules import Atom, HasCondition, HasDiplotype, HasState, TakesDrug
from engine.domain.truth import Truth, any_of
from engine.ports import FactSource

NOT_KNOWN: Final = "not known"
NO_YES: Final = ("no", "yes")

AGE, SEX = FeatureName("age"), FeatureName("sex")
HEIGHT, WEIGHT = FeatureName("height"), FeatureName("weight")
CYP2C9, VKORC1 = FeatureName("cyp2c9"), FeatureName("vkorc1")

#: What the record of a patient often lacks together: made ready before the first question.
OFTEN_UNKNOWN: Final = ((), (CYP2C9, VKORC1), (HEIGHT,), (HEIGHT, CYP2C9, VKORC1))

#: In the order of the coefficients of the published pharmacogenetic equation.
CYP2C9_DIPLOTYPES: Final = ("*1/*1", "*1/*2", "*1/*3", "*2/*2", "*2/*3", "*3/*3")
VKORC1_GENOTYPES: Final = ("G/G", "A/G", "A/A")
AGE_LABELS: Final = (
    "under 10 years",
    *(f"{decade}0 to {decade}9 years" for decade in range(1, 9)),
    "90 years or more",
)


def _yes_no(name: str, title: str, meaning: str) -> ModelFeature:
    return ModelFeature(name=FeatureName(name), title=title, unit="1", meaning=meaning, labels=NO_YES)


FEATURES: Final[tuple[ModelFeature, ...]] = (
    ModelFeature(
        name=AGE,
        title="age",
        unit="1",
        meaning="age in whole decades, as the study published it",
        labels=AGE_LABELS,
        required=True,
    ),
    ModelFeature(
        name=SEX,
        title="sex",
        unit="1",
        meaning="sex as recorded",
        labels=("female", "male"),
        required=True,
    ),
    ModelFeature(
        name=HEIGHT,
        title="height",
        unit="cm",
        meaning="body height",
        cuts=(155.0, 165.0, 175.0, 185.0),
        required=True,
    ),
    ModelFeature(
        name=WEIGHT,
        title="weight",
        unit="kg",
        meaning="body weight",
        cuts=(55.0, 70.0, 85.0, 100.0),
        required=True,
    ),
    ModelFeature(
        name=CYP2C9,
        title="CYP2C9 diplotype",
        unit="1",
        meaning="CYP2C9 diplotype from *1, *2 and *3; other alleles are outside what the model learnt",
        labels=CYP2C9_DIPLOTYPES,
    ),
    ModelFeature(
        name=VKORC1,
        title="VKORC1 -1639 genotype",
        unit="1",
        meaning="VKORC1 -1639G>A (rs9923231); in training imputed from linked variants as the study did",
        labels=VKORC1_GENOTYPES,
    ),
    _yes_no("amiodarone", "amiodarone", "takes amiodarone"),
    _yes_no("enzyme_inducer", "enzyme inducer", "takes carbamazepine, phenytoin or rifampicin"),
    _yes_no("simvastatin", "simvastatin", "takes simvastatin"),
    _yes_no("atorvastatin", "atorvastatin", "takes atorvastatin"),
    _yes_no("aspirin", "aspirin", "takes aspirin"),
    _yes_no("acetaminophen", "acetaminophen", "takes acetaminophen (paracetamol)"),
    _yes_no("smoker", "current smoker", "smokes now"),
    _yes_no("thromboembolism", "venous thromboembolism", "deep vein thrombosis or pulmonary embolism"),
    _yes_no("atrial_fibrillation", "atrial fibrillation", "atrial fibrillation or flutter"),
    _yes_no("heart_valve", "artificial heart valve", "mechanical or bioprosthetic heart valve"),
    _yes_no("diabetes", "diabetes", "diabetes mellitus"),
    _yes_no("heart_failure", "heart failure", "heart failure or cardiomyopathy"),
)

_TRUE_WHERE_ANY: Final[Mapping[str, tuple[Atom, ...]]] = {
    "amiodarone": (TakesDrug(drug=DrugId("amiodarone")),),
    "enzyme_inducer": tuple(
        TakesDrug(drug=DrugId(drug)) for drug in ("carbamazepine", "phenytoin", "rifampicin")
    ),
    "simvastatin": (TakesDrug(drug=DrugId("simvastatin")),),
    "atorvastatin": (TakesDrug(drug=DrugId("atorvastatin")),),
    "aspirin": (TakesDrug(drug=DrugId("aspirin")),),
    "acetaminophen": (TakesDrug(drug=DrugId("acetaminophen")),),
    "smoker": (HasState(state=StateId("smoker")),),
    "thromboembolism": (HasCondition(condition=ConditionId("venous_thromboembolism")),),
    "atrial_fibrillation": (HasCondition(condition=ConditionId("atrial_fibrillation_or_flutter")),),
    "heart_valve": (
        HasCondition(condition=ConditionId("mechanical_heart_valve")),
        HasCondition(condition=ConditionId("bioprosthetic_heart_valve")),
    ),
    "diabetes": (HasCondition(condition=ConditionId("diabetes")),),
    "heart_failure": (HasCondition(condition=ConditionId("heart_failure")),),
}
_GENES: Final[Mapping[FeatureName, tuple[GeneId, tuple[str, ...]]]] = {
    CYP2C9: (GeneId("CYP2C9"), CYP2C9_DIPLOTYPES),
    VKORC1: (GeneId("VKORC1"), VKORC1_GENOTYPES),
}
_UNITS: Final[Mapping[FeatureName, str]] = {AGE: "a", HEIGHT: "cm", WEIGHT: "kg"}
_SEXES: Final[Mapping[Sex, float | None]] = {Sex.FEMALE: 0.0, Sex.MALE: 1.0, Sex.UNKNOWN: None}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientInputs:
    """A patient as the model reads them, with what the model must not be asked about."""

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
        return tuple(feature for feature in FEATURES if feature.name not in known)


def read_inputs(record: PatientRecord, facts: FactSource, as_of: datetime) -> PatientInputs:
    """Read every feature of a record as it stood at a moment."""
    diplotypes = {name: _diplotype_atoms(*gene) for name, gene in _GENES.items()}
    atoms = [
        *(atom for several in _TRUE_WHERE_ANY.values() for atom in several),
        *(atom for several in diplotypes.values() for atom in several),
    ]
    base = facts.assemble(record, atoms, [QuantityId(name) for name in _UNITS], as_of)
    readings = {reading.quantity: reading for reading in base.readings}
    found: dict[FeatureName, ModelInput] = {SEX: _coded(SEX, _SEXES[record.sex])}
    for name, unit in _UNITS.items():
        found[name] = _measured(name, readings.get(QuantityId(name)), unit)
    outside: list[str] = []
    for name, (gene, labels) in _GENES.items():
        codes = [code for code, atom in enumerate(diplotypes[name]) if _truth(base, atom) is Truth.TRUE]
        found[name] = _coded(name, float(codes[0]) if len(codes) == 1 else None)
        if not codes and any(result.gene == gene for result in record.genotypes):
            outside.append(f"the {gene} result is none of {', '.join(labels)} for certain")
    for name_text, several in _TRUE_WHERE_ANY.items():
        truth = any_of(_truth(base, atom) for atom in several)
        found[FeatureName(name_text)] = _coded(FeatureName(name_text), _AS_CODE[truth])
    return PatientInputs(inputs=tuple(found[feature.name] for feature in FEATURES), outside=tuple(outside))


_AS_CODE: Final[Mapping[Truth, float | None]] = {Truth.TRUE: 1.0, Truth.FALSE: 0.0, Truth.UNKNOWN: None}
_BY_NAME: Final = {feature.name: feature for feature in FEATURES}


def _diplotype_atoms(gene: GeneId, labels: tuple[str, ...]) -> tuple[HasDiplotype, ...]:
    known = frozenset(labels)
    return tuple(HasDiplotype(gene=gene, diplotypes=frozenset({label}), known=known) for label in labels)


def _truth(base: FactBase, atom: Atom) -> Truth:
    return base.facts[atom.symbol].truth


def _coded(name: FeatureName, code: float | None) -> ModelInput:
    text = NOT_KNOWN if code is None else _BY_NAME[name].labels[int(code)]
    return ModelInput(feature=name, value=code, text=text)


def _measured(name: FeatureName, reading: Reading | None, unit: str) -> ModelInput:
    if reading is None or reading.flags or reading.value.unit != unit:
        return ModelInput(feature=name, value=None, text=NOT_KNOWN)
    value = reading.value.value
    if name == AGE:
        years = int(value)
        return ModelInput(feature=name, value=float(min(years // 10, 9)), text=f"{years} years")
    return ModelInput(feature=name, value=float(value), text=f"{plain(value)} {unit}")
