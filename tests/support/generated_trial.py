"""A generated trial of three arms, and its recipe: B is better than A for everybody, C is no better than A.

Nothing measured on it says anything about patients.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

TRIAL = Path(__file__).parent / "generated_trial.yaml"
#: Log-odds of the bad event, arm by arm.
EFFECT = (0.0, -0.9, 0.0)


def write_trial(
    path: Path,
    patients: int = 600,
    seed: int = 7,
    effect: tuple[float, ...] = EFFECT,
    interaction: float = 0.0,
) -> None:
    """Write a trial; ``interaction`` is how much arm C differs between the sexes, in log-odds either way."""
    chance = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["arm", "age", "sex", "pressure", "site", "event", "later", "giveaway"])
        for _ in range(patients):
            arm, age = int(chance.integers(0, 3)), float(chance.normal(62, 11))
            sex, pressure = int(chance.integers(0, 2)), float(chance.normal(140, 20))
            odds = -1.0 + 0.06 * (age - 62) - 0.01 * (pressure - 140) + effect[arm]
            odds += (2 * sex - 1) * interaction if arm == 2 else 0.0
            event = int(chance.random() < 1 / (1 + np.exp(-odds)))
            cells = [
                "ABC"[arm],
                f"{age:.1f}",
                sex,
                f"{pressure:.0f}",
                f"S{int(chance.integers(0, 4))}",
                event,
            ]
            writer.writerow([*cells, f"{pressure + event:.0f}", event + chance.normal(0, 0.05)])
