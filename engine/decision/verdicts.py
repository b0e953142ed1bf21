"""From findings and undecided rules to a verdict, and to what would settle most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.domain.findings import MissingDatum, Severity, ToSettle, Undecided
from engine.domain.ids import OptionId, RuleId
from engine.domain.options import Assessment, Verdict


def worst_of(fired: Sequence[Severity], undecided: Sequence[tuple[Severity, bool]]) -> Verdict:
    """Return the worst that any rule makes of an option, from the severities of its rules.

    An undecided rule that only cautions makes a caution, because unknown is not clear; one that says why it
    may stay open weighs as a note. Faults of the engine are not looked at here: with any, nothing may be
    said, not even that an option is excluded.

    Args:
        fired: the severity of each rule whose premise holds.
        undecided: what each rule that is not decided weighs as long, and whether it blocks.
    """
    if any(severity.excludes for severity in fired):
        return Verdict.EXCLUDED
    if any(blocks for _, blocks in undecided):
        return Verdict.UNASSESSABLE
    if Severity.CAUTION in fired or any(severity is Severity.CAUTION for severity, _ in undecided):
        return Verdict.CAUTION
    return Verdict.CLEAR


def settle_order(assessments: Iterable[Assessment]) -> tuple[ToSettle, ...]:
    """Return each missing datum with the rules and options it concerns, the weightiest first."""
    rules: dict[MissingDatum, dict[RuleId, Undecided]] = {}
    options: dict[MissingDatum, dict[OptionId, None]] = {}
    for assessment in assessments:
        for item in assessment.undecided:
            for datum in item.missing:
                rules.setdefault(datum, {})[item.rule_id] = item
                options.setdefault(datum, {})[item.option_id] = None
    settled = [
        ToSettle(
            datum=datum,
            rules=tuple(sorted(by_rule)),
            options=tuple(options[datum]),
            worst=min((item.severity for item in by_rule.values()), key=lambda each: each.rank),
        )
        for datum, by_rule in rules.items()
    ]
    weight = {datum: min(_weight(item) for item in by_rule.values()) for datum, by_rule in rules.items()}
    return tuple(
        sorted(
            settled,
            key=lambda item: (
                weight[item.datum],
                item.worst.rank,
                -len(item.rules),
                item.datum.title,
            ),
        )
    )


def _weight(item: Undecided) -> int:
    """Return 0 for what blocks, 1 for what cautions, 2 for what is only mentioned."""
    if item.blocks:
        return 0
    return 1 if item.severity is Severity.CAUTION and not item.because else 2
