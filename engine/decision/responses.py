"""What makes a clinician's choice acceptable."""

from __future__ import annotations

from engine.domain.decision import Choice, Decision, ReasonCode
from engine.domain.ids import OptionId
from engine.errors import InputError
from engine.terminology.alike import did_you_mean


def refuse_unfounded(
    decision: Decision, option_id: OptionId, choice: Choice, reason: ReasonCode | None, text: str
) -> None:
    """Refuse a choice that cannot be recorded as it stands.

    Raises:
        InputError: the option is not one of the decision's, or accepting needs an override, or
            an override lacks its reason or text.
    """
    assessment = next((item for item in decision.assessments if item.option.option_id == option_id), None)
    if assessment is None:
        raise InputError(
            f"{option_id!r} is not an option of this decision.",
            hint=did_you_mean(option_id, (item.option.option_id for item in decision.assessments)),
        )
    if choice is Choice.OVERRIDDEN:
        if reason is None or not text.strip():
            raise InputError(
                "an override needs a coded reason and a sentence of your own.",
                hint="Choose the reason that fits best and say what it means for this patient.",
            )
        return
    if not assessment.verdict.eligible:
        raise InputError(
            f"{assessment.option.title} is {assessment.verdict.value} and cannot simply be accepted.",
            hint="Choosing it is an override: give a reason.",
        )
    if reason is not None:
        raise InputError("a reason code belongs to an override, not to an acceptance.")
