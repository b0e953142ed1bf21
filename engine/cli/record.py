"""Commands about the audit log: verify, checkpoint, finding."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.frame import NEGATIVE, Site, TerminalProgress, engine_of, tell_json, told
from engine.errors import NotReadable, OperationalError, in_words


@click.command()
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere, to hold against the chain; may be given again.",
)
@click.option("--fast", is_flag=True, help="Hashes alone: nothing is unsealed and read again.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
@told
def verify(site: Site, checkpoints: tuple[Path, ...], form: str, *, fast: bool) -> None:
    """Verify the audit chain and the hash of everything it speaks of.

    A changed byte, an event put in, taken out or moved is found without any help. That the last events
    were cut off is found only against a checkpoint that was kept elsewhere: name its file, which holds
    the line that was printed. Ends with 0 where everything holds, with 1 where something does not.

    \b
    Examples:
        whyrx --demo verify
        whyrx verify --checkpoint monday.checkpoint --checkpoint tuesday.checkpoint
    """  # noqa: D301 - \b keeps the lines in the help
    from engine.domain.audit import Checkpoint  # noqa: PLC0415 - not for --help

    kept = {file: Checkpoint.from_line(_line_in(file)) for file in checkpoints}
    with engine_of(site) as engine:
        report = engine.verify_deeply(TerminalProgress(), thorough=not fast)
        against = {str(file): engine.desk.check(checkpoint) for file, checkpoint in kept.items()}
    broken = bool(report.problems) or any(against.values())
    if form == "json":
        tell_json({"report": report, "checkpoints": against} if against else report)
        sys.exit(NEGATIVE if broken else 0)
    click.echo(f"{report.events} events, {report.decisions} decisions, head {report.head}")
    for problem in report.problems:
        click.echo(f"  BROKEN {problem}")
    for file, problems in against.items():
        click.echo(f"{file}: {'holds' if not problems else ''}".rstrip(": "))
        for problem in problems:
            click.echo(f"  BROKEN {problem}")
    if broken:
        sys.exit(NEGATIVE)
    click.echo("the chain is whole")


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the line; with the ending .svg, .png or .html for its QR code as well.",
)
@click.pass_obj
@told
def checkpoint(site: Site, out: Path | None) -> None:
    """Sign a checkpoint of the audit chain, to be kept where this machine cannot reach it.

    Print it every day and glue it into a bound book, or give the file to somebody else: it is the only
    thing that shows later that the end of the log was cut off. Without --out the line and its QR code are
    shown on the terminal; an .html file is a sheet to print.

    \b
    Examples:
        whyrx checkpoint
        whyrx checkpoint --out today.checkpoint
        whyrx checkpoint --out today.html
    """  # noqa: D301 - \b keeps the lines in the help
    from engine.report.checkpoint import as_file, as_terminal  # noqa: PLC0415 - not for --help

    with engine_of(site) as engine:
        signed = engine.desk.checkpoint()
    if out is None:
        click.echo(as_terminal(signed))
        return
    try:
        out.write_bytes(as_file(signed, out.suffix))
    except OSError as failure:
        raise OperationalError(
            f"the checkpoint could not be written: {failure.strerror}.",
            hint="Name a file in a folder that exists and can be written to.",
            place=str(out),
        ) from failure
    click.echo(f"wrote {out}: {signed.sequence} events, head {signed.head}")


@click.command()
@click.argument("subject")
@click.argument("text")
@click.pass_obj
@told
def finding(site: Site, subject: str, text: str) -> None:
    """Record as an auditor what was found about SUBJECT: a decision, a patient, a file, the database.

    It becomes an event of the chain like any other; nobody can take it out again.

    Example: whyrx --user "Ida Auditor" finding dec-01k "the override has no sentence"
    """
    with engine_of(site) as engine:
        engine.desk.note_finding(subject, text)
    click.echo(f"recorded about {subject}")


def _line_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotReadable(
            f"no checkpoint can be read from it: {in_words(error)}.",
            hint="Name the text file that main.py checkpoint --out wrote, or one with the scanned line.",
            place=str(file),
        ) from error
