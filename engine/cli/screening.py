"""The command that screens a panel of patients."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.frame import NEGATIVE, Site, TerminalProgress, engine_of, tell_json, told
from engine.domain.ids import IndicationId
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import Indication, OptionsFrom

if TYPE_CHECKING:
    from engine.bootstrap.screening import Row


@click.command()
@click.argument("indication")
@click.argument("sources", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--processes", type=click.IntRange(min=1), help="How many to work with; as many as cores without it."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for programs (one document a patient).",
)
@click.pass_obj
@told
def screen(site: Site, indication: str, sources: tuple[Path, ...], processes: int | None, form: str) -> None:
    """Tell the verdicts of INDICATION for many patients, by rules alone, on all cores.

    SOURCES are FHIR files, one a patient, or folders of them; without any, all patients of the database.
    Nothing is stored and nothing is decided: a screening finds the patients to look at. Ends with 1 where
    a file could not be used or the rules could not be evaluated for a patient.

    Example: whyrx --demo screen atrial-fibrillation
    """
    files = [file for source in sources for file in _files(source)]
    if sources and not files:
        raise click.UsageError("there are no .json files in these folders.")
    failed = False
    with engine_of(site) as engine:
        cores = processes or os.cpu_count() or 1
        if form == "text":
            _tell_not_offered(engine.indications(), IndicationId(indication), site.jurisdiction)
        for row in engine.screen(IndicationId(indication), files, cores, TerminalProgress()):
            failed = failed or row.screened is None or bool(row.screened.faults)
            if form == "json":
                tell_json(row)
            else:
                _tell(row)
    if failed:
        sys.exit(NEGATIVE)


def _tell_not_offered(
    indications: Iterable[Indication], wanted: IndicationId, jurisdiction: Jurisdiction
) -> None:
    """Name the options that are not marketed under the site's label: no patient is screened for them."""
    foreign = [
        option_id
        for indication in indications
        if indication.indication_id == wanted and indication.options_from is OptionsFrom.LISTED
        for option_id in indication.marketed_elsewhere(jurisdiction)
    ]
    if foreign:
        click.echo(f"Not marketed under the {jurisdiction} label, and so not offered: {', '.join(foreign)}")


def _files(source: Path) -> list[Path]:
    return sorted(source.rglob("*.json")) if source.is_dir() else [source]


def _tell(row: Row) -> None:
    if row.screened is None:
        click.echo(f"{row.source}  NOT SCREENED: {row.refused}")
        return
    mark = "  SYNTHETIC" if row.screened.synthetic else ""
    said = ", ".join(f"{option.option_id}: {option.verdict.value}" for option in row.screened.options)
    click.echo(f"{row.source}  {said}{mark}")
    for fault in row.screened.faults:
        click.echo(f"  ! {fault}")
