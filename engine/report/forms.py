"""One door to all forms of a report."""

from __future__ import annotations

from engine.domain.replies import DecisionDossier, ReportFormat
from engine.errors import InvariantBroken
from engine.report.fhir import dossier_fhir
from engine.report.html import dossier_html
from engine.report.text import dossier_text


def written(dossier: DecisionDossier, form: ReportFormat, recorded: bytes) -> bytes:
    """Return a dossier in a form.

    Args:
        dossier: The decision with all that came after it.
        form: How to write it; the de-identified case is written by ``engine.report.case``.
        recorded: The canonical bytes as they lie in the database; as JSON these are the report,
            to the last byte, so that their SHA-256 can be checked against the dossier.

    Raises:
        InvariantBroken: a de-identified case was asked for here.
    """
    match form:
        case ReportFormat.JSON:
            return recorded
        case ReportFormat.TEXT:
            return dossier_text(dossier).encode()
        case ReportFormat.HTML:
            return dossier_html(dossier).encode()
        case ReportFormat.PDF:
            from engine.report.pdf import dossier_pdf  # noqa: PLC0415 - heavy

            return dossier_pdf(dossier)
        case ReportFormat.FHIR:
            return dossier_fhir(dossier)
        case ReportFormat.CASE:
            raise InvariantBroken("a de-identified case is made from a decision and the words of its pack")
