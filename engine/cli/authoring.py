"""Commands for those who write rules: check, cases, schema, seal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from engine.bootstrap.setup import shipped_rulesets
from engine.cli.frame import NEGATIVE, TerminalProgress, tell_json, told
from engine.cli.proving import tell_coverage, tell_mutation
from engine.domain.diagnostics import CaseReport, Diagnostic, DiagnosticGrade

if TYPE_CHECKING:
    from engine.knowledge.coverage import CoverageReport
    from engine.knowledge.mutation import MutationReport

_FOLDERS = click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))


class _Measured(TypedDict, total=False):
    """How good the cases are, as far as it was asked for."""

    coverage: CoverageReport
    mutation: MutationReport


_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.command()
@_FOLDERS
@_FORMAT
@told
def check(folders: tuple[Path, ...], form: str) -> None:
    """Check the rule pack in FOLDERS (the shipped one without any; several are checked as used together).

    Every diagnostic at once, each with file and line. Ends with 0 where the pack can be used,
    with 1 where it has an error. Whether the files match their seal is part of the check.
    """
    from engine.bootstrap.packs import check_folder  # noqa: PLC0415 - not for --help

    diagnostics = check_folder(*folders or (shipped_rulesets(),))
    errors = sum(item.grade is DiagnosticGrade.ERROR for item in diagnostics)
    _tell(diagnostics, form)
    if form == "text":
        click.echo(f"{errors} errors, {len(diagnostics) - errors} warnings")
    if errors:
        sys.exit(NEGATIVE)


@click.command()
@_FOLDERS
@_FORMAT
@click.option("--file", "only", default="", help="Only the cases that stand beside this file.")
@click.option("--coverage", is_flag=True, help="Tell which rules, conditions and limits no case has seen.")
@click.option("--mutation", is_flag=True, help="Plant mistakes in the rules; tell which no case notices.")
@click.option("--sample", type=click.IntRange(min=1), help="Plant about so many mistakes, not all.")
@told
def cases(
    folders: tuple[Path, ...], form: str, only: str, sample: int | None, *, coverage: bool, mutation: bool
) -> None:
    """Run the given-when-then cases of the rule pack in FOLDERS, through both engines.

    Ends with 0 where all came out as written, with 1 otherwise; how good the cases are is told,
    but decides nothing.
    """
    from engine.bootstrap.packs import run_folder_cases  # noqa: PLC0415 - not for --help

    where = folders or (shipped_rulesets(),)
    report: CaseReport = run_folder_cases(*where, only=only, progress=TerminalProgress())
    measured = _measured(where, sample, coverage=coverage, mutation=mutation)
    if form == "json":
        tell_json({"cases": report, **measured} if measured else report)
    else:
        _tell(report.diagnostics, form)
        for result in report.results:
            if not result.passed:
                click.echo(f"{result.span}: {result.name}\n    {result.detail}")
        click.echo(f"{report.passed} passed, {report.failed} failed")
        if "coverage" in measured:
            tell_coverage(measured["coverage"])
        if "mutation" in measured:
            tell_mutation(measured["mutation"])
    broken = any(item.grade is DiagnosticGrade.ERROR for item in report.diagnostics)
    if report.failed or broken:
        sys.exit(NEGATIVE)


@click.command()
@click.argument("which", type=click.Choice(["rules", "cases", "manifest"]), default="rules")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write all three here instead.")
@told
def schema(which: str, out: Path | None) -> None:
    """Print the JSON Schema of rule files, of case files or of the manifest, for editors.

    It knows keys, choices and forms of text. What names mean, whether units fit and what rules say
    beside each other, check alone can tell.
    """
    from engine.knowledge.json_schema import schema_files, write_schema_files  # noqa: PLC0415 - heavy

    if out is None:
        click.echo(schema_files()[f"{which}.schema.json"], nl=False)
        return
    for path in write_schema_files(out):
        click.echo(str(path))


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--beside",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A pack that this one builds upon; it is read, and stays as it is.",
)
@told
def seal(folder: Path, beside: tuple[Path, ...]) -> None:
    """Write the hash of every file of the rule pack in FOLDER into its manifest.

    From then on a file that differs is refused. Sealing is no approval: it only fixes the bytes.
    """
    from engine.bootstrap.packs import seal_folder  # noqa: PLC0415 - not for --help

    pack_hash = seal_folder(folder, beside=beside)
    click.echo(f"sealed, SHA-256 {pack_hash}")


def _measured(folders: tuple[Path, ...], sample: int | None, *, coverage: bool, mutation: bool) -> _Measured:
    if not (coverage or mutation):
        return {}
    from engine.bootstrap.proving import cover_folder, mutate_folder  # noqa: PLC0415 - heavy

    measured: _Measured = {}
    if coverage:
        measured["coverage"] = cover_folder(*folders)
    if mutation:
        measured["mutation"] = mutate_folder(*folders, progress=TerminalProgress(), sample=sample)
    return measured


def _tell(diagnostics: tuple[Diagnostic, ...], form: str) -> None:
    if form == "json":
        tell_json(diagnostics)
    else:
        for item in diagnostics:
            click.echo(str(item))
