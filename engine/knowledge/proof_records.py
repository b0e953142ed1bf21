"""What proofs about a whole pack find."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.domain.ids import OptionId, RuleId
from engine.domain.rules import FileSpan
from engine.knowledge.shown_patients import ShownPatient


class ProofKind(enum.StrEnum):
    """What was proved."""

    UNREACHABLE = "unreachable rule"
    """No patient makes its premise true."""
    NEVER_HOLDS = "concept that never holds"
    IDLE_PART = "part that decides nothing"
    """A part of a premise without which every patient would be told the same."""
    DEAD_MEMBER = "member that decides nothing"
    """A drug of a class, a route or a reaction without which every patient would be told the same."""
    SUBSUMED = "subsumed rule"
    """Whoever fires it fires another one that says at least as much of the same option."""
    CONTRADICTION = "contradiction"
    """Two doses for one patient whom nothing else excludes, or for and against an option by one datum."""
    GAP = "gap in a range"
    """A stretch of a quantity where nothing speaks although both sides do."""
    NEVER_EXCLUDED = "option that nothing excludes"
    TENSION = "preference beside an exclusion"
    """Both hold of one patient, for different reasons; the exclusion goes first, as always."""
    OVERLAP = "overlap of equal severity"
    USUAL_RANGE = "usual range"
    """The one stretch between a low and a high end where nothing speaks: most often as it should be."""
    OUT_OF_TIME = "not decided in time"

    @property
    def is_information(self) -> bool:
        """Tell whether it is only counted unless everything is asked for."""
        return self in (ProofKind.TENSION, ProofKind.OVERLAP, ProofKind.USUAL_RANGE)

    @property
    def is_problem(self) -> bool:
        """Tell whether an author should change something, or look again.

        What decides nothing when everything is known may settle a rule while something is not.
        """
        return not self.is_information and self not in (ProofKind.IDLE_PART, ProofKind.DEAD_MEMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One thing proved about a pack."""

    kind: ProofKind
    message: str
    spans: tuple[FileSpan, ...]
    rules: tuple[RuleId, ...] = ()
    options: tuple[OptionId, ...] = ()
    shown: ShownPatient | None = None
    """A patient who shows it; None where the statement is about every patient."""
    unconfirmed: str = ""
    """What the assessor said instead, where it does not bear the patient out: the solver's picture of the
    facts floor is wrong then, and the statement with it."""

    def __str__(self) -> str:
        """Return places, kind and sentence, and the patient on a line of its own."""
        lines = [f"{self.spans[0]}: {self.kind.value}: {self.message}"]
        lines += [f"    see {span}" for span in self.spans[1:]]
        if self.shown is not None:
            lines.append(f"    for example: {self.shown.patient} ({self.shown.jurisdiction.value})")
        if self.unconfirmed:
            lines.append(f"    NOT CONFIRMED by the assessor: {self.unconfirmed}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofReport:
    """Everything proved about a pack."""

    proofs: tuple[Proof, ...]
    counts: dict[str, int]
    """How many there are of each kind, also of those that are not listed."""
    questions: int
    """How often the solver was asked."""
    rules: int

    @property
    def problems(self) -> tuple[Proof, ...]:
        """Return those in which something may be wrong."""
        return tuple(proof for proof in self.proofs if proof.kind.is_problem or proof.unconfirmed)
