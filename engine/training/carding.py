"""Every figure of a training run, put on the model's card."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.domain.explanation import Grade
from engine.domain.ids import ContentHash, FeatureName, ModelId, OptionId
from engine.domain.models import ModelFeature, ModelInput
from engine.explanation.explainer import ModelExplanation
from engine.ranking import card as cards
from engine.ranking.card import (
    Card,
    CardFeature,
    DataSource,
    FidelityShare,
    LeftOut,
    Operating,
    Performance,
)
from engine.training import equity_tables, metrics, reference_tables, validation
from engine.training.attributes import attributes_of
from engine.training.boosting import PARAMETERS, ROUNDS
from engine.training.cohort import Cohort, band_of
from engine.training.equations import value_of
from engine.training.metrics import Ints, rounded
from engine.training.table import Bools, Floats
from engine.training.validation import OutOfFold, names_of_states

if TYPE_CHECKING:
    import xgboost

TREES, REFERENCE = "booster.json", "reference.json"
#: Artificial patients whose explanations are graded for the card.
_EXPLAINED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one training run found, before it is put in words."""

    cohort: Cohort
    checked: tuple[OutOfFold, ...]
    """One a state of knowledge."""
    blocks: tuple[Ints, ...]
    """Options named, blocks of records left out in turn; none where the recipe does not ask."""
    left_out: tuple[Ints, ...]
    """The same, each value of the recipe's group left out in turn."""
    told: tuple[Ints, ...]
    """The same, by a model that is told the recipe's group, on the folds of ``checked``."""
    seed: int
    booster: xgboost.Booster
    files: dict[str, bytes]
    """Trees and reference statistics."""


def compared(cohort: Cohort) -> dict[str, Ints]:
    """Return what each method without a fit names, for measured patients: equations, always the commonest.

    An equation that is told a group which the model is not told stands there without it as well.
    """
    edges = cohort.recipe.outcome.edges
    asked = {item.title: item for item in cohort.recipe.equations}
    asked |= {
        f"{item.title}, {' and '.join(item.groups)} not told": replace(item, groups={})
        for item in cohort.recipe.equations
        if item.groups
    }
    found = {title: band_of(value_of(item, cohort), edges) for title, item in asked.items()}
    commonest = int(np.bincount(cohort.level).argmax())
    word = cohort.recipe.levels[commonest].split(":")[0]
    return found | {f"always {word}": np.full(len(cohort), commonest, dtype=np.int64)}


def card_of(run: Run) -> Card:
    """Put every figure of a run on its card."""
    recipe = run.cohort.recipe
    measured = run.cohort.take(run.cohort.complete)
    others = compared(measured)
    counted = run.cohort.complete
    names = names_of_states(run.cohort)
    answers = dict(zip(names, (item.band[counted] for item in run.checked), strict=True)) | others
    chances: dict[str, Floats] = dict(zip(names, (item.chance[counted] for item in run.checked), strict=True))
    named = [(method, first, chances.get(method)) for method, first in answers.items()]

    def beside(found: Sequence[Ints]) -> tuple[Performance, ...]:
        both = dict(zip(names, (item[counted] for item in found), strict=True)) | others if found else {}
        return tuple(metrics.performance(name, first, measured.level) for name, first in both.items())

    bare = Card(
        model_id=ModelId(recipe.recipe),
        title=recipe.title,
        label=recipe.label.format(patients=f"{len(run.cohort):,}"),
        synthetic=False,
        question=recipe.question,
        levels=recipe.levels,
        data=data_source(run.cohort),
        selection=run.cohort.selection,
        features=card_features(run.cohort),
        parameters=tuple((name, str(value)) for name, value in PARAMETERS.items()),
        rounds=ROUNDS,
        seed=run.seed,
        performance=tuple(
            metrics.performance(name, first, measured.level) for name, first in answers.items()
        ),
        reproduced=_reproduced(measured),
        blocks=beside(run.blocks),
        left_out=_left_out(run, names, others),
        comparisons=tuple(
            metrics.comparison(method, answers[method], item.title, answers[item.title], measured.level)
            for method in names
            for item in recipe.equations
        ),
        calibration=tuple(metrics.calibration(name, chances[name], measured.level) for name in names),
        separability=tuple(
            metrics.separability(name, item.first_group[counted], measured.level)
            for name, item in zip(names, run.checked, strict=True)
        ),
        equity=equity_tables.equity_of(run.cohort, named, run.booster, run.checked, run.told),
        trial=None,
        guard_checks=reference_tables.guard_checks(run.cohort, reference_tables.guard_of(run.cohort)),
        fidelity=fidelity_shares(recipe.described, recipe.levels, recipe.learnt_without, run.files),
        limits=recipe.limits,
        operating=_operating(run),
        attributes=(),
        files=file_hashes(run.files),
        packages=packages(),
    )
    return cards.sealed(replace(bare, attributes=attributes_of(bare, recipe.attributes)))


def data_source(cohort: Cohort) -> DataSource:
    """Return where the patients come from."""
    data = cohort.recipe.data
    return DataSource(title=data.title, citation=data.citation, licence=data.licence, sha256=cohort.sha256)


def card_features(cohort: Cohort) -> tuple[CardFeature, ...]:
    """Return every input, with how often it was known."""
    return tuple(
        CardFeature(
            name=FeatureName(feature.name),
            title=feature.title,
            unit=feature.unit,
            meaning=feature.meaning,
            required=feature.required,
            known=rounded(float(np.mean(~np.isnan(cohort.column(feature.name))))),
            cuts=feature.cuts,
            labels=feature.labels,
            record=feature.record,
        )
        for feature in cohort.recipe.features
    )


def file_hashes(files: dict[str, bytes]) -> tuple[tuple[str, ContentHash], ...]:
    """Return the hash of each file."""
    return tuple((name, ContentHash(hashlib.sha256(content).hexdigest())) for name, content in files.items())


def fidelity_shares(
    features: Sequence[ModelFeature], levels: Sequence[str], hidden: Sequence[str], files: dict[str, bytes]
) -> tuple[FidelityShare, ...]:
    """Explain some artificial patients, and count how many explanations may be shown."""
    model = ModelExplanation(features, files[TREES], files[REFERENCE])
    options = [(OptionId(name), level) for level, name in enumerate(levels)]
    names = [feature.name for feature in features]
    patterns = {"": model.bank.values}
    if hidden:
        places = [names.index(FeatureName(name)) for name in hidden]
        patterns[f", without {' and '.join(hidden)}"] = model.bank.without(places).values
    grades: dict[str, list[Grade]] = {name + known: [] for known in patterns for name in levels}
    for known, rows in patterns.items():
        for row in rows[-_EXPLAINED:]:
            inputs = [
                ModelInput(feature=name, value=None if np.isnan(value) else float(value), text="")
                for name, value in zip(names, row, strict=True)
            ]
            for explanation in model.explain(inputs, options):
                grades[explanation.option_id + known].append(explanation.fidelity.grade)
    return tuple(
        FidelityShare(
            option=name,
            faithful=rounded(found.count(Grade.GREEN) / len(found)),
            roughly=rounded(found.count(Grade.AMBER) / len(found)),
            withheld=rounded(found.count(Grade.WITHHELD) / len(found)),
        )
        for name, found in grades.items()
    )


def _left_out(run: Run, names: Sequence[str], others: dict[str, Ints]) -> tuple[LeftOut, ...]:
    group = run.cohort.recipe.leave_out
    if group is None or not run.left_out:
        return ()
    counted = run.cohort.complete
    measured = run.cohort.take(counted)
    both = dict(zip(names, (item[counted] for item in run.left_out), strict=True)) | others
    members: list[tuple[str, Bools]] = [
        (value, measured.of_group(group, value)) for value in sorted(set(measured.groups[group]))
    ]
    return tuple(
        LeftOut(
            value=f"{group}: {value}",
            performance=tuple(
                metrics.performance(name, first[member], measured.level[member])
                for name, first in both.items()
            ),
        )
        for value, member in members
    )


def _operating(run: Run) -> Operating:
    """Take the thresholds in use from all out-of-fold scores."""
    counted = run.cohort.complete
    limits = [
        validation.fit_thresholds(item.score[counted], run.cohort.level[counted]) for item in run.checked
    ]
    recipe = run.cohort.recipe
    return Operating(
        sharpness=tuple(item.sharpness for item in limits),
        gap=tuple(round(item.gap, 6) for item in limits),
        coverage=validation.COVERAGE,
        optional=tuple(FeatureName(name) for name in recipe.learnt_without),
        often_unknown=tuple(tuple(FeatureName(name) for name in item) for item in recipe.often_unknown),
        guard=reference_tables.guard_of(run.cohort),
    )


def _reproduced(measured: Cohort) -> tuple[tuple[str, float], ...]:
    """Compute the published figures again, so that a wrong reading of the table shows."""
    found: list[tuple[str, float]] = []
    for item in measured.recipe.equations:
        error = np.abs(value_of(item, measured) - measured.outcome)
        unit = measured.recipe.outcome.title.rpartition(", ")[2]
        found.append((f"{item.title}: mean absolute error, {unit}", round(float(error.mean()), 2)))
        share = rounded((error <= 0.2 * measured.outcome).mean())
        found.append((f"{item.title}: share within 20 % of the outcome", share))
    return tuple(found)


def packages() -> tuple[tuple[str, str], ...]:
    """Return the versions of what was trained with."""
    installed = {item.name for item in importlib.metadata.distributions()}
    named = ("lime", "numpy", "scikit-learn", "xgboost", "xgboost-cpu")
    return tuple((name, importlib.metadata.version(name)) for name in named if name in installed)
