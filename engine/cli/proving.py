"""Commands that look at a whole rule pack: prove, suggest-cases, and the measures beside cases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.bootstrap.setup import shipped_rulesets
from engine.cli.frame import NEGATIVE, TerminalProgress, tell_json, told
from engine.errors import OperationalError

if TYPE_CHECKING:
    from engine.knowledge.coverage import CoverageReport
    from engine.knowledge.mutation import MutationReport
    from engine.knowledge.proof_records import ProofReport

_FOLDER = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.command()
@_FOLDER
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all", "everything", is_flag=True, help="List what is for information as well.")
@click.option(
    "--save-case",
    "save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the patients shown into this file, as cases; many take further files beside it (-2, -3).",
)
@told
def prove(folder: Path | None, form: str, save: Path | None, *, everything: bool) -> None:
    """Prove what no set of cases can show about the rule pack in FOLDER (the shipped one without it).

    Rules that can never fire, rules that add nothing to another, contradictions, gaps in ranges,
    parts that decide nothing, options that nothing excludes. What is possible is shown as a
    patient, whom the rules were run on. Ends with 0 where nothing was found, with 1 otherwise.
    """
    from engine.bootstrap.proving import prove_folder  # noqa: PLC0415 - heavy

    report = prove_folder(folder or shipped_rulesets(), TerminalProgress(), everything=everything)
    if form == "json":
        tell_json(report)
    else:
        _tell_proofs(report)
    if save is not None:
        _save(report, save)
    if report.problems:
        sys.exit(NEGATIVE)


def _save(report: ProofReport, into: Path) -> None:
    """Write the patients shown as cases, in as many files as it takes for each to be read again."""
    from engine.knowledge.shown_patients import case_file, portions  # noqa: PLC0415 - heavy

    name, dot, suffix = into.name.partition(".")
    parts = portions([proof.shown for proof in report.proofs if proof.shown is not None])
    for number, part in enumerate(parts or [[]], start=1):
        path = into if number == 1 else into.with_name(f"{name}-{number}{dot}{suffix}")
        try:
            path.write_text(case_file(part, "Patients shown by proofs."), encoding="utf-8")
        except OSError as failure:
            raise OperationalError(
                f"the cases could not be written: {failure.strerror}.",
                hint="Name a file in a folder that exists and can be written to.",
                place=str(path),
            ) from failure


def _tell_proofs(report: ProofReport) -> None:
    for proof in report.proofs:
        click.echo(str(proof))
    counts = ", ".join(f"{number} x {kind}" for kind, number in sorted(report.counts.items()))
    click.echo(
        f"{report.rules} rules, {report.questions} questions to the solver: {counts or 'nothing found'}"
    )


@click.command("suggest-cases")
@click.argument("rule")
@_FOLDER
@told
def suggest_cases(rule: str, folder: Path | None) -> None:
    """Make cases from the tree of RULE, as YAML to paste beside it.

    At every limit and a step beyond, for every two atoms, and with each datum missing. Each was
    run and gives what it says; whether that is what the rule should do is for its author to say.
    """
    from engine.bootstrap.proving import suggest_folder_cases  # noqa: PLC0415 - heavy

    suggestion = suggest_folder_cases(folder or shipped_rulesets(), rule)
    click.echo(suggestion.text, nl=False)
    for sentence in suggestion.left_out:
        click.echo(f"# left out: {sentence}", err=True)


def tell_coverage(report: CoverageReport) -> None:
    """Print what no case has seen, and the shares."""
    for item in report.uncovered:
        click.echo(str(item))
    for kind, share in report.shares.items():
        click.echo(f"{kind.value} coverage: {share}")
    if report.skipped:
        click.echo(f"{report.skipped} cases play on days with other thresholds and were not counted")


def tell_mutation(report: MutationReport) -> None:
    """Print the planted mistakes that no case noticed, and the score."""
    for mutant in report.survivors:
        click.echo(f"{mutant.span}: survived: {mutant.owner}: {mutant.message}")
    for name in report.untried:
        click.echo(f"{name}: no rule rests on it, so that no case can notice a mistake in it")
    tried = report.killed + len(report.survivors)
    click.echo(
        f"mutation score: {report.killed} of {tried} planted mistakes noticed ({report.score:.1%}); "
        f"{report.equal} more change nothing; {report.of} in all"
    )
