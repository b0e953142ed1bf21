"""Check a durable-rules definition against everything its engine is known to get wrong.

Beyond its fixed tables the engine hangs, crashes or silently drops facts, and it does so only once
facts are asserted. So nothing reaches it unchecked: the worker asks :func:`violations_in` of exactly
the text it is about to compile, and refuses where anything is found. The whitelist is short: ``all``
of patterns, each an ``$and`` of field equals text. No ``any``, ``none``, ``$or``, ``$not``, comparison,
join, array, number or null: each of those was seen to fire wrongly or not at all.

Standard library only: the worker process imports this module.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: Measured: 512 different values under one parent make the engine hang.
MAX_VALUES = 500
#: Measured: 256 rules on one identical pattern crash the engine.
MAX_SHARING = 250
#: Measured: a rule of 17 patterns fails when facts come; up to 4 were compared with an evaluator.
MAX_PATTERNS = 4
#: Measured: the engine takes 4,096 rules a rule set; it was found fast and right up to 300.
MAX_RULES = 300
#: Measured: text beyond 65,535 bytes is cut short and then matches what it should not.
MAX_TEXT = 64
#: Conditions a pattern; the engine's stack takes more than this.
MAX_CONDITIONS = 8

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TEXT = re.compile(r"[a-z][a-z0-9_]*")
#: Words that the engine takes for something other than text.
_NOT_TEXT = frozenset({"true", "false", "null"})
_RESERVED = frozenset({"id", "sid"})

#: A pattern: its conditions as field and text, in their order.
_Conditions = tuple[tuple[str, str], ...]


@functools.lru_cache(maxsize=4096)
def hash_of(text: str) -> int:
    """Return the 32-bit hash (FNV-1a) by which the engine tells names, facts and sessions apart."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


@functools.lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    """Tell whether this may name a rule, an alias or a field."""
    return _NAME.fullmatch(text) is not None and text not in _RESERVED


@functools.lru_cache(maxsize=4096)
def _is_word(text: str) -> bool:
    """Tell whether this may be a value."""
    return len(text) <= MAX_TEXT and _TEXT.fullmatch(text) is not None and text not in _NOT_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One rule, read on its own: what is wrong with it, and what it adds to the engine's tables."""

    problems: tuple[str, ...]
    patterns: tuple[_Conditions, ...]
    names: tuple[str, ...]
    """Its aliases and fields."""


def violations(definition: object) -> tuple[str, ...]:
    """Return every way in which a definition is outside the engine's limits, each naming its rule."""
    if not isinstance(definition, dict):
        return ("a definition must be a mapping of rules",)
    return _together({name: _read(content) for name, content in definition.items()})


def violations_in(rules: Mapping[str, str]) -> tuple[str, ...]:
    """Return the same of rules as the JSON texts that the engine is to be given.

    A text that was read before is known again, letter by letter; what rules may be together is always
    looked at.
    """
    return _together({name: _read_text(text) for name, text in rules.items()})


@functools.lru_cache(maxsize=20_000)
def _read_text(text: str) -> _Reading:
    try:
        content = json.loads(text)
    except ValueError:
        return _Reading(problems=("it is not JSON",), patterns=(), names=())
    if json.dumps(content, separators=(",", ":")) != text:  # a name given twice, an escape, a number's form
        return _Reading(problems=("it could be read in two ways",), patterns=(), names=())
    return _read(content)


def _together(readings: Mapping[object, _Reading]) -> tuple[str, ...]:
    """Return what is wrong with rules, each and all together."""
    problems: list[str] = []
    if len(readings) > MAX_RULES:
        problems.append(f"{len(readings)} rules in one rule set; at most {MAX_RULES} are safe")
    named: dict[str, _Reading] = {}
    for rule, reading in readings.items():
        if not isinstance(rule, str) or not _is_name(rule):
            problems.append(f"{rule!r}: a rule's name must be a plain word")
        else:
            named[rule] = reading
            if reading.problems:
                problems += [f"{rule}: {problem}" for problem in reading.problems]
    problems += _equal_hashes(named)
    # Tables of so many entries cannot be full where there are no more entries at all.
    if sum([len(reading.patterns) for reading in named.values()]) > min(MAX_VALUES, MAX_SHARING):
        problems += _full_tables(named)
    return tuple(problems)


def _equal_hashes(readings: Mapping[str, _Reading]) -> Iterator[str]:
    """Find names that the engine cannot tell apart."""
    names = set(readings).union(*[reading.names for reading in readings.values()])
    if len(set(map(hash_of, names))) == len(names):
        return
    first: dict[int, str] = {}
    for rule, reading in readings.items():
        for name in (rule, *reading.names):
            other = first.setdefault(hash_of(name), name)
            if other != name:
                yield f"{rule}: the engine cannot tell {name!r} from {other!r} (equal hash)"


def _full_tables(readings: Mapping[str, _Reading]) -> Iterator[str]:
    """Find the patterns that make a table of fixed size too full."""
    sharing: Counter[_Conditions] = Counter()
    below: dict[_Conditions, set[tuple[str, str]]] = {}
    for rule, reading in readings.items():
        for conditions in reading.patterns:
            sharing[conditions] += 1
            if sharing[conditions] == MAX_SHARING + 1:
                yield f"{rule}: more than {MAX_SHARING} rules share one pattern"
            if sharing[conditions] > 1:
                continue
            for end, condition in enumerate(conditions):
                beside = below.setdefault(conditions[:end], set())
                beside.add(condition)
                if len(beside) == MAX_VALUES + 1:
                    yield f"{rule}: more than {MAX_VALUES} values of {condition[0]!r} stand side by side"


def _read(content: object) -> _Reading:
    """Read one rule."""
    if not isinstance(content, dict) or list(content) != ["all"]:
        named = ", ".join(map(str, content)) if isinstance(content, dict) else repr(content)
        problem = f"a rule may hold nothing but 'all', not {named}"
        return _Reading(problems=(problem,), patterns=(), names=())
    patterns = content["all"]
    if not isinstance(patterns, list) or not 1 <= len(patterns) <= MAX_PATTERNS:
        problem = f"a rule must hold one to {MAX_PATTERNS} patterns"
        return _Reading(problems=(problem,), patterns=(), names=())
    problems: list[str] = []
    found: dict[str, _Conditions] = {}
    for pattern in patterns:
        if not isinstance(pattern, dict) or len(pattern) != 1:
            problems.append("a pattern must be one alias with its conditions")
            continue
        ((alias, expression),) = pattern.items()
        if not isinstance(alias, str) or not _is_name(alias):
            problems.append(f"{alias!r} cannot be an alias (nor can a negated one)")
            continue
        if alias in found:
            problems.append(f"the alias {alias!r} stands twice")
        wrong, conditions = _conditions(expression)
        problems += wrong
        if not wrong and conditions in found.values():
            problems.append("a pattern stands twice, which no single fact can match")
        found[alias] = conditions
    fields = {name: None for conditions in found.values() for name, _ in conditions}
    return _Reading(
        problems=tuple(problems),
        patterns=tuple(conditions for conditions in found.values() if conditions),
        names=(*found, *fields),
    )


def _conditions(expression: object) -> tuple[list[str], _Conditions]:
    """Return what is wrong with a pattern, and its conditions as field and text."""
    if not isinstance(expression, dict) or list(expression) != ["$and"]:
        return ["a pattern must be one '$and' of conditions"], ()
    items = expression["$and"]
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_CONDITIONS:
        return [f"a pattern must hold one to {MAX_CONDITIONS} conditions"], ()
    problems: list[str] = []
    found: dict[str, str] = {}
    for item in items:
        if not isinstance(item, dict) or len(item) != 1:
            problems.append("a condition must be one field with its value")
            continue
        ((name, value),) = item.items()
        if not isinstance(name, str) or not _is_name(name):
            problems.append(f"{name!r} is neither a field nor an allowed operator")
        elif not isinstance(value, str):
            problems.append(f"{name!r} must equal text; joins, numbers and null are not safe")
        elif not _is_word(value):
            problems.append(f"{name!r} must equal a short word of a-z, 0-9 and _")
        elif name in found:
            problems.append(f"the field {name!r} stands twice in one pattern")
        else:
            found[name] = value
    return problems, tuple(found.items())
