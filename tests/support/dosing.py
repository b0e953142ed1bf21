"""Patients and options for the warfarin dose model, read through the real facts floor and vocabulary.

The patient is a woman of 72, 160 cm and 62 kg, genotyped, about whom everything the model asks is known.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from builders import an_assessment, an_option
from charts import IMPORTED, TODAY, called, diagnosed, observed, reported, reviewed, takes
from shipped_words import shipped_index

from engine.domain.ids import ModelId, PatientId
from engine.domain.models import ModelInput
from engine.domain.options import EligibleOption, Verdict
from engine.domain.patient import ListKind, PatientRecord, Sex
from engine.explanation.explainer import ModelExplanation
from engine.facts.assemble import Facts
from engine.ranking.card import decode
from engine.ranking.features import NOT_KNOWN
from engine.ranking.ranker import ModelRanker

MODELS = Path(__file__).parents[2] / "engine" / "ranking" / "models"
MODEL = ModelId("warfarin-dose")
CARD = decode((MODELS / MODEL / "card.json").read_bytes())
FEATURES = tuple(feature.described() for feature in CARD.features)
OPTIONS = ("warfarin-low", "warfarin-intermediate", "warfarin-high")
#: The published table, where this machine has it: ``WHYRX_IWPC``, else beside the checkout.
BESIDE = Path(__file__).parents[3] / "shared" / "data" / "iwpc" / "warfarin_iwpc_5700.csv"


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Return the facts floor over the shipped vocabulary."""
    index = shipped_index()
    return Facts(index.vocabulary, index)


def ranker(models: Path = MODELS) -> ModelRanker:
    """Return a ranker over the shipped models."""
    return ModelRanker(models, facts())


@lru_cache(maxsize=1)
def shipped_explanation() -> ModelExplanation:
    """Return the shipped model made ready to explain, from a smaller bank."""
    folder = MODELS / MODEL
    trees, reference = (folder / name for name in ("booster.json", "reference.json"))
    return ModelExplanation(FEATURES, trees.read_bytes(), reference.read_bytes(), samples=4_000)


def dosing_patient(
    *,
    age: int = 72,
    height: str | None = "160",
    weight: str | None = "62",
    cyp2c9: tuple[str, ...] | None = ("*1/*1",),
    vkorc1: tuple[str, ...] | None = ("A/G",),
    drugs: tuple[str, ...] = (),
    conditions: tuple[str, ...] = ("atrial_fibrillation",),
    lists_reviewed: bool = True,
    **changes: Any,
) -> PatientRecord:
    """Return the patient; None leaves a datum out."""
    body = (("height", height), ("weight", weight))
    genes = (("CYP2C9", cyp2c9), ("VKORC1", vkorc1))
    given: dict[str, Any] = {
        "patient_id": PatientId("dose-1"),
        "name": "Test Patient",
        "birth_date": date(TODAY.year - age, 1, 1),
        "sex": Sex.FEMALE,
        "identity": IMPORTED,
        "observations": tuple(observed(name, value) for name, value in body if value is not None),
        "medications": tuple(takes(drug) for drug in drugs),
        "diagnoses": tuple(diagnosed(condition) for condition in conditions),
        "genotypes": tuple(called(gene, *several) for gene, several in genes if several is not None),
        "states": (reported("smoker", holds=False),),
        "reviews": tuple(reviewed(kind) for kind in ListKind) if lists_reviewed else (),
    }
    return PatientRecord(**(given | changes))


def dose_options(*levels: int | None, verdict: Verdict = Verdict.CLEAR) -> tuple[EligibleOption, ...]:
    """Return the options of these levels; all three without any."""
    return tuple(
        EligibleOption(
            assessment=an_assessment(
                OPTIONS[level or 0],
                verdict,
                option=an_option(OPTIONS[level or 0], model_level=level),
            )
        )
        for level in (levels or (0, 1, 2))
    )


def inputs_of(row: list[float] | np.ndarray[Any, Any]) -> tuple[ModelInput, ...]:
    """Return a row of the bank as one patient's inputs."""
    return tuple(
        ModelInput(
            feature=feature.name,
            value=None if np.isnan(value) else float(value),
            text=NOT_KNOWN if np.isnan(value) else str(Decimal(str(float(value)))),
        )
        for feature, value in zip(FEATURES, row, strict=True)
    )
