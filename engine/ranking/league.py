"""What a network meta-analysis says of some options: effects, their joint uncertainty, and who is separable.

A place begins only where the intervals of all above lie apart from all below, so that no two options
whose intervals overlap are ever put in an order, not even by way of a third.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import UNSET, UnsetType

#: Two-sided 95 % of the standard normal distribution.
Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class League:
    """Effects of options on one outcome, each against the same reference.

    Its figures are of the options; where ``doses`` is given they are of the doses of each, one option
    after the other.
    """

    options: tuple[str, ...]
    effects: tuple[float, ...]
    """Against the reference (log odds ratios, or means), turned so that more is better."""
    covariance: tuple[tuple[float, ...], ...]
    """Of the effects; square, in their order."""
    tolerability: tuple[float | None, ...]
    """Log odds ratios of intolerance against the reference, turned so that more is better; None: not told."""
    doses: tuple[tuple[str, ...], ...] | UnsetType = UNSET
    """Of each option, every dose that it leaves open. Not written where effects are of whole options."""
    grounds: tuple[str, ...] | UnsetType = UNSET
    """What each option was measured on; between grounds nothing is compared. Not written where it is one."""

    def figures(self, option: int) -> range:
        """Return where the figures of an option stand: one a dose."""
        if isinstance(self.doses, UnsetType):
            return range(option, option + 1)
        start = sum(len(doses) for doses in self.doses[:option])
        return range(start, start + len(self.doses[option]))

    def titles(self, option: int) -> tuple[str, ...]:
        """Return what the figures of an option are called."""
        name = self.options[option]
        return (
            (name,)
            if isinstance(self.doses, UnsetType)
            else tuple(f"{name} {dose}" for dose in self.doses[option])
        )

    def ground(self, option: int) -> str:
        """Return what an option was measured on."""
        return "" if isinstance(self.grounds, UnsetType) else self.grounds[option]

    def effect(self, option: int) -> float:
        """Return the effect against the reference, the mean over open doses."""
        found = [self.effects[figure] for figure in self.figures(option)]
        return sum(found) / len(found)

    def error(self, option: int) -> float:
        """Return the standard error of an effect against the reference; that a dose is open counts in."""
        middle, figures = self.effect(option), self.figures(option)
        spread = sum(self.covariance[it][it] + (self.effects[it] - middle) ** 2 for it in figures)
        return math.sqrt(max(0.0, spread / len(figures)))

    def difference(self, one: int, other: int) -> tuple[float, float]:
        """Return by how much one figure is better than another, and the standard error of it."""
        c = self.covariance
        spread = c[one][one] + c[other][other] - 2 * c[one][other]
        return self.effects[one] - self.effects[other], math.sqrt(max(0.0, spread))

    def better(self, one: int, other: int) -> bool:
        """Tell whether, at every dose of both, the 95 % interval lies wholly on the side of the first."""
        return self.ground(one) == self.ground(other) and all(
            self._apart(first, second) for first in self.figures(one) for second in self.figures(other)
        )

    def _apart(self, one: int, other: int) -> bool:
        difference, error = self.difference(one, other)
        return difference - Z95 * error > 0

    def groups(self, scores: Sequence[tuple[int, float]]) -> tuple[tuple[int, ...], ...]:
        """Return some options, given with their scores, best first, in groups that share a place."""
        order = [option for option, _ in sorted(scores, key=lambda item: (-item[1], self.options[item[0]]))]
        found: list[list[int]] = []
        for number, option in enumerate(order):
            above, below = order[:number], order[number:]
            if not found or all(self.better(one, two) for one in above for two in below):
                found.append([])
            found[-1].append(option)
        return tuple(tuple(group) for group in found)
