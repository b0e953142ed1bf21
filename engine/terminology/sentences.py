"""A rule as one exact English sentence, made from its tree, so that text and logic cannot drift apart.

What a rule says in free words stands in quotation marks; all else is made from its parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.domain.findings import Severity
from engine.domain.ids import OptionId
from engine.domain.pack import RulePack
from engine.domain.quantities import plain
from engine.domain.rules import Concept, Conclusion, DoseFormula, Monitoring, Premise, Rule
from engine.terminology.clauses import Clauses, days, in_words, quoted
from engine.terminology.spelling import read_aloud

_SAID = {
    Severity.CONTRAINDICATED: ("is contraindicated", "are contraindicated"),
    Severity.AVOID: ("is to be avoided", "are to be avoided"),
    Severity.CAUTION: ("needs caution", "need caution"),
    Severity.NOTE: ("carries a note", "carry a note"),
}


def sentence(rule: Rule, pack: RulePack) -> str:
    """Return the whole rule: for whom, when, what follows, what to do, and what if it is undecided.

    ``When creatinine clearance is below 15 mL/min [rivaroxaban.crcl_floor], rivaroxaban is to be
    avoided (contraindication, moderate evidence); instead: apixaban; as long as that is undecided, it
    cannot be assessed.``
    """
    titles = list(dict.fromkeys(_option(option, pack) for option in rule.options))
    several = len(titles) > 1
    where = f"Under the {rule.jurisdiction} label, when" if rule.jurisdiction else "When"
    follows = f"{_listed(titles)} {_SAID[rule.then.severity][several]}"
    sort = f"({rule.then.kind}, {rule.then.strength} evidence)"
    parts = [*_said(rule.then, pack), _when_undecided(rule, "they" if several else "it")]
    return f"{where} {clause(rule.when, pack)}, {follows} {sort}; {'; '.join(parts)}."


def concept_sentence(concept: Concept, pack: RulePack) -> str:
    """Return what a derived concept means.

    ``“active bleeding” holds when the patient has gastrointestinal bleeding.``
    """
    return f"“{concept.title}” holds when {clause(concept.when, pack)}."


def clause(premise: Premise, pack: RulePack) -> str:
    """Return a premise in words; connectives inside it stand in brackets."""
    return Clauses(pack).of(premise)


def dose_in_words(formula: DoseFormula, pack: RulePack) -> str:
    """Return the arithmetic of a dose.

    ``6 mg for each kg of body weight, at most 400 mg, in steps of 50 mg, every 24 hours``
    """
    unit = read_aloud(formula.amount.unit)
    words = [f"{plain(formula.amount.value)} {unit}"]
    if formula.quantity is not None:
        per = read_aloud(formula.per_unit)
        title = quoted(pack.vocabulary.quantities[formula.quantity].title)
        sign = "plus" if formula.plus > 0 else "minus"
        added = f"({title} {sign} {plain(abs(formula.plus))} {per})".replace(" )", ")")
        words[0] += f" for each {per or '1'} of {added if formula.plus else title}"
    words += [
        f"{said} {plain(value)} {unit}"
        for said, value in (
            ("at least", formula.at_least),
            ("at most", formula.at_most),
            ("in steps of", formula.round_to),
        )
        if value is not None
    ]
    if formula.every_hours is not None:
        words.append(f"every {'hour' if formula.every_hours == 1 else f'{formula.every_hours} hours'}")
    return ", ".join(words)


def monitoring_in_words(watch: Monitoring) -> str:
    """Return what to watch, when, and where to act.

    ``serum potassium before the first dose, after 7 days, every 90 days; above 5.5 mmol/L: “halve the dose”``
    """
    times = [
        *(["before the first dose"] if watch.before else []),
        *(f"after {days(each)}" for each in watch.after_days),
        *([f"every {days(watch.every_days)}"] if watch.every_days is not None else []),
    ]
    named = f" [{', '.join(watch.parameters)}]" if watch.parameters else ""
    limit = f"{in_words(watch.threshold)}{named}" if watch.threshold is not None else "where it is found"
    act = f" ({limit}: “{watch.act.rstrip('.')}”)" if watch.act else ""
    what = quoted(watch.what) if watch.quantity is not None else f"“{watch.what}”"
    return f"{what} {', '.join(times)}{act}"


def _said(then: Conclusion, pack: RulePack) -> Iterator[str]:
    if then.dose:
        yield f"the dose is “{then.dose.rstrip('.')}”"
    if then.formula is not None:
        yield f"the dose is {dose_in_words(then.formula, pack)}"
    for watch in then.monitoring:
        yield f"to watch: {monitoring_in_words(watch)}"
    if then.starts:
        yield f"to start beside it: {', '.join(Clauses(pack).drug(name) for name in then.starts)}"
    if then.alternatives:
        yield f"instead: {', '.join(_option(name, pack) for name in then.alternatives)}"
    if then.no_alternative:
        yield f"nothing instead, because {then.no_alternative}"


def _when_undecided(rule: Rule, pronoun: str) -> str:
    if rule.blocks:
        return f"as long as that is undecided, {pronoun} cannot be assessed"
    if rule.unknown_because:
        why = _uncapped(rule.unknown_because)
        return f"as long as that is undecided, it is only mentioned because {why}"
    if rule.then.severity is Severity.CAUTION:
        return "as long as that is undecided, caution is needed all the same"
    return "as long as that is undecided, it is only mentioned"


def _uncapped(text: str) -> str:
    """Return a sentence as a part of another: no capital unless the word is written so, no full stop."""
    bare = text.strip().rstrip(".")
    return bare if bare[1:2].isupper() or bare[1:2].isdigit() else bare[:1].lower() + bare[1:]


def _option(name: OptionId, pack: RulePack) -> str:
    titles = (
        option.title
        for each in pack.indications.values()
        for option in each.options
        if option.option_id == name
    )
    return quoted(next(titles, str(name)))


def _listed(words: list[str]) -> str:
    return " and ".join(word for word in (", ".join(words[:-1]), words[-1]) if word)
