"""What lists of published criteria may hold in a rule file."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.knowledge.entry import Entry
from engine.knowledge.fields import Free, Name, NamesListed, Text, Whole, choice


class CriteriaKind(enum.StrEnum):
    """How citations call the criteria of a list."""

    STOPP = "STOPP"
    START = "START"


class CriterionEntry(Entry):
    """What became of one criterion: exactly one of the three."""

    rules: NamesListed
    """The rules that say it; each cites it."""
    covered: NamesListed
    """Rules that say as much from other sources."""
    not_: Free = Field(alias="not", default="")
    """Why no rule says it, as a sentence."""


class UnreadEntry(Entry):
    """The criteria of a list that nobody has read."""

    count: Whole
    """How many."""
    why: Text
    """Why not, as a sentence."""


class CriteriaEntry(Entry):
    """A published list of criteria, and which rules say each."""

    title: Text
    """As it is read aloud, with its version."""
    kind: Annotated[CriteriaKind, BeforeValidator(choice(CriteriaKind))]
    """How citations call its criteria."""
    count: Whole
    """How many criteria it has."""
    citations: NamesListed
    """The citations whose places name its criteria."""
    unread: UnreadEntry | None = None
    """Those that could not be read."""
    criteria: Annotated[dict[Name, CriterionEntry], Field(default_factory=dict)]
    """Each criterion that was read, by its number."""
