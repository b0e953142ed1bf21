"""Commands that write files for others: dossiers, cases, the audit log, lists."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

import click

from engine.cli.frame import Site, TerminalProgress, engine_of, told
from engine.domain.ids import DecisionId
from engine.domain.replies import ExtractFormat, ReportFormat

_OUT = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File to write.",
)
_LOG_FORMS = {"log": ExtractFormat.LOG, "csv": ExtractFormat.LOG_CSV, "fhir": ExtractFormat.LOG_FHIR}


@click.command()
@click.argument("decision")
@click.option(
    "--format",
    "form",
    type=click.Choice([item.value for item in ReportFormat]),
    default="html",
    show_default=True,
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; standard output without it.",
)
@click.pass_obj
@told
def export(site: Site, decision: str, form: str, out: Path | None) -> None:
    """Write out DECISION with its response, its events and every source.

    JSON is the canonical bytes as they were recorded; text, HTML and PDF are for people; FHIR is
    Provenance and AuditEvent resources. A case is the decision without its patient: names, ids, free
    text and documents are left out, dates moved, and it is searched for leaks before it is written.

    Example: whyrx --demo export dec-01kaz6x0yqh8m2v5c7d9 --format pdf --out dossier.pdf
    """
    with engine_of(site) as engine:
        content = engine.report(DecisionId(decision), ReportFormat(form))
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)
        click.echo(f"wrote {out}")


@click.command("export-log")
@click.option("--format", "form", type=click.Choice(list(_LOG_FORMS)), default="log", show_default=True)
@_OUT
@click.option(
    "--verifier",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the program that verifies a log, which needs Python and nothing else.",
)
@click.pass_obj
@told
def export_log(site: Site, form: str, out: Path, verifier: Path | None) -> None:
    """Write out the audit log: with its hashes for the verifier, as CSV, or as FHIR AuditEvents.

    Example: whyrx --demo export-log --out log.jsonl --verifier verify.py; python -I verify.py log.jsonl
    """
    with engine_of(site) as engine:
        report = engine.extract(str(out), _LOG_FORMS[form], TerminalProgress())
    click.echo(f"wrote {report.rows} events to {out}, SHA-256 {report.content}")
    if verifier is not None:
        verifier.write_bytes(resources.files("engine.store").joinpath("verifier.py").read_bytes())
        click.echo(f"wrote {verifier}")


@click.command("export-decisions")
@_OUT
@click.pass_obj
@told
def export_decisions(site: Site, out: Path) -> None:
    """Write out the list of all decisions as CSV, newest first."""
    with engine_of(site) as engine:
        report = engine.extract(str(out), ExtractFormat.DECISIONS_CSV, TerminalProgress())
    click.echo(f"wrote {report.rows} decisions to {out}, SHA-256 {report.content}")
