"""What a report says of options that are not marketed where it was made."""

from __future__ import annotations

from engine.domain.decision import Decision
from engine.domain.ids import CitationId
from engine.domain.provenance import Citation, SourceRef


def not_offered_lines(decision: Decision) -> tuple[str, ...]:
    """Return which options were not assessed for want of a label here, each with what says so."""
    cited = {each.citation_id: each for each in decision.citations}
    here = decision.request.jurisdiction
    return tuple(
        f"Not marketed under the {here} label, and so not offered: {each.title} (marketed under the"
        f" {each.only} label; {'; '.join(_cited(source, cited) for source in each.sources)}"
        f"{'' if each.sources_seen else '; source not seen by the authors'})."
        for each in decision.not_offered
    )


def _cited(source: SourceRef, cited: dict[CitationId, Citation]) -> str:
    known = cited.get(source.citation)
    return f"{known.title if known is not None else source.citation}, {source.where}"
