"""Values recorded before their classes gained fields: they read, and are written again, to the same bytes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import a_decision, a_patient

from engine.domain.patient import Route
from engine.errors import AuditChainBroken
from engine.store.codec import DECISIONS, RECORDS
from engine.store.gained import GAINED


def _without_gained(content: bytes, *, but: str = "") -> bytes:
    """Return canonical bytes as an earlier WhyRx wrote them."""
    names = {name for several in GAINED.values() for name in several} - {but}

    def cut(tree: object) -> object:
        if isinstance(tree, dict):
            return {key: cut(value) for key, value in tree.items() if key not in names or value}
        return [cut(item) for item in tree] if isinstance(tree, list) else tree

    return json.dumps(cut(json.loads(content)), separators=(",", ":"), ensure_ascii=False).encode()


def test_a_record_of_before_reads_with_the_defaults_and_keeps_its_bytes() -> None:
    record = a_patient()
    earlier = _without_gained(RECORDS.encode(record))

    assert earlier != RECORDS.encode(record)
    assert RECORDS.decode(earlier) == record
    assert RECORDS.encode_like(RECORDS.decode(earlier), earlier) == earlier


def test_a_decision_of_before_reads_and_replays_to_its_bytes() -> None:
    decision = a_decision()
    earlier = _without_gained(DECISIONS.encode_plain(decision))

    assert DECISIONS.decode(earlier) == decision
    assert DECISIONS.encode_like(decision, earlier) == earlier


def test_what_a_gained_field_says_is_never_left_out() -> None:
    medication = replace(a_patient().medications[0], route=Route.ORAL)
    record = replace(a_patient(), medications=(medication,))
    earlier = _without_gained(RECORDS.encode(a_patient()))

    assert b'"route":"oral"' in RECORDS.encode_like(record, earlier)


def test_a_record_that_lacks_some_of_them_only_is_refused() -> None:
    some = _without_gained(RECORDS.encode(a_patient()), but="planned")

    with pytest.raises(AuditChainBroken):
        RECORDS.decode(some)


@pytest.mark.parametrize(("kind", "names"), GAINED.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_every_gained_field_has_a_default(kind: type, names: frozenset[str]) -> None:
    fields: dict[str, Callable[[], object] | object] = {
        each.name: each.default for each in dataclasses.fields(kind)
    }

    assert all(fields[name] is not dataclasses.MISSING for name in names)
