"""What is said where more than one dose adjustment applies to an option at once.

Derived from a recorded assessment wherever its doses are shown, and not recorded: decisions of before
have it too, and replay to the same bytes.
"""

from __future__ import annotations

import re

from engine.domain.options import Assessment, Verdict

_AT_ONCE = (
    "{count} dose adjustments apply at once. Each was written for its own reason alone, and WhyRx does not "
    "combine them: keep to the strictest of them, and ask a pharmacist."
)

#: An amount that stands for itself, such as ``110 mg twice daily``; half of a dose does not.
_AMOUNT = re.compile(r"[\d.,/]+ (?:mg|g|micrograms|units|IU)\b")


def called_doses(assessment: Assessment) -> tuple[str, ...]:
    """Return the doses that findings call for, worst finding first; none where the option is excluded."""
    if assessment.verdict is Verdict.EXCLUDED:
        return ()
    return tuple(finding.dose for finding in assessment.findings if finding.dose)


def doses_at_once(assessment: Assessment) -> str:
    """Return that several dose adjustments apply and what to do; empty where there are not several.

    Several that name the same amount are one. Half for the liver and half for another drug are not: together
    they may be a quarter.
    """
    doses = called_doses(assessment)
    one = len(set(doses)) == 1 and _AMOUNT.match(doses[0]) is not None
    return "" if one or len(doses) <= 1 else _AT_ONCE.format(count=len(doses))
