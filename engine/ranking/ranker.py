"""Ordering eligible options by a trained model, or saying why not."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from engine.domain.decision import RankingNote, RankingStatus
from engine.domain.ids import ContentHash, FeatureName, ModelId, OptionId
from engine.domain.options import EligibleOption, ModelScore
from engine.domain.patient import PatientRecord
from engine.domain.replies import ModelStatus
from engine.errors import ModelAltered, ModelMissing
from engine.ports import FactSource, ModelOrder
from engine.ranking.card import Card, reasons_not_to_release
from engine.ranking.equity import bin_title, for_patients_like
from engine.ranking.evidence_model import EVIDENCE_CARD, EVIDENCE_FILES, EvidenceModel
from engine.ranking.features import PatientInputs
from engine.ranking.guard import reason_outside
from engine.ranking.model import Content, TrainedModel, hash_of_files, read_files


class ModelRanker:
    """The installed models: one folder each, its files checked anew at every use.

    It is also where an explainer finds the same models (``ScoringModels``).
    """

    def __init__(self, models: Path, facts: FactSource) -> None:
        """Take the folder of models, and the floor that reads records for them."""
        self._models = models
        self._facts = facts
        self._loaded: dict[ModelId, TrainedModel | EvidenceModel] = {}

    def read_with(self, facts: FactSource) -> None:
        """Read records with another floor from now on: one that speaks the words of new rules."""
        self._facts = facts
        self._loaded.clear()

    def installed(self, model_id: ModelId) -> TrainedModel | EvidenceModel:
        """Return a model whose files are, at this moment, the ones its card was written with.

        Raises:
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from the hash its card was written with.
        """
        files = self.files_of(model_id)
        loaded = self._loaded.get(model_id)
        if loaded is None or loaded.content != hash_of_files(files):
            self._loaded.pop(model_id, None)
            folder = self._models / model_id
            loaded = self._loaded[model_id] = (
                EvidenceModel(files, folder)
                if EVIDENCE_CARD in files
                else TrainedModel(files, folder, self._facts)
            )
        return loaded

    def model(self, model_id: ModelId) -> TrainedModel:
        """Return a model that learnt from patients, verified at this moment.

        Raises:
            ModelMissing: no such model is installed, or it learnt from no patients.
            ModelAltered: its files differ from the hash its card was written with.
        """
        model = self.installed(model_id)
        if isinstance(model, EvidenceModel):
            raise ModelMissing(
                f"the model {model_id} ranks by published averages and learnt from no patients.",
                hint="Name a model that main.py train made.",
            )
        return model

    def files_of(self, model_id: ModelId) -> Content:
        """Return the files of a model as they are, by name.

        Raises:
            ModelMissing: no such model is installed.
        """
        folder = self._models / model_id
        if (folder / EVIDENCE_CARD).is_file():
            return read_files(folder, model_id, EVIDENCE_FILES)
        return read_files(folder, model_id)

    def hash_of(self, model_id: ModelId) -> ContentHash:
        """Return the hash over the model's files."""
        return self.installed(model_id).content

    def card(self, model_id: ModelId) -> Card:
        """Return the card of a model that learnt from patients."""
        return self.model(model_id).card

    def status(self, model_id: ModelId) -> ModelStatus:
        """Return what a model is, with its card as a page.

        Raises:
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from the hash its card was written with.
        """
        return self.installed(model_id).status

    def warm(self, model_id: ModelId) -> tuple[tuple[FeatureName, ...], ...]:
        """Load the trees ahead of the first question: importing XGBoost takes seconds.

        Returns:
            The sets of inputs that patients often lack; empty where there is nothing to explain.
        """
        model = self.installed(model_id)
        model.booster()
        return () if isinstance(model, EvidenceModel) else model.card.operating.often_unknown

    def order(
        self,
        model_id: ModelId,
        record: PatientRecord,
        options: Sequence[EligibleOption],
        as_of: datetime,
    ) -> ModelOrder:
        """Order the options, best first; those the model cannot separate stay tied.

        Raises:
            ModelMissing: no such model is installed.
            ModelAltered: its files differ from the hash its card was written with.
        """
        model = self.installed(model_id)
        if isinstance(model, EvidenceModel):
            return model.order(options)
        patient = model.read(record, as_of)
        reason = _reason_to_withhold(model.card, patient, options)
        note = RankingNote(
            status=RankingStatus.WITHHELD if reason else RankingStatus.ORDERED,
            reason=reason or _label(model.card, patient),
            model_id=model_id,
            model_hash=model.content,
            inputs_missing=tuple(feature.title for feature in patient.missing),
            synthetic=model.card.synthetic,
        )
        if reason:
            return ModelOrder(note=note, scores=(), groups=())
        by_level = model.scores(patient.inputs)
        state = _state(model.card, patient)
        chances = _chances(by_level, model.card.operating.sharpness[state])
        found = [
            ModelScore(
                option_id=option.assessment.option.option_id,
                score=by_level[_level(option)],
                probability=chances[_level(option)],
            )
            for option in options
        ]
        return ModelOrder(
            note=note, scores=tuple(found), groups=tied_groups(found, model.card.operating.gap[state])
        )


class ArchivedRanker(ModelRanker):
    """One model as a database archived it: for a decision that it ordered, after another was installed."""

    def __init__(self, model_id: ModelId, content: ContentHash, files: Content, facts: FactSource) -> None:
        """Take the files.

        Raises:
            ModelAltered: they are not those that have this hash.
        """
        super().__init__(Path("archive"), facts)
        if hash_of_files(files) != content:
            raise ModelAltered(
                f"the archived model {content[:12]} no longer has the hash it was archived under.",
                hint="Tell the safety officer; verify the audit chain.",
            )
        self._model_id = model_id
        self._files = files

    def files_of(self, model_id: ModelId) -> Content:
        """Return the archived files.

        Raises:
            ModelMissing: another was asked for.
        """
        if model_id != self._model_id:
            raise ModelMissing(f"the archive was asked for {model_id}, and holds {self._model_id}.")
        return self._files


def tied_groups(scores: Sequence[ModelScore], gap: float) -> tuple[tuple[OptionId, ...], ...]:
    """Return the options best first, in groups that lie within the gap of their group's best.

    Inside a group the order says nothing; it is by id, so that equal input gives equal output.
    """
    groups: list[list[OptionId]] = []
    best = math.inf
    for score in sorted(scores, key=lambda item: (-item.score, item.option_id)):
        if not groups or best - score.score > gap:
            groups.append([])
            best = score.score
        groups[-1].append(score.option_id)
    return tuple(tuple(sorted(group)) for group in groups)


def _reason_to_withhold(card: Card, patient: PatientInputs, options: Sequence[EligibleOption]) -> str | None:
    """Return why the model must not order, in a clause; None where it may."""
    if unreleasable := reasons_not_to_release(card):
        return f"the model may not be used: {'; '.join(unreleasable)}"
    unknown = [
        option.assessment.option.title
        for option in options
        if option.assessment.option.model_level not in range(len(card.levels))
    ]
    if unknown:
        return f"the model does not know {', '.join(unknown)}"
    needed = [feature.title for feature in patient.missing if feature.required]
    if needed:
        return f"the model needs {', '.join(needed)}, which the record does not say"
    return reason_outside(card.operating.guard, patient)


def _label(card: Card, patient: PatientInputs) -> str:
    """Return what must stand beside the order: what the model learnt from, how it did for such patients."""
    groups = []
    for feature in patient.features:
        value = patient.value(feature.name)
        code = -1 if value is None else int(value) if feature.labels else bisect_right(feature.cuts, value)
        groups.append(bin_title(feature.title, feature.labels, feature.cuts, feature.unit, code))
    said = for_patients_like(card.equity, groups, _state(card, patient))
    return f"{card.label}; {said}" if said else card.label


def _level(option: EligibleOption) -> int:
    level = option.assessment.option.model_level
    return -1 if level is None else level


def _state(card: Card, patient: PatientInputs) -> int:
    """Return the state of knowledge: 1 where something is missing that the model was taught to do without."""
    return int(any(patient.value(name) is None for name in card.operating.optional))


def _chances(scores: Sequence[float], sharpness: float) -> tuple[float, ...]:
    """Return softmax(sharpness x score) over all levels, also those that rules excluded."""
    top = max(scores)
    powers = [math.exp(sharpness * (score - top)) for score in scores]
    return tuple(round(power / sum(powers), 6) for power in powers)
