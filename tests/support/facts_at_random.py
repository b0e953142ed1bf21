"""Records that nobody would write by hand, and one atom of every kind, for the laws of the facts floor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from charts import (
    ENTERED,
    IMPORTED,
    PATIENT,
    ago,
    allergic,
    allergy,
    amount,
    at_least,
    below,
    called,
    condition,
    diagnosed,
    drug,
    observed,
    planned,
    reported,
    reviewed,
    state,
    takes,
    unconvertible,
    within,
)
from hypothesis import strategies as st

from engine.domain.atoms import (
    Atom,
    Direction,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasSex,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import AllergenId, ClassId, ConditionId, DrugId, GeneId, QuantityId
from engine.domain.patient import (
    AllergyKind,
    AllergySeverity,
    CallSource,
    ConditionStatus,
    Flag,
    ListKind,
    MedicationStatus,
    PatientRecord,
    ReactionKind,
    Route,
    Sex,
)

T = TypeVar("T")

#: One or more atoms of every kind.
ATOMS: tuple[Atom, ...] = (
    drug("strong_cyp3a4_inhibitor"),
    drug("warfarin"),
    condition("stroke_or_tia"),
    condition("stroke_or_tia", ever=True),
    condition("anaemia"),
    allergy("penicillins"),
    below("creatinine", "2"),
    below("crcl", "30", max_age_days=365),
    at_least("egfr", "45"),
    at_least("age", "75"),
    below("bmi", "30"),
    at_least("cha2ds2_vasc", "2"),
    at_least("cha2ds2_vasc", "5"),
    at_least("has_bled", "2"),
    state("pregnant"),
    state("alcohol_excess"),
    HasSex(sex=Sex.FEMALE),
    at_least("child_pugh_score", "7"),
    below("gestational_age", "20"),
    state("childbearing_potential"),
    TakesDrug(drug=ClassId("bleeding_drug"), count=2),
    TakesDrug(drug=ClassId("bleeding_drug"), besides=(DrugId("aspirin"),), routes=(Route.ORAL,)),
    TakesDrug(drug=DrugId("aspirin"), daily_dose=within("mg", low="300")),
    TakesDrug(drug=DrugId("aspirin"), dose=within("mg", low="50", high="100")),
    TakesDrug(drug=DrugId("warfarin"), started=within("d", low="90")),
    StoppedDrug(drug=DrugId("warfarin"), ago=within("d", high="14")),
    StoppedDrug(drug=ClassId("bleeding_drug"), ago=within("d", low="3")),
    HasCondition(condition=ConditionId("stroke"), past=True),
    HasCondition(condition=ConditionId("stroke"), began=within("d", high="30")),
    PlansProcedure(procedure=ConditionId("surgery"), within_days=7),
    HasAllergy(allergen=AllergenId("penicillins"), kind=AllergyKind.ALLERGY),
    HasAllergy(
        allergen=AllergenId("penicillins"),
        at_least=AllergySeverity.SEVERE,
        reactions=(ReactionKind.ANAPHYLAXIS,),
    ),
    QuantityChange(
        quantity=QuantityId("creatinine"),
        direction=Direction.RISES,
        by=within("%", low="50"),
        within_days=90,
    ),
    QuantityChange(
        quantity=QuantityId("crcl"),
        direction=Direction.FALLS,
        by=within("mL/min", low="5", high="20"),
        within_days=300,
    ),
    QuantityRepeated(
        quantity=QuantityId("creatinine"),
        interval=within("mg/dL", low="2"),
        times=2,
        within_days=300,
        apart_days=5,
    ),
    QuantityRepeated(
        quantity=QuantityId("egfr"), interval=within("mL/min/{1.73_m2}", high="60"), times=2, within_days=300
    ),
    InTrimester(trimesters=(1, 3)),
    HasDiplotype(gene=GeneId("CYP2C9"), diplotypes=frozenset({"*1/*3", "*3/*3"})),
    HasReportedPhenotype(gene=GeneId("CYP2C9"), phenotypes=("Poor Metabolizer",)),
)

_DAYS = st.sampled_from([-3, 0, 1, 10, 200, 500])
_PLACES = st.sampled_from([IMPORTED, ENTERED])
_FLAGS = st.sampled_from([(), (), (), *((flag,) for flag in Flag)])

_OBSERVATIONS = st.one_of(
    st.builds(
        lambda quantity, value, days, place, flags: replace(
            observed(quantity, value, days), provenance=place, flags=flags
        ),
        st.sampled_from(
            [
                "creatinine",
                "weight",
                "height",
                "systolic_bp",
                "crcl",
                "egfr",
                "cha2ds2_vasc",
                "child_pugh_score",
                "bilirubin",
                "albumin",
                "inr",
                "ascites_grade",
                "gestational_age",
            ]
        ),
        st.sampled_from(["1", "1.1", "2", "5", "7", "25", "60", "170", "800"]),
        _DAYS,
        _PLACES,
        _FLAGS,
    ),
    st.builds(unconvertible, st.sampled_from(["creatinine", "weight"]), st.just("3 arb"), _DAYS),
    st.builds(lambda value: observed("creatinine", value, at=None), st.sampled_from(["1", "3"])),
)
_MEDICATIONS = st.builds(
    lambda name, status, place, days, details: takes(
        name,
        status,
        provenance=place,
        stop=ago(days[0]) if days[0] is not None else None,
        start=ago(days[1]) if days[1] is not None else None,
        **details,
    ),
    st.sampled_from(["warfarin", "ketoconazole", "aspirin", "ibuprofen", None]),
    st.sampled_from(MedicationStatus),
    _PLACES,
    st.tuples(st.none() | _DAYS, st.none() | _DAYS),
    st.fixed_dictionaries(
        {
            "route": st.sampled_from([None, Route.ORAL, Route.TOPICAL]),
            "single_dose": st.sampled_from([None, amount("75"), amount("0.5", "g")]),
            "daily_dose": st.sampled_from([None, amount("75"), amount("250"), amount("1", "mmol")]),
        }
    ),
)
_PLANNED = st.builds(
    planned,
    st.sampled_from(["surgery", "hip_replacement", "kidney_transplant", None]),
    st.sampled_from([None, -2, 0, 7, 8, 400]),
)
_DIAGNOSES = st.builds(
    lambda name, status, place, codes, onset: diagnosed(
        name, status, provenance=place, codes=codes, onset=ago(onset) if onset is not None else None
    ),
    st.sampled_from(["stroke", "ischaemic_stroke", "anaemia", "hypertension", "ascites", None]),
    st.sampled_from(ConditionStatus),
    _PLACES,
    st.sampled_from([(), ("http://snomed.info/sct|195967001",)]),
    st.none() | _DAYS,
)
_ALLERGIES = st.builds(
    lambda name, kind, codes, severity, reactions: allergic(
        name, kind=kind, codes=codes, severity=severity, reactions=reactions
    ),
    st.sampled_from(["penicillins", "warfarin", None]),
    st.sampled_from(AllergyKind),
    st.sampled_from([(), ("http://snomed.info/sct|762952008",)]),
    st.sampled_from(["", "mild", "severe", "odd"]),
    st.sampled_from([(), (ReactionKind.RASH,), (ReactionKind.ANAPHYLAXIS,)]),
)
_STATES = st.builds(
    lambda name, holds, days, place, flags: reported(
        name, holds=holds, days=days, provenance=place, flags=flags
    ),
    st.sampled_from(["pregnant", "alcohol_excess", "dialysis", "childbearing_potential"]),
    st.booleans(),
    st.none() | _DAYS,
    _PLACES,
    _FLAGS,
)
_GENOTYPES = st.builds(
    lambda diplotypes, phenotype, source: called("CYP2C9", *diplotypes, phenotype=phenotype, source=source),
    st.lists(st.sampled_from(["*1/*1", "*3/*1", "*3/*3"]), max_size=2, unique=True),
    st.sampled_from([None, "Poor Metabolizer", "Normal Metabolizer"]),
    st.sampled_from(CallSource),
)
_REVIEWS = st.builds(reviewed, st.sampled_from(ListKind), _DAYS, _PLACES)


def _several(entries: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(entries, max_size=4).map(tuple)


RECORDS: st.SearchStrategy[PatientRecord] = st.builds(
    lambda birth, sex, observations, medications, diagnoses, allergies, states, genotypes, planned, reviews: (
        replace(
            PATIENT,
            birth_date=birth,
            sex=sex,
            observations=observations,
            medications=medications,
            diagnoses=diagnoses,
            allergies=allergies,
            states=states,
            genotypes=genotypes,
            planned=planned,
            reviews=reviews,
        )
    ),
    st.sampled_from([None, date(1950, 5, 1), date(1980, 1, 1), date(2012, 2, 29), date(2027, 1, 1)]),
    st.sampled_from(Sex),
    st.lists(_OBSERVATIONS, max_size=7).map(tuple),
    _several(_MEDICATIONS),
    _several(_DIAGNOSES),
    _several(_ALLERGIES),
    _several(_STATES),
    _several(_GENOTYPES),
    _several(_PLANNED),
    _several(_REVIEWS),
)

#: The lists of a record by the name of their field.
LISTS = (
    "observations",
    "medications",
    "diagnoses",
    "allergies",
    "states",
    "genotypes",
    "planned",
    "reviews",
)
