"""What the validator refuses before durable-rules sees it: everything that was seen to go wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from programs import programs

from engine.inference.compile import compile_program
from engine.inference.layout import MAX_RULES, Clause, lay_out
from engine.inference.validate import MAX_SHARING, hash_of, violations, violations_in
from engine.ports import Program

ONE = {"$and": [{"kind": "symbol"}, {"code": "c1"}]}


def rule(expression: object, alias: str = "m0") -> dict[str, object]:
    return {"r0": {"all": [{alias: expression}]}}


def test_a_plain_definition_passes() -> None:
    assert violations(rule(ONE)) == ()
    assert violations({}) == ()


@given(programs())
def test_everything_that_is_compiled_passes(program: Program) -> None:
    for shard in lay_out(compile_program(program).clauses):
        assert violations_in(shard.rules) == ()


@pytest.mark.parametrize(
    ("definition", "complaint"),
    [
        ([], "must be a mapping"),
        ({7: {}}, "must be a plain word"),
        ({"two words": {}}, "must be a plain word"),
        ({"r0": []}, "nothing but 'all'"),
        ({"r0": {"any": [{"m0": ONE}]}}, "nothing but 'all', not any"),
        ({"r0": {"all": [{"m0": ONE}], "pri": 1}}, "nothing but 'all', not all, pri"),
        ({"r0": {"all": []}}, "one to 4 patterns"),
        ({"r0": {"all": [{}]}}, "one alias"),
        ({"r0": {"all": [{"m0": ONE}, {"m0": {"$and": [{"code": "c2"}]}}]}}, "alias 'm0' stands twice"),
        ({"r0": {"all": [{"m0": ONE}, {"m1": ONE}]}}, "pattern stands twice"),
        (rule(ONE, "m0$not"), "cannot be an alias"),
        (rule(ONE, "sid"), "cannot be an alias"),
        (rule({"code": "c1"}), "one '$and'"),
        (rule({"$or": [{"code": "c1"}, {"code": "c2"}]}), "one '$and'"),
        (rule({"$and": []}), "one to 8 conditions"),
        (rule({"$and": [{"code": "c1", "kind": "k"}]}), "one field with its value"),
        (rule({"$and": [{"$or": [{"code": "c1"}]}]}), "'$or' is neither"),
        (rule({"$and": [{"$gt": {"v": 1}}]}), "'$gt' is neither"),
        (rule({"$and": [{"$neq": {"v": "x"}}]}), "'$neq' is neither"),
        (rule({"$and": [{"$nex": {"v": 1}}]}), "'$nex' is neither"),
        (rule({"$and": [{"a.b": "x"}]}), "'a.b' is neither"),
        (rule({"$and": [{"id": "x"}]}), "'id' is neither"),
        (rule({"$and": [{"v": {"m0": "v"}}]}), "joins, numbers and null"),
        (rule({"$and": [{"v": 1}]}), "joins, numbers and null"),
        (rule({"$and": [{"v": True}]}), "joins, numbers and null"),
        (rule({"$and": [{"v": None}]}), "joins, numbers and null"),
        (rule({"$and": [{"v": 1e-05}]}), "joins, numbers and null"),
        (rule({"$and": [{"v": "1"}]}), "short word"),
        (rule({"$and": [{"v": "true"}]}), "short word"),
        (rule({"$and": [{"v": "é"}]}), "short word"),
        (rule({"$and": [{"v": "x" * 65}]}), "short word"),
        (rule({"$and": [{"v": "a"}, {"v": "b"}]}), "stands twice in one pattern"),
    ],
)
def test_anything_else_is_refused_by_name(definition: object, complaint: str) -> None:
    found = violations(definition)
    assert any(complaint in each for each in found), found
    if isinstance(definition, dict) and "r0" in definition:
        assert all(each.startswith("r0: ") for each in found)


def test_every_problem_is_told_at_once() -> None:
    bad = {"r0": {"any": []}, "r1": {"all": []}, "r2": {"all": [{"m0": {"$and": [{"v": 1}, {"w": 2}]}}]}}
    assert len(violations(bad)) == 4


def test_names_with_equal_hashes_are_refused() -> None:
    assert hash_of("f6059") == hash_of("f264602")
    found = violations({"f6059": {"all": [{"m0": ONE}]}, "f264602": {"all": [{"m0": ONE}]}})
    assert found == ("f264602: the engine cannot tell 'f264602' from 'f6059' (equal hash)",)


def test_too_many_rules_are_refused() -> None:
    many = {f"r{number}": {"all": [{"m0": ONE}]} for number in range(301)}
    assert "301 rules in one rule set" in violations(many)[0]


def test_shards_are_full_and_keep_their_order() -> None:
    clauses: list[Clause] = [(1000 + number, (2,)) for number in range(2 * MAX_RULES + 1)]
    shards = lay_out(clauses)
    assert [len(shard.firings) for shard in shards] == [MAX_RULES, MAX_RULES, 1]
    assert [head for shard in shards for head in shard.firings.values()] == [head for head, _ in clauses]
    assert all(violations_in(shard.rules) == () for shard in shards)
    assert all(shard.reads == {2} for shard in shards)


def test_the_text_that_the_engine_is_given_is_what_was_checked() -> None:
    clauses: list[Clause] = [(1000 + number, (2, 3 + number)) for number in range(40)]
    for shard in lay_out(clauses):
        assert json.loads(shard.text) == {name: json.loads(rule) for name, rule in shard.rules.items()}
        assert violations(json.loads(shard.text)) == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "r0: it is not JSON"),
        ('{"all":[],"all":[{"m0":{"$and":[{"kind":"a"}]}}]}', "r0: it could be read in two ways"),
        ('{"all": [{"m0":{"$and":[{"kind":"a"}]}}]}', "r0: it could be read in two ways"),
        ('{"all":[{"m0":{"$and":[{"kind":"\\u0061"}]}}]}', "r0: it could be read in two ways"),
        ('{"any":[]}', "r0: a rule may hold nothing but 'all', not any"),
    ],
)
def test_a_text_that_is_not_plain_is_refused(text: str, complaint: str) -> None:
    assert violations_in({"r0": text}) == (complaint,)


def test_many_rules_on_one_pattern_are_refused_in_text_too() -> None:
    one = '{"all":[{"m0":{"$and":[{"kind":"a"}]}}]}'
    (problem,) = violations_in({f"r{number}": one for number in range(MAX_SHARING + 1)})
    assert problem == "r250: more than 250 rules share one pattern"
