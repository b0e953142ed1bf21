"""Ridge regression of many targets on one weighted design, solved once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_RIDGE: Final = 1.0


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
