"""Watching a model over recorded decisions: has what it is asked drifted, and what would another model say?

Both read sealed records and write nothing. A model is never changed by them: whoever wants another model
installs it, and the decisions say by hash which one ordered them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engine.decision.ordering import eligible
from engine.domain.decision import Decision, RankingStatus
from engine.domain.ids import DecisionId, ModelId, OptionId
from engine.domain.models import ModelFeature, ModelInput
from engine.domain.pages import DecisionFilter
from engine.explanation.bank import codes_of
from engine.explanation.reference import MISSING, Reference, from_json
from engine.ports import FactSource, Ranker, Store
from engine.ranking.ranker import ModelRanker

#: Fewer decisions than this say nothing of drift.
SMALLEST: Final = 30
#: Population stability index from which a shift is more than a trifle, by the usual rule of thumb.
_NOTABLE: Final = 0.2
_CHANCE: Final = 0.01
#: No bin is taken for impossible: a share of at least this is given to each.
_LEAST: Final = 1e-3
_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One input over recorded decisions, against the patients the model learnt from."""

    title: str
    decisions: int
    index: float
    """Population stability index over the clinical bins, *not known* among them."""
    p_value: float
    """Of a chi-squared test on the same bins."""
    drifted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One recorded decision, as it was ordered and as a challenger would order it."""

    decision_id: DecisionId
    champion: tuple[OptionId, ...]
    """The options in first place."""
    challenger: tuple[OptionId, ...]
    withheld: str
    """Why the challenger orders nothing; empty where it orders."""


def drift_of(
    reference: Reference, features: Sequence[ModelFeature], asked: Sequence[Sequence[ModelInput]]
) -> tuple[Drift, ...]:
    """Compare the inputs of decisions with the reference statistics, feature by feature.

    A feature has drifted where its index is notable and chance alone hardly explains it, over all features
    (Bonferroni). With fewer than ``SMALLEST`` decisions nothing has.
    """
    from scipy.special import gammaincc

    codes = np.array([codes_of(features, inputs) for inputs in asked], dtype=np.int64).reshape(
        -1, len(features)
    )
    found = []
    for place, feature in enumerate(features):
        learnt = _shares(reference, feature)
        seen = np.array([(codes[:, place] == code).sum() for code in learnt], dtype=np.float64)
        expected = np.array(list(learnt.values()))
        count = max(1, len(codes))
        share = np.clip(seen / count, _LEAST, None)
        index = float(((share - expected) * np.log(share / expected)).sum())
        statistic = float(count * ((seen / count - expected) ** 2 / expected).sum())
        p_value = float(gammaincc((len(learnt) - 1) / 2, statistic / 2))
        notable = index >= _NOTABLE and p_value < _CHANCE / len(features)
        found.append(
            Drift(
                title=feature.title,
                decisions=len(codes),
                index=round(index, 4),
                p_value=float(f"{p_value:.3g}"),
                drifted=len(codes) >= SMALLEST and notable,
            )
        )
    return tuple(found)


def _shares(reference: Reference, feature: ModelFeature) -> dict[int, float]:
    """Return how often each bin was met among the patients learnt from, *not known* first."""
    counted: Counter[int] = Counter()
    for table in reference.tables:
        if feature.name in table.drawn:
            column = len(table.given) + table.drawn.index(feature.name)
            for cell, patients in table.cells:
                counted[cell[column]] += patients
    total = sum(counted.values()) or 1
    shares = {code: max(_LEAST, counted[code] / total) for code in (MISSING, *range(feature.bins))}
    whole = sum(shares.values())
    return {code: share / whole for code, share in shares.items()}


def challenge(decisions: Iterable[Decision], challenger: Ranker) -> tuple[Challenge, ...]:
    """Ask a challenger to order what the champion ordered; decisions without a model's order are left out."""
    found = []
    for decision in decisions:
        model_id = decision.ranking.model_id
        if model_id is None or decision.ranking.status is not RankingStatus.ORDERED:
            continue
        options = eligible(decision.assessments)
        order = challenger.order(model_id, decision.record, options, decision.decided_at)
        scores = {item.option_id: item.score.score for item in decision.ranked if item.score is not None}
        first = [item for item in decision.ranked if item.option_id in scores]
        best = min((item.place for item in first), default=0)
        found.append(
            Challenge(
                decision_id=decision.decision_id,
                champion=tuple(sorted(item.option_id for item in first if item.place == best)),
                challenger=order.groups[0] if order.groups else (),
                withheld=order.note.reason if order.note.status is not RankingStatus.ORDERED else "",
            )
        )
    return tuple(found)


class ModelWatch:
    """The watch over one database and its installed models."""

    def __init__(self, store: Store, ranker: ModelRanker, facts: FactSource) -> None:
        """Take where decisions are recorded, the models in use, and the floor that reads records."""
        self._store = store
        self._ranker = ranker
        self._facts = facts

    def drift(self, model_id: ModelId) -> tuple[Drift, ...]:
        """Compare what a model was asked in recorded decisions with what it learnt from.

        Raises:
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from its card.
        """
        model = self._ranker.model(model_id)
        asked = [
            model.inputs(decision.record, decision.decided_at)
            for decision in self._recorded()
            if decision.ranking.model_id == model_id
        ]
        return drift_of(from_json(model.reference), model.features, asked)

    def challenge(self, models: Path) -> tuple[Challenge, ...]:
        """Let the models of another folder order what the ones in use ordered.

        Raises:
            ModelMissing: a model of some decision is not in that folder.
            ModelAltered: its files differ from its card.
        """
        return challenge(self._recorded(), ModelRanker(models, self._facts))

    def _recorded(self) -> Iterator[Decision]:
        after = 0
        while True:
            page = self._store.decisions(DecisionFilter(), after, _PAGE)
            for row in page.rows:
                yield self._store.decision(row.decision_id)
            after = page.next_after
            if not after:
                return


def drift_text(found: Sequence[Drift]) -> str:
    """Return the drift as lines for people, the largest first."""
    count = found[0].decisions if found else 0
    lines = [f"{count} decisions against the patients the model learnt from."]
    if count < SMALLEST:
        lines.append(f"Too few to speak of drift: {SMALLEST} are needed.")
    lines += [
        f"{item.title:26s} index {item.index:7.3f} p {item.p_value:<7.3g}{' DRIFTED' * item.drifted}".rstrip()
        for item in sorted(found, key=lambda item: -item.index)
    ]
    return "\n".join(lines) + "\n"


def challenge_text(found: Sequence[Challenge]) -> str:
    """Return champion and challenger side by side; the decisions they differ on are listed."""
    differ = [item for item in found if item.champion != item.challenger]
    lines = [
        f"{len(found)} decisions ordered by the champion; the challenger puts others first in {len(differ)}."
    ]
    lines += [
        f"{item.decision_id}: {', '.join(item.champion)} -> {', '.join(item.challenger) or item.withheld}"
        for item in differ
    ]
    return "\n".join(lines) + "\n"
