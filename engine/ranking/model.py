"""One trained model on disk: verified, loaded, asked for scores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.domain.ids import ContentHash, ModelId
from engine.domain.models import ModelFeature, ModelInput
from engine.domain.patient import PatientRecord
from engine.domain.replies import ModelStatus
from engine.errors import ModelMissing
from engine.ports import FactSource
from engine.ranking.card import decode
from engine.ranking.features import PatientInputs, read_inputs
from engine.ranking.rendering import card_text
from engine.ranking.verifying import load_trees, verified_card
from engine.terminology.alike import did_you_mean

if TYPE_CHECKING:
    import xgboost

CARD: Final = "card.json"
TREES: Final = "booster.json"
REFERENCE: Final = "reference.json"
_FILES: Final = (TREES, CARD, REFERENCE)

Content = Mapping[str, bytes]


def read_files(folder: Path, model_id: ModelId, names: Sequence[str] = _FILES) -> Content:
    """Read the files of a model.

    Raises:
        ModelMissing: one of them is not there or cannot be read.
    """
    try:
        return {name: (folder / name).read_bytes() for name in names}
    except OSError as error:
        raise ModelMissing(
            f"the model {model_id} is not installed: {error.strerror or error}.",
            place=str(error.filename or folder),
            hint=f"{_others(folder)}Install it, or train it with: main.py train.",
        ) from error


def _others(folder: Path) -> str:
    """Return what a model may have been meant by a name that no folder has."""
    if folder.exists() or not folder.parent.is_dir():
        return ""
    installed = sorted(each.name for each in folder.parent.iterdir() if (each / TREES).is_file())
    return f"{did_you_mean(folder.name, installed)} " if installed else ""


def hash_of_files(content: Content) -> ContentHash:
    """Return one hash over all files of a model."""
    lines = (f"{hashlib.sha256(content[name]).hexdigest()}  {name}\n" for name in sorted(content))
    return ContentHash(hashlib.sha256("".join(lines).encode()).hexdigest())


class TrainedModel:
    """A model whose files are the ones its card was written with."""

    def __init__(self, content: Content, folder: Path, facts: FactSource) -> None:
        """Verify the files.

        Raises:
            ModelAltered: a file differs from the card, or the card from its seal.
        """
        self.card = verified_card(content, folder / CARD, decode, lambda card: card.files)
        self.content = hash_of_files(content)
        self.trees = content[TREES]
        self.reference = content[REFERENCE]
        self._facts = facts
        self._booster: xgboost.Booster | None = None

    @property
    def status(self) -> ModelStatus:
        """Return what the model is, with its card as a page."""
        return ModelStatus(
            model_id=self.card.model_id,
            title=self.card.title,
            model_hash=self.content,
            trained_on=self.card.label,
            card=card_text(self.card),
        )

    @property
    def features(self) -> tuple[ModelFeature, ...]:
        """Return the inputs in the order of the trees' columns, which begin with the option's level."""
        return tuple(feature.described() for feature in self.card.features)

    def read(self, record: PatientRecord, as_of: datetime) -> PatientInputs:
        """Return a patient as the model reads them."""
        return read_inputs(self.card.features, record, self._facts, as_of)

    def inputs(self, record: PatientRecord, as_of: datetime) -> tuple[ModelInput, ...]:
        """Return a patient's values, one a feature."""
        return self.read(record, as_of).inputs

    def scores(self, inputs: Sequence[ModelInput]) -> tuple[float, ...]:
        """Return the log-odds that each level is the right one; a level's score hangs on no other level."""
        values = [np.nan if item.value is None else item.value for item in inputs]
        rows = np.array([[level, *values] for level in range(len(self.card.levels))], dtype=np.float32)
        margins = self.booster().inplace_predict(rows, predict_type="margin")
        return tuple(round(float(margin), 6) for margin in margins)

    def booster(self) -> xgboost.Booster:
        """Return the trees, loaded once."""
        if self._booster is None:
            self._booster = load_trees(self.trees)
        return self._booster
