"""What is not a document that WhyRx reads is refused in words that say where and what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir_bundles import NOW, as_bytes, bundle, condition, patient
from shipped_words import shipped_index

from engine.errors import ImplausibleValue, InputError, NotFhir, NotReadable, PatientAmbiguous
from engine.intake.documents import DEEPEST, LARGEST
from engine.intake.files import intake


def refusal(*contents: bytes) -> InputError:
    files = [(f"export-{number}.json", content) for number, content in enumerate(contents, start=1)]
    with pytest.raises(InputError) as caught:
        intake(files, shipped_index(), NOW)
    return caught.value


WHOLE = as_bytes(bundle(patient()))


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (b"", NotReadable, "is empty"),
        (b"  \n ", NotReadable, "is empty"),
        (b"hello", NotReadable, "not JSON"),
        (b'{"resourceType": "Bundle",\n "entry": [}', NotReadable, "line 2, column 12"),
        (WHOLE[:-20], NotReadable, "breaks off at its end"),
        (WHOLE + b"}", NotReadable, "trailing characters"),
        (b"<Bundle/>", NotReadable, "XML"),
        (json.dumps(bundle(patient())).encode("utf-16"), NotReadable, "UTF-16"),
        ('{"resourceType": "Bündel"}'.encode("latin-1"), NotReadable, "0xfc at line 1, column 20"),
        (b"[" * 100_000 + b"]" * 100_000, NotReadable, "nested too deeply"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, NotReadable, "nested too deeply"),
        (b'{"a":' * DEEPEST + b"[]" + b"}" * DEEPEST, NotReadable, f"more than {DEEPEST} levels"),
        (b'{"a":' * DEEPEST + b"1" + b"}" * DEEPEST, NotFhir, "its keys: a"),
        (b'{"a": ' + b"9" * 5_000 + b"}", NotReadable, "not JSON"),
        (b"[1, 2]", NotFhir, "JSON array"),
        (b'"text"', NotFhir, "JSON text ('text')"),
        (b"{}", NotFhir, "neither a FHIR bundle nor a PharmCAT report"),
        (b'{"rows": [], "total": 1}', NotFhir, "its keys: rows, total"),
        (b'{"entry": []}', NotFhir, "resourceType is missing"),
        (as_bytes(patient()), NotFhir, "a single FHIR Patient"),
        (b'{"results": [], "metadata": {}}', NotFhir, "allele matcher"),
        (b'{"genes": {}}', NotFhir, "lists no genes"),
        (b'{"resourceType": "Bundle", "type": "collection"}', NotFhir, "has no entries"),
        (b'{"resourceType": "Bundle", "type": "message", "entry": [{}]}', NotFhir, "of type 'message'"),
        (as_bytes(bundle(condition({"text": "gout"}))), PatientAmbiguous, "has no Patient"),
        (as_bytes(bundle(patient(), patient(id="q"))), PatientAmbiguous, "2 patients (Patient/p at"),
        (as_bytes(bundle(patient(birthDate="2031-01-01"))), ImplausibleValue, "lies in the future"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(
    content: bytes, kind: type[InputError], said: str
) -> None:
    error = refusal(content)
    assert type(error) is kind
    assert said in error.message
    assert error.hint
    assert error.place.startswith("export-1.json")


def test_a_file_beyond_the_limit_is_refused_before_it_is_decoded() -> None:
    assert "WhyRx takes up to 64 MB" in refusal(b" " * (LARGEST + 1)).message


def test_a_byte_order_mark_does_no_harm() -> None:
    record = intake([("bom.json", b"\xef\xbb\xbf" + WHOLE)], shipped_index(), NOW)
    assert record.name == "Example-Test, Toni"


def test_no_file_at_all_is_said_so() -> None:
    assert "no file was given" in refusal().message


def test_problems_of_several_files_are_told_at_once() -> None:
    error = refusal(b"hello", b"", as_bytes({"entry": []}))
    assert "There are 3 problems, and nothing was imported" in error.message
    for name in ("export-1.json", "export-2.json", "export-3.json"):
        assert name in error.message


def test_a_birth_date_a_few_hours_ahead_is_today_somewhere_on_earth() -> None:
    record = intake([("n.json", as_bytes(bundle(patient(birthDate="2026-11-01"))))], shipped_index(), NOW)
    assert str(record.birth_date) == "2026-11-01"


@pytest.mark.parametrize("kind", ["collection", "transaction", "searchset", "document", "history", "batch"])
def test_every_type_of_bundle_that_holds_resources_is_read(kind: str) -> None:
    content = as_bytes(bundle(patient(), kind=kind))
    assert intake([("b.json", content)], shipped_index(), NOW).documents[0].kind == "FHIR R4 bundle"


def test_a_document_is_known_by_the_hash_of_its_bytes() -> None:
    document: dict[str, Any] = bundle(patient())
    first = intake([("a.json", as_bytes(document))], shipped_index(), NOW).documents[0]
    again = intake([("b.json", as_bytes(document))], shipped_index(), NOW).documents[0]
    assert first.sha256 == again.sha256
    assert len(first.sha256) == 64
