"""Bundles that nobody here wrote, made by a public generator from fixed seeds."""

from __future__ import annotations

from datetime import date

import pytest
from generated_bundles import Generated, generated_bundles


@pytest.fixture(scope="session")
def generated() -> tuple[Generated, ...]:
    """Return 100 generated bundles."""
    return generated_bundles(range(20), date(2026, 10, 1))
