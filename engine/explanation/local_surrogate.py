"""LIME for all options of one patient, from the bank.

The package's own ``LimeBase`` fits each surrogate. What differs from ``LimeTabularExplainer``: the
samples are the bank's, the bins are clinical, *not known* is a bin, and the options share one
factorisation of the weighted normal equations. Coefficients are centred, so that what nearly
every patient has (no amiodarone) does not stand as a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.explanation.bank import Codes

Floats = npt.NDArray[np.float64]

#: In roots of the number of features. ``LimeTabularExplainer`` takes 0.75, where nearly all samples weigh the
#: same; among 0.1 to 1.5 this one agreed best with the exact attributions (``tests/benchmarks/lime.py``).
KERNEL_WIDTH: Final = 0.2
_RIDGE: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSurrogate:
    """Linear models around one patient, one an option."""

    coefficients: Floats
    """Shape (options, features), in the score's unit."""
    centred: Floats
    """The same, times the share of the bank that lies in another bin than the patient."""
    r2: Floats
    """Shape (options,): weighted share of the score's variance that the surrogate explains."""


def kernel(distances: Floats, kernel_width: float) -> Floats:
    """Return LIME's exponential kernel with a mean of one, so that the ridge weighs the same everywhere."""
    weights = np.sqrt(np.exp(-(distances**2) / kernel_width**2))
    return np.asarray(weights * (len(weights) / weights.sum()))


def surrogate(
    bank: Codes, scores: Floats, patient: Codes, own: Floats, width: float = KERNEL_WIDTH
) -> LocalSurrogate:
    """Fit a surrogate an option.

    Args:
        bank: bins of the artificial patients, shape (n, features); the first gives way to the patient.
        scores: their scores, shape (n, options).
        patient: the patient's bins.
        own: the patient's scores, shape (options,).
        width: of the kernel, in roots of the number of features.
    """
    from lime.lime_base import LimeBase

    same = (bank == patient).astype(np.float64)
    same[0] = 1.0
    answers = scores.copy()
    answers[0] = own
    features = same.shape[1]
    distances = np.sqrt(features - same.sum(axis=1))
    # Every option has the same neighbourhood: it is weighed once, not once an option.
    weights = kernel(distances, width * np.sqrt(features))
    usual = same.mean(axis=0)
    lime = LimeBase(lambda _: weights, random_state=0)
    ridge = SharedRidge(same, weights)
    coefficients, r2 = np.zeros((answers.shape[1], features)), np.zeros(answers.shape[1])
    for option in range(answers.shape[1]):
        _, found, r2[option], _ = lime.explain_instance_with_data(
            _Design(same),
            answers,
            distances,
            option,
            features,
            feature_selection="none",
            model_regressor=ridge,
        )
        for feature, coefficient in found:
            coefficients[option, feature] = coefficient
    return LocalSurrogate(coefficients=coefficients, centred=coefficients * (1.0 - usual), r2=r2)


class _Design:
    """The samples as ``LimeBase`` asks for them; all of them are the array itself, not a copy."""

    def __init__(self, samples: Floats) -> None:
        self._samples = samples
        self.shape = samples.shape

    def __getitem__(self, key: tuple[slice | int, npt.NDArray[np.int64]]) -> Floats:
        rows, columns = key
        if isinstance(rows, slice) and np.array_equal(columns, np.arange(self.shape[1])):
            return self._samples[rows]
        return np.asarray(self._samples[rows, columns])


class SharedRidge:
    """Weighted ridge regression for many targets over one design: ``Ridge(alpha=1)``, factorised once."""

    def __init__(self, design: Floats, weights: Floats) -> None:
        """Factorise the centred, weighted normal equations."""
        self._weights, self._total = weights, weights.sum()
        self._mean = weights @ design / self._total
        centred = design - self._mean
        self._weighted = (centred * weights[:, None]).T
        gram = self._weighted @ centred
        gram[np.diag_indices_from(gram)] += _RIDGE
        self._inverse = np.linalg.inv(gram)
        self.coef_: Floats = np.zeros(design.shape[1])
        self.intercept_ = 0.0

    def fit(self, design: Floats, target: Floats, sample_weight: Floats | None = None) -> SharedRidge:
        """Fit one target; design and weights are the ones factorised."""
        del design, sample_weight
        middle = float(self._weights @ target / self._total)
        self.coef_ = self._inverse @ (self._weighted @ (target - middle))
        self.intercept_ = middle - float(self._mean @ self.coef_)
        return self

    def predict(self, design: Floats) -> Floats:
        """Return the surrogate's scores."""
        return np.asarray(design @ self.coef_ + self.intercept_)

    def score(self, design: Floats, target: Floats, sample_weight: Floats | None = None) -> float:
        """Return the weighted coefficient of determination."""
        weights = self._weights if sample_weight is None else sample_weight
        left = weights @ (target - self.predict(design)) ** 2
        spread = weights @ (target - weights @ target / weights.sum()) ** 2
        return float(1.0 - left / spread)
