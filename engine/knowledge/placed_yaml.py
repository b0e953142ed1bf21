"""The extents of every node of a YAML text: where each piece begins and ends, character by character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.domain.forms import FormNode, list_node, map_node, value_node
from engine.knowledge.yaml_source import NOTHING

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedValue:
    """A piece of text."""

    start: int
    end: int
    text: str | None
    plain: bool
    """True where it is written without quotation marks and on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedList:
    """A list."""

    start: int
    end: int
    column: int
    flow: bool
    """True where it stands in brackets."""
    items: tuple[Placed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedMap:
    """A map."""

    start: int
    end: int
    column: int
    flow: bool
    """True where it stands in braces."""
    keys: tuple[PlacedValue, ...]
    values: tuple[Placed, ...]


Placed = PlacedValue | PlacedList | PlacedMap


def placed(text: str) -> Placed | None:
    """Return the one node of a text that ``read_yaml`` has accepted; None where the text says nothing."""
    shift = 1 if text.startswith(_BOM) else 0
    events = iter(YAML(typ="safe").parse(text[shift:]))
    for event in events:
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent):
            return _node(event, events, shift)
    return None


def tree_of(node: Placed) -> FormNode:
    """Return what a node says, without its place."""
    match node:
        case PlacedValue(text=text):
            return value_node(text)
        case PlacedList(items=items):
            return list_node(*(tree_of(item) for item in items))
        case PlacedMap(keys=keys, values=values):
            return map_node(
                *((key.text or "", tree_of(value)) for key, value in zip(keys, values, strict=True))
            )


def child(node: Placed | None, key: str) -> Placed | None:
    """Return the node under a key of a map."""
    if not isinstance(node, PlacedMap):
        return None
    pairs = zip(node.keys, node.values, strict=True)
    return next((value for name, value in pairs if name.text == key), None)


def _node(event: Event, events: Iterator[Event], shift: int) -> Placed:
    start = event.start_mark.index + shift
    match event:
        case ScalarEvent():
            return _value(event, shift)
        case SequenceStartEvent():
            items: list[Placed] = []
            while not isinstance(inner := next(events), SequenceEndEvent):
                items.append(_node(inner, events, shift))
            flow = bool(event.flow_style)
            end = inner.end_mark.index + shift if flow or not items else items[-1].end
            return PlacedList(
                start=start, end=end, column=event.start_mark.column, flow=flow, items=tuple(items)
            )
        case _:
            return _map(event, events, shift)


def _map(event: Event, events: Iterator[Event], shift: int) -> PlacedMap:
    keys: list[PlacedValue] = []
    values: list[Placed] = []
    while not isinstance(inner := next(events), MappingEndEvent):
        if not isinstance(inner, ScalarEvent):
            raise TypeError(inner)  # read_yaml has refused it
        keys.append(replace(_value(inner, shift), text=inner.value))
        values.append(_node(next(events), events, shift))
    flow = bool(getattr(event, "flow_style", False))
    end = inner.end_mark.index + shift if flow or not values else max(values[-1].end, keys[-1].end)
    return PlacedMap(
        start=event.start_mark.index + shift,
        end=end,
        column=event.start_mark.column,
        flow=flow,
        keys=tuple(keys),
        values=tuple(values),
    )


def _value(event: ScalarEvent, shift: int) -> PlacedValue:
    quoted = event.style not in (None, "")
    nothing = not quoted and event.value in NOTHING
    return PlacedValue(
        start=event.start_mark.index + shift,
        end=event.end_mark.index + shift,
        text=None if nothing else event.value,
        plain=not quoted,
    )
