"""The 31 source attributes of a predictive decision support intervention, filled from the run where it can.

They follow 45 CFR 170.315 (b)(11)(iv)(B) (HTI-1 final rule, ONC 2024), in the grouping and order in which
https://docs.aidbox.app/modules/smartbox/the-b11-decision-support-interventions/source-attributes lists
them (read there in a stored copy; the Federal Register was not before our eyes). What no run can know
(who pays, how often it is looked at) the recipe's author writes; what nobody wrote says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine.ranking.card import Card, SourceAttribute

NOT_WRITTEN: Final = "not stated by the recipe"
#: Inputs that would be one of the nine kinds of sensitive data, by feature name.
_SENSITIVE: Final[Mapping[str, str]] = {
    "race": "race",
    "ethnicity": "ethnicity",
    "language": "language",
    "sexual_orientation": "sexual orientation",
    "gender_identity": "gender identity",
    "sex": "sex",
    "age": "date of birth",
    "social_determinants": "social determinants of health",
    "health_status": "health status assessments",
}
_Fill = Callable[[Card], str]


def attributes_of(card: Card, written: Mapping[str, str]) -> tuple[SourceAttribute, ...]:
    """Return all 31 attributes of a card.

    Args:
        card: with every figure of the run.
        written: what the recipe says, by attribute name.
    """
    return tuple(
        SourceAttribute(
            group=group,
            name=name,
            value=fill(card) if fill is not None else written.get(name, NOT_WRITTEN),
            from_run=fill is not None,
        )
        for group, several in _ATTRIBUTES.items()
        for name, fill in several
    )


def _sensitive(card: Card) -> str:
    names = {feature.name for feature in card.features}
    return "; ".join(
        f"{words}: {'input' if name in names else 'no input'}" for name, words in _SENSITIVE.items()
    )


def _selection(card: Card) -> str:
    return "; ".join(f"{item.step}: {item.patients:,}" for item in card.selection)


def _representation(card: Card) -> str:
    first = card.performance[0].method if card.performance else ""
    return "; ".join(f"{row.group} {row.patients:,}" for row in card.equity.rows if row.method in {first, ""})


def _validity(card: Card) -> str:
    found = [
        f"{item.method}: {100 * item.accuracy:.1f} % ({100 * item.low:.1f} to {100 * item.high:.1f}) "
        f"of {item.patients:,} out of fold"
        for item in card.performance
    ]
    found += [f"{item.method}: calibration error {100 * item.error:.1f} %" for item in card.calibration]
    if card.trial is not None:
        found += [
            f"{' / '.join(item.options)}: policy minus best arm {100 * item.difference:.1f} points "
            f"({100 * item.low:.1f} to {100 * item.high:.1f})"
            for item in card.trial.policies[-1:]
        ]
    return "; ".join(found)


def _fairness(card: Card) -> str:
    rows = [row for row in card.equity.rows if row.patients >= 50]
    if not rows:
        return "no group of 50 patients or more"
    worst = min(rows, key=lambda row: row.accuracy)
    return (
        f"{len({row.group for row in rows})} groups of 50 patients or more; lowest accuracy "
        f"{100 * worst.accuracy:.1f} % ({100 * worst.low:.1f} to {100 * worst.high:.1f}) in {worst.group}, "
        f"{worst.method}; the table of groups has them all"
    )


def _flips(card: Card) -> str:
    told = [item for item in card.equity.told if item.value == "all"]
    found = [
        f"{item.attribute}, {item.method}: changed alone it changes the first option of "
        f"{100 * item.first_changed:.1f} %"
        for item in card.equity.flips
    ]
    found += [
        f"left out on purpose: {item.group} ({item.method}: {100 * item.without:.1f} % right without, "
        f"{100 * item.told:.1f} % with)"
        for item in told
    ]
    return "; ".join(found) or NOT_WRITTEN


def _outside(card: Card) -> str:
    blocks = [f"{item.method}: {100 * item.accuracy:.1f} %" for item in card.blocks]
    left = [
        f"{item.value} left out: {row.method} {100 * row.accuracy:.1f} %"
        for item in card.left_out
        for row in item.performance[:1]
    ]
    return "; ".join([*blocks, *left]) or "none"


_ATTRIBUTES: Final[Mapping[str, tuple[tuple[str, _Fill | None], ...]]] = {
    "Details and output": (
        ("developer and contact", None),
        ("funding of the technical implementation", None),
        (
            "value that it gives",
            lambda card: f"an order of {len(card.levels)} options: {'; '.join(card.levels)}",
        ),
        (
            "type of output",
            lambda card: "synthetic prior order" if card.synthetic else "prediction, shown as an order",
        ),
    ),
    "Purpose": (
        ("intended use", lambda card: card.question),
        ("intended patients", None),
        ("intended users", None),
        ("intended role in decisions", None),
    ),
    "Cautioned use": (
        ("tasks, situations and patients to be careful with", None),
        ("known risks and limits", lambda card: " ".join(card.limits)),
    ),
    "Development": (
        ("inclusion and exclusion of training patients", _selection),
        ("sensitive data among the inputs", _sensitive),
        ("whom the training patients represent", _representation),
        ("relevance of the training patients to the place of use", None),
    ),
    "Fairness of development": (
        ("how fairness of the output was sought", _flips),
        ("how bias was managed or reduced", _fairness),
    ),
    "External validation": (
        (
            "data and setting",
            lambda card: f"none outside {card.data.title}, of which parts were left out in turn",
        ),
        ("who tested", None),
        (
            "whom the external patients represent",
            lambda card: ", ".join(item.value for item in card.left_out) or "none",
        ),
        ("process", lambda _: "each group, and each block of records, left out of the fit in turn"),
    ),
    "Quantitative measures": (
        ("validity on patients held out of the training data", _validity),
        ("fairness on patients held out of the training data", _fairness),
        ("validity on external patients", _outside),
        ("fairness on external patients", _outside),
        ("references to evaluations of outcomes", None),
    ),
    "Maintenance": (
        ("how and how often validity is monitored", None),
        ("validity on local patients", None),
        ("how and how often fairness is monitored", None),
        ("fairness on local patients", None),
    ),
    "Updates": (
        ("how and how often it is updated", None),
        ("how risks of validity and fairness are corrected", None),
    ),
}
