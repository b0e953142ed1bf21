"""The explainer: LIME beside exact attributions for every option a model scored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from engine.domain.explanation import Attribution, Explanation, Grade
from engine.domain.ids import ContentHash, FeatureName, ModelId, OptionId
from engine.domain.models import ModelFeature, ModelInput
from engine.domain.options import EligibleOption
from engine.domain.patient import PatientRecord
from engine.explanation.bank import Bank, Values, codes_of, draw, values_of
from engine.explanation.deletion import deletion_ratio
from engine.explanation.fidelity import fidelity
from engine.explanation.local_surrogate import bins_of, surrogate
from engine.explanation.reference import MISSING, from_json
from engine.explanation.tree_attribution import TreeAttribution, loaded
from engine.ports import ScoringModel, ScoringModels

SAMPLES: Final = 10_000
#: Patterns of missing data kept ready; each takes about a second to make and some ten megabytes.
_KEPT: Final = 24
#: Models kept ready: the one in use, and its negative control.
_MODELS_KEPT: Final = 2
#: Sums over thousands of samples agree to far more places than this on every machine.
_PLACES: Final = 6


class _Comparison:
    """The bank with some features missing of everyone, and its scores for each level explained so far."""

    def __init__(self, trees: bytes, bank: Bank, *, every_bin: bool) -> None:
        self.bank = bank
        self.bins = bins_of(bank.codes) if every_bin else ()
        self._trees = trees
        self._levels: dict[int, TreeAttribution] = {}

    def level(self, level: int) -> TreeAttribution:
        """Return the trees with one option held fixed."""
        if level not in self._levels:
            self._levels[level] = TreeAttribution(self._trees, self.bank.values, level)
        return self._levels[level]


class ModelExplanation:
    """One model, made ready to explain."""

    def __init__(
        self, features: Sequence[ModelFeature], trees: bytes, reference: bytes, samples: int = SAMPLES
    ) -> None:
        """Draw the bank; its seed is a hash over the trees and the statistics."""
        self._features = tuple(features)
        self._trees = trees
        self.seed = int(hashlib.sha256(trees + reference).hexdigest()[:8], 16)
        self.samples = samples
        statistics = from_json(reference)
        self._every_bin = statistics.every_bin
        self.bank = draw(statistics, self._features, samples, self.seed)
        self._booster = loaded(trees)
        self._threads = ThreadpoolController()
        self._comparisons: dict[tuple[int, ...], _Comparison] = {}

    def level(self, level: int, missing: tuple[int, ...] = ()) -> TreeAttribution:
        """Return the trees with one option held fixed, these features missing of everyone."""
        return self._comparison(missing).level(level)

    def _comparison(self, missing: tuple[int, ...]) -> _Comparison:
        """Return the bank with these features missing; the ones used longest ago are forgotten."""
        found = self._comparisons.pop(missing, None) or _Comparison(
            self._trees, self.bank.without(missing), every_bin=self._every_bin
        )
        self._comparisons[missing] = found
        if len(self._comparisons) > _KEPT:
            del self._comparisons[next(iter(self._comparisons))]
        return found

    def explain(
        self, inputs: Sequence[ModelInput], options: Sequence[tuple[OptionId, int]]
    ) -> tuple[Explanation, ...]:
        """Explain the score of each option, given by id and level.

        On one thread: the sums are then the same everywhere, and a busy machine does not stall them.
        """
        with self._threads.limit(limits=1):
            return self._explained(inputs, options)

    def _explained(
        self, inputs: Sequence[ModelInput], options: Sequence[tuple[OptionId, int]]
    ) -> tuple[Explanation, ...]:
        values, codes = values_of(inputs), codes_of(self._features, inputs)
        against = self._comparison(tuple(np.flatnonzero(codes == MISSING).tolist()))
        trees = [against.level(level) for _, level in options]
        own = self._scores(values, [level for _, level in options])
        scores = np.stack([tree.bank_scores for tree in trees]).T
        local = surrogate(against.bank.codes, scores, codes, own, against.bins)
        found: list[Explanation] = []
        for place, (option_id, _) in enumerate(options):
            tree, score = trees[place], float(own[place])
            exact = tree.attribute(values, score)
            moved = deletion_ratio(local.centred[place], exact.shares, exact.fall)
            match = fidelity(local.centred[place], exact.shares, float(local.r2[place]), moved)
            found.append(
                Explanation(
                    option_id=option_id,
                    score=round(score, _PLACES),
                    base=round(tree.base, _PLACES),
                    lime=()
                    if match.grade is Grade.WITHHELD
                    else self._attributions(inputs, local.centred[place]),
                    exact=self._attributions(inputs, exact.shares),
                    fidelity=match,
                    samples=self.samples,
                    seed=self.seed,
                )
            )
        return tuple(found)

    def _scores(self, values: Values, levels: Sequence[int]) -> npt.NDArray[np.float64]:
        """Return the patient's score with each option, all in one call."""
        rows = np.array([[level, *values] for level in levels], dtype=np.float32)
        return np.asarray(self._booster.inplace_predict(rows, predict_type="margin"), dtype=np.float64)

    def _attributions(
        self, inputs: Sequence[ModelInput], shares: npt.NDArray[np.float64]
    ) -> tuple[Attribution, ...]:
        """Return the shares in clinical words, largest first; equal ones in the order of the features."""
        order = np.argsort(-np.abs(np.round(shares, _PLACES)), kind="stable")
        return tuple(
            Attribution(
                feature=self._features[place].name,
                title=self._features[place].title,
                value=inputs[place].text,
                contribution=round(float(shares[place]), _PLACES) + 0.0,
            )
            for place in order
        )


class LimeExplainer:
    """Explains what a ranker scored; knows models only through their port."""

    def __init__(self, models: ScoringModels) -> None:
        """Take where models are found."""
        self._models = models
        self._ready: dict[ContentHash, ModelExplanation] = {}

    def explain(
        self,
        model_id: ModelId,
        record: PatientRecord,
        options: Sequence[EligibleOption],
        as_of: datetime,
    ) -> tuple[tuple[Explanation, ...], int]:
        """Return one explanation an option the model knows, and the seed that was used.

        The same model and patient give the same bytes, in every process.
        """
        model = self._models.model(model_id)
        ready = self._made_ready(model)
        known = [
            (option.assessment.option.option_id, option.assessment.option.model_level) for option in options
        ]
        asked = [(option_id, level) for option_id, level in known if level is not None]
        if not asked:
            return (), ready.seed
        return ready.explain(model.inputs(record, as_of), asked), ready.seed

    def warm(
        self, model_id: ModelId, levels: Sequence[int], unknown: Sequence[Sequence[FeatureName]] = ()
    ) -> None:
        """Draw the bank and score it ahead of the first question.

        Args:
            model_id: the model.
            levels: the options' levels.
            unknown: sets of features that patients often lack; nothing missing is always made ready.
        """
        model = self._models.model(model_id)
        ready = self._made_ready(model)
        names = [feature.name for feature in model.features]
        for lacking in ((), *unknown):
            missing = tuple(sorted(names.index(name) for name in lacking))
            for level in levels:
                ready.level(level, missing)

    def _made_ready(self, model: ScoringModel) -> ModelExplanation:
        """Return the model made ready; one whose files changed is made ready anew."""
        ready = self._ready.pop(model.content, None)
        if ready is None:
            ready = ModelExplanation(model.features, model.trees, model.reference)
        self._ready[model.content] = ready
        if len(self._ready) > _MODELS_KEPT:
            del self._ready[next(iter(self._ready))]
        return ready
