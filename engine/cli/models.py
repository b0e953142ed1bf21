"""Training models from data that stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from engine.bootstrap.setup import shipped_models
from engine.cli.frame import Site, TerminalProgress, engine_of, holds_models, told
from engine.domain.ids import ModelId
from engine.domain.models import CONTROL


def _table_of(what: str, *, required: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option that names the table of a recipe."""
    return click.option(
        "--data",
        required=required,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"The table of {what} the recipe speaks of{'' if required else '; the shipped one without it'}.",
    )


@click.command()
@click.argument("recipe")
@_table_of("patients")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the model; the shipped one's place without it.",
)
@click.option("--seed", type=int, help="Of folds and trees; the recipe's own without it.")
@click.option(
    "--shuffled",
    is_flag=True,
    help="Learn from shuffled outcomes: the negative control that the window shows beside an explanation.",
)
@told
def train(recipe: str, data: Path, out: Path | None, seed: int | None, *, shuffled: bool) -> None:
    """Train the model of RECIPE, validate it fold by fold, and write it with its card.

    RECIPE is the name of a shipped recipe (warfarin-dose, say) or the path of a YAML file that says
    what each column of the table means. The same data and seed give the same bytes. No patient row
    leaves the data file: the model folder holds the trees, reference statistics and the card.
    """
    from engine.training import train_model  # noqa: PLC0415 - heavy, and never at run time

    place = out or shipped_models() / f"{Path(recipe).stem}{CONTROL if shuffled else ''}"
    click.echo(train_model(recipe, data, place, seed, TerminalProgress(), shuffled=shuffled))


@click.command()
@click.argument("recipe")
@_table_of("patients")
@click.option("--repeats", type=int, help="Random splits, or shuffles of the arms of a trial.")
@click.option(
    "--explanations", is_flag=True, help="Study how faithful explanations are, and tune what may be shown."
)
@told
def study(recipe: str, data: Path, repeats: int | None, *, explanations: bool) -> None:
    """Study what the model of RECIPE would have done, out of fold, and print the tables.

    Of warfarin-dose: a hundred random splits beside the published equations. Of a trial (actg175,
    gusto1, ist): what following the learnt order would have done, against giving everybody the best
    arm, beside the same with the arms shuffled. With --explanations: what the faithfulness gate lets
    through, what other thresholds would, and the same of a model of shuffled outcomes. Nothing is
    written. It takes minutes.
    """
    from engine.training import study as run  # noqa: PLC0415 - heavy, and never at run time

    click.echo(run(recipe, data, repeats, TerminalProgress(), explanations=explanations))


@click.command()
@click.argument("recipe")
@_table_of("trial arms", required=False)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the ranker to, with its card; its name is the model's. Nothing is written without.",
)
@told
def evidence(recipe: str, data: Path | None, out: Path | None) -> None:
    """Pool the trials of RECIPE and order its options, where no patient-level data exist.

    A network meta-analysis with fixed and random effects, its consistency, and the order of an
    XGBoost ranker that learns from its uncertainty: synthetic, from published averages. Options
    whose intervals overlap are tied. Shipped: major-depression, atrial-fibrillation, copd, acute-migraine,
    major-depression-2009 and hypercholesterolaemia, whose figures ship as well.
    """
    from engine.training.evidence_file import evidence as run  # noqa: PLC0415 - heavy, and never at run time

    click.echo(run(recipe, data, out)[1])


@click.command()
@click.argument("model", default="warfarin-dose")
@click.pass_obj
@told
def drift(site: Site, model: str) -> None:
    """Compare what MODEL was asked in recorded decisions with the patients it learnt from.

    Input by input, by population stability index over the clinical bins, *not known* among them. An
    input has drifted where its index is .2 or more and chance alone hardly explains it.
    """
    from engine.bootstrap.model_watch import drift_text  # noqa: PLC0415 - heavy, and not for --help

    with engine_of(site) as engine:
        click.echo(drift_text(engine.watch.drift(ModelId(model))), nl=False)


@click.command()
@click.argument("challenger", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
@told
def challenge(site: Site, challenger: Path) -> None:
    """Let the models of the folder CHALLENGER order what the ones in use ordered.

    Every recorded decision is asked again of the challenger, and those are listed whose first place
    would differ. Nothing is switched: train into a folder of its own, challenge, then install it.
    """
    from engine.bootstrap.model_watch import challenge_text  # noqa: PLC0415 - heavy, and not for --help

    holds_models(challenger)
    with engine_of(site) as engine:
        click.echo(challenge_text(engine.watch.challenge(challenger)), nl=False)
