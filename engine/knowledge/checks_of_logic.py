"""What can be told of rules beside each other from their shape; ``prove`` finds the rest with a solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from engine.domain.atoms import QuantityWithin
from engine.domain.diagnostics import Diagnostic
from engine.domain.findings import FindingKind
from engine.domain.ids import OptionId, QuantityId, RuleId
from engine.domain.quantities import Quantity, plain
from engine.domain.rules import Premise, Rule
from engine.knowledge.codes import Code, warning
from engine.knowledge.implications import all_parts, clashing, follows, open_ends, parts_of, written
from engine.knowledge.material import Material
from engine.terminology.spelling import read_aloud


def premises_that_never_hold(material: Material) -> Iterator[Diagnostic]:
    """Ask whether two parts that a rule or concept needs together contradict each other."""
    whole = [
        *((f'rule "{name}" never fires', rule.when, rule.span) for name, rule in material.rules.items()),
        *(
            (f'concept "{name}" never holds', item.when, item.span)
            for name, item in material.concepts.items()
        ),
    ]
    for what, when, span in whole:
        pair = clashing(all_parts(when, material.concepts), material.vocabulary)
        if pair is not None:
            yield warning(
                Code.NEVER_FIRES,
                span,
                f'{what}: "{written(pair[0])}" and "{written(pair[1])}" exclude each other.',
                "Take one of them out, or join them with any.",
            )


def rules_that_add_nothing(material: Material) -> Iterator[Diagnostic]:
    """Ask whether a rule fires only where another one does, which says as much on the same options."""
    for narrow, wide in _pairs(material):
        shared = _shared(narrow, wide)
        if narrow.when == wide.when or set(shared) != set(narrow.options) or not _binds(wide, narrow):
            continue
        alike = (narrow.then.kind, narrow.then.severity) == (wide.then.kind, wide.then.severity)
        if alike and _dose(narrow) == _dose(wide) and follows(wide.when, narrow.when):
            yield warning(
                Code.SUBSUMED,
                narrow.span,
                f'rule "{narrow.rule_id}" fires only where "{wide.rule_id}" does ({wide.span}), '
                "with the same kind and severity.",
                "Take it out, or let it say more: another severity, kind or dose.",
            )


def rules_that_contradict(material: Material) -> Iterator[Diagnostic]:
    """Ask whether a rule fires only where another one does that says the opposite."""
    told: set[frozenset[RuleId]] = set()
    for narrow, wide in _pairs(material):
        pair = frozenset((narrow.rule_id, wide.rule_id))
        said = _opposite(narrow, wide)
        shared = _shared(narrow, wide)
        if not said or not shared or pair in told or not follows(wide.when, narrow.when):
            continue
        told.add(pair)
        yield warning(
            Code.CONTRADICTION,
            narrow.span,
            f'rule "{narrow.rule_id}" fires only where "{wide.rule_id}" does ({wide.span}) '
            f"on {', '.join(shared)}, and {said}.",
            "Say in the wider one where it does not hold.",
        )


def points_left_out(material: Material) -> Iterator[Diagnostic]:
    """Ask whether two rules meet at a value that neither of them counts as its own."""
    told: set[tuple[RuleId, RuleId]] = set()
    for (option, quantity), group in _by_quantity(material).items():
        for (one, first), (other, second) in combinations(group, 2):
            if (one.rule_id, other.rule_id) in told or not _same_place(one, other):
                continue
            if _rest(one, quantity) != _rest(other, quantity):
                continue
            for point in open_ends(first.interval, second.interval):
                at = Quantity(value=point.low, unit=point.unit) if point.low is not None else None
                if at is not None and not any(
                    atom.interval.contains(at) and _rest(rule, quantity) == _rest(one, quantity)
                    for rule, atom in group
                ):
                    told.add((one.rule_id, other.rule_id))
                    said = f"{plain(at.value)} {read_aloud(at.unit)}".strip()
                    yield warning(
                        Code.OPEN_GAP,
                        other.span,
                        f'rules "{one.rule_id}" ({one.span}) and "{other.rule_id}" say nothing of {option} '
                        f"at exactly {said} of {quantity}.",
                        "Write at_most or at_least in one of them.",
                    )


def _pairs(material: Material) -> Iterator[tuple[Rule, Rule]]:
    """Go through ordered pairs of rules that speak of an option in common, where both may bind."""
    of_option: dict[OptionId, list[Rule]] = defaultdict(list)
    for rule in material.rules.values():
        for option in rule.options:
            of_option[option].append(rule)
    seen: set[tuple[RuleId, RuleId]] = set()
    for group in of_option.values():
        by_part = _by_part(group)
        for narrow in group:
            near = {wide.rule_id: wide for part in _subjects(narrow.when) for wide in by_part.get(part, ())}
            for wide in near.values():
                pair = (narrow.rule_id, wide.rule_id)
                if wide is not narrow and pair not in seen and _same_place(narrow, wide):
                    seen.add(pair)
                    yield narrow, wide


def _by_part(rules: list[Rule]) -> Mapping[object, list[Rule]]:
    """Return the rules by the subject of their first part: what follows from a premise shares it."""
    found: dict[object, list[Rule]] = defaultdict(list)
    for rule in rules:
        found[_subject(parts_of(rule.when)[0])].append(rule)
    return found


def _subjects(when: Premise) -> set[object]:
    return {_subject(part) for part in parts_of(when)}


def _subject(part: Premise) -> object:
    """Return what two parts have in common where one follows from the other."""
    if isinstance(part, QuantityWithin):
        return ("quantity", part.quantity)
    drug = getattr(part, "drug", None)
    if drug is not None:
        return ("drug", drug)
    return type(part) if hasattr(part, "trimesters") else part


def _by_quantity(
    material: Material,
) -> Mapping[tuple[OptionId, QuantityId], list[tuple[Rule, QuantityWithin]]]:
    found: dict[tuple[OptionId, QuantityId], list[tuple[Rule, QuantityWithin]]] = defaultdict(list)
    for rule in material.rules.values():
        for part in parts_of(rule.when):
            if isinstance(part, QuantityWithin):
                for option in rule.options:
                    found[option, part.quantity].append((rule, part))
    return found


def _rest(rule: Rule, quantity: QuantityId) -> frozenset[Premise]:
    return frozenset(
        part
        for part in parts_of(rule.when)
        if not (isinstance(part, QuantityWithin) and part.quantity == quantity)
    )


def _shared(one: Rule, other: Rule) -> list[OptionId]:
    return [option for option in one.options if option in other.options]


def _same_place(one: Rule, other: Rule) -> bool:
    return one.jurisdiction is None or other.jurisdiction in (None, one.jurisdiction)


def _binds(wide: Rule, narrow: Rule) -> bool:
    """Tell whether the wider rule holds everywhere the narrower one does."""
    return wide.jurisdiction in (None, narrow.jurisdiction)


def _dose(rule: Rule) -> object:
    return (rule.then.dose, rule.then.formula)


def _opposite(one: Rule, other: Rule) -> str:
    """Say how two rules contradict each other where both fire; empty where they do not."""
    adjusts = FindingKind.DOSE_ADJUSTMENT
    said = all(rule.then.dose or rule.then.formula is not None for rule in (one, other))
    if one.then.kind is other.then.kind is adjusts and said and _dose(one) != _dose(other):
        return "they call for different doses"
    prefers = [rule for rule in (one, other) if rule.then.kind is FindingKind.PREFERENCE]
    excludes = [rule for rule in (one, other) if rule.then.severity.excludes]
    if prefers and excludes and prefers[0] is not excludes[0] and not prefers[0].then.severity.excludes:
        return "one prefers what the other excludes"
    return ""
