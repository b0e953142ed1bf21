"""The deletion test: does the score move when what an explanation names is taken away?

The five features that an attribution says raise the score most are replaced by those of bank patients,
and the score's mean fall is measured; once for LIME's five, once for the exact five. An explanation
that names the wrong reasons moves it less.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.explanation.bank import Values

Floats = npt.NDArray[np.float64]

LARGEST: Final = 5
#: Bank patients whose values are put in place of the patient's.
DONORS: Final = 64
#: A score that hardly moves either way has no reasons to speak of: both explanations are as good.
_SILENT: Final = 0.05
_PLACES: Final = 4


def deletion_ratio(
    lime: Floats, exact: Floats, patient: Values, donors: Values, scores: Callable[[Values], Floats]
) -> float:
    """Return the fall without LIME's largest reasons over the fall without the exact ones, between 0 and 1.

    Args:
        lime: shares by LIME.
        exact: shares by the trees.
        patient: the patient's values.
        donors: bank patients, shape (``DONORS``, features).
        scores: the scores of rows of values, for the option that is explained.
    """
    rows = np.repeat(patient[None, :], 2 * len(donors) + 1, axis=0)
    for place, shares in enumerate((lime, exact)):
        largest = np.argsort(-shares, kind="stable")[:LARGEST]
        block = slice(1 + place * len(donors), 1 + (place + 1) * len(donors))
        rows[block, largest] = donors[:, largest]
    found = scores(rows)
    ours = float(found[0] - found[1 : 1 + len(donors)].mean())
    best = float(found[0] - found[1 + len(donors) :].mean())
    if best < _SILENT:
        return 1.0
    return round(min(1.0, max(0.0, ours / best)), _PLACES)
