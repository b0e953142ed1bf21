"""The command that counts what a rule pack covers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.bootstrap.setup import shipped_rulesets
from engine.cli.frame import tell_json, tell_wrapped, told

if TYPE_CHECKING:
    from engine.knowledge.breadth import Breadth


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--missing", is_flag=True, help="Name what is missing, and say why.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@told
def coverage(folders: tuple[Path, ...], form: str, *, missing: bool) -> None:
    """Count what the rule pack in FOLDERS covers (the shipped one without any), and what it lacks.

    Every number is counted from the pack itself. What is aimed at is what a hospital would expect of a
    serious pack; of a drug that no rule speaks of, nothing is checked.
    """
    from engine.bootstrap.packs import breadth_of_folder  # noqa: PLC0415 - not for --help

    counts = breadth_of_folder(*folders or (shipped_rulesets(),))
    if form == "json":
        tell_json(counts)
        return
    for each in counts:
        aim = "" if each.aim is None else f" of {each.aim}"
        lacks = f", {each.missing} missing" if each.missing else ""
        click.echo(f"{each.title:<72} {each.count:>5}{aim}{lacks}")
        if missing and each.missing:
            _tell_lacks(each)


def _tell_lacks(each: Breadth) -> None:
    """Print what is missing, each reason with what it is the reason of."""
    for lack in each.lacks:
        names = ", ".join(lack.what) or f"{lack.count} of them"
        tell_wrapped(f"{names}: {lack.why}", "    ")
    unnamed = each.missing - sum(lack.count for lack in each.lacks)
    if unnamed > 0:
        click.echo(f"    {unnamed} of them: The aim is a number; it does not say which.")
