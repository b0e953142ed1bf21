"""Every source that a decision names."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decision.assessment import Appraisal
from engine.domain.pack import RulePack
from engine.domain.provenance import Citation, SourceRef
from engine.domain.trace import TraceNode


def citations_of_decision(pack: RulePack, appraisal: Appraisal) -> tuple[Citation, ...]:
    """Return the citations behind everything a decision says, in order of id."""
    named = {source.citation for source in _sources(appraisal)}
    return tuple(pack.citations[each] for each in sorted(named) if each in pack.citations)


def _sources(appraisal: Appraisal) -> Iterator[SourceRef]:
    for assessment in appraisal.assessments:
        if assessment.option.evidence is not None:
            yield from assessment.option.evidence.sources
    for foreign in appraisal.not_offered:
        yield from foreign.sources
    for node in appraisal.context:
        yield from _below(node)
    for assessment in appraisal.assessments:
        for finding in (*assessment.findings, *assessment.elsewhere):
            yield from finding.sources
            yield from _below(finding.why)
        for undecided in assessment.undecided:
            yield from undecided.sources
            yield from _below(undecided.why)
    for reading in appraisal.readings:
        if reading.formula:
            yield reading.formula


def _below(node: TraceNode) -> Iterator[SourceRef]:
    yield from node.sources
    for child in node.children:
        yield from _below(child)
