"""Canonical bytes of decisions: the same for equal ones, strict on the way back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import a_decision, a_modelled_decision, a_patient, an_explanation

from engine.domain.decision import Decision
from engine.domain.quantities import Quantity
from engine.errors import AuditChainBroken, InvariantBroken, SchemaTooNew
from engine.store.codec import DECISIONS, RECORDS, JsonCodec

CODEC = JsonCodec()


@pytest.mark.parametrize("decision", [a_decision(), a_modelled_decision()], ids=["by rules", "by a model"])
def test_a_decision_comes_back_equal_and_is_written_to_the_same_bytes(decision: object) -> None:
    written = CODEC.encode(decision)  # type: ignore[arg-type] # parametrised
    assert CODEC.decode(written) == decision
    assert CODEC.encode(CODEC.decode(written)) == written


@pytest.mark.parametrize("decision", [a_decision(), a_modelled_decision()], ids=["by rules", "by a model"])
def test_a_decision_of_the_first_format_is_read_and_written_again_as_it_was(decision: Decision) -> None:
    recorded = DECISIONS.encode_plain(decision)
    assert json.loads(recorded)["format"] == 1
    assert CODEC.decode(recorded) == decision
    assert CODEC.encode_like(CODEC.decode(recorded), recorded) == recorded
    assert CODEC.written_out(CODEC.encode(decision)) == recorded
    assert DECISIONS.shared_form(recorded) == CODEC.encode(decision)


def test_a_part_that_is_repeated_is_written_once() -> None:
    decision = a_decision()
    finding = next(item.findings[0] for item in decision.assessments if item.findings)
    written = CODEC.encode(a_decision(context=(finding.why, finding.why)))
    assert written.count(f'"label":"{finding.why.label}"'.encode()) == 1


def test_the_record_inside_a_decision_is_written_as_it_is_on_its_own() -> None:
    decision = a_decision(record=a_patient(observations=a_patient().observations * 2))
    own = RECORDS.encode(decision.record).removeprefix(b'{"format":1,"content":')[:-1]
    assert own in CODEC.encode(decision)


def test_the_envelope_names_its_format() -> None:
    document = json.loads(CODEC.encode(a_decision()))
    assert document["format"] == 2
    assert document["content"]["decision_id"] == "dec-0001"


def test_whole_numbers_in_a_place_for_fractions_are_levelled() -> None:
    whole, fraction = an_explanation(score=1), an_explanation(score=1.0)
    assert whole == fraction
    assert CODEC.encode(a_decision(explanations=(whole,))) == CODEC.encode(
        a_decision(explanations=(fraction,))
    )


def test_a_decimal_keeps_the_digits_it_was_written_with() -> None:
    reading = a_decision().readings[0]
    decision = a_decision(readings=(replace(reading, value=Quantity(value=Decimal("2.50"), unit="mg")),))
    assert str(CODEC.decode(CODEC.encode(decision)).readings[0].value.value) == "2.50"


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused_before_it_is_recorded(score: float) -> None:
    with pytest.raises(InvariantBroken):
        CODEC.encode(a_decision(explanations=(an_explanation(score=score),)))


def test_half_a_character_is_refused_before_it_is_recorded() -> None:
    with pytest.raises(InvariantBroken):
        CODEC.encode(a_decision(question="\ud800"))


def test_a_list_where_the_type_says_tuple_is_refused() -> None:
    with pytest.raises(InvariantBroken, match="come back"):
        CODEC.encode(a_decision(context=[]))


def test_a_newer_format_says_so() -> None:
    newer = CODEC.encode(a_decision()).replace(b'{"format":2', b'{"format":3')
    with pytest.raises(SchemaTooNew, match="format 3"):
        CODEC.decode(newer)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"format":2', b'{ "format":1'),
        (b'{"format":2', b'{"surplus":0,"format":1'),
        (b'{"format":2', b'{"format":0'),
        (b'"seed":1234567890', b'"seed":1234567891,"seed":1234567890'),
        (b'"seed":1234567890', b'"seed":"1234567890"'),
        (b'"seed":1234567890,', b""),
        (b'"verdict":"clear"', b'"verdict":"fine"'),
    ],
    ids=[
        "a space",
        "a surplus key",
        "format nought",
        "a key twice",
        "a wrong type",
        "a key missing",
        "a wrong word",
    ],
)
def test_bytes_that_are_not_canonical_are_refused(old: bytes, new: bytes) -> None:
    written = CODEC.encode(a_decision())
    assert old in written
    with pytest.raises(AuditChainBroken):
        CODEC.decode(written.replace(old, new, 1))


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"\xff\xfe", b'{"format":1,"content":null}'])
def test_what_is_no_decision_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(AuditChainBroken):
        CODEC.decode(content)
