"""Commands about keeping data: backups, holds, erasure, retention, promises."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.frame import (
    NEGATIVE,
    Site,
    TerminalProgress,
    engine_of,
    passphrase_of,
    setup_of,
    tell_json,
    told,
)
from engine.domain.ids import DecisionId, PatientId
from engine.domain.keeping import BackupReport

_REASON = click.option("--reason", required=True, help="Why, in a sentence; it stays in the log.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--drill", is_flag=True, help="Restore FILE aside, verify it, throw the copy away.")
@click.pass_obj
@told
def backup(site: Site, file: Path, *, drill: bool) -> None:
    """Write a backup of the database and its keys to FILE, and prove that it can be restored.

    It is restored aside and its whole chain verified before the file gets its name; it opens with the
    same passphrases. With --drill an older backup is tried the same way, and the log says so.

    \b
    Examples:
        whyrx --user "Ada Admin" backup /media/usb/2026-11-20.whyrx
        whyrx --user "Ada Admin" backup /media/usb/2026-11-20.whyrx --drill
    """  # noqa: D301 - \b keeps the lines in the help
    with engine_of(site) as engine:
        desk = engine.desk
        report = desk.drill(file, TerminalProgress()) if drill else desk.backup(file, TerminalProgress())
    _tell(report)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
@told
def restore(site: Site, file: Path) -> None:
    """Bring the backup FILE back as the database, and verify it.

    A database that is there is moved aside, never deleted; patients whom it had erased are erased again.
    Signs in with a passphrase of the backup's time.
    """
    from engine.bootstrap.restoring import restore_backup  # noqa: PLC0415 - heavy

    setup = setup_of(site)
    secret = None if site.demo else passphrase_of(site, f"Passphrase of {setup.user}")
    report, aside = restore_backup(setup, file, secret)
    if aside is not None:
        click.echo(f"the database that was there is now {aside}")
    _tell(report)


@click.command()
@click.argument("patient")
@_REASON
@click.option("--proof", is_flag=True, help="Only tell again what proves that PATIENT was erased.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.confirmation_option(prompt="This cannot be undone by anybody. Erase?")
@click.pass_obj
@told
def erase(site: Site, patient: str, reason: str, form: str, *, proof: bool) -> None:
    """Erase PATIENT for good, by destroying the key that everything kept of them is sealed under.

    The audit chain still verifies. Backups made before still hold the key: throw them away when their
    time is over. A legal hold prevents it.
    """
    with engine_of(site) as engine:
        keeping = engine.desk.keeping
        found = keeping.proof(PatientId(patient)) if proof else keeping.erase(PatientId(patient), reason)
    if form == "json":
        tell_json(found)
        return
    click.echo(f"{found.patient_id} erased {found.at:%Y-%m-%d %H:%M} UTC by {found.by}: {found.reason}")
    click.echo(f"  event {found.event}, hash {found.head}")
    click.echo(
        f"  key destroyed, SHA-256 {found.key_sha256}; {found.sealed} contents can never be read again"
    )


@click.group()
def hold() -> None:
    """Legal holds: a patient under one cannot be erased.

    An administrator or an auditor places a hold; only an auditor lifts it.
    """


@hold.command()
@click.argument("patient")
@_REASON
@click.pass_obj
@told
def place(site: Site, patient: str, reason: str) -> None:
    """Keep PATIENT from being erased."""
    with engine_of(site) as engine:
        engine.desk.keeping.place_hold(PatientId(patient), reason)
    click.echo(f"a hold on {patient} stands")


@hold.command()
@click.argument("patient")
@_REASON
@click.pass_obj
@told
def lift(site: Site, patient: str, reason: str) -> None:
    """Let PATIENT be erased again."""
    with engine_of(site) as engine:
        engine.desk.keeping.lift_hold(PatientId(patient), reason)
    click.echo(f"the hold on {patient} is lifted")


@hold.command("list")
@click.pass_obj
@told
def list_holds(site: Site) -> None:
    """List the holds that stand."""
    with engine_of(site) as engine:
        found = engine.desk.keeping.holds()
    for item in found:
        click.echo(f"{item.patient_id}  since {item.placed_at:%Y-%m-%d} by {item.by}: {item.reason}")


@click.command()
@click.option("--years", type=click.IntRange(min=0), required=True, help="How long data are kept.")
@click.pass_obj
@told
def retention(site: Site, years: int) -> None:
    """List the patients of whom nothing was recorded for YEARS: whose time is over.

    Nothing is erased by it: 'erase' does that, one patient at a time.
    """
    from engine.bootstrap.restoring import years_ago  # noqa: PLC0415 - heavy

    with engine_of(site) as engine:
        found = engine.desk.keeping.untouched_since(years_ago(years))
    for item in found:
        click.echo(f"{item.patient_id}  last {item.last_event_at:%Y-%m-%d}{'  HELD' if item.held else ''}")
    click.echo(f"{len(found)} patients")


@click.command()
@click.option("--kept", help="The decision after which it was promised; say that it was done.")
@click.option("--note", default="", help="What was done.")
@click.pass_obj
@told
def promises(site: Site, kept: str | None, note: str) -> None:
    """List the monitoring that overrides promised and nobody has done yet, or say that it was.

    Example: whyrx --demo promises --kept DECISION --note "INR seen"
    """
    with engine_of(site) as engine:
        if kept is not None:
            engine.desk.promises.keep(DecisionId(kept), note)
            click.echo(f"kept: {kept}")
            return
        for item in engine.desk.promises.open():
            made = f"{item.made_at:%Y-%m-%d} by {item.by}"
            click.echo(f"{item.decision_id}  {made}  {item.option_id}: {item.text}")


def _tell(report: BackupReport) -> None:
    click.echo(f"{report.path}: {report.bytes:,} bytes, SHA-256 {report.sha256}")
    click.echo(f"  restored: {report.events} events, {report.decisions} decisions, head {report.head}")
    for problem in report.problems:
        click.echo(f"  BROKEN {problem}")
    if report.problems:
        sys.exit(NEGATIVE)
    click.echo("  the chain is whole")
