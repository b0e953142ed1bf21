"""The trial tables that published network meta-analyses are reproduced from, where this machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

#: ``WHYRX_NMA``, else beside the checkout.
TABLES = Path(os.environ.get("WHYRX_NMA", Path(__file__).parents[3] / "shared" / "knowledge" / "nma"))


def pooled_table(name: str) -> Path:
    """Return a table; the test is skipped where there is none."""
    path = TABLES / name
    if not path.exists():
        pytest.skip(f"the table is not on this machine (WHYRX_NMA names its folder): {path}")
    return path
