"""The deletion test: does the score move when what an explanation names is taken away?

The five features that an attribution says raise the score most are replaced by those of bank patients,
and the score's mean fall is measured; once for LIME's five, once for the exact five. An explanation
that names the wrong reasons moves it less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LARGEST: Final = 5
#: A score that hardly moves either way has no reasons to speak of: both explanations are as good.
_SILENT: Final = 0.05
_PLACES: Final = 4


def deletion_ratio(lime: Floats, exact: Floats, fall: Callable[[Sequence[int]], float]) -> float:
    """Return the fall without LIME's largest reasons over the fall without the exact ones, between 0 and 1.

    Args:
        lime: shares by LIME.
        exact: shares by the trees.
        fall: how far the score falls in the mean where bank patients' values stand for some features.
    """
    ours, best = (sorted(np.argsort(-shares, kind="stable")[:LARGEST].tolist()) for shares in (lime, exact))
    if ours == best:
        return 1.0
    least = fall(best)
    if least < _SILENT:
        return 1.0
    return round(min(1.0, max(0.0, fall(ours) / least)), _PLACES)
