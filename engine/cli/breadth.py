"""The command that counts what a rule pack covers."""

from __future__ import annotations

from pathlib import Path

import click

from engine.bootstrap.setup import shipped_rulesets
from engine.cli.frame import tell_json, told


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@told
def coverage(folders: tuple[Path, ...], form: str) -> None:
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
