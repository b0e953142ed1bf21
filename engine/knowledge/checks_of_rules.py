"""Whether each rule has sources, says what can be bound, and says it once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.domain.atoms import (
    Atom,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.diagnostics import Diagnostic
from engine.domain.findings import Severity
from engine.domain.rules import FileSpan, Rule, WhenUnknown
from engine.knowledge.codes import Code, error, warning
from engine.knowledge.material import Material, placeholders_in, texts_of
from engine.knowledge.names import Sort
from engine.knowledge.schema import CitationEntry, LifeStage
from engine.knowledge.word_schema import DrugEntry
from engine.terminology.alike import did_you_mean

_LONE_BRACE = re.compile(r"[{}]")


def without_sources(material: Material) -> Iterator[Diagnostic]:
    """Ask whether everything that states something names where that stands."""
    for by, span, count in _sourced(material):
        if not count:
            yield error(
                Code.NO_SOURCES,
                span,
                f"{by} has no sources.",
                "Write sources: [{citation: .., where: ..}]; what nobody can look up must not be shown.",
            )


def _sourced(material: Material) -> Iterator[tuple[str, FileSpan, int]]:
    for name, rule in material.rule_entries.items():
        yield f'rule "{name}"', rule.at(), len(rule.sources)
    for name, concept in material.concept_entries.items():
        yield f'concept "{name}"', concept.at(), len(concept.sources)
    for name, table in material.tables.items():
        yield f'phenotype table "{name}"', table.at(), len(table.sources)
    for indication in material.indication_entries.values():
        for name, option in indication.options.items():
            yield f'option "{name}"', indication.at("options", name), len(option.evidence.sources)
            if option.marketed is not None:
                yield (
                    f'where the option "{name}" is marketed',
                    option.marketed.at(),
                    len(option.marketed.sources),
                )
    for name, drug in material.entries.of("drugs", DrugEntry).items():
        if drug.marketed is not None:
            yield f'where the drug "{name}" is marketed', drug.marketed.at(), len(drug.marketed.sources)


def overdue_reviews(material: Material) -> Iterator[Diagnostic]:
    """Ask whether the day by which a rule was to be reviewed has passed."""
    for name, rule in material.rule_entries.items():
        if rule.review_by < material.day and rule.status is not LifeStage.RETIRED:
            yield warning(
                Code.REVIEW_OVERDUE,
                rule.at("review_by"),
                f'rule "{name}" was to be reviewed by {rule.review_by}.',
                "Compare it with its sources as they stand now, and set the next day.",
            )


def unexplained_unknowns(material: Material) -> Iterator[Diagnostic]:
    """Ask whether an exclusion that is only mentioned when undecided says why that is safe."""
    for name, rule in material.rule_entries.items():
        mentioned = rule.when_unknown is WhenUnknown.MENTION and rule.then.severity is not Severity.NOTE
        if mentioned and rule.then.severity.excludes and not rule.unknown_because.strip():
            yield error(
                Code.UNKNOWN_UNEXPLAINED,
                rule.at("when_unknown"),
                f'rule "{name}" excludes, but is only mentioned when it is undecided.',
                "Say in unknown_because why that is safe, or write when_unknown: cannot be assessed.",
            )
        if rule.unknown_because.strip() and not mentioned:
            yield warning(
                Code.UNKNOWN_UNEXPLAINED,
                rule.at("unknown_because"),
                f'rule "{name}" explains why it is only mentioned when undecided, but it is not such a rule.',
                "Take unknown_because out, or write when_unknown: mention where it excludes or cautions.",
            )


def unbound_placeholders(material: Material) -> Iterator[Diagnostic]:
    """Ask whether everything in braces can be given a value when the rule fires."""
    written = material.rule_entries
    for rule_id, rule in material.rules.items():
        bound = _bindable(material, rule)
        then = written[rule_id].then
        for key, text in texts_of(then):
            for name in placeholders_in(text):
                if name not in bound and name not in material.parameters:
                    yield error(
                        Code.UNBOUND_PLACEHOLDER,
                        then.at(key),
                        f'rule "{rule_id}": nothing gives {{{name}}} a value.',
                        did_you_mean(name, [*bound, *_parameters(material, rule)]),
                    )
            if _LONE_BRACE.search(re.sub(r"\{[^{}]*\}", "", text)):
                yield error(
                    Code.UNBOUND_PLACEHOLDER,
                    then.at(key),
                    f'rule "{rule_id}": a brace in {key} has no partner.',
                    "Write {name} with both braces.",
                )


def _bindable(material: Material, rule: Rule) -> list[str]:
    names = ["option"]
    if rule.then.dose or rule.then.formula is not None:
        names.append("dose")
    if rule.then.formula is not None and rule.then.formula.quantity is not None:
        names.append(str(rule.then.formula.quantity))
    for atom in material.atoms(rule.when):
        names += _given_by(atom)
    return list(dict.fromkeys(names))


def _given_by(atom: Atom) -> list[str]:  # noqa: PLR0911 - one return a kind of atom
    """Return what an atom gives a value to where it holds."""
    match atom:
        case TakesDrug():
            details = (
                ("route", bool(atom.routes)),
                ("single_dose", atom.dose is not None),
                ("daily_dose", atom.daily_dose is not None),
                ("days", atom.started is not None),
            )
            return ["drugs", str(atom.drug), *(name for name, asked in details if asked)]
        case StoppedDrug():
            return ["drugs", str(atom.drug), "days"]
        case HasCondition():
            return ["days"] if atom.began is not None else []
        case PlansProcedure():
            return ["days"]
        case QuantityWithin():
            return [str(atom.quantity)]
        case QuantityChange():
            return [str(atom.quantity), "change"]
        case QuantityRepeated():
            return [str(atom.quantity), "times"]
        case InTrimester():
            return ["trimester", "gestational_age"]
        case HasDiplotype() | HasReportedPhenotype():
            return [str(atom.gene)]
        case _:
            return []


def _parameters(material: Material, rule: Rule) -> list[str]:
    found = [
        atom.parameters
        for atom in material.atoms(rule.when)
        if isinstance(atom, QuantityWithin | QuantityChange | QuantityRepeated)
    ]
    found += [watch.parameters for watch in rule.then.monitoring]
    return list(dict.fromkeys(str(name) for names in found for name in names))


def expired_sources(material: Material) -> Iterator[Diagnostic]:
    """Ask whether anything rests on a citation past the day until which it may be relied on."""
    users: dict[str, list[str]] = {}
    for reference in material.names.references:
        if Sort.CITATION in reference.sorts:
            users.setdefault(reference.name, []).append(reference.by)
    for name, entry in material.entries.of("citations", CitationEntry).items():
        used = list(dict.fromkeys(users.get(name, ())))
        if entry.valid_until is not None and entry.valid_until < material.day and used:
            more = f" and {len(used) - 1} more" if len(used) > 1 else ""
            yield warning(
                Code.SOURCE_EXPIRED,
                entry.at("valid_until"),
                f'the citation "{name}" was to be relied on until {entry.valid_until}; '
                f"{used[0]}{more} rest on it.",
                "Read its present version, compare what rests on it, and set the next day.",
            )


def rules_that_say_the_same_twice(material: Material) -> Iterator[Diagnostic]:
    """Ask whether two rules of equal severity stand on one premise for one option."""
    seen: dict[object, list[Rule]] = {}
    for rule_id in sorted(material.rules):
        rule = material.rules[rule_id]
        alike = seen.setdefault((rule.when, rule.then.severity), [])
        for other in alike:
            shared = [option for option in rule.options if option in other.options]
            apart = rule.jurisdiction and other.jurisdiction and rule.jurisdiction is not other.jurisdiction
            if shared and not apart:
                yield warning(
                    Code.OVERLAP,
                    rule.span,
                    f'rule "{rule_id}" fires whenever "{other.rule_id}" does ({other.span}), '
                    f"with the same severity, on {', '.join(shared)}.",
                    "Make one rule of the two, or say what sets them apart.",
                )
        alike.append(rule)
