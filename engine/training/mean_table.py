"""Tables of published mean changes: arms with their patients, or differences with their intervals.

A standard error is the printed one, or comes from a printed interval or standard deviation; where none of
these is in the table, the table is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.domain.provenance import Checked, CitationKind
from engine.errors import NotReadable, in_words
from engine.ranking.league import Z95
from engine.training.network import Study, study_of_means, study_of_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm, as published."""

    option: str
    change: float
    patients: float
    patients_from: str = ""
    """What the number was taken from, where it is not printed of this arm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One arm less the other, as published."""

    option: str
    against: str
    change: float
    error: float | None = None
    low: float | None = None
    high: float | None = None
    """With ``low``, the 95 % interval: the error is found from it where none is printed."""

    def standard_error(self) -> float:
        """Return it, printed or from the interval.

        Raises:
            ValueError: neither is given.
        """
        if self.error is not None:
            return self.error
        if self.low is None or self.high is None:
            raise ValueError(f"{self.option} against {self.against} has neither error nor interval")
        return (self.high - self.low) / (2 * Z95)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTrial:
    """One trial, or figures already pooled, with where they were read and how."""

    name: str
    title: str
    kind: CitationKind
    locator: str
    checked: Checked
    how: str
    on: date
    year: int | None = None
    """None where it was not seen."""
    arms: tuple[Arm, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMeans:
    """All of them."""

    spread: float
    """Standard deviation of one patient's change, for arms; the table says where it is from."""
    trials: tuple[PublishedTrial, ...]

    def studies(self) -> tuple[Study, ...]:
        """Return them as a network wants them.

        Raises:
            ValueError: a difference has no standard error, a trial more than one difference and so no
                covariance, or a figure is none.
        """
        found = tuple(self._study(trial) for trial in self.trials)
        if any(not math.isfinite(sum(study.effects)) for study in found):
            raise ValueError("a change is no number")
        return found

    def _study(self, trial: PublishedTrial) -> Study:
        if len(trial.arms) > 1 and not trial.differences:
            return study_of_means(
                trial.name, [(arm.option, arm.change, self.spread, arm.patients) for arm in trial.arms]
            )
        if len(trial.differences) == 1 and not trial.arms:
            (only,) = trial.differences
            return study_of_pairs(
                trial.name, [(only.option, only.against, only.change, only.standard_error())]
            )
        raise ValueError(f"{trial.name} needs two arms or more, or one difference")


def read_means(path: Path) -> PublishedMeans:
    """Read a table of published means.

    Raises:
        NotReadable: it is no such table.
    """
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        found = TypeAdapter(PublishedMeans).validate_python(document)
        found.studies()
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError, ValueError) as error:
        raise NotReadable(
            f"the published means cannot be read: {in_words(error)}.",
            place=str(path),
            hint="The table of hypercholesterolaemia that ships shows every field in use.",
        ) from error
    return found
