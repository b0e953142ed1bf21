"""What pooling the trials of an evidence recipe gave, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.domain.decision import FROM_AVERAGES
from engine.ranking.rendering import table
from engine.training.evidence import NOTABLE, EvidenceRanking, RankedOption
from engine.training.evidence_recipe import EvidenceRecipe, evidence_attributes
from engine.training.network import Network, Split, p_of_q

_TIES: Final = "Equal places are ties: their intervals overlap"


def evidence_text(ranking: EvidenceRanking) -> str:
    """Return ranking, league against the reference and consistency as Markdown."""
    recipe, fixed, pooled = ranking.recipe, ranking.fixed, ranking.random
    parts = [
        f"# {recipe.title}",
        f"*{FROM_AVERAGES}*. {recipe.citation}",
        f"{recipe.outcome}: {recipe.measure} against {recipe.reference}, 95 % interval. {_ties(recipe)}.",
        *(_places(ranking, ground) for ground in dict.fromkeys(item.ground for item in ranking.options)),
        _agreement(fixed, pooled),
    ]
    odd = sorted(
        (item for item in ranking.consistency if item.p_value < NOTABLE), key=lambda item: item.p_value
    )
    parts.append(
        f"Direct against indirect evidence: {len(odd)} of {len(ranking.consistency)} pairs differ (p < .05)."
    )
    if odd:
        parts.append(_odd(recipe, odd))
    if recipe.limits:
        parts.append("\n".join(f"- {limit}" for limit in recipe.limits))
    parts.append(table(("evidence-based source attribute", ""), evidence_attributes(recipe)))
    return "\n\n".join(parts) + "\n"


def _ties(recipe: EvidenceRecipe) -> str:
    return f"{_TIES} at some of the doses that the options leave open" if recipe.choices else _TIES


def _places(ranking: EvidenceRanking, ground: str) -> str:
    """Return the options measured on one ground, each dose in a row."""
    both = (ranking.fixed, ranking.random)
    rows = [
        (item.place, given, *(_cell(ranking.recipe, network, given) for network in both), *_scores(item))
        for item in ranking.options
        if item.ground == ground
        for given in item.given
    ]
    found = table(
        ("place", "option", "fixed effects", "random effects", "P-score", "ranker's score (synthetic)"), rows
    )
    return f"Measured {ground}:\n\n{found}" if ground else found


def _scores(item: RankedOption) -> tuple[str, str]:
    return f"{item.p_score:.2f}", f"{item.score:+.2f}"


def _cell(recipe: EvidenceRecipe, network: Network, given: str) -> str:
    effect, low, high = _shown(recipe, network.against(given, recipe.reference))
    return f"{effect} ({low} to {high})"


def _shown(recipe: EvidenceRecipe, effects: Sequence[float]) -> list[str]:
    """Return effects as people know them: odds ratios, or means as they are."""
    if recipe.measure == "odds ratio":
        return [f"{np.exp(effect):.2f}" for effect in effects]
    return [f"{effect:+.1f}" for effect in effects]


def _odd(recipe: EvidenceRecipe, odd: Sequence[Split]) -> str:
    """Return the pairs of which direct and indirect evidence differ."""
    return table(
        ("pair", "direct", "indirect", "p"),
        (
            (
                " against ".join(reversed(item.pair)),
                *_shown(recipe, (item.direct, item.indirect)),
                f"{item.p_value:.3g}",
            )
            for item in odd
        ),
    )


def _agreement(fixed: Network, pooled: Network) -> str:
    """Return how far the studies agree, as a sentence."""
    chance = p_of_q(fixed.q_between, fixed.degrees_between)
    return (
        f"Between-study standard deviation {np.sqrt(pooled.tau2):.3f}. Q {fixed.q:.2f} on {fixed.degrees} "
        f"degrees of freedom; within designs {fixed.q_within:.2f} on {fixed.degrees_within}; between designs "
        f"(inconsistency) {fixed.q_between:.2f} on {fixed.degrees_between}, p {chance:.3g}."
    )
