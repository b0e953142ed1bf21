"""Proofs about two rules that speak of one option: needless, contradicting, overlapping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.domain.findings import FindingKind, Severity
from engine.domain.ids import OptionId
from engine.domain.rules import Jurisdiction, Rule
from engine.knowledge.case_schema import Expectation
from engine.knowledge.proof_records import Proof, ProofKind
from engine.knowledge.prover import Prover, in_force, out_of_time
from engine.knowledge.shown_patients import ShownPatient
from engine.knowledge.solving import Answer

_FIRES = Expectation.FIRES


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two rules about one option that may both be in force."""

    one: Rule
    other: Rule
    shared: tuple[OptionId, ...]
    jurisdiction: Jurisdiction


def prove_pairs(prover: Prover, *, everything: bool) -> Iterator[Proof]:
    """Prove what there is to prove about every two rules."""
    pairs = tuple(pairs_of(prover.rules))
    for number, pair in enumerate(pairs, start=1):
        if number % 200 == 0:
            prover.progress.step(number, len(pairs), "pairs of rules")
        subsumed = list(_subsumed(prover, pair))
        yield from subsumed
        yield from _contradiction(prover, pair, everything=everything)
        if not subsumed:
            yield from _overlap(prover, pair, everything=everything)


def pairs_of(rules: Sequence[Rule]) -> Iterator[Pair]:
    """Return every two rules that speak of one option and may both be in force, in the order of the rules."""
    about: dict[OptionId, list[int]] = {}
    for number, rule in enumerate(rules):
        for option in rule.options:
            about.setdefault(option, []).append(number)
    for first, second in sorted({pair for numbers in about.values() for pair in combinations(numbers, 2)}):
        one, other = rules[first], rules[second]
        shared = tuple(option for option in one.options if option in other.options)
        binding = [each for each in Jurisdiction if in_force(one, each) and in_force(other, each)]
        if binding:
            home = Jurisdiction.EU if Jurisdiction.EU in binding else binding[0]
            yield Pair(one=one, other=other, shared=shared, jurisdiction=home)


def _says_as_much(weaker: Rule, stronger: Rule) -> bool:
    """Tell whether what one rule says is said by the other one at least as strongly, wherever it counts."""
    return (
        weaker.then.kind is stronger.then.kind
        and stronger.then.severity.rank <= weaker.then.severity.rank
        and stronger.jurisdiction in (None, weaker.jurisdiction)
        and weaker.then.dose in ("", stronger.then.dose)
    )


def _subsumed(prover: Prover, pair: Pair) -> Iterator[Proof]:
    for weaker, stronger in ((pair.one, pair.other), (pair.other, pair.one)):
        if not _says_as_much(weaker, stronger):
            continue
        first, second = prover.formula[weaker.rule_id], prover.formula[stronger.rule_id]
        alone = prover.possible(first, prover.no(second))
        spans, rules = (weaker.span, stronger.span), (weaker.rule_id, stronger.rule_id)
        if alone is None:
            yield out_of_time(f"{weaker.rule_id} can fire without {stronger.rule_id}.", *spans, rules=rules)
        if alone is not False:
            continue
        if prover.possible(first) is False:
            continue  # told as unreachable
        rest = [option for option in weaker.options if option not in stronger.options]
        yield Proof(
            kind=ProofKind.SUBSUMED,
            message=(
                f"whoever fires {weaker.rule_id} fires {stronger.rule_id}, which says as much of "
                f"{', '.join(pair.shared)}; it adds nothing there"
                + (f", only for {', '.join(rest)}." if rest else ".")
            ),
            spans=spans,
            rules=rules,
            options=pair.shared,
            shown=prover.shown(
                f"{weaker.rule_id} adds nothing to {stronger.rule_id}",
                prover.ask(first, second),
                pair.jurisdiction,
                {weaker: _FIRES, stronger: _FIRES},
            ),
        )


def _contradiction(prover: Prover, pair: Pair, *, everything: bool) -> Iterator[Proof]:
    one, other = pair.one, pair.other
    if one.then.dose and other.then.dose and one.then.dose != other.then.dose:
        yield from _two_doses(prover, pair)
    for favour, against in ((one, other), (other, one)):
        if _favours(favour) and against.then.severity.excludes:
            yield from _favoured_and_excluded(prover, pair, favour, against, everything=everything)


def _favours(rule: Rule) -> bool:
    """Tell whether a rule speaks for its options: a preference that cautions speaks against them."""
    return rule.then.kind is FindingKind.PREFERENCE and rule.then.severity is Severity.NOTE


def _two_doses(prover: Prover, pair: Pair) -> Iterator[Proof]:
    """Look for a patient who is told two doses of an option that nothing else excludes."""
    one, other = pair.one, pair.other
    for option in pair.shared:
        others = [rule for rule in prover.excluding(option, pair.jurisdiction) if rule not in (one, other)]
        nothing_else = [prover.no(prover.formula[rule.rule_id]) for rule in others]
        claim = (prover.formula[one.rule_id], prover.formula[other.rule_id], *nothing_else)
        possible = prover.possible(*claim)
        spans, rules = (one.span, other.span), (one.rule_id, other.rule_id)
        if possible is None:
            yield out_of_time(f"{one.rule_id} and {other.rule_id} can fire together.", *spans, rules=rules)
        if possible:
            yield Proof(
                kind=ProofKind.CONTRADICTION,
                message=(
                    f'one patient is told two doses of {option}: "{one.then.dose}" by {one.rule_id} and '
                    f'"{other.then.dose}" by {other.rule_id}.'
                ),
                spans=spans,
                rules=rules,
                options=(option,),
                shown=prover.shown(
                    f"two doses of {option}: {one.rule_id} and {other.rule_id}",
                    prover.ask(*claim),
                    pair.jurisdiction,
                    {one: _FIRES, other: _FIRES},
                ),
            )
            return


def _favoured_and_excluded(
    prover: Prover, pair: Pair, favour: Rule, against: Rule, *, everything: bool
) -> Iterator[Proof]:
    spans, rules = (favour.span, against.span), (favour.rule_id, against.rule_id)
    both = (prover.formula[favour.rule_id], prover.formula[against.rule_id])

    def shown(answer: Answer) -> ShownPatient | None:
        name = f"{favour.rule_id} for, {against.rule_id} against"
        return prover.shown(name, answer, pair.jurisdiction, {favour: _FIRES, against: _FIRES})

    for reason, otherwise in prover.common_reasons(favour, against):
        if prover.possible(*both, otherwise):
            yield Proof(
                kind=ProofKind.CONTRADICTION,
                message=(
                    f"{favour.rule_id} prefers {', '.join(pair.shared)} and {against.rule_id} excludes it "
                    f"for one patient, both because of {reason}."
                ),
                spans=spans,
                rules=rules,
                options=pair.shared,
                shown=shown(prover.ask(*both, otherwise)),
            )
            return
    possible = prover.possible(*both)
    if possible is None:
        yield out_of_time(f"{favour.rule_id} and {against.rule_id} can fire together.", *spans, rules=rules)
    if possible:
        yield _tension(pair, favour, against, shown(prover.ask(*both)) if everything else None)


def _tension(pair: Pair, favour: Rule, against: Rule, shown: ShownPatient | None) -> Proof:
    return Proof(
        kind=ProofKind.TENSION,
        message=(
            f"{favour.rule_id} may prefer {', '.join(pair.shared)} in a patient for whom "
            f"{against.rule_id} excludes it; it is shown as excluded."
        ),
        spans=(favour.span, against.span),
        rules=(favour.rule_id, against.rule_id),
        options=pair.shared,
        shown=shown,
    )


def _overlap(prover: Prover, pair: Pair, *, everything: bool) -> Iterator[Proof]:
    one, other = pair.one, pair.other
    if one.then.kind is not other.then.kind or one.then.severity is not other.then.severity:
        return
    both = (prover.formula[one.rule_id], prover.formula[other.rule_id])
    possible = prover.possible(*both)
    if possible is None:
        yield out_of_time(
            f"{one.rule_id} and {other.rule_id} can fire together.",
            one.span,
            other.span,
            rules=(one.rule_id, other.rule_id),
        )
    if not possible:
        return
    name = f"{one.rule_id} beside {other.rule_id}"
    fire = {one: _FIRES, other: _FIRES}
    shown = prover.shown(name, prover.ask(*both), pair.jurisdiction, fire) if everything else None
    yield Proof(
        kind=ProofKind.OVERLAP,
        message=(
            f"{one.rule_id} and {other.rule_id} can both fire for {', '.join(pair.shared)} "
            f"({one.then.kind.value}, {one.then.severity.value})."
        ),
        spans=(one.span, other.span),
        rules=(one.rule_id, other.rule_id),
        options=pair.shared,
        shown=shown,
    )
