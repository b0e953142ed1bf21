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
    VOCABULARY,
    ago,
    allergic,
    allergy,
    at_least,
    below,
    called,
    condition,
    diagnosed,
    drug,
    observed,
    reported,
    reviewed,
    state,
    takes,
    unconvertible,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.ids import GeneId, QuantityId, Symbol
from engine.domain.patient import (
    AllergyKind,
    CallSource,
    ConditionStatus,
    Flag,
    ListKind,
    MedicationStatus,
    PatientRecord,
    Sex,
)
from engine.domain.rules import Atom, HasDiplotype, HasReportedPhenotype, HasSex
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
        st.sampled_from(["creatinine", "weight", "height", "systolic_bp", "crcl", "egfr", "cha2ds2_vasc"]),
        st.sampled_from(["1", "1.1", "2", "5", "25", "60", "170", "800"]),
        _DAYS,
        _PLACES,
        _FLAGS,
    ),
    st.builds(unconvertible, st.sampled_from(["creatinine", "weight"]), st.just("3 arb"), _DAYS),
    st.builds(lambda value: observed("creatinine", value, at=None), st.sampled_from(["1", "3"])),
)
_MEDICATIONS = st.builds(
    lambda name, status, place, stop: takes(
        name, status, provenance=place, stop=ago(stop) if stop is not None else None
    ),
    st.sampled_from(["warfarin", "ketoconazole", "aspirin", "ibuprofen", None]),
    st.sampled_from(MedicationStatus),
    _PLACES,
    st.none() | _DAYS,
)
_DIAGNOSES = st.builds(
    lambda name, status, place, codes: diagnosed(name, status, provenance=place, codes=codes),
    st.sampled_from(["stroke", "ischaemic_stroke", "anaemia", "hypertension", "cirrhosis", None]),
    st.sampled_from(ConditionStatus),
    _PLACES,
    st.sampled_from([(), ("http://snomed.info/sct|195967001",)]),
)
_ALLERGIES = st.builds(
    lambda name, kind, codes: allergic(name, kind=kind, codes=codes),
    st.sampled_from(["penicillins", "warfarin", None]),
    st.sampled_from(AllergyKind),
    st.sampled_from([(), ("http://snomed.info/sct|762952008",)]),
)
_STATES = st.builds(
    lambda name, holds, days, place, flags: reported(
        name, holds=holds, days=days, provenance=place, flags=flags
    ),
    st.sampled_from(["pregnant", "alcohol_excess", "dialysis"]),
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
    lambda birth, sex, observations, medications, diagnoses, allergies, states, genotypes, reviews: replace(
        PATIENT,
        birth_date=birth,
        sex=sex,
        observations=observations,
        medications=medications,
        diagnoses=diagnoses,
        allergies=allergies,
        states=states,
        genotypes=genotypes,
        reviews=reviews,
    ),
    st.sampled_from([None, date(1950, 5, 1), date(1980, 1, 1), date(2012, 2, 29), date(2027, 1, 1)]),
    st.sampled_from(Sex),
    st.lists(_OBSERVATIONS, max_size=7).map(tuple),
    _several(_MEDICATIONS),
    _several(_DIAGNOSES),
    _several(_ALLERGIES),
    _several(_STATES),
    _several(_GENOTYPES),
    _several(_REVIEWS),
)

#: The lists of a record by the name of their field.
LISTS = ("observations", "medications", "diagnoses", "allergies", "states", "genotypes", "reviews")


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
    atom.symbol for atom in ATOMS if str(atom.symbol).startswith(("quantity:crcl", "quantity:egfr"))
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
