"""Why not: the rules that speak of an option and did not fire, with what each of them failed by."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.domain.findings import FindingKind, MissingDatum, Severity
from engine.domain.ids import DecisionId, OptionId, QuantityId, RuleId, Symbol
from engine.domain.options import Verdict
from engine.domain.provenance import SourceRef
from engine.domain.quantities import Interval, Quantity
from engine.domain.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far a value is from where its premise would hold; all of it in the quantity's unit."""

    quantity: QuantityId
    title: str
    value: Quantity
    """The exact value that was compared."""
    interval: Interval
    """What the rule asks about."""
    threshold: Quantity
    """The nearest end of the interval that would have to be crossed."""
    distance: Quantity
    """From the value to the threshold; zero where the value lies on an end that does not count."""
    share: Decimal | None
    """The distance as a share of the threshold; None where the threshold is zero."""
    crosses_at: Quantity | None
    """The nearest value, to the decimals of the quantity, at which the premise would hold; None where no
    value with so few decimals lies there."""
    says: str
    """``creatinine clearance 62.3 mL/min is 12.3 mL/min (25 %) above 50 mL/min``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingPremise:
    """One statement that a rule needs and that does not hold, or is not known to hold."""

    symbol: Symbol
    negated: bool
    """True where the rule needs it not to be so."""
    truth: Truth
    """Of the premise as the rule needs it: false, or unknown."""
    needs: str
    """What the rule needs, in words."""
    found: str
    """What was found instead, bound to the data."""
    through: tuple[str, ...]
    """Titles of the derived concepts that lead from the rule to it, outermost first."""
    margin: Margin | None
    """Only of a premise about a quantity that has a value."""
    missing: tuple[MissingDatum, ...]
    """Non-empty exactly where the premise is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNotFired:
    """One rule that speaks of the option and did not fire."""

    rule_id: RuleId
    title: str
    sentence: str
    """The whole rule as one sentence, as the decision's rule pack has it."""
    kind: FindingKind
    severity: Severity
    truth: Truth
    """False: it does not apply. Unknown: it could not be decided."""
    elsewhere: bool
    """True where it follows the label of another jurisdiction than the decision's."""
    failing: tuple[FailingPremise, ...]
    """In reading order, the first failing one first; never empty."""
    nearest: Margin | None
    """The margin of the nearest failing premise by share; None where none is about a known number."""
    alone: bool
    """True where crossing that one threshold, all else unchanged, would make the rule fire."""
    says: str
    sources: tuple[SourceRef, ...]

    @property
    def first(self) -> FailingPremise:
        """Return the first premise it failed by."""
        return self.failing[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Everything that was held against one option, or for a finding on it, and did not come true."""

    decision_id: DecisionId
    option_id: OptionId
    option_title: str
    verdict: Verdict
    fired: int
    """Rules that did fire, under the decision's jurisdiction."""
    near_misses: tuple[RuleNotFired, ...]
    """False by a number at least: those that one crossing would fire come first, then by share."""
    undecided: tuple[RuleNotFired, ...]
    """Unknown, the worst first; each failing premise says which datum is missing."""
    others: tuple[RuleNotFired, ...]
    """False by nothing that has a number, the worst first."""
