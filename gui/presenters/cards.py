"""A decision as a page of tiers and cards: pure functions from what was recorded to what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.decision import Decision, RankingStatus
from engine.domain.doses import called_doses, doses_at_once
from engine.domain.findings import EvidenceStrength, Finding, Severity, Undecided, Watch
from engine.domain.ids import OptionId
from engine.domain.options import Assessment, RankedOption, Verdict
from gui.messages import recommendation as say
from gui.presenters.lines import Line
from gui.presenters.tones import Tone, tone_of_severity, tone_of_verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One option."""

    option_id: OptionId
    title: str
    dose: str
    called: str
    """The dose that findings call for here; empty where the usual one stands or it is excluded."""
    at_once: str
    """That several dose adjustments apply, and what to do; empty where there are not several."""
    burden: str
    verdict: Verdict
    tone: Tone
    place: str
    """``1``, ``1=`` for a tie, empty for what is not ordered."""
    tie: str
    dots: int
    """How well the option is supported, of four."""
    strength: str
    evidence: str
    rules: tuple[str, ...]
    model: tuple[str, ...]
    against: int
    """Cautions and worse that fired."""
    undecided: int
    checked: int
    findings: tuple[Line, ...]
    elsewhere: tuple[Line, ...]
    sources: int

    @property
    def eligible(self) -> bool:
        """Tell whether choosing it is no override."""
        return self.verdict.eligible


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The cards of one verdict."""

    verdict: Verdict
    tone: Tone
    title: str
    order: str
    cards: tuple[Card, ...]


_TITLES = {
    Verdict.CLEAR: say.SUITABLE,
    Verdict.CAUTION: say.WITH_CAUTION,
    Verdict.UNASSESSABLE: say.CANNOT,
    Verdict.EXCLUDED: say.EXCLUDED,
}
_DOTS = {strength: 4 - index for index, strength in enumerate(EvidenceStrength)}


def tiers_of(decision: Decision) -> tuple[Tier, ...]:
    """Return the non-empty tiers, best first, each in its recorded order."""
    by_id = {ranked.option_id: ranked for ranked in decision.ranked}
    ordered = [decision.assessed(ranked.option_id) for ranked in decision.ranked]
    rest = [item for item in decision.assessments if item.option.option_id not in by_id]
    tiers = []
    for verdict, title in _TITLES.items():
        cards = tuple(
            card_of(decision, item, by_id.get(item.option.option_id))
            for item in (*ordered, *rest)
            if item.verdict is verdict
        )
        if cards:
            tiers.append(
                Tier(
                    verdict=verdict,
                    tone=tone_of_verdict(verdict),
                    title=title,
                    order=_order(decision, verdict),
                    cards=cards,
                )
            )
    return tuple(tiers)


def card_of(decision: Decision, assessment: Assessment, ranked: RankedOption | None) -> Card:
    """Return the card of one option."""
    option = assessment.option
    titles = {each.option.option_id: each.option.title for each in decision.assessments}
    cited = {source.citation for finding in assessment.findings for source in finding.sources}
    evidence = option.evidence
    if evidence is not None:
        cited.update(source.citation for source in evidence.sources)
    cited.update(source.citation for undecided in assessment.undecided for source in undecided.sources)
    return Card(
        option_id=option.option_id,
        title=option.title,
        dose=option.dose,
        called=_called(assessment),
        at_once=doses_at_once(assessment),
        burden=option.burden,
        verdict=assessment.verdict,
        tone=tone_of_verdict(assessment.verdict),
        place="" if ranked is None else f"{ranked.place}{'=' if ranked.tied else ''}",
        tie=_tie(decision, ranked),
        dots=_DOTS[evidence.strength] if evidence is not None else 0,
        strength=say.STRENGTH.format(strength=evidence.strength.value) if evidence is not None else "",
        evidence=evidence.line if evidence is not None else say.NOT_COMPARED,
        rules=_rules(assessment),
        model=_model(decision, ranked),
        against=sum(found.severity is not Severity.NOTE for found in assessment.findings),
        undecided=len(assessment.undecided),
        checked=assessment.rules_checked,
        findings=lines_of(assessment, titles),
        elsewhere=tuple(finding_line(finding, titles) for finding in assessment.elsewhere),
        sources=len(cited),
    )


def finding_line(finding: Finding, titles: Mapping[OptionId, str]) -> Line:
    """Return one finding in words, with what it asks to be done."""
    kind = say.FINDING_NOTE.format(kind=finding.kind.value, strength=finding.strength.value)
    seen = "" if finding.sources_seen else f" · {say.NOT_SEEN}"
    lines = (
        say.DOSE.format(dose=finding.dose) if finding.dose else "",
        say.COMPUTED.format(steps="; ".join(finding.computed.steps)) if finding.computed else "",
        say.MANAGE.format(manage=finding.manage) if finding.manage else "",
        *(_watch(watch) for watch in finding.watch),
        say.START_BESIDE.format(therapies=", ".join(finding.starts)) if finding.starts else "",
        _instead(finding, titles),
        f"{finding.rule_title} · {kind}{seen}",
    )
    return Line(
        tone=tone_of_severity(finding.severity),
        word=finding.severity.value,
        label=finding.severity.value,
        text=finding.say,
        note="\n".join(line for line in lines if line),
    )


def _watch(watch: Watch) -> str:
    limit = say.WATCH_LIMIT.format(threshold=watch.threshold) if watch.threshold else ""
    act = ", ".join(part for part in (limit, watch.act) if part)
    line = say.WATCH.format(what=watch.what, when=watch.when)
    return f"{line.strip()}{f'; {act}' if act else ''}"


def _instead(finding: Finding, titles: Mapping[OptionId, str]) -> str:
    named = ", ".join(titles[option] for option in finding.alternatives if option in titles)
    lines = [say.INSTEAD.format(options=named)] if named else []
    if finding.no_alternative:
        lines.append(say.NOTHING_INSTEAD.format(because=finding.no_alternative))
    for each in finding.replacements:
        form = say.REPLACED_WITH_CAUTION if each.cautions else say.REPLACED
        lines.append(form.format(drug=each.title, rules=each.rules_checked, cautions=" ".join(each.cautions)))
    return "\n".join(lines)


def undecided_lines(undecided: Sequence[Undecided]) -> tuple[Line, ...]:
    """Return the undecided rules of an option, one line for all that the same data would settle.

    What holds the verdict up comes first, then the worst.
    """
    groups: dict[tuple[str, ...], list[Undecided]] = {}
    for rule in undecided:
        groups.setdefault(tuple(datum.subject for datum in rule.missing), []).append(rule)
    ordered = sorted(
        groups.values(),
        key=lambda rules: (
            not any(rule.blocks for rule in rules),
            min(rule.severity.rank for rule in rules),
        ),
    )
    return tuple(_undecided_line(rules) for rules in ordered)


def _undecided_line(rules: list[Undecided]) -> Line:
    data = [say.WOULD_SETTLE.format(title=datum.title, reason=datum.reason) for datum in rules[0].missing]
    worst = min(rules, key=lambda rule: rule.severity.rank).severity.value
    blocks = any(rule.blocks for rule in rules)
    titles = "; ".join(dict.fromkeys(rule.rule_title for rule in rules))
    becauses = dict.fromkeys(rule.because for rule in rules if rule.because and not rule.blocks)
    count = say.RULE_ONE if len(rules) == 1 else say.RULES.format(count=len(rules))
    effect = (say.BLOCKS if blocks else say.COULD).format(severity=worst)
    notes = [
        f"{say.LEAVES_OPEN.format(rules=count, titles=titles)}; {effect}.",
        *(say.MENTIONED.format(because=because) for because in becauses),
    ]
    return Line(
        tone=Tone.UNKNOWN,
        word=say.UNDECIDED_WORD,
        label=say.UNDECIDED_WORD,
        text=", ".join(data) or titles,
        note="\n".join(notes),
    )


def lines_of(assessment: Assessment, titles: Mapping[OptionId, str]) -> tuple[Line, ...]:
    """Return what a card says; of an excluded option, what excludes it, and how much more there is."""
    faults = tuple(_fault_line(fault) for fault in assessment.faults)
    if assessment.verdict is not Verdict.EXCLUDED:
        findings = tuple(finding_line(finding, titles) for finding in assessment.findings)
        return (*faults, *findings, *undecided_lines(assessment.undecided))
    against = tuple(finding_line(found, titles) for found in assessment.findings if found.severity.excludes)
    besides = len(assessment.findings) - len(against)
    more = _counts(besides, len(assessment.undecided))
    return (*faults, *against, *((Line(text=more, faint=True),) if more else ()))


def _counts(besides: int, undecided: int) -> str:
    parts = []
    if besides:
        parts.append(say.MORE_FINDING if besides == 1 else say.MORE_FINDINGS.format(count=besides))
    if undecided:
        parts.append(say.UNDECIDED_ONE if undecided == 1 else say.UNDECIDED_RULES.format(count=undecided))
    return say.BESIDES.format(what=" and ".join(parts)) if parts else ""


def _fault_line(fault: str) -> Line:
    return Line(tone=Tone.CONTRAINDICATED, word=say.FAULT_WORD, label=say.FAULT_WORD, text=fault)


def _called(assessment: Assessment) -> str:
    doses = dict.fromkeys(called_doses(assessment))
    return say.CALLED.format(dose="; ".join(doses)) if doses else ""


def _order(decision: Decision, verdict: Verdict) -> str:
    if not verdict.eligible:
        return say.NOT_ORDERED
    ordered = decision.ranking.status is RankingStatus.ORDERED
    return say.ORDER_MODEL if ordered else say.ORDER_EVIDENCE


def _tie(decision: Decision, ranked: RankedOption | None) -> str:
    if ranked is None or not ranked.tied:
        return ""
    others = [
        decision.assessed(other.option_id).option.title
        for other in decision.ranked
        if other.place == ranked.place and other is not ranked
    ]
    return say.TIED.format(others=", ".join(others)) if others else ""


def _rules(assessment: Assessment) -> tuple[str, ...]:
    against = sum(finding.severity.excludes for finding in assessment.findings)
    cautions = sum(finding.severity is Severity.CAUTION for finding in assessment.findings)
    notes = sum(finding.severity is Severity.NOTE for finding in assessment.findings)
    found = [say.AGAINST.format(count=against)]
    if cautions:
        found.append(say.CAUTION_ONE if cautions == 1 else say.CAUTIONS.format(count=cautions))
    if notes:
        found.append(say.NOTE_ONE if notes == 1 else say.NOTES.format(count=notes))
    if assessment.undecided:
        found.append(say.UNDECIDED.format(count=len(assessment.undecided)))
    checked = assessment.rules_checked
    return (
        ", ".join(found),
        say.CHECKED_RULE if checked == 1 else say.CHECKED_RULES.format(count=checked),
    )


def _model(decision: Decision, ranked: RankedOption | None) -> tuple[str, ...]:
    if ranked is None:
        return (say.NOT_RANKED,)
    match decision.ranking.status:
        case RankingStatus.NO_MODEL:
            return (say.NO_MODEL,)
        case RankingStatus.WITHHELD:
            return (say.MODEL_WITHHELD,)
        case RankingStatus.NOT_ADOPTED:
            score = ranked.score
            return (say.MODEL_WITHHELD if score is None else say.NOT_USED.format(score=signed(score.score)),)
        case RankingStatus.ORDERED:
            pass
    if ranked.score is None:
        return (say.MODEL_UNKNOWN,)
    parts = [say.SCORE.format(score=signed(ranked.score.score))]
    if ranked.score.probability is not None:
        parts.insert(0, say.CHANCE.format(percent=round(100 * ranked.score.probability)))
    if ranked.moved_by_model:
        parts.append(say.MOVED)
    if decision.ranking.score_label:
        parts.append(decision.ranking.score_label)
    return tuple(parts)


def signed(value: float) -> str:
    """Return a number with its sign, a true minus, and two places.

    >>> signed(0.314)
    '+0.31'
    """
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
