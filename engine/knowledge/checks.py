"""Every question that is asked of a pack; what each finds has a place and a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.domain.diagnostics import Diagnostic
from engine.domain.rules import Premise, concepts_of
from engine.knowledge.checks_of_cases import cases_off_their_indication, rules_without_their_cases
from engine.knowledge.checks_of_conclusions import (
    alternatives_out_of_reach,
    doses_not_said,
    misplaced_reasons_for_no_alternative,
    monitoring_not_said,
    starts_not_said,
)
from engine.knowledge.checks_of_criteria import criteria_not_accounted_for, criteria_said_otherwise
from engine.knowledge.checks_of_logic import (
    points_left_out,
    premises_that_never_hold,
    rules_that_add_nothing,
    rules_that_contradict,
)
from engine.knowledge.checks_of_names import (
    classes_without_sources,
    concepts_in_a_circle,
    names_defined_twice,
    undefined_names,
    unused_names,
)
from engine.knowledge.checks_of_rules import (
    expired_sources,
    overdue_reviews,
    rules_that_say_the_same_twice,
    unbound_placeholders,
    unexplained_unknowns,
    without_sources,
)
from engine.knowledge.checks_of_words import (
    codes_of_two_things,
    members_without_effect,
    titles_borne_twice,
)
from engine.knowledge.codes import Code, error
from engine.knowledge.material import Check, Material
from engine.knowledge.names import Sort
from engine.ports import Program

CHECKS: tuple[Check, ...] = (
    undefined_names,
    names_defined_twice,
    titles_borne_twice,
    codes_of_two_things,
    members_without_effect,
    concepts_in_a_circle,
    without_sources,
    unbound_placeholders,
    unexplained_unknowns,
    doses_not_said,
    monitoring_not_said,
    starts_not_said,
    alternatives_out_of_reach,
    misplaced_reasons_for_no_alternative,
    premises_that_never_hold,
    rules_that_say_the_same_twice,
    rules_that_add_nothing,
    rules_that_contradict,
    points_left_out,
    overdue_reviews,
    expired_sources,
    criteria_not_accounted_for,
    criteria_said_otherwise,
    rules_without_their_cases,
    cases_off_their_indication,
)

#: Asked only of a pack without errors: what uses a name may stand in an entry that could not be read.
LAST_CHECKS: tuple[Check, ...] = (unused_names, classes_without_sources)


def within_limits(check_limits: Callable[[Program], tuple[str, ...]]) -> Check:
    """Return the question whether every indication's rules lie within the limits of a rule engine.

    Args:
        check_limits: says what is wrong with a program, in sentences; nothing where it can be run.
    """

    def ask(material: Material) -> Iterator[Diagnostic]:
        if any(concepts_in_a_circle(material)):
            return
        for indication in material.indications.values():
            options = {option.option_id for option in indication.options}
            rules = tuple(
                rule
                for rule in material.rules.values()
                if options.intersection(rule.options) and _is_whole(rule.when, material)
            )
            program = Program(rules=rules, concepts=material.below(*(rule.when for rule in rules)))
            place = material.names.definitions[(Sort.INDICATION, indication.indication_id)].span
            for problem in check_limits(program):
                culprit = next((rule for rule in rules if rule.rule_id in problem.split()), None)
                message, _, hint = problem.partition(". ")
                yield error(
                    Code.ENGINE_LIMIT,
                    culprit.span if culprit else place,
                    message if message.endswith(".") else f"{message}.",
                    hint or "Let each rule say less, or split it.",
                )

    return ask


def _is_whole(premise: Premise, material: Material) -> bool:
    """Tell whether every derived concept that a premise chains on is there; if not, that was told."""
    premises = [premise, *(concept.when for concept in material.below(premise))]
    return all(name in material.concepts for each in premises for name in concepts_of(each))
