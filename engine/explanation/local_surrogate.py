"""LIME for all options of one patient, from the bank.

The package's own ``LimeBase`` fits each surrogate. What differs from ``LimeTabularExplainer``: the
samples are the bank's, the bins are clinical, *not known* is a bin, and the options share one
factorisation of the weighted normal equations. Coefficients are centred, so that what nearly
every patient has (no amiodarone) does not stand as a reason.

Stock LIME tells the patient's own bin from all others taken together. Of a genotype with three bins, of which
the patient has the middle one, it then averages a rise with a fall, and says that nothing depends on it. Here
each bin that the patient is not in has a term of its own; stock terms remain for models that were
explained by them, so that their decisions replay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.explanation.bank import Codes
from engine.explanation.shared_ridge import SharedRidge

Floats = npt.NDArray[np.float64]

#: In roots of the number of features. ``LimeTabularExplainer`` takes 0.75, where nearly all samples weigh the
#: same; among 0.1 to 1.5 this one agreed best with the exact attributions in stock LIME's terms. With a term
#: for every bin 0.15 agrees a little better (``tests/benchmarks/lime.py --widths``), from fewer samples.
KERNEL_WIDTH: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSurrogate:
    """Linear models around one patient, one an option."""

    coefficients: Floats
    """Shape (options, terms), in the score's unit."""
    centred: Floats
    """Shape (options, features): how far the patient's bin lies above the mean of the bank by these terms."""
    r2: Floats
    """Shape (options,): weighted share of the score's variance that the surrogate explains."""


def kernel(distances: Floats, kernel_width: float) -> Floats:
    """Return LIME's exponential kernel with a mean of one, so that the ridge weighs the same everywhere."""
    return _mean_of_one(_fall(distances, kernel_width))


def _fall(distances: Floats, kernel_width: float) -> Floats:
    return np.asarray(np.sqrt(np.exp(-(distances**2) / kernel_width**2)))


def _mean_of_one(weights: Floats) -> Floats:
    return np.asarray(weights * (len(weights) / weights.sum()))


def bins_of(bank: Codes) -> tuple[tuple[int, int], ...]:
    """Return every bin that somebody in the bank is in: feature and code."""
    return tuple((place, int(code)) for place in range(bank.shape[1]) for code in np.unique(bank[:, place]))


def surrogate(
    bank: Codes,
    scores: Floats,
    patient: Codes,
    own: Floats,
    bins: Sequence[tuple[int, int]] = (),
    width: float = KERNEL_WIDTH,
) -> LocalSurrogate:
    """Fit a surrogate an option.

    Args:
        bank: bins of the artificial patients, shape (n, features); the first gives way to the patient.
        scores: their scores, shape (n, options).
        patient: the patient's bins.
        own: the patient's scores, shape (options,).
        bins: those that have a term of their own; without any, stock LIME's terms.
        width: of the kernel, in roots of the number of features.
    """
    from lime.lime_base import LimeBase

    same = patient[:, None] == bank.T
    same[:, 0] = True
    answers = scores.copy(order="K")
    answers[0] = own
    features, samples = same.shape
    terms = _terms(bank, same, patient, bins)
    # Every option has the same neighbourhood, weighed once; and there are few distances in it.
    distances = np.sqrt(np.arange(features, -1, -1, dtype=np.float64))
    alike = np.add.reduce(same.view(np.uint8), axis=0, dtype=np.uint16)
    weights = _mean_of_one(_fall(distances, width * np.sqrt(features))[alike])
    # Nothing is left to chance: no features are selected, and the ridge is solved.
    lime = LimeBase(lambda _: weights, random_state=None)
    fits = SharedRidge(terms.rows.T, answers, weights)
    coefficients, r2 = np.zeros((answers.shape[1], len(terms.rows))), np.zeros(answers.shape[1])
    for option in range(answers.shape[1]):
        _, found, r2[option], _ = lime.explain_instance_with_data(
            _Design(terms.rows.T),
            answers,
            distances[alike],
            option,
            len(terms.rows),
            feature_selection="none",
            model_regressor=fits.of(option),
        )
        for term, coefficient in found:
            coefficients[option, term] = coefficient
    usual = np.array([np.count_nonzero(row) for row in terms.rows]) / samples
    centred = np.zeros((features, answers.shape[1]))
    np.add.at(centred, terms.features, (coefficients * (terms.patient - usual)).T)
    return LocalSurrogate(coefficients=coefficients, centred=centred.T, r2=r2)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What the surrogates are linear in."""

    rows: npt.NDArray[np.bool_]
    """Shape (terms, n): of whom each holds."""
    features: npt.NDArray[np.int64]
    """The feature each speaks of."""
    patient: float
    """Whether they hold of the patient: 1 or 0."""


def _terms(
    bank: Codes, same: npt.NDArray[np.bool_], patient: Codes, bins: Sequence[tuple[int, int]]
) -> _Terms:
    others = [(place, code) for place, code in bins if code != patient[place]]
    if not others:
        return _Terms(rows=same, features=np.arange(len(same)), patient=1.0)
    rows = np.stack([bank[:, place] == code for place, code in others])
    rows[:, 0] = False
    return _Terms(rows=rows, features=np.array([place for place, _ in others]), patient=0.0)


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
