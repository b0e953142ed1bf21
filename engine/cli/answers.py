"""Commands that ask a recorded decision questions: why not, and what would settle it."""

from __future__ import annotations

import click

from engine.cli.frame import Site, engine_of, told
from engine.domain.ids import DecisionId, OptionId

_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for programs.",
)


@click.command("why-not")
@click.argument("decision")
@click.argument("option")
@_FORMAT
@click.pass_obj
@told
def why_not(site: Site, decision: str, option: str, form: str) -> None:
    """Tell which rules about OPTION did not fire in DECISION, and how near each came.

    Every rule that speaks of the option is listed once: near misses by number, those first that
    one threshold alone keeps from firing; rules that are undecided, with the missing datum; and
    rules that failed by something that is no number. Computed again from the decision's own
    sealed record and rule pack; refused where it does not come out as recorded.

    \b
    Examples:
        whyrx --demo decisions                              find the id of a decision
        whyrx --demo why-not DECISION dabigatran
        whyrx --demo why-not DECISION dabigatran --format json

    Ends with 2 where there is no such decision or option.
    """  # noqa: D301 - \b keeps the lines in the help
    import msgspec  # noqa: PLC0415 - not for --help

    from engine.report.answers import why_not_text  # noqa: PLC0415 - not for --help

    with engine_of(site) as engine:
        answer = engine.why_not(DecisionId(decision), OptionId(option))
    click.echo(msgspec.json.encode(answer).decode() if form == "json" else why_not_text(answer))


@click.command("what-if")
@click.argument("decision")
@_FORMAT
@click.pass_obj
@told
def what_if(site: Site, decision: str, form: str) -> None:
    """Tell the smallest change of what can be changed that would change the top option of DECISION.

    Or lift an exclusion. Drugs that are stopped, smoking given up and a weight somewhat other are
    tried in a copy of the sealed record, one and two at a time, through rules and model; age, sex,
    genes and diagnoses never. It shows what an answer hangs on; it is no advice to change it.

    \b
    Examples:
        whyrx --demo what-if DECISION
        whyrx --demo what-if DECISION --format json

    Ends with 0 also where no such change is found, with 2 where there is no such decision.
    """  # noqa: D301 - \b keeps the lines in the help
    import msgspec  # noqa: PLC0415 - not for --help

    from engine.decision.counterfactuals import counterfactual_text  # noqa: PLC0415 - not for --help

    with engine_of(site) as engine:
        found = engine.counterfactuals(DecisionId(decision))
        assessments = engine.dossier(DecisionId(decision)).decision.assessments
    titles = {item.option.option_id: item.option.title for item in assessments}
    click.echo(msgspec.json.encode(found).decode() if form == "json" else counterfactual_text(found, titles))


@click.command()
@click.argument("decision")
@_FORMAT
@click.pass_obj
@told
def settle(site: Site, decision: str, form: str) -> None:
    """Tell which missing datum of DECISION is worth asking for first, and what each answer would change.

    Every answer that the rules can tell apart is put into a copy of the sealed record, decided and
    evaluated: nothing is estimated. Data are tried one at a time, entries of a list one at a time.
    The datum that could change most verdicts comes first, then what could exclude an option, then
    what settles most rules.

    \b
    Examples:
        whyrx --demo settle DECISION
        whyrx --demo settle DECISION --format json

    Ends with 0 also where nothing is missing, with 2 where there is no such decision.
    """  # noqa: D301 - \b keeps the lines in the help
    import msgspec  # noqa: PLC0415 - not for --help

    from engine.report.answers import information_text  # noqa: PLC0415 - not for --help

    with engine_of(site) as engine:
        values = engine.information(DecisionId(decision))
    click.echo(msgspec.json.encode(values).decode() if form == "json" else information_text(values))
