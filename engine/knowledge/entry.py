"""One mapping of a rule file: strict, and aware of where it stands."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, PrivateAttr, model_validator

from engine.domain.rules import FileSpan
from engine.knowledge.yaml_source import LocatedDict, MapNode, place_in

_NOWHERE = MapNode(entries={}, keys={}, span=FileSpan(path="", line=1))


class Entry(BaseModel):
    """A mapping of a rule file, checked for its shape."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    # A plain default would be copied, deeply, for every entry of a pack.
    _node: MapNode = PrivateAttr(default_factory=lambda: _NOWHERE)

    @model_validator(mode="wrap")
    @classmethod
    def _remember_node(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - whatever was written
        """Keep where the entry stands."""
        made = handler(data)
        if isinstance(data, LocatedDict):
            made._node = data.node  # noqa: SLF001 - its own
        return made

    @property
    def placed(self) -> bool:
        """Tell whether it was written as a mapping: a shorthand has only the place of what it stands for."""
        return self._node is not _NOWHERE

    def at(self, *way: str | int) -> FileSpan:
        """Return the place of what stands at a way below this entry."""
        return place_in(self._node, way)
