"""What a reading of rule files gathers on its way: names, references and diagnostics."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from engine.domain.diagnostics import Diagnostic
from engine.domain.ids import CitationId
from engine.domain.provenance import SourceRef
from engine.domain.rules import FileSpan
from engine.knowledge.codes import Code, error, warning
from engine.knowledge.names import Names, Reference, Sort
from engine.knowledge.word_schema import SourceEntry


@dataclass(slots=True, kw_only=True)
class Notes:
    """One reading of a whole pack, for one day."""

    day: date
    names: Names = field(default_factory=Names)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def refuse(self, code: Code, span: FileSpan, message: str, hint: str = "") -> None:
        """Note an error."""
        self.diagnostics.append(error(code, span, message, hint))

    def warn(self, code: Code, span: FileSpan, message: str, hint: str = "") -> None:
        """Note a warning."""
        self.diagnostics.append(warning(code, span, message, hint))

    def refer(self, by: str, span: FileSpan, name: str, *sorts: Sort) -> bool:
        """Note a use of a name; True where something of these sorts bears it."""
        self.names.references.append(Reference(sorts=sorts, name=name, span=span, by=by))
        return any(self.names.has(sort, name) for sort in sorts)

    def sources(self, by: str, entries: list[SourceEntry]) -> tuple[SourceRef, ...]:
        """Return sources, each of their citations noted as used."""
        return tuple(self.source(by, entry) for entry in entries)

    def source(self, by: str, entry: SourceEntry) -> SourceRef:
        """Return a source, its citation noted as used."""
        self.refer(by, entry.at("citation"), entry.citation, Sort.CITATION)
        return SourceRef(citation=CitationId(entry.citation), where=entry.where)
