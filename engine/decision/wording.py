"""Binding values into the sentences of rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from engine.domain.facts import Fact, FactBase
from engine.domain.ids import ParameterId
from engine.domain.pack import RulePack
from engine.domain.quantities import plain
from engine.domain.therapy import TherapyOption
from engine.terminology.spelling import read_aloud

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_OPTION = "option"


class Wording:
    """Fills the placeholders of one rule's sentences for one option."""

    def __init__(
        self, pack: RulePack, base: FactBase, facts: Iterable[Fact], option: TherapyOption, day: date
    ) -> None:
        """Take what may be bound; it is gathered where a sentence has a place for it."""
        self._pack = pack
        self._base = base
        self._facts = facts
        self._option = option
        self._day = day
        self._said: dict[str, str] = {}
        self._gathered: dict[str, str] | None = None
        self.names_the_option = False
        """Whether a sentence that was filled speaks of the option itself."""

    def bind(self, name: str, text: str) -> None:
        """Bind a placeholder to what was worked out for this patient."""
        self._said[name] = text

    def fill(self, template: str) -> str:
        """Return the sentence with every placeholder bound.

        A placeholder whose value is not known says so in brackets: a rule may fire by a branch
        that never looked at it.
        """
        if "{" not in template:
            return template
        return _PLACEHOLDER.sub(lambda match: self._value(match.group(1)), template)

    def _value(self, name: str) -> str:
        self.names_the_option = self.names_the_option or name == _OPTION
        if self._gathered is None:
            self._gathered = self._gather()
        for bound in (self._said, self._gathered):
            if name in bound:
                return bound[name]
        parameter = self._pack.parameters.get(ParameterId(name))
        value = parameter.value_on(self._day) if parameter else None
        if parameter and value:
            return f"{plain(value.value)} {read_aloud(parameter.unit)}".rstrip()
        return f"[{name} not known]"

    def _gather(self) -> dict[str, str]:
        """Return what may be bound: the facts on the rule's path first, then any reading."""
        found: dict[str, str] = {
            reading.quantity: reading.shown or str(reading.value) for reading in self._base.readings
        }
        on_path: dict[str, list[str]] = {}
        for fact in self._facts:
            for name, text in fact.bindings:
                texts = on_path.setdefault(name, [])
                if text not in texts:
                    texts.append(text)
        found.update({name: " and ".join(texts) for name, texts in on_path.items()})
        found[_OPTION] = self._option.title
        return found
