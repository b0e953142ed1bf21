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
    return _mean_of_one(_fall(distances, kernel_width))


def _fall(distances: Floats, kernel_width: float) -> Floats:
    return np.asarray(np.sqrt(np.exp(-(distances**2) / kernel_width**2)))


def _mean_of_one(weights: Floats) -> Floats:
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

    same = patient[:, None] == bank.T
    same[:, 0] = True
    answers = scores.copy(order="K")
    answers[0] = own
    features, samples = same.shape
    # Every option has the same neighbourhood, weighed once; and there are few distances in it.
    distances = np.sqrt(np.arange(features, -1, -1, dtype=np.float64))
    alike = np.add.reduce(same.view(np.uint8), axis=0, dtype=np.uint16)
    weights = _mean_of_one(_fall(distances, width * np.sqrt(features))[alike])
    # Nothing is left to chance: no features are selected, and the ridge is solved.
    lime = LimeBase(lambda _: weights, random_state=None)
    fits = SharedRidge(same.T, answers, weights)
    coefficients, r2 = np.zeros((answers.shape[1], features)), np.zeros(answers.shape[1])
    for option in range(answers.shape[1]):
        _, found, r2[option], _ = lime.explain_instance_with_data(
            _Design(same.T),
            answers,
            distances[alike],
            option,
            features,
            feature_selection="none",
            model_regressor=fits.of(option),
        )
        for feature, coefficient in found:
            coefficients[option, feature] = coefficient
    usual = np.array([np.count_nonzero(row) for row in same]) / samples
    return LocalSurrogate(coefficients=coefficients, centred=coefficients * (1.0 - usual), r2=r2)


class _Design:
    """The samples as ``LimeBase`` asks for them; all of them are the array itself, not a copy."""

    def __init__(self, samples: npt.NDArray[np.bool_]) -> None:
        self._samples = samples
        self.shape = samples.shape

    def __getitem__(self, key: tuple[slice | int, npt.NDArray[np.int64]]) -> npt.NDArray[np.bool_]:
        rows, columns = key
        if isinstance(rows, slice) and np.array_equal(columns, np.arange(self.shape[1])):
            return self._samples[rows]
        return np.asarray(self._samples[rows, columns])


class SharedRidge:
    """Weighted ridge regression of many targets over one design: ``Ridge(alpha=1)`` in closed form, once."""

    def __init__(self, design: npt.NDArray[np.bool_] | Floats, targets: Floats, weights: Floats) -> None:
        """Solve the normal equations for every target; one product has all the sums they ask for."""
        features, total = design.shape[1], weights.sum()
        middle = weights @ targets / total
        rows = np.empty((features + targets.shape[1] + 1, len(design)))
        root = np.sqrt(weights)
        np.multiply(design.T, root, out=rows[:features])
        np.multiply(targets.T - middle[:, None], root, out=rows[features:-1])
        rows[-1] = root
        sums = rows @ rows.T
        mean = sums[:features, -1] / total
        gram = sums[:features, :features] - total * np.outer(mean, mean)
        # The targets were centred: what is left of their sums is rounding.
        along = sums[:features, features:-1]
        self._coefficients = np.linalg.solve(gram + _RIDGE * np.eye(features), along)
        self._intercepts = middle - mean @ self._coefficients
        spread = np.diagonal(sums)[features:-1]
        explained = (self._coefficients * (2.0 * along - gram @ self._coefficients)).sum(axis=0)
        self._r2 = np.divide(explained, spread, out=np.ones_like(spread), where=spread > 0)

    def of(self, target: int) -> SolvedRidge:
        """Return the regression of one target."""
        return SolvedRidge(
            self._coefficients[:, target], float(self._intercepts[target]), float(self._r2[target])
        )


class SolvedRidge:
    """One target's regression as ``LimeBase`` asks for it: what it is given is what was solved."""

    def __init__(self, coefficients: Floats, intercept: float, r2: float) -> None:
        """Take the solution."""
        self.coef_ = coefficients
        self.intercept_ = intercept
        self._r2 = r2

    def fit(self, design: object, target: object, sample_weight: object = None) -> SolvedRidge:
        """Return itself: design, target and weights are those that were solved."""
        del design, target, sample_weight
        return self

    def predict(self, design: Floats) -> Floats:
        """Return the surrogate's scores."""
        return np.asarray(design @ self.coef_ + self.intercept_)

    def score(self, design: object, target: object, sample_weight: object = None) -> float:
        """Return the weighted coefficient of determination."""
        del design, target, sample_weight
        return self._r2
