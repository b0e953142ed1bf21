"""From bytes to entries: every file read, every entry checked for its shape, all mistakes kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from engine.domain.pack import PackFile
from engine.domain.rules import FileSpan
from engine.knowledge.case_schema import CaseEntry, GivenEntry
from engine.knowledge.codes import Code
from engine.knowledge.entry import Entry
from engine.knowledge.fields import NAME_HINT, is_name
from engine.knowledge.manifest import MANIFEST
from engine.knowledge.names import Definition, Sort
from engine.knowledge.notes import Notes
from engine.knowledge.refusals import validated
from engine.knowledge.schema import SECTIONS, PackEntry
from engine.knowledge.yaml_source import ListNode, MapNode, Node, read_yaml
from engine.terminology.alike import did_you_mean

CASES_SUFFIX = ".cases.yaml"
_SORTS = {
    "drugs": Sort.DRUG,
    "classes": Sort.CLASS,
    "conditions": Sort.CONDITION,
    "quantities": Sort.QUANTITY,
    "allergens": Sort.ALLERGEN,
    "states": Sort.STATE,
    "genes": Sort.GENE,
    "parameters": Sort.PARAMETER,
    "citations": Sort.CITATION,
    "phenotypes": Sort.PHENOTYPE_TABLE,
    "concepts": Sort.CONCEPT,
    "indications": Sort.INDICATION,
    "rules": Sort.RULE,
    "criteria": Sort.CRITERIA,
}
_IN_CASE_FILES = ("patients", "cases")
_IN_MANIFEST = ("pack", "files")
EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(slots=True, kw_only=True)
class CaseFile:
    """The cases of one file, with the patients they start from."""

    path: str
    patients: dict[str, GivenEntry] = field(default_factory=dict)
    cases: list[CaseEntry] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Entries:
    """All entries of a pack that have the right shape."""

    sections: dict[str, dict[str, Entry]] = field(default_factory=lambda: {key: {} for key in SECTIONS})
    case_files: list[CaseFile] = field(default_factory=list)
    packs: dict[str, PackEntry] = field(default_factory=dict)
    """Who the pack is, by the path of the manifest; several where packs are used together."""
    unread: list[str] = field(default_factory=list)
    """Files that could not be read at all, so that what they define is not known."""

    def of(self, section: str, model: type[EntryT]) -> dict[str, EntryT]:
        """Return the entries of a section in their model."""
        return {name: entry for name, entry in self.sections[section].items() if isinstance(entry, model)}


def read_entries(files: Iterable[PackFile], notes: Notes, *, cases: bool) -> Entries:
    """Read all files; case files only where wanted, for a pack in use does not need them."""
    entries = Entries()
    for file in sorted(files, key=lambda each: each.path):
        if file.path.endswith(CASES_SUFFIX) and not cases:
            continue
        if not file.path.endswith(".yaml"):
            notes.refuse(
                Code.WRONG_SHAPE,
                FileSpan(path=file.path, line=1),
                "rule files end in .yaml.",
                "Rename it, or move it out of the pack.",
            )
            continue
        top, diagnostics = read_yaml(file.path, file.content)
        notes.diagnostics.extend(diagnostics)
        if top is not None:
            _read_file(file.path, top, entries, notes)
        elif not file.path.endswith(CASES_SUFFIX):
            entries.unread.append(file.path)
    if not entries.packs and not any(item.span.path == MANIFEST for item in notes.diagnostics):
        notes.refuse(
            Code.NO_MANIFEST,
            FileSpan(path=MANIFEST, line=1),
            "the pack does not say who it is.",
            "Write manifest.yaml with pack: {id: .., title: .., version: .., status: ..}.",
        )
    return entries


def _read_file(path: str, top: MapNode, entries: Entries, notes: Notes) -> None:
    case_file = CaseFile(path=path)
    allowed = _allowed(path)
    for key, node in top.entries.items():
        span = top.keys[key]
        if key not in allowed:
            notes.refuse(
                Code.UNKNOWN_KEY,
                span,
                f'"{key}" is nothing that this file may hold.',
                did_you_mean(key, allowed),
            )
        elif key == "pack":
            entry, diagnostics = validated(PackEntry, node, "the pack")
            notes.diagnostics.extend(diagnostics)
            if entry is not None:
                entries.packs[path] = entry
        elif key == "cases":
            _read_cases(case_file, node, notes)
        elif key == "patients":
            _read_patients(case_file, node, notes)
        elif key != "files":
            _read_section(key, node, entries, notes)
    if path.endswith(CASES_SUFFIX):
        entries.case_files.append(case_file)


def is_manifest(path: str) -> bool:
    """Tell whether a file says who a pack is: of the pack itself, or of one beside it in a folder."""
    folder, _, name = path.rpartition("/")
    return name == MANIFEST and "/" not in folder


def _allowed(path: str) -> list[str]:
    if is_manifest(path):
        return list(_IN_MANIFEST)
    if path.endswith(CASES_SUFFIX):
        return list(_IN_CASE_FILES)
    return list(SECTIONS)


def _read_section(key: str, node: Node, entries: Entries, notes: Notes) -> None:
    for name, located in _named(key, node, notes):
        fresh = notes.names.define(
            Definition(sort=_SORTS[key], name=name, span=located.span, title=_title_of(located))
        )
        entry, diagnostics = validated(SECTIONS[key], located, f'{_SORTS[key]} "{name}"')
        notes.diagnostics.extend(diagnostics)
        if fresh and entry is not None:
            entries.sections[key][name] = entry


def _read_patients(case_file: CaseFile, node: Node, notes: Notes) -> None:
    for name, located in _named("patients", node, notes):
        entry, diagnostics = validated(GivenEntry, located, f'patient "{name}"')
        notes.diagnostics.extend(diagnostics)
        if entry is not None:
            case_file.patients[name] = entry


def _named(key: str, node: Node, notes: Notes) -> Iterator[tuple[str, Node]]:
    """Go through named entries; the place of each is that of its name."""
    if not isinstance(node, MapNode):
        notes.refuse(
            Code.WRONG_SHAPE,
            node.span,
            f"{key} expects named entries.",
            "Write each entry's name and a colon on a line of its own, indented two spaces.",
        )
        return
    for name, inner in node.entries.items():
        span = node.keys[name]
        if not is_name(name):
            notes.refuse(Code.BAD_VALUE, span, f'{key}: "{name}" cannot be a name.', NAME_HINT)
        yield name, replace(inner, span=span)


def _read_cases(case_file: CaseFile, node: Node, notes: Notes) -> None:
    if not isinstance(node, ListNode):
        notes.refuse(Code.WRONG_SHAPE, node.span, "cases expects a list.", "Begin each case with - name: ..")
        return
    for number, item in enumerate(node.items, start=1):
        entry, diagnostics = validated(CaseEntry, item, f"case {number}")
        notes.diagnostics.extend(diagnostics)
        if entry is not None:
            case_file.cases.append(entry)


def _title_of(node: Node) -> str:
    title = node.entries.get("title") if isinstance(node, MapNode) else None
    return getattr(title, "text", "")
