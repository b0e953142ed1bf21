"""Commands about models in use at a site: validate, take into use, take out of use, show."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.bootstrap.setup import shipped_models
from engine.cli.frame import NEGATIVE, Site, engine_of, told
from engine.domain.ids import ContentHash, ModelId
from engine.errors import NotFound
from engine.terminology.alike import did_you_mean

_NOTE = click.option(
    "--note", required=True, help="On which patients of this site it was validated, or why it is given up."
)


@click.group()
def model() -> None:
    """Models in use at this site: an approver takes them into use, and out of it.

    \b
    A model that nobody took into use orders nothing; its scores are shown, and said to be unused.
        whyrx model validate warfarin-dose --data OURS.csv
        whyrx --user "Ann Approver" model adopt warfarin-dose --note "612 patients of 2025, right in 68 %"
        whyrx --user "Ann Approver" model adopt warfarin-dose --hash 3F...   back to an earlier one
    """  # noqa: D301 - \b keeps the lines in the help


@model.command()
@click.argument("name")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table of this site's own patients.",
)
@click.option("--recipe", help="What its columns mean; the model's own recipe without it.")
@click.pass_obj
@told
def validate(site: Site, name: str, data: Path, recipe: str | None) -> None:
    """Try the installed model NAME on patients of this site. Nothing is fitted, nothing is written.

    Ends with 1 where it does not do here what its card promises, with or without what it can do without.
    """
    from engine.training.site_validation import site_validation  # noqa: PLC0415 - heavy, and rare

    found = site_validation((site.models or shipped_models()) / name, recipe or name, data)
    click.echo(found.text)
    if not found.holds:
        sys.exit(NEGATIVE)


@model.command()
@click.argument("name")
@click.option("--hash", "content", help="An earlier model, by the hash that `model show` tells.")
@_NOTE
@click.pass_obj
@told
def adopt(site: Site, name: str, content: str | None, note: str) -> None:
    """Take the installed model NAME into use from now on, or an earlier one."""
    with engine_of(site) as engine:
        made, signed = engine.desk.adopt_model(ModelId(name), ContentHash(content) if content else None, note)
    click.echo(f"{name} {made.content} is in use; keep this line, which signs it:\n{signed.line}")


@model.command()
@click.argument("name")
@_NOTE
@click.pass_obj
@told
def withdraw(site: Site, name: str, note: str) -> None:
    """Take the model NAME out of use: rules and evidence order alone."""
    with engine_of(site) as engine:
        _, signed = engine.desk.withdraw_model(ModelId(name), note)
    click.echo(f"no {name} is in use; keep this line, which signs it:\n{signed.line}")


@model.command()
@click.argument("name")
@click.pass_obj
@told
def show(site: Site, name: str) -> None:
    """Show each time the model NAME was taken into or out of use."""
    with engine_of(site) as engine:
        steps = engine.desk.adoptions.history(ModelId(name))
    installed = sorted(each.name for each in (site.models or shipped_models()).iterdir() if each.is_dir())
    if not steps and name not in installed:
        raise NotFound(
            f"no model {name!r} is installed, and none of that name was ever in use.",
            hint=did_you_mean(name, installed),
        )
    for step in steps:
        click.echo(
            f"{step.at:%Y-%m-%d %H:%M} UTC {step.kind.value} by {step.by}: {step.content} {step.detail}"
        )
    if not steps:
        click.echo("never taken into use")
