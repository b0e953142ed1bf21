"""What an evidence recipe says: where the figures are, what is better, and what may be put in an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

#: 45 CFR 170.315 (b)(11)(iv)(A), in the words of the page that ``attributes`` names.
_USES: Final = (
    "race",
    "ethnicity",
    "language",
    "sexual orientation",
    "gender identity",
    "sex",
    "date of birth",
    "social determinants of health data",
    "health status assessments data",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option as a clinician chooses it, with every dose that it leaves open."""

    option: str
    doses: tuple[str, ...]
    """In the network, "option dose" is what was given."""
    ground: str
    """What it was measured on: an effect alone and one on top of another drug are not compared."""

    @property
    def given(self) -> tuple[str, ...]:
        """Return what the network calls it."""
        return tuple(f"{self.option} {dose}" for dose in self.doses)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecipe:
    """A table of trial arms, and what is better."""

    evidence: str
    title: str
    outcome: str
    better: str
    """``more`` where an event is good (response), ``fewer`` where it, or the mean, should be low (stroke)."""
    reference: str
    citation: str
    licence: str
    seed: int
    measure: Literal["odds ratio", "mean difference"] = "odds ratio"
    table: str = ""
    """A table that ships beside the recipe, of mean changes; without it the table is given by the user."""
    study: str = ""
    """This column, and the three that follow, are of a table of events."""
    option: str = ""
    events: str = ""
    total: str = ""
    separator: str = ","
    harms: str | None = None
    """A column of events of intolerance, in the same table."""
    leave_out: tuple[str, ...] = ()
    """Options that no clinician could choose (placebo, say): in the network, not in the order."""
    choices: tuple[Choice, ...] = ()
    """What is put in an order, where options leave their dose open; all others only connect."""
    limits: tuple[str, ...] = ()
    released: str = ""
    developer: str = ""
    funding: str = ""
    uses: Mapping[str, str] = field(default_factory=dict)
    """Of the nine kinds of data that evidence-based attributes ask about: how the source used them."""

    @property
    def sign(self) -> float:
        """Return what turns an effect so that more is better."""
        return 1.0 if self.better == "more" else -1.0


def evidence_attributes(recipe: EvidenceRecipe) -> tuple[tuple[str, str], ...]:
    """Return the 13 source attributes of an evidence-based intervention."""
    return (
        ("bibliographic citation", recipe.citation),
        ("developer", recipe.developer or "the WhyRx project, from the cited trials"),
        ("funding of the technical implementation", recipe.funding or "none"),
        ("release and revision dates of the source", recipe.released or "as in the citation"),
        *((f"use of {name}", recipe.uses.get(name, "not used by the pooled averages")) for name in _USES),
    )
