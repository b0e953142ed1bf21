"""FHIR exports hold against the models of the standard, and say what the audit log says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from builders import A_HASH, a_decision, a_modelled_decision, a_response, an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.replies import DecisionDossier
from engine.report.fhir import audit_event, audit_lines, dossier_fhir

models = pytest.importorskip("fhir.resources.R4B", reason="the models of FHIR are not installed")

DOSSIER = DecisionDossier(
    decision=a_decision(),
    content=A_HASH,
    response=a_response(),
    events=(
        an_event(AuditKind.DECISION, "dec-0001", content=A_HASH),
        an_event(AuditKind.OVERRIDDEN, "dec-0001"),
    ),
)
#: Text without lone surrogates: what a canonical audit event can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def resources_of(content: bytes) -> list[dict[str, Any]]:
    """Return the resources of a bundle that the standard's own model accepts."""
    bundle = json.loads(content)
    models.get_fhir_model_class("Bundle").model_validate(bundle)
    resources = [entry["resource"] for entry in bundle["entry"]]
    for resource in resources:
        models.get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    return resources


@pytest.mark.parametrize(
    "dossier",
    [DOSSIER, replace(DOSSIER, decision=a_modelled_decision(), response=None, events=())],
    ids=["overridden", "by a model, unanswered"],
)
def test_a_dossier_holds_against_the_standard(dossier: DecisionDossier) -> None:
    resources = resources_of(dossier_fhir(dossier))
    kinds = [resource["resourceType"] for resource in resources]
    assert kinds.count("Provenance") == (2 if dossier.response else 1)
    assert kinds.count("AuditEvent") == len(dossier.events)


def test_the_provenance_names_what_was_used_and_who_decided() -> None:
    decision, response, *_ = resources_of(dossier_fhir(DOSSIER))
    text = json.dumps(decision)
    versions = DOSSIER.decision.versions
    for named in (versions.pack_hash, versions.whyrx, *(d.sha256 for d in DOSSIER.decision.record.documents)):
        assert named in text
    assert DOSSIER.response is not None
    assert response["agent"][0]["who"]["identifier"]["value"] == DOSSIER.response.by
    assert DOSSIER.response.text in response["reason"][0]["text"]


@settings(deadline=None)
@given(kind=st.sampled_from(AuditKind), subject=TEXTS, by=TEXTS, detail=TEXTS, name=TEXTS)
def test_every_event_holds_against_the_standard(
    kind: AuditKind, subject: str, by: str, detail: str, name: str
) -> None:
    event = an_event(kind, subject, by=by, detail=detail)
    resource = audit_event(name, event, "0.1.0")
    models.get_fhir_model_class("AuditEvent").model_validate(json.loads(json.dumps(resource)))


def test_the_log_is_one_resource_a_line_in_order() -> None:
    events = [
        (number, AuditEvent(kind=kind, subject="s", by=DOSSIER.decision.request.requested_by,
                            at=datetime(2026, 3, number, tzinfo=UTC), detail="two\nlines"))
        for number, kind in enumerate(AuditKind, 1) if number < 28
    ]  # fmt: skip
    lines = b"".join(audit_lines(events, "0.1.0")).splitlines()
    read = [json.loads(line) for line in lines]
    assert [resource["id"] for resource in read] == [f"event-{number}" for number, _ in events]
    assert [resource["subtype"][0]["display"] for resource in read] == [e.kind.value for _, e in events]


def test_what_failed_is_told_as_a_failure() -> None:
    assert audit_event("e", an_event(AuditKind.ENGINE_FAULT), "0.1.0")["outcome"] == "8"
    assert audit_event("e", an_event(AuditKind.DECISION), "0.1.0")["outcome"] == "0"
