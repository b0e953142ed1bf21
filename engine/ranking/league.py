"""What a network meta-analysis says of some options: effects, their joint uncertainty, and who is separable.

A place begins only where the intervals of all above lie apart from all below, so that no two options
whose intervals overlap are ever put in an order, not even by way of a third.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Two-sided 95 % of the standard normal distribution.
Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class League:
    """Effects of options on one outcome, each against the same reference."""

    options: tuple[str, ...]
    effects: tuple[float, ...]
    """Log odds ratios against the reference, turned so that more is better."""
    covariance: tuple[tuple[float, ...], ...]
    """Of the effects; square, in the order of the options."""
    tolerability: tuple[float | None, ...]
    """Log odds ratios of intolerance against the reference, turned so that more is better; None: not told."""

    def error(self, option: int) -> float:
        """Return the standard error of an effect against the reference."""
        return math.sqrt(max(0.0, self.covariance[option][option]))

    def difference(self, one: int, other: int) -> tuple[float, float]:
        """Return by how much one option is better than another (log odds), and the standard error of it."""
        c = self.covariance
        spread = c[one][one] + c[other][other] - 2 * c[one][other]
        return self.effects[one] - self.effects[other], math.sqrt(max(0.0, spread))

    def better(self, one: int, other: int) -> bool:
        """Tell whether the 95 % interval of a comparison lies wholly on the side of the first."""
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
