"""Bundles made by carebundle, a public generator: whole patients that nobody here wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One generated file."""

    name: str
    content: bytes


def generated_bundles(seeds: Sequence[int], as_of: date) -> tuple[Generated, ...]:
    """Return a bundle for each of the generator's profiles and each seed, women and men in turn.

    The same seeds give the same bytes. Where the generator is not installed, the test is skipped.
    """
    carebundle = pytest.importorskip("carebundle", reason="the generator of test bundles is not installed")
    made: list[Generated] = []
    for profile in carebundle.PROFILES:
        for seed in seeds:
            bundle = carebundle.generate_bundle(
                profile=profile,
                seed=seed,
                index=seed,
                sex="FM"[seed % 2],
                age_range=(45, 90),
                reference_date=as_of,
            )
            content = carebundle.to_json(bundle).encode()
            made.append(Generated(name=f"{profile}-{seed}.json", content=content))
    return tuple(made)
