"""Measure explanations: ``python tests/benchmarks/lime.py`` (``--widths``: choose the kernel).

All three options of a patient, from the bank, against the package's own ``LimeTabularExplainer``, in one
run and one process, on one thread, taking turns; times are processor times. Like is compared with like:

- *time*: the same trees, the same clinical bins, the same number of samples, all options in one call of
  ``explain_instance``, no feature selection on either side. Stock draws and scores its samples for every
  patient, because it must; the bank did so once (its cost stands in a line of its own).
- *agreement*: the stock explainer is handed the very samples of the bank, and then runs its own code:
  distances, kernel, ridge regression. Its coefficients and ours, in its own terms, are correlated over all
  features of all options of all patients. Kernel and its width are ours on both sides. A term for every bin,
  by which shipped models are explained, has no counterpart in stock LIME; its time is told beside.

Goals: eight times as fast at equal samples; correlation at least .999.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
# In place of this folder: the file is named like the package it measures.
sys.path.remove(str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import xgboost  # noqa: TID253 - a script, not a window
from dosing import FEATURES, MODEL, MODELS, inputs_of
from lime.lime_tabular import LimeTabularExplainer  # noqa: TID253 - a script, not a window

from engine.domain.ids import OptionId
from engine.explanation.bank import at_level
from engine.explanation.explainer import ModelExplanation
from engine.explanation.fidelity import fidelity
from engine.explanation.local_surrogate import KERNEL_WIDTH, bins_of, kernel, surrogate

LEVELS = (0, 1, 2)
PATIENTS = 24
WIDTHS = (0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.5)


class BankLime(LimeTabularExplainer):  # type: ignore[misc]  # lime ships no types
    """The stock explainer, handed samples instead of drawing its own."""

    samples: tuple[Any, Any]

    def _LimeTabularExplainer__data_inverse(  # noqa: N802 - the name Python gives lime's private method
        self, *_: object
    ) -> tuple[Any, Any]:
        return self.samples


def made_ready(samples: int) -> tuple[ModelExplanation, float]:
    """Return the model with a bank of so many samples, scored, and the seconds that took."""
    folder = MODELS / MODEL
    trees, reference = ((folder / name).read_bytes() for name in ("booster.json", "reference.json"))
    began = time.perf_counter()
    model = ModelExplanation(FEATURES, trees, reference, samples)
    for level in LEVELS:
        model.level(level)
    return model, time.perf_counter() - began


def milliseconds(*asks: Callable[[int], object]) -> list[float]:
    """Return the median processor time of each way of asking for one patient, the first left out.

    They take turns, so that a busy machine slows all of them alike.
    """
    taken: list[list[float]] = [[] for _ in asks]
    for patient in range(PATIENTS + 1):
        for ask, times in zip(asks, taken, strict=True):
            began = time.process_time()
            ask(patient)
            times.append(1000 * (time.process_time() - began))
    return [statistics.median(times[1:]) for times in taken]


def stock(model: ModelExplanation, kind: type[LimeTabularExplainer]) -> LimeTabularExplainer:
    """Return the package's explainer over the same bins; code 0 is *not known*."""
    codes = model.bank.codes.astype(np.int64) + 1
    places = list(range(len(FEATURES)))
    return kind(
        codes,
        feature_names=[feature.title for feature in FEATURES],
        categorical_features=places,
        discretize_continuous=False,
        kernel_width=KERNEL_WIDTH * np.sqrt(len(FEATURES)),
        kernel=kernel,
        feature_selection="none",
        class_names=[str(level) for level in LEVELS],
        random_state=1,
    )


def scorer(model: ModelExplanation) -> Callable[[Any], Any]:
    """Return the trees as a function of bins: each bin stands for its mean value."""
    trees = (MODELS / MODEL / "booster.json").read_bytes()
    booster = xgboost.Booster(params={"nthread": 1}, model_file=bytearray(trees))
    table = np.full((len(FEATURES), 12), np.nan, dtype=np.float32)
    for place in range(len(FEATURES)):
        codes, values = model.bank.codes[:, place], model.bank.values[:, place]
        for code in np.unique(codes[codes >= 0]):
            table[place, code + 1] = values[codes == code].mean()

    def scores(codes: Any) -> Any:
        values = table[np.arange(len(FEATURES)), codes.astype(np.int64)]
        margins = [booster.inplace_predict(at_level(values, k), predict_type="margin") for k in LEVELS]
        return np.stack(margins, axis=1)

    return scores


def compare(samples: int) -> None:
    """Print the comparison at one number of samples."""
    model, seconds = made_ready(samples)
    bank, answers = model.bank, np.stack([model.level(k).bank_scores for k in LEVELS], axis=1)
    options = [(OptionId(str(level)), level) for level in LEVELS]
    plain, scores = stock(model, LimeTabularExplainer), scorer(model)
    bins = bins_of(bank.codes)
    in_stock, ours, whole, theirs = milliseconds(
        lambda row: surrogate(bank.codes, answers, bank.codes[row], answers[row]),
        lambda row: surrogate(bank.codes, answers, bank.codes[row], answers[row], bins),
        lambda row: model.explain(inputs_of(bank.values[row]), options),
        lambda row: plain.explain_instance(
            bank.codes[row].astype(np.int64) + 1,
            scores,
            labels=LEVELS,
            num_features=len(FEATURES),
            num_samples=samples,
        ),
    )
    pearson = agreement(model, answers)
    print(f"{samples} samples, {len(LEVELS)} options, {len(FEATURES)} features")
    print(f"  bank drawn and scored once                 {1000 * seconds:9.1f} ms")
    print(f"  stock LimeTabularExplainer, one patient     {theirs:9.1f} ms")
    print(f"  LIME from the bank, in stock LIME's terms   {in_stock:9.1f} ms   {theirs / in_stock:5.1f} x")
    print(f"  the same with a term for every bin          {ours:9.1f} ms   {theirs / ours:5.1f} x (goal 8)")
    print(f"  with exact shares and fidelity              {whole:9.1f} ms   {theirs / whole:5.1f} x")
    print(f"  Pearson with stock code on equal samples    {pearson:9.6f}      (goal .999)")


def eight() -> None:
    """Print eight options explained in full, 20,000 samples, against bare stock LIME at 5,000.

    The shipped model has three levels: eight options ask for them in turn, which costs the same as eight
    levels, but for the bank that is scored once.
    """
    model, _ = made_ready(20_000)
    bank = model.bank
    levels = [LEVELS[place % len(LEVELS)] for place in range(8)]
    options = [(OptionId(f"{place}"), level) for place, level in enumerate(levels)]
    plain, scores = stock(model, LimeTabularExplainer), scorer(model)
    whole, theirs = milliseconds(
        lambda row: model.explain(inputs_of(bank.values[row]), options),
        lambda row: plain.explain_instance(
            bank.codes[row].astype(np.int64) + 1,
            lambda codes: scores(codes)[:, levels],
            labels=range(8),
            num_features=len(FEATURES),
            num_samples=5_000,
        ),
    )
    print("8 options: scores, LIME at 20,000, exact shares, deletion, grade; stock LIME at 5,000")
    print(f"  stock LimeTabularExplainer, one patient     {theirs:9.1f} ms")
    print(f"  all of it from the bank, one patient        {whole:9.1f} ms   {theirs / whole:5.1f} x (goal 6)")


def agreement(model: ModelExplanation, answers: Any) -> float:
    """Return the correlation of our coefficients with the stock explainer's on the bank's own samples."""
    bank, explainer = model.bank, stock(model, BankLime)
    left: list[float] = []
    right: list[float] = []
    for row in range(PATIENTS):
        patient = bank.codes[row]
        same = (bank.codes == patient).astype(float)
        same[0] = 1.0
        own = answers.copy()
        own[0] = answers[row]
        explainer.samples = (same, same)
        found = explainer.explain_instance(
            patient.astype(np.int64) + 1,
            lambda _, own=own: own,
            labels=LEVELS,
            num_features=len(FEATURES),
            num_samples=len(bank.codes),
        )
        coefficients = surrogate(bank.codes, answers, patient, answers[row]).coefficients
        for level in LEVELS:
            by_feature = dict(found.local_exp[level])
            left += [by_feature[place] for place in range(len(FEATURES))]
            right += coefficients[level].tolist()
    return float(np.corrcoef(left, right)[0, 1])


def widths(values: Sequence[float], patients: int = 60) -> None:
    """Print how well each kernel width matches the exact shares."""
    model, _ = made_ready(10_000)
    answers = np.stack([model.level(level).bank_scores for level in LEVELS], axis=1)
    bins = bins_of(model.bank.codes)
    print("width  median correlation with the exact shares (low, intermediate, high)   withheld")
    for width in values:
        grades: list[str] = []
        found: list[list[float]] = [[], [], []]
        for row in range(patients):
            patient = model.bank.values[row]
            own = np.array([float(model.level(level).scores(patient[None, :])[0]) for level in LEVELS])
            exact = [model.level(level).attribute(patient, own[level]).shares for level in LEVELS]
            local = surrogate(model.bank.codes, answers, model.bank.codes[row], own, bins, width)
            for level in LEVELS:
                match = fidelity(local.centred[level], exact[level], float(local.r2[level]))
                found[level].append(match.correlation)
                grades.append(match.grade.name)
        medians = ", ".join(f"{statistics.median(several):.3f}" for several in found)
        print(f"{width:5.2f}  {medians:55s} {grades.count('WITHHELD') / len(grades):20.1%}")


if __name__ == "__main__":
    # Scores are log-odds: the explainer is told of several outputs, and takes them for chances.
    warnings.filterwarnings("ignore", message=r"\s*Prediction prob")
    if "--widths" in sys.argv:
        widths(WIDTHS)
    else:
        for count in (5_000, 10_000):
            compare(count)
        eight()
