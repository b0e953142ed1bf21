"""Commands about patients and decisions: import, recommend, accept, replay, verify."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from engine.cli.frame import NEGATIVE, Site, TerminalProgress, engine_of, tell_json, told
from engine.domain.decision import Choice, ReasonCode
from engine.domain.ids import DecisionId, IndicationId, OptionId, PatientId
from engine.domain.pages import DecisionFilter
from engine.domain.replies import ReplayResult, ReportFormat

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for programs (lists: one document a line).",
)

_NO_PATIENT = "No patient's name or id contains {text!r}. List all by: main.py patients"
_NO_PATIENTS = "There are no patients yet. Bring one in by: main.py import FILES"


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_FORMAT
@click.pass_obj
@told
def import_command(site: Site, files: tuple[Path, ...], form: str) -> None:
    """Import FILES that speak of one person: FHIR R4 bundles, PharmCAT reports.

    All or nothing: if one file cannot be used, none is stored. Every entry that was not
    understood is listed with the reason.

    Example: whyrx --demo import patient.json patient.pharmcat.json
    """
    with engine_of(site) as engine:
        report = engine.import_files(tuple(str(file) for file in files), TerminalProgress())
    if form == "json":
        tell_json(report)
        return
    click.echo(f"{report.name}  ({report.patient_id})")
    for what, count in report.added:
        click.echo(f"  {count} {what}")
    for flag in report.flags:
        click.echo(f"  ! {flag}")
    if report.not_understood:
        click.echo("Not understood:")
    for item in report.not_understood:
        click.echo(f"  [{item.level.value}] {item.path}: {item.what}: {item.reason} {item.remedy}".rstrip())


@click.command()
@click.argument("patient")
@click.argument("indication")
@_FORMAT
@click.pass_obj
@told
def recommend(site: Site, patient: str, indication: str, form: str) -> None:
    """Assess every option of INDICATION for PATIENT, record it, then show it.

    PATIENT is an id (see 'whyrx patients') or a FHIR file, which is imported first.

    Example: whyrx --demo recommend pat-1a2b3c4d atrial-fibrillation
    """
    from engine.report.text import summary  # noqa: PLC0415 - not for --help

    with engine_of(site) as engine:
        patient_id = PatientId(patient)
        if _is_file(patient):
            patient_id = engine.import_files((patient,), TerminalProgress()).patient_id
        decision = engine.recommend(patient_id, IndicationId(indication), TerminalProgress())
        if form == "json":
            click.echo(engine.report(decision.decision_id, ReportFormat.JSON))
        else:
            click.echo(summary(decision))


def _is_file(patient: str) -> bool:
    """Tell whether a file is named, also one that is not there: no id has a folder or an ending."""
    return Path(patient).exists() or os.sep in patient or Path(patient).suffix == ".json"


@click.command()
@click.argument("decision")
@click.argument("option")
@click.option(
    "--reason", type=click.Choice([code.name.lower() for code in ReasonCode]), help="Makes it an override."
)
@click.option("--text", default="", help="What the reason means for this patient.")
@click.pass_obj
@told
def respond(site: Site, decision: str, option: str, reason: str | None, text: str) -> None:
    """Record that OPTION was chosen after DECISION: accepted, or with --reason an override."""
    with engine_of(site) as engine:
        response = engine.respond(
            DecisionId(decision),
            OptionId(option),
            Choice.OVERRIDDEN if reason else Choice.ACCEPTED,
            ReasonCode[reason.upper()] if reason else None,
            text,
        )
    click.echo(f"{response.option_id} {response.choice.value}, recorded {response.at:%Y-%m-%d %H:%M} UTC")


@click.command()
@click.argument("text", default="")
@_FORMAT
@click.pass_obj
@told
def patients(site: Site, text: str, form: str) -> None:
    """List patients whose name or id contains TEXT."""
    with engine_of(site) as engine:
        after = ""
        while True:
            page = engine.patients(text, after, 200)
            for row in page.rows:
                if form == "json":
                    tell_json(row)
                    continue
                mark = "  SYNTHETIC" if row.synthetic else ""
                click.echo(
                    f"{row.patient_id}  {row.birth_date or 'born ?'}  {row.sex.value:8}{row.name}{mark}"
                )
            after = page.next_after
            if not after:
                break
        if not page.total and form == "text":
            click.echo(_NO_PATIENT.format(text=text) if text else _NO_PATIENTS, err=True)


@click.command()
@click.option("--patient", help="Only this patient's.")
@click.option("--text", default="", help="Only those that contain this.")
@_FORMAT
@click.pass_obj
@told
def decisions(site: Site, patient: str | None, text: str, form: str) -> None:
    """List decisions, newest first."""
    filters = DecisionFilter(text=text, patient_id=PatientId(patient) if patient else None)
    with engine_of(site) as engine:
        after = 0
        while True:
            page = engine.decisions(filters, after, 200)
            for row in page.rows:
                if form == "json":
                    tell_json(row)
                    continue
                answer = f"{row.choice.value}: {row.chosen}" if row.choice else "no answer"
                click.echo(
                    f"{row.decision_id}  {row.decided_at:%Y-%m-%d %H:%M}  {row.patient_name}  "
                    f"{row.indication_title}  first: {row.first or 'none'}  {answer}"
                )
            after = page.next_after
            if not after:
                break
        if not page.total and form == "text":
            click.echo("No decision fits. List the patients by: main.py patients", err=True)


@click.command()
@click.argument("decision")
@_FORMAT
@click.pass_obj
@told
def replay(site: Site, decision: str, form: str) -> None:
    """Compute DECISION again from its own sealed inputs and compare it byte for byte.

    Ends with 0 where it is identical, with 1 where it differs.
    """
    with engine_of(site) as engine:
        report = engine.replay(DecisionId(decision), TerminalProgress())
    if form == "json":
        tell_json(report)
    elif report.result is ReplayResult.IDENTICAL:
        click.echo(f"identical: {report.recorded_bytes:,} bytes, SHA-256 {report.recorded_hash}")
    else:
        click.echo(f"differs in {len(report.differences)} places:")
        for difference in report.differences:
            click.echo(f"  {difference}")
    if report.result is ReplayResult.DIFFERENT:
        sys.exit(NEGATIVE)
