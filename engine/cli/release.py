"""Commands about releases of rule packs: propose, approve, show."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.frame import Site, engine_of, told
from engine.domain.ids import ContentHash

_NOTE = click.option("--note", required=True, help="What it brings, or what the approval rests on.")


@click.group()
def release() -> None:
    """Releases of rule packs: proposed by an author, approved by somebody who had no part in writing them."""


@release.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_NOTE
@click.pass_obj
@told
def propose(site: Site, folder: Path, note: str) -> None:
    """Archive the rule pack in FOLDER and propose it."""
    with engine_of(site) as engine:
        made = engine.desk.propose(folder, note)
    click.echo(f"proposed {made.pack_hash}")


@release.command()
@click.argument("pack")
@_NOTE
@click.pass_obj
@told
def approve(site: Site, pack: str, note: str) -> None:
    """Approve the proposed rule pack whose hash is PACK; refused to whoever wrote or proposed it."""
    with engine_of(site) as engine:
        made = engine.desk.releases.approve(ContentHash(pack), note)
    click.echo(f"approved {made.pack_hash} by {made.by}")


@release.command()
@click.argument("pack")
@click.pass_obj
@told
def show(site: Site, pack: str) -> None:
    """Show how far the release of PACK has come."""
    with engine_of(site) as engine:
        steps = engine.desk.releases.of(ContentHash(pack))
    for step in steps:
        click.echo(f"{step.step.value} {step.at:%Y-%m-%d %H:%M} UTC by {step.by}: {step.note}")
    if not steps:
        click.echo("never proposed")
