"""Whether LIME's attributions may be shown: how well they match the exact ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.domain.explanation import Fidelity, Grade

#: Least correlation with the exact attributions, share of the five largest with equal sign, deletion ratio.
#: ``main.py study explanations`` prints what these let through on the shipped models, and what others would.
GREEN: Final = (0.95, 1.0, 0.75)
AMBER: Final = (0.90, 0.8, 0.5)
_LARGEST: Final = 5
#: A share below this part of the largest one is drawn as nothing: its sign tells nobody anything.
_VISIBLE: Final = 0.02
_PLACES: Final = 4


def fidelity(
    lime: npt.NDArray[np.float64], exact: npt.NDArray[np.float64], local_r2: float, deletion: float = 1.0
) -> Fidelity:
    """Compare both attributions of one option's score.

    Args:
        lime: shares by LIME.
        exact: shares by the trees.
        local_r2: told, and decides nothing.
        deletion: how far the score moves without LIME's largest reasons, by that without the exact ones.
    """
    signs = _sign_agreement(lime, exact)
    correlation = _correlation(lime, exact)
    grade = grade_of(correlation, signs, deletion)
    return Fidelity(
        grade=grade,
        reason=_REASONS[grade].format(correlation=correlation, signs=signs, deletion=deletion),
        correlation=correlation,
        sign_agreement=signs,
        local_r2=round(local_r2, _PLACES),
        deletion=deletion,
    )


def grade_of(
    correlation: float,
    signs: float,
    deletion: float,
    green: tuple[float, float, float] = GREEN,
    amber: tuple[float, float, float] = AMBER,
) -> Grade:
    """Return the grade of an explanation that measures so: every measure must reach its least value."""
    for grade, least in ((Grade.GREEN, green), (Grade.AMBER, amber)):
        if correlation >= least[0] and signs >= least[1] and deletion >= least[2]:
            return grade
    return Grade.WITHHELD


_REASONS: Final = {
    Grade.GREEN: (
        "LIME matches the exact attributions (correlation {correlation:.2f}, deletion {deletion:.2f})."
    ),
    Grade.AMBER: (
        "LIME matches the exact attributions roughly (correlation {correlation:.2f}, {signs:.0%} of the "
        "largest shares with the same direction, deletion {deletion:.2f}): trust the exact ones where they "
        "differ."
    ),
    Grade.WITHHELD: (
        "LIME is withheld: it does not match the exact attributions (correlation {correlation:.2f}, "
        "{signs:.0%} of the largest shares with the same direction, deletion {deletion:.2f}). The exact ones "
        "are shown."
    ),
}


def _correlation(lime: npt.NDArray[np.float64], exact: npt.NDArray[np.float64]) -> float:
    """Return Pearson's correlation; zero where either says that nothing matters."""
    if np.ptp(lime) == 0 or np.ptp(exact) == 0:
        return 0.0
    left, right = lime - lime.mean(), exact - exact.mean()
    return round(float(left @ right / np.sqrt((left @ left) * (right @ right))), _PLACES)


def _sign_agreement(lime: npt.NDArray[np.float64], exact: npt.NDArray[np.float64]) -> float:
    """Return the share of the largest exact attributions whose direction LIME has."""
    largest = np.argsort(-np.abs(exact), kind="stable")[:_LARGEST]
    visible = largest[np.abs(exact[largest]) >= _VISIBLE * np.abs(exact).max(initial=0.0)]
    if not len(visible):
        return 0.0
    return round(float((np.sign(lime[visible]) == np.sign(exact[visible])).mean()), _PLACES)
