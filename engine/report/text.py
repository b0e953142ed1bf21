"""A dossier as text of eighty columns, and a decision in a few lines for the command line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from engine.domain.decision import Decision
from engine.domain.doses import called_doses, doses_at_once
from engine.domain.explanation import Explanation, Grade
from engine.domain.findings import Finding, Severity, Undecided
from engine.domain.ids import OptionId
from engine.domain.options import Assessment, Verdict
from engine.domain.patient import Understanding
from engine.domain.provenance import Citation, SourceRef
from engine.domain.replies import DecisionDossier
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.report import content, data
from engine.report.content import Entry, plain

_WIDTH = 80

#: A shape for each verdict and severity: never the word alone, never colour.
_VERDICT_MARK = {
    Verdict.CLEAR: "[ok]",
    Verdict.CAUTION: "[!]",
    Verdict.UNASSESSABLE: "[?]",
    Verdict.EXCLUDED: "[X]",
}
_SEVERITY_MARK = {
    Severity.CONTRAINDICATED: "[X]",
    Severity.AVOID: "[X]",
    Severity.CAUTION: "[!]",
    Severity.NOTE: "[i]",
}
_TRUTH_MARK = {Truth.TRUE: "+", Truth.FALSE: "-", Truth.UNKNOWN: "?"}


def summary(decision: Decision) -> str:
    """Return tiers, options, first reasons and what to settle: what fits a terminal at once."""
    titles = content.titles_of(decision)
    patient = f"{decision.record.name} ({decision.record.patient_id})"
    lines = _wrapped(f"{decision.indication_title}: {patient}, decision {decision.decision_id}", "", "  ")
    lines += _banners(decision)
    for tier in content.tiers(decision):
        lines += ["", f"{_VERDICT_MARK[tier.verdict]} {tier.title}"]
        for entry in tier.entries:
            option = entry.assessment.option
            lines += _wrapped(f"{option.title}, {option.dose}", f"  {content.place_of(entry.ranked):>3}  ")
            lines += _wrapped(_first_reason(entry), " " * 7)
            lines += _wrapped(_doses_at_once(entry.assessment), "    !  ")
    if decision.to_settle:
        lines += ["", "To settle first"]
        for item in decision.to_settle[:3]:
            lines += _wrapped(content.settle_line(item, titles), "    ?  ")
        if len(decision.to_settle) > 3:
            lines += _wrapped(f"and {len(decision.to_settle) - 3} more", " " * 7)
    loud = [item for item in content.not_understood(decision) if item.level is Understanding.LOUD]
    if loud:
        lines += ["", "Not understood"]
        for missed in loud:
            lines += _wrapped(content.not_understood_line(missed), "    !  ")
    lines += ["", *_paragraphs(content.ranking_lines(decision))]
    return "\n".join(lines) + "\n"


def dossier_text(dossier: DecisionDossier) -> str:
    """Return everything about a decision, for terminals, files and the eye of an auditor."""
    decision = dossier.decision
    lines = ["=" * _WIDTH, "WhyRx decision dossier"]
    lines += [*_paragraphs((decision.indication_title, decision.question)), "=" * _WIDTH]
    lines += _banners(decision)
    for section in (
        _identity,
        _settle,
        _context,
        _tiers,
        _order,
        _missed,
        _choice,
        _data,
        _sources,
        _versions,
    ):
        lines += section(dossier)
    return "\n".join(lines) + "\n"


def _identity(dossier: DecisionDossier) -> Iterator[str]:
    yield ""
    yield from _pairs(content.identity(dossier))
    for flag in dossier.decision.record.flags:
        yield from _wrapped(flag, "[!] ")


def _settle(dossier: DecisionDossier) -> Iterator[str]:
    if dossier.decision.to_settle:
        yield from _heading("To settle first")
        titles = content.titles_of(dossier.decision)
        for item in dossier.decision.to_settle:
            yield from _wrapped(content.settle_line(item, titles), "[?] ")


def _context(dossier: DecisionDossier) -> Iterator[str]:
    if dossier.decision.context:
        yield from _heading("Context")
        citations = _citations(dossier.decision)
        for node in dossier.decision.context:
            yield from _tree(node, citations)


def _tiers(dossier: DecisionDossier) -> Iterator[str]:
    citations, titles = _citations(dossier.decision), content.titles_of(dossier.decision)
    for tier in content.tiers(dossier.decision):
        yield from _heading(f"{_VERDICT_MARK[tier.verdict]} {tier.title} ({len(tier.entries)})")
        yield from _wrapped(tier.meaning, "")
        for entry in tier.entries:
            yield from _entry(entry, citations, titles)


def _entry(entry: Entry, citations: dict[str, Citation], titles: dict[OptionId, str]) -> Iterator[str]:
    assessment = entry.assessment
    yield ""
    yield from _wrapped(assessment.option.title, f"{content.place_of(entry.ranked):>3}  ")
    yield from _wrapped(content.option_line(entry), " " * 5)
    yield from _wrapped(content.evidence_line(assessment.option), " " * 5)
    yield from _references(content.evidence_sources(assessment.option), citations, " " * 7)
    if entry.ranked is not None:
        yield from _wrapped(content.ordering_of(entry.ranked, entry.score_note), " " * 5)
    yield from _wrapped(content.checked_line(assessment), " " * 5)
    for fault in assessment.faults:
        yield from _wrapped(f"Engine fault: {fault}", "     [?] ")
    yield from _wrapped(doses_at_once(assessment), "     [!] ")
    for finding in assessment.findings:
        yield from _finding(finding, citations, titles)
    for undecided in assessment.undecided:
        yield from _undecided(undecided, citations)
    for finding in assessment.elsewhere:
        yield ""
        yield from _wrapped("Of another label, shown but not counted:", " " * 5)
        yield from _finding(finding, citations, titles)
    if entry.explanation is not None:
        yield from _explanation(entry.explanation)


def _finding(finding: Finding, citations: dict[str, Citation], titles: dict[OptionId, str]) -> Iterator[str]:
    indent = " " * 9
    yield ""
    yield from _wrapped(content.finding_heading(finding), f"     {_SEVERITY_MARK[finding.severity]} ")
    yield from _wrapped(finding.say, indent)
    for word, line in content.advice(finding, titles):
        yield from _wrapped(f"{word}: {line}", indent)
    yield from _wrapped("; ".join(content.finding_notes(finding)) + ".", indent)
    yield from _references(finding.sources, citations, indent)
    yield f"{indent}Because:"
    yield from _tree(finding.why, citations, indent)


def _undecided(undecided: Undecided, citations: dict[str, Citation]) -> Iterator[str]:
    indent = " " * 9
    yield ""
    yield from _wrapped(content.undecided_heading(undecided), "     [?] ")
    for datum in undecided.missing:
        yield from _wrapped(f"Needs {content.missing_line(datum)}", indent)
    if undecided.because:
        yield from _wrapped(undecided.because, indent)
    yield from _references(undecided.sources, citations, indent)
    yield f"{indent}Because:"
    yield from _tree(undecided.why, citations, indent)


def _explanation(explanation: Explanation) -> Iterator[str]:
    withheld = explanation.fidelity.grade is Grade.WITHHELD
    yield ""
    yield from _wrapped(
        f"Why the model scored it {explanation.score:.3f} (base {explanation.base:.3f})", " " * 5
    )
    yield from _wrapped(content.fidelity_line(explanation), " " * 5)
    yield f"     {'feature':<26} {'value':<22} {'LIME':>9} {'exact':>9}"
    for share in content.shares(explanation):
        lime = "withheld" if withheld else content.signed(share.lime)
        title, value = plain(share.title)[:26], plain(share.value)[:22]
        yield f"     {title:<26} {value:<22} {lime:>9} {content.signed(share.exact):>9}"


def _tree(node: TraceNode, citations: dict[str, Citation], indent: str = "") -> Iterator[str]:
    yield from _branch(node, citations, indent, indent)


def _branch(node: TraceNode, citations: dict[str, Citation], first: str, rest: str) -> Iterator[str]:
    below = rest + ("  |  " if node.children else "     ")
    yield from _wrapped(f"{_TRUTH_MARK[node.truth]} {node.kind.value}: {node.label}", first, below)
    if node.provenance is not None:
        yield from _wrapped(f"from {node.provenance}", below, below)
    for source in node.sources:
        yield from _wrapped(f"> {content.source_label(source, citations)}", below, below + "  ")
    for number, child in enumerate(node.children, start=1):
        last = number == len(node.children)
        yield from _branch(
            child, citations, rest + ("  `- " if last else "  |- "), rest + ("     " if last else "  |  ")
        )


def _order(dossier: DecisionDossier) -> Iterator[str]:
    yield from _heading("How the order came about")
    yield from _paragraphs(content.ranking_lines(dossier.decision))


def _missed(dossier: DecisionDossier) -> Iterator[str]:
    yield from _heading("Not understood")
    missed = content.not_understood(dossier.decision)
    if not missed:
        yield "Everything in the imported documents was understood."
    for item in missed:
        yield from _wrapped(content.not_understood_line(item), f"[{item.level.value}] ", "    ")
        yield from _wrapped(f"{item.resource} at {item.path}", "    ")


def _choice(dossier: DecisionDossier) -> Iterator[str]:
    yield from _heading("What was chosen")
    yield from _paragraphs(content.response_lines(dossier.response, dossier.decision))
    yield from _heading("What happened")
    for event in dossier.events:
        yield from _wrapped(f"{content.moment(event.at)}  {event.kind.value}, by {event.by}", "", "  ")
        yield from _wrapped(event.detail, "  ")
        if event.content:
            yield from _wrapped(f"SHA-256 {event.content}", "  ")


def _data(dossier: DecisionDossier) -> Iterator[str]:
    decision = dossier.decision
    for table in (data.readings(decision), *data.record(decision), data.facts(decision)):
        if table.rows:
            yield from _heading(table.title)
        for row in table.rows:
            yield from _wrapped(f"{row.title}: {row.value}", "", "  ")
            yield from _wrapped(row.place, "  ")


def _sources(dossier: DecisionDossier) -> Iterator[str]:
    yield from _heading("Sources, and how each was checked")
    for citation in dossier.decision.citations:
        yield from _wrapped(
            f"[{citation.citation_id}] {citation.title} ({citation.kind.value}, {citation.year}), "
            f"{citation.locator}",
            "",
            "  ",
        )
        yield from _wrapped(content.citation_check(citation), "  ")


def _versions(dossier: DecisionDossier) -> Iterator[str]:
    yield from _heading("What computed this")
    yield from _pairs(content.versions(dossier.decision))
    for fault in dossier.decision.engine.faults:
        yield from _wrapped(f"Engine fault: {fault}", "[?] ")


def _first_reason(entry: Entry) -> str:
    assessment = entry.assessment
    if assessment.faults:
        return f"Engine fault: {assessment.faults[0]}"
    if assessment.verdict is Verdict.UNASSESSABLE and assessment.undecided:
        blocking = next((item for item in assessment.undecided if item.blocks), assessment.undecided[0])
        missing = "; ".join(content.missing_line(datum) for datum in blocking.missing)
        return f"{blocking.rule_title}: {missing}"
    if assessment.findings:
        worst = assessment.findings[0]
        return f"{worst.say} Dose: {worst.dose}." if worst.dose else worst.say
    evidence = assessment.option.evidence
    return f"{_nothing_against(assessment)} {evidence.line if evidence is not None else ''}".rstrip()


def _doses_at_once(assessment: Assessment) -> str:
    """Say that several doses are called for, and which: the first reason names only one of them."""
    said = doses_at_once(assessment)
    return f"{said} They say: {'; '.join(dict.fromkeys(called_doses(assessment)))}." if said else ""


def _nothing_against(assessment: Assessment) -> str:
    """Say that nothing fired, and never without what is still open."""
    checked, still_open = assessment.rules_checked, len(assessment.undecided)
    if still_open:
        return f"No rule fired against it; {still_open} of {checked} could not be decided."
    return f"No rule speaks against it ({checked} checked)."


def _banners(decision: Decision) -> list[str]:
    return [line for banner in content.banners(decision) for line in _wrapped(banner, "*** ")]


def _references(sources: Iterable[SourceRef], citations: dict[str, Citation], indent: str) -> Iterator[str]:
    for source in sources:
        yield from _wrapped(content.source_label(source, citations), f"{indent}> ")


def _citations(decision: Decision) -> dict[str, Citation]:
    return {citation.citation_id: citation for citation in decision.citations}


def _heading(title: str) -> Iterator[str]:
    yield from ("", title, "-" * _WIDTH)


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for label, value in pairs:
        yield from _wrapped(value, f"{label:<14} ")


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _wrapped(text, "")


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    """Return a text as lines; what follows the first is indented under it unless told otherwise."""
    return textwrap.wrap(
        plain(text),
        # A deep trace keeps room for words, if need be beyond the margin.
        width=max(_WIDTH, len(first) + 40),
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
