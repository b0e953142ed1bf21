"""What an engine is built from: paths, site and user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.domain.ids import UserName
from engine.domain.rules import Jurisdiction

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSetup:
    """Where an engine finds its knowledge, its models and its database, and for whom it works."""

    database: Path
    rulesets: tuple[Path, ...]
    """Folders of rule packs, used together; what the others build upon comes first."""
    models: Path
    jurisdiction: Jurisdiction
    user: UserName
    demo: bool = False
    """True: the database is a marked demonstration and may hold no real patient."""
    idle_minutes: int = 15
    """After so many minutes without a call the database locks itself; a demonstration never does."""


def shipped_rulesets() -> Path:
    """Return the starter pack: beside the packages in a checkout, inside them once installed."""
    beside = _HERE.parent.parent / "rulesets"
    return beside if (beside / "manifest.yaml").exists() else _HERE.parent / "_rulesets"


def shipped_models() -> Path:
    """Return the folder of trained models."""
    return _HERE.parent / "ranking" / "models"


def default_database(*, demo: bool) -> Path:
    """Return where this operating system keeps a user's data."""
    import platformdirs  # noqa: PLC0415 - not needed where a path was given

    name = "demo.sqlite" if demo else "whyrx.sqlite"
    return platformdirs.user_data_path("whyrx", appauthor=False) / name
