"""What a trained model needs of a patient, in the words that its explanation will use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.domain.ids import FeatureName

#: How the id of a model's negative control ends: the same, learnt from shuffled outcomes.
CONTROL: Final = "-control"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFeature:
    """One input of a model: what it means, and the clinical bins it is explained in."""

    name: FeatureName
    title: str
    unit: str
    """UCUM; ``1`` for a category."""
    meaning: str
    cuts: tuple[float, ...] = ()
    """Of a measured feature: bin k lies at or above cut k-1 and below cut k."""
    labels: tuple[str, ...] = ()
    """Of a category: the words for code 0, 1, ...; each code is its own bin."""
    required: bool = False
    """True: without it the model orders nothing."""

    @property
    def bins(self) -> int:
        """Return how many bins there are, the one for *not known* left out."""
        return len(self.labels) if self.labels else len(self.cuts) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """One patient's value of one feature."""

    feature: FeatureName
    value: float | None
    """As the trees read it; None where not known."""
    text: str
    """As the clinician would read it, with unit; ``not known`` where missing."""
