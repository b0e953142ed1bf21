"""The model card: what a model learnt from, how it did beside the published equations, and its limits.

Every number in a card is written by the training run that made the model. The card also holds
what governs the model's use (calibration, separability, domain guard), so that nothing that
decides an order stands outside what is hashed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.domain.ids import ContentHash, FeatureName, ModelId
from engine.domain.models import CONTROL, ModelFeature
from engine.ranking.equity import Equity
from engine.ranking.record_sources import RecordSource
from engine.ranking.trial_results import TrialResults

if TYPE_CHECKING:
    from engine.ranking.evidence_card import EvidenceCard


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """The patients a model learnt from."""

    title: str
    citation: str
    licence: str
    sha256: ContentHash
    """Of the file that was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One step from the patients in the file to the patients learnt from or measured on."""

    step: str
    patients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFeature:
    """One input, with how often it was known."""

    name: FeatureName
    title: str
    unit: str
    meaning: str
    required: bool
    known: float
    """Share of the patients learnt from."""
    cuts: tuple[float, ...]
    labels: tuple[str, ...]
    record: RecordSource | None
    """Where a patient record holds it."""

    def described(self) -> ModelFeature:
        """Return the feature as explanations know it."""
        return ModelFeature(
            name=self.name,
            title=self.title,
            unit=self.unit,
            meaning=self.meaning,
            cuts=self.cuts,
            labels=self.labels,
            required=self.required,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How often one method named the band a patient's stable dose lay in."""

    method: str
    patients: int
    accuracy: float
    low: float
    """Lower end of the 95 % Wilson interval."""
    high: float
    macro_recall: float
    """Mean over the three bands of the share named rightly."""
    swaps: float
    """Share in which low was named for high or high for low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two methods on identical patients, by McNemar's exact test."""

    method: str
    against: str
    patients: int
    only_method: int
    """Patients only the first named rightly."""
    only_against: int
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationBin:
    """Predicted chance of the first-placed band against what came true."""

    patients: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How well stated chances came true, out of fold."""

    method: str
    error: float
    """Expected calibration error over ten bins of equal size."""
    bins: tuple[CalibrationBin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Separability:
    """What came of keeping inseparable options tied, out of fold."""

    method: str
    coverage: float
    """Share of patients whose band was in the first group."""
    mean_size: float
    single: float
    """Share of patients for whom the first group was one option."""
    accuracy_single: float
    """Share of those for whom it was the right one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One kind of patients that the model never saw, beside the methods it is compared with."""

    value: str
    performance: tuple[Performance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAttribute:
    """One attribute of a decision support intervention, as 45 CFR 170.315 (b)(11)(iv) lists them."""

    group: str
    name: str
    value: str
    from_run: bool
    """True where the training run filled it in, False where the recipe's author wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardCheck:
    """How many of the measured patients the domain guard refuses after one kind of unit error."""

    error: str
    refused: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityShare:
    """How many explanations of a sample of artificial patients earned each grade."""

    option: str
    faithful: float
    roughly: float
    withheld: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Where the patients learnt from lie in some measured features."""

    columns: tuple[FeatureName, ...]
    logged: tuple[FeatureName, ...]
    """Those of which the natural logarithm is measured."""
    by: FeatureName | None
    """A category: one place for each of its codes."""
    means: tuple[tuple[float, ...], ...]
    """One a place."""
    precisions: tuple[tuple[tuple[float, ...], ...], ...]
    """Inverse covariance matrices."""
    limits: tuple[float, ...]
    """Mahalanobis distances beyond which a patient is refused."""
    lowest: tuple[tuple[FeatureName, float], ...]
    """Values below which a patient is refused outright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What turns the trees' scores into chances and ties; one entry a state of knowledge."""

    sharpness: tuple[float, ...]
    """Factor on the scores before the softmax that gives chances."""
    gap: tuple[float, ...]
    """Options no further apart are tied: the split-conformal quantile of the score gap."""
    coverage: float
    """The share the quantile was taken at."""
    optional: tuple[FeatureName, ...]
    """The second state holds for patients of whom one of these is not known."""
    often_unknown: tuple[tuple[FeatureName, ...], ...]
    """What records often lack together: made ready to explain before the first question."""
    guard: Guard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that may be asked of a trained model."""

    model_id: ModelId
    title: str
    label: str
    """What must stand beside any order it gives."""
    synthetic: bool
    question: str
    levels: tuple[str, ...]
    data: DataSource
    selection: tuple[Selection, ...]
    features: tuple[CardFeature, ...]
    parameters: tuple[tuple[str, str], ...]
    rounds: int
    seed: int
    performance: tuple[Performance, ...]
    """Ten-fold, every fit and calibration inside the fold; same patients for all methods."""
    reproduced: tuple[tuple[str, float], ...]
    """Figures of the published equations, computed again here."""
    blocks: tuple[Performance, ...]
    """Ten blocks of consecutive records left out in turn; the methods it is compared with stand beside."""
    left_out: tuple[LeftOut, ...]
    """Each value of one group left out in turn."""
    comparisons: tuple[Comparison, ...]
    calibration: tuple[Calibration, ...]
    separability: tuple[Separability, ...]
    equity: Equity
    trial: TrialResults | None
    """Of models learnt from a trial: what their order would have done."""
    guard_checks: tuple[GuardCheck, ...]
    fidelity: tuple[FidelityShare, ...]
    limits: tuple[str, ...]
    operating: Operating
    attributes: tuple[SourceAttribute, ...]
    files: tuple[tuple[str, ContentHash], ...]
    packages: tuple[tuple[str, str], ...]
    seal: ContentHash | None = None
    """SHA-256 of this card without its seal."""


#: Cards are written and sealed alike, whatever their models learnt from.
AnyCard = TypeVar("AnyCard", "Card", "EvidenceCard")


def encode(card: Card | EvidenceCard) -> bytes:
    """Write a card as JSON that people can read; equal cards give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"


def decode(content: bytes) -> Card:
    """Read a card.

    Raises:
        msgspec.ValidationError: it is not a card.
    """
    return msgspec.json.decode(content, type=Card)


def sealed(card: AnyCard) -> AnyCard:
    """Return the card with the hash over all else that it says."""
    bare = replace(card, seal=None)
    return replace(bare, seal=ContentHash(hashlib.sha256(encode(bare)).hexdigest()))


def reasons_not_to_release(card: Card) -> tuple[str, ...]:
    """Return why nobody may be shown an order by this model, in clauses; none where they may."""
    found = []
    if card.model_id.endswith(CONTROL):
        found.append("it is a negative control, learnt from shuffled outcomes")
    if not card.equity.rows:
        found.append("its card has no table of how it does in groups of patients")
    if not card.synthetic and not card.equity.flips:
        found.append("its card does not say what a change of sex alone would do")
    if not card.attributes:
        found.append("its card lacks the source attributes")
    unread = [feature.title for feature in card.features if feature.record is None]
    if unread:
        found.append(f"its recipe does not say where a patient record holds {', '.join(unread)}")
    return tuple(found)
