"""Why not: the rules that speak of an option and did not fire, searched and read one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.domain.decision import Decision
from engine.domain.findings import MissingDatum
from engine.domain.ids import OptionId
from engine.domain.provenance import Checked, SourceRef
from engine.domain.truth import Truth
from engine.domain.why_not import FailingPremise, Margin, RuleNotFired, WhyNot
from engine.errors import WhyRxError
from gui.faults import Fault, explain
from gui.messages import answers as say
from gui.messages import recommendation as say_page
from gui.presenters.base import Presenter
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_severity
from gui.presenters.units import quantity_words
from gui.tasks import TaskRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentRule:
    """One rule that did not fire, ready to be read."""

    title: str
    tone: Tone
    severity: str
    state: str
    """Whether it did not fire or could not be decided, and whose label it follows if not the decision's."""
    sentence: str
    nearest: str
    """Empty where no known number keeps it from firing."""
    premises: tuple[Line, ...]
    sources: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotState:
    """What the view shows."""

    option: str = ""
    """The title of the option that was asked about; empty before anything was asked."""
    loading: bool = False
    fault: Fault | None = None
    sought: str = ""
    count: str = ""
    lines: tuple[Line, ...] = ()
    key: str = ""
    """The line that is open."""
    rule: SilentRule | None = None


class WhyNotAnswers(Presenter[WhyNotState]):
    """Asks off the window's thread, keeps the last answer, finds rules in it."""

    def __init__(self, runner: TaskRunner, page: str) -> None:
        """Take what runs work, and a name of the page, on which only the newest question is answered."""
        super().__init__(WhyNotState())
        self._runner = runner
        self._topic = f"why not, {page}"
        self._asked: tuple[Decision, OptionId] | None = None
        self._answer: WhyNot | None = None

    def ask(self, decision: Decision, option_id: OptionId) -> None:
        """Ask about an option of a decision; what was answered already is not asked again."""
        if self._asked == (decision, option_id) and self._state.fault is None:
            return
        self._asked = (decision, option_id)
        self._answer = None
        title = decision.assessed(option_id).option.title
        self._become(WhyNotState(option=title, loading=True))
        asked, decision_id = self._asked, decision.decision_id
        self._runner.ask(
            self._topic,
            lambda engine, _: engine.why_not(decision_id, option_id),
            lambda answer: self._answered(answer) if self._asked == asked else None,
            lambda error: self._failed(error) if self._asked == asked else None,
        )

    def again(self) -> None:
        """Ask once more, after an error."""
        if self._asked is not None:
            self.ask(*self._asked)

    def search(self, words: str) -> None:
        """List the rules whose name, id or premises hold these words."""
        if words != self._state.sought:
            self._become(replace(self._state, sought=words))
            self._list()

    def choose(self, key: str) -> None:
        """Read one rule."""
        rule = next((item for item in _all(self._answer) if item.rule_id == key), None)
        if rule is not None and self._asked is not None:
            self._become(replace(self._state, key=key, rule=silent_rule(rule, self._asked[0])))

    def forget(self) -> None:
        """Show nothing; an answer on its way is dropped."""
        self._asked = None
        self._answer = None
        self._become(WhyNotState())

    def _answered(self, answer: WhyNot) -> None:
        self._answer = answer
        self._become(replace(self._state, loading=False))
        self._list()

    def _failed(self, error: WhyRxError) -> None:
        self._become(replace(self._state, loading=False, fault=explain(error, say.NOT_TOLD)))

    def _list(self) -> None:
        if self._answer is None:
            return
        lines = lines_of_rules(self._answer, self._state.sought)
        keys = [line.key for line in lines if line.key]
        self._become(replace(self._state, lines=lines, count=_count(self._answer, len(keys))))
        if self._state.key in keys:
            return
        if keys:
            self.choose(keys[0])
        else:
            self._become(replace(self._state, key="", rule=None))


def lines_of_rules(answer: WhyNot, sought: str = "") -> tuple[Line, ...]:
    """Return near misses, then what is undecided, then the rest, each under a heading with its number."""
    lines: list[Line] = []
    for heading, rules in (
        (say.NEAR, answer.near_misses),
        (say.UNDECIDED, answer.undecided),
        (say.OTHERS, answer.others),
    ):
        found = [rule for rule in rules if _matches(rule, sought)]
        if found:
            lines.append(Line(text=heading.format(count=len(found)), heading=True))
            lines += [_line_of_rule(rule) for rule in found]
    return tuple(lines)


def silent_rule(rule: RuleNotFired, decision: Decision) -> SilentRule:
    """Return one rule with its sentence, its nearest threshold and every premise that fails."""
    state = say.UNDECIDED_WORD if rule.truth is Truth.UNKNOWN else say.NOT_FIRED_WORD
    nearest = ""
    if rule.nearest is not None:
        nearest = say.NEAREST.format(says=rule.nearest.says, alone=_alone(rule))
    return SilentRule(
        title=rule.title,
        tone=tone_of_severity(rule.severity),
        severity=rule.severity.value,
        state=f"{state}; {say.ELSEWHERE}" if rule.elsewhere else state,
        sentence=rule.sentence,
        nearest=nearest,
        premises=tuple(_line_of_premise(premise, place) for place, premise in enumerate(rule.failing)),
        sources=tuple(_line_of_source(source, decision) for source in rule.sources),
    )


def share_words(margin: Margin) -> str:
    """Return a margin as a share of its threshold, as far as it has one."""
    if not margin.distance.value:
        return say.AT_LIMIT
    if margin.share is None:
        return say.AWAY.format(share=quantity_words(margin.distance))
    percent = margin.share * 100
    return say.AWAY.format(share="less than 1 %" if percent < 1 else f"{percent:.0f} %")


def _all(answer: WhyNot | None) -> Iterable[RuleNotFired]:
    return () if answer is None else (*answer.near_misses, *answer.undecided, *answer.others)


def _matches(rule: RuleNotFired, sought: str) -> bool:
    said = [rule.title, rule.rule_id, *(premise.needs for premise in rule.failing)]
    everything = " ".join(said).casefold()
    return all(word in everything for word in sought.casefold().split())


def _count(answer: WhyNot, shown: int) -> str:
    silent = len(tuple(_all(answer)))
    words = say.RULE_ONE if silent == 1 else say.RULE_COUNT.format(count=silent)
    if shown < silent:
        return say.COUNT_OF.format(shown=shown, silent=words)
    return say.COUNT.format(silent=words, fired=answer.fired)


def _line_of_rule(rule: RuleNotFired) -> Line:
    first = rule.first
    if rule.nearest is not None:
        note, aside = f"{rule.nearest.says}; {_alone(rule)}", share_words(rule.nearest)
    elif rule.truth is Truth.UNKNOWN:
        note, aside = say.UNKNOWN.format(data=_data(_missing(rule.failing))), ""
    else:
        note, aside = say.FIRST.format(found=first.found), ""
    if rule.elsewhere:
        note = f"{note}\n{say.ELSEWHERE}"
    unknown = rule.truth is Truth.UNKNOWN
    return Line(
        text=rule.title,
        label=rule.severity.value,
        note=note,
        aside=aside,
        tone=tone_of_severity(rule.severity),
        word=rule.severity.value,
        said=f"{rule.rule_id}, {say.UNDECIDED_WORD if unknown else say.NOT_FIRED_WORD}",
        faint=rule.elsewhere,
        key=rule.rule_id,
    )


def _alone(rule: RuleNotFired) -> str:
    return say.ALONE if rule.alone else say.NOT_ALONE


def _line_of_premise(premise: FailingPremise, place: int) -> Line:
    unknown = premise.truth is Truth.UNKNOWN
    notes = [say.NEEDS.format(needs=premise.needs)]
    if premise.through:
        notes.append(say.THROUGH.format(concepts=" > ".join(premise.through)))
    if premise.margin is not None:
        notes.append(_margin(premise.margin))
    if premise.missing:
        notes.append(say.MISSING.format(data=_data(premise.missing)))
    return Line(
        text=premise.found,
        label=say.PREMISE_ALSO if place else say.PREMISE_FIRST,
        note="\n".join(notes),
        aside=share_words(premise.margin) if premise.margin is not None else "",
        tone=Tone.UNKNOWN if unknown else Tone.NEUTRAL,
        word=say.NOT_KNOWN if unknown else say.NOT_HOLDING,
        strong=not place,
    )


def _margin(margin: Margin) -> str:
    distance = quantity_words(margin.distance)
    if margin.share is not None and margin.distance.value:
        share = share_words(margin).removesuffix(say.AWAY.format(share=""))
        distance = say.MARGIN_SHARE.format(distance=distance, share=share)
    words = say.VALUE.format(
        value=quantity_words(margin.value), threshold=quantity_words(margin.threshold), margin=distance
    )
    if margin.crosses_at is not None:
        words += say.CROSSES.format(value=quantity_words(margin.crosses_at))
    return words


def _missing(failing: Sequence[FailingPremise]) -> tuple[MissingDatum, ...]:
    each = {(datum.kind, datum.subject): datum for premise in failing for datum in premise.missing}
    return tuple(each.values())


def _data(missing: Iterable[MissingDatum]) -> str:
    return ", ".join(say.DATUM.format(title=datum.title, reason=datum.reason) for datum in missing)


def _line_of_source(source: SourceRef, decision: Decision) -> Line:
    citation = next((found for found in decision.citations if found.citation_id == source.citation), None)
    if citation is None:
        return Line(text=f"{source.citation}, {source.where}")
    seen = citation.checked is Checked.SEEN
    return Line(
        text=f"{citation.title} ({citation.year}), {source.where}",
        note=citation.locator,
        tone=Tone.CLEAR if seen else Tone.CAUTION,
        word=citation.checked.value if seen else say_page.NOT_SEEN,
    )
