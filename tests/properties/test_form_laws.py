"""Laws of forms: text and tree tell the same, and a change of the one touches nothing else of the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from shipped_words import RULESETS

from engine.domain.forms import FormNode, NodeKind, list_node, map_node, value_node
from engine.domain.ids import RuleId
from engine.errors import AuthoringError, NotFound
from engine.knowledge.form_tree import rule_form, with_rule_form
from engine.knowledge.manifest import read_pack_files
from engine.knowledge.placed_yaml import placed, tree_of
from engine.knowledge.yaml_source import MapNode, place_in, read_yaml

PATH = "rules/one.yaml"
RULE = RuleId("apixaban.crcl-floor")
WORDS = st.one_of(
    st.sampled_from(
        [
            "crcl",
            "30 mL/min",
            "yes",
            "null",
            "~",
            "1.0",
            "007",
            "2027-11-30",
            "a: b",
            "a #b",
            "- x",
            "[x]",
            "{y}",
        ]
    ),
    st.text(
        st.characters(exclude_categories=["Cs", "Cn", "Co"]) | st.sampled_from(" \t\n:#'\"\\{}[],&*!|>%@`-?"),
        max_size=12,
    ),
)
KEYS = st.one_of(
    st.sampled_from(["title", "when", "then", "say", "quantity", "below", "all", "any", "not", "at_least_n"]),
    WORDS.filter(lambda word: word != "<<"),
)
VALUES = st.one_of(st.none(), WORDS).map(value_node)


def _containers(inner: st.SearchStrategy[FormNode]) -> st.SearchStrategy[FormNode]:
    maps = st.dictionaries(KEYS, inner, max_size=4).map(lambda found: map_node(*found.items()))
    return st.one_of(st.lists(inner, max_size=4).map(lambda found: list_node(*found)), maps)


TREES = st.recursive(VALUES, _containers, max_leaves=10)
RULES = st.dictionaries(KEYS, TREES, min_size=1, max_size=5).map(lambda found: map_node(*found.items()))


class _Typist:
    """Types a tree as people do: in lines or in brackets, with and without quotes, comments in between."""

    def __init__(self, data: DataObject) -> None:
        self._data = data

    def _may(self) -> bool:
        return self._data.draw(st.booleans())

    def value(self, text: str | None, *, flow: bool) -> str:
        if text is None:
            return "null" if flow else self._data.draw(st.sampled_from(["", "~", "null"]))
        plain = bool(text) and all(each.isalnum() or each in "_./" for each in text) and text.isascii()
        if plain and not text[0].isdigit() and text not in ("null", "Null", "NULL") and self._may():
            return text
        if text and text.isascii() and text.isprintable() and self._may():
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text) if all(ord(each) < 0xD800 for each in text) else _escaped(text)

    def flow(self, node: FormNode) -> str:
        match node.kind:
            case NodeKind.VALUE:
                return self.value(node.text, flow=True)
            case NodeKind.LIST:
                return "[" + ", ".join(self.flow(item) for item in node.items) + "]"
            case NodeKind.MAP:
                pairs = (f"{self.key(key)}: {self.flow(value)}" for key, value in node.entries)
                return "{" + ", ".join(pairs) + "}"

    def key(self, key: str) -> str:
        return self.value(key, flow=True)

    def lines(self, node: FormNode, margin: int) -> list[str]:
        """Return a container, each part on lines of its own."""
        pad = " " * margin
        made: list[str] = []
        parts: Sequence[tuple[str, FormNode]] = (
            [(f"{self.key(key)}:", value) for key, value in node.entries]
            if node.kind is NodeKind.MAP
            else [("-", item) for item in node.items]
        )
        for lead, value in parts:
            if self._may():
                made.append(
                    self._data.draw(st.sampled_from(["", f"{pad}# a remark: {{of}} the author", "#"]))
                )
            tail = self._data.draw(st.sampled_from(["", "  # seen", " #"]))
            empty = not (value.items or value.entries)
            if value.kind is NodeKind.VALUE and (literal := self._literal(value.text, margin + 2)):
                made += [f"{pad}{lead} {literal[0]}", *literal[1:]]
            elif empty or value.kind is NodeKind.VALUE or self._may():
                made.append(f"{pad}{lead} {self.flow(value)}{tail}")
            else:
                made += [f"{pad}{lead}{tail}", *self.lines(value, margin + 2)]
        return made

    def _literal(self, text: str | None, margin: int) -> list[str]:
        """Return a text of several words as a block of lines, where it can be one."""
        if text is None or not text.isascii() or not text.isalnum() or not self._may():
            return []
        return ["|-", " " * margin + text] if self._may() else [">-", " " * margin + text]

    def file(self, rule: FormNode, others: FormNode) -> str:
        whole = map_node(("rules", map_node(("other.first", others), (RULE, rule), ("other.last", others))))
        ending = self._data.draw(st.sampled_from(["\n", "", "\n# the end\n", "\n\n"]))
        return "# A file of rules\n" + "\n".join(self.lines(whole, 0)) + ending


def _escaped(text: str) -> str:
    return '"' + "".join(f"\\U{ord(each):08x}" for each in text) + '"'


@given(st.data(), RULES, RULES)
def test_a_tree_that_was_not_changed_changes_no_byte(
    data: DataObject, rule: FormNode, others: FormNode
) -> None:
    text = _Typist(data).file(rule, others)
    assert rule_form(PATH, text, RULE).tree == rule
    assert with_rule_form(PATH, text, RULE, rule) == text


@given(st.data(), RULES, RULES)
def test_parts_stand_where_diagnostics_say_that_they_stand(
    data: DataObject, rule: FormNode, others: FormNode
) -> None:
    text = _Typist(data).file(rule, others)
    top, _ = read_yaml(PATH, text.encode())
    assert top is not None
    node = top.entries["rules"]
    assert isinstance(node, MapNode)
    form = rule_form(PATH, text, RULE)
    for place in form.places:
        span = place_in(node.entries[RULE], place.way)
        assert (span.line, span.column) == (place.line, place.column), place
        assert span.line <= form.end
    after = node.keys["other.last"]
    assert form.end <= after.line


@given(st.data(), RULES, RULES, RULES)
def test_a_tree_that_was_written_is_read_back_as_it_is_and_nothing_else_changed(
    data: DataObject, rule: FormNode, others: FormNode, changed: FormNode
) -> None:
    text = _Typist(data).file(rule, others)
    written = with_rule_form(PATH, text, RULE, changed)
    assert rule_form(PATH, written, RULE).tree == changed
    for name in ("other.first", "other.last"):
        assert rule_form(PATH, written, RuleId(name)).tree == others
    assert with_rule_form(PATH, written, RULE, changed) == written


@given(st.data(), RULES, RULES)
def test_one_change_leaves_every_other_line_and_comment_as_it_was(
    data: DataObject, rule: FormNode, others: FormNode
) -> None:
    text = _Typist(data).file(rule, others)
    way = data.draw(st.sampled_from(_ways(rule)))
    changed = _with_value(rule, way, data.draw(VALUES))
    before, after = text.splitlines(keepends=True), with_rule_form(PATH, text, RULE, changed)
    assert rule_form(PATH, after, RULE).tree == changed
    lines = after.splitlines(keepends=True)
    head = _same(before, lines)
    tail = _same(before[head:][::-1], lines[head:][::-1])
    assert len(before) - head - tail <= 3  # the line of the value, or the lines of a block of text


@given(st.data(), RULES)
def test_what_is_added_and_taken_out_again_leaves_the_text_as_it_was(
    data: DataObject, rule: FormNode
) -> None:
    text = _Typist(data).file(rule, rule)
    if rule.get("brand new") is not None:
        return
    more = replace(rule, entries=(*rule.entries, ("brand new", value_node("there"))))
    back = with_rule_form(PATH, with_rule_form(PATH, text, RULE, more), RULE, rule)
    assert rule_form(PATH, back, RULE).tree == rule
    assert back.rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(
    "file",
    [file for file in read_pack_files(RULESETS) if b"\nrules:" in b"\n" + file.content],
    ids=lambda file: file.path,
)
def test_every_shipped_rule_comes_back_from_its_form_byte_for_byte(file: object) -> None:
    content = file.content.decode()  # type: ignore[attr-defined] # a pack file
    top = placed(content)
    assert top is not None
    rules = tree_of(top).get("rules")
    assert rules is not None
    for name, _ in rules.entries:
        form = rule_form("rules.yaml", content, RuleId(name)).tree
        assert with_rule_form("rules.yaml", content, RuleId(name), form) == content


def test_text_that_is_no_yaml_and_a_rule_that_is_not_there_are_refused_with_their_place() -> None:
    with pytest.raises(AuthoringError) as refused:
        rule_form(PATH, "rules:\n  a: [\n", RULE)
    assert refused.value.place.startswith(PATH)
    with pytest.raises(NotFound):
        rule_form(PATH, "rules: {}\n", RULE)
    with pytest.raises(NotFound):
        rule_form(PATH, "", RULE)


def _ways(node: FormNode) -> list[tuple[int, ...]]:
    """Return the ways to every value of a tree; the root has one too where it holds none."""
    found: list[tuple[int, ...]] = []
    for place, inner in enumerate(_parts(node)):
        found += [(place,)] if inner.kind is NodeKind.VALUE else []
        found += [(place, *way) for way in _ways(inner)] if inner.kind is not NodeKind.VALUE else []
    return found or [()]


def _parts(node: FormNode) -> tuple[FormNode, ...]:
    return node.items if node.kind is NodeKind.LIST else tuple(value for _, value in node.entries)


def _with_value(node: FormNode, way: tuple[int, ...], value: FormNode) -> FormNode:
    if not way:
        return node if node.kind is not NodeKind.VALUE else value
    parts = list(_parts(node))
    parts[way[0]] = _with_value(parts[way[0]], way[1:], value)
    if node.kind is NodeKind.LIST:
        return replace(node, items=tuple(parts))
    return replace(
        node, entries=tuple((key, part) for (key, _), part in zip(node.entries, parts, strict=True))
    )


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count
