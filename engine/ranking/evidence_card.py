"""The card of a ranker that learnt from published averages: the trials it pooled, and how they agree.

Every number is written by the run that pooled the trials (``main.py evidence``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from engine.domain.decision import FROM_AVERAGES
from engine.domain.ids import ContentHash, ModelId
from engine.ranking.league import League
from engine.ranking.rendering import capitalised, sentence, table


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCard:
    """Everything that may be asked of a ranker of published averages."""

    model_id: ModelId
    title: str
    outcome: str
    better: str
    """``more`` where an event is good (response), ``fewer`` where it is bad (stroke)."""
    reference: str
    """What effects stand against."""
    citation: str
    licence: str
    data: ContentHash
    """SHA-256 of the table of trial arms that was read."""
    studies: int
    league: League
    """Random effects; without the options that no clinician could choose."""
    tau: float
    """Between-study standard deviation, on the scale of the effects."""
    q: float
    degrees: int
    inconsistency_p: float
    """Of the test between designs."""
    split: tuple[int, int]
    """Pairs whose direct and indirect evidence differ (p < .05), and pairs that have both."""
    parameters: tuple[tuple[str, str], ...]
    rounds: int
    seed: int
    packages: tuple[tuple[str, str], ...]
    attributes: tuple[tuple[str, str], ...]
    """The 13 source attributes of an evidence-based intervention, 45 CFR 170.315 (b)(11)(iv)(A)."""
    trees: ContentHash
    """SHA-256 of the booster."""
    measure: str | UnsetType = UNSET
    """What the effects are. Not written where they are log odds ratios."""
    limits: tuple[str, ...] | UnsetType = UNSET
    """What its author warns of. Not written where the text that holds for all of them says it all."""
    seal: ContentHash | None = None
    """SHA-256 of this card without its seal."""


def decode(content: bytes) -> EvidenceCard:
    """Read a card.

    Raises:
        msgspec.DecodeError: it is not a card.
    """
    return msgspec.json.decode(content, type=EvidenceCard)


def evidence_card_text(card: EvidenceCard) -> str:
    """Return the card as Markdown; every number is the card's own."""
    league = card.league
    turn = 1.0 if card.better == "more" else -1.0
    nature = (
        f"{sentence(FROM_AVERAGES)} It knows nothing of the one patient: its scores are the same for "
        "everybody, and options whose 95 % intervals overlap are tied whatever their scores."
    )
    agreement = (
        f"Between-study standard deviation {card.tau:.3f}; Q {card.q:.2f} on {card.degrees} degrees of "
        f"freedom; inconsistency between designs p {card.inconsistency_p:.3g}; direct and indirect differ in "
        f"{card.split[0]} of {card.split[1]} pairs (p < .05)."
    )
    made = (
        f"{card.rounds} trees, seed {card.seed}; "
        + ", ".join(f"{name} {value}" for name, value in card.parameters)
        + f". With {', '.join(f'{name} {version}' for name, version in card.packages)}."
    )
    measure = "log odds ratio" if isinstance(card.measure, UnsetType) else card.measure
    return "\n\n".join(
        [
            f"# {card.title}",
            nature,
            "## Trials",
            f"{card.studies} trials. {card.citation} Licence: {card.licence}. SHA-256 {card.data}.",
            agreement,
            f"## {capitalised(card.outcome)}, {measure} against {card.reference}",
            _effects(league, turn),
            *_limits(card),
            "## Source attributes",
            table(("evidence-based source attribute", ""), card.attributes),
            "## How it was made",
            made,
        ]
    )


def _effects(league: League, turn: float) -> str:
    """Return a row for each figure: of an option, or of each dose that it leaves open."""
    one_ground = isinstance(league.grounds, UnsetType)
    return table(
        ("option", "effect", "standard error", *(() if one_ground else ("measured",))),
        (
            (
                title,
                f"{turn * league.effects[figure]:+.3f}",
                f"{math.sqrt(max(0.0, league.covariance[figure][figure])):.3f}",
                *(() if one_ground else (league.ground(option),)),
            )
            for option in range(len(league.options))
            for title, figure in zip(league.titles(option), league.figures(option), strict=True)
        ),
    )


def _limits(card: EvidenceCard) -> tuple[str, ...]:
    if isinstance(card.limits, UnsetType):
        return ()
    return ("## Limits", "\n".join(f"- {limit}" for limit in card.limits))
