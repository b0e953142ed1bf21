"""Putting eligible options in order: tier, then evidence, then (inside both) the model.

What is excluded or cannot be assessed never arrives here: ``EligibleOption`` refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from engine.domain.ids import OptionId
from engine.domain.options import (
    Assessment,
    EligibleOption,
    ModelScore,
    OrderedBy,
    RankedOption,
    Verdict,
)

_TIERS = (Verdict.CLEAR, Verdict.CAUTION)


def eligible(assessments: Iterable[Assessment]) -> tuple[EligibleOption, ...]:
    """Return the options that may be ordered."""
    return tuple(EligibleOption(assessment=item) for item in assessments if item.verdict.eligible)


def in_order(
    options: Sequence[EligibleOption],
    scores: Sequence[ModelScore] = (),
    groups: Sequence[Sequence[OptionId]] = (),
) -> tuple[RankedOption, ...]:
    """Place the options; those that nothing separates share a place.

    Args:
        options: the eligible options, in the order of the indication.
        scores: what a model said of them; empty where no model ordered.
        groups: the model's order, best first, each group one tie.
    """
    level = {option_id: rank for rank, group in enumerate(groups) for option_id in group}
    by_option = {score.option_id: score for score in scores}

    def standing(option: EligibleOption) -> tuple[int, int]:
        return (
            _TIERS.index(option.assessment.verdict),
            evidence.order if (evidence := option.assessment.option.evidence) is not None else 0,
        )

    def full(option: EligibleOption) -> tuple[int, int, int]:
        return (*standing(option), level.get(option.assessment.option.option_id, len(groups)))

    ranked: list[RankedOption] = []
    places = {
        option.assessment.option.option_id: sum(standing(other) < standing(option) for other in options) + 1
        for option in options
    }
    shared = {
        option.assessment.option.option_id: sum(standing(other) == standing(option) for other in options)
        for option in options
    }
    for _, tied in groupby(sorted(options, key=full), key=full):
        members = list(tied)
        place = len(ranked) + 1
        for option in members:
            option_id = option.assessment.option.option_id
            separated = len(members) < shared[option_id]
            ranked.append(
                RankedOption(
                    option_id=option_id,
                    place=place,
                    tied=len(members) > 1,
                    ordered_by=OrderedBy.MODEL if separated else OrderedBy.EVIDENCE,
                    score=by_option.get(option_id),
                    moved_by_model=place != places[option_id],
                )
            )
    return tuple(ranked)
