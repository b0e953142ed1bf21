"""Tuning the faithfulness gate on a shipped model, and showing what it cannot see: a printed study.

Each explained patient is artificial, from the model's own reference statistics, with and without what
the model was taught to do without. An explanation *misleads* where its largest reason is not the exact
attributions' largest or second largest, or where its five largest hold under four fifths of what the
exact five hold. Thresholds are chosen on every other patient and counted on the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.domain.explanation import Grade
from engine.domain.models import ModelFeature, ModelInput
from engine.explanation.bank import codes_of, draw, values_of
from engine.explanation.deletion import deletion_ratio
from engine.explanation.explainer import SAMPLES
from engine.explanation.fidelity import AMBER, GREEN, fidelity, grade_of
from engine.explanation.local_surrogate import bins_of, surrogate
from engine.explanation.reference import from_json, to_json
from engine.explanation.tree_attribution import TreeAttribution
from engine.training.boosting import fit
from engine.training.cohort import Cohort
from engine.training.reference_tables import reference_of
from engine.training.table import Floats
from engine.training.validation import Step

#: Among explanations let through, no more than this share may mislead.
_MISLEADING_GREEN: Final = 0.02
_MISLEADING_AMBER: Final = 0.10
_GRID: Final = ((0.80, 0.85, 0.90, 0.925, 0.95, 0.975), (0.6, 0.8, 1.0), (0.5, 0.75, 0.9, 0.95))
_LARGEST: Final = 5
_PATIENTS: Final = 100
_SEEDS: Final = (1, 2)
_NOISE: Final = (
    "The gate tells whether LIME says what the trees do, not whether the trees are right: it lets\n"
    "explanations of noise through as well. What gives noise away is the card, whose accuracy is then that\n"
    "of the commonest answer.\n"
)
Thresholds = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One explanation, measured."""

    correlation: float
    signs: float
    deletion: float
    r2: float
    largest: float
    """The largest exact share, in log-odds."""
    jaccard: float
    """Mean overlap of the five largest over pairs of bank seeds."""
    misleads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStudy:
    """What the gate lets through."""

    title: str
    measured: tuple[Measured, ...]
    green: Thresholds
    """As chosen on every other patient."""
    amber: Thresholds

    def let_through(self, grade: Grade, green: Thresholds, amber: Thresholds) -> tuple[float, float]:
        """Return the share of the other half that gets a grade, and the share of those that mislead."""
        rest = self.measured[1::2]
        found = [
            item
            for item in rest
            if grade_of(item.correlation, item.signs, item.deletion, green, amber) is grade
        ]
        return len(found) / len(rest), sum(item.misleads for item in found) / max(1, len(found))


def measure(
    features: Sequence[ModelFeature],
    files: tuple[bytes, bytes],
    levels: int,
    hidden: Sequence[int],
    patients: int,
    seeds: Sequence[int],
) -> tuple[Measured, ...]:
    """Measure explanations of artificial patients, by banks of several seeds; files: trees and statistics."""
    trees, statistics = files[0], from_json(files[1])
    found: list[Measured] = []
    for missing in ((), tuple(hidden)) if hidden else ((),):
        banks = [draw(statistics, features, SAMPLES, seed).without(missing) for seed in seeds]
        readied = [[TreeAttribution(trees, bank.values, level) for level in range(levels)] for bank in banks]
        scores = [np.stack([tree.bank_scores for tree in several]).T for several in readied]
        terms = [bins_of(bank.codes) if statistics.every_bin else () for bank in banks]
        for row in banks[0].values[-patients:]:
            inputs = [
                ModelInput(feature=feature.name, value=None if np.isnan(value) else float(value), text="")
                for feature, value in zip(features, row, strict=True)
            ]
            values, codes = values_of(inputs), codes_of(features, inputs)
            own = np.array([float(tree.scores(values[None, :])[0]) for tree in readied[0]])
            exact = [tree.attribute(values, score) for tree, score in zip(readied[0], own, strict=True)]
            locals_ = [
                surrogate(bank.codes, score, codes, own, bins)
                for bank, score, bins in zip(banks, scores, terms, strict=True)
            ]
            for level in range(levels):
                shares = [local.centred[level] for local in locals_]
                by_trees = exact[level].shares
                moved = deletion_ratio(shares[0], by_trees, exact[level].fall)
                match = fidelity(shares[0], by_trees, float(locals_[0].r2[level]), moved)
                found.append(
                    Measured(
                        correlation=match.correlation,
                        signs=match.sign_agreement,
                        deletion=moved,
                        r2=match.local_r2,
                        largest=float(np.abs(by_trees).max()),
                        jaccard=_jaccard(shares),
                        misleads=misleads(shares[0], by_trees),
                    )
                )
    return tuple(found)


def misleads(lime: Floats, exact: Floats) -> bool:
    """Tell whether an explanation names the wrong reasons."""
    ours, theirs = (np.argsort(-np.abs(shares), kind="stable")[:_LARGEST] for shares in (lime, exact))
    held = np.abs(exact)[ours].sum() / max(1e-12, np.abs(exact)[theirs].sum())
    return bool(ours[0] not in theirs[:2] or held < 0.8)


def _jaccard(shares: Sequence[Floats]) -> float:
    tops = [set(np.argsort(-np.abs(one), kind="stable")[:_LARGEST].tolist()) for one in shares]
    pairs = [len(a & b) / len(a | b) for a, b in itertools.combinations(tops, 2)]
    return float(np.mean(pairs)) if pairs else 1.0


def tune(title: str, measured: Sequence[Measured]) -> GateStudy:
    """Choose the thresholds that let most through while few mislead, on every other explanation."""
    tuned = measured[0::2]

    def passes(item: Measured, least: Thresholds) -> bool:
        return grade_of(item.correlation, item.signs, item.deletion, least, least) is not Grade.WITHHELD

    def best(candidates: Sequence[Measured], most: float) -> Thresholds:
        choice: Thresholds = (1.0, 1.0, 1.0)
        passed = -1
        for correlation, signs, deletion in itertools.product(*_GRID):
            least = (correlation, signs, deletion)
            found = [item for item in candidates if passes(item, least)]
            wrong = sum(item.misleads for item in found) / max(1, len(found))
            if wrong <= most and len(found) > passed:
                choice, passed = least, len(found)
        return choice

    green = best(tuned, _MISLEADING_GREEN)
    # What is amber is not green: the few that mislead must not hide among the many that do not.
    amber = best([item for item in tuned if not passes(item, green)], _MISLEADING_AMBER)
    return GateStudy(title=title, measured=tuple(measured), green=green, amber=amber)


def gate_text(study: GateStudy) -> str:
    """Return the study as text."""
    measured = study.measured
    found = np.array(
        [
            (item.jaccard, item.r2, item.signs, item.correlation, item.deletion, item.misleads)
            for item in measured
        ],
        dtype=np.float64,
    )
    mean, median = found.mean(axis=0), np.median(found, axis=0)
    lines = [
        f"{study.title}: explanations {len(measured):,}; bank of {SAMPLES:,}",
        f"Jaccard of top 5 over bank seeds, mean     {mean[0]:.3f}   goal .90",
        f"local R2, median                           {median[1]:.3f}   goal .80",
        f"sign agreement of the five largest, mean   {mean[2]:.3f}   goal .97",
        f"correlation with the exact shares, median  {median[3]:.3f}",
        f"deletion ratio, median                     {median[4]:.3f}",
        f"misleading without any gate                {mean[5]:.3f}",
        "",
        "thresholds                 grade             let through   of these misleading (half not tuned on)",
    ]
    for name, green, amber in (("in use", GREEN, AMBER), ("tuned", study.green, study.amber)):
        for grade, least in ((Grade.GREEN, green), (Grade.AMBER, amber)):
            share, wrong = study.let_through(grade, green, amber)
            lines.append(f"{name:7s}{least!s:20s}{grade.value:18s}{share:11.1%}{wrong:13.1%}")
    return "\n".join(lines) + "\n"


def explanation_study(cohort: Cohort, seed: int, step: Step, patients: int = _PATIENTS) -> str:
    """Study the explanations of a model fitted on the patients, and of one fitted on shuffled outcomes.

    The first is explained once more in stock LIME's terms: the patient's bin, or any other. The second is a
    negative control: there is nothing to explain, and whatever is shown is shown of noise.
    """
    recipe, statistics = cohort.recipe, reference_of(cohort)
    hidden = [recipe.place(name) for name in recipe.learnt_without]
    order = np.random.default_rng(seed).permutation(len(cohort))
    shuffled = replace(cohort, outcome=cohort.outcome[order], level=cohort.level[order])
    parts = []
    for title, learnt, every_bin in (
        ("the model", cohort, True),
        ("the model in stock LIME's terms", cohort, False),
        ("shuffled outcomes, the negative control", shuffled, True),
    ):
        reference = to_json(replace(statistics, every_bin=every_bin))
        step(f"explaining {title}")
        trees = bytes(fit(learnt, seed).save_raw("json")) + b"\n"
        measured = measure(recipe.described, (trees, reference), len(recipe.levels), hidden, patients, _SEEDS)
        parts.append(gate_text(tune(title, measured)))
        shown = [
            item
            for item in measured
            if grade_of(item.correlation, item.signs, item.deletion) is not Grade.WITHHELD
        ]
        largest = np.median([item.largest for item in measured])
        parts.append(
            f"largest exact share, median                {largest:.3f} log-odds\n"
            f"let through by the gate in use             {len(shown) / len(measured):.1%}\n"
        )
    parts.append(_NOISE)
    return "\n".join(parts)
