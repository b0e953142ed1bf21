"""Findings: what fired rules conclude about one option."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from engine.domain.direct import written_directly
from engine.domain.ids import OptionId, RuleId
from engine.domain.provenance import SourceRef
from engine.domain.trace import TraceNode


class FindingKind(enum.StrEnum):
    """What sort of statement a finding is."""

    CONTRAINDICATION = "contraindication"
    INTERACTION = "interaction"
    DOSE_ADJUSTMENT = "dose adjustment"
    MONITORING = "monitoring"
    PRECAUTION = "precaution"
    PREFERENCE = "preference"
    """The source prefers this option, or another, for such a patient."""
    THERAPY_TO_START = "therapy to start"
    """The source advises a further therapy beside this option, such as folic acid with methotrexate."""


class Severity(enum.StrEnum):
    """How bad; ``rank`` gives the clinical order, worst first."""

    rank: int
    """0 for the worst."""

    def __init__(self, *_: str) -> None:
        """Take the next rank: members stand in their order."""
        self.rank = len(type(self).__members__)

    CONTRAINDICATED = "contraindicated"
    AVOID = "avoid"
    CAUTION = "caution"
    NOTE = "note"

    @property
    def excludes(self) -> bool:
        """Tell whether a finding of this severity takes the option out."""
        return self in (Severity.CONTRAINDICATED, Severity.AVOID)


class EvidenceStrength(enum.StrEnum):
    """How well supported a statement is, in the words of GRADE."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One thing to monitor under an option: what, when, and from which value on to act."""

    what: str
    """The title of a quantity, or a sign in words."""
    when: str
    """``before the first dose``, ``after 7 days``, ``every 90 days``; joined by commas."""
    threshold: str = ""
    """``above 5.5 mmol/L``; empty where the source names none."""
    act: str = ""
    """What to do beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedDose:
    """A dose computed for this patient, with its arithmetic."""

    text: str
    """``450 mg every 24 hours``."""
    steps: tuple[str, ...]
    """Each step of the arithmetic with the patient's values: ``6 mg/kg x 74 kg = 444 mg``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A drug that may be taken instead of one of the list: it was put through the rules as if it were."""

    option_id: OptionId
    title: str
    cautions: tuple[str, ...]
    """Sentences that hold of it for this patient, and rules about it that are open; empty where clear."""
    rules_checked: int


@written_directly
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fired rule on one option."""

    rule_id: RuleId
    rule_title: str
    option_id: OptionId
    kind: FindingKind
    severity: Severity
    strength: EvidenceStrength
    say: str
    """The pharmacist's sentence with the values bound in."""
    manage: str
    dose: str
    sources: tuple[SourceRef, ...]
    sources_seen: bool
    """False where a source was not before the eyes of the authors; shown beside the finding."""
    status: str
    why: TraceNode
    """From this conclusion down to the data."""
    computed: ComputedDose | None = None
    """The dose computed for this patient; ``dose`` then has its text."""
    watch: tuple[Watch, ...] = ()
    alternatives: tuple[OptionId, ...] = ()
    """The options the rule names instead, that no rule excludes and that could be assessed, here and now."""
    no_alternative: str = ""
    """Why the rule excludes and names no option instead, in a clause."""
    starts: tuple[str, ...] = ()
    """Titles of drugs or classes to start beside the option."""
    replacements: tuple[Replacement, ...] = ()
    """Of a drug of the patient's list: what may be taken in its place, clear ones first."""

    def about(self, option_id: OptionId, alternatives: tuple[OptionId, ...]) -> Finding:
        """Return the same of another option, for which nothing was tried in its place yet.

        ``dataclasses.replace`` written out: one rule speaks of many options, so that this is hot.
        """
        return Finding(
            rule_id=self.rule_id,
            rule_title=self.rule_title,
            option_id=option_id,
            kind=self.kind,
            severity=self.severity,
            strength=self.strength,
            say=self.say,
            manage=self.manage,
            dose=self.dose,
            sources=self.sources,
            sources_seen=self.sources_seen,
            status=self.status,
            why=self.why,
            computed=self.computed,
            watch=self.watch,
            alternatives=alternatives,
            no_alternative=self.no_alternative,
            starts=self.starts,
        )


class MissingKind(enum.StrEnum):
    """What sort of datum would settle an undecided rule, and so how to ask for it."""

    QUANTITY = "quantity"
    STATE = "state"
    LIST_REVIEW = "list review"
    GENOTYPE = "genotype"
    DRUG_IDENTITY = "drug identity"
    MEDICATION_DETAIL = "medication detail"
    """Route, dose or first or last day of a drug on the list."""
    PERSON = "person"
    """Birth date or sex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingDatum:
    """A datum that is absent, stale, contradictory or unusable."""

    kind: MissingKind
    subject: str
    """The id to enter it under: quantity, state, list or gene id, or the unmapped drug's text."""
    title: str
    reason: str
    """``never measured``, ``412 days old, at most 180 allowed``, ``two values of one day disagree``."""
    unit: str = ""


@written_directly
@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """One rule that could not be decided on one option, and what would settle it."""

    rule_id: RuleId
    rule_title: str
    option_id: OptionId
    kind: FindingKind
    severity: Severity
    blocks: bool
    """True where it makes the verdict *cannot be assessed*."""
    missing: tuple[MissingDatum, ...]
    because: str
    """Why it holds nothing up while it is undecided, where the rule says so."""
    sources: tuple[SourceRef, ...]
    why: TraceNode


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSettle:
    """A missing datum with what it would settle over all options."""

    datum: MissingDatum
    rules: tuple[RuleId, ...]
    options: tuple[OptionId, ...]
    worst: Severity
