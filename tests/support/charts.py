"""A small vocabulary and one well-documented patient, for the tests of the terminology and facts floors.

The patient is a woman of 76 about whom everything is known: lists reviewed, creatinine, weight and blood
pressure measured. Tests take away or add what they are about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.domain.atoms import Atom, HasAllergy, HasCondition, HasState, QuantityWithin, TakesDrug
from engine.domain.facts import Fact, Reading
from engine.domain.ids import (
    AllergenId,
    ClassId,
    ConditionId,
    DrugId,
    GeneId,
    PatientId,
    QuantityId,
    StateId,
)
from engine.domain.patient import (
    Allergy,
    AllergyKind,
    CallSource,
    ConditionStatus,
    Diagnosis,
    Flag,
    GenotypeResult,
    ListKind,
    ListReview,
    Medication,
    MedicationStatus,
    Observation,
    PatientRecord,
    PlannedProcedure,
    Sex,
    StateReport,
)
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Interval, Quantity
from engine.domain.vocabulary import (
    Allergen,
    Condition,
    Conversion,
    Drug,
    DrugClass,
    Gene,
    MeasuredQuantity,
    QuantityKind,
    State,
    Vocabulary,
)
from engine.facts.assemble import Facts
from engine.terminology.index import VocabularyIndex

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()


def _drug(name: str, **more: Any) -> Drug:
    return Drug(drug_id=DrugId(name), title=name.replace("_", " "), **more)


def _class(name: str, title: str, *members: str) -> DrugClass:
    return DrugClass(class_id=ClassId(name), title=title, members=tuple(map(DrugId, members)))


def _condition(
    name: str, *icd10: str, title: str = "", includes: tuple[str, ...] = (), **more: Any
) -> Condition:
    return Condition(
        condition_id=ConditionId(name),
        title=title or name.replace("_", " "),
        icd10=icd10,
        includes=tuple(map(ConditionId, includes)),
        **more,
    )


def _quantity(
    name: str, unit: str, low: str, high: str, /, kind: QuantityKind = QuantityKind.MEASURED, **more: Any
) -> MeasuredQuantity:
    return MeasuredQuantity(
        quantity_id=QuantityId(name),
        title=more.pop("title", name.replace("_", " ")),
        kind=kind,
        unit=unit,
        plausible_low=Decimal(low),
        plausible_high=Decimal(high),
        **more,
    )


def _by(unit: str, factor: str, offset: str = "0") -> Conversion:
    return Conversion(unit=unit, factor=Decimal(factor), offset=Decimal(offset))


_DRUGS = (
    _drug("apixaban", rxnorm=("1364430",), atc=("B01AF02",), brands=("Eliquis",)),
    _drug(
        "warfarin", rxnorm=("11289",), atc=("B01AA03",), synonyms=("warfarin sodium",), brands=("Coumadin",)
    ),
    _drug("ketoconazole", rxnorm=("6135",), atc=("J02AB02",), brands=("Nizoral",)),
    _drug("itraconazole", atc=("J02AC02",)),
    _drug("aspirin", atc=("B01AC06",), synonyms=("acetylsalicylic acid", "acide acétylsalicylique", "ASA")),
    _drug("ibuprofen", atc=("M01AE01",)),
    _drug("amoxicillin", rxnorm=("723",), atc=("J01CA04", "J01CR02"), brands=("Augmentin", "Amoxil")),
    _drug("clavulanate", atc=("J01CR02",), synonyms=("clavulanic acid",), brands=("Augmentin",)),
    _drug("estradiol", atc=("G03CA03",)),
    _drug("st_johns_wort", synonyms=("St John's wort", "hypericum")),
)
_CLASSES = (
    _class("strong_cyp3a4_inhibitor", "strong CYP3A4 inhibitor", "ketoconazole", "itraconazole"),
    _class("antiplatelet", "antiplatelet drug", "aspirin"),
    _class("nsaid", "NSAID", "ibuprofen"),
    _class("vitamin_k_antagonist", "vitamin K antagonist", "warfarin"),
    _class("bleeding_drug", "drug that promotes bleeding", "antiplatelet", "nsaid", "warfarin"),
)
_CONDITIONS = (
    _condition("atrial_fibrillation", "I48.0", "I48.91", snomed=("49436004",)),
    _condition("heart_failure", "I50", "I11.0"),
    _condition("hypertension", "I10", "I11", snomed=("38341003",)),
    _condition("diabetes", "E10", "E11", title="diabetes mellitus"),
    _condition("ischaemic_stroke", "I63", title="ischaemic stroke"),
    _condition("stroke", "I64", includes=("ischaemic_stroke",)),
    _condition("transient_ischaemic_attack", "G45"),
    _condition("stroke_or_tia", includes=("stroke", "transient_ischaemic_attack"), title="stroke or TIA"),
    _condition("myocardial_infarction", "I21", "I25.2"),
    _condition("vascular_disease", includes=("myocardial_infarction",)),
    _condition("cirrhosis", "K74.6"),
    _condition("liver_disease_severe", "K72", title="severe liver disease"),
    _condition("end_stage_renal_disease", "N18.6"),
    _condition("kidney_transplant", "Z94.0"),
    _condition("intracranial_haemorrhage", "I60", "I61", "I62"),
    _condition("major_bleeding_history", includes=("intracranial_haemorrhage",), title="major bleeding"),
    _condition("bleeding_disorder", "D68"),
    _condition("anaemia", "D50", "D64"),
    _condition("labile_inr", title="labile INR"),
    _condition("alcohol_use_disorder", "F10"),
    _condition("ascites", "R18"),
    _condition("hepatic_encephalopathy", "K76.82", title="hepatic encephalopathy"),
    _condition("surgery", includes=("hip_replacement",), title="surgical procedure", snomed=("387713003",)),
    _condition("hip_replacement", title="hip replacement", snomed=("52734007",)),
)
_MEASURED = (
    _quantity(
        "creatinine",
        "mg/dL",
        "0.2",
        "20",
        title="serum creatinine",
        loinc=("2160-0",),
        conversions=(_by("umol/L", "0.011312217194570135"),),
        agreement=Decimal("0.2"),
        max_age_days=365,
        decimals=2,
    ),
    _quantity(
        "weight",
        "kg",
        "20",
        "350",
        title="body weight",
        loinc=("29463-7",),
        conversions=(_by("[lb_av]", "0.45359237"), _by("g", "0.001")),
        agreement=Decimal("0.05"),
        max_age_days=365,
    ),
    _quantity("height", "cm", "100", "250", conversions=(_by("m", "100"),), decimals=0),
    _quantity("temperature", "Cel", "30", "45", conversions=(_by("[degF]", "0.5", "-16"),)),
    _quantity(
        "systolic_bp", "mm[Hg]", "50", "300", title="systolic blood pressure", max_age_days=180, decimals=0
    ),
    _quantity("time_in_therapeutic_range", "%", "0", "100", max_age_days=365, decimals=0),
    _quantity("potassium", "mmol/L", "1.5", "9", title="serum potassium", agreement=Decimal("0.2")),
    _quantity("bilirubin", "mg/dL", "0.05", "60", title="total bilirubin", max_age_days=365),
    _quantity("albumin", "g/dL", "0.5", "7", title="serum albumin", max_age_days=365),
    _quantity("ascites_grade", "1", "0", "2", title="grade of ascites", decimals=0),
    _quantity("encephalopathy_grade", "1", "0", "4", title="grade of encephalopathy", decimals=0),
    _quantity("child_pugh_score", "1", "5", "15", title="Child-Pugh score", max_age_days=180, decimals=0),
    _quantity(
        "gestational_age",
        "wk",
        "1",
        "44",
        loinc=("49051-6",),
        conversions=(_by("d", "0.142857142857142857"),),
    ),
    _quantity("inr", "1", "0.5", "20", title="INR", agreement=Decimal("0.2"), max_age_days=30),
)
_COMPUTED = (
    _quantity("age", "a", "0", "120", QuantityKind.DERIVED, decimals=0),
    _quantity("bmi", "kg/m2", "10", "80", QuantityKind.DERIVED, title="body mass index"),
    _quantity("bsa", "m2", "0.5", "4", QuantityKind.DERIVED, title="body surface area", decimals=2),
    _quantity(
        "egfr",
        "mL/min/{1.73_m2}",
        "1",
        "200",
        QuantityKind.DERIVED,
        agreement=Decimal("0.2"),
        max_age_days=365,
        decimals=0,
    ),
    _quantity(
        "crcl",
        "mL/min",
        "1",
        "300",
        QuantityKind.DERIVED,
        title="creatinine clearance",
        agreement=Decimal("0.2"),
        max_age_days=365,
        decimals=0,
    ),
    _quantity("cha2ds2_vasc", "1", "0", "9", QuantityKind.DERIVED, title="CHA2DS2-VASc score", decimals=0),
    _quantity("has_bled", "1", "0", "9", QuantityKind.DERIVED, title="HAS-BLED score", decimals=0),
)
_ALLERGENS = (
    Allergen(
        allergen_id=AllergenId("penicillins"),
        title="penicillins",
        drugs=(DrugId("amoxicillin"),),
        codes=("snomed|764146007",),
        synonyms=("penicillin",),
    ),
    Allergen(allergen_id=AllergenId("warfarin"), title="warfarin", drugs=(DrugId("warfarin"),)),
)
_STATES = (
    State(
        state_id=StateId("pregnant"),
        title="pregnant",
        loinc=("82810-3",),
        yes=("snomed|77386006",),
        no=("snomed|60001007",),
        max_age_days=60,
    ),
    State(state_id=StateId("childbearing_potential"), title="could become pregnant", max_age_days=730),
    State(state_id=StateId("alcohol_excess"), title="alcohol excess", max_age_days=730),
    State(state_id=StateId("dialysis"), title="on dialysis", max_age_days=180),
)
_GENES = (
    Gene(gene_id=GeneId("CYP2C9"), title="CYP2C9", loinc=("46724-5",)),
    Gene(gene_id=GeneId("VKORC1"), title="VKORC1", aliases=(("rs9923231 T/T", "A/A"),)),
)

VOCABULARY = Vocabulary(
    drugs={drug.drug_id: drug for drug in _DRUGS},
    classes={each.class_id: each for each in _CLASSES},
    conditions={each.condition_id: each for each in _CONDITIONS},
    quantities={each.quantity_id: each for each in (*_MEASURED, *_COMPUTED)},
    allergens={each.allergen_id: each for each in _ALLERGENS},
    states={each.state_id: each for each in _STATES},
    genes={each.gene_id: each for each in _GENES},
)
INDEX = VocabularyIndex(VOCABULARY)
FACTS = Facts(VOCABULARY, INDEX)

IMPORTED = Provenance(method=Method.IMPORTED, resource="Observation/1", document_name="bundle.json")
ENTERED = Provenance(method=Method.ENTERED, resource="entry form")


def ago(days: int) -> date:
    """Return the day so many days before today; negative ones lie ahead."""
    return TODAY - timedelta(days=days)


def observed(quantity: str, value: str, days: int = 10, **changes: Any) -> Observation:
    """Return a value in the canonical unit, measured so many days ago."""
    unit = VOCABULARY.quantities[QuantityId(quantity)].unit
    observation = Observation(
        quantity=QuantityId(quantity),
        value=Quantity(value=Decimal(value), unit=unit),
        as_written=f"{value} {unit}",
        at=ago(days),
        provenance=IMPORTED,
    )
    return replace(observation, **changes)


def unconvertible(quantity: str, written: str, days: int = 10) -> Observation:
    """Return a value whose unit could not be converted."""
    return Observation(
        quantity=QuantityId(quantity),
        value=None,
        as_written=written,
        at=ago(days),
        provenance=IMPORTED,
        flags=(Flag.UNIT_NOT_CONVERTIBLE,),
    )


def takes(drug: str | None, status: MedicationStatus = MedicationStatus.ACTIVE, **changes: Any) -> Medication:
    """Return an entry of the medication list; None is a drug in no vocabulary."""
    entry = Medication(
        drug=DrugId(drug) if drug else None, text=drug or "Zzyzyx", status=status, provenance=IMPORTED
    )
    return replace(entry, **changes)


def diagnosed(
    condition: str | None, status: ConditionStatus = ConditionStatus.ACTIVE, **changes: Any
) -> Diagnosis:
    """Return an entry of the condition list; None is one that no condition stands for."""
    entry = Diagnosis(
        condition=ConditionId(condition) if condition else None,
        text=condition or "odd turn",
        status=status,
        provenance=IMPORTED,
    )
    return replace(entry, **changes)


def allergic(allergen: str | None = None, drug: str | None = None, **changes: Any) -> Allergy:
    """Return an entry of the allergy list."""
    entry = Allergy(
        allergen=AllergenId(allergen) if allergen else None,
        drug=DrugId(drug) if drug else None,
        text=allergen or drug or "blue pill",
        kind=AllergyKind.ALLERGY,
        provenance=IMPORTED,
    )
    return replace(entry, **changes)


def reported(state: str, *, holds: bool, days: int | None = 5, **changes: Any) -> StateReport:
    """Return a report of a state; without days it is undated."""
    at = None if days is None else ago(days)
    return replace(StateReport(state=StateId(state), holds=holds, at=at, provenance=IMPORTED), **changes)


def planned(procedure: str | None, days: int | None, **changes: Any) -> PlannedProcedure:
    """Return a procedure so many days ahead; without days no day is fixed, None is one in no vocabulary."""
    entry = PlannedProcedure(
        procedure=ConditionId(procedure) if procedure else None,
        text=procedure or "odd operation",
        on=None if days is None else ago(-days),
        provenance=IMPORTED,
    )
    return replace(entry, **changes)


def amount(value: str, unit: str = "mg") -> Quantity:
    """Return an amount of drug."""
    return Quantity(value=Decimal(value), unit=unit)


def within(unit: str, low: str | None = None, high: str | None = None) -> Interval:
    """Return an interval closed at both ends."""
    return Interval(
        unit=unit,
        low=Decimal(low) if low is not None else None,
        high=Decimal(high) if high is not None else None,
        high_closed=True,
    )


def called(gene: str, *diplotypes: str, phenotype: str | None = None, **changes: Any) -> GenotypeResult:
    """Return a genotype result."""
    result = GenotypeResult(
        gene=GeneId(gene),
        diplotypes=diplotypes,
        phenotype=phenotype,
        source=CallSource.LABORATORY,
        provenance=IMPORTED,
    )
    return replace(result, **changes)


def reviewed(kind: ListKind, days: int = 20, provenance: Provenance = IMPORTED) -> ListReview:
    """Return a review of a list."""
    return ListReview(kind=kind, on=ago(days), provenance=provenance)


PATIENT = PatientRecord(
    patient_id=PatientId("p1"),
    name="Test Patient",
    birth_date=date(1950, 5, 1),
    sex=Sex.FEMALE,
    identity=Provenance(method=Method.IMPORTED, resource="Patient/p1"),
    observations=(
        observed("creatinine", "1.9", 12),
        observed("weight", "60", 40),
        observed("height", "165", 400),
        observed("systolic_bp", "140", 3),
    ),
    states=(reported("pregnant", holds=False), reported("alcohol_excess", holds=False)),
    reviews=tuple(reviewed(kind) for kind in ListKind),
)


def patient(**changes: Any) -> PatientRecord:
    """Return the patient, changed."""
    return replace(PATIENT, **changes)


def with_observations(*observations: Observation) -> PatientRecord:
    """Return the patient with these observations instead of hers of the same quantities."""
    measured = {one.quantity for one in observations}
    others = tuple(one for one in PATIENT.observations if one.quantity not in measured)
    return patient(observations=(*others, *observations))


def without(*quantities: str) -> PatientRecord:
    """Return the patient without these measurements."""
    return patient(observations=tuple(one for one in PATIENT.observations if one.quantity not in quantities))


def fact(record: PatientRecord, atom: Atom, facts: Facts = FACTS) -> Fact:
    """Decide one atom."""
    return facts.assemble(record, (atom,), (), NOW).facts[atom.symbol]


def reading(record: PatientRecord, quantity: str, facts: Facts = FACTS) -> Reading | None:
    """Read one quantity."""
    return facts.read(record, QuantityId(quantity), NOW)


def reading_of(record: PatientRecord, quantity: str, facts: Facts = FACTS) -> Reading:
    """Read one quantity that must have a value."""
    found = reading(record, quantity, facts)
    assert found is not None, quantity
    return found


def drug(name: str) -> TakesDrug:
    """Return the atom of a drug or class."""
    return TakesDrug(drug=DrugId(name))


def condition(name: str, *, ever: bool = False) -> HasCondition:
    """Return the atom of a condition."""
    return HasCondition(condition=ConditionId(name), ever=ever)


def allergy(name: str) -> HasAllergy:
    """Return the atom of an allergy."""
    return HasAllergy(allergen=AllergenId(name))


def state(name: str) -> HasState:
    """Return the atom of a state."""
    return HasState(state=StateId(name))


def below(quantity: str, limit: str, max_age_days: int | None = None) -> QuantityWithin:
    """Return the atom of a quantity below a limit."""
    unit = VOCABULARY.quantities[QuantityId(quantity)].unit
    interval = Interval(unit=unit, high=Decimal(limit))
    return QuantityWithin(quantity=QuantityId(quantity), interval=interval, max_age_days=max_age_days)


def at_least(quantity: str, limit: str, max_age_days: int | None = None) -> QuantityWithin:
    """Return the atom of a quantity at or above a limit."""
    unit = VOCABULARY.quantities[QuantityId(quantity)].unit
    interval = Interval(unit=unit, low=Decimal(limit))
    return QuantityWithin(quantity=QuantityId(quantity), interval=interval, max_age_days=max_age_days)
