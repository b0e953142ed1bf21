"""Published equations, as a recipe writes them down: what the model is measured against."""

from __future__ import annotations

import numpy as np

from engine.training.cohort import Cohort
from engine.training.recipe import Equation
from engine.training.table import Floats

NOT_KNOWN = "not known"


def value_of(equation: Equation, cohort: Cohort) -> Floats:
    """Return the equation's value for each patient; NaN where a number it needs is not known."""
    total = np.full(len(cohort), equation.intercept)
    for name, factor in equation.numbers.items():
        total += factor * cohort.column(name)
    for name, terms in equation.codes.items():
        labels = cohort.recipe.features[cohort.recipe.place(name)].labels
        table = np.array([*(terms.get(label, 0.0) for label in labels), terms.get(NOT_KNOWN, 0.0)])
        codes = cohort.column(name)
        total += table[np.where(np.isnan(codes), len(labels), codes).astype(np.int64)]
    for name, term in equation.yes.items():
        total += term * (cohort.column(name) == 1)
    for name, by_value in equation.groups.items():
        for value, term in by_value.items():
            total += term * cohort.of_group(name, value)
    return np.asarray(np.square(total) if equation.squared else total)
