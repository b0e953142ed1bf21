"""A dossier as one HTML file that stands alone: no script, no font, no picture from elsewhere.

It reads on any screen, light or dark, and prints; every finding shows its sentence, its chain down
to the data, and its sources.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.domain.decision import Decision
from engine.domain.doses import doses_at_once
from engine.domain.explanation import Explanation, Grade
from engine.domain.findings import Finding, Undecided
from engine.domain.ids import OptionId
from engine.domain.patient import Understanding
from engine.domain.provenance import Citation, SourceRef
from engine.domain.replies import DecisionDossier
from engine.domain.trace import TraceNode
from engine.domain.truth import Truth
from engine.report import content, data
from engine.report.content import Entry, Tier
from engine.report.markup import Child, Raw, each, tag
from engine.report.style import SEVERITY_SHAPE, SHAPES, STYLE, VERDICT_SHAPE

#: Forbids the page to fetch or run anything, whatever a browser or a bug might want.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_TRUTH = {
    Truth.TRUE: ("clear", "holds"),
    Truth.FALSE: ("note", "does not hold"),
    Truth.UNKNOWN: ("unknown", "unknown"),
}


def dossier_html(dossier: DecisionDossier) -> str:
    """Return everything about a decision as a page."""
    decision = dossier.decision
    title = f"{decision.indication_title}: {decision.record.name}"
    head = tag(
        "head",
        Raw('<meta charset="utf-8">'),
        Raw(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Raw('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", title),
        tag("style", Raw(STYLE)),
    )
    body = tag(
        "body",
        _header(dossier),
        tag(
            "main",
            _settle(decision),
            _context(decision),
            each(
                _tier(tier, _citations(decision), content.titles_of(decision))
                for tier in content.tiers(decision)
            ),
            _paragraphs("How the order came about", content.ranking_lines(decision)),
            _missed(decision),
            _paragraphs("What was chosen", content.response_lines(dossier.response, decision)),
            _events(dossier),
            _data(decision),
            _sources(decision),
            _versions(decision),
        ),
        tag(
            "footer",
            f"WhyRx {decision.versions.whyrx}, decision {decision.decision_id}, SHA-256 {dossier.content}",
        ),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en').markup}\n"


def _header(dossier: DecisionDossier) -> Raw:
    decision = dossier.decision
    return tag(
        "header",
        tag("h1", decision.indication_title),
        tag("p", decision.question, class_="lead"),
        each(tag("p", _shape("caution"), banner, class_="banner") for banner in content.banners(decision)),
        _pairs(content.identity(dossier)),
        each(tag("p", _shape("caution"), flag) for flag in decision.record.flags),
    )


def _settle(decision: Decision) -> Raw | None:
    if not decision.to_settle:
        return None
    titles = content.titles_of(decision)
    return _section(
        "To settle first",
        *(tag("p", _shape("unknown"), content.settle_line(item, titles)) for item in decision.to_settle),
    )


def _context(decision: Decision) -> Raw | None:
    if not decision.context:
        return None
    return _section("Context", _trace(decision.context, _citations(decision)))


def _tier(tier: Tier, citations: dict[str, Citation], titles: dict[OptionId, str]) -> Raw:
    shape = VERDICT_SHAPE[tier.verdict]
    return tag(
        "section",
        tag("h2", _shape(shape), f"{tier.title} ({len(tier.entries)})", class_=shape),
        tag("p", tier.meaning, class_="quiet"),
        each(_entry(entry, citations, titles) for entry in tier.entries),
    )


def _entry(entry: Entry, citations: dict[str, Citation], titles: dict[OptionId, str]) -> Raw:
    assessment = entry.assessment
    evidence = content.evidence_line(assessment.option)
    at_once = doses_at_once(assessment)
    return tag(
        "article",
        tag(
            "div",
            tag("span", content.place_of(entry.ranked), class_="rank"),
            tag("h3", assessment.option.title),
            tag("span", content.option_line(entry), class_="quiet"),
            class_="head",
        ),
        tag("p", evidence) if evidence else None,
        _references(content.evidence_sources(assessment.option), citations),
        tag("p", content.ordering_of(entry.ranked, entry.score_note), class_="quiet")
        if entry.ranked
        else None,
        tag("p", content.checked_line(assessment), class_="quiet"),
        each(tag("p", _shape("unknown"), f"Engine fault: {fault}") for fault in assessment.faults),
        tag("p", _shape("caution"), at_once) if at_once else None,
        each(_finding(finding, citations, titles) for finding in assessment.findings),
        each(_undecided(undecided, citations) for undecided in assessment.undecided),
        tag("p", "Of another label, shown but not counted:") if assessment.elsewhere else None,
        each(_finding(finding, citations, titles) for finding in assessment.elsewhere),
        _explanation(entry.explanation) if entry.explanation else None,
        class_="option",
    )


def _finding(finding: Finding, citations: dict[str, Citation], titles: dict[OptionId, str]) -> Raw:
    shape = SEVERITY_SHAPE[finding.severity]
    return tag(
        "div",
        tag("h4", _shape(shape), content.finding_heading(finding)),
        tag("p", finding.say, class_="say"),
        each(tag("p", f"{word}: {line}") for word, line in content.advice(finding, titles)),
        tag("p", "; ".join(content.finding_notes(finding)) + ".", class_="small quiet"),
        _references(finding.sources, citations),
        tag("p", "Because", class_="because small"),
        _trace((finding.why,), citations),
        class_=f"finding {shape}",
    )


def _undecided(undecided: Undecided, citations: dict[str, Citation]) -> Raw:
    return tag(
        "div",
        tag("h4", _shape("unknown"), content.undecided_heading(undecided)),
        each(tag("p", f"Needs {content.missing_line(datum)}", class_="say") for datum in undecided.missing),
        tag("p", undecided.because) if undecided.because else None,
        _references(undecided.sources, citations),
        tag("p", "Because", class_="because small"),
        _trace((undecided.why,), citations),
        class_="finding unknown",
    )


def _trace(nodes: Iterable[TraceNode], citations: dict[str, Citation]) -> Raw:
    return tag("ul", each(_node(node, citations) for node in nodes), class_="trace")


def _node(node: TraceNode, citations: dict[str, Citation]) -> Raw:
    shape, word = _TRUTH[node.truth]
    sources = "; ".join(content.source_label(source, citations) for source in node.sources)
    return tag(
        "li",
        tag("span", _shape(shape), class_=shape),
        tag("span", f"{node.kind.value}, {word}: ", class_="kind"),
        node.label,
        tag("div", f"from {node.provenance}", class_="place") if node.provenance else None,
        tag("div", f"source: {sources}", class_="place") if sources else None,
        tag("ul", each(_node(child, citations) for child in node.children)) if node.children else None,
    )


def _explanation(explanation: Explanation) -> Raw:
    shares = content.shares(explanation)
    withheld = explanation.fidelity.grade is Grade.WITHHELD
    largest = max(
        (abs(value) for share in shares for value in (share.lime, share.exact) if value), default=1.0
    )
    return each(
        (
            tag("h4", f"Why the model scored it {explanation.score:.3f} (base {explanation.base:.3f})"),
            tag("p", _shape("unknown" if withheld else "note"), content.fidelity_line(explanation)),
            _table(
                ("feature", "value", "LIME", "exact", "exact, drawn"),
                (
                    (
                        share.title,
                        share.value,
                        "withheld" if withheld else content.signed(share.lime),
                        content.signed(share.exact),
                        _bar(share.exact or 0.0, largest),
                    )
                    for share in shares
                ),
                classes=("", "", "number", "number", "bar"),
            ),
        )
    )


def _bar(value: float, largest: float) -> Raw:
    """Draw a share to the right of a zero line where it raises the score, to the left where it lowers it."""
    length = 50 * min(abs(value) / largest, 1.0)
    start = 50.0 if value >= 0 else 50 - length
    direction = "towards" if value >= 0 else "away"
    return Raw(
        '<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="{direction}" x="{start:.2f}" y="1" width="{length:.2f}" height="10"/>'
        '<path class="zero" d="M50 0v12"/></svg>'
    )


def _missed(decision: Decision) -> Raw:
    missed = content.not_understood(decision)
    if not missed:
        return _section("Not understood", tag("p", "Everything in the imported documents was understood."))
    return _section(
        "Not understood",
        _table(
            ("", "entry", "place"),
            (
                (
                    _level(item.level),
                    content.not_understood_line(item),
                    tag("span", f"{item.resource} at {item.path}", class_="place"),
                )
                for item in missed
            ),
        ),
    )


def _level(level: Understanding) -> Raw:
    return each((_shape("caution"), level.value)) if level is Understanding.LOUD else each((level.value,))


def _events(dossier: DecisionDossier) -> Raw:
    return _section(
        "What happened",
        _table(
            ("when", "what", "by", "detail", "SHA-256"),
            (
                (
                    content.moment(event.at),
                    event.kind.value,
                    event.by,
                    event.detail,
                    tag("code", event.content or ""),
                )
                for event in dossier.events
            ),
        ),
    )


def _data(decision: Decision) -> Raw:
    tables = (data.readings(decision), *data.record(decision), data.facts(decision))
    return each(
        _section(
            table.title,
            _table(
                ("what", "value", "where from"),
                ((row.title, row.value, tag("span", row.place, class_="place")) for row in table.rows),
            ),
        )
        for table in tables
        if table.rows
    )


def _sources(decision: Decision) -> Raw:
    return _section(
        "Sources, and how each was checked",
        _table(
            ("source", "kind", "found by", "checked"),
            (
                (
                    f"{citation.title} ({citation.year})",
                    citation.kind.value,
                    citation.locator,
                    content.citation_check(citation),
                )
                for citation in decision.citations
            ),
        ),
    )


def _versions(decision: Decision) -> Raw:
    faults = (tag("p", _shape("unknown"), f"Engine fault: {fault}") for fault in decision.engine.faults)
    return _section("What computed this", _pairs(content.versions(decision)), *faults)


def _section(title: str, *children: Child) -> Raw:
    return tag("section", tag("h2", title), *children)


def _paragraphs(title: str, texts: Iterable[str]) -> Raw:
    return _section(title, *(tag("p", text) for text in texts))


def _pairs(pairs: Iterable[tuple[str, str]]) -> Raw:
    return tag("dl", each(each((tag("dt", label), tag("dd", value))) for label, value in pairs))


def _table(
    heads: tuple[str, ...],
    rows: Iterable[tuple[Child, ...]],
    classes: tuple[str, ...] | None = None,
) -> Raw:
    given = classes or ("",) * len(heads)
    lines = (
        tag("tr", each(tag("td", child, class_=kind) for child, kind in zip(row, given, strict=True)))
        for row in rows
    )
    head = tag(
        "tr",
        each(tag("th", title, class_=kind, scope="col") for title, kind in zip(heads, given, strict=True)),
    )
    return tag("table", tag("thead", head), tag("tbody", each(lines)))


def _references(sources: tuple[SourceRef, ...], citations: dict[str, Citation]) -> Raw | None:
    if not sources:
        return None
    return tag(
        "ul",
        each(tag("li", content.source_label(source, citations)) for source in sources),
        class_="small quiet",
    )


def _citations(decision: Decision) -> dict[str, Citation]:
    return {citation.citation_id: citation for citation in decision.citations}


def _shape(name: str) -> Raw:
    """Return a shape; the word always stands beside it, so that readers of the screen skip it."""
    return Raw(f'<svg class="shape {name}" viewBox="0 0 16 16" aria-hidden="true">{SHAPES[name]}</svg>')
