"""A patient as a case describes one: everything in it needed for what is claimed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from engine.domain.patient import ListKind, Sex

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_NOT_PLAIN = frozenset(("yes", "no", "true", "false", "on", "off", "null"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of a list, with the details that are asked for, by the keys of a case."""

    name: str
    details: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the entry in words."""
        said = ", ".join(
            " ".join(filter(None, ["" if key == "status" else key, _in_words(value)]))
            for key, value in self.details.items()
        )
        return f"{self.name} ({said})" if said else self.name

    @property
    def is_over(self) -> bool:
        """Tell whether it is a drug that was stopped."""
        return "stopped" in self.details or self.details.get("status") == "stopped"

    @property
    def text(self) -> str:
        """Return the entry as a case writes it."""
        if not self.details:
            return scalar(self.name)
        return mapping(
            {"id": scalar(self.name)} | {key: _value(value) for key, value in self.details.items()}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A patient as a case describes one."""

    sex: Sex
    birth_date: date
    quantities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The newest value first."""
    conditions: tuple[Listed, ...] = ()
    medications: tuple[Listed, ...] = ()
    allergies: tuple[Listed, ...] = ()
    planned: tuple[Listed, ...] = ()
    states: Mapping[str, bool] = field(default_factory=dict)
    genotypes: Mapping[str, str] = field(default_factory=dict)
    phenotypes: Mapping[str, str] = field(default_factory=dict)
    reviewed: tuple[ListKind, ...] = (ListKind.CONDITIONS, ListKind.MEDICATIONS, ListKind.ALLERGIES)
    without_sex: bool = False
    without_birth_date: bool = False

    def __str__(self) -> str:
        """Return the patient in one line."""
        who = "" if self.without_sex else self.sex.value
        parts = [" ".join(filter(None, [who, "" if self.without_birth_date else f"born {self.birth_date}"]))]
        parts += [f"{name} {' and '.join(texts)}" for name, texts in self.quantities.items()]
        parts += map(str, self.conditions)
        parts += [f"{'took' if entry.is_over else 'takes'} {entry}" for entry in self.medications]
        parts += [f"allergy to {entry}" for entry in self.allergies]
        parts += [f"plans {entry}" for entry in self.planned]
        parts += [name if holds else f"not {name}" for name, holds in self.states.items()]
        parts += [f"{gene} {call}" for gene, call in self.genotypes.items()]
        parts += [f"{gene} reported as {text}" for gene, text in self.phenotypes.items()]
        return ", ".join(part for part in parts if part)

    def changed(self, of: str, change: Callable[[Listed], Listed]) -> Sketch:
        """Return the patient with every entry of one list changed; the list is named as a case names it."""

        def each(key: str, entries: tuple[Listed, ...]) -> tuple[Listed, ...]:
            return tuple(map(change, entries)) if key == of else entries

        return replace(
            self,
            conditions=each("conditions", self.conditions),
            medications=each("medications", self.medications),
            allergies=each("allergies", self.allergies),
            planned=each("planned", self.planned),
        )

    def lines(self) -> Iterator[str]:
        """Return what a case writes below ``given``, line by line."""
        if not self.without_sex:
            yield f"sex: {self.sex.value}"
        if not self.without_birth_date:
            yield f"birth_date: {self.birth_date.isoformat()}"
        yield f"quantities: {mapping({name: _value(texts) for name, texts in self.quantities.items()})}"
        for key in ("conditions", "medications", "allergies", "planned"):
            entries: tuple[Listed, ...] = getattr(self, key)
            if entries or key != "planned":
                yield f"{key}: {sequence(entry.text for entry in entries)}"
        yield f"states: {mapping({name: 'yes' if holds else 'no' for name, holds in self.states.items()})}"
        yield f"genotypes: {mapping(self._genotypes())}"
        yield f"reviewed: {sequence(kind.value for kind in self.reviewed)}"

    def _genotypes(self) -> Mapping[str, str]:
        calls = {gene: quoted(call) for gene, call in self.genotypes.items()}
        for gene, phenotype in self.phenotypes.items():
            call = quoted(self.genotypes[gene]) if gene in self.genotypes else ""
            calls[gene] = f"{{diplotypes: [{call}], phenotype: {quoted(phenotype)}}}"
        return calls


def scalar(text: str) -> str:
    """Return a text in quotes where YAML would take it for something else."""
    return text if _PLAIN.match(text) and text.casefold() not in _NOT_PLAIN else quoted(text)


def quoted(text: str) -> str:
    """Return a text in quotes."""
    return json.dumps(text, ensure_ascii=False)


def mapping(items: Mapping[str, str]) -> str:
    """Return texts under their names, on one line."""
    return "{" + ", ".join(f"{scalar(key)}: {value}" for key, value in items.items()) + "}"


def sequence(items: Iterable[str]) -> str:
    """Return texts as a list, on one line."""
    return "[" + ", ".join(items) + "]"


def _value(value: str | tuple[str, ...]) -> str:
    texts = (value,) if isinstance(value, str) else value
    return quoted(texts[0]) if len(texts) == 1 else sequence(map(quoted, texts))


def _in_words(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " and ".join(value)
