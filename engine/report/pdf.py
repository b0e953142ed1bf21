"""A dossier as PDF: the same content as the page, for paper and archives, the same bytes every time.

A chain that several options or chains rest on is written out where it is met first and referred to after
that; all else is in the order of the HTML. Text is text, in reading order, with an outline and a language;
the file is not tagged, so a reader who needs structure is better served by the HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, LongTable, Spacer, TableStyle

from engine.domain.doses import doses_at_once
from engine.domain.explanation import Explanation, Grade
from engine.domain.findings import Finding, Undecided
from engine.domain.patient import Understanding
from engine.domain.provenance import Citation, SourceRef
from engine.domain.replies import DecisionDossier
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.report import content, data
from engine.report.content import Entry, Tier
from engine.report.pdf_pages import WIDTH, PageMarks, laid_out
from engine.report.pdf_type import LINE, load_fonts, paragraph
from engine.report.style import SEVERITY_SHAPE, VERDICT_SHAPE

_TRUTH = {
    Truth.TRUE: ("clear", "holds"),
    Truth.FALSE: ("note", "does not hold"),
    Truth.UNKNOWN: ("unknown", "unknown"),
}
#: A row of a table is parted between pages only where each part has so many points: a clause that goes on
#: under another head is easily missed.
_PART_OF_ROW = 150

#: What several chains rest on, with chains of their own.
_DERIVED = (TraceKind.CONCEPT, TraceKind.DERIVATION)


def dossier_pdf(dossier: DecisionDossier) -> bytes:
    """Return everything about a decision as a PDF."""
    load_fonts()
    decision = dossier.decision
    marks = PageMarks(
        title=f"{decision.indication_title}: {decision.record.name}",
        banners=content.banners(decision),
        foot=(
            ", ".join(
                (
                    f"{decision.record.name} ({decision.record.patient_id})",
                    decision.indication_title,
                    f"decided at {content.moment(decision.decided_at)}",
                )
            ),
            f"WhyRx {decision.versions.whyrx}, decision {decision.decision_id}, SHA-256 {dossier.content}",
        ),
        code=f"whyrx-decision 1 {decision.decision_id} {dossier.content}",
    )
    return laid_out(list(_Dossier(dossier).story()), marks)


class _Heading(Flowable):  # type: ignore[misc] # the library ships no types
    """A heading that also stands in the outline."""

    def __init__(self, text: str, level: int, key: str) -> None:
        super().__init__()
        self._text, self._level, self._key = text, level, key

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.bookmarkPage(self._key)
        self.canv.addOutlineEntry(self._text, self._key, self._level, closed=self._level > 0)


@dataclass(slots=True)
class _Dossier:
    """Writes one dossier."""

    dossier: DecisionDossier
    _written: dict[TraceNode, str] = field(default_factory=dict)
    """Chains by where they are written out."""
    _derived: set[TraceNode] = field(default_factory=set)
    """Derived concepts and values that are written out already, wherever they stand."""
    _headings: int = 0

    def story(self) -> Iterator[Flowable]:
        """Yield the dossier from its title to what computed it."""
        decision = self.dossier.decision
        titles = content.titles_of(decision)
        yield paragraph(decision.indication_title, "title")
        yield paragraph(decision.question, "lead")
        yield from _pairs(content.identity(self.dossier))
        for flag in decision.record.flags:
            yield paragraph(flag, shape="caution")
        if decision.to_settle:
            yield from self._section("To settle first")
            for item in decision.to_settle:
                yield paragraph(content.settle_line(item, titles), shape="unknown")
        if decision.context:
            yield from self._section("Context")
            for node in decision.context:
                yield from self._chain(node, "the context")
        for tier in content.tiers(decision):
            yield from self._tier(tier)
        yield from self._section("How the order came about")
        yield from map(paragraph, content.ranking_lines(decision))
        yield from self._missed()
        yield from self._section("What was chosen")
        yield from map(paragraph, content.response_lines(self.dossier.response, decision))
        yield from self._events()
        for table in (data.readings(decision), *data.record(decision), data.facts(decision)):
            if table.rows:
                yield from self._section(table.title)
                rows = ((row.title, row.value, row.place) for row in table.rows)
                yield _table(("what", "value", "where from"), rows, (0.24, 0.40, 0.36), quiet=(2,))
        yield from self._section("Sources, and how each was checked")
        yield _table(
            ("source", "kind", "found by", "checked"),
            (
                (f"{item.title} ({item.year})", item.kind.value, item.locator, content.citation_check(item))
                for item in decision.citations
            ),
            (0.34, 0.11, 0.22, 0.33),
        )
        yield from self._section("What computed this")
        yield from _pairs(content.versions(decision))
        for fault in decision.engine.faults:
            yield paragraph(f"Engine fault: {fault}", shape="unknown")

    def _section(self, title: str, *, shape: str = "", level: int = 0) -> Iterator[Flowable]:
        self._headings += 1
        # A heading does not stand alone at the foot of a page.
        yield CondPageBreak(22 * mm)
        yield _Heading(content.plain(title), level, f"h{self._headings}")
        yield paragraph(title, "option" if level else "section", shape=shape)

    def _tier(self, tier: Tier) -> Iterator[Flowable]:
        yield from self._section(f"{tier.title} ({len(tier.entries)})", shape=VERDICT_SHAPE[tier.verdict])
        yield paragraph(tier.meaning, "quiet")
        for entry in tier.entries:
            yield from self._entry(entry)

    def _entry(self, entry: Entry) -> Iterator[Flowable]:
        assessment = entry.assessment
        title = assessment.option.title
        yield from self._section(f"{content.place_of(entry.ranked)} {title}", level=1)
        yield paragraph(content.option_line(entry), "quiet")
        evidence = content.evidence_line(assessment.option)
        if evidence:
            yield paragraph(evidence)
        yield from self._references(content.evidence_sources(assessment.option))
        if entry.ranked:
            yield paragraph(content.ordering_of(entry.ranked, entry.score_note), "quiet")
        yield paragraph(content.checked_line(assessment), "quiet")
        for fault in assessment.faults:
            yield paragraph(f"Engine fault: {fault}", shape="unknown")
        at_once = doses_at_once(assessment)
        if at_once:
            yield paragraph(at_once, shape="caution")
        for finding in assessment.findings:
            yield from self._finding(finding, title)
        for undecided in assessment.undecided:
            yield from self._undecided(undecided, title)
        if assessment.elsewhere:
            yield paragraph("Of another label, shown but not counted:")
        for finding in assessment.elsewhere:
            yield from self._finding(finding, title)
        if entry.explanation:
            yield from _explanation(entry.explanation)

    def _finding(self, finding: Finding, option: str) -> Iterator[Flowable]:
        heading = paragraph(
            content.finding_heading(finding), "finding", shape=SEVERITY_SHAPE[finding.severity]
        )
        yield KeepTogether([heading, paragraph(finding.say, "inside")])
        for word, line in content.advice(finding, content.titles_of(self.dossier.decision)):
            yield paragraph(f"{word}: {line}", "inside")
        yield paragraph("; ".join(content.finding_notes(finding)) + ".", "source")
        yield from self._references(finding.sources)
        yield from self._because(finding.why, option)

    def _undecided(self, undecided: Undecided, option: str) -> Iterator[Flowable]:
        yield CondPageBreak(14 * mm)
        yield paragraph(content.undecided_heading(undecided), "finding", shape="unknown")
        for datum in undecided.missing:
            yield paragraph(f"Needs {content.missing_line(datum)}", "inside")
        if undecided.because:
            yield paragraph(undecided.because, "inside")
        yield from self._references(undecided.sources)
        yield from self._because(undecided.why, option)

    def _because(self, why: TraceNode, option: str) -> Iterator[Flowable]:
        above = self._written.get(why)
        if above is None:
            yield paragraph("Because:", "inside")
            yield from self._chain(why, option)
        else:
            yield paragraph(f"Because: the chain is the one written out under {above}.", "inside")

    def _chain(self, why: TraceNode, option: str) -> Iterator[Flowable]:
        self._written[why] = option
        yield from self._node(why, 1)

    def _node(self, node: TraceNode, depth: int) -> Iterator[Flowable]:
        shape, word = _TRUTH[node.truth]
        above = node in self._derived
        said = f"{node.kind.value}, {word}: {node.label}{' (written out above)' if above else ''}"
        yield paragraph(said, shape=shape, depth=depth)
        if above:
            return
        if node.kind in _DERIVED:
            self._derived.add(node)
        if node.provenance:
            yield paragraph(f"from {node.provenance}", "quiet", depth=depth + 1)
        if node.sources:
            yield paragraph(f"source: {'; '.join(map(self._label, node.sources))}", "quiet", depth=depth + 1)
        for child in node.children:
            yield from self._node(child, depth + 1)

    def _missed(self) -> Iterator[Flowable]:
        yield from self._section("Not understood")
        missed = content.not_understood(self.dossier.decision)
        if not missed:
            yield paragraph("Everything in the imported documents was understood.")
        for item in missed:
            shape = "caution" if item.level is Understanding.LOUD else ""
            yield paragraph(content.not_understood_line(item), shape=shape, bold=item.level.value)
            yield paragraph(f"{item.resource} at {item.path}", "quiet")

    def _events(self) -> Iterator[Flowable]:
        yield from self._section("What happened")
        for event in self.dossier.events:
            said = f"{event.kind.value}, by {event.by}: {event.detail}"
            yield paragraph(said, bold=content.moment(event.at))
            if event.content:
                yield paragraph(f"SHA-256 {event.content}", "quiet")

    def _references(self, sources: Iterable[SourceRef]) -> Iterator[Flowable]:
        for source in sources:
            yield paragraph(f"Source: {self._label(source)}", "source")

    def _label(self, source: SourceRef) -> str:
        citations: dict[str, Citation] = {item.citation_id: item for item in self.dossier.decision.citations}
        return content.source_label(source, citations)


def _explanation(explanation: Explanation) -> Iterator[Flowable]:
    withheld = explanation.fidelity.grade is Grade.WITHHELD
    yield paragraph(
        f"Why the model scored it {explanation.score:.3f} (base {explanation.base:.3f})", "finding"
    )
    yield paragraph(content.fidelity_line(explanation), "inside", shape="unknown" if withheld else "note")
    rows = (
        (
            share.title,
            share.value,
            "withheld" if withheld else content.signed(share.lime),
            content.signed(share.exact),
        )
        for share in content.shares(explanation)
    )
    yield _table(("feature", "value", "LIME", "exact"), rows, (0.40, 0.30, 0.15, 0.15))


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[Flowable]:
    for label, value in pairs:
        yield paragraph(value, bold=f"{label}:")
    yield Spacer(0, 4)


def _table(
    heads: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    widths: tuple[float, ...],
    quiet: tuple[int, ...] = (),
) -> Flowable:
    cells = [[paragraph(head, "cell-head") for head in heads]]
    cells += [
        [paragraph(text, "cell-quiet" if place in quiet else "cell") for place, text in enumerate(row)]
        for row in rows
    ]
    return LongTable(
        cells,
        colWidths=[width * WIDTH for width in widths],
        repeatRows=1,
        splitInRow=_PART_OF_ROW,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        ),
    )
