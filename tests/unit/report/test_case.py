"""The case without its patient: nothing that names passes, intervals stay, the search finds what slips."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from builders import (
    NOON,
    a_decision,
    a_finding,
    a_modelled_decision,
    a_patient,
    a_provenance,
    a_response,
    an_event,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bootstrap.setup import shipped_rulesets
from engine.domain.audit import AuditKind
from engine.domain.decision import Decision
from engine.domain.facts import Reading
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import ContentHash, QuantityId, UserName
from engine.domain.patient import PatientRecord
from engine.domain.quantities import Quantity
from engine.domain.replies import DecisionDossier
from engine.errors import IdentityLeaked, InvariantBroken
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files
from engine.report import case as case_module
from engine.report.case import NOTICE, de_identified
from engine.report.case_words import is_diplotype, words_of
from engine.report.date_shift import shift_for
from engine.report.leaks import leaks

SECRET = bytes(range(32))
DOCUMENT = ContentHash("d0" * 32)
DECISION_HASH = ContentHash("c1" * 32)


@pytest.fixture(scope="module")
def words() -> frozenset[str]:
    """Return the words of the shipped pack."""
    pack, _ = load_pack(read_pack_files(shipped_rulesets()), date(2026, 11, 1))
    assert pack is not None
    return words_of(pack)


def a_dossier(record: PatientRecord | None = None, **changes: Any) -> DecisionDossier:
    """Return a dossier whose hashes are each their own."""
    given_record = record or a_patient()
    documents = tuple(replace(item, sha256=DOCUMENT) for item in given_record.documents)
    decision = a_decision(record=replace(given_record, documents=documents), **changes)
    return DecisionDossier(
        decision=decision,
        content=DECISION_HASH,
        response=a_response(by=UserName("k.brandt"), text="Her daughter Ida Cedar will call."),
        events=(an_event(AuditKind.DECISION, "dec-0001", by=UserName("k.brandt"), content=DECISION_HASH),),
    )


def case_of(dossier: DecisionDossier, words: frozenset[str], secret: bytes = SECRET) -> dict[str, Any]:
    """Return a case as it reads back."""
    read: dict[str, Any] = json.loads(de_identified(dossier, words, secret))
    return read


def days_in(text: str) -> list[date]:
    """Return every date of a text."""
    return [date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", text)]


def test_it_tells_what_was_decided_and_on_what(words: frozenset[str]) -> None:
    told = case_of(a_dossier(), words)
    assert told["notice"] == NOTICE
    assert told["marks"]["synthetic"] is True
    assert told["marks"]["rules_approved"] is False
    assert told["patient"] == {"sex": "female", "age": 78, "race": None}
    assert told["record"]["observations"][0]["value"] == "178.5"
    assert [item["drug"] for item in told["record"]["medications"]] == ["amiodarone", None]
    assert {item["option"]: item["verdict"] for item in told["options"]}["dabigatran"] == "excluded"
    assert told["response"]["choice"] == "overridden"
    assert told["record"]["not_understood"] == {"loud": 1, "quiet": 1}


def marked(value: Any, count: Iterator[int]) -> Any:
    """Return a value in which every text is another, each its own: what free text could be at worst."""
    if type(value) is str:
        return f"Zqx{next(count)}qz"
    if isinstance(value, tuple):
        return tuple(marked(item, count) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        made = {item.name: marked(getattr(value, item.name), count) for item in fields(value)}
        return type(value)(**made)
    return value


@settings(deadline=None, max_examples=40)
@given(record=st.from_type(PatientRecord))
def test_no_text_of_a_record_passes_whatever_it_holds(words: frozenset[str], record: PatientRecord) -> None:
    dated = replace(record, birth_date=date(1947, 5, 17))
    near = replace(dated, documents=(), **_without_dates(dated))
    dossier = a_dossier(marked(near, iter(range(10_000))))
    assert "Zqx" not in de_identified(dossier, words, SECRET).decode()


def _without_dates(record: PatientRecord) -> dict[str, Any]:
    """Return the lists of a record on days of one decade: generated ones lie a thousand years apart."""

    def moved(value: Any) -> Any:
        if type(value) is date:
            return date(2019, 1, 1) + timedelta(days=value.toordinal() % 2000)
        if isinstance(value, tuple):
            return tuple(moved(item) for item in value)
        if is_dataclass(value) and not isinstance(value, type):
            return type(value)(**{item.name: moved(getattr(value, item.name)) for item in fields(value)})
        return value

    names = {item.name for item in fields(record)} - {"birth_date", "documents"}
    return {name: moved(getattr(record, name)) for name in names}


def test_no_text_of_findings_facts_and_gaps_passes(words: frozenset[str]) -> None:
    bare = a_dossier()
    count = iter(range(10_000))
    gap = MissingDatum(
        kind=MissingKind.DRUG_IDENTITY, subject="Zqx drops", title="Zqx drops", reason="Zqx", unit="Zqx"
    )
    decision = replace(
        bare.decision,
        facts=marked(bare.decision.facts, count),
        context=marked(bare.decision.context, count),
        readings=tuple(replace(item, note="Zqx", shown="Zqx") for item in bare.decision.readings),
        to_settle=tuple(replace(item, datum=gap) for item in bare.decision.to_settle),
        question="Zqx",
        indication_title="Zqx",
        assessments=tuple(
            replace(item, findings=marked(item.findings, count), undecided=marked(item.undecided, count),
                    elsewhere=(marked(a_finding(), count),), faults=("Zqx",))
            for item in bare.decision.assessments
        ),
    )  # fmt: skip
    told = de_identified(replace(bare, decision=decision), words, SECRET).decode()
    assert "Zqx" not in told


def test_values_beside_attributions_do_not_pass(words: frozenset[str]) -> None:
    modelled = a_modelled_decision(record=a_dossier().decision.record)
    dossier = replace(a_dossier(), decision=modelled)
    (first, *_) = modelled.explanations
    told = case_of(dossier, words)
    assert told["explanations"][0]["exact"] == [
        {"feature": item.feature, "share": item.contribution} for item in first.exact
    ]


@settings(deadline=None, max_examples=60)
@given(
    offsets=st.lists(st.integers(0, 4000), min_size=1, max_size=8, unique=True),
    secret=st.binary(min_size=32, max_size=32),
)
def test_dates_move_together_and_no_day_of_the_record_is_told(
    words: frozenset[str], offsets: list[int], secret: bytes
) -> None:
    (observation,) = a_patient().observations
    days = [NOON.date() - timedelta(days=offset) for offset in offsets]
    record = a_patient(observations=tuple(replace(observation, at=day) for day in days))
    dossier = a_dossier(record)
    told = case_of(dossier, words, secret)
    moved = [date.fromisoformat(item["on"]) for item in told["record"]["observations"]]
    shift = NOON.date() - date.fromisoformat(told["decided_on"])
    assert [day - shift for day in days] == moved
    assert timedelta(days=60) <= shift < timedelta(days=1460)
    original = {*days, NOON.date(), date(1947, 5, 17), date(2026, 3, 1), date(2026, 2, 20)}
    assert not original.intersection(days_in(json.dumps(told)))


def test_two_exports_of_one_case_cannot_be_matched_by_their_dates_or_names(words: frozenset[str]) -> None:
    cases = [case_of(a_dossier(), words, bytes([number]) * 32) for number in range(20)]
    assert len({case["decided_on"] for case in cases}) > 15
    assert len({case["case"] for case in cases}) == 20


def test_a_record_with_a_date_on_every_day_of_years_is_refused() -> None:
    days = frozenset(date(2020, 1, 1) + timedelta(days=number) for number in range(1500))
    with pytest.raises(InvariantBroken, match="No shift"):
        shift_for(days, SECRET)


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(1936, 3, 3), 89),
        (date(1936, 3, 2), "90 or older"),
        (date(1925, 1, 1), "90 or older"),
        (None, None),
    ],
)
def test_ages_over_89_are_one_group(words: frozenset[str], born: date | None, age: int | str | None) -> None:
    told = case_of(a_dossier(a_patient(birth_date=born)), words)
    assert told["patient"]["age"] == age


def _reading(name: str, value: str, inputs: tuple[Reading, ...] = ()) -> Reading:
    return Reading(
        quantity=QuantityId(name),
        title=name,
        value=Quantity(value=Decimal(value), unit="mL/min"),
        at=date(2026, 2, 20),
        provenance=a_provenance(),
        inputs=inputs,
    )


def test_an_age_over_89_cannot_be_worked_out_from_what_rests_on_it(words: frozenset[str]) -> None:
    age = _reading("age", "93")
    readings = (age, _reading("crcl", "21", (_reading("creatinine", "178"), age)), _reading("inr", "1.0"))
    (diagnosis,) = a_patient().diagnoses
    old = replace(diagnosis, onset=date(1931, 4, 4))
    aged = a_patient(birth_date=date(1932, 5, 17), diagnoses=(old,))
    told = case_of(a_dossier(aged, readings=readings), words)
    assert [item["quantity"] for item in told["readings"]] == ["inr"]
    assert told["record"]["diagnoses"][0]["since"] is None
    younger = case_of(a_dossier(a_patient(), readings=readings[1:]), words)
    assert [item["quantity"] for item in younger["readings"]] == ["crcl", "inr"]


#: What of a dossier tells who the patient is, each planted into a case that was already made.
PLANTED = {
    "name": "Example-Cedar, Cleo",
    "name in other letters": "EXAMPLE-CEDAR,  CLÉO",
    "part of the name": "seen with Cleo today",
    "patient id": "see pat-0001.",
    "decision id": "dec-0001",
    "hash of the decision": str(DECISION_HASH),
    "hash of a document": f"sha256:{DOCUMENT}",
    "document": "ward-7.json",
    "document without its end": "from ward-7",
    "resource": "Observation/creatinine-1",
    "id of a resource": "creatinine-1",
    "place": "at Bundle.entry[3].resource.valueQuantity",
    "user": "k.brandt",
    "text of a drug": "Zzyzyx 50 mg",
    "dose": "200 mg once daily",
    "diagnosis": "Persistent atrial fibrillation",
    "code": "http://hl7.org/fhir/sid/icd-10|I48.1",
    "as written": "2.02 mg/dL",
    "response": "Her daughter Ida Cedar will call.",
    "birth date": "1947-05-17",
    "birth date as numbers": "19470517",
    "birth date, European": "17.05.1947",
    "birth date, American": "05/17/1947",
    "birth date in words": "17 May 1947",
    "day of the decision": "2026-03-02",
    "day of a result": "2026-02-20",
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("place", ["alone", "inside"])
def test_whatever_slips_through_is_found(words: frozenset[str], what: str, place: str) -> None:
    dossier = a_dossier()
    told = case_of(dossier, words)
    days = frozenset(case_module._days(dossier))
    assert leaks(json.dumps(told), dossier, days, words | {NOTICE}) == ()
    text = PLANTED[what]
    if place == "alone":
        told["label"] = text
    else:
        told["options"][0]["findings"].append({"rule": f"a {text} b"})
    assert leaks(json.dumps(told), dossier, days, words | {NOTICE})


@pytest.mark.parametrize(
    "what", ["name", "patient id", "hash of a document", "birth date", "day of a result"]
)
def test_what_can_be_nothing_else_is_found_in_the_name_of_a_field_too(
    words: frozenset[str], what: str
) -> None:
    dossier = a_dossier()
    days = frozenset(case_module._days(dossier))
    (found, *_) = leaks(json.dumps({PLANTED[what]: 1}), dossier, days, words)
    assert "the name of the field" in found


def test_a_leak_refuses_the_export_and_says_where_without_saying_what(
    words: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_module._Maker, "_word", lambda _, text: text)
    with pytest.raises(IdentityLeaked) as refused:
        de_identified(_with_unmapped_gap(), words, SECRET)
    assert ".to_settle[0].subject: text of a medication" in refused.value.place
    assert "Zzyzyx" not in str(refused.value)


def _with_unmapped_gap() -> DecisionDossier:
    dossier = a_dossier()
    gap = MissingDatum(
        kind=MissingKind.DRUG_IDENTITY,
        subject="Zzyzyx 50 mg",
        title="Zzyzyx 50 mg",
        reason="in no vocabulary",
    )
    settled = tuple(replace(item, datum=gap) for item in dossier.decision.to_settle)
    decision: Decision = replace(dossier.decision, to_settle=settled)
    return replace(dossier, decision=decision)


def test_a_drug_that_is_written_as_the_pack_writes_it_is_no_leak(words: frozenset[str]) -> None:
    (first, *rest) = a_patient().medications
    plain = replace(first, text="amiodarone")
    told = case_of(a_dossier(a_patient(medications=(plain, *rest), name="Amiodarone, Norma")), words)
    assert told["record"]["medications"][0]["drug"] == "amiodarone"


@pytest.mark.parametrize(
    ("text", "passes"),
    [("*1/*3", True), ("*1/*17x2", True), ("A/G", True), ("Smith/Jones", False), ("*1/*3 (Cleo)", False)],
)
def test_only_alleles_pass_as_a_diplotype(text: str, *, passes: bool) -> None:
    assert is_diplotype(text) is passes
