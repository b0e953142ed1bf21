"""YAML text as nodes of which each knows its place; everything surprising in YAML is refused.

A scalar stays the text that was written (``no``, ``1.0`` and ``007`` arrive as they stand): the
place it is written in decides its type, not its spelling. Only an empty plain scalar, ``null`` and
``~`` mean nothing. Tags, anchors, aliases, several documents, duplicate keys, deep nesting and
large files are refused, so that no rule file can mean more than it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from engine.domain.diagnostics import Diagnostic
from engine.domain.rules import FileSpan
from engine.knowledge.codes import Code, error

#: Far above the largest sensible rule file; the scanner takes seconds beyond.
LARGEST = 1_000_000
#: Premises nest; nobody reads deeper.
DEEPEST = 40

#: What an empty plain scalar and its spellings mean.
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A piece of text."""

    text: str
    quoted: bool
    span: FileSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: FileSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNode:
    """A mapping from text to nodes."""

    entries: Mapping[str, Node]
    keys: Mapping[str, FileSpan]
    """Where each key stands."""
    span: FileSpan


Node = ScalarNode | ListNode | MapNode


class LocatedDict(dict[str, object]):
    """Plain data of a mapping that still knows its node."""

    def __init__(self, node: MapNode) -> None:
        """Take the node; the values are plain data of its entries."""
        super().__init__({key: data_of(value) for key, value in node.entries.items()})
        self.node = node


def data_of(node: Node) -> object:
    """Return text, None, lists and located mappings."""
    match node:
        case ScalarNode(text=text, quoted=quoted):
            return None if not quoted and text in NOTHING else text
        case ListNode(items=items):
            return [data_of(item) for item in items]
        case MapNode():
            return LocatedDict(node)


def place_in(node: Node, way: tuple[str | int, ...]) -> FileSpan:
    """Return the place of what stands at a way below a node, or of the nearest thing above it.

    Where the last step names a key, the place is that of the key.
    """
    span = node.span
    for step in way:
        match node:
            case MapNode(entries=entries, keys=keys) if isinstance(step, str) and step in entries:
                span = keys[step]
                node = entries[step]
            case ListNode(items=items) if isinstance(step, int) and step < len(items):
                node = items[step]
                span = node.span
            case _:
                return span
    return span


class _Refused(Exception):
    """Reading cannot go on; carries the one diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def read_yaml(path: str, content: bytes) -> tuple[MapNode | None, tuple[Diagnostic, ...]]:
    """Read one file whose top is a mapping; an empty file is an empty mapping.

    A mistake of the notation ends the reading with one diagnostic, for what follows it would be
    guesswork; duplicate keys are all named.
    """
    reader = _Reader(path)
    try:
        node = reader.read(content)
    except _Refused as refusal:
        return None, (*reader.diagnostics, refusal.diagnostic)
    return node, tuple(reader.diagnostics)


class _Reader:
    """Builds nodes from the events of one document."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.diagnostics: list[Diagnostic] = []
        self._depth = 0

    def read(self, content: bytes) -> MapNode | None:
        text = self._text(content)
        try:
            events = iter(YAML(typ="safe").parse(text))
            return self._document(events)
        except MarkedYAMLError as exc:
            mark = exc.problem_mark or exc.context_mark
            span = self._span(mark.line, mark.column) if mark else self._span(0, 0)
            raise _Refused(_not_yaml(span, exc.problem or exc.context or "")) from exc
        except YAMLError as exc:
            position = getattr(exc, "position", 0)
            before = text[:position] if isinstance(position, int) else ""
            span = self._span(before.count("\n"), len(before) - before.rfind("\n") - 1)
            raise _Refused(_not_yaml(span, str(getattr(exc, "reason", exc)))) from exc
        except (ValueError, OverflowError, AttributeError, IndexError, TypeError, AssertionError) as exc:
            # The scanner lets a few malformed escapes and directives through to Python's own errors.
            raise _Refused(_not_yaml(self._span(0, 0), f"the scanner gave up ({exc})")) from exc

    def _text(self, content: bytes) -> str:
        if len(content) > LARGEST:
            raise _Refused(
                error(
                    Code.TOO_LARGE,
                    self._span(0, 0),
                    f"the file has {len(content)} bytes; at most {LARGEST} are read.",
                    "Split it: every file of a folder is read.",
                )
            )
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            before = content[: exc.start]
            line = before.count(b"\n")
            raise _Refused(
                error(
                    Code.NOT_TEXT,
                    self._span(line, exc.start - before.rfind(b"\n") - 1),
                    f"byte {exc.start} is not UTF-8 text.",
                    "Save the file as UTF-8.",
                )
            ) from exc

    def _span(self, line: int, column: int) -> FileSpan:
        return FileSpan(path=self.path, line=line + 1, column=column + 1)

    def _at(self, event: Event) -> FileSpan:
        return self._span(event.start_mark.line, event.start_mark.column)

    def _document(self, events: Iterator[Event]) -> MapNode | None:
        top: Node | None = None
        for event in events:
            match event:
                case StreamStartEvent() | DocumentEndEvent() | StreamEndEvent():
                    continue
                case DocumentStartEvent():
                    if top is not None:
                        raise _Refused(
                            error(
                                Code.WRONG_SHAPE,
                                self._at(event),
                                "a second document begins here; a file holds one.",
                                "Take out the line ---.",
                            )
                        )
                case _:
                    top = self._node(event, events, 1)
        match top:
            case MapNode():
                return top
            case None | ScalarNode(text="", quoted=False):
                return MapNode(entries={}, keys={}, span=self._span(0, 0))
            case ScalarNode() | ListNode():
                raise _Refused(
                    error(
                        Code.WRONG_SHAPE,
                        top.span,
                        "a file begins with a name and a colon, such as rules:.",
                        "rulesets/AUTHORING.md lists the names a file may begin with.",
                    )
                )

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        span = self._at(event)
        self._refuse_indirection(event, span)
        if depth > DEEPEST:
            raise _Refused(
                error(
                    Code.TOO_DEEP,
                    span,
                    f"this is nested more than {DEEPEST} levels deep.",
                    "Name the inner part as a concept of its own.",
                )
            )
        match event:
            case ScalarEvent():
                if not event.value.isprintable() and any(
                    "\ud800" <= each <= "\udfff" for each in event.value
                ):
                    raise _Refused(_not_yaml(span, "half a surrogate pair is no character"))
                return ScalarNode(text=event.value, quoted=event.style not in (None, ""), span=span)
            case SequenceStartEvent():
                items: list[Node] = []
                while not isinstance(inner := next(events), SequenceEndEvent):
                    items.append(self._node(inner, events, depth + 1))
                return ListNode(items=tuple(items), span=span)
            case _:
                return self._mapping(span, events, depth)

    def _mapping(self, span: FileSpan, events: Iterator[Event], depth: int) -> MapNode:
        entries: dict[str, Node] = {}
        keys: dict[str, FileSpan] = {}
        while not isinstance(inner := next(events), MappingEndEvent):
            key = self._node(inner, events, depth + 1)
            if not isinstance(key, ScalarNode):
                raise _Refused(
                    error(
                        Code.WRONG_SHAPE,
                        key.span,
                        "a key is one name, not a list or a mapping.",
                        "Write name: value; a text that begins with [ or { needs quotes.",
                    )
                )
            value = self._node(next(events), events, depth + 1)
            if key.text in entries:
                self.diagnostics.append(
                    error(
                        Code.DUPLICATE_KEY,
                        key.span,
                        f'"{key.text}" is written twice; it stands already in line {keys[key.text].line}.',
                        "Keep one of the two.",
                    )
                )
                continue
            entries[key.text] = value
            keys[key.text] = key.span
        return MapNode(entries=entries, keys=keys, span=span)

    def _refuse_indirection(self, event: Event, span: FileSpan) -> None:
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor is not None):
            raise _Refused(
                error(
                    Code.ALIAS,
                    span,
                    f"&{event.anchor} and *{event.anchor} are not used in rule files.",
                    "Write the text out where it is needed, or name it as a concept or parameter. "
                    "A text that begins with * or & needs quotes.",
                )
            )
        tag = getattr(event, "ctag", None)
        if tag is not None:
            raise _Refused(
                error(
                    Code.TAG,
                    span,
                    f"the tag {tag} is not used in rule files.",
                    "Take it out; a text that begins with ! needs quotes.",
                )
            )


def _not_yaml(span: FileSpan, problem: str) -> Diagnostic:
    return error(
        Code.NOT_YAML,
        span,
        f"this is not YAML: {problem}.",
        "Look at the line above too: a missing quote, bracket or colon, or a tab instead of spaces.",
    )
