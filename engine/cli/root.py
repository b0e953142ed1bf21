"""The root of the command line, and the hidden command that the window starts."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from engine import __version__
from engine.cli import (
    adopting,
    answers,
    authoring,
    breadth,
    clinical,
    exporting,
    keeping,
    models,
    people,
    proving,
    record,
    release,
    replays,
    screening,
    surveying,
)
from engine.cli.frame import Site, setup_of
from engine.domain.rules import Jurisdiction


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--database", type=click.Path(dir_okay=False, path_type=Path), help="The database file.")
@click.option(
    "--rulesets",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The rule pack; given several times, the packs are used together, the one built upon first.",
)
@click.option(
    "--models", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The trained models."
)
@click.option(
    "--jurisdiction",
    type=click.Choice([item.value for item in Jurisdiction]),
    default=Jurisdiction.EU.value,
    show_default=True,
    envvar="WHYRX_JURISDICTION",
    help="Whose labels bind at this site; the other's are shown as a difference.",
)
@click.option("--user", envvar="WHYRX_USER", help="Who acts; the system's user name without it.")
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file whose first line is the passphrase; asked for without it.",
)
@click.option("--emergency", default="", help="Break the glass, for this reason; it is recorded first.")
@click.option("--demo", is_flag=True, help="Use the marked demonstration database.")
@click.version_option(__version__, prog_name="whyrx")
@click.pass_context
def cli(  # noqa: PLR0913 - one argument an option
    context: click.Context,
    *,
    database: Path | None,
    rulesets: tuple[Path, ...],
    models: Path | None,
    jurisdiction: str,
    user: str | None,
    passphrase_file: Path | None,
    emergency: str,
    demo: bool,
) -> None:
    """WhyRx: treatment options with the rules that fired, the data they fired on, and the sources.

    \b
    Try it with patients that do not exist:
        whyrx demo                                    open the window on a demonstration
        whyrx --demo patients                         list its patients
        whyrx --demo recommend PATIENT atrial-fibrillation
        whyrx --demo screen atrial-fibrillation       verdicts of every patient, by rules alone
        whyrx --demo why-not DECISION OPTION          which rules did not fire, and how near they came
        whyrx --demo settle DECISION                  which missing datum to ask for first
        whyrx --demo replay DECISION                  compute it again, byte for byte

    \b
    Exit codes: 0 done; 1 done, and the answer is no (cases failed, replay differs, chain broken);
    2 something given to WhyRx cannot be used; 3 the machine is in the way (disk, folder, lock);
    4 something that must never change has changed; 5 sign-in or role refused; 70 a fault of WhyRx itself;
    130 and its like: ended by Ctrl-C or another signal.
    """  # noqa: D301 - \b keeps the lines in the help
    context.obj = Site(
        database=database,
        rulesets=rulesets,
        models=models,
        jurisdiction=Jurisdiction(jurisdiction),
        user=user,
        demo=demo,
        passphrase_file=passphrase_file,
        emergency=emergency,
    )


@click.command("engine-process", hidden=True)
@click.pass_obj
def engine_process(site: Site) -> None:
    """Serve the engine over standard input and output; the window starts this."""
    # What ends a session ends every process of it at once; what the window still has to record must not
    # fail by that. The engine ends when the window closes the pipe, and when the window dies.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    from engine.bootstrap.local import open_engine  # noqa: PLC0415 - heavy
    from engine.remote.server import serve_standard_streams  # noqa: PLC0415 - only here

    serve_standard_streams(lambda: open_engine(setup_of(site)))


for command in (
    clinical.import_command,
    clinical.patients,
    clinical.recommend,
    screening.screen,
    clinical.respond,
    clinical.decisions,
    answers.why_not,
    answers.settle,
    answers.what_if,
    clinical.replay,
    exporting.export,
    exporting.export_log,
    exporting.export_decisions,
    record.verify,
    record.checkpoint,
    replays.replay_all,
    replays.what_would_change,
    people.users,
    keeping.backup,
    keeping.restore,
    keeping.erase,
    keeping.hold,
    keeping.retention,
    keeping.promises,
    release.release,
    record.finding,
    authoring.check,
    authoring.cases,
    authoring.schema,
    breadth.coverage,
    surveying.survey,
    authoring.seal,
    proving.prove,
    proving.suggest_cases,
    models.train,
    models.study,
    models.evidence,
    models.drift,
    models.challenge,
    adopting.model,
    engine_process,
):
    cli.add_command(command)
