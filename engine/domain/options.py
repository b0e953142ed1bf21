"""What became of each option: assessed, then eligible, excluded or not assessable, then ordered."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.domain.direct import written_directly
from engine.domain.findings import Finding, Undecided
from engine.domain.ids import OptionId
from engine.domain.therapy import TherapyOption
from engine.errors import InvariantBroken


class Verdict(enum.StrEnum):
    """What may be said about one option. There is no silent fifth case."""

    CLEAR = "clear"
    """Every rule that could exclude or caution was decided, and none of those fired."""
    CAUTION = "caution"
    """A caution holds, or is undecided; nothing excludes."""
    UNASSESSABLE = "cannot be assessed"
    """A rule that could exclude is undecided, or the engine failed."""
    EXCLUDED = "excluded"
    """A contraindication holds."""

    @property
    def eligible(self) -> bool:
        """Tell whether options of this verdict may be ordered."""
        return self in (Verdict.CLEAR, Verdict.CAUTION)


@written_directly
@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One option with everything the rules say about it."""

    option: TherapyOption
    verdict: Verdict
    findings: tuple[Finding, ...]
    """Worst first."""
    undecided: tuple[Undecided, ...]
    elsewhere: tuple[Finding, ...] = ()
    """Findings of the other jurisdiction's label; shown, never counted."""
    rules_checked: int = 0
    faults: tuple[str, ...] = ()
    """Engine faults that make the option not assessable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleOption:
    """An option that may be ordered; nothing excluded can become one."""

    assessment: Assessment

    def __post_init__(self) -> None:
        """Refuse what must not be ordered, so that ranking it is impossible by type."""
        if not self.assessment.verdict.eligible:
            raise InvariantBroken(
                f"{self.assessment.option.option_id} is {self.assessment.verdict} and cannot be ordered"
            )


class OrderedBy(enum.StrEnum):
    """What put an option in its place."""

    EVIDENCE = "evidence"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScore:
    """A ranker's score for one eligible option."""

    option_id: OptionId
    score: float
    probability: float | None
    """Calibrated chance that this option is the right one, where the model's card claims it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedOption:
    """The place of an eligible option; equal places are ties and stay ties.

    Only ordering makes one, and only from an ``EligibleOption``.
    """

    option_id: OptionId
    place: int
    tied: bool
    ordered_by: OrderedBy
    score: ModelScore | None
    moved_by_model: bool
    """True where evidence alone would have put it elsewhere."""
