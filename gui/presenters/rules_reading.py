"""One rule in words: its sentence, what it says, whom it speaks of, and what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.ids import OptionId
from engine.domain.provenance import Checked
from engine.domain.replies import CitedSource, RuleView
from gui.messages import rules as say
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_severity
from gui.presenters.wording import spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A rule, ready to be read."""

    title: str
    tone: Tone
    severity: str
    status: str
    sentence: str
    says: str
    manage: str
    about: tuple[Line, ...]
    """Label and value: options, label, id, place, version."""
    concepts: tuple[Line, ...]
    sources: tuple[Line, ...]


def reading_of(view: RuleView, titles: Mapping[OptionId, str]) -> Reading:
    """Put a rule into words."""
    rule = view.summary
    label = (
        say.BOTH_LABELS if rule.jurisdiction is None else say.ONLY_LABEL.format(label=rule.jurisdiction.value)
    )
    cases = {0: say.NO_CASES, 1: say.CASE_ONE}.get(rule.cases, say.CASES_COUNT.format(count=rule.cases))
    about = (
        (say.APPLIES, ", ".join(titles.get(option, spoken(option)) for option in rule.options)),
        (say.LABEL_ROW, label),
        (say.CASES_ROW, cases),
        (say.ID, rule.rule_id),
        (say.PLACE, str(rule.span)),
        (say.VERSION, str(view.version)),
        (say.REVIEW, view.review_by),
        (say.AUTHOR, view.author),
    )
    return Reading(
        title=rule.title,
        tone=tone_of_severity(rule.severity),
        severity=rule.severity.value,
        status=view.status,
        sentence=view.sentence,
        says=view.say,
        manage=view.manage,
        about=tuple(Line(label=label, text=words) for label, words in about if words),
        concepts=tuple(Line(text=title, note=words, strong=True) for title, words in view.concepts),
        sources=tuple(_source(source) for source in view.sources),
    )


def _source(source: CitedSource) -> Line:
    cited = source.citation
    seen = cited.checked is Checked.SEEN
    word = say.SOURCE_SEEN if seen else say.SOURCE_NOT_SEEN
    where = source.ref.where
    return Line(
        text=say.SOURCE_TEXT.format(title=cited.title, where=where) if where else cited.title,
        label=word,
        note=say.SOURCE_NOTE.format(
            kind=cited.kind.value,
            year=cited.year,
            locator=cited.locator,
            how=cited.how,
            on=cited.on.isoformat(),
        ),
        tone=Tone.HOLDS if seen else Tone.UNKNOWN,
        word=word,
    )
