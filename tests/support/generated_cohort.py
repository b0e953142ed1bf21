"""A generated table in the columns of the IWPC file: for training tests where the real one is absent.

The dose follows the published pharmacogenetic equation with noise, so that a trained model has something
to find. Nothing measured on it says anything about patients.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from engine.training.recipe_file import find_recipe, read_recipe
from engine.training.table import needed_columns

WARFARIN = read_recipe(find_recipe("warfarin-dose"))
NEEDED_COLUMNS = needed_columns(WARFARIN)

VKORC1 = ("G/G", "A/G", "A/A")
CYP2C9 = ("*1/*1", "*1/*2", "*1/*3", "*2/*2", "*2/*3", "*3/*3")
EFFECT = (0.0, -0.5211, -0.9357, -1.0616, -1.9206, -2.3312)
RACES = ("Asian", "White", "Black or African American", "Unknown")


def write_generated(path: Path, patients: int = 400, seed: int = 5) -> None:
    """Write a table of made-up patients, a tenth of every optional cell blank."""
    chance = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=NEEDED_COLUMNS)
        writer.writeheader()
        for _ in range(patients):
            writer.writerow(_row(chance))


def _row(chance: np.random.Generator) -> dict[str, str]:
    decade, height = int(chance.integers(2, 9)), float(chance.normal(168, 9))
    weight = float(np.clip(chance.normal(0.9 * height - 76, 11), 42, 140))
    vkorc1, cyp2c9 = int(chance.integers(0, 3)), int(chance.choice(6, p=[0.7, 0.12, 0.1, 0.03, 0.03, 0.02]))
    root = 5.6044 - 0.2614 * decade + 0.0087 * height + 0.0128 * weight - 0.85 * vkorc1 + EFFECT[cyp2c9]
    dose = max(4.0, float(root + chance.normal(0, 0.5)) ** 2)
    row = {
        name: "NA" if chance.random() < 0.1 else str(int(chance.random() < 0.15)) for name in NEEDED_COLUMNS
    }
    return row | {
        "Age": f"{decade}0 - {decade}9",
        "Gender": "male" if chance.random() < 0.5 else "female",
        "Race": RACES[int(chance.integers(0, len(RACES)))],
        "Height (cm)": f"{height:.1f}" if chance.random() < 0.9 else "NA",
        "Weight (kg)": f"{weight:.1f}",
        "Therapeutic Dose of Warfarin": f"{dose:.1f}",
        "Subject Reached Stable Dose of Warfarin": "1" if chance.random() < 0.95 else "0",
        "Indication for Warfarin Treatment": str(int(chance.integers(1, 9))),
        "CYP2C9 consensus": CYP2C9[cyp2c9],
        "VKORC1 -1639 consensus": VKORC1[vkorc1],
    }
