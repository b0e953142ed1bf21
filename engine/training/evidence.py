"""Rankers where no patient-level data exist: from published trial averages, and saying so.

A network meta-analysis pools the trials; an XGBoost ranker then learns, from draws of its joint
uncertainty, in what order the options stand by effect, uncertainty and tolerability. What it gives is
*synthetic: from published averages*: it knows nothing of the one patient. Options whose interval
against the better one overlaps zero stay tied, whatever their scores.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.domain.decision import FROM_AVERAGES
from engine.domain.ids import ContentHash, ModelId
from engine.ranking.card import sealed
from engine.ranking.evidence_card import EvidenceCard
from engine.ranking.evidence_model import rows_of
from engine.ranking.league import League
from engine.ranking.rendering import table
from engine.training.carding import packages
from engine.training.network import Network, Split, Study, fit_network, p_of_q, splits

_NOTABLE: Final = 0.05
_DRAWS: Final = 400
_ROUNDS: Final = 60
_PARAMETERS: Final[dict[str, str | int | float]] = {
    "objective": "rank:pairwise",
    "lambdarank_pair_method": "mean",
    "lambdarank_num_pair_per_sample": 4,
    "base_score": 0.5,
    "tree_method": "hist",
    "max_depth": 3,
    "eta": 0.1,
    "min_child_weight": 1,
    "nthread": 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecipe:
    """A table of trial arms, and what is better."""

    evidence: str
    title: str
    outcome: str
    better: str
    """``more`` where an event is good (response), ``fewer`` where it is bad (stroke)."""
    reference: str
    citation: str
    licence: str
    study: str
    option: str
    events: str
    total: str
    seed: int
    separator: str = ","
    harms: str | None = None
    """A column of events of intolerance, in the same table."""
    leave_out: tuple[str, ...] = ()
    """Options that no clinician could choose (placebo, say): in the network, not in the order."""
    released: str = ""
    developer: str = ""
    funding: str = ""
    uses: Mapping[str, str] = field(default_factory=dict)
    """Of the nine kinds of data that evidence-based attributes ask about: how the source used them."""

    @property
    def sign(self) -> float:
        """Return what turns an effect so that more is better."""
        return 1.0 if self.better == "more" else -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedOption:
    """One option as the evidence orders it."""

    option: str
    effect: float
    """Log odds ratio against the reference, turned so that more is better."""
    error: float
    p_score: float
    """Mean certainty of being better than another option (Rücker and Schwarzer 2015)."""
    score: float
    """Of the XGBoost ranker."""
    place: int
    """Equal places are ties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRanking:
    """All that an evidence-based ranker says."""

    recipe: EvidenceRecipe
    studies: int
    fixed: Network
    random: Network
    consistency: tuple[Split, ...]
    league: League
    options: tuple[RankedOption, ...]
    trees: bytes


def rank_evidence(
    recipe: EvidenceRecipe, studies: Sequence[Study], harms: Sequence[Study] = ()
) -> EvidenceRanking:
    """Pool the studies, check them, and order the options; the same studies give the same bytes."""
    fixed = fit_network(studies, recipe.reference, random=False)
    pooled = fit_network(studies, recipe.reference, random=True)
    tolerated = fit_network(harms, recipe.reference, random=True) if harms else None
    league = _league(recipe, pooled, tolerated)
    trees, scores = _ranker(recipe, league)
    return EvidenceRanking(
        recipe=recipe,
        studies=len(studies),
        fixed=fixed,
        random=pooled,
        consistency=splits(studies, recipe.reference),
        league=league,
        options=_placed(league, pooled, scores, recipe.sign),
        trees=trees,
    )


def _league(recipe: EvidenceRecipe, pooled: Network, tolerated: Network | None) -> League:
    """Return the pooled effects, turned so that more is better, without what nobody could choose."""
    options = [name for name in pooled.options if name not in recipe.leave_out]
    places = [pooled.options.index(name) for name in options]

    def tolerability(name: str) -> float | None:
        if tolerated is None or name not in tolerated.options:
            return None
        return _rounded(-tolerated.against(name, recipe.reference)[0])

    return League(
        options=tuple(options),
        effects=tuple(_rounded(recipe.sign * pooled.effects[place]) for place in places),
        covariance=tuple(tuple(_rounded(pooled.covariance[one, two]) for two in places) for one in places),
        tolerability=tuple(map(tolerability, options)),
    )


def _rounded(value: float) -> float:
    """Return a figure to as many places as every machine agrees on."""
    return round(float(value), 6) + 0.0


def _ranker(recipe: EvidenceRecipe, league: League) -> tuple[bytes, tuple[float, ...]]:
    """Learn the order from draws of the effects' joint uncertainty: one group a draw."""
    import xgboost

    features = rows_of(league)
    count = len(league.options)
    chance = np.random.Generator(np.random.PCG64(recipe.seed))
    values, vectors = np.linalg.eigh(np.array(league.covariance))
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    drawn = np.array(league.effects) + chance.standard_normal((_DRAWS, count)) @ root.T
    relevance = np.argsort(np.argsort(drawn, axis=1, kind="stable"), axis=1)
    matrix = xgboost.DMatrix(np.tile(features, (_DRAWS, 1)), relevance.ravel(), nthread=1)
    matrix.set_group([count] * _DRAWS)
    booster = xgboost.train({**_PARAMETERS, "seed": recipe.seed}, matrix, _ROUNDS)
    score = booster.predict(xgboost.DMatrix(features, nthread=1), output_margin=True)
    return bytes(booster.save_raw("json")) + b"\n", tuple(_rounded(one) for one in score)


def _placed(
    league: League, pooled: Network, scores: Sequence[float], sign: float
) -> tuple[RankedOption, ...]:
    """Place the options best first; a place begins where intervals part all above from all below."""
    found: list[RankedOption] = []
    for group in league.groups(list(enumerate(scores))):
        place = len(found) + 1
        found += [
            RankedOption(
                option=league.options[item],
                effect=league.effects[item],
                error=_rounded(league.error(item)),
                p_score=round(p_score(pooled, league.options[item], league.options, sign), 4),
                score=scores[item],
                place=place,
            )
            for item in group
        ]
    return tuple(found)


def card_of(ranking: EvidenceRanking, model_id: ModelId, data: ContentHash) -> EvidenceCard:
    """Return the sealed card of a ranker; its trees are ``ranking.trees``."""
    recipe, fixed = ranking.recipe, ranking.fixed
    both = [item for item in ranking.consistency if item.p_value < _NOTABLE]
    return sealed(
        EvidenceCard(
            model_id=model_id,
            title=recipe.title,
            outcome=recipe.outcome,
            better=recipe.better,
            reference=recipe.reference,
            citation=recipe.citation,
            licence=recipe.licence,
            data=data,
            studies=ranking.studies,
            league=ranking.league,
            tau=_rounded(math.sqrt(ranking.random.tau2)),
            q=_rounded(fixed.q),
            degrees=fixed.degrees,
            inconsistency_p=_rounded(p_of_q(fixed.q_between, fixed.degrees_between)),
            split=(len(both), len(ranking.consistency)),
            parameters=tuple((name, str(value)) for name, value in _PARAMETERS.items()),
            rounds=_ROUNDS,
            seed=recipe.seed,
            packages=packages(),
            attributes=evidence_attributes(recipe),
            trees=ContentHash(hashlib.sha256(ranking.trees).hexdigest()),
        )
    )


def p_score(network: Network, option: str, options: Sequence[str], sign: float) -> float:
    """Return the mean certainty that an option is better than each other one."""
    from scipy.special import ndtr

    found = [
        float(ndtr(sign * network.against(option, other)[0] / network.error(option, other)))
        for other in options
        if other != option
    ]
    return float(np.mean(found)) if found else 1.0


def evidence_text(ranking: EvidenceRanking) -> str:
    """Return ranking, league against the reference and consistency as Markdown."""
    recipe, fixed, pooled = ranking.recipe, ranking.fixed, ranking.random
    both = ((fixed, "fixed"), (pooled, "random"))

    def league(option: str) -> list[str]:
        cells = []
        for network, _ in both:
            effect, low, high = np.exp(network.against(option, recipe.reference))
            cells.append(f"{effect:.2f} ({low:.2f} to {high:.2f})")
        return cells

    parts = [
        f"# {recipe.title}",
        f"*{FROM_AVERAGES}*. {recipe.citation}",
        f"{recipe.outcome}: odds ratio against {recipe.reference}, 95 % interval. {_TIES}",
        table(
            ("place", "option", "fixed effects", "random effects", "P-score", "ranker's score (synthetic)"),
            (
                (item.place, item.option, *league(item.option), f"{item.p_score:.2f}", f"{item.score:+.2f}")
                for item in ranking.options
            ),
        ),
        _agreement(fixed, pooled),
    ]
    odd = sorted(
        (item for item in ranking.consistency if item.p_value < _NOTABLE), key=lambda item: item.p_value
    )
    parts.append(
        f"Direct against indirect evidence: {len(odd)} of {len(ranking.consistency)} pairs differ (p < .05)."
    )
    if odd:
        parts.append(
            table(
                ("pair", "direct", "indirect", "p"),
                (
                    (
                        " against ".join(reversed(item.pair)),
                        f"{np.exp(item.direct):.2f}",
                        f"{np.exp(item.indirect):.2f}",
                        f"{item.p_value:.3g}",
                    )
                    for item in odd
                ),
            )
        )
    parts.append(table(("evidence-based source attribute", ""), evidence_attributes(recipe)))
    return "\n\n".join(parts) + "\n"


_TIES: Final = "Equal places are ties: their intervals overlap."


def _agreement(fixed: Network, pooled: Network) -> str:
    """Return how far the studies agree, as a sentence."""
    chance = p_of_q(fixed.q_between, fixed.degrees_between)
    return (
        f"Between-study standard deviation {np.sqrt(pooled.tau2):.3f}. Q {fixed.q:.2f} on {fixed.degrees} "
        f"degrees of freedom; within designs {fixed.q_within:.2f} on {fixed.degrees_within}; between designs "
        f"(inconsistency) {fixed.q_between:.2f} on {fixed.degrees_between}, p {chance:.3g}."
    )


#: 45 CFR 170.315 (b)(11)(iv)(A), in the words of the page that ``attributes`` names.
_USES: Final = (
    "race",
    "ethnicity",
    "language",
    "sexual orientation",
    "gender identity",
    "sex",
    "date of birth",
    "social determinants of health data",
    "health status assessments data",
)


def evidence_attributes(recipe: EvidenceRecipe) -> tuple[tuple[str, str], ...]:
    """Return the 13 source attributes of an evidence-based intervention."""
    return (
        ("bibliographic citation", recipe.citation),
        ("developer", recipe.developer or "the WhyRx project, from the cited trials"),
        ("funding of the technical implementation", recipe.funding or "none"),
        ("release and revision dates of the source", recipe.released or "as in the citation"),
        *((f"use of {name}", recipe.uses.get(name, "not used by the pooled averages")) for name in _USES),
    )
