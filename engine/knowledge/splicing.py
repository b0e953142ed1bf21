"""The smallest changes of a YAML text that make it say another tree; all else stays as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.domain.forms import FormNode, NodeKind
from engine.knowledge.placed_yaml import Placed, PlacedList, PlacedMap, PlacedValue, tree_of
from engine.knowledge.written_yaml import entry_line, written, written_block

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


class _CannotSplice(Exception):
    """The text is laid out so that a part of it cannot be changed by itself."""


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Some characters to be replaced."""

    start: int
    end: int
    text: str


def line_starts(text: str) -> list[int]:
    """Return where each line begins, by the line ends of YAML; a mark of byte order stands before."""
    first = 1 if text.startswith("\ufeff") else 0
    return [first, *(found.end() for found in _BREAK.finditer(text))]


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """Return the text with every splice made, from the end to the beginning."""
    for splice in sorted(splices, reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


@dataclass(frozen=True, slots=True)
class Splicer:
    """Finds splices in one text."""

    text: str
    deepest: int
    """How deep parts are changed by themselves; what differs deeper is written anew as a whole."""

    def between(
        self, old: Placed, new: FormNode, *, flow: bool = False, depth: int = 0
    ) -> tuple[Splice, ...]:
        """Return what turns an old node into a new one; what cannot be changed in parts is written anew."""
        if tree_of(old) == new:
            return ()
        inside = flow or (not isinstance(old, PlacedValue) and old.flow)
        try:
            match old:
                case PlacedMap() if new.kind is NodeKind.MAP and new.entries and depth < self.deepest:
                    return tuple(self._map(old, new, flow=inside, depth=depth))
                case PlacedList() if new.kind is NodeKind.LIST and new.items and depth < self.deepest:
                    return tuple(self._list(old, new, flow=inside, depth=depth))
        except _CannotSplice:
            pass
        return (self._anew(old, new, flow=flow),)

    def _anew(self, old: Placed, new: FormNode, *, flow: bool) -> Splice:
        match old:
            case PlacedMap(flow=False) if new.kind is NodeKind.MAP and not flow:
                words = written_block(new, old.column)
            case PlacedList(flow=False) if new.items and not flow:
                margin = "\n" + " " * old.column
                words = margin.join(f"- {written_in_list(item, flow=False)}" for item in new.items)
            case _:
                words = written(new, flow=flow)
        before = self.text[old.start - 1 : old.start]
        gap = " " if before == ":" and words else ""
        end = old.end
        if end > old.start and self.text[end - 1] in "\n\r\x85\u2028\u2029":
            words += "\n"  # the text of a block scalar ends with its last line
        return Splice(old.start, end, gap + words)

    def _map(self, old: PlacedMap, new: FormNode, *, flow: bool, depth: int) -> Iterator[Splice]:
        wanted = dict(new.entries)
        names = [key.text or "" for key in old.keys]
        kept = [name for name in names if name in wanted]
        added = [(key, value) for key, value in new.entries if key not in names]
        if [*kept, *(key for key, _ in added)] != [key for key, _ in new.entries]:
            raise _CannotSplice
        gone = [place for place, name in enumerate(names) if name not in wanted]
        for place, name in enumerate(names):
            if name in wanted:
                yield from self.between(old.values[place], wanted[name], flow=flow, depth=depth + 1)
        spans = [
            (key.start, max(key.end, value.end)) for key, value in zip(old.keys, old.values, strict=True)
        ]
        lines = [written_in_map(key, value, flow=flow) for key, value in added]
        yield from self._around(old, spans, gone, len(names), lines, flow=flow)

    def _list(self, old: PlacedList, new: FormNode, *, flow: bool, depth: int) -> Iterator[Splice]:
        before = [tree_of(item) for item in old.items]
        after = list(new.items)
        head = _shared(before, after)
        tail = _shared(before[head:][::-1], after[head:][::-1])
        middle = before[head : len(before) - tail]
        others = after[head : len(after) - tail]
        pairs = min(len(middle), len(others))
        for place in range(head, head + pairs):
            yield from self.between(old.items[place], after[place], flow=flow, depth=depth + 1)
        gone = list(range(head + pairs, head + len(middle)))
        lines = [written_in_list(item, flow=flow) for item in others[pairs:]]
        spans = [(item.start, item.end) for item in old.items]
        yield from self._around(old, spans, gone, head + pairs, lines, flow=flow)

    def _around(
        self,
        old: PlacedMap | PlacedList,
        spans: list[tuple[int, int]],
        gone: list[int],
        at: int,
        lines: list[str],
        *,
        flow: bool,
    ) -> Iterator[Splice]:
        """Yield what takes parts out, and puts others before the place ``at``."""
        if not gone and not lines:
            return
        if flow:
            yield from self._in_flow(old, spans, gone, at, lines)
        else:
            yield from self._in_block(old, spans, gone, at, lines)

    def _in_flow(
        self,
        old: PlacedMap | PlacedList,
        spans: list[tuple[int, int]],
        gone: list[int],
        at: int,
        lines: list[str],
    ) -> Iterator[Splice]:
        if gone and (lines or len(gone) == len(spans)):
            raise _CannotSplice
        for first, last in _runs(gone):
            if last + 1 < len(spans):
                yield Splice(spans[first][0], spans[last + 1][0], "")
            else:
                yield Splice(spans[first - 1][1], spans[last][1], "")
        if lines and not spans:
            yield Splice(old.start + 1, old.end - 1, ", ".join(lines))
        elif lines and at == 0:
            yield Splice(spans[0][0], spans[0][0], "".join(f"{line}, " for line in lines))
        elif lines:
            yield Splice(spans[at - 1][1], spans[at - 1][1], "".join(f", {line}" for line in lines))

    def _in_block(
        self,
        old: PlacedMap | PlacedList,
        spans: list[tuple[int, int]],
        gone: list[int],
        at: int,
        lines: list[str],
    ) -> Iterator[Splice]:
        if len(gone) == len(spans):
            raise _CannotSplice
        lead = "- " if isinstance(old, PlacedList) else ""
        for place in gone:
            start, end = spans[place]
            yield Splice(self._line_start(start, lead), self._line_end(end), "")
        if not lines:
            return
        margin = " " * old.column + lead
        made = "".join(f"{margin}{line}\n" for line in lines)
        if at == 0:
            start = self._line_start(spans[0][0], lead)
            yield Splice(start, start, made)
            return
        end = self._line_end(spans[at - 1][1])
        unended = end > 0 and not _BREAK.match(self.text[end - 1])
        yield Splice(end, end, f"\n{made.removesuffix(chr(10))}" if unended else made)

    def _line_start(self, start: int, lead: str) -> int:
        """Return where the line begins that a part stands on by itself."""
        line = max((found.end() for found in _BREAK.finditer(self.text, 0, start)), default=0)
        if self.text[line:start].lstrip(" ") != lead:
            raise _CannotSplice
        return line

    def _line_end(self, end: int) -> int:
        """Return where the line after a part begins."""
        if end and _BREAK.match(self.text[end - 1]):
            return end
        found = _BREAK.search(self.text, end)
        return found.end() if found else len(self.text)


def written_in_map(key: str, value: FormNode, *, flow: bool) -> str:
    """Return an entry as it is written into a map."""
    line = entry_line(key, value)
    return written(FormNode(kind=NodeKind.MAP, entries=((key, value),)), flow=True)[1:-1] if flow else line


def written_in_list(item: FormNode, *, flow: bool) -> str:
    """Return an item as it is written into a list."""
    alone = written(FormNode(kind=NodeKind.LIST, items=(item,)), flow=True)[1:-1]
    return alone if flow or item.text is None else written(item, flow=False)


def _shared(one: Sequence[FormNode], other: Sequence[FormNode]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of neighbours."""
    first = None
    for place in places:
        if first is None:
            first = place
        if place + 1 not in places:
            yield first, place
            first = None
