"""Commands about many decisions at once: replay-all, what-would-change."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from engine.cli.frame import NEGATIVE, Site, StoppableProgress, engine_of, holds_models, tell_json, told
from engine.domain.pages import DecisionFilter

_MOST = click.option("--most", type=click.IntRange(min=1), default=10_000, show_default=True)
_TEXT = click.option("--text", default="", help="Only decisions that contain this.")
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_SHOWN = 20


@click.command("replay-all")
@_TEXT
@_MOST
@_FORMAT
@click.pass_obj
@told
def replay_all(site: Site, text: str, most: int, form: str) -> None:
    """Compute decisions again, each from its own sealed inputs, pack and model, and compare the bytes.

    The newest first. Interrupt it at any time: what was compared until then is in the log. Ends with 0
    where all are identical, with 1 where one is not.
    """
    with engine_of(site) as engine:
        found = engine.desk.replay_all(DecisionFilter(text=text), most, StoppableProgress())
    if form == "json":
        tell_json(found)
    else:
        click.echo(
            f"{found.replayed} replayed: {found.identical} identical, {len(found.different)} different, "
            f"{len(found.failed)} failed; {found.erased} of erased patients"
        )
        for departure in (*found.different, *found.failed)[:_SHOWN]:
            click.echo(f"  {departure.decision_id}: {departure.what[0]}")
    if found.different or found.failed:
        sys.exit(NEGATIVE)


@click.command("what-would-change")
@click.option("--rulesets", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--models", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_TEXT
@_MOST
@_FORMAT
@click.pass_obj
@told
def what_would_change(
    site: Site, rulesets: Path | None, models: Path | None, text: str, most: int, form: str
) -> None:
    """Tell which recorded decisions would come out otherwise under other rules, or with another model.

    Each is computed again from its sealed record, on its own day. Without options: under the rules and
    models that are in use now. Ends with 0 where nothing would change, with 1 otherwise.

    Example: whyrx --demo what-would-change --rulesets drafts/rulesets
    """
    with engine_of(site) as engine:
        found = engine.desk.what_would_change(
            DecisionFilter(text=text), most, rulesets, holds_models(models), StoppableProgress()
        )
    if form == "json":
        tell_json(found)
    else:
        click.echo(
            f"{found.compared} decisions under rule pack {found.pack_hash[:12]}: {found.unchanged} as they "
            f"were, {len(found.changed)} would change, {len(found.failed)} cannot be computed"
        )
        for what, count in found.transitions:
            click.echo(f"  {count} x {what}")
        for changed in found.changed[:_SHOWN]:
            click.echo(f"{changed.decision_id}")
            for change in changed.verdicts:
                before = change.before.value if change.before else "not offered"
                after = change.after.value if change.after else "not offered"
                why = f" ({'; '.join(change.rules)})" if change.rules else ""
                click.echo(f"  {change.title}: {before} -> {after}{why}")
            if changed.order_changed and not changed.verdicts:
                click.echo("  the order alone")
    if found.changed or found.failed:
        sys.exit(NEGATIVE)
