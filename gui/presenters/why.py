"""Why an option stands where it stands: the chain down to the data, the attributions, the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.domain.decision import Decision
from engine.domain.explanation import Attribution, AttributionMethod, Explanation, Grade
from engine.domain.ids import OptionId
from engine.domain.options import Assessment
from engine.domain.provenance import Checked, SourceRef
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from gui.messages import recommendation as say
from gui.presenters.cards import signed
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_severity, tone_of_truth
from gui.presenters.wording import ago


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One attribution."""

    title: str
    value: str
    share: float
    label: str


#: Method -> its name before ``attributions``.
METHOD_NAMES = {AttributionMethod.LIME: say.LIME, AttributionMethod.EXACT: say.EXACT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Attributions of one method; without bars, the sentence says why."""

    bars: tuple[Bar, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything behind one option."""

    option_id: OptionId
    title: str
    chain: tuple[Line, ...]
    explained: bool
    """True where a model scored the option."""
    withheld: bool
    """True where LIME cannot be shown, so that the exact attributions stand in its place."""
    lime: Bars
    exact: Bars
    fidelity: str
    """Empty where no model scored it."""
    fidelity_tone: Tone
    fidelity_tip: str
    sources: tuple[Line, ...]
    control: bool = False
    """True where the attributions are those of a model of shuffled outcomes."""


def why_of(decision: Decision, option_id: OptionId, control: Sequence[Explanation] = ()) -> Why:
    """Return what is behind one option of a decision, with a negative control in place of its explanation."""
    assessment = assessment_of(decision, option_id)
    given = control or decision.explanations
    explanation = next((found for found in given if found.option_id == option_id), None)
    lime, exact, fidelity, tone, tip = _attributions(explanation)
    return Why(
        option_id=option_id,
        title=assessment.option.title,
        chain=chain_of(assessment, decision.decided_at.date()),
        explained=explanation is not None,
        withheld=explanation is not None and explanation.fidelity.grade is Grade.WITHHELD,
        lime=lime,
        exact=exact,
        fidelity=fidelity,
        fidelity_tone=tone,
        fidelity_tip=tip,
        sources=sources_of(decision, assessment),
        control=bool(control),
    )


def assessment_of(decision: Decision, option_id: OptionId) -> Assessment:
    """Return the assessment of an option that the decision has."""
    return next(item for item in decision.assessments if item.option.option_id == option_id)


def chain_of(assessment: Assessment, today: date) -> tuple[Line, ...]:
    """Return each finding and undecided rule with everything below it, down to the data."""
    lines: list[Line] = []
    for finding in assessment.findings:
        lines.append(
            Line(
                text=finding.say,
                tone=tone_of_severity(finding.severity),
                word=finding.severity.value,
                aside=finding.severity.value,
                strong=True,
            )
        )
        lines.extend(lines_of_node(finding.why, 1, today))
    for undecided in assessment.undecided:
        lines.append(
            Line(
                text=undecided.rule_title,
                tone=Tone.UNKNOWN,
                word=say.UNDECIDED_WORD,
                said=undecided.rule_id,
                aside=say.UNDECIDED_WORD,
                strong=True,
            )
        )
        lines.extend(_below(undecided.why, undecided.rule_title, today))
    if not lines:
        return (Line(text=say.NOTHING_FIRED.format(count=assessment.rules_checked), tone=Tone.CLEAR),)
    return tuple(lines)


def lines_of_node(node: TraceNode, level: int, today: date) -> list[Line]:
    """Return a node of a trace and everything below it, each one level deeper.

    A connective over one premise says no more than the premise, and is left out.
    """
    if _says_nothing(node):
        return lines_of_node(node.children[0], level, today)
    place = node.provenance
    recorded = place.recorded if place is not None else None
    notes = [] if place is None else [str(place)]
    if recorded is not None:
        notes.append(recorded.isoformat())
    missing = node.kind is TraceKind.MISSING
    line = Line(
        text=node.label,
        note=" · ".join(notes),
        aside=ago(recorded, today) if recorded is not None else say.MISSING_DATUM if missing else "",
        tone=Tone.UNKNOWN if missing else tone_of_truth(node.truth),
        word=node.truth.value,
        said=" ".join(part for part in (node.kind.value, _named(node)) if part),
        folded=True,
        level=level,
        strong=node.kind is TraceKind.RULE,
        faint=node.truth is Truth.FALSE,
    )
    return [line, *(below for child in node.children for below in lines_of_node(child, level + 1, today))]


def _named(node: TraceNode) -> str:
    return node.reference if node.kind in (TraceKind.RULE, TraceKind.CONCEPT) else ""


def _says_nothing(node: TraceNode) -> bool:
    joins = node.kind is TraceKind.CONNECTIVE and node.label in ("all of", "any of")
    return joins and len(node.children) == 1 and node.children[0].truth is node.truth


def _below(node: TraceNode, said: str, today: date) -> list[Line]:
    """Return a trace without its root where the root says what stands above it already."""
    if node.kind is TraceKind.RULE and node.label == said:
        return [line for child in node.children for line in lines_of_node(child, 1, today)]
    return lines_of_node(node, 1, today)


def sources_of(decision: Decision, assessment: Assessment) -> tuple[Line, ...]:
    """Return every source behind an option, with the place in it and how it was checked."""
    used: dict[SourceRef, list[str]] = {}
    evidence = assessment.option.evidence
    for source in evidence.sources if evidence is not None else ():
        used.setdefault(source, []).append(say.FOR_EVIDENCE)
    for finding in (*assessment.findings, *assessment.elsewhere):
        for source in finding.sources:
            used.setdefault(source, []).append(finding.rule_title)
    for undecided in assessment.undecided:
        for source in undecided.sources:
            used.setdefault(source, []).append(undecided.rule_title)
    citations = {citation.citation_id: citation for citation in decision.citations}
    lines = []
    for source, behind in used.items():
        citation = citations.get(source.citation)
        if citation is None:
            lines.append(
                Line(text=f"{source.citation}, {source.where}", tone=Tone.CAUTION, word=say.NOT_SEEN)
            )
            continue
        seen = citation.checked is Checked.SEEN
        checked = (
            say.SOURCE_SEEN.format(how=citation.how, on=citation.on.isoformat())
            if seen
            else say.SOURCE_NOT_SEEN.format(how=citation.how)
        )
        lines.append(
            Line(
                text=f"{citation.title} ({citation.year}), {source.where}",
                note=f"{checked} · {citation.locator} · {', '.join(dict.fromkeys(behind))}",
                aside=citation.kind.value,
                tone=Tone.CLEAR if seen else Tone.CAUTION,
                word=citation.checked.value,
            )
        )
    return tuple(lines) or (Line(text=say.NO_SOURCES),)


def _attributions(explanation: Explanation | None) -> tuple[Bars, Bars, str, Tone, str]:
    if explanation is None:
        none = Bars(bars=(), sentence=say.NO_BARS)
        return none, none, "", Tone.NEUTRAL, ""
    fidelity = explanation.fidelity
    withheld = fidelity.grade is Grade.WITHHELD
    exact = Bars(
        bars=_bars(explanation.exact),
        sentence=say.EXACT_NOTE.format(score=signed(explanation.score), base=signed(explanation.base)),
    )
    lime = (
        Bars(bars=exact.bars, sentence=fidelity.reason)
        if withheld
        else Bars(bars=_bars(explanation.lime), sentence=say.LIME_NOTE)
    )
    tip = say.FIDELITY_TIP.format(
        correlation=f"{fidelity.correlation:.2f}",
        signs=round(5 * fidelity.sign_agreement),
        r2=f"{fidelity.local_r2:.2f}",
        samples=explanation.samples,
        seed=explanation.seed,
    )
    tones = {Grade.GREEN: Tone.CLEAR, Grade.AMBER: Tone.CAUTION, Grade.WITHHELD: Tone.UNKNOWN}
    grade = say.FIDELITY.format(grade=fidelity.grade.value)
    return lime, exact, grade, tones[fidelity.grade], f"{fidelity.reason} {tip}"


def _bars(attributions: tuple[Attribution, ...]) -> tuple[Bar, ...]:
    return tuple(
        Bar(title=found.title, value=found.value, share=found.contribution, label=signed(found.contribution))
        for found in attributions
    )
