"""The model card as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.ranking.card import Card, Performance
from engine.ranking.equity import Told
from engine.ranking.intervals import gain, wilson

_PROTOCOL = (
    "Ten-fold: trees, chances and ties made inside the fold; identical patients for every method; "
    "95 % Wilson intervals. A swap is low named for high or high for low."
)
_TIES = (
    "Options stay tied unless their scores differ by more than {gaps} log-odds (by what is known): "
    "the split-conformal quantile that puts the right option into the first group for {coverage} of patients."
)


def card_text(card: Card) -> str:
    """Return the card as Markdown; every number is the card's own."""
    parts = [
        f"# {card.title}",
        f"{sentence(card.label)} It answers: {card.question}",
        "Learnt from synthetic data."
        if card.synthetic
        else "Learnt from real patients, none of them synthetic.",
        "## Data",
        f"{card.data.title}. {card.data.citation} Licence: {card.data.licence}. SHA-256 {card.data.sha256}.",
        table(("step", "patients"), ((item.step, f"{item.patients:,}") for item in card.selection)),
        "## How often it is right",
        _PROTOCOL,
        _performance(card.performance),
        *_travel(card),
        "McNemar's exact test on identical patients:",
        table(
            ("method", "against", "patients", "only the first right", "only the second right", "p"),
            (
                (item.method, item.against, item.patients, item.only_method, item.only_against, item.p_value)
                for item in card.comparisons
            ),
        ),
        "The published equations, computed again:",
        table(("figure", "value"), card.reproduced),
        *_operation(card),
        *_groups(card),
        "## Inputs",
        table(
            ("input", "unit", "meaning", "known", ""),
            (
                (item.title, item.unit, item.meaning, _share(item.known), "required" if item.required else "")
                for item in card.features
            ),
        ),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card.limits),
        *_attributes(card),
        "## How it was made",
        f"{card.rounds} trees, seed {card.seed}; "
        + ", ".join(f"{name} {value}" for name, value in card.parameters)
        + f". With {', '.join(f'{name} {version}' for name, version in card.packages)}.",
        table(("file", "SHA-256"), card.files),
    ]
    return "\n\n".join(parts) + "\n"


def _travel(card: Card) -> Iterable[str]:
    """Return how the model does on patients unlike those it learnt from."""
    if card.blocks:
        yield "Blocks of consecutive records left out in turn:"
        yield _performance(card.blocks)
    for item in card.left_out:
        yield f"Left out of the fit altogether, {item.value}:"
        yield _performance(item.performance)


def _groups(card: Card) -> Iterable[str]:
    """Return the equity tables."""
    yield "## Groups"
    yield table(
        ("group", "method", "patients", "right", "95 %", "swaps", "stated chance"),
        (
            (
                row.group,
                row.method,
                f"{row.patients:,}",
                _share(row.accuracy),
                f"{_share(row.low)} to {_share(row.high)}",
                _share(row.swaps, places=2),
                "" if row.stated is None else _share(row.stated),
            )
            for row in card.equity.rows
        ),
    )
    yield "Changed alone, all else equal:"
    yield table(
        ("attribute", "method", "patients", "another option first", "another order"),
        (
            (
                item.attribute,
                item.method,
                f"{item.patients:,}",
                _share(item.first_changed),
                _share(item.order_changed),
            )
            for item in card.equity.flips
        ),
    )
    if card.equity.told:
        yield "Not an input. A model that is told it as well would reach:"
        yield table(
            (
                "not told",
                "method",
                "among",
                "patients",
                "as it is",
                "if told",
                "95 %",
                "right only if told",
                "only as it is",
                "gained by telling, points",
            ),
            (_told(item) for item in card.equity.told),
        )
    yield "Bias by absence, of all patients learnt from:"
    yield table(
        ("group", "patients", "lacks what the model needs", "inputs not known"),
        (
            (item.group, f"{item.patients:,}", _share(item.refused), _share(item.missing))
            for item in card.equity.absence
        ),
    )


def _told(item: Told) -> tuple[object, ...]:
    low, high = wilson(round(item.told * item.patients), item.patients)
    rise, least, most = gain(item.gained, item.lost, item.patients)
    return (
        item.group,
        item.method,
        item.value,
        f"{item.patients:,}",
        _share(item.without),
        _share(item.told),
        f"{_share(low)} to {_share(high)}",
        item.gained,
        item.lost,
        f"{100 * rise:+.1f} ({100 * least:+.1f} to {100 * most:+.1f})",
    )


def _attributes(card: Card) -> Iterable[str]:
    """Return the source attributes."""
    if card.attributes:
        yield "## Source attributes"
        yield table(
            ("group", "attribute", "", "filled in by"),
            (
                (item.group, item.name, item.value, "the training run" if item.from_run else "the author")
                for item in card.attributes
            ),
        )


def _operation(card: Card) -> Iterable[str]:
    """Return what governs chances, ties, refusals and explanations."""
    yield "## Chances and ties"
    gaps = " or ".join(f"{gap:.2f}" for gap in card.operating.gap)
    yield _TIES.format(gaps=gaps, coverage=_share(card.operating.coverage))
    yield table(
        ("method", "right band in first group", "mean size", "one option first", "right where it is one"),
        (
            (
                item.method,
                _share(item.coverage),
                f"{item.mean_size:.2f}",
                _share(item.single),
                _share(item.accuracy_single),
            )
            for item in card.separability
        ),
    )
    yield "Chances, in ten bins of equal size (stated against observed):"
    yield table(
        ("method", "calibration error", "bins"),
        (
            (
                item.method,
                _share(item.error),
                ", ".join(f"{bin_.predicted:.2f} / {bin_.observed:.2f}" for bin_ in item.bins),
            )
            for item in card.calibration
        ),
    )
    yield "## Refusals"
    yield "Patients refused by the domain guard after a unit error:"
    yield table(("error", "refused"), ((item.error, _share(item.refused)) for item in card.guard_checks))
    if card.fidelity:
        yield "## Explanations"
        yield "LIME against the exact attributions, on artificial patients of the reference population:"
        yield table(
            ("option", "faithful", "roughly faithful", "withheld"),
            (
                (item.option, _share(item.faithful), _share(item.roughly), _share(item.withheld))
                for item in card.fidelity
            ),
        )


def _performance(rows: Sequence[Performance]) -> str:
    return table(
        ("method", "patients", "right band", "95 %", "mean over bands", "swaps"),
        (
            (
                item.method,
                f"{item.patients:,}",
                _share(item.accuracy),
                f"{_share(item.low)} to {_share(item.high)}",
                _share(item.macro_recall),
                _share(item.swaps, places=2),
            )
            for item in rows
        ),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _share(value: float, places: int = 1) -> str:
    return f"{100 * value:.{places}f} %"


def capitalised(text: str) -> str:
    """Return a text that begins with a capital."""
    return f"{text[:1].upper()}{text[1:]}"


def sentence(text: str) -> str:
    """Return a clause as a sentence."""
    return f"{capitalised(text)}."
