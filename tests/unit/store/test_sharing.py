"""The shared form: each part once, one form a tree, names that a reader can compute."""

from __future__ import annotations

import base64
import hashlib
import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.sharing import NotShared, expanded, shared

LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
#: Few keys and small values, so that equal parts are common.
PARTS = st.recursive(
    LEAVES,
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "why", "option_id", "children"]), below, max_size=3)
    ),
    max_leaves=12,
)
TREES = st.dictionaries(st.sampled_from(["record", "facts", "context"]), PARTS, max_size=3)
WHOLE = ("record",)


def name_of(part: dict[str, Any]) -> str:
    """Compute a name as the documentation tells a reader to."""
    text = json.dumps(part, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:3]).decode()


@given(TREES)
def test_a_tree_comes_back_from_its_shared_form(tree: dict[str, Any]) -> None:
    assert json.dumps(expanded(shared(tree, WHOLE), WHOLE)) == json.dumps(tree)


@given(TREES)
def test_it_does_not_matter_which_equal_parts_are_one_object(tree: dict[str, Any]) -> None:
    apart = json.loads(json.dumps(tree))
    as_one = expanded(shared(tree, WHOLE), WHOLE)
    assert json.dumps(shared(apart, WHOLE)) == json.dumps(shared(as_one, WHOLE))


@given(TREES)
def test_what_stands_whole_stays_as_it_is(tree: dict[str, Any]) -> None:
    assert shared(tree, WHOLE).get("record") == tree.get("record")


def test_a_part_is_referred_to_by_a_name_that_anyone_can_compute() -> None:
    leaf = {"kind": "datum", "label": "creatinine 178.5 umol/L"}
    node = {"kind": "fact", "children": [leaf]}
    reference = {"=": name_of(leaf)}
    tree = {"facts": [leaf, leaf], "context": [node, node]}
    assert shared(tree, ()) == {
        "facts": [leaf, reference],
        "context": [
            {"kind": "fact", "children": [reference]},
            {"=": name_of({"kind": "fact", "children": [reference]})},
        ],
    }


def test_parts_that_differ_in_their_option_alone_are_written_once() -> None:
    one, other = ({"rule": "renal", "option_id": option} for option in ("apixaban", "dabigatran"))
    name = name_of({"rule": "renal", "option_id": ""})
    written = shared({"findings": [one, other, one]}, ())
    assert written == {
        "findings": [one, {"=": name, "option_id": "dabigatran"}, {"=": name, "option_id": "apixaban"}]
    }
    assert expanded(written, ()) == {"findings": [one, other, one]}


def test_a_part_whose_name_is_taken_by_another_is_written_out_each_time() -> None:
    first, second = _two_of_one_name()
    tree = {"facts": [first, second, first, second]}
    assert shared(tree, ()) == {"facts": [first, second, {"=": name_of(first)}, second]}
    assert expanded(shared(tree, ()), ()) == tree


@pytest.mark.parametrize(
    "written",
    [
        {"facts": [{"n": 1}, {"n": 1}]},
        {"facts": [{"=": "AAAA"}]},
        {"facts": [{"=": 7}]},
        {"facts": [{"n": 1}, {"=": name_of({"n": 1}), "n": 2}]},
        {"facts": [{"n": 1}, {"=": name_of({"n": 1}), "option_id": "apixaban"}]},
        {"facts": [{"option_id": "a"}, {"=": name_of({"option_id": ""})}]},
        {"facts": [{"option_id": "a"}, {"option_id": "b", "=": name_of({"option_id": ""})}]},
        {"facts": [{"n": 1}], "record": {"=": name_of({"n": 1})}},
    ],
    ids=[
        "a part repeated",
        "a name of nothing",
        "a name that is a number",
        "a reference with a field of its own",
        "an option where there was none",
        "an option missing",
        "an option in front",
        "a reference in what stands whole",
    ],
)
def test_any_other_form_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(NotShared):
        expanded(written, WHOLE)


def test_a_field_that_would_be_taken_for_a_reference_is_refused() -> None:
    with pytest.raises(NotShared):
        shared({"facts": [{"=": "AAAA"}]}, ())


def _two_of_one_name() -> tuple[dict[str, int], dict[str, int]]:
    """Return two parts that differ and would have the same name: of a few thousand, two do."""
    met: dict[str, dict[str, int]] = {}
    for number in count():
        part = {"n": number}
        earlier = met.setdefault(name_of(part), part)
        if earlier is not part:
            return earlier, part
    raise AssertionError
