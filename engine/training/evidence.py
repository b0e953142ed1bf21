"""Rankers where no patient-level data exist: from published trial averages, and saying so.

A network meta-analysis pools the trials; an XGBoost ranker then learns, from draws of its joint
uncertainty, in what order the options stand by effect, uncertainty and tolerability. What it gives is
*synthetic: from published averages*: it knows nothing of the one patient. Options whose interval
against the better one overlaps zero stay tied, whatever their scores.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from msgspec import UNSET

from engine.domain.ids import ContentHash, ModelId
from engine.errors import NotReadable
from engine.ranking.card import sealed
from engine.ranking.evidence_card import EvidenceCard
from engine.ranking.evidence_model import rows_of
from engine.ranking.league import League
from engine.training.carding import packages
from engine.training.evidence_recipe import EvidenceRecipe, evidence_attributes
from engine.training.network import Network, Split, Study, fit_network, p_of_q, splits
from engine.training.table import Floats

#: Direct and indirect evidence differ where chance alone would part them as far in one of twenty.
NOTABLE: Final = 0.05
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
class RankedOption:
    """One option as the evidence orders it."""

    option: str
    given: tuple[str, ...]
    """What the network calls it: one name, or one a dose."""
    ground: str
    """What it was measured on; places are of one ground."""
    effect: float
    """Against the reference, turned so that more is better; the mean over open doses."""
    error: float
    p_score: float
    """Mean certainty of being better than another option (Rücker and Schwarzer 2015), over open doses."""
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
        options=tuple(_placed(league, scores)),
        trees=trees,
    )


def _league(recipe: EvidenceRecipe, pooled: Network, tolerated: Network | None) -> League:
    """Return the pooled effects, turned so that more is better, without what nobody could choose."""
    named = [choice.option for choice in recipe.choices]
    options = named or [name for name in pooled.options if name not in recipe.leave_out]
    given = [name for choice in recipe.choices for name in choice.given] or options
    if missing := sorted(set(given) - set(pooled.options)):
        raise NotReadable(
            f"no trial gave {', '.join(missing)}.", hint="Name under choices only doses of the table."
        )
    places = [pooled.options.index(name) for name in given]

    def tolerability(name: str) -> float | None:
        if tolerated is None or name not in tolerated.options:
            return None
        return _rounded(-tolerated.against(name, recipe.reference)[0])

    return League(
        options=tuple(options),
        effects=tuple(_rounded(recipe.sign * pooled.effects[place]) for place in places),
        covariance=tuple(tuple(_rounded(pooled.covariance[one, two]) for two in places) for one in places),
        tolerability=tuple(map(tolerability, options)),
        doses=tuple(choice.doses for choice in recipe.choices) or UNSET,
        grounds=tuple(choice.ground for choice in recipe.choices) or UNSET,
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
    figures = np.array(league.effects) + chance.standard_normal((_DRAWS, len(values))) @ root.T
    drawn = _one_dose_each(league, figures, chance)
    relevance = np.argsort(np.argsort(drawn, axis=1, kind="stable"), axis=1)
    matrix = xgboost.DMatrix(np.tile(features, (_DRAWS, 1)), relevance.ravel(), nthread=1)
    matrix.set_group([count] * _DRAWS)
    booster = xgboost.train({**_PARAMETERS, "seed": recipe.seed}, matrix, _ROUNDS)
    score = booster.predict(xgboost.DMatrix(features, nthread=1), output_margin=True)
    return bytes(booster.save_raw("json")) + b"\n", tuple(_rounded(one) for one in score)


def _one_dose_each(league: League, figures: Floats, chance: np.random.Generator) -> Floats:
    """Return draws of options: where the dose is open, each draw is at one of them."""
    rows = np.arange(len(figures))
    drawn = [
        figures[rows, chance.integers(of.start, of.stop, len(figures))]
        for of in map(league.figures, range(len(league.options)))
    ]
    return np.stack(drawn, axis=1)


def _placed(league: League, scores: Sequence[float]) -> Iterable[RankedOption]:
    """Place the options best first, apart for each ground.

    A place begins where intervals part all above from all below.
    """
    grounds: dict[str, list[int]] = {}
    for option in range(len(league.options)):
        grounds.setdefault(league.ground(option), []).append(option)
    for ground, members in grounds.items():
        place = 1
        for group in league.groups([(option, scores[option]) for option in members]):
            for option in group:
                yield RankedOption(
                    option=league.options[option],
                    given=league.titles(option),
                    ground=ground,
                    effect=_rounded(league.effect(option)),
                    error=_rounded(league.error(option)),
                    p_score=round(p_score(league, option, members), 4),
                    score=scores[option],
                    place=place,
                )
            place += len(group)


def card_of(ranking: EvidenceRanking, model_id: ModelId, data: ContentHash) -> EvidenceCard:
    """Return the sealed card of a ranker; its trees are ``ranking.trees``."""
    recipe, fixed = ranking.recipe, ranking.fixed
    differ = [item for item in ranking.consistency if item.p_value < NOTABLE]
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
            split=(len(differ), len(ranking.consistency)),
            parameters=tuple((name, str(value)) for name, value in _PARAMETERS.items()),
            rounds=_ROUNDS,
            seed=recipe.seed,
            packages=packages(),
            attributes=evidence_attributes(recipe),
            trees=ContentHash(hashlib.sha256(ranking.trees).hexdigest()),
            measure=UNSET if recipe.measure == "odds ratio" else recipe.measure,
            limits=recipe.limits or UNSET,
        )
    )


def p_score(league: League, option: int, options: Sequence[int]) -> float:
    """Return the mean certainty that an option is better than each other one, at any of their doses."""
    from scipy.special import ndtr

    found = [
        float(np.mean([ndtr(np.divide(*league.difference(here, there))) for there in league.figures(other)]))
        for other in options
        if other != option
        for here in league.figures(option)
    ]
    return float(np.mean(found)) if found else 1.0
