"""Classes that are written slot by slot are the dataclasses that they were, in all but the time they take."""

from __future__ import annotations

import copy
import inspect
from dataclasses import MISSING, FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest

from engine.domain.direct import written_directly
from engine.domain.facts import Fact
from engine.domain.findings import Finding, Undecided
from engine.domain.options import Assessment
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.errors import InvariantBroken

_WRITTEN = (TraceNode, Finding, Undecided, Fact, Assessment)


@pytest.mark.parametrize("made", _WRITTEN)
def test_every_field_takes_the_argument_of_its_name_or_its_default(made: type[Any]) -> None:
    given = {each.name: object() for each in fields(made)}
    needed = {each.name: given[each.name] for each in fields(made) if each.default is MISSING}
    in_full, in_short = made(**given), made(**needed)

    for each in fields(made):
        assert getattr(in_full, each.name) is given[each.name], each.name
        assert getattr(in_short, each.name) is needed.get(each.name, each.default), each.name


@pytest.mark.parametrize("made", _WRITTEN)
def test_the_signature_is_that_of_its_fields(made: type[Any]) -> None:
    asked = dict(inspect.signature(made.__init__).parameters)
    del asked["self"]

    assert list(asked) == [each.name for each in fields(made)]
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in asked.values())
    assert [each.annotation for each in asked.values()] == [each.type for each in fields(made)]


def _node() -> TraceNode:
    return TraceNode(kind=TraceKind.FACT, label="takes warfarin", truth=Truth.TRUE)


def test_what_is_missing_or_unknown_or_without_a_name_is_refused() -> None:
    with pytest.raises(TypeError, match="truth"):
        TraceNode(kind=TraceKind.FACT, label="takes warfarin")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="colour"):
        TraceNode(kind=TraceKind.FACT, label="x", truth=Truth.TRUE, colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        TraceNode(TraceKind.FACT, "x", Truth.TRUE)  # type: ignore[call-arg]


def test_it_stays_frozen_equal_and_copyable() -> None:
    node = _node()

    with pytest.raises(FrozenInstanceError):
        node.label = "takes nothing"  # type: ignore[misc]
    assert node == _node()
    assert hash(node) == hash(_node())
    assert replace(node, label="other").label == "other"
    assert copy.deepcopy(node) == node
    assert asdict(node)["label"] == "takes warfarin"


@dataclass(frozen=True, kw_only=True)
class _Unslotted:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadeAnew:
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    name: str

    def __post_init__(self) -> None:
        """Check."""


@dataclass(frozen=True, slots=True)
class _ByPlace:
    name: str


@pytest.mark.parametrize("made", [_Unslotted, _MadeAnew, _Checked, _ByPlace, int])
def test_a_class_that_it_cannot_write_is_refused(made: type[Any]) -> None:
    with pytest.raises(InvariantBroken, match=made.__name__):
        written_directly(made)
