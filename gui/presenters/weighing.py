"""What each missing datum is worth: what it could change, and the possible outcomes one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.domain.findings import MissingKind
from engine.domain.information import InformationValue, PossibleOutcome, VerdictChange
from engine.domain.options import Verdict
from gui.messages import answers as say
from gui.messages import recommendation as say_page
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_verdict

#: Lists and drugs have an outcome an entry; those that change the same are said together.
_GROUPED = frozenset({MissingKind.LIST_REVIEW, MissingKind.DRUG_IDENTITY, MissingKind.GENOTYPE})
_WORDS: Mapping[Verdict, str] = {
    Verdict.CLEAR: say_page.SUITABLE.lower(),
    Verdict.CAUTION: say_page.WITH_CAUTION.lower(),
    Verdict.UNASSESSABLE: say_page.CANNOT.lower(),
    Verdict.EXCLUDED: say_page.EXCLUDED.lower(),
}
_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What it is worth to know one datum."""

    could: str
    """How many verdicts it could change, and to what."""
    settles: str
    tone: Tone
    """Of the worst verdict that it could bring."""
    word: str
    outcomes: tuple[Line, ...]
    count: int
    """Possible outcomes that were tried."""


def worth_of(value: InformationValue) -> Worth:
    """Put the value of one datum into words."""
    changes = [change for outcome in value.outcomes for change in outcome.changes]
    worst = max((change.after for change in changes), key=_RANK.__getitem__, default=None)
    return Worth(
        could=_could(value, changes),
        settles=_settles(value),
        tone=tone_of_verdict(worst) if worst is not None else Tone.NEUTRAL,
        word=_WORDS[worst] if worst is not None else say.COULD_CHANGE_NONE,
        outcomes=outcome_lines(value),
        count=len(value.outcomes),
    )


def outcome_lines(value: InformationValue) -> tuple[Line, ...]:
    """Return what each possible outcome would do; of lists, those that do the same as one line."""
    lines = (
        _grouped(value) if value.datum.kind in _GROUPED else [_alone(value, one) for one in value.outcomes]
    )
    if value.needed_besides:
        data = ", ".join(datum.title for datum in value.needed_besides)
        lines.append(Line(text=say.BESIDES.format(data=data), tone=Tone.UNKNOWN, word=say.NOT_KNOWN))
    return tuple(lines)


def _could(value: InformationValue, changes: Sequence[VerdictChange]) -> str:
    count = len(value.options)
    if not changes:
        return say.COULD_CHANGE_NONE
    options = say.VERDICT_ONE if count == 1 else say.VERDICTS.format(count=count)
    afters = sorted({change.after for change in changes}, key=_RANK.__getitem__)
    parts = [say.COULD_CHANGE.format(options=options), say.WORST.format(verdict=_WORDS[afters[-1]])]
    if len(afters) > 1 and afters[0].eligible:
        parts.append(say.BEST.format(verdict=_WORDS[afters[0]]))
    return ", ".join(parts)


def _settles(value: InformationValue) -> str:
    waiting = say.RULE_ONE if len(value.rules) == 1 else say.RULE_COUNT.format(count=len(value.rules))
    settled, more = len(value.always_settled), len(value.always_settled) + len(value.sometimes_settled)
    words = say.SETTLES if more == settled else say.SETTLES_SOME
    return words.format(settled=settled, more=more, waiting=waiting)


def _alone(value: InformationValue, outcome: PossibleOutcome) -> Line:
    """Return one outcome with what would follow."""
    says = outcome.says.removeprefix(value.datum.title).lstrip(": ")
    worst = max((change.after for change in outcome.changes), key=_RANK.__getitem__, default=None)
    if worst is None:
        return Line(label=says, text=say.SAME, tone=Tone.NEUTRAL, word=say.SAME, faint=True)
    return Line(label=says, text=_changed(outcome.changes), tone=tone_of_verdict(worst), word=_WORDS[worst])


def _grouped(value: InformationValue) -> list[Line]:
    """Return one line for all outcomes that change the same, the gravest first, the silent ones last."""

    def gravity(outcome: PossibleOutcome) -> tuple[int, int, str]:
        ranks = [_RANK[change.after] for change in outcome.changes]
        return (-max(ranks, default=-1), -len(ranks), _changed(outcome.changes))

    lines = []
    for _, several in groupby(sorted(value.outcomes, key=gravity), key=gravity):
        outcomes = list(several)
        changes = outcomes[0].changes
        if not changes:
            lines.append(Line(text=say.SAME, note=_with(outcomes, value), tone=Tone.NEUTRAL, faint=True))
            continue
        worst = max((change.after for change in changes), key=_RANK.__getitem__)
        said = "; ".join(_short(outcomes))
        lines.append(
            Line(
                text=_changed(changes),
                note=say.IF.format(outcomes=said),
                tone=tone_of_verdict(worst),
                word=_WORDS[worst],
            )
        )
    return lines


def _with(outcomes: Sequence[PossibleOutcome], value: InformationValue) -> str:
    count, total = len(outcomes), len(value.outcomes)
    if count == total:
        return say.ALL_SAME
    return (say.SAME_ONE if count == 1 else say.SAME_SAYS).format(count=count, total=total)


def _changed(changes: Iterable[VerdictChange]) -> str:
    """Return the options by what they become: ``excluded: apixaban, edoxaban; suitable: warfarin``."""
    by: dict[Verdict, list[str]] = {}
    for change in changes:
        by.setdefault(change.after, []).append(change.title)
    ordered = sorted(by, key=_RANK.__getitem__, reverse=True)
    return "; ".join(f"{_WORDS[verdict]}: {', '.join(by[verdict])}" for verdict in ordered)


def _short(outcomes: Sequence[PossibleOutcome]) -> list[str]:
    """Return what outcomes say; what they all begin with is said once."""
    first, *others = (outcome.says.split() for outcome in outcomes)
    shared = 0
    while others and all(each[shared : shared + 1] == first[shared : shared + 1] for each in others):
        shared += 1
    return [" ".join(first), *(" ".join(each[shared:]) for each in others)]
