"""Changes of the tree behind a form: what comes, goes, moves and nests."""

from __future__ import annotations

from scripted_engine import shipped_language

from engine.domain.forms import FormLanguage, FormNode, list_node, map_node, value_node
from gui.presenters import form_edits as edits


def _language() -> FormLanguage:
    return shipped_language()


def _tree() -> FormNode:
    inner = list_node(map_node(("takes", value_node("a"))), map_node(("state", value_node("b"))))
    return map_node(("when", map_node(("all", list_node(map_node(("any", inner)), map_node())))))


def test_a_group_of_several_is_dissolved_into_the_list_it_stands_in() -> None:
    made = edits.dissolved(_tree(), ("when", "all", 0), "any")
    held = edits.node_at(made, ("when", "all"))
    assert held is not None
    assert [item.entries[0][0] for item in held.items if item.entries] == ["takes", "state"]
    assert edits.dissolved(made, ("when",), "all") == made


def test_nothing_moves_beyond_the_ends_of_its_list() -> None:
    tree = _tree()
    assert edits.moved(tree, ("when", "all", 0), -1) == tree
    assert edits.moved(tree, ("when", "all", 1), 1) == tree
    assert edits.moved(tree, ("when",), 1) == tree
    there = edits.moved(tree, ("when", "all", 0), 1)
    assert edits.moved(there, ("when", "all", 1), -1) == tree


def test_a_new_map_has_what_is_needed_and_a_new_premise_one_key() -> None:
    language = _language()
    rule = language.shape(language.root)
    assert rule is not None
    sources, when = rule.field("sources"), rule.field("when")
    assert sources is not None
    assert when is not None
    assert [key for key, _ in edits.blank_one(language, sources).entries] == ["citation", "where"]
    assert len(edits.blank(language, when).entries) == 1


def test_what_was_not_there_comes_into_being_on_the_way() -> None:
    tree = edits.with_node(map_node(), ("then", "alternatives", 0), value_node("warfarin"))
    assert tree == map_node(("then", map_node(("alternatives", list_node(value_node("warfarin"))))))
    assert edits.with_node(tree, ("then", "alternatives", 0), None).get("then") == map_node(
        ("alternatives", list_node())
    )
    assert edits.with_node(tree, ("nowhere",), None) == tree
