"""Whether lists of criteria account for all of their criteria, and say what the rules say.

That a rule and a list differ is a warning: what a patient is told does not change by it, and a site's own
rule may well say a criterion that the pack beside it says nothing of.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.domain.diagnostics import Diagnostic
from engine.domain.ids import RuleId
from engine.knowledge.codes import Code, error, warning
from engine.knowledge.criteria import CriteriaList, Criterion, cited_by
from engine.knowledge.material import Material


def criteria_not_accounted_for(material: Material) -> Iterator[Diagnostic]:
    """Ask whether each list has as many criteria as it says, each once and with one fate."""
    first: dict[tuple[str, str], CriteriaList] = {}
    for each in material.criteria:
        found = len(each.criteria) + each.unread
        if found != each.count:
            yield error(
                Code.CRITERIA,
                each.span,
                f'the list "{each.name}" has {each.count} criteria, but {found} are accounted for.',
                "Write each under its number, or count it under unread.",
            )
        for criterion in each.criteria:
            yield from _fate(each, criterion)
            for citation in sorted(each.citations):
                other = first.setdefault((f"{citation} {each.kind}", criterion.number), each)
                if other is not each:
                    yield error(
                        Code.CRITERIA,
                        criterion.span,
                        f'{criterion.number} of "{each.name}" stands in "{other.name}" as well.',
                        "Take one of them out; a criterion has one place.",
                    )
                    break


def _fate(each: CriteriaList, criterion: Criterion) -> Iterator[Diagnostic]:
    fates = [bool(criterion.rules), bool(criterion.covered), bool(criterion.why_not)]
    if sum(fates) != 1:
        yield error(
            Code.CRITERIA,
            criterion.span,
            f'{criterion.number} of "{each.name}" needs one of rules, covered and not.',
            "Name the rules that cite it, those that say as much from other sources, or why none does.",
        )


def criteria_said_otherwise(material: Material) -> Iterator[Diagnostic]:
    """Ask whether lists and rules agree on which rule says which criterion."""
    for each in material.criteria:
        listed = {criterion.number: criterion for criterion in each.criteria}
        cited = {rule_id: cited_by(rule, each) for rule_id, rule in material.rules.items()}
        for criterion in each.criteria:
            yield from _out_of_use(each, criterion, material)
            yield from _not_cited(each, criterion, cited)
        for rule_id, numbers in cited.items():
            for number in sorted(numbers):
                yield from _not_listed(each, listed.get(number), material, rule_id, number)


def _out_of_use(each: CriteriaList, criterion: Criterion, material: Material) -> Iterator[Diagnostic]:
    for rule_id in (*criterion.rules, *criterion.covered):
        if rule_id in material.rule_entries and rule_id not in material.rules:
            yield warning(
                Code.CRITERIA,
                criterion.span,
                f'{criterion.number} of "{each.name}" rests on the rule "{rule_id}", which is out of use.',
                "Name a rule in use, or say under not why none says it.",
            )


def _not_cited(
    each: CriteriaList, criterion: Criterion, cited: dict[RuleId, frozenset[str]]
) -> Iterator[Diagnostic]:
    for rule_id in criterion.rules:
        if rule_id in cited and criterion.number not in cited[rule_id]:
            yield warning(
                Code.CRITERIA,
                criterion.span,
                f'{criterion.number} of "{each.name}" names the rule "{rule_id}", which does not cite it.',
                "Name it under covered, or cite the criterion in the rule's sources.",
            )


def _not_listed(
    each: CriteriaList, criterion: Criterion | None, material: Material, rule_id: RuleId, number: str
) -> Iterator[Diagnostic]:
    if criterion is not None and rule_id in criterion.rules:
        return
    if criterion is None:
        said = "counts it as unread" if each.unread else "has no such criterion"
    else:
        said = "names another rule there" if criterion.said else "says that no rule does"
    yield warning(
        Code.CRITERIA,
        material.rules[rule_id].span,
        f'rule "{rule_id}" cites {each.kind} {number}, and the list "{each.name}" {said}.',
        f"Name the rule at {number} of the list ({each.span}).",
    )
