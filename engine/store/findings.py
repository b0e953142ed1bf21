"""Problems as a verification finds them."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.domain.access import User
from engine.domain.decision import Decision
from engine.domain.ids import ContentHash
from engine.store.chain import GENESIS
from engine.store.columns import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestRecord:
    """What the list of patients must show of one of them."""

    event: int
    listed: ContentHash | None
    columns: Columns | None
    """None where the content was not read."""


@dataclass(slots=True)
class Findings:
    """Problems as they are found, and what later checks need of what the chain spoke of."""

    thorough: bool
    events: int = 0
    decisions: int = 0
    head: str = GENESIS.hex()
    newest: dict[str, NewestRecord] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    """Patients whom the list shows as erased."""
    users: dict[str, tuple[int, User]] = field(default_factory=dict)
    files: dict[ContentHash, tuple[int, str]] = field(default_factory=dict)
    """Hash of a file -> event and path that first need it."""
    decided: dict[int, Decision] = field(default_factory=dict)
    """Decisions whose answer is still to come; thorough only."""
    indexed: dict[int, int] = field(default_factory=dict)
    """Event of a decision -> a sum over its words; thorough only."""
    unlisted: dict[int, str] = field(default_factory=dict)
    """Decisions that no list shows -> their patient, who should be erased."""
    shown_answers: set[int] = field(default_factory=set)
    """Decisions whose answer a list shows, and that was not met yet."""
    kept: dict[int, str] = field(default_factory=dict)
    """Event that says a promise was kept -> its decision."""
    promising: set[int] = field(default_factory=set)
    """Answers that promised to watch, and can be read; thorough only."""
    _problems: list[tuple[int, str]] = field(default_factory=list)

    def add(self, event: int, what: str) -> None:
        """Note a problem of an event, or of the file where that is 0."""
        self._problems.append((event, f"event {event}: {what}" if event else what))

    def problems(self) -> tuple[str, ...]:
        """Return the problems by event, each once."""
        ordered = sorted(self._problems, key=lambda item: item[0])
        return tuple(dict.fromkeys(text for _, text in ordered))
