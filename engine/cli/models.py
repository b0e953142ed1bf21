"""Training models from data that stays where it is."""

from __future__ import annotations

from pathlib import Path

import click

from engine.bootstrap.setup import shipped_models
from engine.cli.frame import TerminalProgress, told


@click.command()
@click.argument("recipe")
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The table of patients the recipe speaks of.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the model; the shipped one's place without it.",
)
@click.option("--seed", type=int, help="Of folds and trees; the recipe's own without it.")
@told
def train(recipe: str, data: Path, out: Path | None, seed: int | None) -> None:
    """Train the model of RECIPE, validate it fold by fold, and write it with its card.

    RECIPE is the name of a shipped recipe (warfarin-dose, say) or the path of a YAML file that says
    what each column of the table means. The same data and seed give the same bytes. No patient row
    leaves the data file: the model folder holds the trees, reference statistics and the card.
    """
    from engine.training import train_model  # noqa: PLC0415 - heavy, and never at run time

    place = out or shipped_models() / Path(recipe).stem
    click.echo(train_model(recipe, data, place, seed, TerminalProgress()))
