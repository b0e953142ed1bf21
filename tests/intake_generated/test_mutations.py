"""Damaged files end in words, never in a Python error: seeded mutations of whole bundles."""

from __future__ import annotations

import copy
import json
import random  # noqa: TID251 - always seeded here
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from generated_bundles import generated_bundles
from shipped_words import shipped_index

from engine.domain.ids import PatientId
from engine.domain.patient import PatientRecord, Sex
from engine.domain.provenance import Method, Provenance
from engine.errors import WhyRxError
from engine.intake.demo import demo_patients
from engine.intake.files import intake

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)

#: What mutations put in the place of a value.
STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**30,
    1e308,
    -1e-300,
    "",
    " ",
    "x",
    "*1/*3",
    "2026-02-30",
    "9999-12-31",
    "0000-00-00",
    "Patient/else",
    "#",
    "urn:uuid:",
    "\u202e\u0000\n\t",
    "ü" * 2_000,
    [],
    {},
    [[]],
    [None],
    [{}],
    {"reference": "#p"},
    {"coding": "x"},
    {"coding": [None, 3, {"code": 7, "system": None}]},
    {"value": "seven", "unit": 7},
)


def sources() -> list[Any]:
    files = [content for one in demo_patients(date(2026, 10, 30)) for _, content in one.files]
    files += [one.content for one in generated_bundles(range(1), date(2026, 10, 1))[:2]]
    return [json.loads(content) for content in files]


def stands(container: Any, key: Any) -> bool:
    """Tell whether a place still exists after earlier damage."""
    return key in container if isinstance(container, dict) else key < len(container)


def spots(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a document."""
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    for key in keys:
        found.append((value, key))
        spots(value[key], found)
    return found


def mutated(document: Any, dice: random.Random) -> bytes:
    """Return a document with one to six damages, sometimes cut off or with wrong bytes."""
    damaged = copy.deepcopy(document)
    places = spots(damaged, [])
    for _ in range(dice.randint(1, 6)):
        container, key = dice.choice(places)
        if not stands(container, key):
            continue
        match dice.randrange(5):
            case 0:
                del container[key]
            case 1:
                other, there = dice.choice(places)
                if stands(other, there):
                    container[key] = copy.deepcopy(other[there])
            case 2 if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case _:
                container[key] = copy.deepcopy(dice.choice(STRANGE))
    content = bytearray(json.dumps(damaged, ensure_ascii=dice.random() < 0.5, allow_nan=False).encode())
    if dice.random() < 0.1:
        del content[dice.randrange(len(content)) :]
    if dice.random() < 0.1 and content:
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


KNOWN = PatientRecord(
    patient_id=PatientId("pat-known"),
    name="Example-Known",
    birth_date=None,
    sex=Sex.UNKNOWN,
    identity=Provenance(method=Method.ENTERED, resource="test"),
)


def outcome(content: bytes) -> str:
    """Return what came of a file; a record is stored and read back, an error must have words."""
    try:
        record = intake([("damaged.json", content)], shipped_index(), NOW, attach_to=KNOWN)
    except WhyRxError as error:
        return type(error).__name__ if error.message and error.hint and error.place else f"wordless {error!r}"
    assert msgspec.json.decode(msgspec.json.encode(record), type=PatientRecord) == record
    return "read"


def run(many: int, seed: int) -> Counter[str]:
    dice = random.Random(seed)  # noqa: S311 - damage, not secrets
    documents = sources()
    return Counter(outcome(mutated(dice.choice(documents), dice)) for _ in range(many))


def test_a_thousand_damaged_files_are_read_or_refused_in_words() -> None:
    found = run(1_000, seed=20261101)
    assert found["read"] > 500
    assert set(found) <= {"read", "NotReadable", "NotFhir", "PatientAmbiguous", "ImplausibleValue"}


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_fifty_thousand_damaged_files_are_read_or_refused_in_words() -> None:
    found = run(50_000, seed=7)
    assert set(found) <= {"read", "NotReadable", "NotFhir", "PatientAmbiguous", "ImplausibleValue"}
