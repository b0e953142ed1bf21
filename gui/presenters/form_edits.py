"""Changes of the tree behind a form: pure functions; what a node may hold, the language of forms says."""

from __future__ import annotations

from dataclasses import replace

from engine.domain.forms import (
    FieldKind,
    FormField,
    FormLanguage,
    FormNode,
    FormShape,
    NodeKind,
    list_node,
    map_node,
    value_node,
)

#: The way from the root to a node: keys of maps, places in lists.
Way = tuple[str | int, ...]
_YES = "yes"


def node_at(tree: FormNode, way: Way) -> FormNode | None:
    """Return the node at the end of a way, if there is one."""
    node: FormNode | None = tree
    for step in way:
        if node is None:
            return None
        if isinstance(step, str):
            node = node.get(step)
        else:
            node = node.items[step] if step < len(node.items) else None
    return node


def with_node(tree: FormNode, way: Way, node: FormNode | None) -> FormNode:
    """Return the tree with another node at the end of a way; with None, nothing is left there.

    A key that is not there yet is added at the end of its map, a place one beyond the last at the end of its
    list. A list or map that is not there yet comes into being.
    """
    if not way:
        return node if node is not None else tree
    step, rest = way[0], way[1:]
    if isinstance(step, str):
        before = tree.get(step)
        made = node if not rest else with_node(before or _beginning(rest[0]), rest, node)
        if before is None:
            return map_node(*tree.entries, (step, made)) if made is not None else tree
        pairs = ((key, made if key == step else value) for key, value in tree.entries)
        return map_node(*((key, value) for key, value in pairs if value is not None))
    items = list(tree.items)
    inner = items[step] if step < len(items) else _beginning(rest[0]) if rest else None
    made = node if not rest else with_node(inner or map_node(), rest, node)
    items[step : step + 1] = [made] if made is not None else []
    return list_node(*items)


def moved(tree: FormNode, way: Way, by: int) -> FormNode:
    """Return the tree with an item of a list further up (-1) or down (1)."""
    place, held = _place(tree, way)
    if held is None or not 0 <= place + by < len(held.items):
        return tree
    items = list(held.items)
    items.insert(place + by, items.pop(place))
    return with_node(tree, way[:-1], list_node(*items))


def wrapped(tree: FormNode, way: Way, field: FormField) -> FormNode:
    """Return the tree with a node put inside a map under a key, in a list where the field is a list."""
    node = node_at(tree, way)
    if node is None:
        return tree
    return with_node(tree, way, map_node((field.key, list_node(node) if field.many else node)))


def dissolved(tree: FormNode, way: Way, key: str) -> FormNode:
    """Return the tree with a map replaced by what stands under its key.

    Several things under it take its place in the list it stands in; standing in none, nothing changes.
    """
    node = node_at(tree, way)
    inner = node.get(key) if node is not None else None
    if inner is None:
        return tree
    parts = inner.items if inner.kind is NodeKind.LIST else (inner,)
    if len(parts) == 1:
        return with_node(tree, way, parts[0])
    place, held = _place(tree, way)
    if held is None:
        return tree
    items = [*held.items[:place], *parts, *held.items[place + 1 :]]
    return with_node(tree, way[:-1], list_node(*items))


def blank(language: FormLanguage, field: FormField) -> FormNode:
    """Return what a field holds when it is new."""
    one = blank_one(language, field)
    return list_node(one) if field.many else one


def blank_one(language: FormLanguage, field: FormField) -> FormNode:
    """Return one thing that a field may hold, when it is new."""
    if field.kind is FieldKind.ENTRY:
        shape = language.shape(field.shape)
        return blank_map(language, shape) if shape is not None else map_node()
    if field.choices:
        return value_node(field.choices[0])
    return value_node(_YES if field.kind is FieldKind.SWITCH else None)


def blank_map(language: FormLanguage, shape: FormShape) -> FormNode:
    """Return a map with what is required; of alternatives, the first that holds no map."""
    fields = [shape.field(each.key) for each in shape.alternatives]
    simple = next(
        (field for field in fields if field is not None and field.kind is not FieldKind.ENTRY), None
    )
    needed = [simple] if simple is not None else [field for field in shape.fields if field.required]
    return map_node(*((field.key, blank(language, field)) for field in needed))


def turned(language: FormLanguage, shape: FormShape, node: FormNode, key: str) -> FormNode:
    """Return a map that says another of its alternatives; what both can hold is kept."""
    before, field = alternative_of(shape, node), shape.field(key)
    if field is None or before == key:
        return node
    old = shape.field(before) if before is not None else None
    held = node.get(before) if before is not None else None
    alike = old is not None and (old.kind, old.many, old.shape) == (field.kind, field.many, field.shape)
    same_names = old is not None and old.sorts == field.sorts
    keep = held is not None and alike and (field.kind is FieldKind.ENTRY or same_names)
    alternative = shape.alternative(key)
    beside = alternative.beside if alternative is not None else ()
    kept = [(name, value) for name, value in node.entries if name in beside]
    first = held if keep and held is not None else blank(language, field)
    return map_node((key, first), *kept)


def alternative_of(shape: FormShape, node: FormNode) -> str | None:
    """Return which alternative a map says: the first key of it that is one."""
    return next((key for key, _ in node.entries if shape.alternative(key) is not None), None)


def groups_of(shape: FormShape) -> tuple[FormField, ...]:
    """Return the alternatives that hold maps of the same shape again: what others can be put inside."""
    fields = (shape.field(each.key) for each in shape.alternatives)
    return tuple(field for field in fields if field is not None and field.shape == shape.name)


def said(way: Way) -> str:
    """Return a way in words, places counted from 1.

    >>> said(("when", "any", 0, "no_older_than"))
    'when, any, 1, no older than'
    """
    return ", ".join(step.replace("_", " ") if isinstance(step, str) else str(step + 1) for step in way)


def retyped(node: FormNode | None, text: str) -> FormNode:
    """Return a value with another text; an empty one is nothing written."""
    return replace(node, text=text or None) if node is not None else value_node(text or None)


def _beginning(step: str | int) -> FormNode:
    return map_node() if isinstance(step, str) else list_node()


def _place(tree: FormNode, way: Way) -> tuple[int, FormNode | None]:
    """Return the place of an item, and the list that holds it."""
    if not way or not isinstance(way[-1], int):
        return 0, None
    return way[-1], node_at(tree, way[:-1])
