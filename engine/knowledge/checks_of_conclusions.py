"""Whether what a rule says can be acted on: a dose, what to watch, what to start, what to prefer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.domain.diagnostics import Diagnostic
from engine.domain.findings import FindingKind
from engine.domain.ids import DrugId, IndicationId, OptionId, RuleId
from engine.domain.rules import Rule
from engine.domain.therapy import TherapyOption
from engine.knowledge.codes import Code, error
from engine.knowledge.material import Material
from engine.knowledge.schema import ThenEntry


def doses_not_said(material: Material) -> Iterator[Diagnostic]:
    """Ask whether a dose adjustment says its dose, once, and nothing else computes one."""
    for name, entry in material.rule_entries.items():
        then = entry.then
        adjusts = then.kind is FindingKind.DOSE_ADJUSTMENT
        if adjusts and not then.dose.strip() and then.compute is None:
            yield error(
                Code.DOSE,
                then.at("kind"),
                f'rule "{name}" adjusts the dose, but does not say to what.',
                "Write dose: .. in words, or compute: {amount: 6 mg, per: kg, of: weight}.",
            )
        if then.compute is not None and then.dose.strip():
            yield error(
                Code.DOSE,
                then.at("dose"),
                f'rule "{name}" says its dose twice, in words and as arithmetic.',
                "Keep compute, which shows its steps, or keep dose.",
            )
        if then.compute is not None and not adjusts:
            yield error(
                Code.DOSE,
                then.at("compute"),
                f'rule "{name}" computes a dose, but is no dose adjustment.',
                "Write kind: dose adjustment, or say the dose in another rule.",
            )


def monitoring_not_said(material: Material) -> Iterator[Diagnostic]:
    """Ask whether a rule that asks for monitoring says what to watch."""
    for name, entry in material.rule_entries.items():
        then = entry.then
        if then.kind is FindingKind.MONITORING and not then.monitor and not then.manage.strip():
            yield error(
                Code.MONITORING,
                then.at("kind"),
                f'rule "{name}" asks for monitoring, but does not say of what.',
                "Write monitor: [{what: .., every: 90 days}], or say it in manage.",
            )


def starts_not_said(material: Material) -> Iterator[Diagnostic]:
    """Ask whether a therapy to start is named, and can be started beside the option."""
    options = _options(material)
    for name, entry in material.rule_entries.items():
        then = entry.then
        if then.kind is FindingKind.THERAPY_TO_START and not then.starts:
            yield error(
                Code.START,
                then.at("kind"),
                f'rule "{name}" advises a therapy to start, but names none.',
                "Write starts: [..] with drugs or classes.",
            )
        if then.starts and then.severity.excludes:
            yield error(
                Code.START,
                then.at("starts"),
                f'rule "{name}" excludes its options, and starts a therapy beside them.',
                "Write severity: caution or note, or name it in alternatives.",
            )
        yield from _own_drugs(material.rules.get(RuleId(name)), then, options)


def _own_drugs(
    rule: Rule | None, then: ThenEntry, options: Mapping[OptionId, TherapyOption]
) -> Iterator[Diagnostic]:
    own = {options[each].drug: each for each in rule.options} if rule is not None else {}
    for index, started in enumerate(then.starts):
        if rule is not None and DrugId(started) in own:
            yield error(
                Code.START,
                then.at("starts", index),
                f'rule "{rule.rule_id}" starts {started} beside {own[DrugId(started)]}, which is that drug.',
                "Take it out.",
            )


def misplaced_reasons_for_no_alternative(material: Material) -> Iterator[Diagnostic]:
    """Ask whether only exclusions that name no option instead say why they name none."""
    for name, entry in material.rule_entries.items():
        then = entry.then
        if not then.no_alternative.strip() or (then.severity.excludes and not then.alternatives):
            continue
        odd = "names some" if then.alternatives else "excludes nothing"
        yield error(
            Code.ALTERNATIVE,
            then.at("no_alternative"),
            f'rule "{name}" says why it names no option instead, but {odd}.',
            "Take no_alternative out.",
        )


def alternatives_out_of_reach(material: Material) -> Iterator[Diagnostic]:
    """Ask whether each alternative is another option of an indication that the rule speaks in."""
    place = {
        option.option_id: indication.indication_id
        for indication in material.indications.values()
        for option in indication.options
    }
    written = material.rule_entries
    for rule_id, rule in material.rules.items():
        spoken_in = {place[option] for option in rule.options}
        then = written[rule_id].then
        for index, alternative in enumerate(rule.then.alternatives):
            said = _why_not(alternative, rule, spoken_in, place.get(alternative))
            if said:
                yield error(
                    Code.ALTERNATIVE,
                    then.at("alternatives", index),
                    f'rule "{rule_id}" names {alternative} instead, {said}.',
                    f"Name another option of {', '.join(sorted(spoken_in))}.",
                )


def _why_not(
    alternative: OptionId, rule: Rule, spoken_in: set[IndicationId], there: IndicationId | None
) -> str:
    if alternative in rule.options:
        return "which it speaks of itself"
    if there is not None and there not in spoken_in:
        return f"which is an option of {there} alone"
    return ""


def _options(material: Material) -> Mapping[OptionId, TherapyOption]:
    return {option.option_id: option for each in material.indications.values() for option in each.options}
