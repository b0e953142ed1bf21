"""Laws of the facts floor, over records that nobody would write by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from charts import (
    ENTERED,
    FACTS,
    IMPORTED,
    INDEX,
    NOW,
    PATIENT,
    TODAY,
    VOCABULARY,
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
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.ids import AllergenId, ClassId, ConditionId, DrugId, GeneId, QuantityId, Symbol
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
from engine.domain.rules import (
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
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.truth import Truth
from engine.domain.vocabulary import Conversion, MeasuredQuantity, QuantityKind
from engine.terminology.spelling import ucum
from engine.terminology.units import from_canonical, to_canonical

T = TypeVar("T")

#: A law says what holds, not how fast.
law = settings(deadline=None)

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
    HasDiplotype(gene=GeneId("CYP2C9"), diplotypes=("*1/*3", "*3/*3")),
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


def _truths(record: PatientRecord, atoms: Iterable[Atom] = ATOMS) -> dict[Symbol, Truth]:
    return FACTS.assemble(record, tuple(atoms), (), NOW).truths()


@law
@given(record=RECORDS)
def test_a_fact_is_unknown_exactly_where_something_is_missing(record: PatientRecord) -> None:
    """Unknown says what would settle it; what is decided asks for nothing."""
    base = FACTS.assemble(record, ATOMS, (), NOW)
    for fact in base.facts.values():
        assert bool(fact.missing) == (fact.truth is Truth.UNKNOWN), fact
        assert fact.statement
        assert fact.evidence
        assert all(datum.reason for datum in fact.missing)
        assert len({(datum.kind, datum.subject) for datum in fact.missing}) == len(fact.missing)


@law
@given(record=RECORDS, shuffle=st.randoms(use_true_random=False))
def test_the_order_of_entries_never_matters(record: PatientRecord, shuffle: Any) -> None:
    """Not to a truth, nor to a word, nor to a reading: equal records give equal bytes."""
    mixed_lists: dict[str, Any] = {}
    for name in LISTS:
        entries = list(getattr(record, name))
        shuffle.shuffle(entries)
        mixed_lists[name] = tuple(entries)
    mixed = replace(record, **mixed_lists)
    wanted = tuple(VOCABULARY.quantities)
    assert FACTS.assemble(mixed, ATOMS, wanted, NOW) == FACTS.assemble(record, ATOMS, wanted, NOW)


@law
@given(record=RECORDS, asked=st.permutations(ATOMS))
def test_the_order_of_questions_never_matters(record: PatientRecord, asked: list[Atom]) -> None:
    """Readings are kept within one assembly; what was asked before must not show."""
    together = _truths(record)
    assert _truths(record, asked) == together
    alone = asked[0]
    assert _truths(record, (alone,)) == {alone.symbol: together[alone.symbol]}


#: What taking away all of one thing may change: nothing but to unknown.
_TAKEN_AWAY: dict[str, Callable[[PatientRecord], PatientRecord]] = {
    "observations": lambda record: replace(record, observations=()),
    "the creatinine": lambda record: replace(
        record, observations=tuple(one for one in record.observations if one.quantity != "creatinine")
    ),
    "genotypes": lambda record: replace(record, genotypes=()),
    "reviews": lambda record: replace(record, reviews=()),
    "birth date": lambda record: replace(record, birth_date=None),
    "routes and doses": lambda record: replace(
        record,
        medications=tuple(
            replace(one, route=None, single_dose=None, daily_dose=None) for one in record.medications
        ),
    ),
    "first days": lambda record: replace(
        record,
        medications=tuple(
            replace(one, start=None) if one.start is not None and one.start <= TODAY else one
            for one in record.medications
        ),
    ),
    "last days of what was stopped": lambda record: replace(
        record,
        medications=tuple(
            replace(one, stop=None) if one.status is MedicationStatus.STOPPED else one
            for one in record.medications
        ),
    ),
    "onsets": lambda record: replace(
        record, diagnoses=tuple(replace(one, onset=None) for one in record.diagnoses)
    ),
    "kinds, severities and reactions": lambda record: replace(
        record,
        allergies=tuple(
            replace(one, kind=AllergyKind.UNKNOWN, severity="", reactions=()) for one in record.allergies
        ),
    ),
    "days of plans": lambda record: replace(
        record, planned=tuple(replace(one, on=None) for one in record.planned)
    ),
}


@pytest.mark.parametrize("what", _TAKEN_AWAY)
@law
@given(record=RECORDS)
def test_taking_data_away_never_turns_a_decided_fact_round(what: str, record: PatientRecord) -> None:
    """Of quantities, genotypes, reviews and the birth date nothing follows from their absence."""
    before, after = _truths(record), _truths(_TAKEN_AWAY[what](record))
    for symbol, truth in before.items():
        if after[symbol] is not truth and symbol not in _STAND_INS:
            assert Truth.UNKNOWN in (truth, after[symbol]), symbol
        if truth is Truth.UNKNOWN and after[symbol] is Truth.FALSE:
            assert symbol in _STAND_INS, symbol


#: Computed quantities whose reported value stands in when nothing newer can be computed any more.
_STAND_INS = frozenset(
    atom.symbol
    for atom in ATOMS
    if isinstance(atom, QuantityWithin | QuantityChange | QuantityRepeated)
    and atom.quantity in ("crcl", "egfr", "cha2ds2_vasc", "child_pugh_score")
)


@law
@given(record=RECORDS)
def test_without_any_data_nothing_is_decided(record: PatientRecord) -> None:
    """An empty record is unknown throughout; only recorded sex still speaks."""
    nothing: dict[str, Any] = dict.fromkeys(LISTS, ())
    empty = replace(record, birth_date=None, sex=Sex.UNKNOWN, **nothing)
    assert set(_truths(empty).values()) == {Truth.UNKNOWN}


@law
@given(record=RECORDS, kind=st.sampled_from(ListKind))
def test_an_imported_review_only_ever_turns_unknown_into_false(record: PatientRecord, kind: ListKind) -> None:
    """List semantics: what a reviewed list lacks is absent. No truth is overturned by it."""
    before = _truths(replace(record, reviews=()), ATOMS)
    after = _truths(replace(record, reviews=(reviewed(kind, 5),)), ATOMS)
    for symbol, truth in before.items():
        if truth is not after[symbol] and not str(symbol).startswith("quantity:"):
            assert (truth, after[symbol]) == (Truth.UNKNOWN, Truth.FALSE), symbol


@law
@given(record=RECORDS)
def test_a_drug_in_no_vocabulary_never_makes_a_drug_absent(record: PatientRecord) -> None:
    """With one more unmapped drug no drug atom is false."""
    more = replace(record, medications=(*record.medications, takes(None)))
    for atom in (drug("warfarin"), drug("strong_cyp3a4_inhibitor")):
        assert _truths(more, (atom,))[atom.symbol] is not Truth.FALSE


_SAFE = st.decimals(
    min_value=Decimal("0.0001"), max_value=Decimal(100_000), allow_nan=False, allow_infinity=False, places=4
)


@law
@given(value=_SAFE, factor=_SAFE, offset=_SAFE)
def test_a_unit_converted_there_and_back_is_the_same_number(
    value: Decimal, factor: Decimal, offset: Decimal
) -> None:
    """Exactly, for any value, factor and offset that a clinician or a vocabulary writes."""
    quantity = MeasuredQuantity(
        quantity_id=QuantityId("x"),
        title="x",
        kind=QuantityKind.MEASURED,
        unit="kg",
        conversions=(Conversion(unit="[lb_av]", factor=factor, offset=offset),),
    )
    canonical = to_canonical(quantity, value, "lbs")
    assert from_canonical(quantity, canonical.value, "lb").value == value


@law
@given(text=st.text(alphabet="1379xaekgmolLdUuµ²³⁹%^*/.{}[]()_ ", max_size=12))
def test_a_unit_spelled_canonically_stays_as_it_is(text: str) -> None:
    """Reading a spelling twice changes nothing more."""
    assert ucum(ucum(text)) == ucum(text)


@law
@given(
    known=st.sampled_from(["warfarin", "Eliquis", "ketoconazole"]),
    strange=st.text(alphabet="bcdfghjkqvxz", min_size=5, max_size=9),
)
def test_a_strange_word_beside_a_drug_is_never_swallowed(known: str, strange: str) -> None:
    """Whatever it means, it is handed back unread."""
    found = INDEX.read_drug_text(f"{strange} {known} 5 mg")
    assert not found.drugs
    assert found.unread
