"""What happened as FHIR R4: AuditEvent resources, and Provenance of a decision and of what followed it.

References are logical, by identifier: what they name lies in WhyRx, not on a server. A user's name travels
as it is known here. Sentences are as the audit log has them, so they may name the patient.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.decision import Response
from engine.domain.replies import DecisionDossier
from engine.report.content import plain

_DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_ROLE: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_USER: Final = "http://terminology.hl7.org/CodeSystem/extra-security-role-type"
_SOURCE: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
_OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_OURS: Final = "urn:whyrx"

#: Type of the event (DICOM PS3.16, CID 400) and what was done: create, read, update, delete, execute.
_TYPES: Final[dict[AuditKind, tuple[str, str, str]]] = {
    AuditKind.IMPORT: ("110107", "Import", "C"),
    AuditKind.IMPORT_REFUSED: ("110107", "Import", "C"),
    AuditKind.STATEMENT: ("110110", "Patient Record", "U"),
    AuditKind.READ: ("110110", "Patient Record", "R"),
    AuditKind.EXPORT: ("110106", "Export", "R"),
    AuditKind.DECISION: ("110110", "Patient Record", "C"),
    AuditKind.ACCEPTED: ("110110", "Patient Record", "U"),
    AuditKind.OVERRIDDEN: ("110110", "Patient Record", "U"),
    AuditKind.ERASED: ("110110", "Patient Record", "D"),
    AuditKind.SIGN_IN: ("110114", "User Authentication", "E"),
    AuditKind.SIGN_IN_REFUSED: ("110114", "User Authentication", "E"),
    AuditKind.SIGN_OUT: ("110114", "User Authentication", "E"),
    AuditKind.BREAK_GLASS: ("110113", "Security Alert", "E"),
    AuditKind.NOT_PERMITTED: ("110113", "Security Alert", "E"),
    AuditKind.USER_ADDED: ("110113", "Security Alert", "C"),
    AuditKind.USER_CHANGED: ("110113", "Security Alert", "U"),
    AuditKind.USER_REMOVED: ("110113", "Security Alert", "D"),
    AuditKind.KEY_CHANGED: ("110113", "Security Alert", "U"),
}
_OTHERWISE: Final = ("110100", "Application Activity", "E")
#: Serious failure of what was asked for; all else went well.
_FAILED: Final = frozenset(
    {
        AuditKind.IMPORT_REFUSED,
        AuditKind.ENGINE_FAULT,
        AuditKind.SIGN_IN_REFUSED,
        AuditKind.NOT_PERMITTED,
        AuditKind.FAILURE,
    }
)

Resource = dict[str, Any]


def dossier_fhir(dossier: DecisionDossier) -> bytes:
    """Return the provenance of a decision and the events about it as one Bundle of type collection."""
    decision_id = dossier.decision.decision_id
    software = dossier.decision.versions.whyrx
    resources = [_of_decision(dossier)]
    if dossier.response is not None:
        resources.append(_of_response(dossier.response))
    resources += [
        audit_event(f"{decision_id}.{number}", event, software)
        for number, event in enumerate(dossier.events, 1)
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(dossier.decision.decided_at),
        "entry": [{"fullUrl": _url(resource), "resource": resource} for resource in resources],
    }
    return (json.dumps(bundle, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="replace")


def audit_lines(events: Iterable[tuple[int, AuditEvent]], software: str) -> Iterator[bytes]:
    """Yield the audit log as AuditEvent resources, one a line."""
    for number, event in events:
        resource = audit_event(f"event-{number}", event, software)
        yield (json.dumps(resource, ensure_ascii=False) + "\n").encode("utf-8", errors="replace")


def audit_event(resource_id: str, event: AuditEvent, software: str) -> Resource:
    """Return an event as an AuditEvent resource."""
    code, display, action = _TYPES.get(event.kind, _OTHERWISE)
    entity: Resource = {"what": _named("subject", event.subject), "description": _text(event.detail)}
    if event.content:
        entity["detail"] = [{"type": "SHA-256", "valueString": event.content}]
    return {
        "resourceType": "AuditEvent",
        "id": _id(resource_id),
        "type": {"system": _DICOM, "code": code, "display": display},
        "subtype": [{"system": f"{_OURS}:audit-kind", "code": event.kind.name.lower().replace("_", "-"),
                     "display": event.kind.value}],
        "action": action,
        "recorded": _instant(event.at),
        "outcome": "8" if event.kind in _FAILED else "0",
        "agent": [{"type": _concept(_USER, "humanuser", "human user"), "who": _named("user", event.by),
                   "requestor": True}],
        "source": {
            "observer": {"display": f"WhyRx {software}"},
            "type": [{"system": _SOURCE, "code": "1", "display": "User Device"}],
        },
        "entity": [entity],
    }  # fmt: skip


def _of_decision(dossier: DecisionDossier) -> Resource:
    decision = dossier.decision
    used = decision.versions
    sources = [("document", item.sha256, item.name) for item in decision.record.documents]
    sources.append(("rule-pack", used.pack_hash, f"{used.pack_id} {used.pack_version}, {used.pack_status}"))
    if used.model_hash:
        sources.append(("model", used.model_hash, decision.ranking.model_id or "model"))
    return {
        "resourceType": "Provenance",
        "id": _id(f"{decision.decision_id}.decision"),
        "target": [_named("decision", decision.decision_id) | {"display": f"SHA-256 {dossier.content}"}],
        "occurredDateTime": _instant(decision.decided_at),
        "recorded": _instant(decision.decided_at),
        "activity": _concept(_OPERATION, "CREATE", "create"),
        "agent": [
            {"type": _concept(_ROLE, "assembler", "Assembler"), "who": {"display": f"WhyRx {used.whyrx}"}},
            {
                "type": _concept(_ROLE, "enterer", "Enterer"),
                "who": _named("user", decision.request.requested_by),
            },
        ],
        "entity": [
            {"role": "source", "what": _named(kind, value) | {"display": _text(title)}}
            for kind, value, title in sources
        ],
    }


def _of_response(response: Response) -> Resource:
    said = [response.choice.value, response.option_id]
    said += [response.reason.value] if response.reason else []
    return {
        "resourceType": "Provenance",
        "id": _id(f"{response.decision_id}.response"),
        "target": [_named("decision", response.decision_id)],
        "occurredDateTime": _instant(response.at),
        "recorded": _instant(response.at),
        "reason": [{"text": _text("; ".join(filter(None, (*said, response.text))))}],
        "activity": _concept(_OPERATION, "UPDATE", "revise"),
        "agent": [{"type": _concept(_ROLE, "author", "Author"), "who": _named("user", response.by)}],
    }


def _named(kind: str, value: str) -> Resource:
    return {"identifier": {"system": f"{_OURS}:{kind}", "value": _text(value)}}


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _text(text: str) -> str:
    # A FHIR string is not empty and has something besides spaces.
    return plain(text).strip() or "\N{EN DASH}"


def _id(text: str) -> str:
    """Return an id of letters, digits, hyphens and points, at most 64 of them."""
    kept = "".join(char if char.isascii() and (char.isalnum() or char in "-.") else "-" for char in text)
    fits = kept == text and 0 < len(text) <= 64
    return text if fits else str(uuid.uuid5(uuid.NAMESPACE_URL, f"{_OURS}:{text}"))


def _url(resource: Resource) -> str:
    name = f"{_OURS}:{resource['resourceType']}:{resource['id']}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
