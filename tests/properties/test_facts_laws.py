"""Laws of the facts floor, over records that nobody would write by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from charts import (
    ENTERED,
    FACTS,
    INDEX,
    NOW,
    TODAY,
    VOCABULARY,
    ago,
    allergic,
    amount,
    diagnosed,
    drug,
    observed,
    planned,
    reported,
    reviewed,
    takes,
)
from facts_at_random import ATOMS, LISTS, RECORDS
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.atoms import Atom, QuantityChange, QuantityRepeated, QuantityWithin
from engine.domain.ids import QuantityId, Symbol
from engine.domain.patient import (
    AllergyKind,
    ConditionStatus,
    ListKind,
    MedicationStatus,
    PatientRecord,
    ReactionKind,
    Route,
    Sex,
)
from engine.domain.truth import Truth
from engine.domain.vocabulary import Conversion, MeasuredQuantity, QuantityKind
from engine.facts.reach import BIRTH, SEX, Key, Reach
from engine.terminology.spelling import ucum
from engine.terminology.units import from_canonical, to_canonical

#: A law says what holds, not how fast.
law = settings(deadline=None)


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


#: One changed datum, by the key it is entered under.
_CHANGES: tuple[tuple[Key, Callable[[PatientRecord], PatientRecord]], ...] = (
    *(
        (
            ("drug", name),
            lambda record, name=name, more=more: replace(
                record, medications=(*record.medications, takes(name, **more))
            ),
        )
        for name in ("warfarin", "aspirin", "ketoconazole")
        for more in (
            {},
            {"status": MedicationStatus.STOPPED, "stop": ago(5)},
            {"daily_dose": amount("400"), "single_dose": amount("75"), "route": Route.ORAL},
        )
    ),
    *(
        (
            ("condition", name),
            lambda record, name=name, status=status: replace(
                record, diagnoses=(*record.diagnoses, diagnosed(name, status, onset=ago(3)))
            ),
        )
        for name in ("ischaemic_stroke", "ascites", "anaemia")
        for status in (ConditionStatus.ACTIVE, ConditionStatus.RESOLVED)
    ),
    *(
        (
            ("quantity", name),
            lambda record, name=name, value=value: replace(
                record, observations=(*record.observations, observed(name, value, 0, provenance=ENTERED))
            ),
        )
        for name in (
            "creatinine",
            "weight",
            "inr",
            "bilirubin",
            "gestational_age",
            "child_pugh_score",
            "egfr",
        )
        for value in ("2", "5", "20")
    ),
    *(
        (
            ("state", name),
            lambda record, name=name, holds=holds: replace(
                record, states=(*record.states, reported(name, holds=holds, days=0, provenance=ENTERED))
            ),
        )
        for name in ("pregnant", "childbearing_potential", "dialysis")
        for holds in (True, False)
    ),
    *(
        (
            ("list", kind.value),
            lambda record, kind=kind: replace(record, reviews=(*record.reviews, reviewed(kind, 0, ENTERED))),
        )
        for kind in ListKind
    ),
    (
        ("procedure", "hip_replacement"),
        lambda record: replace(record, planned=(*record.planned, planned("hip_replacement", 2))),
    ),
    (
        ("allergen", "penicillins"),
        lambda record: replace(
            record,
            allergies=(
                *record.allergies,
                allergic("penicillins", severity="severe", reactions=(ReactionKind.ANAPHYLAXIS,)),
            ),
        ),
    ),
    (SEX, lambda record: replace(record, sex=Sex.MALE)),
    (BIRTH, lambda record: replace(record, birth_date=date(1990, 1, 1))),
)


@law
@given(record=RECORDS, change=st.sampled_from(_CHANGES))
def test_a_datum_changes_no_atom_that_it_does_not_reach(
    record: PatientRecord, change: tuple[Key, Callable[[PatientRecord], PatientRecord]]
) -> None:
    """What is decided again after one answer is enough: every other fact is the same, to the word."""
    key, changed = change
    reach = Reach(INDEX)
    before = FACTS.assemble(record, ATOMS, (), NOW).facts
    after = FACTS.assemble(changed(record), ATOMS, (), NOW).facts
    for atom in ATOMS:
        if key not in reach.keys(atom):
            assert after[atom.symbol].truth is before[atom.symbol].truth, (key, atom.symbol)


def test_the_atoms_of_the_laws_are_of_every_kind() -> None:
    assert {type(atom) for atom in ATOMS} == set(get_args(Atom))
