"""A ranker of published averages on disk: verified, loaded, asked for scores.

It orders where no patient-level data exist. Its trees see of each option the pooled effect, its
uncertainty and how it is tolerated, and of the patient nothing; what it cannot separate stays tied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.domain.decision import FROM_AVERAGES, RankingNote, RankingStatus
from engine.domain.ids import ContentHash, OptionId
from engine.domain.options import EligibleOption, ModelScore
from engine.domain.replies import ModelStatus
from engine.ports import ModelOrder
from engine.ranking.evidence_card import decode, evidence_card_text
from engine.ranking.league import League
from engine.ranking.model import Content, hash_of_files
from engine.ranking.verifying import load_trees, verified_card

if TYPE_CHECKING:
    import xgboost

EVIDENCE_CARD: Final = "evidence.json"
EVIDENCE_TREES: Final = "booster.json"
EVIDENCE_FILES: Final = (EVIDENCE_CARD, EVIDENCE_TREES)


def rows_of(league: League) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return what the trees see of each option: effect, its standard error, tolerability (NaN: not told)."""
    return np.array(
        [
            [league.effect(option), league.error(option), np.nan if tolerated is None else tolerated]
            for option, tolerated in enumerate(league.tolerability)
        ],
        dtype=np.float32,
    )


class EvidenceModel:
    """A model whose files are the ones its card was written with."""

    def __init__(self, content: Content, folder: Path) -> None:
        """Verify the files.

        Raises:
            ModelAltered: the trees differ from the card, or the card from its seal.
        """
        self.card = verified_card(
            content, folder / EVIDENCE_CARD, decode, lambda card: ((EVIDENCE_TREES, card.trees),)
        )
        self.content: ContentHash = hash_of_files(content)
        self._trees = content[EVIDENCE_TREES]
        self._booster: xgboost.Booster | None = None

    @property
    def status(self) -> ModelStatus:
        """Return what the model is, with its card as a page."""
        return ModelStatus(
            model_id=self.card.model_id,
            title=self.card.title,
            model_hash=self.content,
            trained_on=FROM_AVERAGES,
            card=evidence_card_text(self.card),
        )

    def order(self, options: Sequence[EligibleOption]) -> ModelOrder:
        """Order options, best first, apart for each place that evidence gives: only there do models order.

        One that the trials do not speak of ties with all that evidence puts beside it.
        """
        scores = self.scores()
        known: dict[OptionId, int] = {}
        strange: list[str] = []
        beside: dict[int, list[OptionId]] = {}
        for each in options:
            option = each.assessment.option
            level = option.model_level
            if level is not None and level in range(len(scores)):
                known[option.option_id] = level
            else:
                strange.append(option.title)
            beside.setdefault(option.evidence.order if option.evidence else 0, []).append(option.option_id)
        groups = [
            group for _, names in sorted(beside.items()) for group in self._groups(names, known, scores)
        ]
        said_of_all = (
            f"{FROM_AVERAGES} ({self.card.outcome}, {self.card.studies} trials), nothing of this patient"
        )
        silent = (
            f"; of {', '.join(strange)} the trials say nothing, which ties all that evidence puts beside"
            if strange
            else ""
        )
        note = RankingNote(
            status=RankingStatus.ORDERED,
            reason=said_of_all + silent + self._uncompared(beside.values(), known),
            model_id=self.card.model_id,
            model_hash=self.content,
            synthetic=True,
        )
        said = [
            ModelScore(option_id=name, score=scores[level], probability=None) for name, level in known.items()
        ]
        return ModelOrder(note=note, scores=tuple(said), groups=tuple(groups), explainable=False)

    def _uncompared(self, beside: Iterable[Sequence[OptionId]], known: Mapping[OptionId, int]) -> str:
        """Return what ties options for lack of one ground, as the rest of a sentence; empty if nothing."""
        found = {
            frozenset(self.card.league.ground(known[name]) for name in names if name in known)
            for names in beside
        }
        return "".join(
            f"; what was measured {' and what was measured '.join(sorted(grounds))} is not compared, "
            "and stays tied"
            for grounds in sorted(found, key=sorted)
            if len(grounds) > 1
        )

    def _groups(
        self, names: Sequence[OptionId], known: Mapping[OptionId, int], scores: Sequence[float]
    ) -> tuple[tuple[OptionId, ...], ...]:
        """Return options that evidence puts beside each other, best first; one unknown ties them."""
        if any(name not in known for name in names):
            return (tuple(sorted(names)),)
        levels = {known[name] for name in names}
        return tuple(
            tuple(sorted(name for name in names if known[name] in group))
            for group in self.card.league.groups([(level, scores[level]) for level in sorted(levels)])
        )

    def scores(self) -> tuple[float, ...]:
        """Return the score of each option of the catalogue."""
        margins = self.booster().inplace_predict(rows_of(self.card.league), predict_type="margin")
        return tuple(round(float(margin), 6) for margin in margins)

    def booster(self) -> xgboost.Booster:
        """Return the trees, loaded once."""
        if self._booster is None:
            self._booster = load_trees(self._trees)
        return self._booster
