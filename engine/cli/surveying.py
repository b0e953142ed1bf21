"""The command that tells what every option of an indication comes to for the standard patients of a pack."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.bootstrap.setup import shipped_rulesets
from engine.bootstrap.system import SystemClock
from engine.cli.frame import TerminalProgress, tell_json, tell_wrapped, told
from engine.domain.ids import IndicationId
from engine.domain.rules import Jurisdiction

if TYPE_CHECKING:
    from engine.knowledge.survey import Comparison, Survey, SurveyedOption

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("indication", required=False)
@click.argument("folders", nargs=-1, type=_FOLDER)
@click.option(
    "--jurisdiction",
    type=click.Choice([each.value for each in Jurisdiction]),
    default=Jurisdiction.EU.value,
    show_default=True,
    help="Whose label the rules follow.",
)
@click.option("--patient", "patients", multiple=True, help="This standard patient only; may be repeated.")
@click.option("--list-patients", "listed", is_flag=True, help="Name the standard patients; assess nobody.")
@click.option(
    "--against",
    multiple=True,
    type=_FOLDER,
    help="Another version of the pack: only what comes out otherwise now. Once for each folder of it.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day it plays on, for ages and thresholds; today without.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@told
def survey(
    indication: str | None,
    folders: tuple[Path, ...],
    *,
    jurisdiction: str,
    patients: tuple[str, ...],
    against: tuple[Path, ...],
    on: datetime | None,
    form: str,
    listed: bool,
) -> None:
    """Tell what every option of INDICATION comes to, and by which rules, for the standard patients.

    Of the rule pack in FOLDERS (the shipped one without any). It is how a pharmacist reads rules as a whole,
    and with --against what a new version of them changes for whom, before it is signed.

    Example: whyrx survey major-depression --against /mnt/old/rulesets
    """
    from engine.bootstrap.packs import standard_patients, survey_folders  # noqa: PLC0415 - heavy
    from engine.knowledge.survey import Comparison, Question  # noqa: PLC0415 - not for --help

    day = on.date() if on is not None else SystemClock().now().date()
    if listed:
        _tell_names(standard_patients(_packs(indication, folders), day), form)
        return
    if indication is None:
        raise click.UsageError("Missing argument 'INDICATION'.")
    question = Question(
        indication_id=IndicationId(indication),
        jurisdiction=Jurisdiction(jurisdiction),
        on=day,
        patients=patients,
    )
    found = survey_folders(folders or (shipped_rulesets(),), question, TerminalProgress(), against=against)
    if form == "json":
        tell_json(found)
    elif isinstance(found, Comparison):
        _tell_comparison(found)
    else:
        _tell(found)


def _packs(indication: str | None, folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the packs whose patients are listed; for that no indication is needed before them."""
    first = Path(indication or "")
    if indication and (first.exists() or os.sep in indication):
        if not first.is_dir():
            raise click.UsageError(f"There is no folder '{first}'.")
        folders = (first, *folders)
    return folders or (shipped_rulesets(),)


def _tell_names(names: tuple[str, ...], form: str) -> None:
    if form == "json":
        tell_json(names)
        return
    for name in names:
        click.echo(name)


def _tell(found: Survey) -> None:
    given = f", each with {found.condition}" if found.condition else ""
    click.echo(f"{found.title}, {found.jurisdiction} label, on {found.on}, {found.version}{given}")
    for patient in found.patients:
        click.echo(f"\n{patient.name}")
        for fault in patient.faults:
            click.echo(f"  ! {fault}")
        if patient.as_the_first:
            click.echo("  as the first patient")
        elif not patient.options:
            click.echo("  no option")
        else:
            _tell_options(patient.options)


def _tell_options(options: Iterable[SurveyedOption]) -> None:
    """Print the options by what they come to, those together of which the same rules speak."""
    groups: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for option in options:
        groups.setdefault(option.outcome.value, {}).setdefault(_rules(option), []).append(option.option_id)
    for outcome, by_rules in groups.items():
        click.echo(f"  {outcome}:")
        for rules, names in by_rules.items():
            because = f" <- {', '.join(rules)}" if rules else ""
            tell_wrapped(f"{', '.join(names)}{because}", "    ")


def _tell_comparison(found: Comparison) -> None:
    click.echo(
        f"{found.after.title}, {found.after.jurisdiction} label, on {found.after.on}:"
        f" {found.after.version} ({found.after.pack_hash[:12]})"
        f" against {found.before.version} ({found.before.pack_hash[:12]})"
    )
    for patient in found.before.patients:
        if patient.unspoken:
            tell_wrapped(
                f"{patient.name}: the other version has no word for {', '.join(patient.unspoken)}", "! "
            )
    for changed in found.changed:
        click.echo(f"\n{changed.name}")
        for change in changed.changes:
            click.echo(f"  {change.option_id}: {_outcome(change.before)} -> {_outcome(change.after)}")
            before, after = _rules(change.before), _rules(change.after)
            for mark, rules in (("-", _without(before, after)), ("+", _without(after, before))):
                if rules:
                    tell_wrapped(f"{mark} {', '.join(rules)}", "      ")
    click.echo(f"\n{len(found.changed)} of {len(found.after.patients)} patients come out otherwise")


def _outcome(option: SurveyedOption | None) -> str:
    return option.outcome.value if option is not None else "no option"


def _rules(option: SurveyedOption | None) -> tuple[str, ...]:
    """Return the rules that spoke; those that could not be decided bear a question mark."""
    if option is None:
        return ()
    return (*option.rules, *(f"{rule}?" for rule in option.undecided))


def _without(rules: Iterable[str], others: Iterable[str]) -> list[str]:
    known = set(others)
    return [rule for rule in rules if rule not in known]
