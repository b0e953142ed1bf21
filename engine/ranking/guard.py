"""The domain guard: whether a patient is one of those the model may be asked about."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.domain.ids import FeatureName
from engine.ranking.card import Guard
from engine.ranking.features import PatientInputs


def reason_outside(guard: Guard | None, patient: PatientInputs) -> str | None:
    """Return why a patient with all required inputs lies outside what the model learnt, if they do."""
    if patient.outside:
        return f"{'; '.join(patient.outside)}, and the model learnt from no others"
    return None if guard is None else _too_low(guard, patient) or _too_far(guard, patient)


def _too_far(guard: Guard, patient: PatientInputs) -> str | None:
    """Return why the measured features lie together where no patient did; None where one is not known."""
    values = {name: patient.value(name) for name in guard.columns}
    known = {name: value for name, value in values.items() if value is not None}
    place = 0 if guard.by is None else patient.value(guard.by)
    if len(known) < len(values) or place is None:
        return None
    words = _words(guard, patient)
    if any(known[name] <= 0 and _measured(patient, name) for name in guard.columns):
        return f"{words} cannot be: check the units"
    point = [math.log(known[name]) if name in guard.logged else known[name] for name in guard.columns]
    away = _distance(point, guard.means[int(place)], guard.precisions[int(place)])
    if away > guard.limits[int(place)]:
        return (
            f"{words} lies outside the patients it learnt from "
            f"(distance {away:.1f}, limit {guard.limits[int(place)]:.1f}): check the units"
        )
    return None


def _too_low(guard: Guard, patient: PatientInputs) -> str | None:
    features = {feature.name: feature for feature in patient.features}
    for name, lowest in guard.lowest:
        value = patient.value(name)
        if value is not None and value < lowest:
            feature = features[name]
            least = feature.labels[int(lowest)] if feature.labels else f"{lowest:g} {feature.unit}"
            return f"{feature.title} {patient.text(name)} is below the lowest it learnt from, {least}"
    return None


def _words(guard: Guard, patient: PatientInputs) -> str:
    """Return what was measured, such as ``height 160 cm with weight 62 kg with age 72 years``."""
    titles = {feature.name: feature.title for feature in patient.features}
    ordered = sorted(guard.columns, key=lambda name: not _measured(patient, name))
    return " with ".join(f"{titles[name]} {patient.text(name)}" for name in ordered)


def _measured(patient: PatientInputs, name: FeatureName) -> bool:
    return any(feature.name == name and feature.cuts for feature in patient.features)


def _distance(point: Sequence[float], mean: Sequence[float], precision: Sequence[Sequence[float]]) -> float:
    """Return the Mahalanobis distance."""
    away = [value - middle for value, middle in zip(point, mean, strict=True)]
    return math.sqrt(
        sum(away[i] * precision[i][j] * away[j] for i in range(len(away)) for j in range(len(away)))
    )
