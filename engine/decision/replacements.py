"""Drugs to take instead of an excluded one of the patient's list, each put through all rules first.

The options of a medication review are the drugs of the list, and what a rule names instead is seldom
among them. So each named drug is assessed as if it were taken and the excluded one stopped that day:
wash-outs, duplicates and interactions with the rest of the list are seen. What is excluded then, or
cannot be assessed, is never offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.domain.findings import Finding, Replacement, Severity
from engine.domain.ids import DrugId, OptionId, RuleId
from engine.domain.options import Assessment, Verdict
from engine.domain.patient import Medication, MedicationStatus, PatientRecord
from engine.domain.therapy import Indication, OptionsFrom, TherapyOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One excluded drug taken off the list, with the options that its rules name instead."""

    instead_of: OptionId
    record: PatientRecord
    indication: Indication


def trials(
    indication: Indication,
    record: PatientRecord,
    day: date,
    assessments: Iterable[Assessment],
    named: Mapping[RuleId, tuple[OptionId, ...]],
) -> Iterator[Trial]:
    """Yield what has to be assessed besides; nothing where the options do not come from the record.

    Args:
        indication: as the rule pack has it, with every option there could be.
        record: of the patient.
        day: today.
        assessments: of the drugs of the list.
        named: the options that each rule names instead.
    """
    if indication.options_from is OptionsFrom.LISTED:
        return
    known = {option.option_id: option for option in indication.options}
    assessed = tuple(assessments)
    listed = {assessment.option.option_id for assessment in assessed}
    for assessment in assessed:
        if assessment.verdict is not Verdict.EXCLUDED:
            continue
        wanted = dict.fromkeys(
            option_id
            for finding in assessment.findings
            if finding.severity.excludes
            for option_id in named.get(finding.rule_id, ())
            if option_id in known and option_id not in listed
        )
        if wanted:
            yield Trial(
                instead_of=assessment.option.option_id,
                record=replace(
                    record, medications=tuple(_stopped(record.medications, assessment.option.drug, day))
                ),
                indication=replace(indication, options=tuple(known[each] for each in wanted)),
            )


def with_replacements(
    assessments: Sequence[Assessment],
    tried: Mapping[OptionId, Sequence[Assessment]],
    named: Mapping[RuleId, tuple[OptionId, ...]],
) -> tuple[Assessment, ...]:
    """Return the assessments with what may be taken instead, what is clear first.

    Args:
        assessments: of the drugs of the list.
        tried: what came of each trial, by the option it was instead of.
        named: the options that each rule names instead.
    """

    def offered(finding: Finding, found: Sequence[Assessment]) -> Finding:
        wanted = named.get(finding.rule_id, ())
        fit = [each for each in found if each.verdict.eligible and each.option.option_id in wanted]
        ordered = sorted(fit, key=lambda each: each.verdict is not Verdict.CLEAR)
        return replace(finding, replacements=tuple(map(_replacement, ordered))) if ordered else finding

    return tuple(
        replace(
            each,
            findings=tuple(offered(finding, tried[each.option.option_id]) for finding in each.findings),
        )
        if each.option.option_id in tried
        else each
        for each in assessments
    )


def _stopped(medications: Iterable[Medication], drug: DrugId, day: date) -> Iterator[Medication]:
    for entry in medications:
        if entry.drug == drug and entry.status is not MedicationStatus.STOPPED:
            began = min(entry.start, day) if entry.start is not None else None
            yield replace(entry, status=MedicationStatus.STOPPED, start=began, stop=day)
        else:
            yield entry


def _replacement(assessment: Assessment) -> Replacement:
    option: TherapyOption = assessment.option
    cautions = (
        *(item.say for item in assessment.findings if item.severity is Severity.CAUTION),
        *(f"{item.rule_title}: not decided" for item in assessment.undecided),
    )
    return Replacement(
        option_id=option.option_id,
        title=option.title,
        cautions=cautions,
        rules_checked=assessment.rules_checked,
    )
